//! Lines about searches of offices: who looked for whom and why, before the index is asked; and whose transcripts they
//! were shown, before they are shown.

use serde::{Deserialize, Serialize};

use super::entry::{Entry, Purpose, Receipt, Tag, group_list};
use super::{Journal, JournalFault};
use crate::transcript::text::Text;
use crate::transcript::{GroupSet, Moment, TranscriptCode};

/// What somebody is looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchedBy {
    /// Name and birth date.
    Name,
    /// Identification number.
    Number,
}

/// An office looks for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchMade {
    /// Whose account.
    pub account: Text<100>,
    /// What for.
    pub purpose: Purpose,
    /// By what.
    pub by: SearchedBy,
    /// Keyed hash of whom.
    pub sought: Tag,
    /// Keyed hash of the client's address prefix.
    pub client: Option<Tag>,
    /// Names the key of the hashes.
    pub key: String,
}

/// What an office is shown of a search; also that it is shown nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchFound {
    /// Whose account.
    pub account: Text<100>,
    /// Number of the line of the search.
    pub search: u64,
    /// Keyed hashes of the transcripts that are shown, best first.
    pub transcripts: Vec<Tag>,
    /// The groups that something is shown of.
    #[serde(with = "group_list")]
    pub groups: GroupSet,
    /// How many could not be checked, and are not shown.
    pub unchecked: u64,
    /// Names the key of the hashes.
    pub key: String,
}

/// A search that is to be written down. The journal makes the keyed hashes.
#[derive(Debug)]
pub struct Searching<'a> {
    /// Whose account.
    pub account: Text<100>,
    /// What for.
    pub purpose: Purpose,
    /// By what.
    pub by: SearchedBy,
    /// Whom: bytes that are the same however they were typed.
    pub subject: &'a [u8],
    /// The client's address prefix, as the limits know it.
    pub client: Option<&'a str>,
}

impl Journal {
    /// Writes down that somebody is looked for, as [`Journal::append`] does.
    ///
    /// # Errors
    /// [`JournalFault`]; nobody may then be looked for.
    pub fn append_search(&self, at: Moment, search: &Searching<'_>) -> Result<Receipt, JournalFault> {
        let made = SearchMade {
            account: search.account.clone(),
            purpose: search.purpose.clone(),
            by: search.by,
            sought: self.tags().sought(search.subject, at),
            client: search.client.map(|prefix| self.tags().client(prefix, at)),
            key: self.tags().id().to_owned(),
        };
        self.append_entry(at, &Entry::SearchMade(made))
    }

    /// Writes down what a search, whose line is `search`, is answered with; as [`Journal::append`].
    ///
    /// # Errors
    /// [`JournalFault`]; nothing may then be shown.
    pub fn append_found(
        &self,
        at: Moment,
        account: Text<100>,
        search: &Receipt,
        codes: &[TranscriptCode],
        groups: GroupSet,
        unchecked: usize,
    ) -> Result<Receipt, JournalFault> {
        let found = SearchFound {
            account,
            search: search.seq,
            transcripts: codes.iter().map(|code| self.tags().transcript(code, at)).collect(),
            groups,
            unchecked: unchecked as u64,
            key: self.tags().id().to_owned(),
        };
        self.append_entry(at, &Entry::SearchFound(found))
    }
}
