//! Who looked at what (giám sát tra cứu), read back from the journal: for ministry auditors the lines about offices and
//! operators with what stands out among them, for a holder the offices that looked at one transcript, for an office what
//! was changed of transcripts after it had looked.
//!
//! | file | holds |
//! |---|---|
//! | `filter` | which lines an auditor asks for |
//! | `alerts` | what stands out: many looks, many learners, many misses, operators' access |
//! | `looks` | which offices looked at a transcript |
//! | `later` | what was withdrawn or replaced after an office had looked |
//!
//! Lines are read in two ways. A page of them is read backwards from the end, up to a bound. Alerts and looks are kept in
//! memory and follow the journal: read back once from a year ago when the process starts, then line by line as they are
//! written. Both are about the journal of this process, the one in which its offices are signed in.

mod alerts;
mod filter;
mod later;
mod looks;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use alerts::{Alert, Alerts, What};
pub use filter::{Filter, LineKind, about, account_of, actor_of, office_of, purpose_of};
pub use later::{CHANGES_PER_PAGE, LaterChange, LaterChanges};
pub use looks::{APP, How, Look, Looks};

use arc_swap::ArcSwapOption;

use crate::config;
use crate::follow::statuses::LoggedStatus;
use crate::journal::{Anchor, Back, Backwards, Following, Journal, JournalFault, Kinds};
use crate::offices::OfficeId;
use crate::transcript::{Moment, TranscriptCode};

/// Lines of a page.
pub const PER_PAGE: usize = 50;
/// Segments that a page reads at most: some 32 MB, well below a second.
const SEGMENTS: usize = 4;
/// How far back looks and changes are shown, in days.
pub const DAYS: i64 = 366;
/// Bytes that are read at a time while following.
const STEP: u64 = 32 << 20;

/// Lines that alerts and looks are made of.
const FOLLOWED: Kinds = &[
    "\"search_made\"",
    "\"search_found\"",
    "\"disclosure\":{\"actor\":{\"office\"",
    "\"disclosure\":{\"actor\":{\"operator\"",
    "\"disclosure\":{\"actor\":{\"app\"",
    "\"batch_changed\":{\"actor\":{\"operator\"",
    "\"batch_rows\"",
    "\"report\":{\"actor\":{\"operator\"",
    "\"changes_noted\"",
];

#[derive(Debug)]
struct Known {
    alerts: Alerts,
    looks: looks::Index,
    later: later::Index,
    /// Why reading stopped, when it last did.
    fault: Option<String>,
    /// Whether everything was read once.
    is_whole: bool,
}

/// The journal, read for those who oversee it.
#[derive(Debug)]
pub struct Oversight {
    journal: Arc<Journal>,
    following: Mutex<Following>,
    known: RwLock<Known>,
    anchored: ArcSwapOption<Anchored>,
}

/// The newest anchor of the journal in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchored {
    /// What it says.
    pub anchor: Anchor,
    /// Its position in the ledger.
    pub position: u64,
}

/// What stands out, and whether that is all of it.
#[derive(Debug, Clone)]
pub struct StandsOut {
    /// The newest first.
    pub alerts: Vec<Alert>,
    /// False while the journal is still being read.
    pub is_whole: bool,
    /// What is wrong with the journal, if something is.
    pub fault: Option<String>,
}

impl Oversight {
    /// Over a journal; nothing is read yet.
    pub fn new(journal: Arc<Journal>, bounds: config::Oversight, now: Moment) -> Self {
        let since = a_year_before(now);
        let (alerts, looks) = (Alerts::new(bounds), looks::Index::new(since));
        let known = Known { alerts, looks, later: later::Index::default(), fault: None, is_whole: false };
        Self {
            journal,
            following: Mutex::new(Following::new(since, FOLLOWED)),
            known: RwLock::new(known),
            anchored: ArcSwapOption::empty(),
        }
    }

