//! The typefaces of a copy, and what becomes of characters they do not have.
//!
//! Tinos has the metrics of Times New Roman, which official documents use. Noto Serif stands in where Tinos, cut to
//! Latin, has no glyph. PDF/A allows no missing glyph at all, so what neither has is printed by its number.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::Value;
use typst::foundations::Bytes;
use typst::text::Font;

const FILES: [&[u8]; 4] = [
    include_bytes!("../../../static/fonts/tinos-regular.ttf"),
    include_bytes!("../../../static/fonts/tinos-bold.ttf"),
    include_bytes!("../../../static/fonts/tinos-italic.ttf"),
    include_bytes!("../../../static/fonts/noto-serif-regular.ttf"),
];
/// How many of the files are cuts of the document's own typeface.
const OWN: usize = 3;

static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| Font::new(Bytes::new(*file), 0)).collect());

/// All fonts, the fallback last.
pub(super) fn all() -> &'static [Font] {
    &FONTS
}

fn has(font: &Font, c: char) -> bool {
    font.info().coverage.contains(u32::from(c))
}

/// Every cut of the document's own typeface has it.
fn own(c: char) -> bool {
    c.is_ascii_graphic() || matches!(c, ' ' | '\n') || FONTS.iter().take(OWN).all(|font| has(font, c))
}

/// Replaces what no font has, in every text of the data, and says which characters are not set in the document's own
/// typeface.
pub(super) fn substitute(data: &mut Value) -> Vec<char> {
    let mut found = BTreeSet::new();
    walk(data, &mut found);
    found.into_iter().collect()
}

fn walk(data: &mut Value, found: &mut BTreeSet<char>) {
    match data {
        Value::String(text) => {
            let foreign: Vec<char> = text.chars().filter(|c| !own(*c)).collect();
            if !foreign.is_empty() {
                *text = printable(text);
                found.extend(foreign);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, found)),
        Value::Object(members) => members.values_mut().for_each(|member| walk(member, found)),
        _ => {}
    }
}

/// The text with the numbers of characters that no font has.
fn printable(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    for c in text.chars() {
        if own(c) || FONTS.last().is_some_and(|fallback| has(fallback, c)) {
            printed.push(c);
        } else if c.is_whitespace() {
            printed.push(' ');
        } else if !is_invisible(c) {
            // Writing into a text cannot fail.
            let _ = write!(printed, "[U+{:04X}]", u32::from(c));
        }
    }
    printed
}

/// Variation selectors choose among shapes that our fonts do not have.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_vietnam_s_peoples_is_the_document_s_own() {
        assert_eq!(all().len(), FILES.len(), "a font cannot be read");
        let names = "Nguyễn Thị Ƀlŭ, H’Mai Niê Kđăm, Y'Nhiêm Ê-ban, Ksor H’Bŏng, Čil Múp, K’Brêu, ʼ ˀ a\u{304}\u{309} Ŭ Ơ̆ Č ƀ ĕ ŏ ĭ";
        assert!(names.chars().all(own), "{:?}", names.chars().filter(|c| !own(*c)).collect::<Vec<_>>());
        assert!(('\u{A0}'..='\u{24F}').chain('\u{300}'..='\u{36F}').chain('\u{1E00}'..='\u{1EFF}').all(own));
    }

    #[test]
    fn what_no_font_has_is_printed_by_its_number() {
        let mut data = serde_json::json!({ "a": ["Trần 中", "Ж", { "b": "x\u{3000}y\u{FE0F}" }], "n": 5 });
        assert_eq!(substitute(&mut data), ['Ж', '\u{3000}', '中', '\u{FE0F}']);
        assert_eq!(data, serde_json::json!({ "a": ["Trần [U+4E2D]", "Ж", { "b": "x y" }], "n": 5 }));
    }
}
