//! The three things the journal's promises ask of a disk, so that tests can break them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::fsync;

/// Where segments are written. Reading goes to the file system directly.
pub trait Disk: Send + Sync {
    /// Opens a segment for appending; `new` creates it and fails if it exists. The new name is durable only after
    /// [`Disk::sync_dir`].
    ///
    /// # Errors
    /// The system's.
    fn open(&self, path: &Path, new: bool) -> io::Result<Box<dyn SegmentFile>>;

    /// Makes the names in a directory survive a power cut.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
}

/// A segment open for appending.
pub trait SegmentFile: Send {
    /// Adds bytes at the end. After an error any part of them may be there.
    ///
    /// # Errors
    /// The system's.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything appended or cut off survive a power cut. After an error nothing is known about what was not
    /// synced before, and a later success says nothing about it either.
    ///
    /// # Errors
    /// The system's.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the segment down to `length`.
    ///
    /// # Errors
    /// The system's.
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Whether this very file is what the path names: not moved, deleted or replaced meanwhile.
    ///
    /// # Errors
    /// The system's.
    fn is_at(&self, path: &Path) -> io::Result<bool>;
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path, new: bool) -> io::Result<Box<dyn SegmentFile>> {
        let file = OpenOptions::new().append(true).create_new(new).mode(0o600).open(path)?;
        Ok(Box::new(RealSegment(file)))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        fsync::sync_dir(path)
    }
}

struct RealSegment(File);

impl SegmentFile for RealSegment {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        // fdatasync: it includes the length, which is all of the metadata that matters here.
        self.0.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn is_at(&self, path: &Path) -> io::Result<bool> {
        let named = match std::fs::metadata(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other?,
        };
        let open = self.0.metadata()?;
        Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
    }
}
