//! One round of asking: fetch what is missing about these certificates, keep what counts, remove what newer
//! answers have made superfluous. Runs beside the answers, never on the way to one.

use std::collections::HashSet;

use rayon::prelude::*;
use serde::Serialize;

use super::fetch::{FetchFault, Fetcher};
use super::kept::{KeepFault, Kept, Store};
use crate::signing::certificates::{
    Certificate, ChainFault, Judge, Judgement, MAX_CERTIFICATE, MAX_CRL, MAX_OCSP, OcspAnswer, Purpose, RevocationList,
    ocsp_request,
};
use crate::transcript::time::Moment;

/// How far ahead an authority's clock may be, in milliseconds.
const CLOCK_SKEW: i64 = 300_000;
/// Most levels of authorities that are fetched for one another.
const MAX_LEVELS: usize = 4;
/// Most faults that a report spells out.
const MAX_FAULTS: usize = 50;

/// What a round is made with.
#[derive(Debug)]
pub struct Refresh<'a> {
    /// Where answers are kept.
    pub store: &'a Store,
    /// Who asks.
    pub fetcher: &'a Fetcher,
    /// Configured roots.
    pub roots: &'a [Certificate],
    /// Whether single certificates are asked about (OCSP) beside the lists.
    pub ask_ocsp: bool,
    /// Sixteen random bytes for each request.
    pub nonce: fn() -> Option<[u8; 16]>,
}

/// What a round did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Certificates that were asked about, authorities included.
    pub certificates: usize,
    /// Files that came in and count.
    pub kept: usize,
    /// Files that newer ones have replaced.
    pub removed: usize,
    /// What could not be had: hosts and reasons.
    pub faults: Vec<String>,
}

