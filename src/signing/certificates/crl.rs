//! Revocation lists (RFC 5280 §5): whole lists of one issuer, signed by that issuer itself.
//!
//! Delta lists, indirect lists, lists for some reasons only, and anything critical that is not understood
//! are refused when they are read.

use std::collections::{HashMap, HashSet};

use der::asn1::{GeneralizedTime, ObjectIdentifier};
use der::{Decode as _, Enumerated};
use sha2::{Digest as _, Sha256};
use x509_cert::crl::CertificateList;
use x509_cert::crl::RevokedCert;
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use x509_cert::ext::pkix::name::DistributionPointName;
use x509_cert::name::Name;

use super::algorithm::Strength;
use super::certificate::{Certificate, moment, url};
use super::{DerFault, signed_part};
use crate::transcript::time::Moment;

/// Longest revocation list, in bytes: several hundred thousand entries.
pub const MAX_CRL: usize = 32 << 20;

const WHAT: &str = "revocation list";
const NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
const ISSUING_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
/// Authorities publish where a delta list is; the whole list is enough.
const FRESHEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.46");

/// Why a certificate was revoked, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u32)]
enum Reason {
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
}

/// Which certificates a list speaks of.
#[derive(Debug, Clone, Default)]
struct Scope {
    users_only: bool,
    authorities_only: bool,
    /// Addresses of the point it is published at, where it is only one part of all lists.
    point: Option<Vec<String>>,
}

/// A list that was read; whose signature it bears is checked when it is used.
#[derive(Debug, Clone)]
pub struct RevocationList {
    digest: [u8; 32],
    der: Box<[u8]>,
    list: Head,
    revoked: HashMap<Box<[u8]>, Moment>,
}

/// The list without its entries.
#[derive(Debug, Clone)]
struct Head {
    issuer: Name,
    algorithm: x509_cert::spki::AlgorithmIdentifierOwned,
    signature: Box<[u8]>,
    this_update: Moment,
    next_update: Option<Moment>,
    authority_key: Option<Vec<u8>>,
    scope: Scope,
}

impl RevocationList {
    /// Reads a list from DER.
    ///
    /// # Errors
    /// [`DerFault`].
    pub fn from_der(der: &[u8]) -> Result<Self, DerFault> {
        if der.len() > MAX_CRL {
            return Err(DerFault::TooLong(WHAT));
        }
        let parsed = CertificateList::from_der(der).map_err(|_| DerFault::Form(WHAT))?;
        let tbs = parsed.tbs_cert_list;
        if tbs.signature != parsed.signature_algorithm {
            return Err(DerFault::Form(WHAT));
        }
        let (authority_key, scope) = read_extensions(tbs.crl_extensions.as_ref())?;
        let at = |time: x509_cert::time::Time| moment(time.to_unix_duration()).ok_or(DerFault::Form(WHAT));
        let mut revoked = HashMap::new();
        for entry in tbs.revoked_certificates.unwrap_or_default() {
            let since = revoked_since(&entry)?;
            let serial = entry.serial_number.as_bytes().into();
            revoked.entry(serial).and_modify(|known: &mut Moment| *known = since.min(*known)).or_insert(since);
        }
        let head = Head {
            issuer: tbs.issuer,
            algorithm: parsed.signature_algorithm,
            signature: parsed.signature.as_bytes().ok_or(DerFault::Form(WHAT))?.into(),
            this_update: at(tbs.this_update)?,
            next_update: tbs.next_update.map(at).transpose()?,
            authority_key,
            scope,
        };
        Ok(Self { digest: Sha256::digest(der).into(), der: der.into(), list: head, revoked })
    }

    /// SHA-256 of the bytes.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// When it was issued.
    pub fn this_update(&self) -> Moment {
        self.list.this_update
    }

    /// By when the next one is due.
    pub fn next_update(&self) -> Option<Moment> {
        self.list.next_update
    }

