//! Names as a confirming factor: two spellings of one name compare alike.

use unicode_normalization::UnicodeNormalization as _;

/// Folds a name for comparison: capitals, tone and vowel marks, đ (also typed as the Icelandic eth,
/// U+00D0), apostrophes, hyphens and runs of spaces make no difference; so neither does where the tone
/// mark stands (hòa, hoà). `H'Mai Niê Kđăm` becomes `hmai nie kdam`.
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.nfd() {
        match c {
            '\u{0300}'..='\u{036F}' => {}
            'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
            '\'' | '’' | 'ʼ' | '‘' | '`' => {}
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
