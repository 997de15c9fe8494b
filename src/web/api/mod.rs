//! Handlers that answer machines: verdicts, disclosures, apps, the public log, keys, health.

pub mod apps;
pub mod disclosure;
pub mod feeds;
pub mod health;
pub mod keys;
pub mod log;
pub mod receipt;
pub mod soft_copy;
pub mod verdict;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;

use super::problem::Problem;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A JSON answer, written straight into its body.
///
/// # Errors
/// [`Problem::Internal`] when a value cannot be written as JSON.
fn json(status: StatusCode, value: &impl Serialize, size_hint: usize) -> Result<HttpResponse, Problem> {
    let mut body = Vec::with_capacity(size_hint);
    serde_json::to_writer(&mut body, value).map_err(|_| Problem::Internal)?;
    let mut response = HttpResponse::new(status);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    Ok(response.set_body(BoxBody::new(body)))
}
