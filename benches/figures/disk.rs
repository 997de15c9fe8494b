//! `disk_vs_raw`: what a sheet costs on disk.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::bench::{Bench, Fault, run};
use super::data::{self, SMALL};
use super::report::Measured;

const METHOD: &str = "Blocks on disk of everything in the data directory (ledger, bodies, index, derived stores, \
    journal; not the packages that came in) after taking 200,000 sheets and settling, over the bytes of the sheets' \
    JSON (clear claims and content, without base64, signatures or compression).";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &SMALL)?;
    let dir = bench.data.join("portal-disk");
    nation.fresh_portal(bench, &dir)?;
    run(bench.hocba(&dir)?.arg("ingest").args(nation.packages()))?;
    run(bench.hocba(&dir)?.arg("rebuild"))?;
    // The index is thrown away by a rebuild, and made again by the next who writes.
    run(bench.hocba(&dir)?.arg("ingest").args(nation.packages().first()))?;
    let total = blocks(&dir)?;
    let mut beside = Vec::new();
    for part in ["ledger", "index", "derived"] {
        beside.push(format!("{part}: {:.0} bytes a sheet", blocks(&dir.join(part))? as f64 / nation.sheets as f64));
    }
    beside.push(format!(
        "a sheet's JSON: {:.0} bytes; as it travels: {:.0} bytes",
        nation.raw_bytes as f64 / nation.sheets as f64,
        nation.line_bytes as f64 / nation.sheets as f64
    ));
    fs::remove_dir_all(&dir)?;
    let ratio = total as f64 / nation.raw_bytes as f64;
    Ok(vec![Measured::new("disk_vs_raw", ratio, "≤ 0.75", METHOD, beside)])
}

/// Bytes of the blocks of every file below.
fn blocks(path: &Path) -> Result<u64, Fault> {
    let metadata = fs::symlink_metadata(path)?;
    let own = metadata.blocks() * 512;
    match metadata.is_dir() {
        true => fs::read_dir(path)?.try_fold(own, |sum, entry| Ok(sum + blocks(&entry?.path())?)),
        false => Ok(own),
    }
}
