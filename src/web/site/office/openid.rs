//! `/co-quan/ben-ngoai` and `/co-quan/ben-ngoai/ve`: to the provider, and back.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::{Place, Tie, cookies, desk, enrolment, put_cookie, sent, session_of, sign_in};
use crate::limits::ClientPrefix;
use crate::offices::{JourneyCookie, SessionCookie, SessionToken};
use crate::openid::{Answer, Provider, Toward};
use crate::portal::office_desk::SignInRefusal;
use crate::web::backend::Work;
use crate::web::pages::office::openid::{Refusal, back, there};
use crate::web::pages::office::sign_in::Message;
use crate::web::problem::Problem;
use crate::web::{AppState, middleware, shedding};

/// Where the provider sends people back to.
pub const RETURN: &str = "/co-quan/ben-ngoai/ve";
/// The page that whoever is on the way can be shown in another language.
const PATH: &str = "/co-quan/dang-nhap";

/// Sends somebody to the provider: to be signed in, or to take up the invitation that they were shown to have.
///
/// # Errors
/// [`Problem`].
pub async fn leave(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (desk, provider) = (desk(&state)?, provider(&state)?);
    let fields = sent(&request, &state, payload).await?;
    let next = Place::from_slug(&fields.one("tiep")?);
    if !Tie::holds(&request, &fields)? {
        return sign_in::show(&request, &state, "", next, Some(Message::Stale));
    }
    let (account, invitation) = (fields.one("account")?, fields.one("invitation")?);
    let toward = if account.is_empty() {
        Toward::SignIn { next: next.slug().to_owned() }
    } else {
        let client = ClientPrefix::of(middleware::address(&request, &state));
        if let Err(refusal) = desk.begin_enrolment(&account, &invitation, client, state.now()) {
            return enrolment::refused(&request, &state, &account, &refusal);
        }
        Toward::Link { account, invitation }
    };
    let (asked, now) = (Arc::clone(&provider), state.now());
    let departure = match ask(&state, move || asked.leave(toward, now)).await? {
        Ok(departure) => departure,
        Err(away) => {
            tracing::warn!(%away, "the provider could not be asked");
            return sign_in::show(&request, &state, "", next, Some(Message::AtProvider(Refusal::Away)));
        }
    };
    let mut response = super::super::page_with_secrets(&request, &state, StatusCode::OK, PATH, |frame| {
        there(frame, provider.name(), &departure.address)
    });
    put_cookie(&mut response, &JourneyCookie::set(departure.cookie).to_header());
    Ok(response)
}

/// Takes somebody in who comes back from the provider, or says why not.
///
/// # Errors
/// [`Problem`].
pub async fn come_back(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let (desk, provider) = (Arc::clone(desk(&state)?), provider(&state)?);
    let address = middleware::address(&request, &state);
    middleware::admit(&state, Work::Disclosure, address).await?;
    let now = state.now();
    let journey = JourneyCookie::read(cookies(&request)).and_then(|sealed| provider.journey(sealed, now));
    let next = journey.as_ref().map_or(Place::Own, |journey| next(journey.toward()));
    let came = match journey {
        None => Err(Message::AtProvider(Refusal::Strayed)),
        Some(journey) => {
            let (answer, before) = (answer(&request), session_of(&request));
            let client = ClientPrefix::of(address);
            let work = move || desk.come_back(&provider, (&journey, &answer), client, before.as_ref(), now);
            ask(&state, work).await?.map_err(|refusal: SignInRefusal| Message::of(&refusal))
        }
    };
    let mut response = match came {
        Ok(token) => signed_in(&request, &state, next, token),
        Err(message) => sign_in::show(&request, &state, "", next, Some(message))?,
    };
    put_cookie(&mut response, &JourneyCookie::clear().to_header());
    Ok(response)
}

fn signed_in(request: &HttpRequest, state: &AppState, next: Place, token: SessionToken) -> HttpResponse {
    let mut response =
        super::super::page_with_secrets(request, state, StatusCode::OK, next.path(), |frame| back(frame, next));
    put_cookie(&mut response, &SessionCookie::set(token).to_header());
    response
}

/// One that cannot be read, or says something twice, answers no journey.
fn answer(request: &HttpRequest) -> Answer {
    Query::<Answer>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default()
}

fn next(toward: &Toward) -> Place {
    match toward {
        Toward::SignIn { next } => Place::from_slug(next),
        Toward::Link { .. } => Place::Own,
    }
}

/// Where there is a provider.
fn provider(state: &AppState) -> Result<Arc<Provider>, Problem> {
    state.openid.clone().ok_or(Problem::NotFound)
}

/// What the provider is asked for, on a thread of its own, when there is a place for it.
async fn ask<T: Send + 'static>(state: &AppState, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    shedding::holding(shedding::provider(state).await?, work).await
}
