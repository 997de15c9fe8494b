//! Ledger → search index, behind the answers and never in their way; in processes with the offices role only.
//!
//! It follows what a [`Follower`](super::Follower) has published. Each sheet's body is compared with its leaf, which is
//! proved in the tree again. On any doubt the index is deleted and made again from the ledger; what it held is
//! never repaired.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use rayon::prelude::*;

use super::again::{BUNDLE, Entries};
use super::derive::Change;
use super::step::{read_entry, stored};
use super::{FollowFault, Published, Reflected};
use crate::ledger::entry::BodyEntry;
use crate::ledger::reader::LedgerReader;
use crate::records::{RecordKey, RecordStore};
use crate::search::{self, Commit, Position, Prepared, SearchEntry, SearchFault, SearchReader, SearchWriter};
use crate::signing::Jws;
use crate::signing::keyed::KeyedHash;
use crate::tlog::leaf::{Kind, Leaf, leaf_hash};
use crate::transcript::TranscriptCode;
use crate::transcript::record::{Record, StatusEntry};
use crate::transcript::sheet::Sheet;
use crate::transcript::status::Status;

/// Bundles that are read at a time, on all cores. What is read is in memory until it is added.
const STEP_BUNDLES: u64 = 32;
/// Between two commits while following what is new: each costs some dozen fsyncs.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// How often a record is asked for that the follower may just be replacing.
const TRIES: usize = 3;

