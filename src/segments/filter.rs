//! Which keys a segment surely lacks, so that a lookup reads a block of the one segment that has the key and not of
//! every newer one first: a blocked Bloom filter, one cache line a key.
//!
//! A filter may say "perhaps" of any key, and about one in a hundred times it does so in vain; "no" is certain. It
//! stands in the segment's footer, under the footer's checksum, and the hash below is part of the format: another one
//! would make keys disappear.

/// Bits of the filter for each key.
const BITS_PER_KEY: u64 = 10;
/// Words of one line: 512 bits, what a processor fetches at a time.
const LINE: usize = 8;
/// Bits that a key sets in its line.
const PROBES: usize = 6;
/// Bytes of a line.
pub(super) const LINE_LEN: usize = LINE * 8;

/// The filter of one segment.
#[derive(Debug)]
pub(super) struct Filter {
    lines: Vec<[u64; LINE]>,
}

impl Filter {
    /// An empty filter for at most so many keys; with more it says "perhaps" too often.
    pub(super) fn for_keys(at_most: u64) -> Self {
        let lines = (at_most.saturating_mul(BITS_PER_KEY)).div_ceil(LINE_LEN as u64 * 8).max(1);
        Self { lines: vec![[0; LINE]; usize::try_from(lines).unwrap_or(usize::MAX)] }
    }

    /// Reads [`Filter::encode`] back; None when that is no whole number of lines, or none.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let words: Vec<u64> = words.iter().map(|word| u64::from_be_bytes(*word)).collect();
        let (lines, odd) = words.as_chunks::<LINE>();
        (rest.is_empty() && odd.is_empty() && !lines.is_empty()).then(|| Self { lines: lines.to_vec() })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        self.lines.iter().flatten().flat_map(|word| word.to_be_bytes()).collect()
    }

    pub(super) fn line_count(&self) -> u64 {
        self.lines.len() as u64
    }

    pub(super) fn add(&mut self, key: &[u8]) {
        let (line, bits) = place(key, self.lines.len());
        if let Some(line) = self.lines.get_mut(line) {
            probes(bits).for_each(|bit| line[bit / 64] |= 1 << (bit % 64));
        }
    }

    /// Whether the segment may have the key; "no" is certain.
    pub(super) fn may_have(&self, key: &[u8]) -> bool {
        let (line, bits) = place(key, self.lines.len());
        self.lines.get(line).is_none_or(|line| probes(bits).all(|bit| line[bit / 64] >> (bit % 64) & 1 == 1))
    }
}

/// The line of a key among so many, and what its bits are taken from.
fn place(key: &[u8], lines: usize) -> (usize, u64) {
    let mixed = key.chunks(8).fold(key.len() as u64, |mixed, part| {
        let word = part.iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
        scramble(mixed ^ word)
    });
    let line = (u128::from(mixed) * lines as u128) >> 64;
    (line as usize, scramble(mixed))
}

/// The finalizer of SplitMix64: every bit of the result hangs on every bit of the number.
fn scramble(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// The bits of a key within its line: nine bits of the number name each.
fn probes(bits: u64) -> impl Iterator<Item = usize> {
    (0..PROBES).map(move |probe| (bits >> (9 * probe)) as usize % (LINE_LEN * 8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_key_is_ever_denied(keys in prop::collection::vec(any::<[u8; 24]>(), 0..400), at_most in 0u64..500) {
            let mut filter = Filter::for_keys(at_most);
            keys.iter().for_each(|key| filter.add(key));
            let read = Filter::decode(&filter.encode());
            prop_assert!(read.is_some_and(|read| keys.iter().all(|key| read.may_have(key))));
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), key: [u8; 16]) {
            if let Some(filter) = Filter::decode(&bytes) {
                prop_assert_eq!(filter.encode(), bytes);
                filter.may_have(&key);
            }
        }
    }

    /// Numbers in order are the worst keys one can think of; random ones do no better.
    #[test]
    fn few_keys_are_let_through_in_vain() {
        let mut filter = Filter::for_keys(10_000);
        (0u128..10_000).for_each(|key| filter.add(&key.to_be_bytes()));
        let vain = (10_000u128..110_000).filter(|key| filter.may_have(&key.to_be_bytes())).count();
        assert!(vain < 2_500, "{vain} of 100000");
    }

    /// The format: a key must be found by every later version of this software.
    #[test]
    fn the_hash_stays_what_it_is() {
        let mut filter = Filter::for_keys(200);
        filter.add(b"sixteen bytes !!");
        let bytes = filter.encode();
        let set: Vec<usize> = (0..bytes.len() * 8).filter(|bit| bytes[bit / 8] >> (bit % 8) & 1 == 1).collect();
        assert_eq!((filter.line_count(), set), (4, vec![6, 25, 114, 355, 408, 418]));
    }
}
