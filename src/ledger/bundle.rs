//! Bodies: what up to 256 leaves commit to, in one encrypted file parallel to an entry tile.
//!
//! ```text
//! magic "hocba/b" ‖ version u8 = 1 ‖ bundle number u64 ‖ width u16
//! 9 × (sealed length u32 ‖ raw length u32)          section A, then up to 8 parts of section B
//! section A   blinds[32]… ‖ signed digests[32]… ‖ origins (u64 ‖ u32)… ‖ lengths u32… ‖ facts…
//! origin      leaf of the manifest u64 ‖ (bit 31: a signature names a certificate; line in the package) u32
//! section B   in parts of 32 entries: lengths u32… ‖ signed objects… (length 0: erased)
//! ```
//!
//! Numbers are big-endian. Every section is compressed with zstd, then sealed with XChaCha20-Poly1305:
//! nonce[24] ‖ ciphertext ‖ tag[16]. The associated data is the whole header and the number of the
//! section, so that a section cannot be moved to another bundle, width or place.
//!
//! Whoever follows the ledger or answers a verdict reads section A only; a disclosure reads one part of
//! section B, an eighth of the bodies.

use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};

use super::entry::{BodyEntry, FactsEntry, MAX_FACTS, MAX_SIGNED, Origin};
use super::keys::SecretKey;

/// Entries of a full bundle; the same as of a full entry tile.
pub const BUNDLE_WIDTH: usize = 256;
/// Entries of one part of section B.
pub const PART_WIDTH: usize = 32;
/// zstd level. Measured (docs/ledger.md): beyond 3 the time doubles for 4 % of space, because salts,
/// digests and signatures do not compress.
pub const LEVEL: i32 = 3;

const MAGIC: &[u8; 8] = b"hocba/b\x01";
const PARTS: usize = BUNDLE_WIDTH / PART_WIDTH;
const SECTIONS: usize = 1 + PARTS;
/// Length of the header that every bundle starts with.
pub const HEADER_LEN: usize = 8 + 8 + 2 + SECTIONS * 8;
/// Bit of an origin's line that is set where a signature names a certificate; packages are shorter.
const CERTIFIED: u32 = 1 << 31;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Fixed bytes of one entry in section A: blind, digest, origin, length.
const FIXED: usize = 32 + 32 + 12 + 4;

/// Longest a bundle file can be.
pub const MAX_BUNDLE: usize = HEADER_LEN + BUNDLE_WIDTH * (FIXED + MAX_FACTS + 4 + MAX_SIGNED) * 2;

/// Why a bundle could not be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// Nothing, or more than 256 entries.
    #[error("a bundle holds 1 to {BUNDLE_WIDTH} entries")]
    Width,
    /// Facts or a signed object beyond the limits.
    #[error("an entry is larger than a bundle takes")]
    TooLarge,
    /// Magic, version, number or lengths of the header.
    #[error("not a version 1 bundle of this number")]
    Header,
    /// Altered, cut, or sealed under another storage key.
    #[error("altered, or sealed under another storage key")]
    Sealed,
    /// It opened but does not hold what its header says.
    #[error("the contents of a section do not fit its header")]
    Contents,
    /// No memory for the compressor, or no randomness.
    #[error("cannot compress or draw a nonce")]
    System,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Section {
    sealed: u32,
    raw: u32,
}

/// The header of a bundle: where its sections are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    bytes: [u8; HEADER_LEN],
    width: usize,
    sections: [Section; SECTIONS],
}

/// A piece of a bundle file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From the start of the file.
    pub offset: u64,
    /// In bytes.
    pub length: usize,
}

impl Header {
    /// Reads the header of bundle number `bundle`. The lengths are bounded here and authenticated when
    /// a section is opened.
    ///
    /// # Errors
    /// [`BundleFault::Header`].
    pub fn parse(bytes: &[u8], bundle: u64) -> Result<Self, BundleFault> {
        let bytes: [u8; HEADER_LEN] =
            bytes.get(..HEADER_LEN).and_then(|b| b.try_into().ok()).ok_or(BundleFault::Header)?;
        let mut rest = Cursor(&bytes);
        let magic = rest.take(8)? == MAGIC;
        let number = rest.array::<8>().map(u64::from_be_bytes)?;
        let width = usize::from(rest.array::<2>().map(u16::from_be_bytes)?);
        let mut sections = [Section::default(); SECTIONS];
        for section in &mut sections {
            *section = Section { sealed: rest.number()?, raw: rest.number()? };
        }
        let fits = sections.iter().enumerate().all(|(i, s)| section_fits(i, width, *s));
        match magic && number == bundle && (1..=BUNDLE_WIDTH).contains(&width) && fits {
            true => Ok(Self { bytes, width, sections }),
            false => Err(BundleFault::Header),
        }
    }

