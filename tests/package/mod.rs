//! Packages: making, reading, refusing.

pub(crate) mod samples;

mod backfill;
mod mutations;
mod python_maker;
mod reading;
mod refusals;
mod tiny;
