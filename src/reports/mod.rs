//! IRREPLACEABLE: reports of errors (báo sai sót) that people filed about a transcript, and what became of them.
//!
//! Not derivable from the ledger, never touched by `rebuild`, part of every backup. One file a report, sealed
//! under a key of its own; the file's name tells a thief the day and the number, nothing else. What bounds it:
//! so many files in all, so many a day, so many for one transcript in a month; and every report is deleted
//! when its time is over, whatever became of it.
//!
//! A reporter gets a ticket code, which is stored nowhere: it is a keyed hash of a nonce in the form, so a form
//! that is sent twice is one report and shows the same code again.

mod code;
mod report;
mod shelf;

pub use code::TicketCode;
pub use report::{About, Change, Contact, ContactFault, NewReport, Report, State, Step, Words, words};
pub use shelf::{Bounds, FileRefusal, Filed, Nonce, Reports, ReportsFault};
