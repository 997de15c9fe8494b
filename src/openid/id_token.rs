//! The ID token (OpenID Connect Core 1.0 §3.1.3.7): every claim that is asked for, and nothing believed before the
//! signature is.

use serde::Deserialize;

use super::fault::IdTokenFault;
use super::keys::Keys;
use crate::signing::Compact;
use crate::transcript::{Moment, strict};

/// Seconds that the provider's clock may be ahead of ours.
const AHEAD_S: i64 = 30;
/// Longest `sub`, in characters (OpenID Connect Core 1.0 §2).
const MAX_SUBJECT: usize = 255;

/// Proof that a provider said moments ago, to us and in answer to this very sign-in, that it checked two factors of
/// somebody: who that is there. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    issuer: Box<str>,
    subject: Box<str>,
}

impl Identity {
    /// What tells them from everybody else, at this provider and any other: for a keyed hash of it, and for nothing else.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.issuer.as_bytes(), b"\0", self.subject.as_bytes()].concat()
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// By whom it is.
    pub issuer: &'a str,
    /// For whom: us.
    pub client_id: &'a str,
    /// In answer to what.
    pub nonce: &'a str,
    /// What the provider calls its checks of two factors.
    pub acr: &'a [String],
    /// Seconds since they were checked, at most.
    pub max_age_s: i64,
    /// Now.
    pub now: Moment,
}

/// Claims beyond these are ignored: none of them is used.
#[derive(Deserialize)]
struct Wire {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    acr: Option<String>,
    #[serde(default)]
    auth_time: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    Alone(String),
    Listed(Vec<String>),
}

impl Wire {
    /// Whether it is for us: alone, or among others when it says that it was we who asked.
    fn is_for(&self, client_id: &str) -> bool {
        let (listed, alone) = match &self.aud {
            Audience::Alone(named) => (named == client_id, true),
            Audience::Listed(all) => (all.iter().any(|named| named == client_id), all.len() == 1),
        };
        listed && self.azp.as_deref().map_or(alone, |asked| asked == client_id)
    }

    fn check(&self, expected: &Expected<'_>) -> Result<(), IdTokenFault> {
        let now = expected.now.as_seconds();
        let is_past = |seconds: i64| seconds <= now + AHEAD_S;
        if self.iss != expected.issuer {
            return Err(IdTokenFault::Issuer);
        }
        if !self.is_for(expected.client_id) {
            return Err(IdTokenFault::Audience);
        }
        if self.exp <= now {
            return Err(IdTokenFault::Expired);
        }
        if self.exp <= self.iat || !is_past(self.iat) || !self.nbf.is_none_or(is_past) {
            return Err(IdTokenFault::Times);
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err(IdTokenFault::Nonce);
        }
        if !self.acr.as_ref().is_some_and(|acr| expected.acr.contains(acr)) {
            return Err(IdTokenFault::OneFactor);
        }
        let is_fresh = |checked: i64| is_past(checked) && now.saturating_sub(checked) <= expected.max_age_s;
        match self.auth_time.is_some_and(is_fresh) {
            true => Ok(()),
            false => Err(IdTokenFault::NotFresh),
        }
    }
}

/// Who an ID token is about.
///
/// # Errors
/// [`IdTokenFault`].
pub fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Identity, IdTokenFault> {
    let token = Compact::parse(token)?;
    if !matches!(token.typ(), None | Some("JWT")) {
        return Err(IdTokenFault::Type);
    }
    let key = keys.named(token.kid()).ok_or(IdTokenFault::UnknownKey)?;
    if token.algorithm() != key.algorithm() {
        return Err(IdTokenFault::Algorithm);
    }
    if !token.verifies(key) {
        return Err(IdTokenFault::Signature);
    }
    let wire: Wire = strict::parse(token.payload()).map_err(|_| IdTokenFault::Claims)?;
    wire.check(expected)?;
    let is_subject =
        |sub: &str| (1..=MAX_SUBJECT).contains(&sub.len()) && sub.bytes().all(|b| matches!(b, 0x20..=0x7e));
    match is_subject(&wire.sub) {
        true => Ok(Identity { issuer: wire.iss.into(), subject: wire.sub.into() }),
        false => Err(IdTokenFault::Subject),
    }
}
