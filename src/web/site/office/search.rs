//! `/co-quan/tim` and `/co-quan/ho-so`: looking for one learner within the grant, and opening what was found. By POST
//! alone, so that no address names anybody.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{Place, Visit, enter, submitted};
use crate::portal::office_search::{OfficeFound, SearchForm, SearchRefusal, Sought};
use crate::portal::told::told;
use crate::search::QueryFault;
use crate::transcript::contents::PersonalId;
use crate::transcript::{Level, SchoolYear, TranscriptCode};
use crate::web::backend::{DiscloseRefusal, OfficeReading, OpenRefusal};
use crate::web::form::Fields;
use crate::web::pages::icons::Tone;
use crate::web::pages::office::record;
use crate::web::pages::office::search::{self, Fault, Outcome, Typed};
use crate::web::problem::Problem;
use crate::web::site::disclosure::{from_parts, shown};
use crate::web::text::{Notice, Text};
use crate::web::{AppState, middleware, pages, shedding, site};

fn reading(state: &AppState) -> Result<&Arc<dyn OfficeReading>, Problem> {
    state.reading.as_ref().ok_or(Problem::NotFound)
}

/// The form.
///
/// # Errors
/// [`Problem`].
pub async fn form(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    reading(&state)?;
    let visit = enter(&request, &state, Place::Search)?;
    Ok(show(&request, &state, &visit, StatusCode::OK, &Typed::default(), Outcome::Nothing))
}

/// Looks for whoever was typed.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let reading = Arc::clone(reading(&state)?);
    let (visit, fields) = submitted(&request, &state, payload, Place::Search).await?;
    let typed = typed(&fields)?;
    let asked = match asked(&typed) {
        Ok(asked) => asked,
        Err(faults) => {
            return Ok(show(&request, &state, &visit, StatusCode::BAD_REQUEST, &typed, Outcome::Faulty(&faults)));
        }
    };
    let place = shedding::place(&state).await?;
    let (who, client, now) = (visit.who.clone(), middleware::address(&request, &state), state.now());
    let searched = shedding::holding(place, move || reading.search(&who, &asked, client, now)).await;
    let searched = searched?;
    answer(&request, &state, &visit, &typed, searched)
}

fn answer(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    typed: &Typed,
    searched: Result<OfficeFound, SearchRefusal>,
) -> Result<HttpResponse, Problem> {
    let page = |status, outcome: Outcome<'_>| show(request, state, visit, status, typed, outcome);
    let later = |outcome: Outcome<'_>| {
        let mut response = page(StatusCode::SERVICE_UNAVAILABLE, outcome);
        site::put_retry_after(&mut response);
        response
    };
    match searched {
        Ok(found) => Ok(page(StatusCode::OK, Outcome::Found(&found))),
        Err(SearchRefusal::Query(fault)) => {
            let fault = match fault {
                QueryFault::Name => Fault::Name,
                QueryFault::School => Fault::School,
                QueryFault::Province => Fault::Province,
            };
            Ok(page(StatusCode::BAD_REQUEST, Outcome::Faulty(&[fault])))
        }
        Err(SearchRefusal::TooMany(refusal)) => {
            let retry_after_s = refusal.retry_after_s;
            let mut response = page(StatusCode::TOO_MANY_REQUESTS, Outcome::TooMany { retry_after_s });
            site::retry_after(&mut response, retry_after_s);
            Ok(response)
        }
        Err(SearchRefusal::Preparing { reflected, size }) => Ok(later(Outcome::Preparing { reflected, size })),
        Err(SearchRefusal::OutOfOrder | SearchRefusal::NotRecorded) => Ok(later(Outcome::Unavailable)),
        Err(SearchRefusal::NotAllowed) => Err(Problem::NotYourRole),
        Err(SearchRefusal::NotHere) => Err(Problem::NotFound),
    }
}

fn show(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    typed: &Typed,
    outcome: Outcome<'_>,
) -> HttpResponse {
    visit.page(request, state, status, |frame, signed_in| search::search(frame, signed_in, typed, outcome))
}

