//! What a record's statuses make of its sheets: pure, in ledger order, as the contract orders verdicts.

use super::answer::{SheetVerdict, Verdict};
use crate::transcript::SheetId;
use crate::transcript::status::Status;
use crate::transcript::time::{Day, SchoolYear};

/// A sheet as far as its standing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetMark {
    /// Its id.
    pub sheet: SheetId,
    /// Its school year.
    pub year: SchoolYear,
    /// Its position in the ledger.
    pub leaf: u64,
    /// In force from.
    pub effective_from: Day,
}

/// A status as far as standing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusMark {
    /// What happened.
    pub status: Status,
    /// Which sheet; None: the whole booklet.
    pub sheet: Option<SheetId>,
    /// `replaced`: the successor.
    pub replacement: Option<SheetId>,
    /// Its position in the ledger.
    pub leaf: u64,
    /// From when.
    pub on: Day,
    /// Ordered by the ministry.
    pub by_ministry: bool,
}

/// What became of one sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The verdict on it.
    pub verdict: SheetVerdict,
    /// Since when it is withdrawn, replaced, suspended or erased.
    pub since: Option<Day>,
    /// `replaced`: the successor's position.
    pub successor: Option<u64>,
}

/// The standing of every sheet, in the order given.
pub fn of_sheets(sheets: &[SheetMark], statuses: &[StatusMark], today: Day) -> Vec<Standing> {
    sheets.iter().map(|sheet| of_sheet(sheet, sheets, statuses, today)).collect()
}

fn of_sheet(sheet: &SheetMark, sheets: &[SheetMark], statuses: &[StatusMark], today: Day) -> Standing {
    let mut ended = None;
    let mut reviews: Vec<&StatusMark> = Vec::new();
    for status in statuses.iter().filter(|s| s.sheet.is_none_or(|id| id == sheet.sheet)) {
        // A decision on the booklet ends the sheets it had then; a review holds up later ones too.
        let reaches = status.sheet.is_some() || status.leaf > sheet.leaf;
        let end = |verdict| Standing { verdict, since: Some(status.on), successor: None };
        match status.status {
            Status::Erased if reaches => ended = Some(end(SheetVerdict::Erased)),
            Status::Withdrawn if reaches && ended.is_none() => ended = Some(end(SheetVerdict::Withdrawn)),
            Status::Replaced if reaches && ended.is_none() => {
                let successor = status.replacement.and_then(|id| sheets.iter().find(|s| s.sheet == id));
                ended = Some(Standing { successor: successor.map(|s| s.leaf), ..end(SheetVerdict::Replaced) });
            }
            Status::Suspended => reviews.push(status),
            // A release ends the reviews of its own target; the ministry's only if the ministry says so.
            Status::Released => reviews.retain(|r| r.sheet != status.sheet || (r.by_ministry && !status.by_ministry)),
            _ => {}
        }
    }
    match (ended, reviews.first().map(|r| r.on)) {
        (Some(ended), _) => ended,
        (None, Some(on)) => Standing { verdict: SheetVerdict::Suspended, since: Some(on), successor: None },
        (None, None) if sheet.effective_from > today => {
            Standing { verdict: SheetVerdict::NotInForce, since: None, successor: None }
        }
        (None, None) => Standing { verdict: SheetVerdict::Valid, since: None, successor: None },
    }
}

/// The verdict on the transcript: first that applies, in the order of the contract.
///
/// A year counts as its newest sheet that nothing has ended; a year whose every sheet has ended counts
/// as the newest of them. A replaced sheet without a successor on record counts as withdrawn: the
/// careful reading.
pub fn of_transcript(sheets: &[SheetMark], standings: &[Standing]) -> Verdict {
    if standings.iter().any(|s| s.verdict == SheetVerdict::Unchecked) {
        return Verdict::Unchecked;
    }
    let years = years(sheets, standings);
    let any = |verdict| years.contains(&verdict);
    let all = |verdicts: &[SheetVerdict]| years.iter().all(|y| verdicts.contains(y));
    let gone = [SheetVerdict::Withdrawn, SheetVerdict::Replaced, SheetVerdict::Erased];
    if years.is_empty() {
        Verdict::Unchecked
    } else if any(SheetVerdict::Suspended) {
        Verdict::Suspended
    } else if all(&[SheetVerdict::Erased]) {
        Verdict::Erased
    } else if all(&gone) {
        Verdict::Withdrawn
    } else if gone.iter().any(|g| any(*g)) {
        Verdict::PartlyWithdrawn
    } else if all(&[SheetVerdict::NotInForce]) {
        Verdict::NotInForce
    } else {
        Verdict::Valid
    }
}

/// One verdict a school year.
fn years(sheets: &[SheetMark], standings: &[Standing]) -> Vec<SheetVerdict> {
    let rank = |verdict: SheetVerdict| match verdict {
        SheetVerdict::Replaced | SheetVerdict::Withdrawn | SheetVerdict::Erased => 0,
        _ => 1,
    };
    let mut newest: Vec<(SchoolYear, u8, u64, SheetVerdict)> = Vec::with_capacity(sheets.len());
    for (sheet, standing) in sheets.iter().zip(standings) {
        let here = (sheet.year, rank(standing.verdict), sheet.leaf, standing.verdict);
        match newest.iter_mut().find(|n| n.0 == sheet.year) {
            Some(known) if (known.1, known.2) < (here.1, here.2) => *known = here,
            Some(_) => {}
            None => newest.push(here),
        }
    }
    newest.into_iter().map(|n| n.3).collect()
}

/// The verdict when one sheet was asked for by its own id: a replaced sheet is not in force any more.
pub fn of_single_sheet(standing: &Standing) -> Verdict {
    match standing.verdict {
        SheetVerdict::Valid => Verdict::Valid,
        SheetVerdict::Withdrawn | SheetVerdict::Replaced => Verdict::Withdrawn,
        SheetVerdict::Suspended => Verdict::Suspended,
        SheetVerdict::NotInForce => Verdict::NotInForce,
        SheetVerdict::Erased => Verdict::Erased,
        SheetVerdict::Unchecked => Verdict::Unchecked,
    }
}

/// Years between the first and the last sheet on record that have none.
pub fn missing_years(sheets: &[SheetMark]) -> Vec<SchoolYear> {
    let years = || sheets.iter().map(|s| s.year);
    match (years().min(), years().max()) {
        (Some(first), Some(last)) => (first.first()..last.first())
            .filter_map(SchoolYear::starting)
            .filter(|y| years().all(|known| known != *y))
            .collect(),
        _ => Vec::new(),
    }
}
