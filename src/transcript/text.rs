//! Text that has been checked: NFC, no control or bidirectional control characters, bounded.

use std::fmt;
use std::marker::PhantomData;

use compact_str::CompactString;
use serde::de::{self, Visitor};
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

/// Fields shorter than this are one line: names, codes, places. Longer ones are comments, which have
/// paragraphs.
pub const FIRST_WITH_LINES: usize = 1000;

/// Whether a character may not appear in signed text: controls, bidirectional controls, and what is
/// invisible or not a character, which could make one name read as another.
pub fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

/// Whether a text is made of the letters of Vietnamese and of western Europe alone (U+0020–7E,
/// U+00C0–2FF, U+1E00–1EFF, newlines), composed: in NFC wherever they stand, never forbidden. Almost
/// every text that enters is, and needs no tables. In UTF-8 the first bytes of the sequences tell.
///
/// Looks at all bytes without a branch, many at a time: letters with marks stand between letters without
/// so irregularly that a processor cannot foresee them.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let stands = |b: u8| matches!(b, b' '..=b'~' | b'\n' | 0x80..=0xBF | 0xC3..=0xCB | 0xE1);
    // Of the three-byte sequences that start with E1, those of U+1E00–1EFF.
    let follows = |first: u8, second: u8| first != 0xE1 || matches!(second, 0xB8..=0xBB);
    let next = bytes.get(1..).unwrap_or_default();
    bytes.iter().fold(true, |plain, b| plain & stands(*b))
        & bytes.iter().zip(next).fold(true, |plain, (first, second)| plain & follows(*first, *second))
}

/// Checks a text without a length bound.
///
/// # Errors
/// [`TextFault::NotNfc`] or [`TextFault::Control`].
pub fn check(text: &str) -> Result<(), TextFault> {
    if is_plain(text) {
        return Ok(());
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

fn check_bounded(text: &str, max: usize) -> Result<(), TextFault> {
    check(text)?;
    if max < FIRST_WITH_LINES && text.contains('\n') {
        return Err(TextFault::Control);
    }
    if text.chars().all(char::is_whitespace) {
        return Err(TextFault::Empty);
    }
    match text.len() > max && text.chars().count() > max {
        true => Err(TextFault::TooLong(max)),
        false => Ok(()),
    }
}

/// A checked text of 1 to `MAX` characters; of one line when `MAX` is below [`FIRST_WITH_LINES`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(CompactString);

impl<const MAX: usize> Text<MAX> {
    /// Checks and takes a text.
    ///
    /// # Errors
    /// [`TextFault`] names what is wrong.
    pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
        let text = CompactString::from(text.into());
        check_bounded(&text, MAX)?;
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

struct TextVisitor<const MAX: usize>;

impl<const MAX: usize> Visitor<'_> for TextVisitor<MAX> {
    type Value = Text<MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text of 1 to {MAX} characters")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<MAX>, E> {
        check_bounded(text, MAX).map_err(E::custom)?;
        Ok(Text(text.into()))
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(TextVisitor::<MAX>)
    }
}

struct Parsed<T, F> {
    expected: &'static str,
    parse: F,
    value: PhantomData<T>,
}

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for Parsed<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        // The value stays out of the message: it is personal as often as not.
        (self.parse)(text).ok_or_else(|| E::custom(format_args!("expected {}", self.expected)))
    }
}

/// Reads a string and parses it, without a copy in between. `expected` finishes "expected …".
///
/// # Errors
/// The deserializer's, when there is no string or `parse` refuses it.
pub fn parsed<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    from.deserialize_str(Parsed { expected, parse, value: PhantomData })
}
