//! One certificate: its bytes, its key, and the extensions that decide what it is good for (RFC 5280 §4.2).

use std::sync::Arc;

use der::asn1::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use sha2::{Digest as _, Sha256};
use x509_cert::ext::pkix::constraints::BasicConstraints;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage,
    KeyUsage, NameConstraints, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;

use super::algorithm::{IssuerKey, Strength};
use super::{DerFault, signed_part};
use crate::signing::{Kid, PublicKey};
use crate::transcript::time::Moment;

/// Longest certificate, in bytes.
pub const MAX_CERTIFICATE: usize = 32 << 10;
/// Most addresses of one kind that a certificate's extensions are read for.
const MAX_URLS: usize = 8;

const WHAT: &str = "certificate";

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
const ALTERNATIVE_NAMES: ObjectIdentifier = oid("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
const NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
const CRL_POINTS: ObjectIdentifier = oid("2.5.29.31");
const POLICIES: ObjectIdentifier = oid("2.5.29.32");
const AUTHORITY_KEY: ObjectIdentifier = oid("2.5.29.35");
const EXTENDED_USAGE: ObjectIdentifier = oid("2.5.29.37");
const INFORMATION_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
const OCSP_NOCHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");
const ACCESS_OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
const ACCESS_ISSUER: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");
/// Attributes that hold a person's or tax payer's number in Vietnamese certificates.
const NUMBER_ATTRIBUTES: [ObjectIdentifier; 2] = [oid("0.9.2342.19200300.100.1.1"), oid("2.5.4.5")];
/// Digits of an organisation's tax code (mã số thuế), without and with its branch.
const TAX_CODE_LENGTHS: [usize; 2] = [10, 13];

/// What a certificate's extensions say, in the form that the checks ask for.
#[derive(Debug, Clone, Default)]
pub(super) struct Details {
    pub(super) is_ca: bool,
    pub(super) path_length: Option<u8>,
    pub(super) usage: Option<KeyUsage>,
    /// Extended key usages, and whether the extension is critical.
    pub(super) extended: Option<(Vec<ObjectIdentifier>, bool)>,
    pub(super) constraints: Option<NameConstraints>,
    pub(super) alternative_names: Vec<GeneralName>,
    pub(super) policies: Vec<ObjectIdentifier>,
    pub(super) key_identifier: Option<Vec<u8>>,
    pub(super) authority_key: Option<Vec<u8>>,
    pub(super) ocsp_nocheck: bool,
    /// A critical extension that is not understood here.
    pub(super) not_understood: bool,
    ocsp_urls: Vec<String>,
    crl_urls: Vec<String>,
    issuer_urls: Vec<String>,
}

struct Parsed {
    der: Box<[u8]>,
    thumbprint: Kid,
    certificate: x509_cert::Certificate,
    key: Option<IssuerKey>,
    details: Details,
}

/// A certificate that was read, nothing about it checked. Cloning shares.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

/// Never prints the subject: it may name a person.
impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({})", self.thumbprint())
    }
}

impl Certificate {
    /// Reads a certificate from DER.
    ///
    /// # Errors
    /// [`DerFault`]: too long, malformed, or an extension that is malformed or stands twice.
    pub fn from_der(der: &[u8]) -> Result<Self, DerFault> {
        if der.len() > MAX_CERTIFICATE {
            return Err(DerFault::TooLong(WHAT));
        }
        let certificate = x509_cert::Certificate::from_der(der).map_err(|_| DerFault::Form(WHAT))?;
        if certificate.tbs_certificate.signature != certificate.signature_algorithm {
            return Err(DerFault::Form(WHAT));
        }
        let details = Details::read(certificate.tbs_certificate.extensions.as_ref()).ok_or(DerFault::Form(WHAT))?;
        let key = IssuerKey::from_spki(&certificate.tbs_certificate.subject_public_key_info);
        let thumbprint = Kid(Sha256::digest(der).into());
        Ok(Self(Arc::new(Parsed { der: der.into(), thumbprint, certificate, key, details })))
    }