fn typed(fields: &Fields) -> Result<Typed, Problem> {
    Ok(Typed {
        full_name: fields.one("full_name")?,
        day: fields.one("day")?,
        month: fields.one("month")?,
        year: fields.one("year")?,
        number: fields.one("number")?,
        school: fields.one("school")?,
        province: fields.one("province")?,
        school_year: fields.one("school_year")?,
        level: fields.one("level")?,
    })
}

/// Who is meant, or what is wrong with it.
fn asked(typed: &Typed) -> Result<SearchForm, Vec<Fault>> {
    let given = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(SearchForm {
        who: sought(typed)?,
        school: given(&typed.school),
        province: given(&typed.province),
        year: SchoolYear::parse(&typed.school_year),
        level: Level::ALL.into_iter().find(|level| level.slug() == typed.level),
    })
}

fn sought(typed: &Typed) -> Result<Sought, Vec<Fault>> {
    let [name, day, month, year] = [&typed.full_name, &typed.day, &typed.month, &typed.year].map(|text| text.trim());
    let number: String = typed.number.chars().filter(|c| !c.is_whitespace()).collect();
    let by_name = [name, day, month, year].iter().any(|text| !text.is_empty());
    match (by_name, number.is_empty()) {
        (false, true) => Err(vec![Fault::Who]),
        (true, false) => Err(vec![Fault::Both]),
        (false, false) => PersonalId::parse(&number).map(Sought::Numbered).ok_or_else(|| vec![Fault::Number]),
        (true, true) => {
            let birth = from_parts(day, month, year);
            match (name.is_empty(), birth) {
                (false, Some(birth)) => Ok(Sought::Named { name: name.to_owned(), birth }),
                (no_name, birth) => {
                    let faults = [(no_name, Fault::Name), (birth.is_none(), Fault::Birth)];
                    Err(faults.into_iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| fault).collect())
                }
            }
        }
    }
}

/// Opens a transcript that was found.
///
/// # Errors
/// [`Problem`].
pub async fn open(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let reading = Arc::clone(reading(&state)?);
    let (visit, fields) = submitted(&request, &state, payload, Place::Search).await?;
    let code = TranscriptCode::from_typed(&fields.one("code")?)
        .map_err(|_| Problem::BadRequest("the field code is not a code".into()))?;
    let place = shedding::place(&state).await?;
    let (who, client, now) = (visit.who.clone(), middleware::address(&request, &state), state.now());
    let opened = shedding::holding(place, move || reading.open(&who, &code, client, now)).await;
    let opened = match opened? {
        Ok(opened) => opened,
        Err(refusal) => return refused(&request, &state, &visit, refusal),
    };
    let told = told(&opened.evidence).unwrap_or_default();
    site::verdict::with_verdict(&state, &code, |answer| {
        visit.page(&request, &state, StatusCode::OK, |frame, signed_in| {
            let opened = shown(&state, &opened);
            let more = pages::evidence::opened(frame, &code, &told, opened.again());
            record::record(frame, signed_in, answer, &opened, &more)
        })
    })
    .await
}

fn refused(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    refusal: OpenRefusal,
) -> Result<HttpResponse, Problem> {
    type Said = fn(&Text) -> Notice;
    let (status, tone, why): (_, _, Said) = match refusal {
        OpenRefusal::NotHere => return Err(Problem::NotFound),
        OpenRefusal::NotAllowed => return Err(Problem::NotYourRole),
        OpenRefusal::TooMany(refusal) => return Err(Problem::TooMany { retry_after_s: refusal.retry_after_s }),
        OpenRefusal::NothingGranted => {
            (StatusCode::FORBIDDEN, Tone::Caution, |text| text.office_search.nothing_granted)
        }
        OpenRefusal::NotOpened(DiscloseRefusal::Unknown) => {
            (StatusCode::NOT_FOUND, Tone::Absent, |text| text.office_search.not_here)
        }
        OpenRefusal::NotOpened(DiscloseRefusal::NothingLeft) => {
            (StatusCode::FORBIDDEN, Tone::Bad, |text| text.ask.closed)
        }
        OpenRefusal::NotOpened(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, Tone::Undecided, |text| text.office_search.unavailable)
        }
    };
    let mut response = visit.page(request, state, status, |frame, signed_in| {
        let why = why(frame.text);
        record::nothing(frame, signed_in, tone, why, why.body)
    });
    site::put_retry_after(&mut response);
    Ok(response)
}
