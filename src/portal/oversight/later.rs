//! What was withdrawn, replaced or put under review after an office had looked at it: an index in memory over the looks of
//! the last year and the statuses of the ledger since. What an office took note of is a line in the journal.
//!
//! The journal knows transcripts by keyed hashes alone. The ledger names the code, so a status that is logged leads to
//! those who looked, and to nothing else of theirs.

use std::collections::HashMap;

use super::looks::{How, Seen};
use crate::follow::statuses::LoggedStatus;
use crate::journal::{Entry, Record};
use crate::offices::{Account, OfficeId};
use crate::transcript::status::Status;
use crate::transcript::{Moment, TranscriptCode};

/// Most that are kept of one office, the newest: beyond that its offices check their lists anew.
const MOST: usize = 10_000;
/// On a page.
pub const CHANGES_PER_PAGE: usize = 50;

/// What happened to a transcript after an office had looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaterChange {
    /// What was logged.
    pub logged: LoggedStatus,
    /// The full hour of the office's newest look before.
    pub seen: Moment,
    /// The most that it was shown in any look before.
    pub how: How,
}

/// What an office is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterChanges {
    /// The newest first; a page of them.
    pub changes: Vec<LaterChange>,
    /// Older ones come before this position of the ledger; None: there are none.
    pub next: Option<u64>,
    /// Position of the newest of all.
    pub newest: Option<u64>,
    /// What somebody of the office took note of last: everything up to there.
    pub noted: Option<u64>,
    /// How many are newer than that.
    pub open: usize,
    /// False while journal or ledger are still being read, or cannot be.
    pub is_whole: bool,
}

/// Whether whoever looked at a transcript before has to know of it. Another school's management changes nothing about what
/// the transcript says.
pub(super) const fn matters(status: Status) -> bool {
    match status {
        Status::Withdrawn | Status::Replaced | Status::Suspended | Status::Released | Status::Erased => true,
        Status::Transferred => false,
    }
}

#[derive(Debug, Default)]
struct OfOffice {
    /// In the order of the ledger.
    changes: Vec<LaterChange>,
    noted: Option<u64>,
}

/// What was changed, by office.
#[derive(Debug, Default)]
pub(super) struct Index {
    offices: HashMap<String, OfOffice>,
    /// Whether the ledger was read to its end once.
    pub(super) is_whole: bool,
}

impl Index {
    /// Takes a line into account that says what an office knows.
    pub(super) fn learn(&mut self, record: &Record) {
        let Entry::ChangesNoted(noted) = &record.entry else { return };
        let Some(account) = Account::parse(noted.account.as_str()) else { return };
        let office = self.offices.entry(account.office.to_string()).or_default();
        office.noted = office.noted.max(Some(noted.position));
    }

    /// A status, for an office that had looked before it was logged. They come in the order of the ledger.
    pub(super) fn add(&mut self, logged: LoggedStatus, seen: &Seen<'_>) {
        let office = self.offices.entry(seen.office.to_owned()).or_default();
        if office.changes.len() >= MOST {
            office.changes.drain(..MOST / 10);
        }
        office.changes.push(LaterChange { logged, seen: seen.hour, how: seen.how });
    }

    /// Forgets what was logged before.
    pub(super) fn forget_before(&mut self, since: Moment) {
        for office in self.offices.values_mut() {
            let old = office.changes.partition_point(|change| change.logged.logged_at < since);
            office.changes.drain(..old);
        }
    }

    /// How many an office has not taken note of.
    pub(super) fn open(&self, office: &OfficeId) -> usize {
        self.offices.get(office.as_str()).map_or(0, OfOffice::open)
    }

    /// A page of what an office is told: what was logged before a position.
    pub(super) fn of(&self, office: &OfficeId, before: Option<u64>, is_whole: bool) -> LaterChanges {
        let none = OfOffice::default();
        let known = self.offices.get(office.as_str()).unwrap_or(&none);
        let end = before.map_or(known.changes.len(), |before| known.changes.partition_point(|c| c.at() < before));
        let begin = end.saturating_sub(CHANGES_PER_PAGE);
        let page = known.changes.get(begin..end).unwrap_or_default();
        LaterChanges {
            changes: page.iter().rev().copied().collect(),
            next: page.first().filter(|_| begin > 0).map(LaterChange::at),
            newest: known.changes.last().map(LaterChange::at),
            noted: known.noted,
            open: known.open(),
            is_whole: is_whole && self.is_whole,
        }
    }
}

impl LaterChange {
    /// Its position in the ledger.
    fn at(&self) -> u64 {
        self.logged.position
    }

    /// The transcript.
    pub fn code(&self) -> &TranscriptCode {
        &self.logged.code
    }
}

impl OfOffice {
    fn open(&self) -> usize {
        let known = |noted: u64| self.changes.partition_point(|change| change.at() <= noted);
        self.changes.len() - self.noted.map_or(0, known)
    }
}
