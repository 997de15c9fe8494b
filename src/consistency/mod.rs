//! The circulars' own rules held against a sheet: what does not follow is a warning, never a verdict.
//!
//! One file per circular. [`judge`] picks the rules by circular, level, grade and school year, and is
//! silent wherever it cannot know: unknown circulars and years, older circulars kept as text, sheets
//! transcribed from paper, learners who are not assessed or are assessed by a plan of their own, changes
//! of school within the year, and members that are not there. Where a circular can be read two ways,
//! both pass. Marks are integers (tenths, or whole marks), and so is all arithmetic.
//!
//! Findings name a rule, the article it comes from and a place, never a value: they go back to the
//! province in the receipt, and into counts by province. The table of all rules is `docs/consistency.md`.

mod finding;
mod identity;
mod learning;
mod secondary;
mod titles;
mod tt22_2021;
mod tt27_2020;
mod tt43_2021;

pub use finding::{Finding, Findings, MAX_WRITTEN, REMEDY_EN, REMEDY_VI, Rule};

use crate::transcript::contents::{Contents, PolicyGroup, Results, circular_number};
use crate::transcript::{Level, SchoolYear, SheetClaims};

/// The last school year the rules were compared with the circulars for. A draft that amends TT 27/2020
/// and TT 22/2021 went out for comment in July 2026: later years stay silent until somebody has read
/// what became of it and moved this on.
const COMPARED_UNTIL: u16 = 2025;

/// One circular's rules, for the grades and years in which it was in force.
struct Edition {
    /// Number and year of the circular.
    circular: (u16, u16),
    levels: &'static [Level],
    /// The school year each grade began with it: the circulars came grade by grade.
    first_years: &'static [(u8, u16)],
    judge: fn(&SheetClaims, &Results, &mut Findings),
}

const EDITIONS: [Edition; 3] = [
    Edition {
        circular: (27, 2020),
        levels: &[Level::Primary],
        first_years: &[(1, 2020), (2, 2021), (3, 2022), (4, 2023), (5, 2024)],
        judge: tt27_2020::judge,
    },
    Edition {
        circular: (22, 2021),
        levels: &[Level::LowerSecondary, Level::UpperSecondary],
        first_years: SECONDARY_FIRST_YEARS,
        judge: tt22_2021::judge,
    },
    Edition {
        circular: (43, 2021),
        levels: &[Level::Continuing],
        first_years: SECONDARY_FIRST_YEARS,
        judge: tt43_2021::judge,
    },
];

const SECONDARY_FIRST_YEARS: &[(u8, u16)] =
    &[(6, 2021), (7, 2022), (8, 2023), (9, 2024), (10, 2022), (11, 2023), (12, 2024)];

impl Edition {
    fn covers(&self, claims: &SheetClaims) -> bool {
        let begins = self.first_years.iter().find(|(grade, _)| *grade == claims.grade.number());
        let in_force = |(_, first): &(u8, u16)| (*first..=COMPARED_UNTIL).contains(&claims.school_year.first());
        circular_number(claims.circular.as_str()) == Some(self.circular)
            && self.levels.contains(&claims.level)
            && begins.is_some_and(in_force)
    }
}

/// Every rule there is, in the order of `docs/consistency.md`.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let circulars = tt27_2020::RULES.iter().chain(tt22_2021::RULES).chain(tt43_2021::RULES);
    circulars.chain(identity::RULES).copied()
}

/// Holds a whole sheet against the rules of its circular, and its identification number against sex and
/// birth year.
pub fn judge(claims: &SheetClaims, contents: &Contents) -> Findings {
    let mut findings = Findings::default();
    identity::judge(contents, &mut findings);
    if let Some(results) = contents.results.as_ref().filter(|r| is_ordinary(claims, contents, r))
        && let Some(edition) = EDITIONS.iter().find(|edition| edition.covers(claims))
    {
        (edition.judge)(claims, results, &mut findings);
    }
    findings
}

/// Whether the year was spent and assessed as the circular's rules suppose.
fn is_ordinary(claims: &SheetClaims, contents: &Contents, results: &Results) -> bool {
    !claims.trichluc
        && !contents.policy.as_ref().is_some_and(has_own_plan)
        && !changed_school_within(claims.school_year, results)
}

/// Not assessed because of disability, or assessed by an individual education plan with requirements of
/// its own, which the transcript does not tell.
fn has_own_plan(policy: &PolicyGroup) -> bool {
    policy.not_assessed
        || policy.policy_status.as_ref().is_some_and(|s| s.as_str().to_lowercase().contains("khuyết tật"))
}

/// Whether the learner came from another school after the year had begun: part of the year's facts
/// stands in another school's books.
fn changed_school_within(year: SchoolYear, results: &Results) -> bool {
    let begun = |day: jiff::civil::Date| (day.year(), day.month()) > (year.first() as i16, 9);
    let rows = results.history().iter().filter(|row| row.school_year == year);
    rows.filter_map(|row| row.transferred_in).any(|day| begun(day.date()))
}
