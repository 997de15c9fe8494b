//! The derived record of one transcript: what a public verdict needs and nothing that names a person.
//!
//! For every sheet and status it holds the clear facts, the blind and the digest of the signed bytes,
//! so that an answer can recompute each leaf and prove it into the checkpoint, and the few parsed
//! members a verdict prints, so that answering parses no JSON. The record's digest is the *head*.
//!
//! Bytes are canonical: one record has one encoding, and every accepted encoding is the one its record
//! encodes to, so that two followers of one ledger have equal heads. Integers are big-endian; what
//! varies in length has a u32 before it.
//!
//! ```text
//! record  = version u8 (1) ‖ 1 ‖ code[16] ‖ level u8 ‖ sheets u32 ‖ sheet… ‖ statuses u32 ‖ status…
//!         | version u8 (1) ‖ 2 ‖ sheet id[16] ‖ code[16]
//!         | version u8 (1) ‖ 3 ‖ key thumbprint[32] ‖ leaf u64
//!         | version u8 (1) ‖ 4 ‖ key thumbprint[32] ‖ leaf u64 ‖ role u8 ‖ certificate[32] ‖ flag u8 ‖ previous[32] if 1
//!         | version u8 (1) ‖ 5 ‖ key thumbprint[32]
//! sheet   = leaf ‖ id[16] ‖ first year u16 ‖ grade u8 ‖ effective from u16, u8, u8 ‖ flags u8
//!           ‖ (head u64 ‖ institution u64 ‖ package u64 ‖ frozen at i64) if flag 2 ‖ province name
//! status  = leaf ‖ status u8 ‖ flags u8 ‖ id[16] if flag 1 ‖ replacement[16] if flag 2 ‖ milliseconds i64
//! leaf    = index u64 ‖ logged at u64 ‖ province[2] ‖ vintage u32 ‖ year u16 ‖ blind[32] ‖ digest[32] ‖ facts
//! ```

use std::fmt;

use sha2::{Digest, Sha256};

use super::code::{SheetId, TranscriptCode};
use super::level::Level;
use super::status::Status;
use super::time::{Day, Moment, SchoolYear};

/// Digest of a record; SHA-256 cut to 192 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HeadDigest(pub [u8; 24]);

impl HeadDigest {
    /// The digest of an encoded record.
    pub fn of(encoded: &[u8]) -> Self {
        let full = Sha256::digest(encoded);
        let mut cut = [0; 24];
        cut.copy_from_slice(&full[..24]);
        Self(cut)
    }
}

/// What is needed to recompute one ledger leaf.
#[derive(Clone, PartialEq, Eq)]
pub struct LeafParts {
    /// Position in the ledger.
    pub index: u64,
    /// When it was logged, milliseconds since 1970.
    pub logged_at: u64,
    /// The 50-byte leaf holds province, vintage and year; these are the leaf's own values.
    pub province: [u8; 2],
    /// `YYYYMMDD`.
    pub vintage: u32,
    /// First year of the school year, 0 for none.
    pub year: u16,
    /// 32 random bytes of the commitment.
    pub blind: [u8; 32],
    /// SHA-256 of the signed bytes.
    pub signed_digest: [u8; 32],
    /// JCS bytes of the clear payload.
    pub facts: Box<[u8]>,
}

/// One sheet in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetEntry {
    /// Parts of its leaf (kind 3).
    pub leaf: LeafParts,
    /// Its own id.
    pub sheet: SheetId,
    /// School year.
    pub school_year: SchoolYear,
    /// Grade 1–12.
    pub grade: u8,
    /// In force from.
    pub effective_from: Day,
    /// Transcribed from paper?
    pub trichluc: bool,
    /// The province's name then.
    pub province_name: Box<str>,
    /// Where head and institution both signed with keys bound to certificates.
    pub certified: Option<Certified>,
}

/// Head and institution signed with keys that are bound to certificates: what is needed to say whether the
/// certificates counted then. That itself rests on answers of authorities and is not in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certified {
    /// Position of the grant of the head's key.
    pub head: u64,
    /// Position of the grant of the institution's key.
    pub institution: u64,
    /// Position of the package's manifest, over which there may be a timestamp.
    pub package: u64,
    /// When the sheet says that it was signed.
    pub frozen_at: Moment,
}