impl Report {
    fn note(&mut self, fault: String) {
        if self.faults.len() < MAX_FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

type Judged = Vec<Result<Judgement, ChainFault>>;

impl Refresh<'_> {
    /// Asks about these certificates of granted keys, and about those of the timestamps that are kept.
    ///
    /// # Errors
    /// [`KeepFault`]: the directory cannot be read or written. What authorities fail to answer is in the
    /// report.
    pub fn run(&self, signers: &[Certificate], now: Moment) -> Result<Report, KeepFault> {
        let mut report = Report::default();
        self.fetch_authorities(signers, &mut report)?;
        let kept = self.store.load()?;
        let authorities = kept.all_authorities(self.roots);
        let subjects = subjects(signers, &kept);
        let before = self.judge(&subjects, &kept, &authorities, &HashSet::new());
        let pairs = self.pairs(&subjects, &kept, &authorities);
        report.certificates = pairs.len();
        let mut fetched = self.fetch_lists(&pairs, now, &mut report)?;
        if self.ask_ocsp {
            fetched.extend(self.fetch_ocsp(&pairs, now, &mut report)?);
        }
        self.tidy(&subjects, before, &fetched, &mut report)?;
        Ok(report)
    }

    /// Certificates with no issuer here may say where it is published.
    fn fetch_authorities(&self, signers: &[Certificate], report: &mut Report) -> Result<(), KeepFault> {
        let mut orphans: Vec<Certificate> = signers.to_vec();
        let mut asked = HashSet::new();
        for _ in 0..MAX_LEVELS {
            let kept = self.store.load()?;
            let authorities = kept.all_authorities(self.roots);
            let is_orphan = |one: &Certificate| !authorities.iter().any(|authority| one.is_issued_by(authority));
            let mut found = false;
            for orphan in orphans.iter().chain(kept.authorities()).filter(|one| is_orphan(one)) {
                for url in orphan.issuer_urls().iter().filter(|url| asked.insert((*url).clone())) {
                    let published = self.fetcher.get(url, MAX_CERTIFICATE).map_err(|fault| fault.to_string());
                    let issuers = published.and_then(|bytes| {
                        Certificate::from_file(&bytes).map_err(|fault| format!("{}: {fault}", host(url)))
                    });
                    match issuers {
                        Ok(issuers) => {
                            for issuer in issuers.iter().filter(|issuer| orphan.is_issued_by(issuer)) {
                                found |= self.store.keep_certificate(issuer)?;
                            }
                        }
                        Err(fault) => report.note(fault),
                    }
                }
            }
            if !found {
                return Ok(());
            }
            orphans.retain(is_orphan);
        }
        Ok(())
    }

    /// Every certificate that needs an answer, with who issued it; each once.
    fn pairs(&self, subjects: &[Subject], kept: &Kept, authorities: &[Certificate]) -> Vec<(Certificate, Certificate)> {
        let answers = kept.answers(authorities, &HashSet::new());
        let judge = Judge { roots: self.roots, authorities, policies: &[], answers: &answers };
        let mut seen = HashSet::new();
        let chains = subjects.iter().filter_map(|subject| judge.chains(&subject.certificate, subject.purpose).ok());
        let pairs = chains.flatten().flat_map(|chain| {
            let issuers = chain.iter().skip(1).cloned().collect::<Vec<_>>();
            chain.into_iter().zip(issuers)
        });
        pairs.filter(|(one, issuer)| seen.insert((one.thumbprint(), issuer.thumbprint()))).collect()
    }

    fn fetch_lists(
        &self,
        pairs: &[(Certificate, Certificate)],
        now: Moment,
        report: &mut Report,
    ) -> Result<Vec<[u8; 32]>, KeepFault> {
        let mut asked = HashSet::new();
        let mut fetched = Vec::new();
        for (certificate, issuer) in pairs {
            for url in certificate.crl_urls().iter().filter(|url| asked.insert((*url).clone())) {
                let list = self.fetcher.get(url, MAX_CRL).map_err(|fault| fault.to_string()).and_then(|bytes| {
                    let list = RevocationList::from_der(&bytes).map_err(|fault| fault.to_string())?;
                    let is_its = list.is_from(issuer).is_some() && !is_ahead(list.this_update(), now);
                    is_its.then_some((list, bytes)).ok_or_else(|| format!("{}: not a list of the issuer", host(url)))
                });
                match list {
                    Ok((list, bytes)) => {
                        self.store.keep_list(&bytes)?;
                        fetched.push(list.digest());
                    }
                    Err(fault) => report.note(fault),
                }
            }
        }
        Ok(fetched)
    }

    fn fetch_ocsp(
        &self,
        pairs: &[(Certificate, Certificate)],
        now: Moment,
        report: &mut Report,
    ) -> Result<Vec<[u8; 32]>, KeepFault> {
        let mut fetched = Vec::new();
        for (certificate, issuer) in pairs {
            for url in certificate.ocsp_urls() {
                match self.ask(url, certificate, issuer, now) {
                    Ok(bytes) => {
                        fetched.push(self.store.keep_ocsp(&bytes)?.digest());
                        break;
                    }
                    Err(fault) => report.note(fault),
                }
            }
        }
        Ok(fetched)
    }

    /// A fresh answer to this very question; that its signature counts is seen when it is judged.
    fn ask(&self, url: &str, certificate: &Certificate, issuer: &Certificate, now: Moment) -> Result<Vec<u8>, String> {
        let nonce = (self.nonce)().ok_or("the system gives no randomness")?;
        let request = ocsp_request(certificate, issuer, &nonce).map_err(|fault| fault.to_string())?;
        let posted = self.fetcher.post(url, "application/ocsp-request", &request, MAX_OCSP);
        let bytes = posted.map_err(|fault: FetchFault| fault.to_string())?;
        let answer = OcspAnswer::from_der(&bytes).map_err(|fault| format!("{}: {fault}", host(url)))?;
        let is_ahead = answer.this_update().is_none_or(|at| is_ahead(at, now));
        match answer.repeats(&nonce) == Some(false) || answer.is_stale(now) || is_ahead {
            true => Err(format!("{}: an answer to another question, or not of now", host(url))),
            false => Ok(bytes),
        }
    }

    fn judge(
        &self,
        subjects: &[Subject],
        kept: &Kept,
        authorities: &[Certificate],
        without: &HashSet<[u8; 32]>,
    ) -> Judged {
        let answers = kept.answers(authorities, without);
        let judge = Judge { roots: self.roots, authorities, policies: &[], answers: &answers };
        subjects.par_iter().map(|subject| judge.judge(&subject.certificate, subject.purpose)).collect()
    }

    /// Removes what rested on nothing but itself: answers that were used before, or came in now, and without
    /// which every judgement is the same.
    fn tidy(
        &self,
        subjects: &[Subject],
        before: Judged,
        fetched: &[[u8; 32]],
        report: &mut Report,
    ) -> Result<(), KeepFault> {
        let kept = self.store.load()?;
        let authorities = kept.all_authorities(self.roots);
        let after = self.judge(subjects, &kept, &authorities, &HashSet::new());
        let used: HashSet<[u8; 32]> = after.iter().flatten().flat_map(|j| j.answers.iter().copied()).collect();
        let earlier = before.iter().flatten().flat_map(|j| j.answers.iter());
        let superfluous: HashSet<[u8; 32]> =
            earlier.chain(fetched).filter(|digest| !used.contains(*digest)).copied().collect();
        report.kept = fetched.iter().filter(|digest| !superfluous.contains(*digest)).count();
        if superfluous.is_empty() || self.judge(subjects, &kept, &authorities, &superfluous) != after {
            return Ok(());
        }
        for digest in &superfluous {
            self.store.remove_answer(digest)?;
            report.removed += 1;
        }
        Ok(())
    }
}

/// A certificate and what it must be good for.
struct Subject {
    certificate: Certificate,
    purpose: Purpose,
}

fn subjects(signers: &[Certificate], kept: &Kept) -> Vec<Subject> {
    let signing = signers.iter().map(|one| Subject { certificate: one.clone(), purpose: Purpose::Signing });
    let stamping = kept
        .timestamps()
        .map(|(_, timestamp)| Subject { certificate: timestamp.authority().clone(), purpose: Purpose::Timestamping });
    signing.chain(stamping).collect()
}

fn is_ahead(at: Moment, now: Moment) -> bool {
    at.as_millis().saturating_sub(now.as_millis()) > CLOCK_SKEW
}

/// The host of an address, for a report.
fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or("an address")
}
