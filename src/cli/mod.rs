//! The command line, one subcommand per file.
//!
//! Exit code 0: done, or the answer is yes; 1: the answer is negative; 2: could not run. Errors go to
//! standard error as one plain sentence that says what to do next; `--json` prints one JSON value on
//! standard output instead of text for people.

mod anchor;
mod app;
mod arguments;
pub mod audit;
mod audit_search;
mod backend;
mod batch;
mod certificate;
pub mod certificates;
mod counter;
pub mod data_dir;
pub mod demo;
mod demo_office;
mod demo_sandbox;
mod evidence_file;
mod files;
pub mod ingest;
pub mod key;
mod key_soft_copy;
mod key_token;
mod lasting;
pub mod local;
pub mod node;
mod office;
mod openid;
mod package;
pub mod public_log;
pub mod rebuild;
pub mod report;
mod search_index;
pub mod serve;
pub mod soft_copies;
mod soft_copy;
pub mod status;
mod switch;
pub mod synth;
mod ticket;
pub mod verify;
mod verify_receipt;
mod verify_soft_copy;

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, LogOutput};
use crate::transcript::Moment;

/// Cổng tra cứu học bạ: looks up and verifies digital school transcripts.
#[derive(Debug, Parser)]
#[command(name = "hocba", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options every command has.
#[derive(Debug, Args)]
struct Common {
    /// Configuration file over the defaults of config/default.toml and DATA/hocba.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory: ledger, keys, journal and derived stores
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON value instead of text for people
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Synth(synth::SynthArgs),
    Ingest(ingest::IngestArgs),
    Serve(serve::ServeArgs),
    Verify(verify::VerifyArgs),
    SoftCopy(soft_copy::SoftCopyArgs),
    Batch(Box<batch::BatchArgs>),
    Audit(audit::AuditArgs),
    Rebuild(rebuild::RebuildArgs),
    Status(status::StatusArgs),
    Report(report::ReportArgs),
    #[command(subcommand)]
    Switch(switch::Command),
    /// Reports of errors (báo sai sót): list, read, hand on, answer
    #[command(subcommand)]
    Ticket(ticket::Command),
    /// Offices (đơn vị): grants and accounts
    #[command(subcommand)]
    Office(office::Command),
    /// Apps (ứng dụng) that read transcripts under their owner's consent: terms and keys
    #[command(subcommand)]
    App(app::Command),
    /// Keys, grants and revocations of the ministry, a province, a school or a portal
    #[command(subcommand)]
    Key(key::Command),
    /// Official certificates: keep, ask about, show
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Sign sheets; make, inspect and check packages
    #[command(subcommand)]
    Package(package::Command),
}

/// How a command that ran ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or the answer is yes: exit code 0.
    Yes,
    /// The answer is negative: exit code 1.
    No,
}

/// Why a command could not run: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{what}; {remedy}")]
pub struct CliFault {
    what: String,
    remedy: String,
    /// Whether making the derived stores again is the remedy; a server then does it by itself.
    rebuild: bool,
}

impl CliFault {
    /// What went wrong, and what to do next; both without a full stop.
    pub fn new(what: impl Display, remedy: impl Display) -> Self {
        Self { what: what.to_string(), remedy: remedy.to_string(), rebuild: false }
    }

    /// Damaged derived stores.
    pub fn damaged_stores(fault: impl Display) -> Self {
        let what = format!("the derived stores cannot be used: {fault}");
        Self { what, remedy: "run `hocba rebuild`".into(), rebuild: true }
    }

    /// Whether making the derived stores again is the remedy.
    pub fn wants_rebuild(&self) -> bool {
        self.rebuild
    }
}

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    /// The configuration in force.
    pub config: Config,
    /// `--data`, when given.
    pub data: Option<PathBuf>,
    /// `--json`.
    pub json: bool,
}

impl Context {
    fn load(common: Common) -> Result<Self, CliFault> {
        let in_data = common.data.as_ref().map(|d| d.join("hocba.toml")).filter(|p| p.exists());
        let files: Vec<_> = in_data.iter().chain(common.config.iter()).map(PathBuf::as_path).collect();
        let config = Config::load(&files).map_err(|e| CliFault::new(e, "correct the file named with --config"))?;
        start_logging(&config.log_output);
        Ok(Self { config, data: common.data, json: common.json })
    }

    /// The data directory, which most commands need.
    ///
    /// # Errors
    /// When `--data` was not given.
    pub fn data(&self) -> Result<&PathBuf, CliFault> {
        self.data.as_ref().ok_or_else(|| CliFault::new("no data directory was named", "add --data DIR"))
    }

    /// Whether to show a progress bar: only to a person.
    pub fn shows_progress(&self) -> bool {
        !self.json && std::io::stderr().is_terminal()
    }

    /// Prints the answer: JSON with `--json`, else the text.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn print(&self, json: &impl serde::Serialize, text: impl Display) -> Result<(), CliFault> {
        let mut out = std::io::stdout().lock();
        let written = match self.json {
            true => {
                serde_json::to_writer_pretty(&mut out, json).map_err(std::io::Error::from).and_then(|()| writeln!(out))
            }
            false => writeln!(out, "{text}"),
        };
        written.map_err(|e| CliFault::new(format_args!("cannot print the answer: {e}"), "check where the output goes"))
    }
}

/// Parses the arguments, runs the command, gives the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ran = Context::load(cli.common).and_then(|context| run(&cli.command, &context));
    match ran {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Err(fault) => {
            let _ = writeln!(std::io::stderr(), "hocba: {fault}.");
            ExitCode::from(2)
        }
    }
}

fn run(command: &Command, context: &Context) -> Result<Outcome, CliFault> {
    match command {
        Command::Demo(args) => demo::run(args, context),
        Command::Synth(args) => synth::run(args, context),
        Command::Ingest(args) => ingest::run(args, context),
        Command::Serve(args) => serve::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::SoftCopy(args) => args.run(context),
        Command::Batch(args) => args.run(context),
        Command::Audit(args) => audit::run(args, context),
        Command::Rebuild(args) => rebuild::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Report(args) => report::run(args, context),
        Command::Switch(command) => command.run(context),
        Command::Ticket(command) => command.run(context),
        Command::Office(command) => command.run(context),
        Command::App(command) => command.run(context),
        Command::Key(command) => command.run(context),
        Command::Certificate(command) => command.run(context),
        Command::Package(command) => command.run(context),
    }
}

/// Now, by this machine's clock.
pub(crate) fn now() -> Moment {
    Moment::from(jiff::Timestamp::now())
}

/// Log lines on standard error: never a code, a name, a birth date, a token or a full address.
fn start_logging(config: &LogOutput) {
    let filter = tracing_subscriber::EnvFilter::new(&config.level);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second initialisation (tests) keeps the first.
    let _ = match config.format.as_str() {
        "json" => lines.json().try_init(),
        _ => lines.with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
}
