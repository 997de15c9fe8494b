//! What Redis sees of a record: a name that says nothing, and a sealed value.
//!
//! The name is a keyed hash of code and head: a code in a key would be a code leaked. The value is
//! version ‖ key id[4] ‖ nonce[24] ‖ XChaCha20-Poly1305(packed record), with the name as associated data,
//! so that a value cannot be moved under another name. Old versions can be put back under their own name,
//! which holds their digest: no reader with newer heads asks for it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;

use super::RecordKey;
use crate::signing::keyed::KeyedHash;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const HEAD: usize = 5;

/// Names and seals under one key.
pub struct Sealer {
    names: KeyedHash,
    cipher: XChaCha20Poly1305,
    /// Says which key sealed a value: after a change of keys an old value is just missing.
    key_id: [u8; 4],
}

impl Sealer {
    /// From the storage key for records, which is used for nothing else.
    pub fn new(key: &[u8; 32]) -> Self {
        let root = KeyedHash::new(key);
        let cipher = root.digest("hocba/redis/records/v1/seal", &[]);
        let id = root.digest("hocba/redis/records/v1/key id", &[]);
        Self {
            names: KeyedHash::new(&root.digest("hocba/redis/records/v1/name", &[])),
            cipher: XChaCha20Poly1305::new(&cipher.into()),
            key_id: [id[0], id[1], id[2], id[3]],
        }
    }

    /// The name of a record: prefix, kind and version, 32 hex digits.
    pub fn name(&self, prefix: &str, key: &RecordKey) -> String {
        let mut bytes = [0; 40];
        bytes[..16].copy_from_slice(key.code.as_bytes());
        bytes[16..].copy_from_slice(&key.head.0);
        format!("{prefix}r1:{}", HEXLOWER.encode(&self.names.short("record", &bytes)))
    }

    /// Seals a packed record under its name; None when the system gives no random bytes.
    pub fn seal(&self, name: &str, packed: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let payload = Payload { msg: packed, aad: name.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        let mut value = Vec::with_capacity(HEAD + NONCE + sealed.len());
        value.push(VERSION);
        value.extend_from_slice(&self.key_id);
        value.extend_from_slice(&nonce);
        value.extend_from_slice(&sealed);
        Some(value)
    }

    /// Opens a value; None for anything that was not sealed under this name with this key.
    pub fn open(&self, name: &str, value: &[u8]) -> Option<Vec<u8>> {
        let (head, rest) = value.split_at_checked(HEAD)?;
        if head[0] != VERSION || head[1..] != self.key_id {
            return None;
        }
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() }).ok()
    }
}

/// Never prints the keys.
impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}
