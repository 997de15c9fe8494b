//! Changes after an office had looked.

use crate::transcript::Status;
use crate::web::text::later::Later;

pub(super) const LATER: Later = Later {
    title: "Changed since you looked",
    link: |open| format!("Changed since you looked ({open})"),
    lead: "Transcripts that your office checked, found or opened, and that were withdrawn, replaced or put under review afterwards, within a year; the newest first.",
    not_whole: "This list is still being made and may not be whole yet. Come back in a few minutes.",
    open: |open| match open {
        1 => "1 change that your office has not taken note of".to_owned(),
        n => format!("{n} changes that your office has not taken note of"),
    },
    none_open: "There is no change that your office has not taken note of.",
    take_note_why: "That your office took note, and with which account, is recorded in the journal; the changes stay listed.",
    take_note: "We have taken note",
    new: "new",
    happened: |status, is_sheet| match (status, is_sheet) {
        (Status::Withdrawn, true) => "One year was withdrawn",
        (Status::Withdrawn, false) => "The transcript was withdrawn",
        (Status::Replaced, _) => "One year was replaced",
        (Status::Suspended, true) => "One year is under review",
        (Status::Suspended, false) => "The transcript is under review",
        (Status::Released, _) => "A review is over",
        (Status::Transferred, _) => "Management passed on",
        (Status::Erased, true) => "The content of one year was erased",
        (Status::Erased, false) => "The content of the transcript was erased",
    },
    effective: "In force from",
    logged: "Recorded in the ledger",
    seen: "Your office's last look before",
    open_of: |code| format!("Open the transcript {code}"),
    none: "No transcript was changed after your office had looked at it.",
    older: "Older changes",
    newest: "To the newest changes",
};
