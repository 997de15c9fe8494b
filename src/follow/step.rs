//! One step of following: a run of entries, checked, derived, published together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rayon::prelude::*;

use super::again::BUNDLE;
use super::derive::{self, CertifiedSheet, Change};
use super::{FollowFault, Follower, reflected, remember};
use crate::heads::{Flush, Position};
use crate::ledger::entry::FactsEntry;
use crate::records::{RecordKey, RecordStore, RecordsFault, grant_key, newest_bound_key};
use crate::signing::Kid;
use crate::tlog::leaf::{Leaf, leaf_hash};
use crate::tlog::tree::VerifiedTree;
use crate::transcript::record::{
    BoundGrant, Certified, CertifiedRole, HeadDigest, Record, StatusEntry, TranscriptRecord,
};
use crate::transcript::status::Status;
use crate::transcript::{Level, Moment, TranscriptCode};

/// Bundles of 256 entries in a step: small enough that a new sheet shows within a second, large
/// enough that both cores have work.
const STEP_BUNDLES: u64 = 32;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries now reflected.
    pub reflected: u64,
    /// Entries the newest checkpoint covers.
    pub size: u64,
    /// Whether this step followed any.
    pub moved: bool,
}

impl Progress {
    /// Whether there is more to follow right now.
    pub fn is_behind(self) -> bool {
        self.reflected < self.size
    }
}

type Known = HashMap<TranscriptCode, (HeadDigest, Record)>;
type Touched = HashMap<TranscriptCode, (Option<HeadDigest>, Record)>;
/// Grants of keys that are bound to certificates: where they stand, and what they are bound to.
type KnownGrants = HashMap<Kid, (u64, BoundGrant)>;

impl Follower {
    /// Looks for a new checkpoint and follows one step towards it.
    ///
    /// # Errors
    /// [`FollowFault`]; the published state stays as it was.
    pub fn step(&mut self) -> Result<Progress, FollowFault> {
        let now = self.published.load_full();
        let newer = self.reader.poll()?;
        let tree = match &newer {
            Some(checkpoint) => {
                let tree = now.tree.advance(checkpoint.clone())?;
                if tree.size() > now.tree.size() {
                    // Before anything of it can be seen: whatever is put in the ledger's place then, after a
                    // crash too, is known to be older.
                    remember(&self.seen, tree.checkpoint())?;
                }
                Arc::new(tree)
            }
            None => Arc::clone(&now.tree),
        };
        let (from, size) = (now.position.size, tree.size());
        if from == size {
            if newer.is_some() {
                self.published.store(reflected(tree, self.heads.view(), now.complete_at).into());
            }
            return Ok(Progress { reflected: size, size, moved: false });
        }
        let changes = self.read_changes(&tree, from, size)?;
        let to = from + changes.len() as u64;
        let touched = self.derive_records(changes)?;
        self.publish(tree, touched, to, now.complete_at)?;
        Ok(Progress { reflected: to, size, moved: true })
    }

    /// Reads and checks the entries of this step; never ends between a replacement and its new sheet.
    fn read_changes(&self, tree: &VerifiedTree, from: u64, size: u64) -> Result<Vec<Change>, FollowFault> {
        let mut bundle = from / BUNDLE;
        let mut changes: Vec<Change> = Vec::new();
        loop {
            let last = (bundle + STEP_BUNDLES).min(size.div_ceil(BUNDLE));
            let read: Vec<Vec<Change>> = (bundle..last)
                .into_par_iter()
                .map(|b| self.read_bundle(tree, b, from, size))
                .collect::<Result<_, _>>()?;
            changes.extend(read.into_iter().flatten());
            bundle = last;
            let reached = from + changes.len() as u64;
            if reached == size || !changes.last().is_some_and(Change::binds_the_next) {
                return Ok(changes);
            }
        }
    }

    fn read_bundle(&self, tree: &VerifiedTree, bundle: u64, from: u64, size: u64) -> Result<Vec<Change>, FollowFault> {
        let start = bundle * BUNDLE;
        let width = (size - start).min(BUNDLE) as u16;
        let leaves = self.reader.leaves(bundle, width)?;
        let facts = self.reader.facts(bundle, width)?;
        // Only what names certificates needs more than its facts.
        let is_sought = |(i, entry): (usize, &FactsEntry)| start + i as u64 >= from && entry.origin.certified;
        let signed: Vec<Option<Box<[u8]>>> = match facts.iter().enumerate().any(is_sought) {
            true => self.reader.bodies(bundle, width)?.into_iter().map(|body| body.signed).collect(),
            false => Vec::new(),
        };
        leaves
            .into_iter()
            .zip(facts)
            .enumerate()
            .map(|(i, (leaf, entry))| (start + i as u64, leaf, entry, signed.get(i).and_then(Option::as_deref)))
            .filter(|(index, ..)| *index >= from)
            .map(|(index, leaf, entry, signed)| read_entry(tree, index, &leaf, entry, signed))
            .collect()
    }

