//! The one thread that works on batches: the oldest first, so many rows at a time, each step durable before the next.

use std::time::{Duration, Instant};

use super::desk::{BatchDesk, BatchFault, actor, batch_name};
use super::judge::Buffers;
use super::outcome::{Checked, FileResult};
use super::source::Source;
use crate::batch::jobs::{Job, JobsFault, State, Stopped};
use crate::batch::row::Row;
use crate::journal::{BatchAction, RowsSeen};
use crate::offices::{Errand, OfficeId};
use crate::transcript::{GroupSet, Moment, TranscriptCode};

/// Most rows of a step. Each costs two fsyncs, so many rows share them.
const STEP_ROWS: usize = 8192;
/// Longest step: what a crash does again, and how long a cancelled batch goes on.
const STEP: Duration = Duration::from_secs(1);
/// After a fault of the disk or the journal the same step is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How often it looks for batches whose time is over.
const REST: Duration = Duration::from_secs(600);

/// What a step came to.
enum Step {
    /// More rows wait.
    More,
    /// The batch is over, whichever way.
    Over,
}

impl BatchDesk {
    /// Works for ever on a thread of its own. `now` is this machine's clock.
    pub fn work(&self, now: impl Fn() -> Moment) {
        loop {
            self.work_off(&now);
            if let Err(fault) = self.expire(now()) {
                tracing::error!(%fault, "batches whose time is over could not be deleted");
            }
            self.wait(REST);
        }
    }

    /// Works on what waits until nothing does.
    pub fn work_off(&self, now: &impl Fn() -> Moment) {
        while let Some(job) = self.oldest_waiting() {
            match self.work_on(&job, now) {
                Ok(()) => {}
                Err(BatchFault::Kept(fault @ (JobsFault::Damaged(_) | JobsFault::Unknown))) => {
                    tracing::error!(%fault, "a batch cannot be read");
                    if self.stop(&job, Stopped::Unreadable, now()).is_err() {
                        std::thread::sleep(RETRY);
                    }
                }
                Err(fault) => {
                    tracing::error!(%fault, "a batch waits");
                    std::thread::sleep(RETRY);
                }
            }
        }
    }

    fn oldest_waiting(&self) -> Option<std::sync::Arc<Job>> {
        let waiting = self.jobs.all().into_iter().filter(|job| !job.is_over());
        waiting.min_by_key(|job| (job.made_at.as_millis(), job.id))
    }

    fn work_on(&self, job: &Job, now: &impl Fn() -> Moment) -> Result<(), BatchFault> {
        let bytes = self.jobs.input(job)?;
        let Ok(mut source) = Source::open(&bytes, &job.taken) else {
            // It could be read when it was taken.
            return self.stop(job, Stopped::Unreadable, now());
        };
        let rows = source.table_rows();
        let mut buffers = Buffers::default();
        while let Step::More = self.step(job, &mut source, &rows, &mut buffers, now)? {}
        Ok(())
    }

    /// Looks up the next rows, writes down which, keeps what came of them.
    fn step(
        &self,
        job: &Job,
        source: &mut Source<'_>,
        rows: &[Row],
        buffers: &mut Buffers,
        now: &impl Fn() -> Moment,
    ) -> Result<Step, BatchFault> {
        let Some((_, done)) = self.jobs.get(&job.id).filter(|(job, _)| !job.is_over()) else { return Ok(Step::Over) };
        let errand = OfficeId::parse(job.office.as_str()).and_then(|office| self.errand(&office, &job.by, now()));
        let Some(errand) = errand else {
            self.stop(job, Stopped::GrantOver, now())?;
            return Ok(Step::Over);
        };
        if done >= job.rows {
            self.record(job, Some(actor(&job.by)), BatchAction::Finished, done, now())?;
            self.jobs.end(&job.id, State::Finished, now())?;
            return Ok(Step::Over);
        }
        let batch = batch_name(job).ok_or(BatchFault::NotRecorded)?;
        let mut looked = Looked::default();
        let checked = self.look_up(source, rows, done..job.rows, &errand, (buffers, &mut looked), now());
        let seen = RowsSeen {
            actor: actor(&job.by),
            purpose: job.purpose.clone(),
            batch,
            looked_up: &looked.up,
            opened: &looked.opened,
        };
        if let Err(fault) = self.journal.append_rows(checked.at, &seen) {
            tracing::error!(%fault, "the journal took no lines about a batch's rows");
            return Err(BatchFault::NotRecorded);
        }
        let count = u32::try_from(checked.rows.len()).unwrap_or(u32::MAX);
        let kept = serde_json::to_vec(&checked).map_err(|fault| BatchFault::Written(fault.to_string()))?;
        // False where it was cancelled meanwhile: the rows are written down and shown to nobody.
        match self.jobs.append(&job.id, done, count, &kept)? {
            true => Ok(Step::More),
            false => Ok(Step::Over),
        }
    }

    fn look_up(
        &self,
        source: &mut Source<'_>,
        rows: &[Row],
        places: std::ops::Range<u64>,
        errand: &Errand,
        (buffers, looked): (&mut Buffers, &mut Looked),
        now: Moment,
    ) -> Checked {
        let started = Instant::now();
        let state = self.portal.reflected();
        let mut outcomes = Vec::with_capacity(STEP_ROWS.min(rows.len()));
        for place in places {
            let from_file: Option<(Row, FileResult)> = match &mut *source {
                Source::Table(_) => None,
                files => Some(files.file_row(place, &self.portal, &self.shop, now)),
            };
            let row = match &from_file {
                Some((row, _)) => Some(row),
                None => usize::try_from(place).ok().and_then(|place| rows.get(place)),
            };
            let Some(row) = row else { break };
            let judged = self.portal.judge_row(&state, row, errand, buffers, now);
            let mut outcome = judged.outcome;
            outcome.file = from_file.map(|(_, result)| result);
            looked.add(judged.transcript, judged.opened);
            outcomes.push(outcome);
            if outcomes.len() >= STEP_ROWS || started.elapsed() >= STEP {
                break;
            }
        }
        let (ledger_size, root_hash) = (state.position.size, state.root_text.clone());
        Checked { at: now, ledger_size, root_hash, rows: outcomes }
    }
}

/// What is to be written down of a step.
#[derive(Default)]
struct Looked {
    up: Vec<TranscriptCode>,
    opened: Vec<(TranscriptCode, GroupSet)>,
}

impl Looked {
    fn add(&mut self, transcript: Option<TranscriptCode>, opened: GroupSet) {
        match transcript {
            Some(code) if opened == GroupSet::NONE => self.up.push(code),
            Some(code) => self.opened.push((code, opened)),
            None => {}
        }
    }
}
