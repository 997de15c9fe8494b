//! Many transcripts at once.

use crate::batch::archive::ArchiveFault;
use crate::batch::columns::{Field, HeadingFault};
use crate::batch::jobs::{Input, State, Stopped};
use crate::batch::table::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, TableFault};
use crate::portal::batch::{Conclusion, MAX_FILES, MAX_FILES_BYTES, SourceFault};
use crate::web::text::Notice;
use crate::web::text::batches::Batches;

pub(super) const BATCHES: Batches = Batches {
    title: "Batch check",
    lead: "Check many transcripts at once: send a table, a ZIP of soft copies and photos, or a scan, and get a result for every row and one signed report.",
    hand_in: "Send a new list",
    file: "File",
    file_hint: "CSV or XLSX (up to 20,000 rows, 32 MB), a ZIP of PDF soft copies and photos, a PDF scan (up to 400 files or pages, 256 MB), one PDF or one photo",
    paste: "No file? Paste a list of codes",
    codes: "Lookup codes",
    codes_hint: "One code on a line; the whole link of a QR code will do",
    pasted_name: "Pasted list of codes",
    look: "Preview",
    recorded: "Nothing is looked up until you begin in the next step. Every transcript that is looked up is recorded with the purpose of your office; a batch is deleted after 7 days.",
    one_waits: "A file that you sent waits for you.",
    look_at_it: "Preview it",
    batches: "Batches of the office",
    none: "There are no batches yet.",
    name: "File",
    rows: "Rows",
    state: "State",
    handed_in_at: "Sent",
    of_rows: |done, rows| format!("{done} / {rows} rows"),
    standing: |state| match state {
        State::Waiting => "Being checked",
        State::Finished => "Finished",
        State::Cancelled => "Stopped on request",
        State::Stopped(Stopped::GrantOver) => "Stopped: the grant is over",
        State::Stopped(Stopped::Unreadable) => "Stopped: the file cannot be read",
    },
    by_operator: "The portal's operator",
    preview: "Before it is checked",
    counted: |input, rows| match input {
        Input::Table => format!("a table of {rows} rows"),
        Input::Archive => format!("an archive of {rows} files"),
        Input::Scan => format!("{rows} pages or photos"),
    },
    sheet: |sheet| format!("The sheet “{sheet}” is read."),
    waits_until: |moment| format!("The file is only in memory and is forgotten at {moment} unless you begin."),
    columns: "Which column holds what",
    columns_lead: "Columns are recognised by their titles. Choose again where one was taken wrongly; exactly one must hold the lookup codes.",
    column: |number, title| {
        if title.trim().is_empty() || title == number.to_string() {
            format!("Column {number}")
        } else {
            format!("Column {number}: {title}")
        }
    },
    field: |field| match field {
        Field::Code => "Lookup code",
        Field::FullName => "Full name",
        Field::FamilyName => "Family and middle name",
        Field::GivenName => "Given name",
        Field::BirthDate => "Birth date",
        Field::School => "School",
        Field::SchoolYear => "School year",
        Field::Class => "Class or grade",
    },
    taken_as: "taken as",
    not_looked_at: "Not compared",
    twice: "Another column holds the same.",
    ignored: |n| match n {
        1 => "1 column is not compared; it stays in the results.".to_owned(),
        n => format!("{n} columns are not compared; they stay in the results."),
    },
    files: |input| match input {
        Input::Table => "Row",
        Input::Archive => "File",
        Input::Scan => "Page",
    },
    first_rows: |n| match n {
        1 => "First row".to_owned(),
        n => format!("First {n} rows"),
    },
    begin: "Begin the check",
    begin_means: "From here on look-ups are recorded. A row that cannot be read says why; the others are checked all the same.",
    look_again: "Preview with these columns",
    drop: "Drop this file",
    one: |name| format!("Batch “{name}”"),
    progress: "Progress",
    see_again: "Update",
    goes_on: "You may close this page: the check goes on, even when you sign out.",
    looked_up: |done, rows| format!("{done} of {rows} rows were looked up."),
    came_to: "Results",
    conclusion_title: "Conclusion",
    conclusion: |conclusion| match conclusion {
        Conclusion::Matches => ("Matches", "In force, and everything given is as on record."),
        Conclusion::InForce => ("In force, not compared", "Only a code was given, so there was nothing to compare."),
        Conclusion::Look => ("Needs a look", "Nearly the same, or something could not be compared."),
        Conclusion::Differs => ("Differs from the record", "At least one thing given is different."),
        Conclusion::NotInForce => ("Not in force", "A year was withdrawn, is under review, or is not in force yet."),
        Conclusion::Altered => ("Altered soft copy", "The file bears the portal's signature and was changed."),
        Conclusion::Unknown => ("No transcript under this code", "The code is well formed and not on record."),
        Conclusion::Unchecked => ("Could not be checked", "Says nothing about the transcript; send these rows again."),
        Conclusion::Unread => ("No code could be read", "Each of these rows says why in the results."),
    },
    take_home: "Download the results",
    take_home_lead: "Tables keep the order and the columns you sent, with ours behind them. Every download is recorded.",
    as_xlsx: "XLSX table",
    as_csv: "CSV table",
    as_report: "Signed PDF report",
    report_means: "The report bears the portal's signature; whoever gets it can check it at",
    about: "About this batch",
    number: "Its number",
    kind: "What was sent",
    handed_in_by: "Sent by",
    ended_at: "Ended",
    kept_until: "Deleted by itself",
    cancel: "Stop the check",
    cancel_means: "Rows that are done can still be downloaded; the others are not looked up.",
    cancel_now: "Stop now",
    delete: "Delete this batch",
    delete_means: "Deletes the file you sent and the results; they cannot be brought back. That they were looked up stays recorded.",
    delete_now: "Delete now",
    back: "Back to the batches",
    not_taken: "Not taken",
    fault: |fault| match fault {
        SourceFault::Table(fault) => table(fault),
        SourceFault::Archive(fault) => archive(fault),
        SourceFault::Columns(HeadingFault::NoCode) => "Choose the column that holds the lookup codes.".to_owned(),
        SourceFault::Columns(HeadingFault::Twice) => {
            "Two columns are chosen to hold the same; only one can.".to_owned()
        }
        SourceFault::Columns(HeadingFault::NoColumn) => "There is no such column. Send the file again.".to_owned(),
        SourceFault::TooLong => format!("The file has more than {} MB. Divide it.", MAX_FILES_BYTES >> 20),
        SourceFault::TooMany => format!("There are more than {MAX_FILES} files or pages. Divide them."),
        SourceFault::Nothing => {
            "Nothing in it can be looked up: no table, no PDF or photo, no scanned page.".to_owned()
        }
    },
    nothing_sent: "Choose a file, or paste a list of codes.",
    both_sent: "Use one way only: a file, or a list of codes.",
    waiting_full: |n| {
        format!(
            "Your office has {n} batches waiting. Let one finish, or stop one. The file you sent waits for some minutes."
        )
    },
    office_full: |n| {
        format!(
            "Your office keeps {n} batches. Delete those that are not needed. The file you sent waits for some minutes."
        )
    },
    full: "The system keeps too many files now. Try again in a few minutes.",
    not_done: Notice {
        title: "Nothing was done",
        body: "Your request could not be recorded, so nothing was done. Try again in a few minutes.",
    },
    no_file: Notice {
        title: "The file could not be made",
        body: "Try again in a few minutes. If it still fails, send the list again.",
    },
    gone: Notice {
        title: "The file does not wait any more",
        body: "It was begun with, replaced by a later one, or more than 10 minutes went by. If it is not in the list below, send it again.",
    },
    dropped: Notice { title: "The file was dropped", body: "Nothing of it is kept." },
    deleted: Notice { title: "The batch was deleted", body: "What you sent and the results are gone." },
    grant_over: Notice {
        title: "Stopped half-way: the grant is over",
        body: "The grant of your office ended, or the account that sent the batch may not look any more. Rows that are done can still be downloaded.",
    },
    unreadable: Notice {
        title: "Stopped half-way: the file cannot be read",
        body: "The file as it is kept is damaged. Send the list again.",
    },
};

