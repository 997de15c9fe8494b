//! `hocba package hold` and `release`: a suspect delivery under review as a whole, by the ministry.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::arguments;
use crate::cli::data_dir::DataDir;
use crate::cli::files::{certificate_thumbprint, read_private_key};
use crate::cli::{CliFault, Context, Outcome};
use crate::intake::IntakeFault;
use crate::intake::holds::{self, Held, Taken, Target};
use crate::ledger::LedgerReader;
use crate::ledger::durable::Disk;
use crate::package::PackageWriter;
use crate::package::manifest::{ManifestDraft, SignedManifest};
use crate::signing::{Jws, Kid, ObjectType, PrivateKey};
use crate::transcript::status::{Decision, Status, StatusClaims};
use crate::transcript::strict::Extensions;
use crate::transcript::text::Text;
use crate::transcript::time::{Day, Moment};

/// The ministry's packages.
const MINISTRY: &str = "bo";

/// Whose decision it is, and the package it becomes.
#[derive(Debug, Args)]
struct Deciding {
    /// Private key of the ministry's root
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Certificate of that key, where its grant names one: a DER or PEM file, or its x5t#S256
    #[arg(long, value_name = "FILE|X5T")]
    certificate: Option<String>,
    /// Number and sign of the decision
    #[arg(long, value_name = "NUMBER", value_parser = arguments::text::<100>)]
    decision: Text<100>,
    /// The day it was signed
    #[arg(long, value_name = "DATE", value_parser = day)]
    decided_on: Day,
    /// The deciding body
    #[arg(long, value_name = "NAME", default_value = "Bộ Giáo dục và Đào tạo", value_parser = arguments::text::<200>)]
    body: Text<200>,
    /// File of the ministry's next package
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  hocba package hold --data /srv/hocba --package 22/7 --key bo-gddt.key --decision 3100/QĐ-BGDĐT --decided-on 2026-11-22 \\
    --out bo-4.hbp
  hocba ingest --data /srv/hocba bo-4.hbp

Writes one `suspended` status for each sheet that entered with the package, as the ministry's next package. Nothing
changes before that is taken. Sheets that a status of the ministry suspends already, or that are erased, are then refused
line by line, which does the rest no harm.")]
pub(in crate::cli) struct Hold {
    /// The package: route and sequence, as in /feeds/22/7
    #[arg(long, value_name = "ROUTE/SEQUENCE", value_parser = package)]
    package: (String, u64),
    #[command(flatten)]
    deciding: Deciding,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  hocba package release --data /srv/hocba --hold 4 --key bo-gddt.key --decision 3155/QĐ-BGDĐT --decided-on 2026-12-01 \\
    --out bo-5.hbp
  hocba ingest --data /srv/hocba bo-5.hbp

Lets go what that hold suspended and nothing else holds. A sheet that somebody has put under review besides stays so: it
is counted, and its release is a decision of its own.")]
pub(in crate::cli) struct Release {
    /// Sequence of the ministry's package that holds
    #[arg(long, value_name = "SEQUENCE")]
    hold: u64,
    #[command(flatten)]
    deciding: Deciding,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "expected a date such as 2026-11-22".into())
}

fn package(text: &str) -> Result<(String, u64), String> {
    let parsed = text.split_once('/').and_then(|(route, sequence)| {
        let is_route = route.len() == 2 && route.bytes().all(|b| b.is_ascii_digit());
        Some((route.to_owned(), sequence.parse().ok()?)).filter(|_| is_route)
    });
    parsed.ok_or_else(|| "expected a province's route and a sequence, for example 22/7".into())
}

fn unreadable(fault: IntakeFault) -> CliFault {
    CliFault::new(fault, "run `hocba audit` on this data directory")
}

/// The ledger that is asked, as it is now.
struct Asked {
    disk: std::sync::Arc<dyn Disk>,
    reader: std::sync::Arc<LedgerReader>,
}

impl Asked {
    fn open(context: &Context) -> Result<Self, CliFault> {
        let data = DataDir::at(context.data()?, &context.config);
        data.require_keys()?;
        Ok(Self { disk: data.ledger_disk()?, reader: data.reader()? })
    }

    fn taken(&self, route: &str, sequence: u64) -> Result<Taken, CliFault> {
        let taken = holds::taken(&*self.disk, &self.reader, route, sequence).map_err(unreadable)?;
        taken.ok_or_else(|| {
            CliFault::new(
                format_args!("the ledger has no package {sequence} of {route}"),
                "look at the receipts, or at GET /feeds/{province}",
            )
        })
    }