    fn derive_records(&self, changes: Vec<Change>) -> Result<Touched, FollowFault> {
        let mut known = self.known_records(&changes)?;
        let mut touched = Touched::with_capacity(changes.len() * 2);
        let mut grants = KnownGrants::new();
        for change in changes {
            match change {
                Change::Sheet { code, level, mut entry, certified } => {
                    entry.certified = match certified {
                        Some(sheet) => self.certified(&touched, &mut grants, &sheet)?,
                        None => None,
                    };
                    let pointer = Record::SheetPointer { sheet: entry.sheet, code };
                    touched.insert(entry.sheet.as_lookup(), (None, pointer));
                    let record = transcript(&mut known, &mut touched, code, Some(level))?;
                    record.sheets.push(entry);
                }
                Change::Status { code, entry } => {
                    let record = transcript(&mut known, &mut touched, code, None)?;
                    forget_erased_signers(record, &entry);
                    record.statuses.push(entry);
                }
                Change::Grant { kid, leaf, bound } => self.note_grant(&mut touched, kid, leaf, bound)?,
                Change::Nothing => {}
            }
        }
        Ok(touched)
    }

    /// The records that these changes continue, read in one go: the store may be elsewhere.
    fn known_records(&self, changes: &[Change]) -> Result<Known, FollowFault> {
        let heads = self.heads.view();
        let mut keys: HashMap<TranscriptCode, RecordKey> = HashMap::new();
        for change in changes {
            let (Change::Sheet { code, .. } | Change::Status { code, .. }) = change else { continue };
            if let Some(head) = heads.get(code.as_bytes())? {
                keys.insert(*code, RecordKey { code: *code, head });
            }
        }
        let keys: Vec<RecordKey> = keys.into_values().collect();
        let found = self.stored(&keys)?;
        keys.iter().zip(found).map(|(key, found)| Ok((key.code, self.known_record(key, found)?))).collect()
    }

    /// Following does not wait for a store that is elsewhere: the ledger is here.
    fn stored(&self, keys: &[RecordKey]) -> Result<Vec<Option<Vec<u8>>>, FollowFault> {
        stored(&*self.records, keys)
    }

    /// A grant, and if its key is bound to a certificate, its place at the front of their list.
    fn note_grant(
        &self,
        touched: &mut Touched,
        kid: Kid,
        leaf: u64,
        bound: Option<(Kid, CertifiedRole)>,
    ) -> Result<(), FollowFault> {
        let bound = match bound {
            None => None,
            Some((certificate, role)) => {
                let (head, newest) = match self.touched_or_known(touched, newest_bound_key())? {
                    Some((head, Record::NewestBound { kid })) => (head, Some(kid)),
                    None => (None, None),
                    Some(_) => return Err(FollowFault::Derived),
                };
                touched.insert(newest_bound_key(), (head, Record::NewestBound { kid: kid.0 }));
                Some(BoundGrant { role, certificate: certificate.0, previous: newest })
            }
        };
        touched.insert(grant_key(&kid.0), (None, Record::GrantPointer { kid: kid.0, leaf, bound }));
        Ok(())
    }

    /// Head and institution among those who signed with certificates; None unless both did.
    fn certified(
        &self,
        touched: &Touched,
        grants: &mut KnownGrants,
        sheet: &CertifiedSheet,
    ) -> Result<Option<Certified>, FollowFault> {
        let (mut head, mut institution) = (None, None);
        for (kid, certificate) in &sheet.signers {
            let Some((leaf, bound)) = self.bound_grant(touched, grants, kid)? else { continue };
            match bound.role {
                _ if bound.certificate != certificate.0 => {}
                CertifiedRole::Head => head = head.or(Some(leaf)),
                CertifiedRole::Institution => institution = institution.or(Some(leaf)),
                CertifiedRole::Teacher | CertifiedRole::Office => {}
            }
        }
        Ok(head.zip(institution).map(|(head, institution)| sheet.by([head, institution])))
    }

    /// A school signs many sheets of a step: its grants are looked up once.
    fn bound_grant(
        &self,
        touched: &Touched,
        grants: &mut KnownGrants,
        kid: &Kid,
    ) -> Result<Option<(u64, BoundGrant)>, FollowFault> {
        if let Some(known) = grants.get(kid) {
            return Ok(Some(*known));
        }
        match self.touched_or_known(touched, grant_key(&kid.0))? {
            Some((_, Record::GrantPointer { leaf, bound: Some(bound), .. })) => {
                grants.insert(*kid, (leaf, bound));
                Ok(Some((leaf, bound)))
            }
            _ => Ok(None),
        }
    }

