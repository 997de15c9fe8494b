//! `[offices.openid]`: the provider that offices' members may sign in at, beside the accounts of the portal itself.

use serde::Deserialize;

/// `[offices.openid]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenId {
    /// The provider's issuer identifier; empty: nobody signs in elsewhere.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// Private key that we are known by, relative to the data directory; empty: a secret.
    pub key_file: String,
    /// File with the secret that we are known by; empty: a key.
    pub secret_file: String,
    /// What it calls its checks of two factors.
    pub acr: Vec<String>,
    /// Seconds since it checked them, at most.
    pub max_age_s: i64,
}

/// The file with what we are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFile<'a> {
    /// A private key (`private_key_jwt`).
    Key(&'a str),
    /// A secret (`client_secret_basic`).
    Secret(&'a str),
}

impl OpenId {
    /// Whether members may sign in elsewhere.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What we are known by; None when that is nothing, or two things.
    pub fn credential(&self) -> Option<CredentialFile<'_>> {
        match (self.key_file.as_str(), self.secret_file.as_str()) {
            ("", "") => None,
            (key, "") => Some(CredentialFile::Key(key)),
            ("", secret) => Some(CredentialFile::Secret(secret)),
            _ => None,
        }
    }

    pub(super) fn rules(&self) -> [(bool, &'static str); 4] {
        let is_word = |acr: &String| !acr.is_empty() && acr.bytes().all(|b| b.is_ascii_graphic());
        [
            (
                !self.is_on() || self.credential().is_some(),
                "offices.openid needs key_file or secret_file, and not both of them",
            ),
            (
                !self.is_on() || !self.client_id.is_empty() && (1..=100).contains(&self.name.chars().count()),
                "offices.openid needs client_id, and a name of at most 100 characters",
            ),
            (
                !self.is_on() || !self.acr.is_empty() && self.acr.iter().all(is_word),
                "offices.openid.acr lists what the provider calls its checks of two factors, without spaces",
            ),
            ((30..=3600).contains(&self.max_age_s), "offices.openid.max_age_s is from 30 to 3600"),
        ]
    }
}
