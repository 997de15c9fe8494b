//! Words of soft copies.

use super::Notice;

/// Soft copies (bản mềm).
#[derive(Debug, Clone, Copy)]
pub struct SoftCopy {
    /// Heading of the section on the opened transcript.
    pub title: &'static str,
    /// What it is.
    pub why: &'static str,
    /// Names the choice of years.
    pub which_years: &'static str,
    /// All of them.
    pub all_years: &'static str,
    /// An extract of one.
    pub extract_of: fn(&str) -> String,
    /// The button.
    pub get: &'static str,
    /// Each is recorded; leads on to checking.
    pub recorded: &'static str,
    /// The ticket's time is over.
    pub gone: Notice,
    /// Heading of the page that judges a file.
    pub check_title: &'static str,
    /// What it tells.
    pub check_why: &'static str,
    /// Names the field.
    pub file: &'static str,
    /// Which files.
    pub file_hint: &'static str,
    /// The button.
    pub check: &'static str,
    /// Heading of another try.
    pub check_another: &'static str,
    /// Genuine, as the record is now.
    pub current: Notice,
    /// Genuine, as the record is now, which is not in force.
    pub current_not_in_force: Notice,
    /// Genuine, and the record has changed since.
    pub older: Notice,
    /// Genuine, and the record could not be checked.
    pub unchecked: Notice,
    /// A report of a batch, as it was made here.
    pub report: Notice,
    /// Names its number.
    pub report_number: &'static str,
    /// Names the office.
    pub report_office: &'static str,
    /// Names how many rows were looked up, of how many.
    pub report_rows: &'static str,
    /// Names the position in the ledger.
    pub report_ledger: &'static str,
    /// Names the digest of what was handed in.
    pub report_digest: &'static str,
    /// Not what was signed.
    pub altered: Notice,
    /// No copy of ours; a code stands on it.
    pub code_only: Notice,
    /// No copy of ours, and no code.
    pub not_issued_here: Notice,
    /// Neither PDF nor picture.
    pub unreadable: Notice,
    /// Heading of the changes.
    pub what_changed: &'static str,
    /// A year that was one thing and is another.
    pub was_and_is: fn(&str, &str) -> String,
    /// A sheet that is not in the copy.
    pub is_new: fn(&str) -> String,
    /// When it was issued.
    pub issued_at: &'static str,
    /// When an authority stamped it.
    pub stamped_at: &'static str,
    /// The year of an extract.
    pub extract: &'static str,
    /// The verdict now.
    pub now: &'static str,
    /// Leads to the code's page.
    pub look_up: &'static str,
    /// Leads to the code's page, to compare.
    pub compare: &'static str,
}
