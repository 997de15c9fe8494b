//! `GET /v/{code}`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::portal::answer::VerdictAnswer;
use crate::transcript::TranscriptCode;
use crate::web::backend::{self, Work};
use crate::web::pages::second_factor::Asked;
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, pages};

/// Whether a path is that of a page of a code, and not of what belongs to one: one segment behind `/v/`.
pub fn is_of_a_code(path: &str) -> bool {
    let segment = path.get(1..).and_then(|path| path.split_once('/'));
    segment.is_some_and(|(_, code)| !code.is_empty() && !code.contains('/'))
}

/// The verdict page. The route is a bare prefix, so the code is what stands behind it.
///
/// # Errors
/// [`Problem`].
pub async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let code = super::code_of(request.match_info().unprocessed().strip_prefix('/').unwrap_or_default())?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let asked = if state.switches.load().verdict_only { &Asked::PAUSED } else { &Asked::FIRST };
    with_verdict(&state, &code, |answer| {
        state.metrics.count_verdict(answer.verdict);
        let path = format!("/v/{code}");
        super::page_for_many(&request, &state, super::status(answer.verdict), &path, |frame| {
            pages::verdict::verdict(frame, answer, asked)
        })
    })
    .await
}

/// Makes a response of a code's verdict.
///
/// # Errors
/// [`Problem::Internal`] when the portal breaks its word and answers nothing.
pub(super) async fn with_verdict(
    state: &AppState,
    code: &TranscriptCode,
    respond: impl Fn(&VerdictAnswer<'_>) -> HttpResponse,
) -> Result<HttpResponse, Problem> {
    let mut response = None;
    backend::verdict(&*state.backend, code, state.now(), &mut |answer| response = Some(respond(answer))).await;
    let mut response = response.ok_or(Problem::Internal)?;
    super::put_retry_after(&mut response);
    Ok(response)
}
