//! Where offices are kept: `<short name>.office`, one sealed file each, replaced whole; all of them in memory.
//!
//! Reading never waits: a change puts a new table in place of the old one. Changes wait for each other, because each
//! waits for the disk, and for its line in the journal before that.

use std::collections::BTreeMap;
use std::fs::{self, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use zeroize::Zeroizing;

use super::member::Member;
use super::names::{Account, OfficeId};
use super::office::Office;
use super::password::Hasher;
use crate::fsync::{self, FileLock};
use crate::seal::Seal;
use crate::signing::keyed::KeyedHash;

/// Longest file, in bytes; an office with as many members as may be is a third of it.
const MAX_FILE: u64 = 512 * 1024;
const ENDING: &str = ".office";

/// What bounds the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most offices.
    pub offices: usize,
}

/// One for each school that may take a learner over would be 26,000; those come by their departments.
impl Default for Bounds {
    fn default() -> Self {
        Self { offices: 5_000 }
    }
}

/// Why the shelf does not work.
#[derive(Debug, thiserror::Error)]
pub enum OfficesFault {
    /// The disk answered with an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Another process has it.
    #[error("{}: another process owns the offices", .0.display())]
    Locked(PathBuf),
    /// A file that cannot be opened with this key, or is not what was written.
    #[error("{}: cannot be opened: damaged, or another key", .0.display())]
    Damaged(PathBuf),
    /// The system gave no randomness.
    #[error("no randomness")]
    Randomness,
}

pub(super) type Table = BTreeMap<OfficeId, Arc<Office>>;

/// All offices, owned by this process.
pub struct Offices {
    dir: PathBuf,
    bounds: Bounds,
    pub(super) hasher: Hasher,
    pub(super) secrets: KeyedHash,
    seal: Seal,
    table: ArcSwap<Table>,
    writing: Mutex<()>,
    _lock: FileLock,
}

impl Offices {
    /// Opens or begins the offices in `dir`, sealed with `key`. Every file is read: one that does not open is an error,
    /// because an office that is missing is one whose members nobody could disable.
    ///
    /// # Errors
    /// [`OfficesFault`].
    pub fn open(dir: &Path, key: &[u8; 32], bounds: Bounds, hasher: Hasher) -> Result<Self, OfficesFault> {
        let fault = |source| OfficesFault::Io { path: dir.to_owned(), source };
        fsync::create_dir(dir).map_err(fault)?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(fault)?;
        let lock = take_lock(dir)?;
        let root = KeyedHash::new(key);
        let seal = Seal::new(&root.digest("hocba/offices/v1/seal", &[]));
        let mut table = Table::new();
        for entry in fs::read_dir(dir).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            if let Some(id) = name.to_str().and_then(|name| name.strip_suffix(ENDING)).and_then(OfficeId::parse) {
                let office = read(&seal, dir, &id)?;
                table.insert(id, Arc::new(office));
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            bounds,
            hasher,
            secrets: KeyedHash::new(&root.digest("hocba/offices/v1/secrets", &[])),
            seal,
            table: ArcSwap::from_pointee(table),
            writing: Mutex::new(()),
            _lock: lock,
        })
    }

    /// Every office, in order of their short names.
    pub fn all(&self) -> Vec<Arc<Office>> {
        self.table.load().values().cloned().collect()
    }

    /// The office with this short name.
    pub fn get(&self, id: &OfficeId) -> Option<Arc<Office>> {
        self.table.load().get(id).cloned()
    }

    /// How many offices there are.
    pub fn count(&self) -> usize {
        self.table.load().len()
    }

    /// What compares passwords, and stores new ones.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    pub(super) fn is_full(&self) -> bool {
        self.count() >= self.bounds.offices
    }

    /// An office and its member, as they are now.
    pub(super) fn member(&self, account: &Account) -> Option<(Arc<Office>, Member)> {
        let office = self.get(&account.office)?;
        let member = office.members().get(&account.member)?.clone();
        Some((office, member))
    }

    /// Held from reading what is changed to writing it: of two changes at once none undoes the other.
    pub(super) fn change(&self) -> ChangeLock<'_> {
        // Nothing is behind this lock but the order of changes.
        ChangeLock { offices: self, _one_at_a_time: self.writing.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    /// A crash leaves the old office or the new one.
    fn write(&self, office: &Office) -> Result<(), OfficesFault> {
        let name = format!("{}{ENDING}", office.id());
        let path = self.dir.join(&name);
        let fault = |source| OfficesFault::Io { path: path.clone(), source };
        let plain = Zeroizing::new(serde_json::to_vec(office).map_err(|e| fault(io::Error::other(e)))?);
        let sealed = self.seal.close(&name, &plain).ok_or(OfficesFault::Randomness)?;
        fsync::replace(&path, &self.dir.join("office.next"), &sealed).map_err(fault)
    }
}

/// The right to change offices, one at a time.
pub(super) struct ChangeLock<'a> {
    offices: &'a Offices,
    _one_at_a_time: MutexGuard<'a, ()>,
}

impl ChangeLock<'_> {
    /// Makes it durable, then lets everybody see it.
    pub(super) fn put(&self, office: Office) -> Result<Arc<Office>, OfficesFault> {
        self.offices.write(&office)?;
        let office = Arc::new(office);
        let mut table = Table::clone(&self.offices.table.load());
        table.insert(office.id().clone(), Arc::clone(&office));
        self.offices.table.store(Arc::new(table));
        Ok(office)
    }
}

fn take_lock(dir: &Path) -> Result<FileLock, OfficesFault> {
    let path = dir.join("lock");
    match FileLock::at(&path) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OfficesFault::Locked(path)),
        Err(TryLockError::Error(source)) => Err(OfficesFault::Io { path, source }),
    }
}

fn read(seal: &Seal, dir: &Path, id: &OfficeId) -> Result<Office, OfficesFault> {
    let name = format!("{id}{ENDING}");
    let path = dir.join(&name);
    let bytes = fsync::checked::read(&path, MAX_FILE + 1);
    let bytes = bytes.map_err(|source| OfficesFault::Io { path: path.clone(), source })?.unwrap_or_default();
    let plain = seal.open(&name, &bytes).filter(|_| bytes.len() as u64 <= MAX_FILE);
    let office = plain.and_then(|plain| serde_json::from_slice::<Office>(&plain).ok());
    office.filter(|office| office.id() == id).ok_or(OfficesFault::Damaged(path))
}

impl std::fmt::Debug for Offices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Offices({}, {})", self.dir.display(), self.count())
    }
}
