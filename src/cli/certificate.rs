//! `hocba certificate`: official certificates, and what authorities say about them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::certificates::read_certificates;
use super::data_dir::DataDir;
use super::files::{random, read_bytes, write_new};
use super::local::{self, Request};
use super::node::{Duties, Node};
use super::package::limits;
use super::{CliFault, Context, Outcome};
use crate::intake::receipt::Receipt;
use crate::ledger::packages;
use crate::package::OpenPackage;
use crate::package::file::FileSource;
use crate::signing::Kid;
use crate::signing::certificates::{MAX_CRL, Timestamp, timestamp_request};

/// The commands about certificates.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Import(Import),
    Refresh(Refresh),
    List(List),
    TimestampQuery(TimestampQuery),
    Timestamp(ImportTimestamp),
}

impl Command {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        match self {
            Self::Import(args) => args.run(context),
            Self::Refresh(_) => refresh(context),
            Self::List(_) => list(context),
            Self::TimestampQuery(args) => args.run(context),
            Self::Timestamp(args) => args.run(context),
        }
    }
}

/// Keep certificates, revocation lists and OCSP answers in the data directory
///
/// Certificates of the keys that provinces granted, and of the authorities between them and the roots of
/// `certificates.roots`. Safe beside a running server, which sees them within seconds.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba certificate import --data /srv/hocba hieu-truong.pem ca-trung-gian.pem ca.crl"
)]
pub(super) struct Import {
    /// Certificates (DER or PEM), revocation lists (DER or PEM), OCSP answers (DER)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Import {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        data.require_keys()?;
        let mut kept = Vec::new();
        for file in &self.files {
            kept.extend(import(&data, file)?);
        }
        let text: Vec<String> = kept
            .iter()
            .map(|one| format!("{:<12} {}", one["kind"].as_str().unwrap_or(""), one["sha256"].as_str().unwrap_or("")))
            .collect();
        context.print(&json!({ "kept": kept }), text.join("\n"))?;
        Ok(Outcome::Yes)
    }
}

/// Each file is tried as what it can be; a list can be longer than other files.
fn import(data: &DataDir, path: &Path) -> Result<Vec<Value>, CliFault> {
    let store = data.certificates();
    let failed = |e: &dyn std::fmt::Display| CliFault::new(format_args!("{}: {e}", path.display()), "check the file");
    let bytes = std::fs::read(path).map_err(|e| failed(&e))?;
    let what = |kind: &str, digest: [u8; 32]| json!({"kind": kind, "sha256": Kid(digest)});
    let der = pem_body(&bytes, "X509 CRL").unwrap_or_else(|| bytes.clone());
    if der.len() <= MAX_CRL
        && let Ok(list) = store.keep_list(&der)
    {
        return Ok(vec![what("list", list.digest())]);
    }
    if let Ok(answer) = store.keep_ocsp(&bytes) {
        return Ok(vec![what("ocsp", answer.digest())]);
    }
    let mut kept = Vec::new();
    for certificate in read_certificates(path)? {
        store.keep_certificate(&certificate).map_err(|e| failed(&e))?;
        kept.push(what("certificate", certificate.thumbprint().0));
    }
    Ok(kept)
}

fn pem_body(bytes: &[u8], label: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, after) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = after.split_once(&format!("-----END {label}-----"))?;
    let base64: String = body.split_whitespace().collect();
    data_encoding::BASE64.decode(base64.as_bytes()).ok()
}

/// Ask authorities about revocation now, and judge again
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba certificate refresh --data /srv/hocba\n\nOnly hosts of certificates.allowed_hosts \
                        are asked. Exit code 1: some did not answer; they are named."
)]
pub(super) struct Refresh {}

