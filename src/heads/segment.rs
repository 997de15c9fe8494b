//! Segments: sorted, immutable files of heads, each block under a checksum of its own.
//!
//! Blocks of 102 entries of 40 bytes, then the footer: for each block its first key and the first
//! 16 bytes of its SHA-256, then the last key, the number of entries and a magic number. The
//! manifest holds the footer's SHA-256, so nothing in a segment is believed for its own sake.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::manifest::Row;
use super::{HeadKey, HeadsFault};
use crate::transcript::record::HeadDigest;

/// Key and digest.
pub(super) type Entry = (HeadKey, HeadDigest);

const ENTRY_LEN: usize = 40;
const BLOCK_ENTRIES: usize = 102;
/// 4080: with the allocator's overhead still one page of memory.
const BLOCK_LEN: usize = BLOCK_ENTRIES * ENTRY_LEN;
const INDEX_LEN: usize = 32;
const TAIL_LEN: usize = 32;
const MAGIC: &[u8; 8] = b"HOCBAHD1";

/// Verified blocks by segment and number. Ids are never used twice in a directory, so a block is
/// what it was when it was verified.
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

/// An open segment: the sparse index in memory, the blocks on disk.
#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    row: Row,
    /// First key of each block, big-endian, so that numbers sort as bytes do.
    first_keys: Vec<u128>,
    checks: Vec<[u8; 16]>,
    last_key: u128,
}

impl Segment {
    /// Opens a file and verifies its length and footer against the manifest.
    pub(super) fn open(dir: &Path, row: &Row) -> Result<Self, HeadsFault> {
        let name = name(row.id);
        let file = match File::open(dir.join(&name)) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(HeadsFault::corrupt(name, "missing")),
            Err(e) => return Err(HeadsFault::io(name)(e)),
        };
        let length = file.metadata().map_err(HeadsFault::io(name.as_str()))?.len();
        let footer_len = footer_len(row, length).ok_or_else(|| HeadsFault::corrupt(name.as_str(), "wrong length"))?;
        let mut footer = vec![0; footer_len];
        read_exact(&file, &name, &mut footer, row.entries * ENTRY_LEN as u64)?;
        if <[u8; 32]>::from(Sha256::digest(&footer)) != row.footer {
            return Err(HeadsFault::corrupt(name, "footer does not match the manifest"));
        }
        Self::with_footer(file, *row, &footer).ok_or_else(|| HeadsFault::corrupt(name, "not of this format"))
    }

    fn with_footer(file: File, row: Row, footer: &[u8]) -> Option<Self> {
        let (index, tail) = footer.split_at_checked(footer.len().checked_sub(TAIL_LEN)?)?;
        let (last_key, rest) = tail.split_first_chunk::<16>()?;
        if rest[..8] != row.entries.to_be_bytes() || rest[8..] != *MAGIC {
            return None;
        }
        let (mut first_keys, mut checks) = (Vec::new(), Vec::new());
        for pair in index.as_chunks::<INDEX_LEN>().0 {
            let (first, check) = pair.split_first_chunk::<16>()?;
            first_keys.push(u128::from_be_bytes(*first));
            checks.push(check.try_into().ok()?);
        }
        Some(Self { file, row, first_keys, checks, last_key: u128::from_be_bytes(*last_key) })
    }

    pub(super) fn row(&self) -> Row {
        self.row
    }

    /// The digest under a key. Absence is said only after the one block that could hold the key was
    /// verified, or when the verified index shows that none could.
    pub(super) fn get(&self, key: &HeadKey, cache: &BlockCache) -> Result<Option<HeadDigest>, HeadsFault> {
        let number = u128::from_be_bytes(*key);
        if number > self.last_key {
            return Ok(None);
        }
        let Some(block) = self.first_keys.partition_point(|first| *first <= number).checked_sub(1) else {
            return Ok(None);
        };
        let block = self.cached_block(block, cache)?;
        let entries = block.as_chunks::<ENTRY_LEN>().0;
        let found = entries.binary_search_by(|entry| entry[..16].cmp(key)).ok();
        Ok(found.and_then(|at| decode(&entries[at])).map(|(_, digest)| digest))
    }

    fn cached_block(&self, block: usize, cache: &BlockCache) -> Result<Arc<[u8]>, HeadsFault> {
        let place = (self.row.id, block as u32);
        if let Some(bytes) = cache.get(&place) {
            return Ok(bytes);
        }
        let bytes: Arc<[u8]> = self.read_block(block)?.into();
        cache.insert(place, Arc::clone(&bytes));
        Ok(bytes)
    }

    /// Reads a block from disk and verifies it.
    fn read_block(&self, block: usize) -> Result<Vec<u8>, HeadsFault> {
        let start = (block * BLOCK_LEN) as u64;
        let length = (self.row.entries * ENTRY_LEN as u64 - start).min(BLOCK_LEN as u64);
        let mut bytes = vec![0; length as usize];
        let name = name(self.row.id);
        read_exact(&self.file, &name, &mut bytes, start)?;
        match checksum(&bytes) == self.checks[block] {
            true => Ok(bytes),
            false => Err(HeadsFault::corrupt(name, "a block does not match its checksum")),
        }
    }

    /// All entries in order, each block verified, past the cache: a merge reads everything once.
    pub(super) fn entries(&self) -> impl Iterator<Item = Result<Entry, HeadsFault>> + '_ {
        (0..self.checks.len()).flat_map(move |block| {
            let (entries, fault) = match self.read_block(block) {
                Ok(bytes) => (bytes.as_chunks::<ENTRY_LEN>().0.iter().filter_map(decode).collect(), None),
                Err(fault) => (Vec::new(), Some(Err(fault))),
            };
            entries.into_iter().map(Ok).chain(fault)
        })
    }
}

