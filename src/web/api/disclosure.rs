//! `POST /api/v1/transcripts/{code}/disclosure`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::json;
use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::portal::evidence::SheetEvidence;
use crate::transcript::contents::{BirthDate, Contents};
use crate::transcript::text::Text;
use crate::transcript::{Group, SheetClaims, strict};
use crate::web::backend::{DiscloseRefusal, Disclosed, DisclosedSheet, SecondFactor, Work};
use crate::web::problem::Problem;
use crate::web::{AppState, body, middleware, shedding, site};

/// Most bytes of a request.
const MAX_BODY: usize = 8192;
/// Bytes of an opened transcript with a few sheets.
pub(super) const TYPICAL: usize = 64 * 1024;

/// What opens a transcript besides its code.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SecondFactor")]
pub(in crate::web) enum Ask {
    /// The learner's birth date.
    BirthDate(AskByBirthDate),
    /// The token from the QR of a soft copy's cover.
    Token(AskByToken),
}

/// The learner's birth date.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ByBirthDate", extend("anyOf" = [
    { "properties": { "date_of_birth": { "pattern": "^.{10}$" } } },
    { "required": ["full_name"], "properties": { "full_name": { "type": "string" } } },
]))]
pub(in crate::web) struct AskByBirthDate {
    /// As far as the record knows it.
    #[schemars(with = "BirthDate")]
    date_of_birth: String,
    /// Where the record knows the birth date in part only.
    #[serde(default)]
    #[schemars(
        length(max = 150),
        regex(
            pattern = r"^[A-Za-z\u00C0-\u024F\u02BC\u0300-\u036F\u1E00-\u1EFF\u2019][A-Za-z\u00C0-\u024F\u02BC\u0300-\u036F\u1E00-\u1EFF\u2019' .-]*$"
        )
    )]
    full_name: Option<String>,
}

/// The token of a soft copy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ByToken")]
pub(in crate::web) struct AskByToken {
    /// As it stands in the QR of the cover.
    token: String,
}

/// An opened transcript: its public verdict, its sheets, and what proves them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Disclosure")]
pub(in crate::web) struct Answer<'a> {
    #[schemars(with = "VerdictAnswer<'static>")]
    verdict: &'a serde_json::Value,
    transcript: Transcript<'a>,
    #[schemars(with = "Vec<SheetEvidence>")]
    evidence: &'a serde_json::Value,
}

impl<'a> From<&'a Disclosed> for Answer<'a> {
    fn from(opened: &'a Disclosed) -> Self {
        let transcript = Transcript { sheets: opened.sheets.iter().map(Sheet::from).collect() };
        Self { verdict: &opened.verdict, transcript, evidence: &opened.evidence }
    }
}

#[derive(Serialize, JsonSchema)]
struct Transcript<'a> {
    sheets: Vec<Sheet<'a>>,
}

/// One opened year: the clear claims and the opened groups under their wire names.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OpenedSheet")]
struct Sheet<'a> {
    verdict: SheetVerdict,
    /// The groups that are open.
    opened: Vec<&'static str>,
    #[schemars(with = "Object")]
    claims: SheetClaims,
    /// The opened groups under the names of the national data dictionary.
    #[schemars(with = "Object")]
    contents: &'a Contents,
}

/// Of a form that is described elsewhere (`docs/format.md`).
type Object = serde_json::Map<String, serde_json::Value>;

impl<'a> From<&'a DisclosedSheet> for Sheet<'a> {
    fn from(sheet: &'a DisclosedSheet) -> Self {
        // The digests belong to the signed payload, which the evidence carries whole.
        let claims = SheetClaims { digests: Vec::new(), digest_algorithm: None, ..sheet.claims.clone() };
        let opened = sheet.contents.groups().iter().map(Group::name).collect();
        Self { verdict: sheet.verdict, opened, claims, contents: &sheet.contents }
    }
}

/// Opens a transcript.
///
/// # Errors
/// [`Problem`].
pub async fn submit(request: HttpRequest, state: Data<AppState>, payload: Payload) -> Result<HttpResponse, Problem> {
    let code = site::code(&request)?;
    middleware::refuse_foreign_form(&request)?;
    shedding::may_disclose(&state)?;
    let client = middleware::address(&request, &state);
    middleware::admit(&state, Work::Disclosure, client).await?;
    body::require(&request, "application/json")?;
    let deadline = Duration::from_millis(state.config.serve.body_deadline_ms);
    let body = body::read(&request, payload, MAX_BODY, deadline).await?;
    let factor = factor(&body)?;
    let place = shedding::place(&state).await?;
    let (backend, now) = (Arc::clone(&state.backend), state.now());
    let result = shedding::holding(place, move || backend.disclose(&code, &factor, client, now)).await;
    let opened = result?.map_err(refusal)?;
    json(StatusCode::OK, &Answer::from(&opened), TYPICAL)
}

fn factor(body: &[u8]) -> Result<SecondFactor, Problem> {
    let unreadable = || {
        Problem::BadRequest(
            "expected either date_of_birth, with full_name where needed, or token, as JSON strings".into(),
        )
    };
    let ask: Ask = strict::from_slice(body, MAX_BODY).map_err(|_| unreadable())?;
    Ok(match ask {
        Ask::BirthDate(ask) => {
            let date = BirthDate::parse(&ask.date_of_birth).ok_or(Problem::BadDate)?;
            let name = ask.full_name.map(|name| Text::<150>::new(name.nfc().collect::<String>()));
            let name = name.transpose().map_err(|_| unreadable())?;
            SecondFactor::BirthDate { date, full_name: name.map(|name| name.as_str().to_owned()) }
        }
        Ask::Token(ask) => SecondFactor::Token(ask.token),
    })
}

fn refusal(refusal: DiscloseRefusal) -> Problem {
    match refusal {
        DiscloseRefusal::Unknown => Problem::Unknown,
        DiscloseRefusal::NotMatching { attempts_left } => Problem::NotMatching { attempts_left },
        DiscloseRefusal::Locked { retry_after_s } => Problem::Locked { retry_after_s },
        DiscloseRefusal::NameNeeded => Problem::NameNeeded,
        DiscloseRefusal::Unchecked | DiscloseRefusal::JournalUnavailable | DiscloseRefusal::LimitsUnavailable => {
            Problem::Busy
        }
        // Machines send no tickets.
        DiscloseRefusal::TokenNotValid | DiscloseRefusal::TicketNotValid => Problem::TokenNotValid,
        DiscloseRefusal::TokenExpired => Problem::TokenExpired,
        DiscloseRefusal::TokenVoided => Problem::TokenVoided,
        DiscloseRefusal::NothingLeft => Problem::NotDisclosable,
    }
}
