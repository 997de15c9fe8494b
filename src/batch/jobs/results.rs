//! What came of the rows: records that are appended, each with so many rows.
//!
//! ```text
//! rows u32 ‖ length u32 ‖ sealed[length]      sealed under "<id>.results/<first row>/<rows>"
//! ```

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use crate::seal::Seal;

/// Most bytes of one record.
pub const MAX_CHUNK: usize = 32 << 20;
const HEAD: usize = 8;

/// How far a file of results goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Rows in it.
    pub(super) rows: u64,
    /// Bytes in it.
    pub(super) length: u64,
}

/// Rows that were read back.
pub struct Chunk {
    /// The first of them, counted from 0.
    pub first: u64,
    /// How many.
    pub rows: u64,
    /// What came of them, as it was handed over.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// What is in it is somebody's.
impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({} rows from {})", self.rows, self.first)
    }
}

fn name(of: &str, first: u64, rows: u64) -> String {
    format!("{of}/{first}/{rows}")
}

/// Appends rows behind what is there, and waits until they are durable. Whatever a failure leaves lies beyond the
/// extent, is not read, and is written over by the next try.
pub(super) fn append(
    seal: &Seal,
    path: &Path,
    of: &str,
    extent: Extent,
    rows: u32,
    bytes: &[u8],
) -> io::Result<Extent> {
    let sealed = seal.close(&name(of, extent.rows, rows.into()), bytes);
    let sealed = sealed.ok_or_else(|| io::Error::other("no randomness"))?;
    let length = u32::try_from(sealed.len()).ok().filter(|length| *length as usize <= MAX_CHUNK);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
    let record = [&rows.to_be_bytes(), &length.to_be_bytes(), sealed.as_slice()].concat();
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.set_len(extent.length)?;
    file.seek(SeekFrom::Start(extent.length))?;
    file.write_all(&record)?;
    file.sync_data()?;
    Ok(Extent { rows: extent.rows + u64::from(rows), length: extent.length + record.len() as u64 })
}

/// A file of results that is read from its first record on.
pub(super) struct Reading {
    file: Option<File>,
    at: Extent,
    until: u64,
}

impl Reading {
    /// Up to so many bytes; a file that is not there holds nothing.
    pub(super) fn open(path: &Path, until: u64) -> io::Result<Self> {
        let file = match File::open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            opened => Some(opened?),
        };
        Ok(Self { file, at: Extent::default(), until })
    }

    /// The next record; None at the end, or where what is left is no whole record.
    pub(super) fn next(&mut self, seal: &Seal, of: &str) -> io::Result<Option<Result<Chunk, Torn>>> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let mut head = [0; HEAD];
        if self.at.length + HEAD as u64 > self.until || !filled(file, &mut head)? {
            return Ok(None);
        }
        let number = |from: usize| u32::from_be_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]]);
        let (rows, length) = (u64::from(number(0)), number(4) as usize);
        let end = self.at.length + (HEAD + length) as u64;
        if length > MAX_CHUNK || end > self.until {
            return Ok(Some(Err(Torn)));
        }
        let mut sealed = vec![0; length];
        let whole = filled(file, &mut sealed)?;
        let first = self.at.rows;
        match seal.open(&name(of, first, rows), &sealed).filter(|_| whole) {
            None => Ok(Some(Err(Torn))),
            Some(bytes) => {
                self.at = Extent { rows: first + rows, length: end };
                Ok(Some(Ok(Chunk { first, rows, bytes })))
            }
        }
    }

    /// How far it was read.
    pub(super) fn at(&self) -> Extent {
        self.at
    }
}

/// A record that is not what was written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Torn;

fn filled(file: &mut File, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}
