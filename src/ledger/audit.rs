//! Checks a whole ledger again, from its bytes alone, and names the first fault.
//!
//! Two depths. With only the public log: every leaf's format, time order, every hash tile recomputed
//! from the leaves, the root against the signed checkpoint, and older trees found again as prefixes.
//! With the storage key also: every leaf recomputed from facts, blind and digest, every digest from the
//! signed object, every fact from the signed payload. Whether signatures hold, and by which keys, is for
//! the caller, who sees every entry in order.

use std::fmt;
use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use super::durable::Disk;
use super::entry::{FactsEntry, MAX_FACTS};
use super::fault::LedgerFault;
use super::layout::{CHECKPOINT, MAX_TILE};
use super::reader::LedgerReader;
use super::recovery::Seen;
use crate::signing::jws::{Jws, JwsFault, ObjectType};
use crate::tlog::checkpoint::{CheckpointFault, LogVerifier, MAX_NOTE, VerifiedCheckpoint};
use crate::tlog::leaf::{Kind, LEAF_LEN, Leaf, decode_entries, leaf_hash};
use crate::tlog::merkle::Hash;
use crate::tlog::tile::{TileKind, TilePath, TreeEdge};
use crate::transcript::strict;

/// Tiles that are checked at the same time.
const WINDOW: u64 = 8;

/// A public log, local or remote. Nothing it answers is trusted.
pub trait PublicLog: Send + Sync {
    /// The bytes at a path of c2sp.org/tlog-tiles, such as `checkpoint` or `tile/entries/000.p/7`; at
    /// most `limit` of them.
    ///
    /// # Errors
    /// `NotFound`, or whatever reading it answers.
    fn fetch(&self, path: &str, limit: usize) -> io::Result<Vec<u8>>;
}

/// Every disk with a ledger, or a copy of its public part, is one.
impl PublicLog for Arc<dyn Disk> {
    fn fetch(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        self.read(path, limit)
    }
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// A file that is missing or cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// A checkpoint that does not verify.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    /// A checkpoint that no freshness cosignature gives a time to.
    #[error("no freshness cosignature by the log")]
    Uncosigned,
    /// Not a whole number of leaves, or fewer than the checkpoint says.
    #[error("not a tile of leaves of this width")]
    NotATile,
    /// Bytes that are not a leaf.
    #[error("not a version 1 leaf")]
    LeafFormat,
    /// Logged before the entry before it.
    #[error("logged earlier than the entry before it")]
    TimeBack,
    /// A hash tile that the leaves do not give.
    #[error("not the hashes of the entries below it")]
    HashTile,
    /// The leaves give another root.
    #[error("the entries do not give the checkpoint's root")]
    Root,
    /// A tree seen before is not a prefix of this one.
    #[error("the first entries are not those that were seen before: the log was forked or rolled back")]
    NotAPrefix,
    /// A bundle that cannot be opened.
    #[error("{0}")]
    Bundle(LedgerFault),
    /// Facts, blind and digest that do not give the leaf.
    #[error("its facts are not what the leaf commits to")]
    Commitment,
    /// A signed object that is not one.
    #[error("its signed object is damaged: {0}")]
    SignedObject(JwsFault),
    /// A signed object other than the leaf commits to.
    #[error("its signed object is not what the leaf commits to")]
    SignedDigest,
    /// A signed object of another type than the leaf says.
    #[error("its signed object is of another type than the leaf says")]
    ObjectType,
    /// Facts that the signed payload does not give.
    #[error("its facts are not those of the signed payload")]
    Facts,
    /// The caller's own check.
    #[error("{0}")]
    Entry(String),
}

/// The first fault of a ledger: where, and what.
#[derive(Debug)]
pub struct AuditFault {
    /// Which entry, if it is about one.
    pub index: Option<u64>,
    /// Which file, from the ledger's directory.
    pub file: String,
    /// What is wrong.
    pub finding: Finding,
}

impl fmt::Display for AuditFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "{}: entry {index}: {}", self.file, self.finding),
            None => write!(f, "{}: {}", self.file, self.finding),
        }
    }
}

impl std::error::Error for AuditFault {}

impl AuditFault {
    fn of(file: impl fmt::Display, index: impl Into<Option<u64>>, finding: Finding) -> Self {
        Self { index: index.into(), file: file.to_string(), finding }
    }
}

/// One entry that passed the ledger's own checks.
#[derive(Debug)]
pub struct AuditedEntry {
    /// Its position.
    pub index: u64,
    /// Its leaf.
    pub leaf: Leaf,
    /// What the leaf commits to.
    pub facts: FactsEntry,
    /// The signed object, signatures not checked; None once erased.
    pub signed: Option<Jws>,
}

/// A fault that the caller's check found in an entry.
#[derive(Debug)]
pub struct EntryFault {
    /// Which entry.
    pub index: u64,
    /// What is wrong, without anything personal.
    pub what: String,
}

