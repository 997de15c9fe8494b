//! Ways to spoil signed objects.

use std::io::{self, Read};

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use rsa::sha2::Sha512;
use serde_json::Value;

use crate::package::writer::{WriterFault, ZSTD_LEVEL};
use crate::signing::PublicKey;
use crate::signing::jws::{Jws, ObjectType};
use crate::synth::SynthFault;
use crate::transcript::disclosure::Disclosure;
use crate::transcript::groups::GroupSet;

/// The whole object as it travels.
pub(super) fn json(jws: &Jws) -> Vec<u8> {
    jws.to_json(GroupSet::ALL)
}

/// The same disclosure under another salt.
pub(super) fn with_salt(disclosure: &Disclosure, salt: &[u8; 16]) -> Result<Disclosure, SynthFault> {
    with_value(disclosure, salt, disclosure.value())
}

/// The same group with another value, whose JSON text is taken as it is.
pub(super) fn with_value(disclosure: &Disclosure, salt: &[u8], value: &[u8]) -> Result<Disclosure, SynthFault> {
    let head = format!("[\"{}\",\"{}\",", BASE64URL_NOPAD.encode(salt), disclosure.group().name());
    let text = [head.as_bytes(), value, b"]"].concat();
    Disclosure::from_json(text).map_err(|fault| SynthFault::Sign(fault.into()))
}

/// Replaces a part of JSON text, which must be there once or more.
pub(super) fn replace(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8_lossy(text).replacen(from, to, 1).into_bytes()
}

/// An object whose signature number `i` has one bit flipped; everything else is as it was.
pub(super) fn flip_signature(jws: &Jws, i: usize) -> Result<Vec<u8>, SynthFault> {
    let mut object: Value = serde_json::from_slice(&json(jws))?;
    if let Some(Value::String(text)) = object.pointer_mut(&format!("/signatures/{i}/signature")) {
        let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default();
        if let Some(byte) = bytes.get_mut(10) {
            *byte ^= 1;
        }
        *text = BASE64URL_NOPAD.encode(&bytes);
    }
    Ok(serde_json::to_vec(&object)?)
}

/// An array nested ten thousand deep.
pub(super) fn deep() -> String {
    format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))
}

/// Whatever `content` yields as one zstd frame.
pub(super) fn frame(mut content: impl Read, window_log: Option<u32>) -> Result<Vec<u8>, SynthFault> {
    let mut made = || -> io::Result<Vec<u8>> {
        let mut frame = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
        frame.include_checksum(true)?;
        if let Some(log) = window_log {
            frame.window_log(log)?;
        }
        io::copy(&mut content, &mut frame)?;
        frame.finish()
    };
    made().map_err(|fault| SynthFault::Package(WriterFault::Io(fault)))
}

/// An Ed25519 key of mixed order: an honest point plus the point of order two.
///
/// What it signs passes every check that multiplies by the cofactor, batch checks among them, and
/// fails the strict check half of the time, which is where two verifiers would disagree.
pub(super) struct MixedOrder {
    secret: ExpandedSecretKey,
    public: VerifyingKey,
}

impl MixedOrder {
    /// The key of this seed.
    pub(super) fn new(seed: &[u8; 32]) -> Result<Self, SynthFault> {
        let secret = ExpandedSecretKey::from(seed);
        let honest = VerifyingKey::from(&secret).to_bytes();
        let fault = |_| SynthFault::Key(crate::signing::jwk::KeyFault::Value);
        Ok(Self { secret, public: VerifyingKey::from_bytes(&plus_order_two(honest)).map_err(fault)? })
    }

    /// The public key; not weak by itself, so it can be granted.
    pub(super) fn public(&self) -> PublicKey {
        PublicKey::Ed25519(self.public)
    }

    /// Signs a payload beside another signature; None when the strict check happens to hold.
    pub(super) fn sign_beside(&self, jws: &Jws) -> Result<Option<Vec<u8>>, SynthFault> {
        let mut object: Value = serde_json::from_slice(&json(jws))?;
        let header = serde_json::json!({"alg": "EdDSA", "kid": self.public().kid(), "typ": ObjectType::Sheet.typ()});
        let protected = BASE64URL_NOPAD.encode(&serde_json::to_vec(&header)?);
        let input = format!("{protected}.{}", BASE64URL_NOPAD.encode(jws.payload()));
        let signature = raw_sign::<Sha512>(&self.secret, input.as_bytes(), &self.public);
        if self.public.verify_strict(input.as_bytes(), &signature).is_ok() {
            return Ok(None);
        }
        let signature = BASE64URL_NOPAD.encode(&signature.to_bytes());
        if let Some(Value::Array(list)) = object.pointer_mut("/signatures") {
            list.push(serde_json::json!({"protected": protected, "signature": signature}));
        }
        Ok(Some(serde_json::to_vec(&object)?))
    }
}

/// Adds (0, −1), the point of order two, to an encoded point: (x, y) becomes (−x, −y), so y turns
/// into p − y and the sign of x flips. p = 2²⁵⁵ − 19, little-endian.
fn plus_order_two(point: [u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut borrow = 0i16;
    for i in 0..32 {
        let prime = match i {
            0 => 0xed,
            31 => 0x7f,
            _ => 0xff,
        };
        let y = if i == 31 { point[i] & 0x7f } else { point[i] };
        let digit = prime - i16::from(y) - borrow;
        borrow = i16::from(digit < 0);
        out[i] = digit.rem_euclid(256) as u8;
    }
    out[31] |= (point[31] & 0x80) ^ 0x80;
    out
}
