//! Placeholder of the limits room until its branch is merged.
#![allow(missing_docs)]
use crate::transcript::{Moment, TranscriptCode};
#[derive(Debug, Clone, Copy)]
pub struct ClientPrefix;
impl std::fmt::Display for ClientPrefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
    }
}
impl ClientPrefix {
    pub fn of(_: std::net::IpAddr) -> Self {
        Self
    }
}
pub struct RequestLimits;
impl RequestLimits {
    pub fn new(_: &crate::config::Limits) -> Self {
        Self
    }
    pub fn verdict(&self, _: ClientPrefix) -> Result<(), u64> {
        Ok(())
    }
    pub fn disclosure(&self, _: ClientPrefix) -> Result<(), u64> {
        Ok(())
    }
}
pub struct AttemptCounters;
pub struct Locked {
    pub retry_after_s: u64,
}
pub struct Attempt;
impl Attempt {
    pub fn right(self) {}
    pub fn wrong(self) -> u32 {
        0
    }
}
impl AttemptCounters {
    pub fn per_prefix(&self) -> u32 {
        0
    }
    pub fn new(_: crate::signing::keyed::KeyedHash, _: &crate::config::Limits) -> Self {
        Self
    }
    pub fn reserve(&self, _: &TranscriptCode, _: &ClientPrefix, _: Moment) -> Result<Attempt, Locked> {
        Ok(Attempt)
    }
}
