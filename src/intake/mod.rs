//! Packages in, entries out: checks a province's package line by line and appends what holds.
//!
//! A bad line never takes the good ones down; a bad manifest, root, sequence or province signature
//! rejects the package whole. One package is one commit: it is visible whole or not at all.

pub mod catch_up;
pub mod line;
pub mod messages;
pub mod quarantine;
pub mod receipt;
pub mod replay;
pub mod report;
pub mod rules;
pub mod warnings;

mod receive;
mod run;

pub use receive::{Intake, IntakeFault, Parts as IntakeParts, Received};
