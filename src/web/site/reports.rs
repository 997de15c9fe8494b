//! "Báo sai sót": the form of a transcript, and the state of a report. A ticket code is a secret, so it comes
//! by POST and stands in no address.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::HEXLOWER;
use serde::Deserialize;

use crate::portal::answer::Verdict;
use crate::reports::{self, About, Contact, Nonce, TicketCode, Words};
use crate::transcript::TranscriptCode;
use crate::transcript::text::TextFault;
use crate::transcript::time::SchoolYear;
use crate::web::backend::{self, ReportDesk, ReportForm, ReportRefusal, Work};
use crate::web::pages::icons::Tone;
use crate::web::pages::reports::{Fault, Form};
use crate::web::problem::Problem;
use crate::web::text::{Notice, Text};
use crate::web::{AppState, body, middleware, pages};

/// Most bytes of a report's form: 2,000 characters of four bytes, each percent-encoded, and the rest.
const MAX_FORM: usize = 32 * 1024;
/// Most bytes of a ticket's form.
const MAX_TICKET: usize = 1024;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    once: String,
    about: String,
    year: String,
    text: String,
    contact: String,
}

/// The form, for a code on record.
///
/// # Errors
/// [`Problem`].
pub async fn form(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    desk(&state)?;
    let code = super::code(&request)?;
    middleware::admit(&state, Work::Verdict, middleware::address(&request, &state)).await?;
    let years = years(&state, &code).await?;
    let typed = Typed { once: new_nonce()?, ..Typed::default() };
    Ok(show(&request, &state, StatusCode::OK, &code, &years, &typed, &[], None))
}

/// Takes a report, or says what is wrong with it and keeps what was typed.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let desk = Arc::clone(desk(&state)?);
    let code = super::code(&request)?;
    let typed: Typed = read(&request, &state, payload, MAX_FORM).await?;
    let client = middleware::address(&request, &state);
    let years = years(&state, &code).await?;
    let (form, nonce) = match (typed.checked(&years), nonce_of(&typed.once)) {
        (Ok(form), Some(nonce)) => (form, nonce),
        (Ok(_), None) => return Err(Problem::BadRequest("the field once is missing".into())),
        (Err(faults), _) => {
            return Ok(show(&request, &state, StatusCode::BAD_REQUEST, &code, &years, &typed, &faults, None));
        }
    };
    let now = state.now();
    let filed = web::block(move || desk.file(&code, form, &nonce, client, now)).await.map_err(|_| Problem::Busy)?;
    match filed {
        Ok((filed, province)) => {
            let status = if filed.again { StatusCode::OK } else { StatusCode::CREATED };
            let path = format!("/v/{code}/bao-sai-sot");
            Ok(super::page(&request, &state, status, &path, |frame| {
                pages::reports::filed(frame, &code, filed.number, &filed.ticket, filed.again, &province)
            }))
        }
        Err(refusal) => {
            let (status, notice): (_, fn(&Text) -> Notice) = match refusal {
                ReportRefusal::TooMany => (StatusCode::TOO_MANY_REQUESTS, |text| text.reports.too_many),
                ReportRefusal::Full => (StatusCode::TOO_MANY_REQUESTS, |text| text.reports.full),
                ReportRefusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, |text| text.reports.unavailable),
            };
            Ok(show(&request, &state, status, &code, &years, &typed, &[], Some(notice)))
        }
    }
}

