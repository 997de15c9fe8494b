//! A registered app (ứng dụng): a partner, which asks for transcripts, or an identity app, which says who consents to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::names::{AppId, KeyId, PurposeId};
use super::scope::Scope;
use crate::signing::PublicKey;
use crate::signing::jwk::{Algorithm, Jwk, KeyFault};
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// Most keys of an app: the one in use, the next one, and a few of other machines.
pub const MAX_KEYS: usize = 10;
/// Most purposes of a partner: with all of them, its line in the journal is still shorter than a line may be.
pub const MAX_PURPOSES: usize = 5;
/// Most identity apps that a partner may present consents of.
pub const MAX_ISSUERS: usize = 10;
/// Longest time a registration may run from the day it is given or renewed: then somebody looks again.
pub const MAX_DAYS: i64 = 731;
const DAY_MS: i64 = 86_400_000;

/// What is wrong with an app.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppFault {
    /// Over before it begins, or running too long.
    #[error("a registration ends after now and within {MAX_DAYS} days")]
    Until,
    /// A key that cannot be read.
    #[error("the key {0}: {1}")]
    Key(KeyId, KeyFault),
    /// A key whose algorithm apps do not sign with.
    #[error("the key {0} is neither Ed25519 nor P-256")]
    Algorithm(KeyId),
    /// The same key under two names.
    #[error("the key {0}, or one of its name, is there already")]
    KeyTwice(KeyId),
    /// Too many keys.
    #[error("an app has at most {MAX_KEYS} keys")]
    Keys,
    /// No purposes or identity apps, or too many.
    #[error("a partner has 1 to {MAX_PURPOSES} purposes, and 1 to {MAX_ISSUERS} identity apps")]
    Terms,
    /// A partner does not become an identity app, nor the other way round.
    #[error("a partner stays a partner, an identity app an identity app")]
    Kind,
}

/// A public key that an app signs with: Ed25519 or P-256, so its algorithm is EdDSA or ES256, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppKey(PublicKey);

impl AppKey {
    /// Reads and checks a JWK.
    ///
    /// # Errors
    /// [`AppFault::Key`], [`AppFault::Algorithm`]; `kid` is named in them.
    pub fn new(kid: &KeyId, jwk: &Jwk) -> Result<Self, AppFault> {
        let key = PublicKey::from_jwk(jwk).map_err(|fault| AppFault::Key(kid.clone(), fault))?;
        match key.algorithm() {
            Algorithm::EdDsa | Algorithm::Es256 => Ok(Self(key)),
            Algorithm::Rs256 => Err(AppFault::Algorithm(kid.clone())),
        }
    }

    /// The key.
    pub fn public(&self) -> &PublicKey {
        &self.0
    }
}

impl From<AppKey> for Jwk {
    fn from(key: AppKey) -> Self {
        key.0.to_jwk()
    }
}

/// What a partner may ask for, what for, and whose consents it may present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Most that it may ever be shown.
    pub scope: Scope,
    /// What for (mục đích), each with the article or contract it follows from, as the journal keeps it.
    pub purposes: BTreeMap<PurposeId, Text<200>>,
    /// Identity apps whose consents it may present.
    pub issuers: BTreeSet<AppId>,
}

/// What an app is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Asks for transcripts of those who consent.
    Partner(Terms),
    /// Knows who somebody is, and says that they consent.
    Identity,
}

impl Kind {
    /// As operators read it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Partner(_) => "partner",
            Self::Identity => "identity",
        }
    }

    fn check(&self) -> Result<(), AppFault> {
        let Self::Partner(terms) = self else { return Ok(()) };
        let fits = |count: usize, most: usize| (1..=most).contains(&count);
        match fits(terms.purposes.len(), MAX_PURPOSES) && fits(terms.issuers.len(), MAX_ISSUERS) {
            true => Ok(()),
            false => Err(AppFault::Terms),
        }
    }
}

/// An app as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AppWire", into = "AppWire")]
pub struct App {
    id: AppId,
    name: Text<150>,
    kind: Kind,
    keys: BTreeMap<KeyId, AppKey>,
    until: Moment,
    ended: Option<Moment>,
    term: u32,
    revision: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppWire {
    id: AppId,
    name: Text<150>,
    kind: Kind,
    keys: BTreeMap<KeyId, Jwk>,
    until: Moment,
    /// When it was ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<Moment>,
    /// Grows whenever less may be asked than before: access tokens of an earlier number are over.
    term: u32,
    /// Grows with every change, each of which has a line in the journal that names it.
    revision: u64,
}

impl From<App> for AppWire {
    fn from(app: App) -> Self {
        let App { id, name, kind, keys, until, ended, term, revision } = app;
        let keys = keys.into_iter().map(|(kid, key)| (kid, key.into())).collect();
        Self { id, name, kind, keys, until, ended, term, revision }
    }
}

impl TryFrom<AppWire> for App {
    type Error = AppFault;

