//! Transcript codes (mã tra cứu học bạ) inside any text: the text of a QR that school software
//! printed, a link to another site, a line copied from a message.
//!
//! A code counts where nobody could mean anything else: 32 hex digits standing alone, a UUID of 36
//! characters, or groups with single spaces or hyphens between them that make exactly 32 digits.
//! `static/found.js` does the same on the visitor's device; both are held by
//! `tests/transcript/found_cases.json`.

use super::TranscriptCode;

/// Most characters of a text that are looked at; a QR holds at most 7,089.
pub const MAX_TEXT: usize = 8192;

/// Digits of a code.
const DIGITS: usize = 32;
/// Lengths of the parts of a UUID (RFC 9562 §4).
const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// Letters and digits that stand together.
struct Word {
    text: String,
    /// What holds it and the word before together, if one character alone does.
    joined_by: Option<char>,
}

impl Word {
    fn is_hex(&self) -> bool {
        self.text.chars().all(|c| c.is_ascii_hexdigit())
    }

    fn is_joined(&self) -> bool {
        self.joined_by.is_some_and(|c| is_hyphen(c) || matches!(c, ' ' | '\u{a0}'))
    }
}

/// The codes of a text in the order they stand there, each once.
pub fn codes(text: &str) -> Vec<TranscriptCode> {
    let words = words(&unescaped(text));
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let length = code_at(&words, at);
        let digits: String = words[at..at + length].iter().map(|w| w.text.to_ascii_lowercase()).collect();
        if let Some(code) = TranscriptCode::from_wire(&digits).filter(|code| !found.contains(code)) {
            found.push(code);
        }
        at += length.max(1);
    }
    found
}

/// How many words from this one on make a code; 0 where none begins.
fn code_at(words: &[Word], at: usize) -> usize {
    if !words[at].is_hex() {
        return 0;
    }
    if words[at].text.len() == DIGITS {
        return 1;
    }
    let uuid = words[at..].iter().take(UUID.len()).enumerate().filter(|(i, word)| {
        word.is_hex() && word.text.len() == UUID[*i] && (*i == 0 || word.joined_by.is_some_and(is_hyphen))
    });
    if uuid.count() == UUID.len() {
        return UUID.len();
    }
    // Groups of four or eight; more groups than a code has are something else, such as a checksum.
    let is_group = |word: &Word| word.is_hex() && word.text.len().is_multiple_of(4) && word.text.len() < DIGITS;
    let begins = at == 0 || !words[at].is_joined() || !is_group(&words[at - 1]);
    let rest = words[at + 1..].iter().take_while(|word| is_group(word) && word.is_joined());
    let chain = 1 + rest.count();
    let digits: usize = words[at..at + chain].iter().map(|w| w.text.len()).sum();
    if begins && is_group(&words[at]) && digits == DIGITS { chain } else { 0 }
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut between, mut gap) = (None, 0);
    let mut inside = false;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            (inside, between, gap) = (false, Some(c), gap + 1);
            continue;
        }
        match words.last_mut().filter(|_| inside) {
            Some(word) => word.text.push(c),
            None => words.push(Word { text: c.into(), joined_by: between.filter(|_| gap == 1) }),
        }
        (inside, gap) = (true, 0);
    }
    words
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// Percent escapes of a link become what they stand for, so that `%2F` does not look like two digits.
fn unescaped(text: &str) -> String {
    let characters: Vec<char> = text.chars().take(MAX_TEXT).collect();
    let mut out = String::with_capacity(characters.len());
    let mut at = 0;
    while at < characters.len() {
        let escape = match characters[at..] {
            ['%', high, low, ..] => high.to_digit(16).zip(low.to_digit(16)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                let byte = char::from_u32(high * 16 + low).filter(char::is_ascii);
                // A byte of a longer character is part of some letter.
                out.push(byte.unwrap_or('\u{fffd}'));
                at += 3;
            }
            None => {
                out.push(characters[at]);
                at += 1;
            }
        }
    }
    out
}
