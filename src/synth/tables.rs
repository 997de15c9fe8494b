//! The tables of `index/` that the nation is drawn from, read once.

use std::sync::LazyLock;

use crate::transcript::province::ProvinceCode;

const PROVINCES: &str = include_str!("../../index/provinces.tsv");
const NAMES: &str = include_str!("../../index/names.tsv");
const SUBJECTS: &str = include_str!("../../index/subjects.tsv");
const PLACES: &str = include_str!("../../index/places.tsv");

/// Rows of a table without comments and header; each row's cells.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).skip(1).map(|l| l.split('\t').collect())
}

/// One of the 34 provinces since 1 July 2025.
#[derive(Debug, Clone)]
pub(super) struct CurrentRow {
    pub(super) code: ProvinceCode,
    pub(super) name: &'static str,
    /// Communes, a stand-in for population.
    pub(super) communes: usize,
    /// Code and name of each province merged into it.
    pub(super) predecessors: Vec<(ProvinceCode, &'static str)>,
}

/// The 34 provinces in order of code.
pub(super) static CURRENT: LazyLock<Vec<CurrentRow>> = LazyLock::new(|| rows(PROVINCES).filter_map(current).collect());

fn current(cells: Vec<&'static str>) -> Option<CurrentRow> {
    let [code, name, _, _, _, _, communes, _, _, _, _, predecessors, ..] = cells[..] else { return None };
    let predecessors = predecessors.split(';').filter_map(|p| {
        let (code, name) = p.trim().split_once(' ')?;
        Some((ProvinceCode::parse(code)?, name))
    });
    Some(CurrentRow {
        code: ProvinceCode::parse(code)?,
        name,
        communes: communes.parse().ok()?,
        predecessors: predecessors.collect(),
    })
}

/// Words with running totals of their weights, for drawing.
#[derive(Debug, Default)]
pub(super) struct Weighted {
    words: Vec<&'static str>,
    upto: Vec<usize>,
}

impl Weighted {
    fn push(&mut self, word: &'static str, weight: usize) {
        self.words.push(word);
        self.upto.push(self.total() + weight);
    }

    /// Sum of all weights.
    pub(super) fn total(&self) -> usize {
        self.upto.last().copied().unwrap_or(0)
    }

    /// The word at a draw in `0..total`.
    pub(super) fn at(&self, draw: usize) -> &'static str {
        let i = self.upto.partition_point(|&upto| upto <= draw);
        self.words.get(i).copied().unwrap_or_default()
    }
}

/// Names by kind and sex.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) family: Weighted,
    /// Male, female.
    pub(super) middle: [Weighted; 2],
    /// Male, female.
    pub(super) given: [Weighted; 2],
    /// Whole names that stress search and layout, with the sex (0 male, 1 female).
    pub(super) edge: Vec<(&'static str, usize)>,
}

/// The names.
pub(super) static WORDS: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    for cells in rows(NAMES) {
        let [kind, sex, name, weight] = cells[..] else { continue };
        let (sex, weight) = (usize::from(sex == "f"), weight.parse().unwrap_or(1));
        match kind {
            "family" => names.family.push(name, weight),
            "middle" => names.middle[sex].push(name, weight),
            "given" => names.given[sex].push(name, weight),
            "edge" => names.edge.push((name, sex)),
            _ => {}
        }
    }
    names
});

/// How a subject is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SubjectKind {
    /// Primary: level and test at the end of the year.
    Test,
    /// Primary: level only.
    Level,
    /// Primary: level only, not at every school.
    Option,
    /// Term averages.
    Scored,
    /// Term averages; a learner takes four of these.
    Choice,
    /// Passed or not.
    Comment,
}

/// A subject of a programme.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) programme: &'static str,
    pub(super) grades: std::ops::RangeInclusive<u8>,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: SubjectKind,
    /// Regular marks a term.
    pub(super) regular: i32,
    /// Which comments fit.
    pub(super) field: &'static str,
}

/// All subjects of all programmes.
pub(super) static ALL_SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let read = |cells: Vec<&'static str>| {
        let [programme, first, last, code, name, kind, regular, field] = cells[..] else { return None };
        let kind = match kind {
            "test" => SubjectKind::Test,
            "level" => SubjectKind::Level,
            "option" => SubjectKind::Option,
            "scored" => SubjectKind::Scored,
            "choice" => SubjectKind::Choice,
            _ => SubjectKind::Comment,
        };
        let grades = first.parse().ok()?..=last.parse().ok()?;
        Some(Subject { programme, grades, code, name, kind, regular: regular.parse().ok()?, field })
    };
    rows(SUBJECTS).filter_map(read).collect()
});

/// The subjects of a programme in a grade, in the order of the booklet.
pub(super) fn subjects(programme: &str, grade: u8) -> impl Iterator<Item = &'static Subject> {
    ALL_SUBJECTS.iter().filter(move |s| s.programme == programme && s.grades.contains(&grade))
}

fn places(kind: &'static str) -> Vec<&'static str> {
    rows(PLACES)
        .filter_map(|cells| match cells[..] {
            [k, name] if k == kind => Some(name),
            _ => None,
        })
        .collect()
}

/// Names schools are given.
pub(super) static SCHOOL_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| places("school"));
/// Names communes and districts are given.
pub(super) static PLACE_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| places("place"));
