//! Transcripts for a partner's app under somebody's consent: those of the one who consents, or of their child; of them
//! the groups that are consented to; and what changed of them since a position of the ledger.
//!
//! They are found by identification number, which the consent names and no request does. The index only says where to
//! look: a transcript is theirs if the newest of its sheets that nothing has ended carries the number, once it has been
//! read again and proved. A number that was corrected since opens nothing.
//!
//! [`changes`] is the feed of what changed. The journal has the consent's line before the index is asked, and a line for
//! each transcript before it is shown.

mod changes;

use super::answer::VerdictAnswer;
use super::disclose::{DiscloseRefusal, Disclosed, Opened, newest_in_force};
use super::office_desk::named;
use super::office_search::SearchRefusal;
use super::sharing::Opening;
use super::verify::Found;
use super::{OfficeParts, Portal};
use crate::apps::{GivenBy, Mandate};
use crate::follow::Reflected;
use crate::journal::{Actor, ConsentFor, Consented as Used, Event, JournalFault, Outcome, Purpose, Shown};
use crate::limits::{ClientPrefix, Refusal};
use crate::search::{Granted, Hit, PersonalTag, Query, Scope};
use crate::transcript::contents::PersonalId;
use crate::transcript::time::Moment;
use crate::transcript::{GroupSet, TranscriptCode};

pub use changes::{ChangeKind, ConsentedChanges, TranscriptChange};

/// Transcripts of the one who consents.
#[derive(Debug, Clone)]
pub struct ConsentedTranscripts {
    /// Each with its verdict, what is consented to, and evidence.
    pub transcripts: Vec<Disclosed>,
    /// The groups that were opened.
    pub groups: GroupSet,
    /// So many others could not be checked now, and are not shown.
    pub unchecked: usize,
    /// Entries of the ledger in which they were looked for: what came later is not found yet.
    pub searched: u64,
}

