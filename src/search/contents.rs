//! All that an index holds in one number, the same in whatever order it came: what an audit compares with the ledger.

use sha2::{Digest as _, Sha256};
use tantivy::index::InvertedIndexReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::SearchFault;
use super::entry::SearchEntry;
use super::schema;
use super::view::{Segment, View};

const CUT: SearchFault = SearchFault::Damaged("a list of sheets is longer than there are sheets");

/// How many sheets, and the sum of their fingerprints. Made against damage and faults, not against somebody who chooses
/// what to write: hits are compared with their sheets in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// Sheets.
    pub sheets: u64,
    sum: u128,
}

impl Contents {
    /// What an index holds that has this sheet alone.
    pub fn of(entry: &SearchEntry<'_>) -> Self {
        Row {
            person: &schema::person_of(entry).unwrap_or_default(),
            tag: entry.personal.map(|tag| tag.0),
            columns: schema::columns(entry),
            school: entry.school_words().as_bytes(),
        }
        .contents()
    }

    /// What an index holds that has both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { sheets: self.sheets + other.sheets, sum: self.sum.wrapping_add(other.sum) }
    }

    /// What an index holds that is open.
    pub(super) fn of_view(view: &View) -> Result<Self, SearchFault> {
        view.segments.iter().try_fold(Self::default(), |sum, segment| Ok(sum.and(segment.contents()?)))
    }
}

/// Everything about one sheet.
struct Row<'a> {
    person: &'a [u8],
    tag: Option<u64>,
    columns: [u64; schema::COLUMNS],
    school: &'a [u8],
}

impl Row<'_> {
    fn contents(&self) -> Contents {
        let mut digest = Sha256::new();
        for text in [self.person, self.school] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        digest.update([u8::from(self.tag.is_some())]);
        for number in [self.tag.unwrap_or(0)].iter().chain(&self.columns) {
            digest.update(number.to_be_bytes());
        }
        let mut sum = [0; 16];
        sum.copy_from_slice(&digest.finalize()[..16]);
        Contents { sheets: 1, sum: u128::from_be_bytes(sum) }
    }
}

impl Segment {
    fn contents(&self) -> Result<Contents, SearchFault> {
        let count = self.reader.max_doc() as usize;
        let (mut people, mut tags) = (vec![Box::<[u8]>::default(); count], vec![None; count]);
        self.each(&self.people, |doc, term| {
            *people.get_mut(doc).ok_or(CUT)? = term.into();
            Ok(())
        })?;
        self.each(&self.tags, |doc, term| {
            let term = term.try_into().map_err(|_| SearchFault::Damaged("a number is cut"))?;
            *tags.get_mut(doc).ok_or(CUT)? = Some(u64::from_be_bytes(term));
            Ok(())
        })?;
        let mut contents = Contents::default();
        for doc in self.reader.doc_ids_alive() {
            let mut school = Vec::new();
            if let Some(ord) = self.school.term_ords(doc).next() {
                self.school.ord_to_bytes(ord, &mut school)?;
            }
            let at = doc as usize;
            let row = Row { person: &people[at], tag: tags[at], columns: self.columns(doc), school: &school };
            contents = contents.and(row.contents());
        }
        Ok(contents)
    }

    /// Every sheet of every term.
    fn each(
        &self,
        index: &InvertedIndexReader,
        mut take: impl FnMut(usize, &[u8]) -> Result<(), SearchFault>,
    ) -> Result<(), SearchFault> {
        let mut terms = index.terms().stream()?;
        while let Some((term, info)) = terms.next() {
            let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED {
                take(postings.doc() as usize, term)?;
                postings.advance();
            }
        }
        Ok(())
    }
}
