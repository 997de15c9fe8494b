//! `POST /v/{code}/ban-mem` issues a soft copy, `GET /ban-mem/{ticket}` is its file, `/xac-thuc-ban-mem` judges one.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, Header as _, HeaderValue, Range,
};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, web};

use super::disclosure;
use crate::portal::soft_copy::judge::MAX_FILE;
use crate::transcript::SchoolYear;
use crate::web::backend::{JudgedCopy, SoftCopies, SoftCopyRefusal, Work};
use crate::web::form;
use crate::web::pages::second_factor::Then;
use crate::web::pages::soft_copy;
use crate::web::problem::Problem;
use crate::web::{AppState, api, middleware, shedding};

const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
/// Says nothing about whose it is: the name stays in the list of downloads.
const NAMED: HeaderValue = HeaderValue::from_static("attachment; filename=\"ban-mem-hoc-ba.pdf\"");
const PATH: &str = "/xac-thuc-ban-mem";

fn desk(state: &AppState) -> Result<&Arc<dyn SoftCopies>, Problem> {
    state.soft_copies.as_ref().ok_or(Problem::NotFound)
}

/// Issues a copy of what the form opens, and leads to its file.
///
/// # Errors
/// [`Problem`].
pub async fn make(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let desk = Arc::clone(desk(&state)?);
    let form = disclosure::read(&request, &state, payload, disclosure::MAX_FORM).await?;
    let extract = match form.extract.as_str() {
        "" => None,
        year => Some(SchoolYear::parse(year).ok_or_else(|| Problem::BadRequest("expected a school year".into()))?),
    };
    let factor = match form.factor() {
        Ok(factor) => factor,
        Err(outcome) => return disclosure::again(&request, &state, &code, &form, Then::Transcript, outcome).await,
    };
    let place = shedding::press(&state).await?;
    let client = middleware::address(&request, &state);
    let now = state.now();
    let issued = shedding::holding(place, move || desk.issue(&code, &factor, extract, client, now)).await;
    match issued? {
        Ok(ticket) => Ok(super::lookup::see_other(&format!("/ban-mem/{}", ticket.as_str()))),
        Err(SoftCopyRefusal::NotOpened(refusal)) => {
            let outcome = disclosure::outcome(refusal);
            disclosure::again(&request, &state, &code, &form, Then::Transcript, outcome).await
        }
        Err(SoftCopyRefusal::NoSuchYear) => Err(Problem::BadRequest("there is no such school year".into())),
        Err(SoftCopyRefusal::Unavailable) => Err(Problem::Busy),
    }
}

/// The file, whole or a part of it, while it is kept.
///
/// # Errors
/// [`Problem`].
pub async fn file(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let desk = Arc::clone(desk(&state)?);
    middleware::admit(&state, Work::Verdict, middleware::address(&request, &state)).await?;
    let ticket = request.match_info().get("ticket").unwrap_or_default().to_owned();
    let now = state.now();
    let file = web::block(move || desk.pick_up(&ticket, now)).await.map_err(|_| Problem::Busy)?;
    let Some(file) = file else {
        return Ok(super::page(&request, &state, StatusCode::NOT_FOUND, "/", soft_copy::gone));
    };
    Ok(part_of(&request, Bytes::from_owner(file)))
}

/// One range, as browsers and their download managers ask for (RFC 9110 §14); of several, and of what cannot be read,
/// the whole file.
fn part_of(request: &HttpRequest, file: Bytes) -> HttpResponse {
    let length = file.len() as u64;
    let asked = request.headers().contains_key("range").then(|| Range::parse(request).ok()).flatten();
    let range: Option<Option<(u64, u64)>> = match asked {
        Some(Range::Bytes(ranges)) => match ranges.as_slice() {
            [one] => Some(one.to_satisfiable_range(length)),
            _ => None,
        },
        _ => None,
    };
    let (status, body, content_range) = match range {
        None => (StatusCode::OK, file, None),
        Some(Some((from, to))) => {
            let part = file.slice(from as usize..=to as usize);
            (StatusCode::PARTIAL_CONTENT, part, Some(format!("bytes {from}-{to}/{length}")))
        }
        Some(None) => (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(format!("bytes */{length}"))),
    };
    let mut response = HttpResponse::new(status);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, PDF);
    headers.insert(CONTENT_DISPOSITION, NAMED);
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(range) = content_range.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(CONTENT_RANGE, range);
    }
    response.set_body(BoxBody::new(body))
}

/// The page that asks for a file.
///
/// # Errors
/// [`Problem::NotFound`] where none are judged.
pub async fn ask(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    desk(&state)?;
    Ok(super::page(&request, &state, StatusCode::OK, PATH, soft_copy::ask))
}

/// Judges a file; JSON for whoever asks for it.
///
/// # Errors
/// [`Problem`].
pub async fn check(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let desk = Arc::clone(desk(&state)?);
    middleware::refuse_foreign_form(&request)?;
    shedding::may_disclose(&state)?;
    middleware::admit(&state, Work::Disclosure, middleware::address(&request, &state)).await?;
    let upload = shedding::upload(&state).await?;
    let sent = form::sent_file(&request, &state, payload, MAX_FILE).await?;
    let place = shedding::press(&state).await?;
    let now = state.now();
    let judged = shedding::holding((upload, place), move || desk.judge(&sent, now)).await;
    let judged = judged?;
    let mut response = match super::wants_json(&request) {
        true => api::soft_copy::answer(&judged)?,
        false => super::page(&request, &state, status(&judged), PATH, |frame| soft_copy::judged(frame, &judged)),
    };
    super::put_retry_after(&mut response);
    Ok(response)
}

/// What could not be checked may be asked again; everything else is an answer.
pub(in crate::web) fn status(judged: &JudgedCopy) -> StatusCode {
    match judged {
        JudgedCopy::Genuine(genuine) if genuine.changes.is_none() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    }
}
