//! Where reports are kept: one sealed file each, replaced whole.
//!
//! `20261122-0000000007-<ticket>-<transcript>`: the day and the number it was filed under, and keyed hashes of
//! its ticket code and of the transcript. So a ticket is found, a transcript's reports are counted, and what is
//! too old is deleted without opening any.

use std::fs::{self, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;

use super::code::TicketCode;
use super::report::{Change, NewReport, Report, State, Step};
use crate::fsync::{self, FileLock};
use crate::seal::Seal;
use crate::signing::keyed::KeyedHash;
use crate::transcript::TranscriptCode;
use crate::transcript::time::{Day, Moment};

/// Longest file, in bytes; a report of ours is a third of it.
const MAX_FILE: u64 = 256 * 1024;
/// Most changes of one report.
const MAX_STEPS: usize = 50;
/// Days in which reports of one transcript are counted together.
const MONTH_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;

/// A form's nonce: sent twice, it is one report.
pub type Nonce = [u8; 16];

/// What bounds the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most reports at a time.
    pub at_a_time: usize,
    /// Most a day.
    pub per_day: usize,
    /// Most for one transcript in thirty days.
    pub per_transcript: usize,
    /// Days that each is kept.
    pub keep_days: u32,
}

/// Why the shelf does not work.
#[derive(Debug, thiserror::Error)]
pub enum ReportsFault {
    /// The disk answered with an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Another process has it.
    #[error("{}: another process owns the reports", .0.display())]
    Locked(PathBuf),
    /// A file that cannot be opened with this key, or is not what was written.
    #[error("{}: cannot be opened: damaged, or another key", .0.display())]
    Damaged(PathBuf),
    /// The system gave no randomness.
    #[error("no randomness")]
    Randomness,
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileRefusal {
    /// This transcript has enough for now.
    #[error("too many reports of this transcript")]
    Transcript,
    /// Today there were enough, or there is no place for more.
    #[error("no more reports today")]
    Full,
    /// It could not be written down.
    #[error("the report could not be recorded")]
    NotRecorded,
    /// The shelf does not work.
    #[error(transparent)]
    Fault(#[from] ReportsFault),
}

/// A report that was filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// Its number.
    pub number: u64,
    /// What the reporter keeps.
    pub ticket: TicketCode,
    /// Whether the same form had been sent before.
    pub again: bool,
}

/// A file, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name {
    /// `YYYYMMDD`.
    day: u32,
    number: u64,
    ticket: [u8; 16],
    transcript: [u8; 8],
}

impl Name {
    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let (day, number, ticket, transcript) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let parsed = Self {
            day: day.parse().ok()?,
            number: number.parse().ok()?,
            ticket: HEXLOWER.decode(ticket.as_bytes()).ok()?.try_into().ok()?,
            transcript: HEXLOWER.decode(transcript.as_bytes()).ok()?.try_into().ok()?,
        };
        (parsed.to_string() == name).then_some(parsed)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (ticket, transcript) = (HEXLOWER.encode(&self.ticket), HEXLOWER.encode(&self.transcript));
        write!(f, "{:08}-{:010}-{ticket}-{transcript}", self.day, self.number)
    }
}

/// All reports, owned by this process.
pub struct Reports {
    dir: PathBuf,
    bounds: Bounds,
    tags: KeyedHash,
    seal: Seal,
    /// Every file, by number. Held while one is written, so that numbers and bounds hold.
    names: Mutex<Vec<Name>>,
    _lock: FileLock,
}

