//! Finds the last committed state and removes whatever lies beyond it.
//!
//! Runs when a writer starts and again after any session that did not commit: a crash, a full disk and
//! a dropped session are the same case and take the same path.
//!
//! What a crash can leave behind, and what happens to it:
//!
//! | left behind | because the crash came | becomes |
//! |---|---|---|
//! | tiles, bundles beyond the checkpoint, whole or torn | before the checkpoint | removed |
//! | `commit.pending` and some extra files | before the checkpoint | the files it names are removed |
//! | `checkpoint.next`, torn | while it was written | removed: its signature does not verify |
//! | `checkpoint.next`, whole | before the rename, or a power cut undid the rename | published: everything it stands for was durable before it was written |
//! | partial tiles that a full one replaced | after the checkpoint | removed |
//!
//! A checkpoint restored from a backup beside newer files looks like a crash too, except that the partial
//! tiles it speaks of may have been replaced since; they are cut out of the wider ones first.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::bundle::{MAX_BUNDLE, Opener, Sealer};
use super::durable::{Disk, NEXT, parent};
use super::entry::BodyEntry;
use super::fault::LedgerFault;
use super::keys::SecretKey;
use super::layout::{self, CHECKPOINT, CHECKPOINT_NEXT, MAX_TILE, PENDING};
use crate::tlog::checkpoint::{CheckpointFault, LogVerifier, MAX_NOTE, VerifiedCheckpoint};
use crate::tlog::leaf::{LEAF_LEN, Leaf, decode_entries, encode_entries, leaf_hash};
use crate::tlog::merkle::Hash;
use crate::tlog::tile::{TileKind, TilePath, TreeEdge, entries_at, partial};
use crate::tlog::tree::{TileSource, VerifiedTree};
use crate::transcript::hex32;

/// A tree that someone has already relied on: the ledger must contain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Its size.
    pub size: u64,
    /// Its root.
    #[serde(with = "hex32")]
    pub root: Hash,
}

/// The committed state a session starts from.
#[derive(Debug)]
pub(super) struct State {
    pub(super) checkpoint: VerifiedCheckpoint,
    pub(super) edge: TreeEdge,
    /// `logged_at` of the last leaf; the next may not be smaller.
    pub(super) last_logged_at: u64,
    /// Leaves of the partial entry tile.
    pub(super) open_leaves: Vec<[u8; LEAF_LEN]>,
}

/// Hash tiles of a directory, in whatever width there still is.
pub(super) struct DiskTiles(pub(super) Arc<dyn Disk>);

impl TileSource for DiskTiles {
    fn hash_tile(&self, level: u8, index: u64, width: u16) -> io::Result<Vec<u8>> {
        let path = TilePath::new(TileKind::Hash(level), index, width).map_err(io::Error::other)?;
        layout::read_widening(&*self.0, path, |p| self.0.read(p, MAX_TILE)).map(|(_, bytes)| bytes)
    }
}

/// Reads and checks one checkpoint file; None if there is none.
pub(super) fn read_checkpoint(
    disk: &dyn Disk,
    verifier: &LogVerifier,
    file: &'static str,
) -> Result<Option<VerifiedCheckpoint>, LedgerFault> {
    match disk.read(file, MAX_NOTE) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => {
            Err(LedgerFault::Checkpoint { file, source: CheckpointFault::TooLong })
        }
        Err(e) => Err(LedgerFault::io(file)(e)),
        Ok(bytes) => verifier.verify(&bytes).map(Some).map_err(|source| LedgerFault::Checkpoint { file, source }),
    }
}

/// The checkpoint that counts (the published one, or the one that was about to be), and the tree that was
/// published.
pub(super) fn newest_checkpoint(
    disk: &dyn Disk,
    verifier: &LogVerifier,
) -> Result<Option<(VerifiedCheckpoint, Option<Seen>)>, LedgerFault> {
    // A published checkpoint is never torn. One that does not verify was damaged, and going on from
    // anything else would throw acknowledged entries away.
    let published = read_checkpoint(disk, verifier, CHECKPOINT)?;
    let next = match read_checkpoint(disk, verifier, CHECKPOINT_NEXT) {
        // Torn: the commit that wrote it was not acknowledged.
        Err(LedgerFault::Checkpoint { .. }) => None,
        other => other?,
    };
    let seen = published.as_ref().map(|p| Seen { size: p.size(), root: *p.root() });
    let newest = match (published, next) {
        (Some(published), Some(next)) if next.size() > published.size() => Some(next),
        (Some(published), _) => Some(published),
        (None, next) => next,
    };
    Ok(newest.map(|checkpoint| (checkpoint, seen)))
}

