//! Why a copy could not be typeset.

use std::fmt;

use typst::diag::SourceDiagnostic;
use typst::{World as _, WorldExt as _};

use super::limits::{MAX_ATTACHED, MAX_ATTACHMENTS, MAX_ROWS, MAX_SHEETS, MAX_TEXT};
use super::world::Desk;

/// Why a copy could not be typeset.
#[derive(Debug, thiserror::Error)]
pub enum PrintFault {
    /// No sheet was given, or none of the extract's year.
    #[error("there is no sheet to print")]
    NoSheet,
    /// More sheets than a booklet has.
    #[error("a copy holds at most {MAX_SHEETS} sheets")]
    TooManySheets,
    /// More rows than any form has.
    #[error("a copy holds at most {MAX_ROWS} rows")]
    TooManyRows,
    /// More text than forms hold.
    #[error("a copy holds at most {MAX_TEXT} bytes of text")]
    TooMuchText,
    /// Too many files to attach.
    #[error("a copy holds at most {MAX_ATTACHMENTS} files")]
    TooManyAttachments,
    /// Files too large to attach.
    #[error("the files in a copy have at most {MAX_ATTACHED} bytes")]
    AttachmentsTooLarge,
    /// A file without a usable name, or two of one name.
    #[error("a file to attach has a name that is not plain, or that another one has")]
    AttachmentName,
    /// An address or a token longer than a QR code holds.
    #[error(transparent)]
    Qr(#[from] crate::soft_copy::qr::TooLong),
    /// A value that cannot be written as JSON, or a time outside the calendar.
    #[error("the copy's data cannot be written")]
    Data,
    /// A template that does not work.
    #[error("the form cannot be typeset: {0}")]
    Form(FormFault),
}

/// Where a template fails, and why.
pub struct FormFault {
    place: String,
    message: String,
}

impl FormFault {
    /// The typesetter's own words, for whoever edits the template. They may quote the record.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// The place alone: the message may quote what a teacher wrote.
impl fmt::Display for FormFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Debug for FormFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormFault({})", self.place)
    }
}

impl PrintFault {
    /// From the typesetter's list, of which the first counts.
    pub(super) fn form(desk: &Desk, faults: &[SourceDiagnostic]) -> Self {
        let Some(first) = faults.first() else {
            return Self::Form(FormFault { place: "somewhere".to_owned(), message: String::new() });
        };
        let place = first.span.id().map_or_else(
            || "the whole document".to_owned(),
            |file| {
                let at = desk.range(first.span).and_then(|range| {
                    let source = desk.source(file).ok()?;
                    source.lines().byte_to_line(range.start)
                });
                format!("{}, line {}", file.vpath().get_without_slash(), at.map_or(0, |line| line + 1))
            },
        );
        let hints = first.hints.iter().map(|hint| hint.v.as_str());
        let message = std::iter::once(first.message.as_str()).chain(hints).collect::<Vec<_>>().join("; ");
        Self::Form(FormFault { place, message })
    }
}
