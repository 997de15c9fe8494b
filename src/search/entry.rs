//! What is indexed of a sheet, and the keyed hash that an identification number is found by.

use std::fmt;

use tantivy::TantivyDocument;

use super::places::{self, Place};
use super::schema::SCHEMA;
use crate::signing::keyed::KeyedHash;
use crate::transcript::contents::{BirthDate, PersonalId};
use crate::transcript::province::ProvinceId;
use crate::transcript::sheet::Sheet;
use crate::transcript::words::{words, words_and_parts};
use crate::transcript::{Group, GroupSet, Level, SchoolYear, TranscriptCode};

/// An identification number (số định danh cá nhân) as the index knows it: eight bytes of a keyed hash. Two of
/// twenty million people share one with a chance of one in a hundred thousand, and a hit is compared with
/// the sheet itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonalTag(pub(super) u64);

impl PersonalTag {
    /// Under a key that serves no other purpose: whoever has key and index can try all numbers.
    pub fn of(key: &KeyedHash, number: &PersonalId) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = key.short("search/personal id", number.as_str().as_bytes());
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl fmt::Debug for PersonalTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalTag(…)")
    }
}

/// What a sheet is found by. Its status is not among it: what was withdrawn is found, and its record says so.
#[derive(Clone, Copy)]
pub struct SearchEntry<'s> {
    /// The booklet (mã tra cứu học bạ).
    pub code: TranscriptCode,
    /// Position of the sheet in the ledger.
    pub leaf: u64,
    /// Full name (họ và tên).
    pub name: &'s str,
    /// Birth date, with the precision it is on record with.
    pub birth: BirthDate,
    /// Identification number; a foreign pupil may have none.
    pub personal: Option<PersonalTag>,
    /// The province as it was then.
    pub province: ProvinceId,
    /// School code (mã trường).
    pub school_code: &'s str,
    /// School name (tên trường).
    pub school_name: &'s str,
    /// School year (năm học).
    pub year: SchoolYear,
    /// Level of schooling (cấp học).
    pub level: Level,
}

/// An entry as it is added: made on any thread.
pub struct Prepared(pub(super) TantivyDocument);

impl<'s> SearchEntry<'s> {
    /// The groups of a sheet that an entry is made of.
    pub const GROUPS: GroupSet = GroupSet::of(&[Group::Name, Group::Identity, Group::Staff]);

    /// The entry of a sheet at a position of the ledger; None unless [`SearchEntry::GROUPS`] are open. `key` is that
    /// of [`PersonalTag::of`].
    pub fn of(sheet: &'s Sheet, leaf: u64, key: &KeyedHash) -> Option<Self> {
        let (claims, contents) = (sheet.claims(), sheet.contents());
        let (name, identity, staff) = (contents.name.as_ref()?, contents.identity.as_ref()?, contents.staff.as_ref()?);
        Some(Self {
            code: claims.code,
            leaf,
            name: name.full_name.as_str(),
            birth: name.birth,
            personal: identity.personal_id.as_ref().map(|number| PersonalTag::of(key, number)),
            province: claims.province.id(),
            school_code: claims.school.as_str(),
            school_name: staff.school_name.as_str(),
            year: claims.school_year,
            level: claims.level,
        })
    }

    /// What [`super::SearchWriter::add_prepared`] takes.
    pub fn prepare(&self) -> Prepared {
        Prepared(SCHEMA.1.document(self))
    }

    pub(super) fn place(&self) -> Place {
        places::of(self.province)
    }

    /// The words of school name and code, each between spaces.
    pub(super) fn school_words(&self) -> String {
        let mut all = words_and_parts(self.school_name);
        all.push_str(&words(self.school_code));
        all.push(' ');
        all
    }
}

/// Never prints what it holds: it is about a child.
impl fmt::Debug for SearchEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearchEntry({})", self.leaf)
    }
}
