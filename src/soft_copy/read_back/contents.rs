//! What is in a copy that was verified: only then is it parsed.
//!
//! Bounds hold here too. They are not against strangers, whose files never come this far, but against a mistake of
//! whoever made the copy.

use lopdf::{Dictionary, Document, Object, decode_text_string};

use super::SignedCopy;
use crate::soft_copy::pades::update;

/// Most attachments that are looked at.
const MAX_ATTACHMENTS: usize = 256;
/// Deepest tree of names.
const MAX_DEPTH: usize = 8;

/// Why the contents of a copy cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentsFault {
    /// It cannot be parsed.
    #[error("the copy cannot be parsed")]
    Parse,
    /// Not an original and one update.
    #[error("the copy has other revisions than those written here")]
    Revisions,
    /// More attachments than a copy has, or a tree of names that is no tree.
    #[error("the copy's list of attachments cannot be read")]
    Attachments,
    /// An attachment longer than the caller takes.
    #[error("an attachment is longer than it may be")]
    TooLong,
}

/// A parsed copy.
pub struct Contents {
    document: Document,
    /// Name, and the dictionary of the file.
    attachments: Vec<(String, Dictionary)>,
}

/// What is in it is somebody's transcript.
impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contents({} attachments)", self.attachments.len())
    }
}

impl Contents {
    pub(super) fn of(copy: &SignedCopy<'_>) -> Result<Self, ContentsFault> {
        let document = update::load(copy.bytes).ok_or(ContentsFault::Parse)?;
        if document.revision_count() != 2 {
            return Err(ContentsFault::Revisions);
        }
        let attachments = attachments(&document)?;
        Ok(Self { document, attachments })
    }

    /// Names of the attachments, in the order of their tree.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.attachments.iter().map(|(name, _)| name.as_str())
    }

    /// How many pages it has.
    pub fn pages(&self) -> usize {
        self.document.page_iter().take(1 << 16).count()
    }

    /// An attachment of at most this many bytes; None where none has the name.
    ///
    /// # Errors
    /// [`ContentsFault::TooLong`], [`ContentsFault::Attachments`].
    pub fn attachment(&self, name: &str, longest: usize) -> Result<Option<Vec<u8>>, ContentsFault> {
        let mut named = self.attachments.iter().filter(|(known, _)| known == name);
        let Some((_, file)) = named.next() else { return Ok(None) };
        if named.next().is_some() {
            return Err(ContentsFault::Attachments);
        }
        let embedded = file.get_deref(b"EF", &self.document).and_then(Object::as_dict);
        let stream = embedded.and_then(|files| {
            let file = files.get_deref(b"UF", &self.document).or_else(|_| files.get_deref(b"F", &self.document));
            file.and_then(Object::as_stream)
        });
        let stream = stream.map_err(|_| ContentsFault::Attachments)?;
        let bytes = match stream.dict.has(b"Filter") {
            true => stream.decompressed_content_with_limit(longest).map_err(|_| ContentsFault::TooLong)?,
            false => stream.content.clone(),
        };
        match bytes.len() <= longest {
            true => Ok(Some(bytes)),
            false => Err(ContentsFault::TooLong),
        }
    }
}

/// All leaves of the tree of embedded files.
fn attachments(document: &Document) -> Result<Vec<(String, Dictionary)>, ContentsFault> {
    let catalog = document.catalog().map_err(|_| ContentsFault::Parse)?;
    let names = catalog.get_deref(b"Names", document).and_then(Object::as_dict);
    let tree = names.and_then(|names| names.get_deref(b"EmbeddedFiles", document)).and_then(Object::as_dict);
    let Ok(tree) = tree else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut left = vec![(tree, 0)];
    let mut seen = 0;
    while let Some((node, depth)) = left.pop() {
        seen += 1;
        if depth > MAX_DEPTH || seen > MAX_ATTACHMENTS {
            return Err(ContentsFault::Attachments);
        }
        let list = |name: &[u8]| node.get_deref(name, document).and_then(Object::as_array).map(Vec::as_slice);
        for kid in list(b"Kids").unwrap_or_default().iter().rev() {
            let kid = document.dereference(kid).ok().and_then(|(_, kid)| kid.as_dict().ok());
            left.push((kid.ok_or(ContentsFault::Attachments)?, depth + 1));
        }
        for pair in list(b"Names").unwrap_or_default().chunks(2) {
            let [name, file] = pair else { return Err(ContentsFault::Attachments) };
            let file = document.dereference(file).ok().and_then(|(_, file)| file.as_dict().ok());
            let name = decode_text_string(name).map_err(|_| ContentsFault::Attachments)?;
            found.push((name, file.ok_or(ContentsFault::Attachments)?.clone()));
        }
        if found.len() > MAX_ATTACHMENTS {
            return Err(ContentsFault::Attachments);
        }
    }
    Ok(found)
}
