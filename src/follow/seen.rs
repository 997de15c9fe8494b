//! The largest tree this installation has relied on, remembered across crashes.
//!
//! Heads are made durable every few seconds; a ledger that is put back to an older state right after a
//! crash would not be noticed by them. This file is: it is durable before an answer can reflect the tree.
//!
//! The bytes: [`checked`].

use std::io;
use std::path::{Path, PathBuf};

use crate::fsync::{self, checked};
use crate::ledger::Seen;

/// File name, in the directory of the derived stores.
const NAME: &str = "seen";
/// Far above what is ever written.
const MAX_LEN: u64 = 1024;

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeenFault {
    /// Not what was written.
    #[error("{0} is damaged: it says how far this ledger was followed, so that an older one is noticed")]
    Damaged(PathBuf),
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

/// The file of one directory.
#[derive(Debug, Clone)]
pub struct SeenFile {
    path: PathBuf,
}

impl SeenFile {
    /// The file in a directory of derived stores; reads nothing yet.
    pub fn in_dir(dir: &Path) -> Self {
        Self { path: dir.join(NAME) }
    }

    /// The tree remembered; None when there is no file.
    ///
    /// # Errors
    /// [`SeenFault`].
    pub fn read(&self) -> Result<Option<Seen>, SeenFault> {
        let Some(bytes) = checked::read(&self.path, MAX_LEN).map_err(|source| self.io(source))? else {
            return Ok(None);
        };
        let seen = checked::open(&bytes).and_then(|line| serde_json::from_slice(line).ok());
        seen.map(Some).ok_or_else(|| SeenFault::Damaged(self.path.clone()))
    }

    /// Remembers a tree durably.
    ///
    /// # Errors
    /// [`SeenFault::Io`].
    pub fn remember(&self, seen: Seen) -> Result<(), SeenFault> {
        let bytes = serde_json::to_vec(&seen).map(checked::seal).map_err(|e| self.io(e.into()))?;
        fsync::replace(&self.path, &self.path.with_extension("tmp"), &bytes).map_err(|source| self.io(source))
    }

    fn io(&self, source: io::Error) -> SeenFault {
        SeenFault::Io { path: self.path.clone(), source }
    }
}