impl Reports {
    /// Opens or begins the reports in `dir`, sealed with `key`.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn open(dir: &Path, key: &[u8; 32], bounds: Bounds) -> Result<Self, ReportsFault> {
        let fault = |source| ReportsFault::Io { path: dir.to_owned(), source };
        fsync::create_dir(dir).map_err(fault)?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(fault)?;
        let path = dir.join("lock");
        let lock = match FileLock::at(&path) {
            Ok(lock) => lock,
            Err(TryLockError::WouldBlock) => return Err(ReportsFault::Locked(path)),
            Err(TryLockError::Error(source)) => return Err(fault(source)),
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            names.extend(name.to_str().and_then(Name::parse));
        }
        names.sort_by_key(|name| name.number);
        let root = KeyedHash::new(key);
        Ok(Self {
            dir: dir.to_owned(),
            bounds,
            tags: KeyedHash::new(&root.digest("hocba/reports/v1/tags", &[])),
            seal: Seal::new(&root.digest("hocba/reports/v1/seal", &[])),
            names: Mutex::new(names),
            _lock: lock,
        })
    }

    /// Files a report. `record` is called with its number before it is kept; when it fails, nothing is.
    ///
    /// # Errors
    /// [`FileRefusal`].
    pub fn file(
        &self,
        new: NewReport,
        nonce: &Nonce,
        now: Moment,
        record: impl FnOnce(u64) -> bool,
    ) -> Result<Filed, FileRefusal> {
        let ticket = self.ticket(nonce, &new.code);
        let (tag, transcript) = (self.ticket_tag(&ticket), self.transcript_tag(&new.code));
        let mut names = self.names();
        if let Some(known) = names.iter().find(|name| name.ticket == tag) {
            return Ok(Filed { number: known.number, ticket, again: true });
        }
        let today = Day::from(now.date_in_vietnam()).as_number();
        let month = day_before(now, MONTH_DAYS);
        if names.len() >= self.bounds.at_a_time {
            return Err(FileRefusal::Full);
        }
        if names.iter().filter(|name| name.day == today).count() >= self.bounds.per_day {
            return Err(FileRefusal::Full);
        }
        let of_transcript = |name: &&Name| name.transcript == transcript && name.day > month;
        if names.iter().filter(of_transcript).count() >= self.bounds.per_transcript {
            return Err(FileRefusal::Transcript);
        }
        // Numbers never come again, not even of reports that were deleted.
        let number = names.last().map_or(0, |name| name.number).max(self.last_number()?) + 1;
        if !record(number) {
            return Err(FileRefusal::NotRecorded);
        }
        let name = Name { day: today, number, ticket: tag, transcript };
        self.write(&name, &Report::new(number, now, new))?;
        names.push(name);
        Ok(Filed { number, ticket, again: false })
    }

    /// The report of a ticket code.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn by_ticket(&self, ticket: &TicketCode) -> Result<Option<Report>, ReportsFault> {
        let tag = self.ticket_tag(ticket);
        let name = self.names().iter().find(|name| name.ticket == tag).copied();
        name.map(|name| self.read(&name)).transpose()
    }

    /// The report with a number.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn by_number(&self, number: u64) -> Result<Option<Report>, ReportsFault> {
        self.named(number).map(|name| self.read(&name)).transpose()
    }

    /// At most `most` reports after a number, oldest first.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn after(&self, number: u64, most: usize) -> Result<Vec<Report>, ReportsFault> {
        let names: Vec<Name> = self.names().iter().filter(|name| name.number > number).take(most).copied().collect();
        names.iter().map(|name| self.read(name)).collect()
    }

    /// Changes a report's state; None when there is none with this number, or it was changed too often.
    ///
    /// # Errors
    /// [`ReportsFault`]; it then stands as before.
    pub fn change(&self, number: u64, change: Change, now: Moment) -> Result<Option<Report>, ReportsFault> {
        // Held from reading to writing: of two changes at once none undoes the other.
        let names = self.names();
        let Some(name) = names.iter().find(|name| name.number == number) else { return Ok(None) };
        let mut report = self.read(name)?;
        if report.steps.len() >= MAX_STEPS || report.state() == State::Closed {
            return Ok(None);
        }
        report.steps.push(Step { at: now, state: change.state, by: change.by, text: change.text });
        self.write(name, &report)?;
        Ok(Some(report))
    }

    /// Deletes reports whose time is over; gives how many.
    ///
    /// # Errors
    /// [`ReportsFault`].
    pub fn expire(&self, now: Moment) -> Result<usize, ReportsFault> {
        let oldest = day_before(now, i64::from(self.bounds.keep_days));
        let mut names = self.names();
        let over: Vec<Name> = names.iter().filter(|name| name.day < oldest).copied().collect();
        if let Some(last) = over.iter().map(|name| name.number).max() {
            self.remember(last)?;
        }
        for name in &over {
            let path = self.dir.join(name.to_string());
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(ReportsFault::Io { path, source });
                }
                _ => {}
            }
        }
        if !over.is_empty() {
            fsync::sync_dir(&self.dir).map_err(|source| ReportsFault::Io { path: self.dir.clone(), source })?;
            names.retain(|name| name.day >= oldest);
        }
        Ok(over.len())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.names().len()
    }

    fn named(&self, number: u64) -> Option<Name> {
        self.names().iter().find(|name| name.number == number).copied()
    }

    /// The names are changed only in steps that cannot panic, so a poisoned lock still guards all of them.
    fn names(&self) -> MutexGuard<'_, Vec<Name>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ticket(&self, nonce: &Nonce, code: &TranscriptCode) -> TicketCode {
        let mut value = [0; 32];
        value[..16].copy_from_slice(nonce);
        value[16..].copy_from_slice(code.as_bytes());
        TicketCode::from_bytes(&self.tags.digest("ticket code", &value))
    }

    fn ticket_tag(&self, ticket: &TicketCode) -> [u8; 16] {
        self.tags.short("ticket", ticket.as_bytes())
    }

    fn transcript_tag(&self, code: &TranscriptCode) -> [u8; 8] {
        let mut cut = [0; 8];
        cut.copy_from_slice(&self.tags.short("transcript", code.as_bytes())[..8]);
        cut
    }

    /// The highest number that was ever deleted: kept, so that it is never given again.
    fn last_number(&self) -> Result<u64, ReportsFault> {
        let path = self.dir.join("last");
        match fs::read_to_string(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(ReportsFault::Io { path, source }),
            Ok(text) => text.trim().parse().map_err(|_| ReportsFault::Damaged(path)),
        }
    }

    fn remember(&self, number: u64) -> Result<(), ReportsFault> {
        let number = number.max(self.last_number()?);
        let path = self.dir.join("last");
        fsync::replace(&path, &self.dir.join("last.next"), format!("{number}\n").as_bytes())
            .map_err(|source| ReportsFault::Io { path, source })
    }

    fn read(&self, name: &Name) -> Result<Report, ReportsFault> {
        let text = name.to_string();
        let path = self.dir.join(&text);
        let fault = |source| ReportsFault::Io { path: path.clone(), source };
        if fs::metadata(&path).map_err(fault)?.len() > MAX_FILE {
            return Err(ReportsFault::Damaged(path));
        }
        let bytes = fs::read(&path).map_err(fault)?;
        let report = self.seal.open(&text, &bytes).and_then(|plain| serde_json::from_slice::<Report>(&plain).ok());
        report.filter(|report| report.number == name.number).ok_or(ReportsFault::Damaged(path))
    }

    /// A crash leaves the old report or the new one.
    fn write(&self, name: &Name, report: &Report) -> Result<(), ReportsFault> {
        let text = name.to_string();
        let path = self.dir.join(&text);
        let plain = serde_json::to_vec(report)
            .map_err(|e| ReportsFault::Io { path: path.clone(), source: io::Error::other(e) })?;
        let sealed = self.seal.close(&text, &plain).ok_or(ReportsFault::Randomness)?;
        fsync::replace(&path, &self.dir.join("report.next"), &sealed)
            .map_err(|source| ReportsFault::Io { path, source })
    }
}

impl std::fmt::Debug for Reports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reports({}, {})", self.dir.display(), self.count())
    }
}

/// The day so many days ago, as file names have it.
fn day_before(now: Moment, days: i64) -> u32 {
    let then = Moment::from_millis(now.as_millis() - days * DAY_MS).unwrap_or(now);
    Day::from(then.date_in_vietnam()).as_number()
}
