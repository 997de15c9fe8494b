//! target/benches.json and docs/benchmarks.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde::{Deserialize, Serialize};

use super::bench::{Bench, Done};
use super::machine;

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Its name in the contract.
    pub(crate) name: String,
    /// The median.
    pub(crate) value: f64,
    /// What is to be reached, in words.
    pub(crate) target: String,
    /// How it is measured, in a sentence.
    pub(crate) method: String,
    /// What was measured beside it: us, the peer or floor, sizes.
    pub(crate) beside: Vec<String>,
    /// Date, machine and load.
    pub(crate) measured: String,
}

impl Measured {
    pub(crate) fn new(name: &str, value: f64, target: &str, method: &str, beside: Vec<String>) -> Self {
        let date = jiff::Zoned::now().date();
        let measured = format!("{date}, load {:.1}", machine::load());
        Self { name: name.into(), value, target: target.into(), method: method.into(), beside, measured }
    }

    /// The line on standard output.
    pub(crate) fn print(&self) {
        println!("{} {:.3}", self.name, self.value);
        self.beside.iter().for_each(|note| eprintln!("  {note}"));
    }
}

/// Writes both files; figures that were not measured this time keep their last value.
pub(crate) fn write(bench: &Bench, measured: Vec<Measured>) -> Done {
    let kept = bench.data.join("figures.json");
    let mut all: BTreeMap<String, Measured> =
        fs::read(&kept).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    all.extend(measured.into_iter().map(|m| (m.name.clone(), m)));
    fs::write(&kept, serde_json::to_vec_pretty(&all)?)?;
    let values: BTreeMap<&str, f64> = all.values().map(|m| (m.name.as_str(), rounded(m.value))).collect();
    fs::write(bench.root.join("target/benches.json"), serde_json::to_vec_pretty(&values)?)?;
    fs::write(bench.root.join("docs/benchmarks.md"), page(&all)?)?;
    Ok(())
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn page(all: &BTreeMap<String, Measured>) -> Result<String, std::fmt::Error> {
    let mut out = String::from("# Benchmarks\n\nWritten by `bash benches/run`; do not edit.\n\n");
    writeln!(out, "Machine: {}. Load generator, peer and portal share its cores.", machine::describe())?;
    out.push_str("Ratios are medians of interleaved rounds in one run, so trust them more than absolute numbers.\n");
    out.push_str("\n| figure | measured | target | when |\n|---|---|---|---|\n");
    for m in all.values() {
        writeln!(out, "| `{}` | {} | {} | {} |", m.name, rounded(m.value), m.target, m.measured)?;
    }
    for m in all.values() {
        writeln!(out, "\n## `{}`\n\n{}\n", m.name, m.method)?;
        m.beside.iter().try_for_each(|note| writeln!(out, "- {note}"))?;
    }
    Ok(out)
}
