//! OCSP answers (RFC 6960), by the issuer itself or by a responder that it named.

use der::asn1::{Null, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _};
use sha2::{Digest as _, Sha256};
use x509_cert::ext::Extension;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspRequest, OcspResponse, OcspResponseStatus, Request, ResponderId,
    SingleResponse, TbsRequest,
};

use super::algorithm::{Hash, Strength};
use super::certificate::{Certificate, moment};
use super::{DerFault, signed_part};
use crate::transcript::time::Moment;

/// Longest OCSP answer, in bytes.
pub const MAX_OCSP: usize = 64 << 10;

const WHAT: &str = "OCSP answer";
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");

/// An answer that was read; whose signature it bears is checked when it is used.
#[derive(Debug, Clone)]
pub struct OcspAnswer {
    digest: [u8; 32],
    der: Box<[u8]>,
    /// The basic response, the part that is signed and signed over.
    basic: Box<[u8]>,
    parsed: BasicOcspResponse,
    responders: Vec<Certificate>,
}

/// What an answer says about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) this_update: Moment,
    pub(super) next_update: Option<Moment>,
    /// Since when it is revoked; None: good.
    pub(super) revoked_since: Option<Moment>,
    pub(super) strength: Strength,
}

impl OcspAnswer {
    /// Reads a successful answer from DER.
    ///
    /// # Errors
    /// [`DerFault`]: also for answers that are no answer (`tryLater`, `unauthorized`).
    pub fn from_der(der: &[u8]) -> Result<Self, DerFault> {
        if der.len() > MAX_OCSP {
            return Err(DerFault::TooLong(WHAT));
        }
        let outer = OcspResponse::from_der(der).map_err(|_| DerFault::Form(WHAT))?;
        let bytes = outer
            .response_bytes
            .filter(|b| outer.response_status == OcspResponseStatus::Successful && b.response_type == BASIC);
        let basic: Box<[u8]> = bytes.ok_or(DerFault::Form(WHAT))?.response.as_bytes().into();
        let parsed = BasicOcspResponse::from_der(&basic).map_err(|_| DerFault::Form(WHAT))?;
        let data = &parsed.tbs_response_data;
        let critical = |e: &Extension| e.critical && e.extn_id != NONCE;
        let single = data.responses.iter().flat_map(|r| r.single_extensions.iter().flatten());
        if data.response_extensions.iter().flatten().chain(single).any(critical) {
            return Err(DerFault::NotUnderstood(WHAT));
        }
        // Certificates that cannot be read are no responder's; the answer may be the issuer's own.
        let ders = parsed.certs.iter().flatten().filter_map(|c| c.to_der().ok());
        let responders = ders.filter_map(|der| Certificate::from_der(&der).ok()).collect();
        Ok(Self { digest: Sha256::digest(der).into(), der: der.into(), basic, parsed, responders })
    }

    /// SHA-256 of the bytes.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The newest moment that any of its statements names as its own time.
    pub fn this_update(&self) -> Option<Moment> {
        self.parsed.tbs_response_data.responses.iter().filter_map(|r| time(r.this_update)).max()
    }

    /// Whether the time by which it promised a newer answer has passed.
    pub fn is_stale(&self, now: Moment) -> bool {
        let due = self.parsed.tbs_response_data.responses.iter().filter_map(|r| r.next_update).filter_map(time);
        due.max().is_some_and(|due| due < now)
    }

    /// Whether it repeats the nonce of a request; None when it has none.
    pub fn repeats(&self, nonce: &[u8]) -> Option<bool> {
        let data = &self.parsed.tbs_response_data;
        let mut nonces = data.response_extensions.iter().flatten().filter(|e| e.extn_id == NONCE);
        let value = nonces.next()?.extn_value.as_bytes();
        Some(OctetString::from_der(value).is_ok_and(|own| own.as_bytes() == nonce))
    }

    /// Serial numbers it speaks of.
    pub(super) fn serials(&self) -> impl Iterator<Item = &[u8]> {
        self.parsed.tbs_response_data.responses.iter().map(|single| single.cert_id.serial_number.as_bytes())
    }

