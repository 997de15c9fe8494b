//! `POST /v/{code}`: the second factor opens the transcript page. What a form sends, and what keeps it
//! from opening, is the same for the page of the comparison ([`super::paper`]).

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};

use crate::portal::told::told;
use crate::transcript::TranscriptCode;
use crate::transcript::contents::BirthDate;
use crate::transcript::paper::Typed;
use crate::web::backend::{DiscloseRefusal, Disclosed, SecondFactor, Work};
use crate::web::pages::second_factor::{Asked, Outcome, Then};
use crate::web::pages::transcript::Opened;
use crate::web::problem::Problem;
use crate::web::{AppState, body, middleware, pages, shedding};

/// Most bytes of the form.
pub(super) const MAX_FORM: usize = 8192;
/// Most characters of a name.
const MAX_NAME: usize = 150;

/// What the pages' forms send; scripts may send `date_of_birth` or `token` in place of the three fields.
#[derive(Default)]
pub(super) struct Form {
    day: String,
    month: String,
    year: String,
    full_name: String,
    date_of_birth: String,
    token: String,
    ticket: String,
    /// The school year of an extract; empty: all years.
    pub(super) extract: String,
    /// What was typed and ticked from paper.
    pub(super) typed: Typed,
}

/// Opens the transcript, or says on the same page why not.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    let form = read(&request, &state, payload, MAX_FORM).await?;
    let opened = match open(&request, &state, &code, &form, Then::Transcript).await? {
        Ok(opened) => opened,
        Err(page) => return Ok(page),
    };
    let told = told(&opened.evidence).unwrap_or_default();
    super::verdict::with_verdict(&state, &code, |answer| {
        let path = format!("/v/{code}");
        super::page(&request, &state, StatusCode::OK, &path, |frame| {
            let opened = shown(&state, &opened);
            let more = pages::evidence::opened(frame, &code, &told, opened.again());
            pages::transcript::transcript(frame, answer, &opened, &more)
        })
    })
    .await
}

/// An opened transcript as its pages show it.
pub(super) fn shown<'a>(state: &'a AppState, opened: &'a Disclosed) -> Opened<'a> {
    Opened {
        sheets: &opened.sheets,
        opening: &opened.opening,
        public_url: &state.config.portal.public_url,
        looks: opened.looks.as_ref(),
        issues_copies: state.soft_copies.as_ref().is_some_and(|desk| desk.issues()),
    }
}

/// Lets a form in and reads it.
pub(super) async fn read(
    request: &HttpRequest,
    state: &AppState,
    payload: Payload,
    most: usize,
) -> Result<Form, Problem> {
    middleware::refuse_foreign_form(request)?;
    shedding::may_disclose(state)?;
    middleware::admit(state, Work::Disclosure, middleware::address(request, state)).await?;
    body::require(request, "application/x-www-form-urlencoded")?;
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    let body = body::read(request, payload, most, deadline).await?;
    let pairs = Query::<Vec<(String, String)>>::from_query(&String::from_utf8_lossy(&body))
        .map_err(|_| Problem::BadRequest("expected the fields of a form".into()))?;
    Form::of(pairs.into_inner())
}

/// What the form's second factor opens; else the page that says why not and leads on to where it was going.
pub(super) async fn open(
    request: &HttpRequest,
    state: &Data<AppState>,
    code: &TranscriptCode,
    form: &Form,
    then: Then<'_>,
) -> Result<Result<Disclosed, HttpResponse>, Problem> {
    let factor = match form.factor() {
        Ok(factor) => factor,
        Err(outcome) => return again(request, state, code, form, then, outcome).await.map(Err),
    };
    let place = shedding::place(state).await?;
    let client = middleware::address(request, state);
    let (backend, now, asked) = (Arc::clone(&state.backend), state.now(), *code);
    let result = shedding::holding(place, move || backend.disclose(&asked, &factor, client, now)).await;
    match result? {
        Ok(opened) => Ok(Ok(opened)),
        Err(refusal) => again(request, state, code, form, then, outcome(refusal)).await.map(Err),
    }
}

