//! Tables in files: sorted, immutable, checksummed segments under one manifest, with what is fresh in
//! memory on top. For derived stores, which are restored by following the ledger: there is no
//! journal, and what was not flushed is gone after a crash. Knows nothing of what a table holds.
//!
//! Never wrong, an error at worst: every byte that is read hangs on the checksum of its block, blocks
//! on their segment's footer, footers on the manifest, the manifest on its own checksum. A flipped
//! bit is [`TableFault::Corrupt`], never another value and never an absence. No panic, and no length
//! read from a file is believed before its checksum was.
//!
//! Files of a directory (bytes in `docs/stores.md`):
//!
//! - `MANIFEST`: the table's state, list of segments. Replaced by temp, fsync, rename, fsync of the
//!   directory.
//! - `<id>.seg`: sorted, immutable. Whatever the manifest does not name is a leftover of a crash and
//!   is deleted at open.
//! - `LOCK`: held by the one process that has the table open.
//!
//! Readers take a [`View`]: an immutable picture of one state, so that lookups and the state agree
//! and a batch is seen whole or not at all.

mod durable;
mod filter;
mod manifest;
mod merge;
mod segment;
mod view;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fsync::FileLock;
use manifest::Manifest;
use merge::Source;
use segment::{BlockCache, Segment};
use view::{Delta, push_tiered};
pub use view::{View, Waiting};

/// Why a table cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum TableFault {
    /// Bytes that are not what was written.
    #[error("{file}: {what}")]
    Corrupt {
        /// Which file of the directory.
        file: String,
        /// What does not fit.
        what: &'static str,
    },
    /// The system refused.
    #[error("{file}: {source}")]
    Io {
        /// Which file of the directory.
        file: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// Another process, or another handle of this one, has the directory open.
    #[error("in use by another process")]
    Locked,
}

impl TableFault {
    fn corrupt(file: impl Into<String>, what: &'static str) -> Self {
        Self::Corrupt { file: file.into(), what }
    }

    fn io(file: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }
}

/// What is stored under a key. An empty value means that the key was removed.
pub trait Value: AsRef<[u8]> + Clone + Send + Sync + 'static {}
impl<T: AsRef<[u8]> + Clone + Send + Sync + 'static> Value for T {}

/// What a table as a whole says about itself, durable together with its entries.
pub trait State: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {}
impl<T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> State for T {}

/// What kind of table it is.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Stands in the manifest, so that one table is not taken for another.
    pub kind: &'static str,
    /// Length of all values; None when they differ.
    pub value_len: Option<usize>,
}

/// A value that was found, without copying it out of its block.
#[derive(Debug, Clone)]
pub enum Found<V> {
    /// Not in a segment yet.
    Fresh(V),
    /// In a verified block.
    Stored {
        /// The block.
        block: Arc<[u8]>,
        /// Where the value starts.
        start: u32,
        /// Where it ends.
        end: u32,
    },
}

impl<V: AsRef<[u8]>> AsRef<[u8]> for Found<V> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Fresh(value) => value.as_ref(),
            Self::Stored { block, start, end } => block.get(*start as usize..*end as usize).unwrap_or_default(),
        }
    }
}

/// A table in a directory: any number of readers, one writer at a time.
pub struct Table<const K: usize, V, S> {
    shared: Arc<Shared<K, V, S>>,
    merger: Mutex<Option<JoinHandle<()>>>,
}

struct Shared<const K: usize, V, S> {
    dir: PathBuf,
    shape: Shape,
    cache: Arc<BlockCache>,
    view: RwLock<Arc<View<K, V, S>>>,
    writer: Mutex<Writer<S>>,
    merge_ended: Condvar,
    stop: AtomicBool,
    _lock: FileLock,
}

/// What only a writer touches. Lock order: writer, then view.
struct Writer<S> {
    next_id: u64,
    /// State in the manifest on disk.
    durable: S,
    /// Segment files that no manifest names any more, or never did; deleted after the next manifest.
    garbage: Vec<u64>,
    merging: bool,
    /// What stopped the last background merge; told to the next flush.
    merge_fault: Option<TableFault>,
}

/// The state that a directory's table durably is in, without opening it; None when there is none.
///
/// # Errors
/// [`TableFault::Corrupt`] or [`TableFault::Io`].
pub fn durable_state<S: State>(dir: &Path, kind: &str) -> Result<Option<S>, TableFault> {
    Ok(Manifest::read(dir, kind)?.map(|manifest| manifest.state))
}

