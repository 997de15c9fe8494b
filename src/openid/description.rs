//! What a provider says of itself (OpenID Connect Discovery 1.0): read for the few members that are used.

use serde::Deserialize;

use super::fault::Away;
use super::fetch::Address;
use crate::transcript::strict;

/// Where what is asked, and whether answers name their issuer.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) authorization: Address,
    pub(super) token: Address,
    pub(super) keys: Address,
    /// Every answer names the provider (RFC 9207): one that does not is not its own.
    pub(super) names_itself: bool,
}

/// Members beyond these are of no use here.
#[derive(Deserialize)]
struct Wire {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Description {
    /// Where an issuer describes itself.
    pub(super) fn address(issuer: &Address) -> Option<Address> {
        let issuer = issuer.as_str().trim_end_matches('/');
        Address::parse(&format!("{issuer}/.well-known/openid-configuration"))
    }

    /// Reads that of `issuer`, which it must name letter by letter.
    pub(super) fn read(json: &[u8], issuer: &Address) -> Result<Self, Away> {
        let wire: Wire = strict::parse(json).map_err(|_| Away::Description)?;
        let address = |text: &str| Address::parse(text).ok_or(Away::Description);
        match wire.issuer == issuer.as_str() {
            false => Err(Away::Description),
            true => Ok(Self {
                authorization: address(&wire.authorization_endpoint)?,
                token: address(&wire.token_endpoint)?,
                keys: address(&wire.jwks_uri)?,
                names_itself: wire.authorization_response_iss_parameter_supported,
            }),
        }
    }
}