/// Why the index stopped growing. What it holds stays, and says how far it goes.
#[derive(Debug, thiserror::Error)]
pub enum IndexerFault {
    /// The ledger, or a record.
    #[error(transparent)]
    Follow(#[from] FollowFault),
    /// The index.
    #[error(transparent)]
    Search(#[from] SearchFault),
}

/// The index as those see it who ask it.
#[derive(Debug, Clone, Default)]
pub struct IndexState {
    /// Answers queries, once the index is open.
    pub reader: Option<SearchReader>,
    /// Whether it has once held all that answers reflected, since it was opened: what it lacks now is seconds old.
    pub is_whole: bool,
    /// Sheets that it holds.
    pub sheets: u64,
    /// When it last held all that answers reflected.
    pub complete_at: Option<Instant>,
    /// Why it does not grow, empty when nothing keeps it from that.
    pub fault: Option<String>,
}

impl IndexState {
    /// Entries of the ledger that it reflects.
    pub fn reflected(&self) -> u64 {
        self.reader.as_ref().map_or(0, |reader| reader.position().size)
    }
}

/// The index of a process, shared by all who ask it.
pub type ShownIndex = Arc<ArcSwap<IndexState>>;

/// Keeps a search index up with the published state.
pub struct Indexer {
    source: Source,
    dir: PathBuf,
    /// None until it is opened, and after a fault of its own.
    writer: Option<SearchWriter>,
    /// Entries that the writer was given.
    next: u64,
    committed: Instant,
    shown: ShownIndex,
}

impl Indexer {
    /// Over the directory of an index; opens nothing yet, for that reads all of it. `key` as for
    /// [`search::PersonalTag::of`].
    pub fn new(
        reader: Arc<LedgerReader>,
        published: Published,
        records: Arc<dyn RecordStore>,
        dir: PathBuf,
        key: KeyedHash,
    ) -> Self {
        let entries = Entries::new(Arc::clone(&reader));
        Self {
            source: Source { reader, published, records, entries, key },
            dir,
            writer: None,
            next: 0,
            committed: Instant::now(),
            shown: ShownIndex::default(),
        }
    }

    /// What is shown, for all who ask.
    pub fn shown(&self) -> ShownIndex {
        Arc::clone(&self.shown)
    }

    /// Whether the answers themselves are behind the ledger: then following comes first.
    pub fn should_wait(&self) -> bool {
        let state = self.source.published.load();
        state.position.size < state.checkpoint().size()
    }

    /// Reads on; true while there is more to read. After a fault, call again a while later.
    ///
    /// # Errors
    /// [`IndexerFault`]; it is shown as well.
    pub fn step(&mut self) -> Result<bool, IndexerFault> {
        let stepped = self.try_step();
        self.show(stepped)
    }

    /// Reads all that is published and makes it durable now.
    ///
    /// # Errors
    /// As [`Indexer::step`].
    pub fn settle(&mut self) -> Result<(), IndexerFault> {
        let settled = self.try_settle();
        self.show(settled)
    }

    fn show<T>(&self, stepped: Result<T, IndexerFault>) -> Result<T, IndexerFault> {
        let fault = stepped.as_ref().err().map(ToString::to_string);
        let last = self.shown.load();
        let state = match (&self.writer, fault) {
            // What was committed still answers, and after a fault of its own the index is opened again.
            (_, Some(fault)) => IndexState { fault: Some(fault), ..IndexState::clone(&last) },
            (writer, None) => self.state_of(writer.as_ref(), &last),
        };
        self.shown.store(Arc::new(state));
        stepped
    }

    fn state_of(&self, writer: Option<&SearchWriter>, last: &IndexState) -> IndexState {
        let Some(writer) = writer else { return IndexState::default() };
        let holds_all = writer.position().size >= self.source.published.load().position.size;
        IndexState {
            reader: Some(writer.reader()),
            is_whole: holds_all || last.is_whole,
            sheets: writer.sheets(),
            complete_at: if holds_all { Some(Instant::now()) } else { last.complete_at },
            fault: None,
        }
    }

    fn try_step(&mut self) -> Result<bool, IndexerFault> {
        let state = self.source.published.load_full();
        if self.writer.is_none() {
            self.open(&state)?;
        }
        // A fault of the ledger leaves the index as it is.
        let read = self.source.read(&state, self.next)?;
        self.write(&state, read).inspect_err(|_| self.writer = None)
    }

    fn try_settle(&mut self) -> Result<(), IndexerFault> {
        while self.try_step()? {}
        let state = self.source.published.load_full();
        let waits = self.writer.as_ref().is_some_and(|writer| self.next > writer.position().size);
        let committed = if waits { self.commit(&state) } else { Ok(()) };
        committed.inspect_err(|_| self.writer = None)
    }

    fn open(&mut self, state: &Reflected) -> Result<(), IndexerFault> {
        let opened = search::open(&self.dir)?;
        if let Some(doubt) = opened.doubt {
            tracing::warn!(%doubt, "the search index begins anew");
        }
        let mut writer = opened.writer;
        if !is_of_this_ledger(state, writer.position())? {
            tracing::warn!("the search index reflects another ledger; it is made again");
            drop(writer);
            writer = search::begin_anew(&self.dir)?;
        }
        self.next = writer.position().size;
        // Nothing of what was there before counts: it may just have been deleted.
        self.shown.store(Arc::default());
        self.writer = Some(writer);
        Ok(())
    }

    fn write(&mut self, state: &Reflected, read: Read) -> Result<bool, IndexerFault> {
        let Some(writer) = &mut self.writer else { return Ok(false) };
        let mut is_due = false;
        for step in read.steps {
            match step {
                Step::Add(entry) => is_due |= writer.add_prepared(entry)? == Commit::Due,
                Step::Erase(leaf) => writer.erase(leaf)?,
            }
        }
        self.next = read.to;
        let is_behind = self.next < state.position.size;
        let is_time = !is_behind && self.committed.elapsed() >= COMMIT_EVERY;
        if (is_due || is_time) && self.next > writer.position().size {
            self.commit(state)?;
        }
        Ok(is_behind)
    }

    fn commit(&mut self, state: &Reflected) -> Result<(), IndexerFault> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let root = state.tree.root_at(self.next).map_err(FollowFault::from)?;
        writer.commit(Position { size: self.next, root })?;
        self.committed = Instant::now();
        Ok(())
    }

    /// As [`Indexer::settle`], and waits until no segment is being merged.
    ///
    /// # Errors
    /// [`IndexerFault`].
    pub fn finish(mut self) -> Result<(), IndexerFault> {
        self.settle()?;
        match self.writer {
            Some(writer) => Ok(writer.finish()?),
            None => Ok(()),
        }
    }
}

/// The heads may be behind the index after a crash; the ledger never is.
fn is_of_this_ledger(state: &Reflected, position: Position) -> Result<bool, FollowFault> {
    match position.size {
        0 => Ok(position == Position::EMPTY),
        size if size > state.tree.size() => Ok(false),
        size => Ok(state.tree.root_at(size)? == position.root),
    }
}

/// What one entry of the ledger does to the index.
enum Step {
    Add(Prepared),
    /// The sheet at this position goes.
    Erase(u64),
}

/// What was read at a time: the index then reflects `to` entries.
struct Read {
    steps: Vec<Step>,
    to: u64,
}

/// An entry that concerns the index.
enum Entry {
    Sheet(Prepared),
    Erased(TranscriptCode, Box<StatusEntry>),
}

/// Where entries come from.
struct Source {
    reader: Arc<LedgerReader>,
    published: Published,
    records: Arc<dyn RecordStore>,
    /// For records that the store has lost.
    entries: Entries,
    key: KeyedHash,
}

impl Source {
    fn read(&self, state: &Reflected, from: u64) -> Result<Read, FollowFault> {
        let size = state.position.size;
        if from >= size {
            return Ok(Read { steps: Vec::new(), to: from });
        }
        let last = (from / BUNDLE + STEP_BUNDLES).min(size.div_ceil(BUNDLE));
        let bundles = (from / BUNDLE..last).into_par_iter();
        let read: Vec<Vec<Entry>> =
            bundles.map(|bundle| self.read_bundle(state, bundle, from)).collect::<Result<_, _>>()?;
        let mut steps = Vec::with_capacity(read.iter().map(Vec::len).sum());
        for entry in read.into_iter().flatten() {
            match entry {
                Entry::Sheet(prepared) => steps.push(Step::Add(prepared)),
                Entry::Erased(code, status) => {
                    steps.extend(self.erased_by(code, &status)?.into_iter().map(Step::Erase));
                }
            }
        }
        Ok(Read { steps, to: size.min(last * BUNDLE) })
    }

