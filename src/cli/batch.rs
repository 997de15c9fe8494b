//! `hocba batch`: many transcripts at once, within an office's grant, beside a running server or without one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use data_encoding::BASE64;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::counter::{self, Counter};
use super::data_dir::DataDir;
use super::files::write_new;
use super::local::Request;
use super::node::{Duties, Node};
use super::{CliFault, Context, Outcome, arguments, now};
use crate::batch::columns::{Field, Preview};
use crate::batch::jobs::{AddRefusal, JobId, State};
use crate::offices::OfficeId;
use crate::portal::batch::{
    BatchDesk, BatchFault, BatchRefusal, BatchView, Caller, Format, HandedIn, MAX_FILES_BYTES, Source, Tongue,
};
use crate::transcript::text::Text;

/// How often a batch under way is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Check many transcripts at once (kiểm tra hàng loạt): a table (CSV, XLSX), a ZIP of soft copies and photos, or a scan
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  hocba batch --data /srv/hocba danh-sach.xlsx --office dhqg-hn --by \"Nguyễn Văn A\" --reason \"công văn 12\" \\\n    --out ket-qua.xlsx --out bao-cao.pdf\n  hocba batch --data /srv/hocba danh-sach.csv --preview\n  hocba batch --data /srv/hocba list --office dhqg-hn --by \"Nguyễn Văn A\" --reason \"công văn 12\""
)]
pub(super) struct BatchArgs {
    #[command(subcommand)]
    command: Option<Command>,
    /// The table, archive or scan
    #[arg(value_name = "FILE", required = true)]
    file: Option<PathBuf>,
    /// Only show which columns are taken as what
    #[arg(long)]
    preview: bool,
    #[command(flatten)]
    asking: AskingArgs,
    #[command(flatten)]
    out: OutArgs,
    /// A column and what it holds, N=FIELD, counted from 1: code, full_name, family_name, given_name, birth_date, school,
    /// school_year, class; repeatable; columns that are not named are then not looked at
    #[arg(long = "column", value_name = "N=FIELD", value_parser = column)]
    columns: Vec<(usize, Field)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The batches of an office
    List(AskingArgs),
    /// Wait for a batch, then write its results
    Results {
        /// Its number
        #[arg(value_name = "BATCH", value_parser = job)]
        id: JobId,
        #[command(flatten)]
        asking: AskingArgs,
        #[command(flatten)]
        out: OutArgs,
    },
    /// End a batch; rows that are done stay
    Cancel(OfBatch),
    /// Delete a batch, with what was handed in and what came of it
    Delete(OfBatch),
}

#[derive(Debug, Args)]
struct OfBatch {
    /// Its number
    #[arg(value_name = "BATCH", value_parser = job)]
    id: JobId,
    #[command(flatten)]
    asking: AskingArgs,
}

/// For whom, by whom and why; all of them, but for a preview.
#[derive(Debug, Args)]
struct AskingArgs {
    /// Short name of the office within whose grant it is done
    #[arg(long, value_name = "OFFICE", value_parser = office)]
    office: Option<OfficeId>,
    /// Your name, for the journal
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<200>)]
    by: Option<Text<200>>,
    /// Why, for the journal
    #[arg(long, value_name = "TEXT", value_parser = arguments::text::<200>)]
    reason: Option<Text<200>>,
}

#[derive(Debug, Args)]
struct OutArgs {
    /// Where to write the results, .csv or .xlsx, or the signed report, .pdf; repeatable; existing files are not overwritten
    #[arg(long, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Their language
    #[arg(long, value_enum, default_value = "vi")]
    lang: Lang,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Vi,
    En,
}

fn office(text: &str) -> Result<OfficeId, String> {
    OfficeId::parse(text).ok_or_else(|| "expected 2 to 40 small letters, digits and hyphens, such as dhqg-hn".into())
}

fn job(text: &str) -> Result<JobId, String> {
    JobId::parse(text).ok_or_else(|| "expected the number of a batch, twenty hexadecimal digits".into())
}

