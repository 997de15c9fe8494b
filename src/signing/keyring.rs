//! The key ring: who may sign what, from when to when, and from which ledger position no more.
//!
//! A ring is what the key entries of the ledger say up to a position. A *position* is the size of
//! the ledger that an entry is appended to; grants and revocations of one package may share it.
//! A key counts for an entry when the entry's claimed time lies in the grant's period, the grant
//! stands at or before the entry's position, and no revocation does. A revocation never reaches back:
//! whoever steals a key cannot rewrite the past with it, and neither can its revocation.
//!
//! What an attacker gains: with a school's key, sheets of that school from now to the revocation;
//! with a province's key, new school keys of that province. Only a root makes provinces.

use std::collections::HashMap;
use std::sync::Arc;

use super::grant::{Holder, KeyClaims, Role};
use super::jwk::{Jwk, KeyFault, Kid, PublicKey};
use super::jws::{Jws, ObjectType};
use super::refusal::{KeyEntryFault, KeyRefusal};
use crate::transcript::level::Level;
use crate::transcript::province::{ProvinceCode, ProvinceId};
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::strict;
use crate::transcript::text::Text;
use crate::transcript::time::Moment;

/// Longest period of a grant, in milliseconds: thirty years.
const MAX_PERIOD: i64 = 30 * 366 * 86_400_000;

/// Whose key it is, without the names: rings hold a hundred thousand of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyHolder {
    /// The ministry.
    Ministry,
    /// A province.
    Province(ProvinceId),
    /// A school.
    School {
        /// Its province.
        province: ProvinceId,
        /// School code (mã trường).
        school: Text<20>,
        /// Levels it teaches.
        levels: Box<[Level]>,
    },
}

/// A period of validity, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First moment.
    pub from: Moment,
    /// Last moment.
    pub to: Moment,
}

/// A key in the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Its thumbprint.
    pub kid: Kid,
    /// The key.
    pub key: PublicKey,
    /// Whose it is.
    pub holder: KeyHolder,
    /// What it may sign.
    pub role: Role,
    /// The certificate it is bound to.
    pub certificate: Option<Kid>,
    /// When it may sign; None for pinned roots, which have no period.
    pub period: Option<Period>,
    /// Position of its grant; 0 for pinned roots.
    pub granted_at: u64,
    /// Position of its revocation.
    pub revoked_at: Option<u64>,
}

impl Granted {
    /// Whether signature number `i` of an object is by this key and verifies.
    pub(super) fn signed(&self, jws: &Jws, i: usize) -> bool {
        jws.verifies_under(i, &self.kid, &self.key)
    }

    /// The province the key speaks for; None for the ministry.
    pub fn province(&self) -> Option<ProvinceId> {
        match &self.holder {
            KeyHolder::Ministry => None,
            KeyHolder::Province(province) | KeyHolder::School { province, .. } => Some(*province),
        }
    }
}

/// Who signed something that only provinces and the ministry sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signer {
    /// A ministry root.
    Ministry,
    /// A province.
    Province(ProvinceId),
}

impl Signer {
    /// The province; None for the ministry.
    pub fn province(self) -> Option<ProvinceId> {
        match self {
            Self::Ministry => None,
            Self::Province(province) => Some(province),
        }
    }
}

/// A key entry that was checked; having one is the proof. [`KeyRing::apply`] takes it.
#[derive(Debug, Clone)]
pub struct CheckedKeyEntry {
    signer: Signer,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Grant { granted: Box<Granted>, predecessors: Vec<ProvinceId> },
    Revoke { kid: Kid },
}

impl CheckedKeyEntry {
    /// Who signed it.
    pub fn signer(&self) -> Signer {
        self.signer
    }

    /// The key it grants or revokes.
    pub fn kid(&self) -> Kid {
        match &self.change {
            Change::Grant { granted, .. } => granted.kid,
            Change::Revoke { kid } => *kid,
        }
    }

    /// Whether it is a grant.
    pub fn is_grant(&self) -> bool {
        matches!(self.change, Change::Grant { .. })
    }
}

/// All keys granted so far. Cloning shares; a change copies only if shared.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    inner: Arc<Inner>,
}

