//! `hocba`: the national portal that looks up and verifies digital school transcripts.

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
pub mod segments;
pub mod signing;
pub mod synth;
pub mod tlog;
pub mod transcript;
pub mod web;
