//! `hocba package make`: a package of signed objects.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::limits;
use crate::cli::arguments;
use crate::cli::files::{certificate_thumbprint, for_each_jws, read_private_key};
use crate::cli::{CliFault, Context, Outcome};
use crate::package::PackageWriter;
use crate::package::file::FileSource;
use crate::package::manifest::{Digest256, ManifestDraft, SignedManifest, Window};
use crate::package::verify::OpenPackage;
use crate::package::writer::WriterFault;
use crate::transcript::province::ProvinceRef;
use crate::transcript::time::{Moment, SchoolYear};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WindowArgument {
    /// Learners who completed the year
    Completed,
    /// Learners assessed again in summer
    Late,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  The first package of a province: grants first, then sheets and statuses:
    hocba package make --key so-24.key --province 24:2025-07-01:\"Bắc Ninh\" --year 2025-2026 --window completed \\
      --sequence 1 --expected-enrolment 312450 --out 24-1.hbp truong-*.grant lop-*.signed
  The next one:
    hocba package make --key so-24.key --province 24:2025-07-01:\"Bắc Ninh\" --year 2025-2026 --window late \\
      --after 24-1.hbp --expected-enrolment 312450 --out 24-2.hbp thi-lai-*.signed")]
pub(in crate::cli) struct Make {
    /// Private key of the province, or of the root with --ministry
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Certificate of that key, where its grant names one: a DER or PEM file, or its x5t#S256
    #[arg(long, value_name = "FILE|X5T")]
    certificate: Option<String>,
    /// The province that hands in: CODE:VINTAGE:NAME
    #[arg(long, value_name = "PROVINCE", value_parser = arguments::province, required_unless_present = "ministry")]
    province: Option<ProvinceRef>,
    /// The ministry hands in
    #[arg(long, conflicts_with = "province")]
    ministry: bool,
    /// School year, 2025-2026
    #[arg(long, value_name = "YEAR", value_parser = year)]
    year: SchoolYear,
    /// Delivery window
    #[arg(long, value_enum)]
    window: WindowArgument,
    /// Number of the package; 1 for the first
    #[arg(long, value_name = "N", required_unless_present = "after")]
    sequence: Option<u64>,
    /// Digest of the previous manifest, from `package inspect` or `GET /feeds/{province}`
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    previous: Option<Digest256>,
    /// The previous package itself, in place of --sequence and --previous
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sequence", "previous"])]
    after: Option<PathBuf>,
    /// Learners the province expects to deliver for this year
    #[arg(long, value_name = "N")]
    expected_enrolment: u64,
    /// When the package is made; now by default
    #[arg(long, value_name = "TIME", value_parser = arguments::moment_from)]
    created_at: Option<Moment>,
    /// File of the package
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Files of signed objects, in the order they shall stand: grants before what they sign
    #[arg(value_name = "OBJECTS", required = true)]
    objects: Vec<PathBuf>,
}

fn year(text: &str) -> Result<SchoolYear, String> {
    SchoolYear::parse(text).ok_or_else(|| "expected a school year such as 2025-2026".into())
}

fn digest(text: &str) -> Result<Digest256, String> {
    Digest256::from_wire(text)
        .ok_or_else(|| "expected a digest of 43 characters, as `package inspect` prints it".into())
}

impl Make {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let key = read_private_key(&self.key)?;
        let certificate = self.certificate.as_deref().map(certificate_thumbprint).transpose()?;
        if self.out.exists() {
            return Err(CliFault::new(format_args!("{} is there already", self.out.display()), "choose another name"));
        }
        let draft = self.draft(context)?;
        let mut writer = PackageWriter::create(&self.out, draft, &key, certificate).map_err(|e| fault(&e))?;
        let progress = context.shows_progress().then(indicatif::ProgressBar::new_spinner);
        for path in &self.objects {
            for_each_jws(path, |jws| {
                progress.iter().for_each(|bar| bar.inc(1));
                writer.add(&jws).map_err(|e| fault(&e))
            })?;
        }
        progress.iter().for_each(indicatif::ProgressBar::finish_and_clear);
        let signed = writer.finish().map_err(|e| fault(&e))?;
        self.report(context, &signed)
    }

    fn draft(&self, context: &Context) -> Result<ManifestDraft, CliFault> {
        let (sequence, previous) = match &self.after {
            Some(path) => self.follow(path, context)?,
            None => (self.sequence.unwrap_or(1), self.previous),
        };
        Ok(ManifestDraft {
            province: self.province.clone(),
            school_year: self.year,
            window: match self.window {
                WindowArgument::Completed => Window::Completed,
                WindowArgument::Late => Window::Late,
            },
            sequence,
            previous,
            expected_enrolment: self.expected_enrolment,
            created_at: self.created_at.unwrap_or_else(arguments::now),
        })
    }

    fn follow(&self, path: &Path, context: &Context) -> Result<(u64, Option<Digest256>), CliFault> {
        let bad = |e: &dyn std::fmt::Display| {
            CliFault::new(format_args!("{}: {e}", path.display()), "give the province's previous package")
        };
        let source = FileSource::shared(path).map_err(|e| bad(&e))?;
        let open = OpenPackage::open(source, limits(context)).map_err(|e| bad(&e))?;
        let before = open.signed_manifest();
        if before.manifest.province.as_ref().map(ProvinceRef::id) != self.province.as_ref().map(ProvinceRef::id) {
            return Err(bad(&"it is a package of somebody else"));
        }
        Ok((before.manifest.sequence + 1, Some(before.digest())))
    }

    fn report(&self, context: &Context, signed: &SignedManifest) -> Result<Outcome, CliFault> {
        let manifest = &signed.manifest;
        let answer = json!({"file": self.out, "manifest": manifest, "digest": signed.digest()});
        let text = format!(
            "package   {}\nsequence  {} of {}\nlines     {} ({} keys, {} sheets, {} statuses, {} backfills)\nroot      {}\n\
             digest    {} (the next package names it as previous)",
            self.out.display(),
            manifest.sequence,
            manifest.route(),
            manifest.lines,
            manifest.counts.keys,
            manifest.counts.sheets,
            manifest.counts.statuses,
            manifest.counts.backfills,
            manifest.root,
            signed.digest(),
        );
        context.print(&answer, text)?;
        Ok(Outcome::Yes)
    }
}

fn fault(fault: &WriterFault) -> CliFault {
    let remedy = match fault {
        WriterFault::Io(_) => "check the directory and its free space",
        WriterFault::Empty => "give files that hold signed objects",
        WriterFault::Manifest(_) => "check --sequence and --previous, or use --after",
        _ => "correct the object; see docs/package-format.md",
    };
    CliFault::new(fault, remedy)
}
