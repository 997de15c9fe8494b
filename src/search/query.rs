//! What may be asked: for one person, by name *and* birth date, or by identification number. There is no
//! other way to make a [`Query`], so nothing can be listed or browsed.

use std::fmt;

use super::entry::{PersonalTag, SearchEntry};
use super::folding::Spelling;
use super::matching::{Closeness, Meeting, Sought};
use super::places::{self, Place};
use super::schema;
use super::scope::{Granted, Scope};
use crate::transcript::contents::BirthDate;
use crate::transcript::words::words;
use crate::transcript::{Level, SchoolYear};

/// Longest name that is looked for, in characters: that of the field `hovaten`.
pub const MAX_NAME: usize = 150;
/// Longest name of a school or province that is looked at, in characters.
pub const MAX_PLACE: usize = 150;

/// Why something typed is no query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// No letters, or more than [`MAX_NAME`].
    #[error("a name has letters, and at most {MAX_NAME} characters")]
    Name,
    /// No words beyond "school", or too long.
    #[error("a school is named by words of its name, or by its code")]
    School,
    /// Neither a province of today nor one of before.
    #[error("no province has this name")]
    Province,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Who {
    Named { name: Box<Sought>, birth: BirthDate },
    Identified(PersonalTag),
}

/// One person, and where to look.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    pub(super) who: Who,
    places: Granted<Place>,
    levels: Granted<Level>,
    years: Granted<SchoolYear>,
    /// Words that name or code of the school must have.
    school: Vec<String>,
}

impl Query {
    /// By the whole name and the birth date. Marks, case, Unicode form, where the tone stands, the order of
    /// words and one typing error make no difference to whether somebody is found; a part of a name finds
    /// nobody.
    ///
    /// A birth date finds what is on record with the same precision or less: a day also those of whom only
    /// its month or year is known, a year nobody whose day is known.
    ///
    /// # Errors
    /// [`QueryFault::Name`].
    pub fn named(name: &str, birth: BirthDate) -> Result<Self, QueryFault> {
        let is_short = name.chars().take(4 * MAX_NAME + 1).count() <= 4 * MAX_NAME;
        let sought = is_short.then(|| Sought::new(name)).flatten().filter(|s| s.length() <= MAX_NAME);
        let name = sought.map(Box::new).ok_or(QueryFault::Name)?;
        Ok(Self::of(Who::Named { name, birth }))
    }

    /// By identification number.
    pub fn identified(personal: PersonalTag) -> Self {
        Self::of(Who::Identified(personal))
    }

    fn of(who: Who) -> Self {
        Self { who, places: Granted::All, levels: Granted::All, years: Granted::All, school: Vec::new() }
    }

    /// Only sheets of schools whose name has these words, abbreviated or written out, or that have this code.
    ///
    /// # Errors
    /// [`QueryFault::School`].
    pub fn in_school(mut self, typed: &str) -> Result<Self, QueryFault> {
        // `trường` and `và` stand in a name or do not: nobody means to tell schools apart by them.
        const FILLERS: [&str; 2] = ["truong", "va"];
        if typed.chars().count() > MAX_PLACE {
            return Err(QueryFault::School);
        }
        let all = words(typed);
        let telling = all.split_whitespace().filter(|word| !FILLERS.contains(word));
        self.school = telling.map(|word| format!(" {word} ")).collect();
        if self.school.is_empty() { Err(QueryFault::School) } else { Ok(self) }
    }

    /// Only sheets of a province. A name of today means it with all that was merged into it; a name of
    /// before means it as it was, and the sheets that its successor signs today.
    ///
    /// # Errors
    /// [`QueryFault::Province`].
    pub fn in_province(mut self, typed: &str) -> Result<Self, QueryFault> {
        let short = Some(typed).filter(|typed| typed.chars().count() <= MAX_PLACE);
        let meant = short.and_then(places::named).ok_or(QueryFault::Province)?;
        self.places = Granted::Only(meant.clone());
        Ok(self)
    }

    /// Only sheets of a school year.
    #[must_use]
    pub fn in_year(mut self, year: SchoolYear) -> Self {
        self.years = Granted::only([year]);
        self
    }

    /// Only sheets of a level.
    #[must_use]
    pub fn at_level(mut self, level: Level) -> Self {
        self.levels = Granted::only([level]);
        self
    }

    /// Who is looked for, in bytes: the same however the name is marked and wherever it is looked for. For a keyed
    /// hash of them, and for nothing else.
    pub fn subject(&self) -> Vec<u8> {
        match &self.who {
            Who::Named { name, birth } => {
                [&b"name\0"[..], name.letters().as_bytes(), b"\0", &birth.number().to_be_bytes()].concat()
            }
            Who::Identified(tag) => [&b"number\0"[..], &tag.0.to_be_bytes()].concat(),
        }
    }

    /// Whether it is by identification number.
    pub fn is_by_number(&self) -> bool {
        matches!(self.who, Who::Identified(_))
    }

    /// Whether a sheet is one that this query finds within a grant: what a hit is compared with once the
    /// sheet itself has been read and checked, for the index is no authority.
    pub fn finds(&self, sheet: &SearchEntry<'_>, scope: &Scope) -> bool {
        let bounds = Bounds::new(self, scope);
        let school = sheet.school_words();
        self.is_about(sheet).is_some()
            && bounds.places.contains(sheet.place())
            && bounds.levels.contains(sheet.level)
            && bounds.years.contains(sheet.year)
            && has_words(school.as_bytes(), bounds.school)
    }

    /// How well the person of a sheet fits: closeness of the name, marks that differ, how much less exact the
    /// birth date is.
    fn is_about(&self, sheet: &SearchEntry<'_>) -> Option<Rank> {
        match &self.who {
            Who::Identified(tag) => (Some(*tag) == sheet.personal).then_some(IDENTIFIED),
            Who::Named { name, birth } => {
                let held = sheet.birth.number();
                let (_, inexact) = schema::on_record(*birth).find(|(number, _)| *number == held)?;
                let spelling = Spelling::of(sheet.name)?;
                Some((name.meets(&spelling.letters, &spelling.marks)?, inexact))
            }
        }
    }
}

/// Order of hits, best first.
pub(super) type Rank = (Meeting, u8);

/// Everybody with a number is the one meant.
pub(super) const IDENTIFIED: Rank = ((Closeness::Exact, 0), 0);

/// Query and grant together: what lies in both.
pub(super) struct Bounds<'q> {
    pub(super) places: Granted<Place>,
    pub(super) levels: Granted<Level>,
    pub(super) years: Granted<SchoolYear>,
    pub(super) school: &'q [String],
}

impl<'q> Bounds<'q> {
    pub(super) fn new(query: &'q Query, scope: &Scope) -> Self {
        Self {
            places: query.places.within(&scope.places),
            levels: query.levels.within(&scope.levels),
            years: query.years.within(&scope.years),
            school: &query.school,
        }
    }

    /// Whether nothing can lie within.
    pub(super) fn is_none(&self) -> bool {
        self.places.is_none() || self.levels.is_none() || self.years.is_none()
    }
}

/// Whether a school has all these words, each between spaces.
pub(super) fn has_words(school: &[u8], sought: &[String]) -> bool {
    sought.iter().all(|word| school.windows(word.len()).any(|at| at == word.as_bytes()))
}

/// Never prints who is looked for.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.who {
            Who::Named { .. } => "Query(name and birth date)",
            Who::Identified(_) => "Query(identification number)",
        })
    }
}
