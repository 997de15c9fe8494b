//! What the register finds schools by: the words of their names and codes ([`crate::transcript::words`]).

pub use crate::transcript::words::words;

use crate::transcript::words::words_and_parts;

/// Every school is one: the word helps nobody to find it, and must not keep anybody from it.
pub(super) const SCHOOL: &str = "truong";

/// What a school is found by: its names, with the parts that an apostrophe joins, and its code.
pub(super) fn of_school<'n>(names: impl Iterator<Item = &'n str>, code: &str) -> Box<str> {
    let mut out: String = names.map(words_and_parts).collect();
    out.push_str(&words(code));
    out.push(' ');
    out.push_str(SCHOOL);
    out.push(' ');
    out.into()
}
