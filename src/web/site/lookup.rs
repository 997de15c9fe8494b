//! `POST /tra-cuu`: the typed code becomes the address of its page. By POST, so that a code never
//! stands in a query string, where servers and browsers keep it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::transcript::typed;
use crate::web::problem::{Problem, TypedText};
use crate::web::{AppState, body};

/// Most bytes of the form.
const MAX_FORM: usize = 12 << 10;

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    code: String,
}

/// Sends the visitor to the code's page, or says what is wrong with it.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    body::require(&request, "application/x-www-form-urlencoded")?;
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    let body = body::read(&request, payload, MAX_FORM, deadline).await?;
    let text = String::from_utf8_lossy(&body);
    let form = Query::<Form>::from_query(&text).map_err(|_| Problem::BadRequest("expected the field code".into()))?;
    let code = typed::read(&form.code)
        .map_err(|fault| Problem::MalformedCode { typed: TypedText(form.into_inner().code), fault })?;
    Ok(see_other(&format!("/v/{code}")))
}

/// Somebody reloads the form's address: back to the form.
pub async fn back() -> HttpResponse {
    see_other("/")
}

fn see_other(to: &str) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::SEE_OTHER);
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}
