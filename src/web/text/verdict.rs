//! Words of the verdict page.

use super::{Notice, NoticeWith};
use crate::portal::answer::Verdict;

/// The verdict page.
#[derive(Debug, Clone, Copy)]
pub struct Verdicts {
    /// In force, content not compared.
    pub in_force: NoticeWith,
    /// The same while nothing can be opened: does not ask for the birth date.
    pub in_force_paused: NoticeWith,
    /// In force and the content is shown below.
    pub content_shown: NoticeWith,
    /// Frozen, in force later.
    pub not_in_force: NoticeWith,
    /// Some years withdrawn.
    pub partly_withdrawn: NoticeWith,
    /// All withdrawn.
    pub withdrawn: NoticeWith,
    /// All erased.
    pub erased: NoticeWith,
    /// Under review.
    pub suspended: NoticeWith,
    /// The sheet that was asked for has a successor.
    pub replaced: NoticeWith,
    /// Nothing on record.
    pub unknown: Notice,
    /// Could not be checked.
    pub unchecked: Notice,
    /// Says outright that it is not "not found".
    pub unchecked_is_not: &'static str,
    /// Try again.
    pub retry: &'static str,
    /// The code.
    pub code: &'static str,
    /// The level.
    pub level: &'static str,
    /// Copies the code.
    pub copy: &'static str,
    /// The code was copied.
    pub copied: &'static str,
    /// Now.
    pub checked_at: &'static str,
    /// Heading of what to do next.
    pub next: &'static str,
    /// What to do next.
    pub meanings: Meanings,
    /// From which day a print is no longer good for which school years.
    pub older_prints: fn(&str, &str) -> String,
    /// `tieu_hoc` … in words.
    pub levels: fn(&str) -> &'static str,
}

impl Verdicts {
    /// What a verdict is called when only its code was looked up.
    pub fn title(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Valid => self.in_force.title,
            Verdict::NotInForce => self.not_in_force.title,
            Verdict::PartlyWithdrawn => self.partly_withdrawn.title,
            Verdict::Withdrawn => self.withdrawn.title,
            Verdict::Erased => self.erased.title,
            Verdict::Suspended => self.suspended.title,
            Verdict::Unknown => self.unknown.title,
            Verdict::Unchecked => self.unchecked.title,
        }
    }
}

/// The table of years and what was checked.
#[derive(Debug, Clone, Copy)]
pub struct Sheets {
    /// Heading of the table.
    pub title: &'static str,
    /// Column: school year and grade.
    pub year: &'static str,
    /// Column: province then.
    pub province: &'static str,
    /// Column: verdict.
    pub status: &'static str,
    /// `Lớp 6`.
    pub grade: fn(u8) -> String,
    /// Transcribed from paper.
    pub from_paper: &'static str,
    /// In force.
    pub valid: &'static str,
    /// Withdrawn.
    pub withdrawn: &'static str,
    /// Replaced.
    pub replaced: &'static str,
    /// Under review.
    pub suspended: &'static str,
    /// In force later.
    pub not_in_force: &'static str,
    /// Erased.
    pub erased: &'static str,
    /// Could not be checked.
    pub unchecked: &'static str,
    /// `từ 30/06/2026`.
    pub since: fn(&str) -> String,
    /// Years without a sheet.
    pub missing: fn(&str) -> String,
}

/// What stands behind the answer.
#[derive(Debug, Clone, Copy)]
pub struct Checks {
    /// Heading.
    pub title: &'static str,
    /// School's signatures.
    pub school: &'static str,
    /// Province's signature.
    pub province: &'static str,
    /// Proof into the log.
    pub ledger: &'static str,
    /// Holds.
    pub ok: &'static str,
    /// Does not hold.
    pub failed: &'static str,
    /// Could not be established.
    pub unchecked: &'static str,
    /// Holds, by an algorithm of the past.
    pub old: &'static str,
    /// School years a worse result concerns.
    pub in_years: fn(&str) -> String,
    /// Signed with a technical key.
    pub technical: &'static str,
    /// Signed with an official certificate.
    pub official: &'static str,
    /// The paper or file that the reader holds.
    pub content: &'static str,
    /// It has not been compared.
    pub not_compared: &'static str,
    /// When the signatures were checked, from the day or the first and last day they were taken in.
    pub at_intake: fn(&str) -> String,
    /// When it was checked for this answer.
    pub just_now: fn(&str) -> String,
    /// A span of days.
    pub between: fn(&str, &str) -> String,
    /// Time and size of the ledger the answer reflects.
    pub as_of: fn(&str, &str) -> String,
    /// Only the size is known.
    pub as_of_size: fn(&str) -> String,
    /// Root hash.
    pub root: &'static str,
    /// Summary of the technical part.
    pub technical_details: &'static str,
    /// Positions in the ledger.
    pub leaves: &'static str,
}

/// What a reader does next, verdict by verdict.
#[derive(Debug, Clone, Copy)]
pub struct Meanings {
    /// In force, content not compared.
    pub in_force: &'static [&'static str],
    /// The same while nothing can be opened.
    pub in_force_paused: &'static [&'static str],
    /// In force later.
    pub not_in_force: &'static [&'static str],
    /// Some years withdrawn.
    pub partly_withdrawn: &'static [&'static str],
    /// All withdrawn.
    pub withdrawn: &'static [&'static str],
    /// Replaced.
    pub replaced: &'static [&'static str],
    /// All erased.
    pub erased: &'static [&'static str],
    /// Under review.
    pub suspended: &'static [&'static str],
    /// Nothing on record.
    pub unknown: &'static [&'static str],
    /// Could not be checked.
    pub unchecked: &'static [&'static str],
}
