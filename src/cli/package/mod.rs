//! `hocba package`: what a school and a province need to hand in, without a data directory; and the ministry's
//! holds, which ask one.

mod check;
mod hold;
mod inspect;
mod make;
mod sign_sheet;

use clap::Subcommand;

use super::{CliFault, Context, Outcome};
use crate::consistency::Finding;
use crate::intake::messages::Refusal;
use crate::package::{Limits, PackageFault};

/// Sign sheets; make, inspect and check packages
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sign sheets with the keys of a school: head, institution, teachers
    SignSheet(sign_sheet::SignSheet),
    /// Make a package of signed objects
    Make(make::Make),
    /// Show what a package says, without asking who signed it
    Inspect(inspect::Inspect),
    /// Check packages as intake will: manifest, keys, every signature, every sheet
    Check(check::Check),
    /// Put every sheet of a delivery under review: makes a package of the ministry
    Hold(hold::Hold),
    /// Let go what a hold put under review: makes a package of the ministry
    Release(hold::Release),
}

impl Command {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        match self {
            Self::SignSheet(command) => command.run(context),
            Self::Make(command) => command.run(context),
            Self::Inspect(command) => command.run(context),
            Self::Check(command) => command.run(context),
            Self::Hold(command) => command.run(context),
            Self::Release(command) => command.run(context),
        }
    }
}

pub(in crate::cli) fn limits(context: &Context) -> Limits {
    let intake = &context.config.intake;
    Limits { max_lines: intake.max_lines, max_bytes: intake.max_package_bytes }
}

/// A refused package; a file that cannot be read is no answer but a fault of the command.
fn refusal(fault: PackageFault) -> Result<Refusal, CliFault> {
    match fault {
        PackageFault::Unreadable(e) => {
            Err(CliFault::new(format_args!("cannot read the package: {e}"), "check the path"))
        }
        fault => Ok(fault.into()),
    }
}

/// A refusal as two lines for people.
fn refusal_text(refusal: &Refusal) -> String {
    let line = refusal.line.map_or_else(String::new, |n| format!("line {n}: "));
    let at = if refusal.pointer.is_empty() { String::new() } else { format!(" at {}", refusal.pointer) };
    format!("{line}{}{at}: {}\n  → {}", refusal.rule, refusal.message_en, refusal.remedy_en)
}

/// A warning as two lines for people.
fn warning_text(line: u64, finding: &Finding) -> String {
    let rule = finding.rule;
    format!("line {line}: warning {} at {}: {}\n  ({})", rule.name, finding.pointer, rule.message_en, rule.article)
}
