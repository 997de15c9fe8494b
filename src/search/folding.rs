//! How a name is spelled, in the one form in which spellings are compared.

use unicode_normalization::UnicodeNormalization as _;

use crate::transcript::text::is_forbidden;
use crate::transcript::words::APOSTROPHES;

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
        match c {
            '\u{300}' => self.tones.push('`'),
            '\u{301}' => self.tones.push('\''),
            '\u{303}' => self.tones.push('~'),
            '\u{309}' => self.tones.push('?'),
            '\u{323}' => self.tones.push('.'),
            '\u{302}' => self.marks.push('^'),
            '\u{306}' => self.marks.push('('),
            '\u{31B}' => self.marks.push('+'),
            '\u{304}'..='\u{36F}' => {}
            // Đ is often typed as the Icelandic eth (U+00D0) or the African D (U+0189): all look alike.
            'đ' | 'Đ' | 'ð' | 'Ð' | 'Ɖ' | 'ɖ' => {
                self.letter('d');
                self.marks.push('-');
            }
            c if APOSTROPHES.contains(&c) => self.apostrophe = true,
            c if c.is_alphanumeric() => c.to_lowercase().for_each(|c| self.letter(c)),
            c if is_forbidden(c) && !c.is_whitespace() => {}
            _ => self.end_word(),
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
