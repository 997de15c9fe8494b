//! What a row gives to be compared, and what of it cannot be read.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::columns::{Field, Heading};
use super::dates::{self, DateFault, Orders};
use super::table::{Cell, Line, Table};
use crate::transcript::contents::BirthDate;
use crate::transcript::name::fold;
use crate::transcript::sheet::Grade;
use crate::transcript::time::SchoolYear;
use crate::transcript::{TranscriptCode, typed};

/// Why a cell cannot be read. The rest of its row can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CellFault {
    /// The row has no code.
    #[error("no lookup code")]
    NoCode,
    /// Not one code.
    #[error("not a lookup code")]
    NotACode,
    /// A spreadsheet made a number of the code, and digits of it are gone.
    #[error("the spreadsheet turned the code into a number")]
    CodeBecameNumber,
    /// The cell is one with those of other rows: whose it is cannot be told.
    #[error("the cell is merged with those of other rows")]
    Merged,
    /// A formula that failed.
    #[error("a formula that failed")]
    Formula,
    /// Longer than a cell may be; as a rule a quotation mark before it was never closed.
    #[error("too long")]
    TooLong,
    /// Not a date.
    #[error("not a date")]
    NotADate,
    /// A year of two digits.
    #[error("a year of two digits")]
    ShortYear,
    /// Day and month could stand in either order.
    #[error("day and month could stand in either order")]
    EitherOrder,
    /// Not a school year.
    #[error("not a school year")]
    NotASchoolYear,
    /// Letters were lost when the file was saved: question marks stand in their place.
    #[error("letters were lost when the file was saved")]
    LostLetters,
}

impl From<DateFault> for CellFault {
    fn from(fault: DateFault) -> Self {
        match fault {
            DateFault::NotADate => Self::NotADate,
            DateFault::ShortYear => Self::ShortYear,
            DateFault::EitherOrder => Self::EitherOrder,
        }
    }
}

/// What a cell gives: nothing, something, or something that cannot be read.
pub type Given<T> = Result<Option<T>, CellFault>;

/// A class as it is given: `12A1`, `Lớp 12`, `Khối 6`.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenClass {
    /// The grade, where it begins with one.
    pub grade: Option<Grade>,
    /// The class, folded and without spaces; None where there is a grade alone.
    pub class: Option<String>,
}

impl std::fmt::Debug for GivenClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GivenClass(…)")
    }
}

impl GivenClass {
    /// Reads a class; None where nothing is left of it.
    pub fn read(text: &str) -> Option<Self> {
        let folded = fold(text);
        let bare = ["khoi lop ", "lop ", "khoi ", "class ", "grade "].iter().find_map(|word| folded.strip_prefix(word));
        let class: String = bare.unwrap_or(&folded).chars().filter(|c| c.is_alphanumeric()).collect();
        let digits = class.len() - class.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = class.get(..digits).and_then(|digits| digits.parse().ok());
        let grade = number.and_then(Grade::new);
        match (class.is_empty(), grade) {
            (true, _) => None,
            (_, Some(grade)) if digits == class.len() => Some(Self { grade: Some(grade), class: None }),
            (_, grade) => Some(Self { grade, class: Some(class) }),
        }
    }
}

/// A row as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number in the file.
    pub number: u32,
    /// The code.
    pub code: Result<TranscriptCode, CellFault>,
    /// The row before it, by its number in the file, that gave the same code.
    pub same_as: Option<u32>,
    /// The full name.
    pub full_name: Given<String>,
    /// The birth date.
    pub birth: Given<BirthDate>,
    /// The school, by name or by code.
    pub school: Given<String>,
    /// The school year.
    pub year: Given<SchoolYear>,
    /// The class or the grade.
    pub class: Given<GivenClass>,
}

impl Row {
    /// A row that gives a code and nothing else.
    pub fn of_code(number: u32, code: Result<TranscriptCode, CellFault>) -> Self {
        let (full_name, birth, school, year, class) = (Ok(None), Ok(None), Ok(None), Ok(None), Ok(None));
        Self { number, code, same_as: None, full_name, birth, school, year, class }
    }
}

