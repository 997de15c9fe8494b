//! Search for offices (tra cứu theo họ tên, ngày sinh): who is meant → code and position of a sheet.
//!
//! Derived from the ledger, in processes with the offices role only, and never a source of verdicts: a hit is
//! read again and checked like anything else ([`Query::finds`]). On any doubt the index is deleted and made again
//! from the ledger ([`open`]).
//!
//! It holds names and birth dates in clear, and identification numbers as keyed hashes. What keeps it from
//! becoming a list of children is what may be asked of it: one person a time, by the whole name *and* the birth
//! date, or by number ([`Query`]), within a grant ([`Scope`]), twenty transcripts at most.

mod contents;
mod directory;
mod entry;
mod folding;
mod matching;
mod open;
mod people;
mod places;
mod query;
mod schema;
mod scope;
mod stamp;
mod view;
mod writer;

use std::io;

pub use crate::tlog::Position;
pub use contents::Contents;
pub use entry::{PersonalTag, Prepared, SearchEntry};
pub use open::{Doubt, Opened, begin_anew, inspect, open, stored_bytes};
pub use query::{MAX_NAME, MAX_PLACE, Query, QueryFault};
pub use scope::{Granted, Scope};
pub use view::{Found, Hit, MAX_HITS, SearchReader};
pub use writer::{Commit, SearchWriter};

/// Why the index cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum SearchFault {
    /// The system refused.
    #[error("search index: {0}")]
    Io(#[from] io::Error),
    /// The engine refused: the disk is full, a file is gone, bytes cannot be read.
    #[error("search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Bytes that are not what was written; opened again, it is made anew.
    #[error("the search index is damaged: {0}")]
    Damaged(&'static str),
    /// Another process, or another handle of this one, has the directory open.
    #[error("another process has the search index open")]
    Locked,
    /// An older position, or the same size with another root: the ledger was rolled back or forked.
    #[error("the search index reflects ledger size {held}, and was offered size {offered}")]
    Backwards {
        /// What the index reflects.
        held: u64,
        /// What came.
        offered: u64,
    },
}
