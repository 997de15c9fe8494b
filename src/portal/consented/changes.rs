//! What changed of the transcripts of the one who consents, from a position of the ledger on: what the ledger says of them,
//! entry by entry, and the verdict now.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Buffers, ConsentedRefusal, Theirs};
use crate::apps::Mandate;
use crate::journal::ConsentFor;
use crate::limits::ClientPrefix;
use crate::portal::Portal;
use crate::portal::answer::Verdict;
use crate::transcript::time::{Day, Moment};
use crate::transcript::{GroupSet, SchoolYear, Status, TranscriptCode};

/// What changed of the transcripts of the one who consents.
#[derive(Debug, Clone)]
pub struct ConsentedChanges {
    /// In the order of the ledger.
    pub changes: Vec<TranscriptChange>,
    /// The position to ask from the next time.
    pub next: u64,
    /// So many transcripts could not be checked now; `next` has then not moved.
    pub unchecked: usize,
}

/// An entry of the ledger that changed something about a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TranscriptChange {
    /// Its position in the ledger.
    pub position: u64,
    /// When it was logged.
    pub logged_at: Option<Moment>,
    /// The transcript.
    pub code: TranscriptCode,
    /// What happened.
    pub change: ChangeKind,
    /// Of a status: from when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<Day>,
    /// The school year of the sheet it is about; None: the whole transcript.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_year: Option<SchoolYear>,
    /// Position of that sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf_index: Option<u64>,
    /// The verdict on the transcript now.
    pub verdict: Verdict,
}

/// What happened to a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A sheet was logged.
    Issued,
    /// No longer in force.
    Withdrawn,
    /// Replaced by another sheet of the same year.
    Replaced,
    /// Under review.
    Suspended,
    /// The review is over.
    Released,
    /// Management passed on.
    Transferred,
    /// Content removed by lawful order.
    Erased,
}

impl From<Status> for ChangeKind {
    fn from(status: Status) -> Self {
        match status {
            Status::Withdrawn => Self::Withdrawn,
            Status::Replaced => Self::Replaced,
            Status::Suspended => Self::Suspended,
            Status::Released => Self::Released,
            Status::Transferred => Self::Transferred,
            Status::Erased => Self::Erased,
        }
    }
}

impl Portal {
    /// What changed of the transcripts of the one who consents, from this position of the ledger on. Blocking, as
    /// [`Portal::consented_transcripts`].
    ///
    /// # Errors
    /// [`ConsentedRefusal`].
    pub fn consented_changes(
        &self,
        mandate: &Mandate,
        since: u64,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<ConsentedChanges, ConsentedRefusal> {
        if !mandate.may_follow_changes() {
            return Err(ConsentedRefusal::NothingGranted);
        }
        let sought = self.look_for(mandate, ConsentFor::Changes, GroupSet::NONE, client, now)?;
        let state = self.parts.published.load_full();
        let mut buffers = vec![Buffers::default(); sought.hits.len()];
        let (theirs, unchecked) = self.theirs(&state, &sought, &mut buffers, now);
        // What the index does not reflect yet might be the first of a transcript that is not found before.
        let known = sought.searched.min(state.position.size);
        let mut changes: Vec<TranscriptChange> = theirs.iter().flat_map(changes_of).collect();
        changes.retain(|change| (since..known).contains(&change.position));
        changes.sort_by_key(|change| change.position);
        let has_change = |code: &TranscriptCode| changes.iter().any(|change| change.code == *code);
        let codes = theirs.iter().map(|theirs| theirs.found.transcript.code).filter(has_change);
        self.record_shown(&sought, &codes.collect::<Vec<_>>(), GroupSet::NONE, client, now)?;
        let next = if unchecked == 0 { known.max(since) } else { since };
        Ok(ConsentedChanges { changes, next, unchecked })
    }
}

/// What the ledger says about a transcript, entry by entry. The leaves were proved with the answer.
fn changes_of(theirs: &Theirs<'_>) -> Vec<TranscriptChange> {
    let transcript = &theirs.found.transcript;
    let sheets: Vec<_> = transcript.sheets().collect();
    let change = |position, logged_at: u64, change| TranscriptChange {
        position,
        logged_at: i64::try_from(logged_at).ok().and_then(Moment::from_millis),
        code: transcript.code,
        change,
        effective_on: None,
        school_year: None,
        leaf_index: None,
        verdict: theirs.answer.verdict,
    };
    let issued = sheets.iter().map(|sheet| TranscriptChange {
        school_year: Some(sheet.school_year),
        leaf_index: Some(sheet.leaf.index),
        ..change(sheet.leaf.index, sheet.leaf.logged_at, ChangeKind::Issued)
    });
    let decided = transcript.statuses().map(|status| {
        let sheet = status.sheet.and_then(|id| sheets.iter().find(|sheet| sheet.sheet == id));
        TranscriptChange {
            effective_on: Some(Day::from(status.effective_at.date_in_vietnam())),
            school_year: sheet.map(|sheet| sheet.school_year),
            leaf_index: sheet.map(|sheet| sheet.leaf.index),
            ..change(status.leaf.index, status.leaf.logged_at, status.status.into())
        }
    });
    issued.chain(decided).collect()
}
