//! `GET /nhat-ky`: the ledger as everybody may see it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::web::backend::Work;
use crate::web::pages::ledger::{PER_PAGE, View};
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, pages};

#[derive(Deserialize)]
struct Asked {
    /// The last entry to show; beyond the end means the newest.
    #[serde(default)]
    den: String,
}

/// The page.
///
/// # Errors
/// [`Problem`].
pub async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let asked = Query::<Asked>::from_query(request.query_string())
        .map_err(|_| Problem::BadRequest("a field stands twice".into()))?;
    let to = match asked.den.trim() {
        "" => u64::MAX,
        text => text.parse().map_err(|_| Problem::BadRequest("den is not the number of an entry".into()))?,
    };
    let of = super::ledger_of(&state)?;
    let source = Arc::clone(of);
    let read = web::block(move || {
        let ledger = source.ledger();
        let end = to.saturating_add(1).min(ledger.size);
        let from = end.saturating_sub(PER_PAGE);
        source.leaves(from, end - from).map(|leaves| (ledger, leaves))
    });
    let (ledger, leaves) = read.await.map_err(|_| Problem::Busy)?.map_err(|_| Problem::Busy)?;
    let register = of.register();
    let view = View {
        state: &ledger,
        register: &register,
        leaves: &leaves,
        portal: &state.config.portal.public_url,
        now: state.now(),
    };
    Ok(super::page(&request, &state, StatusCode::OK, "/nhat-ky", |frame| pages::ledger::ledger(frame, &view)))
}
