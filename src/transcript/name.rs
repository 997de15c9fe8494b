//! Names as a confirming factor: two spellings of one name compare alike; and the spelling itself, where it matters.

use unicode_normalization::UnicodeNormalization as _;

/// What is typed for the apostrophe in names such as `H'Mai` and `Ea H'Leo`.
pub const APOSTROPHES: [char; 5] = ['\'', '’', 'ʼ', '‘', '`'];

/// Folds a name for comparison: capitals, tone and vowel marks, đ (also typed as the Icelandic eth,
/// U+00D0), apostrophes, hyphens and runs of spaces make no difference; so neither does where the tone
/// mark stands (hòa, hoà). `H'Mai Niê Kđăm` becomes `hmai nie kdam`.
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.nfd() {
        match c {
            '\u{0300}'..='\u{036F}' => {}
            'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
            c if APOSTROPHES.contains(&c) => {}
            c if c.is_whitespace() || matches!(c, '-' | '‐'..='―') => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// How a name is spelled, marks included: case, runs of spaces, the kind of apostrophe, the eth that is typed for đ, and
/// where in its word a tone stands make no difference (hòa, hoà); a missing mark does.
pub fn spelling(name: &str) -> String {
    let mut out = String::with_capacity(name.len() * 2);
    for word in name.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let mut tones = String::new();
        for c in word.nfd().flat_map(char::to_lowercase) {
            match c {
                '\u{0300}' | '\u{0301}' | '\u{0303}' | '\u{0309}' | '\u{0323}' => tones.push(c),
                'ð' => out.push('đ'),
                c if APOSTROPHES.contains(&c) => out.push('\''),
                c => out.push(c),
            }
        }
        out.push_str(&tones);
    }
    out
}
