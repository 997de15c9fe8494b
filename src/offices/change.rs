//! What is changed of offices and members, one at a time: by an operator at the machine, or, of members alone, by an
//! administrator of the office.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::acting::ActingMember;
use super::enrolment::{Invitation, InvitationCode};
use super::member::{Access, Member};
use super::names::{Account, OfficeId};
use super::office::{Kind, Office, OfficeFault, Purpose};
use super::role::{Action, Role};
use super::scope::Scope;
use super::shelf::{Offices, OfficesFault};
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// A change of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A new office, with a grant and without members.
    Create {
        /// Its short name.
        office: OfficeId,
        /// Its name.
        name: Text<150>,
        /// What it is.
        kind: Kind,
        /// What it looks for.
        purpose: Purpose,
        /// What its grant covers.
        scope: Scope,
    },
    /// Another scope, also after the grant was ended. Everybody signs in again.
    Grant {
        /// Which.
        office: OfficeId,
        /// What its grant covers from now on.
        scope: Scope,
    },
    /// The same scope until another moment.
    Renew {
        /// Which.
        office: OfficeId,
        /// The last moment it counts.
        until: Moment,
    },
    /// No grant any more. Everybody is signed out.
    End {
        /// Which.
        office: OfficeId,
    },
    /// A change of a member.
    Member(MemberChange),
}

/// A change of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MemberChange {
    /// Somebody new, who gets an invitation.
    Add {
        /// The account.
        account: Account,
        /// Full name.
        full_name: Text<150>,
        /// What they are.
        role: Role,
    },
    /// Another role.
    SetRole {
        /// Whose.
        account: Account,
        /// What they are from now on.
        role: Role,
    },
    /// Lets them in no more.
    Disable {
        /// Whom.
        account: Account,
    },
    /// Password and second factor are forgotten, and there is a new invitation: for whoever lost either, or let an
    /// invitation run out.
    Reset {
        /// Whose.
        account: Account,
    },
    /// The same for somebody who was disabled.
    Readmit {
        /// Whom.
        account: Account,
    },
}

impl MemberChange {
    /// Whose account it is about.
    pub fn account(&self) -> &Account {
        match self {
            Self::Add { account, .. }
            | Self::SetRole { account, .. }
            | Self::Disable { account }
            | Self::Reset { account }
            | Self::Readmit { account } => account,
        }
    }
}

