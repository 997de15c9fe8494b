//! Everything that is not an answer, as RFC 9457 `application/problem+json` for machines and as a
//! page for people. A `type` never changes its meaning; what a person reads is in both languages.
//!
//! Nothing internal leaves here: causes go to the log, the public gets a fixed phrase.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use schemars::JsonSchema;
use serde::Serialize;

use super::pages::home::Typed;
use super::pages::icons::Tone;
use super::pages::office::Place;
use super::pages::{self, Frame};
use super::text::{EN, Notice, Problems, Text, VI};
use crate::intake::messages::Refusal;
use crate::transcript::code::CodeFault;

/// Text that somebody typed; never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedText(pub String);

impl fmt::Debug for TypedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedText(…)")
    }
}

/// What went wrong, as the public may know it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// 303: nobody is signed in, or not any more.
    #[error("sign in first")]
    SignInFirst(Place),
    /// 400: something in the request; the cause names no value.
    #[error("the request could not be read: {0}")]
    BadRequest(String),
    /// 400: not a transcript code.
    #[error("{fault}")]
    MalformedCode {
        /// What was typed.
        typed: TypedText,
        /// What is wrong with it.
        fault: CodeFault,
    },
    /// 400: a birth date known in part needs the name.
    #[error("the full name is needed too")]
    NameNeeded,
    /// 400: not a birth date.
    #[error("not a birth date")]
    BadDate,
    /// 403: a form that another site sent.
    #[error("a form sent from another site")]
    ForeignForm,
    /// 403: a form of an earlier session.
    #[error("a form of an earlier session")]
    StaleForm,
    /// 403: signed in, with a role that does not do this.
    #[error("not for this role")]
    NotYourRole,
    /// 403: wrong second factor.
    #[error("the second factor does not match")]
    NotMatching {
        /// Tries left today.
        attempts_left: u32,
    },
    /// 403: a soft copy's token that is not valid for this code.
    #[error("the token is not valid for this code")]
    TokenNotValid,
    /// 403: a genuine token whose time is over.
    #[error("the token's time to disclose is over")]
    TokenExpired,
    /// 403: a genuine token that was voided.
    #[error("the token was voided")]
    TokenVoided,
    /// 403: nothing to disclose.
    #[error("this transcript is not disclosed")]
    NotDisclosable,
    /// 404: no such address.
    #[error("no such address")]
    NotFound,
    /// 404: nothing on record under a code.
    #[error("nothing on record")]
    Unknown,
    /// 405.
    #[error("method not allowed")]
    MethodNotAllowed {
        /// What is, as the `Allow` header lists it.
        allow: &'static str,
    },
    /// 408: a body that took too long.
    #[error("the body took too long")]
    SlowBody,
    /// 409: a package out of sequence.
    #[error("{}", .0.rule)]
    Conflict(Refusal),
    /// 413.
    #[error("longer than {limit} bytes")]
    TooLarge {
        /// Most bytes that are taken.
        limit: u64,
    },
    /// 415.
    #[error("expected {expected}")]
    MediaType {
        /// What is taken.
        expected: &'static str,
    },
    /// 421: another host's name.
    #[error("this server does not answer for that host")]
    Misdirected,
    /// 422: a package refused whole.
    #[error("{}", .0.rule)]
    RefusedPackage(Refusal),
    /// 429: no tries of the second factor left.
    #[error("no tries left")]
    Locked {
        /// Seconds until the next one.
        retry_after_s: u64,
    },
    /// 429.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// 500: a fault of ours.
    #[error("internal error")]
    Internal,
    /// 503: an operator has closed disclosures for now.
    #[error("verdicts only for now")]
    VerdictOnly,
    /// 503: refused so that verdicts go on.
    #[error("too much is being opened")]
    Shed,
    /// 503: could not find out now.
    #[error("busy")]
    Busy,
}

/// Seconds after which a busy server may be asked again.
pub const BUSY_RETRY_S: u64 = 30;

