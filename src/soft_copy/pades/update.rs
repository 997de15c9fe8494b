//! The incremental update with which a finished PDF is signed, and which files may be.
//!
//! What is there stays byte for byte, tags and attachments included, so that a PDF/A-3a and PDF/UA-1 file stays one:
//! the widget has no area and stands outside the page, which needs neither an appearance (PDF/A-3 §6.3.3) nor a place
//! in the structure tree (PDF/UA-1 §7.18.1), and the page's tab order follows the structure.

use std::ops::Range;

use lopdf::{Dictionary, Document, IncrementalDocument, LoadOptions, Object, ObjectId, StringFormat, dictionary};
use memchr::memmem;
use sha2::{Digest as _, Sha256};

use super::sign::Particulars;
use super::{MAX_PDF, ROOM};
use crate::transcript::time::Moment;

/// What stands before the numbers of a byte range, and between them and the envelope.
pub(in crate::soft_copy) const RANGE: &[u8] = b"/ByteRange[";
/// What stands between the numbers of a byte range and the envelope.
pub(in crate::soft_copy) const CONTENTS: &[u8] = b"]/Contents";
/// What stands before the time of signing.
pub(in crate::soft_copy) const TIME: &[u8] = b"/M(D:";
/// Once in each revision.
pub(in crate::soft_copy) const START: &[u8] = b"startxref";
/// A number of the byte range before it is known: as many digits as the longest file needs.
const PLACEHOLDER: i64 = 9_999_999_999;
/// Most bytes that one stream of a file to be signed may decompress to.
pub(in crate::soft_copy) const MAX_STREAM: usize = 16 << 20;
/// Entries that make a file do something, or that another program would fill in: none of them is in a soft copy.
const ACTIVE: [&[u8]; 9] =
    [b"JS", b"JavaScript", b"XFA", b"AA", b"Launch", b"RichMedia", b"SubmitForm", b"ImportData", b"AcroForm"];

/// Why a file is not one that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpdateFault {
    /// Longer than any soft copy.
    #[error("the PDF is longer than any soft copy")]
    TooLong,
    /// Not a whole PDF of one revision.
    #[error("not a PDF of a single revision")]
    Form,
    /// It cannot be parsed, or has no page.
    #[error("the PDF cannot be parsed")]
    Parse,
    /// It is signed, certified or encrypted.
    #[error("the PDF is signed or encrypted already")]
    Taken,
    /// It holds scripts, forms or actions.
    #[error("the PDF holds a form, a script or an action")]
    Active,
    /// The update could not be written.
    #[error("the signature could not be put into the PDF")]
    Write,
}

/// A file that is complete but for the envelope.
pub(super) struct Prepared {
    pub(super) bytes: Vec<u8>,
    /// Where the envelope goes: from `<` to `>`, both included.
    pub(super) gap: Range<usize>,
}

impl Prepared {
    /// SHA-256 of all but the gap.
    pub(super) fn digest(&self) -> [u8; 32] {
        digest_around(&self.bytes, &self.gap)
    }
}

/// SHA-256 of the bytes before and after a gap.
pub(in crate::soft_copy) fn digest_around(bytes: &[u8], gap: &Range<usize>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(bytes.get(..gap.start).unwrap_or_default());
    hasher.update(bytes.get(gap.end..).unwrap_or_default());
    hasher.finalize().into()
}

/// Appends everything but the envelope, for which it leaves room.
pub(super) fn prepare(pdf: &[u8], particulars: &Particulars<'_>) -> Result<Prepared, UpdateFault> {
    check_bytes(pdf)?;
    let document = load(pdf).ok_or(UpdateFault::Parse)?;
    check_parts(&document)?;
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), document);
    fill(&mut update, pdf, particulars).ok_or(UpdateFault::Write)?;
    let mut bytes = Vec::with_capacity(pdf.len() + 2 * ROOM + 4096);
    update.save_to(&mut bytes).map_err(|_| UpdateFault::Write)?;
    // Some checkers count a file without it as one whose end was cut.
    bytes.push(b'\n');
    let gap = write_range(&mut bytes, pdf.len()).ok_or(UpdateFault::Write)?;
    Ok(Prepared { bytes, gap })
}