    /// What it says about a certificate of `issuer`; None when it says nothing, `unknown`, or is not signed
    /// by someone who may. `is_good` says whether a responder that is not exempt
    /// from revocation was in good standing when it answered.
    pub(super) fn about(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        is_good: impl Fn(&Certificate, Moment) -> bool,
    ) -> Option<Said> {
        let data = &self.parsed.tbs_response_data;
        let single = data.responses.iter().find(|single| is_about(&single.cert_id, certificate, issuer))?;
        let produced = time(data.produced_at)?;
        let this_update = time(single.this_update)?;
        let next_update = single.next_update.map(|at| time(at).ok_or(())).transpose().ok()?;
        if next_update.is_some_and(|next| next < this_update) || this_update > produced {
            return None;
        }
        let revoked_since = status(single)?;
        let strength = self.signed_for(issuer, produced, is_good)?;
        Some(Said { this_update, next_update, revoked_since, strength })
    }

    /// By the issuer, or by a responder whose certificate the same issuer signed for this (RFC 6960 §4.2.2.2).
    fn signed_for(
        &self,
        issuer: &Certificate,
        produced: Moment,
        is_good: impl Fn(&Certificate, Moment) -> bool,
    ) -> Option<Strength> {
        if self.is_named(issuer) {
            return self.signed_by(issuer);
        }
        self.responders.iter().filter(|responder| self.is_named(responder)).find_map(|responder| {
            let details = responder.details();
            let (from, to) = responder.validity()?;
            let usages = details.extended.as_ref().map_or(&[][..], |(usages, _)| usages);
            let may_answer = usages.contains(&OCSP_SIGNING)
                && details.usage.as_ref().is_none_or(|usage| usage.digital_signature())
                && !details.not_understood
                && responder.issuer() == issuer.subject()
                && (from..=to).contains(&produced)
                && (details.ocsp_nocheck || is_good(responder, produced));
            let issued = responder.signed_by(issuer).filter(|_| may_answer)?;
            Some(issued.min(self.signed_by(responder)?))
        })
    }

    fn is_named(&self, signer: &Certificate) -> bool {
        match &self.parsed.tbs_response_data.responder_id {
            ResponderId::ByName(name) => name == signer.subject(),
            ResponderId::ByKey(hash) => hash.as_bytes() == Hash::Sha1.digest(signer.key_bits()),
        }
    }

    fn signed_by(&self, signer: &Certificate) -> Option<Strength> {
        let signature = self.parsed.signature.as_bytes()?;
        signer.key()?.verify(&self.parsed.signature_algorithm, None, signed_part(&self.basic)?, signature)
    }
}

fn time(at: x509_ocsp::OcspGeneralizedTime) -> Option<Moment> {
    moment(at.0.to_unix_duration())
}

/// Outer None: `unknown`, which says nothing.
fn status(single: &SingleResponse) -> Option<Option<Moment>> {
    match &single.cert_status {
        CertStatus::Good(_) => Some(None),
        CertStatus::Revoked(info) => time(info.revocation_time).map(Some),
        CertStatus::Unknown(_) => None,
    }
}

fn is_about(id: &CertId, certificate: &Certificate, issuer: &Certificate) -> bool {
    let Some(hash) = Hash::from_oid(&id.hash_algorithm.oid) else { return false };
    let Ok(name) = issuer.subject().to_der() else { return false };
    id.serial_number.as_bytes() == certificate.serial()
        && id.issuer_name_hash.as_bytes() == hash.digest(&name)
        && id.issuer_key_hash.as_bytes() == hash.digest(issuer.key_bits())
}

/// A request about a certificate, with a nonce. SHA-1 only names the issuer here: it is what every responder
/// understands (RFC 5019 §2.1.1).
///
/// # Errors
/// [`DerFault::Form`] for a serial number that cannot be encoded.
pub fn ocsp_request(certificate: &Certificate, issuer: &Certificate, nonce: &[u8; 16]) -> Result<Vec<u8>, DerFault> {
    let build = || -> der::Result<Vec<u8>> {
        let id = CertId {
            hash_algorithm: AlgorithmIdentifierOwned { oid: SHA1, parameters: Some(der::Any::from(Null)) },
            issuer_name_hash: OctetString::new(Hash::Sha1.digest(&issuer.subject().to_der()?))?,
            issuer_key_hash: OctetString::new(Hash::Sha1.digest(issuer.key_bits()))?,
            serial_number: SerialNumber::new(certificate.serial())?,
        };
        let nonce = OctetString::new(&nonce[..])?.to_der()?;
        let nonce = Extension { extn_id: NONCE, critical: false, extn_value: OctetString::new(nonce)? };
        let tbs_request = TbsRequest {
            request_list: vec![Request { req_cert: id, single_request_extensions: None }],
            request_extensions: Some(vec![nonce]),
            ..TbsRequest::default()
        };
        OcspRequest { tbs_request, optional_signature: None }.to_der()
    };
    build().map_err(|_| DerFault::Form("OCSP request"))
}
