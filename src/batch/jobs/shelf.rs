//! Where jobs are kept, owned by one process; their heads all in memory.

use std::collections::BTreeMap;
use std::fs::{self, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::results::{self, Chunk, Extent, Reading};
use super::{Job, JobId, NewJob, State, Stopped, input};
use crate::fsync::{self, FileLock};
use crate::seal::Seal;
use crate::signing::keyed::KeyedHash;
use crate::transcript::Moment;

/// Longest head of a job, in bytes.
const MAX_HEAD: u64 = 64 * 1024;
const DAY_MS: i64 = 86_400_000;

/// What bounds the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most jobs.
    pub jobs: usize,
    /// Most jobs of one office.
    pub per_office: usize,
    /// Most jobs of one office that wait for their turn.
    pub waiting_per_office: usize,
    /// Most bytes of all that was handed in.
    pub bytes: u64,
    /// Days after which a job is deleted.
    pub keep_days: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { jobs: 2_000, per_office: 60, waiting_per_office: 5, bytes: 16 << 30, keep_days: 7 }
    }
}

/// Why jobs cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum JobsFault {
    /// The disk answered with an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Another process has them.
    #[error("{}: another process owns the batches", .0.display())]
    Locked(PathBuf),
    /// A file that cannot be opened with this key, or is not what was written.
    #[error("{}: cannot be opened: damaged, or another key", .0.display())]
    Damaged(PathBuf),
    /// The system gave no randomness.
    #[error("no randomness")]
    Randomness,
    /// There is no such job, or no longer.
    #[error("there is no such batch")]
    Unknown,
}

/// Why a job is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AddRefusal {
    /// The office has enough waiting.
    #[error("the office has {0} batches waiting already: let them finish, or cancel one")]
    Waiting(usize),
    /// The office keeps enough.
    #[error("the office keeps {0} batches already: delete those that are not needed any more")]
    OfficeFull(usize),
    /// There is no room for more.
    #[error("there is no room for more batches now")]
    Full,
    /// The journal took no line.
    #[error("the batch could not be recorded, so it was not taken")]
    NotRecorded,
    /// The disk.
    #[error(transparent)]
    Fault(#[from] JobsFault),
}

struct Kept {
    job: Arc<Job>,
    extent: Extent,
    /// Bytes of what was handed in, sealed.
    size: u64,
}

/// All jobs, owned by this process.
pub struct Jobs {
    dir: PathBuf,
    bounds: Bounds,
    seal: Seal,
    kept: Mutex<BTreeMap<JobId, Kept>>,
    /// Held from reading a job's head to writing it: of two changes at once none undoes the other.
    changing: Mutex<()>,
    _lock: FileLock,
}

fn head_name(id: &JobId) -> String {
    format!("{id}.job")
}

fn input_name(id: &JobId) -> String {
    format!("{id}.input")
}

fn results_name(id: &JobId) -> String {
    format!("{id}.results")
}

impl Jobs {
    /// Opens or begins the jobs in `dir`, sealed with `key`. A job whose head does not open is left alone and named in
    /// the log: another one goes on.
    ///
    /// # Errors
    /// [`JobsFault`].
    pub fn open(dir: &Path, key: &[u8; 32], bounds: Bounds) -> Result<Self, JobsFault> {
        let fault = |source| JobsFault::Io { path: dir.to_owned(), source };
        fsync::create_dir(dir).map_err(fault)?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(fault)?;
        let lock = take_lock(dir)?;
        let seal = Seal::new(&KeyedHash::new(key).digest("hocba/batches/v1/seal", &[]));
        let jobs =
            Self { dir: dir.to_owned(), bounds, seal, kept: Mutex::default(), changing: Mutex::default(), _lock: lock };
        let names: Vec<String> =
            fs::read_dir(dir).map_err(fault)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        for id in names.iter().filter_map(|name| JobId::parse(name.strip_suffix(".job")?)) {
            match jobs.read(&id) {
                Ok(kept) => drop(jobs.kept().insert(id, kept)),
                Err(fault) => tracing::error!(%fault, "a batch cannot be read"),
            }
        }
        jobs.sweep(&names);
        Ok(jobs)
    }

    /// What was handed in and never became a job, or belonged to one that was deleted.
    fn sweep(&self, names: &[String]) {
        let of = |name: &str| name.split_once('.').and_then(|(id, _)| JobId::parse(id));
        let has_head = |id: &JobId| names.contains(&head_name(id));
        for name in names.iter().filter(|name| of(name).is_some_and(|id| !has_head(&id))) {
            if let Err(fault) = fs::remove_file(self.dir.join(name)) {
                tracing::warn!(%fault, "a leftover of a batch could not be deleted");
            }
        }
    }

