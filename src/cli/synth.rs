//! `hocba synth`: keys, grants and packages of a synthetic nation.

use std::path::PathBuf;

use clap::Args;

use super::{CliFault, Context, Outcome, now};
use crate::synth::{self, SynthOptions};
use crate::transcript::SchoolYear;

/// Make keys, grants and packages of a synthetic nation.
///
/// The same seed makes the same nation: 63 provinces before 1 July 2025, 34 after. No identification
/// number in it can be a person's.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba synth --out nation --learners 2000\n  hocba key portal --data data --root nation/root.jwk\n  hocba ingest --data data nation/*.hbp"
)]
pub struct SynthArgs {
    /// Directory to write to; created if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many learners
    #[arg(long, value_name = "N")]
    learners: u64,
    /// How many of today's 34 provinces [default: all]
    #[arg(long, value_name = "N")]
    provinces: Option<usize>,
    /// First and last school year
    #[arg(long, default_value = "2022-2023..2025-2026", value_parser = years)]
    years: (SchoolYear, SchoolYear),
    /// Seed of everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also write packages broken in every way that intake must refuse, and faults.json
    #[arg(long)]
    faults: bool,
}

fn years(text: &str) -> Result<(SchoolYear, SchoolYear), String> {
    let (first, last) = text.split_once("..").ok_or("expected FIRST..LAST, such as 2022-2023..2025-2026")?;
    match (SchoolYear::parse(first), SchoolYear::parse(last)) {
        (Some(first), Some(last)) if first <= last => Ok((first, last)),
        _ => Err("expected two school years in order, such as 2022-2023..2025-2026".into()),
    }
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be written.
pub fn run(args: &SynthArgs, context: &Context) -> Result<Outcome, CliFault> {
    let fault = |e: synth::SynthFault| CliFault::new(e, "choose another directory, or make room");
    let options = SynthOptions {
        provinces: args.provinces,
        first_year: args.years.0,
        last_year: args.years.1,
        seed: args.seed,
        faults: args.faults,
        ..SynthOptions::new(args.learners).map_err(fault)?
    };
    let nation = synth::write_nation(&args.out, &options, now()).map_err(fault)?;
    let answer = serde_json::json!({
        "packages": nation.packages,
        "sheets": nation.sheets,
        "faults": nation.faults.len(),
        "root": nation.root,
    });
    let text = format!(
        "{} sheets in {} packages under {}\nnext: hocba key portal --data DATA --root {}\n      hocba ingest --data DATA {}",
        nation.sheets,
        nation.packages.len(),
        args.out.display(),
        args.out.join("root.jwk").display(),
        args.out.join("*.hbp").display()
    );
    context.print(&answer, text)?;
    Ok(Outcome::Yes)
}