impl<const K: usize, V: Value, S: State> Table<K, V, S> {
    /// Opens the table of a directory, which is created if need be. Reads the manifest and the
    /// footers; blocks are verified when they are first read. An empty directory becomes an empty
    /// table in the state `first`.
    ///
    /// # Errors
    /// [`TableFault::Corrupt`] for anything not as it was written, a missing manifest or segment
    /// included; [`TableFault::Locked`]; [`TableFault::Io`].
    pub fn open(dir: &Path, shape: Shape, cache_bytes: u64, first: S) -> Result<Self, TableFault> {
        std::fs::create_dir_all(dir).map_err(TableFault::io("directory"))?;
        let lock = durable::lock(dir)?;
        let manifest = match Manifest::read(dir, shape.kind)? {
            Some(manifest) => manifest,
            None => start(dir, shape.kind, first)?,
        };
        let segments = manifest.segments.iter().map(|row| Segment::open(dir, row, shape).map(Arc::new));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        durable::remove_unnamed(dir, &manifest.segments)?;
        let cache = Arc::new(segment::block_cache(cache_bytes));
        let view = View {
            state: manifest.state.clone(),
            deltas: Vec::new(),
            segments,
            waiting: Waiting::default(),
            cache: Arc::clone(&cache),
        };
        let writer = Writer {
            next_id: manifest.next_id,
            durable: manifest.state,
            garbage: Vec::new(),
            merging: false,
            merge_fault: None,
        };
        let shared = Shared {
            dir: dir.to_owned(),
            shape,
            cache,
            view: RwLock::new(Arc::new(view)),
            writer: Mutex::new(writer),
            merge_ended: Condvar::new(),
            stop: AtomicBool::new(false),
            _lock: lock,
        };
        Ok(Self { shared: Arc::new(shared), merger: Mutex::new(None) })
    }

    /// The table as it is now; later changes do not touch it.
    pub fn view(&self) -> Arc<View<K, V, S>> {
        self.shared.view()
    }

    /// The state on disk: what is left after a crash.
    pub fn durable(&self) -> S {
        self.shared.writer().durable.clone()
    }

    /// Puts a batch on top of the table and publishes it together with the state it leads to: readers
    /// see all of it or nothing. Of several values for one key the last counts; an empty value removes
    /// the key. In memory only. Says how much waits for a flush.
    ///
    /// # Errors
    /// What `next` says of the state held; the table is then as before.
    pub fn apply<E>(
        &self,
        entries: impl IntoIterator<Item = ([u8; K], V)>,
        next: impl FnOnce(&S) -> Result<S, E>,
    ) -> Result<Waiting, E> {
        let fresh: Delta<K, V> = entries.into_iter().collect();
        let _writer = self.shared.writer();
        let view = self.view();
        let state = next(&view.state)?;
        let waiting = Waiting {
            entries: view.waiting.entries + fresh.len(),
            bytes: view.waiting.bytes + fresh.values().map(|value| K + value.as_ref().len()).sum::<usize>(),
        };
        let mut deltas = view.deltas.clone();
        push_tiered(&mut deltas, fresh);
        let segments = view.segments.clone();
        self.shared.publish(View { state, deltas, segments, waiting, cache: Arc::clone(&view.cache) });
        Ok(waiting)
    }

    /// Makes the current view durable: one new segment, then the manifest. Starts a merge in the
    /// background when segments have become many.
    ///
    /// # Errors
    /// [`TableFault::Io`]: nothing is lost, disk and memory are as before, a later flush tries
    /// again. [`TableFault::Corrupt`]: the last background merge met damage.
    pub fn flush(&self) -> Result<(), TableFault> {
        let mut writer = self.shared.writer();
        if let Some(fault) = writer.merge_fault.take() {
            return Err(fault);
        }
        let view = self.view();
        if !view.deltas.is_empty() || view.state != writer.durable {
            self.shared.flush_view(&mut writer, &view)?;
        }
        self.start_merge(writer);
        Ok(())
    }

    /// Waits until no merge is running.
    pub fn settle(&self) {
        let mut writer = self.shared.writer();
        while writer.merging {
            writer = self.shared.merge_ended.wait(writer).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn start_merge(&self, mut writer: MutexGuard<'_, Writer<S>>) {
        if writer.merging || merge::due(&self.view().segments).is_none() {
            return;
        }
        writer.merging = true;
        drop(writer);
        let mut running = MergeRun { shared: Arc::clone(&self.shared), fault: None };
        let work = move || running.fault = running.shared.merge_all().err();
        // Without a thread the run ends here: the table works unmerged, and the next flush tries again.
        let started = std::thread::Builder::new().name(format!("{}-merge", self.shared.shape.kind)).spawn(work).ok();
        let mut merger = self.merger.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *merger, started) {
            join(before);
        }
    }
}

/// A merge under way; ends, also by a panic, when dropped.
struct MergeRun<const K: usize, V, S> {
    shared: Arc<Shared<K, V, S>>,
    fault: Option<TableFault>,
}

impl<const K: usize, V, S> Drop for MergeRun<K, V, S> {
    fn drop(&mut self) {
        let mut writer = self.shared.writer();
        writer.merging = false;
        writer.merge_fault = self.fault.take();
        self.shared.merge_ended.notify_all();
    }
}

fn join(thread: JoinHandle<()>) {
    // A panic has been reported by its thread, and a merge has nothing to undo.
    let _ = thread.join();
}

impl<const K: usize, V, S> Drop for Table<K, V, S> {
    /// Stops a running merge, which leaves the manifest it found; does not flush.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        let merger = self.merger.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = merger.take() {
            join(handle);
        }
    }
}

