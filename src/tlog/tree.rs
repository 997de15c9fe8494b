//! A tree that was checked against a signed checkpoint and then proves leaves from memory.
//!
//! Hash tiles come from a store that is not trusted. Levels 1 and up (32 bytes for 256 leaves) and the ragged right
//! edge are read once and must give the checkpoint's root; a level-0 tile is read when a leaf of it is asked for, must
//! give its entry of level 1, and is then kept in a bounded cache. So a leaf that is found in its slot is proved into
//! the checkpoint, for the price of a cache look-up and a comparison; a flipped bit or a forged tile is an error.

use std::io;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::checkpoint::VerifiedCheckpoint;
use super::merkle::{self, Hash, Subtree};
use super::tile::{self, LEVELS, TILE_WIDTH, TileKind, TilePath, TreeEdge};

const FULL: usize = TILE_WIDTH as usize;

/// Where hash tiles come from. What it answers is checked; a lie costs an error, never a wrong proof.
pub trait TileSource: Send + Sync {
    /// The tile's bytes: `width` hashes, or more when only a wider version of the tile is left (the first `width` are
    /// used). A tile that is not there is an error of kind `NotFound`.
    ///
    /// # Errors
    /// Whatever reading it answers.
    fn hash_tile(&self, level: u8, index: u64, width: u16) -> io::Result<Vec<u8>>;
}

/// Why a tree or a leaf was not accepted. None of these means "not in the log".
#[derive(Debug, thiserror::Error)]
pub enum TreeFault {
    /// The tile could not be read.
    #[error("{path}: {source}")]
    Read {
        /// Which tile.
        path: TilePath,
        /// What happened.
        source: io::Error,
    },
    /// The tile is too short, too long, or no whole number of hashes.
    #[error("{path}: not a tile of this width")]
    Length {
        /// Which tile.
        path: TilePath,
    },
    /// The tile's hashes do not give its entry in the level above.
    #[error("{path}: its hashes do not give the hash that the level above has for it")]
    Tile {
        /// Which tile.
        path: TilePath,
    },
    /// The tiles do not give the checkpoint's root.
    #[error("the tiles do not give the checkpoint's root")]
    Root,
    /// A leaf or tree beyond the checkpoint.
    #[error("leaf or tree {asked} is beyond the checked tree of {size} leaves")]
    Range {
        /// What was asked for.
        asked: u64,
        /// What is checked.
        size: u64,
    },
    /// The log has another leaf there.
    #[error("the log has another leaf at {0}")]
    OtherLeaf(u64),
    /// The offered checkpoint is smaller than the one already checked: a rollback, or an old copy.
    #[error("the offered checkpoint has {offered} leaves, {checked} are already checked: the log was rolled back")]
    Rollback {
        /// Size already checked.
        checked: u64,
        /// Size offered.
        offered: u64,
    },
    /// The offered checkpoint does not extend the one already checked: the log was forked.
    #[error("the offered checkpoint of {offered} leaves does not extend the checked one of {checked}: a fork")]
    Fork {
        /// Size already checked.
        checked: u64,
        /// Size offered.
        offered: u64,
    },
}

/// The hashes of one tile.
type Row = Arc<[Hash]>;

#[derive(Debug, Clone, Copy)]
struct RowBytes;

impl Weighter<u64, Row> for RowBytes {
    fn weight(&self, _: &u64, row: &Row) -> u64 {
        // The hashes, and about what the cache itself spends on an entry.
        row.len() as u64 * 32 + 64
    }
}

/// Level-0 tiles by index. Only full tiles get in, and only under a root that every holder of the cache shares.
type RowCache = Cache<u64, Row, RowBytes>;

/// The rows of levels 1 and up, and the partial tile of level 0. Cheap to clone: rows are shared.
#[derive(Clone)]
struct Rows {
    size: u64,
    upper: Vec<Vec<Row>>,
    edge: Row,
}

