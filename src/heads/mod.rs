//! Heads: code → digest of the whole current record, with the ledger position the table reflects.
//!
//! Derived and local, never shared: this table is why a forged or stale record is noticed, and the
//! only place from which "unknown" may be said. So it is a checksummed table ([`crate::segments`]):
//! damage is [`HeadsFault::Corrupt`], never another digest and never an absence.
//!
//! Readers take a [`HeadsView`]: an immutable picture of one position, so that a lookup and its
//! `as_of` agree and a batch is seen whole or not at all.

use std::path::Path;
use std::sync::Arc;

use crate::segments::{Shape, Table, TableFault, View, durable_state};
use crate::transcript::record::HeadDigest;

pub use crate::tlog::Position;

/// A transcript code or sheet id, raw.
pub type HeadKey = [u8; 16];

type Digest = [u8; 24];

const SHAPE: Shape = Shape { kind: "heads", value_len: Some(24) };

/// Why the table cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum HeadsFault {
    /// Bytes that are not what was written. Only a rebuild from the ledger helps.
    #[error("the heads table is damaged: {file}: {what}")]
    Corrupt {
        /// Which file of the directory.
        file: String,
        /// What does not fit.
        what: &'static str,
    },
    /// The system refused.
    #[error("heads table: {file}: {source}")]
    Io {
        /// Which file of the directory.
        file: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// Another process, or another handle of this one, has the directory open.
    #[error("another process has the heads table open")]
    Locked,
    /// An older position, or the same size with another root: the ledger was rolled back or forked.
    #[error("the heads table reflects ledger size {held}, and was offered size {offered}")]
    Backwards {
        /// What the table reflects.
        held: u64,
        /// What came.
        offered: u64,
    },
}

impl From<TableFault> for HeadsFault {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::Corrupt { file, what } => Self::Corrupt { file, what },
            TableFault::Io { file, source } => Self::Io { file, source },
            TableFault::Locked => Self::Locked,
        }
    }
}

/// How a table is opened.
#[derive(Debug, Clone, Copy)]
pub struct HeadsOptions {
    /// Most bytes of verified blocks kept in memory.
    pub cache_bytes: u64,
    /// Entries in memory at which [`Heads::apply`] asks for a flush.
    pub flush_entries: usize,
}

impl Default for HeadsOptions {
    /// 64 MiB hold 1.6 million entries; 128 Ki unflushed entries take about 10 MB.
    fn default() -> Self {
        Self { cache_bytes: 64 << 20, flush_entries: 128 << 10 }
    }
}

/// The position that a directory's table durably reflects, without opening it; None when there is no
/// table or its manifest is damaged.
pub fn durable_position(dir: &Path) -> Option<Position> {
    durable_state(dir, SHAPE.kind).ok().flatten()
}

/// Whether the caller should flush now.
///
/// Not done inside [`Heads::apply`] because the table must never be durable ahead of the records it
/// names: the follower first persists the record store, then calls [`Heads::flush`].
#[must_use = "unflushed entries grow in memory until Heads::flush is called"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// Enough has gathered: persist the records, then flush.
    Due,
    /// Nothing to do.
    NotYet,
}

/// The table of one process: any number of readers, one writer at a time.
#[derive(Debug)]
pub struct Heads {
    table: Table<16, Digest, Position>,
    flush_entries: usize,
}

impl Heads {
    /// Opens the table of a directory, which is created if need be. Reads the manifest and the
    /// footers; blocks are verified when they are first read.
    ///
    /// An empty directory is the table of the empty ledger. It says so by its position: who answers
    /// from it must compare that with the checkpoint before saying "unknown".
    ///
    /// # Errors
    /// [`HeadsFault::Corrupt`] for anything not as it was written, a missing manifest or segment
    /// included; [`HeadsFault::Locked`]; [`HeadsFault::Io`].
    pub fn open(dir: &Path, options: HeadsOptions) -> Result<Self, HeadsFault> {
        let table = Table::open(dir, SHAPE, options.cache_bytes, Position::EMPTY)?;
        Ok(Self { table, flush_entries: options.flush_entries })
    }

    /// The table as it is now; later changes do not touch it.
    pub fn view(&self) -> Arc<HeadsView> {
        Arc::new(HeadsView { view: self.table.view() })
    }

    /// The position on disk: what is left after a crash.
    pub fn durable_position(&self) -> Position {
        self.table.durable()
    }

    /// Puts a batch on top of the table and publishes it together with the position it leads to:
    /// readers see all of it or nothing. Of several values for one key the last counts.
    ///
    /// In memory only; see [`Flush`].
    ///
    /// # Errors
    /// [`HeadsFault::Backwards`]; the table is then as before.
    pub fn apply(
        &self,
        entries: impl IntoIterator<Item = (HeadKey, HeadDigest)>,
        position: Position,
    ) -> Result<Flush, HeadsFault> {
        let next = |held: &Position| match held.may_become(&position) {
            true => Ok(position),
            false => Err(HeadsFault::Backwards { held: held.size, offered: position.size }),
        };
        let waiting = self.table.apply(entries.into_iter().map(|(key, HeadDigest(digest))| (key, digest)), next)?;
        Ok(if waiting.entries >= self.flush_entries { Flush::Due } else { Flush::NotYet })
    }

    /// Makes the current view durable. Starts a merge in the background when segments have become
    /// many.
    ///
    /// # Errors
    /// [`HeadsFault::Io`]: nothing is lost, disk and memory are as before, a later flush tries
    /// again. [`HeadsFault::Corrupt`]: the last background merge met damage.
    pub fn flush(&self) -> Result<(), HeadsFault> {
        Ok(self.table.flush()?)
    }

    /// Waits until no merge is running.
    pub fn settle(&self) {
        self.table.settle();
    }
}

/// The table at one position.
pub struct HeadsView {
    view: Arc<View<16, Digest, Position>>,
}

impl HeadsView {
    /// The ledger state this view reflects: the `as_of` of every answer made from it.
    pub fn position(&self) -> &Position {
        self.view.state()
    }

    /// The digest of the current record under a code or sheet id; None means that the ledger at
    /// [`HeadsView::position`] holds nothing under it, for sure.
    ///
    /// # Errors
    /// [`HeadsFault::Corrupt`] or [`HeadsFault::Io`]: says nothing about the key.
    pub fn get(&self, key: &HeadKey) -> Result<Option<HeadDigest>, HeadsFault> {
        self.view.get(key)?.map(|found| digest(found.as_ref())).transpose()
    }

    /// Every key with its digest, in ascending order, read past the cache: for audits and copies.
    /// After an error nothing follows.
    pub fn entries(&self) -> impl Iterator<Item = Result<(HeadKey, HeadDigest), HeadsFault>> + '_ {
        self.view.entries().map(|entry| {
            let (key, found) = entry?;
            Ok((key, digest(found.as_ref())?))
        })
    }

    /// How many segments a lookup may have to read; for status pages.
    pub fn segment_count(&self) -> usize {
        self.view.segment_count()
    }

    /// An upper bound of the number of keys: one that was written several times may count as often.
    pub fn entries_at_most(&self) -> u64 {
        self.view.entries_at_most()
    }
}

fn digest(bytes: &[u8]) -> Result<HeadDigest, HeadsFault> {
    let damaged = |_| HeadsFault::Corrupt { file: "segment".into(), what: "a digest of another length" };
    bytes.try_into().map(HeadDigest).map_err(damaged)
}

/// Codes do not belong in logs.
impl std::fmt::Debug for HeadsView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeadsView({} entries of the ledger)", self.position().size)
    }
}
