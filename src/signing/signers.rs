//! Whose signatures stand on an object, and whether they are the ones it needs.

use std::sync::Arc;

use super::grant::Role;
use super::jwk::Kid;
use super::jws::Jws;
use super::keyring::{Granted, KeyHolder, KeyRing, Signer};
use super::refusal::{KeyRefusal, SignatureFault};
use crate::transcript::province::ProvinceId;
use crate::transcript::sheet::SheetClaims;
use crate::transcript::status::StatusClaims;
use crate::transcript::time::Moment;

/// The signers of a sheet, all of them verified but those whose key nobody granted.
#[derive(Debug, Clone)]
pub struct SheetSigners {
    /// The head of the school (thủ trưởng).
    pub head: Arc<Granted>,
    /// The school itself (cơ sở giáo dục).
    pub institution: Arc<Granted>,
    /// Further signatures, in file order.
    pub others: Vec<OtherSigner>,
}

/// A signature beyond those a sheet needs; listed, never required.
#[derive(Debug, Clone)]
pub struct OtherSigner {
    /// The key it names.
    pub kid: Kid,
    /// Its grant; None for an unknown key, whose signature says nothing.
    pub granted: Option<Arc<Granted>>,
}

impl KeyRing {
    /// Checks that head and institution of the sheet's school signed it, with keys in force at
    /// `frozen_at` and at this position. A failing signature by any known key refuses the sheet.
    ///
    /// # Errors
    /// [`SignatureFault`] names the signature and the rule.
    pub fn check_sheet_signatures(
        &self,
        jws: &Jws,
        claims: &SheetClaims,
        position: u64,
    ) -> Result<SheetSigners, SignatureFault> {
        let (mut head, mut institution, mut others) = (None, None, Vec::new());
        let mut first_unknown = None;
        for (i, signature) in jws.signatures().iter().enumerate() {
            let refuse = |refusal| SignatureFault { signature: Some(i), refusal };
            let kid = signature.kid;
            let known = self.judge(&kid, signature.certificate.as_ref(), claims.frozen_at, position);
            let granted = match known {
                Err(KeyRefusal::Unknown) => {
                    first_unknown.get_or_insert(i);
                    others.push(OtherSigner { kid, granted: None });
                    continue;
                }
                judged => judged.map_err(refuse)?,
            };
            check_school(granted, claims).map_err(refuse)?;
            let slot = match granted.role {
                Role::Head if head.is_none() => Some(&mut head),
                Role::Institution if institution.is_none() => Some(&mut institution),
                _ => None,
            };
            match slot {
                Some(slot) => *slot = Some(Arc::clone(granted)),
                None => others.push(OtherSigner { kid, granted: Some(Arc::clone(granted)) }),
            }
        }
        // An ungranted key is the likelier reason for a missing role than a forgotten signature.
        let missing = |refusal| match first_unknown {
            Some(_) => SignatureFault { signature: first_unknown, refusal: KeyRefusal::Unknown },
            None => SignatureFault { signature: None, refusal },
        };
        let head = head.ok_or_else(|| missing(KeyRefusal::MissingHead))?;
        let institution = institution.ok_or_else(|| missing(KeyRefusal::MissingInstitution))?;
        self.verify_known(jws)?;
        Ok(SheetSigners { head, institution, others })
    }

    /// The costly part, after everything cheap has held.
    fn verify_known(&self, jws: &Jws) -> Result<(), SignatureFault> {
        for (i, signature) in jws.signatures().iter().enumerate() {
            let Some(granted) = self.get(&signature.kid) else { continue };
            if !granted.signed(jws, i) {
                return Err(SignatureFault { signature: Some(i), refusal: KeyRefusal::BadSignature });
            }
        }
        Ok(())
    }

    /// Checks the signature of a manifest: by the province it names, or by a ministry root when it
    /// names none; judged at `created_at`.
    ///
    /// # Errors
    /// [`KeyRefusal`] names the rule.
    pub fn check_manifest_signature(
        &self,
        jws: &Jws,
        province: Option<ProvinceId>,
        created_at: Moment,
        position: u64,
    ) -> Result<Arc<Granted>, KeyRefusal> {
        let granted = self.sole_signer(jws, created_at, position)?;
        match (granted.role, granted.province(), province) {
            (Role::Root, _, None) => Ok(Arc::clone(granted)),
            (Role::Province, own, Some(_)) if own == province => Ok(Arc::clone(granted)),
            (Role::Province, _, Some(_)) => Err(KeyRefusal::WrongProvince),
            _ => Err(KeyRefusal::WrongRole),
        }
    }

    /// Checks the signature of a status: by the responsible province, one that inherited it, or a
    /// ministry root; judged at `effective_at`.
    ///
    /// # Errors
    /// [`KeyRefusal`] names the rule.
    pub fn check_status_signature(
        &self,
        jws: &Jws,
        claims: &StatusClaims,
        responsible: ProvinceId,
        position: u64,
    ) -> Result<Signer, KeyRefusal> {
        let granted = self.sole_signer(jws, claims.effective_at, position)?;
        match (granted.role, &granted.holder) {
            (Role::Root, _) => Ok(Signer::Ministry),
            (Role::Province, KeyHolder::Province(own)) => match self.inherits(*own, responsible) {
                true => Ok(Signer::Province(*own)),
                false => Err(KeyRefusal::WrongProvince),
            },
            _ => Err(KeyRefusal::WrongRole),
        }
    }

    /// Checks the signature of a backfill entry: by a ministry root; judged at the time its package
    /// claims, since the entry itself names none.
    ///
    /// # Errors
    /// [`KeyRefusal`] names the rule.
    pub fn check_backfill_signature(&self, jws: &Jws, claimed_at: Moment, position: u64) -> Result<(), KeyRefusal> {
        self.check_root_signature(jws, claimed_at, position)
    }

    /// Checks that a ministry root alone signed the object, with a key in force at `claimed_at`.
    ///
    /// # Errors
    /// [`KeyRefusal`] names the rule.
    pub fn check_root_signature(&self, jws: &Jws, claimed_at: Moment, position: u64) -> Result<(), KeyRefusal> {
        match self.sole_signer(jws, claimed_at, position)?.role {
            Role::Root => Ok(()),
            _ => Err(KeyRefusal::WrongRole),
        }
    }
}

/// Heads and institutions sign for their own school and its levels. Teachers work at several schools
/// under one key, so theirs are not held to one.
fn check_school(granted: &Granted, claims: &SheetClaims) -> Result<(), KeyRefusal> {
    match (&granted.holder, granted.role) {
        (_, Role::Teacher) => Ok(()),
        (KeyHolder::School { province, school, levels }, _) => {
            if *province != claims.province.id() {
                Err(KeyRefusal::WrongProvince)
            } else if *school != claims.school {
                Err(KeyRefusal::WrongSchool)
            } else if !levels.contains(&claims.level) {
                Err(KeyRefusal::WrongLevel)
            } else {
                Ok(())
            }
        }
        _ => Err(KeyRefusal::WrongRole),
    }
}
