//! What was handed in, opened: rows to look up, and what stands beside each of them in the results.

use super::outcome::FileResult;
use crate::batch::archive::{self, Archive, ArchiveFault, Bounds};
use crate::batch::columns::{Column, Field, HeadingFault, Ignored, Preview};
use crate::batch::jobs::Input;
use crate::batch::row::{self, CellFault, Row};
use crate::batch::table::{self, Table, TableFault};
use crate::portal::Portal;
use crate::portal::soft_copy::judge::{Judged, MAX_FILE};
use crate::portal::soft_copy::print::PrintShop;
use crate::soft_copy::photo;
use crate::transcript::{Moment, TranscriptCode};

/// Longest archive or scan, in bytes.
pub const MAX_FILES_BYTES: usize = 256 << 20;
/// Most files of an archive, and most pages of a scan.
pub const MAX_FILES: usize = 400;
/// Most bytes of an archive's files together, inflated.
const MAX_INFLATED: u64 = 1 << 30;

/// Why what was handed in cannot be worked on at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// The table.
    #[error(transparent)]
    Table(#[from] TableFault),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveFault),
    /// The columns that somebody named.
    #[error(transparent)]
    Columns(#[from] HeadingFault),
    /// An archive or a scan longer than [`MAX_FILES_BYTES`].
    #[error("the file has more than {} MiB", MAX_FILES_BYTES >> 20)]
    TooLong,
    /// More files or pages than are taken at once.
    #[error("more than {MAX_FILES} files or pages: divide them")]
    TooMany,
    /// No files in the archive, no pictures in the scan.
    #[error("nothing in it can be looked up: no table, no PDF or photo, no scanned page")]
    Nothing,
}

/// What was handed in.
pub enum Source<'a> {
    /// A table.
    Table(Box<Table>),
    /// An archive of files: their places and names.
    Archive(Archive<'a>, Vec<(usize, String)>),
    /// A scan: where its pictures begin and end.
    Scan(&'a [u8], Vec<std::ops::Range<usize>>),
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({:?}, {} rows)", self.kind(), self.rows())
    }
}

impl<'a> Source<'a> {
    /// Sees what it is and opens it; columns as somebody named them, else by their titles.
    ///
    /// # Errors
    /// [`SourceFault`].
    pub fn open(bytes: &'a [u8], taken: &[(usize, Field)]) -> Result<Self, SourceFault> {
        if bytes.len() > MAX_FILES_BYTES {
            return Err(SourceFault::TooLong);
        }
        if bytes.starts_with(b"%PDF") {
            return Self::scan(bytes);
        }
        if photo::is_one(bytes) {
            return Ok(Self::Scan(bytes, std::iter::once(0..bytes.len()).collect()));
        }
        if archive::is_one(bytes) && !is_workbook(bytes)? {
            return Self::archive(bytes);
        }
        let mut table = table::read(bytes)?;
        if !taken.is_empty() {
            table.heading = table.heading.taken_as(taken)?;
        }
        Ok(Self::Table(Box::new(table)))
    }

    fn archive(bytes: &'a [u8]) -> Result<Self, SourceFault> {
        let archive = Archive::open(bytes, files_bounds())?;
        let files = archive.files();
        match files.len() {
            0 => Err(SourceFault::Nothing),
            1..=MAX_FILES => Ok(Self::Archive(archive, files)),
            _ => Err(SourceFault::TooMany),
        }
    }

    fn scan(bytes: &'a [u8]) -> Result<Self, SourceFault> {
        let pages = photo::pages(bytes, MAX_FILES + 1);
        match pages.len() {
            // A soft copy, or another PDF that bears a code.
            0 | 1 => Ok(Self::Scan(bytes, std::iter::once(0..bytes.len()).collect())),
            2..=MAX_FILES => Ok(Self::Scan(bytes, pages)),
            _ => Err(SourceFault::TooMany),
        }
    }

    /// What it is.
    pub fn kind(&self) -> Input {
        match self {
            Self::Table(_) => Input::Table,
            Self::Archive(..) => Input::Archive,
            Self::Scan(..) => Input::Scan,
        }
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Table(table) => table.lines.len() as u64,
            Self::Archive(_, files) => files.len() as u64,
            Self::Scan(_, pages) => pages.len() as u64,
        }
    }

    /// What somebody sees before it is checked.
    pub fn preview(&self) -> Preview {
        match self {
            Self::Table(table) => Preview::of(table),
            files => Preview {
                input: files.kind(),
                sheet: None,
                heading: None,
                columns: files
                    .titles()
                    .into_iter()
                    .map(|title| Column { title, taken: Err(Ignored::Unknown) })
                    .collect(),
                first: (0..files.rows().min(5)).map(|place| files.own(place)).collect(),
                rows: usize::try_from(files.rows()).unwrap_or(usize::MAX),
            },
        }
    }

    /// Titles of the columns that were handed in.
    pub fn titles(&self) -> Vec<String> {
        match self {
            Self::Table(table) => table.heading.columns().iter().map(|column| column.title.clone()).collect(),
            Self::Archive(..) => vec!["Tệp".to_owned()],
            Self::Scan(..) => vec!["Trang".to_owned()],
        }
    }

    /// What was handed in for a row, column by column; as long as the titles, or longer.
    pub fn own(&self, place: u64) -> Vec<String> {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        match self {
            Self::Table(table) => {
                let width = table.heading.columns().len();
                let line = table.lines.get(place);
                line.map_or_else(Vec::new, |line| {
                    (0..width.max(line.cells.len())).map(|column| line.cell(column).shown()).collect()
                })
            }
            Self::Archive(_, files) => files.get(place).map(|(_, name)| name.clone()).into_iter().collect(),
            Self::Scan(..) => vec![(place + 1).to_string()],
        }
    }

    /// Everything that is looked up, read now: of files only when their turn comes.
    pub(super) fn table_rows(&self) -> Vec<Row> {
        match self {
            Self::Table(table) => row::read_all(table),
            Self::Archive(..) | Self::Scan(..) => Vec::new(),
        }
    }

    /// What a file is, and the row that it gives.
    pub(super) fn file_row(&mut self, place: u64, portal: &Portal, shop: &PrintShop, now: Moment) -> (Row, FileResult) {
        let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let at = usize::try_from(place).unwrap_or(usize::MAX);
        let judged = match self {
            Self::Table(_) => None,
            Self::Archive(archive, files) => files.get(at).and_then(|(part, _)| {
                // A part that is damaged, or one too many bytes of all: the file cannot be read.
                let bytes = archive.part(*part).ok()?.bytes?;
                (bytes.len() <= MAX_FILE).then(|| portal.judge_soft_copy(&bytes, shop, now))
            }),
            Self::Scan(bytes, pages) => pages
                .get(at)
                .and_then(|page| bytes.get(page.clone()))
                .and_then(|page| (page.len() <= MAX_FILE).then(|| portal.judge_soft_copy(page, shop, now))),
        };
        let (code, result) = judged.map_or((Err(CellFault::TooLong), FileResult::TooLong), |judged| told(&judged));
        (Row::of_code(number, code), result)
    }
}

