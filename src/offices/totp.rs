//! The second factor: codes of an authenticator (RFC 6238: HMAC-SHA1, 30 seconds, 6 digits, what every one of them
//! can do).
//!
//! One step before and after now is taken for clocks that differ. A step that was accepted, and any before it, is never
//! accepted again: a code that somebody saw over a shoulder is worth nothing.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1_11::Sha1;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::names::Account;
use crate::transcript::{Moment, text};

/// Bytes of a secret: what RFC 4226 recommends for HMAC-SHA1.
const SECRET: usize = 20;
/// Most characters that are read as one: 32, and somewhat more, so that a longer text is none.
const MAX_TYPED: usize = 40;
const PERIOD_S: i64 = 30;
const DIGITS: usize = 6;
/// Steps before and after now that are taken.
const SKEW: i64 = 1;
/// Named in the address, so that whoever has several accounts finds this one.
const ISSUER: &str = "hocba";

/// The number of a period of 30 seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Step(i64);

impl Step {
    /// The one a moment lies in.
    pub fn at(now: Moment) -> Self {
        Self(now.as_seconds().div_euclid(PERIOD_S))
    }

    /// Seconds until the next one begins.
    pub fn seconds_left(now: Moment) -> i64 {
        PERIOD_S - now.as_seconds().rem_euclid(PERIOD_S)
    }

    /// So many later, or earlier.
    #[must_use]
    pub const fn plus(self, steps: i64) -> Self {
        Self(self.0.saturating_add(steps))
    }
}

/// The secret that an authenticator and we share. Never printed, wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Zeroizing<[u8; SECRET]>);

impl TotpSecret {
    /// The first 20 of 32 secret bytes that serve no other purpose.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut secret = Zeroizing::new([0; SECRET]);
        secret.copy_from_slice(&bytes[..SECRET]);
        Self(secret)
    }

    /// As people copy it: base32 in any case, with or without spaces and hyphens.
    pub fn from_typed(typed: &str) -> Option<Self> {
        let plain = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(MAX_TYPED);
        let plain: Zeroizing<String> = Zeroizing::new(plain.map(|c| c.to_ascii_uppercase()).collect());
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(plain.as_bytes()).ok()?);
        let secret: [u8; SECRET] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(secret)))
    }

    /// The code of a step: six digits.
    pub fn code(&self, step: Step) -> String {
        // RFC 2104 pads a key shorter than the block with zeros.
        let mut block = Zeroizing::new([0; 64]);
        block[..SECRET].copy_from_slice(&*self.0);
        let mut mac = <Hmac<Sha1> as KeyInit>::new((&*block).into());
        mac.update(&step.0.to_be_bytes());
        let digest: [u8; 20] = mac.finalize().into_bytes().into();
        format!("{:06}", truncated(&digest) % 1_000_000)
    }

    /// The step whose code this is, near now and after the last one that was accepted.
    pub fn accept(&self, typed: &str, now: Moment, last: Option<Step>) -> Option<Step> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
        let steps = (-SKEW..=SKEW).map(|by| Step::at(now).plus(by));
        // All are compared, whichever is right.
        let right = steps.filter(|step| bool::from(self.code(*step).as_bytes().ct_eq(typed.as_bytes())));
        right.filter(|step| last.is_none_or(|last| *step > last)).max()
    }

    /// The address that an authenticator reads from a QR code.
    pub fn uri(&self, account: &Account) -> Zeroizing<String> {
        let secret = self.base32();
        // Names of accounts and the issuer need no percent-encoding but for the at sign.
        let label = account.to_string().replace('@', "%40");
        Zeroizing::new(format!(
            "otpauth://totp/{ISSUER}:{label}?secret={}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={PERIOD_S}",
            *secret
        ))
    }

    /// The secret as people type it into an authenticator that has no camera.
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }
}

/// Dynamic truncation of RFC 4226.
fn truncated(digest: &[u8; 20]) -> u32 {
    let at = usize::from(digest[19] & 15);
    let four = [digest[at], digest[at + 1], digest[at + 2], digest[at + 3]];
    u32::from_be_bytes(four) & 0x7FFF_FFFF
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl Serialize for TotpSecret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.base32())
    }
}

impl<'de> Deserialize<'de> for TotpSecret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "20 bytes in base32", Self::from_typed)
    }
}
