//! Words of names of schools and places: without case and marks, abbreviations written out.
//!
//! `Trường THCS Nguyễn Du`, `truong thcs nguyen du` and `Trường trung học cơ sở Nguyễn Du` are the same
//! words. What abbreviations stand for is in `index/school_types.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::name::{APOSTROPHES, fold};

/// The table, as it is compiled in.
pub const SCHOOL_TYPES: &str = include_str!("../../index/school_types.tsv");

/// Abbreviation → the words it stands for, both folded.
static ABBREVIATIONS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let rows = SCHOOL_TYPES.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| row.split_once('\t')).map(|(short, long)| (fold(short), fold(long))).collect()
});

/// The words of a text, folded and written out, each behind a space.
pub fn words(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len() * 2);
    let mut rest = folded.as_str();
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let word = &rest[start..];
        let end = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
        rest = &word[end..];
        out.push(' ');
        out.push_str(meaning(&word[..end], rest.starts_with('.')));
    }
    out
}

/// The words of a name, and once more with the parts that an apostrophe joins set apart: `Ea H'Leo` is looked
/// for as `hleo` and as `h leo`.
pub fn words_and_parts(name: &str) -> String {
    let mut out = words(name);
    if name.contains(APOSTROPHES) {
        out.push_str(&words(&name.replace(APOSTROPHES, " ")));
    }
    out
}

/// What a word stands for. A single letter is an abbreviation only where a dot says so: `Q. 1`, but `Ea H'Leo`.
fn meaning(word: &str, dotted: bool) -> &str {
    let written = match dotted && word.len() == 1 {
        true => ABBREVIATIONS.get(&format!("{word}.")),
        false => ABBREVIATIONS.get(word),
    };
    written.map_or(word, String::as_str)
}