/// Reads all rows of a table.
pub fn read_all(table: &Table) -> Vec<Row> {
    let heading = &table.heading;
    let mut orders = Orders::default();
    if let Some(place) = heading.place(Field::BirthDate) {
        table.lines.iter().for_each(|line| orders.see(line.cell(place)));
    }
    let mut seen: HashMap<TranscriptCode, u32> = HashMap::with_capacity(table.lines.len());
    let rows = table.lines.iter().map(|line| {
        let mut row = read(line, heading, orders);
        if let Ok(code) = row.code {
            row.same_as = seen.get(&code).copied();
            seen.entry(code).or_insert(row.number);
        }
        row
    });
    rows.collect()
}

fn read(line: &Line, heading: &Heading, orders: Orders) -> Row {
    let cell = |field: Field| heading.place(field).map_or(&Cell::Empty, |place| line.cell(place));
    let own = |field: Field| match heading.place(field).is_some_and(|place| line.is_merged(place)) {
        true => Err(CellFault::Merged),
        false => Ok(cell(field)),
    };
    Row {
        number: line.number,
        code: own(Field::Code).and_then(code),
        same_as: None,
        full_name: own(Field::FullName).and_then(|_| own(Field::GivenName)).and_then(|_| full_name(cell)),
        birth: own(Field::BirthDate).and_then(|cell| Ok(dates::read(cell, orders)?)),
        school: text(cell(Field::School)),
        year: text(cell(Field::SchoolYear)).and_then(|given| given.as_deref().map(school_year).transpose()),
        class: text(cell(Field::Class)).map(|given| given.as_deref().and_then(GivenClass::read)),
    }
}

fn code(cell: &Cell) -> Result<TranscriptCode, CellFault> {
    match cell {
        Cell::Empty => Err(CellFault::NoCode),
        // As it stands in most tables: nothing to look for.
        Cell::Text(text) => {
            TranscriptCode::from_wire(text).map_or_else(|| typed::read(text).map_err(|_| not_a_code(text)), Ok)
        }
        Cell::Number(_) => Err(CellFault::CodeBecameNumber),
        Cell::Date(_) => Err(CellFault::NotACode),
        Cell::Error(_) => Err(CellFault::Formula),
        Cell::TooLong(_) => Err(CellFault::TooLong),
    }
}

/// `1.23457E+31`: a spreadsheet's number, saved as text.
fn not_a_code(text: &str) -> CellFault {
    let exponent = text.to_ascii_uppercase();
    let is_number = exponent.split_once("E+").is_some_and(|(front, power)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits(power) && front.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
    });
    if is_number { CellFault::CodeBecameNumber } else { CellFault::NotACode }
}

/// Text of a cell, with single spaces.
fn text(cell: &Cell) -> Given<String> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) => Ok(Some(text.split_whitespace().collect::<Vec<_>>().join(" "))),
        Cell::Number(_) | Cell::Date(_) => Ok(Some(cell.shown())),
        Cell::Error(_) => Err(CellFault::Formula),
        Cell::TooLong(_) => Err(CellFault::TooLong),
    }
}

/// From one column, or from the two in which many tables have it.
fn full_name<'a>(cell: impl Fn(Field) -> &'a Cell) -> Given<String> {
    let whole = text(cell(Field::FullName))?;
    let parts = [text(cell(Field::FamilyName))?, text(cell(Field::GivenName))?];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = whole.unwrap_or(joined);
    match name {
        name if name.is_empty() => Ok(None),
        name if name.contains(['?', '\u{FFFD}']) => Err(CellFault::LostLetters),
        name => Ok(Some(name)),
    }
}

/// `2025-2026`, also with other dashes, a slash, spaces, or words in front.
fn school_year(text: &str) -> Result<SchoolYear, CellFault> {
    let numbers: Vec<u16> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match numbers[..] {
        [first, second] if digits == 8 && first.checked_add(1) == Some(second) => {
            SchoolYear::starting(first).ok_or(CellFault::NotASchoolYear)
        }
        _ => Err(CellFault::NotASchoolYear),
    }
}
