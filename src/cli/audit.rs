//! `hocba audit`: checks the whole ledger, every signature, the derived stores and the journal again.

use std::path::Path;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::anchor::Anchors;
use super::audit_search::SearchAudit;
use super::data_dir::DataDir;
use super::public_log::{self, HttpLog};
use super::{CliFault, Context, Outcome, rebuild};
use crate::heads::HeadsView;
use crate::intake::replay::Replay;
use crate::journal;
use crate::ledger::Seen;
use crate::ledger::audit::{AuditReport, PublicLog, audit, audit_public};
use crate::ledger::durable::{Disk, RealDisk};
use crate::records::{RecordKey, RecordStore};
use crate::transcript::TranscriptCode;
use crate::transcript::record::HeadDigest;

/// Check the ledger, every signature, every derived store, the search index and the journal again.
///
/// With --log and only a public log: tiles, consistency, leaf format, time order and counts.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba audit --data /srv/hocba\n  hocba audit --log https://hocba.example.vn --vkey 'hocba.example.vn+…' --freshness-vkey 'hocba.example.vn/freshness+…'\n\nExit code 1 names the first fault."
)]
pub struct AuditArgs {
    /// A public log: the URL that has /log/checkpoint, or a directory with its files
    #[arg(long, value_name = "URL_OR_DIR")]
    log: Option<String>,
    /// The log's verifier key (GET /log/vkey) [default: from --data]
    #[arg(long, requires = "freshness_vkey")]
    vkey: Option<String>,
    /// The freshness cosigner's verifier key (GET /log/vkey-freshness) [default: from --data]
    #[arg(long, requires = "vkey")]
    freshness_vkey: Option<String>,
}

/// What was found, in the order it was looked at.
struct Findings {
    lines: Vec<(&'static str, Result<String, String>)>,
}

impl Findings {
    fn add(&mut self, what: &'static str, found: Result<String, String>) -> bool {
        let holds = found.is_ok();
        self.lines.push((what, found));
        holds
    }

    fn tell(&self, context: &Context) -> Result<Outcome, CliFault> {
        let fault = self.lines.iter().find_map(|(what, found)| found.as_ref().err().map(|e| format!("{what}: {e}")));
        let json: Vec<Value> = self
            .lines
            .iter()
            .map(|(what, found)| match found {
                Ok(text) => json!({ "checked": what, "ok": true, "found": text }),
                Err(text) => json!({ "checked": what, "ok": false, "fault": text }),
            })
            .collect();
        let text: Vec<String> = self
            .lines
            .iter()
            .map(|(what, found)| match found {
                Ok(text) => format!("ok     {what}: {text}"),
                Err(text) => format!("FAULT  {what}: {text}"),
            })
            .collect();
        context.print(&json!({ "clean": fault.is_none(), "first_fault": fault, "checks": json }), text.join("\n"))?;
        Ok(if fault.is_none() { Outcome::Yes } else { Outcome::No })
    }
}

/// Runs the command.
///
/// # Errors
/// When there is nothing to audit, or it cannot be read at all.
pub fn run(args: &AuditArgs, context: &Context) -> Result<Outcome, CliFault> {
    match &args.log {
        Some(log) => audit_log(args, log, context),
        None => audit_data(context),
    }
}

fn counts(report: &AuditReport) -> String {
    let names = ["", "keys", "packages", "sheets", "statuses", "backfills", "anchors"];
    let kinds: Vec<String> = names
        .iter()
        .zip(report.by_kind)
        .skip(1)
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| format!("{n} {name}"))
        .collect();
    format!("{} entries ({})", report.checkpoint.size(), kinds.join(", "))
}

fn audit_log(args: &AuditArgs, log: &str, context: &Context) -> Result<Outcome, CliFault> {
    let verifier = match (&args.vkey, &args.freshness_vkey) {
        (Some(vkey), Some(freshness)) => public_log::verifier(vkey, freshness)?,
        _ => DataDir::at(context.data()?, &context.config).verifier()?,
    };
    let source: Box<dyn PublicLog> = match log.contains("://") {
        true => Box::new(HttpLog::at(log)),
        false => Box::new(directory(Path::new(log))?),
    };
    let mut findings = Findings { lines: Vec::new() };
    let audited = audit_public(&*source, &verifier, &[]);
    findings.add("public log", audited.map(|r| counts(&r)).map_err(|e| e.to_string()));
    findings.tell(context)
}

fn directory(dir: &Path) -> Result<std::sync::Arc<dyn Disk>, CliFault> {
    match dir.join("checkpoint").exists() {
        true => Ok(std::sync::Arc::new(RealDisk::at(dir))),
        false => Err(CliFault::new(
            format_args!("{} has no checkpoint", dir.display()),
            "name the directory of the log's files",
        )),
    }
}