    fn read(&self, id: &JobId) -> Result<Kept, JobsFault> {
        let name = head_name(id);
        let path = self.dir.join(&name);
        let io = |source| JobsFault::Io { path: path.clone(), source };
        let bytes = fsync::checked::read(&path, MAX_HEAD + 1).map_err(io)?.unwrap_or_default();
        let plain = self.seal.open(&name, &bytes).filter(|_| bytes.len() as u64 <= MAX_HEAD);
        let job = plain.and_then(|plain| serde_json::from_slice::<Job>(&plain).ok()).filter(|job| job.id == *id);
        let mut job = job.ok_or_else(|| JobsFault::Damaged(path.clone()))?;
        let extent = self.whole_part(id)?;
        if job.state == State::Finished && extent.rows < job.rows {
            // Results that are damaged are made again.
            job.state = State::Waiting;
        }
        let size = fs::metadata(self.dir.join(input_name(id))).map_or(0, |metadata| metadata.len());
        Ok(Kept { job: Arc::new(job), extent, size })
    }

    /// The records that are whole: what a crash left behind them was never shown.
    fn whole_part(&self, id: &JobId) -> Result<Extent, JobsFault> {
        let name = results_name(id);
        let path = self.dir.join(&name);
        let io = |source| JobsFault::Io { path: path.clone(), source };
        let mut reading = Reading::open(&path, u64::MAX).map_err(io)?;
        while let Some(Ok(_)) = reading.next(&self.seal, &name).map_err(io)? {}
        Ok(reading.at())
    }

    /// Every job.
    pub fn all(&self) -> Vec<Arc<Job>> {
        self.kept().values().map(|kept| Arc::clone(&kept.job)).collect()
    }

    /// A job, and how many of its rows are done.
    pub fn get(&self, id: &JobId) -> Option<(Arc<Job>, u64)> {
        self.kept().get(id).map(|kept| (Arc::clone(&kept.job), kept.extent.rows))
    }

