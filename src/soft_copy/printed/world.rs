//! The files a template can see: the templates, the copy's data, the files to attach. Every other path is denied.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt as _, World};

use super::{Attachment, fonts};

/// What is typeset: the template that brings the others in, and where it finds its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// A transcript.
    Transcript,
    /// The report of a batch.
    BatchReport,
    /// The numbers of either's pages.
    PageNumbers,
}

impl Form {
    const fn main(self) -> &'static str {
        match self {
            Self::Transcript => "hoc-ba.typ",
            Self::BatchReport => "bao-cao.typ",
            Self::PageNumbers => "so-trang.typ",
        }
    }

    /// What templates call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Transcript => "hoc_ba",
            Self::BatchReport => "bao_cao",
            Self::PageNumbers => "so_trang",
        }
    }

    const fn data(self) -> &'static str {
        match self {
            Self::Transcript => "hoc-ba.json",
            Self::BatchReport => "bao-cao.json",
            Self::PageNumbers => "so-trang.json",
        }
    }
}

/// The templates, as they were compiled in.
const FORMS: [(&str, &str); 10] = [
    (Form::Transcript.main(), include_str!("forms/hoc-ba.typ")),
    (Form::BatchReport.main(), include_str!("forms/bao-cao.typ")),
    (Form::PageNumbers.main(), include_str!("forms/so-trang.typ")),
    ("chu.typ", include_str!("forms/chu.typ")),
    ("chung.typ", include_str!("forms/chung.typ")),
    ("bia.typ", include_str!("forms/bia.typ")),
    ("ly-lich.typ", include_str!("forms/ly-lich.typ")),
    ("tieu-hoc.typ", include_str!("forms/tieu-hoc.typ")),
    ("trung-hoc.typ", include_str!("forms/trung-hoc.typ")),
    ("hoc-ba-cu.typ", include_str!("forms/hoc-ba-cu.typ")),
];

/// The path of the attachment at a place, as the templates name it. Paths are numbered, because the typesetter keeps
/// every path it ever saw.
pub(super) fn attachment_path(place: usize) -> String {
    format!("dinh-kem/{place}")
}

/// The file with the QR of pages, as the templates name it: every page shows it, and the document holds it once.
const PAGE_QR: &str = "qr-trang";

/// A square picture, one byte a pixel.
pub(super) struct Picture(pub(super) Vec<u8>);

/// What every document shares.
struct Shelf {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    forms: HashMap<FileId, Source>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let forms = FORMS.iter().filter_map(|(path, text)| id(path).map(|id| (id, Source::new(id, (*text).to_owned()))));
    Shelf {
        // Row headers of tables, which readers of the screen need, are behind this feature.
        library: LazyHash::new(Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build()),
        book: LazyHash::new(FontBook::from_fonts(fonts::all())),
        forms: forms.collect(),
    }
});

fn id(path: &str) -> Option<FileId> {
    VirtualPath::new(path).ok().map(|path| RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document's files.
pub(super) struct Desk {
    main: Option<FileId>,
    files: HashMap<FileId, Bytes>,
}

impl Desk {
    /// A desk with the data of a form, the QR of its pages, and the files to attach.
    pub(super) fn new(form: Form, data: Vec<u8>, page_qr: Option<Picture>, attachments: Vec<Attachment>) -> Self {
        let attached = attachments.into_iter().enumerate().map(|(place, a)| (attachment_path(place), a.bytes));
        let drawn = page_qr.map(|Picture(pixels)| (PAGE_QR.to_owned(), pixels));
        let all = std::iter::once((form.data().to_owned(), data)).chain(drawn).chain(attached);
        Self {
            main: id(form.main()),
            files: all.filter_map(|(path, bytes)| Some((id(&path)?, Bytes::new(bytes)))).collect(),
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHELF.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHELF.book
    }

    fn main(&self) -> FileId {
        // There is no other file to fall back on; `source` then finds nothing, and the document is refused.
        self.main.unwrap_or_else(|| FileId::from_raw(std::num::NonZeroU16::MIN))
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SHELF.forms.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::all().get(index).cloned()
    }

    /// None: a copy knows no other time than the one it was issued at.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
