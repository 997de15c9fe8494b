//! The record store of one machine, on fjall.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fjall::config::{BlockSizePolicy, CompressionPolicy, PinningPolicy, RestartIntervalPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use rayon::prelude::*;

use super::pack::{pack, unpack};
use super::{RecordKey, RecordStore, RecordsFault};

/// Bytes of a key: the code, then the first 8 of the digest, which tell versions of one code apart.
const KEY_LEN: usize = 24;
/// Key of the ledger size; another length than a record's, so the two cannot meet.
const REFLECTS: &[u8] = b"reflects";
/// Unflushed values in memory, and what a start has to read again at most.
const MEMTABLE: u64 = 16 << 20;
const JOURNALS: u64 = 64 << 20;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedOptions {
    /// Bytes of cache for blocks.
    pub cache_bytes: u64,
}

/// Records in a directory, open in one process.
pub struct Embedded {
    database: Database,
    records: Keyspace,
}

impl Embedded {
    /// Opens the store of a directory, which is created if need be.
    ///
    /// # Errors
    /// [`RecordsFault::Corrupt`]: delete the directory and follow the ledger again;
    /// [`RecordsFault::Locked`]; [`RecordsFault::Io`].
    pub fn open(dir: &Path, options: EmbeddedOptions) -> Result<Self, RecordsFault> {
        std::fs::create_dir_all(dir)?;
        let (database, records) = guarded(|| {
            let database = Database::builder(dir)
                .cache_size(options.cache_bytes)
                .max_journaling_size(JOURNALS)
                .journal_compression(fjall::CompressionType::None)
                .worker_threads(2)
                .open()?;
            let records = database.keyspace("records", tuning)?;
            Ok((database, records))
        })?;
        Ok(Self { database, records })
    }

    /// Moves what is in memory into sorted files, so that the next start has no journal to read
    /// again. For the end of a bulk load, and before a process ends.
    ///
    /// # Errors
    /// [`RecordsFault`]; nothing is lost by it.
    pub fn settle(&self) -> Result<(), RecordsFault> {
        guarded(|| self.records.rotate_memtable_and_wait())
    }

    /// Bytes on disk.
    pub fn disk_bytes(&self) -> u64 {
        catch_unwind(AssertUnwindSafe(|| self.database.disk_space().unwrap_or(0))).unwrap_or(0)
    }
}

/// Values are compressed already. Lookups are for records that the heads name, so they nearly always
/// hit, and the filters of the last level would only cost memory.
fn tuning() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(MEMTABLE)
        .data_block_compression_policy(CompressionPolicy::disabled())
        .data_block_size_policy(BlockSizePolicy::all(4 << 10))
        .data_block_restart_interval_policy(RestartIntervalPolicy::all(1))
        .index_block_pinning_policy(PinningPolicy::all(true))
        .expect_point_read_hits(true)
}

impl RecordStore for Embedded {
    fn get_into(&self, key: &RecordKey, out: &mut Vec<u8>) -> Result<bool, RecordsFault> {
        out.clear();
        match guarded(|| self.records.get(stored_key(key)))? {
            Some(value) => unpack(&value, out).map(|()| true),
            None => Ok(false),
        }
    }

    fn put_batch(&self, records: &[(RecordKey, &[u8])]) -> Result<(), RecordsFault> {
        let packed = |(key, record): &(RecordKey, &[u8])| Ok((stored_key(key), pack(record)?));
        let values: Vec<_> = records.par_iter().with_min_len(64).map(packed).collect::<Result<_, RecordsFault>>()?;
        guarded(|| {
            let mut batch = self.database.batch();
            values.into_iter().for_each(|(key, value)| batch.insert(&self.records, key, value));
            batch.commit()
        })
    }

    fn remove_batch(&self, keys: &[RecordKey]) -> Result<(), RecordsFault> {
        guarded(|| {
            let mut batch = self.database.batch();
            keys.iter().for_each(|key| batch.remove(&self.records, stored_key(key)));
            batch.commit()
        })
    }

    fn reflects(&self) -> Result<u64, RecordsFault> {
        match guarded(|| self.records.get(REFLECTS))? {
            Some(size) => Ok(u64::from_be_bytes(
                size.as_ref().try_into().map_err(|_| RecordsFault::corrupt("the ledger size is not a number"))?,
            )),
            None => Ok(0),
        }
    }

    fn set_reflects(&self, size: u64) -> Result<(), RecordsFault> {
        // In the same journal as the records: a crash keeps a prefix of it, so never this without them.
        guarded(|| self.records.insert(REFLECTS, size.to_be_bytes()))
    }

    fn persist(&self) -> Result<(), RecordsFault> {
        guarded(|| self.database.persist(PersistMode::SyncAll))
    }
}

fn stored_key(key: &RecordKey) -> [u8; KEY_LEN] {
    let mut bytes = [0; KEY_LEN];
    bytes[..16].copy_from_slice(key.code.as_bytes());
    bytes[16..].copy_from_slice(&key.head.0[..8]);
    bytes
}

/// Runs a call into the store. It expects the bytes of its own files to make sense and panics on
/// some that do not; here those are damage like any other, and must not take a worker thread down.
fn guarded<T>(call: impl FnOnce() -> fjall::Result<T>) -> Result<T, RecordsFault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(outcome) => outcome.map_err(fault),
        Err(panic) => Err(RecordsFault::corrupt(panic_text(panic.as_ref()))),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the store panicked").to_owned()
}

fn fault(error: fjall::Error) -> RecordsFault {
    match error {
        fjall::Error::Locked => RecordsFault::Locked,
        fjall::Error::Poisoned => RecordsFault::Stopped,
        fjall::Error::Io(source) | fjall::Error::Storage(fjall::LsmError::Io(source)) => io_fault(source),
        damage => RecordsFault::corrupt(damage.to_string()),
    }
}

/// Files that end too early, are missing or cannot be parsed are damage; the rest is the system's.
fn io_fault(source: std::io::Error) -> RecordsFault {
    use std::io::ErrorKind::{InvalidData, InvalidInput, NotFound, UnexpectedEof};
    match source.kind() {
        NotFound | UnexpectedEof | InvalidData | InvalidInput => RecordsFault::corrupt(source.to_string()),
        _ => RecordsFault::Io(source),
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedded(…)")
    }
}
