//! `/co-quan`: the own office and its grant; `/co-quan/don-vi`: every office, for auditors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{Place, enter};
use crate::offices::OfficeId;
use crate::portal::office_desk::{OfficeSummary, OfficeView};
use crate::web::AppState;
use crate::web::pages::office::grant;
use crate::web::problem::Problem;

/// The own office.
///
/// # Errors
/// [`Problem`].
pub async fn own(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Own)?;
    let now = state.now();
    let office = OfficeView::of(visit.who.office(), now);
    let register = state.ledger.as_ref().map(|ledger| ledger.register());
    let directory = register.as_deref().map(|register| register.directory());
    Ok(visit.page(&request, &state, StatusCode::OK, |frame, signed_in| {
        grant::own(frame, signed_in, &office, directory, now)
    }))
}

/// Every office.
///
/// # Errors
/// [`Problem`].
pub async fn every(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Every)?;
    let now = state.now();
    let all = visit.desk.offices().all();
    let offices: Vec<_> = all.iter().map(|office| OfficeSummary::of(office, now)).collect();
    Ok(visit.page(&request, &state, StatusCode::OK, |frame, signed_in| grant::every(frame, signed_in, &offices)))
}

/// One of them.
///
/// # Errors
/// [`Problem`].
pub async fn one(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Every)?;
    let id = OfficeId::parse(request.match_info().get("office").unwrap_or_default());
    let office = id.and_then(|id| visit.desk.offices().get(&id)).ok_or(Problem::NotFound)?;
    let office = OfficeView::of(&office, state.now());
    let register = state.ledger.as_ref().map(|ledger| ledger.register());
    let directory = register.as_deref().map(|register| register.directory());
    Ok(visit
        .page(&request, &state, StatusCode::OK, |frame, signed_in| grant::one(frame, signed_in, &office, directory)))
}
