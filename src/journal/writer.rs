//! Appending: one owner, group commit, closed after a fault.

use std::fs::{self, TryLockError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::audit::{self, Records, Segment, Torn, at};
use super::copies::{self, CopyIssued, CopyVoided};
use super::disk::{Disk, RealDisk, SegmentFile};
use super::entry::{
    Actor, Chain, Disclosure, Entry, Outcome, Purpose, Receipt, Record, ReportAction, ReportLine, TagKey,
};
use super::{Audited, JournalFault};
use crate::fsync::FileLock;
use crate::transcript::{CopyId, GroupSet, Moment, TranscriptCode};

/// How a journal is written.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A segment that has reached this length is followed by a new one. Opening reads the last two.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 8 * 1024 * 1024 }
    }
}

/// What is to be written down about a disclosure. The journal makes the keyed hashes, so that no caller can forget to.
#[derive(Debug)]
pub struct Event<'a> {
    /// Who.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// Whose transcript.
    pub transcript: &'a TranscriptCode,
    /// Which groups.
    pub groups: GroupSet,
    /// The client's address prefix, as the limits know it; none at the machine itself.
    pub client: Option<&'a str>,
    /// How it ends.
    pub outcome: Outcome,
}

/// What is to be written down about reports of errors.
#[derive(Debug)]
pub struct ReportEvent<'a> {
    /// Who; none for a reporter.
    pub actor: Option<Actor>,
    /// What was done.
    pub action: ReportAction,
    /// With which.
    pub reports: &'a [u64],
    /// About which transcript, where it is one report.
    pub transcript: Option<&'a TranscriptCode>,
    /// The client's address prefix; none at the machine itself.
    pub client: Option<&'a str>,
}

/// What is to be written down about a copy.
#[derive(Debug)]
pub struct CopyEvent<'a> {
    /// Who.
    pub actor: Actor,
    /// Whose transcript.
    pub transcript: &'a TranscriptCode,
    /// Which copy.
    pub copy: CopyId,
    /// The client's address prefix, as the limits know it; none at the machine itself.
    pub client: Option<&'a str>,
}

/// The journal, owned by this process.
pub struct Journal {
    dir: PathBuf,
    options: Options,
    disk: Arc<dyn Disk>,
    tags: TagKey,
    state: Mutex<State>,
    /// Something about [`State`] changed: a batch is done, or the file is free again.
    changed: Condvar,
    _lock: FileLock,
}

struct State {
    /// The chain with everything queued.
    queued: Chain,
    /// The chain that is on disk for certain. Nothing beyond it is ever acknowledged or shown.
    durable: Chain,
    /// The lines that the next writer takes along.
    batch: Arc<Batch>,
    lines: Vec<u8>,
    /// The newest segment; absent while a caller is writing to it.
    segment: Option<OpenSegment>,
    /// The error that closed the journal.
    closed: Option<Arc<JournalFault>>,
}

/// Lines that share one fsync, and the fate they share.
#[derive(Default)]
struct Batch(OnceLock<Result<(), Arc<JournalFault>>>);

struct OpenSegment {
    path: PathBuf,
    file: Box<dyn SegmentFile>,
    /// How much of it is durable.
    length: u64,
}

impl OpenSegment {
    fn check_place(&self) -> Result<(), JournalFault> {
        match self.file.is_at(&self.path).map_err(at(&self.path))? {
            true => Ok(()),
            false => Err(JournalFault::Moved(self.path.clone())),
        }
    }

    /// Takes away whatever lies beyond what is durable.
    fn cut_back(&mut self) -> Result<(), JournalFault> {
        self.file.truncate(self.length).map_err(at(&self.path))?;
        self.file.sync().map_err(at(&self.path))
    }
}

