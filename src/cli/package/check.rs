//! `hocba package check`: what intake will say, as far as it can be said without the ledger.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::{Value, json};

use super::{limits, refusal, refusal_text, warning_text};
use crate::cli::files::{for_each_jws, read_jwk};
use crate::cli::{CliFault, Context, Outcome};
use crate::consistency::{Finding, Findings};
use crate::intake::line::{self, Content};
use crate::intake::messages::Refusal;
use crate::package::file::FileSource;
use crate::package::manifest::Manifest;
use crate::package::reader::Chunk;
use crate::package::{PackageFault, PackageLine, VerifiedPackage};
use crate::signing::keyed::KeyedHash;
use crate::signing::{KeyRing, jwk};
use crate::tlog::leaf::Kind;
use crate::transcript::province::ProvinceRef;

/// Most refused lines, and most warnings, that are listed; the rest are counted.
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
        .and_then(|package| check_lines(&package, ring, position, context).map(|found| (package, found)));
    let name = path.display();
    match checked {
        Err(fault) => {
            let refusal = refusal(fault)?;
            let text = format!("{name}: refused whole\n{}", refusal_text(&refusal));
            Ok(Report { answer: json!({"file": path, "accepted": 0, "refused": [refusal]}), text, good: false })
        }
        Ok((package, Found { refused, warnings })) => {
            let accepted = package.manifest().lines - refused.count;
            let mut text = format!("{name}: {accepted} of {} lines are good", package.manifest().lines);
            refused.listed.iter().for_each(|r| text.extend(["\n", &refusal_text(r)]));
            warnings.listed.iter().for_each(|w| text.extend(["\n", &warning_text(w.line, &w.finding)]));
            let answer = json!({
                "file": path,
                "digest": package.manifest_digest(),
                "accepted": accepted,
                "refused_count": refused.count,
                "refused": refused.listed,
                "warnings_count": warnings.count,
                "warnings": warnings.listed,
            });
            Ok(Report { answer, text, good: refused.count == 0 })
        }
    }
}

/// What does not follow from the rest of a sheet; the sheet is taken all the same.
#[derive(serde::Serialize)]
struct Warned {
    line: u64,
    #[serde(flatten)]
    finding: Finding,
}

#[derive(Default)]
struct Warnings {
    count: u64,
    listed: Vec<Warned>,
}

impl Warnings {
    fn add(&mut self, line: u64, findings: &Findings) {
        self.count += findings.total();
        let room = MAX_LISTED.saturating_sub(self.listed.len());
        self.listed.extend(findings.list().iter().take(room).map(|f| Warned { line, finding: f.clone() }));
    }
}

#[derive(Default)]
struct Found {
    refused: Refused,
    warnings: Warnings,
}

#[derive(Default)]
struct Refused {
    count: u64,
    listed: Vec<Refusal>,
}

impl Refused {
    fn add(&mut self, line: u64, refusal: Refusal) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(refusal.at_line(line));
        }
    }
}

fn check_lines(
    package: &VerifiedPackage,
    ring: &mut KeyRing,
    position: u64,
    context: &Context,
) -> Result<Found, PackageFault> {
    let bar = context.shows_progress().then(|| indicatif::ProgressBar::new(package.manifest().lines));
    let mut found = Found::default();
    for chunk in package.chunks()? {
        let lines = parse(package, &chunk?)?;
        bar.iter().for_each(|bar| bar.inc(lines.len() as u64));
        // Keys take effect where they stand; what lies between two of them is checked side by side.
        for run in lines.chunk_by(|a, b| a.kind != Kind::Key && b.kind != Kind::Key) {
            let shared = ring.clone();
            let verdicts: Vec<_> = run
                .par_iter()
                .filter(|l| l.kind != Kind::Key)
                .map(|l| (l.number, check_line(&shared, l, package.manifest(), position)))
                .collect();
            drop(shared);
            for (number, verdict) in verdicts {
                match verdict {
                    Ok(findings) => found.warnings.add(number, &findings),
                    Err(refusal) => found.refused.add(number, refusal),
                }
            }
            for line in run.iter().filter(|l| l.kind == Kind::Key) {
                match ring.check_entry(&line.jws, position) {
                    Ok(checked) => ring.apply(checked, position),
                    Err(fault) => found.refused.add(line.number, fault.into()),
                }
            }
        }
    }
    bar.iter().for_each(indicatif::ProgressBar::finish_and_clear);
    Ok(found)
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

fn check_line(ring: &KeyRing, line: &PackageLine, manifest: &Manifest, position: u64) -> Result<Findings, Refusal> {
    // Nothing is compared with what is on record, so any key does.
    let read = line::read(line.jws.clone(), &KeyedHash::new(&[0; 32]))?;
    match &read.content {
        Content::Sheet(_) => line::check_school(&read, ring, position).map(|_| ())?,
        Content::Status(claims) => match manifest.province.as_ref().map(ProvinceRef::id) {
            // Only the ledger knows who is responsible; the sender at least must be able to be.
            Some(own) => ring.check_status_signature(&line.jws, claims, own, position).map(|_| ())?,
            None => ring.check_root_signature(&line.jws, claims.effective_at, position)?,
        },
        Content::Backfill(_) => ring.check_backfill_signature(&line.jws, manifest.created_at, position)?,
        Content::Key => {}
    }
    Ok(read.findings)
}
