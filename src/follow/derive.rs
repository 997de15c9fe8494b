//! One ledger entry → the change it makes to derived records; pure.

use crate::ledger::entry::FactsEntry;
use crate::signing::grant::{KeyClaims, Role};
use crate::signing::{Jws, Kid, PublicKey};
use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceCode;
use crate::transcript::record::{Certified, CertifiedRole, LeafParts, SheetEntry, StatusEntry};
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::status::{Status, StatusClaims};
use crate::transcript::strict;
use crate::transcript::time::Moment;

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
        /// What its signed object says about certificates, where it names any.
        certified: Option<CertifiedSheet>,
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
        /// Its certificate, where it is bound to one, and who holds it.
        bound: Option<(Kid, CertifiedRole)>,
    },
    /// Nothing derived.
    Nothing,
}

/// What the signed object of a sheet says about certificates, beyond its facts.
pub struct CertifiedSheet {
    /// Keys whose signatures name a certificate, and which; none where the signed object was not read.
    pub signers: Vec<(Kid, Kid)>,
    /// When the sheet says that it was signed.
    pub frozen_at: Moment,
    /// Position of the manifest of its package.
    pub package: u64,
}

impl CertifiedSheet {
    /// What the record says once the grants of head and institution are known by their positions.
    pub fn by(&self, [head, institution]: [u64; 2]) -> Certified {
        Certified { head, institution, package: self.package, frozen_at: self.frozen_at }
    }
}

impl Change {
    /// Whether the next entry belongs to the same step: a replacement's new sheet.
    pub fn binds_the_next(&self) -> bool {
        matches!(self, Self::Status { entry, .. } if entry.status == Status::Replaced)
    }
}

/// Reads what an entry changes. The caller has checked that facts and leaf belong together. `signed` is the
/// signed object of an entry whose origin says that a certificate is named there, unless it was erased or
/// who signed is known already.
///
/// # Errors
/// What cannot be read; intake would have refused it, so this means damage or another version.
pub fn change(index: u64, leaf: &Leaf, entry: FactsEntry, signed: Option<&[u8]>) -> Result<Change, String> {
    match leaf.kind {
        Kind::Sheet => sheet(index, leaf, entry, signed),
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

fn sheet(index: u64, leaf: &Leaf, entry: FactsEntry, signed: Option<&[u8]>) -> Result<Change, String> {
    let claims: SheetClaims = strict::from_slice(&entry.facts, MAX_PAYLOAD).map_err(|e| e.to_string())?;
    let (frozen_at, package) = (claims.frozen_at, entry.origin.package);
    let is_certified = entry.origin.certified;
    let signers = signed.map(|signed| certified_signers(signed, &entry.signed_digest)).transpose()?;
    Ok(Change::Sheet {
        code: claims.code,
        level: claims.level,
        certified: is_certified.then(|| CertifiedSheet { signers: signers.unwrap_or_default(), frozen_at, package }),
        entry: SheetEntry {
            sheet: claims.sheet,
            school_year: claims.school_year,
            grade: claims.grade.number(),
            effective_from: claims.effective_from,
            trichluc: claims.trichluc,
            province_name: claims.province.name.as_str().into(),
            certified: None,
            leaf: parts(index, leaf, entry),
        },
    })
}

/// The signatures were checked at intake; here only their headers are read, of the very object the leaf
/// commits to.
fn certified_signers(signed: &[u8], digest: &[u8; 32]) -> Result<Vec<(Kid, Kid)>, String> {
    let jws = Jws::from_stored(signed).map_err(|e| e.to_string())?;
    match jws.signed_digest() == digest {
        true => Ok(jws.signatures().iter().filter_map(|s| Some((s.kid, s.certificate?))).collect()),
        false => Err("its signed object is another one".into()),
    }
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
        KeyClaims::Grant { jwk, role, certificate, .. } => {
            let kid = PublicKey::from_jwk(&jwk).map_err(|e| e.to_string())?.kid();
            let holder = match role {
                Role::Head => CertifiedRole::Head,
                Role::Institution => CertifiedRole::Institution,
                Role::Teacher => CertifiedRole::Teacher,
                Role::Province | Role::Root => CertifiedRole::Office,
            };
            Ok(Change::Grant { kid, leaf: index, bound: certificate.map(|certificate| (certificate, holder)) })
        }
        KeyClaims::Revoke { .. } => Ok(Change::Nothing),
    }
}
