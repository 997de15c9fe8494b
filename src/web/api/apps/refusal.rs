//! Which error an app gets for which reason, and in which status.
//!
//! | reason | error | status |
//! |---|---|---|
//! | who asks for a token is not known | `invalid_client` | 401 |
//! | the request cannot be read, or lacks a consent | `invalid_request` | 400 |
//! | more is asked for than is registered | `invalid_scope` | 400 |
//! | the access token does not count | `invalid_token` | 401 |
//! | the consent does not count, or is about somebody else | `invalid_grant` | 403 |
//! | registration, token and consent have nothing of it in common | `insufficient_scope` | 403 |

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, WWW_AUTHENTICATE};

use super::wire::OAuthFault;
use crate::apps::{NoClient, NoConsent, NoToken};
use crate::portal::app_desk::NoIssue;
use crate::web::api::json;
use crate::web::backend::ConsentedRefusal;
use crate::web::problem::Problem;
use crate::web::text::apps::Apps;
use crate::web::text::{EN, VI};

/// HTTP/1.0 caches; RFC 6749 §5.1 asks for it.
pub(super) const PRAGMA: (HeaderName, HeaderValue) =
    (HeaderName::from_static("pragma"), HeaderValue::from_static("no-cache"));

/// What an app gets instead of an answer.
#[derive(Debug)]
pub(super) enum Refused {
    /// An error of OAuth.
    OAuth(OAuthError),
    /// Anything else.
    Problem(Problem),
}

/// An error of OAuth.
#[derive(Debug)]
pub(super) struct OAuthError {
    code: &'static str,
    status: StatusCode,
    /// In each language.
    why: fn(&Apps) -> &'static str,
    challenge: Challenge,
}

/// What `WWW-Authenticate` says.
#[derive(Debug, Clone, Copy)]
enum Challenge {
    /// Nothing: this is no question of HTTP authentication.
    None,
    /// The way that the client tried and that is not taken.
    Basic,
    /// A bearer token is needed, and none came.
    Bearer,
    /// The bearer token, or what came with it, does not do.
    WithError,
}

impl OAuthError {
    const fn new(code: &'static str, status: StatusCode, why: fn(&Apps) -> &'static str) -> Self {
        Self { code, status, why, challenge: Challenge::None }
    }

    const fn challenging(self, challenge: Challenge) -> Self {
        Self { challenge, ..self }
    }

    /// 400: the request cannot be read.
    pub(super) const fn request(why: fn(&Apps) -> &'static str) -> Self {
        Self::new("invalid_request", StatusCode::BAD_REQUEST, why)
    }

    /// 400: another grant type.
    pub(super) const fn grant_type() -> Self {
        Self::new("unsupported_grant_type", StatusCode::BAD_REQUEST, |text| text.grant_type)
    }

    /// 401: nobody known asks.
    pub(super) const fn client(why: fn(&Apps) -> &'static str) -> Self {
        Self::new("invalid_client", StatusCode::UNAUTHORIZED, why)
    }

    /// 401: the client tried another way to say who it is.
    pub(super) const fn other_method() -> Self {
        Self::client(|text| text.client_method).challenging(Challenge::Basic)
    }

    /// 401: no access token at all.
    pub(super) const fn no_token() -> Self {
        Self::new("invalid_token", StatusCode::UNAUTHORIZED, |text| text.token_missing).challenging(Challenge::Bearer)
    }

    fn consent(why: fn(&Apps) -> &'static str) -> Self {
        Self::new("invalid_grant", StatusCode::FORBIDDEN, why).challenging(Challenge::WithError)
    }

    fn response(&self) -> Result<HttpResponse, Problem> {
        let fault = OAuthFault {
            error: self.code,
            error_description: (self.why)(&EN.apps),
            error_description_vi: (self.why)(&VI.apps),
        };
        let mut response = json(self.status, &fault, 512)?;
        let (name, value) = PRAGMA;
        response.headers_mut().insert(name, value);
        let challenge = match self.challenge {
            Challenge::None => return Ok(response),
            Challenge::Basic => "Basic realm=\"hocba\"".to_owned(),
            Challenge::Bearer => "Bearer realm=\"hocba\"".to_owned(),
            Challenge::WithError => format!(
                "Bearer realm=\"hocba\", error=\"{}\", error_description=\"{}\"",
                fault.error, fault.error_description
            ),
        };
        let challenge = HeaderValue::from_str(&challenge).map_err(|_| Problem::Internal)?;
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        Ok(response)
    }
}

