//! A session: the entries of one package, visible together or never.
//!
//! Full bundles and tiles are written while the session goes on, straight under their final names: they
//! lie beyond the checkpoint, where nothing is read. So memory stays the same however long it gets.

use std::collections::{BTreeSet, HashSet};

use super::bundle::{BUNDLE_WIDTH, MAX_BUNDLE, Opener};
use super::durable::parent;
use super::entry::{BodyEntry, FactsEntry, MAX_FACTS, MAX_SIGNED, NewEntry};
use super::fault::LedgerFault;
use super::layout::{CHECKPOINT, PENDING};
use super::pool::{Job, Pool};
use super::recovery;
use super::writer::Writer;
use crate::tlog::checkpoint::VerifiedCheckpoint;
use crate::tlog::leaf::{LEAF_LEN, Leaf, commitment, encode_entries, leaf_hash};
use crate::tlog::tile::{LEVELS, TileKind, TilePath, TreeEdge, partial};

/// A file that a commit makes durable together with its entries: part of the package's record, such as
/// `packages/22/7.receipt`.
#[derive(Debug, Clone)]
pub struct ExtraFile {
    /// From the ledger's directory; below `packages/` or `quarantine/`, and not there yet.
    pub path: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// Entries on their way into the ledger. Dropping it leaves the ledger as it was.
pub struct Session<'w> {
    writer: &'w mut Writer,
    logged_at: u64,
    edge: TreeEdge,
    leaves: Vec<[u8; LEAF_LEN]>,
    bodies: Vec<BodyEntry>,
    pool: Pool,
    dirs: BTreeSet<String>,
    made: HashSet<String>,
    /// After an error: something that was pushed may not be written. Never cleared.
    lost: bool,
}

impl<'w> Session<'w> {
    pub(super) fn new(writer: &'w mut Writer, logged_at: u64) -> Self {
        let setup = &writer.setup;
        Self {
            logged_at,
            edge: writer.state.edge.clone(),
            leaves: writer.state.open_leaves.clone(),
            bodies: Vec::new(),
            pool: Pool::new(setup.disk.clone(), setup.bodies.clone(), setup.threads),
            dirs: BTreeSet::new(),
            made: HashSet::new(),
            lost: false,
            writer,
        }
    }

    /// How many entries the ledger has with those of this session.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The time that every entry of this session carries.
    pub fn logged_at(&self) -> u64 {
        self.logged_at
    }

    /// Adds an entry and says which index it will have, if the session commits.
    ///
    /// # Errors
    /// An entry beyond the limits (the session can go on); a file that cannot be written (the session
    /// is lost).
    pub fn push(&mut self, new: NewEntry) -> Result<u64, LedgerFault> {
        if new.facts.len() > MAX_FACTS || new.signed.len() > MAX_SIGNED || new.signed.is_empty() {
            return Err(LedgerFault::TooLarge);
        }
        if self.lost {
            return Err(LedgerFault::Lost);
        }
        let pushed = self.push_checked(new);
        self.lost = pushed.is_err();
        pushed
    }

    fn push_checked(&mut self, new: NewEntry) -> Result<u64, LedgerFault> {
        if self.size() == self.writer.state.checkpoint.size() {
            self.start()?;
        }
        let mut blind = [0; 32];
        getrandom::fill(&mut blind).map_err(|_| LedgerFault::Random)?;
        let leaf = Leaf {
            kind: new.kind,
            province: new.province,
            vintage: new.vintage,
            year: new.year,
            logged_at: self.logged_at,
            commitment: commitment(new.kind, &blind, &new.facts, &new.signed_digest),
        }
        .encode();
        let index = self.size();
        let facts = FactsEntry { blind, signed_digest: new.signed_digest, origin: new.origin, facts: new.facts };
        self.bodies.push(BodyEntry { facts, signed: Some(new.signed) });
        self.leaves.push(leaf);
        let mut full = Vec::new();
        self.edge.push(leaf_hash(&leaf), |path, hashes| full.push((path, hashes.as_flattened().to_vec())));
        if !full.is_empty() {
            self.write_entries(index >> 8)?;
        }
        full.into_iter().try_for_each(|(path, bytes)| self.write(path, bytes))?;
        Ok(index)
    }

