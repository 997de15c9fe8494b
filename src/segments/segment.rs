//! Segments: sorted, immutable files, each block under a checksum of its own.
//!
//! ```text
//! segment = block… ‖ footer
//! footer  = for each block: first key[K] ‖ SHA-256 cut to 16 bytes ‖ offset of its end u64
//!         ‖ filter (filter.rs) ‖ last key[K] ‖ entries u64 ‖ magic[8]
//! block   = (key[K] ‖ value[N])…                              values of one length
//!         | (key[K] ‖ end of value u32)… ‖ value… ‖ rows u32  values of any length
//! ```
//!
//! The manifest holds the footer's SHA-256, so nothing in a segment is believed for its own sake.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::filter::{self, Filter};
use super::manifest::Row;
use super::{Found, Shape, TableFault, Value};

/// Blocks are closed before they outgrow this, so that with the allocator's overhead they stay one
/// page of memory; a longer value has a block to itself.
const BLOCK_LEN: usize = 4080;
const MAGIC: &[u8; 8] = b"HOCBASG2";

/// Key and value.
pub(super) type Entry<const K: usize, V> = ([u8; K], Found<V>);
/// Key and value of one entry, or what stands in their way.
pub(super) type Read<const K: usize, V> = Result<Entry<K, V>, TableFault>;

/// Verified blocks by segment and number. Ids are never used twice while a table is open, so a block
/// is what it was when it was verified.
pub(super) type BlockCache = Cache<(u64, u32), Arc<[u8]>, BlockWeight>;

/// A block weighs its bytes and the cache's own for it.
#[derive(Debug, Clone)]
pub(super) struct BlockWeight;

impl Weighter<(u64, u32), Arc<[u8]>> for BlockWeight {
    fn weight(&self, _: &(u64, u32), block: &Arc<[u8]>) -> u64 {
        block.len() as u64 + 96
    }
}

pub(super) fn block_cache(bytes: u64) -> BlockCache {
    let blocks = usize::try_from(bytes).unwrap_or(usize::MAX) / BLOCK_LEN + 1;
    Cache::with_weighter(blocks, bytes, BlockWeight)
}

/// File name of a segment.
pub(super) fn name(id: u64) -> String {
    format!("{id:016x}.seg")
}

/// Whether a file name is a segment's.
pub(super) fn is_name(name: &str) -> bool {
    name.ends_with(".seg")
}

const fn tail_len(key: usize) -> usize {
    key + 16
}

const fn footer_row_len(key: usize) -> usize {
    key + 24
}

/// An open segment: the sparse index in memory, the blocks on disk.
#[derive(Debug)]
pub(super) struct Segment<const K: usize> {
    file: File,
    row: Row,
    shape: Shape,
    first_keys: Vec<[u8; K]>,
    checks: Vec<[u8; 16]>,
    ends: Vec<u64>,
    filter: Filter,
    last_key: [u8; K],
}