fn column(text: &str) -> Result<(usize, Field), String> {
    let parsed = text.split_once('=').and_then(|(place, field)| {
        let place = place.parse::<usize>().ok()?.checked_sub(1)?;
        Some((place, Field::from_name(field)?))
    });
    parsed.ok_or_else(|| format!("expected N=FIELD, FIELD one of {}", Field::ALL.map(Field::name).join(", ")))
}

/// How a file is written, by its name; None for the signed report.
fn format(path: &Path) -> Result<Option<Format>, CliFault> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(Some(Format::Csv)),
        Some("xlsx") => Ok(Some(Format::Xlsx)),
        Some("pdf") => Ok(None),
        _ => {
            let what = format_args!("{}: not .csv, .xlsx or .pdf", path.display()).to_string();
            Err(CliFault::new(what, "end its name in one of them"))
        }
    }
}

/// Who asks, as it travels.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    office: OfficeId,
    by: Text<200>,
    reason: Text<200>,
}

impl AskingArgs {
    fn asking(&self) -> Result<Asking, CliFault> {
        match (&self.office, &self.by, &self.reason) {
            (Some(office), Some(by), Some(reason)) => {
                Ok(Asking { office: office.clone(), by: by.clone(), reason: reason.clone() })
            }
            _ => Err(CliFault::new("for whom and why is not said", "add --office, --by and --reason")),
        }
    }
}

/// What an operator asks about batches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum BatchRequest {
    /// Take a file.
    Begin {
        /// Absolute path.
        file: PathBuf,
        /// Which columns are what, where that is said.
        columns: Vec<(usize, Field)>,
        /// Who.
        asking: Asking,
    },
    /// Every batch of the office.
    List {
        /// Who.
        asking: Asking,
    },
    /// One batch.
    Show {
        /// Which.
        id: JobId,
        /// Who.
        asking: Asking,
    },
    /// End one.
    Cancel {
        /// Which.
        id: JobId,
        /// Who.
        asking: Asking,
    },
    /// Delete one.
    Delete {
        /// Which.
        id: JobId,
        /// Who.
        asking: Asking,
    },
    /// Its results so far, in base64.
    Results {
        /// Which.
        id: JobId,
        /// Who.
        asking: Asking,
        /// How.
        format: Format,
        /// In which language.
        tongue: Tongue,
    },
    /// The signed report on it so far, in base64.
    Report {
        /// Which.
        id: JobId,
        /// Who.
        asking: Asking,
    },
}

/// Does what is asked.
///
/// # Errors
/// What was refused, in a sentence.
pub(super) fn answer(desk: &BatchDesk, request: &BatchRequest) -> Result<Value, CliFault> {
    let caller = |asking: &Asking| Caller::Operator {
        office: asking.office.clone(),
        name: asking.by.clone(),
        reason: asking.reason.clone(),
    };
    let shown = |view: BatchView| serde_json::to_value(view).unwrap_or_default();
    Ok(match request {
        BatchRequest::Begin { file, columns, asking } => {
            let handed = read(file, columns)?;
            shown(desk.begin(&caller(asking), &handed, now()).map_err(refused)?)
        }
        BatchRequest::List { asking } => serde_json::to_value(desk.list(&caller(asking))).unwrap_or_default(),
        BatchRequest::Show { id, asking } => {
            shown(desk.get(&caller(asking), id).ok_or_else(|| fault(BatchFault::Unknown))?)
        }
        BatchRequest::Cancel { id, asking } => shown(desk.cancel(&caller(asking), id, now()).map_err(fault)?),
        BatchRequest::Delete { id, asking } => {
            desk.delete(&caller(asking), id, now()).map_err(fault)?;
            json!({ "deleted": id })
        }
        BatchRequest::Results { id, asking, format, tongue } => {
            let bytes = desk.results(&caller(asking), id, *format, *tongue, now()).map_err(fault)?;
            json!({ "file": BASE64.encode(&bytes) })
        }
        BatchRequest::Report { id, asking } => {
            let bytes = desk.report(&caller(asking), id, now()).map_err(fault)?;
            json!({ "file": BASE64.encode(&bytes) })
        }
    })
}

