//! Chains from a certificate to a configured root (RFC 5280 §6.1), without any look at revocation.
//!
//! Policies are only matched against the configured ones: constraints and mappings of policies are not
//! understood, and refuse a chain where they are critical.

use der::asn1::ObjectIdentifier;

use super::algorithm::Strength;
use super::certificate::Certificate;
use super::names;
use crate::transcript::time::Moment;

/// Most certificates of a chain, the root included.
const MAX_LENGTH: usize = 6;
/// Most signatures that are checked in search of chains: authorities with the same name and many keys
/// must not cost more.
const MAX_TRIES: usize = 64;

const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Extended usages with which a certificate signs documents: client authentication, mail, documents (RFC
/// 9336), and the older ones of two vendors.
const SIGNING_USAGES: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5"),
];

/// What a certificate is to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing sheets.
    Signing,
    /// Signing timestamps.
    Timestamping,
}

/// Why a certificate does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The certificate is for another key than the granted one.
    #[error("the certificate is for another key than the one granted")]
    OtherKey,
    /// No chain leads to a configured root.
    #[error("no chain of certificates leads to a configured root")]
    NoRoot,
    /// Key usage or extended key usage is for something else, or an authority signs where it must not.
    #[error("the certificate is not for this use")]
    Usage,
    /// A certificate that is no authority has issued one.
    #[error("a certificate of the chain was issued by what is no authority")]
    NotAnAuthority,
    /// More authorities below one than it allows.
    #[error("the chain is longer than an authority of it allows")]
    PathLength,
    /// A name outside what an authority may give.
    #[error("a name is outside what an authority of the chain may give")]
    NameConstraints,
    /// A critical extension that is not understood.
    #[error("a critical extension of the chain is not understood")]
    NotUnderstood,
    /// None of the configured policies.
    #[error("the certificate is not under a configured policy")]
    Policy,
    /// The validities of the chain have no moment in common.
    #[error("the certificates of the chain were never valid together")]
    Validity,
}

/// A chain that holds, the certificate first and the root last.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) chain: Vec<Certificate>,
    /// First moment all of its certificates are valid.
    pub(super) from: Moment,
    /// Last moment all of them are.
    pub(super) to: Moment,
    pub(super) strength: Strength,
}

/// Where issuers are looked for, and what leaves must show.
pub(super) struct Search<'a> {
    pub(super) roots: &'a [Certificate],
    pub(super) authorities: &'a [Certificate],
    /// Policies of which a signing certificate must name one; empty: any will do.
    pub(super) policies: &'a [ObjectIdentifier],
}

struct Walk<'a> {
    search: &'a Search<'a>,
    tries: usize,
    fault: ChainFault,
    found: Vec<Path>,
}

impl Search<'_> {
    /// All chains that hold, at least one.
    ///
    /// # Errors
    /// [`ChainFault`]: of the last chain that came near.
    pub(super) fn paths(&self, leaf: &Certificate, purpose: Purpose) -> Result<Vec<Path>, ChainFault> {
        self.check_leaf(leaf, purpose)?;
        let mut walk = Walk { search: self, tries: 0, fault: ChainFault::NoRoot, found: Vec::new() };
        walk.extend(&mut vec![leaf.clone()], Strength::Current);
        match walk.found.is_empty() {
            true => Err(walk.fault),
            false => Ok(walk.found),
        }
    }

    fn check_leaf(&self, leaf: &Certificate, purpose: Purpose) -> Result<(), ChainFault> {
        let details = leaf.details();
        if details.is_ca || !leaf.is_version_3() {
            return Err(ChainFault::Usage);
        }
        let signs = details.usage.as_ref().is_some_and(|usage| usage.digital_signature() || usage.non_repudiation());
        let is_meant = match (purpose, &details.extended) {
            (Purpose::Signing, None) => true,
            (Purpose::Signing, Some((usages, _))) => {
                usages.iter().any(|usage| *usage == ANY_USAGE || SIGNING_USAGES.contains(usage))
            }
            // RFC 3161 §2.3: this usage alone, and critical.
            (Purpose::Timestamping, extended) => *extended == Some((vec![TIME_STAMPING], true)),
        };
        let under_policy = purpose == Purpose::Timestamping
            || self.policies.is_empty()
            || details.policies.iter().any(|policy| self.policies.contains(policy));
        match (signs && is_meant, under_policy) {
            (true, true) => Ok(()),
            (false, _) => Err(ChainFault::Usage),
            (_, false) => Err(ChainFault::Policy),
        }
    }
}

