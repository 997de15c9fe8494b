//! The transcript room: every parser of what a school signs, by behaviour.

mod base64url;
mod contents;
mod disclosures;
mod ids_and_times;
mod records;
pub(crate) mod sample;
mod sheets;
mod statuses;
mod strict_json;
mod texts;
