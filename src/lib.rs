//! `hocba`: the national portal that looks up and verifies digital school transcripts.
//!
//! Who may import whom; `tests/tidy.rs` holds this table against the code. Rank 0 is pure, the rooms of rank 1 do not
//! know each other, use cases stand on both, the edges on everything they need.
//!
//! ```text
//! transcript:
//! signing: transcript
//! tlog: transcript
//! package: signing tlog transcript
//! config: signing
//!
//! ledger: signing tlog transcript
//! journal: signing transcript
//! heads: transcript
//! records: transcript
//! limits: signing transcript
//!
//! intake: config ledger package signing tlog transcript
//! follow: heads ledger records signing tlog transcript
//! portal: config follow journal ledger limits package records signing tlog transcript
//! synth: package signing transcript
//!
//! web: config portal signing tlog transcript
//! cli: config follow heads intake journal ledger limits package portal records signing synth tlog transcript web
//! ```

pub mod cli;
pub mod config;
pub mod follow;
pub mod heads;
pub mod intake;
pub mod journal;
pub mod ledger;
pub mod limits;
pub mod package;
pub mod portal;
pub mod records;
pub mod signing;
pub mod synth;
pub mod tlog;
pub mod transcript;
pub mod web;