/// Why there is no answer. None of it says anything about anybody.
#[derive(Debug, thiserror::Error)]
pub enum ConsentedRefusal {
    /// This process does not answer offices, and so no apps.
    #[error("this process does not answer apps")]
    NotHere,
    /// Registration, token and consent have nothing in common that is asked for.
    #[error("nothing of what is asked for is granted")]
    NothingGranted,
    /// Too many in too short a time.
    #[error(transparent)]
    TooMany(#[from] Refusal),
    /// The transcript that was asked for is none of theirs, whether it is on record or not.
    #[error("the consent is not about that transcript")]
    NotTheirs,
    /// The index does not answer now.
    #[error(transparent)]
    Search(#[from] SearchRefusal),
    /// It could not be checked.
    #[error("could not be checked")]
    Unchecked,
    /// The journal takes no line, so nobody is looked for, or nothing is shown.
    #[error("it could not be recorded")]
    NotRecorded,
}

/// Whose transcripts are looked for, once that is written down; and where the index says they are.
struct Sought {
    number: PersonalId,
    actor: Actor,
    purpose: Purpose,
    hits: Vec<Hit>,
    more: bool,
    searched: u64,
}

/// A transcript that is theirs.
struct Theirs<'b> {
    found: Found<'b>,
    answer: VerdictAnswer<'b>,
    opened: Vec<Opened>,
}

/// Room for the records of one transcript.
type Buffers = (Vec<u8>, Vec<u8>);

impl Portal {
    /// Opens the transcripts of the one who consents; with `only`, that one of them. Blocking: reads bodies and waits
    /// for two fsyncs of the journal.
    ///
    /// # Errors
    /// [`ConsentedRefusal`].
    pub fn consented_transcripts(
        &self,
        mandate: &Mandate,
        only: Option<&TranscriptCode>,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<ConsentedTranscripts, ConsentedRefusal> {
        let groups = mandate.groups();
        if groups == GroupSet::NONE {
            return Err(ConsentedRefusal::NothingGranted);
        }
        let mut sought = self.look_for(mandate, ConsentFor::Transcripts, groups, client, now)?;
        sought.hits.retain(|hit| only.is_none_or(|code| hit.code == *code));
        let state = self.parts.published.load_full();
        let mut buffers = vec![Buffers::default(); sought.hits.len()];
        let (theirs, unchecked) = self.theirs(&state, &sought, &mut buffers, now);
        if let (Some(code), true) = (only, theirs.is_empty()) {
            return Err(if unchecked > 0 {
                ConsentedRefusal::Unchecked
            } else {
                self.refuse_foreign(&sought, code, groups, client, now)
            });
        }
        let codes: Vec<TranscriptCode> = theirs.iter().map(|theirs| theirs.found.transcript.code).collect();
        self.record_shown(&sought, &codes, groups, client, now)?;
        let opening = || Opening::Granted { is_partial: false };
        let disclose =
            |theirs: Theirs<'_>| self.disclosed(&state, &theirs.answer, theirs.opened, groups, None, opening());
        let transcripts = theirs.into_iter().map(disclose).collect::<Result<_, DiscloseRefusal>>();
        let transcripts = transcripts.map_err(|_| ConsentedRefusal::Unchecked)?;
        Ok(ConsentedTranscripts { transcripts, groups, unchecked, searched: sought.searched })
    }

    /// Writes the consent down, and then asks the index.
    fn look_for(
        &self,
        mandate: &Mandate,
        asked: ConsentFor,
        groups: GroupSet,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Sought, ConsentedRefusal> {
        let offices = self.parts.offices.as_ref().ok_or(ConsentedRefusal::NotHere)?;
        offices.consents.check(mandate.partner().id().clone())?;
        let index = self.index(offices)?;
        let consent = mandate.consent();
        let query = by_number(offices, consent.citizen());
        let guardian = match consent.given_by() {
            GivenBy::Citizen => None,
            GivenBy::Guardian(number) => Some(by_number(offices, &number).subject()),
        };
        let purpose: Purpose = named(consent.purpose()).ok_or(ConsentedRefusal::NotRecorded)?;
        let partner = named(mandate.partner().id()).ok_or(ConsentedRefusal::NotRecorded)?;
        let used = Used {
            partner,
            issuer: named(consent.issuer()).ok_or(ConsentedRefusal::NotRecorded)?,
            purpose: purpose.clone(),
            asked,
            groups,
            citizen: &query.subject(),
            guardian: guardian.as_deref(),
            consent: &consent.subject(),
            client: &client.to_hex(),
        };
        let line = self.parts.journal.append_consent(now, &used).map_err(not_recorded)?;
        let everywhere = Scope::new(&Granted::All, Granted::All, Granted::All);
        let found = index.search(&query, &everywhere).map_err(|fault| {
            tracing::error!(%fault, "the search index cannot be read");
            SearchRefusal::OutOfOrder
        })?;
        Ok(Sought {
            number: *consent.citizen(),
            actor: Actor::App { partner: used.partner, consent: line.seq },
            purpose,
            hits: found.hits,
            more: found.more,
            searched: found.as_of.size,
        })
    }

    /// Those of the hits that are theirs, and how many could not be checked.
    fn theirs<'b>(
        &self,
        state: &Reflected,
        sought: &Sought,
        buffers: &'b mut [Buffers],
        now: Moment,
    ) -> (Vec<Theirs<'b>>, usize) {
        let (mut theirs, mut unchecked) = (Vec::new(), usize::from(sought.more));
        for (hit, buffers) in sought.hits.iter().zip(buffers) {
            match self.if_theirs(state, hit, &sought.number, buffers, now) {
                Ok(found) => theirs.extend(found),
                Err(_) => unchecked += 1,
            }
        }
        (theirs, unchecked)
    }

    /// A hit, read again and proved; None if it is not, or not any more, a transcript of this number.
    fn if_theirs<'b>(
        &self,
        state: &Reflected,
        hit: &Hit,
        number: &PersonalId,
        buffers: &'b mut Buffers,
        now: Moment,
    ) -> Result<Option<Theirs<'b>>, DiscloseRefusal> {
        let (found, answer) = match self.proved(state, &hit.code, buffers, now) {
            Err(DiscloseRefusal::Unknown) => return Ok(None),
            proved => proved?,
        };
        let opened = match self.open_sheets(&found, &answer, |_| true) {
            Err(DiscloseRefusal::NothingLeft) => return Ok(None),
            opened => opened?,
        };
        let identity = newest_in_force(&opened).and_then(|sheet| sheet.contents().identity.as_ref());
        let is_theirs = identity.and_then(|identity| identity.personal_id) == Some(*number);
        Ok(is_theirs.then_some(Theirs { found, answer, opened }))
    }

    fn record_shown(
        &self,
        sought: &Sought,
        codes: &[TranscriptCode],
        groups: GroupSet,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(), ConsentedRefusal> {
        let (actor, purpose) = (sought.actor.clone(), sought.purpose.clone());
        let shown = Shown { actor, purpose, codes, groups, client: &client.to_hex() };
        self.parts.journal.append_shown(now, &shown).map_err(not_recorded)
    }

    /// The same line and the same answer, whether there is no such code or it is somebody else's.
    fn refuse_foreign(
        &self,
        sought: &Sought,
        code: &TranscriptCode,
        groups: GroupSet,
        client: ClientPrefix,
        now: Moment,
    ) -> ConsentedRefusal {
        let client = client.to_hex();
        let event = Event {
            actor: sought.actor.clone(),
            purpose: sought.purpose.clone(),
            transcript: code,
            groups,
            client: Some(&client),
            outcome: Outcome::Refused,
        };
        match self.write_down(&event, now) {
            Ok(()) => ConsentedRefusal::NotTheirs,
            Err(_) => ConsentedRefusal::NotRecorded,
        }
    }
}

fn by_number(offices: &OfficeParts, number: &PersonalId) -> Query {
    Query::identified(PersonalTag::of(&offices.numbers, number))
}

fn not_recorded(fault: JournalFault) -> ConsentedRefusal {
    tracing::error!(%fault, "the journal took no line; nothing is shown");
    ConsentedRefusal::NotRecorded
}