/// Seconds after which it is worth asking again whether disclosures are open.
const VERDICT_ONLY_RETRY_S: u64 = 600;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// As it is written (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Wire<'a> {
    /// Never changes its meaning: `urn:problem-type:hocba:…`.
    r#type: String,
    title: &'a str,
    title_en: &'a str,
    status: u16,
    detail: String,
    detail_en: String,
    /// The group of a code that looks wrong, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<usize>,
    /// How many digits a code had.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts_left: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_bytes: Option<u64>,
    /// Of packages alone: described beside this shape, where it belongs.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    refusal: Option<&'a Refusal>,
}

impl Problem {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::MalformedCode { .. } | Self::NameNeeded | Self::BadDate => {
                StatusCode::BAD_REQUEST
            }
            Self::SignInFirst(_) => StatusCode::SEE_OTHER,
            Self::ForeignForm
            | Self::StaleForm
            | Self::NotYourRole
            | Self::NotMatching { .. }
            | Self::TokenNotValid
            | Self::TokenExpired
            | Self::TokenVoided
            | Self::NotDisclosable => StatusCode::FORBIDDEN,
            Self::NotFound | Self::Unknown => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::RefusedPackage(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Locked { .. } | Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::VerdictOnly | Self::Shed | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The stable last part of the problem's `type`.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad-request",
            Self::MalformedCode { .. } => "malformed-code",
            Self::NameNeeded => "name-needed",
            Self::BadDate => "malformed-birth-date",
            Self::SignInFirst(_) => "sign-in-first",
            Self::ForeignForm => "foreign-form",
            Self::StaleForm => "stale-form",
            Self::NotYourRole => "not-your-role",
            Self::NotMatching { .. } => "second-factor-mismatch",
            Self::TokenNotValid => "token-not-valid",
            Self::TokenExpired => "token-expired",
            Self::TokenVoided => "token-voided",
            Self::NotDisclosable => "not-disclosable",
            Self::NotFound => "not-found",
            Self::Unknown => "unknown-transcript",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::SlowBody => "body-timeout",
            Self::Conflict(_) => "package-conflict",
            Self::TooLarge { .. } => "too-large",
            Self::MediaType { .. } => "unsupported-media-type",
            Self::Misdirected => "misdirected-host",
            Self::RefusedPackage(_) => "package-refused",
            Self::Locked { .. } => "second-factor-locked",
            Self::TooMany { .. } => "too-many-requests",
            Self::Internal => "internal",
            Self::VerdictOnly => "verdict-only",
            Self::Shed => "shed",
            Self::Busy => "busy",
        }
    }

    /// The problem that stands for a status which the server library set by itself.
    pub fn of_status(status: StatusCode, cause: String) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed { allow: "" },
            StatusCode::REQUEST_TIMEOUT => Self::SlowBody,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge { limit: 0 },
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaType { expected: "" },
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            status if status.is_client_error() => Self::BadRequest(cause),
            _ => Self::Internal,
        }
    }

    /// Title and detail in one language.
    pub fn words(&self, text: &Text) -> (&'static str, String) {
        let all: &Problems = &text.problems;
        let plain = |notice: Notice| (notice.title, notice.body.to_owned());
        match self {
            Self::BadRequest(_) => plain(all.bad_request),
            Self::MalformedCode { fault, .. } => {
                (text.bad_code.title, format!("{} {}", pages::home::what(text, fault), text.bad_code.rule))
            }
            Self::NameNeeded => plain(text.ask.name_needed),
            Self::BadDate => plain(text.ask.bad_date),
            Self::SignInFirst(_) => plain(text.office.sign_in_first),
            Self::ForeignForm => plain(all.foreign_form),
            Self::StaleForm => plain(text.office.stale),
            Self::NotYourRole => plain(text.office.not_your_role),
            Self::NotMatching { attempts_left } => (all.not_matching, (text.ask.attempts_left)(*attempts_left)),
            Self::TokenNotValid => plain(text.ask.bad_token),
            Self::TokenExpired => plain(text.share.expired),
            Self::TokenVoided => plain(text.share.voided),
            Self::NotDisclosable => plain(text.ask.closed),
            Self::NotFound => plain(all.not_found),
            Self::Unknown => plain(all.unknown),
            Self::MethodNotAllowed { .. } => plain(all.method),
            Self::SlowBody => plain(all.slow_body),
            Self::Conflict(_) => plain(all.conflict),
            Self::TooLarge { .. } => plain(all.too_large),
            Self::MediaType { .. } => plain(all.media_type),
            Self::Misdirected => plain(all.misdirected),
            Self::RefusedPackage(_) => plain(all.refused_package),
            Self::Locked { retry_after_s } => {
                (text.ask.locked.title, (text.ask.locked.body)(&(text.wait)(*retry_after_s)))
            }
            Self::TooMany { retry_after_s } => (all.too_many.title, (all.too_many.body)(&(text.wait)(*retry_after_s))),
            Self::Internal => plain(all.internal),
            Self::VerdictOnly => plain(all.verdict_only),
            Self::Shed => plain(all.shed),
            Self::Busy => plain(all.busy),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Locked { retry_after_s } | Self::TooMany { retry_after_s } => Some(*retry_after_s),
            Self::VerdictOnly => Some(VERDICT_ONLY_RETRY_S),
            Self::Shed | Self::Busy => Some(BUSY_RETRY_S),
            _ => None,
        }
    }

    /// What a machine's reader gets besides the fixed phrase: causes that name places, never values.
    fn cause(&self) -> Option<String> {
        match self {
            Self::BadRequest(_) => Some(self.to_string()),
            Self::MediaType { expected } if !expected.is_empty() => Some(self.to_string()),
            _ => None,
        }
    }

    /// As `application/problem+json`.
    pub fn to_json(&self) -> HttpResponse {
        let ((title, detail), (title_en, detail_en)) = (self.words(&VI), self.words(&EN));
        let with_cause = |detail: String| match self.cause() {
            Some(cause) => format!("{detail} ({cause})"),
            None => detail,
        };
        let fault = match self {
            Self::MalformedCode { fault, .. } => Some(fault),
            _ => None,
        };
        let wire = Wire {
            r#type: format!("urn:problem-type:hocba:{}", self.slug()),
            title,
            title_en,
            status: self.status().as_u16(),
            detail: with_cause(detail),
            detail_en: with_cause(detail_en),
            group: fault.and_then(CodeFault::group),
            length: fault.and_then(|f| if let CodeFault::Length(n) = f { Some(*n) } else { None }),
            attempts_left: if let Self::NotMatching { attempts_left } = self { Some(*attempts_left) } else { None },
            retry_after_s: self.retry_after(),
            limit_bytes: if let Self::TooLarge { limit: limit @ 1.. } = self { Some(*limit) } else { None },
            refusal: if let Self::Conflict(refusal) | Self::RefusedPackage(refusal) = self {
                Some(refusal)
            } else {
                None
            },
        };
        let mut response = HttpResponse::new(self.status());
        response.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
        self.put_headers(&mut response);
        response.set_body(BoxBody::new(serde_json::to_vec(&wire).unwrap_or_default()))
    }

    /// As a page.
    pub fn to_page(&self, frame: &Frame<'_>) -> maud::Markup {
        if let Self::MalformedCode { typed, fault } = self {
            return pages::home::bad_code(frame, &Typed { text: &typed.0, fault });
        }
        let (title, detail) = self.words(frame.text);
        pages::problem::problem(frame, self.tone(), title, &detail)
    }

    fn tone(&self) -> Tone {
        match self {
            Self::VerdictOnly | Self::SignInFirst(_) => Tone::Note,
            Self::Shed | Self::Busy | Self::Internal | Self::SlowBody => Tone::Undecided,
            Self::NotFound | Self::Unknown => Tone::Absent,
            Self::TooMany { .. } | Self::Locked { .. } | Self::StaleForm | Self::NotYourRole => Tone::Caution,
            _ => Tone::Bad,
        }
    }

    /// `Retry-After`, `Allow` and `Location`, where they belong.
    pub fn put_headers(&self, response: &mut HttpResponse) {
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::SignInFirst(place) = self {
            response.headers_mut().insert(LOCATION, HeaderValue::from_static(place.sign_in()));
        }
        if let Self::MethodNotAllowed { allow } = self {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
    }
}

/// JSON where nothing knows better; the edge writes pages for page routes.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.to_json()
    }
}
