//! Wrong second factors: so many a day for each transcript and prefix, so many for each transcript.
//!
//! A try is *reserved before* anything is compared and given back when it was right, so any number of
//! simultaneous requests cannot try more often than allowed. Days end at midnight in Vietnam: "again
//! tomorrow" is something a parent understands, and an attacker gets two days' tries at once only
//! around one midnight. With 50 tries a day, the 36,500 birth dates of a century take two years.
//!
//! Neither codes nor addresses are in memory: keys are keyed hashes under a secret that is drawn
//! anew each day. Counts are forgotten on restart.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use super::ClientPrefix;
use super::bounded::set;
use super::shared::{self, SharedAttempts};
use crate::signing::keyed::KeyedHash;
use crate::transcript::TranscriptCode;
use crate::transcript::time::Moment;

/// How often a second factor may be wrong.
#[derive(Debug, Clone, Copy)]
pub struct AttemptLimits {
    /// A day, for one transcript and prefix.
    pub per_prefix: u32,
    /// A day, for one transcript overall.
    pub per_transcript: u32,
    /// Most keys remembered: transcripts, and transcripts with prefixes, each.
    pub max_keys: usize,
}

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

/// Why there is no try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAttempt {
    /// They are used up.
    #[error(transparent)]
    Locked(Locked),
    /// They cannot be counted: the counters are elsewhere, and away.
    #[error("tries cannot be counted now")]
    Unavailable,
}

/// Counters of this process, or of all replicas together.
#[derive(Debug)]
pub enum Attempts {
    /// Of this process.
    Here(AttemptCounters),
    /// Of all replicas.
    Shared(SharedAttempts),
}

impl Attempts {
    /// Takes one try, before anything is compared. May wait for Redis.
    ///
    /// # Errors
    /// [`NoAttempt`]. The answer must then be the same whether this try would have been right.
    pub fn reserve(&self, code: &TranscriptCode, client: ClientPrefix, now: Moment) -> Result<Attempt<'_>, NoAttempt> {
        match self {
            Self::Here(counters) => counters.reserve(code, client, now).map_err(NoAttempt::Locked),
            Self::Shared(counters) => {
                let (left, taken) = counters.reserve(code, client, now)?;
                Ok(Attempt { left, taken: Taken::Shared(taken) })
            }
        }
    }
}

/// Wrong tries that may still follow today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptsLeft(pub u32);

/// The counters of one process.
#[derive(Debug)]
pub struct AttemptCounters {
    limits: AttemptLimits,
    today: Mutex<Today>,
}

type Key = [u8; 16];

struct Today {
    date: Date,
    secret: KeyedHash,
    transcripts: HashMap<Key, u32>,
    prefixes: HashMap<Key, u32>,
}

/// A reserved try. Dropped without a word it counts as wrong: whoever breaks off a request gains
/// nothing by it.
#[derive(Debug)]
#[must_use = "a reserved try counts as wrong until it is settled"]
pub struct Attempt<'a> {
    left: AttemptsLeft,
    taken: Taken<'a>,
}

/// Where a try was taken.
#[derive(Debug)]
enum Taken<'a> {
    Here { counters: &'a AttemptCounters, date: Date, transcript: Key, prefix: Key },
    Shared(shared::Taken<'a>),
}

impl Attempt<'_> {
    /// The second factor was right: the try is given back.
    pub fn right(self) {
        self.give_back();
    }

    /// The second factor was wrong: the try stays counted.
    pub fn wrong(self) -> AttemptsLeft {
        self.left
    }

    /// Nothing was compared (the record could not be read, say): the try is given back.
    pub fn not_compared(self) {
        self.give_back();
    }

    fn give_back(self) {
        match self.taken {
            Taken::Here { counters, date, transcript, prefix } => {
                let mut today = counters.today();
                // At midnight all counts were dropped, this one too.
                if today.date == date {
                    give_back(&mut today.transcripts, &transcript);
                    give_back(&mut today.prefixes, &prefix);
                }
            }
            Taken::Shared(taken) => taken.give_back(),
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
    /// Counters that start empty.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new(limits: AttemptLimits, now: Moment) -> Result<Self, getrandom::Error> {
        let today = Today::starting(now.date_in_vietnam())?;
        Ok(Self { limits, today: Mutex::new(today) })
    }

    /// Takes one try for comparing a second factor of this transcript, before comparing it.
    ///
    /// # Errors
    /// [`Locked`] when the day's wrong tries are used up. The answer must then be the same whether
    /// this try would have been right.
    pub fn reserve(&self, code: &TranscriptCode, client: ClientPrefix, now: Moment) -> Result<Attempt<'_>, Locked> {
        let mut today = self.today();
        today.turn(now.date_in_vietnam());
        let (transcript, prefix) = today.keys(code, client);
        let used = |counts: &HashMap<Key, u32>, key| counts.get(key).copied().unwrap_or(0);
        let by_transcript = used(&today.transcripts, &transcript);
        let by_prefix = used(&today.prefixes, &prefix);
        let locked = |scope| Locked { scope, retry_after_s: until_midnight(now) };
        if by_transcript >= self.limits.per_transcript {
            return Err(locked(Scope::Transcript));
        }
        if by_prefix >= self.limits.per_prefix {
            return Err(locked(Scope::Prefix));
        }
        // When keys are too many, those with the fewest wrong tries are forgotten: to have a transcript
        // forgotten that was tried often, one must first try half a million others as often.
        set(&mut today.transcripts, transcript, by_transcript + 1, self.limits.max_keys);
        set(&mut today.prefixes, prefix, by_prefix + 1, self.limits.max_keys);
        let left = (self.limits.per_transcript - by_transcript).min(self.limits.per_prefix - by_prefix) - 1;
        let taken = Taken::Here { counters: self, date: today.date, transcript, prefix };
        Ok(Attempt { left: AttemptsLeft(left), taken })
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

/// Says how much there is, and nothing of it.
impl fmt::Debug for Today {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Today({} transcripts, {} with prefixes)", self.transcripts.len(), self.prefixes.len())
    }
}

impl Today {
    fn starting(date: Date) -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let secret = KeyedHash::new(&secret);
        Ok(Self { date, secret, transcripts: HashMap::new(), prefixes: HashMap::new() })
    }

    /// A new day forgets everything. A clock that steps back over midnight and forward again must not
    /// give the tries twice, so yesterday is not a new day; but a clock that had been wrong by more
    /// than that, and was put right, must not keep holders locked out for years.
    fn turn(&mut self, date: Date) {
        let yesterday = self.date.yesterday().is_ok_and(|yesterday| yesterday == date);
        if date == self.date || yesterday {
            return;
        }
        match Self::starting(date) {
            Ok(today) => *self = today,
            // Without random bytes the old secret serves another day; the counts must go all the same.
            Err(_) => {
                self.date = date;
                self.transcripts.clear();
                self.prefixes.clear();
            }
        }
    }

    fn keys(&self, code: &TranscriptCode, client: ClientPrefix) -> (Key, Key) {
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