/// Length of the footer, when the length of the whole file fits the number of entries.
fn footer_len(row: &Row, length: u64) -> Option<usize> {
    let blocks = row.entries.div_ceil(BLOCK_ENTRIES as u64);
    let footer = blocks.checked_mul(INDEX_LEN as u64)?.checked_add(TAIL_LEN as u64)?;
    let whole = row.entries.checked_mul(ENTRY_LEN as u64)?.checked_add(footer)?;
    (row.entries > 0 && whole == length && u32::try_from(blocks).is_ok()).then(|| usize::try_from(footer).ok())?
}

fn read_exact(file: &File, name: &str, bytes: &mut [u8], at: u64) -> Result<(), HeadsFault> {
    file.read_exact_at(bytes, at).map_err(|e| match e.kind() {
        std::io::ErrorKind::UnexpectedEof => HeadsFault::corrupt(name, "shorter than it was"),
        _ => HeadsFault::io(name)(e),
    })
}

fn decode(entry: &[u8; ENTRY_LEN]) -> Option<Entry> {
    let (key, digest) = entry.split_first_chunk::<16>()?;
    Some((*key, HeadDigest(digest.try_into().ok()?)))
}

/// SHA-256 cut to 128 bits: an accident cannot keep it, and the chain up to the manifest is one of
/// cryptographic digests.
fn checksum(block: &[u8]) -> [u8; 16] {
    let full: [u8; 32] = Sha256::digest(block).into();
    let mut cut = [0; 16];
    cut.copy_from_slice(&full[..16]);
    cut
}

/// Writes entries, in ascending order of keys, as a durable file and opens it. Until a manifest
/// names the file it means nothing.
pub(super) fn write(
    dir: &Path,
    id: u64,
    entries: impl Iterator<Item = Result<Entry, HeadsFault>>,
    stop: &AtomicBool,
) -> Result<Segment, HeadsFault> {
    let name = name(id);
    let row = write_file(dir, id, entries, stop).inspect_err(|_| {
        // A file that stays is found unnamed at the next open.
        let _ = std::fs::remove_file(dir.join(&name));
    })?;
    Segment::open(dir, &row)
}

fn write_file(
    dir: &Path,
    id: u64,
    entries: impl Iterator<Item = Result<Entry, HeadsFault>>,
    stop: &AtomicBool,
) -> Result<Row, HeadsFault> {
    let name = name(id);
    let file = File::create(dir.join(&name)).map_err(HeadsFault::io(name.as_str()))?;
    let mut writer = SegmentWriter::new(file);
    for entry in entries {
        let (key, digest) = entry?;
        writer.push(&key, &digest).map_err(HeadsFault::io(name.as_str()))?;
        if stop.load(Ordering::Relaxed) {
            return Err(HeadsFault::io(name)(std::io::ErrorKind::Interrupted.into()));
        }
    }
    let (entries, footer) = writer.finish().map_err(HeadsFault::io(name))?;
    Ok(Row { id, entries, footer })
}

struct SegmentWriter {
    file: BufWriter<File>,
    block: Vec<u8>,
    footer: Vec<u8>,
    entries: u64,
    last_key: HeadKey,
}

impl SegmentWriter {
    fn new(file: File) -> Self {
        let file = BufWriter::with_capacity(256 << 10, file);
        Self { file, block: Vec::with_capacity(BLOCK_LEN), footer: Vec::new(), entries: 0, last_key: [0; 16] }
    }

    fn push(&mut self, key: &HeadKey, digest: &HeadDigest) -> std::io::Result<()> {
        if self.entries > 0 && *key <= self.last_key {
            return Err(std::io::Error::other("keys out of order"));
        }
        self.last_key = *key;
        self.entries += 1;
        self.block.extend_from_slice(key);
        self.block.extend_from_slice(&digest.0);
        if self.block.len() == BLOCK_LEN { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> std::io::Result<()> {
        self.footer.extend_from_slice(&self.block[..16]);
        self.footer.extend_from_slice(&checksum(&self.block));
        self.file.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// Number of entries, and the footer's digest.
    fn finish(mut self) -> std::io::Result<(u64, [u8; 32])> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        self.footer.extend_from_slice(&self.last_key);
        self.footer.extend_from_slice(&self.entries.to_be_bytes());
        self.footer.extend_from_slice(MAGIC);
        self.file.write_all(&self.footer)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok((self.entries, Sha256::digest(&self.footer).into()))
    }
}
