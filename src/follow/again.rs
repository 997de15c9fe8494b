//! One record made again from the ledger entries it consists of, checked like everything that is followed.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::derive::Change;
use super::step::read_entry;
use super::{FollowFault, Reflected};
use crate::ledger::entry::FactsEntry;
use crate::ledger::reader::LedgerReader;
use crate::records::{Part, RecordKey, RecordStore};
use crate::tlog::leaf::Leaf;
use crate::transcript::TranscriptCode;
use crate::transcript::record::{HeadDigest, Record, TranscriptRecord};

/// Entries of a bundle.
pub(super) const BUNDLE: u64 = 256;
/// Bundles kept: a school's sheets lie together, year by year. Some 200 KB each.
const BUNDLES: usize = 64;

pub(super) type Bundle = Vec<(Leaf, FactsEntry)>;

/// Reads entries one by one, and remembers the bundles they lie in.
pub(super) struct Entries {
    reader: Arc<LedgerReader>,
    bundles: Cache<(u64, u16), Arc<Bundle>>,
}

impl Entries {
    pub(super) fn new(reader: Arc<LedgerReader>) -> Self {
        Self { reader, bundles: Cache::new(BUNDLES) }
    }

    /// The entries of a bundle as far as a tree of `size` has them.
    pub(super) fn bundle(&self, bundle: u64, size: u64) -> Result<Arc<Bundle>, FollowFault> {
        let width = size.saturating_sub(bundle * BUNDLE).min(BUNDLE) as u16;
        self.bundles.get_or_insert_with(&(bundle, width), || {
            let leaves = self.reader.leaves(bundle, width)?;
            Ok(Arc::new(leaves.into_iter().zip(self.reader.facts(bundle, width)?).collect()))
        })
    }

    fn change(&self, state: &Reflected, index: u64) -> Result<Change, FollowFault> {
        let bundle = self.bundle(index / BUNDLE, state.position.size)?;
        let (leaf, entry) = bundle.get((index % BUNDLE) as usize).ok_or(FollowFault::Derived)?;
        read_entry(&state.tree, index, leaf, entry.clone(), None)
    }

    /// The record of a code as these heads name it; None when the store cannot say what it is made of, or
    /// what that gives is something else.
    pub(super) fn record(
        &self,
        state: &Reflected,
        records: &dyn RecordStore,
        key: &RecordKey,
    ) -> Result<Option<Vec<u8>>, FollowFault> {
        let Some(made_of) = records.made_of(&key.code)? else { return Ok(None) };
        let mut record: Option<TranscriptRecord> = None;
        // The trail may be ahead of the heads by a step.
        for part in made_of.into_iter().filter(|part| part.index < state.position.size) {
            self.append(state, part, &key.code, &mut record)?;
        }
        let encoded = record.map(|record| Record::Transcript(record).encode());
        Ok(encoded.filter(|bytes| HeadDigest::of(bytes) == key.head))
    }

    /// A record that matches its head: as it was found, or made again from the ledger.
    pub(super) fn known(
        &self,
        state: &Reflected,
        records: &dyn RecordStore,
        key: &RecordKey,
        found: Option<Vec<u8>>,
    ) -> Result<Record, FollowFault> {
        let encoded = match found.filter(|record| HeadDigest::of(record) == key.head) {
            Some(record) => record,
            None => self.record(state, records, key)?.ok_or(FollowFault::Derived)?,
        };
        Record::decode(&encoded).map_err(|_| FollowFault::Derived)
    }

    fn append(
        &self,
        state: &Reflected,
        part: Part,
        of: &TranscriptCode,
        record: &mut Option<TranscriptRecord>,
    ) -> Result<(), FollowFault> {
        match self.change(state, part.index)? {
            Change::Sheet { code, level, mut entry, certified } if code == *of => {
                // Who signed is not looked up again: what was found then is in the head.
                entry.certified = certified.zip(part.certified).map(|(sheet, grants)| sheet.by(grants));
                let empty = || TranscriptRecord { code, level, sheets: Vec::new(), statuses: Vec::new() };
                record.get_or_insert_with(empty).sheets.push(entry);
            }
            Change::Status { code, entry } if code == *of => {
                record.as_mut().ok_or(FollowFault::Derived)?.statuses.push(entry);
            }
            _ => return Err(FollowFault::Derived),
        }
        Ok(())
    }
}
