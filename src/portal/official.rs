//! `signed_with: official`: which certificates count, and when.
//!
//! An answer only compares times with a small table in memory. The table is made beside the answers, from the
//! ledger's grants and what is kept in `certificates`; what it does not have is `technical`.

use std::collections::HashMap;
use std::sync::Arc;

use super::Portal;
use crate::certificates::Kept;
use crate::follow::Reflected;
use crate::ledger::entry::FactsEntry;
use crate::records::{grant_key, newest_bound_key};
use crate::signing::certificates::{Certificate, ChainFault, Judge, Judgement, Strength, Timestamp};
use crate::signing::grant::KeyClaims;
use crate::signing::{Kid, PublicKey};
use crate::tlog::leaf::{Kind, Leaf, leaf_hash};
use crate::transcript::record::{Certified, RecordView, SheetView};
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::strict;
use crate::transcript::time::Moment;

/// A granted key that is bound to a certificate, as the ledger has it.
#[derive(Debug, Clone)]
pub struct BoundKey {
    /// Position of its grant.
    pub leaf: u64,
    /// The key.
    pub key: PublicKey,
    /// `x5t#S256` of its certificate.
    pub certificate: Kid,
}

/// What is known about one certificate.
#[derive(Debug, Clone)]
pub struct KeyStanding {
    /// The key it is for.
    pub bound: BoundKey,
    /// The judgement; None while the certificate is not here.
    pub judged: Option<Result<Judgement, ChainFault>>,
}

/// The earliest timestamp of a package, and what its certificate is worth.
#[derive(Debug, Clone)]
struct Stamp {
    timestamp: Timestamp,
    judgement: Judgement,
}

/// The table that answers look into.
#[derive(Debug, Default)]
pub struct Official {
    keys: HashMap<u64, KeyStanding>,
    packages: HashMap<u64, Stamp>,
    kept: Option<Arc<Kept>>,
}

impl Official {
    /// How strongly a sheet counts as signed with official certificates; None: it does not.
    pub(super) fn of(&self, sheet: &SheetView<'_>) -> Option<Strength> {
        let logged_at = Moment::from_millis(i64::try_from(sheet.leaf.logged_at).ok()?)?;
        self.judge(sheet.certified.as_ref()?, logged_at)
    }

    fn judge(&self, certified: &Certified, logged_at: Moment) -> Option<Strength> {
        let stamp = self.packages.get(&certified.package).filter(|stamp| stamp.timestamp.at() < logged_at);
        let proved = stamp.map_or(logged_at, |stamp| stamp.timestamp.at());
        let by_key = [certified.head, certified.institution].map(|leaf| {
            let judgement = self.keys.get(&leaf)?.judged.as_ref()?.as_ref().ok()?;
            judgement.covers(certified.frozen_at, proved).then(|| judgement.strength())
        });
        let [head, institution] = by_key;
        let stamped = stamp.map_or(Strength::Current, |stamp| stamp.judgement.strength());
        Some(head?.min(institution?).min(stamped))
    }

    /// Every key that is bound to a certificate, with what is known.
    pub fn keys(&self) -> impl Iterator<Item = &KeyStanding> {
        self.keys.values()
    }

    /// What it was judged by.
    pub(super) fn kept(&self) -> Option<&Kept> {
        self.kept.as_deref()
    }

    /// The judgement on the key that was granted there.
    pub(super) fn judgement(&self, leaf: u64) -> Option<&Judgement> {
        self.keys.get(&leaf)?.judged.as_ref()?.as_ref().ok()
    }

    /// The timestamp over the manifest there.
    pub(super) fn stamp(&self, package: u64) -> Option<(&Timestamp, &Judgement)> {
        self.packages.get(&package).map(|stamp| (&stamp.timestamp, &stamp.judgement))
    }

    /// How many packages have a timestamp that counts.
    pub fn stamped_packages(&self) -> usize {
        self.packages.len()
    }
}

