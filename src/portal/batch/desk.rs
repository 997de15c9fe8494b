//! Where batches are handed in, watched, cancelled and taken home. Each step has its line in the journal before it
//! happens.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::outcome::{Checked, Conclusion};
use super::report::counts;
use super::results::{self, Format};
use super::source::{Source, SourceFault};
use super::words::Tongue;
use crate::batch::columns::{Field, Preview};
use crate::batch::jobs::{AddRefusal, By, Input, Job, JobId, Jobs, JobsFault, NewJob, State, Stopped};
use crate::journal::{Actor, BatchAction, BatchEvent, Journal};
use crate::offices::{Account, ActingMember, Action, Errand, OfficeId};
use crate::portal::Portal;
use crate::portal::office_desk::{OfficeDesk, named};
use crate::portal::soft_copy::print::PrintShop;
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// What is handed in.
#[derive(Clone)]
pub struct HandedIn {
    /// The name of the file, as it is shown.
    pub name: Text<200>,
    /// What it holds; shared, because it may be long.
    pub bytes: Arc<Vec<u8>>,
    /// Which columns of a table are taken as what, where somebody says so; else by their titles.
    pub taken: Vec<(usize, Field)>,
}

impl std::fmt::Debug for HandedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HandedIn({} bytes)", self.bytes.len())
    }
}

/// Who asks: a member who is signed in, or an operator of the machine for an office.
#[derive(Debug, Clone)]
pub enum Caller<'a> {
    /// A member.
    Member(&'a ActingMember),
    /// An operator.
    Operator {
        /// The office within whose grant it is done.
        office: OfficeId,
        /// The name they give.
        name: Text<200>,
        /// Why.
        reason: Text<200>,
    },
}

impl Caller<'_> {
    fn office(&self) -> &OfficeId {
        match self {
            Self::Member(who) => who.office().id(),
            Self::Operator { office, .. } => office,
        }
    }

    fn by(&self) -> Option<By> {
        Some(match self {
            Self::Member(who) => By::Member { account: named(who.account())? },
            Self::Operator { name, .. } => By::Operator { name: name.clone() },
        })
    }

    pub(super) fn actor(&self) -> Option<Actor> {
        self.by().map(|by| actor(&by))
    }

    /// Whether a job is one that they may see and take home: their office's.
    fn sees(&self, job: &Job) -> bool {
        let may = match self {
            Self::Member(who) => who.may(Action::Batch),
            Self::Operator { .. } => true,
        };
        may && job.office.as_str() == self.office().as_str()
    }
}

/// Why a batch is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BatchRefusal {
    /// The role does not hand in batches, or the office's grant is over.
    #[error("no batches may be handed in: the role does not allow it, or the office's grant is over")]
    NotAllowed,
    /// What was handed in.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// There is no room, or it could not be written down or kept.
    #[error(transparent)]
    Add(#[from] AddRefusal),
}

/// Why results are not handed out, or a batch not ended.
#[derive(Debug, thiserror::Error)]
pub enum BatchFault {
    /// There is none, or it is another office's.
    #[error("there is no such batch")]
    Unknown,
    /// The journal took no line.
    #[error("it could not be recorded, so nothing was done")]
    NotRecorded,
    /// What was handed in or what came of it cannot be read.
    #[error(transparent)]
    Kept(#[from] JobsFault),
    /// The results could not be written.
    #[error("the results could not be written: {0}")]
    Written(String),
}

/// A batch as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchView {
    /// Its number.
    pub id: JobId,
    /// For which office.
    pub office: Text<100>,
    /// Who handed it in.
    pub by: By,
    /// What was handed in.
    pub input: Input,
    /// The name of the file.
    pub name: Text<200>,
    /// How many rows it has.
    pub rows: u64,
    /// How many are done.
    pub done: u64,
    /// Where it stands.
    pub state: State,
    /// When it was handed in.
    pub made_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// When it is deleted.
    pub kept_until: Moment,
}

/// The batches of a process.
pub struct BatchDesk {
    pub(super) portal: Arc<Portal>,
    pub(super) offices: Arc<OfficeDesk>,
    pub(super) journal: Arc<Journal>,
    pub(super) shop: Arc<PrintShop>,
    pub(super) jobs: Jobs,
    /// Says to the worker that there is something to do.
    bell: (Mutex<bool>, Condvar),
}

