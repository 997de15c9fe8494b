//! Reports of errors: taken from the public, handed to offices, answered. Each step has its line in the journal
//! before it happens; what a report says stands only in the report.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Portal;
use super::public_evidence::NoEvidence;
use super::verify::NoRecord;
use crate::journal::{Actor, Journal, JournalFault, ReportAction, ReportEvent};
use crate::limits::ClientPrefix;
use crate::reports::{Change, FileRefusal, Filed, NewReport, Nonce, Report, Reports, ReportsFault, State, TicketCode};
use crate::transcript::province::{ProvinceCode, ProvinceRef};
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::text::Text;
use crate::transcript::time::{Moment, SchoolYear};
use crate::transcript::{TranscriptCode, strict};

/// Most reports in one answer to an operator.
pub const BATCH: usize = 500;

/// Who issued a transcript, or one year of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The school.
    pub school: Text<20>,
    /// Its province then.
    pub province: ProvinceRef,
}

impl Portal {
    /// Who issued the year that is asked for, or the newest. For routing alone: a code tells nobody the school.
    ///
    /// # Errors
    /// [`NoEvidence`]; `Unknown` too for a year that is not on record.
    pub fn issuer(&self, code: &TranscriptCode, year: Option<SchoolYear>) -> Result<Issuer, NoEvidence> {
        let state = self.parts.published.load_full();
        let mut buffers = (Vec::new(), Vec::new());
        let found = self.find(&state, code, &mut buffers).map_err(|none| match none {
            NoRecord::Unknown => NoEvidence::Unknown,
            NoRecord::Unchecked => NoEvidence::Unchecked,
        })?;
        let asked = |sheet: &crate::transcript::record::SheetView<'_>| {
            found.only.is_none_or(|id| id == sheet.sheet) && year.is_none_or(|year| year == sheet.school_year)
        };
        let newest = found.transcript.sheets().filter(asked).max_by_key(|s| (s.school_year, s.leaf.index));
        let facts = newest.ok_or(NoEvidence::Unknown)?.leaf.facts;
        let claims: SheetClaims = strict::from_slice(facts, MAX_PAYLOAD).map_err(|_| NoEvidence::Unchecked)?;
        Ok(Issuer { school: claims.school, province: claims.province })
    }
}

/// Why the desk could not do what an operator asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskFault {
    /// The reports.
    #[error(transparent)]
    Reports(#[from] ReportsFault),
    /// The journal took no line, so nothing was done.
    #[error("the journal took no line, so nothing was done: {0}")]
    Journal(#[from] JournalFault),
    /// No such report.
    #[error("there is no report {0}")]
    Unknown(u64),
    /// Nothing more can be done with it.
    #[error("report {0} is closed, or was changed too often")]
    Done(u64),
}

/// What an operator asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskRequest {
    /// Numbers, days, offices and states; nothing that was written.
    List(Filter),
    /// One report whole.
    Show {
        /// Which.
        number: u64,
        /// Who reads it.
        by: Text<200>,
    },
    /// Whole reports, to hand to an office.
    Export {
        /// Which.
        filter: Filter,
        /// Who takes them.
        by: Text<200>,
    },
    /// A new state.
    Change {
        /// Which.
        number: u64,
        /// To what.
        change: Change,
    },
}

/// Which reports.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// After this number.
    pub after: u64,
    /// Of this province.
    pub province: Option<ProvinceCode>,
    /// In this state.
    pub state: Option<State>,
}

impl Filter {
    fn takes(&self, report: &Report) -> bool {
        self.province.is_none_or(|code| code == report.province.code)
            && self.state.is_none_or(|state| state == report.state())
    }
}

/// A report without what was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// Its number.
    pub number: u64,
    /// When it was filed.
    pub filed_at: Moment,
    /// The province.
    pub province: ProvinceRef,
    /// The school.
    pub school: Text<20>,
    /// What it is about.
    pub about: crate::reports::About,
    /// Where it stands.
    pub state: State,
}

/// What an operator gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskAnswer {
    /// A list, and the number to go on after; None at the end.
    List {
        /// The reports.
        reports: Vec<Summary>,
        /// Go on after this one.
        next: Option<u64>,
    },
    /// Whole reports, and the number to go on after.
    Reports {
        /// The reports.
        reports: Vec<Report>,
        /// Go on after this one.
        next: Option<u64>,
    },
}

