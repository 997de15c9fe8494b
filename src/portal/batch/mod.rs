//! Many transcripts at once (kiểm tra hàng loạt): an office hands in a table, an archive of soft copies and photos, or a
//! scan, and gets a verdict on each row, what came of comparing it, and one signed report.
//!
//! | file | holds |
//! |---|---|
//! | `source` | what was handed in, opened: rows, and what stands beside them |
//! | `judge` | one row: its verdict, and what the grant lets be compared |
//! | `compare` | given against on record |
//! | `outcome` | what came of a row, and what it comes to |
//! | `drafts` | files that wait for whoever handed them in to say that they are meant |
//! | `desk` | handing in, watching, cancelling, taking home |
//! | `work` | the one thread that works on them |
//! | `results` | CSV and XLSX |
//! | `report` | one signed PDF |
//! | `words` | what a result says, in Vietnamese and English |
//!
//! Order of a step, which is also what a crash leaves: rows are looked up and compared in memory; one group of lines in
//! the journal says which, durable; then their results are appended, durable; only then can anybody see them. A crash
//! in between does the same rows again: the journal then says more than happened, never less.
//!
//! Verdicts of the public never wait for a batch: it has one thread, which reads the same stores and holds no lock of
//! theirs.

mod compare;
mod desk;
mod drafts;
mod judge;
mod outcome;
pub mod report;
mod results;
mod source;
mod words;
mod work;

pub use desk::{BatchDesk, BatchFault, BatchRefusal, BatchView, Caller, HandedIn};
pub use drafts::{Draft, Drafts, DraftsFull};
pub use outcome::{Checked, Compared, Conclusion, Fields, FileResult, Outcome, Year};
pub use results::Format;
pub use source::{MAX_FILES, MAX_FILES_BYTES, Source, SourceFault};
pub use words::Tongue;