impl BatchDesk {
    /// Over these. Nothing is worked on until somebody calls [`BatchDesk::work`].
    pub fn new(
        portal: Arc<Portal>,
        offices: Arc<OfficeDesk>,
        journal: Arc<Journal>,
        shop: Arc<PrintShop>,
        jobs: Jobs,
    ) -> Self {
        Self { portal, offices, journal, shop, jobs, bell: (Mutex::new(true), Condvar::new()) }
    }

    /// What a file would be taken as: which columns, how many rows, the first of them. Keeps nothing.
    ///
    /// # Errors
    /// [`SourceFault`].
    pub fn preview(file: &HandedIn) -> Result<Preview, SourceFault> {
        Ok(Source::open(&file.bytes, &file.taken)?.preview())
    }

    /// Takes a batch; it is durable and in the journal when this returns, and waits for its turn.
    ///
    /// # Errors
    /// [`BatchRefusal`].
    pub fn begin(&self, caller: &Caller<'_>, file: &HandedIn, now: Moment) -> Result<BatchView, BatchRefusal> {
        let by = caller.by().ok_or(BatchRefusal::NotAllowed)?;
        let errand = self.errand(caller.office(), &by, now).ok_or(BatchRefusal::NotAllowed)?;
        let source = Source::open(&file.bytes, &file.taken)?;
        let (input, rows) = (source.kind(), source.rows());
        drop(source);
        let office = named(caller.office()).ok_or(BatchRefusal::NotAllowed)?;
        let purpose = purpose(caller, &errand);
        let (name, taken) = (file.name.clone(), file.taken.clone());
        let new = NewJob { office, by, purpose, input, name, taken, rows };
        let job = self.jobs.add(new, &file.bytes, now, |job| {
            self.record(job, Some(actor(&job.by)), BatchAction::Begun, job.rows, now).is_ok()
        })?;
        self.ring();
        Ok(self.view(&job, 0))
    }

