//! How tables of counts stay bounded.

use std::collections::HashMap;
use std::hash::Hash;

/// Sets a value; when that would make more than `most` keys, first forgets the half of them with the
/// smallest values. The work is done once for as many new keys as were forgotten.
pub(super) fn set<K: Eq + Hash, V: Ord + Copy>(map: &mut HashMap<K, V>, key: K, value: V, most: usize) {
    if map.len() >= most.max(2) && !map.contains_key(&key) {
        forget_smaller_half(map);
    }
    map.insert(key, value);
}

fn forget_smaller_half<K: Eq + Hash, V: Ord + Copy>(map: &mut HashMap<K, V>) {
    let mut values: Vec<V> = map.values().copied().collect();
    let half = values.len() / 2;
    let (below, middle, _) = values.select_nth_unstable(half);
    let mut of_the_middle = half - below.iter().filter(|value| *value < middle).count();
    map.retain(|_, value| {
        let goes = value == middle && of_the_middle > 0;
        of_the_middle -= usize::from(goes);
        *value >= *middle && !goes
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn half_goes_and_none_that_stays_is_smaller(values in prop::collection::vec(0..20u32, 2..200)) {
            let mut map: HashMap<usize, u32> = values.iter().copied().enumerate().collect();
            forget_smaller_half(&mut map);
            prop_assert_eq!(map.len(), values.len() - values.len() / 2);
            let smallest = map.values().min().copied().unwrap_or(0);
            let gone = values.iter().enumerate().filter(|(at, _)| !map.contains_key(at)).map(|(_, value)| *value);
            prop_assert!(gone.max().is_none_or(|largest| largest <= smallest));
        }

        #[test]
        fn there_are_never_more_keys_than_allowed(keys in prop::collection::vec(0..300u32, 0..600), most in 2..50usize) {
            let mut map = HashMap::new();
            for key in keys {
                set(&mut map, key, key % 7, most);
                prop_assert!(map.len() <= most);
                prop_assert!(map.contains_key(&key));
            }
        }
    }
}