#[derive(Debug, Clone, Default)]
struct Inner {
    keys: HashMap<Kid, Arc<Granted>>,
    /// Every key once, in the order of the grants.
    order: Vec<Kid>,
    /// Heir → provinces merged into it.
    predecessors: HashMap<ProvinceId, Vec<ProvinceId>>,
}

impl KeyRing {
    /// A ring of the pinned roots alone.
    ///
    /// # Errors
    /// [`KeyFault`] when a root's JWK is not a usable public key.
    pub fn new(roots: &[Jwk]) -> Result<Self, KeyFault> {
        let mut ring = Self::default();
        for jwk in roots {
            let key = PublicKey::from_jwk(jwk)?;
            ring.insert(Granted {
                kid: key.kid(),
                key,
                holder: KeyHolder::Ministry,
                role: Role::Root,
                certificate: None,
                period: None,
                granted_at: 0,
                revoked_at: None,
            });
        }
        Ok(ring)
    }

    fn insert(&mut self, granted: Granted) {
        let inner = Arc::make_mut(&mut self.inner);
        if !inner.keys.contains_key(&granted.kid) {
            inner.order.push(granted.kid);
            inner.keys.insert(granted.kid, Arc::new(granted));
        }
    }

    /// How many keys were ever granted, roots included.
    pub fn len(&self) -> usize {
        self.inner.order.len()
    }

    /// Whether not even a root is pinned.
    pub fn is_empty(&self) -> bool {
        self.inner.order.is_empty()
    }

    /// The key with this thumbprint, whatever its state.
    pub fn get(&self, kid: &Kid) -> Option<&Arc<Granted>> {
        self.inner.keys.get(kid)
    }

