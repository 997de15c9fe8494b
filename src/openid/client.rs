//! How we show the provider that it is we who ask: a token signed for it alone (`private_key_jwt`, RFC 7523), or a secret
//! (`client_secret_basic`, RFC 6749 §2.3.1).

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::json;
use zeroize::Zeroizing;

use crate::seal::RandomToken;
use crate::signing::PrivateKey;
use crate::transcript::{Moment, base64url, percent};

/// Seconds that our token counts.
const ASSERTION_S: i64 = 60;
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What we are known by. Never printed.
#[derive(Clone)]
pub enum Credential {
    /// A key whose public half the provider has, under its RFC 7638 thumbprint.
    Key(PrivateKey),
    /// A secret that the provider gave us.
    Secret(Zeroizing<String>),
}

/// Why something is no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialFault {
    /// Not a private key that we sign with.
    #[error("not an Ed25519 or P-256 private key (PKCS#8 PEM)")]
    Key,
    /// Nothing, or more than one line.
    #[error("not a secret of one line")]
    Secret,
}

/// What goes along with a request.
pub(super) struct Shown {
    pub(super) authorization: Option<Zeroizing<String>>,
    pub(super) fields: Vec<(&'static str, String)>,
}

impl Credential {
    /// A key. RSA is left out: what signs here would do it in a time that hangs on the key.
    ///
    /// # Errors
    /// [`CredentialFault::Key`].
    pub fn from_pem(pem: &str) -> Result<Self, CredentialFault> {
        match PrivateKey::from_pem(pem) {
            Ok(key @ (PrivateKey::Ed25519(_) | PrivateKey::P256(_))) => Ok(Self::Key(key)),
            _ => Err(CredentialFault::Key),
        }
    }

    /// A secret, with or without a line break at its end.
    ///
    /// # Errors
    /// [`CredentialFault::Secret`].
    pub fn from_secret(text: &str) -> Result<Self, CredentialFault> {
        let secret = text.trim();
        match secret.is_empty() || secret.contains(char::is_control) {
            true => Err(CredentialFault::Secret),
            false => Ok(Self::Secret(Zeroizing::new(secret.to_owned()))),
        }
    }

    /// What shows that `client_id` asks `issuer`. None when the system gives no randomness.
    pub(super) fn show(&self, client_id: &str, issuer: &str, now: Moment) -> Option<Shown> {
        match self {
            Self::Secret(secret) => {
                let pair = Zeroizing::new(format!("{}:{}", percent::encode(client_id), percent::encode(secret)));
                let header = Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes())));
                Some(Shown { authorization: Some(header), fields: vec![] })
            }
            Self::Key(key) => {
                let fields = vec![
                    ("client_id", client_id.to_owned()),
                    ("client_assertion_type", JWT_BEARER.to_owned()),
                    ("client_assertion", assertion(key, client_id, issuer, now)?),
                ];
                Some(Shown { authorization: None, fields })
            }
        }
    }
}

/// For the issuer and no other address: what is meant for one provider is of no use at another.
fn assertion(key: &PrivateKey, client_id: &str, issuer: &str, now: Moment) -> Option<String> {
    let public = key.public();
    let header = json!({ "alg": public.algorithm().name(), "kid": public.kid(), "typ": "JWT" });
    let iat = now.as_seconds();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": issuer, "iat": iat, "exp": iat + ASSERTION_S,
        "jti": RandomToken::generate()?.to_text().as_str(),
    });
    let part = |value: &serde_json::Value| base64url::encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = BASE64URL_NOPAD.encode(&key.sign(signed.as_bytes()));
    Some(format!("{signed}.{signature}"))
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Credential::Key(…)",
            Self::Secret(_) => "Credential::Secret(…)",
        })
    }
}
