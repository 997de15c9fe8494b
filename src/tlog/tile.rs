//! c2sp.org/tlog-tiles: where a tree's tiles and bundles lie, and what is in them.

use std::fmt;

use super::merkle::{self, Hash};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// Highest level of a tile path in the specification.
pub const MAX_LEVEL: u8 = 63;
/// Levels that a tree of up to 2^64 leaves can have.
pub const LEVELS: usize = 8;
/// Largest tile index: its last entry still has a 64-bit index.
pub const MAX_INDEX: u64 = u64::MAX >> 8;

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of one level: `tile/<L>/…`.
    Hash(u8),
    /// The public leaves: `tile/entries/…`.
    Entries,
    /// The private bodies, parallel to the entries and never served: `bodies/…`.
    Bodies,
}

/// The path of a tile or bundle. Its text is canonical: one path, one spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// Why a path was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileFault {
    /// Level above 63, width outside 1–256, or an index whose entries would not have 64-bit indices.
    #[error("no tile has this level, index or width")]
    Range,
    /// Not the one spelling of a tile path.
    #[error("not a tile path such as tile/0/x001/234 or tile/entries/000.p/17")]
    Spelling,
    /// A hash tile that is not a whole number of hashes, at most 256.
    #[error("a hash tile holds 1 to 256 hashes of 32 bytes")]
    Length,
}

impl TilePath {
    /// A path; `width` 256 is a full tile.
    ///
    /// # Errors
    /// [`TileFault::Range`].
    pub fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, TileFault> {
        let level_exists = !matches!(kind, TileKind::Hash(level) if level > MAX_LEVEL);
        match level_exists && index <= MAX_INDEX && (1..=TILE_WIDTH).contains(&width) {
            true => Ok(Self { kind, index, width }),
            false => Err(TileFault::Range),
        }
    }

    /// What lies there.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Position among the tiles of its kind.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has all 256 entries. Full tiles never change.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Whether the specification has this path; bodies are private.
    pub fn is_public(&self) -> bool {
        self.kind != TileKind::Bodies
    }

    /// The same tile with all 256 entries.
    pub fn full(&self) -> Self {
        Self { width: TILE_WIDTH, ..*self }
    }

    /// Whether a log that had any tree up to this size may still have this tile: all of its entries are in the tree.
    pub fn is_within(&self, size: u64) -> bool {
        self.index.saturating_mul(256).saturating_add(u64::from(self.width)) <= entries_at(level_of(self.kind), size)
    }

    /// Reads the one spelling.
    ///
    /// # Errors
    /// [`TileFault`]: anything else.
    pub fn parse(text: &str) -> Result<Self, TileFault> {
        // The longest path there is: `tile/entries/` and six groups and `.p/255`.
        if text.len() > 64 {
            return Err(TileFault::Spelling);
        }
        let (kind, rest) = parse_kind(text)?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, parse_decimal(width).filter(|w| (1..=255).contains(w)).map(|w| w as u16)),
            None => (rest, Some(TILE_WIDTH)),
        };
        Self::new(kind, parse_index(index)?, width.ok_or(TileFault::Spelling)?)
    }
}

fn parse_kind(text: &str) -> Result<(TileKind, &str), TileFault> {
    if let Some(rest) = text.strip_prefix("bodies/") {
        return Ok((TileKind::Bodies, rest));
    }
    let rest = text.strip_prefix("tile/").ok_or(TileFault::Spelling)?;
    let (level, rest) = rest.split_once('/').ok_or(TileFault::Spelling)?;
    if level == "entries" {
        return Ok((TileKind::Entries, rest));
    }
    let level = parse_decimal(level).filter(|l| *l <= u64::from(MAX_LEVEL)).ok_or(TileFault::Spelling)?;
    Ok((TileKind::Hash(level as u8), rest))
}

/// ASCII decimal without leading zeroes.
fn parse_decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    (digits && !leading_zero).then(|| text.parse().ok()).flatten()
}

/// `x001/x234/067`: groups of three digits, all but the last behind an `x`, the first not `x000`.
fn parse_index(text: &str) -> Result<u64, TileFault> {
    if text.starts_with("x000") {
        return Err(TileFault::Spelling);
    }
    let mut groups = text.split('/').peekable();
    let mut index = 0u64;
    while let Some(group) = groups.next() {
        let digits = match groups.peek() {
            Some(_) => group.strip_prefix('x').ok_or(TileFault::Spelling)?,
            None => group,
        };
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TileFault::Spelling);
        }
        let value = digits.bytes().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        index = index.checked_mul(1000).and_then(|n| n.checked_add(value)).ok_or(TileFault::Range)?;
    }
    Ok(index)
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hash(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
            TileKind::Bodies => f.write_str("bodies/")?,
        }
        let mut unit = 1u64;
        while self.index / unit >= 1000 {
            unit *= 1000;
        }
        while unit > 1 {
            write!(f, "x{:03}/", self.index / unit % 1000)?;
            unit /= 1000;
        }
        write!(f, "{:03}", self.index % 1000)?;
        match self.is_full() {
            true => Ok(()),
            false => write!(f, ".p/{}", self.width),
        }
    }
}

