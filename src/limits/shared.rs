//! The same limits, kept by all replicas together in Redis.
//!
//! One script a question, so that no two replicas count past each other, and one hash tag a script, so
//! that a cluster runs it on one node. Redis's clock counts, not the replicas'. Names are keyed hashes
//! under a key derived for each day from a secret that the replicas share: neither codes nor addresses are
//! in Redis, and yesterday's names say nothing about today's. Every key ends by itself.

use std::num::NonZeroU32;
use std::sync::Arc;

use data_encoding::HEXLOWER;

use super::{Allowance, AttemptLimits, AttemptsLeft, ClientPrefix, Locked, NoAttempt, RateLimiter, Refusal, Scope};
use crate::shared::{Script, Shared, SharedFault};
use crate::signing::keyed::KeyedHash;
use crate::transcript::TranscriptCode;
use crate::transcript::time::Moment;

const MICROS: u64 = 1_000_000;
/// Vietnam's clock is seven hours ahead, all year.
const VIETNAM_S: i64 = 7 * 3600;
const DAY_S: i64 = 86_400;
/// Our clock and Redis's may disagree about the day once around midnight, and once more.
const DAYS_TRIED: usize = 3;

/// Names under the key of a day.
#[derive(Debug, Clone)]
struct Names {
    prefix: String,
    secret: KeyedHash,
}

impl Names {
    fn new(shared: &Shared, secret: &[u8; 32]) -> Self {
        Self { prefix: shared.prefix().to_owned(), secret: KeyedHash::new(secret) }
    }

    fn of_day(&self, day: i64) -> KeyedHash {
        KeyedHash::new(&self.secret.digest("hocba/redis/limits/v1/day", &day.to_be_bytes()))
    }

    fn rate(&self, kind: &str, client: ClientPrefix, now: Moment) -> String {
        let hash = self.of_day(day_of(now)).short(kind, &client.to_bytes());
        format!("{}l1:{kind}:{}", self.prefix, HEXLOWER.encode(&hash))
    }

    /// Both names of a try, on one node.
    fn attempt(&self, code: &TranscriptCode, client: ClientPrefix, day: i64) -> [String; 2] {
        let secret = self.of_day(day);
        let mut both = [0; 24];
        both[..16].copy_from_slice(code.as_bytes());
        both[16..].copy_from_slice(&client.to_bytes());
        let transcript = HEXLOWER.encode(&secret.short("transcript", code.as_bytes()));
        let prefix = HEXLOWER.encode(&secret.short("transcript and prefix", &both));
        let tagged = format!("{}a1:{{{transcript}}}", self.prefix);
        [tagged.clone(), format!("{tagged}:{prefix}")]
    }
}

fn day_of(now: Moment) -> i64 {
    (now.as_seconds() + VIETNAM_S).div_euclid(DAY_S)
}

/// Requests per client prefix, counted by all replicas together. While Redis is away each replica counts
/// for itself.
#[derive(Debug)]
pub struct SharedRateLimiter {
    shared: Arc<Shared>,
    names: Names,
    kind: &'static str,
    script: Script,
    burst: NonZeroU32,
    cost: u64,
    alone: RateLimiter,
}

impl SharedRateLimiter {
    /// A limiter for one kind of request. `alone` says how often, and counts while Redis is away.
    pub fn new(
        shared: &Arc<Shared>,
        secret: &[u8; 32],
        kind: &'static str,
        (per_minute, burst): (u32, u32),
        alone: RateLimiter,
    ) -> Self {
        let per_minute = u64::from(per_minute.max(1));
        Self {
            shared: Arc::clone(shared),
            names: Names::new(shared, secret),
            kind,
            script: Script::new(include_str!("lua/rate.lua")),
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
            cost: (60 * MICROS / per_minute).max(1),
            alone,
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// [`Refusal`] says when to come back; a refused request does not count.
    pub async fn check(&self, client: ClientPrefix, now: Moment) -> Result<Allowance, Refusal> {
        match self.ask(client, now).await {
            Ok(answer) => answer,
            Err(_) => self.alone.check(client),
        }
    }

    /// The limiter of this process, which counts while Redis is away.
    pub fn alone(&self) -> &RateLimiter {
        &self.alone
    }

    /// The same as [`SharedRateLimiter::check`], without counting alone.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub async fn ask(&self, client: ClientPrefix, now: Moment) -> Result<Result<Allowance, Refusal>, SharedFault> {
        let name = self.names.rate(self.kind, client, now);
        let most = self.cost * u64::from(self.burst.get() - 1);
        let (allowed, number): (u8, u64) = self.shared.run(&self.script, &[name], &[self.cost, most]).await?;
        let limit = self.burst.get();
        Ok(match allowed {
            1 => Ok(Allowance { limit, remaining: u32::try_from(number).unwrap_or(limit) }),
            _ => Err(Refusal { limit, retry_after_s: number.div_ceil(MICROS).max(1) }),
        })
    }
}

/// Wrong second factors, counted by all replicas together. While Redis is away there are no tries: a count
/// that cannot be kept is no limit.
#[derive(Debug)]
pub struct SharedAttempts {
    shared: Arc<Shared>,
    names: Names,
    limits: AttemptLimits,
    reserve: Arc<Script>,
    give_back: Arc<Script>,
}

/// A try that was taken, and where.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    counters: &'a SharedAttempts,
    names: [String; 2],
}

