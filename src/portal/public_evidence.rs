//! What anybody who knows a code may have as evidence: where its entries stand in the public log, and since
//! when.
//!
//! Facts, blinds and digests stay out of it. The facts name the school, and with a blind a guess at them
//! could be tested against the public leaves; so that an entry is about this code is the portal's word here.
//! The evidence that a second factor opens proves that too.

use data_encoding::BASE64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Portal;
use super::answer::{Checks, SheetAnswer, SheetVerdict, SignedWith, Verdict};
use super::evidence::EvidenceProblem;
use super::verify::NoRecord;
use crate::follow::Reflected;
use crate::tlog::checkpoint::{LogVerifier, VerifiedCheckpoint};
use crate::tlog::leaf::{Kind, Leaf, leaf_hash, leaf_of};
use crate::tlog::proof::LogProof;
use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceRef;
use crate::transcript::record::{LeafView, StatusView};
use crate::transcript::status::Status;
use crate::transcript::text::Text;
use crate::transcript::time::{Moment, SchoolYear};

/// Tells the file from other evidence; a new format gets a new name.
const FORMAT: &str = "hocba-public-evidence-1";
const NOTE: &str = "Proves that these entries are in the signed log, and since when. That they are about this code is the portal's statement; the evidence opened by the second factor proves it. Does not prove the current status: look the code up.";

/// Why there is no evidence to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoEvidence {
    /// Nothing is on record under this code.
    #[error("no transcript under this code")]
    Unknown,
    /// Something could not be checked.
    #[error("could not be checked")]
    Unchecked,
}

/// A leaf of the log and its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicEntry {
    /// The 50 bytes of the leaf, base64.
    pub leaf: String,
    /// Position in the ledger.
    pub leaf_index: u64,
    /// When it was logged; stands in the leaf.
    pub logged_at: Moment,
    /// C2SP tlog-proof text, with the checkpoint.
    pub proof: String,
    /// How many hashes lead from the leaf to the root.
    pub path_length: usize,
}

/// A decision on a sheet or the whole booklet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicStatus {
    /// What was decided.
    pub status: Status,
    /// Since when it holds.
    pub effective_at: Moment,
    /// By the ministry, not a province.
    pub by_ministry: bool,
    /// Its entry.
    #[serde(flatten)]
    pub entry: PublicEntry,
}

/// One year.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublicSheet {
    /// School year.
    pub school_year: SchoolYear,
    /// Grade 1–12.
    pub grade: u8,
    /// The province then.
    pub province: ProvinceRef,
    /// Its verdict.
    pub verdict: SheetVerdict,
    /// How head and institution signed.
    pub signed_with: SignedWith,
    /// What was checked.
    pub checks: Checks,
    /// Its entry.
    #[serde(flatten)]
    pub entry: PublicEntry,
    /// Decisions on it, in the order of the log.
    pub statuses: Vec<PublicStatus>,
}

/// Everything about a code that is public.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublicEvidence {
    /// The name of this format.
    pub format: &'static str,
    /// The code that was asked for.
    pub code: TranscriptCode,
    /// The verdict at this moment.
    pub verdict: Verdict,
    /// This moment.
    pub checked_at: Moment,
    /// Name of the log.
    pub log: String,
    /// Entries of the checkpoint that everything is proved into.
    pub ledger_size: u64,
    /// Its root, base64.
    pub root_hash: String,
    /// When the freshness key cosigned it last.
    pub cosigned_at: Option<Moment>,
    /// By year, oldest first.
    pub sheets: Vec<PublicSheet>,
    /// What this proves and what not.
    pub note: &'static str,
}

impl Portal {
    /// The evidence of a code alone. Reads tiles; may block.
    ///
    /// # Errors
    /// [`NoEvidence`].
    pub fn public_evidence(&self, code: &TranscriptCode, now: Moment) -> Result<PublicEvidence, NoEvidence> {
        let state = self.parts.published.load_full();
        let mut buffers = (Vec::new(), Vec::new());
        let found = self.find(&state, code, &mut buffers).map_err(|none| match none {
            NoRecord::Unknown => NoEvidence::Unknown,
            NoRecord::Unchecked => NoEvidence::Unchecked,
        })?;
        let answer = self.answer(&state, code, &found, now);
        if answer.verdict == Verdict::Unchecked {
            return Err(NoEvidence::Unchecked);
        }
        let mut sheets = Vec::with_capacity(answer.sheets.len());
        for shown in &answer.sheets {
            let view = found.transcript.sheets().find(|sheet| sheet.leaf.index == shown.leaf_index);
            let view = view.ok_or(NoEvidence::Unchecked)?;
            let concerned = found.transcript.statuses().filter(|status| status.sheet.is_none_or(|id| id == view.sheet));
            let status = |status: StatusView<'_>| {
                Ok(PublicStatus {
                    status: status.status,
                    effective_at: status.effective_at,
                    by_ministry: status.by_ministry,
                    entry: entry(&state, Kind::Status, status.leaf)?,
                })
            };
            let statuses = concerned.map(status).collect::<Result<_, NoEvidence>>()?;
            sheets.push(sheet(shown, entry(&state, Kind::Sheet, view.leaf)?, statuses)?);
        }
        let checkpoint = state.checkpoint();
        Ok(PublicEvidence {
            format: FORMAT,
            code: *code,
            verdict: answer.verdict,
            checked_at: now,
            log: self.ledger().verifier().origin().to_owned(),
            ledger_size: checkpoint.size(),
            root_hash: BASE64.encode(checkpoint.root()),
            cosigned_at: checkpoint.cosigned_at(),
            sheets,
            note: NOTE,
        })
    }
}