    fn write(bundle: u64, width: usize, sections: [Section; SECTIONS]) -> Self {
        let mut bytes = [0; HEADER_LEN];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&bundle.to_be_bytes());
        bytes[16..18].copy_from_slice(&(width as u16).to_be_bytes());
        for (slot, section) in bytes[18..].chunks_exact_mut(8).zip(sections) {
            slot[..4].copy_from_slice(&section.sealed.to_be_bytes());
            slot[4..].copy_from_slice(&section.raw.to_be_bytes());
        }
        Self { bytes, width, sections }
    }

    /// How many entries the bundle holds.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Where section A is.
    pub fn facts_span(&self) -> Span {
        self.span(0)
    }

    /// Where the part of section B is that holds the signed object of entry `slot`.
    ///
    /// # Errors
    /// [`BundleFault::Width`] for an entry that the bundle does not hold.
    pub fn part_span(&self, slot: usize) -> Result<Span, BundleFault> {
        match slot < self.width {
            true => Ok(self.span(1 + slot / PART_WIDTH)),
            false => Err(BundleFault::Width),
        }
    }

    /// Length of the whole file.
    pub fn file_len(&self) -> u64 {
        let last = self.span(SECTIONS - 1);
        last.offset + last.length as u64
    }

    fn span(&self, section: usize) -> Span {
        let before: u64 = self.sections[..section].iter().map(|s| u64::from(s.sealed)).sum();
        Span { offset: HEADER_LEN as u64 + before, length: self.sections[section].sealed as usize }
    }

    fn aad(&self, section: usize) -> [u8; HEADER_LEN + 1] {
        let mut aad = [section as u8; HEADER_LEN + 1];
        aad[..HEADER_LEN].copy_from_slice(&self.bytes);
        aad
    }
}

/// How many entries part `part` of section B has in a bundle of `width`.
fn part_len(part: usize, width: usize) -> usize {
    width.saturating_sub(part * PART_WIDTH).min(PART_WIDTH)
}

fn section_fits(section: usize, width: usize, lengths: Section) -> bool {
    let most = match section {
        0 => width * (FIXED + MAX_FACTS),
        part => part_len(part - 1, width) * (4 + MAX_SIGNED),
    };
    let least = match section {
        0 => width * FIXED,
        part => part_len(part - 1, width) * 4,
    };
    let (sealed, raw) = (lengths.sealed as usize, lengths.raw as usize);
    match least {
        0 => sealed == 0 && raw == 0,
        // zstd never grows its input by more than a fraction; twice is far beyond it.
        _ => (least..=most).contains(&raw) && (NONCE + TAG + 1..=2 * most + NONCE + TAG + 64).contains(&sealed),
    }
}

/// Compresses and seals bundles; keeps its compressor and its memory between them.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    compressor: zstd::bulk::Compressor<'static>,
    /// The section under way, before it is compressed.
    raw: Vec<u8>,
}

impl Sealer {
    /// A sealer under the bodies key.
    ///
    /// # Errors
    /// [`BundleFault::System`].
    pub fn new(key: &SecretKey) -> Result<Self, BundleFault> {
        Self::with_level(key, LEVEL)
    }

    /// A sealer with another zstd level, for measuring.
    ///
    /// # Errors
    /// [`BundleFault::System`].
    pub fn with_level(key: &SecretKey, level: i32) -> Result<Self, BundleFault> {
        let compressor = zstd::bulk::Compressor::new(level).map_err(|_| BundleFault::System)?;
        Ok(Self { cipher: XChaCha20Poly1305::new(key.as_bytes().into()), compressor, raw: Vec::new() })
    }

