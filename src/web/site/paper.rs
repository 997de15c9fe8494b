//! `POST /v/{code}/doi-chieu`: an opened transcript beside a paper copy. By POST alone: what was typed
//! stands in no address.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::disclosure;
use crate::web::pages::second_factor::Then;
use crate::web::problem::Problem;
use crate::web::{AppState, pages};

/// Most bytes of the form: seven years of twenty subjects, every field typed, take a third of it.
const MAX_FORM: usize = 64 * 1024;

/// Compares what was typed; nothing typed gives the empty form.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let form = disclosure::read(&request, &state, payload, MAX_FORM).await?;
    let opened = match disclosure::open(&request, &state, &code, &form, Then::Paper(&form.typed)).await? {
        Ok(opened) => opened,
        Err(page) => return Ok(page),
    };
    super::verdict::with_verdict(&state, &code, |answer| {
        let path = format!("/v/{code}");
        super::page(&request, &state, StatusCode::OK, &path, |frame| {
            pages::paper::paper(frame, answer, &disclosure::shown(&state, &opened), &form.typed)
        })
    })
    .await
}

/// Somebody reloads the form's address: back to where the second factor is asked for.
///
/// # Errors
/// [`Problem::MalformedCode`].
pub async fn back(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    Ok(super::lookup::see_other(&format!("/v/{code}")))
}
