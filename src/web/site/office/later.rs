//! `/co-quan/thay-doi`: what was withdrawn or replaced of transcripts after the office had looked at them, and that somebody
//! of the office took note of it. The address names a position of the ledger at most, which says nothing of anybody.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Place, Visit, enter, oversight, submitted};
use crate::portal::oversight::LaterChange;
use crate::web::backend;
use crate::web::pages::office::later::{Changed, View, page};
use crate::web::problem::Problem;
use crate::web::site::lookup::see_other;
use crate::web::{AppState, shedding};

/// What our own addresses say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Before which position.
    truoc: Option<u64>,
}

/// What the office is told, the newest first, each with its verdict now.
///
/// # Errors
/// [`Problem`].
pub async fn list(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Later)?;
    let oversight = oversight(&state)?;
    let asked = Query::<Asked>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    let told = oversight.later_changes(visit.who.office().id(), asked.truoc);
    let mut changed = Vec::with_capacity(told.changes.len());
    for change in &told.changes {
        changed.push(as_it_is(&state, change).await);
    }
    let view = View { told: &told, changed: &changed, is_first: asked.truoc.is_none() };
    Ok(visit.page(&request, &state, StatusCode::OK, |frame, signed_in| page(frame, signed_in, &view)))
}

/// The change with what the transcript is worth now, proved as for anybody who asks.
async fn as_it_is(state: &AppState, change: &LaterChange) -> Changed {
    let mut changed = Changed::unchecked(*change);
    backend::verdict(&*state.backend, change.code(), state.now(), &mut |answer| {
        changed.verdict = answer.verdict;
        changed.years = answer.sheets.iter().map(|sheet| (sheet.school_year, sheet.verdict)).collect();
    })
    .await;
    changed
}

/// Somebody takes note of everything up to the newest one that they were shown.
///
/// # Errors
/// [`Problem`].
pub async fn note(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Later).await?;
    let oversight = Arc::clone(oversight(&state)?);
    let position =
        fields.one("den")?.parse().map_err(|_| Problem::BadRequest("den is a position of the ledger".into()))?;
    let place = shedding::place(&state).await?;
    let (Visit { desk, who, .. }, now) = (visit, state.now());
    let noted = shedding::holding(place, move || {
        // Nobody takes note of what is yet to come.
        let newest = oversight.later_changes(who.office().id(), None).newest;
        let Some(position) = newest.map(|newest| newest.min(position)) else { return true };
        let is_noted = desk.note_changes(&who, position, now);
        // So that the page that follows knows it.
        oversight.follow();
        is_noted
    })
    .await;
    match noted? {
        true => Ok(see_other(Place::Later.path())),
        false => Err(Problem::Busy),
    }
}
