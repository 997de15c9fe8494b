//! Lines as they come, until the titles are found, and then those below them.

use super::{Cell, Line, MAX_ROWS, TableFault};
use crate::batch::columns::Heading;

/// Most lines that are looked through for the titles: above them stand names of offices and of lists.
const LOOK: usize = 30;

/// Collects a table line by line.
#[derive(Default)]
pub(super) struct Gathering {
    /// Lines before the titles; then those below them.
    lines: Vec<Line>,
    heading: Option<Heading>,
}

/// Whether it is worth going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    /// More lines, please.
    On,
    /// There are no titles here.
    NoTitles,
}

impl Gathering {
    /// The next line; one that holds nothing is passed over.
    pub(super) fn push(&mut self, mut line: Line) -> Result<Go, TableFault> {
        let length = line.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        if length == 0 {
            return Ok(Go::On);
        }
        line.cells.truncate(length);
        if self.heading.is_some() {
            self.lines.push(line);
            return if self.lines.len() > MAX_ROWS { Err(TableFault::TooManyRows) } else { Ok(Go::On) };
        }
        match Heading::of(&line) {
            Some(heading) => {
                if !heading.has_titles() {
                    self.lines = vec![line];
                } else {
                    self.lines.clear();
                }
                self.heading = Some(heading);
            }
            None => self.lines.push(line),
        }
        Ok(if self.heading.is_none() && self.lines.len() >= LOOK { Go::NoTitles } else { Go::On })
    }

    /// Titles and rows.
    pub(super) fn finish(self) -> Result<(Heading, Vec<Line>), TableFault> {
        match (self.heading, self.lines.first()) {
            (Some(_), None) | (None, None) => Err(TableFault::Empty),
            (Some(heading), Some(_)) => Ok((heading, self.lines)),
            (None, Some(first)) => {
                Err(TableFault::NoCodeColumn { titles: first.cells.iter().map(Cell::shown).collect() })
            }
        }
    }
}
