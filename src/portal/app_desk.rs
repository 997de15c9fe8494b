//! Apps at work: what operators change, who gets an access token, and what mandate a request carries. Each change has its
//! line in the journal before it is made. Refusals are logged with their reason and, where it is known, the partner's
//! short name; never with anything of what was sent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::office_desk::named;
use crate::apps::{
    ActingPartner, App, AppId, Apps, Change, ChangeRefusal, KeyId, Kind, Mandate, NoClient, NoConsent, NoToken, Scope,
    TOKEN_S, Tokens, Uses,
};
use crate::journal::{Actor, AppAction, AppChanged, Journal, Reason};
use crate::signing::jwk::Jwk;
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// Client assertions of one partner that are remembered: one a second, for as long as they may count.
const ASSERTIONS: usize = 300;
/// Consents of one identity app that count their uses and are remembered.
const CONSENTS: usize = 200_000;
/// Where partners ask for access tokens, below the public URL.
pub const TOKEN_PATH: &str = "/oauth/token";

/// What an operator asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppRequest {
    /// Every app.
    List,
    /// One app.
    Show {
        /// Which.
        app: AppId,
    },
    /// A change.
    Change {
        /// What.
        change: Box<Change>,
        /// Who makes it.
        by: Text<200>,
        /// Why.
        reason: Reason,
    },
}

/// What an operator is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppAnswer {
    /// Every app.
    List(Vec<AppView>),
    /// One app.
    App(AppView),
}

/// An app as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppView {
    /// Its short name.
    pub app: AppId,
    /// Its name.
    pub name: Text<150>,
    /// What it is, and may do.
    pub kind: Kind,
    /// Its keys.
    pub keys: Vec<KeyView>,
    /// Whether it counts now.
    pub in_force: bool,
    /// The last moment it counts.
    pub until: Moment,
    /// When it was ended before that.
    pub ended: Option<Moment>,
    /// How often it was changed.
    pub revision: u64,
}

/// A key of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its name.
    pub kid: KeyId,
    /// `EdDSA` or `ES256`.
    pub algorithm: String,
    /// The key.
    pub jwk: Jwk,
    /// Its RFC 7638 thumbprint, to compare with the app's owner.
    pub thumbprint: String,
}

impl AppView {
    /// As it is at a moment.
    pub fn of(app: &App, now: Moment) -> Self {
        let keys = app.keys().iter().map(|(kid, key)| KeyView {
            kid: kid.clone(),
            algorithm: key.public().algorithm().name().to_owned(),
            jwk: key.public().to_jwk(),
            thumbprint: key.public().kid().to_string(),
        });
        Self {
            app: app.id().clone(),
            name: app.name().clone(),
            kind: app.kind().clone(),
            keys: keys.collect(),
            in_force: app.is_in_force(now),
            until: app.until(),
            ended: app.ended(),
            revision: app.revision(),
        }
    }
}

/// What a partner sends to get an access token.
#[derive(Clone)]
pub struct TokenRequest {
    /// The client assertion.
    pub assertion: String,
    /// The client id, where it is sent besides.
    pub client_id: Option<String>,
    /// What for; without it all that the partner is registered for.
    pub scope: Option<String>,
}

/// Never prints what was sent.
impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenRequest(…)")
    }
}

/// An access token, as it is handed out.
#[derive(Debug, Clone)]
pub struct TokenIssued {
    /// The token.
    pub token: Zeroizing<String>,
    /// Seconds that it counts.
    pub expires_in: i64,
    /// What for.
    pub scope: Scope,
}

/// Why there is no access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoIssue {
    /// Nobody known asks.
    #[error(transparent)]
    Client(#[from] NoClient),
    /// More than the partner is registered for, or no scope at all.
    #[error("the scope is unknown, or more than the client is registered for")]
    Scope,
    /// The system gives no randomness.
    #[error("no token can be made")]
    Unavailable,
}

/// The apps, access tokens and counts of a process.
#[derive(Debug)]
pub struct AppDesk {
    apps: Apps,
    tokens: Tokens,
    assertions: Uses,
    consents: Uses,
    journal: Arc<Journal>,
    /// What consents are for: the portal's public URL.
    audience: String,
    /// What client assertions are for.
    endpoint: String,
}

impl AppDesk {
    /// Over these apps, in a process that starts now.
    pub fn new(apps: Apps, journal: Arc<Journal>, public_url: &str, now: Moment) -> Self {
        let audience = public_url.trim_end_matches('/').to_owned();
        let endpoint = format!("{audience}{TOKEN_PATH}");
        let (assertions, consents) = (Uses::new(now, ASSERTIONS), Uses::new(now, CONSENTS));
        Self { apps, tokens: Tokens::new(), assertions, consents, journal, audience, endpoint }
    }

