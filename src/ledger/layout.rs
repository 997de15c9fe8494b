//! Where things lie in the ledger's directory, and how a reader finds a tile that is being replaced by
//! a wider one.

use std::io;

use super::durable::{Disk, parent};
use crate::tlog::leaf::{LEAF_LEN, Leaf, decode_entries};
use crate::tlog::tile::{TileKind, TilePath};

/// The signed note that says how far everything else counts.
pub const CHECKPOINT: &str = "checkpoint";
/// A checkpoint that is durable and not yet published; recovery publishes it.
pub const CHECKPOINT_NEXT: &str = "checkpoint.next";
/// The writer's lock.
pub const LOCK: &str = "lock";
/// Names the extra files of the commit that is under way.
pub const PENDING: &str = "commit.pending";
/// Manifests, refused lines and receipts, by province and sequence.
pub const PACKAGES: &str = "packages";
/// Lines that wait for another province's word.
pub const QUARANTINE: &str = "quarantine";

/// One leaf in an entry tile: its length, then its bytes (c2sp.org/tlog-tiles).
pub const ENTRY_LEN: usize = 2 + LEAF_LEN;
/// Longest file of the tree: an entry tile.
pub const MAX_TILE: usize = 256 * ENTRY_LEN;

/// The leaves of an entry tile; None if any is not one.
pub fn read_leaves(tile: &[u8]) -> Option<Vec<Leaf>> {
    decode_entries(tile).ok()?.iter().map(|bytes| Leaf::decode(bytes).ok()).collect()
}

/// Where the tile with entry `index` of a tree of `size` leaves lies.
pub fn tile_of(kind: TileKind, index: u64, size: u64) -> Option<TilePath> {
    let tile = index >> 8;
    let width = size.checked_sub(tile << 8).filter(|_| index < size)?.min(256);
    TilePath::new(kind, tile, width as u16).ok()
}

/// How often a reader looks again for a tile that a writer is just replacing by a wider one.
const LOOKS: usize = 8;

/// Reads the tile at `path` or, once that is gone, the same tile in a wider version: a longer list that
/// begins with what was asked for. Partial tiles go when wider ones are committed, so a reader with the
/// checkpoint of a moment ago may come too late for exactly its width.
pub fn read_widening<T>(
    disk: &dyn Disk,
    path: TilePath,
    mut read: impl FnMut(&str) -> io::Result<T>,
) -> io::Result<(TilePath, T)> {
    let mut last = None;
    for _ in 0..LOOKS {
        for candidate in [Some(path), wider(disk, path)?].into_iter().flatten() {
            match read(&candidate.to_string()) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => last = Some(e),
                other => return other.map(|bytes| (candidate, bytes)),
            }
        }
        if path.is_full() {
            break;
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

/// The narrowest wider partial version there is, else the full one.
fn wider(disk: &dyn Disk, path: TilePath) -> io::Result<Option<TilePath>> {
    if path.is_full() {
        return Ok(None);
    }
    let text = path.to_string();
    let widths = disk.list(parent(&text))?;
    let width = widths.iter().filter_map(|f| f.name.parse::<u16>().ok()).filter(|w| *w > path.width()).min();
    Ok(width.and_then(|w| TilePath::new(path.kind(), path.index(), w).ok()).or(Some(path.full())))
}
