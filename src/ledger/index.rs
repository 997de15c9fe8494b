//! The intake index: what the rules need to know about every transcript on record.
//!
//! Derived from the ledger and owned by the writer. It is written only after the checkpoint of a
//! commit is durable, so after a crash it lags and is caught up from the ledger; it is never ahead.
//! If it is (a ledger restored from an older backup), it is thrown away and made again. An attacker
//! who edits it can make intake refuse good sheets or accept a second sheet for a year; the audit
//! derives it again and compares.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::signing::jwk::{Jwk, KeyFault};
use crate::signing::{Jws, JwsFault, KeyRing};
use crate::transcript::level::Level;
use crate::transcript::province::ProvinceId;
use crate::transcript::time::SchoolYear;
use crate::transcript::{SheetId, TranscriptCode};

/// What became of one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SheetStanding {
    /// Frozen and in force, now or later.
    InForce,
    /// Withdrawn (thu hồi).
    Withdrawn,
    /// Replaced by a successor.
    Replaced,
    /// Erased by lawful order.
    Erased,
}

/// One sheet as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetState {
    /// Its id.
    pub sheet: SheetId,
    /// Its school year.
    pub year: SchoolYear,
    /// Its position in the ledger.
    pub leaf: u64,
    /// SHA-256 of its payload: the same payload again is a duplicate.
    pub payload: [u8; 32],
    /// What became of it.
    pub standing: SheetStanding,
}

/// A review that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The sheet, or the whole booklet.
    pub sheet: Option<SheetId>,
    /// Whether the ministry ordered it; then only the ministry releases it.
    pub by_ministry: bool,
}

/// One transcript as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptState {
    /// Its level.
    pub level: Level,
    /// Keyed digest of the birth date of the newest sheet; None when that was erased.
    pub birth_date: Option<[u8; 16]>,
    /// Keyed digest of the identification number, where there is one.
    pub identity: Option<[u8; 16]>,
    /// The province now responsible.
    pub province: ProvinceId,
    /// Its sheets, in ledger order.
    pub sheets: Vec<SheetState>,
    /// Reviews that are not over.
    pub suspensions: Vec<Suspension>,
    /// SHA-256 of the payloads of its statuses: the same again is a duplicate.
    pub statuses: Vec<[u8; 32]>,
}

impl TranscriptState {
    /// The sheet with this id.
    pub fn sheet(&self, id: &SheetId) -> Option<&SheetState> {
        self.sheets.iter().find(|s| s.sheet == *id)
    }

    /// The frozen sheet of a year that nothing has withdrawn, replaced or erased.
    pub fn in_force(&self, year: SchoolYear) -> Option<&SheetState> {
        self.sheets.iter().find(|s| s.year == year && s.standing == SheetStanding::InForce)
    }
}

/// Where a province's (or the ministry's) sequence of packages stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The next sequence number.
    pub next: u64,
    /// Signed digest of the last manifest.
    pub previous: [u8; 32],
}

/// A permission to be late, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// SHA-256 of the payload: the same again is a duplicate.
    pub payload: [u8; 32],
    /// The payload's JSON.
    pub claims: String,
}