fn read(file: &Path, columns: &[(usize, Field)]) -> Result<HandedIn, CliFault> {
    let fail = |e: std::io::Error| CliFault::new(format_args!("cannot read {}: {e}", file.display()), "check the path");
    if std::fs::metadata(file).map_err(fail)?.len() > MAX_FILES_BYTES as u64 {
        let what = format_args!("{} has more than {} MiB", file.display(), MAX_FILES_BYTES >> 20).to_string();
        return Err(CliFault::new(what, "divide it"));
    }
    let shown: String = file.file_name().unwrap_or_default().to_string_lossy().chars().take(200).collect();
    let name = Text::new(shown).or_else(|_| Text::new("tệp")).map_err(|e| CliFault::new(e, "rename the file"))?;
    Ok(HandedIn { name, bytes: Arc::new(std::fs::read(file).map_err(fail)?), taken: columns.to_vec() })
}

fn refused(refusal: BatchRefusal) -> CliFault {
    let remedy = match &refusal {
        BatchRefusal::NotAllowed => {
            "see `hocba office show`; a grant that is over is given again with `hocba office renew`"
        }
        BatchRefusal::Source(_) => "see docs/batch.md for what a table may look like, or try --preview",
        BatchRefusal::Add(AddRefusal::NotRecorded) => "make room or see docs/log.md, \"When the journal stops\"",
        BatchRefusal::Add(AddRefusal::Fault(_)) => "check the data directory and the room on its disk",
        BatchRefusal::Add(_) => "see `hocba batch list`",
    };
    CliFault::new(refusal, remedy)
}

fn fault(fault: BatchFault) -> CliFault {
    let remedy = match &fault {
        BatchFault::Unknown => "see `hocba batch list`",
        BatchFault::NotRecorded => "make room or see docs/log.md, \"When the journal stops\"",
        BatchFault::Kept(_) | BatchFault::Written(_) => "hand the file in again",
    };
    CliFault::new(fault, remedy)
}

/// Batches of our own, and the node that works on them.
struct OwnBatches {
    desk: Arc<BatchDesk>,
    _node: Node,
}

impl counter::Desk for OwnBatches {
    type Question = BatchRequest;
    type Answer = Value;

    fn open(data: &DataDir) -> Result<Self, CliFault> {
        let node = Node::start(data, Duties::default())?;
        let desk = node.batches()?;
        node.wait_until_followed();
        node.judge_certificates()?;
        node.work_on_batches()?;
        Ok(Self { desk, _node: node })
    }

    fn answer(&self, request: BatchRequest) -> Result<Value, CliFault> {
        answer(&self.desk, &request)
    }

    fn to_server(request: BatchRequest) -> Request {
        Request::Batches { request }
    }
}

impl Counter<OwnBatches> {
    fn view(&self, request: BatchRequest) -> Result<BatchView, CliFault> {
        let answer = self.ask(request)?;
        serde_json::from_value(answer)
            .map_err(|_| CliFault::new("the server's answer cannot be read", "use the same version of hocba"))
    }

