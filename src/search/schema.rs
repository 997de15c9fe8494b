//! What a document is: one sheet, by the person it is about, and a row of columns.
//!
//! ```text
//! person  = birth u32 (YYYYMMDD, zeros for what is not known) ‖ place u8 ‖ letters of the name ‖ 0 ‖ its marks
//! tag     = keyed hash of the identification number, cut to 8 bytes
//! columns = code (two halves), leaf, first year, level, place, words of the school
//! ```
//!
//! The term dictionary of `person` is the whole search by name: it lists who was born on a day and has a sheet
//! in a province, next to each other. A search reads that range and nowhere else (once: `people` keeps it), compares each
//! name, and so sees order, marks and typing errors without an index of each. The range holds the people of one day, some
//! thousands in the whole country, and never those of a province outside the grant.
//!
//! One document a sheet, not one a booklet: the ledger appends sheets, so following never reads a document back
//! to write it again; school, year, level and grant are then true of one and the same sheet; and an erased sheet
//! is one document that goes. The term is shared by the sheets of a learner, so each further one costs its
//! columns only.

use std::sync::LazyLock;

use tantivy::TantivyDocument;
use tantivy::schema::{BytesOptions, FAST, Field, NumericOptions, Schema};

use super::entry::SearchEntry;
use super::folding::Spelling;
use super::places::Place;
use crate::transcript::contents::BirthDate;

pub(super) const CODE_HIGH: &str = "code_high";
pub(super) const CODE_LOW: &str = "code_low";
pub(super) const LEAF: &str = "leaf";
pub(super) const YEAR: &str = "year";
pub(super) const LEVEL: &str = "level";
pub(super) const PLACE: &str = "place";
pub(super) const SCHOOL: &str = "school";

/// The fields of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) person: Field,
    pub(super) tag: Field,
    pub(super) leaf: Field,
    code: [Field; 2],
    year: Field,
    level: Field,
    place: Field,
    school: Field,
}

/// The schema and its fields.
pub(super) static SCHEMA: LazyLock<(Schema, Fields)> = LazyLock::new(|| {
    let mut schema = Schema::builder();
    let fields = Fields {
        // No frequencies and no lengths: nothing is scored.
        person: schema.add_bytes_field("person", BytesOptions::default().set_indexed()),
        tag: schema.add_u64_field("tag", NumericOptions::default().set_indexed()),
        code: [schema.add_u64_field(CODE_HIGH, FAST), schema.add_u64_field(CODE_LOW, FAST)],
        leaf: schema.add_u64_field(LEAF, FAST),
        year: schema.add_u64_field(YEAR, FAST),
        level: schema.add_u64_field(LEVEL, FAST),
        place: schema.add_u64_field(PLACE, FAST),
        school: schema.add_bytes_field(SCHOOL, BytesOptions::default().set_fast()),
    };
    (schema.build(), fields)
});

impl Fields {
    fn numbers(&self) -> [Field; COLUMNS] {
        let [high, low] = self.code;
        [high, low, self.leaf, self.year, self.level, self.place]
    }

    /// The document of a sheet. A name without letters is found by identification number alone.
    pub(super) fn document(&self, entry: &SearchEntry<'_>) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        if let Some(term) = person_of(entry) {
            document.add_bytes(self.person, &term);
        }
        if let Some(tag) = entry.personal {
            document.add_u64(self.tag, tag.0);
        }
        for (field, number) in self.numbers().into_iter().zip(columns(entry)) {
            document.add_u64(field, number);
        }
        document.add_bytes(self.school, entry.school_words().as_bytes());
        document
    }
}

/// Columns of numbers.
pub(super) const COLUMNS: usize = 6;

/// What stands in them, in the order of [`Fields::numbers`].
pub(super) fn columns(entry: &SearchEntry<'_>) -> [u64; COLUMNS] {
    let code = u128::from_be_bytes(*entry.code.as_bytes());
    let (year, level, place) = (entry.year.first(), entry.level.number(), entry.place());
    [(code >> 64) as u64, code as u64, entry.leaf, u64::from(year), u64::from(level), u64::from(place)]
}

/// The term of the person a sheet is about; None for a name without letters.
pub(super) fn person_of(entry: &SearchEntry<'_>) -> Option<Vec<u8>> {
    let spelling = Spelling::of(entry.name)?;
    let mut term = people_of(entry.birth.number(), Some(entry.place()));
    term.extend_from_slice(spelling.letters.as_bytes());
    term.push(0);
    term.extend_from_slice(spelling.marks.as_bytes());
    Some(term)
}

/// What the terms of everybody begin with who was born then and has a sheet of a place, or of any place.
pub(super) fn people_of(birth: u32, place: Option<Place>) -> Vec<u8> {
    let mut prefix = birth.to_be_bytes().to_vec();
    prefix.extend(place);
    prefix
}

/// What comes after everything that begins so; None when nothing does.
pub(super) fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// Birth dates on record that a typed one finds, and how much less exact each is: the same one, or what is on
/// record of it where only month or year are known. Never a more exact one: a typed year would list everybody
/// of that year.
pub(super) fn on_record(typed: BirthDate) -> impl Iterator<Item = (u32, u8)> {
    let day = typed.number();
    let mut all = vec![day, day / 100 * 100, day / 10_000 * 10_000];
    all.dedup();
    all.into_iter().zip(0..)
}

/// Where the letters of a term of `person` begin.
const NAMES_AT: usize = 5;

/// Letters and marks of a term of `person`; None for a term that is damaged.
pub(super) fn names(term: &[u8]) -> Option<(&str, &str)> {
    std::str::from_utf8(term.get(NAMES_AT..)?).ok()?.split_once('\0')
}