/// The first manifest of a new directory. Segments exist only after a manifest does, so segments
/// without one mean that the manifest was lost, and an empty table would be a false absence.
fn start<S: State>(dir: &Path, kind: &str, first: S) -> Result<Manifest<S>, TableFault> {
    if durable::has_segments(dir)? {
        return Err(TableFault::corrupt(manifest::NAME, "missing, though there are segments"));
    }
    let manifest = Manifest::new(kind, first, 1, Vec::new());
    manifest.write(dir)?;
    Ok(manifest)
}

impl<const K: usize, V, S> Shared<K, V, S> {
    fn writer(&self) -> MutexGuard<'_, Writer<S>> {
        // A panic while writing leaves view and manifest each whole: both change in one step.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> Arc<View<K, V, S>> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, view: View<K, V, S>) {
        let old = {
            let mut place = self.view.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, Arc::new(view))
        };
        // Freed outside the lock: the last holder of a large delta pays for it, not the readers.
        drop(old);
    }
}

impl<const K: usize, V: Value, S: State> Shared<K, V, S> {
    /// A crash before the manifest's rename leaves the old manifest and a stray segment; a crash
    /// after it leaves the new manifest, whose segment was durable before.
    fn flush_view(&self, writer: &mut Writer<S>, view: &View<K, V, S>) -> Result<(), TableFault> {
        let mut segments = view.segments.clone();
        // Where there is nothing older, a removal has nothing to hide.
        let fresh: Source<'_, K, V> = match segments.is_empty() {
            true => Box::new(view.delta_entries().without_removed()),
            false => Box::new(view.delta_entries()),
        };
        let (id, at_most) = (writer.take_id(), view.waiting.entries as u64);
        let written = segment::write(&self.dir, id, self.shape, (at_most, fresh), &AtomicBool::new(false))?;
        segments.extend(written.map(Arc::new));
        self.commit(writer, view.state.clone(), &segments, &[])?;
        self.publish(View {
            state: view.state.clone(),
            deltas: Vec::new(),
            segments,
            waiting: Waiting::default(),
            cache: Arc::clone(&self.cache),
        });
        Ok(())
    }

    /// Writes the manifest that names these segments, then deletes the retired ones and whatever
    /// else no manifest names.
    fn commit(
        &self,
        writer: &mut Writer<S>,
        state: S,
        segments: &[Arc<Segment<K>>],
        retired: &[Arc<Segment<K>>],
    ) -> Result<(), TableFault> {
        let rows = segments.iter().map(|segment| segment.row()).collect();
        let manifest = Manifest::new(self.shape.kind, state, writer.next_id, rows);
        if let Err(fault) = manifest.write(&self.dir) {
            // The rename may or may not be on disk, so either manifest may be found at the next
            // open: keep the files of both until another manifest is there for sure.
            let view = self.view();
            let fresh = segments.iter().filter(|segment| !view.segments.iter().any(|held| Arc::ptr_eq(held, segment)));
            writer.garbage.extend(fresh.map(|segment| segment.row().id));
            return Err(fault);
        }
        writer.durable = manifest.state;
        writer.garbage.extend(retired.iter().map(|segment| segment.row().id));
        for id in writer.garbage.drain(..) {
            // Views that still read a retired segment keep it open. A file that cannot be deleted is
            // found unnamed at the next open.
            let _ = std::fs::remove_file(self.dir.join(segment::name(id)));
        }
        Ok(())
    }

    fn merge_all(&self) -> Result<(), TableFault> {
        while self.merge_once()? {}
        Ok(())
    }

    /// Replaces one run of segments by their merge; says whether there was one to replace. Flushes
    /// may append segments meanwhile; nothing else removes any, so the run stays together.
    fn merge_once(&self) -> Result<bool, TableFault> {
        let (id, run, from) = {
            let mut writer = self.writer();
            let view = self.view();
            let Some(from) = merge::due(&view.segments) else { return Ok(false) };
            (writer.take_id(), view.segments[from..].to_vec(), from)
        };
        let entries: Source<'_, K, V> = match from {
            0 => Box::new(merge::of_segments(&run).without_removed()),
            _ => Box::new(merge::of_segments(&run)),
        };
        let at_most = run.iter().map(|segment| segment.row().entries).sum();
        let merged = match segment::write(&self.dir, id, self.shape, (at_most, entries), &self.stop) {
            Ok(merged) => merged.map(Arc::new),
            Err(_) if self.stop.load(Ordering::Relaxed) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        let mut writer = self.writer();
        let view = self.view();
        let mut segments = view.segments.clone();
        segments.splice(from..from + run.len(), merged);
        let durable = writer.durable.clone();
        self.commit(&mut writer, durable, &segments, &run)?;
        self.publish(View {
            state: view.state.clone(),
            deltas: view.deltas.clone(),
            segments,
            waiting: view.waiting,
            cache: Arc::clone(&self.cache),
        });
        Ok(true)
    }
}

impl<S> Writer<S> {
    /// Ids are never used twice, so that a cached block cannot be taken for another's.
    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }
}

impl<const K: usize, V, S> std::fmt::Debug for Table<K, V, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({})", self.shared.shape.kind)
    }
}
