//! Offices and those who act for them: what operators and administrators change, who signs in and out. Each step has its
//! line in the journal before it happens.
//!
//! Rooms of rank 1 do not know each other; here accounts, sessions, waits and the journal come together.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::journal::{
    Actor, ChangesNoted, Journal, JournalFault, MemberAction, MemberChanged, OfficeAction, OfficeChanged, OfficeEvent,
    Reason, SignInRefused, SignedOut,
};
use crate::limits::{ClientPrefix, MustWait, SignInWaits};
use crate::offices::{
    Account, ActingMember, Applied, Change, ChangeRefusal, EnrolRefusal, Enrolment, InvitationCode, Kind, MemberChange,
    NewPassword, NoSignIn, Office, OfficeId, Offices, OfficesFault, Password, Purpose, Role, Scope, SessionToken,
    Sessions, Terms, Verified,
};
use crate::openid::NoIdentity;
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// Refused sign-ins are counted for so long before there is a line about them.
const COUNT_MS: i64 = 15 * 60 * 1000;

/// What an operator asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OfficeRequest {
    /// Every office; no members.
    List,
    /// One office with its members.
    Show {
        /// Its short name.
        office: OfficeId,
    },
    /// A change.
    Change {
        /// Which.
        change: Box<Change>,
        /// Who makes it.
        by: Text<200>,
        /// Why.
        reason: Reason,
    },
}

/// What an operator gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeAnswer {
    /// Every office.
    List(Vec<OfficeSummary>),
    /// One, as it is now.
    Office(OfficeView),
    /// One, as it is now, and what the member begins with. Shown this once.
    Invited {
        /// The office.
        office: OfficeView,
        /// Whose.
        account: Account,
        /// The invitation code.
        code: InvitationCode,
        /// The last moment it counts.
        until: Moment,
    },
}

/// An office in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeSummary {
    /// Its short name.
    pub office: OfficeId,
    /// Its name.
    pub name: Text<150>,
    /// What it is.
    pub kind: Kind,
    /// Whether its grant counts now.
    pub in_force: bool,
    /// The last moment it counts.
    pub until: Moment,
    /// When it was ended before that.
    pub ended: Option<Moment>,
    /// How many members it has.
    pub members: usize,
}

/// An office with its members; nothing that lets anybody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeView {
    /// As in the list.
    pub summary: OfficeSummary,
    /// What it looks for.
    pub purpose: Purpose,
    /// What its grant covers.
    pub scope: Scope,
    /// How often it was changed.
    pub revision: u64,
    /// Its members, by name.
    pub members: Vec<MemberView>,
}

/// A member without what lets them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The account.
    pub account: Account,
    /// Full name.
    pub full_name: Text<150>,
    /// What they are.
    pub role: Role,
    /// invited, enrolled, linked or disabled.
    pub access: String,
}

impl OfficeSummary {
    /// As it is at a moment.
    pub fn of(office: &Office, now: Moment) -> Self {
        Self {
            office: office.id().clone(),
            name: office.name().clone(),
            kind: office.kind(),
            in_force: office.is_in_force(now),
            until: office.scope().until(),
            ended: office.ended(),
            members: office.members().len(),
        }
    }
}

impl OfficeView {
    /// As it is at a moment.
    pub fn of(office: &Office, now: Moment) -> Self {
        let account = |member| Account { office: office.id().clone(), member };
        let members = office.members().iter().map(|(name, member)| MemberView {
            account: account(name.clone()),
            full_name: member.full_name().clone(),
            role: member.role(),
            access: member.access().name().to_owned(),
        });
        Self {
            summary: OfficeSummary::of(office, now),
            purpose: office.purpose().clone(),
            scope: office.scope().clone(),
            revision: office.revision(),
            members: members.collect(),
        }
    }
}

