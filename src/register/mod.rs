//! What the ledger says in public: how much of which kind it holds, and who may sign. Derived, small enough
//! for memory, and made again by following the ledger from its beginning.
//!
//! | part | from | size |
//! |---|---|---|
//! | [`Tally`] | every leaf | one row for each kind, province and school year: some thousands |
//! | [`Directory`] | key entries | about 100 bytes a key and 250 a school |
//!
//! Nothing here is about a learner: leaves are blinded, and key entries name institutions. It is never a
//! source of verdicts.

mod directory;
mod search;
mod snapshot;
mod tally;
pub mod words;

use std::sync::Arc;

use crate::signing::grant::KeyClaims;
use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::strict;

pub use directory::{Directory, HolderRef, KeyRow, Province, Revoked, School, SchoolRef};
pub use search::{Found, MAX_QUERY, Query};
pub use snapshot::{RegisterFile, SnapshotFault};
pub use tally::{Row, Tally};

/// Why an entry could not be taken; intake would have refused it, so this means damage or another version.
#[derive(Debug, thiserror::Error)]
pub enum RegisterFault {
    /// An entry that does not come next.
    #[error("entry {found} does not follow {expected} entries")]
    Order {
        /// Entries taken so far.
        expected: u64,
        /// The one offered.
        found: u64,
    },
    /// A key entry that cannot be read.
    #[error("key entry {index} cannot be read: {reason}")]
    Key {
        /// Position.
        index: u64,
        /// What is wrong.
        reason: String,
    },
}

/// The register as of some size of the ledger. Cloning shares.
#[derive(Debug, Clone, Default)]
pub struct Register {
    size: u64,
    root: [u8; 32],
    tally: Arc<Tally>,
    directory: Arc<Directory>,
}

impl Register {
    /// Entries it reflects.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the ledger at that size.
    pub fn root(&self) -> &[u8; 32] {
        &self.root
    }

    /// How much of which kind.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Who may sign.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Takes the next entry; `facts` of key entries only.
    ///
    /// # Errors
    /// [`RegisterFault`]; the register is then of no more use.
    pub fn take(&mut self, index: u64, leaf: &Leaf, facts: Option<&[u8]>) -> Result<(), RegisterFault> {
        if index != self.size {
            return Err(RegisterFault::Order { expected: self.size, found: index });
        }
        if let (Kind::Key, Some(facts)) = (leaf.kind, facts) {
            let fault = |reason: String| RegisterFault::Key { index, reason };
            let claims: KeyClaims = strict::from_slice(facts, MAX_PAYLOAD).map_err(|e| fault(e.to_string()))?;
            Arc::make_mut(&mut self.directory).take(index, leaf.logged_at, &claims).map_err(fault)?;
        }
        Arc::make_mut(&mut self.tally).count(leaf);
        self.size = index + 1;
        Ok(())
    }

    /// Ends a run of [`Register::take`]: names the root of what was taken, and puts schools in order.
    pub fn settle(&mut self, root: [u8; 32]) {
        self.root = root;
        if !self.directory.is_in_order() {
            Arc::make_mut(&mut self.directory).put_in_order();
        }
    }
}
