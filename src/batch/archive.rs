//! Archives (ZIP): what is in one, counted while it is inflated and before anything else reads it.
//!
//! What an archive says of its sizes is not believed: each part is inflated once, under a running cap. Parts of one
//! archive may lie over each other, so the bytes of the file bound nothing.

use std::io::{Cursor, Read as _};

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

/// With which every part begins in the archive's list.
const LISTED: &[u8] = b"PK\x01\x02";

/// What bounds an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most parts.
    pub parts: usize,
    /// Most bytes of one part, inflated.
    pub part: u64,
    /// Most bytes of all parts, inflated.
    pub all: u64,
}

/// Why an archive is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// Not an archive, or damaged.
    #[error("the archive is damaged")]
    Damaged,
    /// Under a password.
    #[error("the archive is under a password")]
    Locked,
    /// More parts than are read.
    #[error("the archive has more than {0} files")]
    TooMany(usize),
    /// More bytes than are read.
    #[error("the archive has more than {} MiB when unpacked", .0 >> 20)]
    TooLarge(u64),
}

/// Whether the bytes begin as an archive.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// One file of an archive.
#[derive(Clone)]
pub struct Part {
    /// Its name, as the archive has it.
    pub name: String,
    /// What it holds; None for one that is longer than a part may be.
    pub bytes: Option<Vec<u8>>,
}

/// What is in it is somebody's.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Part(…)")
    }
}

/// An archive whose list was read.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    bounds: Bounds,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Reads the list of parts.
    ///
    /// # Errors
    /// [`ArchiveFault`].
    pub fn open(bytes: &'a [u8], bounds: Bounds) -> Result<Self, ArchiveFault> {
        // The list is read into memory as a whole, at ten times its size: counted before that.
        if memmem::find_iter(bytes, LISTED).take(bounds.parts + 1).count() > bounds.parts {
            return Err(ArchiveFault::TooMany(bounds.parts));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ArchiveFault::Damaged)?;
        match zip.len() <= bounds.parts {
            true => Ok(Self { zip, bounds, left: bounds.all }),
            false => Err(ArchiveFault::TooMany(bounds.parts)),
        }
    }

    /// How many parts there are, folders included.
    pub fn len(&self) -> usize {
        self.zip.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.zip.is_empty()
    }

    /// Names of the files among the parts, with their places: folders, and what systems add by themselves, left out.
    pub fn files(&self) -> Vec<(usize, String)> {
        let named = |place: usize| Some((place, self.zip.name_for_index(place)?.ok()?.into_owned()));
        (0..self.zip.len()).filter_map(named).filter(|(_, name)| !is_clutter(name)).collect()
    }

    /// Inflates one part. A part that alone is too long is left unread; all together count.
    ///
    /// # Errors
    /// [`ArchiveFault`].
    pub fn part(&mut self, place: usize) -> Result<Part, ArchiveFault> {
        let file = self.zip.by_index(place).map_err(fault)?;
        let name = file.name().map_err(fault)?.into_owned();
        let mut bytes = Vec::new();
        let most = self.bounds.part.min(self.left);
        file.take(most + 1).read_to_end(&mut bytes).map_err(|_| ArchiveFault::Damaged)?;
        let length = bytes.len() as u64;
        if length > self.left {
            return Err(ArchiveFault::TooLarge(self.bounds.all));
        }
        self.left -= length;
        Ok(Part { name, bytes: (length <= self.bounds.part).then_some(bytes) })
    }

    /// Inflates everything once and keeps nothing: whoever reads the archive afterwards meets no more than its bounds.
    ///
    /// # Errors
    /// [`ArchiveFault`].
    pub fn weigh(mut self) -> Result<(), ArchiveFault> {
        for place in 0..self.zip.len() {
            let file = self.zip.by_index(place).map_err(fault)?;
            let mut counted = file.take(self.left + 1);
            let length = std::io::copy(&mut counted, &mut std::io::sink()).map_err(|_| ArchiveFault::Damaged)?;
            self.left = self.left.checked_sub(length).ok_or(ArchiveFault::TooLarge(self.bounds.all))?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Archive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Archive({} parts)", self.len())
    }
}

fn fault(fault: ZipError) -> ArchiveFault {
    match fault {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => ArchiveFault::Locked,
        _ => ArchiveFault::Damaged,
    }
}

fn is_clutter(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.is_empty() || last.starts_with('.') || name.starts_with("__MACOSX/") || last == "Thumbs.db"
}