    /// The apps themselves, to read.
    pub fn apps(&self) -> &Apps {
        &self.apps
    }

    /// What consents are for: the portal's public URL.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// What client assertions are for: the address of the token endpoint.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Does what an operator asks.
    ///
    /// # Errors
    /// [`ChangeRefusal`].
    pub fn answer(&self, request: AppRequest, now: Moment) -> Result<AppAnswer, ChangeRefusal> {
        match request {
            AppRequest::List => Ok(AppAnswer::List(self.apps.all().iter().map(|app| AppView::of(app, now)).collect())),
            AppRequest::Show { app } => {
                let found = self.apps.get(&app).ok_or(ChangeRefusal::Unknown(app))?;
                Ok(AppAnswer::App(AppView::of(&found, now)))
            }
            AppRequest::Change { change, by, reason } => {
                let record = |app: &App| self.record(app, &change, by, reason, now);
                let app = self.apps.apply(&change, now, record)?;
                Ok(AppAnswer::App(AppView::of(&app, now)))
            }
        }
    }

    /// Gives an access token to whoever shows which partner it is.
    ///
    /// # Errors
    /// [`NoIssue`].
    pub fn token(&self, asked: &TokenRequest, now: Moment) -> Result<TokenIssued, NoIssue> {
        let client_id = asked.client_id.as_deref();
        let client = self.apps.authenticate(&asked.assertion, client_id, &self.endpoint, &self.assertions, now);
        let client = client.inspect_err(|why| tracing::info!(%why, "a client was not let in"))?;
        let partner = client.app();
        let registered = partner.terms().map(|terms| terms.scope).ok_or(NoClient::Unknown)?;
        let scope = asked.scope.as_deref().map_or(Some(registered), Scope::parse);
        let Some(scope) = scope.filter(|scope| registered.covers(*scope)) else {
            tracing::info!(partner = %partner.id(), "a client asked for a scope that it is not registered for");
            return Err(NoIssue::Scope);
        };
        let token = self.tokens.issue(&client, scope, now).ok_or(NoIssue::Unavailable)?;
        Ok(TokenIssued { token: token.to_text(), expires_in: TOKEN_S, scope })
    }

    /// Who acts with an access token now.
    ///
    /// # Errors
    /// [`NoToken`].
    pub fn acting(&self, token: &str, now: Moment) -> Result<ActingPartner, NoToken> {
        let acting = self.apps.acting(&self.tokens, token, now);
        acting.inspect_err(|why| tracing::info!(%why, "a request of an app was refused"))
    }

    /// The same with the consent it presents.
    ///
    /// # Errors
    /// [`NoConsent`].
    pub fn mandate(&self, partner: ActingPartner, consent: &str, now: Moment) -> Result<Mandate, NoConsent> {
        let name = partner.app().id().clone();
        let mandate = self.apps.mandate(partner, consent, &self.audience, &self.consents, now);
        mandate.inspect_err(|why| tracing::info!(partner = %name, %why, "a consent was refused"))
    }

    fn record(&self, app: &App, change: &Change, by: Text<200>, reason: Reason, now: Moment) -> bool {
        let changed = || {
            Some(AppChanged {
                actor: Actor::Operator { name: by },
                app: named(app.id())?,
                action: action(change),
                registration: named(registration(app))?,
                revision: app.revision(),
                reason,
            })
        };
        let written = changed().map(|changed| self.journal.append_app(now, changed));
        match written {
            Some(Ok(_)) => true,
            Some(Err(fault)) => {
                tracing::error!(%fault, "the journal took no line; the app stays as it was");
                false
            }
            None => false,
        }
    }
}

fn action(change: &Change) -> AppAction {
    match change {
        Change::Register { .. } => AppAction::Registered,
        Change::Permit { .. } => AppAction::Permitted,
        Change::Renew { .. } => AppAction::Renewed,
        Change::AddKey { .. } => AppAction::KeyAdded,
        Change::RemoveKey { .. } => AppAction::KeyRemoved,
        Change::End { .. } => AppAction::Ended,
    }
}

/// All of it on one line: name; kind, scope, purposes, identity apps; keys with their thumbprints; until when.
fn registration(app: &App) -> String {
    let keys: Vec<String> = app.keys().iter().map(|(kid, key)| format!("{kid}={}", key.public().kid())).collect();
    let terms = app.terms().map(|terms| {
        let purposes: Vec<String> = terms.purposes.iter().map(|(id, text)| format!("{id}: {text}")).collect();
        let issuers: Vec<&str> = terms.issuers.iter().map(AppId::as_str).collect();
        format!("{}; {}; {}; ", terms.scope, purposes.join(", "), issuers.join(" "))
    });
    let (kind, terms) = (app.kind().name(), terms.unwrap_or_default());
    format!("{}; {kind}; {terms}{}; {}", app.name(), keys.join(" "), app.until())
}
