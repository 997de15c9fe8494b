//! What a grant covers (phạm vi): provinces, levels, school years, payload groups, until when.
//!
//! Rows (which sheets) and fields (which groups) together; a scope that was read is one that makes sense.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::transcript::province::ProvinceId;
use crate::transcript::sheet::SheetClaims;
use crate::transcript::{Group, GroupSet, Level, Moment, SchoolYear};

/// Most provinces that are named: the 63 of 2004 and the 34 of 2025, with a few to spare.
const MAX_PROVINCES: usize = 120;

/// What is wrong with a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeFault {
    /// None, too many, or one twice.
    #[error("name provinces, each once and at most {MAX_PROVINCES}, or all of them")]
    Provinces,
    /// None, or one twice.
    #[error("name levels of schooling, each once")]
    Levels,
    /// The last year comes before the first.
    #[error("the last school year comes before the first")]
    Years,
    /// One twice.
    #[error("name payload groups, each once")]
    Groups,
}

/// Provinces whose sheets are covered, as the sheets name them: a code means nothing without its vintage, so a province
/// that took others in is named together with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provinces(Option<BTreeSet<ProvinceId>>);

impl Provinces {
    /// Every province, of every vintage.
    pub const ALL: Self = Self(None);

    /// These, at least one.
    ///
    /// # Errors
    /// [`ScopeFault::Provinces`].
    pub fn these(list: impl IntoIterator<Item = ProvinceId>) -> Result<Self, ScopeFault> {
        let mut set = BTreeSet::new();
        let all_new = list.into_iter().all(|province| set.insert(province));
        match all_new && (1..=MAX_PROVINCES).contains(&set.len()) {
            true => Ok(Self(Some(set))),
            false => Err(ScopeFault::Provinces),
        }
    }

    /// Whether sheets of this province are covered.
    pub fn covers(&self, province: ProvinceId) -> bool {
        self.0.as_ref().is_none_or(|set| set.contains(&province))
    }

    /// The provinces named; None for all.
    pub fn named(&self) -> Option<&BTreeSet<ProvinceId>> {
        self.0.as_ref()
    }
}

/// School years from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Years {
    first: SchoolYear,
    last: SchoolYear,
}

impl Years {
    /// From `first` to `last`.
    ///
    /// # Errors
    /// [`ScopeFault::Years`] when `last` comes before `first`.
    pub fn new(first: SchoolYear, last: SchoolYear) -> Result<Self, ScopeFault> {
        if first <= last { Ok(Self { first, last }) } else { Err(ScopeFault::Years) }
    }

    /// The first.
    pub fn first(self) -> SchoolYear {
        self.first
    }

    /// The last.
    pub fn last(self) -> SchoolYear {
        self.last
    }

    /// Whether it lies between them.
    pub fn covers(self, year: SchoolYear) -> bool {
        (self.first..=self.last).contains(&year)
    }
}

/// What a grant covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Scope {
    provinces: Provinces,
    levels: BTreeSet<Level>,
    years: Years,
    groups: GroupSet,
    until: Moment,
}

impl Scope {
    /// Puts one together. No groups at all is a scope too: it lets an office find and count, and opens nothing.
    ///
    /// # Errors
    /// [`ScopeFault`].
    pub fn new(
        provinces: Provinces,
        levels: impl IntoIterator<Item = Level>,
        years: Years,
        groups: GroupSet,
        until: Moment,
    ) -> Result<Self, ScopeFault> {
        let mut set = BTreeSet::new();
        let all_new = levels.into_iter().all(|level| set.insert(level));
        match all_new && !set.is_empty() {
            true => Ok(Self { provinces, levels: set, years, groups, until }),
            false => Err(ScopeFault::Levels),
        }
    }

    /// Which provinces.
    pub fn provinces(&self) -> &Provinces {
        &self.provinces
    }

    /// Which levels, in order.
    pub fn levels(&self) -> &BTreeSet<Level> {
        &self.levels
    }

    /// Which school years.
    pub fn years(&self) -> Years {
        self.years
    }

    /// Which payload groups.
    pub fn groups(&self) -> GroupSet {
        self.groups
    }

    /// The last moment it counts.
    pub fn until(&self) -> Moment {
        self.until
    }

    /// The same until another moment.
    #[must_use]
    pub fn renewed(&self, until: Moment) -> Self {
        Self { until, ..self.clone() }
    }

    /// Whether a sheet is one of those covered. Says nothing about when.
    pub fn covers(&self, sheet: &SheetClaims) -> bool {
        self.provinces.covers(sheet.province.id())
            && self.levels.contains(&sheet.level)
            && self.years.covers(sheet.school_year)
    }
}

/// One line for the journal and for people: `provinces 22:2025-07-01; levels thcs thpt; years …; groups …; until …`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("provinces")?;
        match self.provinces.named() {
            None => f.write_str(" all")?,
            Some(set) => set.iter().try_for_each(|id| write!(f, " {}:{}", id.code, id.vintage))?,
        }
        f.write_str("; levels")?;
        self.levels.iter().try_for_each(|level| write!(f, " {}", level.slug()))?;
        write!(f, "; years {} to {}; groups", self.years.first, self.years.last)?;
        match self.groups == GroupSet::NONE {
            true => f.write_str(" none")?,
            false => self.groups.iter().try_for_each(|group| write!(f, " {}", group.name()))?,
        }
        write!(f, "; until {}", self.until)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// `null`: all.
    provinces: Option<Vec<ProvinceId>>,
    levels: Vec<Level>,
    first_year: SchoolYear,
    last_year: SchoolYear,
    groups: Vec<Group>,
    until: Moment,
}

impl From<Scope> for Wire {
    fn from(scope: Scope) -> Self {
        Self {
            provinces: scope.provinces.0.map(|set| set.into_iter().collect()),
            levels: scope.levels.into_iter().collect(),
            first_year: scope.years.first,
            last_year: scope.years.last,
            groups: scope.groups.iter().collect(),
            until: scope.until,
        }
    }
}

impl TryFrom<Wire> for Scope {
    type Error = ScopeFault;

    fn try_from(wire: Wire) -> Result<Self, ScopeFault> {
        let provinces = wire.provinces.map_or(Ok(Provinces::ALL), Provinces::these)?;
        let groups = GroupSet::of(&wire.groups);
        if groups.iter().count() != wire.groups.len() {
            return Err(ScopeFault::Groups);
        }
        Self::new(provinces, wire.levels, Years::new(wire.first_year, wire.last_year)?, groups, wire.until)
    }
}
