//! Reading a package, and the proof that it is what its manifest states.
//!
//! Order: manifest, its signature, then the lines. A sender without a province's key never gets
//! more than one line read.
//!
//! Intake reads a package once: [`Arriving`] hands out its lines before the root over them is known,
//! and intake shows nothing of them to anybody until [`Arriving::finish`] has given the
//! [`VerifiedPackage`] that a commit asks for. Who reads a second time ([`ReadPackage::lines`]) has
//! every line held against the first reading, so a file that is exchanged meanwhile is not believed.

use std::sync::Arc;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::fault::PackageFault;
use super::line::{MANIFEST_LINE, PackageLine, Tally};
use super::manifest::{Digest256, Manifest, SignedManifest};
use super::reader::{Chunk, Limits, LineReader, Source};
use crate::signing::KeyRing;
use crate::signing::jws::Jws;
use crate::signing::keyring::Granted;
use crate::tlog::leaf::Kind;
use crate::tlog::merkle::{self, Hash};

/// A package whose manifest was read and nothing else.
pub struct OpenPackage {
    signed: SignedManifest,
    reader: LineReader,
    source: Arc<dyn Source>,
    limits: Limits,
}

impl OpenPackage {
    /// Reads the manifest.
    ///
    /// # Errors
    /// [`PackageFault`]: not a package, or a manifest that does not fit.
    pub fn open(source: Arc<dyn Source>, limits: Limits) -> Result<Self, PackageFault> {
        let mut reader = LineReader::new(&*source, limits)?;
        let mut line = Vec::new();
        reader.next_line(&mut line)?;
        let signed = SignedManifest::parse(&line)?;
        check_counts(&signed.manifest, limits)?;
        Ok(Self { signed, reader, source, limits })
    }

    /// The manifest, whose signature is not checked yet.
    pub fn signed_manifest(&self) -> &SignedManifest {
        &self.signed
    }

    /// Checks the manifest's signature with the ring as it is at this ledger position.
    ///
    /// # Errors
    /// [`PackageFault::Signature`].
    pub fn check_signature(&self, ring: &KeyRing, position: u64) -> Result<Arc<Granted>, PackageFault> {
        let manifest = &self.signed.manifest;
        let province = manifest.province.as_ref().map(|p| p.id());
        Ok(ring.check_manifest_signature(&self.signed.jws, province, manifest.created_at, position)?)
    }

    /// Reads all lines: envelopes, counts, root. Says nothing about who signed them.
    ///
    /// # Errors
    /// [`PackageFault`] at the first line that breaks a rule of packages.
    pub fn read_lines(self) -> Result<ReadPackage, PackageFault> {
        let mut reading = Reading::of(self);
        while reading.next_lines(|_| ())?.is_some() {}
        reading.finish()
    }

    /// Checks the manifest's signature, and makes ready to hand out the lines.
    ///
    /// # Errors
    /// [`PackageFault::Signature`].
    pub fn arrive(self, ring: &KeyRing, position: u64) -> Result<Arriving, PackageFault> {
        let signer = self.check_signature(ring, position)?;
        Ok(Arriving { reading: Reading::of(self), signer })
    }
}

/// The lines on their way in, with the counts and the root so far.
struct Reading {
    open: OpenPackage,
    tally: Tally,
    hashes: Vec<Hash>,
    /// The next lines, decompressed while those before them were worked on; None before the first.
    ahead: Option<Chunk>,
    /// A chunk that is done with.
    done: Chunk,
}

impl Reading {
    fn of(open: OpenPackage) -> Self {
        let stated = usize::try_from(open.signed.manifest.lines).unwrap_or(0);
        Self {
            open,
            tally: Tally::default(),
            hashes: Vec::with_capacity(stated.min(1 << 16)),
            ahead: None,
            done: Chunk::default(),
        }
    }

    fn next_lines<T: Send>(
        &mut self,
        work: impl Fn(PackageLine) -> T + Send + Sync,
    ) -> Result<Option<Vec<T>>, PackageFault> {
        let chunk = match self.ahead.take() {
            Some(chunk) => chunk,
            None => self.open.reader.next_chunk(Chunk::default())?,
        };
        if chunk.is_empty() {
            self.ahead = Some(chunk);
            return Ok(None);
        }
        let done = std::mem::take(&mut self.done);
        let (read, ahead) = rayon::join(|| read_chunk(&chunk, work), || self.open.reader.next_chunk(done));
        let mut lines = Vec::with_capacity(chunk.len());
        // Searched in order, so that the same package always names the same line.
        for line in read {
            let (kind, hash, done) = line?;
            self.tally.add(kind, hash);
            self.hashes.push(hash);
            lines.push(done);
        }
        if self.tally.counts().total() > self.open.signed.manifest.lines {
            return Err(counts_fault(&self.open.signed.manifest, &self.tally));
        }
        self.ahead = Some(ahead?);
        self.done = chunk;
        Ok(Some(lines))
    }

