//! Words of batches: handing a file in, what it is taken as, how far it is, what it came to.

use super::Notice;
use crate::batch::columns::Field;
use crate::batch::jobs::{Input, State};
use crate::portal::batch::{Conclusion, SourceFault};

/// Batches.
#[derive(Debug, Clone, Copy)]
pub struct Batches {
    /// Heading, and the link to it.
    pub title: &'static str,
    /// What it is for.
    pub lead: &'static str,
    /// Heading of the form.
    pub hand_in: &'static str,
    /// Label: the file.
    pub file: &'static str,
    /// What it may be.
    pub file_hint: &'static str,
    /// Opens the field for codes.
    pub paste: &'static str,
    /// Label: codes.
    pub codes: &'static str,
    /// One on a line.
    pub codes_hint: &'static str,
    /// What codes that were pasted are called in the list.
    pub pasted_name: &'static str,
    /// The button: shows what it is taken as.
    pub look: &'static str,
    /// That it is written down, and for how long it is kept.
    pub recorded: &'static str,
    /// A file waits to be looked at.
    pub one_waits: &'static str,
    /// The link to it.
    pub look_at_it: &'static str,
    /// Heading of the list.
    pub batches: &'static str,
    /// There are none.
    pub none: &'static str,
    /// Column: name of the file.
    pub name: &'static str,
    /// Column: rows.
    pub rows: &'static str,
    /// Column: where it stands.
    pub state: &'static str,
    /// Column and label: when it was handed in.
    pub handed_in_at: &'static str,
    /// So many of so many rows.
    pub of_rows: fn(&str, &str) -> String,
    /// Where it stands.
    pub standing: fn(State) -> &'static str,
    /// An operator of the portal handed it in.
    pub by_operator: &'static str,
    /// Heading of what a file is taken as.
    pub preview: &'static str,
    /// How many rows, files or pages.
    pub counted: fn(Input, &str) -> String,
    /// Which sheet is read.
    pub sheet: fn(&str) -> String,
    /// Until when the file waits.
    pub waits_until: fn(&str) -> String,
    /// Heading of the columns.
    pub columns: &'static str,
    /// What to do with them.
    pub columns_lead: &'static str,
    /// A column: its number and title.
    pub column: fn(usize, &str) -> String,
    /// What a column holds.
    pub field: fn(Field) -> &'static str,
    /// Before what a column is taken as, under its title.
    pub taken_as: &'static str,
    /// Choice: not looked at.
    pub not_looked_at: &'static str,
    /// Another column holds the same.
    pub twice: &'static str,
    /// So many columns are not looked at.
    pub ignored: fn(usize) -> String,
    /// Title of the one column of an archive or a scan.
    pub files: fn(Input) -> &'static str,
    /// Heading of the first rows.
    pub first_rows: fn(usize) -> String,
    /// The button that begins.
    pub begin: &'static str,
    /// What that means.
    pub begin_means: &'static str,
    /// The button that shows it once more with other columns.
    pub look_again: &'static str,
    /// The button that forgets the file.
    pub drop: &'static str,
    /// Heading of one batch; its name.
    pub one: fn(&str) -> String,
    /// Names the bar.
    pub progress: &'static str,
    /// The link that shows how far it is now.
    pub see_again: &'static str,
    /// It goes on without the page.
    pub goes_on: &'static str,
    /// So many of so many rows were looked up.
    pub looked_up: fn(&str, &str) -> String,
    /// Heading of what rows came to.
    pub came_to: &'static str,
    /// Column: what they came to.
    pub conclusion_title: &'static str,
    /// What rows came to, and what that means.
    pub conclusion: fn(Conclusion) -> (&'static str, &'static str),
    /// Heading of what can be taken home.
    pub take_home: &'static str,
    /// What is in it.
    pub take_home_lead: &'static str,
    /// Button: XLSX.
    pub as_xlsx: &'static str,
    /// Button: CSV.
    pub as_csv: &'static str,
    /// Button: the signed report.
    pub as_report: &'static str,
    /// What the report is; before the link to where it is checked.
    pub report_means: &'static str,
    /// Heading of the facts.
    pub about: &'static str,
    /// Label: its number.
    pub number: &'static str,
    /// Label: what was handed in.
    pub kind: &'static str,
    /// Label: who handed it in.
    pub handed_in_by: &'static str,
    /// Label: when it ended.
    pub ended_at: &'static str,
    /// Label: when it is deleted.
    pub kept_until: &'static str,
    /// Opens: ending it.
    pub cancel: &'static str,
    /// What that means.
    pub cancel_means: &'static str,
    /// The button.
    pub cancel_now: &'static str,
    /// Opens: deleting it.
    pub delete: &'static str,
    /// What that means.
    pub delete_means: &'static str,
    /// The button.
    pub delete_now: &'static str,
    /// Back to the list.
    pub back: &'static str,
    /// Heading above what is wrong with a file.
    pub not_taken: &'static str,
    /// What is wrong with a file, and what to do.
    pub fault: fn(&SourceFault) -> String,
    /// Neither file nor codes.
    pub nothing_sent: &'static str,
    /// Both.
    pub both_sent: &'static str,
    /// So many wait already.
    pub waiting_full: fn(usize) -> String,
    /// So many are kept already.
    pub office_full: fn(usize) -> String,
    /// There is no room now.
    pub full: &'static str,
    /// Nothing was done.
    pub not_done: Notice,
    /// No file could be made.
    pub no_file: Notice,
    /// A file waits no more.
    pub gone: Notice,
    /// A file was forgotten.
    pub dropped: Notice,
    /// A batch was deleted.
    pub deleted: Notice,
    /// Stopped: the grant is over.
    pub grant_over: Notice,
    /// Stopped: it cannot be read.
    pub unreadable: Notice,
}
