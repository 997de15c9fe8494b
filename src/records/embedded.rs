//! The record store of one machine: fjall's tree (crate `lsm-tree`), opened without fjall.
//!
//! fjall adds a journal and worker threads to the tree. The journal would write every record once
//! more to protect what following the ledger restores anyway; and the workers turn a full disk into
//! a wait without end and some damaged files into an abort (its destructors panic while a panic
//! unwinds). Here the caller's thread writes tables and hears of every failure, and one thread of
//! ours compacts.
//!
//! What has not been persisted is gone after a crash, and [`RecordStore::reflects`] says so.

use std::any::Any;
use std::fs::{File, OpenOptions, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use lsm_tree::compaction::Leveled;
use lsm_tree::config::{BlockSizePolicy, CompressionPolicy, PinningPolicy, RestartIntervalPolicy};
use lsm_tree::{AbstractTree, AnyTree, Cache, Config, SeqNo, SequenceNumberCounter};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use super::pack::{pack, unpack};
use super::{RecordKey, RecordStore, RecordsFault};

/// Bytes of a key: the code, then the first 8 of the digest, which tell versions of one code apart.
const KEY_LEN: usize = 24;
/// Key of the ledger size; another length than a record's, so the two cannot meet.
const REFLECTS: &[u8] = b"reflects";
/// Bytes in memory at which they become a table.
const MEMTABLE: u64 = 16 << 20;
/// Overlapping tables at which writers wait for the compaction: each may cost a lookup a read.
const MOST_RUNS: usize = 16;
const LEVELS: usize = 7;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedOptions {
    /// Bytes of cache for blocks.
    pub cache_bytes: u64,
}

/// Records in a directory, open in one process.
pub struct Embedded {
    shared: Arc<Shared>,
    compactor: Option<JoinHandle<()>>,
}

struct Shared {
    tree: AnyTree,
    /// Numbers of writes; the tree keeps them beside the keys to tell newer from older.
    numbers: SequenceNumberCounter,
    visible: SequenceNumberCounter,
    work: Mutex<Work>,
    changed: Condvar,
    stop: AtomicBool,
    /// Held for its advisory lock.
    _lock: File,
}

/// What writer and compactor tell each other; holding it makes a thread the writer.
#[derive(Default)]
struct Work {
    wanted: bool,
    running: bool,
    /// What stopped the last compaction; told to the next writer.
    fault: Option<RecordsFault>,
}

impl Embedded {
    /// Opens the store of a directory, which is created if need be.
    ///
    /// # Errors
    /// [`RecordsFault::Corrupt`]: delete the directory and follow the ledger again;
    /// [`RecordsFault::Locked`]; [`RecordsFault::Io`].
    pub fn open(dir: &Path, options: EmbeddedOptions) -> Result<Self, RecordsFault> {
        std::fs::create_dir_all(dir)?;
        let lock = lock(dir)?;
        let tables = dir.join("tree");
        check_version_file(&tables)?;
        let (numbers, visible) = (SequenceNumberCounter::default(), SequenceNumberCounter::default());
        let config = Config::new(&tables, numbers.clone(), visible.clone())
            .use_cache(Arc::new(Cache::with_capacity_bytes(options.cache_bytes)));
        let tree = guarded(|| tuned(config).open())?;
        let next = guarded(|| Ok(tree.get_highest_persisted_seqno().map_or(0, |last| last + 1)))?;
        numbers.set(next);
        visible.set(next);
        let shared = Shared {
            tree,
            numbers,
            visible,
            work: Mutex::new(Work { wanted: true, ..Work::default() }),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
            _lock: lock,
        };
        let shared = Arc::new(shared);
        let compactor = {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name("records-compact".into()).spawn(move || shared.compact_all())?
        };
        Ok(Self { shared, compactor: Some(compactor) })
    }

    /// Waits until no compaction is running or due; for the end of a bulk load.
    pub fn settle(&self) {
        let mut work = self.shared.work();
        while work.wanted || work.running {
            work = self.shared.changed.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Bytes on disk.
    pub fn disk_bytes(&self) -> u64 {
        guarded(|| Ok(self.shared.tree.disk_space())).unwrap_or(0)
    }
}

impl Drop for Embedded {
    /// Lets a running compaction step end; does not persist.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        {
            let _work = self.shared.work();
            self.shared.changed.notify_all();
        }
        if let Some(thread) = self.compactor.take() {
            // A panic has been reported by its thread; tables are replaced in one step or not at all.
            let _ = thread.join();
        }
    }
}

/// Values are compressed already. Lookups are for records that the heads name, so they nearly always
/// hit, and filters of the last level would only cost memory. Few records share a block, so prefixes
/// gain nothing and cost time.
fn tuned(config: Config) -> Config {
    config
        .data_block_compression_policy(CompressionPolicy::disabled())
        .data_block_size_policy(BlockSizePolicy::all(4 << 10))
        .data_block_restart_interval_policy(RestartIntervalPolicy::all(1))
        .index_block_pinning_policy(PinningPolicy::all(true))
        .filter_block_pinning_policy(PinningPolicy::all(true))
        .expect_point_read_hits(true)
}

impl RecordStore for Embedded {
    fn get_into(&self, key: &RecordKey, out: &mut Vec<u8>) -> Result<bool, RecordsFault> {
        out.clear();
        match guarded(|| self.shared.tree.get(stored_key(key), SeqNo::MAX))? {
            Some(value) => unpack(&value, out).map(|()| true),
            None => Ok(false),
        }
    }

    fn put_batch(&self, records: &[(RecordKey, &[u8])]) -> Result<(), RecordsFault> {
        let packed = |(key, record): &(RecordKey, &[u8])| Ok((stored_key(key), pack(record)?));
        let values: Vec<_> = records.par_iter().with_min_len(64).map(packed).collect::<Result<_, RecordsFault>>()?;
        self.shared.write(|tree, number| {
            let insert =
                |_, (key, value): &([u8; KEY_LEN], Vec<u8>)| Some(tree.insert(&key[..], value.as_slice(), number).1);
            values.iter().fold(None, insert)
        })
    }

    fn remove_batch(&self, keys: &[RecordKey]) -> Result<(), RecordsFault> {
        self.shared.write(|tree, number| keys.iter().fold(None, |_, key| Some(tree.remove(stored_key(key), number).1)))
    }

    fn reflects(&self) -> Result<u64, RecordsFault> {
        let Some(size) = guarded(|| self.shared.tree.get(REFLECTS, SeqNo::MAX))? else { return Ok(0) };
        let size = size.as_ref().try_into().map_err(|_| RecordsFault::corrupt("the ledger size is not a number"))?;
        Ok(u64::from_be_bytes(size))
    }

    fn set_reflects(&self, size: u64) -> Result<(), RecordsFault> {
        // Memory becomes tables in the order it was written, so this is never durable without what
        // was put before it.
        self.shared.write(|tree, number| Some(tree.insert(REFLECTS, size.to_be_bytes(), number).1))
    }

    fn persist(&self) -> Result<(), RecordsFault> {
        let mut work = self.shared.take_work()?;
        self.shared.flush(&mut work)
    }
}

impl Shared {
    fn work(&self) -> MutexGuard<'_, Work> {
        // Nothing is left half-done by a panic: the tree's own steps are atomic.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Becomes the writer, unless the last compaction has something to say first.
    fn take_work(&self) -> Result<MutexGuard<'_, Work>, RecordsFault> {
        let mut work = self.work();
        match work.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(work),
        }
    }

    /// Runs one write, which says how large the memory has become.
    fn write(&self, write: impl FnOnce(&AnyTree, SeqNo) -> Option<u64>) -> Result<(), RecordsFault> {
        let mut work = self.take_work()?;
        if guarded(|| Ok(self.tree.sealed_memtable_count()))? > 0 {
            // An earlier flush failed: nothing more is taken into memory until it succeeds.
            self.flush(&mut work)?;
        }
        let size = guarded(|| {
            let number = self.numbers.next();
            let size = write(&self.tree, number);
            self.visible.fetch_max(number + 1);
            Ok(size)
        })?;
        if size.is_some_and(|size| size >= MEMTABLE) {
            self.flush(&mut work)?;
            self.wait_for_compaction(work)?;
        }
        Ok(())
    }

    /// Turns memory into a durable table. On an error nothing is lost, and the next flush tries again.
    fn flush(&self, work: &mut Work) -> Result<(), RecordsFault> {
        guarded(|| self.tree.flush_active_memtable(self.visible.get()))?;
        work.wanted = true;
        self.changed.notify_all();
        Ok(())
    }

    fn wait_for_compaction(&self, mut work: MutexGuard<'_, Work>) -> Result<(), RecordsFault> {
        while guarded(|| Ok(self.tree.l0_run_count()))? > MOST_RUNS && (work.wanted || work.running) {
            work = self.changed.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// The compactor: after each flush, steps until one changes nothing.
    fn compact_all(&self) {
        let mut work = self.work();
        while !self.stop.load(Ordering::Relaxed) {
            if !work.wanted {
                work = self.changed.wait(work).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            (work.wanted, work.running) = (false, true);
            drop(work);
            let outcome = self.compact();
            work = self.work();
            work.running = false;
            work.fault = outcome.err();
            self.changed.notify_all();
        }
    }

    fn compact(&self) -> Result<(), RecordsFault> {
        let strategy = Arc::new(Leveled::default());
        let shape = || (0..LEVELS).map(|level| self.tree.level_table_count(level)).collect::<Vec<_>>();
        loop {
            let before = shape();
            guarded(|| self.tree.compact(strategy.clone(), self.visible.get()))?;
            if self.stop.load(Ordering::Relaxed) || shape() == before {
                return Ok(());
            }
        }
    }
}

fn stored_key(key: &RecordKey) -> [u8; KEY_LEN] {
    let mut bytes = [0; KEY_LEN];
    bytes[..16].copy_from_slice(key.code.as_bytes());
    bytes[16..].copy_from_slice(&key.head.0[..8]);
    bytes
}

/// Takes the directory for this handle; given back when the file is dropped, or the process dies.
fn lock(dir: &Path) -> Result<File, RecordsFault> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("LOCK"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(RecordsFault::Locked),
        Err(TryLockError::Error(source)) => Err(source.into()),
    }
}

/// The tree writes a checksum of its version file into `current`, but opens the file without looking
/// at it, and trusts counts and ids in it. (Tables it does check.)
fn check_version_file(tables: &Path) -> Result<(), RecordsFault> {
    let damaged = |what| RecordsFault::corrupt(what);
    let current = match std::fs::read(tables.join("current")) {
        Ok(current) => current,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return check_unused(tables),
        Err(e) => return Err(e.into()),
    };
    let current: [u8; 25] = current.try_into().map_err(|_| damaged("wrong length of current"))?;
    let (id, checksum) = current.split_at(8);
    let id = id.try_into().map(u64::from_le_bytes).map_err(|_| damaged("wrong length of current"))?;
    let version = std::fs::read(tables.join(format!("v{id}"))).map_err(io_fault)?;
    // The last byte names the algorithm; 0 is XXH3.
    let expected = [xxh3_128(&version).to_le_bytes().as_slice(), &[0]].concat();
    if checksum == expected { Ok(()) } else { Err(damaged("the version file does not match its checksum")) }
}

/// Without `current` a new tree is made, which must not happen on top of an old one.
fn check_unused(tables: &Path) -> Result<(), RecordsFault> {
    match std::fs::read_dir(tables.join("tables")).map(|left| left.count()) {
        Ok(0) => Ok(()),
        Ok(_) => Err(RecordsFault::corrupt("tables without a version")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// Runs a call into the tree. It expects the bytes of its own files to make sense and panics on some
/// that do not; here those are damage like any other, and must not take a thread down.
fn guarded<T>(call: impl FnOnce() -> lsm_tree::Result<T>) -> Result<T, RecordsFault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(outcome) => outcome.map_err(fault),
        Err(panic) => Err(RecordsFault::corrupt(panic_text(panic.as_ref()))),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the tree panicked").to_owned()
}

fn fault(error: lsm_tree::Error) -> RecordsFault {
    match error {
        lsm_tree::Error::Io(source) => io_fault(source),
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
