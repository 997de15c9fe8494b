//! `/co-quan/dang-nhap` and `/co-quan/dang-xuat`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Place, Tie, compare, desk, put_cookie, sent, session_of};
use crate::limits::ClientPrefix;
use crate::offices::{Password, SessionCookie};
use crate::web::pages::office::sign_in::{Form, Message, page};
use crate::web::problem::Problem;
use crate::web::site::lookup::see_other;
use crate::web::{AppState, middleware, site};

const PATH: &str = "/co-quan/dang-nhap";

/// What our own addresses say: short words, never anything that was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Where to go on.
    tiep: String,
    /// What was done.
    xong: String,
}

/// The form; whoever is signed in goes on.
///
/// # Errors
/// [`Problem`].
pub async fn form(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let desk = desk(&state)?;
    let asked = Query::<Asked>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    let next = Place::from_slug(&asked.tiep);
    let session = session_of(&request);
    if session.as_ref().is_some_and(|token| desk.acting(token, state.now()).is_some()) {
        return Ok(see_other(next.path()));
    }
    let message = match &session {
        Some(_) => Some(Message::Over(desk.terms())),
        None => Message::from_slug(&asked.xong),
    };
    let mut response = show(&request, &state, "", next, message)?;
    if session.is_some() {
        put_cookie(&mut response, &SessionCookie::clear().to_header());
    }
    Ok(response)
}

/// Signs somebody in and leads on, or says that it was not right.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let desk = Arc::clone(desk(&state)?);
    let fields = sent(&request, &state, payload).await?;
    let (account, next) = (fields.one("account")?, Place::from_slug(&fields.one("tiep")?));
    if !Tie::holds(&request, &fields)? {
        return show(&request, &state, &account, next, Some(Message::Stale));
    }
    let (password, code) = (Password::from_typed(&fields.one("password")?), fields.one("code")?);
    let client = ClientPrefix::of(middleware::address(&request, &state));
    let (before, now, typed) = (session_of(&request), state.now(), account.clone());
    let signed_in =
        compare(&state, move || desk.sign_in(&typed, &password, &code, client, before.as_ref(), now)).await?;
    match signed_in {
        Ok(token) => {
            let mut response = see_other(next.path());
            put_cookie(&mut response, &SessionCookie::set(token).to_header());
            Ok(response)
        }
        Err(refusal) => show(&request, &state, &account, next, Some(Message::of(&refusal))),
    }
}

/// Ends the session of the form's browser.
///
/// # Errors
/// [`Problem`].
pub async fn sign_out(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let mut response = see_other(&format!("{PATH}?xong=dang-xuat"));
    match super::submitted(&request, &state, payload, Place::Own).await {
        Ok((visit, _)) => {
            let Some(token) = session_of(&request) else { return Err(Problem::SignInFirst(Place::Own)) };
            let now = state.now();
            actix_web::web::block(move || visit.desk.sign_out(&token, now)).await.map_err(|_| Problem::Busy)?;
        }
        // It is over already, which is what they asked for.
        Err(Problem::SignInFirst(_)) => {}
        Err(other) => return Err(other),
    }
    put_cookie(&mut response, &SessionCookie::clear().to_header());
    Ok(response)
}

/// Somebody reloads the address of a form that only takes POST.
///
/// # Errors
/// Never.
pub async fn back() -> Result<HttpResponse, Problem> {
    Ok(see_other(Place::Own.path()))
}

/// The form with what came of it.
pub(super) fn show(
    request: &HttpRequest,
    state: &AppState,
    account: &str,
    next: Place,
    message: Option<Message>,
) -> Result<HttpResponse, Problem> {
    let tie = Tie::of(request)?;
    let csrf = tie.csrf();
    let status = message.map_or(StatusCode::OK, Message::status);
    let provider = state.openid.as_ref().map(|provider| provider.name());
    let form = Form { csrf: &csrf, account, next, message, provider };
    let mut response = super::super::page_with_secrets(request, state, status, PATH, |frame| page(frame, &form));
    tie.put(&mut response);
    put_retry_after(&mut response, message);
    Ok(response)
}

/// When to try again, where it is worth waiting.
pub(super) fn put_retry_after(response: &mut HttpResponse, message: Option<Message>) {
    match message {
        Some(Message::Wait { retry_after_s }) => site::retry_after(response, retry_after_s),
        _ => site::put_retry_after(response),
    }
}
