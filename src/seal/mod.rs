//! How what is kept on disk is closed to whoever lacks the key: version ‖ nonce[24] ‖ XChaCha20-Poly1305, with the name
//! it is kept under as associated data, so that nothing can be put in another's place. Random nonces of that length do
//! not meet. [`shelf`] keeps things in such files; a [`RandomToken`] is what nothing is kept of.

pub mod shelf;
mod token;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

pub use token::{RandomToken, TokenDigest};

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Bytes that sealing adds.
pub const OVERHEAD: usize = 1 + NONCE + 16;

/// Seals and opens under one key.
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// From 32 secret bytes that serve no other purpose.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Closes bytes under a name; None when the system gives no randomness.
    pub fn close(&self, name: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let sealed = self.0.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: name.as_bytes() }).ok()?;
        Some([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was closed under this name with this key; None for anything else.
    pub fn open(&self, name: &str, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, rest) = bytes.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok().filter(|_| *version == VERSION).map(Zeroizing::new)
    }
}

/// Never prints the key.
impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}