    /// Whether `issuer` issued it: its name, its right to sign lists, its signature.
    pub fn is_from(&self, issuer: &Certificate) -> Option<Strength> {
        let may_sign = issuer.details().usage.as_ref().is_some_and(|usage| usage.crl_sign());
        let named = match (&issuer.details().key_identifier, &self.list.authority_key) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        };
        if !may_sign || !named || *issuer.subject() != self.list.issuer {
            return None;
        }
        issuer.key()?.verify(&self.list.algorithm, None, signed_part(&self.der)?, &self.list.signature)
    }

    /// Since when a certificate of its issuer is revoked; None: the list does not have it.
    pub(super) fn revoked_since(&self, certificate: &Certificate) -> Option<Moment> {
        self.revoked.get(certificate.serial()).copied()
    }

    /// Whether the list would have a certificate of its issuer, were it revoked.
    pub(super) fn speaks_of(&self, certificate: &Certificate) -> bool {
        let (scope, is_authority) = (&self.list.scope, certificate.is_authority());
        let of_its_kind = !(scope.users_only && is_authority || scope.authorities_only && !is_authority);
        let of_its_point = match &scope.point {
            None => true,
            Some(urls) => certificate.crl_urls().iter().any(|url| urls.contains(url)),
        };
        of_its_kind && of_its_point
    }
}

type ListExtensions = (Option<Vec<u8>>, Scope);

fn read_extensions(extensions: Option<&x509_cert::ext::Extensions>) -> Result<ListExtensions, DerFault> {
    let (mut authority_key, mut scope) = (None, Scope::default());
    let mut seen = HashSet::new();
    for extension in extensions.into_iter().flatten() {
        let value = extension.extn_value.as_bytes();
        if !seen.insert(extension.extn_id) {
            return Err(DerFault::Form(WHAT));
        }
        match extension.extn_id {
            NUMBER | FRESHEST => {}
            AUTHORITY_KEY => {
                let authority = x509_cert::ext::pkix::AuthorityKeyIdentifier::from_der(value);
                let authority = authority.map_err(|_| DerFault::Form(WHAT))?;
                authority_key = authority.key_identifier.map(|id| id.as_bytes().to_vec());
            }
            ISSUING_POINT => scope = read_scope(value)?,
            // A delta list is marked by a critical extension, so it is refused here too.
            _ if extension.critical => return Err(DerFault::NotUnderstood(WHAT)),
            _ => {}
        }
    }
    Ok((authority_key, scope))
}

fn read_scope(value: &[u8]) -> Result<Scope, DerFault> {
    let point = IssuingDistributionPoint::from_der(value).map_err(|_| DerFault::Form(WHAT))?;
    if point.indirect_crl || point.only_some_reasons.is_some() || point.only_contains_attribute_certs {
        return Err(DerFault::NotUnderstood(WHAT));
    }
    let urls = match point.distribution_point {
        None => None,
        Some(DistributionPointName::FullName(names)) => Some(names.iter().filter_map(url).collect()),
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => return Err(DerFault::NotUnderstood(WHAT)),
    };
    Ok(Scope {
        users_only: point.only_contains_user_certs,
        authorities_only: point.only_contains_ca_certs,
        point: urls,
    })
}

/// The date of the revocation, or the earlier one from which the key is said to be no longer trusted. A
/// certificate on hold counts as revoked.
fn revoked_since(entry: &RevokedCert) -> Result<Moment, DerFault> {
    let mut since = moment(entry.revocation_date.to_unix_duration()).ok_or(DerFault::Form(WHAT))?;
    for extension in entry.crl_entry_extensions.iter().flatten() {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            REASON => {
                let reason = Reason::from_der(value).map_err(|_| DerFault::Form(WHAT))?;
                // Only delta lists remove entries.
                if reason == Reason::RemoveFromCrl {
                    return Err(DerFault::NotUnderstood(WHAT));
                }
            }
            INVALIDITY_DATE => {
                let date = GeneralizedTime::from_der(value).map_err(|_| DerFault::Form(WHAT))?;
                since = since.min(moment(date.to_unix_duration()).ok_or(DerFault::Form(WHAT))?);
            }
            _ if extension.critical => return Err(DerFault::NotUnderstood(WHAT)),
            _ => {}
        }
    }
    Ok(since)
}
