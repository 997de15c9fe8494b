//! Verification receipts for machines: one of the answer to a code, and what comes of checking one.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::portal::answer::Verdict;
use crate::portal::verification::{Basis, Judged};
use crate::transcript::{Moment, TranscriptCode};
use crate::web::backend::{JudgedReceipt, KeepRefusal, Kept, Work};
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, site};

/// The media type of a receipt (RFC 7515).
pub(in crate::web) const JOSE: HeaderValue = HeaderValue::from_static("application/jose+json");

/// `POST /api/v1/transcripts/{code}/receipt`, without a body.
///
/// # Errors
/// [`Problem`].
pub async fn keep(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let code = site::code(&request)?;
    middleware::refuse_foreign_form(&request)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let kept = make(&state, code, None).await?;
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, JOSE);
    Ok(response.set_body(BoxBody::new(kept.jws)))
}

/// A receipt of the answer that stands now; `ticket`: of a page that was opened before.
pub(in crate::web) async fn make(
    state: &AppState,
    code: TranscriptCode,
    ticket: Option<String>,
) -> Result<Kept, Problem> {
    let (backend, now) = (Arc::clone(&state.backend), state.now());
    let kept = web::block(move || backend.keep(&code, ticket.as_deref(), now)).await;
    kept.map_err(|_| Problem::Busy)?.map_err(|KeepRefusal::Unavailable| Problem::Busy)
}

/// What came of a receipt.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "JudgedReceipt")]
pub(in crate::web) struct Answer<'a> {
    /// `genuine`, `altered`, `not_issued_here` or `unreadable`.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<StatedAnswer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<NowAnswer>,
}

/// What a genuine one says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatedByReceipt")]
struct StatedAnswer<'a> {
    code: TranscriptCode,
    verdict: &'a str,
    issued_at: Moment,
    basis: Basis,
    ledger_size: u64,
    checkpoint_time: Option<Moment>,
}

/// What holds now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HoldsNow")]
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
