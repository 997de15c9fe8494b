//! What comes of judging a soft copy, as JSON.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::portal::answer::{SheetVerdict, Verdict};
use crate::portal::batch::report::ReportSummary;
use crate::transcript::time::Day;
use crate::transcript::{Moment, SchoolYear, TranscriptCode};
use crate::web::backend::JudgedCopy;
use crate::web::problem::Problem;
use crate::web::site;

/// What came of a soft copy, a report or a photo.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "JudgedCopy")]
pub(in crate::web) struct Answer {
    /// `genuine_current`, `genuine_older`, `genuine_report`, `altered`, `code_only`, `not_issued_here` or `unchecked`.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<TranscriptCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamped_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extract: Option<SchoolYear>,
    /// What a report of a batch says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportSummary>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeAnswer>,
}

/// A year whose verdict is another one now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChangeSinceCopy")]
struct ChangeAnswer {
    school_year: SchoolYear,
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<SheetVerdict>,
    now: SheetVerdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Day>,
}

/// How much an answer takes, in bytes.
const TYPICAL: usize = 512;

/// The answer.
///
/// # Errors
/// [`Problem::Internal`].
pub fn answer(judged: &JudgedCopy) -> Result<HttpResponse, Problem> {
    json(site::soft_copy::status(judged), &of(judged), TYPICAL)
}

fn of(judged: &JudgedCopy) -> Answer {
    let result = judged.result();
    match judged {
        JudgedCopy::Genuine(genuine) => {
            let changes = genuine.changes.iter().flatten().map(|change| ChangeAnswer {
                school_year: change.school_year,
                then: change.then,
                now: change.now,
                since: change.since,
            });
            let changes: Vec<ChangeAnswer> = changes.collect();
            Answer {
                result,
                code: Some(genuine.code),
                verdict: Some(genuine.verdict),
                issued_at: Some(genuine.issued_at),
                stamped_at: genuine.stamped_at,
                extract: genuine.extract,
                changes,
                ..Answer::default()
            }
        }
        JudgedCopy::CodeOnly { code, verdict } => {
            Answer { result, code: Some(*code), verdict: Some(*verdict), ..Answer::default() }
        }
        JudgedCopy::Report(report) => {
            let report = ReportSummary::clone(report);
            Answer { result, issued_at: Some(report.made_at), report: Some(report), ..Answer::default() }
        }
        JudgedCopy::Altered | JudgedCopy::NotIssuedHere | JudgedCopy::Unreadable => {
            Answer { result, ..Answer::default() }
        }
    }
}
