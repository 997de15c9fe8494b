//! `hocba report`: what each province delivered and how it agrees with the circulars, in counts.

use clap::Args;

use super::data_dir::DataDir;
use super::{CliFault, Context, Outcome};
use crate::intake::report::{self, Delivered, Report};

/// Show by province what was delivered, refused and warned about; counts only, never a code or a name.
///
/// Reads the receipts the ledger keeps; safe beside `hocba serve`. What each rule compares, and the article
/// it comes from, is in docs/consistency.md.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hocba report --data /srv/hocba\n  hocba report --data /srv/hocba --json")]
pub struct ReportArgs {}

/// Runs the command.
///
/// # Errors
/// When the ledger or a receipt in it cannot be read.
pub fn run(_args: &ReportArgs, context: &Context) -> Result<Outcome, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    data.require_keys()?;
    let size = data.reader()?.size();
    let disk = data.ledger_disk()?;
    let report = report::report(&*disk, size)
        .map_err(|e| CliFault::new(format_args!("the receipts cannot be read: {e}"), "run `hocba audit`"))?;
    context.print(&report, table(&report))?;
    Ok(Outcome::Yes)
}

fn table(report: &Report) -> String {
    let head = row("province", "", ["packages", "late", "sheets", "refused", "warned", "share"].map(String::from));
    let mut lines = vec![format!("ledger      {} entries", report.ledger_size), String::new(), head];
    for province in &report.provinces {
        let name = province.name.as_deref().unwrap_or("the ministry");
        lines.push(row(&province.route, name, numbers(&province.delivered)));
        lines.extend(rules(&province.delivered));
    }
    lines.push(row("all", "", numbers(&report.total)));
    lines.extend(rules(&report.total));
    lines.join("\n")
}

fn row(route: &str, name: &str, numbers: [String; 6]) -> String {
    let who = format!("{route} {name}");
    let numbers: String = numbers.iter().map(|n| format!(" {n:>10}")).collect();
    format!("{who:<26}{numbers}")
}

fn numbers(delivered: &Delivered) -> [String; 6] {
    let share = delivered.share().map_or_else(|| "-".into(), |s| format!("{}.{:02} %", s / 100, s % 100));
    let Delivered { packages, late, sheets, refused, sheets_with_warnings, .. } = delivered;
    let counts = [packages, late, sheets, refused, sheets_with_warnings].map(u64::to_string);
    let [packages, late, sheets, refused, warned] = counts;
    [packages, late, sheets, refused, warned, share]
}

fn rules(delivered: &Delivered) -> Vec<String> {
    let line = |rule: &str, n: u64| format!("   {rule:<34} {n:>10}");
    let mut lines: Vec<String> = delivered.by_rule.iter().map(|(rule, n)| line(rule, *n)).collect();
    if delivered.without_rule > 0 {
        lines.push(line("beyond what receipts list", delivered.without_rule));
    }
    lines
}
