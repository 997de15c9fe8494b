//! Salted disclosures of payload groups, as in RFC 9901 (SD-JWT): `[salt, name, value]` in base64url.

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::groups::Group;

/// Fewest random bytes in a salt.
pub const MIN_SALT_BYTES: usize = 16;

/// Why a disclosure was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureFault {
    /// Not a JSON array of salt, name and value.
    #[error("a disclosure is not [salt, name, value]")]
    Shape,
    /// The salt is not base64url of at least 16 bytes.
    #[error("a salt is not base64url of at least 16 bytes")]
    Salt,
    /// The name is not one of the nine groups.
    #[error("a disclosure names an unknown group")]
    UnknownGroup,
}

/// One disclosure: the exact JSON text, with its parts located.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    json: Box<[u8]>,
    group: Group,
    salt: Box<[u8]>,
    value_at: std::ops::Range<usize>,
}

#[derive(Deserialize)]
struct Parts<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Cow<'a, str>, #[serde(borrow)] &'a RawValue);

impl Disclosure {
    /// Reads the decoded JSON text of a disclosure.
    ///
    /// # Errors
    /// [`DisclosureFault`] names what is wrong.
    pub fn from_json(json: impl Into<Box<[u8]>>) -> Result<Self, DisclosureFault> {
        let json = json.into();
        let parts: Parts<'_> = serde_json::from_slice(&json).map_err(|_| DisclosureFault::Shape)?;
        let salt = BASE64URL_NOPAD.decode(parts.0.as_bytes()).map_err(|_| DisclosureFault::Salt)?;
        if salt.len() < MIN_SALT_BYTES {
            return Err(DisclosureFault::Salt);
        }
        let group = Group::from_name(&parts.1).ok_or(DisclosureFault::UnknownGroup)?;
        // The value is the array's last element, so it ends before the bracket that closes the text.
        let text = parts.2.get();
        let start = text.as_ptr() as usize - json.as_ptr() as usize;
        let value_at = start..start + text.len();
        Ok(Self { group, salt: salt.into(), value_at, json })
    }

    /// Makes a disclosure of a group with this salt.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn new(group: Group, salt: &[u8; 16], value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_vec(&(BASE64URL_NOPAD.encode(salt), group.name(), value))?;
        Self::from_json(json).map_err(serde::ser::Error::custom)
    }

    /// Which group it opens.
    pub fn group(&self) -> Group {
        self.group
    }

    /// The salt.
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The exact JSON text of the whole disclosure.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// The exact JSON text of the group's value.
    pub fn value(&self) -> &[u8] {
        &self.json[self.value_at.clone()]
    }

    /// The form that travels: base64url of the JSON text.
    pub fn encoded(&self) -> String {
        BASE64URL_NOPAD.encode(&self.json)
    }

    /// The digest that stands in `_sd`: base64url of SHA-256 over the encoded form.
    pub fn digest(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.encoded().as_bytes()))
    }
}

/// Never prints the value.
impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disclosure({})", self.group.name())
    }
}
