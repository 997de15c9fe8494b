//! The period in which signatures under a certificate count as official.
//!
//! It begins when every certificate of the chain is valid, and ends, whichever is first,
//!
//! - with the validity of any of them;
//! - just before the first revocation of any of them (RFC 5280 §5.3.2: or the earlier date from which the key
//!   is said to be compromised), whatever the reason, a hold included;
//! - with what is known: for the certificate itself the time of the newest answer that calls it good, so that
//!   a revocation that nobody has asked about yet cannot be missed; for authorities, whose lists appear twice
//!   a year, the time by which their issuer promised the next one.
//!
//! Authorities forget certificates that have expired, so an answer given after the end of a certificate's
//! validity says nothing for it.

use std::collections::HashMap;
use std::sync::Arc;

use der::asn1::ObjectIdentifier;

use super::algorithm::Strength;
use super::certificate::Certificate;
use super::crl::RevocationList;
use super::ocsp::OcspAnswer;
use super::path::{ChainFault, Path, Purpose, Search};
use super::timestamp::Timestamp;
use crate::signing::PublicKey;
use crate::transcript::time::Moment;

/// Answers about revocation that were kept, found by what they speak of.
#[derive(Debug, Default)]
pub struct Answers {
    ocsp: Vec<Arc<OcspAnswer>>,
    by_serial: HashMap<Box<[u8]>, Vec<usize>>,
    lists: Vec<Arc<RevocationList>>,
    /// Which lists each authority has signed: a list is long, and one signature counts for all its entries.
    issued: HashMap<[u8; 32], Vec<(usize, Strength)>>,
}

impl Answers {
    /// Takes what was kept. `authorities` are all that may have signed a list.
    pub fn new<'a>(
        ocsp: Vec<Arc<OcspAnswer>>,
        lists: Vec<Arc<RevocationList>>,
        authorities: impl Iterator<Item = &'a Certificate>,
    ) -> Self {
        let mut answers = Self { ocsp, lists, ..Self::default() };
        for (at, answer) in answers.ocsp.iter().enumerate() {
            for serial in answer.serials() {
                answers.by_serial.entry(serial.into()).or_default().push(at);
            }
        }
        for authority in authorities {
            let signed = answers.lists.iter().enumerate().filter_map(|(at, list)| Some((at, list.is_from(authority)?)));
            answers.issued.insert(authority.thumbprint().0, signed.collect());
        }
        answers
    }

    fn lists_of<'s>(&'s self, issuer: &Certificate) -> impl Iterator<Item = (&'s RevocationList, Strength)> {
        let issued = self.issued.get(&issuer.thumbprint().0).map_or(&[][..], |list| list);
        issued.iter().filter_map(|(at, strength)| Some((&**self.lists.get(*at)?, *strength)))
    }

    /// Everything that is said about a certificate, each with the digest of who said it.
    fn about(&self, certificate: &Certificate, issuer: &Certificate) -> Standing {
        let mut standing = Standing::of_lists(self, certificate, issuer);
        for at in self.by_serial.get(certificate.serial()).into_iter().flatten() {
            let Some(answer) = self.ocsp.get(*at) else { continue };
            let is_good = |responder: &Certificate, at: Moment| Standing::of_lists(self, responder, issuer).is_good(at);
            if let Some(said) = answer.about(certificate, issuer, is_good) {
                standing.take(
                    certificate,
                    &Word {
                        digest: answer.digest(),
                        this_update: said.this_update,
                        next_update: said.next_update,
                        revoked_since: said.revoked_since,
                        strength: said.strength,
                    },
                );
            }
        }
        standing
    }
}

/// One statement about one certificate.
#[derive(Clone, Copy)]
struct Word {
    digest: [u8; 32],
    this_update: Moment,
    next_update: Option<Moment>,
    revoked_since: Option<Moment>,
    strength: Strength,
}

/// What all statements about a certificate come to.
#[derive(Default)]
struct Standing {
    /// The statement with the earliest revocation.
    revoked: Option<Word>,
    /// The newest statement that it is good.
    good: Option<Word>,
}

impl Standing {
    fn of_lists(answers: &Answers, certificate: &Certificate, issuer: &Certificate) -> Self {
        let mut standing = Self::default();
        for (list, strength) in answers.lists_of(issuer) {
            let revoked_since = list.revoked_since(certificate);
            if revoked_since.is_some() || list.speaks_of(certificate) {
                let (this_update, next_update) = (list.this_update(), list.next_update());
                let digest = list.digest();
                standing.take(certificate, &Word { digest, this_update, next_update, revoked_since, strength });
            }
        }
        standing
    }

    fn take(&mut self, certificate: &Certificate, word: &Word) {
        let known = self.revoked_since();
        let is_earlier = |since: Moment| known.is_none_or(|known| since < known);
        // After its end a certificate is forgotten, not good.
        let is_in_time = certificate.validity().is_some_and(|(_, to)| word.this_update <= to);
        let is_newer = self.good.is_none_or(|known| word.this_update > known.this_update);
        match word.revoked_since {
            Some(since) if is_earlier(since) => self.revoked = Some(*word),
            None if is_in_time && is_newer => self.good = Some(*word),
            _ => {}
        }
    }

    fn revoked_since(&self) -> Option<Moment> {
        self.revoked.and_then(|word| word.revoked_since)
    }

