//! Certificates of an authority of one's own, for demonstrations and tests: an official signer gets its certificate
//! from an authority that others know.

use std::time::Duration;

use der::asn1::{
    BitString, GeneralizedTime, ObjectIdentifier, OctetString, PrintableStringRef, SetOfVec, UtcTime, Utf8StringRef,
};
use der::{Any, Decode as _, Encode as _};
use p256::ecdsa::Signature;
use sha2::{Digest as _, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{TbsCertificate, Version};

use crate::signing::certificates::Certificate;
use crate::signing::{PrivateKey, PublicKey};
use crate::transcript::time::Moment;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
const ORGANISATION: ObjectIdentifier = oid("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
/// Signing documents (RFC 9336).
const DOCUMENTS: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.36");

/// Whose certificate it is.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Organisation (tổ chức).
    pub organisation: &'a str,
    /// The name itself (tên).
    pub name: &'a str,
}

/// Number and validity of a certificate.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Its serial number: random, so that nobody can foresee what is signed.
    pub serial: [u8; 16],
    /// First moment.
    pub from: Moment,
    /// Last moment.
    pub to: Moment,
}

/// Why no certificate was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueFault {
    /// A key of another kind.
    #[error("certificates of soft copies are for P-256 keys")]
    NotP256,
    /// A name or time that no certificate can hold.
    #[error("a name or time that a certificate cannot hold")]
    Encoding,
}

impl From<der::Error> for IssueFault {
    fn from(_: der::Error) -> Self {
        Self::Encoding
    }
}

/// The certificate of an authority for signers of soft copies, signed by itself.
///
/// # Errors
/// [`IssueFault`].
pub fn authority(key: &PrivateKey, subject: &Subject<'_>, terms: &Terms) -> Result<Certificate, IssueFault> {
    let name = name(subject)?;
    let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    let extensions = vec![
        extension("2.5.29.19", true, &BasicConstraints { ca: true, path_len_constraint: Some(0) })?,
        extension("2.5.29.15", true, &usage)?,
        extension("2.5.29.14", false, &key_identifier(&key.public())?)?,
    ];
    issue(key, name.clone(), name, &key.public(), extensions, terms)
}

/// The certificate of a signer of soft copies.
///
/// # Errors
/// [`IssueFault`].
pub fn signer(
    by: (&PrivateKey, &Certificate),
    key: &PublicKey,
    subject: &Subject<'_>,
    terms: &Terms,
) -> Result<Certificate, IssueFault> {
    let (authority_key, authority) = by;
    let issuer = x509_cert::Certificate::from_der(authority.der())?.tbs_certificate.subject;
    let authority_id = AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier(&authority_key.public())?.0),
        ..AuthorityKeyIdentifier::default()
    };
    let extensions = vec![
        extension("2.5.29.19", true, &BasicConstraints { ca: false, path_len_constraint: None })?,
        extension("2.5.29.15", true, &KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation))?,
        extension("2.5.29.37", false, &ExtendedKeyUsage(vec![DOCUMENTS]))?,
        extension("2.5.29.14", false, &key_identifier(key)?)?,
        extension("2.5.29.35", false, &authority_id)?,
    ];
    issue(authority_key, issuer, name(subject)?, key, extensions, terms)
}

/// A certificate in PEM.
///
/// # Errors
/// [`IssueFault::Encoding`].
pub fn to_pem(certificate: &Certificate) -> Result<String, IssueFault> {
    let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, certificate.der());
    pem.map_err(|_| IssueFault::Encoding)
}

fn issue(
    by: &PrivateKey,
    issuer: Name,
    subject: Name,
    key: &PublicKey,
    extensions: Vec<Extension>,
    terms: &Terms,
) -> Result<Certificate, IssueFault> {
    let PrivateKey::P256(_) = by else { return Err(IssueFault::NotP256) };
    let algorithm = AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None };
    // Positive, and never with a zero in front.
    let mut serial = terms.serial;
    serial[0] = serial[0] & 0x3f | 0x40;
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&serial)?,
        signature: algorithm.clone(),
        issuer,
        validity: Validity { not_before: time(terms.from)?, not_after: time(terms.to)? },
        subject,
        subject_public_key_info: key_info(key)?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = Signature::from_slice(&by.sign(&tbs.to_der()?)).map_err(|_| IssueFault::NotP256)?;
    let signature = BitString::from_bytes(signature.to_der().as_bytes())?;
    let der = x509_cert::Certificate { tbs_certificate: tbs, signature_algorithm: algorithm, signature }.to_der()?;
    Certificate::from_der(&der).map_err(|_| IssueFault::Encoding)
}

fn name(subject: &Subject<'_>) -> Result<Name, IssueFault> {
    let part = |oid, value: Any| -> der::Result<RelativeDistinguishedName> {
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?))
    };
    let text = |text: &str| -> der::Result<Any> { Any::encode_from(&Utf8StringRef::new(text)?) };
    Ok(RdnSequence(vec![
        part(COUNTRY, Any::encode_from(&PrintableStringRef::new("VN")?)?)?,
        part(ORGANISATION, text(subject.organisation)?)?,
        part(COMMON_NAME, text(subject.name)?)?,
    ]))
}

fn time(at: Moment) -> Result<Time, IssueFault> {
    let since_1970 = Duration::from_secs(u64::try_from(at.as_seconds()).map_err(|_| IssueFault::Encoding)?);
    // RFC 5280 §4.1.2.5: two digits of the year through 2049.
    match UtcTime::from_unix_duration(since_1970) {
        Ok(time) => Ok(Time::UtcTime(time)),
        Err(_) => Ok(Time::GeneralTime(GeneralizedTime::from_unix_duration(since_1970)?)),
    }
}

fn point(key: &PublicKey) -> Result<Vec<u8>, IssueFault> {
    match key {
        PublicKey::P256(key) => Ok(key.to_sec1_point(false).as_bytes().to_vec()),
        _ => Err(IssueFault::NotP256),
    }
}

fn key_info(key: &PublicKey) -> Result<SubjectPublicKeyInfoOwned, IssueFault> {
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned { oid: EC, parameters: Some(Any::encode_from(&P256)?) },
        subject_public_key: BitString::from_bytes(&point(key)?)?,
    })
}

/// RFC 7093 §2, the first method.
fn key_identifier(key: &PublicKey) -> Result<SubjectKeyIdentifier, IssueFault> {
    let digest: Vec<u8> = Sha256::digest(point(key)?).iter().take(20).copied().collect();
    Ok(SubjectKeyIdentifier(OctetString::new(digest)?))
}

fn extension(name: &str, critical: bool, value: &impl der::Encode) -> Result<Extension, IssueFault> {
    Ok(Extension { extn_id: oid(name), critical, extn_value: OctetString::new(value.to_der()?)? })
}
