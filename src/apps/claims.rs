//! What all tokens of apps have in common: times in whole seconds, bounds on them, and a key of the app that signed.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::app::App;
use super::names::KeyId;
use crate::signing::Compact;
use crate::transcript::{Moment, strict, text};

/// Longest `jti`, in bytes.
const MAX_JTI: usize = 200;
/// Seconds that a clock of theirs may be ahead of ours.
const AHEAD_S: i64 = 30;

/// When a token was made, and until when it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) issued: Moment,
    pub(super) until: Moment,
}

/// What is wrong with a token's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimesFault {
    /// Numbers that are no times, or an end before the beginning.
    Senseless,
    /// Made in the future, as far as we know.
    Ahead,
    /// Its time is over.
    Over,
    /// It would count longer than such a token may.
    TooLong,
}

impl Times {
    /// From `iat` and `exp`, seconds since 1970, of a token that counts at most `longest_s` seconds.
    pub(super) fn check(iat: i64, exp: i64, longest_s: i64, now: Moment) -> Result<Self, TimesFault> {
        let moment = |seconds: i64| seconds.checked_mul(1000).and_then(Moment::from_millis);
        let (issued, until) = moment(iat).zip(moment(exp)).ok_or(TimesFault::Senseless)?;
        if exp <= iat {
            Err(TimesFault::Senseless)
        } else if iat > now.as_seconds() + AHEAD_S {
            Err(TimesFault::Ahead)
        } else if until <= now {
            Err(TimesFault::Over)
        } else if exp - iat > longest_s {
            Err(TimesFault::TooLong)
        } else {
            Ok(Self { issued, until })
        }
    }
}

/// `jti`: what makes a token one of its kind.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Jti(Box<str>);

impl Jti {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Jti {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "1 to 200 characters", |jti| (1..=MAX_JTI).contains(&jti.len()).then(|| Self(jti.into())))
    }
}

/// Why a token was not signed by an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureFault {
    /// The app has no key of that name.
    UnknownKey,
    /// The header names another algorithm than the key has.
    Algorithm,
    /// The signature does not verify.
    Signature,
}

/// Whether an app signed a token, with the key that it names.
pub(super) fn check_signature(token: &Compact<'_>, app: &App) -> Result<(), SignatureFault> {
    let key = KeyId::parse(token.kid()).and_then(|kid| app.keys().get(&kid)).ok_or(SignatureFault::UnknownKey)?;
    if token.algorithm() != key.public().algorithm() {
        return Err(SignatureFault::Algorithm);
    }
    if token.verifies(key.public()) { Ok(()) } else { Err(SignatureFault::Signature) }
}

/// The claims of a token.
pub(super) fn read<T: DeserializeOwned>(token: &Compact<'_>) -> Option<T> {
    strict::parse(token.payload()).ok()
}