    /// Known to be good at that time, by lists alone.
    fn is_good(&self, at: Moment) -> bool {
        let covered = self.good.is_some_and(|word| word.next_update.unwrap_or(word.this_update) >= at);
        covered && self.revoked_since().is_none_or(|since| since > at)
    }
}

/// What is known about a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// First moment of the period.
    pub from: Moment,
    /// Last moment of the period; None while some certificate of the chain was not asked about.
    pub until: Option<Moment>,
    /// The earliest revocation in the chain.
    pub revoked_since: Option<Moment>,
    /// Whether an algorithm of the past has a part in it: a note, not a refusal.
    pub old_algorithm: bool,
    /// The chain, the certificate first, the root last.
    pub chain: Vec<crate::signing::Kid>,
    /// Digests of the answers it rests on.
    pub answers: Vec<[u8; 32]>,
}

impl Judgement {
    /// The weakest algorithm that has a part in it.
    pub fn strength(&self) -> Strength {
        if self.old_algorithm { Strength::Old } else { Strength::Current }
    }

    /// Whether a signature made at `claimed`, and proved to exist at `proved`, lies in the period. Both must:
    /// who has stolen a key, or found an old one, can claim any time.
    pub fn covers(&self, claimed: Moment, proved: Moment) -> bool {
        self.until.is_some_and(|until| self.from <= claimed && claimed <= until && proved <= until)
            && self.from <= proved
    }
}

/// Roots, authorities and answers to judge by.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// Configured roots.
    pub roots: &'a [Certificate],
    /// Authorities below them, in any order.
    pub authorities: &'a [Certificate],
    /// Policies of which a signing certificate must name one; empty: any will do.
    pub policies: &'a [ObjectIdentifier],
    /// What was answered about revocation.
    pub answers: &'a Answers,
}

impl Judge<'_> {
    /// The certificate of a granted key.
    ///
    /// # Errors
    /// [`ChainFault`]: it never counts.
    pub fn signing(&self, certificate: &Certificate, granted: &PublicKey) -> Result<Judgement, ChainFault> {
        match certificate.key().is_some_and(|key| key.is(granted)) {
            true => self.judge(certificate, Purpose::Signing),
            false => Err(ChainFault::OtherKey),
        }
    }

    /// A timestamp's certificate; its time must lie in the period.
    ///
    /// # Errors
    /// [`ChainFault`]: it never counts.
    pub fn timestamp(&self, timestamp: &Timestamp) -> Result<Judgement, ChainFault> {
        let authorities = [self.authorities, timestamp.others()].concat();
        let judge = Judge { authorities: &authorities, ..*self };
        let mut judgement = judge.judge(timestamp.authority(), Purpose::Timestamping)?;
        judgement.old_algorithm |= timestamp.strength() == Strength::Old;
        Ok(judgement)
    }

    /// The chains of a certificate to a root, whatever is said about revocation.
    ///
    /// # Errors
    /// [`ChainFault`]: there is none.
    pub fn chains(&self, certificate: &Certificate, purpose: Purpose) -> Result<Vec<Vec<Certificate>>, ChainFault> {
        let search = Search { roots: self.roots, authorities: self.authorities, policies: self.policies };
        Ok(search.paths(certificate, purpose)?.into_iter().map(|path| path.chain).collect())
    }

    /// A certificate for its own key. Of several chains, the one whose period reaches furthest counts.
    ///
    /// # Errors
    /// [`ChainFault`]: it never counts.
    pub fn judge(&self, certificate: &Certificate, purpose: Purpose) -> Result<Judgement, ChainFault> {
        let search = Search { roots: self.roots, authorities: self.authorities, policies: self.policies };
        let judgements = search.paths(certificate, purpose)?.into_iter().map(|path| self.along(&path));
        judgements.max_by_key(|judgement| judgement.until).ok_or(ChainFault::NoRoot)
    }

    fn along(&self, path: &Path) -> Judgement {
        let mut until = Some(path.to);
        let mut strength = path.strength;
        let mut revoked_since: Option<Moment> = None;
        let mut answers = Vec::new();
        for (at, (certificate, issuer)) in path.chain.iter().zip(path.chain.iter().skip(1)).enumerate() {
            let standing = self.answers.about(certificate, issuer);
            let known = standing.good.map(|word| match at {
                0 => word.this_update,
                _ => word.next_update.unwrap_or(word.this_update),
            });
            // A revocation is itself an answer: before it, and up to when it was told, the certificate was good.
            let ends = match standing.revoked.and_then(|word| Some((word, word.revoked_since?))) {
                Some((word, since)) => since
                    .as_millis()
                    .checked_sub(1)
                    .and_then(Moment::from_millis)
                    .map(|before| before.min(word.this_update)),
                None => known,
            };
            until = until.zip(ends).map(|(until, ends)| until.min(ends));
            revoked_since = revoked_since.into_iter().chain(standing.revoked_since()).min();
            for word in [standing.revoked, standing.good].into_iter().flatten() {
                strength = strength.min(word.strength);
                answers.push(word.digest);
            }
        }
        answers.sort_unstable();
        answers.dedup();
        Judgement {
            from: path.from,
            until,
            revoked_since,
            old_algorithm: strength == Strength::Old,
            chain: path.chain.iter().map(Certificate::thumbprint).collect(),
            answers,
        }
    }
}
