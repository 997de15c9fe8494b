//! `follow_sheets_per_s`: heads, records, register and search index made from the ledger.

use std::time::Instant;

use super::bench::{Bench, Fault, median, run};
use super::data::{self, LARGE};
use super::report::Measured;

const ROUNDS: usize = 3;

const METHOD: &str = "`hocba rebuild` of a portal of a million sheets with the role `offices`: the whole ledger is followed, \
    every leaf proved, every body compared with its leaf; heads, records, the register and the search index are durable at the \
    end. Value: sheets over seconds, of the whole command.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        run(bench.hocba(&portal)?.arg("rebuild"))?;
        rates.push(nation.sheets as f64 / started.elapsed().as_secs_f64());
    }
    let rounds = rates.iter().map(|rate| format!("{rate:.0}")).collect::<Vec<_>>().join(", ");
    let beside = vec![format!("rounds: {rounds} sheets a second"), format!("sheets: {}", nation.sheets)];
    Ok(vec![Measured::new("follow_sheets_per_s", median(rates), "≥ 20000", METHOD, beside)])
}
