//! Roots and proofs.

use hocba::tlog::Hash;
use hocba::tlog::merkle::*;
use proptest::prelude::*;
use tlog_tiles as reference;

use super::{Reference, from_reference, leaf, to_reference};

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(leaf).collect()
}

#[test]
fn rfc_6962_examples() {
    let hex = |h: Hash| data_encoding::HEXLOWER.encode(&h);
    assert_eq!(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hex(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    // The eight inputs of the certificate-transparency test suites.
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let hashes: Vec<Hash> = inputs.iter().map(|i| leaf_hash(i)).collect();
    assert_eq!(hex(root(&hashes)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    assert_eq!(hex(root(&hashes[..7])), "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
}

#[test]
fn roots_and_proofs_agree_with_tlog_tiles() {
    let tree = Reference::of(600);
    let all = leaves(600);
    let mut builder = TreeBuilder::default();
    assert_eq!(builder.root(), empty_root());
    for size in 1..=600u64 {
        builder.push(leaf(size - 1));
        let root = builder.root();
        assert_eq!((root, builder.size()), (tree.root(size), size));
        for index in [0, 1, size / 3, size / 2, size.saturating_sub(2), size - 1] {
            if index >= size {
                continue;
            }
            let proof = path(&all[..size as usize], index as usize).unwrap();
            assert_eq!(proof, from_reference(&reference::prove_record(size, index, &tree).unwrap()));
            assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, &root), Ok(()));
            let (root, leaf) = (reference::Hash(root), reference::Hash(leaf(index)));
            reference::check_record(&to_reference(&proof), size, root, index, leaf).unwrap();
        }
    }
}

#[test]
fn consistency_agrees_with_tlog_tiles() {
    let tree = Reference::of(300);
    let all = leaves(300);
    let node = |s: Subtree| {
        let from = (s.index << s.height) as usize;
        Ok::<_, ()>(root(&all[from..from + (1 << s.height)]))
    };
    for new in 1..=300u64 {
        for old in (1..=new).filter(|old| new < 70 || old % 17 == 0 || old.is_power_of_two() || new - old < 3) {
            let proof = consistency_proof(old, new, node).unwrap();
            let (old_root, new_root) = (tree.root(old), tree.root(new));
            assert_eq!(verify_consistency(old, &old_root, new, &new_root, &proof), Ok(()), "{old} {new}");
            assert_eq!(proof, from_reference(&reference::prove_tree(new, old, &tree).unwrap()), "{old} {new}");
            reference::check_tree(
                &to_reference(&proof),
                new,
                reference::Hash(new_root),
                old,
                reference::Hash(old_root),
            )
            .unwrap();
        }
    }
}

#[test]
fn consistency_with_nothing_and_with_itself() {
    let (empty, one) = (empty_root(), leaf(0));
    assert_eq!(verify_consistency(0, &empty, 1, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(0, &empty, 0, &empty, &[]), Ok(()));
    assert_eq!(verify_consistency(0, &one, 1, &one, &[]), Err(MerkleFault::Root));
    assert_eq!(verify_consistency(0, &empty, 0, &one, &[]), Err(MerkleFault::Root));
    assert_eq!(verify_consistency(0, &empty, 1, &one, &[one]), Err(MerkleFault::Length));
    assert_eq!(verify_consistency(1, &one, 1, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(1, &one, 1, &leaf(1), &[]), Err(MerkleFault::Root));
    assert_eq!(verify_consistency(1, &one, 1, &one, &[one]), Err(MerkleFault::Length));
    assert_eq!(verify_consistency(2, &one, 1, &one, &[]), Err(MerkleFault::Range));
}

#[test]
fn no_path_beyond_the_leaves() {
    assert_eq!(path(&leaves(3), 3), None);
    assert_eq!(path(&[], 0), None);
    assert_eq!(path(&leaves(1), 0), Some(vec![]));
}

/// Every way to spoil a proof a little.
fn mutations(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut out = vec![[proof, &[[0; 32]]].concat(), [&[[0; 32]], proof].concat()];
    for i in 0..proof.len() {
        for bit in [0, 77, 255] {
            let mut flipped = proof.to_vec();
            flipped[i][bit / 8] ^= 1 << (bit % 8);
            out.push(flipped);
        }
        let mut removed = proof.to_vec();
        removed.remove(i);
        out.push(removed);
        if i > 0 {
            let mut swapped = proof.to_vec();
            swapped.swap(i, i - 1);
            out.push(swapped);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spoiled_inclusion_proofs_are_refused(size in 1u64..200, pick in any::<prop::sample::Index>()) {
        let index = pick.index(size as usize) as u64;
        let all = leaves(size);
        let (proof, root) = (path(&all, index as usize).unwrap(), root(&all));
        for spoiled in mutations(&proof) {
            prop_assert!(verify_inclusion(&leaf(index), index, size, &spoiled, &root).is_err());
        }
        prop_assert!(verify_inclusion(&leaf(index + 1), index, size, &proof, &root).is_err());
        prop_assert_eq!(verify_inclusion(&leaf(index), size, size, &proof, &root), Err(MerkleFault::Range));
        for other in (0..size).filter(|other| *other != index) {
            prop_assert!(verify_inclusion(&leaf(index), other, size, &proof, &root).is_err());
        }
    }

    #[test]
    fn spoiled_consistency_proofs_are_refused(new in 2u64..200, pick in any::<prop::sample::Index>()) {
        let old = 1 + pick.index(new as usize - 1) as u64;
        let all = leaves(new);
        let node = |s: Subtree| {
            let from = (s.index << s.height) as usize;
            Ok::<_, ()>(root(&all[from..from + (1 << s.height)]))
        };
        let proof = consistency_proof(old, new, node).unwrap();
        let (old_root, new_root) = (root(&all[..old as usize]), root(&all));
        for spoiled in mutations(&proof) {
            prop_assert!(verify_consistency(old, &old_root, new, &new_root, &spoiled).is_err());
        }
        prop_assert!(verify_consistency(old, &new_root, new, &old_root, &proof).is_err());
    }

    #[test]
    fn arbitrary_proofs_never_pass_or_panic(
        index in any::<u64>(), size in any::<u64>(),
        proof in proptest::collection::vec(any::<[u8; 32]>(), 0..70), root in any::<[u8; 32]>(),
    ) {
        prop_assert!(verify_inclusion(&leaf(0), index, size, &proof, &root).is_err());
        prop_assert!(verify_consistency(index, &leaf(0), size, &root, &proof).is_err());
    }
}