/// Who of a school holds a key that is bound to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CertifiedRole {
    /// The head (thủ trưởng).
    Head = 1,
    /// The institution (cơ sở giáo dục).
    Institution = 2,
    /// A teacher.
    Teacher = 3,
    /// No school: a province or the ministry.
    Office = 4,
}

impl CertifiedRole {
    fn from_number(number: u8) -> Option<Self> {
        [Self::Head, Self::Institution, Self::Teacher, Self::Office].into_iter().find(|role| *role as u8 == number)
    }
}

/// The certificate that a granted key is bound to. All such grants are one list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundGrant {
    /// Who holds the key.
    pub role: CertifiedRole,
    /// `x5t#S256` of the certificate.
    pub certificate: [u8; 32],
    /// Thumbprint of the key whose grant is the next older one.
    pub previous: Option<[u8; 32]>,
}

/// One status in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// Parts of its leaf (kind 4).
    pub leaf: LeafParts,
    /// What happened.
    pub status: Status,
    /// The one sheet it concerns; None: the whole booklet.
    pub sheet: Option<SheetId>,
    /// `replaced`: the successor.
    pub replacement: Option<SheetId>,
    /// From when.
    pub effective_at: Moment,
    /// Signed by the ministry root rather than a province.
    pub by_ministry: bool,
}

/// Never prints facts or blind: they tell the code and undo the blinding.
impl fmt::Debug for LeafParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeafParts({})", self.index)
    }
}

impl LeafParts {
    /// The same parts, borrowed.
    pub fn view(&self) -> LeafView<'_> {
        LeafView {
            index: self.index,
            logged_at: self.logged_at,
            province: self.province,
            vintage: self.vintage,
            year: self.year,
            blind: &self.blind,
            signed_digest: &self.signed_digest,
            facts: &self.facts,
        }
    }
}

/// Everything a verdict on one transcript rests on, in ledger order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptRecord {
    /// The booklet's code.
    pub code: TranscriptCode,
    /// Its level.
    pub level: Level,
    /// Its sheets.
    pub sheets: Vec<SheetEntry>,
    /// Its statuses.
    pub statuses: Vec<StatusEntry>,
}

/// What the record store holds under a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A booklet.
    Transcript(TranscriptRecord),
    /// A sheet id: which booklet it belongs to. Never shown.
    SheetPointer {
        /// The sheet.
        sheet: SheetId,
        /// Its booklet.
        code: TranscriptCode,
    },
    /// A granted key: where its grant stands in the ledger, so that evidence finds it.
    GrantPointer {
        /// Thumbprint of the key.
        kid: [u8; 32],
        /// Position of the grant.
        leaf: u64,
        /// Its certificate, where it is bound to one.
        bound: Option<BoundGrant>,
    },
    /// The newest grant of a key that is bound to a certificate.
    NewestBound {
        /// Thumbprint of the key.
        kid: [u8; 32],
    },
}

/// Why bytes are not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// A version other than 1.
    #[error("the record has another version")]
    Version,
    /// Ends too early.
    #[error("the record is cut short")]
    CutShort,
    /// Goes on after its end.
    #[error("bytes are left over after the record")]
    LeftOver,
    /// A number that stands for nothing here; the text names the member.
    #[error("the record's {0} is not valid")]
    Value(&'static str),
}

const VERSION: u8 = 1;
const TRANSCRIPT: u8 = 1;
const POINTER: u8 = 2;
const GRANT: u8 = 3;
const BOUND_GRANT: u8 = 4;
const NEWEST_BOUND: u8 = 5;

const TRANSCRIBED: u8 = 1;
const CERTIFIED: u8 = 2;

const HAS_SHEET: u8 = 1;
const HAS_REPLACEMENT: u8 = 2;
const BY_MINISTRY: u8 = 4;

