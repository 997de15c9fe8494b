//! Payload groups: what is opened together, each one salted disclosure of a sheet.

use serde::{Deserialize, Serialize};

/// A group of personal members that is disclosed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Group {
    /// Name, sex, birth date.
    Name = 0,
    /// Identification number, pupil codes.
    Identity = 1,
    /// Places, ethnicity, nationality.
    Origin = 2,
    /// Policy status, not assessed because of disability.
    Policy = 3,
    /// Parents, guardian.
    Family = 4,
    /// Names and titles of staff, class and school name.
    Staff = 5,
    /// Identification numbers of staff.
    StaffIds = 6,
    /// Subjects, marks, levels, conduct, attendance, promotion, awards, certificates.
    Results = 7,
    /// Comments of teachers and head.
    Comments = 8,
}

impl Group {
    /// All groups, in the order of `formats.md`.
    pub const ALL: [Group; 9] = [
        Self::Name,
        Self::Identity,
        Self::Origin,
        Self::Policy,
        Self::Family,
        Self::Staff,
        Self::StaffIds,
        Self::Results,
        Self::Comments,
    ];

    /// The member name inside a disclosure.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Identity => "identity",
            Self::Origin => "origin",
            Self::Policy => "policy",
            Self::Family => "family",
            Self::Staff => "staff",
            Self::StaffIds => "staff_ids",
            Self::Results => "results",
            Self::Comments => "comments",
        }
    }

    /// The group of a member name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.name() == name)
    }
}

/// A set of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupSet(u16);

impl GroupSet {
    /// No group.
    pub const NONE: Self = Self(0);
    /// What a birth date opens: name, results, comments, staff.
    pub const BIRTH_DATE: Self = Self::of(&[Group::Name, Group::Results, Group::Comments, Group::Staff]);
    /// Every group.
    pub const ALL: Self = Self::of(&Group::ALL);
    /// Groups a sheet cannot be without.
    pub const REQUIRED: Self = Self::of(&[Group::Name, Group::Identity, Group::Staff, Group::Results]);

    /// The set of these groups.
    pub const fn of(groups: &[Group]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < groups.len() {
            bits |= 1 << groups[i] as u16;
            i += 1;
        }
        Self(bits)
    }

    /// One bit a group, the first group the lowest: how ids of copies name it.
    pub const fn to_bits(self) -> u16 {
        self.0
    }

    /// From [`GroupSet::to_bits`]; None for a bit that is no group.
    pub const fn from_bits(bits: u16) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
    }

    /// Whether the group is in the set.
    pub const fn contains(self, group: Group) -> bool {
        self.0 & (1 << group as u16) != 0
    }

    /// The set with one group more.
    #[must_use]
    pub const fn with(self, group: Group) -> Self {
        Self(self.0 | (1 << group as u16))
    }

    /// Whether every group of `other` is in this set.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The groups that are in both sets.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The groups, in order.
    pub fn iter(self) -> impl Iterator<Item = Group> {
        Group::ALL.into_iter().filter(move |g| self.contains(*g))
    }
}
