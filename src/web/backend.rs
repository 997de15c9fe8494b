//! What the edge asks of the portal's use cases. One trait, so that pages, routes and middleware are
//! tested without a ledger, and the one place where the two meet.

use std::io;
use std::net::IpAddr;

use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::tlog::tile::TilePath;
use crate::transcript::contents::{BirthDate, Contents};
use crate::transcript::{Moment, SheetClaims, TranscriptCode};

/// What a holder proves.
pub enum SecondFactor {
    /// The birth date as printed, and the name where that date is known only in part.
    BirthDate {
        /// As typed.
        date: BirthDate,
        /// As typed; compared folded.
        full_name: Option<String>,
    },
    /// The token of a soft copy's QR.
    Token(String),
}

/// Never prints what was typed.
impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BirthDate { .. } => "BirthDate(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

/// One opened year.
#[derive(Debug)]
pub struct DisclosedSheet {
    /// Its clear claims.
    pub claims: SheetClaims,
    /// The groups that are open.
    pub contents: Contents,
    /// Its verdict now.
    pub verdict: SheetVerdict,
}

/// An opened transcript.
#[derive(Debug)]
pub struct Disclosed {
    /// The public verdict as JSON, as of the same moment.
    pub verdict: serde_json::Value,
    /// By year, oldest first.
    pub sheets: Vec<DisclosedSheet>,
    /// What proves it without us.
    pub evidence: serde_json::Value,
}

/// Why nothing was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiscloseRefusal {
    /// Nothing on record.
    #[error("nothing is on record under this code")]
    Unknown,
    /// Wrong birth date or wrong name: the two look the same.
    #[error("the second factor does not match")]
    NotMatching {
        /// Tries left today.
        attempts_left: u32,
    },
    /// No tries left.
    #[error("no tries left")]
    Locked {
        /// Seconds until the next one.
        retry_after_s: u64,
    },
    /// The birth date sent is known only in part, so the name is needed too.
    #[error("the full name is needed too")]
    NameNeeded,
    /// Could not be checked.
    #[error("the record could not be checked")]
    Unchecked,
    /// The view could not be journalled, so nothing is shown.
    #[error("the journal could not be written")]
    JournalUnavailable,
    /// Nothing is left to show.
    #[error("this transcript is not disclosed")]
    NotDisclosable,
}

/// How a serving process is doing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// Following and fresh.
    pub ready: bool,
    /// Entries of the newest checkpoint.
    pub ledger_size: u64,
    /// Entries that answers reflect.
    pub reflected_size: u64,
    /// Seconds since the checkpoint was cosigned.
    pub checkpoint_age_s: Option<u64>,
    /// What is wrong, for operators.
    pub faults: Vec<String>,
}

/// A part of the public log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFile {
    /// The signed checkpoint.
    Checkpoint,
    /// The log's verifier key.
    Vkey,
    /// The freshness cosigner's.
    FreshnessVkey,
    /// A public hash tile or entry bundle.
    Tile(TilePath),
}

/// The use cases behind the routes.
pub trait Backend: Send + Sync + 'static {
    /// The public verdict on a code. Does not block.
    fn verdict(&self, code: &TranscriptCode, now: Moment, use_it: &mut dyn FnMut(&VerdictAnswer<'_>));

    /// Opens a transcript; blocks on the journal.
    ///
    /// # Errors
    /// [`DiscloseRefusal`] says what the holder may know.
    fn disclose(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        client: IpAddr,
        now: Moment,
    ) -> Result<Disclosed, DiscloseRefusal>;

    /// How it is doing.
    fn health(&self, now: Moment) -> Health;

    /// A part of the public log; None where there is none (yet).
    ///
    /// # Errors
    /// The storage's.
    fn log(&self, file: LogFile) -> io::Result<Option<Vec<u8>>>;
}

/// What a request asks of us, as far as limits care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A verdict.
    Verdict,
    /// An attempt to open a transcript.
    Disclosure,
}

/// Who may ask how often.
pub trait Gate: Send + Sync + 'static {
    /// Lets a request in.
    ///
    /// # Errors
    /// Seconds until the next one is let in.
    fn admit(&self, work: Work, client: IpAddr) -> Result<(), u64>;
}
