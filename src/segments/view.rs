//! What readers hold: one immutable picture of the table.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::merge::{Merge, Source};
use super::segment::{BlockCache, Segment};
use super::{Found, TableFault, Value};

/// Entries since the last flush. The standard hasher is seeded: keys come from others and could be
/// chosen to collide.
pub(super) type Delta<const K: usize, V> = HashMap<[u8; K], V>;

/// The table in one state.
pub struct View<const K: usize, V, S> {
    pub(super) state: S,
    /// Oldest first.
    pub(super) deltas: Vec<Arc<Delta<K, V>>>,
    /// Oldest first; all older than the deltas.
    pub(super) segments: Vec<Arc<Segment<K>>>,
    pub(super) waiting: Waiting,
    pub(super) cache: Arc<BlockCache>,
}

impl<const K: usize, V: Value, S> View<K, V, S> {
    /// The state that was published together with this view.
    pub fn state(&self) -> &S {
        &self.state
    }

    /// The value under a key; None means that the table in this state has none, for sure.
    ///
    /// # Errors
    /// [`TableFault::Corrupt`] or [`TableFault::Io`]: says nothing about the key.
    pub fn get(&self, key: &[u8; K]) -> Result<Option<Found<V>>, TableFault> {
        let fresh = self.deltas.iter().rev().find_map(|delta| delta.get(key));
        let found = match fresh {
            Some(value) => Some(Found::Fresh(value.clone())),
            None => self.get_stored(key)?,
        };
        Ok(found.filter(|value| !value.as_ref().is_empty()))
    }

    fn get_stored(&self, key: &[u8; K]) -> Result<Option<Found<V>>, TableFault> {
        for segment in self.segments.iter().rev() {
            if let Some(value) = segment.get(key, &self.cache)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// What seems to stand under a key, without any checksum and past the cache, shown to `use_it`: for a caller
    /// that holds a digest of what it looks for. Absence may be wrong too. `block` is scratch.
    ///
    /// # Errors
    /// [`TableFault::Corrupt`] or [`TableFault::Io`]: says nothing about the key.
    pub fn peek<R>(
        &self,
        key: &[u8; K],
        block: &mut Vec<u8>,
        use_it: impl FnOnce(&[u8]) -> R,
    ) -> Result<Option<R>, TableFault> {
        if let Some(value) = self.deltas.iter().rev().find_map(|delta| delta.get(key)) {
            let value = value.as_ref();
            return Ok((!value.is_empty()).then(|| use_it(value)));
        }
        for segment in self.segments.iter().rev() {
            if let Some(place) = segment.peek(key, block)? {
                return Ok(block.get(place).filter(|value| !value.is_empty()).map(use_it));
            }
        }
        Ok(None)
    }

    /// Every entry in ascending order of keys, read past the cache. After an error nothing follows.
    pub fn entries(&self) -> impl Iterator<Item = Result<([u8; K], Found<V>), TableFault>> + '_ {
        let segments = self.segments.iter().rev().map(|segment| Box::new(segment.entries()) as Source<'_, K, V>);
        Merge::new(self.sorted_deltas().chain(segments)).without_removed()
    }

    /// The entries whose keys are in this range, in ascending order, read past the cache: only the
    /// blocks that may hold one. After an error nothing follows.
    pub fn range(
        &self,
        keys: RangeInclusive<[u8; K]>,
    ) -> impl Iterator<Item = Result<([u8; K], Found<V>), TableFault>> + '_ {
        let (first, last) = keys.into_inner();
        let segments = self.segments.iter().rev();
        let segments = segments.map(move |segment| Box::new(segment.entries_from(&first)) as Source<'_, K, V>);
        Merge::new(self.sorted_deltas().chain(segments))
            .without_removed()
            .skip_while(move |entry| matches!(entry, Ok((key, _)) if *key < first))
            .take_while(move |entry| !matches!(entry, Ok((key, _)) if *key > last))
    }

    /// What a flush writes: the deltas alone, merged and sorted, removals among them.
    pub(super) fn delta_entries(&self) -> Merge<'_, K, V> {
        Merge::new(self.sorted_deltas())
    }

    fn sorted_deltas(&self) -> impl Iterator<Item = Source<'_, K, V>> {
        self.deltas.iter().rev().map(|delta| {
            let mut entries: Vec<(&[u8; K], &V)> = delta.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            Box::new(entries.into_iter().map(|(key, value)| Ok((*key, Found::Fresh(value.clone())))))
                as Source<'_, K, V>
        })
    }

    /// How many segments a lookup may have to read; for status pages.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// An upper bound of the number of keys: one that was written several times may count as often.
    pub fn entries_at_most(&self) -> u64 {
        self.segments.iter().map(|segment| segment.row().entries).sum::<u64>() + self.waiting.entries as u64
    }

    /// What is in memory and not in segments yet.
    pub fn waiting(&self) -> Waiting {
        self.waiting
    }

    /// Bytes of the segments, without their footers.
    pub fn stored_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.row().bytes).sum()
    }
}

/// What is in memory and not in segments yet; a key written twice may count twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many entries.
    pub entries: usize,
    /// Bytes of their keys and values.
    pub bytes: usize,
}

/// Adds a delta as the newest. Neighbours of similar size become one, so that there are few to look
/// into and an entry is copied a logarithmic number of times, not once a batch.
pub(super) fn push_tiered<const K: usize, V: Value>(deltas: &mut Vec<Arc<Delta<K, V>>>, fresh: Delta<K, V>) {
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
