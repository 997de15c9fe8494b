//! Wrong second factors: so many a day for each transcript and prefix, so many for each transcript.
//!
//! A try is *reserved before* anything is compared and given back when it was right, so any number of
//! simultaneous requests cannot try more often than allowed. Days end at midnight in Vietnam: "again
//! tomorrow" is something a parent understands, and an attacker gets two days' tries at once only
//! around one midnight. With 50 tries a day, the 36,500 birth dates of a century take two years.
//!
//! Neither codes nor addresses are in memory: keys are keyed hashes under a secret that changes each
//! day. Counts are forgotten on restart.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use super::ClientPrefix;
use super::bounded::set;
use crate::config::Limits;
use crate::signing::keyed::KeyedHash;
use crate::transcript::TranscriptCode;
use crate::transcript::time::Moment;

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// That of this transcript and prefix.
    Prefix,
    /// That of this transcript, whoever asks.
    Transcript,
}

/// No more birth dates today; verdicts and tokens go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong second factors; again in {retry_after_s} s")]
pub struct Locked {
    /// Which limit is reached.
    pub scope: Scope,
    /// Seconds until midnight in Vietnam.
    pub retry_after_s: u64,
}

/// The counters of one process.
#[derive(Debug)]
pub struct AttemptCounters {
    key: KeyedHash,
    per_prefix: u32,
    per_transcript: u32,
    max_keys: usize,
    today: Mutex<Today>,
}

type Key = [u8; 16];

struct Today {
    /// None before the first try.
    date: Option<Date>,
    secret: KeyedHash,
    transcripts: HashMap<Key, u32>,
    prefixes: HashMap<Key, u32>,
}

/// A reserved try. Dropped without a word it counts as wrong: whoever breaks off a request gains
/// nothing by it.
#[must_use = "a reserved try counts as wrong until it is settled"]
pub struct Attempt<'a> {
    counters: &'a AttemptCounters,
    date: Option<Date>,
    transcript: Key,
    prefix: Key,
    left: u32,
}

impl Attempt<'_> {
    /// The second factor was right: the try is given back.
    pub fn right(self) {
        self.give_back();
    }

    /// The second factor was wrong: the try stays counted. Says how many wrong ones may still follow
    /// today, from this prefix.
    pub fn wrong(self) -> u32 {
        self.left
    }

    /// Nothing was compared (the record could not be read, say): the try is given back.
    pub fn not_compared(self) {
        self.give_back();
    }

    fn give_back(self) {
        let mut today = self.counters.today();
        // At midnight all counts were dropped, this one too.
        if today.date == self.date {
            give_back(&mut today.transcripts, &self.transcript);
            give_back(&mut today.prefixes, &self.prefix);
        }
    }
}

fn give_back(counts: &mut HashMap<Key, u32>, key: &Key) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl AttemptCounters {
    /// Counters that start empty; the key serves no other purpose.
    pub fn new(key: KeyedHash, limits: &Limits) -> Self {
        let today = Today { date: None, secret: key.clone(), transcripts: HashMap::new(), prefixes: HashMap::new() };
        Self {
            key,
            per_prefix: limits.wrong_per_day_and_prefix,
            per_transcript: limits.wrong_per_day,
            max_keys: limits.max_keys,
            today: Mutex::new(today),
        }
    }

    /// Takes one try for comparing a second factor of this transcript, before comparing it.
    ///
    /// # Errors
    /// [`Locked`] when the day's wrong tries are used up. The answer must then be the same whether
    /// this try would have been right.
    pub fn reserve(&self, code: &TranscriptCode, client: &ClientPrefix, now: Moment) -> Result<Attempt<'_>, Locked> {
        let mut today = self.today();
        today.turn(now.date_in_vietnam(), &self.key);
        let (transcript, prefix) = today.keys(code, client);
        let used = |counts: &HashMap<Key, u32>, key| counts.get(key).copied().unwrap_or(0);
        let by_transcript = used(&today.transcripts, &transcript);
        let by_prefix = used(&today.prefixes, &prefix);
        let locked = |scope| Locked { scope, retry_after_s: until_midnight(now) };
        if by_transcript >= self.per_transcript {
            return Err(locked(Scope::Transcript));
        }
        if by_prefix >= self.per_prefix {
            return Err(locked(Scope::Prefix));
        }
        // When keys are too many, those with the fewest wrong tries are forgotten: to have a transcript
        // forgotten that was tried often, one must first try half a million others as often.
        set(&mut today.transcripts, transcript, by_transcript + 1, self.max_keys);
        set(&mut today.prefixes, prefix, by_prefix + 1, self.max_keys);
        let left = (self.per_transcript - by_transcript).min(self.per_prefix - by_prefix) - 1;
        Ok(Attempt { counters: self, date: today.date, transcript, prefix, left })
    }

    /// Keys remembered now, of both kinds.
    pub fn keys(&self) -> usize {
        let today = self.today();
        today.transcripts.len() + today.prefixes.len()
    }

    fn today(&self) -> MutexGuard<'_, Today> {
        // A panic between two counts leaves one try too many counted, never too few.
        self.today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows how much there is, and nothing of it.
impl fmt::Debug for Today {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Today({} transcripts, {} with prefixes)", self.transcripts.len(), self.prefixes.len())
    }
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attempt({} left)", self.left)
    }
}

impl Today {
    /// A new day forgets everything. A clock that steps back over midnight and forward again must not
    /// give the tries twice, so yesterday is not a new day; but a clock that had been wrong by more
    /// than that, and was put right, must not keep holders locked out for years.
    fn turn(&mut self, date: Date, key: &KeyedHash) {
        let yesterday = || self.date.is_some_and(|today| today.yesterday().is_ok_and(|yesterday| yesterday == date));
        if self.date == Some(date) || yesterday() {
            return;
        }
        let secret = KeyedHash::new(&key.digest("day", date.to_string().as_bytes()));
        *self = Self { date: Some(date), secret, transcripts: HashMap::new(), prefixes: HashMap::new() };
    }

    fn keys(&self, code: &TranscriptCode, client: &ClientPrefix) -> (Key, Key) {
        let mut both = [0; 24];
        both[..16].copy_from_slice(code.as_bytes());
        both[16..].copy_from_slice(&client.to_bytes());
        (self.secret.short("transcript", code.as_bytes()), self.secret.short("transcript and prefix", &both))
    }
}

fn until_midnight(now: Moment) -> u64 {
    let tomorrow = now.date_in_vietnam().tomorrow().ok().and_then(Moment::start_of_day_in_vietnam);
    tomorrow.map_or(1, |midnight| u64::try_from(midnight.as_seconds() - now.as_seconds()).unwrap_or(1).max(1))
}
