//! What stands out among the journal's lines: one account that looks very often, at very many learners or in vain, very
//! large batches, and whatever operators of the portal saw. A signal for a person to ask about, never a verdict.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::civil::{Date, Weekday};

use super::filter::is_in_batch;
use crate::config;
use crate::journal::{Actor, BatchAction, Disclosure, Entry, Outcome, Record, ReportAction, Tag};
use crate::transcript::Moment;

/// Most alerts that are kept; the oldest go first.
const MOST: usize = 500;
/// Most transcripts of an account and day that are told apart.
const MOST_TOLD_APART: usize = 20_000;
const HOUR_S: i64 = 3600;
/// Vietnam's clocks are seven hours ahead, all year.
const VIETNAM_S: i64 = 7 * HOUR_S;

/// What stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Very many searches and opened transcripts in an hour.
    Often,
    /// Very many different transcripts in a day.
    Widely,
    /// Very many searches and codes in a day that led to nothing.
    InVain,
    /// Very many rows of batches in a day.
    Rows,
    /// An operator of the portal saw something of transcripts or reports, within working hours.
    Operator,
    /// The same outside of them.
    OperatorAtNight,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What.
    pub what: What,
    /// Whose account, or the name that an operator gave.
    pub who: String,
    /// When the hour or day began that it is about.
    pub since: Moment,
    /// The last line that counts.
    pub last: Moment,
    /// How many.
    pub count: u64,
}

/// What somebody did in a day so far.
#[derive(Debug, Default)]
struct Doings {
    hour: i64,
    in_hour: u64,
    transcripts: HashSet<Tag>,
    in_vain: u64,
    rows: u64,
}

/// All that stands out.
#[derive(Debug)]
pub struct Alerts {
    bounds: config::Oversight,
    day: Option<Date>,
    doings: HashMap<String, Doings>,
    alerts: VecDeque<Alert>,
}

impl Alerts {
    /// None yet.
    pub(super) fn new(bounds: config::Oversight) -> Self {
        Self { bounds, day: None, doings: HashMap::new(), alerts: VecDeque::new() }
    }

    /// Those of the days that are shown, the newest first.
    pub(super) fn newest(&self, now: Moment) -> Vec<Alert> {
        let since = now.as_seconds() - i64::from(self.bounds.alerts_days) * 24 * HOUR_S;
        let mut newest: Vec<Alert> =
            self.alerts.iter().filter(|alert| alert.last.as_seconds() >= since).cloned().collect();
        newest.sort_by_key(|alert| std::cmp::Reverse(alert.last.as_millis()));
        newest
    }

    /// Takes a line into account; lines come in their order.
    pub(super) fn learn(&mut self, record: &Record) {
        let day = record.at.date_in_vietnam();
        if self.day != Some(day) {
            self.day = Some(day);
            self.doings.clear();
        }
        match &record.entry {
            Entry::SearchMade(search) => self.looked(search.account.as_str(), record.at),
            Entry::SearchFound(found) => {
                let (who, nobody) = (found.account.as_str(), found.transcripts.is_empty() && found.unchecked == 0);
                self.saw(who, &found.transcripts, record.at);
                if nobody {
                    self.in_vain(who, record.at);
                }
            }
            entry @ Entry::Disclosure(seen) => self.disclosed(seen, is_in_batch(entry), record.at),
            Entry::BatchRows(rows) => match &rows.actor {
                Actor::Office { account } => self.rows(account.as_str(), rows.transcripts.len() as u64, record.at),
                Actor::Operator { name } => self.operator(name.as_str(), record.at),
                Actor::Holder { .. } | Actor::App { .. } => {}
            },
            Entry::BatchChanged(changed) if changed.action == BatchAction::Taken => {
                if let Some(Actor::Operator { name }) = &changed.actor {
                    self.operator(name.as_str(), record.at);
                }
            }
            Entry::Report(report) if matches!(report.action, ReportAction::Read | ReportAction::Exported) => {
                if let Some(Actor::Operator { name }) = &report.actor {
                    self.operator(name.as_str(), record.at);
                }
            }
            _ => {}
        }
    }