    /// Waits until a batch is over.
    fn wait(&self, id: JobId, asking: &Asking, shows_progress: bool) -> Result<BatchView, CliFault> {
        let bar = if shows_progress { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} rows {eta}") {
            bar.set_style(style);
        }
        loop {
            let view = self.view(BatchRequest::Show { id, asking: asking.clone() })?;
            bar.set_length(view.rows);
            bar.set_position(view.done);
            if view.state != State::Waiting {
                bar.finish_and_clear();
                return Ok(view);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn write(&self, view: &BatchView, asking: &Asking, out: &OutArgs) -> Result<(), CliFault> {
        for path in &out.out {
            let (id, asking, tongue) = (view.id, asking.clone(), out.tongue());
            let answer = self.ask(match format(path)? {
                Some(format) => BatchRequest::Results { id, asking, format, tongue },
                None => BatchRequest::Report { id, asking },
            })?;
            let bytes = BASE64.decode(answer["file"].as_str().unwrap_or_default().as_bytes());
            let bytes = bytes.map_err(|e| CliFault::new(e, "use the same version of hocba"))?;
            write_new(path, &bytes, true)?;
        }
        Ok(())
    }
}

impl OutArgs {
    fn tongue(&self) -> Tongue {
        match self.lang {
            Lang::Vi => Tongue::Vi,
            Lang::En => Tongue::En,
        }
    }

    /// Before anything is looked up: names that are taken, and endings that are none of ours.
    fn check(&self) -> Result<(), CliFault> {
        for path in &self.out {
            format(path)?;
            if path.exists() {
                return Err(CliFault::new(format_args!("{} exists", path.display()), "name another file"));
            }
        }
        Ok(())
    }
}

impl BatchArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// What was refused, or could not be read or written.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        match &self.command {
            None => self.check(context),
            Some(Command::List(asking)) => {
                let answer =
                    Counter::<OwnBatches>::open(context)?.ask(BatchRequest::List { asking: asking.asking()? })?;
                let views: Vec<BatchView> = serde_json::from_value(answer.clone()).unwrap_or_default();
                let lines: Vec<String> = views.iter().map(line).collect();
                let text = if lines.is_empty() { "no batches".to_owned() } else { lines.join("\n") };
                context.print(&answer, text)?;
                Ok(Outcome::Yes)
            }
            Some(Command::Results { id, asking, out }) => {
                out.check()?;
                let (asking, counter) = (asking.asking()?, Counter::open(context)?);
                finish(&counter, *id, &asking, out, context)
            }
            Some(Command::Cancel(OfBatch { id, asking })) => {
                let request = BatchRequest::Cancel { id: *id, asking: asking.asking()? };
                let view = Counter::open(context)?.view(request)?;
                context.print(&view, line(&view))?;
                Ok(Outcome::Yes)
            }
            Some(Command::Delete(OfBatch { id, asking })) => {
                let request = BatchRequest::Delete { id: *id, asking: asking.asking()? };
                let answer = Counter::<OwnBatches>::open(context)?.ask(request)?;
                context.print(&answer, format_args!("deleted {id}"))?;
                Ok(Outcome::Yes)
            }
        }
    }

    fn check(&self, context: &Context) -> Result<Outcome, CliFault> {
        let file = self.file.as_ref().ok_or_else(|| CliFault::new("no file was named", "name a table"))?;
        let file = std::path::absolute(file).map_err(|e| CliFault::new(e, "check the path"))?;
        if self.preview {
            let handed = read(&file, &self.columns)?;
            let source = Source::open(&handed.bytes, &handed.taken).map_err(|fault| refused(fault.into()))?;
            let preview = source.preview();
            context.print(&preview, previewed(&preview))?;
            return Ok(Outcome::Yes);
        }
        self.out.check()?;
        let asking = self.asking.asking()?;
        let counter = Counter::open(context)?;
        let begin = BatchRequest::Begin { file, columns: self.columns.clone(), asking: asking.clone() };
        let view = counter.view(begin)?;
        finish(&counter, view.id, &asking, &self.out, context)
    }
}

fn finish(
    counter: &Counter<OwnBatches>,
    id: JobId,
    asking: &Asking,
    out: &OutArgs,
    context: &Context,
) -> Result<Outcome, CliFault> {
    let view = counter.wait(id, asking, context.shows_progress())?;
    counter.write(&view, asking, out)?;
    context.print(&view, line(&view))?;
    Ok(if view.state == State::Finished { Outcome::Yes } else { Outcome::No })
}

fn state(state: State) -> &'static str {
    match state {
        State::Waiting => "under way",
        State::Finished => "finished",
        State::Cancelled => "cancelled",
        State::Stopped(crate::batch::jobs::Stopped::GrantOver) => "stopped: the grant is over",
        State::Stopped(crate::batch::jobs::Stopped::Unreadable) => "stopped: it cannot be read",
    }
}

fn line(view: &BatchView) -> String {
    let BatchView { id, rows, done, made_at, name, .. } = view;
    format!("{id}  {made_at}  {done:>6} of {rows:>6}  {:<10}  {name}", state(view.state))
}

fn previewed(preview: &Preview) -> String {
    let mut lines = vec![format!("{} rows", preview.rows)];
    if let Some(sheet) = &preview.sheet {
        lines.push(format!("sheet \"{sheet}\""));
    }
    for (place, column) in preview.columns.iter().enumerate() {
        let taken = column.taken.map_or("not looked at", Field::name);
        lines.push(format!("{:>3}  {taken:<14}  {}", place + 1, column.title));
    }
    lines.join("\n")
}
