//! The token in a copy's QR: CWT claims (RFC 8392) in an untagged `COSE_Sign1` (RFC 9052), `1.` and base32 without
//! padding. Upper case throughout, so that a QR holds it in alphanumeric mode.
//!
//! | claim | holds |
//! |---|---|
//! | 4 exp | until when it discloses, seconds; it verifies for ever |
//! | 6 iat | when it was issued, seconds |
//! | 7 cti | the 16 bytes of the code in the URL before it |
//! | −70001 | SHA-256 over the leaves of the sheets it opens, in ledger order |
//! | −70002 | the copy's id ([`CopyId`]) |
//!
//! Protected header: alg −8 and a kid of 4 bytes, the first of the key's RFC 7638 thumbprint. There is one encoding of
//! each token: whatever differs from what signing the same claims would give is refused, signed or not. So there is
//! no tag, no other claim or header, no indefinite length, and nothing after the end.

use coset::cbor::value::Value;
use coset::cwt::{ClaimsSet, ClaimsSetBuilder, Timestamp};
use coset::{CborSerializable as _, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::signing::jwk::Algorithm;
use crate::signing::{PrivateKey, PublicKey};
use crate::transcript::{CopyId, Moment, TranscriptCode};

/// What a token begins with: the version of its format.
const PREFIX: &str = "1.";
/// Longest token; the ones we make have less than 300 characters. Longer input is refused unread.
pub const MAX_TOKEN: usize = 400;
const SHEETS: i64 = -70_001;
const COPY: i64 = -70_002;

/// What a token says. Nothing personal: a photo of a QR travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// The code of the booklet, or the id of the one sheet.
    pub code: TranscriptCode,
    /// When it was issued, seconds since 1970.
    pub issued_at: u32,
    /// Until when it discloses, seconds since 1970.
    pub expires_at: u32,
    /// SHA-256 over the leaves of its sheets, in ledger order.
    pub sheets: [u8; 32],
    /// Which copy.
    pub copy: CopyId,
}

/// Why a text is not a token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not a token, or one in another encoding than ours.
    #[error("not a token")]
    Form,
    /// Signed, it says, with a key that is not ours.
    #[error("the token names a key that is not ours")]
    UnknownKey,
    /// The signature does not hold.
    #[error("the token's signature does not hold")]
    Signature,
    /// A key that does not sign tokens: only Ed25519 keys do.
    #[error("tokens are signed with Ed25519 keys")]
    Algorithm,
}

/// The digest over leaves, in ledger order.
pub fn digest_of_leaves<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for leaf in leaves {
        hasher.update(leaf);
    }
    hasher.finalize().into()
}

impl Claims {
    /// When it stops disclosing.
    pub fn expiry(&self) -> Option<Moment> {
        Moment::from_millis(i64::from(self.expires_at) * 1000)
    }

    /// Signs the claims: the token as it stands in a QR.
    ///
    /// # Errors
    /// [`TokenFault::Algorithm`].
    pub fn sign(&self, key: &PrivateKey) -> Result<String, TokenFault> {
        let public = key.public();
        if public.algorithm() != Algorithm::EdDsa {
            return Err(TokenFault::Algorithm);
        }
        let signed = self.unsigned(short_kid(&public))?.create_signature(b"", |input| key.sign(input)).build();
        let bytes = signed.to_vec().map_err(|_| TokenFault::Form)?;
        Ok(format!("{PREFIX}{}", BASE32_NOPAD.encode(&bytes)))
    }

    fn unsigned(&self, kid: [u8; 4]) -> Result<CoseSign1Builder, TokenFault> {
        let claims = ClaimsSetBuilder::new()
            .expiration_time(Timestamp::WholeSeconds(self.expires_at.into()))
            .issued_at(Timestamp::WholeSeconds(self.issued_at.into()))
            .cwt_id(self.code.as_bytes().to_vec())
            .private_claim(SHEETS, Value::Bytes(self.sheets.to_vec()))
            .private_claim(COPY, Value::Bytes(self.copy.as_bytes().to_vec()))
            .build();
        let header = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(kid.to_vec()).build();
        let payload = claims.to_vec().map_err(|_| TokenFault::Form)?;
        Ok(CoseSign1Builder::new().protected(header).payload(payload))
    }

    /// Reads claims; whether they are encoded as we would is for the caller to compare.
    fn read(payload: &[u8]) -> Option<Self> {
        let claims = ClaimsSet::from_slice(payload).ok()?;
        let seconds = |time: Option<Timestamp>| match time {
            Some(Timestamp::WholeSeconds(seconds)) => u32::try_from(seconds).ok(),
            _ => None,
        };
        let [(_, sheets), (_, copy)] = claims.rest.as_slice() else { return None };
        Some(Self {
            code: TranscriptCode::from_bytes(claims.cwt_id?.try_into().ok()?),
            issued_at: seconds(claims.issued_at)?,
            expires_at: seconds(claims.expiration_time)?,
            sheets: sheets.as_bytes()?.as_slice().try_into().ok()?,
            copy: CopyId::from_bytes(copy.as_bytes()?)?,
        })
    }
}

/// The kid of a key in a token.
pub fn short_kid(key: &PublicKey) -> [u8; 4] {
    let [a, b, c, d, ..] = key.kid().0;
    [a, b, c, d]
}

/// The public keys that tokens may be signed with: the present one and those before it.
#[derive(Debug, Clone)]
pub struct TokenKeys(Vec<PublicKey>);

impl TokenKeys {
    /// These keys.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self(keys.into_iter().collect())
    }

    /// All of them, the present one first.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// Reads a token and checks its signature. Says nothing about time, or about whether it was voided.
    ///
    /// # Errors
    /// [`TokenFault`].
    pub fn check(&self, token: &str) -> Result<Claims, TokenFault> {
        if token.len() > MAX_TOKEN {
            return Err(TokenFault::Form);
        }
        let text = token.strip_prefix(PREFIX).ok_or(TokenFault::Form)?;
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| TokenFault::Form)?;
        let signed = CoseSign1::from_slice(&bytes).map_err(|_| TokenFault::Form)?;
        let claims = signed.payload.as_deref().and_then(Claims::read).ok_or(TokenFault::Form)?;
        let kid: [u8; 4] = signed.protected.header.key_id.as_slice().try_into().map_err(|_| TokenFault::Form)?;
        let again = claims.unsigned(kid)?.signature(signed.signature.clone()).build().to_vec();
        if again.map_err(|_| TokenFault::Form)? != bytes {
            return Err(TokenFault::Form);
        }
        let mut named = self.0.iter().filter(|key| short_kid(key) == kid).peekable();
        named.peek().ok_or(TokenFault::UnknownKey)?;
        let holds = |key: &PublicKey| {
            signed.verify_signature(b"", |signature, input| match key.verifies(input, signature) {
                true => Ok(()),
                false => Err(TokenFault::Signature),
            })
        };
        match named.any(|key| holds(key).is_ok()) {
            true => Ok(claims),
            false => Err(TokenFault::Signature),
        }
    }
}

/// The token in what somebody scanned or pasted: the token itself, or a URL with the token as its fragment.
pub fn in_text(text: &str) -> &str {
    let text = text.trim();
    text.rsplit_once('#').map_or(text, |(_, fragment)| fragment)
}
