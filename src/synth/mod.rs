//! A synthetic nation: keys, grants and packages of invented schools and learners.
//!
//! Deterministic for a seed: the same options give the same bytes, within a calendar month (what lies
//! ahead or just behind has to move with the time). Made province by
//! province and year by year; a learner follows from the seed and a number, so memory stays flat
//! whatever the size. What is made follows the calendar, the code lists and the circulars, and no
//! identification number in it can be a person's.
//!
//! | file | holds |
//! |---|---|
//! | `tables` | the vocabulary of `index/` |
//! | `dice` | reproducible chance |
//! | `world` | provinces before and after the merger of 2025, schools, keys |
//! | `learner` | who, where, how each year ends, what becomes of the booklet |
//! | `rules`, `marks`, `comments` | a year's results by the circulars, and what teachers write |
//! | `sheets`, `calendar` | the signed sheet, and when things happen |
//! | `statuses`, `grants` | the other entries |
//! | `deliver` | packages in the order in which intake takes them |
//! | `faults` | packages broken in every way intake must refuse |

mod calendar;
mod comments;
mod deliver;
mod dice;
mod faults;
mod grants;
mod learner;
mod marks;
mod rules;
mod sheets;
mod statuses;
mod tables;
mod world;

use std::path::PathBuf;

use serde::Serialize;

pub use deliver::write_nation;
pub use faults::{BrokenPackage, Expect};

use crate::package::manifest::ManifestFault;
use crate::package::writer::WriterFault;
use crate::signing::jwk::{Jwk, KeyFault};
use crate::signing::jws::JwsFault;
use crate::transcript::code::TranscriptCode;
use crate::transcript::contents::{BirthDate, PersonalId};
use crate::transcript::text::TextFault;
use crate::transcript::time::{Moment, SchoolYear};

/// Why a nation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthFault {
    /// No learners, no provinces, or years that run backwards.
    #[error("{0}")]
    Options(&'static str),
    /// Sheets of the last year cannot have been frozen yet, or today's provinces did not exist.
    #[error("it is too early for the last school year asked for; it must have begun two months ago, after July 2025")]
    TooEarly,
    /// A date the calendar does not have; only for moments far outside this century.
    #[error("a date lies outside the calendar")]
    Time,
    /// A text of our own that is not valid; a fault of the tables in `index/`.
    #[error("a text of the vocabulary is not valid: {0}")]
    Text(TextFault),
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// An object could not be signed.
    #[error(transparent)]
    Sign(#[from] JwsFault),
    /// A payload could not be written.
    #[error("a payload cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// A package could not be written.
    #[error(transparent)]
    Package(#[from] WriterFault),
    /// A manifest could not be signed.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
}

/// What nation to make.
#[derive(Debug, Clone)]
pub struct SynthOptions {
    /// Learners; each has a sheet for every year at school.
    pub learners: u64,
    /// How many of the 34 provinces; None: all. The most populous are taken.
    pub provinces: Option<usize>,
    /// First school year.
    pub first_year: SchoolYear,
    /// Last school year.
    pub last_year: SchoolYear,
    /// Seed of everything.
    pub seed: u64,
    /// Also write packages that intake must refuse.
    pub faults: bool,
    /// Sheets have at least this many bytes of JSON, by longer comments where needed.
    pub sheets_min_bytes: usize,
    /// Give one school an RS256 key; generating it takes about a second.
    pub rsa: bool,
    /// Give some schools ES256 keys, which cost intake several times as much as EdDSA.
    pub ecdsa: bool,
}

impl SynthOptions {
    /// The defaults of `hocba synth` for this many learners.
    ///
    /// # Errors
    /// Never: the default years exist.
    pub fn new(learners: u64) -> Result<Self, SynthFault> {
        let year = |first| SchoolYear::starting(first).ok_or(SynthFault::Time);
        Ok(Self {
            learners,
            provinces: None,
            first_year: year(2022)?,
            last_year: year(2025)?,
            seed: 1,
            faults: false,
            sheets_min_bytes: 6 * 1024,
            rsa: true,
            ecdsa: true,
        })
    }
}

/// What the public verdict on a sample must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedVerdict {
    /// In force.
    Valid,
    /// Takes effect later.
    NotInForce,
    /// Some years withdrawn.
    PartlyWithdrawn,
    /// Withdrawn.
    Withdrawn,
    /// Erased.
    Erased,
    /// Under review.
    Suspended,
}

/// A transcript to try: its code, what opens it, and what must come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Lookup code.
    pub code: TranscriptCode,
    /// Birth date as printed on the newest sheet.
    pub date_of_birth: BirthDate,
    /// Full name.
    pub full_name: String,
    /// Identification number; a foreigner has none. For the sandbox of apps.
    #[serde(skip)]
    pub personal_id: Option<PersonalId>,
    /// The verdict.
    pub expected_verdict: ExpectedVerdict,
    /// `tieu_hoc`, `thcs`, `thpt`, `gdtx`.
    pub level: &'static str,
    /// School years on record, oldest first.
    pub school_years: Vec<SchoolYear>,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Nation {
    /// Packages, in the order in which intake takes them without a fault.
    pub packages: Vec<PathBuf>,
    /// The ministry's root key.
    pub root: Jwk,
    /// Transcripts of every level and every verdict.
    pub samples: Vec<Sample>,
    /// Sheets in the packages, replacements included.
    pub sheets: u64,
    /// Broken packages, when asked for.
    pub faults: Vec<BrokenPackage>,
    /// The moment it was made for: the first of a month.
    pub made_at: Moment,
}
