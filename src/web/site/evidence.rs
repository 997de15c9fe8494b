//! `/v/{code}/bang-chung`: evidence in words and as files. What is personal is got by POST, with the second
//! factor in the body.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::disclosure;
use crate::portal::public_evidence::{NoEvidence, PublicEvidence};
use crate::transcript::TranscriptCode;
use crate::web::backend::Work;
use crate::web::pages::evidence::{PUBLIC_FILE, WHOLE_FILE};
use crate::web::pages::second_factor::Then;
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, pages};

/// The evidence of a code alone, in words.
///
/// # Errors
/// [`Problem`].
pub async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let evidence = public(&request, &state, code).await?;
    let path = format!("/v/{code}/bang-chung");
    let portal = &state.config.portal.public_url;
    Ok(super::page(&request, &state, StatusCode::OK, &path, |frame| pages::evidence::public(frame, &evidence, portal)))
}

/// The same as a file.
///
/// # Errors
/// [`Problem`].
pub async fn public_file(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let evidence = public(&request, &state, code).await?;
    file(PUBLIC_FILE, &evidence)
}

async fn public(
    request: &HttpRequest,
    state: &Data<AppState>,
    code: TranscriptCode,
) -> Result<PublicEvidence, Problem> {
    let client = middleware::address(request, state);
    middleware::admit(state, Work::Verdict, client).await?;
    let (ledger, now) = (Arc::clone(super::ledger_of(state)?), state.now());
    let made = web::block(move || ledger.public_evidence(&code, now)).await.map_err(|_| Problem::Busy)?;
    made.map_err(|none| match none {
        NoEvidence::Unknown => Problem::Unknown,
        NoEvidence::Unchecked => Problem::Busy,
    })
}

/// What the API answers to a disclosure, without the content in words: `hocba verify` takes it.
#[derive(Serialize)]
struct Whole<'a> {
    verdict: &'a serde_json::Value,
    evidence: &'a serde_json::Value,
}

/// The whole evidence, for whoever has the second factor.
///
/// # Errors
/// [`Problem`].
pub async fn whole_file(
    request: HttpRequest,
    state: Data<AppState>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let form = disclosure::read(&request, &state, payload, disclosure::MAX_FORM).await?;
    match disclosure::open(&request, &state, &code, &form, Then::Transcript).await? {
        Ok(opened) => file(WHOLE_FILE, &Whole { verdict: &opened.verdict, evidence: &opened.evidence }),
        Err(page) => Ok(page),
    }
}

/// JSON to keep; its name says nothing about whose it is.
fn file(name: &'static str, contents: &impl Serialize) -> Result<HttpResponse, Problem> {
    let bytes = serde_json::to_vec_pretty(contents).map_err(|_| Problem::Internal)?;
    let mut response = HttpResponse::new(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response.set_body(BoxBody::new(bytes)))
}
