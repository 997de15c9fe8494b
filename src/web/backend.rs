//! What the edge asks of the portal's use cases. One trait, so that pages, routes and middleware are
//! tested without a ledger, and the one place where the two meet.

use std::io;
use std::net::IpAddr;

pub use crate::portal::{DiscloseRefusal, Health, SecondFactor};

use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::tlog::tile::TilePath;
use crate::transcript::contents::Contents;
use crate::transcript::{Moment, SheetClaims, TranscriptCode};

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
