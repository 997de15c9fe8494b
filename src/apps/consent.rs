//! Who consents to what (sự đồng ý): a JWS of an identity app about a citizen, or a child and its legal guardian (người
//! giám hộ), for one partner, one purpose and some time. `docs/apps.md` has its claims one by one.

use serde::Deserialize;

use super::app::App;
use super::claims::{self, Jti, SignatureFault, Times, TimesFault};
use super::names::{AppId, PurposeId};
use super::partner::ActingPartner;
use super::scope::Scope;
use super::shelf::Apps;
use super::uses::{UseRefusal, Uses};
use crate::signing::{Compact, CompactFault};
use crate::transcript::Moment;
use crate::transcript::contents::PersonalId;
use crate::transcript::text::Text;

/// `typ` of its header, so that no other token of an identity app is taken for one.
pub const TYP: &str = "hocba-consent+jwt";
/// Seconds that one may count: a consent that is withdrawn at the identity app ends within a day.
pub const MAX_CONSENT_S: i64 = 24 * 3600;
/// Most times that one may say it can be presented.
const MAX_USES: u32 = 1_000;

/// Who consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBy {
    /// The one whose transcripts they are.
    Citizen,
    /// The legal guardian (cha, mẹ, người giám hộ), under this identification number.
    Guardian(PersonalId),
}

/// Proof that an identity app, registered and in force, says that somebody consents to what this partner does.
#[derive(Clone)]
pub struct Consent {
    issuer: AppId,
    citizen: PersonalId,
    given_by: GivenBy,
    purpose: Text<200>,
    scope: Scope,
    until: Moment,
    jti: Jti,
}

impl Consent {
    /// The identity app.
    pub fn issuer(&self) -> &AppId {
        &self.issuer
    }

    /// Whose transcripts.
    pub fn citizen(&self) -> &PersonalId {
        &self.citizen
    }

    /// Who consents.
    pub fn given_by(&self) -> GivenBy {
        self.given_by
    }

    /// What for, as the partner is registered for it.
    pub fn purpose(&self) -> &Text<200> {
        &self.purpose
    }

    /// To what.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The last moment it counts.
    pub fn until(&self) -> Moment {
        self.until
    }

    /// What tells it from every other one of its issuer: for a keyed hash of it, and for nothing else.
    pub fn subject(&self) -> Vec<u8> {
        [self.issuer.as_str().as_bytes(), b"\0", self.jti.as_str().as_bytes()].concat()
    }
}

/// Never prints whose it is.
impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Consent({}, {})", self.issuer, self.scope)
    }
}

/// Why nobody is known to consent. None of it names what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoConsent {
    /// Not a compact JWS of ours.
    #[error("the consent: {0}")]
    Form(#[from] CompactFault),
    /// It is something else.
    #[error("the consent's typ is not {TYP}")]
    Type,
    /// A claim is missing, cannot be read, or is one that is not known: it might narrow what is consented to.
    #[error("a claim of the consent is missing, unknown or cannot be read")]
    Claims,
    /// No identity app of that name is registered, in force, and one whose consents this partner may present.
    #[error("the consent is by no identity app whose consents this client may present")]
    Issuer,
    /// The identity app has no key of that name.
    #[error("the consent names a key that is not registered")]
    UnknownKey,
    /// Another algorithm than that of the key.
    #[error("the consent's algorithm is not that of the key")]
    Algorithm,
    /// The signature does not verify.
    #[error("the consent's signature does not verify")]
    Signature,
    /// It is meant for another portal.
    #[error("the consent is for another audience")]
    Audience,
    /// It is meant for another partner.
    #[error("the consent is for another client")]
    Partner,
    /// Its time is over.
    #[error("the consent has expired")]
    Expired,
    /// It counts longer than [`MAX_CONSENT_S`], or from a time that is still to come.
    #[error("a consent counts from now and for at most {MAX_CONSENT_S} s")]
    Times,
    /// The partner is registered for no such purpose.
    #[error("the client is not registered for the purpose of the consent")]
    Purpose,
    /// A guardian without a child, a child beside a citizen, or a guardian of oneself.
    #[error("a guardian's consent names the child, a citizen's none")]
    Child,
    /// It was presented as often as it may be.
    #[error("the consent was presented as often as it may be")]
    UsedUp,
    /// More of them are out than are remembered.
    #[error("too many consents are out")]
    TooMany,
}

