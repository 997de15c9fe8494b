//! What travels between apps and us, all of it here: what each route takes, and what it answers.
//!
//! | route | takes | answers |
//! |---|---|---|
//! | `POST /oauth/token` | [`TokenForm`] | [`TokenAnswer`], [`OAuthFault`] |
//! | `GET /.well-known/oauth-authorization-server` | – | [`Metadata`] |
//! | `GET /api/v1/citizens/me/transcripts`, `…/{code}` | [`CONSENT`] | [`TranscriptsAnswer`], [`OAuthFault`] |
//! | `GET /api/v1/citizens/me/changes` | [`CONSENT`], [`ChangesQuery`] | [`ChangesAnswer`], [`OAuthFault`] |
//!
//! What has nothing to do with OAuth (too long, too many, busy) is a [`crate::web::problem::Problem`] as everywhere.

use actix_web::http::header::HeaderName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::transcript::Group;
use crate::web::api::disclosure::Answer;
use crate::web::backend::{Consented, ConsentedChanges, TranscriptChange};

/// The header that carries a consent: a body on GET is lost on the way, and an address is written down.
pub const CONSENT: HeaderName = HeaderName::from_static("hocba-consent");
/// `client_assertion_type` of `private_key_jwt` (RFC 7523 §2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `application/x-www-form-urlencoded`; fields that are not known are ignored, as RFC 6749 §3.2 has it.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TokenForm")]
pub struct TokenForm {
    /// `client_credentials`.
    #[serde(default)]
    #[schemars(!default, extend("const" = "client_credentials"))]
    pub grant_type: String,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    #[serde(default)]
    #[schemars(!default, extend("const" = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))]
    pub client_assertion_type: String,
    /// The token that says who asks.
    #[serde(default)]
    #[schemars(!default, length(min = 1))]
    pub client_assertion: String,
    /// The client's id once more.
    #[serde(default)]
    pub client_id: String,
    /// What for; everything that is registered, when it is left out.
    #[serde(default)]
    pub scope: String,
}

/// Never prints what was sent.
impl std::fmt::Debug for TokenForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenForm(…)")
    }
}

/// An access token (RFC 6749 §5.1).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessToken")]
pub struct TokenAnswer<'a> {
    /// The token.
    pub access_token: &'a str,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds that it counts.
    pub expires_in: i64,
    /// What for.
    pub scope: String,
}

/// Never prints the token.
impl std::fmt::Debug for TokenAnswer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenAnswer(…)")
    }
}

/// Why there is none, or no answer (RFC 6749 §5.2, RFC 6750 §3.1).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OAuthError")]
pub struct OAuthFault {
    /// The code.
    pub error: &'static str,
    /// In English.
    pub error_description: &'static str,
    /// In Vietnamese.
    pub error_description_vi: &'static str,
}

/// What a client finds out by itself (RFC 8414 §2).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuthorizationServer")]
pub struct Metadata<'a> {
    /// The portal.
    pub issuer: &'a str,
    /// Where tokens are.
    pub token_endpoint: &'a str,
    /// `client_credentials`.
    pub grant_types_supported: [&'static str; 1],
    /// None: nobody is sent here by a browser.
    pub response_types_supported: [&'static str; 0],
    /// `private_key_jwt`.
    pub token_endpoint_auth_methods_supported: [&'static str; 1],
    /// Algorithms of client assertions.
    pub token_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    /// Every word of a scope.
    pub scopes_supported: Vec<&'a str>,
}

/// Transcripts of the one who consents.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConsentedTranscripts")]
pub struct TranscriptsAnswer<'a> {
    /// The groups that were opened.
    granted: Vec<&'static str>,
    /// Each as a disclosure is answered.
    transcripts: Vec<Answer<'a>>,
    /// So many others could not be checked now: ask again.
    unchecked: usize,
    /// Entries of the ledger in which they were looked for.
    searched_ledger_size: u64,
}

impl<'a> From<&'a Consented> for TranscriptsAnswer<'a> {
    fn from(opened: &'a Consented) -> Self {
        Self {
            granted: opened.groups.iter().map(Group::name).collect(),
            transcripts: opened.transcripts.iter().map(Answer::from).collect(),
            unchecked: opened.unchecked,
            searched_ledger_size: opened.searched,
        }
    }
}

impl std::fmt::Debug for TranscriptsAnswer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TranscriptsAnswer({})", self.transcripts.len())
    }
}

/// From where on.
#[derive(Debug, Deserialize)]
pub struct ChangesQuery {
    /// A position of the ledger: `next` of the answer before, or 0.
    #[serde(default)]
    pub since: u64,
}

/// What changed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConsentedChanges")]
pub struct ChangesAnswer<'a> {
    /// In the order of the ledger.
    changes: &'a [TranscriptChange],
    /// `since` of the next question.
    next: u64,
    /// So many transcripts could not be checked now; `next` has then not moved.
    unchecked: usize,
}

impl<'a> From<&'a ConsentedChanges> for ChangesAnswer<'a> {
    fn from(found: &'a ConsentedChanges) -> Self {
        Self { changes: &found.changes, next: found.next, unchecked: found.unchecked }
    }
}