    /// Every key, in the order of the grants.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Granted>> {
        self.inner.order.iter().filter_map(|kid| self.inner.keys.get(kid))
    }

    /// Whether `heir` answers for `predecessor`: the same province, or one merged into it, over any
    /// number of mergers. A merger once stated by the root stays stated when the key is renewed.
    pub fn inherits(&self, heir: ProvinceId, predecessor: ProvinceId) -> bool {
        // Predecessors have earlier code lists than their heirs, so the walk ends.
        heir == predecessor
            || self
                .inner
                .predecessors
                .get(&heir)
                .is_some_and(|merged| merged.iter().any(|p| self.inherits(*p, predecessor)))
    }

    /// The key, if it may sign an entry with this claimed time at this position (promise 6).
    ///
    /// # Errors
    /// [`KeyRefusal`]: unknown, outside its period, revoked, or another certificate.
    pub fn judge(
        &self,
        kid: &Kid,
        certificate: Option<&Kid>,
        claimed_at: Moment,
        position: u64,
    ) -> Result<&Arc<Granted>, KeyRefusal> {
        let granted = self.get(kid).filter(|g| g.granted_at <= position).ok_or(KeyRefusal::Unknown)?;
        if granted.revoked_at.is_some_and(|at| at <= position) {
            return Err(KeyRefusal::Revoked);
        }
        match granted.period {
            Some(period) if claimed_at < period.from => return Err(KeyRefusal::NotYetValid),
            Some(period) if claimed_at > period.to => return Err(KeyRefusal::Expired),
            _ => {}
        }
        match granted.certificate.as_ref() == certificate {
            true => Ok(granted),
            false => Err(KeyRefusal::CertificateMismatch),
        }
    }

    /// The key of the only signature of `jws`, judged, its signature verified.
    pub(super) fn sole_signer(
        &self,
        jws: &Jws,
        claimed_at: Moment,
        position: u64,
    ) -> Result<&Arc<Granted>, KeyRefusal> {
        let granted = self.sole_claimant(jws, claimed_at, position)?;
        match granted.signed(jws, 0) {
            true => Ok(granted),
            false => Err(KeyRefusal::BadSignature),
        }
    }

    fn sole_claimant(&self, jws: &Jws, claimed_at: Moment, position: u64) -> Result<&Arc<Granted>, KeyRefusal> {
        let [signature] = jws.signatures() else { return Err(KeyRefusal::SignatureCount) };
        self.judge(&signature.kid, signature.certificate.as_ref(), claimed_at, position)
    }

    /// Checks a grant or revocation against the ring: form, rights of the signer, signature.
    /// The same entry again is `key.already_granted`: callers look for duplicates first.
    ///
    /// # Errors
    /// [`KeyEntryFault`] names the rule it breaks.
    pub fn check_entry(&self, jws: &Jws, position: u64) -> Result<CheckedKeyEntry, KeyEntryFault> {
        let entry = self.recall_entry(jws, position)?;
        let [signature] = jws.signatures() else { return Err(KeyRefusal::SignatureCount.into()) };
        let signer = self.get(&signature.kid).ok_or(KeyRefusal::Unknown)?;
        match signer.signed(jws, 0) {
            true => Ok(entry),
            false => Err(KeyRefusal::BadSignature.into()),
        }
    }

    /// As [`KeyRing::check_entry`] without the signature: only for entries read back from a ledger
    /// whose checkpoint was verified, where the signature was checked before they were logged.
    ///
    /// # Errors
    /// [`KeyEntryFault`] names the rule it breaks.
    pub fn recall_entry(&self, jws: &Jws, position: u64) -> Result<CheckedKeyEntry, KeyEntryFault> {
        if jws.object() != ObjectType::Key {
            return Err(KeyEntryFault::Type);
        }
        let claims: KeyClaims = strict::from_slice(jws.payload(), MAX_PAYLOAD)?;
        let wanted = read_form(&claims)?;
        let (KeyClaims::Grant { issued_at, .. } | KeyClaims::Revoke { issued_at, .. }) = claims;
        let by = self.sole_claimant(jws, issued_at, position)?;
        let change = match wanted {
            Form::Grant(form) => self.examine_grant(by, form, position)?,
            Form::Revoke(kid) => self.examine_revocation(by, kid)?,
        };
        let signer = by.province().map_or(Signer::Ministry, Signer::Province);
        Ok(CheckedKeyEntry { signer, change })
    }

    fn examine_grant(&self, by: &Granted, form: GrantForm, position: u64) -> Result<Change, KeyEntryFault> {
        let GrantForm { mut granted, predecessors } = form;
        if !self.may_change(by, &granted.holder, false) {
            return Err(KeyEntryFault::NotAllowed);
        }
        if self.get(&granted.kid).is_some() {
            return Err(KeyEntryFault::AlreadyGranted);
        }
        granted.granted_at = position;
        Ok(Change::Grant { granted, predecessors })
    }

    fn examine_revocation(&self, by: &Granted, kid: Kid) -> Result<Change, KeyEntryFault> {
        let target = self.get(&kid).ok_or(KeyEntryFault::UnknownTarget)?;
        if !self.may_change(by, &target.holder, true) {
            return Err(KeyEntryFault::NotAllowed);
        }
        if target.revoked_at.is_some() {
            return Err(KeyEntryFault::AlreadyRevoked);
        }
        let another_root = |g: &&Arc<Granted>| g.role == Role::Root && g.kid != kid && g.revoked_at.is_none();
        match target.role == Role::Root && !self.iter().any(|g| another_root(&g)) {
            true => Err(KeyEntryFault::LastRoot),
            false => Ok(Change::Revoke { kid }),
        }
    }

    /// A root grants roots and provinces and revokes anything; a province grants and revokes the keys
    /// of its own schools and of those it inherited; nobody else does either.
    fn may_change(&self, by: &Granted, holder: &KeyHolder, revoke: bool) -> bool {
        match (by.role, &by.holder, holder) {
            (Role::Root, _, KeyHolder::School { .. }) => revoke,
            (Role::Root, ..) => true,
            (Role::Province, KeyHolder::Province(own), KeyHolder::School { province, .. }) => {
                self.inherits(*own, *province)
            }
            _ => false,
        }
    }

    /// Lets a checked entry take effect at its position. A key that is there already stays as it is,
    /// and of two revocations the earlier one counts.
    pub fn apply(&mut self, entry: CheckedKeyEntry, position: u64) {
        match entry.change {
            Change::Grant { mut granted, predecessors } => {
                granted.granted_at = position;
                self.note_merger(granted.province(), predecessors);
                self.insert(*granted);
            }
            Change::Revoke { kid } => {
                if let Some(key) = Arc::make_mut(&mut self.inner).keys.get_mut(&kid) {
                    let key = Arc::make_mut(key);
                    key.revoked_at = Some(key.revoked_at.map_or(position, |at| at.min(position)));
                }
            }
        }
    }

    fn note_merger(&mut self, heir: Option<ProvinceId>, predecessors: Vec<ProvinceId>) {
        let (Some(heir), false) = (heir, predecessors.is_empty()) else { return };
        let merged = Arc::make_mut(&mut self.inner).predecessors.entry(heir).or_default();
        for predecessor in predecessors {
            if !merged.contains(&predecessor) {
                merged.push(predecessor);
            }
        }
    }
}

