//! The ledger: durability, bundles, crashes, audit.

mod audit;
mod bundle;
mod crash;
mod durable;
mod following;
mod keys;
mod kill;
mod lossy_disk;
mod rig;
mod samples;
mod writer;
