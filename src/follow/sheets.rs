//! Ledger entries as the search index takes them: each body compared with its leaf, which is proved again.

use std::sync::Arc;

use rayon::prelude::*;

use super::again::{BUNDLE, Entries};
use super::derive::Change;
use super::step::{read_entry, stored};
use super::{FollowFault, Published, Reflected};
use crate::ledger::entry::BodyEntry;
use crate::ledger::reader::LedgerReader;
use crate::records::{RecordKey, RecordStore};
use crate::search::{Prepared, SearchEntry};
use crate::signing::Jws;
use crate::signing::keyed::KeyedHash;
use crate::tlog::leaf::{Kind, Leaf, leaf_hash};
use crate::transcript::TranscriptCode;
use crate::transcript::record::{Record, StatusEntry};
use crate::transcript::sheet::Sheet;
use crate::transcript::status::Status;

/// Bundles that are read at a time, on all cores. What is read is in memory until it is added.
const STEP_BUNDLES: u64 = 32;
/// How often a record is asked for that the follower may just be replacing.
const TRIES: usize = 3;

/// What one entry of the ledger does to the index.
pub(super) enum Step {
    Add(Prepared),
    /// The sheet at this position goes.
    Erase(u64),
}

/// What was read at a time: the index then reflects `to` entries.
pub(super) struct Read {
    pub(super) steps: Vec<Step>,
    pub(super) to: u64,
}

/// An entry that concerns the index.
enum Entry {
    Sheet(Prepared),
    Erased(TranscriptCode, Box<StatusEntry>),
}

/// Where entries come from.
pub(super) struct Source {
    pub(super) reader: Arc<LedgerReader>,
    pub(super) published: Published,
    pub(super) records: Arc<dyn RecordStore>,
    /// For records that the store has lost.
    pub(super) entries: Entries,
    pub(super) key: KeyedHash,
}

impl Source {
    pub(super) fn read(&self, state: &Reflected, from: u64) -> Result<Read, FollowFault> {
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
