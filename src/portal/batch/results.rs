//! Results as tables: the rows in their order, with the columns that were handed in and ours behind them.
//!
//! What was handed in comes from strangers: what a spreadsheet would take for a formula is made text in both formats, so
//! that a table which is saved again in the other one stays harmless.

use rust_xlsxwriter::{Format as CellFormat, FormatBorder, Workbook, XlsxError};
use serde::{Deserialize, Serialize};

use super::outcome::{Checked, Outcome};
use super::source::Source;
use super::words::{Tongue, Words};
use crate::batch::formulas::harmless;
use crate::transcript::Moment;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// CSV in UTF-8 with a mark in front, by which spreadsheets know it.
    Csv,
    /// XLSX.
    Xlsx,
}

/// Longest name of a sheet that a spreadsheet takes is 31 characters.
const SHEET: &str = "Kết quả";

/// All results so far.
pub(super) fn write(
    source: &Source<'_>,
    checked: &[Checked],
    format: Format,
    tongue: Tongue,
) -> Result<Vec<u8>, String> {
    let words = tongue.words();
    match format {
        Format::Csv => csv(source, checked, words).map_err(|fault| fault.to_string()),
        Format::Xlsx => xlsx(source, checked, words).map_err(|fault| fault.to_string()),
    }
}

/// Titles, then a row for each outcome. All rows are as wide as the widest.
fn table<E>(
    source: &Source<'_>,
    checked: &[Checked],
    words: &Words,
    mut put: impl FnMut(&[String]) -> Result<(), E>,
) -> Result<(), E> {
    let outcomes = || checked.iter().flat_map(|step| step.rows.iter().map(move |row| (step.at, row)));
    let own = || (0_u64..).zip(outcomes()).map(|(place, _)| source.own(place));
    let titles = source.titles();
    let width = own().map(|cells| cells.len()).max().unwrap_or(0).max(titles.len());
    let widened = |mut cells: Vec<String>| {
        cells.resize(width, String::new());
        cells
    };
    let mut head = widened(titles);
    head.extend(words.columns.iter().map(|title| (*title).to_owned()));
    put(&head)?;
    for (own, (at, outcome)) in own().zip(outcomes()) {
        let mut cells = widened(own);
        cells.extend(told(outcome, at, words));
        put(&cells)?;
    }
    Ok(())
}

/// Our columns of a row, in the order of [`Words::columns`].
fn told(outcome: &Outcome, at: Moment, words: &Words) -> Vec<String> {
    let mut cells = vec![
        outcome.row.to_string(),
        outcome.code.map(|code| code.to_string()).unwrap_or_default(),
        (words.conclusion)(outcome.conclusion()).to_owned(),
        outcome.verdict.map(words.verdict).unwrap_or_default().to_owned(),
    ];
    cells.extend(outcome.fields.all().map(|field| (words.compared)(field).to_owned()));
    cells.push((words.reason)(outcome));
    cells.push(at.to_string());
    cells
}

fn csv(source: &Source<'_>, checked: &[Checked], words: &Words) -> Result<Vec<u8>, csv::Error> {
    let mut out = b"\xEF\xBB\xBF".to_vec();
    {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
        table(source, checked, words, |cells| {
            writer.write_record(cells.iter().map(|cell| harmless(cell).into_owned()))
        })?;
        writer.flush()?;
    }
    Ok(out)
}

fn xlsx(source: &Source<'_>, checked: &[Checked], words: &Words) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(SHEET)?;
    let title = CellFormat::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let mut line = 0_u32;
    table(source, checked, words, |cells| {
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            match line {
                0 => sheet.write_string_with_format(line, column, &*harmless(cell), &title)?,
                // As text whatever it says: a code of digits alone stays one.
                _ => sheet.write_string(line, column, &*harmless(cell))?,
            };
        }
        line += 1;
        Ok::<(), XlsxError>(())
    })?;
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}
