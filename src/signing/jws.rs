//! JWS in JSON serialization (RFC 7515 §7.2), read strictly and kept exactly.
//!
//! *Signed bytes* = ASCII `payload`, then for each signature in file order `.` `protected` `.`
//! `signature`. base64url is canonical, so the decoded form is enough to get those bytes back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::jwk::{Algorithm, Kid, PrivateKey, PublicKey};
use crate::transcript::base64url;
use crate::transcript::disclosure::{Disclosure, DisclosureFault};
use crate::transcript::groups::GroupSet;
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::strict;

/// Longest line of a package, bytes of one JWS in JSON serialization.
pub const MAX_JWS: usize = 256 * 1024;
/// Most signatures on one object: head, institution, homeroom and up to thirteen subject teachers.
pub const MAX_SIGNATURES: usize = 16;

/// What an object is, from its protected `typ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectType {
    /// `hocba-sheet`
    Sheet,
    /// `hocba-manifest`
    Manifest,
    /// `hocba-key`
    Key,
    /// `hocba-status`
    Status,
    /// `hocba-backfill`
    Backfill,
    /// `hocba-anchor`
    Anchor,
    /// `hocba-receipt`
    Receipt,
    /// `hocba-verification`
    Verification,
}

impl ObjectType {
    /// The `typ` value.
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Sheet => "hocba-sheet",
            Self::Manifest => "hocba-manifest",
            Self::Key => "hocba-key",
            Self::Status => "hocba-status",
            Self::Backfill => "hocba-backfill",
            Self::Anchor => "hocba-anchor",
            Self::Receipt => "hocba-receipt",
            Self::Verification => "hocba-verification",
        }
    }

    /// The type a `typ` names.
    pub fn from_typ(typ: &str) -> Option<Self> {
        [
            Self::Sheet,
            Self::Manifest,
            Self::Key,
            Self::Status,
            Self::Backfill,
            Self::Anchor,
            Self::Receipt,
            Self::Verification,
        ]
        .into_iter()
        .find(|t| t.typ() == typ)
    }
}

/// Why an envelope was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsFault {
    /// Longer than [`MAX_JWS`].
    #[error("the object is longer than {MAX_JWS} bytes")]
    TooLong,
    /// Not the JSON serialization of RFC 7515 §7.2, or with members beyond it; where, and never what
    /// stands there.
    #[error("not a JWS in JSON serialization: {0}")]
    Envelope(String),
    /// base64url with padding, white space or non-zero trailing bits.
    #[error("base64url is not canonical")]
    Base64,
    /// A protected header that is not `alg`, `kid`, `typ` and at most `x5t#S256`.
    #[error("protected header: {0}")]
    Header(String),
    /// An algorithm other than EdDSA, ES256, RS256.
    #[error("algorithm is not EdDSA, ES256 or RS256")]
    Algorithm,
    /// An unknown `typ`, or signatures that disagree about it.
    #[error("typ is unknown or differs between signatures")]
    Type,
    /// None, too many, or two by the same key.
    #[error("an object carries 1 to {MAX_SIGNATURES} signatures, each by another key")]
    Signatures,
    /// A disclosure that is malformed, or stands elsewhere than in the first signature's header.
    #[error("disclosures: {0}")]
    Disclosure(String),
}

impl From<DisclosureFault> for JwsFault {
    fn from(fault: DisclosureFault) -> Self {
        Self::Disclosure(fault.to_string())
    }
}

/// A text borrowed from the envelope unless it holds an escape. Inside a list or an option serde copies a
/// bare `Cow` always.
#[derive(Deserialize)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireUnprotected<'a> {
    #[serde(borrow)]
    disclosures: Vec<Borrowed<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignature<'a> {
    #[serde(borrow)]
    protected: Cow<'a, str>,
    #[serde(borrow)]
    signature: Cow<'a, str>,
    #[serde(borrow, default)]
    header: Option<WireUnprotected<'a>>,
}