/// What a checkpoint stands for, as it was found.
pub(super) struct Found {
    pub(super) state: State,
    /// Files of the right edge that are only there in wider versions, beyond the checkpoint: so it looks
    /// after a checkpoint was restored that is older than the files beside it.
    missing: Vec<(String, Vec<u8>)>,
}

/// Reads the state at a checkpoint, which must contain every tree `seen`. Changes nothing.
pub(super) fn load(
    disk: &Arc<dyn Disk>,
    key: &SecretKey,
    checkpoint: VerifiedCheckpoint,
    seen: impl IntoIterator<Item = Seen>,
) -> Result<Found, LedgerFault> {
    let size = checkpoint.size();
    let tree = VerifiedTree::open(Arc::new(DiskTiles(disk.clone())), checkpoint.clone(), 0)?;
    seen.into_iter().try_for_each(|seen| check_seen(&tree, seen))?;
    let leaves = last_leaves(&**disk, &tree)?;
    let last_logged_at = match leaves.last() {
        Some(last) => Leaf::decode(last).map_err(|_| damaged_tail(size, "not a leaf"))?.logged_at,
        None => 0,
    };
    let open_leaves = if size & 0xff == 0 { Vec::new() } else { leaves };
    let state = State { checkpoint, edge: tree.edge(), last_logged_at, open_leaves };
    let missing = missing_edge(&**disk, key, &state)?;
    Ok(Found { state, missing })
}

impl Found {
    /// Writes the right edge in its own width, durably, before its wider versions are removed.
    pub(super) fn restore_edge(&self, disk: &dyn Disk) -> Result<(), LedgerFault> {
        for (path, bytes) in &self.missing {
            let mut dirs: Vec<&str> =
                std::iter::successors(Some(parent(path)), |dir| (!dir.is_empty()).then(|| parent(dir))).collect();
            for dir in dirs.iter().rev().filter(|dir| !dir.is_empty()) {
                disk.create_dir(dir).map_err(LedgerFault::io(dir))?;
            }
            disk.write(path, bytes).map_err(LedgerFault::io(path))?;
            for dir in dirs.drain(..) {
                disk.sync_dir(dir).map_err(LedgerFault::io(dir))?;
            }
        }
        Ok(())
    }
}

fn missing_edge(disk: &dyn Disk, key: &SecretKey, state: &State) -> Result<Vec<(String, Vec<u8>)>, LedgerFault> {
    let size = state.checkpoint.size();
    let mut edge: Vec<(TilePath, Vec<u8>)> =
        state.edge.partials().map(|(path, row)| (path, row.as_flattened().to_vec())).collect();
    edge.extend(partial(TileKind::Entries, size).map(|path| (path, encode_entries(&state.open_leaves))));
    let mut missing = Vec::new();
    for (path, bytes) in edge {
        let text = path.to_string();
        let (dir, name) = text.rsplit_once('/').unwrap_or(("", &text));
        if !disk.list(dir).map_err(LedgerFault::io(dir))?.iter().any(|file| file.name == name) {
            missing.push((text, bytes));
        }
    }
    missing.extend(missing_bundle(disk, key, state)?);
    Ok(missing)
}

fn check_seen(tree: &VerifiedTree, seen: Seen) -> Result<(), LedgerFault> {
    match seen.size {
        size if size > tree.size() => Err(LedgerFault::RolledBack { seen: size, found: tree.size() }),
        size if tree.root_at(size)? != seen.root => Err(LedgerFault::Forked { seen: size }),
        _ => Ok(()),
    }
}

fn damaged_tail(size: u64, what: &'static str) -> LedgerFault {
    let path = layout::tile_of(TileKind::Entries, size.saturating_sub(1), size);
    LedgerFault::Damaged { path: path.map_or_else(|| "tile/entries".into(), |p| p.to_string()), what }
}