/// The level whose entries a kind has: bundles have one entry a leaf, as level 0 does.
fn level_of(kind: TileKind) -> u8 {
    match kind {
        TileKind::Hash(level) => level,
        TileKind::Entries | TileKind::Bodies => 0,
    }
}

/// How many hashes level `level` has in a tree of `size` leaves.
pub fn entries_at(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// The tiles of one kind that a tree of `new` leaves has and one of `old` leaves has not: those to be written when the
/// tree grows. Full tiles first, then at most one partial.
pub fn changed(kind: TileKind, old: u64, new: u64) -> impl Iterator<Item = TilePath> {
    let level = level_of(kind);
    let (old, new) = (entries_at(level, old), entries_at(level, new));
    let first = old >> 8;
    let full = (first..new >> 8).map(move |index| TilePath { kind, index, width: TILE_WIDTH });
    let width = (new & 0xff) as u16;
    let partial = (width > 0 && new > old).then_some(TilePath { kind, index: new >> 8, width });
    full.chain(partial)
}

/// [`changed`] for the hash tiles of every level, lowest level first.
pub fn changed_hashes(old: u64, new: u64) -> impl Iterator<Item = TilePath> {
    (0..LEVELS as u8).flat_map(move |level| changed(TileKind::Hash(level), old, new))
}

/// The partial tile or bundle of one kind at this size, if there is one. Once the tree has grown past it, it may go.
pub fn partial(kind: TileKind, size: u64) -> Option<TilePath> {
    let entries = entries_at(level_of(kind), size);
    let width = (entries & 0xff) as u16;
    (width > 0).then_some(TilePath { kind, index: entries >> 8, width })
}

/// The hashes of a tile.
///
/// # Errors
/// [`TileFault::Length`] unless there are 1 to 256 whole hashes.
pub fn parse_hashes(tile: &[u8]) -> Result<Vec<Hash>, TileFault> {
    let (hashes, rest) = tile.as_chunks::<32>();
    match rest.is_empty() && (1..=usize::from(TILE_WIDTH)).contains(&hashes.len()) {
        true => Ok(hashes.to_vec()),
        false => Err(TileFault::Length),
    }
}

/// The growing right edge of a tree, as its writer holds it: the partial tile of every level, at most 8 × 8 KiB.
/// Full tiles are handed out as they fill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeEdge {
    size: u64,
    rows: [Vec<Hash>; LEVELS],
}

impl TreeEdge {
    /// The edge of an existing tree, from its partial tiles. `None` unless each row has the length that `size` gives it.
    /// Whether the hashes are right shows in [`TreeEdge::root`].
    pub fn resume(size: u64, rows: [Vec<Hash>; LEVELS]) -> Option<Self> {
        let fits = |(level, row): (usize, &Vec<Hash>)| row.len() as u64 == entries_at(level as u8, size) & 0xff;
        rows.iter().enumerate().all(fits).then_some(Self { size, rows })
    }

    /// Appends a leaf hash and hands every tile that became full to `full`, lowest level first.
    pub fn push(&mut self, leaf_hash: Hash, mut full: impl FnMut(TilePath, &[Hash])) {
        let mut hash = leaf_hash;
        self.size += 1;
        for (level, row) in self.rows.iter_mut().enumerate() {
            row.push(hash);
            if row.len() < usize::from(TILE_WIDTH) {
                return;
            }
            let index = (entries_at(level as u8, self.size) >> 8) - 1;
            full(TilePath { kind: TileKind::Hash(level as u8), index, width: TILE_WIDTH }, row);
            hash = merkle::root(row);
            row.clear();
        }
    }

    /// The partial tiles as they are now, lowest level first.
    pub fn partials(&self) -> impl Iterator<Item = (TilePath, &[Hash])> {
        self.rows
            .iter()
            .enumerate()
            .filter_map(|(level, row)| Some((partial(TileKind::Hash(level as u8), self.size)?, row.as_slice())))
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut peaks = Vec::new();
        for row in self.rows.iter().rev() {
            push_peaks(row, &mut peaks);
        }
        merkle::fold_peaks(&peaks)
    }
}

/// Appends the roots of a partial row's perfect subtrees, widest first.
pub(super) fn push_peaks(mut row: &[Hash], peaks: &mut Vec<Hash>) {
    while !row.is_empty() {
        let (left, right) = row.split_at(1 << row.len().ilog2());
        peaks.push(merkle::root(left));
        row = right;
    }
}