    fn disclosed(&mut self, seen: &Disclosure, in_batch: bool, at: Moment) {
        match &seen.actor {
            // An app sees what a consent opens, which is written down as well.
            Actor::Holder { .. } | Actor::App { .. } => {}
            Actor::Operator { name } => self.operator(name.as_str(), at),
            Actor::Office { account } if in_batch => self.rows(account.as_str(), 1, at),
            Actor::Office { account } => {
                self.looked(account.as_str(), at);
                match seen.outcome {
                    Outcome::Disclosed => self.saw(account.as_str(), &[seen.transcript], at),
                    Outcome::Refused => self.in_vain(account.as_str(), at),
                }
            }
        }
    }

    fn looked(&mut self, who: &str, at: Moment) {
        let hour = hour(at);
        let doings = self.doings(who);
        if doings.hour != hour {
            (doings.hour, doings.in_hour) = (hour, 0);
        }
        doings.in_hour += 1;
        let count = doings.in_hour;
        self.raise(What::Often, self.bounds.looks_per_hour, who, start_of_hour(at), at, count);
    }

    fn saw(&mut self, who: &str, transcripts: &[Tag], at: Moment) {
        let doings = self.doings(who);
        let room = MOST_TOLD_APART.saturating_sub(doings.transcripts.len());
        doings.transcripts.extend(transcripts.iter().take(room));
        let count = doings.transcripts.len() as u64;
        self.raise(What::Widely, self.bounds.transcripts_per_day, who, start_of_day(at), at, count);
    }

    fn in_vain(&mut self, who: &str, at: Moment) {
        let doings = self.doings(who);
        doings.in_vain += 1;
        let count = doings.in_vain;
        self.raise(What::InVain, self.bounds.misses_per_day, who, start_of_day(at), at, count);
    }

    fn rows(&mut self, who: &str, rows: u64, at: Moment) {
        let doings = self.doings(who);
        doings.rows += rows;
        let count = doings.rows;
        self.raise(What::Rows, self.bounds.rows_per_day, who, start_of_day(at), at, count);
    }

    /// Whatever operators see is worth a line; how often in a day, is counted.
    fn operator(&mut self, name: &str, at: Moment) {
        let what = if self.is_working_time(at) { What::Operator } else { What::OperatorAtNight };
        let since = start_of_day(at);
        let before = self.alerts.iter().rev().find(|alert| is_same(alert, what, name, since));
        let count = before.map_or(1, |alert| alert.count + 1);
        self.raise(what, 0, name, since, at, count);
    }

    fn is_working_time(&self, at: Moment) -> bool {
        let hour = hour(at).rem_euclid(24);
        let is_working_day = !matches!(at.date_in_vietnam().weekday(), Weekday::Saturday | Weekday::Sunday);
        is_working_day && (i64::from(self.bounds.hours_from)..i64::from(self.bounds.hours_to)).contains(&hour)
    }

    fn doings(&mut self, who: &str) -> &mut Doings {
        self.doings.entry(who.to_owned()).or_default()
    }

    /// Says that a count went over its bound, or goes on above it.
    fn raise(&mut self, what: What, bound: u64, who: &str, since: Moment, at: Moment, count: u64) {
        if count <= bound {
            return;
        }
        match self.alerts.iter_mut().rev().find(|alert| is_same(alert, what, who, since)) {
            Some(alert) => (alert.last, alert.count) = (at, count),
            None => {
                if self.alerts.len() == MOST {
                    self.alerts.pop_front();
                }
                self.alerts.push_back(Alert { what, who: who.to_owned(), since, last: at, count });
            }
        }
    }
}

fn is_same(alert: &Alert, what: What, who: &str, since: Moment) -> bool {
    alert.what == what && alert.since == since && alert.who == who
}

/// Hours since 1970, by Vietnam's clocks.
fn hour(at: Moment) -> i64 {
    (at.as_seconds() + VIETNAM_S).div_euclid(HOUR_S)
}

fn start_of_hour(at: Moment) -> Moment {
    Moment::from_millis((hour(at) * HOUR_S - VIETNAM_S) * 1000).unwrap_or(at)
}

fn start_of_day(at: Moment) -> Moment {
    Moment::start_of_day_in_vietnam(at.date_in_vietnam()).unwrap_or(at)
}
