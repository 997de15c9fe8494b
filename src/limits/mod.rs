//! Limits: how many questions one client may ask, and how often a birth date may be guessed.
//!
//! Different things, kept apart on purpose:
//!
//! - [`RateLimiter`]: requests per client prefix, generous, for verdicts and for disclosures. Protects
//!   the machine; refuses with a time to come back.
//! - [`AttemptCounters`]: wrong second factors per transcript. Protects the learner; blocks birth
//!   dates until Vietnamese midnight, never verdicts and never tokens.
//! - [`SignInWaits`]: failed sign-ins of an account and from an address prefix. Makes the next one wait longer.
//! - [`client_address`]: whom to count, behind proxies that may be lied to.
//!
//! In one process everything is in memory, bounded, and forgotten on restart. Many replicas count together
//! in Redis ([`SharedRateLimiter`], [`SharedAttempts`]), and tell each other there which copies are void
//! ([`SharedCopies`]).

mod attempts;
mod bounded;
mod client;
mod copies;
mod rate;
mod shared;
mod waits;

pub use attempts::{Attempt, AttemptCounters, AttemptLimits, Attempts, AttemptsLeft, Locked, NoAttempt, Scope};
pub use client::{ClientPrefix, client_address};
pub use copies::{CopyStanding, IssuedCopy, SharedCopies};
pub use rate::{Allowance, RateLimiter, Refusal};
pub use shared::{SharedAttempts, SharedRateLimiter};
pub use waits::{MustWait, SignInTry, SignInWaits, WaitLimits};
