//! CSV: whatever stands between the fields, in any encoding that is known for certain.

use csv::{ReaderBuilder, StringRecord};

use super::gathering::{Gathering, Go};
use super::{Cell, Form, Line, MAX_COLUMNS, Table, TableFault, encoding};
use crate::batch::columns::Heading;

/// What may stand between fields, likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Most lines of a text that are tried with each of them.
const TRIED: usize = 30;

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableFault> {
    let (text, encoding) = encoding::decode(bytes).ok_or(TableFault::Encoding)?;
    // Controls other than tabs and ends of lines stand in no table.
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(TableFault::NoTable);
    }
    let (named, text) = named_separator(&text);
    let separator = named.unwrap_or_else(|| separator(text));
    let mut gathering = Gathering::default();
    for line in lines(text, separator, u32::from(named.is_some())) {
        if gathering.push(line?)? == Go::NoTitles {
            break;
        }
    }
    let (heading, lines) = gathering.finish()?;
    Ok(Table { form: Form::Delimited { encoding, separator: char::from(separator) }, heading, lines })
}

/// Excel's own first line, `sep=;`.
fn named_separator(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) => (Some(*separator), rest),
        _ => (None, text),
    }
}

/// The separator under which most columns are known; with none known, the one that divides the most.
fn separator(text: &str) -> u8 {
    let weigh = |separator: u8| {
        let tried = lines(text, separator, 0).take(TRIED).filter_map(Result::ok);
        tried.map(|line| (Heading::of(&line).map_or(0, |h| h.known()), line.cells.len())).max().unwrap_or_default()
    };
    let weighed = SEPARATORS.into_iter().rev().map(|separator| (weigh(separator), separator));
    weighed.max_by_key(|(weight, _)| *weight).map_or(b',', |(_, separator)| separator)
}

fn lines(text: &str, separator: u8, before: u32) -> impl Iterator<Item = Result<Line, TableFault>> {
    let mut reader =
        ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    std::iter::from_fn(move || match reader.read_record(&mut record) {
        Ok(true) => Some(line(&record, before)),
        Ok(false) => None,
        Err(_) => Some(Err(TableFault::Encoding)),
    })
}

fn line(record: &StringRecord, before: u32) -> Result<Line, TableFault> {
    let at = record.position().map_or(0, csv::Position::line);
    let number = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(before);
    let beyond = record.iter().skip(MAX_COLUMNS).any(|field| !field.trim().is_empty());
    match beyond {
        true => Err(TableFault::TooManyColumns { row: number }),
        false => Ok(Line { number, cells: record.iter().take(MAX_COLUMNS).map(Cell::text).collect(), merged: 0 }),
    }
}
