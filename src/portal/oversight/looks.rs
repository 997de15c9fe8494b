//! Which offices looked at a transcript, for its holder: an index in memory over the lines of the last year, by the keyed
//! hashes that stand in them. It holds offices, purposes and times; no accounts, no names, no codes.

use std::collections::HashMap;

use crate::journal::{Actor, Disclosure, Entry, Outcome, Record, Tag};
use crate::transcript::Moment;

/// Looks of a generation. When it is full the generation before it is forgotten: between one and two million looks are
/// kept, in some 100 MB at most.
const MOST: usize = 1_000_000;
/// Searches whose line was read and whose answer was not yet.
const MOST_PENDING: usize = 10_000;
/// Most that are shown.
const SHOWN: usize = 50;
const HOUR_S: i64 = 3600;

/// How somebody looked; what shows more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The code was looked up in a batch, which anybody may who has it.
    Checked,
    /// It was shown among what a search found.
    Found,
    /// Content was opened, or compared.
    Opened,
}

/// An office looked, within an hour perhaps more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Its short name, of an app behind [`APP`]; None: the portal's operator.
    pub office: Option<String>,
    /// What for; empty for an operator, whose reason may name somebody.
    pub purpose: String,
    /// The full hour.
    pub hour: Moment,
    /// How.
    pub how: How,
}

/// That an office saw a transcript, whatever for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen<'a> {
    /// Its short name.
    pub(super) office: &'a str,
    /// The full hour of its newest look.
    pub(super) hour: Moment,
    /// The most that any of them showed.
    pub(super) how: How,
}

/// What a holder is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    /// The newest first.
    pub looks: Vec<Look>,
    /// Whether there are older ones that are not among them.
    pub more: bool,
    /// Since when looks are known.
    pub since: Moment,
    /// False while the journal is still being read, or cannot be.
    pub is_whole: bool,
}

/// Where a name stands in [`Names`].
type Name = u32;

#[derive(Debug, Default)]
struct Names {
    places: HashMap<String, Name>,
    names: Vec<String>,
}

impl Names {
    fn place(&mut self, name: &str) -> Name {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = Name::try_from(self.names.len()).unwrap_or(Name::MAX);
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    fn name(&self, place: Name) -> &str {
        self.names.get(place as usize).map_or("", String::as_str)
    }
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    /// The look at the same transcript before it.
    before: Option<u32>,
    office: Option<Name>,
    purpose: Name,
    hour: i64,
    how: How,
}

#[derive(Debug, Default)]
struct Generation {
    looks: Vec<Kept>,
    newest: HashMap<Tag, u32>,
}

impl Generation {
    fn add(&mut self, transcript: Tag, mut look: Kept) {
        look.before = self.newest.get(&transcript).copied();
        let is_same =
            |kept: &&mut Kept| (kept.office, kept.purpose, kept.hour) == (look.office, look.purpose, look.hour);
        if let Some(kept) = look.before.and_then(|at| self.looks.get_mut(at as usize)).filter(is_same) {
            kept.how = kept.how.max(look.how);
            return;
        }
        let Ok(place) = u32::try_from(self.looks.len()) else { return };
        self.looks.push(look);
        self.newest.insert(transcript, place);
    }

    /// Those of a transcript, the newest first.
    fn of(&self, transcript: &Tag) -> impl Iterator<Item = Kept> {
        let newest = self.newest.get(transcript).and_then(|at| self.looks.get(*at as usize));
        std::iter::successors(newest.copied(), |look| self.looks.get(look.before? as usize).copied())
    }
}

/// All looks that are known.
#[derive(Debug)]
pub(super) struct Index {
    since: Moment,
    newer: Generation,
    older: Generation,
    names: Names,
    pending: HashMap<u64, Name>,
}

impl Index {
    /// None yet; lines from `since` on will come.
    pub(super) fn new(since: Moment) -> Self {
        let (newer, older) = (Generation::default(), Generation::default());
        Self { since, newer, older, names: Names::default(), pending: HashMap::new() }
    }

    /// Takes a line into account; lines come in their order. Keyed hashes of another key than `key` name nobody here.
    pub(super) fn learn(&mut self, record: &Record, key: &str) {
        match &record.entry {
            Entry::SearchMade(search) => {
                if self.pending.len() == MOST_PENDING {
                    self.pending.clear();
                }
                let purpose = self.names.place(search.purpose.as_str());
                self.pending.insert(record.seq, purpose);
            }
            Entry::SearchFound(found) if found.key == key => {
                let pending = self.pending.remove(&found.search);
                let purpose = pending.unwrap_or_else(|| self.names.place(""));
                let office = office_of(found.account.as_str()).map(|office| self.names.place(office));
                self.add(&found.transcripts, office, purpose, record.at, How::Found);
            }
            Entry::Disclosure(seen) if seen.key == key => self.disclosed(seen, record.at),
            Entry::BatchRows(rows) if rows.key == key => {
                let (office, purpose) = self.who(&rows.actor, rows.purpose.as_str());
                self.add(&rows.transcripts, office, purpose, record.at, How::Checked);
            }
            _ => {}
        }
    }

