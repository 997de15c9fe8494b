//! The tree that proves leaves from tiles it does not trust.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hocba::tlog::merkle::{verify_consistency, verify_inclusion};
use hocba::tlog::tile::{TileKind, TilePath};
use hocba::tlog::tree::*;

use super::{MemoryLog, Reference, at, checkpointer, leaf};

const CACHE: u64 = 1 << 20;

fn open(log: MemoryLog) -> Result<VerifiedTree, TreeFault> {
    let checkpoint = log.checkpoint();
    VerifiedTree::open(Arc::new(log), checkpoint, CACHE)
}

#[test]
fn every_leaf_is_proved_and_no_other() {
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 600] {
        let tree = open(MemoryLog::of(size)).unwrap();
        for index in 0..size {
            tree.contains(index, &leaf(index)).unwrap();
            assert_eq!(tree.leaf_hash(index).unwrap(), leaf(index));
            assert!(matches!(tree.contains(index, &leaf(index + 1)), Err(TreeFault::OtherLeaf(i)) if i == index));
        }
        for beyond in [size, size + 255, size + 256, u64::MAX] {
            assert!(matches!(tree.contains(beyond, &leaf(0)), Err(TreeFault::Range { .. })), "{size} {beyond}");
        }
    }
}

#[test]
fn an_empty_log_opens() {
    let tree = open(MemoryLog::default()).unwrap();
    assert_eq!(tree.root_at(0).unwrap(), hocba::tlog::merkle::empty_root());
    assert!(matches!(tree.contains(0, &leaf(0)), Err(TreeFault::Range { .. })));
    assert!(tree.inclusion_proof(0, 0).is_err());
}

#[test]
fn roots_and_proofs_at_every_size() {
    let reference = Reference::of(65_600);
    for (size, sizes) in
        [(600, (0..=600).collect::<Vec<_>>()), (65_600, vec![1, 256, 300, 65_535, 65_536, 65_537, 65_600])]
    {
        let tree = open(MemoryLog::of(size)).unwrap();
        for at in sizes {
            let root = tree.root_at(at).unwrap();
            assert_eq!(root, reference.root(at));
            for index in [0, at / 2, at.saturating_sub(1)].into_iter().filter(|i| *i < at) {
                let proof = tree.inclusion_proof(index, at).unwrap();
                verify_inclusion(&leaf(index), index, at, &proof, &root).unwrap();
            }
            let proof = tree.consistency_proof(at, size).unwrap();
            verify_consistency(at, &root, size, &reference.root(size), &proof).unwrap();
        }
        assert!(tree.root_at(size + 1).is_err());
        assert!(tree.inclusion_proof(0, size + 1).is_err());
        assert!(tree.inclusion_proof(size, size).is_err());
        assert!(tree.consistency_proof(1, size + 1).is_err());
        assert!(tree.consistency_proof(3, 2).is_err());
    }
}

#[test]
fn the_edge_of_a_checked_tree_is_the_writers() {
    for size in [0, 1, 256, 600, 65_536, 65_600] {
        let log = MemoryLog::of(size);
        let edge = log.edge.clone();
        assert_eq!(open(log).unwrap().edge(), edge);
    }
}

#[test]
fn a_log_that_grows() {
    let sizes = [0, 1, 100, 255, 256, 257, 300, 512, 5_000, 65_535, 65_536, 65_537, 70_000];
    let mut log = MemoryLog::default();
    let checkpoints: Vec<_> = sizes
        .iter()
        .map(|size| {
            log.grow(*size, leaf);
            log.checkpoint()
        })
        .collect();
    let source = Arc::new(log);
    for (i, old) in checkpoints.iter().enumerate() {
        let tree = VerifiedTree::open(source.clone(), old.clone(), CACHE).unwrap();
        for (j, new) in checkpoints.iter().enumerate() {
            match tree.advance(new.clone()) {
                Ok(grown) if i <= j => {
                    assert_eq!(grown.size(), new.size());
                    for index in [0, old.size(), new.size() / 2, new.size().saturating_sub(1)] {
                        assert_eq!(grown.contains(index, &leaf(index)).is_ok(), index < new.size());
                    }
                }
                Err(TreeFault::Rollback { checked, offered }) if i > j => {
                    assert_eq!((checked, offered), (old.size(), new.size()));
                }
                other => panic!("{} to {}: {:?}", old.size(), new.size(), other.err()),
            }
        }
    }
}

