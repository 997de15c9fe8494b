//! `GET /api/v1/transcripts/{code}`: the hot path. Nothing is formatted or logged here,
//! and nothing awaited where records are local.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::json;
use crate::portal::answer::VerdictAnswer;
use crate::transcript::TranscriptCode;
use crate::web::backend::{self, Work};
use crate::web::problem::Problem;
use crate::web::routes::DISCLOSURE;
use crate::web::{AppState, middleware, site};

/// Bytes of an answer with a few sheets.
const TYPICAL: usize = 2048;

/// The public verdict. `unknown` is a 404 and `unchecked` a 503 of the same shape.
///
/// # Errors
/// [`Problem`].
pub async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let code = code(&request)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Verdict, client).await?;
    let mut response = Err(Problem::Internal);
    let mut respond = |answer: &VerdictAnswer<'_>| {
        state.metrics.count_verdict(answer.verdict);
        response = json(site::status(answer.verdict), answer, TYPICAL);
    };
    backend::verdict(&*state.backend, &code, state.now(), &mut respond).await;
    let mut response = response?;
    site::put_retry_after(&mut response);
    Ok(response)
}

/// The route is a bare prefix, so what follows it is looked at here: one segment, which is the code.
fn code(request: &HttpRequest) -> Result<TranscriptCode, Problem> {
    let rest = request.match_info().unprocessed().strip_prefix('/').unwrap_or_default();
    match rest.split_once('/') {
        None if rest.is_empty() => Err(Problem::NotFound),
        None => site::code_of(rest),
        Some((_, "disclosure")) => Err(Problem::MethodNotAllowed { allow: DISCLOSURE.methods }),
        Some(_) => Err(Problem::NotFound),
    }
}
