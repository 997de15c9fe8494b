//! An office (đơn vị): what it is, what for and on which legal basis it may look, what its grant covers, who acts for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::member::Member;
use super::names::{MemberName, OfficeId};
use super::scope::Scope;
use crate::transcript::text::{Text, TextFault};
use crate::transcript::{Group, GroupSet, Moment};

/// Most members of an office.
pub const MAX_MEMBERS: usize = 200;
/// Longest time a grant may run from the day it is given or renewed: two school years, then somebody looks again.
pub const MAX_GRANT_DAYS: i64 = 731;
const DAY_MS: i64 = 86_400_000;

/// What is wrong with an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfficeFault {
    /// Groups that an office of this kind never sees.
    #[error("an office of this kind never sees the group {}", .0.name())]
    Groups(Group),
    /// Over before it begins, or running too long.
    #[error("a grant ends after now and within {MAX_GRANT_DAYS} days")]
    Until,
    /// A purpose that is no text, or too long.
    #[error("the purpose: {0}")]
    Purpose(TextFault),
    /// Too many members.
    #[error("an office has at most {MAX_MEMBERS} members")]
    Members,
}

/// What an office is, which bounds what it may ever see: what its task needs, and not what would be convenient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Admits learners (tuyển sinh): origin and policy status carry priority points, parents do not.
    Admissions,
    /// Takes a learner over (trường tiếp nhận): keeps the booklet on, so all of it but numbers of staff.
    ReceivingSchool,
    /// An authority (cơ quan quản lý, thanh tra): everything, numbers of those who signed too.
    Agency,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Admissions, Self::ReceivingSchool, Self::Agency];

    /// The name on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admissions => "admissions",
            Self::ReceivingSchool => "receiving_school",
            Self::Agency => "agency",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The groups that an office of this kind may ever see.
    pub const fn most(self) -> GroupSet {
        match self {
            Self::Admissions => GroupSet::of(&[
                Group::Name,
                Group::Identity,
                Group::Origin,
                Group::Policy,
                Group::Staff,
                Group::Results,
                Group::Comments,
            ]),
            Self::ReceivingSchool => GroupSet::of(&[
                Group::Name,
                Group::Identity,
                Group::Origin,
                Group::Policy,
                Group::Family,
                Group::Staff,
                Group::Results,
                Group::Comments,
            ]),
            Self::Agency => GroupSet::ALL,
        }
    }
}

/// What an office looks for (mục đích), and the legal basis of it. Stands in the journal with each disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PurposeWire", into = "PurposeWire")]
pub struct Purpose {
    text: Text<180>,
    citation: Text<100>,
    line: Text<300>,
}

impl Purpose {
    /// What for, and the article it follows from.
    ///
    /// # Errors
    /// [`OfficeFault::Purpose`].
    pub fn new(text: &str, citation: &str) -> Result<Self, OfficeFault> {
        let text = Text::new(text).map_err(OfficeFault::Purpose)?;
        let citation = Text::new(citation).map_err(OfficeFault::Purpose)?;
        let line = Text::new(format!("{text} ({citation})")).map_err(OfficeFault::Purpose)?;
        Ok(Self { text, citation, line })
    }

    /// What for.
    pub fn text(&self) -> &Text<180> {
        &self.text
    }

    /// The article it follows from (căn cứ).
    pub fn citation(&self) -> &Text<100> {
        &self.citation
    }

