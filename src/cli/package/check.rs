//! `hocba package check`: what intake will say, as far as it can be said without the ledger.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::{Value, json};

use super::{limits, refusal, refusal_text};
use crate::cli::files::{for_each_jws, read_jwk};
use crate::cli::{CliFault, Context, Outcome};
use crate::package::backfill::BackfillClaims;
use crate::package::file::FileSource;
use crate::package::reader::Chunk;
use crate::package::{PackageFault, PackageLine, VerifiedPackage};
use crate::signing::refusal::{KeyEntryFault, KeyRefusal, SignatureFault, Words};
use crate::signing::{KeyRing, jwk};
use crate::tlog::leaf::Kind;
use crate::transcript::province::ProvinceRef;
use crate::transcript::sheet::{MAX_PAYLOAD, Sheet, SheetFault};
use crate::transcript::status::{StatusClaims, StatusShapeFault};
use crate::transcript::strict::{self, JsonFault};

/// Most refused lines that are listed; the rest are counted.
const MAX_LISTED: usize = 1000;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  A province checks its first package with the grant it got from the ministry:
    hocba package check --root bo-gddt.jwk --grant so-24.grant 24-1.hbp
  Several packages in the order they are handed in; keys of earlier ones count for later ones:
    hocba package check --root bo-gddt.jwk bo-1.hbp 24-1.hbp 24-2.hbp

What only the ledger knows is not checked: sequence, duplicates, frozen conflicts, transfers, deadlines.")]
pub(in crate::cli) struct Check {
    /// Public JWK of the ministry's root (repeat); by default the roots of the configuration
    #[arg(long, value_name = "FILE")]
    root: Vec<PathBuf>,
    /// A key entry that is on record already (repeat)
    #[arg(long, value_name = "FILE")]
    grant: Vec<PathBuf>,
    /// The packages
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// What was found about one package.
struct Report {
    answer: Value,
    text: String,
    good: bool,
}

impl Check {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let mut ring = self.ring(context)?;
        let mut reports = Vec::new();
        for (path, position) in self.files.iter().zip(1..) {
            reports.push(check_file(path, &mut ring, position, context)?);
        }
        let good = reports.iter().all(|r| r.good);
        let text: Vec<_> = reports.iter().map(|r| r.text.as_str()).collect();
        let answers: Vec<_> = reports.iter().map(|r| &r.answer).collect();
        context.print(&json!({"ok": good, "packages": answers}), text.join("\n"))?;
        Ok(if good { Outcome::Yes } else { Outcome::No })
    }

    fn ring(&self, context: &Context) -> Result<KeyRing, CliFault> {
        let roots = match self.root.is_empty() {
            true => context.config.trust.roots.clone(),
            false => self.root.iter().map(|path| read_jwk(path)).collect::<Result<_, _>>()?,
        };
        if roots.is_empty() {
            return Err(CliFault::new("no ministry root is known", "add --root FILE, or --data DIR of a portal"));
        }
        let bad_root = |e: jwk::KeyFault| CliFault::new(e, "check [trust] roots in the configuration");
        let mut ring = KeyRing::new(&roots).map_err(bad_root)?;
        for path in &self.grant {
            for_each_jws(path, |jws| {
                let checked = ring.check_entry(&jws, 0).map_err(|e| {
                    CliFault::new(format_args!("{}: {e} ({})", path.display(), e.rule()), e.words().remedy)
                })?;
                ring.apply(checked, 0);
                Ok(())
            })?;
        }
        Ok(ring)
    }
}

fn check_file(path: &Path, ring: &mut KeyRing, position: u64, context: &Context) -> Result<Report, CliFault> {
    let source = FileSource::shared(path)
        .map_err(|e| CliFault::new(format_args!("cannot read {}: {e}", path.display()), "check the path"))?;
    let checked = VerifiedPackage::verify(source, limits(context), ring, position)
        .and_then(|package| check_lines(&package, ring, position, context).map(|refused| (package, refused)));
    let name = path.display();
    match checked {
        Err(fault) => {
            let refusal = refusal(fault)?;
            let text = format!("{name}: refused whole\n{}", refusal_text(&refusal));
            Ok(Report { answer: json!({"file": path, "accepted": 0, "refused": [refusal]}), text, good: false })
        }
        Ok((package, refused)) => {
            let accepted = package.manifest().lines - refused.count;
            let mut text = format!("{name}: {accepted} of {} lines are good", package.manifest().lines);
            refused.listed.iter().for_each(|r| text.extend(["\n", &refusal_text(r)]));
            let answer = json!({
                "file": path,
                "digest": package.manifest_digest(),
                "accepted": accepted,
                "refused_count": refused.count,
                "refused": refused.listed,
            });
            Ok(Report { answer, text, good: refused.count == 0 })
        }
    }
}

#[derive(Default)]
struct Refused {
    count: u64,
    listed: Vec<Value>,
}

impl Refused {
    fn add(&mut self, line: u64, refusal: LineRefusal) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(refusal.to_json(line));
        }
    }
}