/// A tree whose upper levels and right edge were checked against its checkpoint.
pub struct VerifiedTree {
    source: Arc<dyn TileSource>,
    checkpoint: VerifiedCheckpoint,
    rows: Rows,
    cache: Arc<RowCache>,
}

impl VerifiedTree {
    /// Reads levels 1 and up and the right edge, and checks them against the checkpoint. `cache_bytes` bounds the
    /// level-0 tiles kept for this tree and every tree that [`VerifiedTree::advance`] makes from it.
    ///
    /// # Errors
    /// [`TreeFault`]: a tile that can't be read or does not belong to this checkpoint.
    pub fn open(
        source: Arc<dyn TileSource>,
        checkpoint: VerifiedCheckpoint,
        cache_bytes: u64,
    ) -> Result<Self, TreeFault> {
        let rows = Rows::load(&*source, checkpoint.size(), None)?;
        if rows.root() != *checkpoint.root() {
            return Err(TreeFault::Root);
        }
        let tiles = usize::try_from(cache_bytes / (FULL as u64 * 32)).unwrap_or(usize::MAX).max(1);
        let cache = Arc::new(Cache::with_weighter(tiles, cache_bytes, RowBytes));
        Ok(Self { source, checkpoint, rows, cache })
    }

    /// The tree of a newer checkpoint of the same log. What is already checked is not read again. A checkpoint of the
    /// same tree keeps whichever cosignature is later.
    ///
    /// # Errors
    /// [`TreeFault::Rollback`] for a smaller tree, [`TreeFault::Fork`] for one that does not extend this one, and as
    /// [`VerifiedTree::open`].
    pub fn advance(&self, checkpoint: VerifiedCheckpoint) -> Result<Self, TreeFault> {
        let (checked, offered) = (self.checkpoint.size(), checkpoint.size());
        let same = |checkpoint, rows| Self { source: self.source.clone(), checkpoint, rows, cache: self.cache.clone() };
        if offered < checked {
            return Err(TreeFault::Rollback { checked, offered });
        }
        if offered == checked {
            if checkpoint.root() != self.checkpoint.root() {
                return Err(TreeFault::Fork { checked, offered });
            }
            let later = checkpoint.cosigned_at() >= self.checkpoint.cosigned_at();
            return Ok(same(if later { checkpoint } else { self.checkpoint.clone() }, self.rows.clone()));
        }
        let rows = Rows::load(&*self.source, offered, Some(&self.rows))?;
        if rows.root() != *checkpoint.root() {
            return Err(TreeFault::Root);
        }
        // Past the cache: until the old root is found again in the new tree, its tiles may be those of a fork.
        let old_root = merkle::root_at(checked, |subtree| rows.node(subtree, |at| rows.read(&*self.source, at)))?;
        match old_root == *self.checkpoint.root() {
            true => Ok(same(checkpoint, rows)),
            false => Err(TreeFault::Fork { checked, offered }),
        }
    }

    /// Proves that the leaf with this hash is leaf `index`.
    ///
    /// # Errors
    /// [`TreeFault::OtherLeaf`] when the log has another one; otherwise as [`VerifiedTree::open`].
    pub fn contains(&self, index: u64, leaf_hash: &Hash) -> Result<(), TreeFault> {
        match self.row(index >> 8)?.get((index & 0xff) as usize) {
            Some(logged) if logged == leaf_hash => Ok(()),
            Some(_) => Err(TreeFault::OtherLeaf(index)),
            None => Err(self.beyond(index)),
        }
    }

    /// The hash of leaf `index`, as logged.
    ///
    /// # Errors
    /// As [`VerifiedTree::open`], and [`TreeFault::Range`].
    pub fn leaf_hash(&self, index: u64) -> Result<Hash, TreeFault> {
        self.row(index >> 8)?.get((index & 0xff) as usize).copied().ok_or_else(|| self.beyond(index))
    }

