//! `/co-quan/lo/xem-truoc`: what a file that was handed in is taken as, before anything of it is looked up.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::batches::{batches, show as show_list};
use super::{Place, Visit, enter, submitted};
use crate::batch::columns::{Field, HeadingFault, Ignored, Preview};
use crate::batch::jobs::{AddRefusal, Input};
use crate::portal::batch::{BatchDesk, BatchRefusal, Draft, HandedIn, SourceFault};
use crate::web::AppState;
use crate::web::form::Fields;
use crate::web::pages::office::batch::{Message, preview};
use crate::web::problem::Problem;
use crate::web::site::lookup::see_other;

const PATH: &str = "/co-quan/lo/xem-truoc";
const LIST: &str = "/co-quan/lo";

/// The file that waits.
///
/// # Errors
/// [`Problem`].
pub async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Batches)?;
    batches(&state)?;
    match state.drafts.get(visit.who.account(), state.now()) {
        Some(draft) => Ok(page(&request, &state, &visit, &draft, None)),
        None => Ok(see_other(&format!("{LIST}?xong=qua-han"))),
    }
}

fn page(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    draft: &Draft,
    fault: Option<&SourceFault>,
) -> HttpResponse {
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    visit.page_at(PATH, request, state, status, |frame, signed_in| preview(frame, signed_in, draft, fault))
}

/// Takes the columns as chosen; shows them once more, begins, or forgets the file.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Batches).await?;
    let (account, now) = (visit.who.account(), state.now());
    let number = fields.one("so")?.parse::<u64>().unwrap_or(0);
    let gone = || Ok(see_other(&format!("{LIST}?xong=qua-han")));
    let what = fields.one("viec")?;
    if what == "bo" {
        state.drafts.remove(account, number, now);
        return Ok(see_other(&format!("{LIST}?xong=bo")));
    }
    if !matches!(what.as_str(), "xem" | "bat-dau") {
        return Err(Problem::BadRequest("the field viec says nothing that can be done".into()));
    }
    let waits = state.drafts.get(account, now).filter(|draft| draft.number == number);
    let Some(mut draft) = waits else { return gone() };
    if draft.preview.input == Input::Table {
        let taken = chosen(&fields, draft.preview.columns.len())?;
        match read_as(&draft, &taken).await? {
            Ok(preview) => {
                draft.preview = preview.clone();
                draft.file.taken = taken.clone();
                if !state.drafts.take_as(account, number, taken, preview, now) {
                    return gone();
                }
            }
            Err(fault) => {
                show_as_chosen(&mut draft, &taken);
                return Ok(page(&request, &state, &visit, &draft, Some(&fault)));
            }
        }
    }
    match what == "bat-dau" {
        true => begin(&request, &state, &visit, draft).await,
        false => Ok(see_other(PATH)),
    }
}

/// The file with its columns taken so.
async fn read_as(draft: &Draft, taken: &[(usize, Field)]) -> Result<Result<Preview, SourceFault>, Problem> {
    // Without any the columns would be taken by their titles again.
    if !taken.iter().any(|(_, field)| *field == Field::Code) {
        return Ok(Err(HeadingFault::NoCode.into()));
    }
    let file = HandedIn { taken: taken.to_vec(), ..draft.file.clone() };
    web::block(move || BatchDesk::preview(&file)).await.map_err(|_| Problem::Busy)
}

/// The selects, `cot-0` and on: a column each, and nothing for those that are not looked at.
fn chosen(fields: &Fields, columns: usize) -> Result<Vec<(usize, Field)>, Problem> {
    let mut taken = Vec::new();
    for (name, value) in fields.with_prefix("cot-") {
        let place = name.parse::<usize>().ok().filter(|place| *place < columns);
        let place = place.ok_or_else(|| Problem::BadRequest("a column that there is not".into()))?;
        taken.extend(Field::from_name(value).map(|field| (place, field)));
    }
    taken.sort_unstable();
    taken.dedup();
    Ok(taken)
}

/// So that nobody has to choose again what cannot be taken so.
fn show_as_chosen(draft: &mut Draft, taken: &[(usize, Field)]) {
    for (place, column) in draft.preview.columns.iter_mut().enumerate() {
        let field = taken.iter().find(|(at, _)| *at == place).map(|(_, field)| *field);
        column.taken = field.ok_or(Ignored::Unknown);
    }
}

async fn begin(request: &HttpRequest, state: &AppState, visit: &Visit, draft: Draft) -> Result<HttpResponse, Problem> {
    // Taken away first: of a button that is pressed twice the second finds nothing.
    let Some(draft) = state.drafts.remove(visit.who.account(), draft.number, state.now()) else {
        return Ok(see_other(LIST));
    };
    let (batches, who, now) = (Arc::clone(batches(state)?), visit.who.clone(), state.now());
    let file = draft.file.clone();
    let begun = web::block(move || batches.begin(&who, &file, now)).await.map_err(|_| Problem::Busy)?;
    let refusal = match begun {
        Ok(view) => return Ok(see_other(&format!("{LIST}/{}", view.id))),
        Err(refusal) => refusal,
    };
    // It waits on, so that nobody has to send it again.
    let kept = state.drafts.put(visit.who.account(), draft.file, draft.preview, now);
    if kept.is_err() {
        tracing::warn!("a file that was not begun with could not wait on");
    }
    let (status, message) = match refusal {
        BatchRefusal::NotAllowed => return Err(Problem::NotYourRole),
        BatchRefusal::Source(fault) => (StatusCode::BAD_REQUEST, Message::File(fault)),
        BatchRefusal::Add(AddRefusal::Waiting(most)) => (StatusCode::CONFLICT, Message::Waiting(most)),
        BatchRefusal::Add(AddRefusal::OfficeFull(most)) => (StatusCode::CONFLICT, Message::OfficeFull(most)),
        BatchRefusal::Add(AddRefusal::Full) => (StatusCode::SERVICE_UNAVAILABLE, Message::Full),
        BatchRefusal::Add(AddRefusal::NotRecorded | AddRefusal::Fault(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, Message::NotDone)
        }
    };
    show_list(request, state, visit, status, Some(&message))
}
