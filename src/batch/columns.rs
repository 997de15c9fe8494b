//! Which column of a table is taken as what: by its title, in Vietnamese or English. The titles are in
//! `index/batch_columns.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::jobs::Input;
use super::table::{Cell, Line, MAX_COLUMNS, Table};
use crate::transcript::name::fold;
use crate::transcript::typed;

/// The table, as it is compiled in.
const TITLES: &str = include_str!("../../index/batch_columns.tsv");
/// Longest title that is looked at, in characters.
const MAX_TITLE: usize = 100;
/// Rows that a preview shows.
const SHOWN: usize = 5;
/// Whom a column is about, where its title says so.
const LEARNERS: [&str; 10] =
    ["cua hoc sinh", "hoc sinh", "cua thi sinh", "thi sinh", "hoc vien", "nguoi hoc", "hs", "ts", "hssv", "student"];

static FIELDS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let rows = TITLES.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| row.split_once('\t'))
        .filter_map(|(field, title)| Some((key(title), Field::from_name(field)?)))
        .collect()
});

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The lookup code (mã tra cứu), or any text that holds one.
    Code,
    /// The full name (họ và tên).
    FullName,
    /// All of the name but its last word (họ và tên đệm).
    FamilyName,
    /// The last word of the name (tên).
    GivenName,
    /// The birth date (ngày sinh).
    BirthDate,
    /// The school (trường), by name or by code.
    School,
    /// The school year (năm học).
    SchoolYear,
    /// The class (lớp), or the grade (khối).
    Class,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Code,
        Self::FullName,
        Self::FamilyName,
        Self::GivenName,
        Self::BirthDate,
        Self::School,
        Self::SchoolYear,
        Self::Class,
    ];

    /// The name in `index/batch_columns.tsv` and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::FullName => "full_name",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::BirthDate => "birth_date",
            Self::School => "school",
            Self::SchoolYear => "school_year",
            Self::Class => "class",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What a column with this title holds, if that is known.
    pub fn titled(title: &str) -> Option<Self> {
        if title.chars().nth(MAX_TITLE).is_some() {
            return None;
        }
        let key = key(title);
        let plain = || {
            let without = LEARNERS.iter().find_map(|who| key.strip_suffix(who));
            FIELDS.get(without?.trim_end())
        };
        FIELDS.get(&key).or_else(plain).copied()
    }
}

/// A title without what means nothing: case, marks, punctuation, brackets and what is in them, numbers in front.
fn key(title: &str) -> String {
    let mut depth = 0_u32;
    let mut bare = String::with_capacity(title.len());
    for c in title.nfc() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(if c.is_alphanumeric() { c } else { ' ' }),
            _ => {}
        }
    }
    let folded = fold(&bare);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let numbers = words.iter().take_while(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
    words.get(numbers..).unwrap_or_default().join(" ")
}

/// Why a column is not looked at. It is kept, and comes back in the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ignored {
    /// Its title says nothing that is known.
    Unknown,
    /// Another column before it holds the same.
    Twice,
}

/// A column, and what it is taken as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its title, as it stands there; a number where there are no titles.
    pub title: String,
    /// What it is taken as; on the wire `{"as": "code"}` or `{"ignored": "unknown"}`.
    #[serde(with = "taken")]
    pub taken: Result<Field, Ignored>,
}

mod taken {
    use super::{Deserialize, Field, Ignored, Serialize};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Taken {
        As(Field),
        Ignored(Ignored),
    }

    pub(super) fn serialize<S: serde::Serializer>(taken: &Result<Field, Ignored>, to: S) -> Result<S::Ok, S::Error> {
        taken.map_or_else(Taken::Ignored, Taken::As).serialize(to)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Result<Field, Ignored>, D::Error> {
        Ok(match Taken::deserialize(from)? {
            Taken::As(field) => Ok(field),
            Taken::Ignored(why) => Err(why),
        })
    }
}

/// Why columns cannot be taken so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadingFault {
    /// None is to hold codes.
    #[error("one column must hold the lookup codes")]
    NoCode,
    /// Two are to hold the same.
    #[error("two columns are to hold the same")]
    Twice,
    /// There is no such column.
    #[error("there is no such column")]
    NoColumn,
}

/// The titles of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The row in which they stand; None where there are none, only codes.
    line: Option<u32>,
    columns: Vec<Column>,
}