impl From<TimesFault> for NoConsent {
    fn from(fault: TimesFault) -> Self {
        match fault {
            TimesFault::Over => Self::Expired,
            TimesFault::Senseless | TimesFault::Ahead | TimesFault::TooLong => Self::Times,
        }
    }
}

impl From<SignatureFault> for NoConsent {
    fn from(fault: SignatureFault) -> Self {
        match fault {
            SignatureFault::UnknownKey => Self::UnknownKey,
            SignatureFault::Algorithm => Self::Algorithm,
            SignatureFault::Signature => Self::Signature,
        }
    }
}

impl From<UseRefusal> for NoConsent {
    fn from(refusal: UseRefusal) -> Self {
        match refusal {
            UseRefusal::BeforeStart | UseRefusal::UsedUp => Self::UsedUp,
            UseRefusal::Full => Self::TooMany,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Citizen,
    Guardian,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    iss: AppId,
    /// The portal.
    aud: String,
    /// The partner.
    azp: AppId,
    /// Who consents.
    sub: PersonalId,
    role: Role,
    /// Of a guardian: whose transcripts.
    #[serde(default)]
    child: Option<PersonalId>,
    purpose: PurposeId,
    scope: Scope,
    jti: Jti,
    iat: i64,
    exp: i64,
    /// How often it may be presented; without it as often as its time allows.
    #[serde(default)]
    uses: Option<u32>,
}

impl Wire {
    fn whose(&self) -> Result<(PersonalId, GivenBy), NoConsent> {
        match (self.role, self.child) {
            (Role::Citizen, None) => Ok((self.sub, GivenBy::Citizen)),
            (Role::Guardian, Some(child)) if child != self.sub => Ok((child, GivenBy::Guardian(self.sub))),
            _ => Err(NoConsent::Child),
        }
    }
}

impl Apps {
    /// What a consent that a partner presents to `audience`, the portal, says.
    pub(super) fn consent(
        &self,
        partner: &ActingPartner,
        presented: &str,
        audience: &str,
        uses: &Uses,
        now: Moment,
    ) -> Result<Consent, NoConsent> {
        let token = Compact::parse(presented)?;
        if token.typ() != Some(TYP) {
            return Err(NoConsent::Type);
        }
        let wire: Wire = claims::read(&token).ok_or(NoConsent::Claims)?;
        let issuer = self.issuer_for(partner, &wire.iss, now).ok_or(NoConsent::Issuer)?;
        claims::check_signature(&token, &issuer)?;
        if wire.aud != audience {
            return Err(NoConsent::Audience);
        }
        if wire.azp != *partner.app().id() {
            return Err(NoConsent::Partner);
        }
        let times = Times::check(wire.iat, wire.exp, MAX_CONSENT_S, now)?;
        let purpose = partner.terms().purposes.get(&wire.purpose).ok_or(NoConsent::Purpose)?.clone();
        let (citizen, given_by) = wire.whose()?;
        match wire.uses {
            None => {}
            Some(most @ 1..=MAX_USES) => uses.spend(issuer.id(), &wire.jti, times, most, now)?,
            Some(_) => return Err(NoConsent::Claims),
        }
        let Wire { iss: issuer, scope, jti, .. } = wire;
        Ok(Consent { issuer, citizen, given_by, purpose, scope, until: times.until, jti })
    }

    fn issuer_for(&self, partner: &ActingPartner, issuer: &AppId, now: Moment) -> Option<std::sync::Arc<App>> {
        let app = self.get(issuer).filter(|_| partner.terms().issuers.contains(issuer))?;
        Some(app).filter(|app| app.terms().is_none() && app.is_in_force(now))
    }
}