    /// A record that is no booklet, as this step has it so far.
    fn touched_or_known(
        &self,
        touched: &Touched,
        code: TranscriptCode,
    ) -> Result<Option<(Option<HeadDigest>, Record)>, FollowFault> {
        match touched.get(&code) {
            Some((head, record)) => Ok(Some((*head, record.clone()))),
            None => {
                let Some(head) = self.heads.view().get(code.as_bytes())? else { return Ok(None) };
                let key = RecordKey { code, head };
                let found = self.stored(&[key])?.pop().flatten();
                let (head, record) = self.known_record(&key, found)?;
                Ok(Some((Some(head), record)))
            }
        }
    }

    fn known_record(&self, key: &RecordKey, found: Option<Vec<u8>>) -> Result<(HeadDigest, Record), FollowFault> {
        let state = self.published.load();
        Ok((key.head, self.entries.known(&state, &*self.records, key, found)?))
    }

    /// Records first, then heads, then the published state: a reader never holds a head whose record
    /// is not there yet.
    fn publish(
        &mut self,
        tree: Arc<VerifiedTree>,
        touched: Touched,
        to: u64,
        before: Option<Moment>,
    ) -> Result<(), FollowFault> {
        let encoded: Vec<(TranscriptCode, Option<HeadDigest>, HeadDigest, Vec<u8>)> = touched
            .into_par_iter()
            .map(|(code, (old, record))| {
                let bytes = record.encode();
                (code, old, HeadDigest::of(&bytes), bytes)
            })
            .collect();
        let key = |code: TranscriptCode, head: HeadDigest| RecordKey { code, head };
        let puts: Vec<(RecordKey, &[u8])> = encoded.iter().map(|(c, _, d, b)| (key(*c, *d), b.as_slice())).collect();
        self.records.put_batch(&puts)?;
        self.records.set_reflects(to)?;
        let position = Position { size: to, root: tree.root_at(to)? };
        let flush = self.heads.apply(encoded.iter().map(|(c, _, d, _)| (*c.as_bytes(), *d)), position)?;
        let outdated = encoded.iter().filter_map(|(c, old, new, _)| old.filter(|o| o != new).map(|o| key(*c, o)));
        self.forgotten.extend(outdated);
        self.published.store(reflected(tree, self.heads.view(), before).into());
        match flush {
            Flush::Due => self.settle(),
            Flush::NotYet => Ok(()),
        }
    }
}

/// What the store has of these, unchecked; nothing while it is away.
pub(super) fn stored(records: &dyn RecordStore, keys: &[RecordKey]) -> Result<Vec<Option<Vec<u8>>>, FollowFault> {
    match records.get_batch(keys) {
        Err(RecordsFault::Away | RecordsFault::Refused(_)) => Ok(vec![None; keys.len()]),
        found => Ok(found?),
    }
}

/// Once a sheet's body is gone nobody can derive any more who signed it; so nobody keeps it either, and all
/// who follow the ledger, from then or from its beginning, have the same record.
fn forget_erased_signers(record: &mut TranscriptRecord, status: &StatusEntry) {
    if status.status == Status::Erased {
        let concerned = record.sheets.iter_mut().filter(|sheet| status.sheet.is_none_or(|id| id == sheet.sheet));
        concerned.for_each(|sheet| sheet.certified = None);
    }
}

/// The booklet's record as this step has it so far; what the store has of it the first time.
fn transcript<'t>(
    known: &mut Known,
    touched: &'t mut Touched,
    code: TranscriptCode,
    level: Option<Level>,
) -> Result<&'t mut TranscriptRecord, FollowFault> {
    let (_, record) = match touched.entry(code) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => place.insert(match (known.remove(&code), level) {
            (Some((head, record)), _) => (Some(head), record),
            (None, Some(level)) => {
                let empty = TranscriptRecord { code, level, sheets: Vec::new(), statuses: Vec::new() };
                (None, Record::Transcript(empty))
            }
            (None, None) => return Err(FollowFault::Derived),
        }),
    };
    match record {
        Record::Transcript(record) => Ok(record),
        _ => Err(FollowFault::Derived),
    }
}

/// An entry that matches its leaf, which stands in the tree. `signed` as [`derive::change`] wants it.
pub(super) fn read_entry(
    tree: &VerifiedTree,
    index: u64,
    leaf: &Leaf,
    entry: FactsEntry,
    signed: Option<&[u8]>,
) -> Result<Change, FollowFault> {
    if !entry.matches(leaf) {
        return Err(FollowFault::Leaf(index));
    }
    tree.contains(index, &leaf_hash(&leaf.encode()))?;
    let signed = signed.filter(|_| entry.origin.certified);
    derive::change(index, leaf, entry, signed).map_err(|reason| FollowFault::Facts { index, reason })
}
