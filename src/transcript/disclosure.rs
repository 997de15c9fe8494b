//! Salted disclosures of payload groups, as in RFC 9901 (SD-JWT): `[salt, name, value]` in base64url.

use std::borrow::Cow;
use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::base64url;
use super::groups::Group;
use super::skim;

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
    /// base64url with padding, white space or non-zero trailing bits.
    #[error("a disclosure is not canonical base64url")]
    Base64,
}

/// What stands in `_sd` for a disclosure: SHA-256 over its encoded form, base64url on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupDigest([u8; 32]);

impl GroupDigest {
    /// The digest of a disclosure as it travels.
    pub fn of_encoded(encoded: &str) -> Self {
        Self(Sha256::digest(encoded.as_bytes()).into())
    }

    /// Reads the wire form: 43 characters of canonical base64url.
    pub fn from_wire(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        (text.len() == 43).then_some(())?;
        BASE64URL_NOPAD.decode_mut(text.as_bytes(), &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for GroupDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for GroupDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupDigest({self})")
    }
}

impl Serialize for GroupDigest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GroupDigest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "a base64url SHA-256", Self::from_wire)
    }
}

/// One disclosure: the exact JSON text, with its parts located and its digest taken.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    json: Box<[u8]>,
    group: Group,
    salt: Box<[u8]>,
    value_at: std::ops::Range<usize>,
    digest: GroupDigest,
}

/// Salt, name and the text of the value.
struct Parts<'a>(Cow<'a, str>, Cow<'a, str>, &'a str);

#[derive(Deserialize)]
struct WireParts<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Cow<'a, str>, #[serde(borrow)] &'a RawValue);

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Self> {
        Self::compact(text).or_else(|| {
            let WireParts(salt, name, value) = serde_json::from_str(text).ok()?;
            Some(Self(salt, name, value.get()))
        })
    }

    /// The parts of `["…","…",…]` without white space or long escapes, as software writes it. Takes nothing
    /// that serde does not take, and leaves to it what is unusual.
    fn compact(text: &'a str) -> Option<Self> {
        let (salt, rest) = text.strip_prefix("[\"")?.split_once("\",\"")?;
        let (name, rest) = rest.split_once("\",")?;
        let value = rest.strip_suffix(']')?;
        let as_it_is = |s: &str| s.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\');
        (as_it_is(salt) && as_it_is(name) && skim::is_value(value)).then_some(Self(salt.into(), name.into(), value))
    }
}

impl Disclosure {
    /// Reads the form that travels. Cheaper than decoding first, because the digest is over this form.
    ///
    /// # Errors
    /// [`DisclosureFault`] names what is wrong.
    pub fn from_encoded(encoded: &str) -> Result<Self, DisclosureFault> {
        let json = base64url::decode(encoded).ok_or(DisclosureFault::Base64)?;
        Self::locate(json, GroupDigest::of_encoded(encoded))
    }

    /// Reads the decoded JSON text of a disclosure.
    ///
    /// # Errors
    /// [`DisclosureFault`] names what is wrong.
    pub fn from_json(json: impl Into<Box<[u8]>>) -> Result<Self, DisclosureFault> {
        let json = json.into();
        let digest = GroupDigest::of_encoded(&base64url::encode(&json));
        Self::locate(json, digest)
    }

    /// The group that a text is a disclosure of, if it is one and that can be seen at its beginning; None says nothing.
    pub fn glance(json: &[u8]) -> Option<Group> {
        let mut parts = json.strip_prefix(b"[\"")?.splitn(4, |byte| *byte == b'"').skip(1);
        match (parts.next()?, parts.next()?, parts.next()?) {
            (b",", name, [b',', ..]) => Group::from_name(std::str::from_utf8(name).ok()?),
            _ => None,
        }
    }

    fn locate(json: Box<[u8]>, digest: GroupDigest) -> Result<Self, DisclosureFault> {
        let text = simdutf8::basic::from_utf8(&json).map_err(|_| DisclosureFault::Shape)?;
        let Parts(salt, name, value) = Parts::read(text).ok_or(DisclosureFault::Shape)?;
        let salt = BASE64URL_NOPAD.decode(salt.as_bytes()).map_err(|_| DisclosureFault::Salt)?;
        if salt.len() < MIN_SALT_BYTES {
            return Err(DisclosureFault::Salt);
        }
        let group = Group::from_name(&name).ok_or(DisclosureFault::UnknownGroup)?;
        // The value is borrowed from the text itself, so the distance of the two is its place.
        let start = value.as_ptr() as usize - json.as_ptr() as usize;
        let value_at = start..start + value.len();
        Ok(Self { group, salt: salt.into(), value_at, json, digest })
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
        base64url::encode(&self.json)
    }

    /// The digest that stands in `_sd`: SHA-256 over the encoded form.
    pub fn digest(&self) -> GroupDigest {
        self.digest
    }
}

/// Never prints the value.
impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({})", self.group.name())
    }
}
