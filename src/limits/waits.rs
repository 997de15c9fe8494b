//! Failed sign-ins: the more of them, the longer the wait before the next try.
//!
//! Counted for an account (whether there is one of that name or not: the answer must not tell) and for an address
//! prefix, which is that of a whole office as often as not and may therefore fail more often. A try is *reserved before*
//! anything is compared and given back when it was right, so any number of simultaneous requests cannot try more often
//! than allowed.
//!
//! Not the counters of birth dates ([`super::AttemptCounters`]): those close until midnight, which for an account would
//! be a gift to whoever wants an office to stand still. Here the wait is never longer than a quarter of an hour.
//!
//! In memory, of one process, forgotten on restart. Replicas that count together would need both counts in Redis, under
//! keyed hashes, with the time of the last failure, as one script: see `shared.rs`.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ClientPrefix;
use super::bounded::set;
use crate::signing::keyed::KeyedHash;
use crate::transcript::time::Moment;

/// How waits grow.
#[derive(Debug, Clone, Copy)]
pub struct WaitLimits {
    /// Failures of an account that cost nothing.
    pub per_account: u32,
    /// Failures from an address prefix that cost nothing.
    pub per_prefix: u32,
    /// Seconds after which failures are forgotten, counted from the end of the last wait.
    pub window_s: i64,
    /// Seconds of the first wait; each further failure doubles it.
    pub first_wait_s: i64,
    /// Seconds of the longest.
    pub longest_wait_s: i64,
    /// Most keys remembered: accounts, and prefixes, each.
    pub max_keys: usize,
}

impl Default for WaitLimits {
    fn default() -> Self {
        Self {
            per_account: 5,
            per_prefix: 30,
            window_s: 15 * 60,
            first_wait_s: 30,
            longest_wait_s: 15 * 60,
            max_keys: 100_000,
        }
    }
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many failed sign-ins; again in {retry_after_s} s")]
pub struct MustWait {
    /// Seconds until the next try.
    pub retry_after_s: u64,
}

type Key = [u8; 16];

/// Failures of one key. Ordered by how many there are, so that those with fewest are forgotten first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Failures {
    count: u32,
    last_s: i64,
}

struct Counts {
    accounts: HashMap<Key, Failures>,
    prefixes: HashMap<Key, Failures>,
}

/// The counters of one process.
pub struct SignInWaits {
    limits: WaitLimits,
    secret: KeyedHash,
    counts: Mutex<Counts>,
}

/// A reserved try. Dropped without a word it counts as failed.
#[derive(Debug)]
#[must_use = "a reserved try counts as failed until it is settled"]
pub struct SignInTry<'a> {
    waits: &'a SignInWaits,
    account: Key,
    prefix: Key,
}

impl SignInTry<'_> {
    /// It was right: the account begins anew, and the prefix gets its try back. Its other failures stay: one right
    /// account must not pay for guessing at others.
    pub fn right(self) {
        let mut counts = self.waits.counts();
        counts.accounts.remove(&self.account);
        give_back(&mut counts.prefixes, &self.prefix);
    }

    /// Nothing was compared: both get their try back.
    pub fn unused(self) {
        let mut counts = self.waits.counts();
        give_back(&mut counts.accounts, &self.account);
        give_back(&mut counts.prefixes, &self.prefix);
    }
}

fn give_back(counts: &mut HashMap<Key, Failures>, key: &Key) {
    if let Some(failures) = counts.get_mut(key) {
        failures.count = failures.count.saturating_sub(1);
        if failures.count == 0 {
            counts.remove(key);
        }
    }
}

impl SignInWaits {
    /// Counters that start empty.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new(limits: WaitLimits) -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let counts = Counts { accounts: HashMap::new(), prefixes: HashMap::new() };
        Ok(Self { limits, secret: KeyedHash::new(&secret), counts: Mutex::new(counts) })
    }

    /// Takes one try for an account as it was typed, before anything is compared.
    ///
    /// # Errors
    /// [`MustWait`]. The answer must then be the same whether this try would have been right.
    pub fn reserve(&self, typed: &str, client: ClientPrefix, now: Moment) -> Result<SignInTry<'_>, MustWait> {
        let now_s = now.as_seconds();
        let account = self.secret.short("account", typed.trim().to_ascii_lowercase().as_bytes());
        let prefix = self.secret.short("prefix", &client.to_bytes());
        let mut counts = self.counts();
        let by_account = self.failures(&counts.accounts, &account, self.limits.per_account, now_s)?;
        let by_prefix = self.failures(&counts.prefixes, &prefix, self.limits.per_prefix, now_s)?;
        let next = |count: u32| Failures { count: count.saturating_add(1), last_s: now_s };
        set(&mut counts.accounts, account, next(by_account), self.limits.max_keys);
        set(&mut counts.prefixes, prefix, next(by_prefix), self.limits.max_keys);
        Ok(SignInTry { waits: self, account, prefix })
    }

    /// Failures that count now; an error while there is still to wait.
    fn failures(&self, counts: &HashMap<Key, Failures>, key: &Key, free: u32, now_s: i64) -> Result<u32, MustWait> {
        let Some(failures) = counts.get(key) else { return Ok(0) };
        let wait = self.wait(failures.count, free);
        // A clock that steps back makes nobody wait longer than from now on.
        let since = now_s.saturating_sub(failures.last_s).max(0);
        if since < wait {
            return Err(MustWait { retry_after_s: u64::try_from(wait - since).unwrap_or(1) });
        }
        Ok(if since < wait.saturating_add(self.limits.window_s) { failures.count } else { 0 })
    }

    fn wait(&self, count: u32, free: u32) -> i64 {
        let Some(doublings) = count.checked_sub(free.max(1)) else { return 0 };
        let wait = self.limits.first_wait_s.saturating_mul(1 << doublings.min(20));
        wait.min(self.limits.longest_wait_s)
    }

    /// Keys remembered now, of both kinds.
    pub fn keys(&self) -> usize {
        let counts = self.counts();
        counts.accounts.len() + counts.prefixes.len()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // A panic between two counts leaves one try too many counted, never too few.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says how much there is, and nothing of it.
impl fmt::Debug for SignInWaits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignInWaits({} keys)", self.keys())
    }
}
