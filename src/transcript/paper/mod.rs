//! Comparing a paper copy with the record (đối chiếu với bản giấy): which values a sheet has to
//! compare, how what somebody typed is read, and what came of each.
//!
//! A person reads the paper and types what it says, or ticks that it says the same. Typing wins over
//! ticking. A value that cannot be read is neither the same nor different: it waits until it is typed
//! again. Pure, so that every rule is a test.

mod reading;
mod rows;

use std::collections::{HashMap, HashSet};

pub use reading::{Reading, read};
pub use rows::{Cell, Column, Item, LEARNER, Row, learner, year};

use super::contents::{Absences, Attainment, BirthDate, Sex, SubjectLevel, SubjectMark, TestMark, YearLevel};

/// Longest text that is typed rather than only ticked, in characters; nobody types a paragraph.
pub const MAX_TYPED: usize = 150;

/// A value on record, in the kind that decides how a typed one is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Average, or pass by comments (ĐTB, Đ/CĐ).
    Mark(SubjectMark),
    /// Periodic test (điểm KTĐK).
    Test(TestMark),
    /// Mức đạt được.
    Level(SubjectLevel),
    /// Kết quả học tập, rèn luyện.
    Year(YearLevel),
    /// Phẩm chất, năng lực.
    Attainment(Attainment),
    /// Số buổi nghỉ.
    Absences(Absences),
    /// Yes or no, such as promotion.
    Answer(bool),
    /// Birth date, perhaps in part.
    Birth(BirthDate),
    /// Giới tính.
    Sex(Sex),
    /// A person's name.
    Name(&'a str),
    /// Any other text.
    Text(&'a str),
    /// The record says nothing here.
    Nothing,
}

/// Never prints what is on record.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(…)")
    }
}

/// What somebody typed and ticked. Keys are those of [`Row::key`] and [`Row::cell_key`].
#[derive(Clone, Default)]
pub struct Typed {
    values: HashMap<String, String>,
    same: HashSet<String>,
}

/// Never prints what was typed.
impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typed({} values, {} ticks)", self.values.len(), self.same.len())
    }
}

impl Typed {
    /// Keeps a typed value; blank ones are none.
    pub fn put(&mut self, cell: String, text: String) {
        if !text.trim().is_empty() {
            self.values.insert(cell, text);
        }
    }

    /// Ticks a row or a whole part (its key without a row) as the same.
    pub fn tick(&mut self, key: String) {
        self.same.insert(key);
    }

    /// What was typed for a cell, as it was typed.
    pub fn value(&self, cell: &str) -> &str {
        self.values.get(cell).map_or("", String::as_str)
    }

    /// Whether a row or part is ticked.
    pub fn ticked(&self, key: &str) -> bool {
        self.same.contains(key)
    }

    /// Nothing typed and nothing ticked.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.same.is_empty()
    }

    /// All typed values by cell, in a fixed order.
    pub fn values(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<_> = self.values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        all.sort_unstable();
        all
    }

    /// All ticks, in a fixed order.
    pub fn ticks(&self) -> Vec<&str> {
        let mut all: Vec<_> = self.same.iter().map(String::as_str).collect();
        all.sort_unstable();
        all
    }

    /// What came of one cell of a row.
    pub fn outcome(&self, row: &Row<'_>, cell: &Cell<'_>) -> Outcome {
        match self.value(&row.cell_key(cell)) {
            "" if self.ticked(&row.key) || self.ticked(row.part()) => Outcome::Ticked,
            "" if cell.value == Value::Nothing => Outcome::NothingToCompare,
            "" => Outcome::NotCompared,
            typed => match read(typed, cell.value) {
                Reading::Same => Outcome::Matches,
                Reading::Different => Outcome::Differs,
                Reading::Unreadable => Outcome::Unreadable,
            },
        }
    }

    /// Counts the outcomes of these rows.
    pub fn tally<'a, 'r: 'a>(&self, rows: impl IntoIterator<Item = &'a Row<'r>>) -> Tally {
        let mut tally = Tally::default();
        for row in rows {
            for cell in &row.cells {
                match self.outcome(row, cell) {
                    Outcome::Matches => tally.matches += 1,
                    Outcome::Ticked => tally.ticked += 1,
                    Outcome::Differs => tally.differs += 1,
                    Outcome::Unreadable => tally.unreadable += 1,
                    Outcome::NotCompared => tally.not_compared += 1,
                    Outcome::NothingToCompare => {}
                }
            }
        }
        tally
    }
}

/// What came of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Typed, and the same.
    Matches,
    /// Ticked as the same.
    Ticked,
    /// Typed, and not the same.
    Differs,
    /// Typed, and not a value of this kind, or without its diacritics.
    Unreadable,
    /// Neither typed nor ticked.
    NotCompared,
    /// Blank on record and nothing typed.
    NothingToCompare,
}

/// How many values ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Typed, and the same.
    pub matches: usize,
    /// Ticked as the same.
    pub ticked: usize,
    /// Not the same.
    pub differs: usize,
    /// Could not be read.
    pub unreadable: usize,
    /// Left out.
    pub not_compared: usize,
}

/// What the whole comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing was compared yet.
    Nothing,
    /// At least one value differs.
    Differs,
    /// What was compared is the same; something is left, or could not be read.
    Partly,
    /// Every value is the same.
    Matches,
}

impl Tally {
    /// The same, typed or ticked.
    pub const fn same(&self) -> usize {
        self.matches + self.ticked
    }

    /// Every value there is to compare.
    pub const fn all(&self) -> usize {
        self.same() + self.differs + self.unreadable + self.not_compared
    }

    /// One difference outweighs everything; "matches" leaves nothing out.
    pub const fn conclusion(&self) -> Conclusion {
        match self {
            Self { differs: 1.., .. } => Conclusion::Differs,
            Self { unreadable: 1.., .. } => Conclusion::Partly,
            tally if tally.same() == 0 => Conclusion::Nothing,
            Self { not_compared: 0, .. } => Conclusion::Matches,
            _ => Conclusion::Partly,
        }
    }
}