    /// Every certificate of a file: DER, or PEM blocks one after the other.
    ///
    /// # Errors
    /// [`DerFault`] of the first that cannot be read; a file without any.
    pub fn from_file(bytes: &[u8]) -> Result<Vec<Self>, DerFault> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains(BEGIN)) else {
            return Ok(vec![Self::from_der(bytes)?]);
        };
        let body = |block: &str| -> Result<Self, DerFault> {
            let base64: String = block.split_once(END).ok_or(DerFault::Form(WHAT))?.0.split_whitespace().collect();
            let der = data_encoding::BASE64.decode(base64.as_bytes()).map_err(|_| DerFault::Form(WHAT))?;
            Self::from_der(&der)
        };
        text.split(BEGIN).skip(1).map(body).collect()
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// `x5t#S256`: SHA-256 of the bytes.
    pub fn thumbprint(&self) -> Kid {
        self.0.thumbprint
    }

    /// The key it certifies, where it is one that may sign sheets.
    pub fn public_key(&self) -> Option<PublicKey> {
        self.0.key.as_ref()?.to_public()
    }

    /// First and last second of its validity.
    pub fn validity(&self) -> Option<(Moment, Moment)> {
        let validity = &self.0.certificate.tbs_certificate.validity;
        Some((moment(validity.not_before.to_unix_duration())?, moment(validity.not_after.to_unix_duration())?))
    }

    /// Where its issuer answers about it (OCSP); the first few addresses.
    pub fn ocsp_urls(&self) -> &[String] {
        &self.0.details.ocsp_urls
    }

    /// Where its issuer publishes the list it would be on; the first few addresses.
    pub fn crl_urls(&self) -> &[String] {
        &self.0.details.crl_urls
    }

    /// Where its issuer's own certificate is published; the first few addresses.
    pub fn issuer_urls(&self) -> &[String] {
        &self.0.details.issuer_urls
    }

    /// Whether it may issue certificates.
    pub fn is_authority(&self) -> bool {
        self.0.details.is_ca
    }

    /// Whether its names hold what may be a person's number (số định danh, CCCD, mã số thuế): then it is shown
    /// to nobody. Serial-number and user-id attributes count, and any run of nine digits; of an institution
    /// only what has not the length of an organisation's tax code.
    pub fn holds_a_number(&self, of_institution: bool) -> bool {
        let is_personal = |run: usize| run >= 9 && !(of_institution && TAX_CODE_LENGTHS.contains(&run));
        let has_personal = |bytes: &[u8]| digit_runs(bytes).any(is_personal);
        let mut attributes = self.subject().0.iter().flat_map(|set| set.0.iter());
        attributes.any(|attribute| {
            has_personal(attribute.value.value()) || !of_institution && NUMBER_ATTRIBUTES.contains(&attribute.oid)
        }) || self.details().alternative_names.iter().any(|name| name.to_der().is_ok_and(|der| has_personal(&der)))
    }

    /// Whether `issuer` may issue certificates and has signed this one.
    pub fn is_issued_by(&self, issuer: &Self) -> bool {
        issuer.is_authority() && issuer.subject() == self.issuer() && self.signed_by(issuer).is_some()
    }

    pub(super) fn subject(&self) -> &Name {
        &self.0.certificate.tbs_certificate.subject
    }

    pub(super) fn issuer(&self) -> &Name {
        &self.0.certificate.tbs_certificate.issuer
    }

    pub(super) fn serial(&self) -> &[u8] {
        self.0.certificate.tbs_certificate.serial_number.as_bytes()
    }

    pub(super) fn key(&self) -> Option<&IssuerKey> {
        self.0.key.as_ref()
    }

    /// The bits of the key without their frame, which OCSP hashes.
    pub(super) fn key_bits(&self) -> &[u8] {
        self.0.certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes()
    }

    pub(super) fn details(&self) -> &Details {
        &self.0.details
    }

    pub(super) fn is_version_3(&self) -> bool {
        self.0.certificate.tbs_certificate.version == x509_cert::Version::V3
    }

    /// How strong `issuer`'s signature on this certificate is; None when it does not verify.
    pub(super) fn signed_by(&self, issuer: &Self) -> Option<Strength> {
        let signature = self.0.certificate.signature.as_bytes()?;
        let message = signed_part(self.der())?;
        issuer.key()?.verify(&self.0.certificate.signature_algorithm, None, message, signature)
    }
}

