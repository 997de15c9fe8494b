//! Records: code and head digest → the encoded record.
//!
//! Derived, and believed by nobody: who reads a record compares its digest with the head, which comes
//! from another table (the room `heads`), so a store that is lost, stale, replayed or forged can make
//! an answer "could not check" and nothing else. Keys hold the digest, so that a reader finds exactly
//! the version its heads name, however far the store has moved on.
//!
//! [`Embedded`] is the store of one machine, [`InRedis`] that of many replicas; values are compressed with
//! a dictionary ([`pack`]), and sealed where others can see them ([`seal`]).

mod embedded;
mod in_redis;
pub mod pack;
pub mod seal;
mod trail;

use std::pin::Pin;

use sha2::{Digest, Sha256};

pub use embedded::Embedded;
pub use in_redis::InRedis;

use crate::segments::TableFault;
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
    /// The store is elsewhere and does not answer.
    #[error("the record store does not answer")]
    Away,
    /// The store is elsewhere and refuses.
    #[error("record store: {0}")]
    Refused(String),
    /// A record above [`MAX_RECORD`].
    #[error("a record of {0} bytes is longer than the store takes")]
    TooLong(usize),
}

impl RecordsFault {
    fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}

impl From<TableFault> for RecordsFault {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::Corrupt { file, what } => Self::corrupt(format!("{file}: {what}")),
            TableFault::Io { source, .. } => Self::Io(source),
            TableFault::Locked => Self::Locked,
        }
    }
}

/// A record on its way from elsewhere.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, RecordsFault>> + Send + 'a>>;

/// Which version of which record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordKey {
    /// Transcript code, or a sheet id read as one.
    pub code: TranscriptCode,
    /// Its digest, as the heads table has it.
    pub head: HeadDigest,
}

/// One ledger entry that a booklet's record is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its position.
    pub index: u64,
    /// A sheet that head and institution signed with certificates: positions of the grants of their keys.
    pub certified: Option<[u64; 2]>,
}

/// The lookup key under which a grant's position is kept, by the key's thumbprint: no code a person holds can hit it by chance.
pub fn grant_key(kid: &[u8; 32]) -> TranscriptCode {
    let digest = Sha256::new_with_prefix(b"hocba/grant/v1\n").chain_update(kid).finalize();
    let mut cut = [0; 16];
    cut.copy_from_slice(&digest[..16]);
    TranscriptCode::from_bytes(cut)
}

/// The lookup key under which the newest grant bound to a certificate is kept.
pub fn newest_bound_key() -> TranscriptCode {
    let digest = Sha256::digest(b"hocba/newest-bound-grant/v1\n");
    let mut cut = [0; 16];
    cut.copy_from_slice(&digest[..16]);
    TranscriptCode::from_bytes(cut)
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

    /// Many at once; None where the store lacks a record.
    ///
    /// # Errors
    /// As [`RecordStore::get_into`].
    fn get_batch(&self, keys: &[RecordKey]) -> Result<Vec<Option<Vec<u8>>>, RecordsFault> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// For a store that is elsewhere: the record, without holding up a thread. None for a local store:
    /// there is nothing to wait for.
    fn fetch<'a>(&'a self, _key: &'a RecordKey) -> Option<Fetching<'a>> {
        None
    }

    /// For a store that may lose records: the ledger entries that this one is made of, in order. None
    /// when it does not know.
    ///
    /// # Errors
    /// [`RecordsFault`].
    fn made_of(&self, _code: &TranscriptCode) -> Result<Option<Vec<Part>>, RecordsFault> {
        Ok(None)
    }

    /// A reader found the record missing, or other than its head says.
    fn missed(&self, _code: &TranscriptCode) {}

    /// For a store that may lose records: what mends it.
    fn mending(&self) -> Option<&dyn Mending> {
        None
    }
}

/// A store whose records can be lost and made again.
pub trait Mending {
    /// Codes that readers missed, each once, oldest first; they are forgotten here.
    fn take_missed(&self, most: usize) -> Vec<TranscriptCode>;

    /// How many wait.
    fn waiting(&self) -> usize;

    /// Stores records whatever stands in their place; false when not all were taken.
    fn overwrite(&self, records: &[(RecordKey, &[u8])]) -> bool;

    /// Which of these are not there; None when the store does not answer.
    fn lacking(&self, keys: &[RecordKey]) -> Option<Vec<RecordKey>>;

    /// Whether nothing speaks against all records being there; None when the store does not answer. A
    /// hint: it decides when the store is gone through, and no answer.
    fn is_whole(&self) -> Option<bool>;

    /// Going through the whole store begins: what is missed from now on counts anew.
    fn begin(&self);

    /// Everything up to a ledger size was found or stored.
    fn mark_whole(&self, size: u64);
}