/// A sheet that waits for another province's word, as it stands in `ledger/quarantine/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// File name in `ledger/quarantine/`.
    pub file: String,
    /// The package it came in.
    pub package: u64,
    /// The line it stood on.
    pub line: u32,
}

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexFault {
    /// The embedded store failed; the index can be deleted and is made again.
    #[error("the intake index failed: {0}")]
    Store(#[from] fjall::Error),
    /// A row that does not decode.
    #[error("the intake index holds a damaged row: {0}")]
    Row(String),
    /// A pinned root that is not a key.
    #[error("trust.roots: {0}")]
    Root(#[from] KeyFault),
    /// A key entry that the ring refuses.
    #[error("the ledger holds a key entry that cannot be applied at {position}: {reason}")]
    Key {
        /// Its position.
        position: u64,
        /// The ring's word.
        reason: String,
    },
}

impl From<JwsFault> for IndexFault {
    fn from(fault: JwsFault) -> Self {
        Self::Row(fault.to_string())
    }
}

/// Changes of a commit in progress, over the durable index; dropped when the commit is.
#[derive(Default)]
pub struct Overlay {
    transcripts: HashMap<TranscriptCode, TranscriptState>,
    ids: HashMap<[u8; 16], TranscriptCode>,
    sequences: HashMap<String, Sequence>,
    keys: Vec<(u64, Vec<u8>)>,
    permissions: Vec<Permission>,
    waiting: HashMap<TranscriptCode, Vec<Waiting>>,
    released: HashSet<TranscriptCode>,
}

/// The durable index.
pub struct Index {
    db: Database,
    transcripts: Keyspace,
    ids: Keyspace,
    keys: Keyspace,
    meta: Keyspace,
    waiting: Keyspace,
    applied: u64,
    /// The ring as of `applied`.
    ring: KeyRing,
    permissions: Vec<Permission>,
}

const APPLIED: &str = "applied";
const PERMISSIONS: &str = "permissions";

fn row<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, IndexFault> {
    postcard::from_bytes(bytes).map_err(|e| IndexFault::Row(e.to_string()))
}

fn bytes(value: &impl Serialize) -> Result<Vec<u8>, IndexFault> {
    postcard::to_stdvec(value).map_err(|e| IndexFault::Row(e.to_string()))
}

impl Index {
    /// Opens or creates the index in `dir`, with the pinned roots.
    ///
    /// # Errors
    /// [`IndexFault`]: the caller deletes the directory and catches up from an empty one.
    pub fn open(dir: &Path, roots: &[Jwk]) -> Result<Self, IndexFault> {
        let db = Database::builder(dir).cache_size(32 << 20).worker_threads(1).open()?;
        let space = |name: &str| db.keyspace(name, KeyspaceCreateOptions::default);
        let (transcripts, ids, keys) = (space("transcripts")?, space("ids")?, space("keys")?);
        let (meta, waiting) = (space("meta")?, space("waiting")?);
        let applied = meta.get(APPLIED)?.map(|v| row(&v)).transpose()?.unwrap_or(0);
        let permissions = meta.get(PERMISSIONS)?.map(|v| row(&v)).transpose()?.unwrap_or_default();
        let mut ring = KeyRing::new(roots)?;
        for entry in keys.iter() {
            let (key, stored) = entry.into_inner()?;
            let position =
                key.as_ref().try_into().map(u64::from_be_bytes).map_err(|_| IndexFault::Row("key".into()))?;
            apply_key(&mut ring, position, &Jws::from_stored(&stored)?)?;
        }
        Ok(Self { db, transcripts, ids, keys, meta, waiting, applied, ring, permissions })
    }

    /// How many ledger entries the index reflects.
    pub fn applied(&self) -> u64 {
        self.applied
    }

    /// The key ring as of [`Index::applied`].
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Makes a commit's changes durable; called only once its checkpoint is.
    ///
    /// # Errors
    /// [`IndexFault::Store`]: the index lags and is caught up at the next start.
    pub fn apply(&mut self, overlay: Overlay, ring: KeyRing, size: u64) -> Result<(), IndexFault> {
        let mut batch = self.db.batch();
        for (code, state) in overlay.transcripts {
            batch.insert(&self.transcripts, code.as_bytes(), bytes(&state)?);
        }
        for (id, code) in overlay.ids {
            batch.insert(&self.ids, id, code.as_bytes());
        }
        for (position, stored) in overlay.keys {
            batch.insert(&self.keys, position.to_be_bytes(), stored);
        }
        for code in &overlay.released {
            batch.remove(&self.waiting, code.as_bytes());
        }
        for (code, list) in overlay.waiting {
            batch.insert(&self.waiting, code.as_bytes(), bytes(&list)?);
        }
        for (route, sequence) in overlay.sequences {
            batch.insert(&self.meta, format!("sequence/{route}"), bytes(&sequence)?);
        }
        self.permissions.extend(overlay.permissions);
        batch.insert(&self.meta, PERMISSIONS, bytes(&self.permissions)?);
        batch.insert(&self.meta, APPLIED, bytes(&size)?);
        batch.commit()?;
        self.db.persist(PersistMode::SyncData)?;
        self.ring = ring;
        self.applied = size;
        Ok(())
    }

    /// The sequence of a route, for those who ask what comes next.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn sequence(&self, route: &str) -> Result<Option<Sequence>, IndexFault> {
        self.meta.get(format!("sequence/{route}"))?.map(|v| row(&v)).transpose()
    }
}

/// Applies a key entry read back from the ledger to the ring.
///
/// # Errors
/// [`IndexFault::Key`]: an entry the ring refuses.
pub fn apply_key(ring: &mut KeyRing, position: u64, jws: &Jws) -> Result<(), IndexFault> {
    let entry = ring
        .recall_entry(jws, position)
        .map_err(|refusal| IndexFault::Key { position, reason: refusal.to_string() })?;
    ring.apply(entry, position);
    Ok(())
}

/// The index as a commit in progress sees it: its own changes over the durable state.
pub struct IndexView<'a> {
    base: &'a Index,
    /// The changes so far.
    pub overlay: Overlay,
    /// The ring with this commit's key entries.
    pub ring: KeyRing,
}

