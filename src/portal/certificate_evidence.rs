//! The part of evidence about official certificates: enough for an outsider who has the roots from their
//! authority to judge a sheet's signers again.
//!
//! Certificates whose names hold what may be a personal number are withheld: evidence goes to whoever holds
//! the birth date, and that opens no identification numbers.

use std::collections::HashSet;
use std::sync::Arc;

use data_encoding::BASE64;
use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};

use super::official::Official;
use crate::signing::certificates::{
    Answers, Certificate, ChainFault, Judge, OcspAnswer, RevocationList, Strength, Timestamp,
};
use crate::signing::keyring::Granted;
use crate::signing::signers::SheetSigners;
use crate::transcript::record::Certified;
use crate::transcript::time::Moment;

/// Longest revocation list that evidence carries, in bytes; longer ones are public anyway.
const MAX_LIST: usize = 64 << 10;
/// Most certificates or answers that evidence is read for.
const MAX_PARTS: usize = 64;

/// Certificates of a sheet's signers and what their authorities said, each as base64 of DER. Roots are left
/// out: nobody should take them from here.
#[derive(Debug, Clone, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CertificateEvidence {
    /// Of head, institution and the authorities between them and the root.
    pub certificates: Vec<String>,
    /// Thumbprints of those that hold a personal number and are withheld.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
    /// OCSP answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ocsp: Vec<String>,
    /// Revocation lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<String>,
    /// A timestamp over the package's manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

/// Why evidence does not show that a sheet was signed with official certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOfficial {
    /// There is nothing about certificates.
    #[error("the evidence has no certificates")]
    Missing,
    /// A part that cannot be read.
    #[error("a certificate or answer of the evidence cannot be read")]
    Unreadable,
    /// A signer whose certificate is not there.
    #[error("the certificate {0} is not in the evidence")]
    NoCertificate(String),
    /// A chain that does not hold.
    #[error(transparent)]
    Chain(#[from] ChainFault),
    /// The time of signing is not within what the answers cover.
    #[error("the time of signing is not covered by what the authorities said")]
    NotCovered,
}

/// What is known about a sheet that counts as official; None for others.
pub(super) fn of(official: &Official, certified: &Certified) -> Option<CertificateEvidence> {
    let kept = official.kept()?;
    let mut evidence = CertificateEvidence::default();
    let (mut chain, mut digests) = (Vec::new(), HashSet::new());
    for leaf in [certified.head, certified.institution] {
        let judgement = official.judgement(leaf)?;
        chain.extend(judgement.chain.iter().copied());
        digests.extend(judgement.answers.iter().copied());
    }
    if let Some((timestamp, judgement)) = official.stamp(certified.package) {
        evidence.timestamp = Some(BASE64.encode(timestamp.der()));
        chain.extend(judgement.chain.iter().copied());
        digests.extend(judgement.answers.iter().copied());
    }
    let institution = official.judgement(certified.institution)?.chain.first().copied();
    let mut seen = HashSet::new();
    for thumbprint in chain.iter().filter(|one| seen.insert(**one)) {
        match kept.certificate(thumbprint) {
            // A root: only the configuration has it.
            None => {}
            Some(certificate) if certificate.holds_a_number(Some(*thumbprint) == institution) => {
                evidence.withheld.push(thumbprint.to_string())
            }
            Some(certificate) => evidence.certificates.push(BASE64.encode(certificate.der())),
        }
    }
    let answers = kept.ocsp().iter().filter(|answer| digests.contains(&answer.digest()));
    evidence.ocsp = answers.map(|answer| BASE64.encode(answer.der())).collect();
    let lists = kept.lists().iter().filter(|list| digests.contains(&list.digest()) && list.der().len() <= MAX_LIST);
    evidence.lists = lists.map(|list| BASE64.encode(list.der())).collect();
    Some(evidence)
}

/// What outsiders judge by: roots that they have from their authority, and policies.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// Roots.
    pub roots: Vec<Certificate>,
    /// Policies of which a certificate must name one; empty: any will do.
    pub policies: Vec<ObjectIdentifier>,
}

/// What evidence itself proves about a sheet's signatures.
pub(super) struct Signed<'a> {
    pub(super) signers: &'a SheetSigners,
    pub(super) frozen_at: Moment,
    pub(super) logged_at: Moment,
    /// Digest of the manifest's signed bytes.
    pub(super) manifest: &'a [u8; 32],
}

/// Judges the signers of a sheet again, by evidence and trusted roots alone.
pub(super) fn check(
    evidence: Option<&CertificateEvidence>,
    signed: &Signed<'_>,
    trusted: &Trusted,
) -> Result<Strength, NotOfficial> {
    let evidence = evidence.ok_or(NotOfficial::Missing)?;
    let certificates = read(&evidence.certificates, |der| Certificate::from_der(der).ok())?;
    let timestamp = evidence.timestamp.as_slice();
    let timestamps = read(timestamp, |der| Timestamp::from_der(der).ok())?;
    let in_timestamps = timestamps.iter().flat_map(Timestamp::others);
    let authorities: Vec<Certificate> =
        certificates.iter().chain(in_timestamps).filter(|one| one.is_authority()).cloned().collect();
    let answers = Answers::new(
        read(&evidence.ocsp, |der| OcspAnswer::from_der(der).ok().map(Arc::new))?,
        read(&evidence.lists, |der| RevocationList::from_der(der).ok().map(Arc::new))?,
        trusted.roots.iter().chain(&authorities),
    );
    let judge =
        Judge { roots: &trusted.roots, authorities: &authorities, policies: &trusted.policies, answers: &answers };
    let stamped = timestamps.iter().find_map(|timestamp| stamped(timestamp, &judge, signed));
    let (proved, mut strength) = stamped.unwrap_or((signed.logged_at, Strength::Current));
    for granted in [&signed.signers.head, &signed.signers.institution] {
        strength = strength.min(signer(granted, &certificates, &judge, signed.frozen_at, proved)?);
    }
    Ok(strength)
}

/// None for a timestamp that does not count or proves no earlier time.
fn stamped(timestamp: &Timestamp, judge: &Judge<'_>, signed: &Signed<'_>) -> Option<(Moment, Strength)> {
    let at = timestamp.at();
    let judgement = judge.timestamp(timestamp).ok()?;
    let counts = timestamp.imprint() == signed.manifest && at < signed.logged_at && judgement.covers(at, at);
    counts.then_some((at, judgement.strength()))
}

fn signer(
    granted: &Granted,
    certificates: &[Certificate],
    judge: &Judge<'_>,
    claimed: Moment,
    proved: Moment,
) -> Result<Strength, NotOfficial> {
    let thumbprint = granted.certificate.ok_or(NotOfficial::Missing)?;
    let certificate = certificates.iter().find(|one| one.thumbprint() == thumbprint);
    let certificate = certificate.ok_or_else(|| NotOfficial::NoCertificate(thumbprint.to_string()))?;
    let judgement = judge.signing(certificate, &granted.key)?;
    match judgement.covers(claimed, proved) {
        true => Ok(judgement.strength()),
        false => Err(NotOfficial::NotCovered),
    }
}

fn read<T>(parts: &[String], parse: impl Fn(&[u8]) -> Option<T>) -> Result<Vec<T>, NotOfficial> {
    if parts.len() > MAX_PARTS {
        return Err(NotOfficial::Unreadable);
    }
    let one = |text: &String| parse(&BASE64.decode(text.as_bytes()).ok()?);
    parts.iter().map(|text| one(text).ok_or(NotOfficial::Unreadable)).collect()
}
