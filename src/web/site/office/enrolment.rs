//! `/co-quan/kich-hoat`: with an invitation, in two steps between which nothing is kept.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::sign_in::put_retry_after;
use super::{Tie, compare, desk, sent};
use crate::limits::ClientPrefix;
use crate::offices::{Account, EnrolRefusal, Enrolment, NewPassword, Password};
use crate::portal::office_desk::{OfficeDesk, SignInRefusal};
use crate::soft_copy::qr::Qr;
use crate::web::form::Fields;
use crate::web::pages::office::enrolment::{Fault, NotYet, SetUp, ask, set_up};
use crate::web::pages::office::sign_in::Message;
use crate::web::problem::Problem;
use crate::web::site::lookup::see_other;
use crate::web::{AppState, middleware};

const PATH: &str = "/co-quan/kich-hoat";

/// The first step.
///
/// # Errors
/// [`Problem`].
pub async fn form(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    desk(&state)?;
    first(&request, &state, "", None)
}

/// What was sent with an invitation.
struct Sent {
    account: String,
    invitation: String,
    client: ClientPrefix,
}

/// Takes an invitation, or completes what it began.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let desk = Arc::clone(desk(&state)?);
    let fields = sent(&request, &state, payload).await?;
    let client = ClientPrefix::of(middleware::address(&request, &state));
    let sent = Sent { account: fields.one("account")?, invitation: fields.one("invitation")?, client };
    if !Tie::holds(&request, &fields)? {
        return first(&request, &state, &sent.account, Some(NotYet::Refused(Message::Stale)));
    }
    if fields.one("buoc")? != "2" {
        return second(&request, &state, &desk, &sent, None);
    }
    let password = match chosen(&fields, &sent.account)? {
        Ok(password) => password,
        Err(fault) => return second(&request, &state, &desk, &sent, Some(fault)),
    };
    let code = fields.one("code")?;
    let (now, at, account, invitation) =
        (state.now(), Arc::clone(&desk), sent.account.clone(), sent.invitation.clone());
    let enrolled =
        compare(&state, move || at.complete_enrolment((&account, &invitation), &password, &code, client, now));
    match enrolled.await? {
        Ok(()) => Ok(see_other("/co-quan/dang-nhap?xong=kich-hoat")),
        Err(SignInRefusal::NotEnrolled(EnrolRefusal::Totp)) => {
            second(&request, &state, &desk, &sent, Some(Fault::Code))
        }
        Err(refusal) => refused(&request, &state, &sent.account, &refusal),
    }
}

/// The password that was typed twice.
pub(super) fn chosen(fields: &Fields, account: &str) -> Result<Result<NewPassword, Fault>, Problem> {
    let (password, again) = (fields.one("password")?, fields.one("again")?);
    let Some(account) = Account::from_typed(account) else { return Ok(Err(Fault::Differ)) };
    Ok(match Password::chosen(&password, &account) {
        Err(fault) => Err(Fault::Password(fault)),
        Ok(_) if password != again => Err(Fault::Differ),
        Ok(password) => Ok(password),
    })
}

fn not_yet(refusal: &SignInRefusal) -> NotYet {
    match refusal {
        SignInRefusal::Wait(wait) => NotYet::Refused(Message::Wait { retry_after_s: wait.retry_after_s }),
        SignInRefusal::NotEnrolled(EnrolRefusal::NoInvitation | EnrolRefusal::Totp) => NotYet::NoInvitation,
        SignInRefusal::NotEnrolled(_) | SignInRefusal::NotIn(_) | SignInRefusal::NotIdentified(_) => {
            NotYet::Refused(Message::Unavailable)
        }
    }
}

fn first(
    request: &HttpRequest,
    state: &AppState,
    account: &str,
    not_yet: Option<NotYet>,
) -> Result<HttpResponse, Problem> {
    let tie = Tie::of(request)?;
    let csrf = tie.csrf();
    let message = match not_yet {
        Some(NotYet::Refused(message)) => Some(message),
        _ => None,
    };
    let status = match (not_yet, message) {
        (None, _) => StatusCode::OK,
        (Some(_), None) => StatusCode::FORBIDDEN,
        (Some(_), Some(message)) => message.status(),
    };
    let mut response =
        super::super::page_with_secrets(request, state, status, PATH, |frame| ask(frame, &csrf, account, not_yet));
    tie.put(&mut response);
    put_retry_after(&mut response, message);
    Ok(response)
}

/// The first step again, and why it did not lead on.
pub(super) fn refused(
    request: &HttpRequest,
    state: &AppState,
    account: &str,
    refusal: &SignInRefusal,
) -> Result<HttpResponse, Problem> {
    first(request, state, account, Some(not_yet(refusal)))
}

/// The second step, for whoever has the invitation; the first one for anybody else.
fn second(
    request: &HttpRequest,
    state: &AppState,
    desk: &OfficeDesk,
    sent: &Sent,
    fault: Option<Fault>,
) -> Result<HttpResponse, Problem> {
    match desk.begin_enrolment(&sent.account, &sent.invitation, sent.client, state.now()) {
        Ok(enrolment) => show_second(request, state, &enrolment, &sent.invitation, fault),
        Err(refusal) => refused(request, state, &sent.account, &refusal),
    }
}

fn show_second(
    request: &HttpRequest,
    state: &AppState,
    enrolment: &Enrolment,
    invitation: &str,
    fault: Option<Fault>,
) -> Result<HttpResponse, Problem> {
    let qr = Qr::of(&enrolment.totp.uri(&enrolment.account)).map_err(|_| Problem::Internal)?;
    let csrf = Tie::of(request)?.csrf();
    let provider = state.openid.as_ref().map(|provider| provider.name());
    let step = SetUp { csrf: &csrf, enrolment, invitation, fault, provider };
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(super::super::page_with_secrets(request, state, status, PATH, |frame| set_up(frame, &step, &qr)))
}
