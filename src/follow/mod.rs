//! Ledger → heads and records, checking every entry on the way; rebuild.
//!
//! A follower believes nothing it reads: the checkpoint's signature, every tile against its root,
//! every leaf against facts, blind and digest. What it has followed it publishes as one immutable
//! [`Reflected`] state: readers see all of a step or nothing of it. A replacement and its new sheet
//! always fall into the same step.

mod again;
pub mod derive;
pub mod indexer;
pub mod refill;
pub mod registrar;
mod seen;
mod sheets;
pub mod statuses;
mod step;

use std::sync::Arc;

use arc_swap::ArcSwap;
use data_encoding::BASE64;

use crate::heads::{Heads, HeadsFault, HeadsView, Position};
use crate::ledger::reader::LedgerReader;
use crate::ledger::{LedgerFault, Seen};
use crate::records::{RecordKey, RecordStore, RecordsFault};
use crate::tlog::checkpoint::VerifiedCheckpoint;
use crate::tlog::leaf::{Leaf, leaf_hash};
use crate::tlog::tree::{TileSource, TreeFault, VerifiedTree};
use crate::transcript::Moment;

use again::{BUNDLE, Entries};

pub use seen::{SeenFault, SeenFile};
pub use step::Progress;

/// Why following stopped. Answers go on from what was followed before; their age shows.
#[derive(Debug, thiserror::Error)]
pub enum FollowFault {
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
    /// A tile or checkpoint does not fit what was followed before: damage, or a rollback.
    #[error(transparent)]
    Tree(#[from] TreeFault),
    /// The ledger is shorter than what was followed before, or another one.
    #[error("the ledger was rolled back: {followed} entries were followed, its checkpoint covers {found}")]
    RolledBack {
        /// Entries followed before.
        followed: u64,
        /// Entries the checkpoint covers.
        found: u64,
    },
    /// An entry that does not match its leaf.
    #[error("ledger entry {0} does not match its leaf")]
    Leaf(u64),
    /// An entry whose facts cannot be read.
    #[error("ledger entry {index} cannot be read: {reason}")]
    Facts {
        /// Position.
        index: u64,
        /// What is wrong.
        reason: String,
    },
    /// The heads table is damaged.
    #[error(transparent)]
    Heads(#[from] HeadsFault),
    /// The record store failed.
    #[error(transparent)]
    Records(#[from] RecordsFault),
    /// A record that heads name is missing or different: the derived stores need `hocba rebuild`.
    #[error("a derived record is missing or damaged")]
    Derived,
    /// What was followed cannot be remembered, or is not known any more.
    #[error(transparent)]
    Seen(#[from] SeenFault),
}

impl FollowFault {
    /// Whether making the derived stores again is the remedy.
    pub fn wants_rebuild(&self) -> bool {
        matches!(
            self,
            Self::Derived | Self::Heads(HeadsFault::Corrupt { .. }) | Self::Records(RecordsFault::Corrupt { .. })
        )
    }
}

/// A state of the ledger that readers answer from.
pub struct Reflected {
    /// Proves leaves into a checkpoint whose signature was checked.
    pub tree: Arc<VerifiedTree>,
    /// The heads at [`Reflected::position`].
    pub heads: Arc<HeadsView>,
    /// What the heads reflect: `as_of` of an answer.
    pub position: Position,
    /// Root at that size, base64, as answers print it.
    pub root_text: String,
    /// When the newest checkpoint that is reflected whole was last cosigned: everything logged by then is
    /// in the heads. While following is behind, that is an older checkpoint than [`Reflected::checkpoint`];
    /// None when this process has not caught up yet.
    pub complete_at: Option<Moment>,
}

impl Reflected {
    /// The newest verified checkpoint.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        self.tree.checkpoint()
    }
}

/// The published state, shared by all who answer.
pub type Published = Arc<ArcSwap<Reflected>>;

/// Where a follower reads and writes.
pub struct Follower {
    reader: Arc<LedgerReader>,
    heads: Heads,
    records: Arc<dyn RecordStore>,
    /// For records that the store has lost.
    entries: Entries,
    published: Published,
    seen: SeenFile,
    /// Records no published state names any more; removed once the heads that forgot them are durable.
    forgotten: Vec<RecordKey>,
}

impl Follower {
    /// Starts from the heads on disk: checks that the ledger still contains what they reflect, and the
    /// largest tree that was ever followed, which may be newer.
    ///
    /// # Errors
    /// [`FollowFault::RolledBack`] when it does not; otherwise what failed.
    pub fn start(
        reader: Arc<LedgerReader>,
        heads: Heads,
        records: Arc<dyn RecordStore>,
        seen: SeenFile,
        tile_cache_bytes: u64,
    ) -> Result<Self, FollowFault> {
        let checkpoint = reader.checkpoint();
        let position = *heads.view().position();
        let noted = seen.read()?;
        let known = [Some(Seen { size: position.size, root: position.root }), noted];
        let known = || known.iter().flatten();
        if let Some(larger) = known().find(|known| known.size > checkpoint.size()) {
            return Err(FollowFault::RolledBack { followed: larger.size, found: checkpoint.size() });
        }
        if records.reflects()? < position.size {
            return Err(FollowFault::Derived);
        }
        let tree = VerifiedTree::open(Arc::clone(&reader) as Arc<dyn TileSource>, checkpoint, tile_cache_bytes)?;
        for known in known() {
            if tree.root_at(known.size)? != known.root {
                return Err(FollowFault::RolledBack { followed: known.size, found: tree.size() });
            }
        }
        if noted.is_none_or(|noted| noted.size < tree.size()) {
            remember(&seen, tree.checkpoint())?;
        }
        let published = Arc::new(ArcSwap::from_pointee(reflected(Arc::new(tree), heads.view(), None)));
        let entries = Entries::new(Arc::clone(&reader));
        Ok(Self { reader, heads, records, entries, published, seen, forgotten: Vec::new() })
    }

    /// The state others answer from.
    pub fn published(&self) -> Published {
        Arc::clone(&self.published)
    }

    /// Makes what was followed durable, then removes records that nothing names any more. A crash
    /// before the heads are durable follows again from the older position, which is why the records
    /// it names must still be there.
    ///
    /// # Errors
    /// [`FollowFault`].
    pub fn settle(&mut self) -> Result<(), FollowFault> {
        self.records.persist()?;
        self.heads.flush()?;
        self.records.remove_batch(&std::mem::take(&mut self.forgotten))?;
        Ok(())
    }
}

/// The leaves of a bundle from `from` on with their positions, each proved in the tree: entry tiles are not trusted.
fn proved_leaves(
    reader: &LedgerReader,
    state: &Reflected,
    bundle: u64,
    width: u16,
    from: u64,
) -> Result<Vec<(u64, Leaf)>, FollowFault> {
    let leaves = reader.leaves(bundle, width)?.into_iter().zip(bundle * BUNDLE..);
    let sought = leaves.map(|(leaf, index)| (index, leaf)).filter(|(index, _)| *index >= from);
    let proved = |(index, leaf): (u64, Leaf)| {
        state.tree.contains(index, &leaf_hash(&leaf.encode()))?;
        Ok((index, leaf))
    };
    sought.map(proved).collect()
}

/// `before` is when what was published until now was complete.
fn reflected(tree: Arc<VerifiedTree>, heads: Arc<HeadsView>, before: Option<Moment>) -> Reflected {
    let position = *heads.position();
    let root_text = BASE64.encode(&position.root);
    let complete_at = if position.size == tree.size() { tree.checkpoint().cosigned_at() } else { before };
    Reflected { tree, heads, position, root_text, complete_at }
}

fn remember(seen: &SeenFile, checkpoint: &VerifiedCheckpoint) -> Result<(), SeenFault> {
    seen.remember(Seen { size: checkpoint.size(), root: *checkpoint.root() })
}