    /// Before the first entry: from here on there may be garbage beyond the checkpoint, and whatever
    /// happens to this session, the next one clears it away first.
    ///
    /// The open bundle is read back, for a bundle is written whole. A crash leaves it untouched: the
    /// wider one gets a name of its own.
    fn start(&mut self) -> Result<(), LedgerFault> {
        if let Some(path) = partial(TileKind::Bodies, self.size()) {
            let (text, setup) = (path.to_string(), &self.writer.setup);
            let file = setup.disk.read(&text, MAX_BUNDLE).map_err(LedgerFault::io(&text))?;
            let opened = Opener::new(&setup.bodies).all(path.index(), &file);
            self.bodies = opened.map_err(LedgerFault::bundle(&text))?;
            if self.bodies.len() != usize::from(path.width()) {
                return Err(LedgerFault::Damaged { path: text, what: "not as wide as its name says" });
            }
        }
        self.writer.dirty = true;
        Ok(())
    }

    /// Hands the collected leaves and bodies of one tile to the writing threads.
    fn write_entries(&mut self, number: u64) -> Result<(), LedgerFault> {
        let entries = std::mem::replace(&mut self.bodies, Vec::with_capacity(BUNDLE_WIDTH));
        let leaves = std::mem::take(&mut self.leaves);
        let path = |kind| {
            TilePath::new(kind, number, leaves.len() as u16)
                .map_err(|_| LedgerFault::Damaged { path: "tile/entries".into(), what: "no tile has this number" })
        };
        let bodies = path(TileKind::Bodies)?.to_string();
        self.make_dir_of(&bodies)?;
        self.pool.submit(Job::Bundle { path: bodies, number, entries })?;
        self.write(path(TileKind::Entries)?, encode_entries(&leaves))
    }

    fn write(&mut self, path: TilePath, bytes: Vec<u8>) -> Result<(), LedgerFault> {
        self.write_file(path.to_string(), bytes)
    }

    fn write_file(&mut self, path: String, bytes: Vec<u8>) -> Result<(), LedgerFault> {
        self.make_dir_of(&path)?;
        self.pool.submit(Job::File { path, bytes })
    }

    /// Makes the directories of a file and notes every directory whose names have to be synced: its own,
    /// and those above it up to the first that this process knows to be durable. That a directory is
    /// there already proves nothing: a process that died may have made it a moment ago.
    fn make_dir_of(&mut self, path: &str) -> Result<(), LedgerFault> {
        let dir = parent(path);
        self.dirs.insert(dir.to_owned());
        if dir.is_empty() || self.made.contains(dir) || self.writer.durable_dirs.contains(dir) {
            return Ok(());
        }
        self.make_dir_of(dir)?;
        self.writer.setup.disk.create_dir(dir).map_err(LedgerFault::io(dir))?;
        self.made.insert(dir.to_owned());
        Ok(())
    }

    /// Waits for the files, then makes their names durable. Two barriers, because a name is worth
    /// nothing before its contents.
    fn settle(&mut self) -> Result<(), LedgerFault> {
        self.pool.wait()?;
        for dir in std::mem::take(&mut self.dirs) {
            self.pool.submit(Job::SyncDir(dir))?;
        }
        self.pool.wait()?;
        self.writer.durable_dirs.extend(self.made.drain());
        Ok(())
    }

    /// Says again that the last checkpoint is the newest one, for sessions longer than the interval.
    ///
    /// # Errors
    /// As [`Writer::renew_cosignature`]; the session can go on.
    pub fn renew_cosignature(&mut self, now_ms: u64) -> Result<(), LedgerFault> {
        self.writer.renew_cosignature(now_ms).map(drop)
    }