impl<'a> IndexView<'a> {
    /// A view without changes.
    pub fn new(base: &'a Index) -> Self {
        Self { base, overlay: Overlay::default(), ring: base.ring.clone() }
    }

    /// The changes, to be applied once the checkpoint is durable.
    pub fn into_changes(self) -> (Overlay, KeyRing) {
        (self.overlay, self.ring)
    }

    /// What is known of a transcript.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn transcript(&self, code: &TranscriptCode) -> Result<Option<TranscriptState>, IndexFault> {
        if let Some(state) = self.overlay.transcripts.get(code) {
            return Ok(Some(state.clone()));
        }
        self.base.transcripts.get(code.as_bytes())?.map(|v| row(&v)).transpose()
    }

    /// Records the new state of a transcript.
    pub fn put_transcript(&mut self, code: TranscriptCode, state: TranscriptState) {
        self.overlay.transcripts.insert(code, state);
    }

    /// The booklet a sheet id belongs to.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn owner_of(&self, id: &SheetId) -> Result<Option<TranscriptCode>, IndexFault> {
        if let Some(code) = self.overlay.ids.get(id.as_bytes()) {
            return Ok(Some(*code));
        }
        let stored = self.base.ids.get(id.as_bytes())?;
        let code = |v: fjall::Slice| v.as_ref().try_into().map(TranscriptCode::from_bytes);
        stored.map(code).transpose().map_err(|_| IndexFault::Row("ids".into()))
    }

    /// Records which booklet a sheet id belongs to.
    pub fn put_owner(&mut self, id: SheetId, code: TranscriptCode) {
        self.overlay.ids.insert(*id.as_bytes(), code);
    }

    /// The sequence of a route (`01`…`96`, `bo`).
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn sequence(&self, route: &str) -> Result<Option<Sequence>, IndexFault> {
        match self.overlay.sequences.get(route) {
            Some(sequence) => Ok(Some(sequence.clone())),
            None => self.base.sequence(route),
        }
    }

    /// Records where a route's sequence stands.
    pub fn put_sequence(&mut self, route: &str, sequence: Sequence) {
        self.overlay.sequences.insert(route.to_owned(), sequence);
    }

    /// Records an accepted key entry.
    pub fn put_key(&mut self, position: u64, stored: Vec<u8>) {
        self.overlay.keys.push((position, stored));
    }

    /// The stored object of the key entry at a position.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn key_at(&self, position: u64) -> Result<Option<Jws>, IndexFault> {
        let stored = match self.overlay.keys.iter().find(|(p, _)| *p == position) {
            Some((_, stored)) => Some(stored.clone()),
            None => self.base.keys.get(position.to_be_bytes())?.map(|v| v.to_vec()),
        };
        Ok(stored.map(|bytes| Jws::from_stored(&bytes)).transpose()?)
    }

    /// All permissions to be late.
    pub fn permissions(&self) -> impl Iterator<Item = &Permission> {
        self.base.permissions.iter().chain(&self.overlay.permissions)
    }

    /// Records a permission to be late.
    pub fn put_permission(&mut self, permission: Permission) {
        self.overlay.permissions.push(permission);
    }

    /// The sheets that wait in quarantine for this booklet's province.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn waiting(&self, code: &TranscriptCode) -> Result<Vec<Waiting>, IndexFault> {
        if let Some(list) = self.overlay.waiting.get(code) {
            return Ok(list.clone());
        }
        if self.overlay.released.contains(code) {
            return Ok(Vec::new());
        }
        Ok(self.base.waiting.get(code.as_bytes())?.map(|v| row(&v)).transpose()?.unwrap_or_default())
    }

    /// Records what waits for a booklet; an empty list ends the waiting.
    pub fn put_waiting(&mut self, code: TranscriptCode, list: Vec<Waiting>) {
        match list.is_empty() {
            true => {
                self.overlay.waiting.remove(&code);
                self.overlay.released.insert(code);
            }
            false => {
                self.overlay.waiting.insert(code, list);
            }
        }
    }
}
