//! One ledger entry → the change it makes to derived records; pure.

use sha2::{Digest, Sha256};

use crate::ledger::entry::FactsEntry;
use crate::signing::Kid;
use crate::signing::grant::KeyClaims;
use crate::signing::jwk::PublicKey;
use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceCode;
use crate::transcript::record::{LeafParts, SheetEntry, SignedWith, StatusEntry};
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::strict;

/// What an entry changes.
pub enum Change {
    /// A sheet joins its booklet.
    Sheet {
        /// The booklet.
        code: TranscriptCode,
        /// Its level.
        level: crate::transcript::Level,
        /// The sheet.
        entry: SheetEntry,
    },
    /// A status joins its booklet.
    Status {
        /// The booklet.
        code: TranscriptCode,
        /// The status.
        entry: StatusEntry,
    },
    /// A key was granted: evidence finds it by its thumbprint.
    Grant {
        /// The key.
        kid: Kid,
        /// Position of the grant.
        leaf: u64,
    },
    /// Nothing derived.
    Nothing,
}

impl Change {
    /// Whether the next entry belongs to the same step: a replacement's new sheet.
    pub fn binds_the_next(&self) -> bool {
        matches!(self, Self::Status { entry, .. } if entry.status == Status::Replaced)
    }
}

/// The lookup key under which a grant's position is kept: no code a person holds can hit it by chance.
pub fn grant_key(kid: &Kid) -> TranscriptCode {
    let digest = Sha256::new_with_prefix(b"hocba/grant/v1\n").chain_update(kid.0).finalize();
    let mut cut = [0; 16];
    cut.copy_from_slice(&digest[..16]);
    TranscriptCode::from_bytes(cut)
}

/// Reads what an entry changes. The caller has checked that facts and leaf belong together.
///
/// # Errors
/// What cannot be read; intake would have refused it, so this means damage or another version.
pub fn change(index: u64, leaf: &Leaf, entry: FactsEntry) -> Result<Change, String> {
    match leaf.kind {
        Kind::Sheet => sheet(index, leaf, entry),
        Kind::Status => status(index, leaf, entry),
        Kind::Key => grant(index, &entry),
        Kind::Package | Kind::Backfill | Kind::Anchor => Ok(Change::Nothing),
    }
}

fn parts(index: u64, leaf: &Leaf, entry: FactsEntry) -> LeafParts {
    LeafParts {
        index,
        logged_at: leaf.logged_at,
        province: *leaf.province.as_bytes(),
        vintage: leaf.vintage,
        year: leaf.year,
        blind: entry.blind,
        signed_digest: entry.signed_digest,
        facts: entry.facts,
    }
}

fn sheet(index: u64, leaf: &Leaf, entry: FactsEntry) -> Result<Change, String> {
    let claims: SheetClaims = strict::from_slice(&entry.facts, MAX_PAYLOAD).map_err(|e| e.to_string())?;
    Ok(Change::Sheet {
        code: claims.code,
        level: claims.level,
        entry: SheetEntry {
            sheet: claims.sheet,
            school_year: claims.school_year,
            grade: claims.grade.number(),
            effective_from: claims.effective_from,
            trichluc: claims.trichluc,
            province_name: claims.province.name.as_str().into(),
            signed_with: SignedWith::Technical,
            leaf: parts(index, leaf, entry),
        },
    })
}

fn status(index: u64, leaf: &Leaf, entry: FactsEntry) -> Result<Change, String> {
    let claims: StatusClaims = strict::from_slice(&entry.facts, MAX_PAYLOAD).map_err(|e| e.to_string())?;
    Ok(Change::Status {
        code: claims.code,
        entry: StatusEntry {
            status: claims.status,
            sheet: claims.sheet,
            replacement: claims.replacement,
            effective_at: claims.effective_at,
            by_ministry: leaf.province == ProvinceCode::MINISTRY,
            leaf: parts(index, leaf, entry),
        },
    })
}

fn grant(index: u64, entry: &FactsEntry) -> Result<Change, String> {
    let claims: KeyClaims = strict::from_slice(&entry.facts, MAX_PAYLOAD).map_err(|e| e.to_string())?;
    match claims {
        KeyClaims::Grant { jwk, .. } => {
            let kid = PublicKey::from_jwk(&jwk).map_err(|e| e.to_string())?.kid();
            Ok(Change::Grant { kid, leaf: index })
        }
        KeyClaims::Revoke { .. } => Ok(Change::Nothing),
    }
}
