//! `hocba package inspect`: what a package says.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{limits, refusal, refusal_text};
use crate::cli::{CliFault, Context, Outcome};
use crate::package::PackageFault;
use crate::package::file::FileSource;
use crate::package::verify::{OpenPackage, ReadPackage};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba package inspect 24-1.hbp\n\nReads every line and recomputes the root; signatures \
                        are for `package check`."
)]
pub(in crate::cli) struct Inspect {
    /// The package
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Inspect {
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, CliFault> {
        let source = FileSource::shared(&self.file)
            .map_err(|e| CliFault::new(format_args!("cannot read {}: {e}", self.file.display()), "check the path"))?;
        match OpenPackage::open(source, limits(context)).and_then(OpenPackage::read_lines) {
            Ok(package) => show(&package, context),
            Err(fault) => refuse(fault, context),
        }
    }
}

fn show(package: &ReadPackage, context: &Context) -> Result<Outcome, CliFault> {
    let manifest = package.manifest();
    let kids: Vec<_> = package.manifest_jws().signatures().iter().map(|s| s.kid).collect();
    let answer = json!({
        "manifest": manifest,
        "digest": package.manifest_digest(),
        "signed_by": kids,
        "bytes": package.raw_bytes(),
        "refused": [],
    });
    let counts = &manifest.counts;
    let name = manifest.province.as_ref().map_or("the ministry", |p| p.name.as_str());
    let kid = kids.first().map(ToString::to_string).unwrap_or_default();
    let lines = [
        format!("from        {name} ({}), package {}", manifest.route(), manifest.sequence),
        format!("year        {}, window {}", manifest.school_year, manifest.window.name()),
        format!("made        {}", manifest.created_at),
        format!(
            "lines       {} ({} keys, {} sheets, {} statuses, {} backfills)",
            manifest.lines, counts.keys, counts.sheets, counts.statuses, counts.backfills
        ),
        format!("bytes       {}", package.raw_bytes()),
        format!("root        {} (recomputed, matches)", manifest.root),
        format!("digest      {}", package.manifest_digest()),
        format!("signed by   {kid} (not checked here)"),
    ];
    context.print(&answer, lines.join("\n"))?;
    Ok(Outcome::Yes)
}

fn refuse(fault: PackageFault, context: &Context) -> Result<Outcome, CliFault> {
    let refusal = refusal(fault)?;
    let text = refusal_text(&refusal);
    context.print(&json!({"refused": [refusal]}), text)?;
    Ok(Outcome::No)
}
