//! stub
#![allow(missing_docs)]
use crate::transcript::{Moment, TranscriptCode};
#[derive(Debug, Clone, Copy)]
pub struct ClientPrefix;
impl std::fmt::Display for ClientPrefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
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
    pub fn reserve(&self, _: &TranscriptCode, _: &ClientPrefix, _: Moment) -> Result<Attempt, Locked> {
        Ok(Attempt)
    }
}