impl Record {
    /// The bytes of the record; their [`HeadDigest`] is its head.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Transcript(transcript) => transcript.encode(),
            Self::SheetPointer { sheet, code } => {
                let mut out = vec![VERSION, POINTER];
                out.extend_from_slice(sheet.as_bytes());
                out.extend_from_slice(code.as_bytes());
                out
            }
            Self::GrantPointer { kid, leaf, bound } => {
                let mut out = vec![VERSION, if bound.is_some() { BOUND_GRANT } else { GRANT }];
                out.extend_from_slice(kid);
                out.extend_from_slice(&leaf.to_be_bytes());
                bound.iter().for_each(|bound| put_bound(&mut out, bound));
                out
            }
            Self::NewestBound { kid } => {
                let mut out = vec![VERSION, NEWEST_BOUND];
                out.extend_from_slice(kid);
                out
            }
        }
    }

    /// Reads [`Record::encode`] back. Accepts nothing else.
    ///
    /// # Errors
    /// [`RecordFault`]: a damaged record, which must be answered with "could not check".
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordFault> {
        Ok(match RecordView::parse(bytes)? {
            RecordView::Transcript(view) => Self::Transcript(view.to_record()),
            RecordView::SheetPointer { sheet, code } => Self::SheetPointer { sheet, code },
            RecordView::GrantPointer { kid, leaf, bound } => Self::GrantPointer { kid, leaf, bound },
            RecordView::NewestBound { kid } => Self::NewestBound { kid },
        })
    }
}

impl TranscriptRecord {
    /// The bytes of [`Record::Transcript`] without taking it over.
    pub fn encode(&self) -> Vec<u8> {
        let facts: usize = self
            .sheets
            .iter()
            .map(|s| &s.leaf)
            .chain(self.statuses.iter().map(|s| &s.leaf))
            .fold(0, |sum, leaf| sum + leaf.facts.len());
        let mut out = Vec::with_capacity(64 + facts + 192 * (self.sheets.len() + self.statuses.len()));
        out.extend_from_slice(&[VERSION, TRANSCRIPT]);
        out.extend_from_slice(self.code.as_bytes());
        out.push(self.level.number());
        put_length(&mut out, self.sheets.len());
        self.sheets.iter().for_each(|sheet| put_sheet(&mut out, sheet));
        put_length(&mut out, self.statuses.len());
        self.statuses.iter().for_each(|status| put_status(&mut out, status));
        out
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    // Facts are at most one payload and a ledger has fewer than 2^32 entries for one code.
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_leaf(out: &mut Vec<u8>, leaf: &LeafParts) {
    out.extend_from_slice(&leaf.index.to_be_bytes());
    out.extend_from_slice(&leaf.logged_at.to_be_bytes());
    out.extend_from_slice(&leaf.province);
    out.extend_from_slice(&leaf.vintage.to_be_bytes());
    out.extend_from_slice(&leaf.year.to_be_bytes());
    out.extend_from_slice(&leaf.blind);
    out.extend_from_slice(&leaf.signed_digest);
    put_bytes(out, &leaf.facts);
}

fn put_sheet(out: &mut Vec<u8>, sheet: &SheetEntry) {
    put_leaf(out, &sheet.leaf);
    out.extend_from_slice(sheet.sheet.as_bytes());
    out.extend_from_slice(&sheet.school_year.first().to_be_bytes());
    out.push(sheet.grade);
    out.extend_from_slice(&sheet.effective_from.to_bytes());
    let certified = if sheet.certified.is_some() { CERTIFIED } else { 0 };
    out.push(certified | if sheet.trichluc { TRANSCRIBED } else { 0 });
    if let Some(certified) = &sheet.certified {
        for position in [certified.head, certified.institution, certified.package] {
            out.extend_from_slice(&position.to_be_bytes());
        }
        out.extend_from_slice(&certified.frozen_at.as_millis().to_be_bytes());
    }
    put_bytes(out, sheet.province_name.as_bytes());
}

fn put_bound(out: &mut Vec<u8>, bound: &BoundGrant) {
    out.push(bound.role as u8);
    out.extend_from_slice(&bound.certificate);
    out.push(u8::from(bound.previous.is_some()));
    bound.previous.iter().for_each(|kid| out.extend_from_slice(kid));
}

fn put_status(out: &mut Vec<u8>, status: &StatusEntry) {
    put_leaf(out, &status.leaf);
    out.push(status.status as u8);
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    out.push(
        flag(status.sheet.is_some(), HAS_SHEET)
            | flag(status.replacement.is_some(), HAS_REPLACEMENT)
            | flag(status.by_ministry, BY_MINISTRY),
    );
    for id in [status.sheet, status.replacement].into_iter().flatten() {
        out.extend_from_slice(id.as_bytes());
    }
    out.extend_from_slice(&status.effective_at.as_millis().to_be_bytes());
}

/// [`LeafParts`], borrowed from a record's bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LeafView<'a> {
    /// Position in the ledger.
    pub index: u64,
    /// When it was logged, milliseconds since 1970.
    pub logged_at: u64,
    /// Two ASCII digits.
    pub province: [u8; 2],
    /// `YYYYMMDD`.
    pub vintage: u32,
    /// First year of the school year, 0 for none.
    pub year: u16,
    /// 32 random bytes of the commitment.
    pub blind: &'a [u8; 32],
    /// SHA-256 of the signed bytes.
    pub signed_digest: &'a [u8; 32],
    /// JCS bytes of the clear payload.
    pub facts: &'a [u8],
}

impl LeafView<'_> {
    /// The same parts, owned.
    pub fn to_parts(self) -> LeafParts {
        LeafParts {
            index: self.index,
            logged_at: self.logged_at,
            province: self.province,
            vintage: self.vintage,
            year: self.year,
            blind: *self.blind,
            signed_digest: *self.signed_digest,
            facts: self.facts.into(),
        }
    }
}

