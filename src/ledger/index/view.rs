//! The index as a commit in progress sees it: its own changes over the durable state.

use std::collections::{HashMap, HashSet};

use super::rows::{
    Named, Permission, RowKey, RowValue, Sequence, TranscriptState, Waiting, encode, key_at, key_of, key_of_route, kind,
};
use super::{Index, IndexFault};
use crate::signing::{Jws, KeyRing};
use crate::transcript::{SheetId, TranscriptCode};

/// Changes of a commit in progress, over the durable index; dropped when the commit is.
#[derive(Default)]
pub struct Overlay {
    transcripts: HashMap<TranscriptCode, TranscriptState>,
    ids: HashMap<[u8; 16], TranscriptCode>,
    sequences: HashMap<String, Sequence>,
    keys: Vec<(u64, Vec<u8>)>,
    pub(super) permissions: Vec<Permission>,
    waiting: HashMap<TranscriptCode, Vec<Waiting>>,
    released: HashSet<TranscriptCode>,
}

impl Overlay {
    /// Everything as rows, for the table.
    pub(super) fn into_rows(self) -> Result<Vec<(RowKey, RowValue)>, IndexFault> {
        let mut rows = Vec::with_capacity(self.transcripts.len() + self.ids.len());
        for (code, state) in self.transcripts {
            rows.push((key_of(kind::NAMED, code.as_bytes()), encode(&Named::Transcript(state))?));
        }
        for (id, code) in self.ids {
            rows.push((key_of(kind::NAMED, &id), encode(&Named::Sheet(*code.as_bytes()))?));
        }
        for (position, stored) in self.keys {
            rows.push((key_at(position), stored.into()));
        }
        for code in &self.released {
            rows.push((key_of(kind::WAITING, code.as_bytes()), RowValue::default()));
        }
        for (code, list) in self.waiting {
            rows.push((key_of(kind::WAITING, code.as_bytes()), encode(&list)?));
        }
        for (route, sequence) in self.sequences {
            let key = key_of_route(&route).ok_or_else(|| IndexFault::row("a route of more than 16 letters"))?;
            rows.push((key, encode(&sequence)?));
        }
        for permission in self.permissions {
            let mut name = [0; 16];
            name.copy_from_slice(&permission.payload[..16]);
            rows.push((key_of(kind::PERMISSION, &name), encode(&permission)?));
        }
        Ok(rows)
    }
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

    /// What 16 bytes name: both kinds of ids share one namespace, so one look answers for both.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn named(&self, id: &[u8; 16]) -> Result<Option<Named>, IndexFault> {
        if let Some(state) = self.overlay.transcripts.get(&TranscriptCode::from_bytes(*id)) {
            return Ok(Some(Named::Transcript(state.clone())));
        }
        if let Some(code) = self.overlay.ids.get(id) {
            return Ok(Some(Named::Sheet(*code.as_bytes())));
        }
        self.base.row(&key_of(kind::NAMED, id))
    }

    /// What is known of a transcript.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn transcript(&self, code: &TranscriptCode) -> Result<Option<TranscriptState>, IndexFault> {
        Ok(match self.named(code.as_bytes())? {
            Some(Named::Transcript(state)) => Some(state),
            Some(Named::Sheet(_)) | None => None,
        })
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
        Ok(match self.named(id.as_bytes())? {
            Some(Named::Sheet(code)) => Some(TranscriptCode::from_bytes(code)),
            Some(Named::Transcript(_)) | None => None,
        })
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
        if let Some((_, stored)) = self.overlay.keys.iter().find(|(p, _)| *p == position) {
            return Ok(Some(Jws::from_stored(stored)?));
        }
        let stored = self.base.stored(&key_at(position))?;
        Ok(stored.map(|stored| Jws::from_stored(stored.as_ref())).transpose()?)
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
        Ok(self.base.row(&key_of(kind::WAITING, code.as_bytes()))?.unwrap_or_default())
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