impl Form {
    /// Each field once; what no form of ours has is left out.
    fn of(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut form = Self::default();
        for (name, value) in pairs {
            let field = match name.as_str() {
                "day" => &mut form.day,
                "month" => &mut form.month,
                "year" => &mut form.year,
                "full_name" => &mut form.full_name,
                "date_of_birth" => &mut form.date_of_birth,
                "token" => &mut form.token,
                "ticket" => &mut form.ticket,
                "nam-hoc" => &mut form.extract,
                "g" => {
                    form.typed.tick(value);
                    continue;
                }
                _ => {
                    if let Some(cell) = name.strip_prefix("v.") {
                        form.typed.put(cell.to_owned(), value);
                    }
                    continue;
                }
            };
            if !field.is_empty() {
                return Err(Problem::BadRequest("a field stands twice".into()));
            }
            *field = value;
        }
        Ok(form)
    }

    fn date(&self) -> Option<BirthDate> {
        match self.date_of_birth.trim() {
            "" => from_parts(self.day.trim(), self.month.trim(), self.year.trim()),
            text => BirthDate::parse(text),
        }
    }

    pub(super) fn factor(&self) -> Result<SecondFactor, Outcome> {
        if !self.ticket.is_empty() {
            return Ok(SecondFactor::Ticket(self.ticket.clone()));
        }
        if !self.token.is_empty() {
            return Ok(SecondFactor::Token(self.token.clone()));
        }
        let date = self.date().ok_or(Outcome::BadDate)?;
        let name = self.full_name.trim();
        if name.chars().count() > MAX_NAME {
            return Err(Outcome::NameNeeded);
        }
        Ok(SecondFactor::BirthDate { date, full_name: (!name.is_empty()).then(|| name.to_owned()) })
    }
}

/// Three fields; day, or day and month, may be blank.
pub(super) fn from_parts(day: &str, month: &str, year: &str) -> Option<BirthDate> {
    let two = |text: &str| match text.as_bytes() {
        [d @ b'0'..=b'9'] => Some(format!("0{}", char::from(*d))),
        [b'0'..=b'9', b'0'..=b'9'] => Some(text.to_owned()),
        _ => None,
    };
    match (day, month) {
        ("", "") => BirthDate::parse(year),
        ("", month) => BirthDate::parse(&format!("{year}-{}", two(month)?)),
        (day, month) => BirthDate::parse(&format!("{year}-{}-{}", two(month)?, two(day)?)),
    }
    .filter(|_| year.len() == 4)
}

pub(super) fn outcome(refusal: DiscloseRefusal) -> Outcome {
    match refusal {
        DiscloseRefusal::NotMatching { attempts_left } => Outcome::Mismatch { attempts_left },
        DiscloseRefusal::Locked { retry_after_s } => Outcome::Locked { retry_after_s },
        DiscloseRefusal::NameNeeded => Outcome::NameNeeded,
        DiscloseRefusal::JournalUnavailable | DiscloseRefusal::Unchecked | DiscloseRefusal::LimitsUnavailable => {
            Outcome::Unavailable
        }
        DiscloseRefusal::NothingLeft => Outcome::Closed,
        DiscloseRefusal::TokenNotValid => Outcome::BadToken,
        DiscloseRefusal::TicketNotValid => Outcome::Expired,
        DiscloseRefusal::TokenExpired => Outcome::TokenExpired,
        DiscloseRefusal::TokenVoided => Outcome::TokenVoided,
        // The verdict page says so itself.
        DiscloseRefusal::Unknown => Outcome::NotAsked,
    }
}

/// The verdict page once more, with the form and what is wrong with it.
pub(super) async fn again(
    request: &HttpRequest,
    state: &AppState,
    code: &TranscriptCode,
    form: &Form,
    then: Then<'_>,
    outcome: Outcome,
) -> Result<HttpResponse, Problem> {
    let asked =
        Asked { outcome, day: &form.day, month: &form.month, year: &form.year, full_name: &form.full_name, then };
    let status = match outcome {
        Outcome::Mismatch { .. }
        | Outcome::BadToken
        | Outcome::TokenExpired
        | Outcome::TokenVoided
        | Outcome::Closed
        | Outcome::Expired => StatusCode::FORBIDDEN,
        Outcome::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
        Outcome::NameNeeded | Outcome::BadDate => StatusCode::BAD_REQUEST,
        Outcome::Unavailable | Outcome::Paused => StatusCode::SERVICE_UNAVAILABLE,
        Outcome::NotAsked => StatusCode::NOT_FOUND,
    };
    let mut response = super::verdict::with_verdict(state, code, |answer| {
        let path = format!("/v/{code}");
        super::page(request, state, status, &path, |frame| pages::verdict::verdict(frame, answer, &asked))
    })
    .await?;
    if let Outcome::Locked { retry_after_s } = outcome {
        Problem::Locked { retry_after_s }.put_headers(&mut response);
    }
    Ok(response)
}
