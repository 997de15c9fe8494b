//! What is indexed of a sheet, and the keyed hash that an identification number is found by.

use std::fmt;

use super::places::{self, Place};
use crate::signing::keyed::KeyedHash;
use crate::transcript::contents::{BirthDate, PersonalId};
use crate::transcript::province::ProvinceId;
use crate::transcript::words::{words, words_and_parts};
use crate::transcript::{Level, SchoolYear, TranscriptCode};

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

impl SearchEntry<'_> {
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