fn refresh(context: &Context) -> Result<Outcome, CliFault> {
    let report = ask(context, Request::RefreshCertificates)?;
    let faults: Vec<&str> = report["faults"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let text = format!(
        "asked about {} certificates, kept {} new answers, removed {} old ones{}",
        report["certificates"],
        report["kept"],
        report["removed"],
        faults.iter().map(|fault| format!("\nfault  {fault}")).collect::<String>()
    );
    context.print(&report, text)?;
    Ok(if faults.is_empty() { Outcome::Yes } else { Outcome::No })
}

/// Every granted key with a certificate, and when signatures under it count as official
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hocba certificate list --data /srv/hocba")]
pub(super) struct List {}

fn list(context: &Context) -> Result<Outcome, CliFault> {
    let answer = ask(context, Request::Certificates)?;
    let keys = answer["certificates"].as_array().cloned().unwrap_or_default();
    let line = |key: &Value| {
        let word = |name: &str| key[name].as_str().unwrap_or("not yet").to_owned();
        let standing = match key["fault"].as_str() {
            Some(fault) => fault.to_owned(),
            None => format!("official from {} until {}", word("official_from"), word("official_until")),
        };
        format!("{}  {standing}", word("x5t#S256"))
    };
    let text = match keys.is_empty() {
        true => "no granted key is bound to a certificate".to_owned(),
        false => keys.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    context.print(&answer, text)?;
    Ok(Outcome::Yes)
}

/// From the running server, else from the stores here.
fn ask(context: &Context, request: Request) -> Result<Value, CliFault> {
    let data = DataDir::at(context.data()?, &context.config);
    if let Some(answer) = local::ask(&data.socket(), &request)? {
        return Ok(answer);
    }
    let node = Node::start(&data, Duties::default())?;
    node.wait_until_followed();
    node.judge_certificates()?;
    match node.answer(request) {
        local::Answer::Done(answer) => Ok(answer),
        local::Answer::Failed { what, remedy } => Err(CliFault::new(what, remedy)),
    }
}

/// Write the request for a timestamp over a package, for its province to send to a timestamp authority
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hocba certificate timestamp-query 22-7.hbp --out 22-7.tsq\n  \
                        curl -H 'Content-Type: application/timestamp-query' --data-binary @22-7.tsq http://tsa.ca.gov.vn > 22-7.tsr")]
pub(super) struct TimestampQuery {
    /// The package
    #[arg(value_name = "FILE")]
    package: PathBuf,
    /// File of the request (RFC 3161, DER)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl TimestampQuery {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let unreadable = |e: &dyn std::fmt::Display| {
            CliFault::new(format_args!("{}: {e}", self.package.display()), "check the package")
        };
        let source = FileSource::shared(&self.package).map_err(|e| unreadable(&e))?;
        let read = OpenPackage::open(source, limits(context)).and_then(OpenPackage::read_lines);
        let package = read.map_err(|e| unreadable(&e))?;
        let digest = *package.manifest_jws().signed_digest();
        let request = timestamp_request(&digest, &Kid(random()?)).map_err(|e| unreadable(&e))?;
        write_new(&self.out, &request, false)?;
        let answer = json!({"sha256": BASE64URL_NOPAD.encode(&digest), "file": self.out});
        context.print(&answer, format!("request  {}", self.out.display()))?;
        Ok(Outcome::Yes)
    }
}

/// Keep a timestamp over a package that is in the ledger
///
/// It proves that every sheet of the package existed at its time, which may be earlier than the ledger's.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hocba certificate timestamp --data /srv/hocba --package 22/7 22-7.tsr")]
pub(super) struct ImportTimestamp {
    /// The package: route and sequence, as 22/7
    #[arg(long, value_name = "ROUTE/SEQUENCE", value_parser = route_and_sequence)]
    package: (String, u64),
    /// The authority's answer or the token alone, DER
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

fn route_and_sequence(text: &str) -> Result<(String, u64), String> {
    let fault = || "expected a route and a sequence, as 22/7 or bo/1".to_owned();
    let (route, sequence) = text.split_once('/').ok_or_else(fault)?;
    let is_route = route == "bo" || route.len() == 2 && route.bytes().all(|b| b.is_ascii_digit());
    let sequence = sequence.parse().ok().filter(|_| is_route).ok_or_else(fault)?;
    Ok((route.to_owned(), sequence))
}

impl ImportTimestamp {
    fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        data.require_keys()?;
        let failed =
            |e: &dyn std::fmt::Display| CliFault::new(format_args!("{}: {e}", self.file.display()), "check the file");
        let timestamp = Timestamp::from_der(&read_bytes(&self.file)?).map_err(|e| failed(&e))?;
        let (leaf, digest) = self.manifest(&data)?;
        if BASE64URL_NOPAD.encode(timestamp.imprint()) != digest {
            return Err(CliFault::new("the timestamp is over something else", "check --package"));
        }
        let store = data.certificates();
        for certificate in [timestamp.authority()].into_iter().chain(timestamp.others()) {
            store.keep_certificate(certificate).map_err(|e| failed(&e))?;
        }
        store.keep_timestamp(leaf, &timestamp).map_err(|e| failed(&e))?;
        let answer = json!({"leaf_index": leaf, "at": timestamp.at()});
        context.print(&answer, format!("kept: the package existed at {}", timestamp.at()))?;
        Ok(Outcome::Yes)
    }

    /// Where the package's manifest stands in the ledger, and its digest.
    fn manifest(&self, data: &DataDir) -> Result<(u64, String), CliFault> {
        let (route, sequence) = &self.package;
        let missing =
            || CliFault::new(format_args!("package {route}/{sequence} is not in the ledger"), "check --package");
        let path = packages::path(route, *sequence, packages::RECEIPT);
        let signed = data.ledger_disk()?.read(&path, 1 << 20).map_err(|_| missing())?;
        let claims = Receipt::from_stored(signed, Vec::new()).map_err(|_| missing())?.claims;
        Ok((claims.ledger.ok_or_else(missing)?.first, claims.manifest))
    }
}