#[test]
fn a_later_cosignature_of_the_same_tree() {
    let log = MemoryLog::of(300);
    let (first, root) = (log.checkpoint(), log.edge.root());
    let later = checkpointer().renew(&first, at(1_760_000_060)).unwrap();
    let tree = VerifiedTree::open(Arc::new(log), first.clone(), CACHE).unwrap();
    let tree = tree.advance(later.clone()).unwrap();
    assert_eq!(tree.checkpoint().cosigned_at(), later.cosigned_at());
    // A replayed older one changes nothing.
    assert_eq!(tree.advance(first).unwrap().checkpoint().cosigned_at(), later.cosigned_at());
    let other = checkpointer().issue(300, &leaf(9), at(1_760_000_120)).unwrap();
    assert!(matches!(tree.advance(other), Err(TreeFault::Fork { .. })));
    assert_eq!(tree.root_at(300).unwrap(), root);
}

/// Serves one log until told to serve the other.
struct Switch([MemoryLog; 2], AtomicUsize);

impl TileSource for Switch {
    fn hash_tile(&self, level: u8, index: u64, width: u16) -> std::io::Result<Vec<u8>> {
        self.0[self.1.load(Ordering::SeqCst)].hash_tile(level, index, width)
    }
}

#[test]
fn a_forked_log_is_refused_and_leaves_no_trace() {
    for (old, new) in [(300, 301), (300, 600), (512, 513), (512, 70_000), (65_536, 65_537), (1, 256)] {
        let mut forked = MemoryLog::default();
        // The fork differs in the last leaf that was already checked.
        forked.grow(new, |i| if i == old - 1 { leaf(u64::MAX) } else { leaf(i) });
        let fork = forked.checkpoint();
        let honest = MemoryLog::of(old);
        let checkpoint = honest.checkpoint();
        let mut grown = MemoryLog::of(old);
        grown.grow(new, leaf);
        let honest_checkpoint = grown.checkpoint();
        let source = Arc::new(Switch([grown, forked], AtomicUsize::new(0)));
        let tree = VerifiedTree::open(source.clone(), checkpoint, CACHE).unwrap();
        source.1.store(1, Ordering::SeqCst);
        assert!(matches!(tree.advance(fork), Err(TreeFault::Fork { .. })), "{old} {new}");
        source.1.store(0, Ordering::SeqCst);
        let tree = tree.advance(honest_checkpoint).unwrap();
        for index in (0..new).step_by(7).chain([old - 1]) {
            tree.contains(index, &leaf(index)).unwrap();
        }
    }
}

/// One flip in each tile, at each byte that has a role of its own: every hash is one.
#[test]
fn a_flipped_bit_in_any_tile_is_an_error() {
    const SIZE: u64 = 3_000;
    let paths: Vec<TilePath> = MemoryLog::of(SIZE).tiles.lock().unwrap().keys().copied().collect();
    assert_eq!(paths.len(), 11 + 1 + 1);
    for path in paths {
        for (hash, byte, bit) in (0..path.width()).step_by(5).flat_map(|h| [(h, 0, 0), (h, 13, 5), (h, 31, 7)]) {
            let log = MemoryLog::of_cached(SIZE);
            log.tiles.lock().unwrap().get_mut(&path).unwrap()[usize::from(hash) * 32 + byte] ^= 1 << bit;
            let Ok(tree) = open(log) else {
                assert!(path.kind() != TileKind::Hash(0) || !path.is_full());
                continue;
            };
            assert_eq!((path.kind(), path.is_full()), (TileKind::Hash(0), true));
            let first = path.index() * 256;
            for index in [first, first + u64::from(hash), first + 255] {
                assert!(matches!(tree.contains(index, &leaf(index)), Err(TreeFault::Tile { .. })));
                assert!(tree.inclusion_proof(index, SIZE).is_err());
            }
            let untouched = (first + 256) % (11 * 256);
            tree.contains(untouched, &leaf(untouched)).unwrap();
        }
    }
}

impl MemoryLog {
    /// A copy of one log, built once.
    fn of_cached(size: u64) -> Self {
        use std::sync::OnceLock;
        static LOG: OnceLock<MemoryLog> = OnceLock::new();
        let log = LOG.get_or_init(|| Self::of(size));
        let tiles = log.tiles.lock().unwrap().clone();
        Self { edge: log.edge.clone(), tiles: tiles.into() }
    }
}

