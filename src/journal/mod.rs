//! IRREPLACEABLE: who saw what. A chain of lines that can't be derived from the ledger and is never rebuilt.
//!
//! One process owns the journal (file `lock`) and appends lines to the newest of its segments,
//! `<number of the first line>.jsonl`. Each line carries the hash of the line before and its own, so a line that was
//! changed, moved or removed is found by reading; what the chain alone can't show, a journal cut short or replaced as
//! a whole, is found against the anchors in the ledger ([`Anchor`]).
//!
//! Promises:
//! - **Durable before the answer.** [`Journal::append`] returns a receipt when the line has been fsynced, and an error
//!   otherwise; whoever gets an error discloses nothing. Many callers share one fsync.
//! - **Where it is looked for.** A line counts only if the file it went to is still the one at its path: a journal that
//!   was moved away or deleted under a running server closes, as after any fault.
//! - **Closed after a fault.** After an error of the disk nothing is appended until the journal is opened again or
//!   [`Journal::clear`] has found everything acknowledged still there. A full disk is the exception: then the next
//!   append tries again by itself.
//! - **Void stays void.** Copies that were handed out and copies that were voided are lines too, read back at the start.
//! - **Accounts have their history.** Grants of offices, changes of accounts and who signed in are lines; what is kept of
//!   an office may not be older than the newest revision that a line names.
//! - **Consents come before answers.** A partner's app is shown nothing before the consent it presented is a line.
//! - **Nothing personal.** Transcripts and addresses appear as keyed hashes that change every month ([`TagKey`]).
//!   Whoever steals the files without the key learns how many disclosures there were, of which groups, and which
//!   officers made them.
//!
//! A line that is there but was never acknowledged (a crash between writing and answering) is kept: it says more than
//! happened, never less.

mod anchor;
mod apps;
mod audit;
mod batches;
mod copies;
mod disk;
mod entry;
mod offices;
mod reading;
mod searches;
mod writer;

pub use anchor::Anchor;
pub use apps::{AppAction, AppChanged, ConsentFor, ConsentUsed, Consented, Shown};
pub use audit::{Audited, Records, audit};
pub use batches::{BatchAction, BatchChanged, BatchEvent, BatchRows, RowsSeen};
pub use copies::{CopyIssued, CopyVoided};
pub use disk::{Disk, RealDisk, SegmentFile};
pub use entry::{
    Actor, Disclosure, Entry, LineFault, MAX_LINE, Outcome, Purpose, Receipt, Record, ReportAction, ReportLine,
    SecondFactor, Tag, TagKey, read_line,
};
pub use offices::{
    ChangesNoted, MemberAction, MemberChanged, OfficeAction, OfficeChanged, OfficeEvent, Reason, SignInRefused,
    SignedIn, SignedOut,
};
pub use reading::{Back, Backwards, Following, Kinds};
pub use searches::{SearchFound, SearchMade, SearchedBy, Searching};
pub use writer::{CopyEvent, Event, Journal, Options, ReportEvent};

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why the journal can't be read, or did not take a line.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalFault {
    /// The disk answered with an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: Arc<io::Error>,
    },
    /// Another process owns the journal.
    #[error("{}: another process owns the journal", .0.display())]
    Locked(PathBuf),
    /// The segment being written is not at its path any more.
    #[error("{}: moved, deleted or replaced while it was in use", .0.display())]
    Moved(PathBuf),
    /// A line that is not what was written there.
    #[error("{}, line {line}: {fault}", path.display())]
    Line {
        /// Segment.
        path: PathBuf,
        /// Line within the segment, from 1.
        line: u64,
        /// What is wrong.
        fault: LineFault,
    },
    /// A segment is missing, or does not start with the line its name says.
    #[error("{}: expected the segment that starts with line {expected}", path.display())]
    Segment {
        /// The segment found instead, or the directory.
        path: PathBuf,
        /// The number of the line that should come next.
        expected: u64,
    },
    /// The journal is shorter than an anchor in the ledger says.
    #[error("the ledger has an anchor for {anchored} lines, the journal has only {found}: it was cut short")]
    CutShort {
        /// Lines at the anchor.
        anchored: u64,
        /// Lines found.
        found: u64,
    },
    /// The journal is not the one that an anchor in the ledger is about.
    #[error("the ledger's anchor for {0} lines has another head: the journal was rewritten")]
    Rewritten(u64),
    /// An entry that would be longer than a line may be.
    #[error("the entry is longer than {MAX_LINE} bytes")]
    TooLong,
    /// An earlier append failed; nothing is appended until the journal has been cleared or opened again.
    #[error("closed since an earlier error: {0}")]
    Closed(Arc<JournalFault>),
}

impl JournalFault {
    fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { path: path.into(), source: Arc::new(source) }
    }

    /// Whether there was no room; then appending works again as soon as there is.
    pub fn is_full(&self) -> bool {
        let Self::Io { source, .. } = self else { return false };
        matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
    }
}
