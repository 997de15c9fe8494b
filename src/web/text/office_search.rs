//! Words of searching and of opening transcripts for offices.

use super::Notice;
use crate::portal::answer::Verdict;

/// Searching.
#[derive(Debug, Clone, Copy)]
pub struct OfficeSearch {
    /// Heading, and the link to it.
    pub title: &'static str,
    /// What it takes, and that it is recorded.
    pub lead: &'static str,
    /// Legend: by name and birth date.
    pub by_name: &'static str,
    /// Label: full name.
    pub full_name: &'static str,
    /// How it may be typed.
    pub full_name_hint: &'static str,
    /// Legend: by number.
    pub by_number: &'static str,
    /// Label: identification number.
    pub number: &'static str,
    /// What it looks like.
    pub number_hint: &'static str,
    /// Opens what narrows it.
    pub narrow: &'static str,
    /// Label: school.
    pub school: &'static str,
    /// How it may be typed.
    pub school_hint: &'static str,
    /// Label: province.
    pub province: &'static str,
    /// How it may be typed.
    pub province_hint: &'static str,
    /// Label: school year.
    pub year: &'static str,
    /// Label: level.
    pub level: &'static str,
    /// Nothing chosen.
    pub any: &'static str,
    /// The button.
    pub submit: &'static str,
    /// How many were found.
    pub found: fn(usize) -> String,
    /// There is more than is shown.
    pub more: &'static str,
    /// Nobody was found.
    pub nobody: Notice,
    /// Others could not be checked.
    pub unchecked: fn(usize) -> String,
    /// The index is behind.
    pub behind: fn(&str) -> String,
    /// Of a hit: its name is not granted.
    pub no_name: &'static str,
    /// Opens a hit.
    pub open: &'static str,
    /// The same with whose.
    pub open_of: fn(&str) -> String,
    /// A verdict on the whole, in a word.
    pub verdict: fn(Verdict) -> &'static str,
    /// Heading above faults.
    pub fault: &'static str,
    /// Neither name and birth date nor number.
    pub fault_who: &'static str,
    /// Both.
    pub fault_both: &'static str,
    /// Not a name.
    pub fault_name: &'static str,
    /// Not a birth date.
    pub fault_birth: &'static str,
    /// Not a number.
    pub fault_number: &'static str,
    /// Not a school.
    pub fault_school: &'static str,
    /// Not a province.
    pub fault_province: &'static str,
    /// The index is being made; how far.
    pub preparing: fn(&str, &str) -> String,
    /// Heading of that.
    pub preparing_title: &'static str,
    /// Out of order, or nothing could be written down.
    pub unavailable: Notice,
    /// Too many; the wait in words.
    pub too_many: super::NoticeWith,
    /// Nothing within the grant under this code.
    pub not_here: Notice,
    /// The grant opens nothing.
    pub nothing_granted: Notice,
    /// Above an opened transcript: for whom, and that it is recorded.
    pub opened_for: fn(&str) -> String,
    /// Other years lie outside the grant.
    pub partial: &'static str,
    /// Parts that the grant does not open.
    pub closed: &'static str,
    /// Back to the search.
    pub back: &'static str,
}