    /// To be called at the end of the lines: what is left unread counts as missing.
    fn finish(self) -> Result<ReadPackage, PackageFault> {
        let OpenPackage { signed, reader, source, limits } = self.open;
        if self.tally.counts() != &signed.manifest.counts {
            return Err(counts_fault(&signed.manifest, &self.tally));
        }
        if self.tally.root() != signed.manifest.root.0 {
            return Err(PackageFault::RootMismatch);
        }
        Ok(ReadPackage { signed, hashes: self.hashes, raw_bytes: reader.bytes(), source, limits })
    }
}

/// A package that is being read, its manifest signed by whom it names. Its lines are handed out before
/// it is known whether they are those the manifest states: what is done with them must stay invisible
/// and be undone unless [`Arriving::finish`] says so.
pub struct Arriving {
    reading: Reading,
    signer: Arc<Granted>,
}

impl Arriving {
    /// The manifest with its object.
    pub fn signed_manifest(&self) -> &SignedManifest {
        &self.reading.open.signed
    }

    /// What the manifest says.
    pub fn manifest(&self) -> &Manifest {
        &self.reading.open.signed.manifest
    }

    /// The manifest's object.
    pub fn manifest_jws(&self) -> &Jws {
        &self.reading.open.signed.jws
    }

    /// The next lines in their order, each worked on by `work`, on all cores; None at the end.
    ///
    /// # Errors
    /// [`PackageFault`] at the first line that breaks a rule of packages.
    pub fn next_lines<T: Send>(
        &mut self,
        work: impl Fn(PackageLine) -> T + Send + Sync,
    ) -> Result<Option<Vec<T>>, PackageFault> {
        self.reading.next_lines(work)
    }

    /// The proof that the lines handed out are all the manifest states, and no others.
    ///
    /// # Errors
    /// [`PackageFault::Counts`] or [`PackageFault::RootMismatch`].
    pub fn finish(self) -> Result<VerifiedPackage, PackageFault> {
        Ok(VerifiedPackage { package: self.reading.finish()?, signer: self.signer })
    }
}

fn check_counts(manifest: &Manifest, limits: Limits) -> Result<(), PackageFault> {
    if manifest.lines == 0 || manifest.lines != manifest.counts.total() {
        return Err(counts_fault(manifest, &Tally::default()));
    }
    match manifest.lines > limits.max_lines {
        true => Err(PackageFault::TooManyLines { max: limits.max_lines }),
        false => Ok(()),
    }
}

fn counts_fault(manifest: &Manifest, tally: &Tally) -> PackageFault {
    PackageFault::Counts { lines: manifest.lines, stated: manifest.counts, found: *tally.counts() }
}

/// Every line of a chunk on all cores: kind, hash, and what `work` made of it.
fn read_chunk<T: Send>(
    chunk: &Chunk,
    work: impl Fn(PackageLine) -> T + Send + Sync,
) -> Vec<Result<(Kind, Hash, T), PackageFault>> {
    let read = |i| {
        let (number, json) = chunk.get(i).unwrap_or_default();
        let line = PackageLine::parse(number, json).map_err(|fault| PackageFault::Envelope { line: number, fault })?;
        Ok((line.kind, line.hash(), work(line)))
    };
    (0..chunk.len()).into_par_iter().map(read).collect()
}

/// A package whose lines are those its manifest states; who signed it was not checked.
pub struct ReadPackage {
    signed: SignedManifest,
    hashes: Vec<Hash>,
    raw_bytes: u64,
    source: Arc<dyn Source>,
    limits: Limits,
}

impl ReadPackage {
    /// The manifest with its object.
    pub fn signed_manifest(&self) -> &SignedManifest {
        &self.signed
    }

    /// What the manifest says.
    pub fn manifest(&self) -> &Manifest {
        &self.signed.manifest
    }

    /// The manifest's object.
    pub fn manifest_jws(&self) -> &Jws {
        &self.signed.jws
    }

    /// The digest the next manifest of this province names as `previous`.
    pub fn manifest_digest(&self) -> Digest256 {
        self.signed.digest()
    }

    /// Decompressed bytes.
    pub fn raw_bytes(&self) -> u64 {
        self.raw_bytes
    }

    /// Leaf hashes of the lines, the first being that of line 2.
    pub fn line_hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The RFC 6962 audit path of a line up to the manifest's root; None for the manifest itself and
    /// beyond the end.
    pub fn merkle_path(&self, line: u64) -> Option<Vec<Hash>> {
        merkle::path(&self.hashes, index_of(line)?)
    }

