//! Which partner asks for an access token: `private_key_jwt` (RFC 7523 §3), a token that the partner signed for this
//! address alone, moments ago, and sent once.

use std::sync::Arc;

use serde::Deserialize;

use super::app::App;
use super::claims::{self, Jti, SignatureFault, Times, TimesFault};
use super::names::AppId;
use super::shelf::Apps;
use super::uses::{UseRefusal, Uses};
use crate::signing::{Compact, CompactFault};
use crate::transcript::Moment;

/// Seconds that a client assertion may count.
pub const MAX_ASSERTION_S: i64 = 300;

/// Proof that a partner, registered and in force, sent a request itself.
#[derive(Debug, Clone)]
pub struct Client {
    app: Arc<App>,
}

impl Client {
    /// Who.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }
}

/// Why nobody is known to ask. None of it names what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoClient {
    /// Not a compact JWS of ours.
    #[error("the client assertion: {0}")]
    Form(#[from] CompactFault),
    /// It is meant for something else.
    #[error("the client assertion is of another type")]
    Type,
    /// `iss`, `sub`, `aud`, `jti`, `iat`, `exp` are not all there, or not what they should be.
    #[error("the client assertion lacks a claim, or one cannot be read")]
    Claims,
    /// `iss`, `sub` and the client id differ.
    #[error("iss, sub and client_id differ")]
    Subject,
    /// No partner of that name is registered and in force.
    #[error("no such client")]
    Unknown,
    /// The partner has no key of that name.
    #[error("no key of that name is registered")]
    UnknownKey,
    /// Another algorithm than that of the key.
    #[error("the algorithm is not that of the key")]
    Algorithm,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// It is meant for somebody else.
    #[error("the client assertion is for another audience")]
    Audience,
    /// Its time is over.
    #[error("the client assertion has expired")]
    Expired,
    /// It counts longer than [`MAX_ASSERTION_S`], or from a time that is still to come.
    #[error("the client assertion counts from now and for at most {MAX_ASSERTION_S} s")]
    Times,
    /// It was sent before, or may have been.
    #[error("the client assertion was used before")]
    Replayed,
    /// More of them are out than are remembered.
    #[error("too many client assertions are out")]
    TooMany,
}

impl From<TimesFault> for NoClient {
    fn from(fault: TimesFault) -> Self {
        match fault {
            TimesFault::Over => Self::Expired,
            TimesFault::Senseless | TimesFault::Ahead | TimesFault::TooLong => Self::Times,
        }
    }
}

impl From<SignatureFault> for NoClient {
    fn from(fault: SignatureFault) -> Self {
        match fault {
            SignatureFault::UnknownKey => Self::UnknownKey,
            SignatureFault::Algorithm => Self::Algorithm,
            SignatureFault::Signature => Self::Signature,
        }
    }
}

impl From<UseRefusal> for NoClient {
    fn from(refusal: UseRefusal) -> Self {
        match refusal {
            UseRefusal::BeforeStart | UseRefusal::UsedUp => Self::Replayed,
            UseRefusal::Full => Self::TooMany,
        }
    }
}

/// Claims beyond these are ignored, as RFC 7519 §4 has it: they could only widen.
#[derive(Deserialize)]
struct Wire {
    iss: String,
    sub: String,
    aud: Audience,
    jti: Jti,
    iat: i64,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
}

/// One audience: a token for several could be passed on by any of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    Alone(String),
    Listed([String; 1]),
}

impl Audience {
    fn is(&self, expected: &str) -> bool {
        let (Self::Alone(named) | Self::Listed([named])) = self;
        named == expected
    }
}

impl Apps {
    /// Who sent a client assertion to `endpoint`, the address of the token endpoint; with `client_id` where the request
    /// names one besides.
    ///
    /// # Errors
    /// [`NoClient`].
    pub fn authenticate(
        &self,
        assertion: &str,
        client_id: Option<&str>,
        endpoint: &str,
        uses: &Uses,
        now: Moment,
    ) -> Result<Client, NoClient> {
        let token = Compact::parse(assertion)?;
        if !matches!(token.typ(), None | Some("JWT" | "client-authentication+jwt")) {
            return Err(NoClient::Type);
        }
        let wire: Wire = claims::read(&token).ok_or(NoClient::Claims)?;
        if wire.iss != wire.sub || client_id.is_some_and(|id| id != wire.iss) {
            return Err(NoClient::Subject);
        }
        let app = AppId::parse(&wire.iss).and_then(|id| self.get(&id));
        let app = app.filter(|app| app.terms().is_some() && app.is_in_force(now)).ok_or(NoClient::Unknown)?;
        claims::check_signature(&token, &app)?;
        if !wire.aud.is(endpoint) {
            return Err(NoClient::Audience);
        }
        let times = Times::check(wire.iat, wire.exp, MAX_ASSERTION_S, now)?;
        if wire.nbf.is_some_and(|nbf| nbf > now.as_seconds()) {
            return Err(NoClient::Times);
        }
        uses.spend(app.id(), &wire.jti, times, 1, now)?;
        Ok(Client { app })
    }
}
