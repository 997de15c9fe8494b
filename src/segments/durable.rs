//! The few steps on the file system that a crash may interrupt.

use std::fs::{OpenOptions, TryLockError};
use std::path::Path;

use super::manifest::{self, Row};
use super::{TableFault, segment};
use crate::fsync::FileLock;

/// Takes the directory for this handle; given back when the lock is dropped, or the process dies.
pub(super) fn lock(dir: &Path) -> Result<FileLock, TableFault> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("LOCK"));
    let file = file.map_err(TableFault::io("LOCK"))?;
    match FileLock::take(file) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(TableFault::Locked),
        Err(TryLockError::Error(source)) => Err(TableFault::Io { file: "LOCK".into(), source }),
    }
}

fn names(dir: &Path) -> Result<Vec<String>, TableFault> {
    let list = || -> std::io::Result<Vec<String>> {
        std::fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    list().map_err(TableFault::io("directory"))
}

/// Whether any segment file is there.
pub(super) fn has_segments(dir: &Path) -> Result<bool, TableFault> {
    Ok(names(dir)?.iter().any(|name| segment::is_name(name)))
}

/// Deletes what a crash left: segments that no manifest names, and a half-written manifest.
pub(super) fn remove_unnamed(dir: &Path, segments: &[Row]) -> Result<(), TableFault> {
    let named: Vec<String> = segments.iter().map(|row| segment::name(row.id)).collect();
    for name in names(dir)? {
        let stray = segment::is_name(&name) && !named.contains(&name);
        if stray || name == manifest::TEMPORARY {
            std::fs::remove_file(dir.join(&name)).map_err(TableFault::io(name))?;
        }
    }
    Ok(())
}