/// General (`signatures`) and flattened (`protected`, `signature`) serialization in one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireJws<'a> {
    #[serde(borrow)]
    payload: Cow<'a, str>,
    #[serde(borrow, default)]
    signatures: Option<Vec<WireSignature<'a>>>,
    #[serde(borrow, default)]
    protected: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    signature: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    header: Option<WireUnprotected<'a>>,
}

impl<'a> WireJws<'a> {
    fn into_signatures(self) -> Result<(Cow<'a, str>, Vec<WireSignature<'a>>), JwsFault> {
        let mixed = || JwsFault::Envelope("neither general nor flattened".into());
        match (self.signatures, self.protected, self.signature, self.header) {
            (Some(list), None, None, None) => Ok((self.payload, list)),
            (None, Some(protected), Some(signature), header) => {
                Ok((self.payload, vec![WireSignature { protected, signature, header }]))
            }
            _ => Err(mixed()),
        }
    }
}

/// The members a protected header may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireHeader {
    alg: String,
    kid: Kid,
    typ: String,
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    x5t: Option<Kid>,
}

/// One signature of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwsSignature {
    protected: Box<[u8]>,
    signature: Box<[u8]>,
    /// The algorithm the header names.
    pub algorithm: Algorithm,
    /// Thumbprint of the key.
    pub kid: Kid,
    /// SHA-256 of the certificate, where one is used.
    pub certificate: Option<Kid>,
}

/// A signed object: envelope read and checked, signatures not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jws {
    object: ObjectType,
    payload: Box<[u8]>,
    signatures: Vec<JwsSignature>,
    disclosures: Vec<Disclosure>,
    digest: [u8; 32],
}

fn decode(text: &str) -> Result<Box<[u8]>, JwsFault> {
    base64url::decode(text).ok_or(JwsFault::Base64)
}

fn read_header(protected: &[u8]) -> Result<(ObjectType, Algorithm, WireHeader), JwsFault> {
    let header: WireHeader = strict::parse(protected).map_err(|e| JwsFault::Header(strict::without_values(&e)))?;
    let algorithm = Algorithm::from_name(&header.alg).ok_or(JwsFault::Algorithm)?;
    let object = ObjectType::from_typ(&header.typ).ok_or(JwsFault::Type)?;
    Ok((object, algorithm, header))
}

impl Jws {
    /// Reads an envelope. Checks shape, canonical base64url, headers and disclosures, not signatures.
    ///
    /// # Errors
    /// [`JwsFault`] names what is wrong.
    pub fn parse(json: &[u8]) -> Result<Self, JwsFault> {
        if json.len() > MAX_JWS {
            return Err(JwsFault::TooLong);
        }
        let wire: WireJws<'_> = strict::parse(json).map_err(|e| JwsFault::Envelope(strict::without_values(&e)))?;
        let (payload_text, wire_signatures) = wire.into_signatures()?;
        if payload_text.len() > MAX_PAYLOAD {
            return Err(JwsFault::TooLong);
        }
        let payload = decode(&payload_text)?;
        let mut hasher = Sha256::new_with_prefix(payload_text.as_bytes());
        let mut parts = Parts { object: None, signatures: Vec::new(), disclosures: Vec::new() };
        for (i, wire) in wire_signatures.into_iter().enumerate() {
            if i == MAX_SIGNATURES {
                return Err(JwsFault::Signatures);
            }
            hasher.update(b".");
            hasher.update(wire.protected.as_bytes());
            hasher.update(b".");
            hasher.update(wire.signature.as_bytes());
            let disclosures = wire.header.map(|h| h.disclosures);
            if i > 0 && disclosures.is_some() {
                return Err(JwsFault::Disclosure("only the first signature's header carries them".into()));
            }
            for text in disclosures.unwrap_or_default() {
                parts.disclosures.push(Disclosure::from_encoded(&text.0).map_err(|fault| match fault {
                    DisclosureFault::Base64 => JwsFault::Base64,
                    other => other.into(),
                })?);
            }
            parts.add_signature(decode(&wire.protected)?, decode(&wire.signature)?)?;
        }
        parts.finish(payload, hasher.finalize().into())
    }

