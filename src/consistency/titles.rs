//! Titles in the free text of an award (danh hiệu).

/// Whether the text gives exactly this title, alone or beside other awards.
///
/// A part of the text counts only if nothing else is in it: `Giải Ba kì thi chọn học sinh giỏi` is a
/// prize and gives no title.
pub(super) fn gives(text: &str, title: &str) -> bool {
    let title = title.to_lowercase();
    text.split([';', ',', '.', '\n']).any(|part| bare(&part.to_lowercase()) == title)
}

/// Without what may stand around a title.
fn bare(part: &str) -> &str {
    let around = |c: char| c.is_whitespace() || "\"“”'‘’«»:-–()".contains(c);
    let mut rest = part.trim_matches(around);
    for before in ["khen thưởng", "đạt", "danh hiệu"] {
        rest = rest.strip_prefix(before).unwrap_or(rest).trim_matches(around);
    }
    rest
}
