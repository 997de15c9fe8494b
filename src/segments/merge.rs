//! Merging sorted runs: which segments to merge, and how.

use std::iter::Peekable;
use std::sync::Arc;

use super::Value;
use super::segment::{Read, Segment};

/// Each segment is kept more than this many times larger than all newer ones together: few segments
/// to look into, and each entry is rewritten a few times per fourfold growth of the table.
const RATIO: u64 = 3;

/// From which segment on the run to the end should become one; None: leave it.
pub(super) fn due<const K: usize>(segments: &[Arc<Segment<K>>]) -> Option<usize> {
    let sizes: Vec<u64> = segments.iter().map(|segment| segment.row().bytes).collect();
    run_start(&sizes)
}

fn run_start(sizes: &[u64]) -> Option<usize> {
    let newer = |at: usize| sizes[at + 1..].iter().sum::<u64>();
    (0..sizes.len().saturating_sub(1)).find(|at| sizes[*at] <= newer(*at).saturating_mul(RATIO))
}

/// Entries in ascending order of keys.
pub(super) type Source<'a, const K: usize, V> = Box<dyn Iterator<Item = Read<K, V>> + 'a>;

/// Sorted runs as one sorted run; where a key is in several, the newest counts.
pub(super) struct Merge<'a, const K: usize, V> {
    newest_first: Vec<Peekable<Source<'a, K, V>>>,
}

impl<'a, const K: usize, V: Value> Merge<'a, K, V> {
    pub(super) fn new(newest_first: impl Iterator<Item = Source<'a, K, V>>) -> Self {
        Self { newest_first: newest_first.map(Iterator::peekable).collect() }
    }

    /// Leaves out removed keys: where nothing older could hold them.
    pub(super) fn without_removed(self) -> impl Iterator<Item = Read<K, V>> + 'a
    where
        V: 'a,
    {
        self.filter(|entry| !matches!(entry, Ok((_, value)) if value.as_ref().is_empty()))
    }

    /// The smallest next key; a source that failed comes first of all.
    fn smallest(&mut self) -> Option<Result<[u8; K], usize>> {
        let mut smallest = None;
        for (at, source) in self.newest_first.iter_mut().enumerate() {
            match source.peek() {
                Some(Err(_)) => return Some(Err(at)),
                Some(Ok((key, _))) if smallest.is_none_or(|least| *key < least) => smallest = Some(*key),
                _ => {}
            }
        }
        smallest.map(Ok)
    }
}

impl<const K: usize, V: Value> Iterator for Merge<'_, K, V> {
    type Item = Read<K, V>;

    fn next(&mut self) -> Option<Self::Item> {
        let key = match self.smallest()? {
            Ok(key) => key,
            Err(at) => {
                let fault = self.newest_first[at].next();
                // After a fault there is nothing more to say that could be relied on.
                self.newest_first.clear();
                return fault;
            }
        };
        let mut newest = None;
        for source in &mut self.newest_first {
            let held = source.next_if(|entry| matches!(entry, Ok((other, _)) if *other == key));
            newest = newest.or(held);
        }
        newest
    }
}

/// The merge of neighbouring segments, given oldest first.
pub(super) fn of_segments<const K: usize, V: Value>(oldest_first: &[Arc<Segment<K>>]) -> Merge<'_, K, V> {
    Merge::new(oldest_first.iter().rev().map(|segment| Box::new(segment.entries()) as Source<'_, K, V>))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_few_and_each_is_much_larger_than_all_newer_ones() {
        let mut sizes: Vec<u64> = Vec::new();
        let mut rewritten = 0;
        for _ in 0..10_000 {
            sizes.push(1);
            if let Some(from) = run_start(&sizes) {
                let run: u64 = sizes.drain(from..).sum();
                rewritten += run;
                sizes.push(run);
            }
            for at in 0..sizes.len() {
                let newer: u64 = sizes[at + 1..].iter().sum();
                assert!(newer == 0 || sizes[at] > RATIO * newer);
            }
        }
        assert!(sizes.len() <= 7);
        assert!(rewritten <= 10_000 * 20, "each entry was rewritten {} times", rewritten / 10_000);
    }

    #[test]
    fn nothing_is_due_for_none_or_one() {
        assert_eq!((run_start(&[]), run_start(&[7])), (None, None));
        assert_eq!(run_start(&[100, 10]), None);
        assert_eq!(run_start(&[100, 20, 10]), Some(1));
        assert_eq!(run_start(&[100, 30, 5]), Some(0));
    }
}
