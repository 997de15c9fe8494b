//! What a file that somebody hands in is: a copy of ours as the record is now, an older one, an altered one, or
//! something that merely bears a code.

use serde::de::DeserializeOwned;

use crate::portal::Portal;
use crate::portal::answer::{SheetAnswer, SheetVerdict, Verdict, VerdictAnswer};
use crate::portal::batch::report::{self, ReportSummary};
use crate::signing::certificates::{StampTrust, Timestamp};
use crate::soft_copy::pades::MAX_PDF;
use crate::soft_copy::photo;
use crate::soft_copy::read_back::{self, Class, SignedCopy};
use crate::transcript::time::Day;
use crate::transcript::{Moment, SchoolYear, TranscriptCode, strict};

use super::print::PrintShop;
use super::{PrintedSheet, SUMMARY, Summary};

/// Longest file that is judged, in bytes: a photo of a phone, and as long as any copy of ours.
pub const MAX_FILE: usize = MAX_PDF;
/// Longest summary, in bytes.
const MAX_SUMMARY: usize = 64 << 10;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// A copy that was issued here, unchanged.
    Genuine(Genuine),
    /// The report of a batch that was made here, unchanged. It says what was found then; what has changed since is for a
    /// look-up to say.
    Report(Box<ReportSummary>),
    /// It bears our signature and is not what was signed.
    Altered,
    /// Not a copy of ours, and it bears this code: a photo, a scan, a PDF that school software made.
    CodeOnly {
        /// The code.
        code: TranscriptCode,
        /// The public verdict on it.
        verdict: Verdict,
    },
    /// It bears no signature of ours and no code.
    NotIssuedHere,
    /// Neither a PDF nor a picture that can be read.
    Unreadable,
}

impl Judged {
    /// What it is called in the contract.
    pub fn result(&self) -> &'static str {
        match self {
            Self::Genuine(copy) => match copy.is_current() {
                None => "unchecked",
                Some(true) => "genuine_current",
                Some(false) => "genuine_older",
            },
            Self::Report(_) => "genuine_report",
            Self::Altered => "altered",
            Self::CodeOnly { .. } => "code_only",
            Self::NotIssuedHere | Self::Unreadable => "not_issued_here",
        }
    }
}

/// A copy that was issued here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genuine {
    /// Whose.
    pub code: TranscriptCode,
    /// When it was issued.
    pub issued_at: Moment,
    /// The one year of an extract.
    pub extract: Option<SchoolYear>,
    /// When an authority that counts stamped it.
    pub stamped_at: Option<Moment>,
    /// The public verdict on the transcript now.
    pub verdict: Verdict,
    /// What has changed since; None when that could not be checked.
    pub changes: Option<Vec<Change>>,
}

impl Genuine {
    /// Whether the record is still what the copy says; None when that could not be checked.
    pub fn is_current(&self) -> Option<bool> {
        self.changes.as_ref().map(Vec::is_empty)
    }
}

/// What has changed on record since a copy was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The year.
    pub school_year: SchoolYear,
    /// What the year was called in the copy; None for a sheet that is not in it.
    pub then: Option<SheetVerdict>,
    /// What it is called now.
    pub now: SheetVerdict,
    /// Since when, where that is on record.
    pub since: Option<Day>,
}

impl Portal {
    /// Judges a file. Nothing of a PDF is parsed before its signature holds. Takes a processor for up to a second or
    /// so where it is a picture.
    pub fn judge_soft_copy(&self, file: &[u8], shop: &PrintShop, now: Moment) -> Judged {
        match read_back::verify(file, &shop.pinned) {
            Ok(copy) => self.judge_genuine(&copy, &shop.stamps, now),
            Err(refused) => match refused.class() {
                Class::Altered => Judged::Altered,
                Class::NotIssuedHere => self.by_code(&read_back::codes_in_unsigned(file), file, now),
                Class::Unreadable if photo::is_one(file) => self.by_code(&[], file, now),
                Class::Unreadable => Judged::Unreadable,
            },
        }
    }

    fn judge_genuine(&self, copy: &SignedCopy<'_>, stamps: &StampTrust, now: Moment) -> Judged {
        let Some(summary) = summary::<Summary>(copy, SUMMARY) else {
            if let Some(report) = summary(copy, report::SUMMARY) {
                return Judged::Report(Box::new(report));
            }
            tracing::error!("a soft copy that verifies has no summary");
            return Judged::Altered;
        };
        let compare = |answer: &VerdictAnswer<'_>| (answer.verdict, changes(&summary, answer));
        let (verdict, changes) = self.verdict(&summary.code, now, compare);
        Judged::Genuine(Genuine {
            code: summary.code,
            issued_at: summary.issued_at,
            extract: summary.extract,
            // Somebody may have put another in its place: it lies outside what is signed.
            stamped_at: copy.timestamp().filter(|stamp| stamps.check(stamp).is_ok()).map(Timestamp::at),
            verdict,
            changes,
        })
    }

    /// Only what stands on the file: the first code that is on record, else the first one.
    fn by_code(&self, written: &[TranscriptCode], file: &[u8], now: Moment) -> Judged {
        let photographed = if written.is_empty() { photo::codes(file) } else { Vec::new() };
        let codes = if written.is_empty() { &photographed } else { written };
        let verdicts = codes.iter().map(|code| (*code, self.verdict(code, now, |answer| answer.verdict)));
        let verdicts: Vec<(TranscriptCode, Verdict)> = verdicts.collect();
        let known = verdicts.iter().find(|(_, verdict)| *verdict != Verdict::Unknown);
        match known.or(verdicts.first()) {
            Some(&(code, verdict)) => Judged::CodeOnly { code, verdict },
            None => Judged::NotIssuedHere,
        }
    }
}

fn summary<T: DeserializeOwned>(copy: &SignedCopy<'_>, name: &str) -> Option<T> {
    let bytes = copy.contents().ok()?.attachment(name, MAX_SUMMARY).ok()??;
    strict::from_slice(&bytes, MAX_SUMMARY).ok()
}

/// None when the record could not be checked, or is not there, which no copy of ours can come from.
fn changes(summary: &Summary, answer: &VerdictAnswer<'_>) -> Option<Vec<Change>> {
    if matches!(answer.verdict, Verdict::Unchecked | Verdict::Unknown) {
        return None;
    }
    let mut changes = Vec::new();
    for sheet in &answer.sheets {
        let printed = summary.sheets.iter().find(|printed| printed.leaf_index == sheet.leaf_index);
        let then = printed.map(|printed| printed.verdict);
        // A part of the record says nothing about the rest; what is erased is nobody's any more.
        let is_left_out = printed.is_none() && (!summary.whole || sheet.verdict == SheetVerdict::Erased);
        // That its day has come is what the copy itself says.
        let has_begun = then == Some(SheetVerdict::NotInForce) && sheet.verdict == SheetVerdict::Valid;
        if !is_left_out && !has_begun && then != Some(sheet.verdict) {
            changes.push(change(printed, sheet));
        }
    }
    // A sheet that is printed and no longer on record would be another ledger.
    let is_there = |printed: &PrintedSheet| answer.sheets.iter().any(|sheet| sheet.leaf_index == printed.leaf_index);
    summary.sheets.iter().all(is_there).then_some(changes)
}

fn change(printed: Option<&PrintedSheet>, sheet: &SheetAnswer<'_>) -> Change {
    Change {
        school_year: sheet.school_year,
        then: printed.map(|printed| printed.verdict),
        now: sheet.verdict,
        since: sheet.withdrawn_on.or(sheet.replaced_on).or(sheet.suspended_on).or(sheet.erased_on),
    }
}