/// Never prints facts or blind.
impl fmt::Debug for LeafView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeafView({})", self.index)
    }
}

/// [`SheetEntry`], borrowed from a record's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetView<'a> {
    /// Parts of its leaf (kind 3).
    pub leaf: LeafView<'a>,
    /// Its own id.
    pub sheet: SheetId,
    /// School year.
    pub school_year: SchoolYear,
    /// Grade 1–12.
    pub grade: u8,
    /// In force from.
    pub effective_from: Day,
    /// Transcribed from paper?
    pub trichluc: bool,
    /// The province's name then.
    pub province_name: &'a str,
    /// Where head and institution both signed with keys bound to certificates.
    pub certified: Option<Certified>,
}

impl SheetView<'_> {
    /// The same entry, owned.
    pub fn to_entry(self) -> SheetEntry {
        SheetEntry {
            leaf: self.leaf.to_parts(),
            sheet: self.sheet,
            school_year: self.school_year,
            grade: self.grade,
            effective_from: self.effective_from,
            trichluc: self.trichluc,
            province_name: self.province_name.into(),
            certified: self.certified,
        }
    }
}

/// [`StatusEntry`], borrowed from a record's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusView<'a> {
    /// Parts of its leaf (kind 4).
    pub leaf: LeafView<'a>,
    /// What happened.
    pub status: Status,
    /// The one sheet it concerns; None: the whole booklet.
    pub sheet: Option<SheetId>,
    /// `replaced`: the successor.
    pub replacement: Option<SheetId>,
    /// From when.
    pub effective_at: Moment,
    /// Signed by the ministry root rather than a province.
    pub by_ministry: bool,
}

impl StatusView<'_> {
    /// The same entry, owned.
    pub fn to_entry(self) -> StatusEntry {
        StatusEntry {
            leaf: self.leaf.to_parts(),
            status: self.status,
            sheet: self.sheet,
            replacement: self.replacement,
            effective_at: self.effective_at,
            by_ministry: self.by_ministry,
        }
    }
}

/// A record read in place: nothing is copied, everything is checked once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordView<'a> {
    /// A booklet.
    Transcript(TranscriptView<'a>),
    /// A sheet id: which booklet it belongs to. Never shown.
    SheetPointer {
        /// The sheet.
        sheet: SheetId,
        /// Its booklet.
        code: TranscriptCode,
    },
    /// A granted key: where its grant stands in the ledger, so that evidence finds it.
    GrantPointer {
        /// Thumbprint of the key.
        kid: [u8; 32],
        /// Position of the grant.
        leaf: u64,
        /// Its certificate, where it is bound to one.
        bound: Option<BoundGrant>,
    },
    /// The newest grant of a key that is bound to a certificate.
    NewestBound {
        /// Thumbprint of the key.
        kid: [u8; 32],
    },
}

