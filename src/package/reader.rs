//! Lines out of an untrusted stream: one zstd frame, every length capped while it grows.
//!
//! The caps hold on what has been decompressed so far, never on what a header announces, so a
//! bomb costs no more than the line it ends in. Memory: the zstd window, one buffer, one chunk.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use super::fault::PackageFault;
use crate::signing::jws::MAX_JWS;

/// Largest zstd window granted, as a power of two: 8 MiB, what RFC 8878 asks every decoder to support
/// and what levels up to 19 use.
pub const MAX_WINDOW_LOG: u32 = 23;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// A chunk ends with the line that reaches one of these.
const CHUNK_BYTES: usize = 4 << 20;
const CHUNK_LINES: usize = 1024;

/// What a package may be at most; the values are configuration (`[intake]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most lines after the manifest.
    pub max_lines: u64,
    /// Most bytes once decompressed.
    pub max_bytes: u64,
}

/// Something a package can be read from, more than once and always from its start.
pub trait Source: Send + Sync {
    /// A new reading.
    ///
    /// # Errors
    /// When the system refuses.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// A package in memory.
impl Source for std::sync::Arc<[u8]> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(Self::clone(self))))
    }
}

/// Remembers that the source failed, so that its errors are not taken for damaged data.
struct Watched<R> {
    inner: R,
    failed: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.failed |= read.as_ref().is_err_and(|e| e.kind() != io::ErrorKind::Interrupted);
        read
    }
}

type Input = Chain<Cursor<[u8; 4]>, Watched<Box<dyn Read + Send>>>;

/// Reads lines one after the other.
pub(super) struct LineReader {
    frame: BufReader<zstd::Decoder<'static, BufReader<Input>>>,
    limits: Limits,
    line: u64,
    bytes: u64,
}

impl LineReader {
    pub(super) fn new(source: &dyn Source, limits: Limits) -> Result<Self, PackageFault> {
        let mut inner = Watched { inner: source.open().map_err(PackageFault::Unreadable)?, failed: false };
        let mut magic = [0; 4];
        match inner.read_exact(&mut magic) {
            Ok(()) if magic == ZSTD_MAGIC => {}
            Err(e) if inner.failed => return Err(PackageFault::Unreadable(e)),
            _ => return Err(PackageFault::NotZstd),
        }
        let input = Cursor::new(magic).chain(inner);
        let mut decoder = zstd::Decoder::new(input).map_err(PackageFault::Unreadable)?.single_frame();
        decoder.window_log_max(MAX_WINDOW_LOG).map_err(PackageFault::Unreadable)?;
        Ok(Self { frame: BufReader::with_capacity(1 << 17, decoder), limits, line: 0, bytes: 0 })
    }

    /// Decompressed bytes so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends the next line to `out`, without its line feed; false at the end of the package.
    pub(super) fn next_line(&mut self, out: &mut Vec<u8>) -> Result<bool, PackageFault> {
        let cap = MAX_JWS as u64 + 1;
        let read = (&mut self.frame).take(cap).read_until(b'\n', out).map_err(|e| self.name_fault(e))? as u64;
        if read == 0 {
            return self.check_end();
        }
        self.line += 1;
        self.bytes += read;
        if self.bytes > self.limits.max_bytes {
            return Err(PackageFault::TooLarge { line: self.line, max: self.limits.max_bytes });
        }
        if self.line > self.limits.max_lines.saturating_add(1) {
            return Err(PackageFault::TooManyLines { max: self.limits.max_lines });
        }
        match out.pop() {
            Some(b'\n') => Ok(true),
            _ if read == cap => Err(PackageFault::LineTooLong { line: self.line }),
            _ => Err(PackageFault::Truncated { line: self.line }),
        }
    }

    /// The next lines as one chunk, which is empty at the end of the package. A chunk that is done with
    /// lends its memory: fresh megabytes for each would cost as much as filling them.
    pub(super) fn next_chunk(&mut self, done: Chunk) -> Result<Chunk, PackageFault> {
        let Chunk { mut bytes, mut ends, .. } = done;
        bytes.clear();
        ends.clear();
        let mut chunk = Chunk { first: self.line + 1, bytes, ends };
        while chunk.bytes.len() < CHUNK_BYTES && chunk.ends.len() < CHUNK_LINES && self.next_line(&mut chunk.bytes)? {
            chunk.ends.push(chunk.bytes.len());
        }
        Ok(chunk)
    }

    fn check_end(&mut self) -> Result<bool, PackageFault> {
        let input = self.frame.get_mut().get_mut();
        match input.fill_buf() {
            Ok([]) => Ok(false),
            Ok(_) => Err(PackageFault::TrailingBytes),
            Err(e) => Err(PackageFault::Unreadable(e)),
        }
    }

    fn name_fault(&self, error: io::Error) -> PackageFault {
        let line = self.line + 1;
        let source_failed = self.frame.get_ref().get_ref().get_ref().get_ref().1.failed;
        match error.kind() {
            _ if source_failed => PackageFault::Unreadable(error),
            io::ErrorKind::UnexpectedEof => PackageFault::Truncated { line },
            // The text of ZSTD_error_frameParameter_windowTooLarge.
            _ if error.to_string().contains("too much memory") => PackageFault::Window,
            _ => PackageFault::Corrupt { line },
        }
    }
}

/// Some whole lines of a package, so that they can be worked on side by side.
#[derive(Clone, Default)]
pub struct Chunk {
    first: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Chunk {
    /// How many lines it holds.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it holds none, which is the end of the package.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Line `i` of the chunk: its number in the package, and its bytes.
    pub fn get(&self, i: usize) -> Option<(u64, &[u8])> {
        let end = *self.ends.get(i)?;
        let start = i.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some((self.first + i as u64, self.bytes.get(start..end)?))
    }
}

/// Never prints the lines.
impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({} lines from {})", self.len(), self.first)
    }
}
