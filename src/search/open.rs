//! Opening an index: believed when every byte of it is as it was written, else deleted.

use std::collections::HashSet;
use std::fs::{self, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::OpenReadError;
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy};

use super::contents::Contents;
use super::directory::DurableDirectory;
use super::people::KeptPeople;
use super::schema::SCHEMA;
use super::stamp::Stamp;
use super::view::View;
use super::writer::{SearchWriter, count};
use super::{Position, SearchFault};
use crate::fsync::{self, FileLock};

/// Memory for what is not yet on disk.
const MEMORY: usize = 64 << 20;
const LOCK: &str = "LOCK";

/// Why an index was deleted and begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the search index {0}; it is made again from the ledger")]
pub struct Doubt(&'static str);

/// An index that was opened.
#[derive(Debug)]
pub struct Opened {
    /// Its one writer; its position says from where following goes on.
    pub writer: SearchWriter,
    /// Why what was there is gone.
    pub doubt: Option<Doubt>,
}

/// Opens the index of a directory, which is created if need be. Reads all of it, once, to compare checksums.
///
/// An index that is damaged, that a power cut took a part of, or that another version made is deleted: then it
/// begins at [`Position::EMPTY`], and says why. The caller compares the position with the ledger and follows
/// from there; if the ledger does not contain it, [`begin_anew`].
///
/// # Errors
/// [`SearchFault::Locked`]; what the system or the engine refused.
pub fn open(dir: &Path) -> Result<Opened, SearchFault> {
    fsync::create_dir(dir)?;
    let lock = lock(dir)?;
    let (found, doubt) = match whole(dir) {
        Ok(found) => (found, None),
        Err(doubt) => (None, Some(doubt)),
    };
    let (index, position) = match found {
        Some(found) => found,
        None => {
            clear(dir)?;
            (begin(dir)?, Position::EMPTY)
        }
    };
    Ok(Opened { writer: writer(index, position, lock)?, doubt })
}

/// Deletes the index of a directory and begins at [`Position::EMPTY`]: for one that reflects what the ledger does
/// not contain.
///
/// # Errors
/// As [`open`].
pub fn begin_anew(dir: &Path) -> Result<SearchWriter, SearchFault> {
    fsync::create_dir(dir)?;
    let lock = lock(dir)?;
    clear(dir)?;
    writer(begin(dir)?, Position::EMPTY, lock)
}

/// Looks an index over, once, and changes nothing: the position it reflects and what it holds; None where there is none, or
/// nothing was committed yet.
///
/// # Errors
/// [`SearchFault::Locked`]; [`SearchFault::Damaged`] for what [`open`] would make anew.
pub fn inspect(dir: &Path) -> Result<Option<(Position, Contents)>, SearchFault> {
    if !dir.exists() {
        return Ok(None);
    }
    let _lock = lock(dir)?;
    let looked = || {
        let Some((index, position)) = check(dir).map_err(|doubt| SearchFault::Damaged(doubt.0))? else {
            return Ok(None);
        };
        let view = View::new(reader(&index)?.searcher(), SCHEMA.1, position)?;
        Ok(Some((position, Contents::of_view(&view)?)))
    };
    catch_unwind(AssertUnwindSafe(looked)).unwrap_or(Err(SearchFault::Damaged("cannot be read")))
}

/// Bytes of an index on disk.
///
/// # Errors
/// When the directory cannot be read.
pub fn stored_bytes(dir: &Path) -> io::Result<u64> {
    fs::read_dir(dir)?.try_fold(0, |sum, file| match file?.metadata() {
        Ok(file) => Ok(sum + file.len()),
        // Merged away while we look.
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(sum),
        Err(fault) => Err(fault),
    })
}

fn lock(dir: &Path) -> Result<FileLock, SearchFault> {
    match FileLock::at(&dir.join(LOCK)) {
        Err(TryLockError::WouldBlock) => Err(SearchFault::Locked),
        taken => Ok(taken.map_err(io::Error::from)?),
    }
}

/// The index of a directory with its position; None where there is none, or nothing was committed yet.
fn whole(dir: &Path) -> Result<Option<(Index, Position)>, Doubt> {
    // What is damaged can lead the decoders astray, and they panic.
    catch_unwind(AssertUnwindSafe(|| check(dir))).unwrap_or(Err(Doubt("cannot be read")))
}

fn check(dir: &Path) -> Result<Option<(Index, Position)>, Doubt> {
    const UNREADABLE: Doubt = Doubt("cannot be read");
    let mut files = fs::read_dir(dir).map_err(|_| UNREADABLE)?;
    if files.all(|file| file.is_ok_and(|file| file.file_name() == LOCK)) {
        return Ok(None);
    }
    let files = DurableDirectory(MmapDirectory::open(dir).map_err(|_| UNREADABLE)?);
    let index = Index::open(files).map_err(|_| UNREADABLE)?;
    let metas = index.load_metas().map_err(|_| UNREADABLE)?;
    let stamp = match metas.payload.as_deref() {
        Some(stamp) => stamp,
        // A process ended before its first commit.
        None if metas.segments.is_empty() => return Ok(None),
        None => return Err(Doubt("was never committed")),
    };
    let (position, sheets) = Stamp::open(stamp).ok_or(Doubt("is damaged, or of another version"))?;
    if metas.schema != SCHEMA.0 || metas.index_settings != IndexSettings::default() {
        return Err(Doubt("is damaged, or of another version"));
    }
    for path in metas.list_segment_files() {
        match index.directory().validate_checksum(&path) {
            Ok(true) => {}
            // Not every kind of file is there always. One that is missed is missed when it is opened, below.
            Err(OpenReadError::FileDoesNotExist(_)) => {}
            Ok(false) | Err(_) => return Err(Doubt("is damaged")),
        }
    }
    let reader = reader(&index).map_err(|_| UNREADABLE)?;
    View::new(reader.searcher(), SCHEMA.1, position).map_err(|_| UNREADABLE)?;
    // The list of segments is under no checksum, but lacks none when all sheets are there.
    match sheets == count(&index).ok() && sheets.is_some() {
        true => Ok(Some((index, position))),
        false => Err(Doubt("lacks sheets")),
    }
}

/// Deletes everything but the lock.
fn clear(dir: &Path) -> io::Result<()> {
    for file in fs::read_dir(dir)? {
        let file = file?;
        match (file.file_name() == LOCK, file.file_type()?.is_dir()) {
            (true, _) => {}
            (false, true) => fs::remove_dir_all(file.path())?,
            (false, false) => fs::remove_file(file.path())?,
        }
    }
    fsync::sync_dir(dir)
}

fn begin(dir: &Path) -> Result<Index, SearchFault> {
    let files = DurableDirectory(MmapDirectory::open(dir).map_err(tantivy::TantivyError::from)?);
    Ok(Index::create(files, SCHEMA.0.clone(), IndexSettings::default())?)
}

fn reader(index: &Index) -> tantivy::Result<IndexReader> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}

/// What adds to an index, and merges its segments.
pub(super) fn index_writer(index: &Index) -> tantivy::Result<IndexWriter> {
    // One thread each: following has other work for the processors.
    let options = IndexWriterOptions::builder().memory_budget_per_thread(MEMORY).num_merge_threads(1).build();
    index.writer_with_options(options)
}

fn writer(index: Index, position: Position, lock: FileLock) -> Result<SearchWriter, SearchFault> {
    let fields = SCHEMA.1;
    let writer = index_writer(&index)?;
    let reader = reader(&index)?;
    let view = Arc::new(ArcSwap::from_pointee(View::new(reader.searcher(), fields, position)?));
    let (sheets, purging) = (count(&index)?, HashSet::new());
    let kept = Arc::new(KeptPeople::new());
    let mut writer = SearchWriter {
        index,
        writer,
        reader,
        fields,
        view,
        kept,
        sheets,
        waiting: 0,
        erased: false,
        purging,
        _lock: lock,
    };
    // Segments that nothing names any more, of a process that ended in the middle.
    drop(writer.writer.garbage_collect_files());
    writer.purge()?;
    Ok(writer)
}
