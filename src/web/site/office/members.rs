//! `/co-quan/thanh-vien`: members of the own office, for its administrators.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{Place, Visit, enter, submitted};
use crate::journal::Reason;
use crate::offices::{Account, ChangeRefusal, MemberChange, MemberName, OfficeFault, Role};
use crate::portal::office_desk::{MemberView, OfficeAnswer, OfficeView};
use crate::transcript::text::Text;
use crate::web::AppState;
use crate::web::form::Fields;
use crate::web::pages::office::members::{self, Act, Changing, Fault, New, ROLES};
use crate::web::problem::Problem;

const ENROL: &str = "/co-quan/kich-hoat";

/// The list.
///
/// # Errors
/// [`Problem`].
pub async fn list(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let visit = enter(&request, &state, Place::Members)?;
    Ok(show(&request, &state, &visit, &New::default()))
}

fn show(request: &HttpRequest, state: &AppState, visit: &Visit, new: &New<'_>) -> HttpResponse {
    let office = OfficeView::of(visit.who.office(), state.now());
    let status = if new.faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    visit.page(request, state, status, |frame, signed_in| members::list(frame, signed_in, &office.members, new))
}

/// Invites somebody new.
///
/// # Errors
/// [`Problem`].
pub async fn add(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Members).await?;
    let [full_name, member, role, reason] = ["full_name", "member", "role", "reason"].map(|name| fields.one(name));
    let (full_name, member, role, reason) = (full_name?, member?, role?, reason?);
    let new = |faults| New { full_name: &full_name, member: &member, role: &role, reason: &reason, faults };
    let (change, why) = match invitation(&visit, &new(&[])) {
        Ok(change) => change,
        Err(faults) => return Ok(show(&request, &state, &visit, &new(&faults))),
    };
    match make(&request, &state, &visit, change, why).await? {
        Ok(response) => Ok(response),
        Err(fault) => Ok(show(&request, &state, &visit, &new(&[fault]))),
    }
}

fn invitation(visit: &Visit, new: &New<'_>) -> Result<(MemberChange, Reason), Vec<Fault>> {
    let full_name = Text::<150>::new(new.full_name.trim());
    let office = visit.who.account().office.clone();
    let name = MemberName::parse(&new.member.trim().to_ascii_lowercase());
    let role = Role::from_name(new.role).filter(|role| ROLES.contains(role));
    let reason = Reason::new(new.reason.trim());
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault| {
        if !holds {
            faults.push(fault)
        }
    };
    check(full_name.is_ok(), Fault::FullName);
    check(name.is_some(), Fault::ShortName);
    check(role.is_some(), Fault::Action);
    check(reason.is_ok(), Fault::Reason);
    match (full_name, name, role, reason) {
        (Ok(full_name), Some(member), Some(role), Ok(reason)) => {
            Ok((MemberChange::Add { account: Account { office, member }, full_name, role }, reason))
        }
        _ => Err(faults),
    }
}

/// Shows one member with what may be changed, or changes it.
///
/// # Errors
/// [`Problem`].
pub async fn change(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let (visit, fields) = submitted(&request, &state, payload, Place::Members).await?;
    let account = fields.one("account")?;
    let office = OfficeView::of(visit.who.office(), state.now());
    let Some(member) = office.members.into_iter().find(|member| is_theirs(&visit, member, &account)) else {
        return Ok(show(&request, &state, &visit, &New { faults: &[Fault::NotYours], ..New::default() }));
    };
    let (action, reason) = (fields.one("action")?, fields.one("reason")?);
    let again = |faults: &[Fault]| {
        let changing = Changing { member: &member, action: &action, reason: &reason, faults };
        let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        visit.page(&request, &state, status, |frame, signed_in| members::change(frame, signed_in, &changing))
    };
    if fields.one("buoc")? != "2" {
        return Ok(again(&[]));
    }
    let (change, why) = match chosen(&member, &fields)? {
        Ok(chosen) => chosen,
        Err(faults) => return Ok(again(&faults)),
    };
    match make(&request, &state, &visit, change, why).await? {
        Ok(response) => Ok(response),
        Err(fault) => Ok(again(&[fault])),
    }
}

fn is_theirs(visit: &Visit, member: &MemberView, account: &str) -> bool {
    member.account.to_string() == account && member.account != *visit.who.account() && member.role.is_of_the_office()
}

type Chosen = Result<(MemberChange, Reason), Vec<Fault>>;

fn chosen(member: &MemberView, fields: &Fields) -> Result<Chosen, Problem> {
    let action = fields.one("action")?;
    let act = Act::of(member).into_iter().find(|act| act.name() == action);
    let reason = Reason::new(fields.one("reason")?.trim());
    let account = member.account.clone();
    Ok(match (act, reason) {
        (Some(act), Ok(reason)) => {
            let change = match act {
                Act::Disable => MemberChange::Disable { account },
                Act::Reset => MemberChange::Reset { account },
                Act::Readmit => MemberChange::Readmit { account },
                Act::Make(role) => MemberChange::SetRole { account, role },
            };
            Ok((change, reason))
        }
        (act, reason) => {
            let faults = [(act.is_none(), Fault::Action), (reason.is_err(), Fault::Reason)];
            Err(faults.into_iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| fault).collect())
        }
    })
}

/// Makes a change and shows what came of it. A refusal that the form can say is a fault of it.
async fn make(
    request: &HttpRequest,
    state: &AppState,
    visit: &Visit,
    change: MemberChange,
    reason: Reason,
) -> Result<Result<HttpResponse, Fault>, Problem> {
    let (desk, who, now) = (visit.desk.clone(), visit.who.clone(), state.now());
    let account = change.account().clone();
    let made = web::block(move || desk.change_member(&who, change, reason, now)).await.map_err(|_| Problem::Busy)?;
    let answer = match made {
        Ok(answer) => answer,
        Err(refusal) => return fault(&refusal).map(Err),
    };
    let (office, invitation) = match answer {
        OfficeAnswer::Office(office) => (office, None),
        OfficeAnswer::Invited { office, code, until, .. } => (office, Some((code, until))),
        OfficeAnswer::List(_) => return Err(Problem::Internal),
    };
    let member = office.members.into_iter().find(|member| member.account == account).ok_or(Problem::Internal)?;
    let enrol_at = format!("{}{ENROL}", state.config.portal.public_url);
    Ok(Ok(visit.page(request, state, StatusCode::OK, |frame, signed_in| match &invitation {
        Some((code, until)) => members::invited(frame, signed_in, &member, (code, *until), &enrol_at),
        None => members::done(frame, signed_in, &member),
    })))
}

fn fault(refusal: &ChangeRefusal) -> Result<Fault, Problem> {
    match refusal {
        ChangeRefusal::AccountExists(_) => Ok(Fault::Exists),
        ChangeRefusal::Office(OfficeFault::Members) => Ok(Fault::Full),
        ChangeRefusal::NotRecorded | ChangeRefusal::Fault(_) => Err(Problem::Busy),
        _ => Ok(Fault::NotYours),
    }
}
