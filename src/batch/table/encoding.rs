//! How the bytes of a text are characters: told by what is certain, never by what is likely.
//!
//! UTF-8 and UTF-16 are recognised by their marks or by holding together. Of the Windows code pages the Vietnamese one
//! writes tones as characters of their own: a text is taken as such only if every tone follows a vowel that can bear
//! it, and what comes out is made of Vietnamese letters alone. Everything else is refused: the older Vietnamese
//! encodings (TCVN3, VNI) turn into other letters without a sign, and a name that was read wrongly would differ.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// How bytes are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a mark in front.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// The Vietnamese code page of Windows.
    Windows1258,
    /// The western code page of Windows, holding only letters that Vietnamese has too.
    Windows1252,
}

/// The characters of a text, composed (NFC) where its encoding takes them apart.
pub(super) fn decode(bytes: &[u8]) -> Option<(Cow<'_, str>, Encoding)> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return std::str::from_utf8(rest).ok().map(|text| (text.into(), Encoding::Utf8));
    }
    if bytes.starts_with(b"\xFF\xFE") {
        return whole(UTF_16LE, &bytes[2..]).map(|text| (text.into(), Encoding::Utf16Le));
    }
    if bytes.starts_with(b"\xFE\xFF") {
        return whole(UTF_16BE, &bytes[2..]).map(|text| (text.into(), Encoding::Utf16Be));
    }
    if bytes.contains(&0) {
        return unmarked_utf16(bytes);
    }
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Some((text.into(), Encoding::Utf8));
    }
    let vietnamese = whole(WINDOWS_1258, bytes).map(|text| text.nfc().collect::<String>());
    let western = || whole(WINDOWS_1252, bytes).filter(|text| is_vietnamese(text));
    match vietnamese.filter(|text| is_vietnamese(text)) {
        Some(text) => Some((text.into(), Encoding::Windows1258)),
        None => western().map(|text| (text.into(), Encoding::Windows1252)),
    }
}

fn whole(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned)
}

/// Texts in our alphabet have a zero in every other byte, most of the time: on the left or on the right.
fn unmarked_utf16(bytes: &[u8]) -> Option<(Cow<'_, str>, Encoding)> {
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (left, right) = (zeros(0), zeros(1));
    let (encoding, read) = match left > right {
        true => (Encoding::Utf16Be, UTF_16BE),
        false => (Encoding::Utf16Le, UTF_16LE),
    };
    let enough = left.max(right) * 4 > bytes.len() && left.min(right) == 0;
    let text = if enough { whole(read, bytes) } else { None };
    text.map(|text| (text.into(), encoding))
}

/// Whether all letters are Vietnamese ones and no mark stands alone.
fn is_vietnamese(text: &str) -> bool {
    text.chars().all(|c| match c {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{A0}' => true,
        '–' | '—' | '‘' | '’' | '“' | '”' | '…' | '°' | '₫' => true,
        c if is_combining_mark(c) => false,
        'Ð' => true,
        c => is_vietnamese_letter(c),
    })
}

fn is_vietnamese_letter(c: char) -> bool {
    const LETTERS: &str = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";
    c.to_lowercase().all(|c| LETTERS.contains(c))
}
