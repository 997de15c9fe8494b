//! The ledger's view of a disk: few operations, each with a promise about power cuts.
//!
//! Everything that must survive a crash goes through [`Disk`]. [`RealDisk`] keeps the promises with
//! fsync; the tests have a disk that breaks every promise a page cache may break.

use std::any::Any;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::fsync::{self, FileLock};

/// Ends the names of files that [`Disk::replace`] has not yet put in their place.
pub const NEXT: &str = ".next";

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name, without the directory.
    pub name: String,
    /// Whether it is a directory itself.
    pub is_dir: bool,
}

/// A lock that is held for as long as this value lives, and ends with the process whatever happens.
pub struct Lock {
    _held: Box<dyn Any + Send + Sync>,
}

impl Lock {
    /// A lock that dropping `held` gives up.
    pub fn holding(held: impl Any + Send + Sync) -> Self {
        Self { _held: Box::new(held) }
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lock")
    }
}

/// Why a lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockFault {
    /// Another process has it; what that process wrote into the file.
    #[error("held by {0}")]
    Held(String),
    /// The file cannot be opened or locked.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A directory tree on something that may lose power at any moment.
///
/// Paths are relative to the tree's root, parts separated by `/`; the empty path is the root itself.
/// All methods may be called from several threads at once.
///
/// After an error of a writing method nothing is known about the files it named: they may hold the old
/// bytes, the new bytes, or look new until the next power cut and old after it. The only safe course is
/// to stop, go back to the last checkpoint, and write again what lies beyond it. In particular a second
/// fsync that succeeds says nothing about what the first one failed to write.
pub trait Disk: Send + Sync + fmt::Debug {
    /// Creates or overwrites a file. When this returns, its contents survive a power cut; its *name*
    /// does so only after [`Disk::sync_dir`] of its directory. A crash meanwhile may leave any mixture
    /// of old and new bytes, so this is only for files that nothing reads yet.
    ///
    /// # Errors
    /// The system's; see the trait about what is known then.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Puts new contents under a name that may be read at any moment.
    ///
    /// The new contents are first made durable, name included, as `path` + [`NEXT`], and only then
    /// renamed. So whoever sees the new contents under `path` knows that no power cut takes them back:
    /// at worst the rename is undone, and then `path.next` is there and whole. When this returns, the
    /// rename is durable too.
    ///
    /// # Errors
    /// The system's; `path` then holds the old or the new contents, never a mixture.
    fn replace(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Makes the names in a directory (created, renamed, removed) survive a power cut.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, path: &str) -> io::Result<()>;

    /// Creates a directory if there is none. Durable only after [`Disk::sync_dir`] of its parent.
    ///
    /// # Errors
    /// The system's; a parent that does not exist.
    fn create_dir(&self, path: &str) -> io::Result<()>;

    /// Reads a whole file of at most `limit` bytes.
    ///
    /// # Errors
    /// `NotFound`; `InvalidData` for a file longer than `limit`; the system's.
    fn read(&self, path: &str, limit: usize) -> io::Result<Vec<u8>>;

    /// Reads exactly `length` bytes from `offset`.
    ///
    /// # Errors
    /// `NotFound`; `UnexpectedEof` for a file that is shorter; the system's.
    fn read_range(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>>;

    /// What is in a directory, sorted by name; nothing if there is no such directory.
    ///
    /// # Errors
    /// The system's.
    fn list(&self, path: &str) -> io::Result<Vec<Listed>>;

    /// Removes a file or an empty directory; fine if there is none. Durable only after
    /// [`Disk::sync_dir`]: a power cut may bring it back.
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Takes an exclusive lock on a file and leaves `note` in it for whoever comes second. Ends with
    /// the process: a crash never leaves a lock behind.
    ///
    /// # Errors
    /// [`LockFault::Held`] with the holder's note.
    fn lock(&self, path: &str, note: &str) -> Result<Lock, LockFault>;
}

/// A directory of this machine.
#[derive(Debug, Clone)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// A disk over an existing directory; writes nothing.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Creates the directory, and those above it, so that they survive a power cut.
    ///
    /// # Errors
    /// The system's.
    pub fn create(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fsync::create_dir(&root)?;
        Ok(Self { root })
    }

    /// Where the directory is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn at_path(&self, path: &str) -> PathBuf {
        match path.is_empty() {
            true => self.root.clone(),
            false => self.root.join(path),
        }
    }
}

/// The directory part of a path of [`Disk`]; the root's is the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

impl Disk for RealDisk {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fsync::write(&self.at_path(path), bytes)
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fsync::replace(&self.at_path(path), &self.at_path(&format!("{path}{NEXT}")), bytes)
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        fsync::sync_dir(&self.at_path(path))
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        match fs::create_dir(self.at_path(path)) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        let file = File::open(self.at_path(path))?;
        let mut bytes = Vec::with_capacity(usize::try_from(file.metadata()?.len()).unwrap_or(0).min(limit));
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        match bytes.len() > limit {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "the file is longer than it may be")),
            false => Ok(bytes),
        }
    }

    fn read_range(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        File::open(self.at_path(path))?.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn list(&self, path: &str) -> io::Result<Vec<Listed>> {
        let entries = match fs::read_dir(self.at_path(path)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut listed = Vec::new();
        for entry in entries {
            let entry = entry?;
            // Names that are not UTF-8 are none of ours.
            if let Ok(name) = entry.file_name().into_string() {
                listed.push(Listed { name, is_dir: entry.file_type()?.is_dir() });
            }
        }
        listed.sort_unstable();
        Ok(listed)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let full = self.at_path(path);
        let removed = match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_dir() => fs::remove_dir(&full),
            Ok(_) => fs::remove_file(&full),
            Err(e) => Err(e),
        };
        match removed {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn lock(&self, path: &str, note: &str) -> Result<Lock, LockFault> {
        let full = self.at_path(path);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&full)?;
        let lock = match FileLock::take(file.try_clone()?) {
            Ok(lock) => lock,
            Err(fs::TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.take(200).read_to_string(&mut holder).unwrap_or(0);
                return Err(LockFault::Held(holder.trim().to_owned()));
            }
            Err(fs::TryLockError::Error(e)) => return Err(e.into()),
        };
        file.set_len(0)?;
        file.write_all(note.as_bytes())?;
        Ok(Lock::holding(lock))
    }
}
