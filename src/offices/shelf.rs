//! Where offices are kept: `<short name>.office`, one sealed file each, on a [`Shelf`].

use std::path::Path;
use std::sync::Arc;

use super::member::Member;
use super::names::{Account, OfficeId};
use super::office::Office;
use super::password::Hasher;
use crate::seal::Seal;
use crate::seal::shelf::{ChangeLock, Kept, Shelf, ShelfFault};
use crate::signing::keyed::KeyedHash;

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
pub type OfficesFault = ShelfFault;

impl Kept for Office {
    type Name = OfficeId;
    const ENDING: &'static str = "office";
    /// An office with as many members as may be is a third of it.
    const MAX_FILE: u64 = 512 * 1024;

    fn name(&self) -> &OfficeId {
        self.id()
    }

    fn parse_name(text: &str) -> Option<OfficeId> {
        OfficeId::parse(text)
    }
}

/// All offices, owned by this process.
#[derive(Debug)]
pub struct Offices {
    shelf: Shelf<Office>,
    bounds: Bounds,
    pub(super) hasher: Hasher,
    pub(super) secrets: KeyedHash,
}

impl Offices {
    /// Opens or begins the offices in `dir`, sealed with `key`. Every file is read: one that does not open is an error,
    /// because an office that is missing is one whose members nobody could disable.
    ///
    /// # Errors
    /// [`OfficesFault`].
    pub fn open(dir: &Path, key: &[u8; 32], bounds: Bounds, hasher: Hasher) -> Result<Self, OfficesFault> {
        let root = KeyedHash::new(key);
        let shelf = Shelf::open(dir, Seal::new(&root.digest("hocba/offices/v1/seal", &[])))?;
        let secrets = KeyedHash::new(&root.digest("hocba/offices/v1/secrets", &[]));
        Ok(Self { shelf, bounds, hasher, secrets })
    }

    /// Every office, in order of their short names.
    pub fn all(&self) -> Vec<Arc<Office>> {
        self.shelf.all()
    }

    /// The office with this short name.
    pub fn get(&self, id: &OfficeId) -> Option<Arc<Office>> {
        self.shelf.get(id)
    }

    /// How many offices there are.
    pub fn count(&self) -> usize {
        self.shelf.count()
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
    pub(super) fn change(&self) -> ChangeLock<'_, Office> {
        self.shelf.change()
    }
}
