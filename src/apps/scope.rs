//! What may be asked for (scope, RFC 6749 §3.3): payload groups by name, and `changes`. One vocabulary for what a partner
//! is registered for, what its token is for and what somebody consents to; what counts is what all three name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::transcript::{Group, GroupSet, text};

/// Longest text that is read as one, in bytes.
const MAX_SCOPE: usize = 200;
/// The word for the feed of changes.
const CHANGES: &str = "changes";

/// Groups that a partner may ever be shown: numbers of staff are nobody's to consent to but theirs.
pub const MOST: GroupSet = GroupSet::of(&[
    Group::Name,
    Group::Identity,
    Group::Origin,
    Group::Policy,
    Group::Family,
    Group::Staff,
    Group::Results,
    Group::Comments,
]);

/// What may be asked for; at least something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    groups: GroupSet,
    changes: bool,
}

impl Scope {
    /// Words between single spaces, each once, each known; None for anything else, and for a group beyond [`MOST`].
    pub fn parse(text: &str) -> Option<Self> {
        let mut scope = Self { groups: GroupSet::NONE, changes: false };
        if text.len() > MAX_SCOPE {
            return None;
        }
        for word in text.split(' ') {
            let is_new = match Group::from_name(word).filter(|group| MOST.contains(*group)) {
                None if word == CHANGES => !std::mem::replace(&mut scope.changes, true),
                None => false,
                Some(group) => {
                    let before = scope.groups;
                    scope.groups = before.with(group);
                    scope.groups != before
                }
            };
            if !is_new {
                return None;
            }
        }
        Some(scope)
    }

    /// All that there is.
    pub const fn everything() -> Self {
        Self { groups: MOST, changes: true }
    }

    /// Payload groups.
    pub fn groups(self) -> GroupSet {
        self.groups
    }

    /// Whether the feed of changes is among it.
    pub fn changes(self) -> bool {
        self.changes
    }

    /// Whether all of another one is in this.
    pub fn covers(self, other: Self) -> bool {
        self.groups.covers(other.groups) && (self.changes || !other.changes)
    }

    /// What both name; it may be nothing.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        Self { groups: self.groups.within(other.groups), changes: self.changes && other.changes }
    }
}

/// As it travels.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.groups.iter().map(Group::name).chain(self.changes.then_some(CHANGES));
        words.enumerate().try_for_each(|(i, word)| write!(f, "{}{word}", if i == 0 { "" } else { " " }))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::parsed(from, "names of payload groups and `changes` between spaces", Self::parse)
    }
}
