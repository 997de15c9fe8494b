//! What comes of checking a verification receipt, as JSON.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::json;
use crate::portal::answer::Verdict;
use crate::portal::verification::{Basis, Judged};
use crate::transcript::{Moment, TranscriptCode};
use crate::web::backend::JudgedReceipt;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct Answer<'a> {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<StatedAnswer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<NowAnswer>,
}

#[derive(Serialize)]
struct StatedAnswer<'a> {
    code: TranscriptCode,
    verdict: &'a str,
    issued_at: Moment,
    basis: Basis,
    ledger_size: u64,
    checkpoint_time: Option<Moment>,
}

#[derive(Serialize)]
struct NowAnswer {
    verdict: Verdict,
    same_ledger: Option<bool>,
}

/// The answer: `genuine`, `altered`, `not_issued_here` or `unreadable`; for a genuine one what it says and what holds now.
pub(in crate::web) fn answer(judged: &JudgedReceipt) -> Result<HttpResponse, Problem> {
    let (result, stated) = match &judged.receipt {
        Judged::Genuine(stated) => ("genuine", Some(stated)),
        Judged::Altered => ("altered", None),
        Judged::NotOurs => ("not_issued_here", None),
        Judged::Unreadable => ("unreadable", None),
    };
    let stated = stated.map(|s| StatedAnswer {
        code: s.code,
        verdict: &s.verdict,
        issued_at: s.issued_at,
        basis: s.basis,
        ledger_size: s.ledger_size,
        checkpoint_time: s.checkpoint_time,
    });
    let now = judged.now.map(|now| NowAnswer { verdict: now.verdict, same_ledger: now.is_same_ledger });
    json(StatusCode::OK, &Answer { result, stated, now }, 512)
}