    /// The root when the log had `size` leaves.
    ///
    /// # Errors
    /// As [`VerifiedTree::open`], and [`TreeFault::Range`].
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeFault> {
        self.within(size)?;
        match size == self.checkpoint.size() {
            true => Ok(*self.checkpoint.root()),
            false => merkle::root_at(size, |subtree| self.node(subtree)),
        }
    }

    /// The audit path of leaf `index` in the tree of `size` leaves.
    ///
    /// # Errors
    /// As [`VerifiedTree::open`], and [`TreeFault::Range`].
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeFault> {
        self.within(size)?;
        match index < size {
            true => merkle::inclusion_proof(index, size, |subtree| self.node(subtree)),
            false => Err(TreeFault::Range { asked: index, size }),
        }
    }

    /// The proof that the tree of `new` leaves extends the one of `old`.
    ///
    /// # Errors
    /// As [`VerifiedTree::open`], and [`TreeFault::Range`].
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeFault> {
        self.within(new)?;
        match old <= new {
            true => merkle::consistency_proof(old, new, |subtree| self.node(subtree)),
            false => Err(TreeFault::Range { asked: old, size: new }),
        }
    }

    /// The checkpoint that everything here was checked against.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }

    /// How many leaves are checked.
    pub fn size(&self) -> u64 {
        self.checkpoint.size()
    }

    /// The right edge, for a writer to append to.
    pub fn edge(&self) -> TreeEdge {
        let size = self.size();
        let row = |level: usize| {
            let width = tile::entries_at(level as u8, size) & 0xff;
            match (level, width) {
                (_, 0) => Vec::new(),
                (0, _) => self.rows.edge.to_vec(),
                _ => self.rows.upper.get(level - 1).and_then(|l| l.last()).map(|r| r.to_vec()).unwrap_or_default(),
            }
        };
        // The rows have the lengths that `Rows::load` gave them for this very size.
        TreeEdge::resume(size, std::array::from_fn(row)).unwrap_or_default()
    }

    fn within(&self, size: u64) -> Result<(), TreeFault> {
        if size <= self.size() { Ok(()) } else { Err(self.beyond(size)) }
    }

    fn beyond(&self, asked: u64) -> TreeFault {
        TreeFault::Range { asked, size: self.size() }
    }

    fn node(&self, subtree: Subtree) -> Result<Hash, TreeFault> {
        self.rows.node(subtree, |index| self.row(index))
    }

    /// The checked level-0 row with this index.
    fn row(&self, index: u64) -> Result<Row, TreeFault> {
        if let Some(row) = self.cache.get(&index) {
            return Ok(row);
        }
        let row = self.rows.read(&*self.source, index)?;
        if row.len() == FULL {
            self.cache.insert(index, row.clone());
        }
        Ok(row)
    }
}

