//! Things kept as one sealed file each, `<name>.<ending>`, replaced whole; all of them in memory, one process their owner.
//!
//! Reading never waits: a change puts a new table in place of the old one. Changes wait for each other, because each
//! waits for the disk, and for whatever is written down about it before that.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Seal;
use crate::fsync::{self, FileLock};

/// What a shelf holds.
pub trait Kept: Serialize + DeserializeOwned {
    /// Names its file and never changes: letters, digits and hyphens.
    type Name: Ord + Clone + fmt::Display;
    /// Ending of its file, without the dot.
    const ENDING: &'static str;
    /// Longest file, in bytes; a longer one does not open.
    const MAX_FILE: u64;

    /// Its name.
    fn name(&self) -> &Self::Name;

    /// The name in a file's; None for a file that is none of ours.
    fn parse_name(text: &str) -> Option<Self::Name>;
}

/// Why a shelf does not work.
#[derive(Debug, thiserror::Error)]
pub enum ShelfFault {
    /// The disk answered with an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Another process has it.
    #[error("{}: another process owns what is kept there", .0.display())]
    Locked(PathBuf),
    /// A file that cannot be opened with this key, or is not what was written.
    #[error("{}: cannot be opened: damaged, or another key", .0.display())]
    Damaged(PathBuf),
    /// The system gave no randomness.
    #[error("no randomness")]
    Randomness,
}

type Table<T> = BTreeMap<<T as Kept>::Name, Arc<T>>;

/// A directory of sealed files, owned by this process.
pub struct Shelf<T: Kept> {
    dir: PathBuf,
    seal: Seal,
    table: ArcSwap<Table<T>>,
    writing: Mutex<()>,
    _lock: FileLock,
}

impl<T: Kept> Shelf<T> {
    /// Opens or begins the shelf in `dir`. Every file is read: one that does not open is an error, because what is
    /// missing is what nobody could take a right away from.
    ///
    /// # Errors
    /// [`ShelfFault`].
    pub fn open(dir: &Path, seal: Seal) -> Result<Self, ShelfFault> {
        let fault = |source| ShelfFault::Io { path: dir.to_owned(), source };
        fsync::create_dir(dir).map_err(fault)?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(fault)?;
        let lock = take_lock(dir)?;
        let mut table = Table::<T>::new();
        for entry in fs::read_dir(dir).map_err(fault)? {
            let file = entry.map_err(fault)?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(T::ENDING)?.strip_suffix('.'));
            if let Some(name) = name.and_then(T::parse_name) {
                let kept = read(&seal, dir, &name)?;
                table.insert(name, Arc::new(kept));
            }
        }
        let table = ArcSwap::from_pointee(table);
        Ok(Self { dir: dir.to_owned(), seal, table, writing: Mutex::new(()), _lock: lock })
    }

    /// All of it, in order of names.
    pub fn all(&self) -> Vec<Arc<T>> {
        self.table.load().values().cloned().collect()
    }

    /// What has this name.
    pub fn get(&self, name: &T::Name) -> Option<Arc<T>> {
        self.table.load().get(name).cloned()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.table.load().len()
    }

    /// Held from reading what is changed to writing it: of two changes at once none undoes the other.
    pub fn change(&self) -> ChangeLock<'_, T> {
        // Nothing is behind this lock but the order of changes.
        ChangeLock { shelf: self, _one_at_a_time: self.writing.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    /// A crash leaves the old one or the new one.
    fn write(&self, kept: &T) -> Result<(), ShelfFault> {
        let name = file_name::<T>(kept.name());
        let path = self.dir.join(&name);
        let fault = |source| ShelfFault::Io { path: path.clone(), source };
        let plain = Zeroizing::new(serde_json::to_vec(kept).map_err(|e| fault(io::Error::other(e)))?);
        let sealed = self.seal.close(&name, &plain).ok_or(ShelfFault::Randomness)?;
        let next = self.dir.join(format!("{}.next", T::ENDING));
        fsync::replace(&path, &next, &sealed).map_err(fault)
    }
}

/// The right to change what is on a shelf, one at a time.
pub struct ChangeLock<'a, T: Kept> {
    shelf: &'a Shelf<T>,
    _one_at_a_time: MutexGuard<'a, ()>,
}

impl<T: Kept> ChangeLock<'_, T> {
    /// Makes it durable, then lets everybody see it.
    ///
    /// # Errors
    /// [`ShelfFault`]; what was there goes on.
    pub fn put(&self, kept: T) -> Result<Arc<T>, ShelfFault> {
        self.shelf.write(&kept)?;
        let kept = Arc::new(kept);
        let mut table = Table::<T>::clone(&self.shelf.table.load());
        table.insert(kept.name().clone(), Arc::clone(&kept));
        self.shelf.table.store(Arc::new(table));
        Ok(kept)
    }
}

fn file_name<T: Kept>(name: &T::Name) -> String {
    format!("{name}.{}", T::ENDING)
}

fn take_lock(dir: &Path) -> Result<FileLock, ShelfFault> {
    let path = dir.join("lock");
    match FileLock::at(&path) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ShelfFault::Locked(path)),
        Err(TryLockError::Error(source)) => Err(ShelfFault::Io { path, source }),
    }
}

fn read<T: Kept>(seal: &Seal, dir: &Path, name: &T::Name) -> Result<T, ShelfFault> {
    let file = file_name::<T>(name);
    let path = dir.join(&file);
    let bytes = fsync::checked::read(&path, T::MAX_FILE + 1);
    let bytes = bytes.map_err(|source| ShelfFault::Io { path: path.clone(), source })?.unwrap_or_default();
    let plain = seal.open(&file, &bytes).filter(|_| bytes.len() as u64 <= T::MAX_FILE);
    let kept = plain.and_then(|plain| serde_json::from_slice::<T>(&plain).ok());
    kept.filter(|kept| kept.name() == name).ok_or(ShelfFault::Damaged(path))
}

impl<T: Kept> fmt::Debug for Shelf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shelf({}, {})", self.dir.display(), self.count())
    }
}