/// [`TranscriptRecord`], borrowed from a record's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TranscriptView<'a> {
    /// The booklet's code.
    pub code: TranscriptCode,
    /// Its level.
    pub level: Level,
    sheets: Entries<'a>,
    statuses: Entries<'a>,
}

/// A run of entries that has been read once and found whole.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Entries<'a> {
    count: u32,
    bytes: &'a [u8],
}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries", self.count)
    }
}

impl<'a> RecordView<'a> {
    /// Reads and checks a record's bytes.
    ///
    /// # Errors
    /// [`RecordFault`]: a damaged record, which must be answered with "could not check".
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordFault> {
        let mut from = Reader(bytes);
        if from.u8()? != VERSION {
            return Err(RecordFault::Version);
        }
        let view = match from.u8()? {
            TRANSCRIPT => Self::Transcript(TranscriptView {
                code: TranscriptCode::from_bytes(*from.take()?),
                level: Level::from_number(from.u8()?).ok_or(RecordFault::Value("level"))?,
                sheets: from.entries(Reader::sheet)?,
                statuses: from.entries(Reader::status)?,
            }),
            POINTER => Self::SheetPointer {
                sheet: SheetId::from_bytes(*from.take()?),
                code: TranscriptCode::from_bytes(*from.take()?),
            },
            GRANT => Self::GrantPointer { kid: *from.take()?, leaf: from.u64()?, bound: None },
            BOUND_GRANT => Self::GrantPointer { kid: *from.take()?, leaf: from.u64()?, bound: Some(from.bound()?) },
            NEWEST_BOUND => Self::NewestBound { kid: *from.take()? },
            _ => return Err(RecordFault::Value("kind")),
        };
        match from.0.is_empty() {
            true => Ok(view),
            false => Err(RecordFault::LeftOver),
        }
    }
}

impl<'a> TranscriptView<'a> {
    /// Its sheets, in ledger order.
    pub fn sheets(&self) -> impl Iterator<Item = SheetView<'a>> + use<'a> {
        self.sheets.walk(Reader::sheet)
    }

    /// Its statuses, in ledger order.
    pub fn statuses(&self) -> impl Iterator<Item = StatusView<'a>> + use<'a> {
        self.statuses.walk(Reader::status)
    }

    /// How many sheets.
    pub fn sheet_count(&self) -> usize {
        self.sheets.count as usize
    }

    /// How many statuses.
    pub fn status_count(&self) -> usize {
        self.statuses.count as usize
    }

    /// The same record, owned.
    pub fn to_record(&self) -> TranscriptRecord {
        TranscriptRecord {
            code: self.code,
            level: self.level,
            sheets: self.sheets().map(SheetView::to_entry).collect(),
            statuses: self.statuses().map(StatusView::to_entry).collect(),
        }
    }
}

type ReadEntry<'a, T> = fn(&mut Reader<'a>) -> Result<T, RecordFault>;

impl<'a> Entries<'a> {
    fn walk<T>(self, read: ReadEntry<'a, T>) -> impl Iterator<Item = T> + use<'a, T> {
        let mut from = Reader(self.bytes);
        // `RecordView::parse` has read these very bytes, so no entry fails here.
        (0..self.count).map_while(move |_| read(&mut from).ok())
    }
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], RecordFault> {
        let (part, rest) = self.0.split_first_chunk::<N>().ok_or(RecordFault::CutShort)?;
        self.0 = rest;
        Ok(part)
    }

    fn u8(&mut self) -> Result<u8, RecordFault> {
        self.take::<1>().map(|b| b[0])
    }

    fn u16(&mut self) -> Result<u16, RecordFault> {
        self.take().map(|b| u16::from_be_bytes(*b))
    }

    fn u32(&mut self) -> Result<u32, RecordFault> {
        self.take().map(|b| u32::from_be_bytes(*b))
    }

