//! Makes packages in constant memory.
//!
//! The manifest stands first but states the root and the counts of what follows, so the lines are
//! spooled, then the manifest is signed, and both go into one zstd frame.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use super::line::{LineFault, PackageLine, Tally, kind_of, line_hash};
use super::manifest::{ManifestDraft, ManifestFault, SignedManifest};
use crate::signing::jws::{Jws, MAX_JWS};
use crate::signing::{Kid, PrivateKey};
use crate::transcript::groups::GroupSet;

/// The one compression level, so that the same lines give the same bytes.
pub const ZSTD_LEVEL: i32 = 3;

/// Why a package could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WriterFault {
    /// The spool or the output cannot be written.
    #[error("cannot write the package: {0}")]
    Io(#[from] io::Error),
    /// A line that no reader would accept.
    #[error("line {number}: {fault}")]
    Line {
        /// Line of the package it would have been.
        number: u64,
        /// What is wrong with it.
        fault: LineFault,
    },
    /// A line longer than readers accept.
    #[error("line {0} is longer than {MAX_JWS} bytes")]
    LineTooLong(u64),
    /// A line feed inside a line would make two of it.
    #[error("line {0} holds a line feed; write each object on one line")]
    LineFeed(u64),
    /// Nothing to hand in.
    #[error("a package has at least one line")]
    Empty,
    /// The manifest's members do not fit.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
}

/// Takes lines one by one; [`StreamWriter::finish`] writes the package.
#[derive(Debug)]
pub struct StreamWriter<S: Read + Write + Seek> {
    draft: ManifestDraft,
    key: PrivateKey,
    certificate: Option<Kid>,
    tally: Tally,
    spool: BufWriter<S>,
}

impl<S: Read + Write + Seek> StreamWriter<S> {
    /// Starts a package. The spool holds personal data: an unlinked temporary file is right for it.
    pub fn new(spool: S, draft: ManifestDraft, key: &PrivateKey, certificate: Option<Kid>) -> Self {
        let spool = BufWriter::with_capacity(1 << 18, spool);
        Self { draft, key: key.clone(), certificate, tally: Tally::default(), spool }
    }

    /// The number the next line will have.
    pub fn next_line(&self) -> u64 {
        self.tally.counts().total() + 2
    }

    /// Adds a signed entry with all its disclosures.
    ///
    /// # Errors
    /// [`WriterFault`]: an object that has no place in a package, or the spool cannot be written.
    pub fn add(&mut self, jws: &Jws) -> Result<(), WriterFault> {
        let number = self.next_line();
        let kind =
            kind_of(jws.object()).ok_or(WriterFault::Line { number, fault: LineFault::Type(jws.object().typ()) })?;
        let json = jws.to_json(GroupSet::ALL);
        if json.len() > MAX_JWS {
            return Err(WriterFault::LineTooLong(number));
        }
        self.tally.add(kind, line_hash(kind, jws.signed_digest()));
        self.put(&json)
    }

    /// Adds a line as its school wrote it.
    ///
    /// # Errors
    /// [`WriterFault`]: not an entry, or the spool cannot be written.
    pub fn add_json(&mut self, json: &[u8]) -> Result<(), WriterFault> {
        let number = self.next_line();
        if json.contains(&b'\n') {
            return Err(WriterFault::LineFeed(number));
        }
        let line = PackageLine::parse(number, json).map_err(|fault| WriterFault::Line { number, fault })?;
        self.tally.add(line.kind, line.hash());
        self.put(json)
    }

    fn put(&mut self, json: &[u8]) -> Result<(), WriterFault> {
        self.spool.write_all(json)?;
        Ok(self.spool.write_all(b"\n")?)
    }

    /// Signs the manifest and writes manifest and lines as one zstd frame.
    ///
    /// # Errors
    /// [`WriterFault`]: no lines, members of the manifest that do not fit, or the output fails.
    pub fn finish(self, out: impl Write) -> Result<SignedManifest, WriterFault> {
        if self.tally.counts().total() == 0 {
            return Err(WriterFault::Empty);
        }
        let signed = self.draft.complete(&self.tally).sign(&self.key, self.certificate)?;
        let mut spool = self.spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        spool.seek(SeekFrom::Start(0))?;
        assemble(out, &signed.jws.to_json(GroupSet::NONE), BufReader::with_capacity(1 << 18, spool))?;
        Ok(signed)
    }
}

/// Writes a manifest line and lines that already end with line feeds as one zstd frame. Checks
/// nothing: what it writes is a package only if the manifest tells the truth about the lines.
///
/// # Errors
/// When reading the lines or writing the output fails.
pub fn assemble(out: impl Write, manifest: &[u8], mut lines: impl Read) -> io::Result<()> {
    let mut frame = zstd::Encoder::new(out, ZSTD_LEVEL)?;
    frame.include_checksum(true)?;
    frame.write_all(manifest)?;
    frame.write_all(b"\n")?;
    io::copy(&mut lines, &mut frame)?;
    frame.finish()?.flush()
}
