//! All suites in one binary, so that the crate is linked once.
#![allow(clippy::unwrap_used, missing_docs)]

mod certificates;
mod cli_package;
mod consistency;
mod heads;
mod journal;
mod keyring;
mod ledger;
mod limits;
mod offices;
mod package;
mod ports;
mod python;
mod records;
mod register;
mod reports;
mod search;
mod signing_jws;
mod soft_copy;
mod switches;
mod synth;
mod system;
mod tidy;
mod tlog;
mod transcript;
mod web;
