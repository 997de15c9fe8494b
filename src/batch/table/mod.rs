//! Tables that offices hand in: CSV and XLSX, read under caps into lines of cells with the column titles told apart.
//!
//! Nothing is believed of a file: what it is, is seen from its first bytes; an archive is inflated once and counted
//! before anything reads it; a sheet is read cell by cell and never as the rectangle that it claims to be; the first
//! line too many ends the reading. What is wrong with one cell stays with that cell.
//!
//! | cap | value |
//! |---|---|
//! | file | 32 MiB |
//! | XLSX inflated | 192 MiB, 2,000 parts |
//! | rows with something in them | 20,000 |
//! | columns | 64 |
//! | cell | 1,000 characters |

mod delimited;
mod encoding;
mod gathering;
mod workbook;

pub use encoding::Encoding;

use super::archive::{self, ArchiveFault};
use super::columns::Heading;
use crate::transcript::time::Day;

/// Longest table, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// Most bytes of a spreadsheet's parts together, inflated.
pub const MAX_INFLATED: u64 = 192 << 20;
/// Most parts of a spreadsheet.
pub const MAX_PARTS: usize = 2_000;
/// Most rows that hold something, titles left out.
pub const MAX_ROWS: usize = 20_000;
/// Most columns.
pub const MAX_COLUMNS: usize = 64;
/// Longest cell, in characters.
pub const MAX_CELL: usize = 1_000;

/// What a cell holds.
#[derive(Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, with no space around it.
    Text(String),
    /// A number, which may have been a text whose zeros in front a spreadsheet took away.
    Number(f64),
    /// A date that a spreadsheet keeps as such.
    Date(Day),
    /// What a formula gave when it failed, such as `#N/A`.
    Error(String),
    /// More than [`MAX_CELL`] characters; these are the first.
    TooLong(String),
}

/// What is in it is somebody's.
impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cell(…)")
    }
}

impl Cell {
    /// A text, cut at [`MAX_CELL`]; what cannot be seen at its ends is no part of it.
    pub(super) fn text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'));
        match (text.is_empty(), text.char_indices().nth(MAX_CELL)) {
            (true, _) => Self::Empty,
            (_, None) => Self::Text(text.to_owned()),
            (_, Some((end, _))) => Self::TooLong(text[..end].to_owned()),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// As it is shown and handed back: dates as people in Vietnam write them.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.clone(),
            Self::TooLong(start) => format!("{start}…"),
            Self::Number(number) => number.to_string(),
            Self::Date(day) => day.to_vietnamese(),
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its number in the file, from 1; in a CSV the number of the line it begins in.
    pub number: u32,
    /// Its cells; those after the last that holds something are left out.
    pub cells: Vec<Cell>,
    /// Columns whose cell is one with that of another row: bit 0 is the first.
    pub merged: u64,
}

impl Line {
    /// The cell of a column; what a short line does not have is empty.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    /// Whether the cell of a column is one with that of another row.
    pub fn is_merged(&self, column: usize) -> bool {
        column < MAX_COLUMNS && self.merged & (1 << column) != 0
    }
}

/// How a file was read, for whoever wonders about what they see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// CSV: its characters, and what stands between fields.
    Delimited {
        /// How its bytes are characters.
        encoding: Encoding,
        /// The separator.
        separator: char,
    },
    /// XLSX: the sheet that was read.
    Workbook {
        /// Its name.
        sheet: String,
    },
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How.
    pub form: Form,
    /// Column titles, and what is taken as what.
    pub heading: Heading,
    /// The rows below the titles that hold something, at most [`MAX_ROWS`].
    pub lines: Vec<Line>,
}

/// Why a table cannot be read at all. A fault of one row is not among them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// Longer than [`MAX_BYTES`].
    #[error("the file has more than {} MiB", MAX_BYTES >> 20)]
    TooLong,
    /// Nothing in it.
    #[error("the file holds no rows")]
    Empty,
    /// More rows than are taken at once.
    #[error("the table has more than {MAX_ROWS} rows: divide it")]
    TooManyRows,
    /// Something stands in a column too far to the right.
    #[error("row {row} has more than {MAX_COLUMNS} columns")]
    TooManyColumns {
        /// Where.
        row: u32,
    },
    /// An old `.xls`, or a spreadsheet under a password: both look alike from outside.
    #[error("an old .xls file or one under a password: save it as .xlsx without a password")]
    OldOrLocked,
    /// Not a table: a picture, a PDF, a program.
    #[error("the file is no CSV and no .xlsx")]
    NoTable,
    /// Characters in an encoding that is not known for certain.
    #[error("the characters of the file cannot be read with certainty: save it as \"CSV UTF-8\"")]
    Encoding,
    /// The archive that a spreadsheet is.
    #[error(transparent)]
    Archive(#[from] ArchiveFault),
    /// A spreadsheet that is damaged.
    #[error("the spreadsheet is damaged")]
    Damaged,
    /// No column is known to hold lookup codes.
    #[error("no column of lookup codes was found: its title should be \"Mã tra cứu\"")]
    NoCodeColumn {
        /// What the first row that holds something says.
        titles: Vec<String>,
    },
}

/// Reads a table.
///
/// # Errors
/// [`TableFault`].
pub fn read(bytes: &[u8]) -> Result<Table, TableFault> {
    if bytes.len() > MAX_BYTES {
        return Err(TableFault::TooLong);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(TableFault::OldOrLocked);
    }
    if archive::is_one(bytes) {
        return workbook::read(bytes);
    }
    if bytes.starts_with(b"%PDF") || bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xFF\xD8\xFF") {
        return Err(TableFault::NoTable);
    }
    delimited::read(bytes)
}
