//! A small file that shows by itself whether it is what was written.
//!
//! ```text
//! one line of JSON ‖ "\n" ‖ SHA-256 of that line in 64 hexadecimal digits ‖ "\n"
//! ```

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Bytes after the line: two line feeds and the digest.
pub const TRAILER_LEN: usize = 66;

/// The file for a line.
pub fn seal(mut line: Vec<u8>) -> Vec<u8> {
    let trailer = trailer(&line);
    line.extend_from_slice(trailer.as_bytes());
    line
}

/// The line of a file; None when a single bit is not as it was written.
pub fn open(file: &[u8]) -> Option<&[u8]> {
    let (line, end) = file.split_at_checked(file.len().checked_sub(TRAILER_LEN)?)?;
    (end == trailer(line).as_bytes()).then_some(line)
}

/// At most `most` bytes of a file, so that one that has grown does not open; None when there is none.
///
/// # Errors
/// The system's.
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?.take(most).read_to_end(&mut bytes)?,
    };
    Ok(Some(bytes))
}

fn trailer(line: &[u8]) -> String {
    format!("\n{}\n", HEXLOWER.encode(&Sha256::digest(line)))
}
