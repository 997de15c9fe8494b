//! `hocba verify FILE.pdf`: whether a soft copy was issued here, and what has changed since.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::data_dir::DataDir;
use super::local::{self, Request};
use super::node::{Duties, Node};
use super::{CliFault, Context, Outcome, files, now};
use crate::portal::Portal;
use crate::portal::soft_copy::judge::{Judged, MAX_FILE};
use crate::portal::soft_copy::print::PrintShop;
use crate::soft_copy::read_back::{self, PinnedSigner, PinnedSigners};

/// Whether a file is judged here: PDFs and the pictures that the portal takes.
pub(super) fn is_one(start: &[u8]) -> bool {
    start == b"%PDF" || start == b"\x89PNG" || start.starts_with(b"\xFF\xD8\xFF")
}

/// Judges a file: with the record where there is a data directory, else its signature alone, by the signer's
/// certificates.
pub(super) fn verify(path: &Path, signers: &[PathBuf], context: &Context) -> Result<Outcome, CliFault> {
    let answer = match (&context.data, signers.is_empty()) {
        (Some(_), true) => with_record(path, context)?,
        (None, true) => {
            let what = "a soft copy is checked with the record, or with its signer's certificate";
            return Err(CliFault::new(what, "give --data, or --signer with the portal's chain.pem"));
        }
        (_, false) => signature_alone(path, signers)?,
    };
    context.print(&answer, text(&answer))?;
    Ok(if answer["holds"] == true { Outcome::Yes } else { Outcome::No })
}

fn with_record(path: &Path, context: &Context) -> Result<Value, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    let file = std::path::absolute(path).map_err(|e| CliFault::new(e, "check the path"))?;
    match local::ask(&data.socket(), &Request::JudgeSoftCopy { file: file.clone() })? {
        Some(answer) => Ok(answer),
        None => {
            let node = Node::start(&data, Duties::default())?;
            node.wait_until_followed();
            node.judge_certificates()?;
            judge(&node.portal, &node.shop, &file)
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CliFault> {
    let length = std::fs::metadata(path).map(|metadata| metadata.len());
    match length {
        Ok(length) if length > MAX_FILE as u64 => {
            Err(CliFault::new(format_args!("{} is longer than any soft copy", path.display()), "give another file"))
        }
        _ => files::read_bytes(path),
    }
}

/// Judges a file against the record, as JSON.
pub(super) fn judge(portal: &Portal, shop: &PrintShop, file: &Path) -> Result<Value, CliFault> {
    let judged = portal.judge_soft_copy(&read(file)?, shop, now());
    let result = judged.result();
    Ok(match judged {
        Judged::Genuine(genuine) => {
            let changes: Vec<Value> = genuine.changes.iter().flatten().map(|change| json!({
                "school_year": change.school_year, "then": change.then, "now": change.now, "since": change.since,
            })).collect();
            json!({
                "result": result, "holds": result == "genuine_current", "code": genuine.code,
                "verdict": genuine.verdict, "issued_at": genuine.issued_at, "stamped_at": genuine.stamped_at,
                "extract": genuine.extract,
                "changes": changes,
            })
        }
        Judged::CodeOnly { code, verdict } => {
            json!({ "result": result, "holds": false, "code": code, "verdict": verdict })
        }
        Judged::Report(report) => {
            json!({ "result": result, "holds": true, "issued_at": report.made_at, "report": report })
        }
        _ => json!({ "result": result, "holds": false }),
    })
}

fn signature_alone(path: &Path, signers: &[PathBuf]) -> Result<Value, CliFault> {
    let mut pinned = Vec::new();
    for file in signers {
        let signer = PinnedSigner::from_pem(&files::read_bytes(file)?, None, None);
        pinned.push(signer.map_err(|fault| CliFault::new(fault, "give the portal's chain.pem"))?);
    }
    let bytes = read(path)?;
    Ok(match read_back::verify(&bytes, &PinnedSigners::new(pinned)) {
        Ok(copy) => json!({ "result": "signature_holds", "holds": true, "issued_at": copy.signed_at() }),
        Err(refused) => {
            let result = match refused.class() {
                read_back::Class::Altered => "altered",
                read_back::Class::NotIssuedHere | read_back::Class::Unreadable => "not_issued_here",
            };
            json!({ "result": result, "holds": false, "why": refused.to_string() })
        }
    })
}

fn text(answer: &Value) -> String {
    let of = |name: &str| answer[name].as_str().unwrap_or_default();
    let said = match of("result") {
        "genuine_current" => "issued here, unaltered, and as the record is now",
        "genuine_older" => "issued here and unaltered; the record has changed since",
        "unchecked" => "issued here and unaltered; the record could not be checked, run `hocba status`",
        "signature_holds" => "signed by this signer and unaltered; whether it still holds only a look-up says",
        "genuine_report" => "a report of a batch, made here and unaltered; it says how the transcripts were then",
        "altered" => "altered: it bears this portal's signature and is not what was signed",
        "code_only" => "not a soft copy of this portal; only a code could be read from it",
        _ => "not a soft copy of this portal",
    };
    let mut lines = vec![said.to_owned()];
    for name in ["code", "verdict", "issued_at", "stamped_at", "extract", "why"] {
        if !of(name).is_empty() {
            lines.push(format!("  {name:<10} {}", of(name)));
        }
    }
    for change in answer["changes"].as_array().into_iter().flatten() {
        let (then, now) = (change["then"].as_str().unwrap_or("not in the copy"), change["now"].as_str().unwrap_or("?"));
        lines.push(format!("  {}: {then} -> {now}", change["school_year"].as_str().unwrap_or_default()));
    }
    lines.join("\n")
}
