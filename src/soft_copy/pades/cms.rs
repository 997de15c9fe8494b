//! The envelope of a signature: CMS `SignedData` (RFC 5652) with the attributes that PAdES wants.
//!
//! There is one encoding for each signer, digest, signature and timestamp. Reading takes out what cannot be known
//! beforehand; whoever reads writes the envelope again and compares.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode as _, Encode as _, Sequence};
use p256::ecdsa::Signature;
use sha2::{Digest as _, Sha256};
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::signer::canonical;
use crate::signing::Kid;
use crate::signing::certificates::Certificate;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
const TIMESTAMP_TOKEN: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");

/// `SigningCertificateV2` (RFC 5035), without policies.
#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateId>,
}

/// `ESSCertIDv2`: SHA-256, which is the default and therefore not written.
#[derive(Sequence)]
struct CertificateId {
    hash: OctetString,
}

fn attribute(oid: ObjectIdentifier, value: &impl der::Encode) -> der::Result<Attribute> {
    let values = SetOfVec::try_from(vec![Any::from_der(&value.to_der()?)?])?;
    Ok(Attribute { oid, values })
}

fn attributes(certificate: &Certificate, digest: &[u8; 32]) -> der::Result<Attributes> {
    let id = CertificateId { hash: OctetString::new(certificate.thumbprint().0)? };
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, &DATA)?,
        attribute(MESSAGE_DIGEST, &OctetString::new(&digest[..])?)?,
        attribute(SIGNING_CERTIFICATE_V2, &SigningCertificate { certificates: vec![id] })?,
    ])
}

/// What a signer signs: the attributes as a SET OF, for the document with this digest.
///
/// # Errors
/// When they cannot be encoded.
pub(in crate::soft_copy) fn to_sign(certificate: &Certificate, digest: &[u8; 32]) -> der::Result<Vec<u8>> {
    attributes(certificate, digest)?.to_der()
}

/// The value of a signature in the envelope, which timestamps are over.
pub(in crate::soft_copy) fn value(signature: &Signature) -> Vec<u8> {
    signature.to_der().as_bytes().to_vec()
}

/// The digest that a timestamp over a signature is asked for.
pub(in crate::soft_copy) fn imprint(signature: &Signature) -> [u8; 32] {
    Sha256::digest(value(signature)).into()
}

/// The envelope: certificates, attributes, the signature, and a timestamp token if there is one.
///
/// # Errors
/// When it cannot be encoded.
pub(in crate::soft_copy) fn envelope(
    chain: &[Certificate],
    digest: &[u8; 32],
    signature: &Signature,
    token: Option<&[u8]>,
) -> der::Result<Vec<u8>> {
    let leaf = chain.first().ok_or(der::ErrorKind::Failed)?;
    let plain = |oid: ObjectIdentifier| AlgorithmIdentifierOwned { oid, parameters: None };
    let parsed = x509_cert::Certificate::from_der(leaf.der())?.tbs_certificate;
    let unsigned = token.map(|token| attribute(TIMESTAMP_TOKEN, &Any::from_der(token)?)).transpose()?;
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: parsed.issuer,
            serial_number: parsed.serial_number,
        }),
        digest_alg: plain(SHA256),
        signed_attrs: Some(attributes(leaf, digest)?),
        signature_algorithm: plain(ECDSA_SHA256),
        signature: OctetString::new(value(signature))?,
        unsigned_attrs: unsigned.map(|one| SetOfVec::try_from(vec![one])).transpose()?,
    };
    let certificates = chain.iter().map(|one| x509_cert::Certificate::from_der(one.der()));
    let choices = certificates.map(|one| one.map(CertificateChoices::Certificate)).collect::<der::Result<Vec<_>>>()?;
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![plain(SHA256)])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(choices)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info])?,
    };
    ContentInfo { content_type: SIGNED_DATA, content: Any::from_der(&data.to_der()?)? }.to_der()
}

/// What an envelope says that nobody can know beforehand. Nothing of it has been checked.
pub(in crate::soft_copy) struct Read {
    /// Thumbprints of the certificates in it.
    pub(in crate::soft_copy) certificates: Vec<Kid>,
    /// The digest it is for.
    pub(in crate::soft_copy) digest: Vec<u8>,
    /// The signature; None where it is not one on P-256 in its one form.
    pub(in crate::soft_copy) signature: Option<Signature>,
    /// The timestamp token.
    pub(in crate::soft_copy) token: Option<Vec<u8>>,
}

/// Reads an envelope of one signer; None for anything else.
pub(in crate::soft_copy) fn read(der: &[u8]) -> Option<Read> {
    let info = ContentInfo::from_der(der).ok().filter(|info| info.content_type == SIGNED_DATA)?;
    let data: SignedData = info.content.decode_as().ok()?;
    let [signer] = data.signer_infos.0.as_slice() else { return None };
    let certificates = data.certificates.iter().flat_map(|set| set.0.iter()).filter_map(|choice| match choice {
        CertificateChoices::Certificate(one) => one.to_der().ok().map(|der| Kid(Sha256::digest(&der).into())),
        CertificateChoices::Other(_) => None,
    });
    let digest: OctetString = sole(signer.signed_attrs.as_ref()?, MESSAGE_DIGEST)?.decode_as().ok()?;
    let token = match &signer.unsigned_attrs {
        Some(attributes) => Some(sole(attributes, TIMESTAMP_TOKEN)?.to_der().ok()?),
        None => None,
    };
    Some(Read {
        certificates: certificates.collect(),
        digest: digest.as_bytes().to_vec(),
        signature: signature_of(signer.signature.as_bytes()),
        token,
    })
}

fn signature_of(value: &[u8]) -> Option<Signature> {
    let signature = Signature::from_der(value).ok()?;
    let bytes: [u8; 64] = signature.to_bytes().as_slice().try_into().ok()?;
    canonical(&bytes).filter(|canonical| *canonical == signature)
}

fn sole(attributes: &Attributes, oid: ObjectIdentifier) -> Option<&Any> {
    let mut named = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (named.next()?.values.as_slice(), named.next()) {
        ([value], None) => Some(value),
        _ => None,
    }
}