fn table(fault: &TableFault) -> String {
    match fault {
        TableFault::TooLong => format!("The table has more than {} MB. Divide it.", MAX_BYTES >> 20),
        TableFault::Empty => "The file holds no rows.".to_owned(),
        TableFault::TooManyRows => {
            format!("The table has more than {} rows. Divide it.", super::super::grouped(MAX_ROWS as u64, ','))
        }
        TableFault::TooManyColumns { row } => {
            format!("Row {row} has more than {MAX_COLUMNS} columns. Delete those that are not needed.")
        }
        TableFault::OldOrLocked => {
            "An old Excel file (.xls) or one under a password. Save it as .xlsx without a password.".to_owned()
        }
        TableFault::NoTable => "The file is no CSV, XLSX, ZIP, PDF or photo that can be read.".to_owned(),
        TableFault::Encoding => {
            "The characters cannot be read with certainty. Save the file as “CSV UTF-8” or as .xlsx.".to_owned()
        }
        TableFault::Archive(fault) => archive(fault),
        TableFault::Damaged => "The spreadsheet is damaged. Open it and save it again.".to_owned(),
        TableFault::NoCodeColumn { titles } if titles.is_empty() => {
            "No column of lookup codes was found. Call it “Mã tra cứu” or “Lookup code”.".to_owned()
        }
        TableFault::NoCodeColumn { titles } => format!(
            "No column of lookup codes was found. Call it “Mã tra cứu” or “Lookup code”. These titles were read: {}.",
            titles.join(", ")
        ),
    }
}

fn archive(fault: &ArchiveFault) -> String {
    match fault {
        ArchiveFault::Damaged => "The archive is damaged. Make it again.".to_owned(),
        ArchiveFault::Locked => "The archive is under a password. Send it without one.".to_owned(),
        ArchiveFault::TooMany(most) => format!("The archive has more than {most} files. Divide it."),
        ArchiveFault::TooLarge(most) => {
            format!("The archive has more than {} MB when unpacked. Divide it.", most >> 20)
        }
    }
}
