//! Evidence: what anyone needs to check issue and integrity of a sheet without us.
//!
//! It proves that this school signed these groups, that this province delivered the sheet and that the
//! ledger had it at the checkpoint named. It does not prove current status: a withdrawal may follow.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Portal;
use super::certificate_evidence::{self, CertificateEvidence, NotOfficial, Signed, Trusted};
use crate::follow::Reflected;
use crate::ledger::LedgerFault;
use crate::ledger::packages;
use crate::package::line::line_hash;
use crate::package::manifest::SignedManifest;
use crate::records::grant_key;
use crate::signing::certificates::Strength;
use crate::signing::jwk::Jwk;
use crate::signing::{Jws, KeyRing, Kid};
use crate::tlog::checkpoint::{LogVerifier, VerifiedCheckpoint};
use crate::tlog::leaf::{Kind, Leaf, commitment, leaf_hash};
use crate::tlog::merkle;
use crate::tlog::proof::LogProof;
use crate::transcript::record::{Certified, RecordView};
use crate::transcript::sheet::{MAX_PAYLOAD, Sheet};
use crate::transcript::{GroupSet, Moment, SchoolYear, TranscriptCode, strict};

/// Why evidence could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFault {
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
    /// An entry, proof or line hash that is not there or does not fit.
    #[error("{0}")]
    Missing(&'static str),
}

/// One ledger entry with its proof.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EntryEvidence {
    /// The signed object, with the disclosures that may be seen.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub jws: Box<RawValue>,
    /// The 50 bytes of the leaf, base64.
    pub leaf: String,
    /// Position in the ledger.
    pub leaf_index: u64,
    /// The blind of the commitment, base64url.
    pub blind: String,
    /// C2SP tlog-proof text.
    pub proof: String,
}

/// The package a sheet came in.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PackageEvidence {
    /// The manifest and its entry.
    pub manifest: EntryEvidence,
    /// The line the sheet stood on; the manifest is line 1.
    pub line: u32,
    /// RFC 6962 path from the line to the manifest's root, base64url, sibling first.
    pub path: Vec<String>,
}

/// Everything about one sheet.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SheetEvidence {
    /// The sheet.
    pub sheet: EntryEvidence,
    /// Its package.
    pub package: PackageEvidence,
    /// The grants of every key involved, up to the pinned root.
    pub keys: Vec<EntryEvidence>,
    /// Certificates of the signers, where they count as official.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<CertificateEvidence>,
    /// What this proves and what not.
    pub note: String,
}

const NOTE: &str = "Proves who issued this sheet and that it is unaltered and logged. Does not prove its current status: look the code up.";
/// Most links from a school's key to a pinned root: school, province, successors of the root.
const MAX_KEYS: usize = 24;
/// Most lines of a package whose hashes are read.
const MAX_LINES: usize = 1 << 22;

/// Evidence of a sheet whose record was proved, with these groups opened.
pub(super) fn of_sheet(
    portal: &Portal,
    state: &Reflected,
    jws: &Jws,
    leaf_index: u64,
    groups: GroupSet,
    certified: Option<&Certified>,
) -> Result<SheetEvidence, EvidenceFault> {
    let origin = portal.parts.reader.facts_of(leaf_index)?.origin;
    let manifest_jws = stored(portal, origin.package)?;
    let signed =
        SignedManifest::from_jws(manifest_jws).map_err(|_| EvidenceFault::Missing("the manifest cannot be read"))?;
    let lines_path = packages::path(signed.manifest.route(), signed.manifest.sequence, packages::LINES);
    let lines = portal
        .parts
        .disk
        .read(&lines_path, MAX_LINES * 32)
        .map_err(|_| EvidenceFault::Missing("the hashes of the package's lines cannot be read"))?;
    let (hashes, _) = lines.as_chunks::<32>();
    let at = origin.line.checked_sub(2).ok_or(EvidenceFault::Missing("a line number below 2"))? as usize;
    let path = merkle::path(hashes, at).ok_or(EvidenceFault::Missing("the line is beyond its package"))?;
    let keys = grants(
        portal,
        state,
        jws.signatures().iter().map(|s| s.kid).chain(signed.jws.signatures().iter().map(|s| s.kid)),
    )?;
    Ok(SheetEvidence {
        sheet: entry(portal, state, jws, leaf_index, groups)?,
        package: PackageEvidence {
            manifest: entry(portal, state, &signed.jws, origin.package, GroupSet::NONE)?,
            line: origin.line,
            path: path.iter().map(|hash| BASE64URL_NOPAD.encode(hash)).collect(),
        },
        keys,
        certificates: certified
            .and_then(|certified| certificate_evidence::of(&portal.parts.official.load(), certified)),
        note: NOTE.to_owned(),
    })
}

