//! RFC 3161 timestamps over the signed bytes of a package's manifest.
//!
//! A manifest states the root over all lines of its package, so one timestamp proves that every sheet of it
//! existed at a time. Imprints are SHA-256, because that is the digest a manifest's ledger entry commits to.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{Int, Null, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _, Sequence};
use sha2::{Digest as _, Sha256};
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion, TstInfo};

use super::DerFault;
use super::algorithm::{Hash, Strength};
use super::certificate::{Certificate, moment};
use crate::signing::Kid;
use crate::transcript::time::Moment;

/// Longest timestamp, in bytes.
pub const MAX_TIMESTAMP: usize = 64 << 10;
/// Longest accuracy that is believed, in milliseconds.
const MAX_ACCURACY: i64 = 60_000;

const WHAT: &str = "timestamp";
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// A timestamp whose signature verifies under the certificate it carries. Whether that certificate counts is
/// for [`super::Judge`] to say.
#[derive(Debug, Clone)]
pub struct Timestamp {
    digest: [u8; 32],
    token: Box<[u8]>,
    imprint: [u8; 32],
    at: Moment,
    nonce: Option<Vec<u8>>,
    authority: Certificate,
    others: Vec<Certificate>,
    strength: Strength,
}

/// `SigningCertificate` and its second version (RFC 5035): only the first certificate's hash is of interest.
#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<der::Any>,
    #[asn1(optional = "true")]
    policies: Option<der::Any>,
}

/// The answer of a timestamp authority, its status left as it stands: what follows is read only when there is
/// a token, and a token proves itself.
#[derive(Sequence)]
struct Response {
    #[allow(dead_code, reason = "names its place in the encoding")]
    status: der::Any,
    token: ContentInfo,
}

impl Timestamp {
    /// Reads a token, alone or in an authority's answer, and checks its signature.
    ///
    /// # Errors
    /// [`DerFault`].
    pub fn from_der(der: &[u8]) -> Result<Self, DerFault> {
        if der.len() > MAX_TIMESTAMP {
            return Err(DerFault::TooLong(WHAT));
        }
        let token = match Response::from_der(der) {
            Ok(response) => response.token,
            Err(_) => ContentInfo::from_der(der).map_err(|_| DerFault::Form(WHAT))?,
        };
        let bytes = token.to_der().map_err(|_| DerFault::Form(WHAT))?;
        let data: SignedData = match token.content_type == SIGNED_DATA {
            true => token.content.decode_as().map_err(|_| DerFault::Form(WHAT))?,
            false => return Err(DerFault::Form(WHAT)),
        };
        let [signer] = data.signer_infos.0.as_slice() else { return Err(DerFault::Form(WHAT)) };
        let content = content_of(&data).ok_or(DerFault::Form(WHAT))?;
        let info = TstInfo::from_der(content).map_err(|_| DerFault::Form(WHAT))?;
        if info.extensions.iter().flatten().any(|extension| extension.critical) {
            return Err(DerFault::NotUnderstood(WHAT));
        }
        let mut certificates = certificates_of(&data)?;
        let named = certificates.iter().position(|one| names(&signer.sid, one));
        let authority = certificates.swap_remove(named.ok_or(DerFault::Signature(WHAT))?);
        let strength = check_signer(signer, content, &authority).ok_or(DerFault::Signature(WHAT))?;
        Ok(Self {
            digest: Sha256::digest(&bytes).into(),
            token: bytes.into(),
            imprint: imprint_of(&info).ok_or(DerFault::NotUnderstood(WHAT))?,
            at: latest(&info).ok_or(DerFault::Form(WHAT))?,
            nonce: info.nonce.map(|nonce| nonce.as_bytes().to_vec()),
            authority,
            others: certificates,
            strength,
        })
    }

    /// SHA-256 of the token.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The token alone.
    pub fn der(&self) -> &[u8] {
        &self.token
    }

    /// What it is over: a SHA-256 digest.
    pub fn imprint(&self) -> &[u8; 32] {
        &self.imprint
    }

    /// The latest moment it can mean: its time and its accuracy.
    pub fn at(&self) -> Moment {
        self.at
    }

    /// Whether it repeats the nonce of a request; None when it has none.
    pub fn repeats(&self, nonce: &[u8]) -> Option<bool> {
        let own = self.nonce.as_deref()?;
        let plain = |bytes: &[u8]| bytes.iter().skip_while(|b| **b == 0).copied().collect::<Vec<u8>>();
        Some(plain(own) == plain(nonce))
    }

    /// The certificate it was signed with.
    pub fn authority(&self) -> &Certificate {
        &self.authority
    }

    /// Further certificates it carries.
    pub fn others(&self) -> &[Certificate] {
        &self.others
    }

    /// The weakest algorithm of it.
    pub fn strength(&self) -> Strength {
        self.strength
    }
}

fn content_of(data: &SignedData) -> Option<&[u8]> {
    let content = &data.encap_content_info;
    let octets = content.econtent.as_ref().filter(|_| content.econtent_type == TST_INFO)?;
    (der::Tagged::tag(octets) == der::Tag::OctetString).then(|| octets.value())
}