impl Heading {
    /// The titles that a line holds, if one of them is that of the codes; or, where a cell holds a code itself, columns
    /// without titles.
    pub(super) fn of(line: &Line) -> Option<Self> {
        let titles: Vec<String> = line.cells.iter().map(Cell::shown).collect();
        let fields: Vec<Option<Field>> = titles.iter().map(|title| Field::titled(title)).collect();
        if fields.contains(&Some(Field::Code)) {
            return Some(Self { line: Some(line.number), columns: columns(titles, &fields) });
        }
        let code = line.cells.iter().position(|cell| matches!(cell, Cell::Text(text) if typed::read(text).is_ok()))?;
        let columns = (0..line.cells.len()).map(|place| Column {
            title: (place + 1).to_string(),
            taken: if place == code { Ok(Field::Code) } else { Err(Ignored::Unknown) },
        });
        Some(Self { line: None, columns: columns.collect() })
    }

    /// Whether there are titles at all.
    pub fn has_titles(&self) -> bool {
        self.line.is_some()
    }

    /// The row in which the titles stand.
    pub fn line(&self) -> Option<u32> {
        self.line
    }

    /// The columns, from the left.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many columns are taken as something.
    pub fn known(&self) -> usize {
        self.columns.iter().filter(|column| column.taken.is_ok()).count()
    }

    /// Where a field stands.
    pub fn place(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.taken == Ok(field))
    }

    /// The same columns, taken as somebody says: those that are not named are not looked at.
    ///
    /// # Errors
    /// [`HeadingFault`].
    pub fn taken_as(&self, fields: &[(usize, Field)]) -> Result<Self, HeadingFault> {
        let mut columns = self.columns.clone();
        columns.iter_mut().for_each(|column| column.taken = Err(Ignored::Unknown));
        for (place, field) in fields {
            if columns.iter().any(|column| column.taken == Ok(*field)) {
                return Err(HeadingFault::Twice);
            }
            let column = columns.get_mut(*place).ok_or(HeadingFault::NoColumn)?;
            if column.taken.is_ok() {
                return Err(HeadingFault::Twice);
            }
            column.taken = Ok(*field);
        }
        let heading = Self { line: self.line, columns };
        heading.place(Field::Code).map(|_| heading).ok_or(HeadingFault::NoCode)
    }
}

fn columns(titles: Vec<String>, fields: &[Option<Field>]) -> Vec<Column> {
    let given_name_alone = !fields.contains(&Some(Field::FullName)) && !fields.contains(&Some(Field::FamilyName));
    let mut columns: Vec<Column> = Vec::with_capacity(titles.len().min(MAX_COLUMNS));
    for (title, field) in titles.into_iter().zip(fields) {
        let field = match field {
            // Where nothing else is a name, "Tên" is the whole of it.
            Some(Field::GivenName) if given_name_alone => Some(Field::FullName),
            field => *field,
        };
        let is_there = |field: Field| columns.iter().any(|column| column.taken == Ok(field));
        let taken = match field {
            None => Err(Ignored::Unknown),
            Some(field) if is_there(field) => Err(Ignored::Twice),
            Some(Field::FamilyName | Field::GivenName) if fields.contains(&Some(Field::FullName)) => {
                Err(Ignored::Twice)
            }
            Some(field) => Ok(field),
        };
        columns.push(Column { title, taken });
    }
    columns
}

/// What somebody sees before a table is checked: what is taken as what, and the first rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What the file is.
    pub input: Input,
    /// The sheet that is read, of a spreadsheet.
    pub sheet: Option<String>,
    /// The row of the titles, from 1; None where there are none.
    pub heading: Option<u32>,
    /// The columns, from the left.
    pub columns: Vec<Column>,
    /// The first rows, each as long as `columns`.
    pub first: Vec<Vec<String>>,
    /// How many rows there are.
    pub rows: usize,
}

impl Preview {
    /// Of a table.
    pub fn of(table: &Table) -> Self {
        let columns = table.heading.columns().to_vec();
        let shown = |line: &Line| (0..columns.len()).map(|place| line.cell(place).shown()).collect();
        let sheet = match &table.form {
            super::table::Form::Workbook { sheet } => Some(sheet.clone()),
            super::table::Form::Delimited { .. } => None,
        };
        Self {
            input: Input::Table,
            sheet,
            heading: table.heading.line(),
            first: table.lines.iter().take(SHOWN).map(shown).collect(),
            rows: table.lines.len(),
            columns,
        }
    }
}
