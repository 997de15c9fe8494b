//! XLSX, cell by cell: the first sheet with a column of lookup codes.
//!
//! calamine can give a sheet as a rectangle, which one cell in the last corner makes 400 GB large; it is never asked
//! for that. It is others' code over strangers' bytes, so a fault in it is a file that cannot be read.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, Reader as _, Xlsx};

use super::gathering::{Gathering, Go};
use super::{Cell, Form, Line, MAX_BYTES, MAX_COLUMNS, MAX_INFLATED, MAX_PARTS, Table, TableFault};
use crate::batch::archive::{Archive, Bounds};
use crate::transcript::time::Day;

/// Most merged regions that are looked at.
const MAX_REGIONS: usize = 100_000;
/// Excel's own last day, 9999-12-31, as a number.
const LAST_DAY: f64 = 2_958_466.0;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableFault> {
    let bounds = Bounds { parts: MAX_PARTS, part: MAX_INFLATED, all: MAX_INFLATED };
    debug_assert!(bytes.len() <= MAX_BYTES);
    Archive::open(bytes, bounds)?.weigh()?;
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| TableFault::NoTable)?;
        first_with_codes(&mut book)
    }));
    read.unwrap_or(Err(TableFault::Damaged))
}

fn first_with_codes(book: &mut Book<'_>) -> Result<Table, TableFault> {
    let mut none = TableFault::Empty;
    for sheet in book.sheet_names() {
        let merges = merges(book, &sheet);
        match gather(book, &sheet, &merges) {
            Ok(gathering) => match gathering.finish() {
                Ok((heading, lines)) => return Ok(Table { form: Form::Workbook { sheet }, heading, lines }),
                // The first sheet that holds something says what was looked at.
                Err(fault) if none == TableFault::Empty => none = fault,
                Err(_) => {}
            },
            Err(fault) => return Err(fault),
        }
    }
    Err(none)
}

/// Regions of several rows: what stands in the first cell goes for each of them.
fn merges(book: &mut Book<'_>, sheet: &str) -> Vec<Dimensions> {
    // A chart's own sheet has none, and is passed over when its cells are asked for.
    let regions = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
    let is_tall = |region: &Dimensions| region.start.0 < region.end.0 && (region.start.1 as usize) < MAX_COLUMNS;
    let mut tall: Vec<Dimensions> = regions.into_iter().filter(is_tall).take(MAX_REGIONS).collect();
    tall.sort_unstable_by_key(|region| region.start);
    tall
}

fn gather(book: &mut Book<'_>, sheet: &str, merges: &[Dimensions]) -> Result<Gathering, TableFault> {
    let mut gathering = Gathering::default();
    let Ok(mut cells) = book.worksheet_cells_reader(sheet) else { return Ok(gathering) };
    let mut rows = Rows { merges, next_merge: 0, open: Vec::new(), row: None };
    loop {
        let cell = cells.next_cell().map_err(|_| TableFault::Damaged)?;
        let Some(cell) = cell else { break };
        let (row, column) = cell.get_position();
        let value = value(cell.get_value());
        let line = rows.put(row, column, value)?;
        if line.map(|line| gathering.push(line)).transpose()? == Some(Go::NoTitles) {
            return Ok(gathering);
        }
    }
    if let Some(line) = rows.finish() {
        gathering.push(line)?;
    }
    Ok(gathering)
}

fn value(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(truth) => Cell::Text(if *truth { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTimeIso(text) => text.get(..10).and_then(Day::parse).map_or_else(|| Cell::text(text), Cell::Date),
        DataRef::DateTime(at) if at.is_duration() || !(0.0..LAST_DAY).contains(&at.as_f64()) => {
            Cell::Number(at.as_f64())
        }
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            let written = format!("{year:04}-{month:02}-{day:02}");
            // Excel's 29 February 1900, which never was.
            Day::parse(&written).map_or(Cell::Error(written), Cell::Date)
        }
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

/// The row that is being read, and the merged regions that reach into it.
struct Rows<'a> {
    merges: &'a [Dimensions],
    next_merge: usize,
    open: Vec<(Dimensions, Cell)>,
    row: Option<(u32, Vec<Cell>)>,
}

impl Rows<'_> {
    /// Takes the next cell; gives the row before when another one begins.
    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<Option<Line>, TableFault> {
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return match cell.is_empty() {
                true => Ok(None),
                false => Err(TableFault::TooManyColumns { row: row.saturating_add(1) }),
            };
        }
        let before = match &self.row {
            // Rows stand in their order in every file that a program wrote.
            Some((open, _)) if *open > row => return Err(TableFault::Damaged),
            Some((open, _)) if *open == row => None,
            _ => self.finish(),
        };
        let (_, cells) = self.row.get_or_insert_with(|| (row, Vec::new()));
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = cell;
        Ok(before)
    }

    /// The row, with what merged cells bring into it.
    fn finish(&mut self) -> Option<Line> {
        let (row, mut cells) = self.row.take()?;
        self.open.retain(|(region, _)| region.end.0 >= row);
        while let Some(region) = self.merges.get(self.next_merge).filter(|region| region.start.0 <= row) {
            self.next_merge += 1;
            if region.start.0 == row {
                let top = cells.get(region.start.1 as usize).cloned().unwrap_or(Cell::Empty);
                self.open.push((*region, top));
            }
        }
        let mut merged = 0;
        let has_own = cells.iter().any(|cell| !cell.is_empty());
        // A row that holds nothing of its own is not made one by a cell that reaches into it.
        for (region, top) in self.open.iter().filter(|_| has_own) {
            let column = region.start.1 as usize;
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            cells[column] = top.clone();
            merged |= 1 << column;
        }
        Some(Line { number: row.saturating_add(1), cells, merged })
    }
}
