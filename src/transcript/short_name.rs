//! Short names (tên ngắn) of offices, members and apps: plain, the same however they are typed, safe in a file's name.

/// Longest one, in characters.
pub const MAX_SHORT_NAME: usize = 40;

/// Whether a text is 2 to 40 small letters a–z, digits and the given separators, which stand neither at an end nor side
/// by side.
pub fn is_short_name(name: &str, separators: &[char]) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let parts_are_whole = || name.split(separators).all(|part| !part.is_empty());
    (2..=MAX_SHORT_NAME).contains(&name.len())
        && name.chars().all(|c| plain(c) || separators.contains(&c))
        && parts_are_whole()
}
