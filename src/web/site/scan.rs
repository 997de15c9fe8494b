//! `GET /quet-ma` and `GET /quay`: pages whose scripts read QR codes on the visitor's device.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use maud::Markup;

use crate::web::AppState;
use crate::web::pages::{self, Frame};

/// The scan page.
pub async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    tool(&request, &state, "/quet-ma", pages::scan::scan)
}

/// The counter.
pub async fn counter(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    tool(&request, &state, "/quay", pages::counter::counter)
}

/// A page that holds nothing of anybody, but differs by language, so it is revalidated.
fn tool(
    request: &HttpRequest,
    state: &AppState,
    path: &str,
    markup: impl FnOnce(&Frame<'_>, &str) -> Markup,
) -> HttpResponse {
    let mut response = super::page(request, state, StatusCode::OK, path, |frame| markup(frame, state.hosts.public()));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}