/// The last entry tile, each leaf proved into the tree.
fn last_leaves(disk: &dyn Disk, tree: &VerifiedTree) -> Result<Vec<[u8; LEAF_LEN]>, LedgerFault> {
    let size = tree.size();
    let Some(path) = layout::tile_of(TileKind::Entries, size.saturating_sub(1), size) else { return Ok(Vec::new()) };
    let text = path.to_string();
    let (_, bytes) = layout::read_widening(disk, path, |p| disk.read(p, MAX_TILE)).map_err(LedgerFault::io(&text))?;
    let mut leaves = decode_entries(&bytes).map_err(|_| damaged_tail(size, "not a tile of leaves"))?;
    if leaves.len() < usize::from(path.width()) {
        return Err(damaged_tail(size, "shorter than the checkpoint says"));
    }
    leaves.truncate(usize::from(path.width()));
    for (index, leaf) in (path.index() << 8..).zip(&leaves) {
        tree.contains(index, &leaf_hash(leaf))?;
    }
    Ok(leaves)
}

/// The partial bundle is copied into the next one, so it has to be sound before anything is removed.
/// Answers with its file if that is only there in a wider version.
fn missing_bundle(disk: &dyn Disk, key: &SecretKey, state: &State) -> Result<Option<(String, Vec<u8>)>, LedgerFault> {
    let Some(path) = partial(TileKind::Bodies, state.checkpoint.size()) else { return Ok(None) };
    let text = path.to_string();
    let read = layout::read_widening(disk, path, |p| disk.read(p, MAX_BUNDLE));
    let (found, file) = read.map_err(LedgerFault::io(&text))?;
    let mut entries = Opener::new(key).all(path.index(), &file).map_err(LedgerFault::bundle(&text))?;
    if entries.len() != usize::from(found.width()) {
        return Err(LedgerFault::Damaged { path: text, what: "not as wide as its name says" });
    }
    entries.truncate(usize::from(path.width()));
    let belongs =
        |(entry, leaf): (&BodyEntry, &[u8; LEAF_LEN])| Leaf::decode(leaf).is_ok_and(|leaf| entry.facts.matches(&leaf));
    if !entries.iter().zip(&state.open_leaves).all(belongs) {
        return Err(LedgerFault::Damaged { path: text, what: "its facts are not what the leaves commit to" });
    }
    if found == path {
        return Ok(None);
    }
    let sealed = Sealer::new(key).and_then(|mut sealer| sealer.seal(path.index(), &entries));
    Ok(Some((text.clone(), sealed.map_err(LedgerFault::bundle(&text))?)))
}

/// Whether there is any entry at all.
pub(super) fn has_entries(disk: &dyn Disk) -> Result<bool, LedgerFault> {
    for dir in ["tile/entries", "bodies"] {
        if !disk.list(dir).map_err(LedgerFault::io(dir))?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes everything that the checkpoint does not stand for. Call it only once the checkpoint itself is
/// durable: whatever is removed here is then gone for good.
///
/// Removals are not synced. A power cut may bring garbage back, and the next start removes it again.
pub(super) fn remove_tail(disk: &dyn Disk, size: u64) -> Result<(), LedgerFault> {
    remove_pending_files(disk, size)?;
    disk.remove(CHECKPOINT_NEXT).map_err(LedgerFault::io(CHECKPOINT_NEXT))?;
    remove_in(disk, "tile", size)?;
    remove_in(disk, "bodies", size)?;
    Ok(())
}

/// Whether a committed tree of `size` leaves still needs the file.
fn is_needed(path: TilePath, size: u64) -> bool {
    let current = match path.kind() {
        // Clients may hold an older checkpoint; they may ask for any partial tile until the full one is
        // there (c2sp.org/tlog-tiles).
        TileKind::Hash(level) => path.is_full() || path.index() == entries_at(level, size) >> 8,
        TileKind::Entries => path.is_full() || path.index() == size >> 8,
        // Bodies are large and private: only the current partial bundle stays.
        TileKind::Bodies => path.is_full() || partial(TileKind::Bodies, size) == Some(path),
    };
    current && path.is_within(size)
}

/// Removes what is not needed in a directory; true if nothing is left in it.
fn remove_in(disk: &dyn Disk, dir: &str, size: u64) -> Result<bool, LedgerFault> {
    let mut empty = true;
    for entry in disk.list(dir).map_err(LedgerFault::io(dir))? {
        let path = format!("{dir}/{}", entry.name);
        let remove = match entry.is_dir {
            // The directories of full tiles and of levels stay even when empty.
            true => remove_in(disk, &path, size)? && entry.name.ends_with(".p"),
            // A file that is none of ours is left alone.
            false => match TilePath::parse(&path) {
                Ok(tile) => !is_needed(tile, size),
                Err(_) => path.ends_with(NEXT),
            },
        };
        match remove {
            true => disk.remove(&path).map_err(LedgerFault::io(&path))?,
            false => empty = false,
        }
    }
    Ok(empty)
}

/// Removes the partial versions of a tile or bundle that the checkpoint no longer needs.
pub(super) fn remove_partials(disk: &dyn Disk, tile: TilePath, size: u64) -> Result<(), LedgerFault> {
    let dir = format!("{}.p", tile.full());
    match remove_in(disk, &dir, size)? {
        true => disk.remove(&dir).map_err(LedgerFault::io(&dir)),
        false => Ok(()),
    }
}

/// Says which extra files the commit on top of `base` is about to write.
pub(super) fn pending_note<'a>(base: u64, paths: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut text = format!("hocba commit 1\nbase {base}\n");
    for path in paths {
        text.push_str("file ");
        text.push_str(path);
        text.push('\n');
    }
    let sum = data_encoding::HEXLOWER.encode(&Sha256::digest(&text));
    text.push_str(&format!("sha256 {sum}\n"));
    text.into_bytes()
}

fn parse_pending(bytes: &[u8]) -> Option<(u64, Vec<&str>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (signed, sum) = text.split_at_checked(text.rfind("sha256 ")?)?;
    let expected = data_encoding::HEXLOWER.encode(&Sha256::digest(signed));
    if sum.strip_prefix("sha256 ")?.strip_suffix('\n')? != expected {
        return None;
    }
    let mut lines = signed.lines();
    if lines.next()? != "hocba commit 1" {
        return None;
    }
    let base = lines.next()?.strip_prefix("base ")?.parse().ok()?;
    let paths = lines.map(|line| line.strip_prefix("file ").filter(|p| is_extra_path(p))).collect::<Option<_>>()?;
    Some((base, paths))
}

/// Whether a commit may write this file besides the log's own.
pub(super) fn is_extra_path(path: &str) -> bool {
    let mut parts = path.split('/');
    let place = parts.next().is_some_and(|first| [layout::PACKAGES, layout::QUARANTINE].contains(&first));
    let rest: Vec<&str> = parts.collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    };
    place && (1..=4).contains(&rest.len()) && rest.iter().all(plain) && !path.ends_with(NEXT)
}

