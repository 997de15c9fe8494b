//! `hocba ticket`: reports of errors, for those who deal with them. Reading one, taking copies along and every
//! change has a line in the journal, with the name that was given.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::counter::{self, Counter};
use super::data_dir::DataDir;
use super::local::Request;
use super::{CliFault, Context, Outcome, arguments, now};
use crate::batch::formulas::harmless;
use crate::portal::desk::{Desk, DeskAnswer, DeskFault, DeskRequest, Filter, Summary};
use crate::reports::{Change, Report, State, Words};
use crate::transcript::province::ProvinceCode;
use crate::transcript::text::Text;

/// Reports of errors (báo sai sót), beside a running server or without one
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n  hocba ticket --data /srv/hocba list --province 22 --state received\n  hocba ticket --data /srv/hocba export --province 22 --by \"Nguyễn Văn A\" --format csv --out 22.csv\n  hocba ticket --data /srv/hocba answer 17 --by \"Nguyễn Văn A\" --text \"Đã thay thế bằng bản đúng.\""
)]
pub(super) enum Command {
    /// Numbers, days, offices and states; nothing that a reporter wrote
    List(Which),
    /// One report whole
    Show {
        /// Its number
        number: u64,
        #[command(flatten)]
        by: By,
    },
    /// Whole reports of a province, to hand to its department
    Export {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        by: By,
        /// How they are written
        #[arg(long, value_enum, default_value = "ndjson")]
        format: Format,
        /// Where to; standard output without it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Note that it was handed on to school or department
    Forward(Step),
    /// Answer it: the reporter sees the text
    Answer(Answer),
    /// End it: the reporter sees the text, if there is one
    Close(Step),
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// Two digits of the province that answers for them now
    #[arg(long, value_name = "CODE", value_parser = province)]
    province: Option<ProvinceCode>,
    /// Only in this state: received, forwarded, answered or closed
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<State>,
}

#[derive(Debug, Args)]
pub(super) struct By {
    /// Your name, for the journal
    #[arg(long, value_name = "NAME", value_parser = arguments::text::<200>)]
    by: Text<200>,
}

#[derive(Debug, Args)]
pub(super) struct Step {
    /// Its number
    number: u64,
    #[command(flatten)]
    by: By,
    /// A note, at most 2,000 characters
    #[arg(long, value_name = "TEXT", value_parser = words)]
    text: Option<Words>,
}

#[derive(Debug, Args)]
pub(super) struct Answer {
    /// Its number
    number: u64,
    #[command(flatten)]
    by: By,
    /// The answer, at most 2,000 characters
    #[arg(long, value_name = "TEXT", value_parser = words)]
    text: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated, with a header
    Csv,
}

fn province(text: &str) -> Result<ProvinceCode, String> {
    ProvinceCode::parse(text).ok_or_else(|| "expected two digits, for example 22".into())
}

fn state(text: &str) -> Result<State, String> {
    State::from_name(text).ok_or_else(|| "expected received, forwarded, answered or closed".into())
}

fn words(text: &str) -> Result<Words, String> {
    crate::reports::words(text).map_err(|e| e.to_string())
}

/// What an operator is told when the desk could not do it.
pub(super) fn fault(fault: DeskFault) -> CliFault {
    let remedy = match &fault {
        DeskFault::Reports(_) => "check the data directory, and restore reports/ from its backup if it is damaged",
        DeskFault::Journal(_) => "make room or see docs/log.md, \"When the journal stops\"",
        DeskFault::Unknown(_) => "see `hocba ticket list`",
        DeskFault::Done(_) => "a closed report stays closed; the reporter can file another",
    };
    CliFault::new(fault, remedy)
}

impl counter::Desk for Desk {
    type Question = DeskRequest;
    type Answer = DeskAnswer;

    fn open(data: &DataDir) -> Result<Self, CliFault> {
        Ok(Self::new(data.reports()?, data.journal()?))
    }

    fn answer(&self, request: DeskRequest) -> Result<DeskAnswer, CliFault> {
        Self::answer(self, request, now()).map_err(fault)
    }

    fn to_server(request: DeskRequest) -> Request {
        Request::Reports { request }
    }
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// When the reports or the journal cannot be used.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let counter = Counter::open(context)?;
        match self {
            Self::List(which) => list(&counter, which, context),
            Self::Show { number, by } => {
                let request = DeskRequest::Show { number: *number, by: by.by.clone() };
                let DeskAnswer::Reports { reports, .. } = counter.ask(request)? else { return Ok(Outcome::No) };
                for report in &reports {
                    context.print(report, text(report))?;
                }
                Ok(Outcome::Yes)
            }
            Self::Export { which, by, format, out } => export(&counter, which, by, *format, out.as_ref()),
            Self::Forward(step) => {
                change(&counter, step.number, State::Forwarded, &step.by, step.text.clone(), context)
            }
            Self::Answer(answer) => {
                change(&counter, answer.number, State::Answered, &answer.by, Some(answer.text.clone()), context)
            }
            Self::Close(step) => change(&counter, step.number, State::Closed, &step.by, step.text.clone(), context),
        }
    }
}

