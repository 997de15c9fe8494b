//! Alive, ready, and metrics. The public learns numbers that the log shows anyway; what is wrong is
//! for operators.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::Data;
use schemars::JsonSchema;
use serde::Serialize;

use super::json;
use crate::web::AppState;
use crate::web::backend::Health;
use crate::web::problem::Problem;

/// The process answers.
#[derive(Serialize, JsonSchema)]
pub(in crate::web) struct Alive {
    status: &'static str,
}

/// Following and fresh.
#[derive(Serialize, JsonSchema)]
pub(in crate::web) struct Ready {
    ready: bool,
    ledger_size: u64,
    reflected_size: u64,
    checkpoint_age_s: Option<u64>,
}

fn status(health: &Health) -> StatusCode {
    if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// `GET /healthz`: the process answers.
///
/// # Errors
/// [`Problem`].
pub async fn alive() -> Result<HttpResponse, Problem> {
    json(StatusCode::OK, &Alive { status: "ok" }, 32)
}

/// `GET /readyz`: following and fresh.
///
/// # Errors
/// [`Problem`].
pub async fn ready(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let health = state.backend.health(state.now());
    let Health { ready, ledger_size, reflected_size, checkpoint_age_s, .. } = health;
    json(status(&health), &Ready { ready, ledger_size, reflected_size, checkpoint_age_s }, 128)
}

/// `GET /readyz` for operators, with what is wrong.
///
/// # Errors
/// [`Problem`].
pub async fn ready_in_detail(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let health = state.backend.health(state.now());
    json(status(&health), &health, 256)
}

/// `GET /metrics`, on the operators' listener only.
pub async fn metrics(state: Data<AppState>) -> HttpResponse {
    let verdict_only = state.switches.load().verdict_only;
    let text = state.metrics.render(&state.backend.health(state.now()), state.load.in_flight(), verdict_only);
    let mut response = HttpResponse::new(StatusCode::OK);
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.set_body(BoxBody::new(text))
}
