//! The ledger as everybody may see it: its signed state, and leaves by position.

use data_encoding::BASE64;

use super::Portal;
use crate::follow::FollowFault;
use crate::tlog::leaf::{Leaf, leaf_hash};
use crate::transcript::time::Moment;

/// The newest signed state, and the keys it is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerState {
    /// Name of the log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root, base64.
    pub root: String,
    /// When it was last cosigned.
    pub cosigned_at: Option<Moment>,
    /// The log's verifier key.
    pub log_vkey: String,
    /// The freshness cosigner's.
    pub freshness_vkey: String,
    /// The signed note, with every signature.
    pub note: String,
}

/// Leaves with their positions.
pub type Leaves = Vec<(u64, Leaf)>;

impl Portal {
    /// The newest state that was checked.
    pub fn ledger_state(&self) -> LedgerState {
        let state = self.parts.published.load();
        let checkpoint = state.checkpoint();
        let verifier = self.ledger().verifier();
        LedgerState {
            origin: verifier.origin().to_owned(),
            size: checkpoint.size(),
            root: BASE64.encode(checkpoint.root()),
            cosigned_at: checkpoint.cosigned_at(),
            log_vkey: verifier.log_vkey(),
            freshness_vkey: verifier.freshness_vkey(),
            note: String::from_utf8_lossy(checkpoint.bytes()).into_owned(),
        }
    }

    /// At most `count` leaves from `from` on, each proved in the tree. Reads the one or two bundles they lie in.
    ///
    /// # Errors
    /// A tile that cannot be read or does not fit.
    pub fn leaves(&self, from: u64, count: u64) -> Result<Leaves, FollowFault> {
        const BUNDLE: u64 = 256;
        let state = self.parts.published.load_full();
        let size = state.checkpoint().size();
        let to = from.saturating_add(count).min(size);
        let mut leaves = Leaves::new();
        let mut next = from;
        while next < to {
            let bundle = next / BUNDLE;
            let width = (size - bundle * BUNDLE).min(BUNDLE) as u16;
            let read = self.parts.reader.leaves(bundle, width)?;
            for (index, leaf) in (bundle * BUNDLE..to).zip(read).filter(|(index, _)| *index >= from) {
                state.tree.contains(index, &leaf_hash(&leaf.encode()))?;
                leaves.push((index, leaf));
                next = index + 1;
            }
        }
        Ok(leaves)
    }
}