    fn try_from(wire: AppWire) -> Result<Self, AppFault> {
        wire.kind.check()?;
        let keys = read_keys(&wire.keys.into_iter().collect::<Vec<_>>())?;
        let AppWire { id, name, kind, until, ended, term, revision, .. } = wire;
        Ok(Self { id, name, kind, keys, until, ended, term, revision })
    }
}

fn read_keys(given: &[(KeyId, Jwk)]) -> Result<BTreeMap<KeyId, AppKey>, AppFault> {
    let mut keys = BTreeMap::new();
    given.iter().try_for_each(|(kid, jwk)| put_key(&mut keys, kid, jwk))?;
    Ok(keys)
}

fn put_key(keys: &mut BTreeMap<KeyId, AppKey>, kid: &KeyId, jwk: &Jwk) -> Result<(), AppFault> {
    let key = AppKey::new(kid, jwk)?;
    if keys.contains_key(kid) || keys.values().any(|known| *known == key) {
        return Err(AppFault::KeyTwice(kid.clone()));
    }
    if keys.len() >= MAX_KEYS {
        return Err(AppFault::Keys);
    }
    keys.insert(kid.clone(), key);
    Ok(())
}

fn check_until(until: Moment, now: Moment) -> Result<(), AppFault> {
    let longest = now.as_millis().saturating_add(MAX_DAYS * DAY_MS);
    match until > now && until.as_millis() <= longest {
        true => Ok(()),
        false => Err(AppFault::Until),
    }
}

impl App {
    /// A new app with these keys.
    ///
    /// # Errors
    /// [`AppFault`].
    pub fn new(
        id: AppId,
        name: Text<150>,
        kind: Kind,
        keys: &[(KeyId, Jwk)],
        until: Moment,
        now: Moment,
    ) -> Result<Self, AppFault> {
        kind.check()?;
        check_until(until, now)?;
        Ok(Self { id, name, kind, keys: read_keys(keys)?, until, ended: None, term: 0, revision: 0 })
    }

    /// Its short name.
    pub fn id(&self) -> &AppId {
        &self.id
    }

    /// Its name, for people.
    pub fn name(&self) -> &Text<150> {
        &self.name
    }

    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// What it may ask for, if it is a partner.
    pub fn terms(&self) -> Option<&Terms> {
        match &self.kind {
            Kind::Partner(terms) => Some(terms),
            Kind::Identity => None,
        }
    }

    /// Its keys, by name.
    pub fn keys(&self) -> &BTreeMap<KeyId, AppKey> {
        &self.keys
    }

    /// The last moment the registration counts.
    pub fn until(&self) -> Moment {
        self.until
    }

    /// When it was ended before that.
    pub fn ended(&self) -> Option<Moment> {
        self.ended
    }

    /// Whether it counts at a moment.
    pub fn is_in_force(&self, now: Moment) -> bool {
        self.ended.is_none() && now <= self.until
    }

    /// How often it was changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Access tokens belong to a term.
    pub(super) fn term(&self) -> u32 {
        self.term
    }

    /// Other terms from now on, also after it was ended. Tokens are over.
    pub(super) fn permit(&mut self, kind: Kind, until: Moment, now: Moment) -> Result<(), AppFault> {
        if kind.name() != self.kind.name() {
            return Err(AppFault::Kind);
        }
        kind.check()?;
        check_until(until, now)?;
        (self.kind, self.until, self.ended) = (kind, until, None);
        self.end_term();
        Ok(())
    }

    pub(super) fn renew(&mut self, until: Moment, now: Moment) -> Result<(), AppFault> {
        check_until(until, now)?;
        self.until = until;
        Ok(())
    }

    pub(super) fn end(&mut self, now: Moment) {
        self.ended = Some(now);
        self.end_term();
    }

    pub(super) fn add_key(&mut self, kid: &KeyId, jwk: &Jwk) -> Result<(), AppFault> {
        put_key(&mut self.keys, kid, jwk)
    }

    /// Whether it had that key. Tokens are over: one of them may be what somebody got with a stolen key.
    pub(super) fn remove_key(&mut self, kid: &KeyId) -> bool {
        let had = self.keys.remove(kid).is_some();
        if had {
            self.end_term();
        }
        had
    }

    pub(super) fn count_change(&mut self) {
        self.revision = self.revision.saturating_add(1);
    }

    fn end_term(&mut self) {
        self.term = self.term.wrapping_add(1);
    }
}
