//! `hocba verify`: the verdict on a code, a package or exported evidence.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::certificates::{Certificates, read_certificates};
use super::data_dir::DataDir;
use super::local::{self, Request};
use super::node::{Duties, Node};
use super::{
    CliFault, Context, Outcome, evidence_file, public_log, verify_receipt as receipt, verify_soft_copy as soft_copy,
};
use crate::package::file::FileSource;
use crate::package::{Limits, OpenPackage};
use crate::portal::certificate_evidence::Trusted;
use crate::portal::evidence::{self, Holds, SheetEvidence};
use crate::portal::public_evidence::PublicFile;
use crate::signing::certificates::Strength;
use crate::tlog::checkpoint::LogVerifier;
use crate::transcript::TranscriptCode;

/// Check a code, a package (*.hbp), a soft copy (*.pdf), exported evidence or a verification receipt (*.json).
///
/// A code is asked of the running server, else of the stores in --data. Evidence is checked without
/// any server: with the keys of --data, or with --vkey and the roots of --root or --config.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba verify --data /srv/hocba 0f8fad5b-d9cb-469f-a165-70867728950e\n  hocba verify --root root.jwk --vkey '…' --freshness-vkey '…' bang-chung.json\n  hocba verify --jwks jwks.json --vkey '…' --freshness-vkey '…' bien-nhan.jws.json\n\nExit code 0: in force, or the file holds; 1: not, and the text says why."
)]
pub struct VerifyArgs {
    /// A code of 32 characters, or a file
    #[arg(value_name = "CODE_OR_FILE")]
    what: String,
    /// The log's verifier key (GET /log/vkey)
    #[arg(long, requires = "freshness_vkey")]
    vkey: Option<String>,
    /// The freshness cosigner's verifier key (GET /log/vkey-freshness)
    #[arg(long, requires = "vkey")]
    freshness_vkey: Option<String>,
    /// The ministry root (a JWK, or a JWK set whose keys say `"role": "root"`); those of the configuration by default
    #[arg(long, value_name = "FILE")]
    root: Vec<PathBuf>,
    /// The portal's public keys (GET /.well-known/jwks.json), for a receipt; those of --data by default
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Certificates (PEM) of the portal's signer, to check a soft copy's signature alone; may be given again
    #[arg(long, value_name = "FILE")]
    signer: Vec<PathBuf>,
    /// Root certificates (DER or PEM) by which evidence is judged official; those of --data by default
    #[arg(long, value_name = "FILE")]
    certificate_roots: Vec<PathBuf>,
}

/// Longest evidence file, in bytes.
const MAX_EVIDENCE: u64 = 64 << 20;

/// Runs the command.
///
/// # Errors
/// When the argument is neither, or cannot be read.
pub fn run(args: &VerifyArgs, context: &Context) -> Result<Outcome, CliFault> {
    let path = Path::new(&args.what);
    match TranscriptCode::from_typed(&args.what) {
        Ok(code) => verify_code(&code, context),
        Err(_) if path.exists() => verify_file(path, args, context),
        Err(fault) => Err(CliFault::new(
            format_args!("{:?} is neither a code ({fault}) nor a file", args.what),
            "give the 32 characters printed on the transcript, or a path",
        )),
    }
}

fn verify_code(code: &TranscriptCode, context: &Context) -> Result<Outcome, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    let asked = local::ask(&data.socket(), &Request::Verdict { code: code.to_string() })?;
    let answer = match asked {
        Some(answer) => answer,
        None => {
            let node = Node::start(&data, Duties::default())?;
            node.wait_until_followed();
            node.judge_certificates()?;
            node.portal.verdict(code, super::now(), |answer| serde_json::to_value(answer).unwrap_or_default())
        }
    };
    context.print(&answer, verdict_text(&answer))?;
    Ok(if answer["verdict"] == "valid" { Outcome::Yes } else { Outcome::No })
}

fn verdict_text(answer: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!("{}: {}", text(&answer["code"]), text(&answer["verdict"]))];
    for sheet in answer["sheets"].as_array().into_iter().flatten() {
        lines.push(format!(
            "  {}  grade {:<2}  {:<13} in force from {}  {}",
            text(&sheet["school_year"]),
            sheet["grade"],
            text(&sheet["verdict"]),
            text(&sheet["effective_from"]),
            text(&sheet["province"]["name"]),
        ));
    }
    let as_of = &answer["as_of"];
    if !as_of.is_null() {
        let time = as_of["checkpoint_time"].as_str().map(|time| format!(", checkpoint of {time}"));
        lines.push(format!("  as of {} ledger entries{}", as_of["ledger_size"], time.unwrap_or_default()));
    }
    if answer["verdict"] == "unchecked" {
        lines.push("  could not be checked: this says nothing about the transcript; run `hocba status`".into());
    }
    lines.join("\n")
}

fn verify_file(path: &Path, args: &VerifyArgs, context: &Context) -> Result<Outcome, CliFault> {
    let fault =
        |e: std::io::Error| CliFault::new(format_args!("cannot read {}: {e}", path.display()), "check the path");
    let mut start = [0; 4];
    let mut file = std::fs::File::open(path).map_err(fault)?;
    let read = file.read(&mut start).map_err(fault)?;
    if start[..read] == [0x28, 0xb5, 0x2f, 0xfd] {
        return verify_package(path, context);
    }
    if soft_copy::is_one(&start[..read]) {
        return soft_copy::verify(path, &args.signer, context);
    }
    let mut text = start[..read].to_vec();
    file.take(MAX_EVIDENCE).read_to_end(&mut text).map_err(fault)?;
    if receipt::is_one(&text) {
        return receipt::verify(&text, args.jwks.as_deref(), &log_keys(args, context)?, context);
    }
    verify_evidence(&text, args, context)
}