impl Portal {
    /// Judges every certificate that the ledger binds a key to, by what is kept, and lets answers see it.
    pub fn judge_certificates(&self, kept: &Arc<Kept>, judge: &Judge<'_>) {
        let state = self.parts.published.load_full();
        let keys = self.bound_keys(&state).into_iter().map(|bound| {
            let certificate = kept.certificate(&bound.certificate);
            let judged = certificate.map(|certificate| judge.signing(certificate, &bound.key));
            (bound.leaf, KeyStanding { bound, judged })
        });
        let packages = kept.timestamps().filter_map(|(leaf, timestamp)| {
            let (entry, ledger_leaf) = self.proved_entry(&state, leaf)?;
            let is_over_it = ledger_leaf.kind == Kind::Package && entry.signed_digest == *timestamp.imprint();
            let judgement = judge.timestamp(timestamp).ok().filter(|_| is_over_it)?;
            let counts = judgement.covers(timestamp.at(), timestamp.at());
            counts.then(|| (leaf, Stamp { timestamp: timestamp.clone(), judgement }))
        });
        let mut earliest: HashMap<u64, Stamp> = HashMap::new();
        for (leaf, stamp) in packages {
            if earliest.get(&leaf).is_none_or(|known| stamp.timestamp.at() < known.timestamp.at()) {
                earliest.insert(leaf, stamp);
            }
        }
        let kept = Some(Arc::clone(kept));
        self.parts.official.store(Official { keys: keys.collect(), packages: earliest, kept }.into());
    }

    /// The key of the newest grant that is bound to a certificate: another one means that there is more to
    /// judge.
    pub fn newest_bound(&self) -> Option<Kid> {
        let state = self.parts.published.load_full();
        match self.record(&state, &newest_bound_key(), &mut Vec::new()) {
            Ok(RecordView::NewestBound { kid }) => Some(Kid(kid)),
            _ => None,
        }
    }

    /// What was last judged.
    pub fn official(&self) -> Arc<Official> {
        self.parts.official.load_full()
    }

    /// The certificates among what is kept that some granted key is bound to.
    pub fn bound_certificates(&self, kept: &Kept) -> Vec<Certificate> {
        let state = self.parts.published.load_full();
        let bound = self.bound_keys(&state);
        bound.iter().filter_map(|bound| kept.certificate(&bound.certificate).cloned()).collect()
    }

    /// Walks the list of bound grants. The list only says where to look: what counts is read from the
    /// ledger and proved.
    fn bound_keys(&self, state: &Reflected) -> Vec<BoundKey> {
        let mut found = Vec::new();
        let mut buffer = Vec::new();
        let mut next = match self.record(state, &newest_bound_key(), &mut buffer) {
            Ok(RecordView::NewestBound { kid }) => Some(Kid(kid)),
            _ => None,
        };
        while let Some(kid) = next {
            let Ok(RecordView::GrantPointer { leaf, bound: Some(bound), .. }) =
                self.record(state, &grant_key(&kid.0), &mut buffer)
            else {
                break;
            };
            next = bound.previous.map(Kid);
            found.extend(self.proved_grant(state, leaf));
        }
        found
    }

    /// None for anything but a grant bound to a certificate.
    fn proved_grant(&self, state: &Reflected, leaf: u64) -> Option<BoundKey> {
        let (entry, ledger_leaf) = self.proved_entry(state, leaf)?;
        if ledger_leaf.kind != Kind::Key {
            return None;
        }
        match strict::from_slice(&entry.facts, MAX_PAYLOAD).ok()? {
            KeyClaims::Grant { jwk, certificate, .. } => {
                Some(BoundKey { leaf, key: PublicKey::from_jwk(&jwk).ok()?, certificate: certificate? })
            }
            KeyClaims::Revoke { .. } => None,
        }
    }

    /// An entry's facts and leaf, proved to stand there in the tree that answers reflect.
    fn proved_entry(&self, state: &Reflected, index: u64) -> Option<(FactsEntry, Leaf)> {
        let (entry, leaf) = (self.parts.reader.facts_of(index).ok()?, self.parts.reader.leaf(index).ok()?);
        let stands = state.tree.contains(index, &leaf_hash(&leaf.encode())).is_ok();
        (stands && entry.matches(&leaf)).then_some((entry, leaf))
    }
}
