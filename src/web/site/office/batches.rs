//! `/co-quan/lo`: the batches of the office, a file that is handed in, one batch with its progress and its results.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{Place, Visit, desk, enter, refuse_foreign, session_of, submitted};
use crate::batch::jobs::{JobId, State};
use crate::offices::Action;
use crate::portal::batch::{
    BatchDesk, BatchFault, BatchView, DraftsFull, Format, HandedIn, MAX_FILES_BYTES, SourceFault, Tongue,
};
use crate::transcript::text::{Text, is_forbidden};
use crate::web::backend::Batches;
use crate::web::form::{SentFile, Upload};
use crate::web::pages::office::batch::{self, Message};
use crate::web::problem::Problem;
use crate::web::site::lookup::see_other;
use crate::web::text::Language;
use crate::web::{AppState, language, shedding, site};

const PATH: &str = "/co-quan/lo";
const DRAFT: &str = "/co-quan/lo/xem-truoc";

/// Where batches are handed in, in a process that takes them.
pub(super) fn batches(state: &AppState) -> Result<&Arc<dyn Batches>, Problem> {
    desk(state)?;
    state.batches.as_ref().ok_or(Problem::Busy)
}

/// What our own addresses say: a short word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// What was done.
    xong: String,
}

/// The list, and the form that hands one in.
///
/// # Errors
/// [`Problem`].
pub async fn list(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Batches)?;
    let asked = Query::<Asked>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    show(&request, &state, &visit, StatusCode::OK, Message::from_slug(&asked.xong).as_ref())
}

/// The list once more, with what came of a form.
pub(super) fn show(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    message: Option<&Message>,
) -> Result<HttpResponse, Problem> {
    let all = batches(state)?.list(&visit.who);
    let waits = state.drafts.get(visit.who.account(), state.now()).is_some();
    let mut response =
        visit.page(request, state, status, |frame, signed_in| batch::list(frame, signed_in, &all, waits, message));
    site::put_retry_after(&mut response);
    Ok(response)
}

/// Takes a file in and leads on to what it is taken as. Nothing is begun yet.
///
/// # Errors
/// [`Problem`].
pub async fn hand_in(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    refuse_foreign(&request, &state)?;
    let visit = enter(&request, &state, Place::Batches)?;
    batches(&state)?;
    let token = session_of(&request).ok_or(Problem::SignInFirst(Place::Batches))?;
    let place = shedding::handed_in(&state).await?;
    let is_ours = |sent: &str| token.csrf().is(sent);
    let upload = match Upload::read(&request, &state, payload, MAX_FILES_BYTES, is_ours).await {
        Ok(upload) => upload,
        Err(Problem::TooLarge { .. }) => {
            let fault = Message::File(SourceFault::TooLong);
            return show(&request, &state, &visit, StatusCode::PAYLOAD_TOO_LARGE, Some(&fault));
        }
        Err(problem) => return Err(problem),
    };
    // A long file takes its time: the session may be over by now.
    let visit = enter(&request, &state, Place::Batches)?;
    let language = language::of(&request, state.secure).0;
    let file = match file_of(upload, language) {
        Ok(file) => file,
        Err(message) => return show(&request, &state, &visit, StatusCode::BAD_REQUEST, Some(&message)),
    };
    let read = shedding::holding(place, move || BatchDesk::preview(&file).map(|preview| (file, preview))).await;
    let (file, preview) = match read? {
        Ok(read) => read,
        Err(fault) => {
            let message = Message::File(fault);
            return show(&request, &state, &visit, StatusCode::BAD_REQUEST, Some(&message));
        }
    };
    match state.drafts.put(visit.who.account(), file, preview, state.now()) {
        Ok(()) => Ok(see_other(DRAFT)),
        Err(DraftsFull) => {
            show(&request, &state, &visit, StatusCode::SERVICE_UNAVAILABLE, Some(&Message::NoRoomToLook))
        }
    }
}

/// The file that was chosen, or the codes that were pasted; one of the two.
fn file_of(upload: Upload, language: Language) -> Result<HandedIn, Message> {
    let pasted = !upload.text.trim().is_empty();
    let (name, bytes) = match upload.file {
        Some(_) if pasted => return Err(Message::Both),
        Some(SentFile { name, bytes }) => (shown_name(&name), bytes),
        None if pasted => (Some(language.text().batches.pasted_name.to_owned()), upload.text.into_bytes()),
        None => return Err(Message::Nothing),
    };
    let name = name.and_then(|name| Text::new(name).ok()).or_else(|| Text::new("tệp").ok());
    let name = name.ok_or(Message::Nothing)?;
    Ok(HandedIn { name, bytes: Arc::new(bytes), taken: Vec::new() })
}

/// The name of a file without the folders before it and without what cannot be shown.
fn shown_name(sent: &str) -> Option<String> {
    let name = sent.rsplit(['/', '\\']).next()?;
    let name: String = name.nfc().filter(|c| !is_forbidden(*c) && *c != '\n').take(200).collect();
    Some(name).filter(|name| !name.trim().is_empty())
}

fn id_of(request: &HttpRequest) -> Result<JobId, Problem> {
    JobId::parse(request.match_info().get("batch").unwrap_or_default()).ok_or(Problem::NotFound)
}

fn find(state: &AppState, visit: &Visit, id: &JobId) -> Result<BatchView, Problem> {
    batches(state)?.get(&visit.who, id).ok_or(Problem::NotFound)
}