impl Taken<'_> {
    /// A try that cannot be given back stays used: counted one too many, never one too few.
    pub(super) fn give_back(self) {
        let (script, names) = (Arc::clone(&self.counters.give_back), self.names);
        let gave = self.counters.shared.wait(move |shared| async move { shared.run::<u8>(&script, &names, &[]).await });
        if gave.is_err() {
            tracing::warn!("a try for a second factor could not be given back");
        }
    }
}

impl SharedAttempts {
    /// Counters behind `shared`; `secret` is the storage key for limits.
    pub fn new(shared: &Arc<Shared>, secret: &[u8; 32], limits: AttemptLimits) -> Self {
        Self {
            shared: Arc::clone(shared),
            names: Names::new(shared, secret),
            limits,
            reserve: Arc::new(Script::new(include_str!("lua/reserve.lua"))),
            give_back: Arc::new(Script::new(include_str!("lua/give_back.lua"))),
        }
    }

    /// Whether Redis lets us count; that it is away is no fault.
    ///
    /// # Errors
    /// [`SharedFault::Refused`].
    pub fn try_rights(&self, now: Moment) -> Result<(), SharedFault> {
        let nobody = ClientPrefix::of(std::net::Ipv4Addr::UNSPECIFIED.into());
        match self.take(&TranscriptCode::from_bytes([0; 16]), nobody, now) {
            Ok(Ok((_, taken))) => taken.give_back(),
            Err(fault) if fault != SharedFault::Away => return Err(fault),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn reserve(
        &self,
        code: &TranscriptCode,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(AttemptsLeft, Taken<'_>), NoAttempt> {
        match self.take(code, client, now) {
            Ok(taken) => taken.map_err(NoAttempt::Locked),
            Err(fault) => {
                if fault != SharedFault::Away {
                    tracing::error!(%fault, "tries for second factors cannot be counted");
                }
                Err(NoAttempt::Unavailable)
            }
        }
    }

    fn take(
        &self,
        code: &TranscriptCode,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Result<(AttemptsLeft, Taken<'_>), Locked>, SharedFault> {
        let mut day = day_of(now);
        for _ in 0..DAYS_TRIED {
            let names = self.names.attempt(code, client, day);
            let most = [self.limits.per_transcript, self.limits.per_prefix].map(u64::from);
            let arguments = [u64::try_from(day).unwrap_or(0), most[0], most[1]];
            let (script, asked) = (Arc::clone(&self.reserve), names.clone());
            let answer: (i8, i64, u64) =
                self.shared.wait(move |shared| async move { shared.run(&script, &asked, &arguments).await })?;
            match answer {
                // Redis's clock decides which day it is.
                (-1, today, _) => day = today,
                (0, which, retry_after_s) => {
                    let scope = if which == 1 { Scope::Transcript } else { Scope::Prefix };
                    return Ok(Err(Locked { scope, retry_after_s: retry_after_s.max(1) }));
                }
                (_, left, _) => {
                    let left = AttemptsLeft(u32::try_from(left).unwrap_or(0));
                    return Ok(Ok((left, Taken { counters: self, names })));
                }
            }
        }
        Err(SharedFault::Refused("its clock gives another day each time".into()))
    }
}
