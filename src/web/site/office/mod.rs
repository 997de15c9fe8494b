//! Handlers of the pages of offices. [`enter`] is the way into every page behind sign-in, [`submitted`] into every form
//! there: who is signed in, whether their role may, and whether the form is one that we gave to this very session.
//!
//! Passwords are compared on other threads, and only so many at a time: see [`shedding::comparison`].

pub mod batches;
pub mod drafts;
pub mod enrolment;
pub mod journal;
pub mod later;
pub mod members;
pub mod offices;
pub mod openid;
pub mod password;
pub mod search;
pub mod sign_in;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use actix_web::web::{Data, Payload};
use maud::Markup;

use crate::offices::{ActingMember, FormToken, SessionCookie, SessionToken};
use crate::portal::office_desk::OfficeDesk;
use crate::portal::oversight::Oversight;
use crate::web::form::Fields;
use crate::web::pages::Frame;
use crate::web::pages::office::{Place, SignedIn};
use crate::web::problem::Problem;
use crate::web::{AppState, OfficeDoor, middleware, shedding};

/// Most bytes of a form: a password of 128 characters, twice, each of twelve bytes and percent-encoded, and the rest.
const MAX_FORM: usize = 16 * 1024;

/// Where offices are, in a process that has the role.
fn desk(state: &AppState) -> Result<&Arc<OfficeDesk>, Problem> {
    match &state.offices {
        OfficeDoor::Open(desk) => Ok(desk),
        OfficeDoor::Closed => Err(Problem::Busy),
        OfficeDoor::Absent => Err(Problem::NotFound),
    }
}

/// The journal for those who oversee what offices do, and what offices are told of.
fn oversight(state: &AppState) -> Result<&Arc<Oversight>, Problem> {
    state.oversight.as_ref().ok_or(Problem::NotFound)
}

/// Somebody who is signed in, for one request.
struct Visit {
    desk: Arc<OfficeDesk>,
    who: ActingMember,
    csrf: String,
    place: Place,
}

/// Lets whoever is signed in and may do it into a place.
///
/// # Errors
/// [`Problem::SignInFirst`], [`Problem::NotYourRole`].
fn enter(request: &HttpRequest, state: &AppState, place: Place) -> Result<Visit, Problem> {
    let desk = desk(state)?;
    let token = session_of(request).ok_or(Problem::SignInFirst(place))?;
    let who = desk.acting(&token, state.now()).ok_or(Problem::SignInFirst(place))?;
    match who.may(place.action()) {
        true => Ok(Visit { desk: Arc::clone(desk), csrf: token.csrf().to_text(), who, place }),
        false => Err(Problem::NotYourRole),
    }
}

/// The same for a form of ours that came back from this very session.
///
/// # Errors
/// Those of [`enter`], [`Problem::ForeignForm`], [`Problem::StaleForm`], and what is wrong with a body.
async fn submitted(
    request: &HttpRequest,
    state: &AppState,
    payload: Payload,
    place: Place,
) -> Result<(Visit, Fields), Problem> {
    refuse_foreign(request, state)?;
    let visit = enter(request, state, place)?;
    let fields = Fields::read(request, state, payload, MAX_FORM).await?;
    // Read meanwhile: the session may be over by now.
    let token = session_of(request).filter(|token| visit.desk.acting(token, state.now()).is_some());
    let token = token.ok_or(Problem::SignInFirst(place))?;
    match token.csrf().is(&fields.one("form")?) {
        true => Ok((visit, fields)),
        false => Err(Problem::StaleForm),
    }
}

impl Visit {
    /// A page behind sign-in.
    fn page(
        &self,
        request: &HttpRequest,
        state: &AppState,
        status: StatusCode,
        markup: impl FnOnce(&Frame<'_>, &SignedIn<'_>) -> Markup,
    ) -> HttpResponse {
        self.page_at(self.place.path(), request, state, status, markup)
    }

    /// The same with an address of its own.
    fn page_at(
        &self,
        path: &str,
        request: &HttpRequest,
        state: &AppState,
        status: StatusCode,
        markup: impl FnOnce(&Frame<'_>, &SignedIn<'_>) -> Markup,
    ) -> HttpResponse {
        let told = state.oversight.as_ref().filter(|_| self.who.may(Place::Later.action()));
        let untold = told.map_or(0, |oversight| oversight.untold(self.who.office().id()));
        let signed_in = SignedIn { who: &self.who, csrf: &self.csrf, place: self.place, untold };
        super::page_with_secrets(request, state, status, path, |frame| markup(frame, &signed_in))
    }
}

/// Neither who nor what.
impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Visit({:?})", self.place)
    }
}

/// What passwords are compared for, on a thread of its own, when there is a place for it.
async fn compare<T: Send + 'static>(state: &AppState, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    shedding::holding(shedding::comparison(state).await?, work).await
}

/// Refuses a form that another site sent. Browsers say so in either of two headers; `null` is what `no-referrer` makes
/// of the origin on our own forms, and says nothing.
fn refuse_foreign(request: &HttpRequest, state: &AppState) -> Result<(), Problem> {
    middleware::refuse_foreign_form(request)?;
    let ours = |origin: &HeaderValue| {
        let origin = origin.to_str().unwrap_or_default();
        origin == "null" || origin.split_once("://").is_some_and(|(_, host)| state.hosts.is_ours(host))
    };
    match request.headers().get_all(ORIGIN).all(ours) {
        true => Ok(()),
        false => Err(Problem::ForeignForm),
    }
}

fn cookies(request: &HttpRequest) -> impl Iterator<Item = &str> {
    request.headers().get_all(COOKIE).filter_map(|header| header.to_str().ok())
}

fn session_of(request: &HttpRequest) -> Option<SessionToken> {
    SessionCookie::read(cookies(request))
}

/// What ties a form before sign-in to the browser: the token it has, or a new one.
struct Tie {
    token: FormToken,
    is_new: bool,
}

impl Tie {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match FormToken::read(cookies(request)) {
            Some(token) => Ok(Self { token, is_new: false }),
            None => Ok(Self { token: FormToken::generate().ok_or(Problem::Internal)?, is_new: true }),
        }
    }

    fn csrf(&self) -> String {
        self.token.csrf().to_text()
    }

    /// Whether a form is one that this browser was given.
    fn holds(request: &HttpRequest, fields: &Fields) -> Result<bool, Problem> {
        let sent = fields.one("form")?;
        Ok(FormToken::read(cookies(request)).is_some_and(|token| token.csrf().is(&sent)))
    }

    /// Hands a new token to the browser.
    fn put(&self, response: &mut HttpResponse) {
        if self.is_new {
            put_cookie(response, &self.token.to_header());
        }
    }
}

fn put_cookie(response: &mut HttpResponse, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// A form before sign-in: under the limits of what costs more than a verdict, and not from another site.
async fn sent(request: &HttpRequest, state: &Data<AppState>, payload: Payload) -> Result<Fields, Problem> {
    refuse_foreign(request, state)?;
    let client = middleware::address(request, state);
    middleware::admit(state, crate::web::backend::Work::Disclosure, client).await?;
    Fields::read(request, state, payload, MAX_FORM).await
}