    /// Reads on; true when everything that is written was read. To be called again and again.
    pub fn follow(&self) -> bool {
        // Read before the lock is taken that answers wait for.
        let mut read = Vec::new();
        let step = {
            let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
            following.step(&self.journal, STEP, |record| read.push(record))
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for record in &read {
            known.alerts.learn(record);
            known.looks.learn(record, self.journal.tags().id());
            known.later.learn(record);
        }
        match step {
            Ok(is_all) => {
                known.is_whole |= is_all;
                is_all
            }
            Err(fault) => {
                tracing::error!(%fault, "the journal cannot be read");
                known.fault = Some(fault.to_string());
                false
            }
        }
    }

    /// A page of lines, the newest first. Blocking.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn lines(&self, filter: &Filter) -> Result<Back, JournalFault> {
        let asked = Backwards {
            kinds: filter.kinds(),
            before: filter.before,
            from: filter.from,
            to: filter.to,
            most: PER_PAGE,
            most_segments: SEGMENTS,
        };
        self.journal.backwards(&asked, |record| filter.wants(&record.entry))
    }

    /// How many lines there are, and the hash of the last.
    pub fn head(&self) -> (u64, [u8; 32]) {
        self.journal.head()
    }

    /// Where the journal is anchored in the ledger, as far as it is known.
    pub fn anchor(&self) -> Option<Anchored> {
        self.anchored.load().as_deref().copied()
    }

    /// It was anchored there.
    pub fn anchored(&self, anchored: Anchored) {
        self.anchored.store(Some(Arc::new(anchored)));
    }

    /// What stands out.
    pub fn stands_out(&self, now: Moment) -> StandsOut {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        StandsOut { alerts: known.alerts.newest(now), is_whole: known.is_whole, fault: known.fault.clone() }
    }

    /// Which offices looked at a transcript.
    pub fn looks(&self, code: &TranscriptCode, now: Moment) -> Looks {
        let sought: Vec<_> = months(now).map(|month| self.journal.tags().transcript(code, month)).collect();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.looks.of(&sought, known.is_whole && known.fault.is_none())
    }
    /// Statuses that were logged, for those who had looked before; `is_all`: there are no more now. They come in the order
    /// of the ledger, and once every line was followed that was written when they were read: an office's look stands in
    /// the journal before the office sees anything, so none of those before a status is missing then.
    pub fn tell(&self, statuses: &[LoggedStatus], is_all: bool, now: Moment) {
        let statuses: Vec<_> = statuses.iter().filter(|logged| later::matters(logged.status)).collect();
        let codes: Vec<TranscriptCode> = statuses.iter().map(|logged| logged.code).collect();
        // By month, not by transcript: the key of a month is derived once.
        let tags: Vec<_> = months(now).map(|month| self.journal.tags().transcripts(&codes, month)).collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Known { looks, later, .. } = &mut *known;
        later.forget_before(a_year_before(now));
        for (place, logged) in statuses.into_iter().enumerate() {
            let sought: Vec<_> = tags.iter().filter_map(|month| month.get(place).copied()).collect();
            for seen in looks.offices_before(&sought, logged.logged_at) {
                later.add(*logged, &seen);
            }
        }
        later.is_whole |= is_all;
    }

    /// How many changes an office has not taken note of.
    pub fn untold(&self, office: &OfficeId) -> usize {
        self.known.read().unwrap_or_else(PoisonError::into_inner).later.open(office)
    }

    /// What was changed of transcripts after an office had looked at them: a page, of what was logged before a position.
    pub fn later_changes(&self, office: &OfficeId, before: Option<u64>) -> LaterChanges {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.later.of(office, before, known.is_whole && known.fault.is_none())
    }
}

/// Since when looks and changes are shown.
pub fn a_year_before(now: Moment) -> Moment {
    Moment::from_millis(now.as_millis() - DAYS * 86_400_000).unwrap_or(now)
}

/// A moment in each month of the last year, each once: keyed hashes are another in every month.
fn months(now: Moment) -> impl Iterator<Item = Moment> {
    let days = (0..=DAYS).rev().filter_map(move |back| Moment::from_millis(now.as_millis() - back * 86_400_000));
    let mut last = None;
    days.filter(move |day| {
        let date = day.date_in_vietnam();
        last.replace((date.year(), date.month())) != Some((date.year(), date.month()))
    })
}