fn stored(portal: &Portal, index: u64) -> Result<Jws, EvidenceFault> {
    let stored = portal.parts.reader.signed(index)?.ok_or(EvidenceFault::Missing("a body is gone"))?;
    Jws::from_stored(&stored).map_err(|_| EvidenceFault::Missing("a body cannot be read"))
}

fn entry(
    portal: &Portal,
    state: &Reflected,
    jws: &Jws,
    index: u64,
    groups: GroupSet,
) -> Result<EntryEvidence, EvidenceFault> {
    let reader = &portal.parts.reader;
    let checkpoint = state.checkpoint();
    let hashes =
        state.tree.inclusion_proof(index, checkpoint.size()).map_err(|_| EvidenceFault::Missing("no proof"))?;
    let proof = LogProof { extra: None, index, hashes, checkpoint: checkpoint.bytes().to_vec() };
    let json = String::from_utf8(jws.to_json(groups)).map_err(|_| EvidenceFault::Missing("not JSON"))?;
    Ok(EntryEvidence {
        jws: RawValue::from_string(json).map_err(|_| EvidenceFault::Missing("not JSON"))?,
        leaf: BASE64.encode(&reader.leaf(index)?.encode()),
        leaf_index: index,
        blind: BASE64URL_NOPAD.encode(&reader.facts_of(index)?.blind),
        proof: proof.to_text().map_err(|_| EvidenceFault::Missing("no proof"))?,
    })
}

/// The grants of these keys, then of the keys that signed those, until only pinned roots are left.
fn grants(
    portal: &Portal,
    state: &Reflected,
    kids: impl Iterator<Item = Kid>,
) -> Result<Vec<EntryEvidence>, EvidenceFault> {
    let mut wanted: Vec<Kid> = kids.collect();
    let mut seen: Vec<Kid> = Vec::new();
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    while let Some(kid) = wanted.pop() {
        if seen.contains(&kid) || seen.len() == MAX_KEYS {
            continue;
        }
        seen.push(kid);
        let Ok(RecordView::GrantPointer { leaf, .. }) = portal.record(state, &grant_key(&kid.0), &mut buffer) else {
            continue;
        };
        let jws = stored(portal, leaf)?;
        wanted.extend(jws.signatures().iter().map(|s| s.kid));
        found.push(entry(portal, state, &jws, leaf, GroupSet::NONE)?);
    }
    Ok(found)
}

/// What holds about a sheet, by its evidence alone.
#[derive(Debug, Clone)]
pub struct Holds {
    /// The booklet.
    pub code: TranscriptCode,
    /// The sheet's school year.
    pub school_year: SchoolYear,
    /// Position in the ledger.
    pub leaf_index: u64,
    /// Size of the ledger it was proved into.
    pub ledger_size: u64,
    /// When that checkpoint was cosigned.
    pub checkpoint_time: Option<Moment>,
    /// Whether it was signed with official certificates, and why not; None where no roots were given.
    pub official: Option<Result<Strength, NotOfficial>>,
}

