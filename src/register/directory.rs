//! Who may sign: provinces, schools and their keys, as the key entries of the ledger grant and revoke them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::words;
use crate::signing::grant::{Holder, KeyClaims, Role};
use crate::signing::jwk::{Algorithm, Kid, PublicKey};
use crate::transcript::level::Level;
use crate::transcript::province::{ProvinceId, ProvinceRef};
use crate::transcript::text::Text;
use crate::transcript::time::Moment;

/// A school of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SchoolRef(u32);

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HolderRef {
    /// The ministry's.
    Ministry,
    /// A province's.
    Province(ProvinceId),
    /// A school's.
    School(SchoolRef),
}

/// When and where a key was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Position of the revocation: from there on nothing signed with the key is accepted.
    pub leaf_index: u64,
    /// When it was logged, milliseconds since 1970.
    pub logged_at: u64,
}

/// A granted key. Kept small: there are a hundred thousand of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    kid: [u8; 32],
    /// Whose it is.
    pub holder: HolderRef,
    /// What it may sign.
    pub role: Role,
    algorithm: u8,
    /// Bound to a certificate.
    pub certified: bool,
    /// First and last second it may sign, since 1970.
    period: (i64, i64),
    /// Position of its grant.
    pub granted_at: u64,
    /// Its revocation.
    pub revoked: Option<Revoked>,
}

impl KeyRow {
    /// Its thumbprint.
    pub fn kid(&self) -> Kid {
        Kid(self.kid)
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match self.algorithm {
            0 => Algorithm::EdDsa,
            1 => Algorithm::Es256,
            _ => Algorithm::Rs256,
        }
    }

    /// First moment it may sign.
    pub fn from(&self) -> Option<Moment> {
        Moment::from_millis(self.period.0.checked_mul(1000)?)
    }

    /// Last moment it may sign.
    pub fn to(&self) -> Option<Moment> {
        Moment::from_millis(self.period.1.checked_mul(1000)?)
    }

    /// Whether something signed at this moment would be accepted.
    pub fn is_valid_at(&self, now: Moment) -> bool {
        self.revoked.is_none() && (self.period.0..=self.period.1).contains(&now.as_seconds())
    }
}

/// A school as it was granted keys under one province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// The province then.
    pub province: ProvinceId,
    /// School code (mã trường).
    pub code: Text<20>,
    /// Names as granted, newest first.
    pub names: Vec<Text<150>>,
    /// Levels its newest grant names.
    pub levels: Vec<Level>,
    /// What it is found by.
    pub(super) words: Box<str>,
}

impl School {
    /// The newest name.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", |name| name.as_str())
    }
}

/// A province of some code list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Province {
    /// Its name then.
    pub name: Text<150>,
    /// Provinces merged into it.
    pub predecessors: Vec<ProvinceId>,
}

/// Everybody who was ever granted a key in the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    provinces: BTreeMap<ProvinceId, Province>,
    schools: Vec<School>,
    keys: Vec<KeyRow>,
    /// Schools by province then and code.
    places: HashMap<(ProvinceId, Text<20>), SchoolRef>,
    /// Schools by name, what is granted under the newest code list first; shorter than `schools` while it is
    /// out of date.
    order: Vec<SchoolRef>,
}

impl Directory {
    pub(super) fn take(&mut self, index: u64, logged_at: u64, claims: &KeyClaims) -> Result<(), String> {
        match claims {
            KeyClaims::Grant { holder, role, jwk, certificate, valid_from, valid_to, .. } => {
                let key = PublicKey::from_jwk(jwk).map_err(|e| e.to_string())?;
                let holder = self.holder(holder)?;
                self.keys.push(KeyRow {
                    kid: key.kid().0,
                    holder,
                    role: *role,
                    algorithm: key.algorithm() as u8,
                    certified: certificate.is_some(),
                    period: (valid_from.as_seconds(), valid_to.as_seconds()),
                    granted_at: index,
                    revoked: None,
                });
            }
            // Pinned roots are not granted in the ledger, but may be revoked there.
            KeyClaims::Revoke { kid, .. } => {
                if let Some(key) = self.keys.iter_mut().find(|key| key.kid == kid.0) {
                    key.revoked.get_or_insert(Revoked { leaf_index: index, logged_at });
                }
            }
        }
        Ok(())
    }

    fn holder(&mut self, holder: &Holder) -> Result<HolderRef, String> {
        Ok(match holder {
            Holder::Ministry => HolderRef::Ministry,
            Holder::Province { province, predecessors } => {
                let known = self.province_entry(province);
                known.name = province.name.clone();
                for predecessor in predecessors {
                    if !known.predecessors.contains(predecessor) {
                        known.predecessors.push(*predecessor);
                    }
                }
                HolderRef::Province(province.id())
            }
            Holder::School { province, school, name, levels } => {
                self.province_entry(province);
                HolderRef::School(self.school_entry(province.id(), school, name, levels)?)
            }
        })
    }

    fn province_entry(&mut self, province: &ProvinceRef) -> &mut Province {
        let new = || Province { name: province.name.clone(), predecessors: Vec::new() };
        self.provinces.entry(province.id()).or_insert_with(new)
    }