impl Refused {
    /// What is sent.
    pub(super) fn answer(self) -> Result<HttpResponse, Problem> {
        match self {
            Self::OAuth(error) => error.response(),
            Self::Problem(problem) => Err(problem),
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<NoIssue> for Refused {
    fn from(none: NoIssue) -> Self {
        match none {
            NoIssue::Client(NoClient::TooMany) | NoIssue::Unavailable => Problem::Busy.into(),
            NoIssue::Client(why) => OAuthError::client(words_of_client(why)).into(),
            NoIssue::Scope => OAuthError::new("invalid_scope", StatusCode::BAD_REQUEST, |text| text.scope).into(),
        }
    }
}

/// Which of name, key, algorithm and signature is wrong is not said: a stranger learns no client's name.
fn words_of_client(why: NoClient) -> fn(&Apps) -> &'static str {
    match why {
        NoClient::Form(_) | NoClient::Type => |text| text.client_form,
        NoClient::Claims => |text| text.client_claims,
        NoClient::Subject => |text| text.client_subject,
        NoClient::Unknown | NoClient::UnknownKey | NoClient::Algorithm | NoClient::Signature => {
            |text| text.client_unknown
        }
        NoClient::Audience => |text| text.client_audience,
        NoClient::Expired => |text| text.client_expired,
        NoClient::Times => |text| text.client_times,
        NoClient::Replayed | NoClient::TooMany => |text| text.client_replayed,
    }
}

impl From<NoToken> for Refused {
    fn from(NoToken: NoToken) -> Self {
        let error = OAuthError::new("invalid_token", StatusCode::UNAUTHORIZED, |text| text.token_invalid);
        error.challenging(Challenge::WithError).into()
    }
}

impl From<NoConsent> for Refused {
    fn from(why: NoConsent) -> Self {
        let words: fn(&Apps) -> &'static str = match why {
            NoConsent::TooMany => return Problem::Busy.into(),
            NoConsent::Form(_) | NoConsent::Type => |text| text.consent_form,
            NoConsent::Claims => |text| text.consent_claims,
            NoConsent::Issuer => |text| text.consent_issuer,
            NoConsent::UnknownKey | NoConsent::Algorithm | NoConsent::Signature => |text| text.consent_signature,
            NoConsent::Audience => |text| text.consent_audience,
            NoConsent::Partner => |text| text.consent_partner,
            NoConsent::Expired => |text| text.consent_expired,
            NoConsent::Times => |text| text.consent_times,
            NoConsent::Purpose => |text| text.consent_purpose,
            NoConsent::Child => |text| text.consent_child,
            NoConsent::UsedUp => |text| text.consent_used,
        };
        OAuthError::consent(words).into()
    }
}

impl From<ConsentedRefusal> for Refused {
    fn from(refusal: ConsentedRefusal) -> Self {
        match refusal {
            ConsentedRefusal::NotHere => Problem::NotFound.into(),
            ConsentedRefusal::NothingGranted => {
                let words = |text: &Apps| text.nothing_granted;
                let error = OAuthError::new("insufficient_scope", StatusCode::FORBIDDEN, words);
                error.challenging(Challenge::WithError).into()
            }
            ConsentedRefusal::TooMany(refusal) => Problem::TooMany { retry_after_s: refusal.retry_after_s }.into(),
            ConsentedRefusal::NotTheirs => OAuthError::consent(|text| text.consent_foreign).into(),
            ConsentedRefusal::Search(_) | ConsentedRefusal::Unchecked | ConsentedRefusal::NotRecorded => {
                Problem::Busy.into()
            }
        }
    }
}
