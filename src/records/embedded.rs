//! The record store of one machine: a checksummed table ([`crate::segments`]) of packed records.
//!
//! What has not been persisted is gone after a crash, and [`RecordStore::reflects`] says so.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::pack::{pack, unpack};
use super::{RecordKey, RecordStore, RecordsFault};
use crate::segments::{Shape, Table, Waiting};

/// Bytes of a key: the code, then the first 8 of the digest, which tell versions of one code apart.
const KEY_LEN: usize = 24;
const SHAPE: Shape = Shape { kind: "records", value_len: None };
/// Bytes in memory at which they become a segment.
const FLUSH_BYTES: usize = 16 << 20;
/// Bytes in memory beyond which nothing more is taken: flushing has been failing.
const MOST_WAITING: usize = 4 * FLUSH_BYTES;

thread_local! {
    /// The block that a record was last read from.
    static BLOCK: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Records in a directory, open in one process. The table's state is the ledger size reflected.
#[derive(Debug)]
pub struct Embedded {
    table: Table<KEY_LEN, Arc<[u8]>, u64>,
}

impl Embedded {
    /// Opens the store of a directory, which is created if need be.
    ///
    /// # Errors
    /// [`RecordsFault::Corrupt`]: delete the directory and follow the ledger again;
    /// [`RecordsFault::Locked`]; [`RecordsFault::Io`].
    pub fn open(dir: &Path) -> Result<Self, RecordsFault> {
        // Records are asked for at random, so the system's cache of the file serves as well as one of ours.
        Ok(Self { table: Table::open(dir, SHAPE, 0, 0)? })
    }

    /// Waits until no merge is running; for the end of a bulk load.
    pub fn settle(&self) {
        self.table.settle();
    }

    /// Bytes on disk.
    pub fn disk_bytes(&self) -> u64 {
        self.table.view().stored_bytes()
    }

    fn apply(&self, entries: impl IntoIterator<Item = ([u8; KEY_LEN], Arc<[u8]>)>) -> Result<(), RecordsFault> {
        if self.table.view().waiting().bytes >= MOST_WAITING {
            self.table.flush()?;
        }
        let waiting: Waiting = self.table.apply(entries, |size| Ok::<_, RecordsFault>(*size))?;
        if waiting.bytes >= FLUSH_BYTES {
            self.table.flush()?;
        }
        Ok(())
    }
}

impl RecordStore for Embedded {
    fn get_into(&self, key: &RecordKey, out: &mut Vec<u8>) -> Result<bool, RecordsFault> {
        out.clear();
        // The head is a stronger checksum than the block's, and whoever asks compares it anyway.
        let view = self.table.view();
        let unpacked = BLOCK.with_borrow_mut(|block| view.peek(&stored_key(key), block, |value| unpack(value, out)))?;
        unpacked.transpose().map(|found| found.is_some())
    }

    /// With the block's checksum: who is in no hurry learns of damage from the store itself.
    fn get(&self, key: &RecordKey) -> Result<Option<Vec<u8>>, RecordsFault> {
        let mut out = Vec::new();
        match self.table.view().get(&stored_key(key))? {
            Some(value) => unpack(value.as_ref(), &mut out).map(|()| Some(out)),
            None => Ok(None),
        }
    }

    fn put_batch(&self, records: &[(RecordKey, &[u8])]) -> Result<(), RecordsFault> {
        let packed = |(key, record): &(RecordKey, &[u8])| Ok((stored_key(key), Arc::from(pack(record)?)));
        let values: Vec<_> = records.par_iter().with_min_len(64).map(packed).collect::<Result<_, RecordsFault>>()?;
        self.apply(values)
    }

    fn remove_batch(&self, keys: &[RecordKey]) -> Result<(), RecordsFault> {
        self.apply(keys.iter().map(|key| (stored_key(key), Arc::default())))
    }

    fn reflects(&self) -> Result<u64, RecordsFault> {
        Ok(*self.table.view().state())
    }

    fn set_reflects(&self, size: u64) -> Result<(), RecordsFault> {
        // A flush makes entries and state durable together, so never this without them.
        self.table.apply([], |_| Ok::<_, RecordsFault>(size)).map(|_| ())
    }

    fn persist(&self) -> Result<(), RecordsFault> {
        Ok(self.table.flush()?)
    }
}

fn stored_key(key: &RecordKey) -> [u8; KEY_LEN] {
    let mut bytes = [0; KEY_LEN];
    bytes[..16].copy_from_slice(key.code.as_bytes());
    bytes[16..].copy_from_slice(&key.head.0[..8]);
    bytes
}