impl Change {
    /// Which office it is about.
    pub fn office(&self) -> &OfficeId {
        match self {
            Self::Create { office, .. }
            | Self::Grant { office, .. }
            | Self::Renew { office, .. }
            | Self::End { office } => office,
            Self::Member(change) => &change.account().office,
        }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefusal {
    /// No office has this name.
    #[error("there is no office {0}")]
    UnknownOffice(OfficeId),
    /// Nobody in the office has this name.
    #[error("there is no account {0}")]
    UnknownAccount(Account),
    /// There is one already.
    #[error("there is an office {0} already")]
    OfficeExists(OfficeId),
    /// There is one already.
    #[error("there is an account {0} already")]
    AccountExists(Account),
    /// As many as may be.
    #[error("there are as many offices as there may be")]
    Full,
    /// The grant was ended, or is ended already.
    #[error("the grant of {0} was ended")]
    Ended(OfficeId),
    /// Disabled accounts are readmitted; others are not.
    #[error("the account {0} is disabled")]
    Disabled(Account),
    /// Only disabled accounts are readmitted.
    #[error("the account {0} is not disabled")]
    NotDisabled(Account),
    /// An administrator changes members of the own office, but not themselves, and appoints no auditors.
    #[error("not yours to change")]
    NotYours,
    /// What it would become is no office.
    #[error(transparent)]
    Office(#[from] OfficeFault),
    /// It could not be written down.
    #[error("the change could not be recorded")]
    NotRecorded,
    /// The shelf does not work.
    #[error(transparent)]
    Fault(#[from] OfficesFault),
}

/// What came of a change.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The office as it is now.
    pub office: Arc<Office>,
    /// What a new or reset member begins with, shown once.
    pub invitation: Option<(InvitationCode, Moment)>,
}

impl Offices {
    /// Makes a change. `record` is called with the office as it will be before anything is kept; when it says no,
    /// nothing is.
    ///
    /// # Errors
    /// [`ChangeRefusal`].
    pub fn apply(
        &self,
        change: &Change,
        now: Moment,
        record: impl FnOnce(&Office) -> bool,
    ) -> Result<Applied, ChangeRefusal> {
        let changing = self.change();
        let mut invitation = None;
        let mut office = match change {
            Change::Create { office, name, kind, purpose, scope } => {
                self.check_new(office)?;
                Office::new(office.clone(), name.clone(), *kind, purpose.clone(), scope.clone(), now)?
            }
            other => {
                let office = other.office();
                let known = self.get(office).ok_or_else(|| ChangeRefusal::UnknownOffice(office.clone()))?;
                Office::clone(&known)
            }
        };
        match change {
            Change::Create { .. } => {}
            Change::Grant { scope, .. } => office.grant(scope.clone(), now)?,
            Change::Renew { until, .. } => {
                check_not_ended(&office)?;
                office.renew(*until, now)?;
            }
            Change::End { .. } => {
                check_not_ended(&office)?;
                office.end(now);
            }
            Change::Member(change) => invitation = change_member(&mut office, change, now)?,
        }
        office.count_change();
        if !record(&office) {
            return Err(ChangeRefusal::NotRecorded);
        }
        Ok(Applied { office: changing.put(office)?, invitation })
    }

    /// The same by an administrator of the office.
    ///
    /// # Errors
    /// [`ChangeRefusal`]; `NotYours` for whatever is not theirs to change.
    pub fn apply_as(
        &self,
        who: &ActingMember,
        change: &MemberChange,
        now: Moment,
        record: impl FnOnce(&Office) -> bool,
    ) -> Result<Applied, ChangeRefusal> {
        let account = change.account();
        let role_now = self.member(account).map(|(_, member)| member.role());
        let role_then = match change {
            MemberChange::Add { role, .. } | MemberChange::SetRole { role, .. } => Some(*role),
            MemberChange::Disable { .. } | MemberChange::Reset { .. } | MemberChange::Readmit { .. } => None,
        };
        let is_theirs = who.may(Action::ManageMembers)
            && account.office == who.account().office
            && account != who.account()
            && [role_now, role_then].into_iter().flatten().all(Role::is_of_the_office);
        match is_theirs {
            true => self.apply(&Change::Member(change.clone()), now, record),
            false => Err(ChangeRefusal::NotYours),
        }
    }

    fn check_new(&self, id: &OfficeId) -> Result<(), ChangeRefusal> {
        if self.get(id).is_some() {
            return Err(ChangeRefusal::OfficeExists(id.clone()));
        }
        if self.is_full() { Err(ChangeRefusal::Full) } else { Ok(()) }
    }
}

fn check_not_ended(office: &Office) -> Result<(), ChangeRefusal> {
    match office.ended() {
        None => Ok(()),
        Some(_) => Err(ChangeRefusal::Ended(office.id().clone())),
    }
}

type Invited = Option<(InvitationCode, Moment)>;

fn change_member(office: &mut Office, change: &MemberChange, now: Moment) -> Result<Invited, ChangeRefusal> {
    let account = change.account();
    if let MemberChange::Add { full_name, role, .. } = change {
        if office.members().contains_key(&account.member) {
            return Err(ChangeRefusal::AccountExists(account.clone()));
        }
        let (code, invitation) = invite(account, now)?;
        office.add(account.member.clone(), Member::invited(full_name.clone(), *role, invitation))?;
        return Ok(Some((code, invitation.until())));
    }
    let unknown = || ChangeRefusal::UnknownAccount(account.clone());
    let member = office.member_mut(&account.member).ok_or_else(unknown)?;
    let is_disabled = matches!(member.access(), Access::Disabled);
    match change {
        MemberChange::Readmit { .. } if !is_disabled => Err(ChangeRefusal::NotDisabled(account.clone())),
        MemberChange::Disable { .. } | MemberChange::Reset { .. } if is_disabled => {
            Err(ChangeRefusal::Disabled(account.clone()))
        }
        MemberChange::Disable { .. } => {
            member.set_access(Access::Disabled);
            Ok(None)
        }
        MemberChange::Reset { .. } | MemberChange::Readmit { .. } => {
            let (code, invitation) = invite(account, now)?;
            member.set_access(Access::Invited(invitation));
            Ok(Some((code, invitation.until())))
        }
        MemberChange::SetRole { role, .. } => {
            member.set_role(*role);
            Ok(None)
        }
        // Added above.
        MemberChange::Add { .. } => Ok(None),
    }
}

fn invite(account: &Account, now: Moment) -> Result<(InvitationCode, Invitation), ChangeRefusal> {
    let code = InvitationCode::generate().ok_or(OfficesFault::Randomness)?;
    let invitation = Invitation::new(&code, account, now);
    Ok((code, invitation))
}
