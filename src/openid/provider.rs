//! The provider that offices' members sign in at: where it is asked, what it says of itself, and the way from an answer
//! it sent to an [`Identity`].
//!
//! It is asked when somebody wants to sign in there, and not before: one that is away keeps no portal from starting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::client::Credential;
use super::description::Description;
use super::fault::{Away, IdTokenFault, NoIdentity};
use super::fetch::{Address, Fetcher};
use super::id_token::{self, Expected, Identity};
use super::journey::{Journey, Toward};
use super::keys::Keys;
use crate::seal::Seal;
use crate::signing::keyed::KeyedHash;
use crate::transcript::{Moment, percent, strict};

/// Seconds that its description and keys are kept.
const KEEP_S: i64 = 3600;
/// Seconds after which they are asked for again when a token names a key that is not among them.
const AGAIN_S: i64 = 60;
/// Seconds that it is left alone after it was away, so that no thread waits for it again and again.
const REST_S: i64 = 5;
/// Longest code, in bytes.
const MAX_CODE: usize = 2048;

/// What an operator says of a provider, and it of us.
#[derive(Debug)]
pub struct Settings {
    /// Its issuer identifier.
    pub issuer: String,
    /// What people call it.
    pub name: String,
    /// What it calls us.
    pub client_id: String,
    /// What it knows us by.
    pub credential: Credential,
    /// What it calls its checks of two factors (`acr`).
    pub acr: Vec<String>,
    /// Seconds since it checked them, at most.
    pub max_age_s: i64,
    /// Where it sends people back to.
    pub redirect: String,
}

/// Why settings cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// The issuer is no address that may be asked.
    #[error("the issuer is not an https address (or http on this machine)")]
    Issuer,
}

/// What the provider answers with, in the address that it sends a browser back to. Never printed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// What the ID token is had for.
    pub code: String,
    /// Which journey it answers.
    pub state: String,
    /// By whom it is (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(…)")
    }
}

/// How somebody leaves for the provider.
pub struct Departure {
    /// Where to.
    pub address: String,
    /// What their browser keeps until they are back.
    pub cookie: Zeroizing<String>,
}

impl std::fmt::Debug for Departure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Departure(…)")
    }
}

/// What it said of itself at a moment.
#[derive(Debug)]
struct Said {
    description: Description,
    keys: Keys,
    at: Moment,
}

#[derive(Debug, Default)]
struct Known {
    said: Option<Arc<Said>>,
    away_at: Option<Moment>,
}

/// The provider.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    issuer: Address,
    described_at: Address,
    fetcher: Fetcher,
    seal: Seal,
    known: Mutex<Known>,
}

impl Provider {
    /// With these settings; journeys are sealed under a key derived from `key`. Asks nobody.
    ///
    /// # Errors
    /// [`SettingsFault`].
    pub fn new(settings: Settings, key: &[u8; 32]) -> Result<Self, SettingsFault> {
        let issuer = Address::parse(&settings.issuer).ok_or(SettingsFault::Issuer)?;
        let described_at = Description::address(&issuer).ok_or(SettingsFault::Issuer)?;
        let seal = Seal::new(&KeyedHash::new(key).digest("hocba/openid/v1/journey", settings.issuer.as_bytes()));
        let (fetcher, known) = (Fetcher::new(), Mutex::default());
        Ok(Self { settings, issuer, described_at, fetcher, seal, known })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The journey in a browser's cookie; None when it is not one of ours, or over.
    pub fn journey(&self, cookie: &str, now: Moment) -> Option<Journey> {
        Journey::open(&self.seal, cookie, now)
    }

    /// Sends somebody there. May block for as long as two answers of the provider take: not for an event loop.
    ///
    /// # Errors
    /// [`Away`].
    pub fn leave(&self, toward: Toward, now: Moment) -> Result<Departure, Away> {
        let said = self.said(KEEP_S, now)?;
        let journey = Journey::begin(toward, now).ok_or(Away::Randomness)?;
        let (acr, max_age) = (self.settings.acr.join(" "), self.settings.max_age_s.to_string());
        let query = percent::fields([
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.settings.redirect),
            ("state", &journey.state()),
            ("nonce", &journey.nonce()),
            ("code_challenge", &journey.challenge()),
            ("code_challenge_method", "S256"),
            ("acr_values", &acr),
            ("max_age", &max_age),
        ]);
        let endpoint = said.description.authorization.as_str();
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        let cookie = journey.seal(&self.seal).ok_or(Away::Randomness)?;
        Ok(Departure { address: format!("{endpoint}{joint}{query}"), cookie })
    }

