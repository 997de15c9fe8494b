//! Who acts, and what they may open: what every use case for offices takes as an argument.

use std::sync::Arc;

use super::names::Account;
use super::office::{Office, Purpose};
use super::role::{Action, Role};
use super::scope::Scope;
use super::session::Session;
use super::shelf::Offices;
use crate::transcript::{GroupSet, Moment, SheetClaims};

/// Proof that somebody is signed in with both factors, is still a member, and acts for an office whose grant is in force
/// now. Made for one request and not kept: the next one asks again.
#[derive(Debug, Clone)]
pub struct ActingMember {
    account: Account,
    role: Role,
    office: Arc<Office>,
}

/// Proof that a sheet lies within the grant of who acts: what may be opened of it, and what to write in the journal.
#[derive(Debug, Clone, Copy)]
pub struct Permit<'a> {
    who: &'a ActingMember,
}

impl Permit<'_> {
    /// The groups that may be opened.
    pub fn groups(&self) -> GroupSet {
        self.who.groups()
    }

    /// Whose account.
    pub fn account(&self) -> &Account {
        &self.who.account
    }

    /// What for.
    pub fn purpose(&self) -> &Purpose {
        self.who.office.purpose()
    }
}

impl ActingMember {
    /// Whose account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What they are.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The office they act for, as it was when this request began.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// Whether the table lets this role do it.
    pub fn may(&self, action: Action) -> bool {
        self.role.may(action)
    }

    /// The rows and fields of the grant, for whoever may search; None for those who may not.
    pub fn search_scope(&self) -> Option<&Scope> {
        self.may(Action::Search).then(|| self.office.scope())
    }

    /// The groups that may be opened of a sheet within the grant; none for a role that opens nothing.
    pub fn groups(&self) -> GroupSet {
        if self.may(Action::Open) { self.office.scope().groups() } else { GroupSet::NONE }
    }

    /// Whether a sheet may be opened. None means that for this member there is no such sheet: the answer is then that
    /// of a code which is on record nowhere.
    pub fn may_open(&self, sheet: &SheetClaims) -> Option<Permit<'_>> {
        let within = self.may(Action::Open) && self.office.scope().covers(sheet);
        within.then_some(Permit { who: self })
    }
}

impl Offices {
    /// Who acts in a session now. None when the member was disabled, reset or given another role, or the grant ended,
    /// ran out or became another one, since they signed in: the session is then over.
    pub fn acting(&self, session: &Session, now: Moment) -> Option<ActingMember> {
        let account = session.account();
        let (office, member) = self.member(account)?;
        let goes_on = member.access().lets_in() && office.is_in_force(now) && session.is_of(office.term(), member.term);
        goes_on.then(|| ActingMember { account: account.clone(), role: member.role(), office })
    }
}
