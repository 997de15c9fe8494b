//! The printed form of a transcript (bản mềm): an unsigned PDF/A-3a and PDF/UA-1 in the ministry's form.
//!
//! What is printed comes from opened sheets; how it looks stands in `forms/*.typ`, which a clerk can edit without
//! Rust (`docs/soft-copy.md`). The two meet in one file of JSON that the templates read: nothing a learner's name
//! holds is ever evaluated, and a template can open no other file.
//!
//! The same input gives the same bytes: the only time in a copy is the one it says it was issued at, and no page
//! depends on what was typeset before.
//!
//! # Time and memory
//!
//! Typesetting takes some 6 ms a page and waits for nothing: it has a thread of its own (`press`), and the caller's
//! waits for that one, so it belongs on a thread that may be busy. What a document may hold is capped before
//! typesetting begins ([`limits`]): an ordinary one of 6 pages takes 0.04 s, one of a hundred pages, near the caps,
//! seconds and 160 MB (`docs/soft-copy.md`). The typesetter's memory of past documents is cleared after each one: it
//! would grow without end, and it is about learners.
//!
//! | file | holds |
//! |---|---|
//! | `data` | what the templates read |
//! | `report` | what the template of a batch's report reads |
//! | `limits` | what a document may hold |
//! | `fonts` | the typefaces, and characters that none of them has |
//! | `numbers` | page numbers |
//! | `press` | the threads that typeset |
//! | `world` | the files a template can see |

mod data;
mod fault;
mod fonts;
pub mod limits;
mod numbers;
mod press;
mod report;
mod world;

use serde_json::Value;
use typst::diag::Warned;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub use fault::PrintFault;
pub use report::{BatchReport, ReportRow};

use crate::transcript::contents::Contents;
use crate::transcript::time::{Day, VIETNAM};
use crate::transcript::{Level, Moment, SchoolYear, SheetClaims, TranscriptCode};

/// What a copy prints.
#[derive(Debug, Clone, Copy)]
pub struct PrintedTranscript<'a> {
    /// The lookup code (mã tra cứu), printed on every page.
    pub code: TranscriptCode,
    /// The level of schooling: which form.
    pub level: Level,
    /// The opened sheets, oldest first; of one year, what was replaced stands before what replaced it.
    pub sheets: &'a [PrintedSheet<'a>],
    /// The system that stores the original (hệ thống thông tin).
    pub system: &'a str,
    /// Who owns the system (cơ quan chủ quản).
    pub owner: &'a str,
    /// The portal's public address, which every page's QR leads to.
    pub public_url: &'a str,
    /// When the copy is issued.
    pub issued_at: Moment,
    /// The token for the QR on the cover; None prints the QR of the address alone.
    pub token: Option<&'a str>,
    /// Who converts the copy to paper; only then is it called a conversion.
    pub converter: Option<Converter<'a>>,
    /// Only this school year: an extract (trích lục học bạ).
    pub extract: Option<SchoolYear>,
}

/// One school year to print.
#[derive(Debug, Clone, Copy)]
pub struct PrintedSheet<'a> {
    /// Its clear claims.
    pub claims: &'a SheetClaims,
    /// The groups that were opened; what is missing is left out.
    pub contents: &'a Contents,
    /// Whether it counts.
    pub standing: Standing,
}

/// A year's standing when the copy was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Có hiệu lực.
    InForce,
    /// Bị thu hồi, since when where known: watermarked.
    Withdrawn(Option<Day>),
    /// Được thay thế, since when where known: watermarked.
    Replaced(Option<Day>),
    /// Đang được rà soát, since when where known.
    Suspended(Option<Day>),
    /// Chưa có hiệu lực.
    NotInForce,
}

/// Who converts a copy to paper (người chuyển đổi), Decree 137/2024.
#[derive(Debug, Clone, Copy)]
pub struct Converter<'a> {
    /// The body (cơ quan, tổ chức).
    pub body: &'a str,
    /// The person's full name.
    pub person: &'a str,
    /// When.
    pub at: Moment,
}

