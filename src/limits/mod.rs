//! Limits: how many questions one client may ask, and how often a birth date may be guessed.
//!
//! Three different things, kept apart on purpose:
//!
//! - [`RequestLimits`]: requests per client prefix, generous, for verdicts and for disclosures. Protects
//!   the machine; refuses with a time to come back.
//! - [`AttemptCounters`]: wrong second factors per transcript. Protects the learner; blocks birth
//!   dates until Vietnamese midnight, never verdicts and never tokens.
//! - [`client_address`]: whom to count, behind proxies that may be lied to.
//!
//! Everything is in memory, bounded, and forgotten on restart.

mod attempts;
mod bounded;
mod client;
mod rate;

use crate::config::Limits;

pub use attempts::{Attempt, AttemptCounters, Locked, Scope};
pub use client::{ClientPrefix, client_address};
pub use rate::{Allowance, RateLimiter, Refusal};

/// Requests per client prefix, by what they ask for.
#[derive(Debug)]
pub struct RequestLimits {
    verdicts: RateLimiter,
    disclosures: RateLimiter,
}

impl RequestLimits {
    /// As configured.
    pub fn new(limits: &Limits) -> Self {
        let limiter = |per_minute, burst| RateLimiter::new(per_minute, burst, limits.max_keys);
        Self {
            verdicts: limiter(limits.verdicts_per_minute, limits.verdict_burst),
            disclosures: limiter(limits.disclosures_per_minute, limits.disclosure_burst),
        }
    }

    /// Counts a request for a verdict.
    ///
    /// # Errors
    /// [`Refusal`] says when to come back.
    pub fn verdict(&self, client: ClientPrefix) -> Result<Allowance, Refusal> {
        self.verdicts.check(client)
    }

    /// Counts a request for content, right or wrong.
    ///
    /// # Errors
    /// [`Refusal`] says when to come back.
    pub fn disclosure(&self, client: ClientPrefix) -> Result<Allowance, Refusal> {
        self.disclosures.check(client)
    }

    /// Gives back the memory of clients that have their whole burst again; for a timer.
    pub fn retain_recent(&self) {
        self.verdicts.retain_recent();
        self.disclosures.retain_recent();
    }
}