/// One batch.
///
/// # Errors
/// [`Problem`].
pub async fn one(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Batches)?;
    show_one(&request, &state, &visit, id_of(&request)?, None).await
}

async fn show_one(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    id: JobId,
    message: Option<Message>,
) -> Result<HttpResponse, Problem> {
    let view = find(state, visit, &id)?;
    let counts = match view.state {
        State::Waiting => None,
        _ => {
            let (batches, who) = (Arc::clone(batches(state)?), visit.who.clone());
            let counted = web::block(move || batches.counts(&who, &id)).await.map_err(|_| Problem::Busy)?;
            counted.map_err(|fault| tracing::error!(%fault, "results of a batch cannot be read")).ok()
        }
    };
    let status = message.as_ref().map_or(StatusCode::OK, Message::status);
    let mut response = visit.page_at(&format!("{PATH}/{id}"), request, state, status, |frame, signed_in| {
        batch::one(frame, signed_in, &view, counts.as_ref(), message.as_ref())
    });
    site::put_retry_after(&mut response);
    Ok(response)
}

/// Ends a batch, or deletes it.
///
/// # Errors
/// [`Problem`].
pub async fn change(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Batches).await?;
    let id = id_of(&request)?;
    let (batches, who, now) = (Arc::clone(batches(&state)?), visit.who.clone(), state.now());
    let (made, then) = match fields.one("viec")?.as_str() {
        "dung" => (web::block(move || batches.cancel(&who, &id, now).map(drop)).await, format!("{PATH}/{id}")),
        "xoa" => (web::block(move || batches.delete(&who, &id, now)).await, format!("{PATH}?xong=xoa")),
        _ => return Err(Problem::BadRequest("the field viec says nothing that can be done".into())),
    };
    match made.map_err(|_| Problem::Busy)? {
        Ok(()) => Ok(see_other(&then)),
        Err(BatchFault::Unknown) => Err(Problem::NotFound),
        Err(_) => show_one(&request, &state, &visit, id, Some(Message::NotDone)).await,
    }
}

/// How far a batch is.
#[derive(Serialize)]
struct Progress {
    waiting: bool,
    done: u64,
    rows: u64,
}

/// How far it is, for the page's script; keeps nobody signed in.
///
/// # Errors
/// [`Problem`].
pub async fn progress(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let desk = desk(&state)?;
    let who = session_of(&request).and_then(|token| desk.watching(&token, state.now()));
    let who = who.ok_or(Problem::SignInFirst(Place::Batches))?;
    if !who.may(Action::Batch) {
        return Err(Problem::NotYourRole);
    }
    let view = batches(&state)?.get(&who, &id_of(&request)?).ok_or(Problem::NotFound)?;
    let progress = Progress { waiting: view.state == State::Waiting, done: view.done, rows: view.rows };
    Ok(HttpResponse::Ok().json(progress))
}

/// Somebody reloads the address of a file.
///
/// # Errors
/// [`Problem::NotFound`] where no batch is named.
pub async fn back(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Ok(see_other(&format!("{PATH}/{}", id_of(&request)?)))
}

/// What is taken home.
#[derive(Clone, Copy)]
enum Home {
    Table(Format),
    Report,
}

impl Home {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Table(Format::Csv)),
            "xlsx" => Some(Self::Table(Format::Xlsx)),
            "pdf" => Some(Self::Report),
            _ => None,
        }
    }

    /// Media type, and the end of the file's name.
    const fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Table(Format::Csv) => ("text/csv; charset=utf-8", "csv"),
            Self::Table(Format::Xlsx) => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
            Self::Report => ("application/pdf", "pdf"),
        }
    }

    fn named(self, id: &JobId) -> String {
        let (what, ending) = (if matches!(self, Self::Report) { "bao-cao" } else { "ket-qua" }, self.kind().1);
        format!("attachment; filename=\"{what}-{id}.{ending}\"")
    }
}

/// Hands results out.
///
/// # Errors
/// [`Problem`].
pub async fn file(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Batches).await?;
    let id = id_of(&request)?;
    let home = Home::from_name(&fields.one("dang")?)
        .ok_or_else(|| Problem::BadRequest("the field dang names no kind of file".into()))?;
    find(&state, &visit, &id)?;
    // Thousands of rows are set in type, or written: not many at a time.
    let place = shedding::press(&state).await?;
    let tongue = match language::of(&request, state.secure).0 {
        Language::Vietnamese => Tongue::Vi,
        Language::English => Tongue::En,
    };
    let (batches, who, now) = (Arc::clone(batches(&state)?), visit.who.clone(), state.now());
    let made = shedding::holding(place, move || match home {
        Home::Table(format) => batches.results(&who, &id, format, tongue, now),
        Home::Report => batches.report(&who, &id, now),
    })
    .await;
    match made? {
        Ok(bytes) => Ok(download(bytes, home, &id)),
        Err(BatchFault::Unknown) => Err(Problem::NotFound),
        Err(fault) => {
            tracing::error!(%fault, "results of a batch were not handed out");
            show_one(&request, &state, &visit, id, Some(Message::NoFile)).await
        }
    }
}

fn download(bytes: Vec<u8>, home: Home, id: &JobId) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(home.kind().0));
    if let Ok(named) = HeaderValue::from_str(&home.named(id)) {
        headers.insert(CONTENT_DISPOSITION, named);
    }
    response.set_body(BoxBody::new(bytes))
}
