//! Lines about batches: who had many transcripts looked up at once, for which purpose, and which.
//!
//! One line for each step of a batch; the transcripts that were looked up in it as keyed hashes, so many to a line; and
//! for each one that was opened to compare something with it a line like that of any other disclosure.

use serde::{Deserialize, Serialize};

use super::entry::{Actor, Disclosure, Entry, Outcome, Purpose, Receipt, Tag};
use super::{Journal, JournalFault};
use crate::transcript::text::Text;
use crate::transcript::{GroupSet, Moment, TranscriptCode};

/// Transcripts of one line: with the longest purpose and actor it is still shorter than a line may be.
const ROWS: usize = 200;

/// What was done with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchAction {
    /// It was handed in.
    Begun,
    /// All its rows were looked up.
    Finished,
    /// Whoever handed it in ended it before that.
    Cancelled,
    /// It was ended because its grant was, or because what was handed in could not be read.
    Stopped,
    /// Its results were handed out.
    Taken,
    /// It was deleted, with what was handed in and what came of it.
    Deleted,
}

/// Something was done with a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchChanged {
    /// Who; none where its time was over.
    pub actor: Option<Actor>,
    /// For which office, by its short name.
    pub office: Text<100>,
    /// What for.
    pub purpose: Purpose,
    /// Which batch.
    pub batch: Text<40>,
    /// What.
    pub action: BatchAction,
    /// How many rows it has, or has come to.
    pub rows: u64,
    /// Keyed hash of the file that was handed in.
    pub input: Tag,
    /// Names the key of the hash.
    pub key: String,
}

/// Transcripts were looked up in a batch: their public verdicts and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchRows {
    /// Who.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// In which batch.
    pub batch: Text<40>,
    /// Keyed hashes of the codes, in the order of the rows.
    pub transcripts: Vec<Tag>,
    /// Names the key of the hashes.
    pub key: String,
}

/// What is to be written down about a batch. The journal makes the keyed hash.
#[derive(Debug, Clone)]
pub struct BatchEvent<'a> {
    /// Who.
    pub actor: Option<Actor>,
    /// For which office.
    pub office: Text<100>,
    /// What for.
    pub purpose: Purpose,
    /// Which batch.
    pub batch: Text<40>,
    /// What.
    pub action: BatchAction,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of the file that was handed in.
    pub input: &'a [u8; 32],
}

/// Rows of a batch whose results are about to be kept.
#[derive(Debug, Clone)]
pub struct RowsSeen<'a> {
    /// Who.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// In which batch.
    pub batch: Text<40>,
    /// Looked up and not opened.
    pub looked_up: &'a [TranscriptCode],
    /// Opened, and which groups of each.
    pub opened: &'a [(TranscriptCode, GroupSet)],
}

impl Journal {
    /// Writes down what is done with a batch, as [`Journal::append`] does.
    ///
    /// # Errors
    /// [`JournalFault`]; whoever gets one does nothing.
    pub fn append_batch(&self, at: Moment, event: &BatchEvent<'_>) -> Result<Receipt, JournalFault> {
        let entry = Entry::BatchChanged(BatchChanged {
            actor: event.actor.clone(),
            office: event.office.clone(),
            purpose: event.purpose.clone(),
            batch: event.batch.clone(),
            action: event.action,
            rows: event.rows,
            input: self.tags().file(event.input, at),
            key: self.tags().id().to_owned(),
        });
        self.append_entry(at, &entry)
    }

    /// Writes down which rows were looked up and opened, all with one fsync.
    ///
    /// # Errors
    /// [`JournalFault`]; whoever gets one keeps and shows none of their results.
    pub fn append_rows(&self, at: Moment, seen: &RowsSeen<'_>) -> Result<(), JournalFault> {
        let key = self.tags().id().to_owned();
        let looked_up = seen.looked_up.chunks(ROWS).map(|codes| {
            Entry::BatchRows(BatchRows {
                actor: seen.actor.clone(),
                purpose: seen.purpose.clone(),
                batch: seen.batch.clone(),
                transcripts: self.tags().transcripts(codes, at),
                key: key.clone(),
            })
        });
        let opened = seen.opened.iter().map(|(code, groups)| {
            Entry::Disclosure(Disclosure {
                actor: seen.actor.clone(),
                purpose: seen.purpose.clone(),
                transcript: self.tags().transcript(code, at),
                groups: *groups,
                client: None,
                key: key.clone(),
                outcome: Outcome::Disclosed,
            })
        });
        let entries: Vec<Entry> = looked_up.chain(opened).collect();
        if entries.is_empty() {
            return Ok(());
        }
        self.append_entries(at, &entries).map(drop)
    }
}
