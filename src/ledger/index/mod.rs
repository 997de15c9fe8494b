//! The intake index: what the rules need to know about every transcript on record.
//!
//! Derived from the ledger and owned by the writer. It is written only after the checkpoint of a
//! commit is durable, so after a crash it lags and is caught up from the ledger; it is never ahead.
//! If it is (a ledger restored from an older backup), or reflects another tree, it is thrown away and
//! made again. It is a checksummed table ([`crate::segments`]): damage is [`IndexFault::Corrupt`],
//! never another row and never an absence. An attacker who forges the checksums too can make intake
//! refuse good sheets or accept a second sheet for a year; the audit judges every entry again.

mod rows;
mod view;

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde::de::DeserializeOwned;

pub use rows::{Named, Permission, Sequence, SheetStanding, SheetState, Suspension, TranscriptState, Waiting};
use rows::{RowKey, RowValue, SHAPE, all_of, decode, key_of_route, kind};
pub use view::{IndexView, Overlay};

use super::recovery::Seen;
use crate::segments::{Found, Table, TableFault, View};
use crate::signing::jwk::{Jwk, KeyFault};
use crate::signing::{Jws, JwsFault, KeyRing};
use crate::tlog::merkle::{Hash, empty_root};

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexFault {
    /// Bytes that are not what was written. It can be deleted and is made again.
    #[error("the intake index is damaged: {file}: {what}; stop the writer and run `hocba rebuild`")]
    Corrupt {
        /// Which file of the directory.
        file: String,
        /// What does not fit.
        what: String,
    },
    /// The system refused.
    #[error("intake index: {file}: {source}")]
    Io {
        /// Which file of the directory.
        file: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// Another process, or another handle of this one, has the directory open.
    #[error("another process has the intake index open")]
    Locked,
    /// A pinned root that is not a key.
    #[error("trust.roots: {0}")]
    Root(#[from] KeyFault),
    /// A key entry that the ring refuses.
    #[error("the ledger holds a key entry that cannot be applied at {position}: {reason}")]
    Key {
        /// Its position.
        position: u64,
        /// The ring's word.
        reason: String,
    },
}

impl IndexFault {
    /// Whether deleting the index and making it again is the remedy.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Corrupt { .. })
    }

    fn row(fault: impl std::fmt::Display) -> Self {
        Self::Corrupt { file: "a row".into(), what: fault.to_string() }
    }
}

impl From<TableFault> for IndexFault {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::Corrupt { file, what } => Self::Corrupt { file, what: what.into() },
            TableFault::Io { file, source } => Self::Io { file, source },
            TableFault::Locked => Self::Locked,
        }
    }
}

impl From<JwsFault> for IndexFault {
    fn from(fault: JwsFault) -> Self {
        Self::row(fault)
    }
}

/// Bytes of verified blocks kept in memory.
const CACHE_BYTES: u64 = 32 << 20;
/// Bytes in memory at which they should become a segment, while the index is caught up.
const FLUSH_BYTES: usize = 16 << 20;
/// With more segments than this a commit waits for the merge: short-lived writers never see one end.
const MOST_SEGMENTS: usize = 12;

/// The durable index: one table, so that the rows of a commit become durable together or not at all.
/// Its state is the tree that the rows reflect.
pub struct Index {
    table: Arc<Table<17, RowValue, Seen>>,
    /// A flush that runs beside the judging of the next package; at most one. Whoever takes the handle out
    /// waits for its end.
    flushing: Mutex<Option<JoinHandle<Result<(), TableFault>>>>,
    view: Arc<View<17, RowValue, Seen>>,
    applied: u64,
    /// The ring as of `applied`.
    ring: KeyRing,
    permissions: Vec<Permission>,
}

impl Index {
    /// Opens the index of a directory, which is created if need be; an empty one reflects nothing.
    ///
    /// # Errors
    /// [`IndexFault::Corrupt`] for anything not as it was written; [`IndexFault::Locked`];
    /// [`IndexFault::Io`]; a root or a key that is none.
    pub fn open(dir: &Path, roots: &[Jwk]) -> Result<Self, IndexFault> {
        let first = Seen { size: 0, root: empty_root() };
        let table = Table::open(dir, SHAPE, CACHE_BYTES, first)?;
        let view = table.view();
        let mut ring = KeyRing::new(roots)?;
        for row in view.range(all_of(kind::KEY)) {
            let (key, stored) = row?;
            let position = key.last_chunk().map_or(0, |position| u64::from_be_bytes(*position));
            apply_key(&mut ring, position, &Jws::from_stored(stored.as_ref())?)?;
        }
        let permissions = view.range(all_of(kind::PERMISSION));
        let permissions = permissions.map(|row| decode(row?.1.as_ref())).collect::<Result<_, IndexFault>>()?;
        let applied = view.state().size;
        Ok(Self { table: Arc::new(table), flushing: Mutex::new(None), view, applied, ring, permissions })
    }

