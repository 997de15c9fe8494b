//! What a commit says of itself: which state of the ledger it reflects, and how many sheets it must hold.
//!
//! It travels inside the commit, so position and documents are durable together or not at all:
//!
//! ```text
//! one line of JSON ‖ "\n" ‖ SHA-256 of that line in 64 hexadecimal digits ‖ "\n"
//! ```

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Position, folding, places};
use crate::fsync::checked;
use crate::transcript::words;

/// Of documents and terms ([`super::schema`]), of tantivy's dictionaries and of how names are folded. Another version is made again from
/// the ledger.
const VERSION: u8 = 2;

/// Stamp of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stamp {
    version: u8,
    vocabulary: String,
    size: u64,
    root: String,
    /// None while erased sheets have not been counted: such a commit is in doubt.
    pub(super) sheets: Option<u64>,
}

impl Stamp {
    pub(super) fn new(position: &Position, sheets: Option<u64>) -> Self {
        let root = HEXLOWER.encode(&position.root);
        Self { version: VERSION, vocabulary: vocabulary(), size: position.size, root, sheets }
    }

    /// The text that a commit carries; None only if it could not be written as JSON, which it can.
    pub(super) fn seal(&self) -> Option<String> {
        String::from_utf8(checked::seal(serde_json::to_vec(self).ok()?)).ok()
    }

    /// Reads [`Stamp::seal`] back; None for a single bit that is not as it was written, and for a stamp of
    /// another version or vocabulary.
    pub(super) fn open(text: &str) -> Option<(Position, Option<u64>)> {
        let stamp: Self = serde_json::from_slice(checked::open(text.as_bytes())?).ok()?;
        let root = HEXLOWER.decode(stamp.root.as_bytes()).ok()?.try_into().ok()?;
        let position = Position { size: stamp.size, root };
        (stamp == Self::new(&position, stamp.sheets)).then_some((position, stamp.sheets))
    }
}

/// Terms and columns depend on these tables.
fn vocabulary() -> String {
    let mut digest = Sha256::new();
    for table in [words::SCHOOL_TYPES, places::PROVINCES, places::OTHER_NAMES, folding::FOLDING] {
        digest.update(table.as_bytes());
        digest.update([0]);
    }
    HEXLOWER.encode(&digest.finalize()[..16])
}
