//! What people and scanners type where a code belongs: whole addresses, sentences, full-width digits,
//! O for 0, and what a Vietnamese keyboard made of it.
//!
//! [`read`] takes a text that holds exactly one code, whatever stands around it, and never guesses.
//! [`proposals`] gives the codes that a text may have been meant to be, for a person to choose from.

mod keyboard;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::TranscriptCode;
use super::code::{CodeFault, is_separator};
use keyboard::{Glyph, Keyboard};

/// Most characters of a text that are looked at: the text of a QR code with its token fits.
pub const MAX_TYPED_TEXT: usize = 1024;
/// Most proposals that a person can tell apart.
pub const FEW: usize = 6;

/// The one code that a text holds, alone or between other words, as in the address of a QR code.
///
/// # Errors
/// [`CodeFault`] says what is wrong with the text, read as a code and nothing else.
pub fn read(text: &str) -> Result<TranscriptCode, CodeFault> {
    let clean = clean(text)?;
    match codes_within(&clean)[..] {
        [code] => Ok(code),
        _ => TranscriptCode::from_typed(after_address(&clean)),
    }
}

/// The part of a text that is read as a code: what follows `/v/` in an address, else all of it.
pub fn candidate(text: &str) -> String {
    clean(text).map(|clean| after_address(&clean).to_owned()).unwrap_or_default()
}

/// The codes that a text may stand for, likeliest first, at most [`FEW`]: those it holds when it holds
/// several, else what O and 0, I, l and 1, and the marks of Telex and VNI leave open.
pub fn proposals(text: &str) -> Vec<TranscriptCode> {
    let Ok(clean) = clean(text) else { return Vec::new() };
    let mut codes = codes_within(&clean);
    if codes.is_empty() {
        codes = readings(after_address(&clean));
    }
    codes.truncate(FEW);
    codes
}

/// Whether a text holds letters that only a Vietnamese keyboard makes.
pub fn has_vietnamese_letters(text: &str) -> bool {
    candidate(text).chars().any(|c| Glyph::of(c).is_some_and(|glyph| glyph.is_marked()))
}

/// Every reading of what is one code and nothing else, likeliest first; none where there are too many to count.
pub fn readings(text: &str) -> Vec<TranscriptCode> {
    let glyphs: Option<Vec<Glyph>> =
        text.chars().filter(|c| !is_separator(*c)).map(|c| Glyph::of(unmistaken(c))).collect();
    let Some(glyphs) = glyphs else { return Vec::new() };
    let mut found: Vec<_> = Keyboard::ALL.iter().flat_map(|keyboard| keyboard.readings(&glyphs)).collect();
    found.sort_by_key(|reading| reading.effort);
    let mut codes: Vec<TranscriptCode> = Vec::new();
    for code in found.iter().filter_map(|reading| TranscriptCode::from_wire(&reading.typed)) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// Letters that are taken for digits.
fn unmistaken(c: char) -> char {
    match c {
        'o' | 'O' => '0',
        'i' | 'I' | 'l' | 'L' | '|' => '1',
        c => c,
    }
}

/// Composed, without what cannot be seen, full-width forms as plain ones.
fn clean(text: &str) -> Result<String, CodeFault> {
    let characters = text.chars().take(MAX_TYPED_TEXT + 1).count();
    if characters > MAX_TYPED_TEXT {
        return Err(CodeFault::Length(characters));
    }
    Ok(text.nfc().filter(|c| !is_invisible(*c)).map(narrow).collect())
}

fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    }
}

/// Joiners, marks of direction, the byte order mark, soft hyphens.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// What follows `/v/` up to a query, a fragment or another segment.
fn after_address(text: &str) -> &str {
    let folded = text.to_ascii_lowercase();
    let Some(start) = folded.rfind("/v/").map(|at| at + 3) else { return text };
    let rest = &text[start..];
    rest.split(['#', '?', '/']).next().unwrap_or(rest)
}

/// Every code that stands whole in a text: 32 digits, 8-4-4-4-12, or eight groups of four.
fn codes_within(text: &str) -> Vec<TranscriptCode> {
    const SHAPES: [&[usize]; 3] = [&[32], &[8, 4, 4, 4, 12], &[4; 8]];
    let runs = runs(text);
    let mut codes = Vec::new();
    for start in 0..runs.len() {
        for shape in SHAPES {
            let Some(window) = runs.get(start..start + shape.len()) else { continue };
            let fits = window.iter().zip(shape).all(|(run, length)| run.len() == *length && is_hex(&text[run.clone()]));
            if fits && window.windows(2).all(|pair| is_one_separator(&text[pair[0].end..pair[1].start])) {
                let digits: String = window.iter().map(|run| text[run.clone()].to_ascii_lowercase()).collect();
                codes.extend(TranscriptCode::from_wire(&digits).filter(|code| !codes.contains(code)));
            }
        }
    }
    codes
}

/// Where the runs of letters and digits are.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                runs.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn is_hex(run: &str) -> bool {
    run.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_one_separator(between: &str) -> bool {
    let mut characters = between.chars();
    matches!((characters.next(), characters.next()), (Some(c), None) if is_separator(c))
}