    /// Takes a job. What was handed in is durable first; `record` writes it down; then it is there.
    ///
    /// # Errors
    /// [`AddRefusal`].
    pub fn add(
        &self,
        new: NewJob,
        bytes: &[u8],
        now: Moment,
        record: impl FnOnce(&Job) -> bool,
    ) -> Result<Arc<Job>, AddRefusal> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_room(&new, bytes.len() as u64)?;
        let id = JobId::generate().ok_or(JobsFault::Randomness)?;
        let NewJob { office, by, purpose, input: kind, name, taken, rows } = new;
        let (digest, state) = (Sha256::digest(bytes).into(), State::Waiting);
        let job = Job {
            id,
            office,
            by,
            purpose,
            input: kind,
            name,
            digest,
            taken,
            rows,
            made_at: now,
            state,
            ended_at: None,
        };
        let path = self.dir.join(input_name(&id));
        let io = |source| JobsFault::Io { path: path.clone(), source };
        let written = input::write(&self.seal, &path, &input_name(&id), bytes).map_err(io);
        let refused = match written {
            Ok(Some(())) if record(&job) => None,
            Ok(Some(())) => Some(AddRefusal::NotRecorded),
            Ok(None) => Some(JobsFault::Randomness.into()),
            Err(fault) => Some(fault.into()),
        };
        if let Some(refusal) = refused {
            // If it stays, the next start sweeps it away.
            let _ = fs::remove_file(&path);
            return Err(refusal);
        }
        self.write(&job)?;
        let job = Arc::new(job);
        let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        self.kept().insert(id, Kept { job: Arc::clone(&job), extent: Extent::default(), size });
        Ok(job)
    }

    fn check_room(&self, new: &NewJob, bytes: u64) -> Result<(), AddRefusal> {
        let kept = self.kept();
        let of_office = || kept.values().filter(|kept| kept.job.office == new.office);
        let Bounds { jobs, per_office, waiting_per_office, bytes: most, .. } = self.bounds;
        if of_office().filter(|kept| !kept.job.is_over()).count() >= waiting_per_office {
            return Err(AddRefusal::Waiting(waiting_per_office));
        }
        if of_office().count() >= per_office {
            return Err(AddRefusal::OfficeFull(per_office));
        }
        let there: u64 = kept.values().map(|kept| kept.size).sum();
        match kept.len() < jobs && there.saturating_add(bytes) <= most {
            true => Ok(()),
            false => Err(AddRefusal::Full),
        }
    }

    /// What was handed in, exactly.
    ///
    /// # Errors
    /// [`JobsFault`].
    pub fn input(&self, job: &Job) -> Result<Vec<u8>, JobsFault> {
        let name = input_name(&job.id);
        let path = self.dir.join(&name);
        let read = input::read(&self.seal, &path, &name);
        let bytes = read.map_err(|source| JobsFault::Io { path: path.clone(), source })?;
        bytes.filter(|bytes| <[u8; 32]>::from(Sha256::digest(bytes)) == job.digest).ok_or(JobsFault::Damaged(path))
    }

    /// Keeps what came of the next rows; durable when it returns. False where the job is over, or its rows are not the
    /// next ones: then nothing is kept.
    ///
    /// # Errors
    /// [`JobsFault`]; the same rows may be tried again.
    pub fn append(&self, id: &JobId, first: u64, rows: u32, bytes: &[u8]) -> Result<bool, JobsFault> {
        let name = results_name(id);
        let path = self.dir.join(&name);
        let extent = match self.kept().get(id) {
            Some(kept) if !kept.job.is_over() && kept.extent.rows == first => kept.extent,
            _ => return Ok(false),
        };
        // One worker appends, so nobody else does meanwhile.
        let appended = results::append(&self.seal, &path, &name, extent, rows, bytes);
        let extent = appended.map_err(|source| JobsFault::Io { path: path.clone(), source })?;
        if first == 0 {
            fsync::sync_dir(&self.dir).map_err(|source| JobsFault::Io { path: self.dir.clone(), source })?;
        }
        let mut all = self.kept();
        match all.get_mut(id) {
            Some(kept) => {
                kept.extent = extent;
                Ok(true)
            }
            None => {
                // It was deleted while its rows were written.
                let _ = fs::remove_file(&path);
                Ok(false)
            }
        }
    }

    /// What came of the rows that are done, in their order.
    ///
    /// # Errors
    /// [`JobsFault`]; of `use_it`, its own.
    pub fn results<E: From<JobsFault>>(
        &self,
        id: &JobId,
        mut use_it: impl FnMut(Chunk) -> Result<(), E>,
    ) -> Result<(), E> {
        let until = self.kept().get(id).map(|kept| kept.extent).ok_or(JobsFault::Unknown)?;
        let name = results_name(id);
        let path = self.dir.join(&name);
        let io = |source| JobsFault::Io { path: path.clone(), source };
        let mut reading = Reading::open(&path, until.length).map_err(io)?;
        while let Some(chunk) = reading.next(&self.seal, &name).map_err(io)? {
            use_it(chunk.map_err(|_| JobsFault::Damaged(path.clone()))?)?;
        }
        match reading.at() == until {
            true => Ok(()),
            false => Err(JobsFault::Damaged(path).into()),
        }
    }

    /// Ends a job that is not over. None when it is, or there is none.
    ///
    /// # Errors
    /// [`JobsFault`]; it then goes on.
    pub fn end(&self, id: &JobId, state: State, now: Moment) -> Result<Option<Arc<Job>>, JobsFault> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((job, _)) = self.get(id).filter(|(job, _)| !job.is_over()) else { return Ok(None) };
        let job = Job { state, ended_at: Some(now), ..Job::clone(&job) };
        self.write(&job)?;
        let job = Arc::new(job);
        if let Some(kept) = self.kept().get_mut(id) {
            kept.job = Arc::clone(&job);
        }
        Ok(Some(job))
    }

    /// Deletes a job with everything of it; its head last of all, so that a crash leaves a job that can be deleted.
    ///
    /// # Errors
    /// [`JobsFault`].
    pub fn delete(&self, id: &JobId) -> Result<bool, JobsFault> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.kept().remove(id).is_none() {
            return Ok(false);
        }
        for name in [results_name(id), input_name(id), head_name(id)] {
            let path = self.dir.join(name);
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(JobsFault::Io { path, source }),
                _ => {}
            }
        }
        fsync::sync_dir(&self.dir).map_err(|source| JobsFault::Io { path: self.dir.clone(), source })?;
        Ok(true)
    }

    /// The jobs whose time is over.
    pub fn expired(&self, now: Moment) -> Vec<Arc<Job>> {
        let before = now.as_millis() - self.bounds.keep_days * DAY_MS;
        self.all().into_iter().filter(|job| job.made_at.as_millis() <= before).collect()
    }

    /// When a job is deleted.
    pub fn kept_until(&self, job: &Job) -> Moment {
        Moment::from_millis(job.made_at.as_millis() + self.bounds.keep_days * DAY_MS).unwrap_or(job.made_at)
    }

    /// A crash leaves the old head or the new one.
    fn write(&self, job: &Job) -> Result<(), JobsFault> {
        let name = head_name(&job.id);
        let path = self.dir.join(&name);
        let io = |source| JobsFault::Io { path: path.clone(), source };
        let plain = serde_json::to_vec(job).map_err(|e| io(io::Error::other(e)))?;
        let sealed = self.seal.close(&name, &plain).ok_or(JobsFault::Randomness)?;
        fsync::replace(&path, &self.dir.join("job.next"), &sealed).map_err(io)
    }

    /// The table is changed only in steps that cannot panic, so a poisoned lock still guards a whole one.
    fn kept(&self) -> MutexGuard<'_, BTreeMap<JobId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only ends of its own making are stops.
impl From<Stopped> for State {
    fn from(why: Stopped) -> Self {
        Self::Stopped(why)
    }
}

fn take_lock(dir: &Path) -> Result<FileLock, JobsFault> {
    let path = dir.join("lock");
    match FileLock::at(&path) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(JobsFault::Locked(path)),
        Err(TryLockError::Error(source)) => Err(JobsFault::Io { path, source }),
    }
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Jobs({}, {})", self.dir.display(), self.kept().len())
    }
}