    fn disclosed(&mut self, seen: &Disclosure, at: Moment) {
        let is_holder = matches!(seen.actor, Actor::Holder { .. });
        if !is_holder && seen.outcome == Outcome::Disclosed {
            let (office, purpose) = self.who(&seen.actor, seen.purpose.as_str());
            self.add(&[seen.transcript], office, purpose, at, How::Opened);
        }
    }

    fn who(&mut self, actor: &Actor, purpose: &str) -> (Option<Name>, Name) {
        match actor {
            Actor::Office { account } => {
                let office = office_of(account.as_str()).map(|office| self.names.place(office));
                (office, self.names.place(purpose))
            }
            Actor::App { partner, .. } => {
                (Some(self.names.place(&format!("{APP}{partner}"))), self.names.place(purpose))
            }
            Actor::Operator { .. } | Actor::Holder { .. } => (None, self.names.place("")),
        }
    }

    fn add(&mut self, transcripts: &[Tag], office: Option<Name>, purpose: Name, at: Moment, how: How) {
        let hour = at.as_seconds().div_euclid(HOUR_S);
        for transcript in transcripts {
            if self.newer.looks.len() >= MOST {
                let first = self.newer.looks.first().map(|look| look.hour);
                self.older = std::mem::take(&mut self.newer);
                // From here on nothing is known of what was before the generation that is kept.
                self.since = first.and_then(moment).unwrap_or(self.since);
            }
            self.newer.add(*transcript, Kept { before: None, office, purpose, hour, how });
        }
    }

    /// The offices that looked at the transcript with these keyed hashes at a moment or in the hour before it, at the
    /// latest; apps follow changes by themselves, and operators look for others.
    pub(super) fn offices_before(&self, tags: &[Tag], at: Moment) -> Vec<Seen<'_>> {
        let mut seen: Vec<Seen<'_>> = Vec::new();
        let looks = tags.iter().flat_map(|tag| self.newer.of(tag).chain(self.older.of(tag)));
        for look in looks.filter(|look| look.hour <= at.as_seconds().div_euclid(HOUR_S)) {
            let Some((office, hour)) = look.office.map(|office| self.names.name(office)).zip(moment(look.hour)) else {
                continue;
            };
            match seen.iter_mut().find(|known| known.office == office) {
                _ if office.starts_with(APP) => {}
                Some(known) => (known.hour, known.how) = (known.hour.max(hour), known.how.max(look.how)),
                None => seen.push(Seen { office, hour, how: look.how }),
            }
        }
        seen
    }

    /// The looks at the transcript with these keyed hashes, of one month each, the newest first.
    pub(super) fn of(&self, tags: &[Tag], is_whole: bool) -> Looks {
        let mut kept: Vec<Kept> = tags
            .iter()
            .flat_map(|tag| self.newer.of(tag).chain(self.older.of(tag)))
            .filter(|look| moment(look.hour).is_some_and(|hour| hour.as_seconds() + HOUR_S > self.since.as_seconds()))
            .collect();
        kept.sort_by_key(|look| (std::cmp::Reverse(look.hour), look.office, look.purpose, std::cmp::Reverse(look.how)));
        kept.dedup_by_key(|look| (look.hour, look.office, look.purpose));
        let more = kept.len() > SHOWN;
        let looks = kept.iter().take(SHOWN).filter_map(|look| {
            Some(Look {
                office: look.office.map(|office| self.names.name(office).to_owned()),
                purpose: self.names.name(look.purpose).to_owned(),
                hour: moment(look.hour)?,
                how: look.how,
            })
        });
        Looks { looks: looks.collect(), more, since: self.since, is_whole }
    }
}

fn moment(hour: i64) -> Option<Moment> {
    Moment::from_millis(hour.checked_mul(HOUR_S * 1000)?)
}

/// What stands before the short name of an app, which may be that of an office too.
pub const APP: &str = "app:";

/// The office of an account.
fn office_of(account: &str) -> Option<&str> {
    account.split_once('@').map(|(_, office)| office)
}