fn filter(which: &Which, after: u64) -> Filter {
    Filter { after, province: which.province, state: which.state }
}

fn list(counter: &Counter<Desk>, which: &Which, context: &Context) -> Result<Outcome, CliFault> {
    let mut all = Vec::new();
    let mut after = Some(0);
    while let Some(from) = after {
        let DeskAnswer::List { reports, next } = counter.ask(DeskRequest::List(filter(which, from)))? else { break };
        all.extend(reports);
        after = next;
    }
    let lines: Vec<String> = all.iter().map(line).collect();
    let text = if lines.is_empty() { "no reports".to_owned() } else { lines.join("\n") };
    context.print(&all, text)?;
    Ok(Outcome::Yes)
}

fn line(summary: &Summary) -> String {
    let Summary { number, filed_at, province, school, about, state } = summary;
    format!(
        "{number:>8}  {filed_at}  {:<9}  {:<8}  {} {}  school {school}",
        state.name(),
        about.name(),
        province.code,
        province.name
    )
}

fn change(
    counter: &Counter<Desk>,
    number: u64,
    state: State,
    by: &By,
    text: Option<Words>,
    context: &Context,
) -> Result<Outcome, CliFault> {
    let change = Change { state, by: by.by.clone(), text };
    let DeskAnswer::List { reports, .. } = counter.ask(DeskRequest::Change { number, change })? else {
        return Ok(Outcome::No);
    };
    let lines: Vec<String> = reports.iter().map(line).collect();
    context.print(&reports, lines.join("\n"))?;
    Ok(Outcome::Yes)
}

fn text(report: &Report) -> String {
    let mut lines = vec![
        format!("number      {}, {}", report.number, report.state().name()),
        format!("filed       {}", report.filed_at),
        format!("transcript  {}", report.code),
        format!("year        {}", report.school_year.map_or("-".into(), |year| year.to_string())),
        format!("school      {}, {} {}", report.school, report.province.code, report.province.name),
        format!("about       {}", report.about.name()),
        format!("contact     {}", report.contact.as_ref().map_or("-", |contact| contact.as_str())),
        String::new(),
        report.text.to_string(),
    ];
    for step in &report.steps {
        let note = step.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        lines.push(format!("{}  {} by {}{note}", step.at, step.state.name(), step.by));
    }
    lines.join("\n")
}

fn export(
    counter: &Counter<Desk>,
    which: &Which,
    by: &By,
    format: Format,
    out: Option<&PathBuf>,
) -> Result<Outcome, CliFault> {
    let broken =
        |e: std::io::Error| CliFault::new(format_args!("cannot write the reports: {e}"), "check where they go");
    let mut to: Box<dyn std::io::Write> = match out {
        Some(path) => Box::new(private_file(path).map_err(broken)?),
        None => Box::new(std::io::stdout().lock()),
    };
    if format == Format::Csv {
        writeln!(to, "{HEADER}").map_err(broken)?;
    }
    let mut after = Some(0);
    while let Some(from) = after {
        let request = DeskRequest::Export { filter: filter(which, from), by: by.by.clone() };
        let DeskAnswer::Reports { reports, next } = counter.ask(request)? else { break };
        for report in &reports {
            let line = match format {
                Format::Ndjson => serde_json::to_string(report).map_err(|e| broken(e.into()))?,
                Format::Csv => csv(report),
            };
            writeln!(to, "{line}").map_err(broken)?;
        }
        after = next;
    }
    to.flush().map_err(broken)?;
    Ok(Outcome::Yes)
}

/// What people wrote is for its owner's eyes, and never put over another file.
fn private_file(path: &PathBuf) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

const HEADER: &str = "number,filed_at,state,province,school,code,school_year,about,contact,text,answer";

fn csv(report: &Report) -> String {
    let year = report.school_year.map(|year| year.to_string()).unwrap_or_default();
    let cells: [&str; 11] = [
        &report.number.to_string(),
        &report.filed_at.to_string(),
        report.state().name(),
        report.province.code.as_str(),
        report.school.as_str(),
        &report.code.to_string(),
        &year,
        report.about.name(),
        report.contact.as_ref().map_or("", |contact| contact.as_str()),
        report.text.as_str(),
        report.answer().map_or("", |answer| answer.as_str()),
    ];
    cells.map(cell).join(",")
}

/// Quoted; what a spreadsheet would take for a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    format!("\"{}\"", harmless(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula_or_ends_its_row() {
        for (text, expected) in [
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+84 912 345 678", "\"'+84 912 345 678\""),
            ("@x", "\"'@x\""),
            ("-1", "\"'-1\""),
            ("a,b\nc", "\"a,b\nc\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