impl Walk<'_> {
    /// Tries every issuer of the last certificate: roots end a chain, authorities go on.
    fn extend(&mut self, chain: &mut Vec<Certificate>, strength: Strength) {
        let Some(last) = chain.last().cloned() else { return };
        let search = self.search;
        let issuers = search.roots.iter().map(|root| (root, true));
        for (issuer, is_root) in issuers.chain(search.authorities.iter().map(|authority| (authority, false))) {
            let is_candidate = issuer.subject() == last.issuer()
                && identifiers_agree(issuer, &last)
                && !chain.iter().any(|one| one.thumbprint() == issuer.thumbprint());
            if !is_candidate || self.tries == MAX_TRIES {
                continue;
            }
            self.tries += 1;
            let Some(signed) = last.signed_by(issuer) else { continue };
            chain.push(issuer.clone());
            let so_far = strength.min(signed);
            match is_root {
                true => match check(chain, so_far) {
                    Ok(path) => self.found.push(path),
                    Err(fault) => self.fault = fault,
                },
                false if chain.len() < MAX_LENGTH => self.extend(chain, so_far),
                false => {}
            }
            chain.pop();
        }
    }
}

fn identifiers_agree(issuer: &Certificate, certificate: &Certificate) -> bool {
    match (&issuer.details().key_identifier, &certificate.details().authority_key) {
        (Some(own), Some(named)) => own == named,
        _ => true,
    }
}

/// What a chain whose signatures hold must also satisfy.
fn check(chain: &[Certificate], strength: Strength) -> Result<Path, ChainFault> {
    let mut period: Option<(Moment, Moment)> = None;
    for (at, certificate) in chain.iter().enumerate() {
        let details = certificate.details();
        if details.not_understood {
            return Err(ChainFault::NotUnderstood);
        }
        if at > 0 {
            check_authority(certificate, chain, at)?;
        }
        let (from, to) = certificate.validity().ok_or(ChainFault::Validity)?;
        let (first, last) = period.unwrap_or((from, to));
        period = Some((first.max(from), last.min(to)));
    }
    match period {
        Some((from, to)) if from <= to => Ok(Path { chain: chain.to_vec(), from, to, strength }),
        _ => Err(ChainFault::Validity),
    }
}

/// An authority at place `at`: the certificate is 0, so `at - 1` authorities stand below it.
fn check_authority(authority: &Certificate, chain: &[Certificate], at: usize) -> Result<(), ChainFault> {
    let details = authority.details();
    let is_authority =
        details.is_ca && authority.is_version_3() && details.usage.as_ref().is_some_and(|usage| usage.key_cert_sign());
    if !is_authority {
        return Err(ChainFault::NotAnAuthority);
    }
    // Certificates that an authority issues to itself (for a new key) do not count.
    let below = chain.iter().take(at).skip(1).filter(|one| one.subject() != one.issuer()).count();
    if details.path_length.is_some_and(|most| below > usize::from(most)) {
        return Err(ChainFault::PathLength);
    }
    let Some(constraints) = &details.constraints else { return Ok(()) };
    match chain.iter().take(at).all(|one| names::allow(constraints, one)) {
        true => Ok(()),
        false => Err(ChainFault::NameConstraints),
    }
}
