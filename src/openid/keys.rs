//! The keys of a provider (JWK Set, RFC 7517): those that can sign an ID token for us, by name. Others are passed over,
//! for a set may hold keys of any kind and purpose.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::signing::PublicKey;
use crate::signing::jwk::{Algorithm, Jwk};
use crate::transcript::strict;

/// Most keys of a set that are looked at.
const MAX_KEYS: usize = 64;

/// Public keys by their names.
#[derive(Debug, Clone)]
pub struct Keys(Vec<(Box<str>, PublicKey)>);

#[derive(Deserialize)]
struct Wire {
    keys: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Key(Box<WireKey>),
    Other(IgnoredAny),
}

/// Without `deny_unknown_fields`: what else stands in a key is for others.
#[derive(Deserialize)]
struct WireKey {
    kid: String,
    kty: String,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    r#use: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

impl WireKey {
    fn checked(self) -> Option<(Box<str>, PublicKey)> {
        let Self { kid, kty, alg, r#use, crv, e, n, x, y } = self;
        let key = PublicKey::from_jwk(&Jwk { crv, e, kty, n, x, y }).ok()?;
        let signs = r#use.is_none_or(|r#use| r#use == "sig")
            && alg.is_none_or(|alg| Algorithm::from_name(&alg) == Some(key.algorithm()));
        signs.then(|| (kid.into(), key))
    }
}

impl Keys {
    /// Reads a set. None when it is none.
    pub fn read(json: &[u8]) -> Option<Self> {
        let wire: Wire = strict::parse(json).ok()?;
        let listed = wire.keys.into_iter().take(MAX_KEYS).filter_map(|listed| match listed {
            Listed::Key(key) => key.checked(),
            Listed::Other(_) => None,
        });
        Some(Self(listed.collect()))
    }

    /// The key of this name.
    pub(super) fn named(&self, kid: &str) -> Option<&PublicKey> {
        self.0.iter().find(|(name, _)| **name == *kid).map(|(_, key)| key)
    }
}
