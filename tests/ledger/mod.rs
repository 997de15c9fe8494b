//! The ledger: durability, bundles, crashes, audit.

mod bundle;
mod keys;
mod samples;
