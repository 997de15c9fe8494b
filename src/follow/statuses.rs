//! Ledger → statuses, as they are logged: for whoever must be told that a transcript is not what it was. From a moment on,
//! forgotten with the process, and behind the answers, never in their way.
//!
//! Like the [`Registrar`](super::registrar::Registrar) it follows what a [`Follower`](super::Follower) has published, and
//! proves every leaf in the tree again: a tile that hides a withdrawal is a fault, not a silence.

use std::sync::Arc;

use super::again::BUNDLE;
use super::{FollowFault, Published, Reflected, derive, proved_leaves};
use crate::ledger::reader::LedgerReader;
use crate::tlog::leaf::Kind;
use crate::transcript::record::StatusEntry;
use crate::transcript::status::Status;
use crate::transcript::time::Moment;
use crate::transcript::{SheetId, TranscriptCode};

/// Bundles of a step.
const STEP_BUNDLES: u64 = 256;

/// A status that was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedStatus {
    /// The booklet.
    pub code: TranscriptCode,
    /// What happened.
    pub status: Status,
    /// To which sheet; None: the whole booklet.
    pub sheet: Option<SheetId>,
    /// From when.
    pub effective_at: Moment,
    /// Position in the ledger.
    pub position: u64,
    /// When it was logged.
    pub logged_at: Moment,
}

impl LoggedStatus {
    fn of(code: TranscriptCode, entry: &StatusEntry) -> Option<Self> {
        Some(Self {
            code,
            status: entry.status,
            sheet: entry.sheet,
            effective_at: entry.effective_at,
            position: entry.leaf.index,
            logged_at: Moment::from_millis(i64::try_from(entry.leaf.logged_at).ok()?)?,
        })
    }
}

/// Reads statuses on from where reading stopped.
pub struct Statuses {
    reader: Arc<LedgerReader>,
    published: Published,
    since: Moment,
    /// The next entry; None before the first step, which looks for it.
    next: Option<u64>,
}

impl Statuses {
    /// Of what was logged since; nothing is read yet.
    pub fn new(reader: Arc<LedgerReader>, published: Published, since: Moment) -> Self {
        Self { reader, published, since, next: None }
    }

    /// Reads on, in the order of the ledger; true when that is all there is.
    ///
    /// # Errors
    /// [`FollowFault`]; what this step would have read is read by the next one.
    pub fn step(&mut self, found: &mut Vec<LoggedStatus>) -> Result<bool, FollowFault> {
        let state = self.published.load_full();
        let size = state.position.size;
        let from = match self.next {
            Some(next) => next,
            None => self.first(size)?,
        };
        self.next = Some(from);
        if from >= size {
            return Ok(true);
        }
        let (first, last) = (from / BUNDLE, size.div_ceil(BUNDLE));
        let last = last.min(first + STEP_BUNDLES);
        let before = found.len();
        for bundle in first..last {
            if let Err(fault) = self.read_bundle(&state, bundle, from, found) {
                found.truncate(before);
                return Err(fault);
            }
        }
        let reached = (last * BUNDLE).min(size);
        self.next = Some(reached);
        Ok(reached == size)
    }

    fn read_bundle(
        &self,
        state: &Reflected,
        bundle: u64,
        from: u64,
        found: &mut Vec<LoggedStatus>,
    ) -> Result<(), FollowFault> {
        let width = (state.position.size - bundle * BUNDLE).min(BUNDLE) as u16;
        let leaves = proved_leaves(&self.reader, state, bundle, width, from)?;
        // Facts are decrypted only where there are statuses.
        if !leaves.iter().any(|(_, leaf)| leaf.kind == Kind::Status) {
            return Ok(());
        }
        let mut facts: Vec<_> = self.reader.facts(bundle, width)?.into_iter().map(Some).collect();
        for (index, leaf) in leaves.iter().filter(|(_, leaf)| leaf.kind == Kind::Status) {
            let entry = facts.get_mut((index - bundle * BUNDLE) as usize).and_then(Option::take);
            let entry = entry.filter(|entry| entry.matches(leaf)).ok_or(FollowFault::Leaf(*index))?;
            let unread = |reason| FollowFault::Facts { index: *index, reason };
            if let derive::Change::Status { code, entry } = derive::change(*index, leaf, entry, None).map_err(unread)? {
                found.extend(LoggedStatus::of(code, &entry).filter(|status| status.logged_at >= self.since));
            }
        }
        Ok(())
    }

    /// The beginning of the last bundle whose first entry was logged before `since`: times never go back.
    fn first(&self, size: u64) -> Result<u64, FollowFault> {
        let since = u64::try_from(self.since.as_millis()).unwrap_or(0);
        let (mut low, mut high) = (0, size.div_ceil(BUNDLE));
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.reader.leaf(middle * BUNDLE)?.logged_at < since {
                true => low = middle,
                false => high = middle,
            }
        }
        Ok(low * BUNDLE)
    }
}
