//! The directory: what is in it, and how something enters it.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::fsync;
use crate::signing::Kid;
use crate::signing::certificates::{
    Answers, Certificate, DerFault, MAX_CERTIFICATE, MAX_CRL, MAX_OCSP, MAX_TIMESTAMP, OcspAnswer, RevocationList,
    Timestamp,
};

/// Why something could not be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum KeepFault {
    /// The disk refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file or directory.
        path: String,
        /// The system's word.
        source: io::Error,
    },
    /// It is not what it is said to be.
    #[error(transparent)]
    Der(#[from] DerFault),
}

/// The kinds of files, each in a directory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Certificate,
    Ocsp,
    List,
    Timestamp,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Certificate, Self::Ocsp, Self::List, Self::Timestamp];

    const fn dir(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Ocsp => "ocsp",
            Self::List => "crl",
            Self::Timestamp => "timestamp",
        }
    }

    const fn longest(self) -> usize {
        match self {
            Self::Certificate => MAX_CERTIFICATE,
            Self::Ocsp => MAX_OCSP,
            Self::List => MAX_CRL,
            Self::Timestamp => MAX_TIMESTAMP,
        }
    }
}

/// Everything kept that could be read.
#[derive(Debug, Default)]
pub struct Kept {
    certificates: HashMap<Kid, Certificate>,
    ocsp: Vec<Arc<OcspAnswer>>,
    lists: Vec<Arc<RevocationList>>,
    timestamps: Vec<(u64, Timestamp)>,
    damaged: Vec<String>,
}

impl Kept {
    /// The certificate with this thumbprint.
    pub fn certificate(&self, thumbprint: &Kid) -> Option<&Certificate> {
        self.certificates.get(thumbprint)
    }

    /// Those that may issue others.
    pub fn authorities(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.values().filter(|certificate| certificate.is_authority())
    }

    /// Answers about single certificates.
    pub fn ocsp(&self) -> &[Arc<OcspAnswer>] {
        &self.ocsp
    }

    /// Revocation lists.
    pub fn lists(&self) -> &[Arc<RevocationList>] {
        &self.lists
    }

    /// Timestamps, each with the position of the manifest it is said to be over.
    pub fn timestamps(&self) -> impl Iterator<Item = (u64, &Timestamp)> {
        self.timestamps.iter().map(|(leaf, timestamp)| (*leaf, timestamp))
    }

    /// How many files could be read.
    pub fn len(&self) -> usize {
        self.certificates.len() + self.ocsp.len() + self.lists.len() + self.timestamps.len()
    }

    /// Whether nothing could be read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Files that are not what their names say: they count for nothing.
    pub fn damaged(&self) -> &[String] {
        &self.damaged
    }

    /// Every authority that may have signed an answer: these roots, those kept, those in timestamps.
    pub fn all_authorities(&self, roots: &[Certificate]) -> Vec<Certificate> {
        let in_timestamps = self.timestamps.iter().flat_map(|(_, timestamp)| timestamp.others());
        let all = roots.iter().chain(self.authorities()).chain(in_timestamps);
        let mut seen = HashSet::new();
        all.filter(|authority| seen.insert(authority.thumbprint())).cloned().collect()
    }

    /// The answers but those with these digests, ready to judge by.
    pub fn answers(&self, authorities: &[Certificate], without: &HashSet<[u8; 32]>) -> Answers {
        let ocsp = self.ocsp.iter().filter(|answer| !without.contains(&answer.digest())).cloned().collect();
        let lists = self.lists.iter().filter(|list| !without.contains(&list.digest())).cloned().collect();
        Answers::new(ocsp, lists, authorities.iter())
    }

    fn take(&mut self, kind: Kind, name: &str, bytes: &[u8]) -> Option<()> {
        let (leaf, digest) = match kind {
            Kind::Timestamp => name.split_once('-').and_then(|(leaf, digest)| Some((leaf.parse().ok()?, digest)))?,
            _ => (0, name),
        };
        if HEXLOWER.encode(&Sha256::digest(bytes)) != digest {
            return None;
        }
        match kind {
            Kind::Certificate => {
                let certificate = Certificate::from_der(bytes).ok()?;
                self.certificates.insert(certificate.thumbprint(), certificate);
            }
            Kind::Ocsp => self.ocsp.push(OcspAnswer::from_der(bytes).ok()?.into()),
            Kind::List => self.lists.push(RevocationList::from_der(bytes).ok()?.into()),
            Kind::Timestamp => self.timestamps.push((leaf, Timestamp::from_der(bytes).ok()?)),
        }
        Some(())
    }
}

/// The directory of one portal.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

