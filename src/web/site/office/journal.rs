//! `/co-quan/nhat-ky`: who looked at what, for ministry auditors. What is filtered by is sent by POST: no address names
//! an account or a line.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::ToSpan as _;

use super::{Place, Visit, enter, oversight, submitted};
use crate::journal::JournalFault;
use crate::offices::{Account, OfficeId};
use crate::portal::oversight::{Filter, LineKind};
use crate::transcript::Moment;
use crate::transcript::time::Day;
use crate::web::form::Fields;
use crate::web::pages::office::journal::{Fault, Typed, View, page};
use crate::web::problem::Problem;
use crate::web::{AppState, shedding};

/// The newest lines.
///
/// # Errors
/// [`Problem`].
pub async fn newest(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Journal)?;
    show(&request, &state, &visit, &Typed::default()).await
}

/// Those that are asked for.
///
/// # Errors
/// [`Problem`].
pub async fn filtered(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Journal).await?;
    let typed = typed(&fields)?;
    show(&request, &state, &visit, &typed).await
}

fn typed(fields: &Fields) -> Result<Typed, Problem> {
    let trimmed = |name| fields.one(name).map(|value| value.trim().to_owned());
    Ok(Typed {
        office: trimmed("don-vi")?,
        account: trimmed("tai-khoan")?,
        kind: trimmed("loai")?,
        from: trimmed("tu")?,
        to: trimmed("den")?,
        before: trimmed("truoc")?,
    })
}

async fn show(
    request: &HttpRequest,
    state: &Data<AppState>,
    visit: &Visit,
    typed: &Typed,
) -> Result<HttpResponse, Problem> {
    let oversight = Arc::clone(oversight(state)?);
    let now = state.now();
    let (filter, faults) = asked(typed);
    let lines = match faults.is_empty() {
        false => None,
        true => {
            let (source, place) = (Arc::clone(&oversight), shedding::place(state).await?);
            let read = shedding::holding(place, move || source.lines(&filter)).await;
            Some(read?.map_err(|fault| said(&fault)))
        }
    };
    let offices: Vec<(OfficeId, String)> =
        visit.desk.offices().all().iter().map(|office| (office.id().clone(), office.name().to_string())).collect();
    let view = View {
        stands_out: &oversight.stands_out(now),
        days: state.config.oversight.alerts_days,
        offices: &offices,
        typed,
        faults: &faults,
        lines: lines.as_ref(),
        head: oversight.head(),
        anchor: oversight.anchor(),
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(visit.page(request, state, status, |frame, signed_in| page(frame, signed_in, &view)))
}

/// For operators: where it is. The page says that it is.
fn said(fault: &JournalFault) {
    tracing::error!(%fault, "the journal cannot be read");
}

/// What is asked for, and what of it was not understood.
fn asked(typed: &Typed) -> (Filter, Vec<Fault>) {
    let mut faults = Vec::new();
    let office = read(&typed.office, OfficeId::parse, Fault::Office, &mut faults);
    let account = read(&typed.account.to_ascii_lowercase(), Account::parse, Fault::Account, &mut faults);
    let from = read(&typed.from, |day| start_of(day, 0), Fault::From, &mut faults);
    let to = read(&typed.to, |day| start_of(day, 1), Fault::To, &mut faults);
    let filter =
        Filter { office, account, kind: LineKind::from_name(&typed.kind), from, to, before: typed.before.parse().ok() };
    (filter, faults)
}

fn read<T>(typed: &str, parse: impl Fn(&str) -> Option<T>, fault: Fault, faults: &mut Vec<Fault>) -> Option<T> {
    if typed.is_empty() {
        return None;
    }
    let read = parse(typed);
    if read.is_none() {
        faults.push(fault);
    }
    read
}

/// When a day begins, or so many days after it.
fn start_of(day: &str, after: i64) -> Option<Moment> {
    let date = Day::parse(day)?.date().checked_add(after.days()).ok()?;
    Moment::start_of_day_in_vietnam(date)
}
