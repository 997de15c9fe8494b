//! The byte range of a signature, read in the one form that is written here.

use std::ops::Range;

use data_encoding::HEXUPPER;
use der::{Reader as _, SliceReader};
use memchr::memmem;

use crate::soft_copy::pades::ROOM;
use crate::soft_copy::pades::update::{CONTENTS, RANGE};

/// What is wrong with the outer form of a signed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shape {
    /// No byte range.
    #[error("it has no byte range")]
    NoRange,
    /// More than one signature.
    #[error("it has more than one byte range")]
    Several,
    /// Not four plain numbers in place.
    #[error("its byte range is not four numbers")]
    Numbers,
    /// Bytes that no signature covers, besides the gap.
    #[error("its byte range does not cover the whole file")]
    Coverage,
    /// The gap is not one hexadecimal string.
    #[error("its byte range leaves out more or less than the envelope")]
    Gap,
    /// The string is not a structure followed by zeros.
    #[error("its envelope is not hexadecimal")]
    Hex,
}

/// Where a signature stands, and its envelope.
pub(super) struct Found {
    /// Where the byte range begins.
    pub(super) range: usize,
    /// What the signature leaves out, `<` and `>` included.
    pub(super) gap: Range<usize>,
    /// The envelope without the zeros behind it.
    pub(super) envelope: Vec<u8>,
}

/// Finds the only signature of a file.
pub(super) fn find(bytes: &[u8]) -> Result<Found, Shape> {
    let mut all = memmem::find_iter(bytes, b"/ByteRange");
    let range = all.next().ok_or(Shape::NoRange)?;
    if all.next().is_some() {
        return Err(Shape::Several);
    }
    let after = bytes.get(range..).and_then(|rest| rest.strip_prefix(RANGE)).ok_or(Shape::Numbers)?;
    // Four numbers of at most ten digits and the spaces between them.
    let length = after.iter().take(48).position(|byte| *byte == b']').ok_or(Shape::Numbers)?;
    let [first, start, end, rest] = numbers(after.get(..length).unwrap_or_default()).ok_or(Shape::Numbers)?;
    if first != 0 || end.checked_add(rest) != Some(bytes.len()) || start > end {
        return Err(Shape::Coverage);
    }
    let gap = start..end;
    let contents = range + RANGE.len() + length;
    let is_adjacent = bytes.get(contents..start).is_some_and(|between| between == CONTENTS);
    if !is_adjacent || gap.len() != 2 * ROOM + 2 {
        return Err(Shape::Gap);
    }
    let string = bytes.get(gap.clone()).and_then(|gap| gap.strip_prefix(b"<")?.strip_suffix(b">"));
    let envelope = envelope(string.ok_or(Shape::Gap)?).ok_or(Shape::Hex)?;
    Ok(Found { range, gap, envelope })
}

/// Four decimal numbers with one space between them, no zeros in front, spaces behind.
fn numbers(text: &[u8]) -> Option<[usize; 4]> {
    let text = std::str::from_utf8(text).ok()?.trim_end_matches(' ');
    let number = |word: &str| {
        let is_plain = word.len() <= 10 && word.bytes().all(|byte| byte.is_ascii_digit());
        let is_short = word == "0" || !word.starts_with('0');
        if is_plain && is_short { word.parse().ok() } else { None }
    };
    let numbers = text.split(' ').map(number).collect::<Option<Vec<usize>>>()?;
    numbers.try_into().ok()
}

/// Digits in upper case, one DER structure, zeros to the end.
fn envelope(hex: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = HEXUPPER.decode(hex).ok()?;
    let length = {
        let mut reader = SliceReader::new(&bytes).ok()?;
        reader.tlv_bytes().ok()?.len()
    };
    if bytes.get(length..)?.iter().any(|byte| *byte != 0) {
        return None;
    }
    bytes.truncate(length);
    Some(bytes)
}