    /// The ministry's next package, about the same school year as `like`.
    fn draft(&self, like: &SignedManifest, now: Moment) -> Result<ManifestDraft, CliFault> {
        let before = holds::newest(&*self.disk, &self.reader, MINISTRY).map_err(unreadable)?;
        Ok(ManifestDraft {
            province: None,
            school_year: like.manifest.school_year,
            window: like.manifest.window,
            sequence: before.as_ref().map_or(0, |b| b.manifest.manifest.sequence) + 1,
            previous: before.map(|b| b.manifest.digest()),
            expected_enrolment: 0,
            created_at: now,
        })
    }
}

impl Hold {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let asked = Asked::open(context)?;
        let held = asked.taken(&self.package.0, self.package.1)?;
        let targets = holds::sheets_of(&asked.reader, &held).map_err(unreadable)?;
        let made = self.deciding.write(&asked, &held.manifest, &targets, Status::Suspended)?;
        let sequence = made.as_ref().map(|m| m.manifest.sequence);
        let answer = json!({
            "file": made.as_ref().map(|_| &self.deciding.out),
            "sequence": sequence,
            "suspended": targets.len(),
            "waited": held.waited,
        });
        let mut text = told(sequence, &self.deciding.out, &format!("{} sheets put under review", targets.len()));
        if held.waited > 0 {
            text += &format!(
                "\n{} of its sheets had to wait for another province; hold again when more of them have entered",
                held.waited
            );
        }
        context.print(&answer, text)?;
        Ok(if made.is_some() { Outcome::Yes } else { Outcome::No })
    }
}

impl Release {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let asked = Asked::open(context)?;
        let hold = asked.taken(MINISTRY, self.hold)?;
        let Held { targets, released, held_otherwise } = holds::held_by(&asked.reader, &hold).map_err(unreadable)?;
        let made = self.deciding.write(&asked, &hold.manifest, &targets, Status::Released)?;
        let sequence = made.as_ref().map(|m| m.manifest.sequence);
        let answer = json!({
            "file": made.as_ref().map(|_| &self.deciding.out),
            "sequence": sequence,
            "released": targets.len(),
            "released_before": released,
            "held_otherwise": held_otherwise,
        });
        let what = format!(
            "{} sheets let go; {released} were before, {held_otherwise} stay under another review",
            targets.len()
        );
        context.print(&answer, told(sequence, &self.deciding.out, &what))?;
        Ok(if made.is_some() { Outcome::Yes } else { Outcome::No })
    }
}

fn told(sequence: Option<u64>, out: &Path, what: &str) -> String {
    match sequence {
        Some(sequence) => format!(
            "package   {}\nsequence  {sequence} of the ministry\nstatuses  {what}\nNothing has changed yet: hand it in with `hocba ingest`.",
            out.display()
        ),
        None => format!("no package is needed: {what}"),
    }
}

impl Deciding {
    /// Writes one status for each sheet; None where there is none.
    fn write(
        &self,
        asked: &Asked,
        like: &SignedManifest,
        targets: &[Target],
        status: Status,
    ) -> Result<Option<SignedManifest>, CliFault> {
        if self.out.exists() {
            return Err(CliFault::new(format_args!("{} is there already", self.out.display()), "choose another name"));
        }
        if targets.is_empty() {
            return Ok(None);
        }
        let fault = |e: &dyn std::fmt::Display| CliFault::new(e, "check the key, the directory and its free space");
        let (key, now) = (read_private_key(&self.key)?, arguments::now());
        let certificate = self.certificate.as_deref().map(certificate_thumbprint).transpose()?;
        let draft = asked.draft(like, now)?;
        let mut writer = PackageWriter::create(&self.out, draft, &key, certificate).map_err(|e| fault(&e))?;
        for target in targets {
            let signed = self.sign(target, status, now, (&key, certificate))?;
            writer.add(&signed).map_err(|e| fault(&e))?;
        }
        writer.finish().map(Some).map_err(|e| fault(&e))
    }

    fn sign(
        &self,
        target: &Target,
        status: Status,
        at: Moment,
        by: (&PrivateKey, Option<Kid>),
    ) -> Result<Jws, CliFault> {
        let decision = Decision { number: self.decision.clone(), date: self.decided_on, body: self.body.clone() };
        let claims = StatusClaims {
            version: 1,
            status,
            code: target.code,
            sheet: Some(target.sheet),
            effective_at: at,
            decision,
            replacement: None,
            identity_corrected: false,
            to: None,
            extensions: Extensions::default(),
        };
        let fault = |e: &dyn std::fmt::Display| CliFault::new(e, "report this");
        let payload = serde_json::to_vec(&claims).map_err(|e| fault(&e))?;
        Jws::sign(ObjectType::Status, payload, &[by], Vec::new()).map_err(|e| fault(&e))
    }
}
