//! The figures, one file for each thing that is measured.

pub(crate) mod bench;
mod check;
mod data;
mod disk;
mod fastapi;
mod follow;
mod ingest;
mod machine;
mod page;
mod pdf;
pub(crate) mod peer;
mod postgres;
mod process;
mod redis;
mod report;
mod search;
mod start;
mod verdict;
mod wrk;

use bench::{Bench, Done, Fault};
use report::Measured;

/// What measures which figures.
struct Measurement {
    names: &'static [&'static str],
    measure: fn(&Bench) -> Result<Vec<Measured>, Fault>,
}

const MEASUREMENTS: [Measurement; 11] = [
    Measurement { names: &["verdict_vs_static"], measure: verdict::measure },
    Measurement { names: &["verdict_vs_fastapi_dict"], measure: fastapi::measure },
    Measurement { names: &["redis_vs_embedded"], measure: redis::measure },
    Measurement { names: &["html_vs_json", "first_view_kb"], measure: page::measure },
    Measurement { names: &["pdf_cpu_chromium_vs_ours", "pdf_cpu_weasyprint_vs_ours"], measure: pdf::measure },
    Measurement { names: &["check_vs_verifier_core"], measure: check::measure },
    Measurement { names: &["ingest_vs_floor"], measure: ingest::measure },
    Measurement { names: &["disk_vs_raw"], measure: disk::measure },
    Measurement { names: &["ready_s_1m", "serve_rss_mb_1m"], measure: start::measure },
    Measurement { names: &["follow_sheets_per_s"], measure: follow::measure },
    Measurement {
        names: &["search_p50_postgres_vs_ours", "search_p50_sqlite_vs_ours", "index_bytes_per_sheet"],
        measure: search::measure,
    },
];

/// Runs the named figures, all without names, and writes them down.
pub(crate) fn run(bench: &Bench, wanted: &[String]) -> Done {
    let known: Vec<&str> = MEASUREMENTS.iter().flat_map(|m| m.names).copied().collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("there is no figure {unknown}; there are {}", known.join(", ")).into());
    }
    let is_wanted = |name: &&str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let mut measured = Vec::new();
    for measurement in &MEASUREMENTS {
        if measurement.names.iter().any(is_wanted) {
            let figures = (measurement.measure)(bench)?;
            figures.iter().for_each(Measured::print);
            measured.extend(figures);
        }
    }
    report::write(bench, measured)
}