    /// Signs a payload with these keys, in this order. `certificates` gives `x5t#S256` by key.
    ///
    /// # Errors
    /// When a header cannot be written, or the keys are none, too many or repeated.
    pub fn sign(
        object: ObjectType,
        payload: impl Into<Box<[u8]>>,
        signers: &[(&PrivateKey, Option<Kid>)],
        disclosures: Vec<Disclosure>,
    ) -> Result<Self, JwsFault> {
        let payload = payload.into();
        let payload_text = base64url::encode(&payload);
        let mut hasher = Sha256::new_with_prefix(payload_text.as_bytes());
        let mut parts = Parts { object: None, signatures: Vec::new(), disclosures };
        for (key, certificate) in signers {
            let public = key.public();
            let header = WireHeader {
                alg: public.algorithm().name().into(),
                kid: public.kid(),
                typ: object.typ().into(),
                x5t: *certificate,
            };
            let protected = serde_json::to_vec(&header).map_err(|e| JwsFault::Header(strict::without_values(&e)))?;
            let protected_text = base64url::encode(&protected);
            let signature = key.sign(format!("{protected_text}.{payload_text}").as_bytes());
            hasher.update(format!(".{protected_text}.{}", base64url::encode(&signature)));
            parts.add_signature(protected.into(), signature.into())?;
        }
        parts.finish(payload, hasher.finalize().into())
    }

    /// What the object is.
    pub fn object(&self) -> ObjectType {
        self.object
    }

    /// The decoded payload bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures, in file order.
    pub fn signatures(&self) -> &[JwsSignature] {
        &self.signatures
    }

    /// The disclosures, in file order.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// SHA-256 of the signed bytes.
    pub fn signed_digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Whether signature number `i` verifies under `key`. The algorithm must be the key's own.
    pub fn verifies(&self, i: usize, key: &PublicKey) -> bool {
        self.verifies_under(i, &key.kid(), key)
    }

    /// The same for a key whose thumbprint is known: taking it costs a microsecond.
    pub(super) fn verifies_under(&self, i: usize, kid: &Kid, key: &PublicKey) -> bool {
        let Some(signature) = self.signatures.get(i) else { return false };
        if signature.algorithm != key.algorithm() || signature.kid != *kid {
            return false;
        }
        let long = signature.protected.len() + self.payload.len();
        let mut input = String::with_capacity(long.div_ceil(3) * 4 + 8);
        base64url::append(&signature.protected, &mut input);
        input.push('.');
        base64url::append(&self.payload, &mut input);
        key.verifies(input.as_bytes(), &signature.signature)
    }

    /// The general JSON serialization with only the disclosures of `groups`; the signatures still hold.
    pub fn to_json(&self, groups: GroupSet) -> Vec<u8> {
        let shown: Vec<String> =
            self.disclosures.iter().filter(|d| groups.contains(d.group())).map(Disclosure::encoded).collect();
        let signatures: Vec<_> = self
            .signatures
            .iter()
            .enumerate()
            .map(|(i, s)| OutSignature {
                protected: base64url::encode(&s.protected),
                signature: base64url::encode(&s.signature),
                header: (i == 0 && self.object == ObjectType::Sheet).then(|| OutHeader { disclosures: shown.clone() }),
            })
            .collect();
        serde_json::to_vec(&OutJws { payload: base64url::encode(&self.payload), signatures }).unwrap_or_default()
    }

    /// The decoded form that bodies store: every part with a 32-bit length before it.
    pub fn to_stored(&self) -> Vec<u8> {
        let part = |bytes: &[u8]| 4 + bytes.len();
        let signatures: usize = self.signatures.iter().map(|s| part(&s.protected) + part(&s.signature)).sum();
        let disclosures: usize = self.disclosures.iter().map(|d| part(d.json())).sum();
        let mut out = Vec::with_capacity(part(&self.payload) + 1 + signatures + 1 + disclosures);
        put(&mut out, &self.payload);
        out.push(self.signatures.len() as u8);
        for s in &self.signatures {
            put(&mut out, &s.protected);
            put(&mut out, &s.signature);
        }
        out.push(self.disclosures.len() as u8);
        for d in &self.disclosures {
            put(&mut out, d.json());
        }
        out
    }