/// Parses strictly and within bounds.
pub(in crate::soft_copy) fn load(pdf: &[u8]) -> Option<Document> {
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), strict: true, ..LoadOptions::default() };
    Document::load_mem_with_options(pdf, options).ok()
}

fn check_bytes(pdf: &[u8]) -> Result<(), UpdateFault> {
    if pdf.len() > MAX_PDF - 2 * ROOM - (64 << 10) {
        return Err(UpdateFault::TooLong);
    }
    let ends = [&b"%%EOF"[..], b"%%EOF\n", b"%%EOF\r\n"].iter().any(|end| pdf.ends_with(end));
    if !pdf.starts_with(b"%PDF-1.") || !ends || memmem::find_iter(pdf, START).count() != 1 {
        return Err(UpdateFault::Form);
    }
    match memmem::find(pdf, b"/ByteRange") {
        Some(_) => Err(UpdateFault::Taken),
        None => Ok(()),
    }
}

fn check_parts(document: &Document) -> Result<(), UpdateFault> {
    let catalog = document.catalog().map_err(|_| UpdateFault::Parse)?;
    if document.is_encrypted() || document.trailer.has(b"Encrypt") || catalog.has(b"Perms") {
        return Err(UpdateFault::Taken);
    }
    match is_active(document) {
        true => Err(UpdateFault::Active),
        false => Ok(()),
    }
}

/// Whether any object has an entry or an action of [`ACTIVE`].
fn is_active(document: &Document) -> bool {
    let mut left: Vec<&Object> = document.objects.values().collect();
    while let Some(object) = left.pop() {
        let dictionary = match object {
            Object::Array(members) => {
                left.extend(members);
                continue;
            }
            Object::Dictionary(dictionary) => dictionary,
            Object::Stream(stream) => &stream.dict,
            _ => continue,
        };
        for (name, value) in dictionary {
            let is_action = || name == b"S" && value.as_name().is_ok_and(|action| ACTIVE.contains(&action));
            if ACTIVE.contains(&name.as_slice()) || is_action() {
                return true;
            }
            left.push(value);
        }
    }
    false
}

/// The new and changed objects: signature, widget, first page, catalog.
fn fill(update: &mut IncrementalDocument, pdf: &[u8], particulars: &Particulars<'_>) -> Option<()> {
    let page = update.get_prev_documents().page_iter().next()?;
    let catalog = update.get_prev_documents().trailer.get(b"Root").and_then(Object::as_reference).ok()?;
    let signature = update.new_document.add_object(signature(particulars));
    let widget = update.new_document.add_object(dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => text("hocba.ban_mem"),
        "TU" => text("Chữ ký số của hệ thống cấp bản mềm học bạ"),
        // Printed, and locked.
        "F" => 132,
        "Rect" => vec![Object::Integer(-10); 4],
        "P" => page,
        "V" => signature,
    });
    annotate(update, page, widget)?;
    update.opt_clone_object_to_new_document(catalog).ok()?;
    let catalog = update.new_document.get_object_mut(catalog).and_then(Object::as_dict_mut).ok()?;
    // Signatures exist; only ever append.
    catalog.set("AcroForm", dictionary! { "Fields" => vec![widget.into()], "SigFlags" => 3 });
    catalog.set("Perms", dictionary! { "DocMDP" => signature });
    renew_id(&mut update.new_document.trailer, pdf, particulars);
    Some(())
}