impl<const K: usize> Segment<K> {
    /// Opens a file and verifies its length and footer against the manifest.
    pub(super) fn open(dir: &Path, row: &Row, shape: Shape) -> Result<Self, TableFault> {
        let name = name(row.id);
        let file = match File::open(dir.join(&name)) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(TableFault::corrupt(name, "missing")),
            Err(e) => return Err(TableFault::io(name)(e)),
        };
        let length = file.metadata().map_err(TableFault::io(name.as_str()))?.len();
        let footer_len = footer_len(row, K, length).ok_or_else(|| TableFault::corrupt(&name, "wrong length"))?;
        let mut footer = vec![0; footer_len];
        read_exact(&file, || name.clone(), &mut footer, row.bytes)?;
        if <[u8; 32]>::from(Sha256::digest(&footer)) != row.footer {
            return Err(TableFault::corrupt(name, "footer does not match the manifest"));
        }
        Self::with_footer(file, *row, shape, &footer).ok_or_else(|| TableFault::corrupt(name, "not of this format"))
    }

    fn with_footer(file: File, row: Row, shape: Shape, footer: &[u8]) -> Option<Self> {
        let (index, tail) = footer.split_at_checked(footer.len().checked_sub(tail_len(K))?)?;
        let (last_key, rest) = tail.split_first_chunk::<K>()?;
        if rest[..8] != row.entries.to_be_bytes() || rest[8..] != *MAGIC {
            return None;
        }
        let blocks = usize::try_from(row.blocks).ok()?;
        let (index, filter) = index.split_at_checked(blocks.checked_mul(footer_row_len(K))?)?;
        let mut segment = Self {
            file,
            row,
            shape,
            first_keys: Vec::with_capacity(blocks),
            checks: Vec::with_capacity(blocks),
            ends: Vec::with_capacity(blocks),
            filter: Filter::decode(filter)?,
            last_key: *last_key,
        };
        for line in index.chunks_exact(footer_row_len(K)) {
            let (first, line) = line.split_first_chunk::<K>()?;
            let (check, end) = line.split_first_chunk::<16>()?;
            segment.first_keys.push(*first);
            segment.checks.push(*check);
            segment.ends.push(u64::from_be_bytes(end.try_into().ok()?));
        }
        (segment.ends.last() == Some(&row.bytes)).then_some(segment)
    }

    pub(super) fn row(&self) -> Row {
        self.row
    }

    /// The value under a key. Absence is said only after the one block that could hold the key was
    /// verified, or when the verified index shows that none could.
    pub(super) fn get<V>(&self, key: &[u8; K], cache: &BlockCache) -> Result<Option<Found<V>>, TableFault> {
        let Some(block) = self.block_of(key) else { return Ok(None) };
        let bytes = self.cached_block(block, cache)?;
        Ok(self.find(&bytes, key)?.map(|(start, end)| Found::Stored { block: bytes, start, end }))
    }

    /// The same without any checksum and past the cache; the block is read into `bytes`. Whatever it says may be
    /// wrong, absence too.
    pub(super) fn peek(&self, key: &[u8; K], bytes: &mut Vec<u8>) -> Result<Option<Range<usize>>, TableFault> {
        let Some(block) = self.block_of(key) else { return Ok(None) };
        let (start, length) = self.extent(block);
        bytes.resize(length, 0);
        read_exact(&self.file, || name(self.row.id), bytes, start)?;
        Ok(self.find(bytes, key)?.map(|(start, end)| start as usize..end as usize))
    }

    /// The only block that could hold a key, if any could. Most keys are random, so the place is near where an even spread puts
    /// it, and the search begins there: fewer and closer steps than halving the whole index. Keys that are spread
    /// otherwise cost some steps more.
    fn block_of(&self, key: &[u8; K]) -> Option<usize> {
        let firsts = &self.first_keys[..];
        if *key > self.last_key || !self.filter.may_have(key) {
            return None;
        }
        let mut reach = 8;
        let (mut low, mut high) = (even_place(key, firsts.len()), firsts.len());
        if firsts.get(low)? <= key {
            while firsts.get(low + reach).is_some_and(|first| first <= key) {
                (low, reach) = (low + reach, reach * 2);
            }
            high = high.min(low + reach);
        } else {
            high = low;
            while high > reach && firsts[high - reach] > *key {
                (high, reach) = (high - reach, reach * 2);
            }
            low = high.saturating_sub(reach);
        }
        (low + firsts[low..high].partition_point(|first| first <= key)).checked_sub(1)
    }

    fn find(&self, block: &[u8], key: &[u8; K]) -> Result<Option<(u32, u32)>, TableFault> {
        let damaged = || TableFault::corrupt(name(self.row.id), "a block is not of this format");
        self.shape.find(block, key).ok_or_else(damaged)
    }

    fn cached_block(&self, block: usize, cache: &BlockCache) -> Result<Arc<[u8]>, TableFault> {
        let place = (self.row.id, block as u32);
        if let Some(bytes) = cache.get(&place) {
            return Ok(bytes);
        }
        let bytes = self.read_block(block)?;
        cache.insert(place, Arc::clone(&bytes));
        Ok(bytes)
    }

    /// Reads a block from disk and verifies it.
    fn read_block(&self, block: usize) -> Result<Arc<[u8]>, TableFault> {
        let (start, length) = self.extent(block);
        let mut bytes = vec![0; length];
        read_exact(&self.file, || name(self.row.id), &mut bytes, start)?;
        match checksum(&bytes) == self.checks[block] {
            true => Ok(bytes.into()),
            false => Err(TableFault::corrupt(name(self.row.id), "a block does not match its checksum")),
        }
    }

    /// Where a block starts, and its length.
    fn extent(&self, block: usize) -> (u64, usize) {
        let start = if block == 0 { 0 } else { self.ends[block - 1] };
        (start, self.ends[block].saturating_sub(start) as usize)
    }

    /// All entries in order, each block verified, past the cache: a merge reads everything once.
    pub(super) fn entries<V: Value>(&self) -> impl Iterator<Item = Read<K, V>> + '_ {
        self.entries_in(0)
    }

    /// The same from the block on that holds the key, or would.
    pub(super) fn entries_from<V: Value>(&self, key: &[u8; K]) -> impl Iterator<Item = Read<K, V>> + use<'_, K, V> {
        self.entries_in(self.first_keys.partition_point(|first| first <= key).saturating_sub(1))
    }

    fn entries_in<V: Value>(&self, block: usize) -> impl Iterator<Item = Read<K, V>> + use<'_, K, V> {
        (block..self.checks.len()).flat_map(move |block| match self.block_entries(block) {
            Ok(entries) => entries,
            Err(fault) => vec![Err(fault)],
        })
    }

    fn block_entries<V>(&self, block: usize) -> Result<Vec<Read<K, V>>, TableFault> {
        let bytes = self.read_block(block)?;
        let damaged = || TableFault::corrupt(name(self.row.id), "a block is not of this format");
        let rows = self.shape.rows(K, &bytes).ok_or_else(damaged)?;
        let entry = |row: usize| {
            let (start, end) = self.shape.value::<K>(&bytes, row)?;
            Some((*self.shape.key::<K>(&bytes, row)?, Found::Stored { block: Arc::clone(&bytes), start, end }))
        };
        Ok((0..rows).map(|row| entry(row).ok_or_else(damaged)).collect())
    }
}

