//! All suites in one binary, so that the crate is linked once.
#![allow(clippy::unwrap_used, missing_docs)]

mod heads;
mod ledger;
mod limits;
mod records;
mod tlog;