/// A file inside the copy.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name: ASCII letters, digits, dots, hyphens, underscores.
    pub name: String,
    /// What it is, for whoever finds it.
    pub description: String,
    /// Its media type.
    pub media_type: String,
    /// What it is to the pages (`AFRelationship`).
    pub relation: Relation,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What an attached file is to the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The pages were made from it: signed sheets.
    Source,
    /// The pages show its data.
    Data,
    /// It goes with them: evidence, a note on how to check.
    Supplement,
}

/// A typeset copy.
#[derive(Clone)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages.
    pub pages: usize,
    /// Characters of the record that the document's own typeface does not have, each once, in order: set in the
    /// fallback typeface where that has them, else by their number (`[U+4E2D]`).
    pub substituted: Vec<char>,
}

/// Never prints the file.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({} pages, {} bytes)", self.pages, self.pdf.len())
    }
}

/// Typesets a copy. A character no typeface has is printed by its number and reported, never refused.
///
/// # Errors
/// [`PrintFault`]: nothing to print, more than [`limits`] allow, or a template that does not work.
pub fn render(transcript: &PrintedTranscript<'_>, attachments: Vec<Attachment>) -> Result<Rendered, PrintFault> {
    limits::check_attachments(&attachments)?;
    let (data, page_qr) = data::of(transcript, &attachments)?;
    let papers = Papers { form: world::Form::Transcript, data, page_qr: Some(page_qr), attachments };
    print(papers, &transcript.code.to_string(), transcript.issued_at)
}

/// Typesets the report of a batch ([`BatchReport`]), as [`render`] does a copy.
///
/// # Errors
/// [`PrintFault`].
pub fn render_report(report: &BatchReport<'_>, attachments: Vec<Attachment>) -> Result<Rendered, PrintFault> {
    limits::check_attachments(&attachments)?;
    let data = report.data(&attachments)?;
    print(Papers { form: world::Form::BatchReport, data, page_qr: None, attachments }, report.batch, report.made_at)
}

/// What is laid on the desk before a document is typeset.
struct Papers {
    form: world::Form,
    data: Value,
    page_qr: Option<world::Picture>,
    attachments: Vec<Attachment>,
}

/// `about` and `at` name the file: the same input gives the same bytes.
fn print(papers: Papers, about: &str, at: Moment) -> Result<Rendered, PrintFault> {
    let Papers { form, mut data, page_qr, attachments } = papers;
    limits::check_data(&data)?;
    let substituted = fonts::substitute(&mut data);
    let json = serde_json::to_vec(&data).map_err(|_| PrintFault::Data)?;
    let desk = world::Desk::new(form, json, page_qr, attachments);
    let (pdf, pages) = press::alone(|| {
        let printed = typeset(form, &desk, about, at);
        // Whatever came of it: what was remembered is about these learners alone. On the thread that remembered it, to
        // which the memory goes back.
        typst::comemo::evict(0);
        printed
    })?;
    Ok(Rendered { pdf, pages, substituted })
}

fn typeset(form: world::Form, desk: &world::Desk, about: &str, at: Moment) -> Result<(Vec<u8>, usize), PrintFault> {
    let Warned { output, warnings: _ } = typst::compile::<PagedDocument>(desk);
    let document = output.map_err(|faults| PrintFault::form(desk, &faults))?;
    let document = numbers::number(form, &document)?;
    let options = options(about, at).ok_or(PrintFault::Data)?;
    let pdf = typst_pdf::pdf(&document, &options).map_err(|faults| PrintFault::form(desk, &faults))?;
    Ok((pdf, document.pages().len()))
}

/// Archival and accessible. The file's identifier and date follow from the input, so the bytes do too.
fn options(about: &str, at: Moment) -> Option<PdfOptions> {
    let minutes = VIETNAM.seconds() / 60;
    Some(PdfOptions {
        ident: Smart::Custom(format!("{about} {at}")),
        creator: Smart::Custom(Some("hocba".to_owned())),
        timestamp: Some(Timestamp::new_local(civil(at)?, minutes)?),
        standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]).ok()?,
        ..PdfOptions::default()
    })
}

/// The date and time in Vietnam.
fn civil(at: Moment) -> Option<Datetime> {
    let text = at.to_vietnam_rfc3339();
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let year = text.get(..4)?.parse().ok()?;
    Datetime::from_ymd_hms(year, part(5, 7)?, part(8, 10)?, part(11, 13)?, part(14, 16)?, part(17, 19)?)
}
