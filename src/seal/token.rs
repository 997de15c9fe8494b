//! What somebody shows to be known again: 32 random bytes, of which only a digest is kept, so that what lies in memory
//! or anywhere else opens nothing.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const LENGTH: usize = 32;

/// SHA-256 of a token: what is kept of it.
pub type TokenDigest = [u8; 32];

/// A token. Never printed, wiped when it is dropped.
#[derive(Clone)]
pub struct RandomToken(Zeroizing<[u8; LENGTH]>);

impl RandomToken {
    /// A new one. None when the system gives no randomness.
    pub fn generate() -> Option<Self> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        getrandom::fill(&mut *bytes).ok()?;
        Some(Self(bytes))
    }

    /// 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        let bytes: [u8; LENGTH] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// As it travels.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64URL_NOPAD.encode(&*self.0))
    }

    /// What is kept of it.
    pub fn digest(&self) -> TokenDigest {
        Sha256::digest(*self.0).into()
    }

    /// Its bytes, to derive something from.
    pub fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for RandomToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomToken(…)")
    }
}
