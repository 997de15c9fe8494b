//! Packages: making, reading, refusing.

pub(crate) mod samples;

mod backfill;
mod mutations;
mod reading;
mod refusals;
