//! Who was born on a date, read from the term dictionary once and kept while they are asked for.
//!
//! Offices ask for the learners of one or two years of birth again and again, and whoever asks for a day is also shown those of
//! whom only its month or year is known. The dictionary would be decoded anew each time, from the beginning of each block.
//!
//! What is kept is about one segment, whose files never change, and is forgotten with it: so when somebody was erased and the
//! segment written again without them, their name leaves the memory too.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tantivy::index::{InvertedIndexReader, SegmentId};
use tantivy::postings::TermInfo;

use super::SearchFault;
use super::matching::Glance;
use super::places::Place;
use super::schema;

/// Bytes of names that are kept: those of a million people, which is a year's learners of the whole country.
const KEPT: usize = 64 << 20;
/// People of a day in a province, about; the cache is made for as many days as then fit.
const BYTES_OF_A_DAY: usize = 4 << 10;

/// Whose birth date, in which segment; with a place only those who have a sheet of it, so that what a search costs never
/// depends on people outside a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Born {
    pub(super) segment: SegmentId,
    pub(super) birth: u32,
    pub(super) place: Option<Place>,
}

/// The people of birth dates that were asked for, of all segments together.
pub(super) struct KeptPeople(Cache<Born, Arc<People>, PeopleWeight>);

impl KeptPeople {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(KEPT / BYTES_OF_A_DAY, KEPT as u64, PeopleWeight))
    }

    /// The people of a date, read if need be.
    pub(super) fn of(&self, born: Born, index: &InvertedIndexReader) -> Result<Arc<People>, SearchFault> {
        self.0
            .get_or_insert_with(&born, || People::read(index, &schema::people_of(born.birth, born.place)).map(Arc::new))
    }

    /// Forgets what is about other segments than these. A search that began before may still bring something back, until this
    /// is called again.
    pub(super) fn retain(&self, segments: &[SegmentId]) {
        self.0.retain(|born, _| segments.contains(&born.segment));
    }
}

#[derive(Clone)]
struct PeopleWeight;

impl Weighter<Born, Arc<People>> for PeopleWeight {
    fn weight(&self, _: &Born, people: &Arc<People>) -> u64 {
        (people.names.len() + size_of_val(&*people.each) + size_of_val(&*people.glances) + 128) as u64
    }
}

/// People whose terms begin alike, in the order of the dictionary.
pub(super) struct People {
    /// What each name looks like, apart from the rest: nearly all that is read of them is this.
    glances: Box<[Glance]>,
    each: Box<[Person]>,
    /// The letters and the marks of each, without anything between them.
    names: Box<str>,
}

/// Where in the names a person's letters end and marks end, and where their sheets are listed.
struct Person {
    letters_end: u32,
    marks_end: u32,
    sheets: u32,
    postings_len: u32,
    postings: usize,
}

impl People {
    /// A damaged term is passed over, as one that is not there.
    fn read(index: &InvertedIndexReader, prefix: &[u8]) -> Result<Self, SearchFault> {
        const TOO_LONG: SearchFault = SearchFault::Damaged("a list of names is too long");
        let short = |length: usize| u32::try_from(length).map_err(|_| TOO_LONG);
        let terms = index.terms().range().ge(prefix);
        let mut terms = match schema::after(prefix) {
            Some(end) => terms.lt(end).into_stream()?,
            None => terms.into_stream()?,
        };
        let (mut glances, mut each, mut names) = (Vec::new(), Vec::new(), String::new());
        while let Some((term, info)) = terms.next() {
            let Some((letters, marks)) = schema::names(term) else { continue };
            glances.push(Glance::at(letters));
            names.push_str(letters);
            let letters_end = short(names.len())?;
            names.push_str(marks);
            each.push(Person {
                letters_end,
                marks_end: short(names.len())?,
                sheets: info.doc_freq,
                postings_len: short(info.postings_range.len())?,
                postings: info.postings_range.start,
            });
        }
        Ok(Self { glances: glances.into(), each: each.into(), names: names.into() })
    }

    /// Letters, marks and sheets of those who may have a name that looks so.
    pub(super) fn who_may_be(&self, sought: Glance) -> impl Iterator<Item = (&str, &str, TermInfo)> {
        let like = self.glances.iter().enumerate().filter(move |(_, glance)| glance.may_be(sought));
        like.map(|(i, _)| {
            let (before, person) = (i.checked_sub(1).map_or(0, |before| self.each[before].marks_end), &self.each[i]);
            let [start, middle, end] = [before, person.letters_end, person.marks_end].map(|at| at as usize);
            (&self.names[start..middle], &self.names[middle..end], person.term())
        })
    }
}

impl Person {
    /// Terms of people have no positions.
    fn term(&self) -> TermInfo {
        let postings_range = self.postings..self.postings + self.postings_len as usize;
        TermInfo { doc_freq: self.sheets, postings_range, positions_range: 0..0 }
    }
}
