//! What follows the ledger into the index.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tantivy::index::SegmentId;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::query::RangeQuery;
use tantivy::{Index, IndexReader, IndexWriter, Term};

use super::entry::{Prepared, SearchEntry};
use super::open::index_writer;
use super::people::KeptPeople;
use super::schema::Fields;
use super::stamp::Stamp;
use super::view::{SearchReader, View};
use super::{Position, SearchFault};
use crate::fsync::FileLock;

/// Sheets after which [`SearchWriter::add`] asks for a commit. A commit costs some dozen fsyncs whatever its
/// size, and a segment that is merged later: following from far behind wants few of them, following what is new
/// wants one a second.
const COMMIT_EVERY: u64 = 100_000;

/// Whether the caller should commit now.
#[must_use = "what is not committed is not found, and gathers in memory"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// Enough has gathered.
    Due,
    /// Nothing to do.
    NotYet,
}

/// The one writer of an index. What it is given shows once it is committed, together with the position.
pub struct SearchWriter {
    pub(super) index: Index,
    pub(super) writer: IndexWriter,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) view: Arc<ArcSwap<View>>,
    pub(super) kept: Arc<KeptPeople>,
    /// Sheets that the next commit holds, unless some were erased.
    pub(super) sheets: u64,
    pub(super) waiting: u64,
    pub(super) erased: bool,
    /// Segments that are being written again without what was erased.
    pub(super) purging: HashSet<SegmentId>,
    pub(super) _lock: FileLock,
}

impl SearchWriter {
    /// Adds a sheet. The ledger has each sheet once, and so must the caller: it goes on from
    /// [`SearchWriter::position`] after a start, never from earlier.
    ///
    /// # Errors
    /// [`SearchFault::Index`]; this writer is then of no use, and the index is to be opened again.
    pub fn add(&mut self, entry: &SearchEntry<'_>) -> Result<Commit, SearchFault> {
        self.add_prepared(entry.prepare())
    }

    /// The same for an entry that was made into a document elsewhere, on another thread.
    ///
    /// # Errors
    /// As [`SearchWriter::add`].
    pub fn add_prepared(&mut self, entry: Prepared) -> Result<Commit, SearchFault> {
        self.writer.add_document(entry.0)?;
        self.sheets += 1;
        self.waiting += 1;
        Ok(if self.waiting >= COMMIT_EVERY { Commit::Due } else { Commit::NotYet })
    }

    /// Takes out the sheet at a position of the ledger, whose content was erased by lawful order. It is found
    /// no more after the next commit, and gone from the disk once its segment has been written again, which
    /// begins with that commit and goes on beside.
    ///
    /// # Errors
    /// As [`SearchWriter::add`].
    pub fn erase(&mut self, leaf: u64) -> Result<(), SearchFault> {
        // Nothing else looks sheets up by position, so there are no terms for it: a pass over the column,
        // some milliseconds for a million sheets, is paid by the few erasures and not by every sheet.
        let leaf = || Bound::Included(Term::from_field_u64(self.fields.leaf, leaf));
        self.writer.delete_query(Box::new(RangeQuery::new(leaf(), leaf())))?;
        self.erased = true;
        Ok(())
    }

    /// Makes everything so far durable and shows it, as the state of the ledger at this position.
    ///
    /// # Errors
    /// [`SearchFault::Backwards`], and nothing has happened; otherwise as [`SearchWriter::add`]. Whatever a
    /// crash leaves behind is one commit or the other whole, or is in doubt and is made again.
    pub fn commit(&mut self, position: Position) -> Result<(), SearchFault> {
        let held = self.position();
        if !held.may_become(&position) {
            return Err(SearchFault::Backwards { held: held.size, offered: position.size });
        }
        if self.erased {
            // How many sheets went is known afterwards only.
            self.write(&Stamp::new(&position, None))?;
            self.sheets = count(&self.index)?;
            self.erased = false;
        }
        self.write(&Stamp::new(&position, Some(self.sheets)))?;
        self.waiting = 0;
        self.reader.reload()?;
        self.view.store(Arc::new(View::new(self.reader.searcher(), self.fields, position)?));
        self.kept.retain(&self.index.searchable_segment_ids()?);
        self.purge()
    }

    fn write(&mut self, stamp: &Stamp) -> Result<(), SearchFault> {
        let payload = stamp.seal().ok_or(SearchFault::Damaged("its stamp cannot be written"))?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        Ok(())
    }

    /// Writes segments that hold erased sheets again, without them, on tantivy's thread for merges.
    pub(super) fn purge(&mut self) -> Result<(), SearchFault> {
        let segments = self.index.searchable_segment_metas()?;
        let with_erased: HashSet<SegmentId> = segments.iter().filter(|s| s.has_deletes()).map(|s| s.id()).collect();
        for id in with_erased.difference(&self.purging) {
            // It goes on by itself; what it comes to is seen at the next commit.
            drop(self.writer.merge(&[*id]));
        }
        self.purging = with_erased;
        Ok(())
    }

    /// What is committed: where following goes on after a start.
    pub fn position(&self) -> Position {
        self.view.load().position
    }

    /// Sheets that the index holds once what waits is committed.
    pub fn sheets(&self) -> u64 {
        self.sheets
    }

    /// Answers queries from what is committed, now and later.
    pub fn reader(&self) -> SearchReader {
        SearchReader { view: Arc::clone(&self.view), kept: Arc::clone(&self.kept) }
    }

    /// Ends writing with all sheets in one segment, which a search then reads once; waits until that is done. What was not
    /// committed is dropped.
    ///
    /// # Errors
    /// [`SearchFault::Index`]; the last commit stands.
    pub fn finish(self) -> Result<(), SearchFault> {
        // What is being merged now cannot be merged with the rest before it is done.
        self.writer.set_merge_policy(Box::new(NoMergePolicy));
        self.writer.wait_merging_threads()?;
        let mut writer = index_writer(&self.index)?;
        let segments = self.index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        Ok(writer.wait_merging_threads()?)
    }
}

impl std::fmt::Debug for SearchWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchWriter({} entries of the ledger)", self.position().size)
    }
}

/// Sheets that are committed and not erased.
pub(super) fn count(index: &Index) -> Result<u64, SearchFault> {
    Ok(index.searchable_segment_metas()?.iter().map(|segment| u64::from(segment.num_docs())).sum())
}
