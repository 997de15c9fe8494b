//! The index at one commit, and how a query is answered from it.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwap;
use tantivy::columnar::{BytesColumn, ColumnValues};
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Searcher, TERMINATED, Term};

use super::people::{Born, KeptPeople};
use super::places::Place;
use super::query::{Bounds, IDENTIFIED, Query, Rank, Who, has_words};
use super::schema::{self, Fields};
use super::scope::{Granted, Scope};
use super::{Position, SearchFault};
use crate::transcript::{Level, SchoolYear, TranscriptCode};

/// Most transcripts that one search finds.
pub const MAX_HITS: usize = 20;

/// A transcript that was found. Nothing here is believed: the caller reads the sheet at that position, checks it
/// as for every disclosure, and compares it with the query ([`Query::finds`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The booklet.
    pub code: TranscriptCode,
    /// Position in the ledger of its best sheet; of equally good ones the one of the newest school year.
    pub leaf: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Best first, each transcript once, at most [`MAX_HITS`].
    pub hits: Vec<Hit>,
    /// There is more within the grant: school, province, year or level would narrow it.
    pub more: bool,
    /// The state of the ledger it is true of.
    pub as_of: Position,
}

/// The index at one commit.
pub(super) struct View {
    pub(super) position: Position,
    fields: Fields,
    pub(super) segments: Vec<Segment>,
    /// Keeps the files of the segments.
    _searcher: Searcher,
}

/// A segment with all that a query reads.
pub(super) struct Segment {
    pub(super) reader: SegmentReader,
    pub(super) people: Arc<InvertedIndexReader>,
    pub(super) tags: Arc<InvertedIndexReader>,
    code: [Arc<dyn ColumnValues<u64>>; 2],
    leaf: Arc<dyn ColumnValues<u64>>,
    year: Arc<dyn ColumnValues<u64>>,
    level: Arc<dyn ColumnValues<u64>>,
    place: Arc<dyn ColumnValues<u64>>,
    pub(super) school: BytesColumn,
}

/// A sheet that was found, in the order of hits.
type Candidate = (Rank, Reverse<u64>, [u64; 2], u64);

/// Answers queries; one process has any number of them.
#[derive(Clone)]
pub struct SearchReader {
    pub(super) view: Arc<ArcSwap<View>>,
    pub(super) kept: Arc<KeptPeople>,
}

impl SearchReader {
    /// Who fits the query within the grant.
    ///
    /// # Errors
    /// [`SearchFault`]: the index cannot be read. It says nothing about anybody.
    pub fn search(&self, query: &Query, scope: &Scope) -> Result<Found, SearchFault> {
        let view = self.view.load_full();
        // Files were checked when the index was opened. Bytes that changed since can lead the decoders of tantivy
        // astray, which then panic; nothing is changed by a search, so nothing is left half done.
        let found = catch_unwind(AssertUnwindSafe(|| view.search(query, scope, &self.kept)));
        found.unwrap_or(Err(SearchFault::Damaged("a search could not read it")))
    }

    /// The state of the ledger that is searched.
    pub fn position(&self) -> Position {
        self.view.load().position
    }
}

impl std::fmt::Debug for SearchReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchReader({} entries of the ledger)", self.position().size)
    }
}

impl View {
    pub(super) fn new(searcher: Searcher, fields: Fields, position: Position) -> Result<Self, SearchFault> {
        let open = |reader: &SegmentReader| Segment::open(reader, &fields);
        let segments = searcher.segment_readers().iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { position, fields, segments, _searcher: searcher })
    }

    fn search(&self, query: &Query, scope: &Scope, kept: &KeptPeople) -> Result<Found, SearchFault> {
        let bounds = Bounds::new(query, scope);
        let mut all = Vec::new();
        if !bounds.is_none() {
            for segment in &self.segments {
                segment.gather(query, &bounds, &self.fields, kept, &mut all)?;
            }
        }
        all.sort_unstable();
        let mut seen = HashSet::new();
        all.retain(|(_, _, code, _)| seen.insert(*code));
        let hits = all.iter().take(MAX_HITS).map(|(_, _, code, leaf)| Hit { code: whole(*code), leaf: *leaf });
        Ok(Found { hits: hits.collect(), more: all.len() > MAX_HITS, as_of: self.position })
    }
}

fn whole([high, low]: [u64; 2]) -> TranscriptCode {
    TranscriptCode::from_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}

