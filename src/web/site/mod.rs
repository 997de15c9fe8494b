//! Handlers of the pages, one place per file.

pub mod disclosure;
pub mod evidence;
pub mod files;
pub mod home;
pub mod ledger;
pub mod lookup;
pub mod office;
pub mod paper;
pub mod receipt;
pub mod reports;
pub mod scan;
pub mod schools;
pub mod share;
pub mod soft_copy;
pub mod verdict;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER, SET_COOKIE, VARY};
use maud::Markup;

use super::backend::PublicLedger;
use super::compress::Coding;
use super::pages::Frame;
use super::pages::shared::Shared;
use super::problem::{BUSY_RETRY_S, Problem, TypedText};
use super::routes::Surface;
use super::text::Language;
use super::{AppState, OfficeDoor, compress, language};
use crate::portal::answer::Verdict;
use crate::transcript::TranscriptCode;
use crate::transcript::code::{CodeFault, MAX_TYPED_CODE};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const VARIES: HeaderValue = HeaderValue::from_static("Accept-Encoding, Accept-Language, Cookie");

/// A page in the visitor's language. `path` is where the language links lead: never what was typed,
/// so that no link of ours can lead anywhere else.
pub fn page(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    path: &str,
    markup: impl FnOnce(&Frame<'_>) -> Markup,
) -> HttpResponse {
    compressed(request, state, status, path, markup, |html, coding, _| compress::quick(html, coding))
}

/// The same for pages whose forms carry a secret: not compressed, for the length of what is compressed tells something
/// about a secret beside what somebody else can choose (BREACH).
fn page_with_secrets(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    path: &str,
    markup: impl FnOnce(&Frame<'_>) -> Markup,
) -> HttpResponse {
    compressed(request, state, status, path, markup, |_, _, _| None)
}

/// The same for pages that very many ask for: what they show to everybody alike is not compressed again.
pub fn page_for_many(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    path: &str,
    markup: impl FnOnce(&Frame<'_>) -> Markup,
) -> HttpResponse {
    compressed(request, state, status, path, markup, |html, coding, language| match coding {
        Coding::Zstd => {
            let known = Shared::of(language).in_order();
            compress::with_known(html, &known).or_else(|| compress::quick(html, coding))
        }
        Coding::Gzip => compress::quick(html, coding),
    })
}

fn compressed(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    path: &str,
    markup: impl FnOnce(&Frame<'_>) -> Markup,
    compress: impl FnOnce(&[u8], Coding, Language) -> Option<Vec<u8>>,
) -> HttpResponse {
    let (language, cookie) = language::of(request, state.secure);
    let portal = &state.config.portal;
    let switches = state.switches.load();
    let banner = switches.banner.as_ref().map(|banner| match language {
        Language::Vietnamese => banner.vi.as_str(),
        Language::English => banner.en.as_str(),
    });
    let frame = Frame {
        text: language.text(),
        owner: &portal.owner,
        contact: &portal.contact,
        banner,
        offices: !matches!(state.offices, OfficeDoor::Absent),
        path,
    };
    let html = markup(&frame).into_string().into_bytes();
    let mut response = HttpResponse::new(status);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HTML);
    headers.insert(VARY, VARIES);
    if let Some(cookie) = cookie {
        headers.insert(SET_COOKIE, cookie);
    }
    let coding = Coding::of(request.headers()).filter(|_| html.len() >= compress::WORTH_IT);
    match coding.and_then(|coding| Some((coding, compress(&html, coding, language)?))) {
        None => response.set_body(BoxBody::new(html)),
        Some((coding, bytes)) => {
            headers.insert(CONTENT_ENCODING, coding.value());
            response.set_body(BoxBody::new(bytes))
        }
    }
}

/// Whether JSON is asked for rather than a page.
fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}

/// A problem as the surface shows it: a page for people, JSON for machines.
pub fn problem(request: &HttpRequest, state: &AppState, surface: Surface, problem: &Problem) -> HttpResponse {
    if !surface.is_page() || wants_json(request) {
        return problem.to_json();
    }
    let mut response = page(request, state, problem.status(), "/", |frame| problem.to_page(frame));
    problem.put_headers(&mut response);
    response
}

/// The ledger that the pages about it show.
///
/// # Errors
/// [`Problem::NotFound`] in a process that shows none.
fn ledger_of(state: &AppState) -> Result<&Arc<dyn PublicLedger>, Problem> {
    state.ledger.as_ref().ok_or(Problem::NotFound)
}

/// The status of a page or an API answer with this verdict.
pub fn status(verdict: Verdict) -> StatusCode {
    match verdict {
        Verdict::Unknown => StatusCode::NOT_FOUND,
        Verdict::Unchecked => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    }
}

/// Tells when to ask again, where an answer could not be found.
pub fn put_retry_after(response: &mut HttpResponse) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        retry_after(response, BUSY_RETRY_S);
    }
}

/// Tells in how many seconds to ask again.
fn retry_after(response: &mut HttpResponse, seconds: u64) {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
}

/// The code of a route: 32 hex digits in any case, hyphens and spaces between them, and nothing else.
/// A path that merely starts with a code, such as `….css`, is none: a cache in front of us would
/// otherwise keep somebody's answer as a style sheet.
///
/// # Errors
/// [`Problem::MalformedCode`].
pub fn code(request: &HttpRequest) -> Result<TranscriptCode, Problem> {
    code_of(request.match_info().get("code").unwrap_or_default())
}

/// The same of a path's segment.
///
/// # Errors
/// [`Problem::MalformedCode`].
pub fn code_of(segment: &str) -> Result<TranscriptCode, Problem> {
    if let Some(code) = TranscriptCode::from_wire(segment) {
        return Ok(code);
    }
    strict_code(segment).map_err(|fault| Problem::MalformedCode {
        typed: TypedText(as_typed(segment).chars().take(MAX_TYPED_CODE).collect()),
        fault,
    })
}

/// A segment as it was typed into the address: `%C4%91` was đ.
fn as_typed(segment: &str) -> String {
    let mut parts = segment.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => bytes.extend_from_slice(format!("%{part}").as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn strict_code(segment: &str) -> Result<TranscriptCode, CodeFault> {
    let mut digits = 0;
    for c in segment.chars() {
        match c {
            ' ' | '-' => {}
            c if c.is_ascii_hexdigit() => digits += 1,
            _ => return Err(CodeFault::Group { group: digits / 4 + 1 }),
        }
    }
    TranscriptCode::from_typed(segment)
}
