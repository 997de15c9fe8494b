//! Ledger → register: counts and key entries, behind the answers and never in their way.
//!
//! It follows what a [`Follower`](super::Follower) has published, so it never shows more than answers reflect.
//! Every leaf is proved in the tree again: entry tiles are not trusted.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::again::BUNDLE;
use super::{FollowFault, Published, proved_leaves};
use crate::ledger::reader::LedgerReader;
use crate::register::{Register, RegisterFault, RegisterFile, SnapshotFault};
use crate::tlog::leaf::Kind;

/// Bundles between two states that are shown.
const STEP_BUNDLES: u64 = 256;
/// Entries that a start may have to read again; so many fewer files are written.
const UNSAVED: u64 = 1 << 16;

/// Why the register stopped growing. What it shows stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum RegistrarFault {
    /// The ledger.
    #[error(transparent)]
    Follow(#[from] FollowFault),
    /// An entry that makes no sense.
    #[error(transparent)]
    Register(#[from] RegisterFault),
    /// The file it is kept in.
    #[error(transparent)]
    Snapshot(#[from] SnapshotFault),
}

/// Keeps a register up with the published state.
pub struct Registrar {
    reader: Arc<LedgerReader>,
    published: Published,
    file: RegisterFile,
    register: Register,
    shown: Arc<ArcSwap<Register>>,
    /// Size and number of keys of what the file has.
    saved: (u64, usize),
}

impl Registrar {
    /// Starts from the file, or from the ledger's beginning when there is none that belongs to this ledger.
    pub fn start(reader: Arc<LedgerReader>, published: Published, file: RegisterFile) -> Self {
        let register = kept(&file, &published).unwrap_or_default();
        let saved = mark(&register);
        let shown = Arc::new(ArcSwap::from_pointee(register.clone()));
        Self { reader, published, file, register, shown, saved }
    }

    /// What is shown, for all who answer.
    pub fn shown(&self) -> Arc<ArcSwap<Register>> {
        Arc::clone(&self.shown)
    }

    /// Reads on; true while there is more to read.
    ///
    /// # Errors
    /// [`RegistrarFault`].
    pub fn step(&mut self) -> Result<bool, RegistrarFault> {
        let state = self.published.load_full();
        let reflected = state.position.size;
        let from = self.register.size();
        if from < reflected {
            let mut register = self.register.clone();
            let last = (from / BUNDLE + STEP_BUNDLES).min(reflected.div_ceil(BUNDLE));
            for bundle in from / BUNDLE..last {
                let width = (reflected - bundle * BUNDLE).min(BUNDLE) as u16;
                self.read_bundle(&state, &mut register, bundle, width)?;
            }
            register.settle(state.tree.root_at(register.size()).map_err(FollowFault::from)?);
            self.register = register;
            self.shown.store(Arc::new(self.register.clone()));
        }
        let behind = self.register.size() < reflected;
        let (size, keys) = mark(&self.register);
        if size - self.saved.0.min(size) >= UNSAVED || (!behind && keys != self.saved.1) {
            self.save()?;
        }
        Ok(behind)
    }

    /// Writes what was read to the file.
    ///
    /// # Errors
    /// [`RegistrarFault::Snapshot`].
    pub fn save(&mut self) -> Result<(), RegistrarFault> {
        self.file.write(&self.register)?;
        self.saved = mark(&self.register);
        Ok(())
    }

    fn read_bundle(
        &self,
        state: &super::Reflected,
        register: &mut Register,
        bundle: u64,
        width: u16,
    ) -> Result<(), RegistrarFault> {
        let leaves = proved_leaves(&self.reader, state, bundle, width, register.size())?;
        // Facts are decrypted only where there are keys.
        let facts = match leaves.iter().any(|(_, leaf)| leaf.kind == Kind::Key) {
            true => Some(self.reader.facts(bundle, width).map_err(FollowFault::from)?),
            false => None,
        };
        for (index, leaf) in &leaves {
            let place = (index - bundle * BUNDLE) as usize;
            let entry = facts.as_ref().and_then(|facts| facts.get(place)).filter(|_| leaf.kind == Kind::Key);
            if entry.is_some_and(|entry| !entry.matches(leaf)) {
                return Err(FollowFault::Leaf(*index).into());
            }
            register.take(*index, leaf, entry.map(|entry| &*entry.facts))?;
        }
        Ok(())
    }
}

fn mark(register: &Register) -> (u64, usize) {
    let keys = register.directory().keys();
    (register.size(), keys.len() + keys.iter().filter(|key| key.revoked.is_some()).count())
}

/// The register of the file, if it is one of this ledger.
fn kept(file: &RegisterFile, published: &Published) -> Option<Register> {
    let register = match file.read() {
        Ok(register) => register?,
        Err(fault) => {
            tracing::warn!(%fault, "the register is made again from the ledger");
            return None;
        }
    };
    let state = published.load();
    let is_ours = state.tree.root_at(register.size()).is_ok_and(|root| root == *register.root());
    if !is_ours {
        tracing::warn!("the register belongs to another ledger; it is made again");
    }
    is_ours.then_some(register)
}