impl Segment {
    fn open(reader: &SegmentReader, fields: &Fields) -> Result<Self, SearchFault> {
        let column = |name| Ok::<_, SearchFault>(reader.fast_fields().u64(name)?.first_or_default_col(0));
        let school = reader.fast_fields().bytes(schema::SCHOOL)?;
        Ok(Self {
            people: reader.inverted_index(fields.person)?,
            tags: reader.inverted_index(fields.tag)?,
            code: [column(schema::CODE_HIGH)?, column(schema::CODE_LOW)?],
            leaf: column(schema::LEAF)?,
            year: column(schema::YEAR)?,
            level: column(schema::LEVEL)?,
            place: column(schema::PLACE)?,
            school: school.ok_or(SearchFault::Damaged("a column is missing"))?,
            reader: reader.clone(),
        })
    }

    /// The numbers of a sheet, as [`schema::columns`] has them.
    pub(super) fn columns(&self, doc: DocId) -> [u64; schema::COLUMNS] {
        let [high, low] = &self.code;
        [high, low, &self.leaf, &self.year, &self.level, &self.place].map(|column| column.get_val(doc))
    }

    fn gather(
        &self,
        query: &Query,
        bounds: &Bounds<'_>,
        fields: &Fields,
        kept: &KeptPeople,
        all: &mut Vec<Candidate>,
    ) -> Result<(), SearchFault> {
        match &query.who {
            Who::Identified(tag) => {
                if let Some(term) = self.tags.get_term_info(&Term::from_field_u64(fields.tag, tag.0))? {
                    self.take(&self.tags, &term, IDENTIFIED, bounds, all)?;
                }
            }
            Who::Named { name, birth } => {
                for (birth, inexact) in schema::on_record(*birth) {
                    for place in places(bounds) {
                        let born = Born { segment: self.reader.segment_id(), birth, place };
                        let people = kept.of(born, &self.people)?;
                        for (letters, marks, term) in people.who_may_be(name.glance()) {
                            if let Some(meeting) = name.meets(letters, marks) {
                                self.take(&self.people, &term, (meeting, inexact), bounds, all)?;
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The sheets of a term that lie within the bounds.
    fn take(
        &self,
        index: &InvertedIndexReader,
        term: &TermInfo,
        rank: Rank,
        bounds: &Bounds<'_>,
        all: &mut Vec<Candidate>,
    ) -> Result<(), SearchFault> {
        let alive = self.reader.alive_bitset();
        let mut postings = index.read_postings_from_terminfo(term, IndexRecordOption::Basic)?;
        let mut doc = postings.doc();
        while doc != TERMINATED {
            // A number beyond the columns is a damaged one.
            let is_there = doc < self.reader.max_doc() && alive.is_none_or(|alive| alive.is_alive(doc));
            if is_there && self.lies_within(doc, bounds)? {
                let code = [0, 1].map(|half: usize| self.code[half].get_val(doc));
                all.push((rank, Reverse(self.year.get_val(doc)), code, self.leaf.get_val(doc)));
            }
            doc = postings.advance();
        }
        Ok(())
    }

    fn lies_within(&self, doc: DocId, bounds: &Bounds<'_>) -> io::Result<bool> {
        let place = u8::try_from(self.place.get_val(doc)).ok();
        let level = u8::try_from(self.level.get_val(doc)).ok().and_then(Level::from_number);
        let year = u16::try_from(self.year.get_val(doc)).ok().and_then(SchoolYear::starting);
        let is_granted = place.is_some_and(|place| bounds.places.contains(place))
            && level.is_some_and(|level| bounds.levels.contains(level))
            && year.is_some_and(|year| bounds.years.contains(year));
        Ok(is_granted && (bounds.school.is_empty() || self.school_has(doc, bounds.school)?))
    }

    fn school_has(&self, doc: DocId, sought: &[String]) -> io::Result<bool> {
        let mut school = Vec::new();
        if let Some(ord) = self.school.term_ords(doc).next() {
            self.school.ord_to_bytes(ord, &mut school)?;
        }
        Ok(has_words(&school, sought))
    }
}

/// The places within the bounds; None for all of them, which are read as one.
fn places(bounds: &Bounds<'_>) -> Vec<Option<Place>> {
    match &bounds.places {
        Granted::All => vec![None],
        Granted::Only(places) => places.iter().copied().map(Some).collect(),
    }
}
