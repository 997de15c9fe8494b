//! Reading a ledger that someone else may be writing: no lock, nothing written, nothing beyond a
//! checkpoint that was verified here.
//!
//! What comes out is not proved yet: whoever relies on a leaf proves it with a
//! [`crate::tlog::tree::VerifiedTree`] over this reader. Bodies are authentic (they open only under our
//! storage key), but a rolled-back file of our own also opens: compare facts and digests with the leaf.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use super::bundle::{BundleFault, HEADER_LEN, Header, MAX_BUNDLE, Opener, Span};
use super::durable::Disk;
use super::entry::{BodyEntry, FactsEntry};
use super::fault::LedgerFault;
use super::keys::SecretKey;
use super::layout::{self, CHECKPOINT, MAX_TILE};
use super::recovery;
use crate::tlog::checkpoint::{LogVerifier, MAX_NOTE, VerifiedCheckpoint};
use crate::tlog::leaf::Leaf;
use crate::tlog::tile::{TileKind, TilePath};
use crate::tlog::tree::TileSource;

/// How often a read is tried again when a bundle was replaced (an erasure) between its header and its
/// section.
const TRIES: usize = 4;

/// A view of a ledger, as large as the newest checkpoint it was shown.
pub struct LedgerReader {
    disk: Arc<dyn Disk>,
    verifier: LogVerifier,
    opener: Opener,
    current: RwLock<VerifiedCheckpoint>,
}

impl LedgerReader {
    /// Reads and verifies the checkpoint.
    ///
    /// # Errors
    /// [`LedgerFault::NoCheckpoint`], [`LedgerFault::Checkpoint`], [`LedgerFault::Io`].
    pub fn open(disk: Arc<dyn Disk>, verifier: LogVerifier, bodies: &SecretKey) -> Result<Self, LedgerFault> {
        let found = recovery::read_checkpoint(&*disk, &verifier, CHECKPOINT)?;
        let current = RwLock::new(found.ok_or(LedgerFault::NoCheckpoint)?);
        Ok(Self { disk, verifier, opener: Opener::new(bodies), current })
    }

