//! The log's arithmetic, against the `tlog_tiles` crate as an independent implementation.

mod by_hand;
mod checkpoint;
mod leaf;
mod merkle;
mod proof;
mod tile;
mod tree;

use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

use ed25519_dalek::SigningKey;
use hocba::tlog::Hash;
use hocba::tlog::checkpoint::{Checkpointer, VerifiedCheckpoint};
use hocba::tlog::merkle::leaf_hash;
use hocba::tlog::tile::{TileKind, TilePath, TreeEdge};
use hocba::tlog::tree::TileSource;
use hocba::transcript::time::Moment;
use tlog_tiles as reference;

const ORIGIN: &str = "hocba.example/log";

fn checkpointer() -> Checkpointer {
    Checkpointer::new(ORIGIN, SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32])).unwrap()
}

fn at(seconds: i64) -> Moment {
    Moment::from_millis(seconds * 1000).unwrap()
}

/// The leaf hash that every test log has at an index.
fn leaf(index: u64) -> Hash {
    leaf_hash(format!("leaf {index}").as_bytes())
}

/// A log in memory, written the way a ledger writes one.
#[derive(Default)]
struct MemoryLog {
    edge: TreeEdge,
    tiles: Mutex<HashMap<TilePath, Vec<u8>>>,
}

impl MemoryLog {
    fn of(size: u64) -> Self {
        let mut log = Self::default();
        log.grow(size, leaf);
        log
    }

    /// Appends up to `size` leaves and writes the tiles, the partial ones too.
    fn grow(&mut self, size: u64, leaf: impl Fn(u64) -> Hash) {
        let mut tiles = self.tiles.lock().unwrap();
        for index in self.edge.size()..size {
            self.edge.push(leaf(index), |path, row| {
                tiles.insert(path, row.concat());
            });
        }
        for (path, row) in self.edge.partials() {
            tiles.insert(path, row.concat());
        }
    }

    fn checkpoint(&self) -> VerifiedCheckpoint {
        checkpointer().issue(self.edge.size(), &self.edge.root(), at(1_760_000_000)).unwrap()
    }
}

impl TileSource for MemoryLog {
    fn hash_tile(&self, level: u8, index: u64, width: u16) -> io::Result<Vec<u8>> {
        let path = TilePath::new(TileKind::Hash(level), index, width).unwrap();
        let tiles = self.tiles.lock().unwrap();
        tiles.get(&path).or_else(|| tiles.get(&path.full())).cloned().ok_or(io::ErrorKind::NotFound.into())
    }
}

/// The same tree in the reference implementation.
#[derive(Default)]
struct Reference(Vec<reference::Hash>, u64);

impl reference::HashReader for Reference {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<reference::Hash>, reference::Error> {
        Ok(indexes.iter().map(|i| self.0[*i as usize]).collect())
    }
}

impl Reference {
    fn of(size: u64) -> Self {
        let mut tree = Self::default();
        for index in 0..size {
            let new = reference::stored_hashes_for_record_hash(index, reference::Hash(leaf(index)), &tree).unwrap();
            tree.0.extend(new);
            tree.1 += 1;
        }
        tree
    }

    fn root(&self, size: u64) -> Hash {
        reference::tree_hash(size, self).unwrap().0
    }
}

fn to_reference(hashes: &[Hash]) -> Vec<reference::Hash> {
    hashes.iter().map(|h| reference::Hash(*h)).collect()
}

fn from_reference(hashes: &[reference::Hash]) -> Vec<Hash> {
    hashes.iter().map(|h| h.0).collect()
}
