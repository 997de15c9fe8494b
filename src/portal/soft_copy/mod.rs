//! Soft copies (bản mềm): issued to whoever opened the transcript, read back from whoever holds one.
//!
//! | file | holds |
//! |---|---|
//! | `issue` | what a copy is made of, written down before it is handed out |
//! | `print` | the signed file |
//! | `shelf` | finished files until they are fetched |
//! | `judge` | what a file that is handed in is, and what has changed since |

pub mod issue;
pub mod judge;
pub mod print;
pub mod shelf;

use serde::{Deserialize, Serialize};

use super::answer::SheetVerdict;
use crate::transcript::{Moment, SchoolYear, TranscriptCode};

/// The attachment that says what a copy was made of.
pub const SUMMARY: &str = "ban-mem.json";
/// The attachment with the evidence, which `hocba verify` takes.
pub const EVIDENCE: &str = "bang-chung.json";
/// The attachment that says how to check.
pub const GUIDE: &str = "cach-kiem-tra.txt";

/// What a copy says of itself, for whoever compares it with the record years later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Whose.
    pub code: TranscriptCode,
    /// When it was issued.
    pub issued_at: Moment,
    /// The one school year of an extract (trích lục).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extract: Option<SchoolYear>,
    /// Whether every year on record then is in it.
    pub whole: bool,
    /// What is printed.
    pub sheets: Vec<PrintedSheet>,
}

/// One printed sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedSheet {
    /// Its year.
    pub school_year: SchoolYear,
    /// Its position in the ledger.
    pub leaf_index: u64,
    /// Its verdict when the copy was issued.
    pub verdict: SheetVerdict,
}