    /// The newest checkpoint seen so far. Cheap.
    pub fn checkpoint(&self) -> VerifiedCheckpoint {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What checks this log's checkpoints.
    pub fn verifier(&self) -> &LogVerifier {
        &self.verifier
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.current.read().unwrap_or_else(PoisonError::into_inner).size()
    }

    /// Looks for a newer checkpoint or cosignature; reads one small file and verifies it only if it has
    /// changed. None if there is nothing newer.
    ///
    /// # Errors
    /// [`LedgerFault::RolledBack`] or [`LedgerFault::Forked`] for a smaller tree or another one of the
    /// same size: the view stays as it was. That a larger tree extends this one is for
    /// [`crate::tlog::tree::VerifiedTree::advance`] to check.
    pub fn poll(&self) -> Result<Option<VerifiedCheckpoint>, LedgerFault> {
        let bytes = self.disk.read(CHECKPOINT, MAX_NOTE).map_err(LedgerFault::io(CHECKPOINT))?;
        let known = self.checkpoint();
        if bytes == **known.bytes() {
            return Ok(None);
        }
        let verified = self.verifier.verify(&bytes);
        let offered = verified.map_err(|source| LedgerFault::Checkpoint { file: CHECKPOINT, source })?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster with a newer one.
        if offered.size() < current.size() && known.size() == current.size() {
            return Err(LedgerFault::RolledBack { seen: current.size(), found: offered.size() });
        }
        if offered.size() == current.size() && offered.root() != current.root() {
            return Err(LedgerFault::Forked { seen: current.size() });
        }
        if (offered.size(), offered.cosigned_at()) <= (current.size(), current.cosigned_at()) {
            return Ok(None);
        }
        *current = offered.clone();
        Ok(Some(offered))
    }

    /// The disk beneath, for whoever checks everything on it.
    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// A tile or entry bundle for the public, exactly as it lies there.
    ///
    /// # Errors
    /// `NotFound` for what is private, beyond the checkpoint, or no longer there in this width; the
    /// system's.
    pub fn public_tile(&self, path: TilePath) -> io::Result<Vec<u8>> {
        match path.is_public() && path.is_within(self.size()) {
            true => self.disk.read(&path.to_string(), MAX_TILE),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The first `width` leaves of entry tile `tile`.
    ///
    /// # Errors
    /// [`LedgerFault::Beyond`] unless all of them are within the checkpoint; a tile that is damaged.
    pub fn leaves(&self, tile: u64, width: u16) -> Result<Vec<Leaf>, LedgerFault> {
        let path = self.tile(TileKind::Entries, tile, width)?;
        let text = path.to_string();
        let read = layout::read_widening(&*self.disk, path, |p| self.disk.read(p, MAX_TILE));
        let (_, bytes) = read.map_err(LedgerFault::io(&text))?;
        match layout::read_leaves(&bytes) {
            Some(mut leaves) if leaves.len() >= usize::from(width) => {
                leaves.truncate(usize::from(width));
                Ok(leaves)
            }
            _ => Err(LedgerFault::Damaged { path: text, what: "not a tile of leaves of this width" }),
        }
    }

    /// One leaf, unproved.
    ///
    /// # Errors
    /// As [`LedgerReader::leaves`].
    pub fn leaf(&self, index: u64) -> Result<Leaf, LedgerFault> {
        let size = self.size();
        let beyond = LedgerFault::Beyond { index, size };
        let Some(path) = layout::tile_of(TileKind::Entries, index, size) else { return Err(beyond) };
        self.leaves(path.index(), path.width())?.get((index & 0xff) as usize).copied().ok_or(beyond)
    }

    /// The first `width` entries of section A of bundle `bundle`.
    ///
    /// # Errors
    /// [`LedgerFault::Beyond`] unless all of them are within the checkpoint; a bundle that cannot be
    /// read or opened.
    pub fn facts(&self, bundle: u64, width: u16) -> Result<Vec<FactsEntry>, LedgerFault> {
        let path = self.tile(TileKind::Bodies, bundle, width)?;
        self.with_bundle(path, |file, header| {
            let sealed = self.span(file, header.facts_span())?;
            let mut entries = self.opener.facts(header, &sealed)?;
            entries.truncate(usize::from(width));
            Ok(entries)
        })
    }

    /// The facts of one entry.
    ///
    /// # Errors
    /// As [`LedgerReader::facts`]; [`LedgerFault::Beyond`] for an entry that is not there.
    pub fn facts_of(&self, index: u64) -> Result<FactsEntry, LedgerFault> {
        let size = self.size();
        let beyond = LedgerFault::Beyond { index, size };
        let (bundle, at) = (index / 256, (index % 256) as usize);
        if index >= size {
            return Err(beyond);
        }
        let width = (size - bundle * 256).min(256) as u16;
        self.facts(bundle, width)?.into_iter().nth(at).ok_or(beyond)
    }

    /// The signed object of an entry, as `Jws::to_stored` wrote it; None once erased. Compare its digest
    /// with the one in the facts before relying on it.
    ///
    /// # Errors
    /// [`LedgerFault::Beyond`]; a bundle that cannot be read or opened.
    pub fn signed(&self, index: u64) -> Result<Option<Box<[u8]>>, LedgerFault> {
        let (size, slot) = (self.size(), (index & 0xff) as usize);
        let path = layout::tile_of(TileKind::Bodies, index, size).ok_or(LedgerFault::Beyond { index, size })?;
        self.with_bundle(path, |file, header| {
            let sealed = self.span(file, header.part_span(slot)?)?;
            Ok(self.opener.signed(header, slot, &sealed)?)
        })
    }

    /// The first `width` entries of a bundle with their signed objects.
    ///
    /// # Errors
    /// As [`LedgerReader::facts`].
    pub fn bodies(&self, bundle: u64, width: u16) -> Result<Vec<BodyEntry>, LedgerFault> {
        let path = self.tile(TileKind::Bodies, bundle, width)?;
        let text = path.to_string();
        let read = layout::read_widening(&*self.disk, path, |p| self.disk.read(p, MAX_BUNDLE));
        let (_, file) = read.map_err(LedgerFault::io(&text))?;
        let mut entries = self.opener.all(bundle, &file).map_err(LedgerFault::bundle(&text))?;
        match entries.len() >= usize::from(width) {
            true => {
                entries.truncate(usize::from(width));
                Ok(entries)
            }
            false => Err(LedgerFault::Damaged { path: text, what: "not as wide as its name says" }),
        }
    }

    fn tile(&self, kind: TileKind, index: u64, width: u16) -> Result<TilePath, LedgerFault> {
        let size = self.size();
        let last = index.saturating_mul(256).saturating_add(u64::from(width)).saturating_sub(1);
        let path = TilePath::new(kind, index, width).ok().filter(|path| path.is_within(size));
        path.ok_or(LedgerFault::Beyond { index: last, size })
    }

    fn span(&self, file: &str, span: Span) -> Result<Vec<u8>, PieceFault> {
        Ok(self.disk.read_range(file, span.offset, span.length)?)
    }

    /// Reads the header of a bundle, then whatever `read` takes from it. The file may be replaced in
    /// between (by an erasure), and then the piece does not open under the old header: once more.
    fn with_bundle<T>(
        &self,
        path: TilePath,
        mut read: impl FnMut(&str, &Header) -> Result<T, PieceFault>,
    ) -> Result<T, LedgerFault> {
        let text = path.to_string();
        let mut fault = PieceFault::Bundle(BundleFault::Header);
        for _ in 0..TRIES {
            let headed = layout::read_widening(&*self.disk, path, |p| {
                self.disk.read_range(p, 0, HEADER_LEN).map(|bytes| (p.to_owned(), bytes))
            });
            let (found, (file, bytes)) = headed.map_err(LedgerFault::io(&text))?;
            let attempt =
                Header::parse(&bytes, path.index()).map_err(PieceFault::Bundle).and_then(|header| {
                    match header.width() == usize::from(found.width()) {
                        true => read(&file, &header),
                        false => Err(PieceFault::Bundle(BundleFault::Header)),
                    }
                });
            match attempt {
                Ok(value) => return Ok(value),
                Err(e) => fault = e,
            }
        }
        Err(match fault {
            PieceFault::Io(source) => LedgerFault::Io { path: text, source },
            PieceFault::Bundle(source) => LedgerFault::Bundle { path: text, source },
        })
    }
}

/// Why a piece of a bundle could not be had.
enum PieceFault {
    Io(io::Error),
    Bundle(BundleFault),
}

impl From<io::Error> for PieceFault {
    fn from(fault: io::Error) -> Self {
        Self::Io(fault)
    }
}

impl From<BundleFault> for PieceFault {
    fn from(fault: BundleFault) -> Self {
        Self::Bundle(fault)
    }
}

impl TileSource for LedgerReader {
    fn hash_tile(&self, level: u8, index: u64, width: u16) -> io::Result<Vec<u8>> {
        let path = TilePath::new(TileKind::Hash(level), index, width).map_err(io::Error::other)?;
        if !path.is_within(self.size()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        layout::read_widening(&*self.disk, path, |p| self.disk.read(p, MAX_TILE)).map(|(_, bytes)| bytes)
    }
}

impl fmt::Debug for LedgerReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerReader({:?})", self.checkpoint())
    }
}
