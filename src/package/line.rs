//! A line after the manifest: one signed entry, and the hash it has in the package's tree.

use crate::signing::jws::{Jws, JwsFault, ObjectType};
use crate::tlog::leaf::Kind;
use crate::tlog::merkle::{Hash, TreeBuilder, leaf_hash};

use super::manifest::Counts;

/// The line the manifest stands on; entries start on the next one.
pub const MANIFEST_LINE: u64 = 1;

/// The ledger kind of an object that may stand in a package; None for those that may not.
pub const fn kind_of(object: ObjectType) -> Option<Kind> {
    match object {
        ObjectType::Key => Some(Kind::Key),
        ObjectType::Sheet => Some(Kind::Sheet),
        ObjectType::Status => Some(Kind::Status),
        ObjectType::Backfill => Some(Kind::Backfill),
        ObjectType::Manifest | ObjectType::Anchor | ObjectType::Receipt | ObjectType::Verification => None,
    }
}

/// RFC 6962 leaf hash of a line: SHA-256(0x00 ‖ kind u8 ‖ SHA-256(signed bytes)).
pub fn line_hash(kind: Kind, signed_digest: &[u8; 32]) -> Hash {
    let mut data = [kind as u8; 33];
    data[1..].copy_from_slice(signed_digest);
    leaf_hash(&data)
}

/// Why a line is not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Not a JWS.
    #[error(transparent)]
    Envelope(#[from] JwsFault),
    /// A signed object that has no place in a package.
    #[error("a line of typ {0} has no place in a package")]
    Type(&'static str),
}

/// One line, its envelope read; neither its signatures nor its content are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageLine {
    /// Line of the package, the manifest being 1.
    pub number: u64,
    /// Bytes of the line as sent, without its line feed.
    pub raw_len: usize,
    /// The ledger kind.
    pub kind: Kind,
    /// The signed object.
    pub jws: Jws,
}

impl PackageLine {
    /// Reads a line.
    ///
    /// # Errors
    /// [`LineFault`] when the envelope cannot be read or the object has no place here.
    pub fn parse(number: u64, json: &[u8]) -> Result<Self, LineFault> {
        let jws = Jws::parse(json)?;
        let kind = kind_of(jws.object()).ok_or(LineFault::Type(jws.object().typ()))?;
        Ok(Self { number, raw_len: json.len(), kind, jws })
    }

    /// Its leaf hash in the package's tree.
    pub fn hash(&self) -> Hash {
        line_hash(self.kind, self.jws.signed_digest())
    }
}

/// Counts and root of the lines so far, in constant memory.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    counts: Counts,
    tree: TreeBuilder,
}

impl Tally {
    /// One line more.
    pub fn add(&mut self, kind: Kind, hash: Hash) {
        self.counts.add(kind);
        self.tree.push(hash);
    }

    /// Lines by kind.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// RFC 6962 root over the lines.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }
}
