//! Names of offices and of accounts: short, plain, the same however they are typed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::transcript::short_name::is_short_name;
use crate::transcript::text;

/// Longest text that is read as an account.
const MAX_TYPED: usize = 200;

/// The short name of an office, `dhqg-hn`. Names its file, stands in the journal, never changes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeId(String);

impl OfficeId {
    /// Letters a–z, digits, hyphens inside.
    pub fn parse(name: &str) -> Option<Self> {
        is_short_name(name, &['-']).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The short name of a member within the office, `lan.nguyen`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberName(String);

impl MemberName {
    /// Letters a–z, digits, dots and hyphens inside.
    pub fn parse(name: &str) -> Option<Self> {
        is_short_name(name, &['-', '.']).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An account (tài khoản): `lan.nguyen@dhqg-hn`, what somebody types to sign in and what the journal names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// The office.
    pub office: OfficeId,
    /// Who in it.
    pub member: MemberName,
}

impl Account {
    /// Strict `member@office`.
    pub fn parse(text: &str) -> Option<Self> {
        let (member, office) = text.split_once('@')?;
        Some(Self { office: OfficeId::parse(office)?, member: MemberName::parse(member)? })
    }

    /// As typed: any case, spaces around it.
    pub fn from_typed(typed: &str) -> Option<Self> {
        match typed.len() <= MAX_TYPED {
            true => Self::parse(&typed.trim().to_ascii_lowercase()),
            false => None,
        }
    }
}

impl fmt::Display for OfficeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.member, self.office)
    }
}

impl fmt::Debug for OfficeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficeId({self})")
    }
}

/// A person's name as a rule: not for logs.
impl fmt::Debug for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberName(…)")
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account(…@{})", self.office)
    }
}

impl Serialize for OfficeId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OfficeId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "the short name of an office, such as dhqg-hn", Self::parse)
    }
}

impl Serialize for MemberName {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MemberName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "the short name of a member, such as lan.nguyen", Self::parse)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "an account, such as lan.nguyen@dhqg-hn", Self::parse)
    }
}