/// Why evidence does not hold.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceProblem {
    /// A part that cannot be read.
    #[error("{part} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        part: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// An object that is not what its leaf commits to.
    #[error("{0} is not what its ledger entry commits to")]
    Commitment(&'static str),
    /// A proof that does not lead to the signed checkpoint.
    #[error("{part} is not proved to be in the ledger: {reason}")]
    Proof {
        /// Which.
        part: &'static str,
        /// What the verifier said.
        reason: String,
    },
    /// A signature, key or grant that does not hold.
    #[error("{part}: {rule}")]
    Signature {
        /// Which.
        part: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// The line is not in the package that the manifest states.
    #[error("the sheet is not a line of the package")]
    Line,
}

/// Checks evidence without any server: commitments, proofs, grants up to a pinned root, signatures,
/// and the sheet's place in its package.
///
/// # Errors
/// The first [`EvidenceProblem`].
pub fn check(
    evidence: &SheetEvidence,
    log: &LogVerifier,
    roots: &[Jwk],
    trusted: Option<&Trusted>,
) -> Result<Holds, EvidenceProblem> {
    let unreadable =
        |part| move |e: &dyn std::fmt::Display| EvidenceProblem::Unreadable { part, reason: e.to_string() };
    let mut ring = KeyRing::new(roots).map_err(|e| unreadable("a pinned root")(&e))?;
    let mut grants: Vec<&EntryEvidence> = evidence.keys.iter().collect();
    grants.sort_by_key(|grant| grant.leaf_index);
    for grant in grants {
        let (jws, _) = check_entry("a key grant", grant, Kind::Key, log)?;
        let entry = ring
            .check_entry(&jws, grant.leaf_index)
            .map_err(|e| EvidenceProblem::Signature { part: "a key grant", rule: e.rule() })?;
        ring.apply(entry, grant.leaf_index);
    }
    let (manifest_jws, _) = check_entry("the manifest", &evidence.package.manifest, Kind::Package, log)?;
    let signed = SignedManifest::from_jws(manifest_jws).map_err(|e| unreadable("the manifest")(&e))?;
    let province = signed.manifest.province.as_ref().map(|p| p.id());
    let position = evidence.package.manifest.leaf_index;
    ring.check_manifest_signature(&signed.jws, province, signed.manifest.created_at, position)
        .map_err(|e| EvidenceProblem::Signature { part: "the manifest", rule: e.rule() })?;
    let (jws, checkpoint) = check_entry("the sheet", &evidence.sheet, Kind::Sheet, log)?;
    check_line(evidence, &signed, &jws)?;
    let sheet = Sheet::open(jws.payload(), jws.disclosures()).map_err(|e| unreadable("the sheet")(&e))?;
    let signers = ring
        .check_sheet_signatures(&jws, sheet.claims(), evidence.sheet.leaf_index)
        .map_err(|e| EvidenceProblem::Signature { part: "the sheet", rule: e.refusal.rule() })?;
    let logged_at = logged_at(&evidence.sheet).ok_or(EvidenceProblem::Commitment("the sheet"))?;
    let frozen_at = sheet.claims().frozen_at;
    let proved = Signed { signers: &signers, frozen_at, logged_at, manifest: signed.jws.signed_digest() };
    let certificates = evidence.certificates.as_ref();
    Ok(Holds {
        official: trusted.map(|trusted| certificate_evidence::check(certificates, &proved, trusted)),
        code: sheet.claims().code,
        school_year: sheet.claims().school_year,
        leaf_index: evidence.sheet.leaf_index,
        ledger_size: checkpoint.size(),
        checkpoint_time: checkpoint.cosigned_at(),
    })
}

/// The time in a leaf that was proved before.
fn logged_at(entry: &EntryEvidence) -> Option<Moment> {
    let leaf = Leaf::decode(&BASE64.decode(entry.leaf.as_bytes()).ok()?).ok()?;
    Moment::from_millis(i64::try_from(leaf.logged_at).ok()?)
}

fn check_entry(
    part: &'static str,
    entry: &EntryEvidence,
    kind: Kind,
    log: &LogVerifier,
) -> Result<(Jws, VerifiedCheckpoint), EvidenceProblem> {
    let unreadable = |reason: String| EvidenceProblem::Unreadable { part, reason };
    let jws = Jws::parse(entry.jws.get().as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    let bytes = BASE64.decode(entry.leaf.as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    let leaf = Leaf::decode(&bytes).map_err(|e| unreadable(e.to_string()))?;
    let blind = BASE64URL_NOPAD.decode(entry.blind.as_bytes()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
    let blind = blind.ok_or_else(|| unreadable("the blind is not 32 bytes".into()))?;
    let facts = strict::facts(jws.payload(), MAX_PAYLOAD).map_err(|e| unreadable(e.to_string()))?;
    if leaf.kind != kind || leaf.commitment != commitment(kind, &blind, &facts, jws.signed_digest()) {
        return Err(EvidenceProblem::Commitment(part));
    }
    let proof = LogProof::parse(&entry.proof).map_err(|e| unreadable(e.to_string()))?;
    let checkpoint = proof
        .verify(log, &leaf_hash(&leaf.encode()))
        .map_err(|e| EvidenceProblem::Proof { part, reason: e.to_string() })?;
    match proof.index == entry.leaf_index {
        true => Ok((jws, checkpoint)),
        false => Err(EvidenceProblem::Proof { part, reason: "the proof is for another position".into() }),
    }
}

fn check_line(evidence: &SheetEvidence, signed: &SignedManifest, jws: &Jws) -> Result<(), EvidenceProblem> {
    let path: Option<Vec<[u8; 32]>> = evidence
        .package
        .path
        .iter()
        .map(|hash| BASE64URL_NOPAD.decode(hash.as_bytes()).ok()?.try_into().ok())
        .collect();
    let (path, at) = (path.ok_or(EvidenceProblem::Line)?, u64::from(evidence.package.line).checked_sub(2));
    let hash = line_hash(Kind::Sheet, jws.signed_digest());
    merkle::verify_inclusion(
        &hash,
        at.ok_or(EvidenceProblem::Line)?,
        signed.manifest.lines,
        &path,
        &signed.manifest.root.0,
    )
    .map_err(|_| EvidenceProblem::Line)
}