fn files_bounds() -> Bounds {
    // Folders and what systems add are parts too.
    Bounds { parts: 4 * MAX_FILES, part: MAX_FILE as u64, all: MAX_INFLATED }
}

/// A spreadsheet is an archive with a workbook in it.
fn is_workbook(bytes: &[u8]) -> Result<bool, SourceFault> {
    let bounds = Bounds { parts: table::MAX_PARTS, ..files_bounds() };
    let names = Archive::open(bytes, bounds)?.files();
    Ok(names.iter().any(|(_, name)| name.eq_ignore_ascii_case("xl/workbook.xml") || name == "content.xml"))
}

fn told(judged: &Judged) -> (Result<TranscriptCode, CellFault>, FileResult) {
    match judged {
        Judged::Genuine(genuine) => {
            let result = match genuine.is_current() {
                Some(true) => FileResult::GenuineCurrent,
                Some(false) => FileResult::GenuineOlder,
                None => FileResult::Unchecked,
            };
            (Ok(genuine.code), result)
        }
        Judged::Altered => (Err(CellFault::NoCode), FileResult::Altered),
        Judged::CodeOnly { code, .. } => (Ok(*code), FileResult::CodeOnly),
        // A report of ours among them names no single transcript.
        Judged::Report(_) | Judged::NotIssuedHere | Judged::Unreadable => {
            (Err(CellFault::NoCode), FileResult::NotIssuedHere)
        }
    }
}