/// Why nobody was signed in, or enrolled.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefusal {
    /// Too many failures: whatever was typed was not looked at.
    #[error(transparent)]
    Wait(#[from] MustWait),
    /// What was typed does not let anybody in.
    #[error(transparent)]
    NotIn(#[from] NoSignIn),
    /// There is no such invitation, or the authenticator is not set up.
    #[error(transparent)]
    NotEnrolled(#[from] EnrolRefusal),
    /// The provider does not say who they are.
    #[error(transparent)]
    NotIdentified(#[from] NoIdentity),
}

/// The offices, sessions and the journal of a process.
#[derive(Debug)]
pub struct OfficeDesk {
    pub(super) offices: Offices,
    sessions: Sessions,
    pub(super) waits: SignInWaits,
    journal: Arc<Journal>,
    refused: Mutex<Option<SignInRefused>>,
}

impl OfficeDesk {
    /// Over these; nobody is signed in yet.
    pub fn new(offices: Offices, terms: Terms, waits: SignInWaits, journal: Arc<Journal>) -> Self {
        Self { offices, sessions: Sessions::new(terms), waits, journal, refused: Mutex::new(None) }
    }

    /// Does what an operator asks.
    ///
    /// # Errors
    /// [`ChangeRefusal`].
    pub fn answer(&self, request: OfficeRequest, now: Moment) -> Result<OfficeAnswer, ChangeRefusal> {
        match request {
            OfficeRequest::List => {
                let offices = self.offices.all();
                Ok(OfficeAnswer::List(offices.iter().map(|office| OfficeSummary::of(office, now)).collect()))
            }
            OfficeRequest::Show { office } => {
                let found = self.offices.get(&office).ok_or(ChangeRefusal::UnknownOffice(office))?;
                Ok(OfficeAnswer::Office(OfficeView::of(&found, now)))
            }
            OfficeRequest::Change { change, by, reason } => {
                let actor = Actor::Operator { name: by };
                let record = |office: &Office| self.record_change(office, &change, actor, reason, now);
                let applied = self.offices.apply(&change, now, record)?;
                self.end_sessions(&change);
                Ok(answer(applied, &change, now))
            }
        }
    }

    /// A change of a member by an administrator of the office.
    ///
    /// # Errors
    /// [`ChangeRefusal`].
    pub fn change_member(
        &self,
        who: &ActingMember,
        change: MemberChange,
        reason: Reason,
        now: Moment,
    ) -> Result<OfficeAnswer, ChangeRefusal> {
        let Some(actor) = office_actor(who.account()) else { return Err(ChangeRefusal::NotRecorded) };
        let as_change = Change::Member(change.clone());
        let record = |office: &Office| self.record_change(office, &as_change, actor, reason, now);
        let applied = self.offices.apply_as(who, &change, now, record)?;
        self.end_sessions(&as_change);
        Ok(answer(applied, &as_change, now))
    }

    /// Signs somebody in: counts, compares, writes it down, and only then hands out a token. The session that the
    /// browser had before is over. Blocks for a password's comparison and two fsyncs: not for an event loop.
    ///
    /// # Errors
    /// [`SignInRefusal`].
    pub fn sign_in(
        &self,
        typed: &str,
        password: &Password,
        code: &str,
        client: ClientPrefix,
        before: Option<&SessionToken>,
        now: Moment,
    ) -> Result<SessionToken, SignInRefusal> {
        let reserved = self.waits.reserve(typed, client, now).inspect_err(|_| self.count_refusal(now))?;
        let verified = match self.offices.verify(typed, password, code, now) {
            Ok(verified) => verified,
            Err(refusal) => {
                match refusal {
                    NoSignIn::Wrong | NoSignIn::NotLinked => self.count_refusal(now),
                    NoSignIn::NoGrant => reserved.right(),
                    NoSignIn::Busy | NoSignIn::NotRecorded | NoSignIn::Fault(_) => reserved.unused(),
                }
                return Err(refusal.into());
            }
        };
        reserved.right();
        Ok(self.open_session(verified, client, before, now)?)
    }

    /// Writes down that somebody signed in, and only then hands out a token.
    pub(super) fn open_session(
        &self,
        verified: Verified,
        client: ClientPrefix,
        before: Option<&SessionToken>,
        now: Moment,
    ) -> Result<SessionToken, NoSignIn> {
        let prefix = client.to_hex();
        let account = named(verified.account()).ok_or(NoSignIn::NotRecorded)?;
        self.append(now, OfficeEvent::SignedIn { account, client: Some(&prefix) }).ok_or(NoSignIn::NotRecorded)?;
        let token = self.sessions.open(verified, before, now);
        token.ok_or(NoSignIn::Fault(OfficesFault::Randomness))
    }

    /// Who acts with a token now. A session that is over is forgotten.
    pub fn acting(&self, token: &SessionToken, now: Moment) -> Option<ActingMember> {
        let session = self.sessions.find(token, now)?;
        let acting = self.offices.acting(&session, now);
        if acting.is_none() {
            self.sessions.end(token);
        }
        acting
    }

    /// Who acts with a token now, for what a page asks by itself: the session does not count as used.
    pub fn watching(&self, token: &SessionToken, now: Moment) -> Option<ActingMember> {
        self.offices.acting(&self.sessions.look(token, now)?, now)
    }

    /// Ends a session. It is over even where the journal takes no line.
    pub fn sign_out(&self, token: &SessionToken, now: Moment) {
        let Some(session) = self.sessions.end(token) else { return };
        if let Some(account) = named(session.account()) {
            self.append(now, OfficeEvent::SignedOut(SignedOut { account }));
        }
    }

    /// Somebody takes note of what was changed of transcripts that the office had looked at, up to this position of the
    /// ledger. False where it could not be written down.
    pub fn note_changes(&self, who: &ActingMember, position: u64, now: Moment) -> bool {
        let noted = named(who.account()).map(|account| OfficeEvent::ChangesNoted(ChangesNoted { account, position }));
        noted.and_then(|event| self.append(now, event)).is_some()
    }

    /// What somebody who was invited sets up their authenticator with.
    ///
    /// # Errors
    /// [`SignInRefusal`].
    pub fn begin_enrolment(
        &self,
        typed: &str,
        code: &str,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Enrolment, SignInRefusal> {
        let reserved = self.waits.reserve(typed, client, now)?;
        let (account, code) = invited(typed, code)?;
        let enrolment = self.offices.begin_enrolment(&account, &code, now)?;
        reserved.unused();
        Ok(enrolment)
    }

    /// Enrols somebody who was invited; they then sign in.
    ///
    /// # Errors
    /// [`SignInRefusal`].
    pub fn complete_enrolment(
        &self,
        typed: (&str, &str),
        password: &NewPassword,
        totp_code: &str,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(), SignInRefusal> {
        let reserved = self.waits.reserve(typed.0, client, now)?;
        let (account, code) = invited(typed.0, typed.1)?;
        let record = |office: &Office| self.record_own(office, &account, MemberAction::Enrolled, now);
        self.offices.complete_enrolment(&account, &code, password, totp_code, now, record)?;
        reserved.right();
        Ok(())
    }

    /// Another password for oneself. Every session of the account is over, this one too.
    ///
    /// # Errors
    /// [`SignInRefusal`].
    pub fn change_password(
        &self,
        who: &ActingMember,
        present: &Password,
        new: &NewPassword,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(), SignInRefusal> {
        let account = who.account();
        let reserved = self.waits.reserve(&account.to_string(), client, now)?;
        let record = |office: &Office| self.record_own(office, account, MemberAction::PasswordChanged, now);
        self.offices.change_password(who, present, new, record)?;
        reserved.right();
        self.sessions.end_account(account);
        Ok(())
    }

    /// How long sessions last.
    pub fn terms(&self) -> Terms {
        self.sessions.terms()
    }

    /// The offices themselves, to read.
    pub fn offices(&self) -> &Offices {
        &self.offices
    }

    /// Writes down how many sign-ins were refused, once enough time has passed; to be called now and then.
    pub fn write_refusals(&self, now: Moment) {
        let due = |refused: &mut SignInRefused| now.as_millis() - refused.since.as_millis() >= COUNT_MS;
        let Some(refused) = self.refused().take_if(due) else { return };
        if self.append(now, OfficeEvent::SignInRefused(refused)).is_none() {
            let mut kept = self.refused();
            let more = kept.map_or(0, |newer| newer.count);
            *kept = Some(SignInRefused { count: refused.count + more, since: refused.since });
        }
    }

    pub(super) fn count_refusal(&self, now: Moment) {
        {
            let mut refused = self.refused();
            let counted = refused.get_or_insert(SignInRefused { count: 0, since: now });
            counted.count = counted.count.saturating_add(1);
        }
        self.write_refusals(now);
    }

    fn refused(&self) -> std::sync::MutexGuard<'_, Option<SignInRefused>> {
        // A count is changed in one step, so a poisoned lock still guards a whole one.
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// They would end by themselves at the next request; so that nothing of them stays in memory.
    fn end_sessions(&self, change: &Change) {
        match change {
            Change::Create { .. } | Change::Renew { .. } => {}
            Change::Grant { office, .. } | Change::End { office } => {
                self.sessions.end_office(office);
            }
            Change::Member(change) => {
                self.sessions.end_account(change.account());
            }
        }
    }

    fn append(&self, now: Moment, event: OfficeEvent<'_>) -> Option<()> {
        let written = self.journal.append_office(now, event);
        written.map(drop).map_err(|fault: JournalFault| tracing::error!(%fault, "the journal took no line")).ok()
    }

    fn record_change(&self, office: &Office, change: &Change, actor: Actor, reason: Reason, now: Moment) -> bool {
        let event = match change {
            Change::Member(change) => member_changed(office, change, actor, reason).map(OfficeEvent::MemberChanged),
            other => office_changed(office, other, actor, reason).map(OfficeEvent::OfficeChanged),
        };
        event.and_then(|event| self.append(now, event)).is_some()
    }

    pub(super) fn record_own(&self, office: &Office, account: &Account, action: MemberAction, now: Moment) -> bool {
        let changed = || {
            let (actor, role) = (office_actor(account)?, role_in(office, account)?);
            let revision = office.revision();
            Some(MemberChanged { actor, account: named(account)?, action, role, revision, reason: None })
        };
        changed().and_then(|changed| self.append(now, OfficeEvent::MemberChanged(changed))).is_some()
    }
}

pub(super) fn invited(typed: &str, code: &str) -> Result<(Account, InvitationCode), EnrolRefusal> {
    let both = Account::from_typed(typed).zip(InvitationCode::from_typed(code));
    both.ok_or(EnrolRefusal::NoInvitation)
}

fn answer(applied: Applied, change: &Change, now: Moment) -> OfficeAnswer {
    let office = OfficeView::of(&applied.office, now);
    match (applied.invitation, change) {
        (Some((code, until)), Change::Member(change)) => {
            OfficeAnswer::Invited { office, account: change.account().clone(), code, until }
        }
        _ => OfficeAnswer::Office(office),
    }
}

/// As the journal keeps it; every name of ours is such a text.
pub(super) fn named<const MAX: usize>(name: impl std::fmt::Display) -> Option<Text<MAX>> {
    Text::new(name.to_string()).ok()
}

pub(super) fn office_actor(account: &Account) -> Option<Actor> {
    Some(Actor::Office { account: named(account)? })
}

fn role_in(office: &Office, account: &Account) -> Option<Text<30>> {
    named(office.members().get(&account.member)?.role().name())
}

fn office_changed(office: &Office, change: &Change, actor: Actor, reason: Reason) -> Option<OfficeChanged> {
    let action = match change {
        Change::Create { .. } => OfficeAction::Created,
        Change::Grant { .. } => OfficeAction::Granted,
        Change::Renew { .. } => OfficeAction::Renewed,
        Change::End { .. } => OfficeAction::Ended,
        Change::Member(_) => return None,
    };
    let grant = format!("{}; {}; {}", office.kind().name(), office.purpose().line(), office.scope());
    let (office, revision) = (named(office.id())?, office.revision());
    Some(OfficeChanged { actor, office, action, grant: named(grant)?, revision, reason })
}

fn member_changed(office: &Office, change: &MemberChange, actor: Actor, reason: Reason) -> Option<MemberChanged> {
    let action = match change {
        MemberChange::Add { .. } => MemberAction::Added,
        MemberChange::SetRole { .. } => MemberAction::RoleSet,
        MemberChange::Disable { .. } => MemberAction::Disabled,
        MemberChange::Reset { .. } => MemberAction::Reset,
        MemberChange::Readmit { .. } => MemberAction::Readmitted,
    };
    let account = change.account();
    let (role, revision) = (role_in(office, account)?, office.revision());
    Some(MemberChanged { actor, account: named(account)?, action, role, revision, reason: Some(reason) })
}
