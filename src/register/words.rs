//! Names of schools as the search reads them: without case and marks, abbreviations written out.
//!
//! `Trường THCS Nguyễn Du`, `truong thcs nguyen du` and `Trường trung học cơ sở Nguyễn Du` are the same
//! words. What abbreviations stand for is in `index/school_types.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::transcript::name::fold;

const SCHOOL_TYPES: &str = include_str!("../../index/school_types.tsv");

/// Every school is one: the word helps nobody to find it, and must not keep anybody from it.
pub(super) const SCHOOL: &str = "truong";

/// Abbreviation → the words it stands for, both folded.
static ABBREVIATIONS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let rows = SCHOOL_TYPES.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| row.split_once('\t')).map(|(short, long)| (fold(short), fold(long))).collect()
});

/// The words of a text, folded and written out, each behind a space.
pub fn words(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len() * 2);
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        out.push(' ');
        out.push_str(ABBREVIATIONS.get(word).map_or(word, String::as_str));
    }
    out
}

/// What a school is found by: its names, its code, and its names once more with the parts that an apostrophe
/// joins set apart (`Ea H'Leo` is looked for as `hleo` and as `h leo`).
pub(super) fn of_school<'n>(names: impl Iterator<Item = &'n str>, code: &str) -> Box<str> {
    const APOSTROPHES: [char; 5] = ['\'', '’', 'ʼ', '‘', '`'];
    let mut out = String::new();
    for name in names {
        out.push_str(&words(name));
        if name.contains(APOSTROPHES) {
            out.push_str(&words(&name.replace(APOSTROPHES, " ")));
        }
    }
    out.push_str(&words(code));
    out.push(' ');
    out.push_str(SCHOOL);
    out.push(' ');
    out.into()
}