/// What a clean ledger holds.
#[derive(Debug, Clone)]
pub struct AuditReport {
    /// The checkpoint everything was checked against.
    pub checkpoint: VerifiedCheckpoint,
    /// Entries by kind, number of the kind as index.
    pub by_kind: [u64; 7],
    /// Entries whose signed object was erased; unknown (0) in public mode.
    pub erased: u64,
    /// `logged_at` of the last entry.
    pub last_logged_at: u64,
}

/// Checks a public log: tiles, root, leaf format, time order, and that every tree `seen` before is a
/// prefix of it.
///
/// # Errors
/// The first fault.
pub fn audit_public(log: &dyn PublicLog, verifier: &LogVerifier, seen: &[Seen]) -> Result<AuditReport, AuditFault> {
    let note = log.fetch(CHECKPOINT, MAX_NOTE).map_err(|e| AuditFault::of(CHECKPOINT, None, Finding::Unreadable(e)))?;
    let checkpoint = verifier.verify(&note).map_err(|e| AuditFault::of(CHECKPOINT, None, e.into()))?;
    let check = |tile, width| Ok((check_leaves(log, tile, width)?, Vec::new()));
    walk(log, checkpoint, seen, &check, &mut |_| Ok(()))
}

/// Checks everything about a ledger but signatures, and shows every entry to `check`, in order, up to
/// 256 at a time.
///
/// # Errors
/// The first fault.
pub fn audit(
    reader: &LedgerReader,
    seen: &[Seen],
    check: &mut dyn FnMut(&[AuditedEntry]) -> Result<(), EntryFault>,
) -> Result<AuditReport, AuditFault> {
    let log: &dyn PublicLog = reader.disk();
    let check_tile = |tile, width| {
        let leaves = check_leaves(log, tile, width)?;
        let entries = check_bodies(reader, tile, &leaves)?;
        Ok((leaves, entries))
    };
    walk(log, reader.checkpoint(), seen, &check_tile, check)
}

type Leaves = Vec<(Hash, Leaf)>;
type TileCheck<'a> = dyn Fn(u64, u16) -> Result<(Leaves, Vec<AuditedEntry>), AuditFault> + Sync + 'a;

/// Goes over all tiles: each is read and checked on its own in parallel, then in order what needs order.
fn walk(
    log: &dyn PublicLog,
    checkpoint: VerifiedCheckpoint,
    seen: &[Seen],
    check_tile: &TileCheck<'_>,
    check: &mut dyn FnMut(&[AuditedEntry]) -> Result<(), EntryFault>,
) -> Result<AuditReport, AuditFault> {
    let size = checkpoint.size();
    let mut order = Order::new(log, checkpoint, seen)?;
    let tiles = size.div_ceil(256);
    for first in (0..tiles).step_by(WINDOW as usize) {
        let window = (first..tiles.min(first + WINDOW)).into_par_iter();
        let checked: Vec<_> =
            window.map(|tile| (tile, check_tile(tile, (size - tile * 256).min(256) as u16))).collect();
        for (tile, result) in checked {
            let (leaves, entries) = result?;
            order.add(tile, &leaves)?;
            order.report.erased += entries.iter().filter(|e| e.signed.is_none()).count() as u64;
            check(&entries)
                .map_err(|e| AuditFault::of(file(TileKind::Bodies, tile, size), e.index, Finding::Entry(e.what)))?;
        }
    }
    order.finish()
}

/// What must be checked in order: time, tree, counts.
struct Order<'a> {
    log: &'a dyn PublicLog,
    seen: &'a [Seen],
    edge: TreeEdge,
    report: AuditReport,
}

impl<'a> Order<'a> {
    fn new(log: &'a dyn PublicLog, checkpoint: VerifiedCheckpoint, seen: &'a [Seen]) -> Result<Self, AuditFault> {
        if checkpoint.cosigned_at().is_none() {
            return Err(AuditFault::of(CHECKPOINT, None, Finding::Uncosigned));
        }
        if seen.iter().any(|s| s.size > checkpoint.size()) {
            return Err(AuditFault::of(CHECKPOINT, None, Finding::NotAPrefix));
        }
        let report = AuditReport { checkpoint, by_kind: [0; 7], erased: 0, last_logged_at: 0 };
        let order = Self { log, seen, edge: TreeEdge::default(), report };
        order.check_seen().map(|()| order)
    }

    fn add(&mut self, tile: u64, leaves: &Leaves) -> Result<(), AuditFault> {
        for (index, (hash, leaf)) in (tile * 256..).zip(leaves) {
            let path = || file(TileKind::Entries, tile, self.report.checkpoint.size());
            if leaf.logged_at < self.report.last_logged_at {
                return Err(AuditFault::of(path(), index, Finding::TimeBack));
            }
            self.report.last_logged_at = leaf.logged_at;
            self.report.by_kind[leaf.kind as usize] += 1;
            let mut full = Vec::new();
            self.edge.push(*hash, |path, hashes| full.push((path, hashes.to_vec())));
            full.iter().try_for_each(|(path, hashes)| check_hashes(self.log, *path, hashes))?;
            self.check_seen()?;
        }
        Ok(())
    }

