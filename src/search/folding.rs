//! How a name is spelled, in the one form in which spellings are compared. The rules are in `index/folding.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::transcript::name::APOSTROPHES;
use crate::transcript::text::is_forbidden;

pub(super) const FOLDING: &str = include_str!("../../index/folding.tsv");

/// How a character is read.
#[derive(Clone, Copy)]
enum Reading {
    /// Counts with its word.
    Tone(char),
    /// Counts with the letter before it.
    Mark(char),
    /// A letter with its mark.
    Letter(char, char),
}

static READINGS: LazyLock<HashMap<char, Reading>> =
    LazyLock::new(|| FOLDING.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(rule).collect());

fn rule(row: &str) -> Option<(char, Reading)> {
    let [kind, number, _, letter, mark] = row.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let character = char::from_u32(u32::from_str_radix(number.strip_prefix("U+")?, 16).ok()?)?;
    let mark = mark.chars().next()?;
    let reading = match kind {
        "tone" => Reading::Tone(mark),
        "mark" => Reading::Mark(mark),
        _ => Reading::Letter(letter.chars().next()?, mark),
    };
    Some((character, reading))
}

/// A name in letters and marks. `Nguyễn Văn Hòa` and `Nguyễn Văn Hoà` are `nguyen van hoa` and ``^~ ( ` ``.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Small letters without marks, words with single spaces between them, apostrophes only inside words.
    pub(super) letters: String,
    /// The marks of each word, with a space between the words: those of letters in their order, then the tone
    /// (thanh điệu). So where the tone stands makes no difference: `hòa` and `hoà`, `thúy` and `thuý` are the same.
    pub(super) marks: String,
    tones: String,
    /// An apostrophe counts between letters only: elsewhere it is a quotation mark.
    apostrophe: bool,
    word_ended: bool,
}

impl Spelling {
    /// The spelling of a name; None when it has no letters.
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut spelling = Self::default();
        name.nfd().for_each(|c| spelling.push(c));
        spelling.end_word();
        (!spelling.letters.is_empty()).then_some(spelling)
    }

    fn push(&mut self, c: char) {
        match (!c.is_ascii()).then(|| READINGS.get(&c)).flatten() {
            Some(Reading::Tone(tone)) => self.tones.push(*tone),
            Some(Reading::Mark(mark)) => self.marks.push(*mark),
            Some(Reading::Letter(letter, mark)) => {
                self.letter(*letter);
                self.marks.push(*mark);
            }
            None if APOSTROPHES.contains(&c) => self.apostrophe = true,
            None if c.is_alphanumeric() => c.to_lowercase().for_each(|c| self.letter(c)),
            None if is_combining_mark(c) || (is_forbidden(c) && !c.is_whitespace()) => {}
            None => self.end_word(),
        }
    }

    fn letter(&mut self, c: char) {
        let joins = std::mem::take(&mut self.apostrophe);
        if std::mem::take(&mut self.word_ended) {
            self.letters.push(' ');
            self.marks.push(' ');
        } else if joins && !self.letters.is_empty() {
            self.letters.push('\'');
        }
        self.letters.push(c);
    }

    fn end_word(&mut self) {
        self.marks.push_str(&std::mem::take(&mut self.tones));
        self.apostrophe = false;
        self.word_ended = !self.letters.is_empty();
    }
}