    /// A second reading, line by line.
    ///
    /// # Errors
    /// [`PackageFault`] when the package cannot be opened again.
    pub fn lines(&self) -> Result<Lines<'_>, PackageFault> {
        Ok(Lines { chunks: self.chunks()?, chunk: Chunk::default(), at: 0 })
    }

    /// A second reading, many lines at a time; [`ReadPackage::parse_line`] reads each of them.
    ///
    /// # Errors
    /// [`PackageFault`] when the package cannot be opened again.
    pub fn chunks(&self) -> Result<Chunks<'_>, PackageFault> {
        let mut reader = LineReader::new(&*self.source, self.limits)?;
        let mut manifest = Vec::new();
        reader.next_line(&mut manifest)?;
        match SignedManifest::parse(&manifest)?.digest() == self.manifest_digest() {
            true => Ok(Chunks { package: self, reader, next: MANIFEST_LINE + 1, done: false }),
            false => Err(PackageFault::Changed { line: MANIFEST_LINE }),
        }
    }

    /// Reads a line of a second reading and holds it against the first.
    ///
    /// # Errors
    /// [`PackageFault::Changed`] when it is not the line that was checked.
    pub fn parse_line(&self, number: u64, json: &[u8]) -> Result<PackageLine, PackageFault> {
        let changed = PackageFault::Changed { line: number };
        let Ok(line) = PackageLine::parse(number, json) else { return Err(changed) };
        match index_of(number).and_then(|i| self.hashes.get(i)) {
            Some(hash) if *hash == line.hash() => Ok(line),
            _ => Err(changed),
        }
    }
}

impl std::fmt::Debug for ReadPackage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadPackage({} {}, {} lines)", self.manifest().route(), self.manifest().sequence, self.hashes.len())
    }
}

/// Index of a line among the entries.
fn index_of(line: u64) -> Option<usize> {
    line.checked_sub(MANIFEST_LINE + 1).and_then(|i| usize::try_from(i).ok())
}

/// A package that was checked: manifest signed by whom it names, lines as it states them. The only
/// ways to get one are [`VerifiedPackage::verify`] and [`Arriving::finish`], so having one is the proof.
#[derive(Debug)]
pub struct VerifiedPackage {
    package: ReadPackage,
    signer: Arc<Granted>,
}

impl VerifiedPackage {
    /// Checks a package with the ring as it is at this ledger position.
    ///
    /// # Errors
    /// [`PackageFault`] names the rule it breaks.
    pub fn verify(
        source: Arc<dyn Source>,
        limits: Limits,
        ring: &KeyRing,
        position: u64,
    ) -> Result<Self, PackageFault> {
        let open = OpenPackage::open(source, limits)?;
        Self::verify_open(open, ring, position)
    }

    /// The same for a package whose manifest was read already.
    ///
    /// # Errors
    /// [`PackageFault`] names the rule it breaks.
    pub fn verify_open(open: OpenPackage, ring: &KeyRing, position: u64) -> Result<Self, PackageFault> {
        let mut arriving = open.arrive(ring, position)?;
        while arriving.next_lines(|_| ())?.is_some() {}
        arriving.finish()
    }

    /// The key that signed the manifest.
    pub fn signer(&self) -> &Arc<Granted> {
        &self.signer
    }
}

impl std::ops::Deref for VerifiedPackage {
    type Target = ReadPackage;

    fn deref(&self) -> &ReadPackage {
        &self.package
    }
}

/// Chunks of a second reading. A package cut short or grown since the first ends in a fault.
pub struct Chunks<'a> {
    package: &'a ReadPackage,
    reader: LineReader,
    next: u64,
    done: bool,
}

impl Iterator for Chunks<'_> {
    type Item = Result<Chunk, PackageFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let end = self.package.hashes.len() as u64 + MANIFEST_LINE + 1;
        match self.reader.next_chunk(Chunk::default()) {
            Ok(chunk) if !chunk.is_empty() => {
                self.next += chunk.len() as u64;
                Some(Ok(chunk))
            }
            Ok(_) => {
                self.done = true;
                (self.next != end).then_some(Err(PackageFault::Changed { line: self.next }))
            }
            Err(fault) => {
                self.done = true;
                Some(Err(fault))
            }
        }
    }
}

/// Lines of a second reading, each held against the first.
pub struct Lines<'a> {
    chunks: Chunks<'a>,
    chunk: Chunk,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Result<PackageLine, PackageFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.chunk.len() {
            match self.chunks.next()? {
                Ok(chunk) => (self.chunk, self.at) = (chunk, 0),
                Err(fault) => return Some(Err(fault)),
            }
        }
        let (number, json) = self.chunk.get(self.at)?;
        self.at += 1;
        Some(self.chunks.package.parse_line(number, json))
    }
}
