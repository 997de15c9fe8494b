//! The system on purpose broken: the real binary, and the serving process put together in this one.
//!
//! One small nation is made and taken once; every case works on a copy of its data directory.

mod anchors;
mod app_commands;
mod apps;
mod batches;
mod copies;
mod crash;
mod disclosure;
mod faults;
mod forgery;
mod holds;
mod http;
mod intake_index;
mod nation;
mod office_search;
mod offices;
mod open;
mod openapi;
mod power_cut;
mod process;
mod receipts;
mod redis_copies;
mod redis_fire;
mod redis_limits;
mod redis_records;
pub(crate) mod redis_server;
mod search_index;
mod soft_copies;
mod statuses;
mod switches;
mod tickets;
mod together;
