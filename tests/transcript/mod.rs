//! The transcript room: every parser of what a school signs, by behaviour.

mod contents;
mod ids_and_times;
mod records;
pub(crate) mod sample;
mod sheets;
mod statuses;
mod strict_json;
mod texts;
mod typed;
