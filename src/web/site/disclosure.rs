//! `POST /v/{code}`: the second factor opens the transcript page.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::transcript::TranscriptCode;
use crate::transcript::contents::BirthDate;
use crate::web::backend::{DiscloseRefusal, Disclosed, SecondFactor, Work};
use crate::web::pages::second_factor::{Asked, Outcome};
use crate::web::problem::Problem;
use crate::web::{AppState, body, middleware, pages, shedding};

/// Most bytes of the form.
const MAX_FORM: usize = 8192;
/// Most characters of a name.
const MAX_NAME: usize = 150;

/// What the page's form sends; scripts may send `date_of_birth` or `token` in place of the three fields.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Form {
    day: String,
    month: String,
    year: String,
    full_name: String,
    date_of_birth: String,
    token: String,
}

/// Opens the transcript, or says on the same page why not.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = super::code(&request)?;
    middleware::refuse_foreign_form(&request)?;
    shedding::may_disclose(&state)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Disclosure, client).await?;
    body::require(&request, "application/x-www-form-urlencoded")?;
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    let body = body::read(&request, payload, MAX_FORM, deadline).await?;
    let form = Query::<Form>::from_query(&String::from_utf8_lossy(&body))
        .map_err(|_| Problem::BadRequest("a field stands twice".into()))?
        .into_inner();
    let factor = match form.factor() {
        Ok(factor) => factor,
        Err(outcome) => return again(&request, &state, &code, &form, outcome).await,
    };
    let place = shedding::place(&state).await?;
    let (backend, now) = (Arc::clone(&state.backend), state.now());
    let result = web::block(move || {
        let _place = place;
        backend.disclose(&code, &factor, client, now)
    })
    .await;
    match result.map_err(|_| Problem::Busy)? {
        Ok(opened) => opened_page(&request, &state, &code, &opened).await,
        Err(refusal) => refused(&request, &state, &code, &form, refusal).await,
    }
}

impl Form {
    fn factor(&self) -> Result<SecondFactor, Outcome> {
        if !self.token.is_empty() {
            return Ok(SecondFactor::Token(self.token.clone()));
        }
        let date = match self.date_of_birth.trim() {
            "" => from_parts(self.day.trim(), self.month.trim(), self.year.trim()),
            text => BirthDate::parse(text),
        };
        let date = date.ok_or(Outcome::BadDate)?;
        let name = self.full_name.trim();
        if name.chars().count() > MAX_NAME {
            return Err(Outcome::NameNeeded);
        }
        Ok(SecondFactor::BirthDate { date, full_name: (!name.is_empty()).then(|| name.to_owned()) })
    }
}

/// Three fields; day, or day and month, may be blank.
fn from_parts(day: &str, month: &str, year: &str) -> Option<BirthDate> {
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

async fn opened_page(
    request: &HttpRequest,
    state: &AppState,
    code: &TranscriptCode,
    opened: &Disclosed,
) -> Result<HttpResponse, Problem> {
    super::verdict::with_verdict(state, code, |answer| {
        let path = format!("/v/{code}");
        super::page(request, state, StatusCode::OK, &path, |frame| {
            pages::transcript::transcript(frame, answer, &opened.sheets, &opened.opening)
        })
    })
    .await
}

async fn refused(
    request: &HttpRequest,
    state: &AppState,
    code: &TranscriptCode,
    form: &Form,
    refusal: DiscloseRefusal,
) -> Result<HttpResponse, Problem> {
    let outcome = match refusal {
        DiscloseRefusal::NotMatching { attempts_left } => Outcome::Mismatch { attempts_left },
        DiscloseRefusal::Locked { retry_after_s } => Outcome::Locked { retry_after_s },
        DiscloseRefusal::NameNeeded => Outcome::NameNeeded,
        DiscloseRefusal::JournalUnavailable | DiscloseRefusal::Unchecked | DiscloseRefusal::LimitsUnavailable => {
            Outcome::Unavailable
        }
        DiscloseRefusal::NothingLeft => Outcome::Closed,
        DiscloseRefusal::TokenNotValid => Outcome::BadToken,
        DiscloseRefusal::TokenExpired => Outcome::TokenExpired,
        DiscloseRefusal::TokenVoided => Outcome::TokenVoided,
        // The verdict page says so itself.
        DiscloseRefusal::Unknown => Outcome::NotAsked,
    };
    again(request, state, code, form, outcome).await
}

/// The verdict page once more, with the form and what is wrong with it.
async fn again(
    request: &HttpRequest,
    state: &AppState,
    code: &TranscriptCode,
    form: &Form,
    outcome: Outcome,
) -> Result<HttpResponse, Problem> {
    let asked = Asked { outcome, day: &form.day, month: &form.month, year: &form.year, full_name: &form.full_name };
    let status = match outcome {
        Outcome::Mismatch { .. }
        | Outcome::BadToken
        | Outcome::TokenExpired
        | Outcome::TokenVoided
        | Outcome::Closed => StatusCode::FORBIDDEN,
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
