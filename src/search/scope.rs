//! What an office may search: the bounds that every search is answered within.

use std::collections::BTreeSet;

use super::places::{self, Place};
use crate::transcript::province::ProvinceId;
use crate::transcript::{Level, SchoolYear};

/// All of something, or only these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted<T> {
    /// Whatever there is.
    All,
    /// These and nothing else; nothing at all when there are none.
    Only(BTreeSet<T>),
}

impl<T: Ord + Copy> Granted<T> {
    /// These and nothing else.
    pub fn only(these: impl IntoIterator<Item = T>) -> Self {
        Self::Only(these.into_iter().collect())
    }

    /// Whether something is among them.
    pub fn contains(&self, one: T) -> bool {
        match self {
            Self::All => true,
            Self::Only(these) => these.contains(&one),
        }
    }

    /// What both grant.
    #[must_use]
    pub(super) fn within(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, granted) | (granted, Self::All) => granted.clone(),
            (Self::Only(a), Self::Only(b)) => Self::Only(a.intersection(b).copied().collect()),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Only(these) if these.is_empty())
    }
}

/// The sheets an office may find. A search takes one, always, and what lies outside does not exist for it:
/// it is not looked at, not counted and not waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub(super) places: Granted<Place>,
    pub(super) levels: Granted<Level>,
    pub(super) years: Granted<SchoolYear>,
}

impl Scope {
    /// From a grant, which names provinces as sheets name them: one of today's list does not cover the sheets of those
    /// that were merged into it. A province that is in no list is covered by [`Granted::All`] alone.
    pub fn new(provinces: &Granted<ProvinceId>, levels: Granted<Level>, years: Granted<SchoolYear>) -> Self {
        Self { places: places::granted(provinces), levels, years }
    }
}