impl Rows {
    /// Reads the rows of a tree of `size` leaves; full rows of `known` (a prefix of it) are taken over unread. Every
    /// full row that was read gives its entry of the level above; that the topmost give the root, and that the rows
    /// taken over belong, is for the caller to check.
    fn load(source: &dyn TileSource, size: u64, known: Option<&Self>) -> Result<Self, TreeFault> {
        let levels = (1..LEVELS as u8).take_while(|level| tile::entries_at(*level, size) > 0);
        let upper = levels
            .map(|level| {
                let known = known.and_then(|k| k.upper.get(usize::from(level) - 1)).map_or(&[][..], Vec::as_slice);
                load_level(source, level, size, known)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let edge = match tile::partial(TileKind::Hash(0), size) {
            Some(path) => read_row(source, path)?,
            None => Arc::from([]),
        };
        let rows = Self { size, upper, edge };
        rows.check_levels(known)?;
        Ok(rows)
    }

    fn check_levels(&self, known: Option<&Self>) -> Result<(), TreeFault> {
        for (level, rows) in (1u8..).zip(&self.upper) {
            let taken_over = known.and_then(|k| k.upper.get(usize::from(level) - 1)).map_or(0, |r| full_rows(r));
            for (index, row) in (0u64..).zip(rows).skip(taken_over).filter(|(_, row)| row.len() == FULL) {
                self.check_row(level, index, row)?;
            }
        }
        Ok(())
    }

    /// A full row must give its entry of the level above.
    fn check_row(&self, level: u8, index: u64, row: &Row) -> Result<(), TreeFault> {
        let above = self.upper.get(usize::from(level)).and_then(|rows| rows.get((index >> 8) as usize));
        match above.and_then(|above| above.get((index & 0xff) as usize)) {
            Some(hash) if merkle::root(row) == *hash => Ok(()),
            _ => Err(TreeFault::Tile { path: path(level, index, TILE_WIDTH)? }),
        }
    }

    /// Reads and checks a level-0 row. The partial one was checked when the tree was.
    fn read(&self, source: &dyn TileSource, index: u64) -> Result<Row, TreeFault> {
        if index == self.size >> 8 {
            return Ok(self.edge.clone());
        }
        if index > self.size >> 8 {
            return Err(TreeFault::Range { asked: index << 8, size: self.size });
        }
        let row = read_row(source, path(0, index, TILE_WIDTH)?)?;
        self.check_row(0, index, &row)?;
        Ok(row)
    }

    /// The hash of a perfect subtree that lies within the tree.
    fn node(&self, subtree: Subtree, leaves: impl FnOnce(u64) -> Result<Row, TreeFault>) -> Result<Hash, TreeFault> {
        let beyond = TreeFault::Range { asked: subtree.index.saturating_mul(1 << subtree.height), size: self.size };
        let (level, within) = ((subtree.height / 8) as usize, subtree.height % 8);
        let first = subtree.index << within;
        let row = match level {
            0 => leaves(first >> 8)?,
            _ => match self.upper.get(level - 1).and_then(|rows| rows.get((first >> 8) as usize)) {
                Some(row) => row.clone(),
                None => return Err(beyond),
            },
        };
        let from = (first & 0xff) as usize;
        row.get(from..from + (1 << within)).map(merkle::root).ok_or(beyond)
    }

    /// The root, from the partial row of every level.
    fn root(&self) -> Hash {
        let mut peaks = Vec::new();
        for (level, rows) in self.upper.iter().enumerate().rev() {
            // A level that ends with a full row has that row's hash in the level above.
            if tile::entries_at(level as u8 + 1, self.size) & 0xff > 0 {
                tile::push_peaks(rows.last().map_or(&[], |row| row), &mut peaks);
            }
        }
        tile::push_peaks(&self.edge, &mut peaks);
        merkle::fold_peaks(&peaks)
    }
}

fn full_rows(rows: &[Row]) -> usize {
    rows.iter().take_while(|row| row.len() == FULL).count()
}

fn load_level(source: &dyn TileSource, level: u8, size: u64, known: &[Row]) -> Result<Vec<Row>, TreeFault> {
    let mut rows = known[..full_rows(known)].to_vec();
    let entries = tile::entries_at(level, size);
    while (rows.len() as u64) < entries.div_ceil(256) {
        let index = rows.len() as u64;
        let width = (entries - index * 256).min(u64::from(TILE_WIDTH)) as u16;
        rows.push(read_row(source, path(level, index, width)?)?);
    }
    Ok(rows)
}

fn path(level: u8, index: u64, width: u16) -> Result<TilePath, TreeFault> {
    TilePath::new(TileKind::Hash(level), index, width).map_err(|_| TreeFault::Range { asked: index, size: 0 })
}

fn read_row(source: &dyn TileSource, path: TilePath) -> Result<Row, TreeFault> {
    let TileKind::Hash(level) = path.kind() else { return Err(TreeFault::Length { path }) };
    let bytes =
        source.hash_tile(level, path.index(), path.width()).map_err(|source| TreeFault::Read { path, source })?;
    let hashes = tile::parse_hashes(&bytes).map_err(|_| TreeFault::Length { path })?;
    hashes.get(..usize::from(path.width())).map(Arc::from).ok_or(TreeFault::Length { path })
}
