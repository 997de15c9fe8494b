//! The answers, as the contract writes them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::transcript::TranscriptCode;
use crate::transcript::province::ProvinceCode;
use crate::transcript::time::{Day, Moment, SchoolYear};

/// Verdict on a whole transcript, or on the one sheet that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In force.
    Valid,
    /// Frozen, but every remaining sheet takes effect later.
    NotInForce,
    /// Some years withdrawn without a successor.
    PartlyWithdrawn,
    /// All withdrawn or erased.
    Withdrawn,
    /// All erased by lawful order.
    Erased,
    /// Any year under review.
    Suspended,
    /// Nothing is on record under this code.
    Unknown,
    /// Could not be checked; says nothing about the transcript.
    Unchecked,
}

/// Verdict on one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetVerdict {
    /// In force.
    Valid,
    /// Withdrawn (thu hồi).
    Withdrawn,
    /// Replaced by a newer sheet of the same year (thay thế).
    Replaced,
    /// Under review.
    Suspended,
    /// Takes effect later.
    NotInForce,
    /// Erased by lawful order.
    Erased,
    /// Could not be checked.
    Unchecked,
}

/// One established fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Holds.
    Ok,
    /// Does not hold.
    Failed,
    /// Could not be established.
    Unchecked,
    /// Holds, with an algorithm of the past.
    OldAlgorithm,
}

/// What was checked about one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checks {
    /// Head and institution signed with granted keys; established at intake.
    pub school_signature: Check,
    /// The province signed the package; established at intake.
    pub province_signature: Check,
    /// The leaf was recomputed and proved into the checkpoint for this answer.
    pub ledger: Check,
}

/// How the school signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignedWith {
    /// Certificate chain for official use, checked at signing time.
    Official,
    /// Granted key; chain not checked.
    Technical,
}

/// A province as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProvinceAnswer<'a> {
    /// Two digits.
    pub code: ProvinceCode,
    /// The code list's day.
    pub vintage: Day,
    /// The name then.
    pub name: &'a str,
}

/// One year in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SheetAnswer<'a> {
    /// School year.
    pub school_year: SchoolYear,
    /// Grade 1–12.
    pub grade: u8,
    /// Its own verdict.
    pub verdict: SheetVerdict,
    /// In force from.
    pub effective_from: Day,
    /// The province then.
    pub province: ProvinceAnswer<'a>,
    /// Transcribed from paper?
    pub transcribed_from_paper: bool,
    /// How the school signed.
    pub signed_with: SignedWith,
    /// What was checked.
    pub checks: Checks,
    /// Position in the ledger.
    pub leaf_index: u64,
    /// When it was taken in, and its signatures checked. For people; machines find it in the leaf.
    #[serde(skip)]
    pub logged_at: Option<Moment>,
    /// `withdrawn`: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<Day>,
    /// `replaced`: the successor's position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<u64>,
    /// `replaced`: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_on: Option<Day>,
    /// `suspended`: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_on: Option<Day>,
    /// `erased`: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_on: Option<Day>,
}

/// The state of the ledger an answer reflects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AsOf {
    /// Tree size.
    pub ledger_size: u64,
    /// Root at that size, base64.
    pub root_hash: String,
    /// When the newest checkpoint that is reflected whole was last cosigned: the answer knows everything
    /// logged by then. None while the process catches up for the first time.
    pub checkpoint_time: Option<Moment>,
}

/// The public verdict: `GET /api/v1/transcripts/{code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictAnswer<'a> {
    /// The code that was asked for (a sheet id stays a sheet id).
    pub code: TranscriptCode,
    /// First that applies, in the order of the contract.
    pub verdict: Verdict,
    /// `tieu_hoc`, `thcs`, `thpt`, `gdtx`; None when unknown or unchecked.
    pub level: Option<&'static str>,
    /// Now.
    pub checked_at: Moment,
    /// The ledger it reflects; None when nothing could be checked.
    pub as_of: Option<AsOf>,
    /// Years between the first and the last on record that have no sheet.
    pub missing_years: Vec<SchoolYear>,
    /// By year, oldest first; withdrawn and replaced ones stay listed.
    pub sheets: Vec<SheetAnswer<'a>>,
}
