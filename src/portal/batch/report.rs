//! The signed report of a batch (PDF): counts, rows, when, by whom, as of where in the ledger, and the digest of what was
//! handed in. Signed like a soft copy, and recognised in the same places.
//!
//! Up to [`MOST_PRINTED`] rows are printed; of longer batches those that need a look. What came of every row is attached
//! as `ket-qua.csv`, under the same signature. Neither holds what was handed in beside the codes: names stay with the
//! office.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::desk::{BatchDesk, BatchFault, Caller};
use super::outcome::{Checked, Conclusion, Outcome};
use super::words::Tongue;
use crate::batch::jobs::{By, Job, JobId};
use crate::journal::BatchAction;
use crate::offices::OfficeId;
use crate::portal::soft_copy::print::{SYSTEM, attachment};
use crate::soft_copy::printed::{self, Attachment, BatchReport, Relation, ReportRow};
use crate::transcript::text::Text;
use crate::transcript::{Moment, TranscriptCode};

/// The attachment that says what a report is about.
pub const SUMMARY: &str = "bao-cao.json";
/// The attachment with what came of every row.
pub const RESULTS: &str = "ket-qua.csv";
/// Most rows that are printed.
const MOST_PRINTED: usize = 900;

/// What a report says of itself, for whoever checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSummary {
    /// The batch.
    #[schemars(with = "String")]
    pub batch: JobId,
    /// For which office, by its short name.
    pub office: Text<100>,
    /// When it was made.
    pub made_at: Moment,
    /// SHA-256 of what was handed in, in hexadecimal digits.
    pub input_sha256: Text<64>,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them were looked up.
    pub done: u64,
    /// Entries of the ledger that the last rows reflect.
    pub ledger_size: u64,
    /// The root at that size, base64.
    pub root_hash: Text<64>,
    /// How many rows came to what.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub counts: BTreeMap<Conclusion, u64>,
}

impl BatchDesk {
    /// The signed report on the rows that are done. Written down first. Keeps a processor busy for some seconds where
    /// many rows are printed.
    ///
    /// # Errors
    /// [`BatchFault`].
    pub fn report(&self, caller: &Caller<'_>, id: &JobId, now: Moment) -> Result<Vec<u8>, BatchFault> {
        let (job, done) = self.find(caller, id)?;
        let now = Moment::from_millis(now.as_seconds() * 1000).unwrap_or(now);
        self.record(&job, caller.actor(), BatchAction::Taken, done, now)?;
        let checked = self.checked(id)?;
        let written = |fault: &dyn std::fmt::Display| BatchFault::Written(fault.to_string());
        let (Some(first), Some(last)) = (checked.first(), checked.last()) else {
            return Err(BatchFault::Written("no row was looked up yet".to_owned()));
        };
        let words = Tongue::Vi.words();
        let counts = counts(&checked);
        let outcomes = || checked.iter().flat_map(|step| &step.rows);
        let is_whole = outcomes().count() <= MOST_PRINTED;
        let needs_look =
            |o: &&Outcome| is_whole || !matches!(o.conclusion(), Conclusion::Matches | Conclusion::InForce);
        let printed: Vec<ReportRow<'_>> = outcomes()
            .filter(needs_look)
            .take(MOST_PRINTED)
            .map(|outcome| ReportRow {
                row: outcome.row,
                code: outcome.code.map(|code| in_groups(&code)).unwrap_or_default(),
                conclusion: (words.conclusion)(outcome.conclusion()),
                reason: (words.reason)(outcome),
            })
            .collect();
        let named: Vec<(&str, u64)> = counts.iter().map(|(what, count)| ((words.conclusion)(*what), *count)).collect();
        let summary = self.summary(&job, last, &counts, now).ok_or_else(|| written(&"it has no digest"))?;
        let office = OfficeId::parse(job.office.as_str()).and_then(|id| self.offices.offices().get(&id));
        let office = office.map_or_else(|| job.office.to_string(), |o| format!("{} ({})", o.name(), o.id()));
        let (batch, digest) = (id.to_string(), HEXLOWER.encode(&job.digest));
        let report = BatchReport {
            batch: &batch,
            system: SYSTEM,
            owner: &self.shop.owner,
            public_url: &self.shop.public_url,
            office: &office,
            by: match &job.by {
                By::Member { account } => account.as_str(),
                By::Operator { name } => name.as_str(),
            },
            purpose: job.purpose.as_str(),
            file: job.name.as_str(),
            digest: &digest,
            rows: job.rows,
            done: summary.done,
            checked: (first.at, last.at),
            ledger: (first.ledger_size, last.ledger_size, &last.root_hash),
            made_at: now,
            counts: &named,
            printed: &printed,
            is_whole,
        };
        let rendered = printed::render_report(&report, attachments(&summary, &checked)?).map_err(|f| written(&f))?;
        self.shop.sign(&rendered.pdf, now).map_err(|fault| written(&fault))
    }

    fn summary(
        &self,
        job: &Job,
        last: &Checked,
        counts: &BTreeMap<Conclusion, u64>,
        now: Moment,
    ) -> Option<ReportSummary> {
        Some(ReportSummary {
            batch: job.id,
            office: job.office.clone(),
            made_at: now,
            input_sha256: Text::new(HEXLOWER.encode(&job.digest)).ok()?,
            rows: job.rows,
            done: counts.values().sum(),
            ledger_size: last.ledger_size,
            root_hash: Text::new(last.root_hash.clone()).ok()?,
            counts: counts.clone(),
        })
    }
}

fn counts(checked: &[Checked]) -> BTreeMap<Conclusion, u64> {
    let mut counts = BTreeMap::new();
    for outcome in checked.iter().flat_map(|step| &step.rows) {
        *counts.entry(outcome.conclusion()).or_insert(0) += 1;
    }
    counts
}

fn in_groups(code: &TranscriptCode) -> String {
    let code = code.to_string();
    let groups: Vec<&str> = (0..code.len()).step_by(4).filter_map(|from| code.get(from..from + 4)).collect();
    groups.join(" ")
}

fn attachments(summary: &ReportSummary, checked: &[Checked]) -> Result<Vec<Attachment>, BatchFault> {
    let written = |fault: &dyn std::fmt::Display| BatchFault::Written(fault.to_string());
    let told = serde_json::to_vec_pretty(summary).map_err(|fault| written(&fault))?;
    let results = table(checked).map_err(|fault| written(&fault))?;
    Ok(vec![
        attachment(SUMMARY, "Báo cáo này nói về điều gì", "application/json", Relation::Data, told),
        attachment(RESULTS, "Kết quả của từng dòng", "text/csv", Relation::Data, results),
    ])
}

/// For programs: names as on the wire, and nothing that was handed in but the codes.
fn table(checked: &[Checked]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "row",
        "code",
        "conclusion",
        "verdict",
        "full_name",
        "birth_date",
        "school",
        "school_year",
        "class",
        "checked_at",
    ])?;
    let name = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Object(members) => members.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    };
    for (at, outcome) in checked.iter().flat_map(|step| step.rows.iter().map(move |row| (step.at, row))) {
        let mut cells = vec![
            outcome.row.to_string(),
            outcome.code.map(|code| code.to_string()).unwrap_or_default(),
            name(serde_json::to_value(outcome.conclusion())?),
            outcome.verdict.map(serde_json::to_value).transpose()?.map(name).unwrap_or_default(),
        ];
        for field in outcome.fields.all() {
            cells.push(name(serde_json::to_value(field)?));
        }
        cells.push(at.to_string());
        writer.write_record(&cells)?;
    }
    Ok(writer.into_inner()?)
}
