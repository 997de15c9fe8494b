//! `GET /`.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::web::{AppState, pages};

/// The home page. Holds nothing of anybody, but differs by language, so it is revalidated.
pub async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let mut response = super::page(&request, &state, StatusCode::OK, "/", pages::home::home);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}