/// The field for a ticket code.
///
/// # Errors
/// [`Problem::NotFound`] in a process that takes no reports.
pub async fn ask(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    desk(&state)?;
    Ok(super::page(&request, &state, StatusCode::OK, "/bao-sai-sot", |frame| pages::reports::ask(frame, None)))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ticket {
    ticket: String,
}

/// The state of a report.
///
/// # Errors
/// [`Problem`].
pub async fn follow(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let desk = Arc::clone(desk(&state)?);
    let typed: Ticket = read(&request, &state, payload, MAX_TICKET).await?;
    let page = |status, markup: &dyn Fn(&pages::Frame<'_>) -> maud::Markup| {
        Ok(super::page(&request, &state, status, "/bao-sai-sot", |frame| markup(frame)))
    };
    let Some(ticket) = TicketCode::from_typed(&typed.ticket) else {
        return page(StatusCode::BAD_REQUEST, &|frame| pages::reports::ask(frame, Some(&typed.ticket)));
    };
    let found = web::block(move || desk.by_ticket(&ticket)).await.map_err(|_| Problem::Busy)?;
    match found.map_err(|_| Problem::Busy)? {
        Some(report) => page(StatusCode::OK, &|frame| pages::reports::state(frame, &report)),
        None => page(StatusCode::NOT_FOUND, &|frame| {
            let none = frame.text.reports.no_ticket;
            pages::problem::problem(frame, Tone::Absent, none.title, none.body)
        }),
    }
}

fn desk(state: &AppState) -> Result<&Arc<dyn ReportDesk>, Problem> {
    state.desk.as_ref().ok_or(Problem::NotFound)
}

/// Reads a form of ours, under the limits of what costs more than a verdict.
async fn read<T: serde::de::DeserializeOwned>(
    request: &HttpRequest,
    state: &Data<AppState>,
    payload: Payload,
    cap: usize,
) -> Result<T, Problem> {
    middleware::refuse_foreign_form(request)?;
    middleware::admit(state, Work::Disclosure, middleware::address(request, state)).await?;
    body::require(request, "application/x-www-form-urlencoded")?;
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    let body = body::read(request, payload, cap, deadline).await?;
    let form = Query::<T>::from_query(&String::from_utf8_lossy(&body));
    Ok(form.map_err(|_| Problem::BadRequest("a field stands twice".into()))?.into_inner())
}

/// The years on record; a code without any has nothing to report about.
async fn years(state: &AppState, code: &TranscriptCode) -> Result<Vec<SchoolYear>, Problem> {
    let mut years = Err(Problem::Internal);
    backend::verdict(&*state.backend, code, state.now(), &mut |answer| {
        years = match answer.verdict {
            Verdict::Unknown => Err(Problem::Unknown),
            Verdict::Unchecked => Err(Problem::Busy),
            _ => Ok(answer.sheets.iter().map(|sheet| sheet.school_year).collect()),
        };
    })
    .await;
    let mut years: Vec<SchoolYear> = years?;
    years.sort_unstable();
    years.dedup();
    Ok(years)
}

impl Typed {
    fn checked(&self, years: &[SchoolYear]) -> Result<ReportForm, Vec<Fault>> {
        let mut faults = Vec::new();
        let about = About::from_name(&self.about);
        if about.is_none() {
            faults.push(Fault::About);
        }
        let year = SchoolYear::parse(&self.year);
        if !self.year.is_empty() && !year.is_some_and(|year| years.contains(&year)) {
            faults.push(Fault::Year);
        }
        let text: Result<Words, TextFault> = reports::words(&self.text);
        match &text {
            Ok(_) => {}
            Err(TextFault::Empty) => faults.push(Fault::Empty),
            Err(TextFault::TooLong(_)) => faults.push(Fault::Long),
            Err(_) => faults.push(Fault::Characters),
        }
        let contact = match self.contact.trim() {
            "" => None,
            typed => Some(Contact::new(typed)),
        };
        if matches!(contact, Some(Err(_))) {
            faults.push(Fault::Contact);
        }
        match (about, text, contact.transpose()) {
            (Some(about), Ok(text), Ok(contact)) if faults.is_empty() => {
                Ok(ReportForm { about, school_year: year, text, contact })
            }
            _ => Err(faults),
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "the parts of one page")]
fn show(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    code: &TranscriptCode,
    years: &[SchoolYear],
    typed: &Typed,
    faults: &[Fault],
    refused: Option<fn(&Text) -> Notice>,
) -> HttpResponse {
    let path = format!("/v/{code}/bao-sai-sot");
    let mut response = super::page(request, state, status, &path, |frame| {
        let form = Form {
            code,
            years,
            nonce: &typed.once,
            about: &typed.about,
            year: &typed.year,
            text: &typed.text,
            contact: &typed.contact,
            faults,
            refused: refused.map(|notice| notice(frame.text)),
            keep_days: state.config.reports.keep_days,
        };
        pages::reports::form(frame, &form)
    });
    super::put_retry_after(&mut response);
    response
}

fn new_nonce() -> Result<String, Problem> {
    let mut nonce = Nonce::default();
    getrandom::fill(&mut nonce).map_err(|_| Problem::Internal)?;
    Ok(HEXLOWER.encode(&nonce))
}

fn nonce_of(text: &str) -> Option<Nonce> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}