/// The reports and the journal of a process.
#[derive(Debug)]
pub struct Desk {
    reports: Reports,
    journal: Arc<Journal>,
}

impl Desk {
    /// Over these.
    pub fn new(reports: Reports, journal: Arc<Journal>) -> Self {
        Self { reports, journal }
    }

    /// Files a report; blocks on the journal and on the report itself.
    ///
    /// # Errors
    /// [`FileRefusal`].
    pub fn file(&self, new: NewReport, nonce: &Nonce, client: ClientPrefix, now: Moment) -> Result<Filed, FileRefusal> {
        let (code, client) = (new.code, client.to_hex());
        self.reports.file(new, nonce, now, |number| {
            let event = ReportEvent {
                actor: None,
                action: ReportAction::Filed,
                reports: &[number],
                transcript: Some(&code),
                client: Some(&client),
            };
            match self.journal.append_report(now, &event) {
                Ok(_) => true,
                Err(fault) => {
                    tracing::error!(%fault, "the journal took no line; no report is taken");
                    false
                }
            }
        })
    }

    /// What became of a report, for whoever has its code.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn by_ticket(&self, ticket: &TicketCode) -> Result<Option<Report>, ReportsFault> {
        self.reports.by_ticket(ticket)
    }

    /// Deletes what is too old.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn expire(&self, now: Moment) -> Result<usize, ReportsFault> {
        self.reports.expire(now)
    }

    /// How many reports there are.
    pub fn count(&self) -> usize {
        self.reports.count()
    }

    /// Does what an operator asks.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub fn answer(&self, request: DeskRequest, now: Moment) -> Result<DeskAnswer, DeskFault> {
        match request {
            DeskRequest::List(filter) => {
                let (reports, next) = self.batch(&filter)?;
                Ok(DeskAnswer::List { reports: reports.iter().map(summary).collect(), next })
            }
            DeskRequest::Show { number, by } => {
                let report = self.reports.by_number(number)?.ok_or(DeskFault::Unknown(number))?;
                self.record(&by, ReportAction::Read, std::slice::from_ref(&report), now)?;
                Ok(DeskAnswer::Reports { reports: vec![report], next: None })
            }
            DeskRequest::Export { filter, by } => {
                let (reports, next) = self.batch(&filter)?;
                if !reports.is_empty() {
                    self.record(&by, ReportAction::Exported, &reports, now)?;
                }
                Ok(DeskAnswer::Reports { reports, next })
            }
            DeskRequest::Change { number, change } => {
                let report = self.reports.by_number(number)?.ok_or(DeskFault::Unknown(number))?;
                let action = match change.state {
                    State::Received => return Err(DeskFault::Done(number)),
                    State::Forwarded => ReportAction::Forwarded,
                    State::Answered => ReportAction::Answered,
                    State::Closed => ReportAction::Closed,
                };
                if report.state() == State::Closed {
                    return Err(DeskFault::Done(number));
                }
                self.record(&change.by, action, std::slice::from_ref(&report), now)?;
                let changed = self.reports.change(number, change, now)?.ok_or(DeskFault::Done(number))?;
                Ok(DeskAnswer::List { reports: vec![summary(&changed)], next: None })
            }
        }
    }

    /// The reports a filter takes among the next ones.
    fn batch(&self, filter: &Filter) -> Result<(Vec<Report>, Option<u64>), ReportsFault> {
        let mut read = self.reports.after(filter.after, BATCH)?;
        let next = read.last().map(|report| report.number).filter(|_| read.len() == BATCH);
        read.retain(|report| filter.takes(report));
        Ok((read, next))
    }

    fn record(
        &self,
        by: &Text<200>,
        action: ReportAction,
        reports: &[Report],
        now: Moment,
    ) -> Result<(), JournalFault> {
        let numbers: Vec<u64> = reports.iter().map(|report| report.number).collect();
        let transcript = if let [report] = reports { Some(&report.code) } else { None };
        let actor = Some(Actor::Operator { name: by.clone() });
        let event = ReportEvent { actor, action, reports: &numbers, transcript, client: None };
        self.journal.append_report(now, &event).map(drop)
    }
}

fn summary(report: &Report) -> Summary {
    Summary {
        number: report.number,
        filed_at: report.filed_at,
        province: report.province.clone(),
        school: report.school.clone(),
        about: report.about,
        state: report.state(),
    }
}