    /// The file of bundle number `bundle` with these entries.
    ///
    /// # Errors
    /// [`BundleFault::Width`], [`BundleFault::TooLarge`], [`BundleFault::System`].
    pub fn seal(&mut self, bundle: u64, entries: &[BodyEntry]) -> Result<Vec<u8>, BundleFault> {
        if !(1..=BUNDLE_WIDTH).contains(&entries.len()) {
            return Err(BundleFault::Width);
        }
        let mut packed = vec![self.pack(|raw| put_facts(entries, raw))?];
        for part in entries.chunks(PART_WIDTH) {
            packed.push(self.pack(|raw| put_part(part, raw))?);
        }
        let mut sections = [Section::default(); SECTIONS];
        sections.iter_mut().zip(&packed).for_each(|(slot, (section, _))| *slot = *section);
        let header = Header::write(bundle, entries.len(), sections);
        let mut out = Vec::with_capacity(header.file_len() as usize);
        out.extend_from_slice(&header.bytes);
        for (i, (_, small)) in packed.iter().enumerate() {
            self.seal_section(&header.aad(i), small, &mut out)?;
        }
        Ok(out)
    }

    /// Compresses the section that `put` writes.
    fn pack(
        &mut self,
        put: impl FnOnce(&mut Vec<u8>) -> Result<(), BundleFault>,
    ) -> Result<(Section, Vec<u8>), BundleFault> {
        self.raw.clear();
        put(&mut self.raw)?;
        let small = self.compressor.compress(&self.raw).map_err(|_| BundleFault::System)?;
        Ok((Section { sealed: (NONCE + small.len() + TAG) as u32, raw: self.raw.len() as u32 }, small))
    }

    /// The nonce is random: 192 bits are enough for every bundle that will ever be written under one
    /// key, rewritten ones included, without anybody counting.
    fn seal_section(&self, aad: &[u8], plain: &[u8], out: &mut Vec<u8>) -> Result<(), BundleFault> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| BundleFault::System)?;
        out.extend_from_slice(&nonce);
        let at = out.len();
        out.extend_from_slice(plain);
        let tag: Tag = self
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), aad, (&mut out[at..]).into())
            .map_err(|_| BundleFault::System)?;
        out.extend_from_slice(&tag);
        Ok(())
    }
}

/// Opens bundles under the bodies key.
pub struct Opener {
    cipher: XChaCha20Poly1305,
}

impl Opener {
    /// An opener under the bodies key.
    pub fn new(key: &SecretKey) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.as_bytes().into()) }
    }

    /// Opens section A, given the bytes of [`Header::facts_span`].
    ///
    /// # Errors
    /// [`BundleFault::Sealed`], [`BundleFault::Contents`].
    pub fn facts(&self, header: &Header, sealed: &[u8]) -> Result<Vec<FactsEntry>, BundleFault> {
        let raw = self.open(header, 0, sealed)?;
        let mut rest = Cursor(&raw);
        let width = header.width;
        let (mut blinds, mut digests) = (Cursor(rest.take(32 * width)?), Cursor(rest.take(32 * width)?));
        let (mut origins, mut lengths) = (Cursor(rest.take(12 * width)?), Cursor(rest.take(4 * width)?));
        let mut entries = Vec::with_capacity(width);
        for _ in 0..width {
            entries.push(FactsEntry {
                blind: blinds.array()?,
                signed_digest: digests.array()?,
                origin: read_origin(&mut origins)?,
                facts: rest.take(lengths.number()? as usize)?.into(),
            });
        }
        match rest.0.is_empty() {
            true => Ok(entries),
            false => Err(BundleFault::Contents),
        }
    }

    /// Opens the part of section B that holds entry `slot`, given the bytes of [`Header::part_span`],
    /// and takes out the signed object; None if it was erased.
    ///
    /// # Errors
    /// [`BundleFault::Sealed`], [`BundleFault::Contents`].
    pub fn signed(&self, header: &Header, slot: usize, sealed: &[u8]) -> Result<Option<Box<[u8]>>, BundleFault> {
        let mut part = self.part(header, slot / PART_WIDTH, sealed)?;
        match slot < header.width && slot % PART_WIDTH < part.len() {
            true => Ok(part.swap_remove(slot % PART_WIDTH)),
            false => Err(BundleFault::Width),
        }
    }

    /// Opens a whole bundle file.
    ///
    /// # Errors
    /// [`BundleFault`] names what is wrong.
    pub fn all(&self, bundle: u64, file: &[u8]) -> Result<Vec<BodyEntry>, BundleFault> {
        let header = Header::parse(file, bundle)?;
        if header.file_len() != file.len() as u64 {
            return Err(BundleFault::Header);
        }
        let section = |i| {
            let span = header.span(i);
            let at = span.offset as usize;
            file.get(at..at + span.length).ok_or(BundleFault::Header)
        };
        let facts = self.facts(&header, section(0)?)?;
        let mut signed = Vec::with_capacity(facts.len());
        for part in 0..header.width.div_ceil(PART_WIDTH) {
            signed.extend(self.part(&header, part, section(1 + part)?)?);
        }
        Ok(facts.into_iter().zip(signed).map(|(facts, signed)| BodyEntry { facts, signed }).collect())
    }

    fn part(&self, header: &Header, part: usize, sealed: &[u8]) -> Result<Vec<Option<Box<[u8]>>>, BundleFault> {
        let count = part_len(part, header.width);
        if count == 0 {
            return Err(BundleFault::Width);
        }
        let raw = self.open(header, 1 + part, sealed)?;
        let mut rest = Cursor(&raw);
        let mut lengths = Cursor(rest.take(4 * count)?);
        let mut objects = Vec::with_capacity(count);
        for _ in 0..count {
            let length = lengths.number()? as usize;
            let bytes = rest.take(length)?;
            objects.push((length > 0).then(|| bytes.into()));
        }
        match rest.0.is_empty() {
            true => Ok(objects),
            false => Err(BundleFault::Contents),
        }
    }

    /// Decrypts before it decompresses: the decompressor sees only what we once wrote.
    fn open(&self, header: &Header, section: usize, sealed: &[u8]) -> Result<Vec<u8>, BundleFault> {
        let lengths = header.sections[section];
        if sealed.len() != lengths.sealed as usize {
            return Err(BundleFault::Sealed);
        }
        let (nonce, msg) = sealed.split_first_chunk::<NONCE>().ok_or(BundleFault::Sealed)?;
        let payload = Payload { msg, aad: &header.aad(section) };
        let small = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| BundleFault::Sealed)?;
        let raw = zstd::bulk::decompress(&small, lengths.raw as usize).map_err(|_| BundleFault::Contents)?;
        match raw.len() == lengths.raw as usize {
            true => Ok(raw),
            false => Err(BundleFault::Contents),
        }
    }
}

