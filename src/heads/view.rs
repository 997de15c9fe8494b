//! What readers hold: one immutable picture of the table.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::merge::Merge;
use super::segment::{BlockCache, Entry, Segment};
use super::{HeadKey, HeadsFault, Position};
use crate::transcript::record::HeadDigest;

/// Entries since the last flush. The standard hasher is seeded: codes come from provinces and could
/// be chosen to collide.
pub(super) type Delta = HashMap<HeadKey, HeadDigest>;

/// The table at one position.
#[derive(Clone)]
pub struct HeadsView {
    pub(super) position: Position,
    /// Oldest first.
    pub(super) deltas: Vec<Arc<Delta>>,
    /// Oldest first; all older than the deltas.
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) cache: Arc<BlockCache>,
}

impl HeadsView {
    pub(super) fn new(
        position: Position,
        deltas: Vec<Arc<Delta>>,
        segments: Vec<Arc<Segment>>,
        cache: Arc<BlockCache>,
    ) -> Self {
        Self { position, deltas, segments, cache }
    }

    /// The ledger state this view reflects: the `as_of` of every answer made from it.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The digest of the current record under a code or sheet id; None means that the ledger at
    /// [`HeadsView::position`] holds nothing under it, for sure.
    ///
    /// # Errors
    /// [`HeadsFault::Corrupt`] or [`HeadsFault::Io`]: says nothing about the key.
    pub fn get(&self, key: &HeadKey) -> Result<Option<HeadDigest>, HeadsFault> {
        if let Some(digest) = self.deltas.iter().rev().find_map(|delta| delta.get(key)) {
            return Ok(Some(*digest));
        }
        for segment in self.segments.iter().rev() {
            if let Some(digest) = segment.get(key, &self.cache)? {
                return Ok(Some(digest));
            }
        }
        Ok(None)
    }

    /// Every key with its digest, in ascending order, read past the cache: for audits and copies.
    /// After an error nothing follows.
    pub fn entries(&self) -> impl Iterator<Item = Result<(HeadKey, HeadDigest), HeadsFault>> + '_ {
        let segments = self.segments.iter().rev().map(|segment| Box::new(segment.entries()) as Box<_>);
        Merge::new(self.sorted_deltas().chain(segments))
    }

    /// What a flush writes: the deltas alone, merged and sorted.
    pub(super) fn delta_entries(&self) -> Merge<'_> {
        Merge::new(self.sorted_deltas())
    }

    fn sorted_deltas(&self) -> impl Iterator<Item = Box<dyn Iterator<Item = Result<Entry, HeadsFault>> + '_>> {
        self.deltas.iter().rev().map(|delta| {
            let mut entries: Vec<Entry> = delta.iter().map(|(key, digest)| (*key, *digest)).collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            Box::new(entries.into_iter().map(Ok)) as Box<_>
        })
    }

    /// How many segments a lookup may have to read; for status pages.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// An upper bound of the number of keys: one that was written several times may count as often.
    pub fn entries_at_most(&self) -> u64 {
        let waiting: usize = self.deltas.iter().map(|delta| delta.len()).sum();
        self.segments.iter().map(|segment| segment.row().entries).sum::<u64>() + waiting as u64
    }
}

/// Codes do not belong in logs.
impl fmt::Debug for HeadsView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadsView")
            .field("size", &self.position.size)
            .field("segments", &self.segments.len())
            .finish_non_exhaustive()
    }
}

/// Adds a delta as the newest. Neighbours of similar size become one, so that there are few to look
/// into and an entry is copied a logarithmic number of times, not once a batch.
pub(super) fn push_tiered(deltas: &mut Vec<Arc<Delta>>, fresh: Delta) {
    if fresh.is_empty() {
        return;
    }
    let mut newest = fresh;
    while let Some(older) = deltas.pop_if(|older| older.len() <= newest.len().saturating_mul(3)) {
        let mut joined = Arc::unwrap_or_clone(older);
        joined.extend(newest);
        newest = joined;
    }
    deltas.push(Arc::new(newest));
}
