//! Records: code and head digest → the encoded record.
//!
//! Derived, and believed by nobody: who reads a record compares its digest with the head, which comes
//! from another table (the room `heads`), so a store that is lost, stale, replayed or forged can make
//! an answer "could not check" and nothing else. Keys hold the digest, so that a reader finds exactly
//! the version its heads name, however far the store has moved on.
//!
//! [`Embedded`] is the store of one machine; values are compressed with a dictionary ([`pack`]).

mod embedded;
pub mod pack;

pub use embedded::{Embedded, EmbeddedOptions};

use crate::transcript::TranscriptCode;
use crate::transcript::record::HeadDigest;

/// Most bytes of one encoded record. A booklet of twelve years is about 10 KB; room for facts of
/// 64 KB each (the most a payload may have) in 200 sheets and statuses.
pub const MAX_RECORD: usize = 16 << 20;

/// Why a record store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RecordsFault {
    /// Bytes that are not what was written; deleting the store and following the ledger again helps.
    #[error("the record store is damaged ({what})")]
    Corrupt {
        /// What the store said.
        what: String,
    },
    /// The system refused.
    #[error("record store: {0}")]
    Io(#[from] std::io::Error),
    /// Another process has it open.
    #[error("another process has the record store open")]
    Locked,
    /// A record above [`MAX_RECORD`].
    #[error("a record of {0} bytes is longer than the store takes")]
    TooLong(usize),
}

impl RecordsFault {
    fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}

/// Which version of which record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordKey {
    /// Transcript code, or a sheet id read as one.
    pub code: TranscriptCode,
    /// Its digest, as the heads table has it.
    pub head: HeadDigest,
}

/// A store of records.
///
/// The contract, whatever is behind it:
///
/// - **A lookup promises nothing about its bytes.** The caller checks them against the head. "Not
///   there" says that the store lacks the record, never that the ledger does.
/// - **Puts are idempotent**: the key is derived from the content. Putting happens before the heads
///   that name the records are published, removing after no view can name them; in between a store
///   holds more than it needs, never less.
/// - **Nothing is durable until [`RecordStore::persist`]** returns. [`RecordStore::set_reflects`] is
///   never durable ahead of the puts and removals made before it, so after a crash a follower starts
///   again from [`RecordStore::reflects`] and misses nothing.
/// - **Damage is an error or an absence**, never a panic. A store that fails to open is deleted and
///   filled again by following the ledger.
pub trait RecordStore: Send + Sync + std::fmt::Debug {
    /// Puts the encoded record into `out`, in place of what it held; false when the store lacks it,
    /// and `out` is then empty. For the hot path: nothing is allocated once `out` is large enough.
    ///
    /// # Errors
    /// [`RecordsFault`] when the store cannot tell; `out` then holds nothing that means anything.
    fn get_into(&self, key: &RecordKey, out: &mut Vec<u8>) -> Result<bool, RecordsFault>;

    /// The encoded record, if the store has it.
    ///
    /// # Errors
    /// As [`RecordStore::get_into`].
    fn get(&self, key: &RecordKey) -> Result<Option<Vec<u8>>, RecordsFault> {
        let mut out = Vec::new();
        Ok(self.get_into(key, &mut out)?.then_some(out))
    }

    /// Stores encoded records: all of them, or on an error any part of them.
    ///
    /// # Errors
    /// [`RecordsFault`]; putting the same batch again is always right.
    fn put_batch(&self, records: &[(RecordKey, &[u8])]) -> Result<(), RecordsFault>;

    /// Forgets records that no head names any more.
    ///
    /// # Errors
    /// As [`RecordStore::put_batch`].
    fn remove_batch(&self, keys: &[RecordKey]) -> Result<(), RecordsFault>;

    /// The ledger size up to which everything has been put; 0 for an empty store.
    ///
    /// # Errors
    /// [`RecordsFault`].
    fn reflects(&self) -> Result<u64, RecordsFault>;

    /// Notes that everything up to a ledger size has been put.
    ///
    /// # Errors
    /// [`RecordsFault`].
    fn set_reflects(&self, size: u64) -> Result<(), RecordsFault>;

    /// Makes everything before this call durable. Called before the heads are flushed.
    ///
    /// # Errors
    /// [`RecordsFault`]; nothing may then be considered durable.
    fn persist(&self) -> Result<(), RecordsFault>;
}