impl Shape {
    /// Length of a row: the key, and the value or where it ends.
    fn row_len(self, key: usize) -> usize {
        key + self.value_len.unwrap_or(4)
    }

    /// How many entries a block has.
    fn rows(self, key: usize, block: &[u8]) -> Option<usize> {
        match self.value_len {
            Some(_) => Some(block.len() / self.row_len(key)),
            None => {
                let (_, rows) = block.split_last_chunk::<4>()?;
                let rows = u32::from_be_bytes(*rows) as usize;
                (rows.checked_mul(self.row_len(key))?.checked_add(4)? <= block.len()).then_some(rows)
            }
        }
    }

    fn key<const K: usize>(self, block: &[u8], row: usize) -> Option<&[u8; K]> {
        block.get(row * self.row_len(K)..)?.first_chunk()
    }

    /// Where the value of a row is.
    fn value<const K: usize>(self, block: &[u8], row: usize) -> Option<(u32, u32)> {
        let at = row * self.row_len(K) + K;
        if let Some(length) = self.value_len {
            return Some((at as u32, (at + length) as u32));
        }
        let end = |at: usize| block.get(at..)?.first_chunk().map(|end| u32::from_be_bytes(*end));
        let start = match row {
            0 => (self.rows(K, block)? * self.row_len(K)) as u32,
            _ => end(at - self.row_len(K))?,
        };
        let end = end(at)?;
        (start <= end && end as usize <= block.len()).then_some((start, end))
    }

    /// Where the value under a key is; the outer None says that the block makes no sense.
    fn find<const K: usize>(self, block: &[u8], key: &[u8; K]) -> Option<Option<(u32, u32)>> {
        let (mut low, mut high) = (0, self.rows(K, block)?);
        while low < high {
            let middle = (low + high) / 2;
            match self.key::<K>(block, middle)?.cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.value::<K>(block, middle).map(Some),
            }
        }
        Some(None)
    }
}

/// Length of the footer, when the length of the whole file fits what the manifest says.
fn footer_len(row: &Row, key: usize, length: u64) -> Option<usize> {
    u32::try_from(row.blocks).ok().filter(|blocks| *blocks > 0)?;
    let index = row.blocks.checked_mul(footer_row_len(key) as u64)?;
    let filter = row.filter_lines.checked_mul(filter::LINE_LEN as u64)?;
    let footer = index.checked_add(filter)?.checked_add(tail_len(key) as u64)?;
    (row.bytes.checked_add(footer)? == length).then(|| usize::try_from(footer).ok())?
}

/// Where a key stands among `count` keys that are spread evenly.
fn even_place<const K: usize>(key: &[u8; K], count: usize) -> usize {
    let high = key.iter().take(8).fold(0u64, |high, byte| high << 8 | u64::from(*byte));
    let bits = 8 * K.min(8);
    ((u128::from(high) * count as u128) >> bits) as usize
}

fn read_exact(file: &File, name: impl Fn() -> String, bytes: &mut [u8], at: u64) -> Result<(), TableFault> {
    file.read_exact_at(bytes, at).map_err(|e| match e.kind() {
        std::io::ErrorKind::UnexpectedEof => TableFault::corrupt(name(), "shorter than it was"),
        _ => TableFault::io(name())(e),
    })
}

/// SHA-256 cut to 128 bits: an accident cannot keep it, and the chain up to the manifest is one of
/// cryptographic digests.
fn checksum(block: &[u8]) -> [u8; 16] {
    let full: [u8; 32] = Sha256::digest(block).into();
    let mut cut = [0; 16];
    cut.copy_from_slice(&full[..16]);
    cut
}

/// Writes at most so many entries, in ascending order of keys, as a durable file and opens it; None when
/// there are no entries. Until a manifest names the file it means nothing.
pub(super) fn write<const K: usize, V: Value>(
    dir: &Path,
    id: u64,
    shape: Shape,
    (at_most, entries): (u64, impl Iterator<Item = Read<K, V>>),
    stop: &AtomicBool,
) -> Result<Option<Segment<K>>, TableFault> {
    let path = dir.join(name(id));
    let written = write_file(&path, id, |file| SegmentWriter::new(file, shape, at_most), entries, stop);
    if !matches!(written, Ok(Some(_))) {
        // A file that stays is found unnamed at the next open.
        let _ = std::fs::remove_file(&path);
    }
    written?.map(|row| Segment::open(dir, &row, shape)).transpose()
}