/// Longest note about extra files.
const MAX_PENDING: usize = 1 << 20;

fn remove_pending_files(disk: &dyn Disk, size: u64) -> Result<(), LedgerFault> {
    let note = match disk.read(PENDING, MAX_PENDING) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        // Too long to be ours, so no extra file was written after it.
        Err(e) if e.kind() == io::ErrorKind::InvalidData => Vec::new(),
        other => other.map_err(LedgerFault::io(PENDING))?,
    };
    // A torn note was not durable, so none of its files had been written. A note whose base is not the
    // size of the checkpoint belongs to a commit that succeeded: its files are the package's own.
    if let Some((base, paths)) = parse_pending(&note)
        && base == size
    {
        for path in paths {
            disk.remove(path).map_err(LedgerFault::io(path))?;
            // The note may only go once its files are gone for good. The directory may be missing too.
            let dir = parent(path);
            match disk.sync_dir(dir) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(LedgerFault::io(dir)(e)),
                _ => {}
            }
        }
    }
    disk.remove(PENDING).map_err(LedgerFault::io(PENDING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pending_note_is_read_back_or_ignored_as_a_whole() {
        let paths = ["packages/22/7.lines", "packages/22/7.receipt"];
        let note = pending_note(300, paths.into_iter());
        assert_eq!(parse_pending(&note), Some((300, paths.to_vec())));
        for cut in 0..note.len() {
            assert_eq!(parse_pending(&note[..cut]), None, "cut at {cut}");
        }
        let outside = pending_note(300, ["checkpoint"].into_iter());
        assert_eq!(parse_pending(&outside), None);
    }

    #[test]
    fn only_files_of_packages_and_quarantine_are_extra() {
        for good in ["packages/22/7.receipt", "packages/bo/1.lines", "quarantine/22/7-12.line"] {
            assert!(is_extra_path(good), "{good}");
        }
        for bad in [
            "",
            "packages",
            "packages/",
            "checkpoint",
            "packages/../checkpoint",
            "/packages/1",
            "packages//1",
            "packages/1.next",
            "bodies/000",
            "packages/a b",
            "packages/.hidden",
        ] {
            assert!(!is_extra_path(bad), "{bad}");
        }
    }
}
