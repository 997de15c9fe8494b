//! `POST /v/{code}/chia-se`: makes a copy with a QR. `POST /v/{code}/vo-hieu`: voids copies. Both go on from an opened
//! page with its ticket; a copy can also be voided with its own token.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::soft_copy::qr::Qr;
use crate::transcript::{CopyId, TranscriptCode};
use crate::web::backend::{ShareRefusal, Void, Work};
use crate::web::form::Fields;
use crate::web::pages::share::{self, Done};
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, shedding};

/// Most bytes of a form.
const MAX_FORM: usize = 8192;
/// Most years of one form.
const MAX_YEARS: usize = 64;

/// Makes a copy and shows its QR.
///
/// # Errors
/// [`Problem`].
pub async fn make(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    shedding::may_disclose(&state)?;
    let client = admitted(&request, &state).await?;
    let fields = Fields::read(&request, &state, payload, MAX_FORM).await?;
    let ticket = fields.one("ticket")?;
    let leaves: Vec<u64> = fields.all("leaf").take(MAX_YEARS).filter_map(|leaf| leaf.parse().ok()).collect();
    let place = shedding::place(&state).await?;
    let (backend, now) = (Arc::clone(&state.backend), state.now());
    let made = shedding::holding(place, move || backend.share(&code, &ticket, &leaves, client, now)).await;
    let made = match made? {
        Ok(made) => made,
        Err(refusal) => return Ok(done(&request, &state, &code, Done::Refused(refusal))),
    };
    let qr = Qr::of(&made.url).map_err(|_| Problem::Internal)?;
    let path = format!("/v/{code}");
    Ok(super::page(&request, &state, StatusCode::OK, &path, |frame| share::made(frame, &code.to_string(), &made, &qr)))
}

/// Voids the copy of a token, one copy of the list, or all of them. Also while an operator has closed disclosures: this
/// shuts doors and opens none.
///
/// # Errors
/// [`Problem`].
pub async fn void(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let client = admitted(&request, &state).await?;
    let fields = Fields::read(&request, &state, payload, MAX_FORM).await?;
    let (token, copy) = (fields.one("token")?, fields.one("copy")?);
    let (which, after) = match (token.is_empty(), copy.as_str()) {
        (false, _) => (Void::OfToken(token), Done::VoidedThis),
        (true, "all") => (Void::All { ticket: fields.one("ticket")? }, Done::VoidedListed),
        (true, copy) => {
            let copy = CopyId::from_wire(copy).ok_or_else(|| Problem::BadRequest("expected a copy".into()))?;
            (Void::One { ticket: fields.one("ticket")?, copy }, Done::VoidedListed)
        }
    };
    let (backend, now) = (Arc::clone(&state.backend), state.now());
    let voided = web::block(move || backend.void(&code, &which, client, now));
    let after = match voided.await.map_err(|_| Problem::Busy)? {
        Ok(()) => after,
        Err(refusal) => Done::Refused(refusal),
    };
    Ok(done(&request, &state, &code, after))
}

/// Somebody reloads a form's address, or changes its language: back to the code's page.
///
/// # Errors
/// [`Problem::MalformedCode`].
pub async fn back(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let mut response = HttpResponse::new(StatusCode::SEE_OTHER);
    if let Ok(to) = HeaderValue::from_str(&format!("/v/{code}")) {
        response.headers_mut().insert(LOCATION, to);
    }
    Ok(response)
}

async fn admitted(request: &HttpRequest, state: &AppState) -> Result<std::net::IpAddr, Problem> {
    middleware::refuse_foreign_form(request)?;
    let client = middleware::address(request, state);
    middleware::admit(state, Work::Disclosure, client).await?;
    Ok(client)
}

fn done(request: &HttpRequest, state: &AppState, code: &TranscriptCode, done: Done) -> HttpResponse {
    let status = match done {
        Done::VoidedThis | Done::VoidedListed => StatusCode::OK,
        Done::Refused(ShareRefusal::TicketNotValid | ShareRefusal::NotACopy) => StatusCode::FORBIDDEN,
        Done::Refused(ShareRefusal::NothingChosen) => StatusCode::BAD_REQUEST,
        Done::Refused(ShareRefusal::Unknown) => StatusCode::NOT_FOUND,
        Done::Refused(ShareRefusal::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let path = format!("/v/{code}");
    let mut response = super::page(request, state, status, &path, |frame| share::done(frame, &code.to_string(), done));
    super::put_retry_after(&mut response);
    response
}