    /// Who came back. Blocks for some answers of the provider: not for an event loop.
    ///
    /// # Errors
    /// [`NoIdentity`].
    pub fn identify(&self, journey: &Journey, answer: &Answer, now: Moment) -> Result<Identity, NoIdentity> {
        if !journey.is_answered_by(&answer.state) {
            return Err(NoIdentity::State);
        }
        let said = self.said(KEEP_S, now)?;
        let is_by_it = match &answer.iss {
            Some(named) => named == self.issuer.as_str(),
            None => !said.description.names_itself,
        };
        if !is_by_it {
            return Err(NoIdentity::Issuer);
        }
        check_error(&answer.error)?;
        let token = self.exchange(&said, journey, &answer.code, now)?;
        let nonce = journey.nonce();
        let expected = Expected {
            issuer: self.issuer.as_str(),
            client_id: &self.settings.client_id,
            nonce: &nonce,
            acr: &self.settings.acr,
            max_age_s: self.settings.max_age_s,
            now,
        };
        match id_token::check(&token, &said.keys, &expected) {
            // It may have begun to sign with a new one.
            Err(IdTokenFault::UnknownKey) => {
                let again = self.said(AGAIN_S, now)?;
                Ok(id_token::check(&token, &again.keys, &expected)?)
            }
            checked => Ok(checked?),
        }
    }

    /// The ID token that a code is good for.
    fn exchange(&self, said: &Said, journey: &Journey, code: &str, now: Moment) -> Result<String, NoIdentity> {
        if !(1..=MAX_CODE).contains(&code.len()) {
            return Err(NoIdentity::Refused);
        }
        let Settings { client_id, credential, redirect, .. } = &self.settings;
        let shown = credential.show(client_id, self.issuer.as_str(), now).ok_or(Away::Randomness)?;
        let verifier = journey.verifier();
        let own = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", &verifier),
        ];
        let more = shown.fields.iter().map(|(name, value)| (*name, value.as_str()));
        let form = Zeroizing::new(percent::fields(own.into_iter().chain(more)));
        let authorization = shown.authorization.as_ref().map(|header| header.as_str());
        let answered = self.fetcher.post(&said.description.token, authorization, &form)?;
        match answered.status {
            200 => Ok(token_of(&answered.body)?),
            400 if !is_of_client(&answered.body) => Err(NoIdentity::Refused),
            400 | 401 => Err(Away::Credential.into()),
            status => Err(Away::Status(status).into()),
        }
    }

    /// What it said of itself at most so many seconds ago; it is asked where that is too long ago. One asks at a time, and
    /// the others get what that one got.
    fn said(&self, longest_s: i64, now: Moment) -> Result<Arc<Said>, Away> {
        let mut known = self.known();
        if let Some(said) = known.said.as_ref().filter(|said| is_within(said.at, longest_s, now)) {
            return Ok(Arc::clone(said));
        }
        if known.away_at.is_some_and(|at| is_within(at, REST_S, now)) {
            return Err(Away::Resting);
        }
        let asked = self.ask(now).map(Arc::new);
        known.away_at = asked.is_err().then_some(now);
        known.said = asked.as_ref().ok().map(Arc::clone);
        asked
    }

    fn ask(&self, now: Moment) -> Result<Said, Away> {
        let description = Description::read(&self.fetcher.get(&self.described_at)?, &self.issuer)?;
        let keys = Keys::read(&self.fetcher.get(&description.keys)?).ok_or(Away::Keys)?;
        Ok(Said { description, keys, at: now })
    }

    /// Changed in steps that cannot panic, so a poisoned lock still guards what is whole.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that steps back makes nothing newer.
fn is_within(then: Moment, seconds: i64, now: Moment) -> bool {
    (0..seconds).contains(&(now.as_seconds() - then.as_seconds()))
}

/// Why a provider sends somebody back without a code (RFC 6749 §4.1.2.1, and two of OpenID's own).
fn check_error(error: &str) -> Result<(), NoIdentity> {
    match error {
        "" => Ok(()),
        "access_denied" => Err(NoIdentity::Cancelled),
        "unmet_authentication_requirements" => Err(NoIdentity::OneFactor),
        "temporarily_unavailable" | "server_error" => Err(Away::Status(503).into()),
        _ => Err(NoIdentity::Refused),
    }
}

fn token_of(json: &[u8]) -> Result<String, Away> {
    #[derive(Deserialize)]
    struct Wire {
        id_token: String,
    }
    strict::parse::<Wire>(json).map(|wire| wire.id_token).map_err(|_| Away::Answer)
}

/// Whether a refusal is about us, and not about the code.
fn is_of_client(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Wire {
        error: String,
    }
    strict::parse::<Wire>(json)
        .is_ok_and(|wire| matches!(wire.error.as_str(), "invalid_client" | "unauthorized_client"))
}
