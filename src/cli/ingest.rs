//! `hocba ingest`: verifies packages and appends them to the ledger.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::data_dir::DataDir;
use super::local::{self, Request};
use super::{CliFault, Context, Outcome, now};
use crate::intake::{Intake, IntakeFault, Received};
use crate::package::file::FileSource;

/// Verify packages and append them to the ledger; safe beside `hocba serve`.
///
/// One receipt is written beside each file: FILE.receipt.json (signed) and FILE.receipt.ndjson (the lines
/// that did not simply enter, and warnings about sheets that contradict themselves). The same package
/// again gives the same receipt.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba ingest --data /srv/hocba 0007-22-3.hbp\n  hocba ingest --data /srv/hocba --dry-run *.hbp\n\nExit code 1: a package was rejected, or had lines that were refused."
)]
pub struct IngestArgs {
    /// Packages, in the order of their sequence numbers
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check everything, change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What became of one file, for people and for `--json`.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Taken {
    /// The file.
    pub file: PathBuf,
    /// What the receipt says; None when the package was rejected.
    pub receipt: Option<Value>,
    /// Taken before; the receipt is the first one.
    pub again: bool,
    /// Why it was rejected whole.
    pub rejected: Option<Value>,
}

impl Taken {
    /// Whether every line was taken, or known, or waits.
    pub fn is_clean(&self) -> bool {
        self.receipt.as_ref().is_some_and(|r| r["counts"]["refused"] == 0)
    }
}

/// Runs the command.
///
/// # Errors
/// When the ledger cannot be written, or a file cannot be read.
pub fn run(args: &IngestArgs, context: &Context) -> Result<Outcome, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    data.require_keys()?;
    let bar = progress(context, args.files.len());
    let mut door = Door::open(&data)?;
    let mut taken = Vec::new();
    for file in &args.files {
        bar.set_message(file.display().to_string());
        let one = door.take(&data, file, args.dry_run)?;
        if !context.json {
            bar.suspend(|| print(&one));
        }
        taken.push(one);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if context.json {
        context.print(&taken, "")?;
    }
    Ok(if taken.iter().all(Taken::is_clean) { Outcome::Yes } else { Outcome::No })
}

fn progress(context: &Context, files: usize) -> ProgressBar {
    if !context.shows_progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}");
    ProgressBar::new(files as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The running writer, or the ledger itself when nobody writes.
enum Door {
    Server(PathBuf),
    Ledger(Box<Intake>),
}

impl Door {
    fn open(data: &DataDir) -> Result<Self, CliFault> {
        match data.intake(now()) {
            Ok(intake) => Ok(Self::Ledger(Box::new(intake))),
            Err(_) if data.socket().exists() => Ok(Self::Server(data.socket())),
            Err(fault) => Err(fault),
        }
    }

    fn take(&mut self, data: &DataDir, file: &Path, dry_run: bool) -> Result<Taken, CliFault> {
        match self {
            Self::Ledger(intake) => take(intake, file, dry_run),
            Self::Server(socket) => {
                let absolute = file.canonicalize().map_err(|e| unreadable(file, &e))?;
                let request = Request::Ingest { file: absolute, dry_run };
                match local::ask(socket, &request)? {
                    Some(answer) => serde_json::from_value(answer).map_err(|e| {
                        CliFault::new(
                            format_args!("the server's answer cannot be read: {e}"),
                            "use one version of hocba",
                        )
                    }),
                    // The server stopped meanwhile: its lock is free now.
                    None => {
                        *self = Self::Ledger(Box::new(data.intake(now())?));
                        self.take(data, file, dry_run)
                    }
                }
            }
        }
    }
}

fn unreadable(file: &Path, fault: &std::io::Error) -> CliFault {
    CliFault::new(format_args!("cannot read {}: {fault}", file.display()), "check the path and its permissions")
}

/// Takes one file and writes its receipt beside it.
///
/// # Errors
/// When the ledger cannot be written or the file cannot be read; a rejected package is an answer.
pub fn take(intake: &mut Intake, file: &Path, dry_run: bool) -> Result<Taken, CliFault> {
    let source = FileSource::shared(file).map_err(|e| unreadable(file, &e))?;
    match intake.receive(source, None, dry_run, now()) {
        Ok(received) => {
            write_receipt(file, &received)?;
            let receipt = serde_json::to_value(&received.receipt.claims).ok();
            Ok(Taken { file: file.to_owned(), receipt, again: received.again, rejected: None })
        }
        Err(IntakeFault::Rejected(refusal)) => {
            let rejected = serde_json::to_value(&refusal).ok();
            Ok(Taken { file: file.to_owned(), receipt: None, again: false, rejected })
        }
        Err(fault) => Err(CliFault::new(
            format_args!("{} was not taken: {fault}", file.display()),
            "nothing of it is visible; remove the cause and give the same command again",
        )),
    }
}

fn write_receipt(file: &Path, received: &Received) -> Result<(), CliFault> {
    let beside = |ending: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let kind = if received.receipt.claims.dry_run { ".dry-run" } else { ".receipt" };
    for (ending, bytes) in [(".json", &received.receipt.signed), (".ndjson", &received.receipt.details)] {
        let path = beside(&format!("{kind}{ending}"));
        std::fs::write(&path, bytes).map_err(|e| {
            CliFault::new(
                format_args!("the package was taken, but its receipt cannot be written to {}: {e}", path.display()),
                "make room and give the same command again: the receipt is written again",
            )
        })?;
    }
    Ok(())
}

fn print(taken: &Taken) {
    let file = taken.file.display();
    if let Some(rejected) = &taken.rejected {
        println!("{file}: rejected, {}", text(rejected, "rule"));
        println!("  {}", text(rejected, "message_vi"));
        println!("  {}", text(rejected, "message_en"));
        println!("  → {} / {}", text(rejected, "remedy_vi"), text(rejected, "remedy_en"));
    }
    if let Some(receipt) = &taken.receipt {
        let counts = &receipt["counts"];
        let what = match (receipt["dry_run"] == true, taken.again) {
            (true, _) => "would be taken",
            (false, true) => "taken before",
            (false, false) => "taken",
        };
        println!(
            "{file}: {what}; {} accepted, {} duplicates, {} waiting, {} refused, {} warnings{}",
            counts["accepted"],
            counts["duplicates"],
            counts["quarantined"],
            counts["refused"],
            warnings(receipt),
            if receipt["late"] == true { " (late)" } else { "" }
        );
    }
}

/// How many warnings, and how many of them stand in the receipt's details where that is fewer.
fn warnings(receipt: &Value) -> String {
    let (all, written) = (&receipt["counts"]["warnings"], &receipt["consistency"]["written"]);
    match all == written {
        true => all.to_string(),
        false => format!("{all} ({written} of them written out)"),
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}
