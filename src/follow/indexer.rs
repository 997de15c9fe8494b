//! Ledger → search index, behind the answers and never in their way; in processes with the offices role only.
//!
//! It follows what a [`Follower`](super::Follower) has published. Each sheet's body is compared with its leaf, which is
//! proved in the tree again. On any doubt the index is deleted and made again from the ledger; what it held is
//! never repaired.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::again::Entries;
use super::sheets::{Read, Source, Step};
use super::{FollowFault, Published, Reflected};
use crate::ledger::reader::LedgerReader;
use crate::records::RecordStore;
use crate::search::{self, Commit, Position, SearchFault, SearchReader, SearchWriter};
use crate::signing::keyed::KeyedHash;

/// Between two commits while following what is new: each costs some dozen fsyncs.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

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
