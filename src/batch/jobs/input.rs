//! What was handed in, sealed in parts: each names its place and how many there are, so that none can be missing.

use std::io;
use std::path::Path;

use crate::fsync;
use crate::seal::{OVERHEAD, Seal};

/// Bytes of one part before it is sealed.
const PART: usize = 1 << 20;

fn name(of: &str, place: usize, parts: usize) -> String {
    format!("{of}/{place}/{parts}")
}

/// Writes it, durable but for its name; None when the system gives no randomness.
pub(super) fn write(seal: &Seal, path: &Path, of: &str, bytes: &[u8]) -> io::Result<Option<()>> {
    let parts = bytes.len().div_ceil(PART);
    let mut sealed = Vec::with_capacity(bytes.len() + parts * OVERHEAD);
    for (place, part) in bytes.chunks(PART).enumerate() {
        let Some(part) = seal.close(&name(of, place, parts), part) else { return Ok(None) };
        sealed.extend_from_slice(&part);
    }
    fsync::write(path, &sealed).map(Some)
}

/// What was written; None where a single bit is not as it was.
pub(super) fn open(seal: &Seal, of: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let parts = sealed.len().div_ceil(PART + OVERHEAD);
    let mut bytes = Vec::with_capacity(sealed.len());
    for (place, part) in sealed.chunks(PART + OVERHEAD).enumerate() {
        bytes.extend_from_slice(&seal.open(&name(of, place, parts), part)?);
    }
    Some(bytes)
}