    /// How many ledger entries the index reflects.
    pub fn applied(&self) -> u64 {
        self.applied
    }

    /// The tree that is reflected durably: what is left after a crash.
    pub fn durable(&self) -> Seen {
        self.table.durable()
    }

    /// The key ring as of [`Index::applied`].
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Takes a commit's changes over, in memory; called only once its checkpoint is durable.
    ///
    /// # Errors
    /// [`IndexFault::Corrupt`] for a value that cannot be encoded; nothing has changed then.
    pub fn apply(&mut self, overlay: Overlay, ring: KeyRing, size: u64) -> Result<(), IndexFault> {
        let permissions = overlay.permissions.clone();
        let rows = overlay.into_rows()?;
        let Ok(_) = self.table.apply(rows, |state| Ok::<_, Infallible>(*state));
        self.view = self.table.view();
        self.permissions.extend(permissions);
        self.ring = ring;
        self.applied = size;
        Ok(())
    }

    /// Whether enough waits in memory that [`Index::persist`] should be called before more comes.
    pub fn is_full(&self) -> bool {
        self.view.waiting().bytes >= FLUSH_BYTES
    }

    /// Makes everything applied durable, all of it or nothing; `root` is the ledger's at
    /// [`Index::applied`].
    ///
    /// # Errors
    /// [`IndexFault::Io`]: what is on disk lags, what is in memory stays right; try again.
    pub fn persist(&mut self, root: Hash) -> Result<(), IndexFault> {
        self.persisted()?;
        self.reach(root);
        flush(&self.table)?;
        self.view = self.table.view();
        Ok(())
    }

    /// Begins what [`Index::persist`] does, on a thread of its own; [`Index::persisted`] tells how it ended.
    /// Lookups go on meanwhile; nothing may be applied before it has ended.
    ///
    /// # Errors
    /// As [`Index::persist`], of a flush that was still running, or of this one if there is no thread for it.
    pub fn begin_persist(&mut self, root: Hash) -> Result<(), IndexFault> {
        self.persisted()?;
        self.reach(root);
        let table = Arc::clone(&self.table);
        match std::thread::Builder::new().name("index-flush".into()).spawn(move || flush(&table)) {
            Ok(started) => *self.flushing.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(started),
            Err(_) => flush(&self.table)?,
        }
        Ok(())
    }

    /// Whether a flush is still running.
    pub fn is_persisting(&self) -> bool {
        let flushing = self.flushing.lock().unwrap_or_else(PoisonError::into_inner);
        flushing.as_ref().is_some_and(|running| !running.is_finished())
    }

    /// Waits for the end of a flush that was begun.
    ///
    /// # Errors
    /// What it failed of, told once; [`Index::durable`] lags then.
    pub fn persisted(&self) -> Result<(), IndexFault> {
        let begun = self.flushing.lock().unwrap_or_else(PoisonError::into_inner).take();
        match begun.map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => Ok(ended?),
            Some(Err(_)) => Err(IndexFault::Io {
                file: "directory".into(),
                source: std::io::Error::other("the thread that writes the index panicked"),
            }),
        }
    }

    /// What is applied reflects the tree with this root.
    fn reach(&self, root: Hash) {
        let reached = Seen { size: self.applied, root };
        let Ok(_) = self.table.apply([], |_| Ok::<_, Infallible>(reached));
    }

    /// The sequence of a route, for those who ask what comes next.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn sequence(&self, route: &str) -> Result<Option<Sequence>, IndexFault> {
        key_of_route(route).map_or(Ok(None), |key| self.row(&key))
    }

    fn stored(&self, key: &RowKey) -> Result<Option<Found<RowValue>>, IndexFault> {
        Ok(self.view.get(key)?)
    }

    fn row<T: DeserializeOwned>(&self, key: &RowKey) -> Result<Option<T>, IndexFault> {
        self.stored(key)?.map(|value| decode(value.as_ref())).transpose()
    }
}

/// One more segment; with too many of them, waits for their merge.
fn flush(table: &Table<17, RowValue, Seen>) -> Result<(), TableFault> {
    table.flush()?;
    if table.view().segment_count() > MOST_SEGMENTS {
        table.settle();
    }
    Ok(())
}

impl Drop for Index {
    /// The directory's lock is free afterwards. What could not be flushed is caught up at the next start.
    fn drop(&mut self) {
        if let Err(fault) = self.persisted() {
            tracing::warn!(%fault, "the intake index lags behind the ledger; the next start catches it up");
        }
    }
}

/// Applies a key entry read back from the ledger to the ring.
///
/// # Errors
/// [`IndexFault::Key`]: an entry the ring refuses.
pub fn apply_key(ring: &mut KeyRing, position: u64, jws: &Jws) -> Result<(), IndexFault> {
    let entry = ring
        .recall_entry(jws, position)
        .map_err(|refusal| IndexFault::Key { position, reason: refusal.to_string() })?;
    ring.apply(entry, position);
    Ok(())
}
