//! Names of apps, of their keys and of what they are registered to ask for.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::transcript::short_name::is_short_name;
use crate::transcript::text;

/// Longest name of a key, in characters; a thumbprint (RFC 7638) has 43.
const MAX_KEY_ID: usize = 64;

/// What may be a name of a kind.
pub trait Naming: Clone + Copy + PartialEq + Eq + PartialOrd + Ord + Hash + fmt::Debug {
    /// Finishes "expected …".
    const EXPECTED: &'static str;

    /// Whether a text is such a name.
    fn is_one(text: &str) -> bool;
}

/// A name of one kind, which no name of another kind can stand for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name<N: Naming>(Box<str>, PhantomData<N>);

/// Names an app: letters a–z, digits, hyphens inside. The client id (RFC 6749) of a partner, `iss` of an identity app; in
/// the journal, in logs and as the name of its file. Never changes.
pub type AppId = Name<OfApp>;
/// Names a key of an app (`kid`): letters, digits, `.`, `_` and `-`. A thumbprint is one.
pub type KeyId = Name<OfKey>;
/// Names a purpose (mục đích) that a partner is registered for: letters a–z, digits, hyphens inside.
pub type PurposeId = Name<OfPurpose>;

/// See [`AppId`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfApp {}

/// See [`KeyId`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfKey {}

/// See [`PurposeId`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfPurpose {}

impl Naming for OfApp {
    const EXPECTED: &'static str =
        "the short name of an app: 2 to 40 small letters, digits and hyphens, such as vneid-thu";

    fn is_one(text: &str) -> bool {
        is_short_name(text, &['-'])
    }
}

impl Naming for OfKey {
    const EXPECTED: &'static str = "the name of a key: 1 to 64 letters, digits, dots, underscores and hyphens";

    fn is_one(text: &str) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        (1..=MAX_KEY_ID).contains(&text.len()) && text.bytes().all(plain)
    }
}

impl Naming for OfPurpose {
    const EXPECTED: &'static str =
        "the name of a purpose: 2 to 40 small letters, digits and hyphens, such as tuyen-sinh";

    fn is_one(text: &str) -> bool {
        is_short_name(text, &['-'])
    }
}

impl<N: Naming> Name<N> {
    /// The name that a text is.
    pub fn parse(text: &str) -> Option<Self> {
        N::is_one(text).then(|| Self(text.into(), PhantomData))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<N: Naming> fmt::Display for Name<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<N: Naming> fmt::Debug for Name<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl<N: Naming> Serialize for Name<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de, N: Naming> Deserialize<'de> for Name<N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, N::EXPECTED, Self::parse)
    }
}
