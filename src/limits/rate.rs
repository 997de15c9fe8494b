//! Requests per client or account: the generic cell rate algorithm of `governor` over a bounded table.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::Quota;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;

use super::ClientPrefix;
use super::bounded::set;

const SHARDS: usize = 64;

/// A request that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests of a full burst.
    pub limit: u32,
    /// Requests that may follow at once.
    pub remaining: u32,
}

/// A request too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; again in {retry_after_s} s")]
pub struct Refusal {
    /// Requests of a full burst.
    pub limit: u32,
    /// Whole seconds until one more is allowed; at least 1.
    pub retry_after_s: u64,
}

/// So many requests a minute and burst for each client prefix, or whoever else is counted; one for each kind of request.
///
/// Remembers a bounded number of them. When they are too many, those are forgotten that are
/// closest to having their whole burst again: with addresses enough to fill the table one is not
/// slowed down by a limit per address, and the prefixes that are over their limit stay known.
pub struct RateLimiter<K: Hash + Eq + Clone = ClientPrefix, C: Clock = DefaultClock> {
    cells: governor::RateLimiter<K, Cells<K>, C, StateInformationMiddleware>,
    burst: NonZeroU32,
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// A limiter on the system's monotonic clock. Numbers of 0 count as 1.
    pub fn new(per_minute: u32, burst: u32, max_keys: usize) -> Self {
        Self::with_clock(per_minute, burst, max_keys, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock> RateLimiter<K, C> {
    /// A limiter on another clock; for tests.
    pub fn with_clock(per_minute: u32, burst: u32, max_keys: usize, clock: C) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let burst = at_least_one(burst);
        let quota = Quota::per_minute(at_least_one(per_minute)).allow_burst(burst);
        let cells = governor::RateLimiter::new(quota, Cells::new(max_keys), clock);
        Self { cells, burst }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// [`Refusal`] says when to come back; a refused request does not count.
    pub fn check(&self, who: K) -> Result<Allowance, Refusal> {
        match self.cells.check_key(&who) {
            Ok(state) => Ok(Allowance { limit: self.burst.get(), remaining: state.remaining_burst_capacity() }),
            Err(refused) => {
                let wait = refused.wait_time_from(self.cells.clock().now());
                Err(Refusal { limit: self.burst.get(), retry_after_s: whole_seconds(wait) })
            }
        }
    }

    /// How many are remembered now.
    pub fn keys(&self) -> usize {
        self.cells.len()
    }

    /// Forgets those that have their whole burst again; for a timer.
    pub fn retain_recent(&self) {
        self.cells.retain_recent();
        self.cells.shrink_to_fit();
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_nanos().div_ceil(1_000_000_000).max(1) as u64
}

impl<K: Hash + Eq + Clone, C: Clock> std::fmt::Debug for RateLimiter<K, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateLimiter").field("burst", &self.burst).finish_non_exhaustive()
    }
}

type Shard<K> = HashMap<K, Nanos>;

/// For each of them the time at which it will have its whole burst again ("theoretical arrival time").
struct Cells<K> {
    shards: Vec<Mutex<Shard<K>>>,
    hasher: RandomState,
    most_per_shard: usize,
}

impl<K: Hash + Eq + Clone> Cells<K> {
    fn new(max_keys: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            most_per_shard: max_keys.div_ceil(SHARDS),
        }
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K>> {
        lock(&self.shards[self.hasher.hash_one(key) as usize % SHARDS])
    }
}

fn lock<K>(shard: &Mutex<Shard<K>>) -> MutexGuard<'_, Shard<K>> {
    // A map is whole whatever panicked while it was held.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Hash + Eq + Clone> StateStore for Cells<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut shard = self.shard(key);
        let (answer, time) = measure(shard.get(key).copied())?;
        // The smaller the time, the closer to having the whole burst again.
        set(&mut shard, key.clone(), time, self.most_per_shard);
        Ok(answer)
    }
}

impl<K: Hash + Eq + Clone> governor::state::keyed::ShrinkableKeyedStateStore<K> for Cells<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        self.shards.iter().for_each(|shard| lock(shard).retain(|_, time| *time > drop_below));
    }

    fn shrink_to_fit(&self) {
        self.shards.iter().for_each(|shard| lock(shard).shrink_to_fit());
    }

    fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
