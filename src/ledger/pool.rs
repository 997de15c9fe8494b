//! Threads that compress, encrypt, write and fsync while the sequencer goes on.
//!
//! Own threads rather than the shared compute pool: they spend their time waiting for fsync, and a
//! sequencer that waits for them must never wait for itself. The queue is short, so that a session of
//! any length holds a few bundles in memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::bundle::Sealer;
use super::durable::Disk;
use super::entry::BodyEntry;
use super::fault::LedgerFault;
use super::keys::SecretKey;

/// Something to write. None of it is read by anybody before the checkpoint moves, so order is free.
pub(super) enum Job {
    /// A bundle of bodies.
    Bundle { path: String, number: u64, entries: Vec<BodyEntry> },
    /// Any other file.
    File { path: String, bytes: Vec<u8> },
    /// The names in a directory.
    SyncDir(String),
}

struct Shared {
    disk: Arc<dyn Disk>,
    key: SecretKey,
    pending: Mutex<usize>,
    idle: Condvar,
    failed: AtomicBool,
    fault: Mutex<Option<LedgerFault>>,
}

/// The threads of one session. Dropping it finishes what was handed in: afterwards nobody writes.
pub(super) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    limit: usize,
    queue: Option<SyncSender<Job>>,
    jobs: Arc<Mutex<Receiver<Job>>>,
    /// For a limit of 0, where the caller's thread does everything in order.
    sealer: Option<Sealer>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// At most `limit` threads, started as they are needed; 0: none, jobs run where they are handed in.
    pub(super) fn new(disk: Arc<dyn Disk>, key: SecretKey, limit: usize) -> Self {
        let (queue, jobs) = sync_channel(2);
        let shared = Shared {
            disk,
            key,
            pending: Mutex::new(0),
            idle: Condvar::new(),
            failed: AtomicBool::new(false),
            fault: Mutex::new(None),
        };
        let jobs = Arc::new(Mutex::new(jobs));
        Self { shared: Arc::new(shared), threads: Vec::new(), limit, queue: Some(queue), jobs, sealer: None }
    }

    /// Hands a job in; waits while the queue is full.
    ///
    /// # Errors
    /// The first fault of any job so far. Nothing more is written after it.
    pub(super) fn submit(&mut self, job: Job) -> Result<(), LedgerFault> {
        if self.limit == 0 {
            return run(&self.shared, &mut self.sealer, job);
        }
        if self.shared.failed.load(Ordering::Acquire) {
            return self.wait();
        }
        *lock(&self.shared.pending) += 1;
        let sent = self.queue.as_ref().is_some_and(|queue| {
            if self.threads.len() < self.limit {
                let (shared, jobs) = (self.shared.clone(), self.jobs.clone());
                self.threads.push(std::thread::spawn(move || work(&shared, &jobs)));
            }
            queue.send(job).is_ok()
        });
        match sent {
            true => Ok(()),
            false => {
                *lock(&self.shared.pending) -= 1;
                Err(LedgerFault::Thread)
            }
        }
    }

    /// Waits until everything handed in is on the disk.
    ///
    /// # Errors
    /// The first fault of any job.
    pub(super) fn wait(&mut self) -> Result<(), LedgerFault> {
        let mut pending = lock(&self.shared.pending);
        while *pending > 0 {
            pending = self.shared.idle.wait(pending).unwrap_or_else(PoisonError::into_inner);
        }
        match self.shared.failed.load(Ordering::Acquire) {
            true => Err(lock(&self.shared.fault).take().unwrap_or(LedgerFault::Thread)),
            false => Ok(()),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A panic there has already been counted as a fault.
            drop(thread.join());
        }
    }
}

/// Counts a job as done even if it panics: whoever waits must not wait for ever.
struct Done<'a>(&'a Shared);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.failed.store(true, Ordering::Release);
        }
        *lock(&self.0.pending) -= 1;
        self.0.idle.notify_all();
    }
}

fn work(shared: &Shared, jobs: &Mutex<Receiver<Job>>) {
    let mut sealer = None;
    loop {
        let received = lock(jobs).recv();
        let Ok(job) = received else { return };
        let _done = Done(shared);
        // After a failed write the session is lost; what is still queued would only be more garbage.
        if shared.failed.load(Ordering::Acquire) {
            continue;
        }
        if let Err(fault) = run(shared, &mut sealer, job) {
            lock(&shared.fault).get_or_insert(fault);
            shared.failed.store(true, Ordering::Release);
        }
    }
}

fn run(shared: &Shared, sealer: &mut Option<Sealer>, job: Job) -> Result<(), LedgerFault> {
    match job {
        Job::Bundle { path, number, entries } => {
            let mut ready = match sealer.take() {
                Some(ready) => ready,
                None => Sealer::new(&shared.key).map_err(LedgerFault::bundle(&path))?,
            };
            let sealed = ready.seal(number, &entries).map_err(LedgerFault::bundle(&path));
            *sealer = Some(ready);
            // Before the fsync, which is where memory would wait.
            drop(entries);
            shared.disk.write(&path, &sealed?).map_err(LedgerFault::io(&path))
        }
        Job::File { path, bytes } => shared.disk.write(&path, &bytes).map_err(LedgerFault::io(&path)),
        Job::SyncDir(path) => shared.disk.sync_dir(&path).map_err(LedgerFault::io(&path)),
    }
}