/// Whole seconds since 1970 as a moment.
pub(super) fn moment(since_1970: std::time::Duration) -> Option<Moment> {
    Moment::from_millis(i64::try_from(since_1970.as_millis()).ok()?)
}

/// Lengths of the runs of digits.
fn digit_runs(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len)
}

impl Details {
    /// None when an extension stands twice or cannot be read.
    fn read(extensions: Option<&Extensions>) -> Option<Self> {
        let mut details = Self::default();
        let all: &[Extension] = extensions.map_or(&[], |list| list);
        for (at, extension) in all.iter().enumerate() {
            if all.iter().take(at).any(|earlier| earlier.extn_id == extension.extn_id) {
                return None;
            }
            details.take(extension)?;
        }
        Some(details)
    }

    fn take(&mut self, extension: &Extension) -> Option<()> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            BASIC_CONSTRAINTS => {
                let basic = BasicConstraints::from_der(value).ok()?;
                (self.is_ca, self.path_length) = (basic.ca, basic.path_len_constraint);
            }
            KEY_USAGE => self.usage = Some(KeyUsage::from_der(value).ok()?),
            EXTENDED_USAGE => {
                self.extended = Some((ExtendedKeyUsage::from_der(value).ok()?.0, extension.critical));
            }
            NAME_CONSTRAINTS => self.constraints = Some(NameConstraints::from_der(value).ok()?),
            ALTERNATIVE_NAMES => self.alternative_names = SubjectAltName::from_der(value).ok()?.0,
            POLICIES => {
                let policies = CertificatePolicies::from_der(value).ok()?.0;
                self.policies = policies.into_iter().map(|policy| policy.policy_identifier).collect();
            }
            KEY_IDENTIFIER => {
                self.key_identifier = Some(SubjectKeyIdentifier::from_der(value).ok()?.0.as_bytes().to_vec());
            }
            AUTHORITY_KEY => {
                let authority = AuthorityKeyIdentifier::from_der(value).ok()?;
                self.authority_key = authority.key_identifier.map(|id| id.as_bytes().to_vec());
            }
            CRL_POINTS => self.crl_urls = crl_urls(&CrlDistributionPoints::from_der(value).ok()?),
            INFORMATION_ACCESS => self.take_access(&AuthorityInfoAccessSyntax::from_der(value).ok()?),
            OCSP_NOCHECK => self.ocsp_nocheck = true,
            _ => self.not_understood |= extension.critical,
        }
        Some(())
    }

    fn take_access(&mut self, access: &AuthorityInfoAccessSyntax) {
        let urls = |method: ObjectIdentifier| {
            let of_method = access.0.iter().filter(move |entry| entry.access_method == method);
            of_method.filter_map(|entry| url(&entry.access_location)).take(MAX_URLS).collect()
        };
        self.ocsp_urls = urls(ACCESS_OCSP);
        self.issuer_urls = urls(ACCESS_ISSUER);
    }
}

/// Points that name another issuer or only some reasons are left out: their lists would not be enough.
fn crl_urls(points: &CrlDistributionPoints) -> Vec<String> {
    let whole = points.0.iter().filter(|point| point.reasons.is_none() && point.crl_issuer.is_none());
    let names = whole.filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    names.flatten().filter_map(url).take(MAX_URLS).collect()
}

/// An http(s) address, if the name is one.
pub(super) fn url(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(text) => {
            let text = text.as_str();
            (text.starts_with("http://") || text.starts_with("https://")).then(|| text.to_owned())
        }
        _ => None,
    }
}