fn audit_data(context: &Context) -> Result<Outcome, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    data.require_keys()?;
    let mut findings = Findings { lines: Vec::new() };
    let (mut search, mut anchors) = (SearchAudit::new(&data)?, Anchors::new(&data)?);
    let audited = audit_ledger(&data, &mut search, &mut anchors, context.shows_progress())?;
    if findings.add("ledger and signatures", audited) {
        findings.add("heads and records", audit_derived(&data)?);
        findings.add("search index", search.finding());
    }
    findings.add("journal", audit_journal(&data, &anchors));
    findings.add("certificates", audit_certificates(&data));
    findings.tell(context)
}

/// Whether what is kept is what its names say. What it is worth is judged anew by every process that starts.
fn audit_certificates(data: &DataDir) -> Result<String, String> {
    let kept = data.certificates().load().map_err(|e| e.to_string())?;
    match kept.damaged().first() {
        None => Ok(format!("{} files", kept.len())),
        Some(file) => Err(format!("certificates/{file} is damaged; restore it from the backup, or remove it")),
    }
}

/// The first server makes the journal: without one, nothing was ever disclosed from here.
fn audit_journal(data: &DataDir, anchors: &Anchors) -> Result<String, String> {
    let dir = data.root().join("journal");
    match dir.exists() {
        true => {
            let audited = journal::audit(&dir, anchors.about(data)).map_err(|fault| fault.to_string())?;
            Ok(format!("{} lines, {}", audited.size, anchors.said(data)))
        }
        false => Ok("none yet; the first server makes it".into()),
    }
}

/// A directory beside the derived stores that is removed whatever happens.
fn scratch(data: &DataDir) -> Result<tempfile::TempDir, CliFault> {
    tempfile::Builder::new().prefix("audit-").tempdir_in(data.root()).map_err(|e| {
        CliFault::new(format_args!("no room for the audit's own index: {e}"), "make room in the data directory")
    })
}

fn audit_ledger(
    data: &DataDir,
    search: &mut SearchAudit,
    anchors: &mut Anchors,
    shows_progress: bool,
) -> Result<Result<String, String>, CliFault> {
    let reader = match data.reader() {
        Ok(reader) => reader,
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let scratch = scratch(data)?;
    let replay = Replay::new(
        &scratch.path().join("index"),
        &data.config().trust.roots,
        data.index_key()?,
        data.config().intake.clone(),
    );
    let mut replay = replay.map_err(|e| CliFault::new(e, "make room in the data directory"))?;
    let bar = if shows_progress { ProgressBar::new(reader.size()) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} entries {eta}") {
        bar.set_style(style);
    }
    let seen: Vec<Seen> = data.seen()?.into_iter().collect();
    let audited = audit(&reader, &seen, &mut |entries| {
        bar.inc(entries.len() as u64);
        search.take(entries);
        anchors.take(entries)?;
        replay.judge(entries)
    });
    bar.finish_and_clear();
    Ok(audited.map(|report| counts(&report)).map_err(|fault| fault.to_string()))
}

/// Derives everything again beside the real stores and compares, both ways.
fn audit_derived(data: &DataDir) -> Result<Result<String, String>, CliFault> {
    if !data.derived().exists() {
        return Ok(Ok("none yet; the next start makes them".into()));
    }
    let current = match data.following(&data.derived()) {
        Ok(current) => current,
        Err(fault) if fault.wants_rebuild() => return Ok(Err(fault.to_string())),
        Err(fault) => return Ok(Ok(format!("not compared: {fault}"))),
    };
    let scratch = scratch(data)?;
    let fresh_dir = scratch.path().join("derived");
    rebuild::follow_all(data, &fresh_dir, false, false)?;
    let fresh = data.following(&fresh_dir)?;
    let mut current_follower = current.follower;
    while current_follower.step().map_err(|e| CliFault::new(e, "run `hocba rebuild`"))?.is_behind() {}
    let (left, right) = (fresh.follower.published().load_full(), current_follower.published().load_full());
    let compared = compare(&left.heads, &right.heads, &*current.records);
    Ok(match compared {
        Ok(agreeing) => Ok(format!("{agreeing} codes agree with the ledger")),
        Err(fault) => Err(format!("{fault}; run `hocba rebuild`")),
    })
}

fn compare(fresh: &HeadsView, current: &HeadsView, records: &dyn RecordStore) -> Result<u64, String> {
    let mut agreeing = 0;
    for entry in fresh.entries() {
        let (key, head) = entry.map_err(|e| e.to_string())?;
        if current.get(&key).map_err(|e| e.to_string())? != Some(head) {
            return Err(format!("head {} of {} differs from the ledger", agreeing + 1, fresh.entries_at_most()));
        }
        let key = RecordKey { code: TranscriptCode::from_bytes(key), head };
        let record = records.get(&key).map_err(|e| e.to_string())?;
        if record.map(|bytes| HeadDigest::of(&bytes)) != Some(head) {
            return Err(format!("record {} is missing or differs from its head", agreeing + 1));
        }
        agreeing += 1;
    }
    let held = current.entries().try_fold(0u64, |n, entry| entry.map(|_| n + 1)).map_err(|e| e.to_string())?;
    match held == agreeing {
        true => Ok(agreeing),
        false => Err(format!("{held} heads, but the ledger gives {agreeing}")),
    }
}