impl Journal {
    /// Opens or begins the journal in `dir`, whose keyed hashes are made with `key`. The last two segments are read and
    /// checked; a line that a crash left unfinished is cut off (it was never acknowledged), any other damage is an
    /// error: what was acknowledged is never cut.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn open(dir: &Path, key: TagKey) -> Result<Self, JournalFault> {
        Self::open_on(dir, key, Options::default(), Arc::new(RealDisk))
    }

    /// [`Journal::open`] with other options or on another disk.
    ///
    /// # Errors
    /// [`JournalFault`].
    pub fn open_on(dir: &Path, key: TagKey, options: Options, disk: Arc<dyn Disk>) -> Result<Self, JournalFault> {
        create_dir(dir, &*disk)?;
        let lock = lock(dir)?;
        let (segment, chain) = open_tail(dir, &*disk)?;
        let state = State {
            queued: chain,
            durable: chain,
            batch: Arc::default(),
            lines: Vec::new(),
            segment: Some(segment),
            closed: None,
        };
        Ok(Self {
            dir: dir.to_owned(),
            options,
            disk,
            tags: key,
            state: Mutex::new(state),
            changed: Condvar::new(),
            _lock: lock,
        })
    }

    /// Writes a disclosure down and returns when it is durable. Blocks for an fsync; callers at the same time share
    /// one. Whoever gets an error must disclose nothing.
    ///
    /// # Errors
    /// [`JournalFault`]; see the module for what happens next.
    pub fn append(&self, at: Moment, event: &Event<'_>) -> Result<Receipt, JournalFault> {
        let entry = Entry::Disclosure(Disclosure {
            actor: event.actor.clone(),
            purpose: event.purpose.clone(),
            transcript: self.tags.transcript(event.transcript, at),
            groups: event.groups,
            client: event.client.map(|prefix| self.tags.client(prefix, at)),
            key: self.tags.id().to_owned(),
            outcome: event.outcome,
        });
        self.append_entry(at, &entry)
    }

    /// Writes down what is done with reports of errors, as [`Journal::append`] does.
    ///
    /// # Errors
    /// [`JournalFault`]; whoever gets one does nothing.
    pub fn append_report(&self, at: Moment, event: &ReportEvent<'_>) -> Result<Receipt, JournalFault> {
        let entry = Entry::Report(ReportLine {
            actor: event.actor.clone(),
            action: event.action,
            reports: event.reports.to_vec(),
            transcript: event.transcript.map(|code| self.tags.transcript(code, at)),
            client: event.client.map(|prefix| self.tags.client(prefix, at)),
            key: self.tags.id().to_owned(),
        });
        self.append_entry(at, &entry)
    }

    /// Writes down that a copy is being handed out; as [`Journal::append`].
    ///
    /// # Errors
    /// [`JournalFault`]. The copy must then not be handed out.
    pub fn issue_copy(
        &self,
        at: Moment,
        event: &CopyEvent<'_>,
        purpose: Purpose,
        expires_at: Moment,
    ) -> Result<Receipt, JournalFault> {
        let entry = Entry::CopyIssued(CopyIssued {
            actor: event.actor.clone(),
            purpose,
            transcript: self.tags.transcript(event.transcript, at),
            copy: event.copy,
            expires_at,
            client: event.client.map(|prefix| self.tags.client(prefix, at)),
            key: self.tags.id().to_owned(),
        });
        self.append_entry(at, &entry)
    }

    /// Writes down that a copy is void; as [`Journal::append`].
    ///
    /// # Errors
    /// [`JournalFault`]. Nobody may then be told that it is void.
    pub fn void_copy(&self, at: Moment, event: &CopyEvent<'_>) -> Result<Receipt, JournalFault> {
        let entry = Entry::CopyVoided(CopyVoided {
            actor: event.actor.clone(),
            transcript: self.tags.transcript(event.transcript, at),
            copy: event.copy,
            client: event.client.map(|prefix| self.tags.client(prefix, at)),
            key: self.tags.id().to_owned(),
        });
        self.append_entry(at, &entry)
    }

    /// The lines about copies since about then.
    ///
    /// # Errors
    /// [`JournalFault`]: what was voided is then not known, and no copy may be opened.
    pub fn copies_since(&self, since: Moment, use_it: impl FnMut(Record)) -> Result<(), JournalFault> {
        copies::since(&self.dir, since, use_it)
    }

    pub(super) fn append_entry(&self, at: Moment, entry: &Entry) -> Result<Receipt, JournalFault> {
        self.append_entries(at, std::slice::from_ref(entry))
    }

    /// Several lines that share one fsync: all of them are durable, or whoever asks gets an error. The receipt is that
    /// of the last.
    pub(super) fn append_entries(&self, at: Moment, entries: &[Entry]) -> Result<Receipt, JournalFault> {
        let mut state = self.state();
        if state.closed.is_some() {
            self.reopen_if_full(&mut state)?;
        }
        let (mut chain, mut lines) = (state.queued, Vec::new());
        for entry in entries {
            let (line, next) = chain.seal(at, entry).ok_or(JournalFault::TooLong)?;
            lines.extend_from_slice(&line);
            chain = next;
        }
        state.lines.extend_from_slice(&lines);
        state.queued = chain;
        let batch = state.batch.clone();
        loop {
            match batch.0.get() {
                Some(Ok(())) => return Ok(Receipt { seq: chain.size, hash: chain.head() }),
                Some(Err(fault)) => return Err(JournalFault::clone(fault)),
                None => {}
            }
            state = match state.segment.take() {
                // Nobody is writing: this caller does, for everyone who has queued a line by now.
                Some(segment) => self.write_batch(state, segment),
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Writes everything queued, without the lock while the disk works.
    fn write_batch<'a>(&'a self, mut state: MutexGuard<'a, State>, mut segment: OpenSegment) -> MutexGuard<'a, State> {
        let lines = std::mem::take(&mut state.lines);
        let batch = std::mem::take(&mut state.batch);
        let (before, after) = (state.durable, state.queued);
        drop(state);
        let written = self.write(&mut segment, before, &lines);
        let mut state = self.state();
        state.segment = Some(segment);
        match written {
            Ok(()) => {
                state.durable = after;
                let _ = batch.0.set(Ok(()));
            }
            Err(fault) => {
                let fault = Arc::new(fault);
                let _ = batch.0.set(Err(fault.clone()));
                // Lines queued meanwhile are chained to lines that are lost.
                let _ = std::mem::take(&mut state.batch).0.set(Err(fault.clone()));
                state.lines.clear();
                state.queued = state.durable;
                state.closed = Some(fault);
            }
        }
        self.changed.notify_all();
        state
    }

    fn write(&self, segment: &mut OpenSegment, durable: Chain, lines: &[u8]) -> Result<(), JournalFault> {
        if segment.length >= self.options.segment_bytes {
            segment.check_place()?;
            // Everything in the old segment is durable, so a crash from here on leaves it whole, and the new one
            // missing, empty, or with a torn line.
            *segment = begin_segment(&self.dir, durable.size + 1, &*self.disk)?;
        }
        // A crash here leaves any part of these lines; none of them has been acknowledged.
        segment.file.append(lines).map_err(at(&segment.path))?;
        segment.file.sync().map_err(at(&segment.path))?;
        // Durable in a file that nobody will ever read is not written down.
        segment.check_place()?;
        // From here on a crash leaves all of them.
        segment.length += lines.len() as u64;
        Ok(())
    }

    /// After "disk full" the segment is cut back to what is durable and appending goes on, if the disk lets it; after
    /// any other error the journal stays closed.
    fn reopen_if_full(&self, state: &mut State) -> Result<(), JournalFault> {
        let Some(fault) = state.closed.clone() else { return Ok(()) };
        let Some(segment) = state.segment.as_mut().filter(|_| fault.is_full()) else {
            return Err(JournalFault::Closed(fault));
        };
        match segment.cut_back() {
            Ok(()) => state.closed = None,
            Err(fault) => {
                state.closed = Some(Arc::new(fault.clone()));
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Opens a journal that an error has closed, after an operator has seen to the cause: cuts off what was never
    /// acknowledged and reads the rest again, from disk, up to the very line that was acknowledged last.
    ///
    /// # Errors
    /// [`JournalFault`]; the journal then stays closed.
    pub fn clear(&self) -> Result<(), JournalFault> {
        let mut state = self.state();
        while state.segment.is_none() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let Some(fault) = state.closed.clone() else { return Ok(()) };
        let durable = state.durable;
        let Some(segment) = state.segment.as_mut() else { return Err(JournalFault::Closed(fault)) };
        // A new handle: the old one may remember errors that the system reports only once.
        segment.file = self.disk.open(&segment.path, false).map_err(at(&segment.path))?;
        if fs::metadata(&segment.path).map_err(at(&segment.path))?.len() > segment.length {
            segment.cut_back()?;
        }
        let (segment, chain) = open_tail(&self.dir, &*self.disk)?;
        if chain != durable {
            return Err(JournalFault::Closed(fault));
        }
        state.segment = Some(segment);
        state.closed = None;
        Ok(())
    }

    /// How many lines are durable, and the hash of the last: what an anchor says.
    pub fn head(&self) -> (u64, [u8; 32]) {
        let durable = self.state().durable;
        (durable.size, durable.head())
    }

    /// The error that closed the journal, if one did; for readiness and `hocba status`.
    pub fn closed(&self) -> Option<Arc<JournalFault>> {
        self.state().closed.clone()
    }

    /// The lines from the first on, checked while they are read.
    ///
    /// # Errors
    /// [`JournalFault::Io`] when the directory can't be read.
    pub fn iter(&self) -> Result<Records, JournalFault> {
        Records::open(&self.dir)
    }

    /// Reads everything from disk and checks it, the acknowledged head included.
    ///
    /// # Errors
    /// [`JournalFault`] names the first fault.
    pub fn verify(&self, anchors: &[super::Anchor]) -> Result<Audited, JournalFault> {
        audit::check(&self.dir, anchors.iter().map(|a| (a.size, a.head)).chain([self.head()]).collect())
    }

    /// The key of this journal's keyed hashes.
    pub fn tags(&self) -> &TagKey {
        &self.tags
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // State is changed only in steps that can't panic, so a poisoned lock still guards a whole state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Journal({}, {} lines)", self.dir.display(), self.head().0)
    }
}

fn create_dir(dir: &Path, disk: &dyn Disk) -> Result<(), JournalFault> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at(dir))?;
    match dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => disk.sync_dir(parent).map_err(at(parent)),
        None => Ok(()),
    }
}

fn lock(dir: &Path) -> Result<FileLock, JournalFault> {
    let path = dir.join("lock");
    match FileLock::at(&path) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(JournalFault::Locked(path)),
        Err(TryLockError::Error(e)) => Err(JournalFault::io(path, e)),
    }
}

/// Creates the segment that starts with line `first`, durable in name.
fn begin_segment(dir: &Path, first: u64, disk: &dyn Disk) -> Result<OpenSegment, JournalFault> {
    let Segment { path, .. } = Segment::new(dir, first);
    let file = disk.open(&path, true).map_err(at(&path))?;
    if let Err(e) = disk.sync_dir(dir) {
        // So that the next try can create it; if this fails too, opening the journal again finds it empty and uses it.
        let _ = fs::remove_file(&path);
        return Err(JournalFault::io(dir, e));
    }
    Ok(OpenSegment { path, file, length: 0 })
}

/// Reads the last two segments, repairs what a crash can have left, and makes all of it durable: it may have been
/// written but not synced by a process that was killed.
fn open_tail(dir: &Path, disk: &dyn Disk) -> Result<(OpenSegment, Chain), JournalFault> {
    let segments = audit::segments(dir)?;
    let Some(last) = segments.last().cloned() else {
        return Ok((begin_segment(dir, 1, disk)?, Chain::START));
    };
    let tail = segments[segments.len().saturating_sub(2)..].to_vec();
    let before = match tail.first() {
        Some(first) if segments.len() > 2 => Chain::after(first.first.saturating_sub(1)),
        _ => Chain::START,
    };
    let mut end = Records::of(dir, tail, before).finish()?;
    let mut file = disk.open(&last.path, false).map_err(at(&last.path))?;
    match end.torn {
        None => {}
        Some(Torn::Part) => file.truncate(end.length).map_err(at(&last.path))?,
        Some(Torn::Newline) => {
            file.append(b"\n").map_err(at(&last.path))?;
            end = Records::of(dir, vec![last.clone()], Chain::after(last.first - 1)).finish()?;
        }
    }
    file.sync().map_err(at(&last.path))?;
    disk.sync_dir(dir).map_err(at(dir))?;
    Ok((OpenSegment { path: last.path, file, length: end.length }, end.chain))
}
