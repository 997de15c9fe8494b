//! Why an app got no token or no answer. The English ones are ASCII without quotation marks and backslashes, as RFC 6749
//! §5.2 asks of `error_description`.

/// One sentence for each reason that an app is told.
#[derive(Debug, Clone, Copy)]
pub struct Apps {
    /// A form that cannot be read, or a field twice.
    pub form: &'static str,
    /// A grant type other than client credentials.
    pub grant_type: &'static str,
    /// No client assertion.
    pub client_missing: &'static str,
    /// Some other way to say who asks.
    pub client_method: &'static str,
    /// A client assertion that is no such token.
    pub client_form: &'static str,
    /// A claim of it is missing.
    pub client_claims: &'static str,
    /// `iss`, `sub` and `client_id` differ.
    pub client_subject: &'static str,
    /// Not signed by a registered app; why is not said.
    pub client_unknown: &'static str,
    /// For another audience.
    pub client_audience: &'static str,
    /// Over.
    pub client_expired: &'static str,
    /// Counts too long, or not yet.
    pub client_times: &'static str,
    /// Used before.
    pub client_replayed: &'static str,
    /// More than is registered.
    pub scope: &'static str,
    /// No access token.
    pub token_missing: &'static str,
    /// `Authorization` stands twice, or is something else.
    pub token_form: &'static str,
    /// Not valid, or not any more.
    pub token_invalid: &'static str,
    /// No consent, or two.
    pub consent_missing: &'static str,
    /// Not such a token.
    pub consent_form: &'static str,
    /// A claim is missing or unknown.
    pub consent_claims: &'static str,
    /// By nobody who may say so.
    pub consent_issuer: &'static str,
    /// Key, algorithm or signature are not right.
    pub consent_signature: &'static str,
    /// For another portal.
    pub consent_audience: &'static str,
    /// For another partner.
    pub consent_partner: &'static str,
    /// Over.
    pub consent_expired: &'static str,
    /// Counts too long, or not yet.
    pub consent_times: &'static str,
    /// A purpose that is not registered.
    pub consent_purpose: &'static str,
    /// A guardian without a child, or a child without a guardian.
    pub consent_child: &'static str,
    /// Presented as often as it may be.
    pub consent_used: &'static str,
    /// Somebody else's transcript.
    pub consent_foreign: &'static str,
    /// Registration, token and consent have nothing of it in common.
    pub nothing_granted: &'static str,
    /// Not a position of the ledger.
    pub since: &'static str,
}
