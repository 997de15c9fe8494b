//! Text that has been checked: NFC, no control or bidirectional control characters, bounded.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Longer than the field allows, in characters.
    #[error("text is longer than {0} characters")]
    TooLong(usize),
    /// Not in Unicode normalisation form C (TCVN 6909:2001).
    #[error("text is not in Unicode form NFC")]
    NotNfc,
    /// A control character or a bidirectional control, which could make a name read as another.
    #[error("text holds a control or bidirectional character")]
    Control,
    /// Nothing but white space where something is required.
    #[error("text is empty")]
    Empty,
}

/// Whether a character may not appear in signed text.
pub fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Checks a text without a length bound.
///
/// # Errors
/// [`TextFault::NotNfc`] or [`TextFault::Control`].
pub fn check(text: &str) -> Result<(), TextFault> {
    if text.is_ascii() {
        return match text.bytes().any(|b| (b < 0x20 && b != b'\n') || b == 0x7f) {
            true => Err(TextFault::Control),
            false => Ok(()),
        };
    }
    if text.chars().any(is_forbidden) {
        return Err(TextFault::Control);
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Ok(()),
        IsNormalized::No => Err(TextFault::NotNfc),
        IsNormalized::Maybe if text.nfc().eq(text.chars()) => Ok(()),
        IsNormalized::Maybe => Err(TextFault::NotNfc),
    }
}

/// A checked text of 1 to `MAX` characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Checks and takes a text.
    ///
    /// # Errors
    /// [`TextFault`] names what is wrong.
    pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
        let text = text.into();
        check(&text)?;
        if text.trim().is_empty() {
            return Err(TextFault::Empty);
        }
        if text.len() > MAX && text.chars().count() > MAX {
            return Err(TextFault::TooLong(MAX));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Never prints the text: most of it is personal.
impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(…)")
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        Self::new(text).map_err(serde::de::Error::custom)
    }
}
