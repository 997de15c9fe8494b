//! Packages from and to files. The only file of this room that touches the file system.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::manifest::{ManifestDraft, SignedManifest};
use super::reader::Source;
use super::writer::{StreamWriter, WriterFault};
use crate::signing::jws::Jws;
use crate::signing::{Kid, PrivateKey};

/// A package being made at a path. Dropped without [`PackageWriter::finish`] it leaves nothing behind.
#[derive(Debug)]
pub struct PackageWriter {
    writer: StreamWriter<File>,
    out: NamedTempFile,
    path: PathBuf,
}

impl PackageWriter {
    /// Starts a package that will stand at `path`; spool and output live beside it until then.
    ///
    /// # Errors
    /// [`WriterFault::Io`] when the directory cannot be written.
    pub fn create(
        path: &Path,
        draft: ManifestDraft,
        key: &PrivateKey,
        certificate: Option<Kid>,
    ) -> Result<Self, WriterFault> {
        let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Unlinked at once: a crash leaves no personal data in it.
        let spool = tempfile::tempfile_in(dir)?;
        let out = tempfile::Builder::new().prefix(".package-").tempfile_in(dir)?;
        Ok(Self { writer: StreamWriter::new(spool, draft, key, certificate), out, path: path.to_owned() })
    }

    /// Adds a signed entry with all its disclosures.
    ///
    /// # Errors
    /// As [`StreamWriter::add`].
    pub fn add(&mut self, jws: &Jws) -> Result<(), WriterFault> {
        self.writer.add(jws)
    }

    /// Adds a line as its school wrote it.
    ///
    /// # Errors
    /// As [`StreamWriter::add_json`].
    pub fn add_json(&mut self, json: &[u8]) -> Result<(), WriterFault> {
        self.writer.add_json(json)
    }

    /// Writes the package and moves it to its path: a file there is always whole.
    ///
    /// # Errors
    /// As [`StreamWriter::finish`].
    pub fn finish(self) -> Result<SignedManifest, WriterFault> {
        let mut out = BufWriter::with_capacity(1 << 18, self.out.as_file());
        let signed = self.writer.finish(&mut out)?;
        out.flush()?;
        drop(out);
        self.out.as_file().sync_all()?;
        self.out.persist(&self.path).map_err(|e| e.error)?;
        Ok(signed)
    }
}

/// A package in a file that stays open: renaming or deleting the path does not change what is read.
#[derive(Debug, Clone)]
pub struct FileSource(Arc<File>);

impl FileSource {
    /// Opens the file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self::from)
    }

    /// The same, ready to be read as a package.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn shared(path: &Path) -> io::Result<Arc<dyn Source>> {
        Ok(Arc::new(Self::open(path)?))
    }
}

impl From<File> for FileSource {
    fn from(file: File) -> Self {
        Self(Arc::new(file))
    }
}

impl Source for FileSource {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Positioned { file: Arc::clone(&self.0), at: 0 }))
    }
}

/// Reads at its own offset, so that two readings of one file do not disturb each other.
struct Positioned {
    file: Arc<File>,
    at: u64,
}

impl Read for Positioned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