    /// Both, as the journal keeps them.
    pub fn line(&self) -> &Text<300> {
        &self.line
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposeWire {
    text: Text<180>,
    citation: Text<100>,
}

impl From<Purpose> for PurposeWire {
    fn from(purpose: Purpose) -> Self {
        Self { text: purpose.text, citation: purpose.citation }
    }
}

impl TryFrom<PurposeWire> for Purpose {
    type Error = OfficeFault;

    fn try_from(wire: PurposeWire) -> Result<Self, OfficeFault> {
        Self::new(wire.text.as_str(), wire.citation.as_str())
    }
}

/// An office as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OfficeWire", into = "OfficeWire")]
pub struct Office(OfficeWire);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeWire {
    id: OfficeId,
    name: Text<150>,
    kind: Kind,
    purpose: Purpose,
    scope: Scope,
    /// When the grant was ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<Moment>,
    /// Grows whenever the grant ends or changes: sessions of an earlier number are over.
    term: u32,
    /// Grows with every change that has a line in the journal, which names it.
    revision: u64,
    members: BTreeMap<MemberName, Member>,
}

impl TryFrom<OfficeWire> for Office {
    type Error = OfficeFault;

    fn try_from(wire: OfficeWire) -> Result<Self, OfficeFault> {
        check_groups(wire.kind, &wire.scope)?;
        if wire.members.len() > MAX_MEMBERS {
            return Err(OfficeFault::Members);
        }
        Ok(Self(wire))
    }
}

impl From<Office> for OfficeWire {
    fn from(office: Office) -> Self {
        office.0
    }
}

fn check_groups(kind: Kind, scope: &Scope) -> Result<(), OfficeFault> {
    let beyond = scope.groups().iter().find(|group| !kind.most().contains(*group));
    beyond.map_or(Ok(()), |group| Err(OfficeFault::Groups(group)))
}

fn check_until(until: Moment, now: Moment) -> Result<(), OfficeFault> {
    let longest = now.as_millis().saturating_add(MAX_GRANT_DAYS * DAY_MS);
    match until > now && until.as_millis() <= longest {
        true => Ok(()),
        false => Err(OfficeFault::Until),
    }
}

impl Office {
    /// A new office without members.
    ///
    /// # Errors
    /// [`OfficeFault`].
    pub fn new(
        id: OfficeId,
        name: Text<150>,
        kind: Kind,
        purpose: Purpose,
        scope: Scope,
        now: Moment,
    ) -> Result<Self, OfficeFault> {
        check_groups(kind, &scope)?;
        check_until(scope.until(), now)?;
        let members = BTreeMap::new();
        Ok(Self(OfficeWire { id, name, kind, purpose, scope, ended: None, term: 0, revision: 0, members }))
    }

    /// Its short name.
    pub fn id(&self) -> &OfficeId {
        &self.0.id
    }

    /// Its name.
    pub fn name(&self) -> &Text<150> {
        &self.0.name
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What it looks for.
    pub fn purpose(&self) -> &Purpose {
        &self.0.purpose
    }

    /// What its grant covers.
    pub fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// When the grant was ended before its time.
    pub fn ended(&self) -> Option<Moment> {
        self.0.ended
    }

    /// Whether the grant counts at a moment.
    pub fn is_in_force(&self, now: Moment) -> bool {
        self.0.ended.is_none() && now <= self.0.scope.until()
    }

    /// How often what is kept of it was changed.
    pub fn revision(&self) -> u64 {
        self.0.revision
    }

    /// Sessions belong to a term of the grant.
    pub(super) fn term(&self) -> u32 {
        self.0.term
    }

    /// Its members, by name.
    pub fn members(&self) -> &BTreeMap<MemberName, Member> {
        &self.0.members
    }

    pub(super) fn member_mut(&mut self, name: &MemberName) -> Option<&mut Member> {
        self.0.members.get_mut(name)
    }

    /// Another scope from now on, also after the grant was ended. Sessions are over: nobody goes on under what was.
    pub(super) fn grant(&mut self, scope: Scope, now: Moment) -> Result<(), OfficeFault> {
        check_groups(self.0.kind, &scope)?;
        check_until(scope.until(), now)?;
        self.0.scope = scope;
        self.0.ended = None;
        self.0.term = self.0.term.wrapping_add(1);
        Ok(())
    }

    /// The same scope until another moment. Who is signed in goes on, unless the grant had run out meanwhile.
    pub(super) fn renew(&mut self, until: Moment, now: Moment) -> Result<(), OfficeFault> {
        check_until(until, now)?;
        if !self.is_in_force(now) {
            self.0.term = self.0.term.wrapping_add(1);
        }
        self.0.scope = self.0.scope.renewed(until);
        Ok(())
    }

    pub(super) fn end(&mut self, now: Moment) {
        self.0.ended = Some(now);
        self.0.term = self.0.term.wrapping_add(1);
    }

    pub(super) fn add(&mut self, name: MemberName, member: Member) -> Result<(), OfficeFault> {
        if self.0.members.len() >= MAX_MEMBERS {
            return Err(OfficeFault::Members);
        }
        self.0.members.insert(name, member);
        Ok(())
    }

    pub(super) fn count_change(&mut self) {
        self.0.revision = self.0.revision.saturating_add(1);
    }
}
