//! What goes on for an office after the request that began it: a batch that is worked on for minutes, and after a
//! restart.

use std::sync::Arc;

use super::names::{Account, OfficeId};
use super::office::Office;
use super::role::Action;
use super::scope::Scope;
use super::shelf::Offices;
use crate::transcript::{GroupSet, Moment, SheetClaims};

/// Proof that an office's grant is in force now and that whoever sent the errand may still send it. They signed in when
/// they did, and may have signed out since. Made for a few moments' work and not kept: asking again is cheap, and a grant
/// that ended ends what goes on under it.
#[derive(Debug, Clone)]
pub struct Errand {
    office: Arc<Office>,
    groups: GroupSet,
}

impl Errand {
    /// For which office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// Rows and fields of the grant.
    pub fn scope(&self) -> &Scope {
        self.office.scope()
    }

    /// The groups that may be opened of a sheet within the grant.
    pub fn groups(&self) -> GroupSet {
        self.groups
    }

    /// Whether a sheet lies within the grant.
    pub fn covers(&self, sheet: &SheetClaims) -> bool {
        self.scope().covers(sheet)
    }
}

impl Offices {
    /// The errand of a member. None when they were disabled or reset, may not send any, or the grant is over.
    pub fn errand_of(&self, account: &Account, now: Moment) -> Option<Errand> {
        let (office, member) = self.member(account)?;
        let role = member.role();
        if !member.access().lets_in() || !role.may(Action::Batch) || !office.is_in_force(now) {
            return None;
        }
        let groups = if role.may(Action::Open) { office.scope().groups() } else { GroupSet::NONE };
        Some(Errand { office, groups })
    }

    /// The errand of an operator of the machine within an office's grant. None when there is no such office, or its grant
    /// is over.
    pub fn errand_for(&self, office: &OfficeId, now: Moment) -> Option<Errand> {
        let office = self.get(office).filter(|office| office.is_in_force(now))?;
        let groups = office.scope().groups();
        Some(Errand { office, groups })
    }
}
