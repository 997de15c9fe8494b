//! What goes into the ledger, and what comes back out of its bundles.

use crate::signing::jws::MAX_JWS;
use crate::tlog::leaf::{Kind, Leaf, commitment};
use crate::transcript::province::ProvinceCode;
use crate::transcript::sheet::MAX_PAYLOAD;

/// Longest facts of one entry, in bytes.
pub const MAX_FACTS: usize = MAX_PAYLOAD;
/// Longest signed object of one entry, in the form that is stored.
pub const MAX_SIGNED: usize = MAX_JWS;

/// Where an entry came from: the line of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// Index of the leaf of the package's manifest.
    pub package: u64,
    /// Line in the package; 1 is the manifest. 0: not from a package.
    pub line: u32,
    /// Whether some signature names a certificate: whoever derives who signed looks at the signed object then.
    pub certified: bool,
}

/// An entry that intake has checked and wants logged.
#[derive(Clone)]
pub struct NewEntry {
    /// What it is.
    pub kind: Kind,
    /// Province in the leaf; `00` for the ministry.
    pub province: ProvinceCode,
    /// `YYYYMMDD` of the province's code list; 0 for the ministry.
    pub vintage: u32,
    /// First year of the school year, 0 for none.
    pub year: u16,
    /// JCS bytes of the clear payload.
    pub facts: Box<[u8]>,
    /// SHA-256 of the signed bytes.
    pub signed_digest: [u8; 32],
    /// The signed object, as `Jws::to_stored` writes it.
    pub signed: Box<[u8]>,
    /// Where it came from.
    pub origin: Origin,
}

/// What a leaf commits to, without the signed bytes: enough to recompute the leaf.
#[derive(Clone, PartialEq, Eq)]
pub struct FactsEntry {
    /// 32 random bytes of the commitment.
    pub blind: [u8; 32],
    /// SHA-256 of the signed bytes.
    pub signed_digest: [u8; 32],
    /// Where the entry came from.
    pub origin: Origin,
    /// JCS bytes of the clear payload.
    pub facts: Box<[u8]>,
}

impl FactsEntry {
    /// Whether `leaf` commits to these facts.
    pub fn matches(&self, leaf: &Leaf) -> bool {
        commitment(leaf.kind, &self.blind, &self.facts, &self.signed_digest) == leaf.commitment
    }
}

/// One entry of a bundle: facts, and the signed object unless it was erased.
#[derive(Clone, PartialEq, Eq)]
pub struct BodyEntry {
    /// What the leaf commits to.
    pub facts: FactsEntry,
    /// The signed object; None once erased.
    pub signed: Option<Box<[u8]>>,
}

/// Facts name transcripts and schools, and bodies name people: neither is ever printed.
mod quiet {
    use super::{BodyEntry, FactsEntry, NewEntry};
    use std::fmt;

    impl fmt::Debug for NewEntry {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "NewEntry({:?}, {:?})", self.kind, self.origin)
        }
    }

    impl fmt::Debug for FactsEntry {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "FactsEntry({:?})", self.origin)
        }
    }

    impl fmt::Debug for BodyEntry {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "BodyEntry({:?}, signed: {})", self.facts.origin, self.signed.is_some())
        }
    }
}