    fn school_entry(
        &mut self,
        province: ProvinceId,
        code: &Text<20>,
        name: &Text<150>,
        levels: &[Level],
    ) -> Result<SchoolRef, String> {
        if let Some(at) = self.places.get(&(province, code.clone())).copied() {
            if let Some(school) = self.schools.get_mut(at.0 as usize) {
                levels.clone_into(&mut school.levels);
                if school.name() != name.as_str() {
                    school.names.retain(|known| known != name);
                    school.names.insert(0, name.clone());
                    school.words = words::of_school(school.names.iter().map(Text::as_str), code.as_str());
                    self.order.clear();
                }
            }
            return Ok(at);
        }
        let at = SchoolRef(u32::try_from(self.schools.len()).map_err(|e| e.to_string())?);
        self.schools.push(School {
            province,
            code: code.clone(),
            words: words::of_school(std::iter::once(name.as_str()), code.as_str()),
            names: vec![name.clone()],
            levels: levels.to_vec(),
        });
        self.places.insert((province, code.clone()), at);
        Ok(at)
    }

    pub(super) fn is_in_order(&self) -> bool {
        self.order.len() == self.schools.len()
    }

    pub(super) fn put_in_order(&mut self) {
        let key = |at: &SchoolRef| {
            let school = &self.schools[at.0 as usize];
            (words::words(school.name()), Reverse(school.province.vintage), school.province.code, school.code.clone())
        };
        let mut order: Vec<SchoolRef> = (0..self.schools.len() as u32).map(SchoolRef).collect();
        order.sort_by_cached_key(key);
        self.order = order;
    }

    pub(super) fn by_name(&self) -> impl Iterator<Item = (SchoolRef, &School)> {
        self.order.iter().filter_map(|at| Some((*at, self.schools.get(at.0 as usize)?)))
    }

    /// A school.
    pub fn school(&self, at: SchoolRef) -> Option<&School> {
        self.schools.get(at.0 as usize)
    }

    /// How many schools.
    pub fn school_count(&self) -> usize {
        self.schools.len()
    }

    /// Every key, in the order of the grants.
    pub fn keys(&self) -> &[KeyRow] {
        &self.keys
    }

    /// The keys of a holder.
    pub fn keys_of(&self, holder: HolderRef) -> impl Iterator<Item = &KeyRow> {
        self.keys.iter().filter(move |key| key.holder == holder)
    }

    /// Every province of every code list, in the order of their codes.
    pub fn provinces(&self) -> impl Iterator<Item = (ProvinceId, &Province)> {
        self.provinces.iter().map(|(id, province)| (*id, province))
    }

    /// A province's name then.
    pub fn province(&self, id: ProvinceId) -> Option<&Province> {
        self.provinces.get(&id)
    }

    /// The province that answers for this one now: itself, or what it was merged into.
    pub fn heir(&self, id: ProvinceId) -> ProvinceId {
        let heir = self.provinces.iter().find(|(_, province)| province.predecessors.contains(&id)).map(|(id, _)| *id);
        // A ring in damaged statements must not be walked for ever: heirs have later code lists.
        heir.filter(|heir| heir.vintage > id.vintage).map_or(id, |heir| self.heir(heir))
    }

    /// The provinces of today.
    pub fn current(&self) -> impl Iterator<Item = (ProvinceId, &Province)> {
        self.provinces().filter(|(id, _)| self.heir(*id) == *id)
    }

    /// What a two-digit code means today: the province that has it now, else the heir of the last that had it.
    pub fn current_of(&self, code: &str) -> Option<ProvinceId> {
        let with_code = || self.provinces.keys().copied().filter(|id| id.code.as_str() == code);
        let now = with_code().find(|id| self.heir(*id) == *id);
        now.or_else(|| with_code().max_by_key(|id| id.vintage).map(|id| self.heir(id)))
    }

    /// A province and all that were merged into it.
    pub fn merged_into(&self, province: ProvinceId) -> Vec<ProvinceId> {
        self.provinces.keys().copied().filter(|id| self.heir(*id) == self.heir(province)).collect()
    }

    /// The schools with this code in a province of today and in those merged into it, newest code list first.
    pub fn schools_at(&self, province: ProvinceId, code: &str) -> Vec<SchoolRef> {
        let Ok(code) = Text::<20>::new(code) else { return Vec::new() };
        let mut merged = self.merged_into(province);
        merged.sort_by_key(|id| std::cmp::Reverse(id.vintage));
        merged.into_iter().filter_map(|id| self.places.get(&(id, code.clone())).copied()).collect()
    }

    /// How many schools and valid keys of schools each province then has; one pass over all keys.
    pub fn valid_keys(&self, now: Moment) -> HashMap<SchoolRef, usize> {
        let mut counts = HashMap::new();
        for key in self.keys.iter().filter(|key| key.is_valid_at(now)) {
            if let HolderRef::School(school) = key.holder {
                *counts.entry(school).or_default() += 1;
            }
        }
        counts
    }

    /// How many schools were granted keys in a province of today and those merged into it.
    pub fn schools_by_heir(&self) -> BTreeMap<ProvinceId, usize> {
        let heirs: BTreeMap<ProvinceId, ProvinceId> = self.provinces.keys().map(|id| (*id, self.heir(*id))).collect();
        let mut counts = BTreeMap::new();
        for school in &self.schools {
            *counts.entry(heirs.get(&school.province).copied().unwrap_or(school.province)).or_default() += 1;
        }
        counts
    }
}
