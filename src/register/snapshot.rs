//! The register in one file, so that a start does not read the whole ledger again. Losing it costs time only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Directory, Register, Tally};
use crate::fsync;

/// Name and version; another version is not read.
const MAGIC: &[u8] = b"hocba-register-2\n";
const DIGEST: usize = 32;

/// Why the file was not used or not written.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotFault {
    /// The disk answered with an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Not what was written there, or of another version.
    #[error("{} cannot be read", .0.display())]
    Damaged(PathBuf),
}

#[derive(Serialize)]
struct Written<'a> {
    size: u64,
    root: [u8; 32],
    tally: &'a Tally,
    directory: &'a Directory,
}

#[derive(Deserialize)]
struct Read {
    size: u64,
    root: [u8; 32],
    tally: Tally,
    directory: Directory,
}

/// Where a register is kept.
#[derive(Debug, Clone)]
pub struct RegisterFile(PathBuf);

impl RegisterFile {
    /// In a directory of derived stores.
    pub fn in_dir(dir: &Path) -> Self {
        Self(dir.join("register"))
    }

    /// Reads it; None where there is none.
    ///
    /// # Errors
    /// [`SnapshotFault`].
    pub fn read(&self) -> Result<Option<Register>, SnapshotFault> {
        let bytes = match fs::read(&self.0) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|source| SnapshotFault::Io { path: self.0.clone(), source })?,
        };
        decode(&bytes).map(Some).ok_or_else(|| SnapshotFault::Damaged(self.0.clone()))
    }

    /// Puts a register there; a crash leaves this one or the one before.
    ///
    /// # Errors
    /// [`SnapshotFault::Io`].
    pub fn write(&self, register: &Register) -> Result<(), SnapshotFault> {
        let fault = |source| SnapshotFault::Io { path: self.0.clone(), source };
        let bytes = encode(register).map_err(|e| fault(io::Error::other(e)))?;
        fsync::replace(&self.0, &self.0.with_extension("next"), &bytes).map_err(fault)
    }
}

fn encode(register: &Register) -> Result<Vec<u8>, postcard::Error> {
    let Register { size, root, tally, directory } = register;
    let body = postcard::to_stdvec(&Written { size: *size, root: *root, tally, directory })?;
    let mut bytes = Vec::with_capacity(MAGIC.len() + DIGEST + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&Sha256::digest(&body));
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Option<Register> {
    let (digest, body) = bytes.strip_prefix(MAGIC)?.split_at_checked(DIGEST)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let Read { size, root, tally, directory } = postcard::from_bytes(body).ok()?;
    Some(Register { size, root, tally: Arc::new(tally), directory: Arc::new(directory) })
}