/// Form and root always; the province's signature when --data has the keys.
fn verify_package(path: &Path, context: &Context) -> Result<Outcome, CliFault> {
    let limits =
        Limits { max_lines: context.config.intake.max_lines, max_bytes: context.config.intake.max_package_bytes };
    let source = FileSource::shared(path)
        .map_err(|e| CliFault::new(format_args!("cannot read {}: {e}", path.display()), "check the path"))?;
    let checked = OpenPackage::open(source, limits).and_then(|open| {
        let manifest = open.signed_manifest().manifest.clone();
        open.read_lines().map(|read| (manifest, read.raw_bytes()))
    });
    match checked {
        Ok((manifest, bytes)) => {
            let json = json!({ "holds": true, "route": manifest.route(), "sequence": manifest.sequence, "lines": manifest.lines, "bytes": bytes });
            let text = format!(
                "package {} of {}: {} lines as the manifest states them; who signed it is checked by `hocba ingest --dry-run`",
                manifest.sequence,
                manifest.route(),
                manifest.lines
            );
            context.print(&json, text)?;
            Ok(Outcome::Yes)
        }
        Err(fault) => {
            let json =
                json!({ "holds": false, "rule": fault.rule(), "line": fault.line(), "message": fault.message_en() });
            context.print(&json, format!("{}: {}; {}", fault.rule(), fault.message_en(), fault.remedy()))?;
            Ok(Outcome::No)
        }
    }
}

fn log_keys(args: &VerifyArgs, context: &Context) -> Result<LogVerifier, CliFault> {
    match (&args.vkey, &args.freshness_vkey) {
        (Some(vkey), Some(freshness)) => public_log::verifier(vkey, freshness),
        _ => DataDir::at(context.data()?, &context.config).verifier(),
    }
}

/// Roots named on the command line, else those of the data directory; None: certificates are not judged.
fn trusted(args: &VerifyArgs, context: &Context) -> Result<Option<Trusted>, CliFault> {
    if args.certificate_roots.is_empty() {
        return match &context.data {
            Some(data) => {
                let certificates = Certificates::open(&DataDir::at(data, &context.config))?;
                Ok(certificates.has_roots().then(|| certificates.trusted()))
            }
            None => Ok(None),
        };
    }
    let mut roots = Vec::new();
    for file in &args.certificate_roots {
        roots.extend(read_certificates(file)?);
    }
    Ok(Some(Trusted { roots, policies: Vec::new() }))
}

fn describe(holds: &Holds) -> Value {
    let mut answer = json!({
        "holds": true, "code": holds.code, "school_year": holds.school_year, "leaf_index": holds.leaf_index,
        "ledger_size": holds.ledger_size, "checkpoint_time": holds.checkpoint_time,
    });
    match &holds.official {
        None => {}
        Some(Ok(strength)) => {
            answer["signed_with"] = json!("official");
            answer["old_algorithm"] = json!(*strength == Strength::Old);
        }
        Some(Err(why)) => {
            answer["signed_with"] = json!("technical");
            answer["not_official"] = json!(why.to_string());
        }
    }
    answer
}

/// A disclosure as the API answers it, its `evidence` alone, or the evidence of one sheet.
fn sheets_of(text: &[u8]) -> Result<Vec<SheetEvidence>, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Answer {
        evidence: Vec<SheetEvidence>,
    }
    // One after the other: an untagged enum cannot hold the signed objects as they stand.
    if text.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(text);
    }
    match serde_json::from_slice::<Answer>(text) {
        Ok(answer) => Ok(answer.evidence),
        Err(_) => serde_json::from_slice(text).map(|one| vec![one]),
    }
}

fn verify_evidence(text: &[u8], args: &VerifyArgs, context: &Context) -> Result<Outcome, CliFault> {
    if let Some(file) = PublicFile::parse(text) {
        return evidence_file::verify_public(&file, &log_keys(args, context)?, context);
    }
    let sheets = sheets_of(text).map_err(|e| {
        CliFault::new(format_args!("the file is neither a package nor evidence: {e}"), "export the evidence again")
    })?;
    let verifier = log_keys(args, context)?;
    let trusted = trusted(args, context)?;
    let roots = evidence_file::roots(&args.root, context)?;
    let mut found = Vec::new();
    for sheet in &sheets {
        match evidence::check(sheet, &verifier, &roots, trusted.as_ref()) {
            Ok(holds) => found.push(describe(&holds)),
            Err(fault) => found.push(json!({ "holds": false, "fault": fault.to_string() })),
        }
    }
    let all = !found.is_empty() && found.iter().all(|f| f["holds"] == true);
    let lines: Vec<String> = found
        .iter()
        .map(|f| match f["holds"] == true {
            true => format!(
                "holds  {} {}  signed with {}",
                f["school_year"].as_str().unwrap_or_default(),
                f["code"].as_str().unwrap_or_default(),
                f["signed_with"].as_str().unwrap_or("granted keys (give --certificate-roots to judge certificates)"),
            ),
            false => format!("FAULT  {}", f["fault"].as_str().unwrap_or_default()),
        })
        .collect();
    let note = "Issue and integrity only: for the current status look the code up.";
    context.print(&json!({ "holds": all, "sheets": found, "note": note }), format!("{}\n{note}", lines.join("\n")))?;
    Ok(if all { Outcome::Yes } else { Outcome::No })
}