struct GrantForm {
    granted: Box<Granted>,
    predecessors: Vec<ProvinceId>,
}

enum Form {
    Grant(GrantForm),
    Revoke(Kid),
}

/// Checks what can be checked of a grant or revocation without a ring: version, key, period, holder.
///
/// # Errors
/// [`KeyEntryFault`] names the rule it breaks.
pub fn check_form(claims: &KeyClaims) -> Result<(), KeyEntryFault> {
    read_form(claims).map(|_| ())
}

fn read_form(claims: &KeyClaims) -> Result<Form, KeyEntryFault> {
    let (KeyClaims::Grant { version, .. } | KeyClaims::Revoke { version, .. }) = claims;
    if *version != 1 {
        return Err(KeyEntryFault::Version(*version));
    }
    match claims {
        KeyClaims::Revoke { kid, .. } => Ok(Form::Revoke(*kid)),
        KeyClaims::Grant { holder, role, jwk, certificate, valid_from, valid_to, .. } => {
            let key = PublicKey::from_jwk(jwk)?;
            if key.to_jwk() != *jwk {
                return Err(KeyFault::Value.into());
            }
            let period = Period { from: *valid_from, to: *valid_to };
            let length = period.to.as_millis().saturating_sub(period.from.as_millis());
            if !(1..=MAX_PERIOD).contains(&length) {
                return Err(KeyEntryFault::Period);
            }
            let (holder, predecessors) = read_holder(holder, *role)?;
            let granted = Granted {
                kid: key.kid(),
                key,
                holder,
                role: *role,
                certificate: *certificate,
                period: Some(period),
                granted_at: 0,
                revoked_at: None,
            };
            Ok(Form::Grant(GrantForm { granted: Box::new(granted), predecessors }))
        }
    }
}

/// The holder in the ring's form, with the predecessors a province names.
fn read_holder(holder: &Holder, role: Role) -> Result<(KeyHolder, Vec<ProvinceId>), KeyEntryFault> {
    match (holder, role) {
        (Holder::Ministry, Role::Root) => Ok((KeyHolder::Ministry, Vec::new())),
        (Holder::Province { province, predecessors }, Role::Province) if is_province(province.id()) => {
            let id = province.id();
            let sound = |(i, p): (usize, &ProvinceId)| {
                is_province(*p) && p.vintage < id.vintage && !predecessors[..i].contains(p)
            };
            match predecessors.iter().enumerate().all(sound) {
                true => Ok((KeyHolder::Province(id), predecessors.clone())),
                false => Err(KeyEntryFault::Predecessors),
            }
        }
        (Holder::School { province, school, levels, .. }, Role::Head | Role::Institution | Role::Teacher)
            if is_province(province.id()) && distinct(levels) =>
        {
            let levels = levels.as_slice().into();
            Ok((KeyHolder::School { province: province.id(), school: school.clone(), levels }, Vec::new()))
        }
        _ => Err(KeyEntryFault::Holder),
    }
}

/// `00` stands for the ministry in leaves and is no province.
fn is_province(id: ProvinceId) -> bool {
    id.code != ProvinceCode::MINISTRY
}

fn distinct(levels: &[Level]) -> bool {
    !levels.is_empty() && levels.iter().enumerate().all(|(i, level)| !levels[..i].contains(level))
}