#[test]
fn missing_short_and_ragged_tiles_are_errors() {
    let paths: Vec<TilePath> = MemoryLog::of(600).tiles.lock().unwrap().keys().copied().collect();
    for path in paths {
        for keep in [
            None,
            Some(0),
            Some(31),
            Some(usize::from(path.width()) * 32 - 1),
            Some(usize::from(path.width() - 1) * 32),
        ] {
            let log = MemoryLog::of(600);
            match keep {
                None => drop(log.tiles.lock().unwrap().remove(&path)),
                Some(length) => log.tiles.lock().unwrap().get_mut(&path).unwrap().truncate(length),
            }
            let proved = open(log).and_then(|tree| tree.contains(path.index() * 256, &leaf(path.index() * 256)));
            match (keep, proved) {
                (None, Err(TreeFault::Read { source, .. })) => assert_eq!(source.kind(), std::io::ErrorKind::NotFound),
                (Some(_), Err(TreeFault::Length { .. })) => {}
                (keep, other) => panic!("{path} {keep:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_wider_tile_serves_for_a_partial_one_that_is_gone() {
    let old = MemoryLog::of(300).checkpoint();
    let mut log = MemoryLog::of(300);
    log.grow(70_000, leaf);
    log.tiles.lock().unwrap().retain(|path, _| path.is_full());
    let tree = VerifiedTree::open(Arc::new(log), old, CACHE);
    // Level 0 became full; level 1 did too.
    tree.unwrap().contains(299, &leaf(299)).unwrap();
}

#[test]
fn a_checkpoint_of_another_tree_does_not_open() {
    let other = MemoryLog::of(601).checkpoint();
    assert!(VerifiedTree::open(Arc::new(MemoryLog::of(600)), other, CACHE).is_err());
    let wrong_root = checkpointer().issue(600, &leaf(3), at(1)).unwrap();
    assert!(matches!(VerifiedTree::open(Arc::new(MemoryLog::of(600)), wrong_root, CACHE), Err(TreeFault::Root)));
}

#[test]
fn the_cache_is_bounded_and_shared() {
    struct Counting(MemoryLog, AtomicUsize);
    impl TileSource for Counting {
        fn hash_tile(&self, level: u8, index: u64, width: u16) -> std::io::Result<Vec<u8>> {
            self.1.fetch_add(1, Ordering::SeqCst);
            self.0.hash_tile(level, index, width)
        }
    }
    let mut log = MemoryLog::of(20_000);
    let first = log.checkpoint();
    log.grow(20_100, leaf);
    let second = log.checkpoint();
    let source = Arc::new(Counting(log, AtomicUsize::new(0)));
    let tree = VerifiedTree::open(source.clone(), first, CACHE).unwrap();
    let reads = || source.1.swap(0, Ordering::SeqCst);
    reads();
    (0..2_560).for_each(|i| tree.contains(i, &leaf(i)).unwrap());
    assert_eq!(reads(), 10);
    let tree = tree.advance(second).unwrap();
    reads();
    (0..2_560).for_each(|i| tree.contains(i, &leaf(i)).unwrap());
    assert_eq!(reads(), 0);
    // No room at all: every leaf is still proved.
    let tiny = VerifiedTree::open(source.clone(), tree.checkpoint().clone(), 0).unwrap();
    (0..600).for_each(|i| tiny.contains(i, &leaf(i)).unwrap());
}

/// Not a test: prints what a proof costs. Run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn what_a_proof_costs() {
    let size = 300_000;
    let tree = open(MemoryLog::of(size)).map(Arc::new);
    let tree = tree.unwrap();
    let tree =
        Arc::new(VerifiedTree::open(Arc::new(MemoryLog::of(size)), tree.checkpoint().clone(), 64 << 20).unwrap());
    let leaves: Vec<_> = (0..size).map(leaf).collect();
    let run = |what: &str| {
        let started = std::time::Instant::now();
        let mut index = 1u64;
        for _ in 0..size {
            index = (index * 48_271) % 2_147_483_647;
            let i = index % size;
            tree.contains(i, &leaves[i as usize]).unwrap();
        }
        println!("{what}: {} ns a leaf", started.elapsed().as_nanos() / u128::from(size));
    };
    run("cold, 8 KiB tile read and checked on a miss");
    run("warm");
}