fn annotate(update: &mut IncrementalDocument, page: ObjectId, widget: ObjectId) -> Option<()> {
    update.opt_clone_object_to_new_document(page).ok()?;
    let dictionary = update.new_document.get_object_mut(page).and_then(Object::as_dict_mut).ok()?;
    dictionary.set("Tabs", "S");
    match dictionary.get_mut(b"Annots") {
        Ok(Object::Array(list)) => list.push(widget.into()),
        Ok(Object::Reference(list)) => {
            let list = *list;
            update.opt_clone_object_to_new_document(list).ok()?;
            update.new_document.get_object_mut(list).and_then(Object::as_array_mut).ok()?.push(widget.into());
        }
        _ => dictionary.set("Annots", vec![Object::from(widget)]),
    }
    Some(())
}

/// Its members in the order in which reading back expects the last three.
fn signature(particulars: &Particulars<'_>) -> Dictionary {
    let parameters = dictionary! { "Type" => "TransformParams", "P" => 1, "V" => "1.2" };
    let reference = dictionary! { "Type" => "SigRef", "TransformMethod" => "DocMDP", "TransformParams" => parameters };
    dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "Name" => text(particulars.name),
        "Reason" => text(particulars.reason),
        "Location" => text(particulars.location),
        "Reference" => vec![reference.into()],
        "M" => Object::String(time(particulars.at).into_bytes(), StringFormat::Literal),
        "ByteRange" => [0, PLACEHOLDER, PLACEHOLDER, PLACEHOLDER].map(Object::Integer).to_vec(),
        "Contents" => Object::String(vec![0; ROOM], StringFormat::Hexadecimal),
    }
}

/// A text string: UTF-16 with its mark, in hexadecimal digits.
fn text(text: &str) -> Object {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

/// `D:20261128070304+07'00'`, in Vietnam's time.
fn time(at: Moment) -> String {
    let digits: String = at.to_vietnam_rfc3339().chars().take(19).filter(char::is_ascii_digit).collect();
    format!("D:{digits}+07'00'")
}

/// The moment that [`TIME`] stands before.
pub(in crate::soft_copy) fn read_time(text: &[u8]) -> Option<Moment> {
    let (digits, zone) = text.get(..21)?.split_at(14);
    if zone != b"+07'00'" || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    let part = |from: usize, to: usize| digits.get(from..to);
    let (date, clock) = (
        format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?),
        format!("{}:{}:{}", part(8, 10)?, part(10, 12)?, part(12, 14)?),
    );
    Moment::parse(&format!("{date}T{clock}+07:00"))
}

/// The second half of the file's name changes with each revision; ours follows from what is signed and when.
fn renew_id(trailer: &mut Dictionary, pdf: &[u8], particulars: &Particulars<'_>) {
    let mut hasher = Sha256::new();
    hasher.update(pdf);
    hasher.update(time(particulars.at));
    let id: Vec<u8> = hasher.finalize().iter().take(16).copied().collect();
    let first = match trailer.get(b"ID").and_then(Object::as_array).ok().and_then(|ids| ids.first()) {
        Some(Object::String(first, _)) => first.clone(),
        _ => id.clone(),
    };
    let hex = |bytes| Object::String(bytes, StringFormat::Hexadecimal);
    trailer.set("ID", vec![hex(first), hex(id)]);
}

/// Writes the numbers over their placeholders, the rest filled with spaces. Gives the gap.
fn write_range(bytes: &mut [u8], from: usize) -> Option<Range<usize>> {
    let numbers = from + memmem::find(bytes.get(from..)?, RANGE)? + RANGE.len();
    let contents = numbers + memmem::find(bytes.get(numbers..)?, CONTENTS)?;
    let start = contents + CONTENTS.len();
    let gap = start..start + 2 * ROOM + 2;
    if bytes.get(gap.start) != Some(&b'<') || bytes.get(gap.end - 1) != Some(&b'>') {
        return None;
    }
    let text = format!("0 {} {} {}", gap.start, gap.end, bytes.len() - gap.end);
    let place = bytes.get_mut(numbers..contents).filter(|place| place.len() >= text.len())?;
    place.fill(b' ');
    place.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    Some(gap)
}
