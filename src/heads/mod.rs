//! Heads: code → digest of the whole current record, with the ledger position the table reflects.
//!
//! Derived and local, never shared: this table is why a forged or stale record is noticed, and the
//! only place from which "unknown" may be said. So it is built to be never wrong, an error at worst:
//! every byte that is read hangs on the checksum of its block, blocks on their segment's footer,
//! footers on the manifest, the manifest on its own checksum. A flipped bit is [`HeadsFault::Corrupt`],
//! never another digest and never an absence.
//!
//! Files of the directory (bytes in `docs/stores.md`):
//!
//! - `MANIFEST`: position, list of segments. Replaced by temp, fsync, rename, fsync of the directory.
//! - `<id>.seg`: sorted, immutable. Whatever the manifest does not name is a leftover of a crash and
//!   is deleted at open.
//! - `LOCK`: held by the one process that has the table open.
//!
//! On top of the segments lies what came since the last flush, in memory. Readers take a
//! [`HeadsView`]: an immutable picture of one position, so that a lookup and its `as_of` agree and a
//! batch is seen whole or not at all.

mod durable;
mod manifest;
mod merge;
mod segment;
mod view;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;

use crate::transcript::record::HeadDigest;

use manifest::Manifest;
use segment::{BlockCache, Segment};
pub use view::HeadsView;
use view::{Delta, push_tiered};

/// A transcript code or sheet id, raw.
pub type HeadKey = [u8; 16];

/// Why the table cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum HeadsFault {
    /// Bytes that are not what was written. Only a rebuild from the ledger helps.
    #[error("the heads table is damaged: {file}: {what}; run `hocba rebuild`")]
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

impl HeadsFault {
    fn corrupt(file: impl Into<String>, what: &'static str) -> Self {
        Self::Corrupt { file: file.into(), what }
    }

    fn io(file: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }
}

/// The ledger state a table reflects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: [u8; 32],
}

impl Position {
    /// The empty tree: SHA-256 of nothing.
    pub const EMPTY: Self = Self {
        size: 0,
        root: [
            0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
            0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
        ],
    };