    fn check_seen(&self) -> Result<(), AuditFault> {
        let size = self.edge.size();
        match self.seen.iter().any(|s| s.size == size && s.root != self.edge.root()) {
            true => Err(AuditFault::of(CHECKPOINT, None, Finding::NotAPrefix)),
            false => Ok(()),
        }
    }

    fn finish(self) -> Result<AuditReport, AuditFault> {
        self.edge.partials().try_for_each(|(path, hashes)| check_hashes(self.log, path, hashes))?;
        match self.edge.root() == *self.report.checkpoint.root() {
            true => Ok(self.report),
            false => Err(AuditFault::of(CHECKPOINT, None, Finding::Root)),
        }
    }
}

fn file(kind: TileKind, tile: u64, size: u64) -> String {
    let width = size.saturating_sub(tile * 256).min(256) as u16;
    TilePath::new(kind, tile, width).map_or_else(|_| "tile/entries".to_owned(), |path| path.to_string())
}

/// A tile of the log in this width, or the full one that has replaced it since; and which it was.
fn fetch(log: &dyn PublicLog, path: TilePath) -> Result<(TilePath, Vec<u8>), AuditFault> {
    let read = |path: TilePath| log.fetch(&path.to_string(), MAX_TILE).map(|bytes| (path, bytes));
    let fetched = match read(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && !path.is_full() => read(path.full()),
        other => other,
    };
    fetched.map_err(|e| AuditFault::of(path, None, Finding::Unreadable(e)))
}

fn check_hashes(log: &dyn PublicLog, path: TilePath, expected: &[Hash]) -> Result<(), AuditFault> {
    let (found, bytes) = fetch(log, path)?;
    let expected = expected.as_flattened();
    let same = if found == path { bytes == expected } else { bytes.starts_with(expected) };
    match same {
        true => Ok(()),
        false => Err(AuditFault::of(path, None, Finding::HashTile)),
    }
}

fn check_leaves(log: &dyn PublicLog, tile: u64, width: u16) -> Result<Leaves, AuditFault> {
    let not_a_tile = |path: &dyn fmt::Display| AuditFault::of(path, None, Finding::NotATile);
    let path = TilePath::new(TileKind::Entries, tile, width).map_err(|_| not_a_tile(&"tile/entries"))?;
    let (found, bytes) = fetch(log, path)?;
    let entries = decode_entries(&bytes).map_err(|_| not_a_tile(&path))?;
    if entries.len() != usize::from(found.width()) {
        return Err(not_a_tile(&path));
    }
    let leaf = |(index, bytes): (u64, &[u8; LEAF_LEN])| match Leaf::decode(bytes) {
        Ok(leaf) => Ok((leaf_hash(bytes), leaf)),
        Err(_) => Err(AuditFault::of(path, index, Finding::LeafFormat)),
    };
    (tile * 256..).zip(entries.iter().take(usize::from(width))).map(leaf).collect()
}

fn check_bodies(reader: &LedgerReader, tile: u64, leaves: &Leaves) -> Result<Vec<AuditedEntry>, AuditFault> {
    let path = file(TileKind::Bodies, tile, tile * 256 + leaves.len() as u64);
    let bodies = reader.bodies(tile, leaves.len() as u16);
    let bodies = bodies.map_err(|e| AuditFault::of(&path, None, Finding::Bundle(e)))?;
    let mut audited = Vec::with_capacity(leaves.len());
    for (index, ((_, leaf), body)) in (tile * 256..).zip(leaves.iter().zip(bodies)) {
        let signed = check_body(leaf, &body.facts, body.signed.as_deref());
        let signed = signed.map_err(|finding| AuditFault::of(&path, index, finding))?;
        audited.push(AuditedEntry { index, leaf: *leaf, facts: body.facts, signed });
    }
    Ok(audited)
}

fn check_body(leaf: &Leaf, facts: &FactsEntry, signed: Option<&[u8]>) -> Result<Option<Jws>, Finding> {
    if !facts.matches(leaf) {
        return Err(Finding::Commitment);
    }
    let Some(stored) = signed else { return Ok(None) };
    let jws = Jws::from_stored(stored).map_err(Finding::SignedObject)?;
    if *jws.signed_digest() != facts.signed_digest {
        return Err(Finding::SignedDigest);
    }
    if jws.object() != object_of(leaf.kind) {
        return Err(Finding::ObjectType);
    }
    match strict::facts(jws.payload(), MAX_FACTS) {
        Ok(expected) if expected == *facts.facts => Ok(Some(jws)),
        _ => Err(Finding::Facts),
    }
}

/// The signed object that an entry of this kind holds.
pub const fn object_of(kind: Kind) -> ObjectType {
    match kind {
        Kind::Key => ObjectType::Key,
        Kind::Package => ObjectType::Manifest,
        Kind::Sheet => ObjectType::Sheet,
        Kind::Status => ObjectType::Status,
        Kind::Backfill => ObjectType::Backfill,
        Kind::Anchor => ObjectType::Anchor,
    }
}