fn write_file<const K: usize, V: Value>(
    path: &Path,
    id: u64,
    new: impl FnOnce(File) -> SegmentWriter<K>,
    entries: impl Iterator<Item = Read<K, V>>,
    stop: &AtomicBool,
) -> Result<Option<Row>, TableFault> {
    let fault = || TableFault::io(name(id));
    let mut writer = new(File::create(path).map_err(fault())?);
    for entry in entries {
        let (key, value) = entry?;
        writer.push(&key, value.as_ref()).map_err(fault())?;
        if stop.load(Ordering::Relaxed) {
            return Err(fault()(std::io::ErrorKind::Interrupted.into()));
        }
    }
    if writer.entries == 0 {
        return Ok(None);
    }
    writer.finish(id).map(Some).map_err(fault())
}

struct SegmentWriter<const K: usize> {
    file: BufWriter<File>,
    shape: Shape,
    rows: Vec<u8>,
    values: Vec<u8>,
    footer: Vec<u8>,
    filter: Filter,
    first_key: [u8; K],
    last_key: [u8; K],
    entries: u64,
    blocks: u64,
    bytes: u64,
}

impl<const K: usize> SegmentWriter<K> {
    fn new(file: File, shape: Shape, at_most: u64) -> Self {
        Self {
            file: BufWriter::with_capacity(256 << 10, file),
            shape,
            rows: Vec::with_capacity(BLOCK_LEN),
            values: Vec::with_capacity(BLOCK_LEN),
            footer: Vec::new(),
            filter: Filter::for_keys(at_most),
            first_key: [0; K],
            last_key: [0; K],
            entries: 0,
            blocks: 0,
            bytes: 0,
        }
    }

    fn push(&mut self, key: &[u8; K], value: &[u8]) -> std::io::Result<()> {
        if self.entries > 0 && *key <= self.last_key {
            return Err(std::io::Error::other("keys out of order"));
        }
        if self.shape.value_len.is_some_and(|length| length != value.len()) {
            return Err(std::io::Error::other("a value of another length"));
        }
        let separate = if self.shape.value_len.is_some() { 0 } else { value.len() + 4 };
        if self.rows.len() + self.shape.row_len(K) + self.values.len() + separate > BLOCK_LEN {
            self.end_block()?;
        }
        if self.rows.is_empty() {
            self.first_key = *key;
        }
        self.last_key = *key;
        self.filter.add(key);
        self.entries += 1;
        self.rows.extend_from_slice(key);
        match self.shape.value_len {
            Some(_) => self.rows.extend_from_slice(value),
            None => {
                self.values.extend_from_slice(value);
                // Counted from the first value; known for certain when the block ends.
                self.rows.extend_from_slice(&(self.values.len() as u32).to_be_bytes());
            }
        }
        Ok(())
    }

    fn end_block(&mut self) -> std::io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if self.shape.value_len.is_none() {
            self.place_values();
        }
        self.bytes += self.rows.len() as u64;
        self.blocks += 1;
        self.footer.extend_from_slice(&self.first_key);
        self.footer.extend_from_slice(&checksum(&self.rows));
        self.footer.extend_from_slice(&self.bytes.to_be_bytes());
        self.file.write_all(&self.rows)?;
        self.rows.clear();
        self.values.clear();
        Ok(())
    }

    /// Puts the values behind the rows, which from then on say where they end in the block.
    fn place_values(&mut self) {
        let (start, row_len) = (self.rows.len() as u32, self.shape.row_len(K));
        let rows = start / row_len as u32;
        for row in self.rows.chunks_exact_mut(row_len) {
            if let Some(end) = row.last_chunk_mut::<4>() {
                *end = (u32::from_be_bytes(*end) + start).to_be_bytes();
            }
        }
        self.rows.extend_from_slice(&self.values);
        self.rows.extend_from_slice(&rows.to_be_bytes());
    }

    fn finish(mut self, id: u64) -> std::io::Result<Row> {
        self.end_block()?;
        self.footer.extend_from_slice(&self.filter.encode());
        self.footer.extend_from_slice(&self.last_key);
        self.footer.extend_from_slice(&self.entries.to_be_bytes());
        self.footer.extend_from_slice(MAGIC);
        self.file.write_all(&self.footer)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        let footer = Sha256::digest(&self.footer).into();
        let filter_lines = self.filter.line_count();
        Ok(Row { id, entries: self.entries, blocks: self.blocks, bytes: self.bytes, filter_lines, footer })
    }
}
