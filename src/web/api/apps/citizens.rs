//! `GET /api/v1/citizens/me/…`: what a partner reads with an access token and the consent of whoever is meant by `me`.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::desk;
use super::refusal::{OAuthError, Refused};
use super::wire::{CONSENT, ChangesAnswer, ChangesQuery, TranscriptsAnswer};
use crate::apps::{ActingPartner, Mandate};
use crate::transcript::Moment;
use crate::web::api::disclosure::TYPICAL;
use crate::web::api::json;
use crate::web::backend::{ConsentedReading, ConsentedRefusal, Work};
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, shedding, site};

/// All transcripts of the one who consents.
///
/// # Errors
/// [`Problem`].
pub async fn transcripts(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let read = |at: At, mandate: &Mandate| at.reading.transcripts(mandate, None, at.client, at.now);
    answer(under_consent(&request, &state, read).await, |opened| json_of(&TranscriptsAnswer::from(opened)))
}

/// One of them.
///
/// # Errors
/// [`Problem`].
pub async fn transcript(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let code = site::code(&request)?;
    let read = move |at: At, mandate: &Mandate| at.reading.transcripts(mandate, Some(&code), at.client, at.now);
    answer(under_consent(&request, &state, read).await, |opened| json_of(&TranscriptsAnswer::from(opened)))
}

/// What changed of them.
///
/// # Errors
/// [`Problem`].
pub async fn changes(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let Ok(query) = Query::<ChangesQuery>::from_query(request.query_string()) else {
        return Refused::from(OAuthError::request(|text| text.since)).answer();
    };
    let since = query.since;
    let read = move |at: At, mandate: &Mandate| at.reading.changes(mandate, since, at.client, at.now);
    answer(under_consent(&request, &state, read).await, |found| json_of(&ChangesAnswer::from(found)))
}

/// What a reading needs besides its mandate.
struct At {
    reading: Arc<dyn ConsentedReading>,
    client: IpAddr,
    now: Moment,
}

/// Finds out who asks and under whose consent, and only then reads; all that is slow on another thread.
async fn under_consent<T: Send + 'static>(
    request: &HttpRequest,
    state: &AppState,
    read: impl FnOnce(At, &Mandate) -> Result<T, ConsentedRefusal> + Send + 'static,
) -> Result<T, Refused> {
    let desk = Arc::clone(desk(state)?);
    let reading = Arc::clone(state.consented.as_ref().ok_or(Problem::NotFound)?);
    let (client, now) = (middleware::address(request, state), state.now());
    middleware::admit(state, Work::Verdict, client).await?;
    let partner: ActingPartner = desk.acting(bearer(request)?, now)?;
    let consent = consent(request)?.to_owned();
    let place = shedding::place(state).await?;
    let work = move || {
        let mandate = desk.mandate(partner, &consent, now).map_err(Refused::from)?;
        read(At { reading, client, now }, &mandate).map_err(Refused::from)
    };
    shedding::holding(place, work).await?
}

fn answer<T>(
    read: Result<T, Refused>,
    shown: impl FnOnce(&T) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    match read {
        Ok(read) => shown(&read),
        Err(refused) => refused.answer(),
    }
}

fn json_of(answer: &impl Serialize) -> Result<HttpResponse, Problem> {
    json(StatusCode::OK, answer, TYPICAL)
}

/// The access token of a request (RFC 6750 §2.1).
fn bearer(request: &HttpRequest) -> Result<&str, OAuthError> {
    let unreadable = || OAuthError::request(|text| text.token_form);
    let header = only(request, &AUTHORIZATION).map_err(|Twice| unreadable())?.ok_or_else(OAuthError::no_token)?;
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| token.trim_start_matches(' ')).ok_or_else(OAuthError::no_token)
}

fn consent(request: &HttpRequest) -> Result<&str, OAuthError> {
    let missing = || OAuthError::request(|text| text.consent_missing);
    only(request, &CONSENT).map_err(|Twice| missing())?.ok_or_else(missing)
}

/// A header that stands twice: which one counts would depend on the reader.
struct Twice;

fn only<'r>(request: &'r HttpRequest, name: &HeaderName) -> Result<Option<&'r str>, Twice> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Twice),
        (Some(_), Some(_)) => Err(Twice),
    }
}
