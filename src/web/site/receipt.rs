//! Verification receipts: `POST /v/{code}/bien-nhan` gives one, `POST /bien-nhan/tep` gives it as a file,
//! `/xac-thuc-bien-nhan` checks one.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LOCATION};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::portal::verification::{Judged, MAX_RECEIPT};
use crate::soft_copy::{qr::Qr, url};
use crate::web::api;
use crate::web::backend::{JudgedReceipt, Work};
use crate::web::form::{self, Fields};
use crate::web::pages::receipt;
use crate::web::problem::Problem;
use crate::web::{AppState, middleware};

/// Most bytes of a form with a ticket.
const MAX_FORM: usize = 4096;
/// A receipt grows when it is sent as a form's field.
const MAX_FIELD: usize = 3 * MAX_RECEIPT;

/// Gives a receipt of the answer, as a page to print with the file to save.
///
/// # Errors
/// [`Problem`].
pub async fn keep(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    middleware::refuse_foreign_form(&request)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let ticket = Fields::read(&request, &state, payload, MAX_FORM).await?.one("ticket")?;
    let kept = api::receipt::make(&state, code, Some(ticket).filter(|t| !t.is_empty())).await?;
    let address = url::of_code(&state.config.portal.public_url, &code);
    let qr = Qr::of(&address).map_err(|_| Problem::Internal)?;
    let path = format!("/v/{code}");
    Ok(super::page(&request, &state, StatusCode::OK, &path, |frame| receipt::kept(frame, &kept, &qr)))
}

/// Somebody reloads the form's address, or changes its language: back to the code's page.
///
/// # Errors
/// [`Problem::MalformedCode`].
pub async fn back(request: HttpRequest) -> Result<HttpResponse, Problem> {
    super::share::back(request).await
}

/// Somebody opens the file's address by itself: there is no file without a receipt.
pub async fn back_to_check() -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::SEE_OTHER);
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/xac-thuc-bien-nhan"));
    response
}

/// The receipt of a page as a file: only what we signed is sent back.
///
/// # Errors
/// [`Problem`].
pub async fn file(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    middleware::refuse_foreign_form(&request)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let text = Fields::read(&request, &state, payload, MAX_FIELD).await?.one("bien_nhan")?;
    let judged = judge(&state, Bytes::from(text.clone())).await?;
    let Judged::Genuine(stated) = judged.receipt else {
        return Err(Problem::BadRequest("not a receipt of this portal".into()));
    };
    let time = stated.issued_at.to_vietnam_rfc3339();
    let digits: String = time.chars().take(19).filter(char::is_ascii_digit).collect();
    let name = format!("attachment; filename=\"bien-nhan-{digits}.jws.json\"");
    let mut response = HttpResponse::new(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, api::receipt::JOSE);
    let name = HeaderValue::from_str(&name).map_err(|_| Problem::Internal)?;
    response.headers_mut().insert(CONTENT_DISPOSITION, name);
    Ok(response.set_body(BoxBody::new(text)))
}

/// The page that asks for a receipt.
pub async fn ask(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    super::page(&request, &state, StatusCode::OK, "/xac-thuc-bien-nhan", receipt::ask)
}

/// Checks a receipt: a file or a pasted text gets a page, JSON gets JSON.
///
/// # Errors
/// [`Problem`].
pub async fn check(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    middleware::refuse_foreign_form(&request)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" | "application/jose+json" => {
            let sent = form::whole(&request, &state, payload, MAX_RECEIPT).await?;
            api::receipt::answer(&judge(&state, sent).await?)
        }
        _ => {
            let sent = form::sent_file(&request, &state, payload, MAX_RECEIPT).await?;
            let judged = judge(&state, sent).await?;
            let path = "/xac-thuc-bien-nhan";
            Ok(super::page(&request, &state, StatusCode::OK, path, |frame| receipt::judged(frame, &judged)))
        }
    }
}

async fn judge(state: &AppState, sent: Bytes) -> Result<JudgedReceipt, Problem> {
    let (backend, now) = (Arc::clone(&state.backend), state.now());
    web::block(move || backend.judge_receipt(&sent, now)).await.map_err(|_| Problem::Busy)
}
