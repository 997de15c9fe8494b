//! RFC 6962 Merkle trees over SHA-256: hashes, roots, inclusion and consistency proofs.
//!
//! Nothing here reads a store. Proofs are made from a function that gives the hash of a perfect
//! subtree, so the same code serves a package's lines in memory and a log's tiles.

use sha2::{Digest, Sha256};

/// A SHA-256 digest: of a leaf, a node or a tree.
pub type Hash = [u8; 32];

/// RFC 6962 leaf hash: SHA-256(0x00 ‖ data).
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new_with_prefix([0u8]).chain_update(data).finalize().into()
}

/// RFC 6962 node hash: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [1u8; 65];
    input[1..33].copy_from_slice(left);
    input[33..].copy_from_slice(right);
    Sha256::digest(input).into()
}

/// Root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Root of a tree from its perfect subtrees, widest first.
pub fn fold_peaks(peaks: &[Hash]) -> Hash {
    let mut from_right = peaks.iter().rev();
    let Some(last) = from_right.next() else { return empty_root() };
    from_right.fold(*last, |right, left| node_hash(left, &right))
}

/// Root of the tree over these leaf hashes.
pub fn root(leaf_hashes: &[Hash]) -> Hash {
    let mut tree = TreeBuilder::default();
    leaf_hashes.iter().for_each(|hash| tree.push(*hash));
    tree.root()
}

/// A tree that grows by one leaf hash at a time and keeps only its perfect subtrees (at most 64 hashes).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeBuilder {
    size: u64,
    peaks: Vec<Hash>,
}

impl TreeBuilder {
    /// Appends a leaf, given its hash.
    pub fn push(&mut self, leaf_hash: Hash) {
        let mut right = leaf_hash;
        // Each trailing one bit of the old size is a perfect subtree as wide as the one being carried.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            right = node_hash(&left, &right);
        }
        self.peaks.push(right);
        self.size += 1;
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Hash {
        fold_peaks(&self.peaks)
    }

    /// How many leaves were pushed.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// A perfect subtree: leaves `index << height .. (index + 1) << height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subtree {
    /// 0 for a leaf.
    pub height: u32,
    /// Position among the subtrees of this height.
    pub index: u64,
}

/// The perfect subtrees of the leaves `from..to`, left to right. `from` must be aligned to the widest of them, as it
/// is wherever RFC 6962 splits a tree.
pub fn peaks(from: u64, to: u64) -> impl Iterator<Item = Subtree> {
    let mut at = from;
    std::iter::from_fn(move || {
        let left = to.checked_sub(at).filter(|left| *left > 0)?;
        let height = left.ilog2();
        let peak = Subtree { height, index: at >> height };
        at += 1 << height;
        Some(peak)
    })
}

fn range_hash<E>(from: u64, to: u64, node: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    let peaks: Vec<Hash> = peaks(from, to).map(node).collect::<Result<_, E>>()?;
    Ok(fold_peaks(&peaks))
}

/// Root of the first `size` leaves.
///
/// # Errors
/// Whatever `node` answers.
pub fn root_at<E>(size: u64, mut node: impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    range_hash(0, size, &mut node)
}

/// The largest power of two smaller than `n` (RFC 6962's k). `n` is at least 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The audit path of leaf `index` in the tree of the first `size` leaves: sibling of the leaf first.
/// Empty when `index` is not in the tree (no proof of that kind verifies).
///
/// # Errors
/// Whatever `node` answers.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    mut node: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    if index >= size {
        return Ok(proof);
    }
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(range_hash(middle, to, &mut node)?);
            to = middle;
        } else {
            proof.push(range_hash(from, middle, &mut node)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the first `old` leaves is a prefix of the tree of the first `new` ones
/// (RFC 6962 §2.1.2). Empty when `old` is 0, equal to `new`, or beyond it.
///
/// # Errors
/// Whatever `node` answers.
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    mut node: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut from, mut to) = (0, new);
    // Walk down to the subtree that ends where the old tree ends, noting the other side of every fork.
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range_hash(middle, to, &mut node)?);
            to = middle;
        } else {
            proof.push(range_hash(from, middle, &mut node)?);
            from = middle;
        }
    }
    if from > 0 {
        proof.push(range_hash(from, to, &mut node)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The audit path of leaf `index` among these leaf hashes; `None` when there is no such leaf.
pub fn path(leaf_hashes: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaf_hashes.len() {
        return None;
    }
    inclusion_proof(index as u64, leaf_hashes.len() as u64, |subtree| {
        let from = (subtree.index << subtree.height) as usize;
        leaf_hashes.get(from..from + (1 << subtree.height)).map(root).ok_or(())
    })
    .ok()
}

/// Why a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MerkleFault {
    /// The leaf lies beyond the tree, or the older tree is the larger one.
    #[error("the proof is about a leaf or a tree beyond the size it is checked against")]
    Range,
    /// Too few or too many hashes for these sizes.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that the leaf with this hash is leaf `index` of the tree with this size and root (RFC 9162 §2.1.3.2).
///
/// # Errors
/// [`MerkleFault`]: no such leaf, wrong length, another root.
pub fn verify_inclusion(
    leaf_hash: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), MerkleFault> {
    if index >= size {
        return Err(MerkleFault::Range);
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf_hash);
    for sibling in proof {
        if last == 0 {
            return Err(MerkleFault::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            // A right edge without a sibling on these levels moves up unhashed.
            let up = at.trailing_zeros();
            (at, last) = (at >> up, last >> up);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(MerkleFault::Root),
        _ => Err(MerkleFault::Length),
    }
}

/// Checks that the tree (`old`, `old_root`) is a prefix of the tree (`new`, `new_root`) (RFC 9162 §2.1.4.2).
///
/// # Errors
/// [`MerkleFault`]: the old tree is larger, wrong length, another root.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), MerkleFault> {
    if old > new {
        return Err(MerkleFault::Range);
    }
    if old == 0 || old == new {
        let expected = if old == 0 { empty_root() } else { *new_root };
        return match (proof.is_empty(), expected == *old_root && (new > 0 || expected == *new_root)) {
            (true, true) => Ok(()),
            (true, false) => Err(MerkleFault::Root),
            (false, _) => Err(MerkleFault::Length),
        };
    }
    // An old tree that is itself a perfect subtree is its own first hash.
    let (seed, rest) = match old.is_power_of_two() {
        true => (*old_root, proof),
        false => proof.split_first().map(|(first, rest)| (*first, rest)).ok_or(MerkleFault::Length)?,
    };
    let up = (old - 1).trailing_ones();
    let (mut at, mut last) = ((old - 1) >> up, (new - 1) >> up);
    let (mut old_hash, mut new_hash) = (seed, seed);
    for sibling in rest {
        if last == 0 {
            return Err(MerkleFault::Length);
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            let up = at.trailing_zeros();
            (at, last) = (at >> up, last >> up);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match (last, old_hash == *old_root && new_hash == *new_root) {
        (0, true) => Ok(()),
        (0, false) => Err(MerkleFault::Root),
        _ => Err(MerkleFault::Length),
    }
}