fn sheet(shown: &SheetAnswer<'_>, entry: PublicEntry, statuses: Vec<PublicStatus>) -> Result<PublicSheet, NoEvidence> {
    let name = Text::new(shown.province.name).map_err(|_| NoEvidence::Unchecked)?;
    Ok(PublicSheet {
        school_year: shown.school_year,
        grade: shown.grade,
        province: ProvinceRef { code: shown.province.code, vintage: shown.province.vintage, name },
        verdict: shown.verdict,
        signed_with: shown.signed_with,
        checks: shown.checks,
        entry,
        statuses,
    })
}

/// The leaf as the record has it, and its path in the newest tree that was checked.
fn entry(state: &Reflected, kind: Kind, parts: LeafView<'_>) -> Result<PublicEntry, NoEvidence> {
    let leaf = leaf_of(kind, parts).ok_or(NoEvidence::Unchecked)?;
    let checkpoint = state.checkpoint();
    let hashes = state.tree.inclusion_proof(parts.index, checkpoint.size()).map_err(|fault| {
        tracing::error!(%fault, "a proof could not be made");
        NoEvidence::Unchecked
    })?;
    let path_length = hashes.len();
    let proof = LogProof { extra: None, index: parts.index, hashes, checkpoint: checkpoint.bytes().to_vec() };
    let logged_at = i64::try_from(leaf.logged_at).ok().and_then(Moment::from_millis);
    Ok(PublicEntry {
        leaf: BASE64.encode(&leaf.encode()),
        leaf_index: parts.index,
        logged_at: logged_at.ok_or(NoEvidence::Unchecked)?,
        proof: proof.to_text().map_err(|_| NoEvidence::Unchecked)?,
        path_length,
    })
}

/// The part of a public evidence file that can be checked.
#[derive(Debug, Clone, Deserialize)]
pub struct PublicFile {
    format: String,
    /// As the file says.
    pub code: TranscriptCode,
    sheets: Vec<SheetEntries>,
}

#[derive(Debug, Clone, Deserialize)]
struct SheetEntries {
    school_year: SchoolYear,
    #[serde(flatten)]
    entry: PublicEntry,
    statuses: Vec<PublicStatus>,
}

/// An entry of a public evidence file that holds.
#[derive(Debug, Clone)]
pub struct PublicHolds {
    /// The year the file names it under.
    pub school_year: SchoolYear,
    /// A sheet or a status.
    pub kind: Kind,
    /// Position in the ledger.
    pub leaf_index: u64,
    /// When it was logged.
    pub logged_at: Moment,
    /// Entries of the tree it was proved into.
    pub ledger_size: u64,
    /// When that was cosigned.
    pub checkpoint_time: Option<Moment>,
}

impl PublicFile {
    /// Reads a file; None for anything else.
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().filter(|file: &Self| file.format == FORMAT)
    }

    /// Checks every leaf and proof without any server.
    ///
    /// # Errors
    /// The first [`EvidenceProblem`].
    pub fn check(&self, log: &LogVerifier) -> Result<Vec<PublicHolds>, EvidenceProblem> {
        let mut held = Vec::new();
        for sheet in &self.sheets {
            let statuses = sheet.statuses.iter().map(|status| (Kind::Status, &status.entry));
            for (kind, entry) in std::iter::once((Kind::Sheet, &sheet.entry)).chain(statuses) {
                let checkpoint = check_entry(entry, kind, sheet.school_year, log)?;
                held.push(PublicHolds {
                    school_year: sheet.school_year,
                    kind,
                    leaf_index: entry.leaf_index,
                    logged_at: entry.logged_at,
                    ledger_size: checkpoint.size(),
                    checkpoint_time: checkpoint.cosigned_at(),
                });
            }
        }
        Ok(held)
    }
}

fn check_entry(
    entry: &PublicEntry,
    kind: Kind,
    year: SchoolYear,
    log: &LogVerifier,
) -> Result<VerifiedCheckpoint, EvidenceProblem> {
    let part = if kind == Kind::Sheet { "a sheet" } else { "a status" };
    let unreadable = |reason: String| EvidenceProblem::Unreadable { part, reason };
    let bytes = BASE64.decode(entry.leaf.as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    let leaf = Leaf::decode(&bytes).map_err(|e| unreadable(e.to_string()))?;
    // What the file says beside a leaf must be what the leaf says.
    let says_so = leaf.kind == kind
        && i64::try_from(leaf.logged_at / 1000).is_ok_and(|at| at == entry.logged_at.as_seconds())
        && (kind != Kind::Sheet || leaf.year == year.first());
    if !says_so {
        return Err(EvidenceProblem::Commitment(part));
    }
    let proof = LogProof::parse(&entry.proof).map_err(|e| unreadable(e.to_string()))?;
    let wrong = |reason: String| EvidenceProblem::Proof { part, reason };
    let checkpoint = proof.verify(log, &leaf_hash(&leaf.encode())).map_err(|e| wrong(e.to_string()))?;
    match proof.index == entry.leaf_index {
        true => Ok(checkpoint),
        false => Err(wrong("the proof is for another position".into())),
    }
}
