//! 32 bytes as hexadecimal digits in files of JSON: digests and roots (`#[serde(with = "hex32")]`).

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serializer, de};

/// Writes 64 lower-case digits.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&HEXLOWER.encode(bytes))
}

/// Reads 64 lower-case digits.
///
/// # Errors
/// For anything else.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(from)?;
    let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| de::Error::custom("expected 64 lower-case hex digits"))
}
