//! Transcript codes (mã tra cứu học bạ) and sheet ids (idbanghi): 128 random bits each.
//!
//! On the wire they are 32 lower-case hex digits and nothing else. What a person types may have
//! capitals, hyphens and spaces; [`TranscriptCode::from_typed`] accepts those and says which group
//! of four looks wrong otherwise.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why something typed is not a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Not 32 hex digits once spaces and hyphens are gone; holds how many there were.
    #[error("a code has 32 characters, this has {0}")]
    Length(usize),
    /// A character that is not 0–9 or a–f stands in this group of four (1 to 8).
    #[error("group {group} of the code holds a character that is not 0-9 or a-f")]
    Group {
        /// Which group of four characters, counted from 1.
        group: usize,
    },
    /// Typed in eight groups of which one does not have four characters (1 to 8).
    #[error("group {group} of the code has {length} characters instead of 4")]
    GroupLength {
        /// Which group, counted from 1.
        group: usize,
        /// How many characters it has.
        length: usize,
    },
}

impl CodeFault {
    /// The group of four that looks wrong (1 to 8), where it is one.
    pub const fn group(&self) -> Option<usize> {
        match self {
            Self::Length(_) => None,
            Self::Group { group } | Self::GroupLength { group, .. } => Some(*group),
        }
    }
}

/// Longest typed text that is looked at; longer input is refused unread.
pub const MAX_TYPED_CODE: usize = 128;

fn parse_typed(typed: &str) -> Result<[u8; 16], CodeFault> {
    if typed.len() > MAX_TYPED_CODE {
        return Err(CodeFault::Length(typed.len()));
    }
    let digits: Vec<char> = typed.chars().filter(|c| !is_separator(*c)).collect();
    if let Some(at) = digits.iter().position(|c| !c.is_ascii_hexdigit()) {
        return Err(CodeFault::Group { group: at / 4 + 1 });
    }
    let text: String = digits.iter().map(|c| c.to_ascii_lowercase()).collect();
    parse_wire(&text).ok_or_else(|| odd_group(typed).unwrap_or(CodeFault::Length(digits.len())))
}

/// Whether a character may stand between the groups of a code: any space, hyphen or dash.
pub const fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The one group that is too short or too long, where eight were typed.
fn odd_group(typed: &str) -> Option<CodeFault> {
    let groups: Vec<usize> =
        typed.split(is_separator).map(|g| g.chars().count()).filter(|length| *length > 0).collect();
    let mut odd = groups.iter().enumerate().filter(|(_, length)| **length != 4);
    match (groups.len(), odd.next(), odd.next()) {
        (8, Some((at, length)), None) => Some(CodeFault::GroupLength { group: at + 1, length: *length }),
        _ => None,
    }
}

fn parse_wire(text: &str) -> Option<[u8; 16]> {
    let mut out = [0u8; 16];
    if text.len() != 32 {
        return None;
    }
    HEXLOWER.decode_mut(text.as_bytes(), &mut out).ok()?;
    Some(out)
}

macro_rules! id128 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// From the 16 raw bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 raw bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads what a person typed or scanned: any case, spaces and hyphens allowed.
            ///
            /// # Errors
            /// [`CodeFault`] names the group of four characters that looks wrong.
            pub fn from_typed(typed: &str) -> Result<Self, CodeFault> {
                parse_typed(typed).map(Self)
            }

            /// Reads the wire form: exactly 32 lower-case hex digits.
            pub fn from_wire(text: &str) -> Option<Self> {
                parse_wire(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        /// Never prints the value: codes do not belong in logs.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut text = [0; 32];
                to.serialize_str(HEXLOWER.encode_mut_str(&self.0, &mut text))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                super::text::parsed(from, "32 lower-case hex digits", Self::from_wire)
            }
        }
    };
}

id128! {
    /// The lookup code of one learner's booklet for one level (mã tra cứu học bạ).
    TranscriptCode
}
id128! {
    /// The id of one school year's sheet (idbanghi).
    SheetId
}

impl SheetId {
    /// The same 16 bytes read as a transcript code: looking up either kind works, so the derived
    /// stores key both alike.
    pub const fn as_lookup(self) -> TranscriptCode {
        TranscriptCode(self.0)
    }
}
