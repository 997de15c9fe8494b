//! JWS in compact serialization (RFC 7515 §7.1), as apps send JSON Web Tokens (RFC 7519): read strictly, believed once a
//! key verifies it.
//!
//! The key decides the algorithm, never the header: a header that names another one is refused before anything is
//! computed, and so is `none`. Headers that bring a key along or change what is signed (`jku`, `jwk`, `x5c`, `x5u`,
//! `crit`, `b64`) are refused as unknown members.

use serde::Deserialize;

use super::jwk::{Algorithm, PublicKey};
use crate::transcript::{base64url, strict};

/// Longest one, in bytes: what fits into a header of a request several times over.
pub const MAX_COMPACT: usize = 4096;

/// Why a text is no compact JWS of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompactFault {
    /// Longer than [`MAX_COMPACT`].
    #[error("the token is longer than {MAX_COMPACT} bytes")]
    TooLong,
    /// Not three parts of canonical base64url.
    #[error("not a JWS in compact serialization")]
    Form,
    /// A header that is not `alg`, `kid` and at most `typ` and thumbprints of a certificate.
    #[error("the header is not alg, kid and at most typ, x5t and x5t#S256")]
    Header,
    /// No algorithm, `none`, or one that is not taken.
    #[error("the algorithm is not taken")]
    Algorithm,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireHeader {
    alg: String,
    kid: String,
    #[serde(default)]
    typ: Option<String>,
    /// Which certificate the key has. Some who sign name it besides; the key is the one that `kid` names all the same.
    #[serde(default, rename = "x5t")]
    _certificate: Option<String>,
    #[serde(default, rename = "x5t#S256")]
    _certificate_sha256: Option<String>,
}

/// A compact JWS: shape and header read, signature not checked.
pub struct Compact<'a> {
    /// What is signed: header and payload as they came.
    signed: &'a str,
    algorithm: Algorithm,
    kid: String,
    typ: Option<String>,
    payload: Box<[u8]>,
    signature: Box<[u8]>,
}

impl<'a> Compact<'a> {
    /// Reads one.
    ///
    /// # Errors
    /// [`CompactFault`].
    pub fn parse(text: &'a str) -> Result<Self, CompactFault> {
        if text.len() > MAX_COMPACT {
            return Err(CompactFault::TooLong);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(CompactFault::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(CompactFault::Form)?;
        let decode = |part: &str| base64url::decode(part).ok_or(CompactFault::Form);
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        let header: WireHeader = strict::parse(&header).map_err(|_| CompactFault::Header)?;
        let algorithm = Algorithm::from_name(&header.alg).ok_or(CompactFault::Algorithm)?;
        Ok(Self { signed, algorithm, kid: header.kid, typ: header.typ, payload, signature })
    }

    /// The algorithm that the header names.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that the header names.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What it says it is.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The payload as it came: to find out whose key it should verify under, and nothing else before it does.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether the signature verifies under `key`, whose own algorithm the header must name.
    pub fn verifies(&self, key: &PublicKey) -> bool {
        self.algorithm == key.algorithm() && key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

/// Never prints what it holds.
impl std::fmt::Debug for Compact<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Compact({:?})", self.algorithm)
    }
}