fn certificates_of(data: &SignedData) -> Result<Vec<Certificate>, DerFault> {
    let choices = data.certificates.iter().flat_map(|set| set.0.iter());
    let plain = choices.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => certificate.to_der().ok(),
        CertificateChoices::Other(_) => None,
    });
    plain.map(|der| Certificate::from_der(&der)).collect()
}

fn names(signer: &SignerIdentifier, certificate: &Certificate) -> bool {
    match signer {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == *certificate.issuer() && named.serial_number.as_bytes() == certificate.serial()
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            certificate.details().key_identifier.as_deref() == Some(id.0.as_bytes())
        }
    }
}

fn imprint_of(info: &TstInfo) -> Option<[u8; 32]> {
    let imprint = &info.message_imprint;
    let digest = Some(imprint.hashed_message.as_bytes()).filter(|_| imprint.hash_algorithm.oid == SHA256)?;
    digest.try_into().ok()
}

/// The upper end of what the time can mean.
fn latest(info: &TstInfo) -> Option<Moment> {
    let accuracy = info.accuracy.as_ref().map_or(0, |accuracy| {
        let seconds = accuracy.seconds.map_or(0, |s| i64::try_from(s).unwrap_or(i64::MAX / 1000));
        let millis = accuracy.millis.map_or(0, i64::from) + i64::from(accuracy.micros.is_some());
        seconds.saturating_mul(1000).saturating_add(millis)
    });
    let at = moment(info.gen_time.to_unix_duration())?;
    (0..=MAX_ACCURACY).contains(&accuracy).then(|| Moment::from_millis(at.as_millis().checked_add(accuracy)?)).flatten()
}

/// RFC 5652 §5.4: the signature is over the signed attributes, which hold the type and digest of the content,
/// and (RFC 3161 §2.4.2) the hash of the very certificate.
fn check_signer(signer: &SignerInfo, content: &[u8], authority: &Certificate) -> Option<Strength> {
    let hash = Hash::from_oid(&signer.digest_alg.oid)?;
    let attributes = signer.signed_attrs.as_ref()?;
    let sole = |oid: ObjectIdentifier| {
        let mut of_type = attributes.iter().filter(|attribute| attribute.oid == oid);
        let found = of_type.next().filter(|_| of_type.next().is_none());
        found.and_then(only_value)
    };
    let content_type: ObjectIdentifier = sole(CONTENT_TYPE)?.decode_as().ok()?;
    let digest: OctetString = sole(MESSAGE_DIGEST)?.decode_as().ok()?;
    let certificate = match (sole(SIGNING_CERTIFICATE_V2), sole(SIGNING_CERTIFICATE)) {
        (Some(second), _) => is_hash_of(second, None, authority)?,
        (None, Some(first)) => is_hash_of(first, Some(Hash::Sha1), authority)?,
        (None, None) => return None,
    };
    if content_type != TST_INFO || digest.as_bytes() != hash.digest(content) || !certificate {
        return None;
    }
    // As a SET OF, not under the implicit tag that it has in place.
    let signed = attributes.to_der().ok()?;
    authority.key()?.verify(&signer.signature_algorithm, Some(hash), &signed, signer.signature.as_bytes())
}

fn only_value(attribute: &Attribute) -> Option<&der::Any> {
    match attribute.values.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// The first certificate identifier: `SEQUENCE { [hash algorithm,] hash, … }`. Version 1 is always SHA-1;
/// version 2 is SHA-256 unless it says otherwise.
fn is_hash_of(value: &der::Any, fixed: Option<Hash>, certificate: &Certificate) -> Option<bool> {
    let list: SigningCertificate = value.decode_as().ok()?;
    let members: Vec<der::Any> = list.certificates.first()?.decode_as().ok()?;
    let (hash, digest) = match (fixed, members.as_slice()) {
        (Some(hash), [digest, ..]) => (hash, digest),
        (None, [first, rest @ ..]) => match first.decode_as::<AlgorithmIdentifierOwned>() {
            Ok(algorithm) => (Hash::from_oid(&algorithm.oid)?, rest.first()?),
            Err(_) => (Hash::Sha256, first),
        },
        _ => return None,
    };
    let digest: OctetString = digest.decode_as().ok()?;
    Some(digest.as_bytes() == hash.digest(certificate.der()))
}

/// The number that a request with this nonce carries: positive, and short enough for every authority.
pub fn nonce_number(nonce: &Kid) -> [u8; 9] {
    let mut number = [1; 9];
    number.iter_mut().skip(1).zip(nonce.0).for_each(|(to, from)| *to = from);
    number
}

/// A request for a timestamp over a SHA-256 digest, with the authority's certificate in it.
///
/// # Errors
/// [`DerFault::Form`] when it cannot be encoded.
pub fn timestamp_request(digest: &[u8; 32], nonce: &Kid) -> Result<Vec<u8>, DerFault> {
    let build = || -> der::Result<Vec<u8>> {
        let hash_algorithm = AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(der::Any::from(Null)) };
        let number = nonce_number(nonce);
        TimeStampReq {
            version: TspVersion::V1,
            message_imprint: MessageImprint { hash_algorithm, hashed_message: OctetString::new(&digest[..])? },
            req_policy: None,
            nonce: Some(Int::new(&number)?),
            cert_req: true,
            extensions: None,
        }
        .to_der()
    };
    build().map_err(|_| DerFault::Form("timestamp request"))
}