    /// The batches of an office, the newest first.
    pub fn list(&self, caller: &Caller<'_>) -> Vec<BatchView> {
        let mut jobs: Vec<Arc<Job>> = self.jobs.all().into_iter().filter(|job| caller.sees(job)).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse((job.made_at.as_millis(), job.id)));
        jobs.iter().map(|job| self.view(job, self.jobs.get(&job.id).map_or(0, |(_, done)| done))).collect()
    }

    /// One batch as it is now.
    pub fn get(&self, caller: &Caller<'_>, id: &JobId) -> Option<BatchView> {
        self.find(caller, id).ok().map(|(job, done)| self.view(&job, done))
    }

    /// Ends a batch; rows that are done stay. One that is over stays as it is.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn cancel(&self, caller: &Caller<'_>, id: &JobId, now: Moment) -> Result<BatchView, BatchFault> {
        let (job, done) = self.find(caller, id)?;
        if !job.is_over() {
            self.record(&job, caller.actor(), BatchAction::Cancelled, done, now)?;
            self.jobs.end(id, State::Cancelled, now)?;
        }
        self.get(caller, id).ok_or(BatchFault::Unknown)
    }

    /// Deletes a batch with everything of it.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn delete(&self, caller: &Caller<'_>, id: &JobId, now: Moment) -> Result<(), BatchFault> {
        let (job, done) = self.find(caller, id)?;
        self.record(&job, caller.actor(), BatchAction::Deleted, done, now)?;
        self.jobs.delete(id)?;
        Ok(())
    }

    /// Deletes the batches whose time is over; gives how many.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn expire(&self, now: Moment) -> Result<usize, BatchFault> {
        let expired = self.jobs.expired(now);
        for job in &expired {
            let done = self.jobs.get(&job.id).map_or(0, |(_, done)| done);
            self.record(job, None, BatchAction::Deleted, done, now)?;
            self.jobs.delete(&job.id)?;
        }
        Ok(expired.len())
    }

    /// The results of the rows that are done, in the order and with the columns that were handed in. Written down first.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn results(
        &self,
        caller: &Caller<'_>,
        id: &JobId,
        format: Format,
        tongue: Tongue,
        now: Moment,
    ) -> Result<Vec<u8>, BatchFault> {
        let (job, done) = self.find(caller, id)?;
        self.record(&job, caller.actor(), BatchAction::Taken, done, now)?;
        let bytes = self.jobs.input(&job)?;
        let source = Source::open(&bytes, &job.taken).map_err(|fault| BatchFault::Written(fault.to_string()))?;
        let checked = self.checked(id)?;
        results::write(&source, &checked, format, tongue).map_err(BatchFault::Written)
    }

    /// How many of the rows that are done came to what. No line of its own: who looked which of them up is written down
    /// before they count as done.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn counts(&self, caller: &Caller<'_>, id: &JobId) -> Result<BTreeMap<Conclusion, u64>, BatchFault> {
        self.find(caller, id)?;
        Ok(counts(&self.checked(id)?))
    }

    /// What came of the rows that are done.
    pub(super) fn checked(&self, id: &JobId) -> Result<Vec<Checked>, BatchFault> {
        let mut all = Vec::new();
        self.jobs.results(id, |chunk| {
            let checked: Checked = serde_json::from_slice(&chunk.bytes)
                .map_err(|_| BatchFault::Written("they are of another version".to_owned()))?;
            all.push(checked);
            Ok::<(), BatchFault>(())
        })?;
        Ok(all)
    }

    /// How many batches wait for their turn.
    pub fn waiting(&self) -> usize {
        self.jobs.all().iter().filter(|job| !job.is_over()).count()
    }

    pub(super) fn find(&self, caller: &Caller<'_>, id: &JobId) -> Result<(Arc<Job>, u64), BatchFault> {
        self.jobs.get(id).filter(|(job, _)| caller.sees(job)).ok_or(BatchFault::Unknown)
    }

    fn view(&self, job: &Job, done: u64) -> BatchView {
        BatchView {
            id: job.id,
            office: job.office.clone(),
            by: job.by.clone(),
            input: job.input,
            name: job.name.clone(),
            rows: job.rows,
            done,
            state: job.state,
            made_at: job.made_at,
            ended_at: job.ended_at,
            kept_until: self.jobs.kept_until(job),
        }
    }

    /// What a batch may look at now.
    pub(super) fn errand(&self, office: &OfficeId, by: &By, now: Moment) -> Option<Errand> {
        let offices = self.offices.offices();
        match by {
            By::Member { account } => {
                let account = Account::parse(account.as_str()).filter(|account| account.office == *office)?;
                offices.errand_of(&account, now)
            }
            By::Operator { .. } => offices.errand_for(office, now),
        }
    }

    pub(super) fn record(
        &self,
        job: &Job,
        actor: Option<Actor>,
        action: BatchAction,
        rows: u64,
        now: Moment,
    ) -> Result<(), BatchFault> {
        let event = BatchEvent {
            actor,
            office: job.office.clone(),
            purpose: job.purpose.clone(),
            batch: batch_name(job).ok_or(BatchFault::NotRecorded)?,
            action,
            rows,
            input: &job.digest,
        };
        match self.journal.append_batch(now, &event) {
            Ok(_) => Ok(()),
            Err(fault) => {
                tracing::error!(%fault, "the journal took no line about a batch");
                Err(BatchFault::NotRecorded)
            }
        }
    }

    /// Ends a job that cannot go on.
    pub(super) fn stop(&self, job: &Job, why: Stopped, now: Moment) -> Result<(), BatchFault> {
        let done = self.jobs.get(&job.id).map_or(0, |(_, done)| done);
        self.record(job, Some(actor(&job.by)), BatchAction::Stopped, done, now)?;
        self.jobs.end(&job.id, why.into(), now)?;
        Ok(())
    }

    /// Says that there is something to do.
    pub(super) fn ring(&self) {
        *self.bell.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.1.notify_all();
    }

    /// Waits for that, or for a while.
    pub(super) fn wait(&self, at_most: Duration) {
        let rung = self.bell.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.1.wait_timeout_while(rung, at_most, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

impl std::fmt::Debug for BatchDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BatchDesk({:?})", self.jobs)
    }
}

/// As the journal keeps it; twenty hexadecimal digits are always such a text.
pub(super) fn batch_name(job: &Job) -> Option<Text<40>> {
    named(job.id)
}

pub(super) fn actor(by: &By) -> Actor {
    match by {
        By::Member { account } => Actor::Office { account: account.clone() },
        By::Operator { name } => Actor::Operator { name: name.clone() },
    }
}

/// The office's purpose; of an operator their reason too, as far as there is room.
fn purpose(caller: &Caller<'_>, errand: &Errand) -> Text<300> {
    let line = errand.office().purpose().line().clone();
    match caller {
        Caller::Member(_) => line,
        Caller::Operator { reason, .. } => {
            let both: String = format!("{reason}; {line}").chars().take(300).collect();
            Text::new(both.trim_end()).unwrap_or(line)
        }
    }
}
