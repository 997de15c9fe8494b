//! Sheets that wait for another province's word: durable files beside the ledger, never derived from
//! and never served.

use std::io;
use std::sync::Arc;

use crate::ledger::durable::Disk;
use crate::ledger::index::Waiting;
use crate::ledger::packages;
use crate::ledger::reader::LedgerReader;
use crate::package::manifest::SignedManifest;
use crate::signing::jws::MAX_JWS;
use crate::signing::{Jws, JwsFault};
use crate::tlog::Hash;

/// Below the ledger's directory.
const DIR: &str = "quarantine";

/// The quarantine directory of a ledger.
pub struct Quarantine {
    disk: Arc<dyn Disk>,
}

/// Why a waiting sheet could not be kept or taken back.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineFault {
    /// The disk refused.
    #[error("quarantine: {0}")]
    Disk(#[from] io::Error),
    /// A kept file is damaged.
    #[error("quarantine holds a damaged file: {0}")]
    Damaged(#[from] JwsFault),
}

impl Quarantine {
    /// The quarantine of the ledger on this disk.
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk }
    }

    /// Keeps a sheet durably. Called before the checkpoint of its package: if the commit then fails,
    /// the file is an orphan that the package's next try overwrites with the same bytes.
    ///
    /// # Errors
    /// [`QuarantineFault::Disk`].
    pub fn keep(&self, package: u64, line: u32, jws: &Jws) -> Result<Waiting, QuarantineFault> {
        let file = format!("{package:012}-{line:07}");
        self.disk.create_dir(DIR)?;
        self.disk.replace(&format!("{DIR}/{file}"), &jws.to_stored())?;
        Ok(Waiting { file, package, line })
    }

    /// Reads a waiting sheet.
    ///
    /// # Errors
    /// [`QuarantineFault`].
    pub fn read(&self, waiting: &Waiting) -> Result<Jws, QuarantineFault> {
        Ok(Jws::from_stored(&self.disk.read(&format!("{DIR}/{}", waiting.file), MAX_JWS)?)?)
    }

    /// Everything that is kept, in the order of packages and lines.
    ///
    /// # Errors
    /// [`QuarantineFault::Disk`].
    pub fn list(&self) -> Result<Vec<Waiting>, QuarantineFault> {
        let parse = |name: &str| {
            let (package, line) = name.split_once('-')?;
            Some(Waiting { file: name.to_owned(), package: package.parse().ok()?, line: line.parse().ok()? })
        };
        Ok(self.disk.list(DIR)?.iter().filter_map(|listed| parse(&listed.name)).collect())
    }

    /// The hash of the line that the ledger's package at this position has where this sheet claims to
    /// come from; None when there is no such package.
    ///
    /// # Errors
    /// [`QuarantineFault`].
    pub fn line_of(&self, waiting: &Waiting, reader: &LedgerReader) -> Result<Option<Hash>, QuarantineFault> {
        let Ok(Some(stored)) = reader.signed(waiting.package) else { return Ok(None) };
        let Ok(signed) = SignedManifest::from_jws(Jws::from_stored(&stored)?) else { return Ok(None) };
        let path = packages::path(signed.manifest.route(), signed.manifest.sequence, packages::LINES);
        let Some(at) = u64::from(waiting.line).checked_sub(2) else { return Ok(None) };
        match self.disk.read_range(&path, at * 32, 32) {
            Ok(hash) => Ok(hash.try_into().ok()),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Forgets a sheet that has entered the ledger. A crash before this leaves a file that nothing
    /// refers to.
    ///
    /// # Errors
    /// [`QuarantineFault::Disk`].
    pub fn forget(&self, waiting: &Waiting) -> Result<(), QuarantineFault> {
        Ok(self.disk.remove(&format!("{DIR}/{}", waiting.file))?)
    }
}
