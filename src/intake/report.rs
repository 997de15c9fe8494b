//! How the deliveries of each province agree with the circulars, from the receipts that the ledger keeps.
//!
//! Counts only, for staff: no code, no name, no line, no leaf. Reads beside a running writer, and nothing
//! beyond the checkpoint it was opened at.

use std::collections::BTreeMap;

use serde::Serialize;

use super::receipt::Receipt;
use super::receive::IntakeFault;
use super::warnings;
use crate::ledger::durable::Disk;
use crate::ledger::{layout, packages};
use crate::package::manifest::SignedManifest;
use crate::signing::Jws;

/// Longest stored manifest.
const MAX_MANIFEST: usize = 1 << 20;

/// What one province has delivered, or all of them together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Packages taken.
    pub packages: u64,
    /// Packages handed in after their window.
    pub late: u64,
    /// Sheets taken, those that wait included.
    pub sheets: u64,
    /// Lines refused.
    pub refused: u64,
    /// Sheets with a warning.
    pub sheets_with_warnings: u64,
    /// All warnings.
    pub warnings: u64,
    /// Warnings by rule.
    pub by_rule: BTreeMap<String, u64>,
    /// Warnings beyond the caps: counted, but their rules were not written down.
    pub without_rule: u64,
}

/// A province and what it delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvinceReport {
    /// `01`…`96`, or `bo` for the ministry.
    pub route: String,
    /// The province's name in its newest package; None for the ministry.
    pub name: Option<String>,
    /// Its deliveries.
    #[serde(flatten)]
    pub delivered: Delivered,
}

/// All provinces, by route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Entries of the ledger that it covers.
    pub ledger_size: u64,
    /// One for each route that delivered.
    pub provinces: Vec<ProvinceReport>,
    /// All together.
    pub total: Delivered,
}

impl Delivered {
    /// Sheets with a warning, in hundredths of a percent of all sheets; None without sheets.
    pub fn share(&self) -> Option<u64> {
        self.sheets_with_warnings.saturating_mul(10_000).checked_div(self.sheets)
    }

    fn add_receipt(&mut self, receipt: &Receipt) {
        let claims = &receipt.claims;
        self.packages += 1;
        self.late += u64::from(claims.late);
        self.sheets += claims.consistency.sheets;
        self.refused += claims.counts.refused;
        self.sheets_with_warnings += claims.consistency.sheets_with_warnings;
        self.warnings += claims.counts.warnings;
        self.without_rule += claims.counts.warnings.saturating_sub(claims.consistency.written);
        for rule in warnings::lines(&receipt.details).filter_map(warnings::rule_of) {
            *self.by_rule.entry(rule.to_owned()).or_default() += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        self.packages += other.packages;
        self.late += other.late;
        self.sheets += other.sheets;
        self.refused += other.refused;
        self.sheets_with_warnings += other.sheets_with_warnings;
        self.warnings += other.warnings;
        self.without_rule += other.without_rule;
        for (rule, n) in &other.by_rule {
            *self.by_rule.entry(rule.clone()).or_default() += n;
        }
    }
}

/// Reads the receipts of every package that lies below `ledger_size`.
///
/// # Errors
/// [`IntakeFault`] when a stored receipt or manifest cannot be read.
pub fn report(disk: &dyn Disk, ledger_size: u64) -> Result<Report, IntakeFault> {
    let (mut provinces, mut total) = (Vec::new(), Delivered::default());
    for listed in disk.list(layout::PACKAGES)?.into_iter().filter(|l| l.is_dir) {
        let Some(province) = of_route(disk, listed.name, ledger_size)? else { continue };
        total.add(&province.delivered);
        provinces.push(province);
    }
    Ok(Report { ledger_size, provinces, total })
}

fn of_route(disk: &dyn Disk, route: String, ledger_size: u64) -> Result<Option<ProvinceReport>, IntakeFault> {
    let (mut delivered, mut newest) = (Delivered::default(), None);
    for sequence in 1.. {
        let receipt = match Receipt::stored(disk, &route, sequence) {
            // Being written at this very moment: nothing follows it.
            Err(IntakeFault::Receipt(_)) if Receipt::stored(disk, &route, sequence + 1)?.is_none() => None,
            other => other?,
        };
        // The files of a package come before its checkpoint: one under way does not count yet.
        let is_committed = |r: &Receipt| r.claims.ledger.is_some_and(|range| range.end <= ledger_size);
        let Some(receipt) = receipt.filter(is_committed) else { break };
        delivered.add_receipt(&receipt);
        newest = Some(sequence);
    }
    let Some(newest) = newest else { return Ok(None) };
    let stored = disk.read(&packages::path(&route, newest, packages::MANIFEST), MAX_MANIFEST)?;
    let signed = SignedManifest::from_jws(Jws::from_stored(&stored)?).map_err(|e| IntakeFault::Read(e.to_string()))?;
    let name = signed.manifest.province.map(|p| p.name.as_str().to_owned());
    Ok(Some(ProvinceReport { route, name, delivered }))
}
