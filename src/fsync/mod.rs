//! The few steps on the file system after which something survives a power cut.
//!
//! A file's contents are durable after an fsync of the file, its name after one of the directory. The
//! rooms that keep things decide what must be durable when; how is here, once. So is the lock that makes
//! one process the owner of a directory.

pub mod checked;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// An advisory lock on a file. It ends with the process whatever happens.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`TryLockError::WouldBlock`] when another handle has it, of this process or another; the system's.
    pub fn take(file: File) -> Result<Self, TryLockError> {
        file.try_lock()?;
        Ok(Self(file))
    }

    /// Takes the lock on a file that holds nothing and is there for that, made for its owner alone where it is not.
    ///
    /// # Errors
    /// As [`FileLock::take`].
    pub fn at(path: &Path) -> Result<Self, TryLockError> {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        opened.map_err(TryLockError::Error).and_then(Self::take)
    }
}

impl Drop for FileLock {
    /// Unlocked on purpose: closing is not enough while a child process that was just forked still has a
    /// copy of the handle.
    fn drop(&mut self) {
        // If it fails, the lock ends with the process.
        let _ = self.0.unlock();
    }
}

/// Creates or overwrites a file; its contents survive, its name only after [`sync_dir`].
///
/// # Errors
/// The system's.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Puts new contents under a name that may be read at any moment: `next` in the same directory, made
/// durable with its name, becomes `path`. A crash leaves the old contents or the new ones, whole.
///
/// # Errors
/// The system's; `path` then holds the old contents or the new ones.
pub fn replace(path: &Path, next: &Path, bytes: &[u8]) -> io::Result<()> {
    write(next, bytes)?;
    // Without this a reader could see the rename below, and a power cut could then bring back the old
    // contents with the new ones lost. It also makes durable what was created beside it before.
    sync_parent(next)?;
    fs::rename(next, path)?;
    sync_parent(path)
}

/// Makes the names in a directory (created, renamed, removed) survive.
///
/// # Errors
/// The system's.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes the name of a file or directory survive.
///
/// # Errors
/// The system's.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => sync_dir(Path::new(".")),
    }
}

/// Creates a directory and its parents, each new name durable.
///
/// # Errors
/// The system's.
pub fn create_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        create_dir(parent)?;
    }
    match fs::create_dir(path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    sync_parent(path)
}