    /// Makes everything durable and visible, in this order; each step starts when the one before it has
    /// survived the disk:
    ///
    /// 1. Bundles, entry tiles, hash tiles and, if there are extra files, the note that names them:
    ///    contents, then names. A crash here leaves garbage beyond the checkpoint; recovery removes it.
    /// 2. The extra files: contents, then names. A crash here leaves some of them, without the entries
    ///    they speak of; recovery finds the note and removes them.
    /// 3. The checkpoint, durable as `checkpoint.next`. **This is the moment of commitment.** A crash
    ///    before it: nothing happened. A crash after it: recovery publishes it, and everything beneath it
    ///    is there. No reader has seen it yet, so no reader can have seen what a power cut takes back.
    /// 4. The rename to `checkpoint`, and its directory. Now readers see it.
    /// 5. Clearing up: the note, and partial tiles that wider ones replaced. A crash here costs space
    ///    until the next start.
    ///
    /// An error before step 3 means the session is lost and the ledger unchanged. An error in step 3 or
    /// 4 leaves it open which: the next session recovers, and finds either.
    ///
    /// # Errors
    /// [`LedgerFault`]; the caller must acknowledge nothing.
    pub fn commit(mut self, extra: Vec<ExtraFile>, now_ms: u64) -> Result<VerifiedCheckpoint, LedgerFault> {
        if self.lost {
            return Err(LedgerFault::Lost);
        }
        let base = self.writer.state.checkpoint.size();
        self.check_extra(&extra)?;
        if self.size() == base {
            return Ok(self.writer.state.checkpoint.clone());
        }
        // Kept aside: the committed state holds them for the next session.
        let open_leaves = self.leaves.clone();

        // 1. Tiles and bodies.
        if !self.leaves.is_empty() {
            self.write_entries(self.size() >> 8)?;
        }
        // A row of an upper level that has not grown is the checkpoint's own tile: the same bytes under the
        // same name. Writing it in place would let a crash tear what the checkpoint rests on.
        let grown = self.edge.partials().filter(|(path, _)| !path.is_within(base));
        let partials: Vec<_> = grown.map(|(path, row)| (path, row.as_flattened().to_vec())).collect();
        partials.into_iter().try_for_each(|(path, bytes)| self.write(path, bytes))?;
        if !extra.is_empty() {
            let note = recovery::pending_note(base, extra.iter().map(|file| file.path.as_str()));
            self.write_file(PENDING.to_owned(), note)?;
        }
        self.settle()?;

        // 2. Extra files, now that a durable note tells which.
        if !extra.is_empty() {
            extra.into_iter().try_for_each(|file| self.write_file(file.path, file.bytes))?;
            self.settle()?;
        }

        // 3 and 4. The checkpoint.
        let at = self.writer.cosigning_time(now_ms)?;
        let issued = self.writer.setup.checkpointer.issue(self.size(), &self.edge.root(), at);
        let checkpoint = issued.map_err(LedgerFault::Sign)?;
        self.writer.in_doubt = true;
        let replaced = self.writer.setup.disk.replace(CHECKPOINT, checkpoint.bytes());
        replaced.map_err(LedgerFault::io(CHECKPOINT))?;
        self.writer.in_doubt = false;

        let state = &mut self.writer.state;
        state.checkpoint = checkpoint.clone();
        state.edge = std::mem::take(&mut self.edge);
        state.last_logged_at = self.logged_at;
        state.open_leaves = open_leaves;

        // 5. Nothing can take the entries back any more, so nothing here is an error of the commit. What
        // could not be cleared up keeps the writer dirty, and the next session tries again.
        self.writer.dirty = self.clear_up(base).is_err();
        Ok(checkpoint)
    }

    /// An extra file must be new: recovery removes what an unfinished commit names, and that must never
    /// be the file of a finished one.
    fn check_extra(&self, extra: &[ExtraFile]) -> Result<(), LedgerFault> {
        let refuse = |path: &str, why| Err(LedgerFault::Extra { path: path.to_owned(), why });
        let mut paths = HashSet::new();
        for file in extra {
            let path = file.path.as_str();
            if self.size() == self.writer.state.checkpoint.size() {
                return refuse(path, "a commit without entries writes no files");
            }
            if !recovery::is_extra_path(path) || !paths.insert(path) {
                return refuse(path, "a commit writes each file once, below packages/ or quarantine/");
            }
            let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
            let there = self.writer.setup.disk.list(dir).map_err(LedgerFault::io(dir))?;
            if there.iter().any(|listed| listed.name == name) {
                return refuse(path, "is there already, written by an earlier commit");
            }
        }
        Ok(())
    }

    fn clear_up(&self, base: u64) -> Result<(), LedgerFault> {
        let (disk, size) = (&*self.writer.setup.disk, self.writer.state.checkpoint.size());
        disk.remove(PENDING).map_err(LedgerFault::io(PENDING))?;
        let hashes = (0..LEVELS as u8).map(TileKind::Hash);
        for kind in hashes.chain([TileKind::Entries, TileKind::Bodies]) {
            let Some(old) = partial(kind, base) else { continue };
            // The partial tiles of the log go with the full one; partial bundles with the next.
            if kind == TileKind::Bodies || partial(kind, size).is_none_or(|new| new.index() != old.index()) {
                recovery::remove_partials(disk, old, size)?;
            }
        }
        Ok(())
    }
}