    fn u64(&mut self) -> Result<u64, RecordFault> {
        self.take().map(|b| u64::from_be_bytes(*b))
    }

    fn bytes(&mut self) -> Result<&'a [u8], RecordFault> {
        let length = self.u32()? as usize;
        let (part, rest) = self.0.split_at_checked(length).ok_or(RecordFault::CutShort)?;
        self.0 = rest;
        Ok(part)
    }

    /// Reads a count and that many entries; a count beyond the bytes runs into their end, so it costs
    /// no more than reading them.
    fn entries<T>(&mut self, read: ReadEntry<'a, T>) -> Result<Entries<'a>, RecordFault> {
        let count = self.u32()?;
        let start = self.0;
        for _ in 0..count {
            read(self)?;
        }
        Ok(Entries { count, bytes: &start[..start.len() - self.0.len()] })
    }

    fn leaf(&mut self) -> Result<LeafView<'a>, RecordFault> {
        Ok(LeafView {
            index: self.u64()?,
            logged_at: self.u64()?,
            province: *self.take()?,
            vintage: self.u32()?,
            year: self.u16()?,
            blind: self.take()?,
            signed_digest: self.take()?,
            facts: self.bytes()?,
        })
    }

    fn sheet(&mut self) -> Result<SheetView<'a>, RecordFault> {
        let leaf = self.leaf()?;
        let sheet = SheetId::from_bytes(*self.take()?);
        let school_year = SchoolYear::starting(self.u16()?).ok_or(RecordFault::Value("school year"))?;
        let grade = self.u8()?;
        let effective_from = Day::from_bytes(*self.take()?).ok_or(RecordFault::Value("effective date"))?;
        let flags = self.u8()?;
        if flags & !(TRANSCRIBED | CERTIFIED) != 0 {
            return Err(RecordFault::Value("sheet flags"));
        }
        let certified = if flags & CERTIFIED != 0 { Some(self.certified()?) } else { None };
        let name = std::str::from_utf8(self.bytes()?).map_err(|_| RecordFault::Value("province name"))?;
        let trichluc = flags & TRANSCRIBED != 0;
        Ok(SheetView { leaf, sheet, school_year, grade, effective_from, trichluc, province_name: name, certified })
    }

    fn certified(&mut self) -> Result<Certified, RecordFault> {
        let (head, institution, package) = (self.u64()?, self.u64()?, self.u64()?);
        let millis = i64::from_be_bytes(*self.take()?);
        let frozen_at = Moment::from_millis(millis).ok_or(RecordFault::Value("freezing time"))?;
        Ok(Certified { head, institution, package, frozen_at })
    }

    fn bound(&mut self) -> Result<BoundGrant, RecordFault> {
        let role = CertifiedRole::from_number(self.u8()?).ok_or(RecordFault::Value("role"))?;
        let certificate = *self.take()?;
        let previous = match self.u8()? {
            0 => None,
            1 => Some(*self.take()?),
            _ => return Err(RecordFault::Value("list flag")),
        };
        Ok(BoundGrant { role, certificate, previous })
    }

    fn status(&mut self) -> Result<StatusView<'a>, RecordFault> {
        let leaf = self.leaf()?;
        let status = Status::from_number(self.u8()?).ok_or(RecordFault::Value("status"))?;
        let flags = self.u8()?;
        if flags & !(HAS_SHEET | HAS_REPLACEMENT | BY_MINISTRY) != 0 {
            return Err(RecordFault::Value("status flags"));
        }
        let sheet = self.id_if(flags & HAS_SHEET != 0)?;
        let replacement = self.id_if(flags & HAS_REPLACEMENT != 0)?;
        let millis = i64::from_be_bytes(*self.take()?);
        let effective_at = Moment::from_millis(millis).ok_or(RecordFault::Value("status time"))?;
        Ok(StatusView { leaf, status, sheet, replacement, effective_at, by_ministry: flags & BY_MINISTRY != 0 })
    }

    fn id_if(&mut self, there: bool) -> Result<Option<SheetId>, RecordFault> {
        match there {
            true => self.take().map(|id| Some(SheetId::from_bytes(*id))),
            false => Ok(None),
        }
    }
}
