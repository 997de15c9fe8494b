//! Which partner acts, and under whose consent: what every use case for apps takes as an argument.

use std::sync::Arc;

use super::app::{App, Terms};
use super::consent::{Consent, NoConsent};
use super::scope::Scope;
use super::shelf::Apps;
use super::tokens::Tokens;
use super::uses::Uses;
use crate::seal::RandomToken;
use crate::transcript::{GroupSet, Moment};

/// Proof that a request carries an access token that counts, of a partner whose registration is in force now. Made for
/// one request and not kept.
#[derive(Debug, Clone)]
pub struct ActingPartner {
    app: Arc<App>,
    terms: Terms,
    scope: Scope,
}

/// An access token that is none, or counts no more. Which of it is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid, or not any more")]
pub struct NoToken;

/// Proof of both: a partner that acts, and somebody who consents to it. Made for one request and not kept.
#[derive(Debug, Clone)]
pub struct Mandate {
    partner: ActingPartner,
    consent: Consent,
}

impl ActingPartner {
    /// The partner, as it was when this request began.
    pub fn app(&self) -> &App {
        &self.app
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.terms
    }
}

impl Mandate {
    /// The partner.
    pub fn partner(&self) -> &App {
        self.partner.app()
    }

    /// The consent.
    pub fn consent(&self) -> &Consent {
        &self.consent
    }

    /// What may be asked for: what registration, token and consent all name.
    fn scope(&self) -> Scope {
        self.partner.scope.within(self.partner.terms.scope).within(self.consent.scope())
    }

    /// The groups that may be opened.
    pub fn groups(&self) -> GroupSet {
        self.scope().groups()
    }

    /// Whether the feed of changes may be followed.
    pub fn may_follow_changes(&self) -> bool {
        self.scope().changes()
    }
}

impl Apps {
    /// Who acts with an access token now.
    ///
    /// # Errors
    /// [`NoToken`], also when the partner was ended, ran out, lost a key or got other terms since it was issued.
    pub fn acting(&self, tokens: &Tokens, token: &str, now: Moment) -> Result<ActingPartner, NoToken> {
        let issued = RandomToken::parse(token).and_then(|token| tokens.find(&token, now)).ok_or(NoToken)?;
        let app = self.get(&issued.app).filter(|app| app.is_in_force(now) && app.term() == issued.term);
        let app = app.ok_or(NoToken)?;
        let terms = app.terms().ok_or(NoToken)?.clone();
        Ok(ActingPartner { app, terms, scope: issued.scope })
    }

    /// The same with the consent it presents to `audience`, the portal. Counts as one of the uses that the consent has.
    ///
    /// # Errors
    /// [`NoConsent`].
    pub fn mandate(
        &self,
        partner: ActingPartner,
        presented: &str,
        audience: &str,
        uses: &Uses,
        now: Moment,
    ) -> Result<Mandate, NoConsent> {
        let consent = self.consent(&partner, presented, audience, uses, now)?;
        Ok(Mandate { partner, consent })
    }
}