    /// Whether a table at this position may move to the other one.
    fn may_become(&self, next: &Self) -> bool {
        next.size > self.size || next == self
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
    Manifest::read(dir).ok().flatten().map(|manifest| manifest.position)
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
    shared: Arc<Shared>,
    merger: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    options: HeadsOptions,
    cache: Arc<BlockCache>,
    view: RwLock<Arc<HeadsView>>,
    writer: Mutex<Writer>,
    merge_ended: Condvar,
    stop: AtomicBool,
    /// Held for its advisory lock.
    _lock: File,
}

/// What only a writer touches. Lock order: writer, then view.
#[derive(Debug)]
struct Writer {
    next_id: u64,
    /// Position of the manifest on disk.
    durable: Position,
    /// Segment files that no manifest names any more, or never did; deleted after the next manifest.
    garbage: Vec<u64>,
    merging: bool,
    /// What stopped the last background merge; told to the next flush.
    merge_fault: Option<HeadsFault>,
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
        std::fs::create_dir_all(dir).map_err(HeadsFault::io("directory"))?;
        let lock = durable::lock(dir)?;
        let manifest = match Manifest::read(dir)? {
            Some(manifest) => manifest,
            None => start(dir)?,
        };
        let segments = manifest.segments.iter().map(|row| Segment::open(dir, row).map(Arc::new));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        durable::remove_unnamed(dir, &manifest)?;
        let cache = Arc::new(segment::block_cache(options.cache_bytes));
        let view = HeadsView::new(manifest.position, Vec::new(), segments, Arc::clone(&cache));
        let writer = Writer {
            next_id: manifest.next_id,
            durable: manifest.position,
            garbage: Vec::new(),
            merging: false,
            merge_fault: None,
        };
        let shared = Shared {
            dir: dir.to_owned(),
            options,
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
    pub fn view(&self) -> Arc<HeadsView> {
        self.shared.view()
    }

    /// The position on disk: what is left after a crash.
    pub fn durable_position(&self) -> Position {
        self.shared.writer().durable
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
        let fresh: Delta = entries.into_iter().collect();
        let _writer = self.shared.writer();
        let view = self.view();
        if !view.position().may_become(&position) {
            return Err(HeadsFault::Backwards { held: view.position().size, offered: position.size });
        }
        let mut deltas = view.deltas.clone();
        push_tiered(&mut deltas, fresh);
        let waiting: usize = deltas.iter().map(|delta| delta.len()).sum();
        self.shared.publish(HeadsView { position, deltas, ..HeadsView::clone(&view) });
        Ok(if waiting >= self.shared.options.flush_entries { Flush::Due } else { Flush::NotYet })
    }

    /// Makes the current view durable: one new segment, then the manifest. Starts a merge in the
    /// background when segments have become many.
    ///
    /// # Errors
    /// [`HeadsFault::Io`]: nothing is lost, disk and memory are as before, a later flush tries
    /// again. [`HeadsFault::Corrupt`]: the last background merge met damage.
    pub fn flush(&self) -> Result<(), HeadsFault> {
        let mut writer = self.shared.writer();
        if let Some(fault) = writer.merge_fault.take() {
            return Err(fault);
        }
        let view = self.view();
        if !view.deltas.is_empty() || *view.position() != writer.durable {
            self.shared.flush_view(&mut writer, &view)?;
        }
        self.start_merge(writer);
        Ok(())
    }

    /// Waits until no merge is running or due.
    pub fn settle(&self) {
        let mut writer = self.shared.writer();
        while writer.merging {
            writer = self.shared.merge_ended.wait(writer).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn start_merge(&self, mut writer: MutexGuard<'_, Writer>) {
        if writer.merging || merge::due(&self.view().segments).is_none() {
            return;
        }
        writer.merging = true;
        drop(writer);
        let mut running = MergeRun { shared: Arc::clone(&self.shared), fault: None };
        let work = move || running.fault = running.shared.merge_all().err();
        // Without a thread the run ends here: the table works unmerged, and the next flush tries again.
        let started = std::thread::Builder::new().name("heads-merge".into()).spawn(work).ok();
        let mut merger = self.merger.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *merger, started) {
            join(before);
        }
    }
}

/// A merge under way; ends, also by a panic, when dropped.
struct MergeRun {
    shared: Arc<Shared>,
    fault: Option<HeadsFault>,
}

impl Drop for MergeRun {
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

impl Drop for Heads {
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
fn start(dir: &Path) -> Result<Manifest, HeadsFault> {
    if durable::has_segments(dir)? {
        return Err(HeadsFault::corrupt(manifest::NAME, "missing, though there are segments"));
    }
    let manifest = Manifest { position: Position::EMPTY, next_id: 1, segments: Vec::new() };
    manifest.write(dir)?;
    Ok(manifest)
}

impl Shared {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic while writing leaves view and manifest each whole: both change in one step.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> Arc<HeadsView> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, view: HeadsView) {
        let old = {
            let mut place = self.view.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, Arc::new(view))
        };
        // Freed outside the lock: the last holder of a large delta pays for it, not the readers.
        drop(old);
    }

    /// A crash before the manifest's rename leaves the old manifest and a stray segment; a crash
    /// after it leaves the new manifest, whose segment was durable before.
    fn flush_view(&self, writer: &mut Writer, view: &HeadsView) -> Result<(), HeadsFault> {
        let mut segments = view.segments.clone();
        if !view.deltas.is_empty() {
            let id = writer.take_id();
            segments.push(Arc::new(segment::write(&self.dir, id, view.delta_entries(), &AtomicBool::new(false))?));
        }
        self.commit(writer, view.position, &segments, &[])?;
        self.publish(HeadsView::new(view.position, Vec::new(), segments, Arc::clone(&self.cache)));
        Ok(())
    }

    /// Writes the manifest that names these segments, then deletes the retired ones and whatever
    /// else no manifest names.
    fn commit(
        &self,
        writer: &mut Writer,
        position: Position,
        segments: &[Arc<Segment>],
        retired: &[Arc<Segment>],
    ) -> Result<(), HeadsFault> {
        let rows = segments.iter().map(|segment| segment.row()).collect();
        let manifest = Manifest { position, next_id: writer.next_id, segments: rows };
        if let Err(fault) = manifest.write(&self.dir) {
            // The rename may or may not be on disk, so either manifest may be found at the next
            // open: keep the files of both until another manifest is there for sure.
            let view = self.view();
            let fresh = segments.iter().filter(|segment| !view.segments.iter().any(|held| Arc::ptr_eq(held, segment)));
            writer.garbage.extend(fresh.map(|segment| segment.row().id));
            return Err(fault);
        }
        writer.durable = position;
        writer.garbage.extend(retired.iter().map(|segment| segment.row().id));
        for id in writer.garbage.drain(..) {
            // Views that still read a retired segment keep it open. A file that cannot be deleted is
            // found unnamed at the next open.
            let _ = std::fs::remove_file(self.dir.join(segment::name(id)));
        }
        Ok(())
    }

    fn merge_all(&self) -> Result<(), HeadsFault> {
        while self.merge_once()? {}
        Ok(())
    }

    /// Replaces one run of segments by their merge; says whether there was one to replace. Flushes
    /// may append segments meanwhile; nothing else removes any, so the run stays together.
    fn merge_once(&self) -> Result<bool, HeadsFault> {
        let (id, run) = {
            let mut writer = self.writer();
            let view = self.view();
            let Some(from) = merge::due(&view.segments) else { return Ok(false) };
            (writer.take_id(), view.segments[from..].to_vec())
        };
        let merged = match segment::write(&self.dir, id, merge::of_segments(&run), &self.stop) {
            Ok(merged) => Arc::new(merged),
            Err(_) if self.stop.load(Ordering::Relaxed) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        let mut writer = self.writer();
        let view = self.view();
        let (older, newer) = (run[0].row().id, run[run.len() - 1].row().id);
        let place = |id: u64| view.segments.iter().position(|segment| segment.row().id == id);
        let (Some(first), Some(last)) = (place(older), place(newer)) else { return Ok(false) };
        let mut segments = view.segments.clone();
        segments.splice(first..=last, [merged]);
        let durable = writer.durable;
        self.commit(&mut writer, durable, &segments, &run)?;
        self.publish(HeadsView { segments, ..HeadsView::clone(&view) });
        Ok(true)
    }
}

impl Writer {
    /// Ids are never used twice, so that a cached block cannot be taken for another's.
    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }
}
