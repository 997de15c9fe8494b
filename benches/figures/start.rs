//! `ready_s_1m` and `serve_rss_mb_1m`: a server over a million sheets.

use std::time::Instant;

use super::bench::{Bench, Fault, median};
use super::data::{self, LARGE};
use super::process::Running;
use super::report::Measured;
use super::verdict::{ask_for_all, drawn};

const STARTS: usize = 3;

const READY: &str = "Seconds from starting `hocba serve` on a portal of a million sheets, its derived stores \
    settled, until `/readyz` answers 200 and answers reflect the whole ledger; median of the starts.";
const MEMORY: &str = "Resident memory of that server, in MB, after it has answered 100,000 verdicts on different \
    transcripts, with the default caches.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let codes = drawn(&nation)?;
    let mut seconds = Vec::new();
    let mut server = None;
    for _ in 0..STARTS {
        drop(server.take());
        let started = Instant::now();
        let mut starting = Running::portal(bench, &portal)?;
        starting.wait_until_reflecting(nation.sheets)?;
        seconds.push(started.elapsed().as_secs_f64());
        server = Some(starting);
    }
    let server = server.ok_or("no server")?;
    let before = server.resident_mb().unwrap_or(f64::NAN);
    ask_for_all(server.address, &codes)?;
    let after = server.resident_mb().unwrap_or(f64::NAN);
    let starts = seconds.iter().map(|s| format!("{s:.2}")).collect::<Vec<_>>().join(", ");
    let sheets = format!("sheets: {}", nation.sheets);
    Ok(vec![
        Measured::new("ready_s_1m", median(seconds), "≤ 2", READY, vec![format!("starts: {starts} s"), sheets.clone()]),
        Measured::new(
            "serve_rss_mb_1m",
            after,
            "≤ 300",
            MEMORY,
            vec![format!("before the first verdict: {before:.0} MB"), sheets],
        ),
    ])
}
