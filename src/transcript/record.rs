//! The derived record of one transcript: what a public verdict needs and nothing that names a person.
//!
//! For every sheet and status it holds the clear facts, the blind and the digest of the signed bytes,
//! so that an answer can recompute each leaf and prove it into the checkpoint, and the few parsed
//! members a verdict prints, so that answering parses no JSON. The record's digest is the *head*.

use sha2::{Digest, Sha256};

use super::code::{SheetId, TranscriptCode};
use super::level::Level;
use super::status::Status;
use super::time::{Day, Moment, SchoolYear};

/// Digest of a record; SHA-256 cut to 192 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HeadDigest(pub [u8; 24]);

impl HeadDigest {
    /// The digest of an encoded record.
    pub fn of(encoded: &[u8]) -> Self {
        let full = Sha256::digest(encoded);
        let mut cut = [0; 24];
        cut.copy_from_slice(&full[..24]);
        Self(cut)
    }
}

/// What is needed to recompute one ledger leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafParts {
    /// Position in the ledger.
    pub index: u64,
    /// When it was logged, milliseconds since 1970.
    pub logged_at: u64,
    /// The 50-byte leaf holds province, vintage and year; these are the leaf's own values.
    pub province: [u8; 2],
    /// `YYYYMMDD`.
    pub vintage: u32,
    /// First year of the school year, 0 for none.
    pub year: u16,
    /// 32 random bytes of the commitment.
    pub blind: [u8; 32],
    /// SHA-256 of the signed bytes.
    pub signed_digest: [u8; 32],
    /// JCS bytes of the clear payload.
    pub facts: Box<[u8]>,
}

/// One sheet in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetEntry {
    /// Parts of its leaf (kind 3).
    pub leaf: LeafParts,
    /// Its own id.
    pub sheet: SheetId,
    /// School year.
    pub school_year: SchoolYear,
    /// Grade 1–12.
    pub grade: u8,
    /// In force from.
    pub effective_from: Day,
    /// Transcribed from paper?
    pub trichluc: bool,
    /// The province's name then.
    pub province_name: Box<str>,
    /// How the school signed.
    pub signed_with: SignedWith,
}

/// Strength of the school's signature as established at intake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SignedWith {
    /// A granted key; no certificate chain was checked.
    Technical = 0,
    /// A certificate for official use whose chain was checked at signing time.
    Official = 1,
}

/// One status in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// Parts of its leaf (kind 4).
    pub leaf: LeafParts,
    /// What happened.
    pub status: Status,
    /// The one sheet it concerns; None: the whole booklet.
    pub sheet: Option<SheetId>,
    /// `replaced`: the successor.
    pub replacement: Option<SheetId>,
    /// From when.
    pub effective_at: Moment,
    /// Signed by the ministry root rather than a province.
    pub by_ministry: bool,
}

/// Everything a verdict on one transcript rests on, in ledger order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptRecord {
    /// The booklet's code.
    pub code: TranscriptCode,
    /// Its level.
    pub level: Level,
    /// Its sheets.
    pub sheets: Vec<SheetEntry>,
    /// Its statuses.
    pub statuses: Vec<StatusEntry>,
}

/// What the record store holds under a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A booklet.
    Transcript(TranscriptRecord),
    /// A sheet id: which booklet it belongs to. Never shown.
    SheetPointer {
        /// The sheet.
        sheet: SheetId,
        /// Its booklet.
        code: TranscriptCode,
    },
}