fn check_lines(
    package: &VerifiedPackage,
    ring: &mut KeyRing,
    position: u64,
    context: &Context,
) -> Result<Refused, PackageFault> {
    let bar = context.shows_progress().then(|| indicatif::ProgressBar::new(package.manifest().lines));
    let mut refused = Refused::default();
    for chunk in package.chunks()? {
        let lines = parse(package, &chunk?)?;
        bar.iter().for_each(|bar| bar.inc(lines.len() as u64));
        // Keys take effect where they stand; what lies between two of them is checked side by side.
        for run in lines.chunk_by(|a, b| a.kind != Kind::Key && b.kind != Kind::Key) {
            let shared = ring.clone();
            let verdicts: Vec<_> = run
                .par_iter()
                .filter(|l| l.kind != Kind::Key)
                .map(|l| (l.number, check_line(package, &shared, l, position)))
                .collect();
            drop(shared);
            for (number, verdict) in verdicts {
                verdict.unwrap_or_else(|refusal| refused.add(number, refusal));
            }
            for line in run.iter().filter(|l| l.kind == Kind::Key) {
                match ring.check_entry(&line.jws, position) {
                    Ok(checked) => ring.apply(checked, position),
                    Err(fault) => refused.add(line.number, fault.into()),
                }
            }
        }
    }
    bar.iter().for_each(indicatif::ProgressBar::finish_and_clear);
    Ok(refused)
}

fn parse(package: &VerifiedPackage, chunk: &Chunk) -> Result<Vec<PackageLine>, PackageFault> {
    (0..chunk.len())
        .into_par_iter()
        .map(|i| {
            let (number, json) = chunk.get(i).unwrap_or_default();
            package.parse_line(number, json)
        })
        .collect()
}

fn check_line(package: &VerifiedPackage, ring: &KeyRing, line: &PackageLine, position: u64) -> Result<(), LineRefusal> {
    let manifest = package.manifest();
    match line.kind {
        Kind::Sheet => {
            let sheet = Sheet::parse(line.jws.payload(), line.jws.disclosures())?;
            ring.check_sheet_signatures(&line.jws, sheet.claims(), position)?;
        }
        Kind::Status => {
            let claims: StatusClaims = strict::from_slice(line.jws.payload(), MAX_PAYLOAD)
                .map_err(|e| LineRefusal::payload("status.claims", &e))?;
            claims.check_shape()?;
            match manifest.province.as_ref().map(ProvinceRef::id) {
                // Only the ledger knows who is responsible; the sender at least must be able to be.
                Some(own) => ring.check_status_signature(&line.jws, &claims, own, position).map(|_| ())?,
                None => ring.check_backfill_signature(&line.jws, claims.effective_at, position)?,
            }
        }
        Kind::Backfill => {
            let claims: BackfillClaims = strict::from_slice(line.jws.payload(), MAX_PAYLOAD)
                .map_err(|e| LineRefusal::payload("backfill.claims", &e))?;
            claims.check_shape().map_err(|e| LineRefusal::shape("backfill.shape", &e))?;
            ring.check_backfill_signature(&line.jws, manifest.created_at, position)?;
        }
        Kind::Key | Kind::Package | Kind::Anchor => {}
    }
    Ok(())
}

/// Why one line is refused, in the form of a receipt.
struct LineRefusal {
    rule: &'static str,
    pointer: String,
    message_en: String,
    message_vi: &'static str,
    remedy: &'static str,
    remedy_vi: &'static str,
}

impl LineRefusal {
    fn to_json(&self, line: u64) -> Value {
        json!({
            "line": line,
            "rule": self.rule,
            "pointer": self.pointer,
            "message_en": self.message_en,
            "message_vi": self.message_vi,
            "remedy": self.remedy,
            "remedy_vi": self.remedy_vi,
        })
    }

    fn words(words: Words, pointer: String, message_en: String) -> Self {
        let Words { rule, message_vi, remedy, remedy_vi } = words;
        Self { rule, pointer, message_en, message_vi, remedy, remedy_vi }
    }

    fn payload(rule: &'static str, fault: &JsonFault) -> Self {
        Self { pointer: fault.pointer().to_owned(), ..Self::shape(rule, fault) }
    }

    fn shape(rule: &'static str, fault: &dyn std::fmt::Display) -> Self {
        Self {
            rule,
            pointer: String::new(),
            message_en: fault.to_string(),
            message_vi: "Nội dung không đúng quy định của định dạng.",
            remedy: "correct the member named here, sign again and make the package again",
            remedy_vi: "Sửa mục được nêu, ký lại và tạo lại gói.",
        }
    }
}

impl From<SheetFault> for LineRefusal {
    fn from(fault: SheetFault) -> Self {
        Self { pointer: fault.pointer, ..Self::shape(fault.rule.name(), &fault.detail) }
    }
}

impl From<SignatureFault> for LineRefusal {
    fn from(fault: SignatureFault) -> Self {
        Self::words(fault.refusal.words(), fault.pointer(), fault.to_string())
    }
}

impl From<KeyRefusal> for LineRefusal {
    fn from(refusal: KeyRefusal) -> Self {
        Self::words(refusal.words(), "/signatures".into(), refusal.to_string())
    }
}

impl From<KeyEntryFault> for LineRefusal {
    fn from(fault: KeyEntryFault) -> Self {
        Self::words(fault.words(), String::new(), fault.to_string())
    }
}

impl From<StatusShapeFault> for LineRefusal {
    fn from(fault: StatusShapeFault) -> Self {
        Self::shape("status.shape", &fault)
    }
}
