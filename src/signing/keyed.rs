//! Keyed hashes (HMAC-SHA256) of what must not be guessed from a store or a log: birth dates,
//! identification numbers, transcript codes, addresses.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key for keyed hashes.
#[derive(Clone)]
pub struct KeyedHash(Hmac<Sha256>);

impl KeyedHash {
    /// From 32 secret bytes, which serve no other purpose.
    pub fn new(secret: &[u8; 32]) -> Self {
        // RFC 2104 pads a key shorter than the block with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(secret);
        Self(<Hmac<Sha256> as KeyInit>::new(&block.into()))
    }

    /// HMAC-SHA256 over the label, a zero byte and the value; labels keep kinds of values apart.
    pub fn digest(&self, label: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    /// The first 16 bytes of [`KeyedHash::digest`].
    pub fn short(&self, label: &str, value: &[u8]) -> [u8; 16] {
        let full = self.digest(label, value);
        let mut cut = [0; 16];
        cut.copy_from_slice(&full[..16]);
        cut
    }
}

/// Never prints the key.
impl std::fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyedHash(…)")
    }
}