    fn read_bundle(&self, state: &Reflected, bundle: u64, from: u64) -> Result<Vec<Entry>, FollowFault> {
        let start = bundle * BUNDLE;
        let width = (state.position.size - start).min(BUNDLE) as u16;
        let leaves = self.reader.leaves(bundle, width)?;
        if !leaves.iter().any(|leaf| matches!(leaf.kind, Kind::Sheet | Kind::Status)) {
            return Ok(Vec::new());
        }
        let numbered = (start..).zip(leaves.into_iter().zip(self.reader.bodies(bundle, width)?));
        let new = numbered.filter(|(index, _)| *index >= from);
        new.filter_map(|(index, (leaf, body))| self.entry(state, index, &leaf, body).transpose()).collect()
    }

    fn entry(&self, state: &Reflected, index: u64, leaf: &Leaf, body: BodyEntry) -> Result<Option<Entry>, FollowFault> {
        match (leaf.kind, &body.signed) {
            (Kind::Sheet, Some(signed)) => self.sheet(state, index, leaf, &body, signed).map(Some),
            (Kind::Status, _) => match read_entry(&state.tree, index, leaf, body.facts, None)? {
                Change::Status { code, entry } if entry.status == Status::Erased => {
                    Ok(Some(Entry::Erased(code, Box::new(entry))))
                }
                _ => Ok(None),
            },
            // A sheet without its body was erased.
            _ => Ok(None),
        }
    }

    /// The body must be what the leaf commits to, and the leaf stand in the tree.
    fn sheet(
        &self,
        state: &Reflected,
        index: u64,
        leaf: &Leaf,
        body: &BodyEntry,
        signed: &[u8],
    ) -> Result<Entry, FollowFault> {
        let unreadable = |reason: String| FollowFault::Facts { index, reason };
        let jws = Jws::from_stored_with(signed, SearchEntry::GROUPS).map_err(|fault| unreadable(fault.to_string()))?;
        if !body.facts.matches(leaf) || *jws.signed_digest() != body.facts.signed_digest {
            return Err(FollowFault::Leaf(index));
        }
        state.tree.contains(index, &leaf_hash(&leaf.encode()))?;
        let sheet = Sheet::open(jws.payload(), jws.disclosures()).map_err(|fault| unreadable(fault.to_string()))?;
        let entry = SearchEntry::of(&sheet, index, &self.key);
        let entry = entry.ok_or_else(|| unreadable("a group that every sheet has is missing".into()))?;
        Ok(Entry::Sheet(entry.prepare()))
    }

    /// Positions of the sheets that an erasure concerns: those that its booklet had then.
    fn erased_by(&self, code: TranscriptCode, status: &StatusEntry) -> Result<Vec<u64>, FollowFault> {
        let mut read = self.record(code);
        for _ in 1..TRIES {
            // The follower may have replaced the record in between.
            if read.is_ok() {
                break;
            }
            read = self.record(code);
        }
        let Record::Transcript(record) = read? else { return Err(FollowFault::Derived) };
        let concerned = record.sheets.iter().filter(|sheet| status.sheet.is_none_or(|id| id == sheet.sheet));
        Ok(concerned.map(|sheet| sheet.leaf.index).filter(|leaf| *leaf < status.leaf.index).collect())
    }

    fn record(&self, code: TranscriptCode) -> Result<Record, FollowFault> {
        let state = self.published.load_full();
        let head = state.heads.get(code.as_bytes())?.ok_or(FollowFault::Derived)?;
        let key = RecordKey { code, head };
        let found = stored(&*self.records, &[key])?.pop().flatten();
        self.entries.known(&state, &*self.records, &key, found)
    }
}
