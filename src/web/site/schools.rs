//! `/truong`: schools and provinces, and the validity of their keys.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::register;
use crate::transcript::percent;
use crate::transcript::province::ProvinceId;
use crate::web::backend::Work;
use crate::web::pages::icons::Tone;
use crate::web::pages::schools::{Listing, PER_PAGE};
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, pages};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
    tinh: String,
    trang: String,
}

/// The search.
///
/// # Errors
/// [`Problem`].
pub async fn list(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    admit(&request, &state).await?;
    let asked = Query::<Asked>::from_query(request.query_string())
        .map_err(|_| Problem::BadRequest("a field stands twice".into()))?;
    let register = super::ledger_of(&state)?.register();
    // A province that is none, or a page that is none, shows all, from the beginning.
    let province = register.directory().current_of(asked.tinh.trim());
    let query = register::Query::new(&asked.q, province);
    let page = asked.trang.trim().parse::<usize>().unwrap_or(1).clamp(1, usize::MAX / PER_PAGE);
    let found = register.directory().search(&query, (page - 1) * PER_PAGE, PER_PAGE);
    let ledger_size = super::ledger_of(&state)?.ledger().size;
    let typed: String = asked.q.chars().take(register::MAX_QUERY).collect();
    let listing = Listing { register: &register, ledger_size, typed: &typed, province, found, page, now: state.now() };
    Ok(super::page(&request, &state, StatusCode::OK, "/truong", |frame| pages::schools::list(frame, &listing)))
}

/// A province.
///
/// # Errors
/// [`Problem`].
pub async fn province(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    admit(&request, &state).await?;
    let register = super::ledger_of(&state)?.register();
    let Some(id) = province_of(&request, &register) else { return Ok(unknown(&request, &state)) };
    let path = format!("/truong/{}", id.code);
    Ok(super::page(&request, &state, StatusCode::OK, &path, |frame| {
        pages::schools::province(frame, &register, id, state.now())
    }))
}

/// A school.
///
/// # Errors
/// [`Problem`].
pub async fn school(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    admit(&request, &state).await?;
    let register = super::ledger_of(&state)?.register();
    let code = request.match_info().get("school").unwrap_or_default();
    let found = province_of(&request, &register).map(|id| (id, register.directory().schools_at(id, code)));
    let Some((id, schools)) = found.filter(|(_, schools)| !schools.is_empty()) else {
        return Ok(unknown(&request, &state));
    };
    let known = schools.first().and_then(|at| register.directory().school(*at));
    let code = known.map_or_else(String::new, |school| percent::encode(school.code.as_str()));
    let path = format!("/truong/{}/{code}", id.code);
    Ok(super::page(&request, &state, StatusCode::OK, &path, |frame| {
        pages::schools::school(frame, &register, &schools, state.now())
    }))
}

async fn admit(request: &HttpRequest, state: &AppState) -> Result<(), Problem> {
    middleware::admit(state, Work::Verdict, middleware::address(request, state)).await
}

fn province_of(request: &HttpRequest, register: &register::Register) -> Option<ProvinceId> {
    register.directory().current_of(request.match_info().get("province").unwrap_or_default())
}

fn unknown(request: &HttpRequest, state: &AppState) -> HttpResponse {
    super::page(request, state, StatusCode::NOT_FOUND, "/truong", |frame| {
        let words = frame.text.schools.unknown;
        pages::problem::problem(frame, Tone::Absent, words.title, words.body)
    })
}