fn io_fault(path: &Path) -> impl Fn(io::Error) -> KeepFault {
    let path = path.display().to_string();
    move |source| KeepFault::Io { path: path.clone(), source }
}

impl Store {
    /// Takes note of the directory; reads and makes nothing yet.
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Keeps a certificate. False: it was there already.
    ///
    /// # Errors
    /// [`KeepFault::Io`].
    pub fn keep_certificate(&self, certificate: &Certificate) -> Result<bool, KeepFault> {
        self.keep(Kind::Certificate, &HEXLOWER.encode(&certificate.thumbprint().0), certificate.der())
    }

    /// Keeps an OCSP answer.
    ///
    /// # Errors
    /// [`KeepFault`]: it is none, or the disk refused.
    pub fn keep_ocsp(&self, der: &[u8]) -> Result<OcspAnswer, KeepFault> {
        let answer = OcspAnswer::from_der(der)?;
        self.keep(Kind::Ocsp, &HEXLOWER.encode(&answer.digest()), der)?;
        Ok(answer)
    }

    /// Keeps a revocation list.
    ///
    /// # Errors
    /// [`KeepFault`]: it is none, or the disk refused.
    pub fn keep_list(&self, der: &[u8]) -> Result<RevocationList, KeepFault> {
        let list = RevocationList::from_der(der)?;
        self.keep(Kind::List, &HEXLOWER.encode(&list.digest()), der)?;
        Ok(list)
    }

    /// Keeps a timestamp over the manifest at this position of the ledger.
    ///
    /// # Errors
    /// [`KeepFault::Io`].
    pub fn keep_timestamp(&self, leaf: u64, timestamp: &Timestamp) -> Result<bool, KeepFault> {
        let name = format!("{leaf}-{}", HEXLOWER.encode(&timestamp.digest()));
        self.keep(Kind::Timestamp, &name, timestamp.der())
    }

    /// Removes an answer that newer ones have made superfluous.
    ///
    /// # Errors
    /// [`KeepFault::Io`].
    pub(super) fn remove_answer(&self, digest: &[u8; 32]) -> Result<(), KeepFault> {
        for kind in [Kind::Ocsp, Kind::List] {
            let path = self.path(kind, &HEXLOWER.encode(digest));
            match fs::remove_file(&path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(io_fault(&path)(e)),
                _ => {}
            }
        }
        Ok(())
    }

    fn path(&self, kind: Kind, name: &str) -> PathBuf {
        self.root.join(kind.dir()).join(format!("{name}.der"))
    }

    /// Written beside, durable, then renamed: a file under its name is whole.
    fn keep(&self, kind: Kind, name: &str, bytes: &[u8]) -> Result<bool, KeepFault> {
        let (dir, path) = (self.root.join(kind.dir()), self.path(kind, name));
        if path.exists() {
            return Ok(false);
        }
        let write = || -> io::Result<()> {
            fsync::create_dir(&dir)?;
            // Of this process alone: two may be bringing the same file.
            let next = tempfile::Builder::new().prefix(".new-").tempfile_in(&dir)?.into_temp_path();
            fsync::replace(&path, &next, bytes)
        };
        write().map_err(io_fault(&path))?;
        Ok(true)
    }

    /// When something last entered or left; cheap. None: there is nothing yet.
    pub fn changed(&self) -> Option<SystemTime> {
        let times = Kind::ALL.into_iter().filter_map(|kind| fs::metadata(self.root.join(kind.dir())).ok());
        times.filter_map(|metadata| metadata.modified().ok()).max()
    }

    /// Reads everything. A damaged file is named and counts for nothing.
    ///
    /// # Errors
    /// [`KeepFault::Io`]: a directory that cannot be listed, a file that cannot be read.
    pub fn load(&self) -> Result<Kept, KeepFault> {
        let mut kept = Kept::default();
        for kind in Kind::ALL {
            let dir = self.root.join(kind.dir());
            let entries = match fs::read_dir(&dir) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                listed => listed.map_err(io_fault(&dir))?,
            };
            for entry in entries {
                let path = entry.map_err(io_fault(&dir))?.path();
                let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".der")) else {
                    continue;
                };
                let Some(bytes) = read_at_most(&path, kind.longest()).map_err(io_fault(&path))? else { continue };
                if kept.take(kind, name, &bytes).is_none() {
                    kept.damaged.push(format!("{}/{name}.der", kind.dir()));
                }
            }
        }
        kept.damaged.sort();
        Ok(kept)
    }
}

/// None for a file that was removed meanwhile. One byte more than allowed is read, so that what is too long
/// is seen to be.
fn read_at_most(path: &Path, longest: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(longest as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