    /// Reads [`Jws::to_stored`] back.
    ///
    /// # Errors
    /// [`JwsFault::Envelope`] when cut short or with bytes left over; otherwise as [`Jws::parse`].
    pub fn from_stored(stored: &[u8]) -> Result<Self, JwsFault> {
        Self::from_stored_with(stored, GroupSet::ALL)
    }

    /// The same with the disclosures of these groups alone; the others, which are not signed, are hardly looked at.
    ///
    /// # Errors
    /// As [`Jws::from_stored`].
    pub fn from_stored_with(stored: &[u8], groups: GroupSet) -> Result<Self, JwsFault> {
        let mut rest = stored;
        let payload = take(&mut rest)?;
        let payload_text = base64url::encode(payload);
        let mut hasher = Sha256::new_with_prefix(payload_text.as_bytes());
        let mut parts = Parts { object: None, signatures: Vec::new(), disclosures: Vec::new() };
        for _ in 0..take_count(&mut rest)? {
            let (protected, signature) = (take(&mut rest)?, take(&mut rest)?);
            hasher.update(format!(".{}.{}", base64url::encode(protected), base64url::encode(signature)));
            parts.add_signature(protected.into(), signature.into())?;
        }
        for _ in 0..take_count(&mut rest)? {
            let json = take(&mut rest)?;
            if Disclosure::glance(json).is_none_or(|group| groups.contains(group)) {
                parts.disclosures.push(Disclosure::from_json(json)?);
            }
        }
        match rest.is_empty() {
            true => {
                parts.disclosures.retain(|disclosure| groups.contains(disclosure.group()));
                parts.finish(payload.into(), hasher.finalize().into())
            }
            false => Err(JwsFault::Envelope("bytes left over".into())),
        }
    }
}

struct Parts {
    object: Option<ObjectType>,
    signatures: Vec<JwsSignature>,
    disclosures: Vec<Disclosure>,
}

impl Parts {
    fn add_signature(&mut self, protected: Box<[u8]>, signature: Box<[u8]>) -> Result<(), JwsFault> {
        let (object, algorithm, header) = read_header(&protected)?;
        if *self.object.get_or_insert(object) != object {
            return Err(JwsFault::Type);
        }
        if self.signatures.iter().any(|s| s.kid == header.kid) {
            return Err(JwsFault::Signatures);
        }
        self.signatures.push(JwsSignature {
            protected,
            signature,
            algorithm,
            kid: header.kid,
            certificate: header.x5t,
        });
        Ok(())
    }

    fn finish(self, payload: Box<[u8]>, digest: [u8; 32]) -> Result<Jws, JwsFault> {
        let object = self.object.ok_or(JwsFault::Signatures)?;
        if self.signatures.len() > MAX_SIGNATURES {
            return Err(JwsFault::Signatures);
        }
        if !self.disclosures.is_empty() && object != ObjectType::Sheet {
            return Err(JwsFault::Disclosure("only sheets carry them".into()));
        }
        Ok(Jws { object, payload, signatures: self.signatures, disclosures: self.disclosures, digest })
    }
}

#[derive(Serialize)]
struct OutHeader {
    disclosures: Vec<String>,
}

#[derive(Serialize)]
struct OutSignature {
    protected: String,
    signature: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<OutHeader>,
}

#[derive(Serialize)]
struct OutJws {
    payload: String,
    signatures: Vec<OutSignature>,
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    out.extend_from_slice(&(part.len() as u32).to_be_bytes());
    out.extend_from_slice(part);
}

fn cut_short() -> JwsFault {
    JwsFault::Envelope("cut short".into())
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], JwsFault> {
    let (length, after) = rest.split_first_chunk::<4>().ok_or_else(cut_short)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (part, after) = after.split_at_checked(length).ok_or_else(cut_short)?;
    *rest = after;
    Ok(part)
}

fn take_count(rest: &mut &[u8]) -> Result<u8, JwsFault> {
    let (count, after) = rest.split_first().ok_or_else(cut_short)?;
    *rest = after;
    Ok(*count)
}
