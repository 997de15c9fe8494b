//! How a name is spelled, in the one form in which spellings are compared.

use unicode_normalization::UnicodeNormalization as _;

use crate::transcript::name::fold;
use crate::transcript::text::is_forbidden;
use crate::transcript::words::APOSTROPHES;

/// A name with its marks, and without.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Small letters with their marks, each tone (thanh điệu) at the end of its word, so that `hòa` and `hoà`,
    /// `thúy` and `thuý` are the same; apostrophes inside words stay.
    pub(super) marked: String,
    /// Letters without marks, as [`fold`] has them; apostrophes are gone.
    pub(super) folded: String,
}

impl Spelling {
    /// The spelling of a name; None when it has no letters.
    pub(super) fn of(name: &str) -> Option<Self> {
        let marked = marked(name);
        let folded = fold(&marked);
        (!folded.is_empty()).then_some(Self { marked, folded })
    }

    /// The name without marks, with the parts that an apostrophe joins set apart: `H'Mai` is `h mai`, too.
    pub(super) fn parted(marked: &str) -> Option<String> {
        marked.contains('\'').then(|| fold(&marked.replace('\'', " ")))
    }
}

/// Words with what is kept back until the word ends.
#[derive(Default)]
struct Words {
    out: String,
    tones: Vec<char>,
    /// An apostrophe counts between letters only: elsewhere it is a quotation mark.
    apostrophe: bool,
}

impl Words {
    fn letter(&mut self, c: char) {
        if std::mem::take(&mut self.apostrophe) && self.in_word() {
            self.out.push('\'');
        }
        self.out.push(c);
    }

    fn in_word(&self) -> bool {
        !self.out.is_empty() && !self.out.ends_with(' ')
    }

    fn end(&mut self) {
        self.apostrophe = false;
        self.tones.sort_unstable();
        self.out.extend(self.tones.drain(..));
        if self.in_word() {
            self.out.push(' ');
        }
    }
}

fn marked(name: &str) -> String {
    let mut words = Words::default();
    for c in name.nfd() {
        match c {
            // Huyền, sắc, ngã, hỏi, nặng.
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => words.tones.push(c),
            '\u{302}' | '\u{306}' | '\u{31B}' => words.out.push(c),
            '\u{304}'..='\u{36F}' => {}
            // Đ is often typed as the Icelandic eth (U+00D0) or the African D (U+0189): all look alike.
            'đ' | 'Đ' | 'ð' | 'Ð' | 'Ɖ' | 'ɖ' => words.letter('đ'),
            c if APOSTROPHES.contains(&c) => words.apostrophe = true,
            c if c.is_alphanumeric() => c.to_lowercase().for_each(|c| words.letter(c)),
            c if is_forbidden(c) && !c.is_whitespace() => {}
            _ => words.end(),
        }
    }
    words.end();
    words.out.truncate(words.out.trim_end().len());
    // Composed, as half the bytes. A tone may join the last letter: that is one form, too.
    words.out.nfc().collect()
}
