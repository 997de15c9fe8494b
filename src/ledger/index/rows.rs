//! The rows of the index: what they say, and the keys they lie under.

use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::IndexFault;
use crate::segments::Shape;
use crate::transcript::SheetId;
use crate::transcript::backfill::BackfillClaims;
use crate::transcript::level::Level;
use crate::transcript::province::ProvinceId;
use crate::transcript::time::SchoolYear;

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
    /// What it says; in the row as JSON text.
    #[serde(with = "json_text")]
    pub claims: BackfillClaims,
}

mod json_text {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::transcript::backfill::BackfillClaims;
    use crate::transcript::strict;

    pub(super) fn serialize<S: Serializer>(claims: &BackfillClaims, to: S) -> Result<S::Ok, S::Error> {
        serde_json::to_string(claims).map_err(S::Error::custom)?.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BackfillClaims, D::Error> {
        let text = String::deserialize(from)?;
        strict::parse(text.as_bytes()).map_err(D::Error::custom)
    }
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

/// A row's key: what kind of row, then 16 bytes.
pub(super) type RowKey = [u8; 17];
pub(super) type RowValue = Arc<[u8]>;

pub(super) const SHAPE: Shape = Shape { kind: "index", value_len: None };
/// The kinds of rows.
pub(super) mod kind {
    /// What a transcript code or sheet id names.
    pub(in super::super) const NAMED: u8 = b'n';
    /// A key entry, by its position.
    pub(in super::super) const KEY: u8 = b'k';
    /// Where a route's sequence stands.
    pub(in super::super) const SEQUENCE: u8 = b's';
    /// A permission to be late, by its digest.
    pub(in super::super) const PERMISSION: u8 = b'p';
    /// What waits for a booklet.
    pub(in super::super) const WAITING: u8 = b'w';
}

/// What 16 bytes name. One namespace: no sheet id is ever a transcript code, the rules see to that.
#[derive(Serialize, Deserialize)]
pub enum Named {
    /// A transcript code.
    Transcript(TranscriptState),
    /// A sheet id, and the raw code of its booklet.
    Sheet([u8; 16]),
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, IndexFault> {
    postcard::from_bytes(bytes).map_err(IndexFault::row)
}

pub(super) fn encode(value: &impl Serialize) -> Result<RowValue, IndexFault> {
    Ok(postcard::to_stdvec(value).map_err(IndexFault::row)?.into())
}

pub(super) fn key_of(kind: u8, name: &[u8; 16]) -> RowKey {
    let mut key = [kind; 17];
    key[1..].copy_from_slice(name);
    key
}

pub(super) fn key_at(position: u64) -> RowKey {
    key_of(kind::KEY, &u128::from(position).to_be_bytes())
}

/// None for what is longer than any route's name.
pub(super) fn key_of_route(route: &str) -> Option<RowKey> {
    let mut name = [0; 16];
    name.get_mut(..route.len())?.copy_from_slice(route.as_bytes());
    Some(key_of(kind::SEQUENCE, &name))
}

pub(super) fn all_of(kind: u8) -> RangeInclusive<RowKey> {
    key_of(kind, &[0; 16])..=key_of(kind, &[0xff; 16])
}
