//! `/co-quan/mat-khau`: another password for oneself.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::sign_in::put_retry_after;
use super::{Place, Visit, compare, enrolment, enter, put_cookie, submitted};
use crate::limits::ClientPrefix;
use crate::offices::{NoSignIn, Password, SessionCookie};
use crate::portal::office_desk::SignInRefusal;
use crate::web::pages::office::enrolment::Fault;
use crate::web::pages::office::password::{self, NotChanged};
use crate::web::pages::office::sign_in::Message;
use crate::web::problem::Problem;
use crate::web::site::lookup::see_other;
use crate::web::{AppState, middleware};

/// The form.
///
/// # Errors
/// [`Problem`].
pub async fn form(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Password)?;
    Ok(show(&request, &state, &visit, None))
}

/// Changes it, and signs out everywhere.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Password).await?;
    let new = match enrolment::chosen(&fields, &visit.who.account().to_string())? {
        Ok(new) => new,
        Err(fault) => return Ok(show(&request, &state, &visit, Some(NotChanged::Fault(fault)))),
    };
    let present = Password::from_typed(&fields.one("present")?);
    let client = ClientPrefix::of(middleware::address(&request, &state));
    let (desk, who, now) = (visit.desk.clone(), visit.who.clone(), state.now());
    let changed = compare(&state, move || desk.change_password(&who, &present, &new, client, now)).await?;
    let not_changed = match changed {
        Ok(()) => {
            let mut response = see_other("/co-quan/dang-nhap?xong=mat-khau");
            put_cookie(&mut response, &SessionCookie::clear().to_header());
            return Ok(response);
        }
        Err(SignInRefusal::NotIn(NoSignIn::Wrong)) => NotChanged::Fault(Fault::Present),
        Err(refusal) => NotChanged::Refused(Message::of(&refusal)),
    };
    Ok(show(&request, &state, &visit, Some(not_changed)))
}

fn show(request: &HttpRequest, state: &AppState, visit: &Visit, not_changed: Option<NotChanged>) -> HttpResponse {
    let (status, message) = match not_changed {
        None => (StatusCode::OK, None),
        Some(NotChanged::Fault(_)) => (StatusCode::BAD_REQUEST, None),
        Some(NotChanged::Refused(message)) => (message.status(), Some(message)),
    };
    let mut response =
        visit.page(request, state, status, |frame, signed_in| password::form(frame, signed_in, not_changed));
    put_retry_after(&mut response, message);
    response
}
