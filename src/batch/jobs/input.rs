//! What was handed in, sealed in parts: each names its place and how many there are, so that none can be missing.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::seal::{OVERHEAD, Seal};

/// Bytes of one part before it is sealed.
const PART: usize = 1 << 20;

fn name(of: &str, place: usize, parts: usize) -> String {
    format!("{of}/{place}/{parts}")
}

/// Writes it, durable but for its name; None when the system gives no randomness.
pub(super) fn write(seal: &Seal, path: &Path, of: &str, bytes: &[u8]) -> io::Result<Option<()>> {
    let parts = bytes.len().div_ceil(PART);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    for (place, part) in bytes.chunks(PART).enumerate() {
        let Some(part) = seal.close(&name(of, place, parts), part) else { return Ok(None) };
        file.write_all(&part)?;
    }
    file.sync_all().map(Some)
}

/// What was written; None where a single bit is not as it was.
pub(super) fn read(seal: &Seal, path: &Path, of: &str) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let parts = length.div_ceil(PART + OVERHEAD);
    let mut bytes = Vec::with_capacity(length);
    let mut sealed = Vec::with_capacity(PART + OVERHEAD);
    for place in 0..parts {
        sealed.clear();
        Read::take(&mut file, (PART + OVERHEAD) as u64).read_to_end(&mut sealed)?;
        let Some(part) = seal.open(&name(of, place, parts), &sealed) else { return Ok(None) };
        bytes.extend_from_slice(&part);
    }
    Ok(Some(bytes))
}
