//! Who looked at what (giám sát tra cứu), read back from the journal: for ministry auditors the lines about offices and
//! operators with what stands out among them, for a holder the offices that looked at one transcript.
//!
//! | file | holds |
//! |---|---|
//! | `filter` | which lines an auditor asks for |
//! | `alerts` | what stands out: many looks, many learners, many misses, operators' access |
//! | `looks` | which offices looked at a transcript |
//!
//! Lines are read in two ways. A page of them is read backwards from the end, up to a bound. Alerts and looks are kept in
//! memory and follow the journal: read back once from a year ago when the process starts, then line by line as they are
//! written. Both are about the journal of this process, the one in which its offices are signed in.

mod alerts;
mod filter;
mod looks;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use alerts::{Alert, Alerts, What};
pub use filter::{Filter, LineKind, about, account_of, actor_of, office_of, purpose_of};
pub use looks::{APP, How, Look, Looks};

use arc_swap::ArcSwapOption;

use crate::config;
use crate::journal::{Anchor, Back, Backwards, Following, Journal, JournalFault, Kinds};
use crate::transcript::{Moment, TranscriptCode};

/// Lines of a page.
pub const PER_PAGE: usize = 50;
/// Segments that a page reads at most: some 32 MB, well below a second.
const SEGMENTS: usize = 4;
/// How far back looks are shown, in days.
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
];

#[derive(Debug)]
struct Known {
    alerts: Alerts,
    looks: looks::Index,
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
        let since = Moment::from_millis(now.as_millis() - DAYS * 86_400_000).unwrap_or(now);
        let (alerts, looks) = (Alerts::new(bounds), looks::Index::new(since));
        let known = Known { alerts, looks, fault: None, is_whole: false };
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
        let tags = self.journal.tags();
        let months =
            (0..=DAYS / 28 + 1).filter_map(|back| Moment::from_millis(now.as_millis() - back * 28 * 86_400_000));
        let mut sought: Vec<_> = months.map(|month| tags.transcript(code, month)).collect();
        sought.dedup();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.looks.of(&sought, known.is_whole && known.fault.is_none())
    }
}