/// Section A as it is compressed.
fn put_facts(entries: &[BodyEntry], raw: &mut Vec<u8>) -> Result<(), BundleFault> {
    if entries.iter().any(|e| e.facts.facts.len() > MAX_FACTS) {
        return Err(BundleFault::TooLarge);
    }
    raw.reserve(entries.iter().map(|e| FIXED + e.facts.facts.len()).sum());
    entries.iter().for_each(|e| raw.extend_from_slice(&e.facts.blind));
    entries.iter().for_each(|e| raw.extend_from_slice(&e.facts.signed_digest));
    for entry in entries {
        raw.extend_from_slice(&entry.facts.origin.package.to_be_bytes());
        let origin = &entry.facts.origin;
        let certified = if origin.certified { CERTIFIED } else { 0 };
        raw.extend_from_slice(&(origin.line & !CERTIFIED | certified).to_be_bytes());
    }
    entries.iter().for_each(|e| raw.extend_from_slice(&(e.facts.facts.len() as u32).to_be_bytes()));
    entries.iter().for_each(|e| raw.extend_from_slice(&e.facts.facts));
    Ok(())
}

/// A part of section B as it is compressed.
fn put_part(entries: &[BodyEntry], raw: &mut Vec<u8>) -> Result<(), BundleFault> {
    let object = |e: &BodyEntry| e.signed.as_deref().map_or(0, <[u8]>::len);
    if entries.iter().any(|e| object(e) > MAX_SIGNED || e.signed.as_ref().is_some_and(|s| s.is_empty())) {
        return Err(BundleFault::TooLarge);
    }
    raw.reserve(entries.iter().map(|e| 4 + object(e)).sum());
    entries.iter().for_each(|e| raw.extend_from_slice(&(object(e) as u32).to_be_bytes()));
    entries.iter().filter_map(|e| e.signed.as_deref()).for_each(|s| raw.extend_from_slice(s));
    Ok(())
}

fn read_origin(from: &mut Cursor<'_>) -> Result<Origin, BundleFault> {
    let package = from.array().map(u64::from_be_bytes)?;
    let line = from.number()?;
    Ok(Origin { package, line: line & !CERTIFIED, certified: line & CERTIFIED != 0 })
}

/// Takes bytes off the front.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], BundleFault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(BundleFault::Contents)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BundleFault> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(BundleFault::Contents)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u32, BundleFault> {
        self.array().map(u32::from_be_bytes)
    }
}
