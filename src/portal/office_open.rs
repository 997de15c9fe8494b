//! A transcript for an office: of the sheets within its grant the granted groups, and nothing else. What lies outside
//! is answered like a code that is on record nowhere.

use super::answer::VerdictAnswer;
use super::disclose::{DiscloseRefusal, Disclosed};
use super::office_desk::office_actor;
use super::sharing::Opening;
use super::verify::Found;
use super::{OfficeParts, Portal};
use crate::journal::{Actor, Event, Outcome};
use crate::limits::{ClientPrefix, Refusal};
use crate::offices::{ActingMember, Action};
use crate::transcript::sheet::{MAX_PAYLOAD, SheetClaims};
use crate::transcript::time::Moment;
use crate::transcript::{GroupSet, TranscriptCode, strict};

/// Why nothing is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefusal {
    /// This process does not answer offices.
    #[error("this process does not answer offices")]
    NotHere,
    /// Nobody with this role opens transcripts.
    #[error("the role does not open transcripts")]
    NotAllowed,
    /// The grant opens no groups.
    #[error("the grant opens nothing")]
    NothingGranted,
    /// Too many in too short a time.
    #[error(transparent)]
    TooMany(#[from] Refusal),
    /// Nothing within the grant is on record under this code ([`DiscloseRefusal::Unknown`]), it could not be checked, or
    /// nothing could be written down.
    #[error(transparent)]
    NotOpened(#[from] DiscloseRefusal),
}

impl Portal {
    /// Opens a transcript for somebody who acts for an office. The journal has its line before anything is answered,
    /// also where nothing is opened. Blocking, as [`Portal::disclose`].
    ///
    /// # Errors
    /// [`OpenRefusal`]. A code outside the grant is [`DiscloseRefusal::Unknown`], like one that there is not.
    pub fn office_open(
        &self,
        who: &ActingMember,
        code: &TranscriptCode,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Disclosed, OpenRefusal> {
        let offices = self.parts.offices.as_ref().ok_or(OpenRefusal::NotHere)?;
        let groups = may_open(who, offices)?;
        let state = self.parts.published.load_full();
        let mut buffers = (Vec::new(), Vec::new());
        let (found, answer) = match self.proved(&state, code, &mut buffers, now) {
            Err(DiscloseRefusal::Unknown) => return Err(self.refuse(who, code, client, now)),
            proved => proved?,
        };
        let within = within_grant(who, &found, &answer)?;
        if within.is_empty() {
            return Err(self.refuse(who, code, client, now));
        }
        let opened = self.open_sheets(&found, &answer, |leaf| within.contains(&leaf))?;
        let booklet = &found.transcript.code;
        self.record_disclosure(
            booklet,
            actor(who)?,
            groups,
            who.office().purpose().line().as_str(),
            Some(client),
            now,
        )?;
        let is_partial = within.len() < answer.sheets.len();
        let asked_by_sheet = found.only.map(|_| *code);
        let opening = Opening::Granted { is_partial };
        Ok(self.disclosed(&state, &answer, opened, groups, asked_by_sheet, opening)?)
    }

    /// The same line and the same answer, whether there is no such code or it is no business of theirs.
    fn refuse(&self, who: &ActingMember, code: &TranscriptCode, client: ClientPrefix, now: Moment) -> OpenRefusal {
        let client = client.to_hex();
        let written = actor(who).and_then(|actor| {
            let event = Event {
                actor,
                purpose: who.office().purpose().line().clone(),
                transcript: code,
                groups: who.groups(),
                client: Some(&client),
                outcome: Outcome::Refused,
            };
            self.write_down(&event, now)
        });
        written.err().unwrap_or(DiscloseRefusal::Unknown).into()
    }
}

fn may_open(who: &ActingMember, offices: &OfficeParts) -> Result<GroupSet, OpenRefusal> {
    if !who.may(Action::Open) {
        return Err(OpenRefusal::NotAllowed);
    }
    if who.groups() == GroupSet::NONE {
        return Err(OpenRefusal::NothingGranted);
    }
    offices.opens.check(who.account().clone())?;
    Ok(who.groups())
}

fn actor(who: &ActingMember) -> Result<Actor, DiscloseRefusal> {
    office_actor(who.account()).ok_or(DiscloseRefusal::JournalUnavailable)
}

/// Positions of those of the answer's sheets that lie within the grant.
pub(super) fn within_grant(
    who: &ActingMember,
    found: &Found<'_>,
    answer: &VerdictAnswer<'_>,
) -> Result<Vec<u64>, DiscloseRefusal> {
    let within = covered(found, answer, |claims| who.may_open(claims).is_some())?;
    Ok(within.into_iter().map(|(_, leaf)| leaf).collect())
}

/// Those of the answer's sheets that a grant covers, with their positions. Their leaves were proved with the answer, so
/// the facts are those that were signed.
pub(super) fn covered(
    found: &Found<'_>,
    answer: &VerdictAnswer<'_>,
    covers: impl Fn(&SheetClaims) -> bool,
) -> Result<Vec<(SheetClaims, u64)>, DiscloseRefusal> {
    let shown = found.transcript.sheets().filter(|s| answer.sheets.iter().any(|a| a.leaf_index == s.leaf.index));
    let read = shown.map(|sheet| {
        let claims = strict::from_slice::<SheetClaims>(sheet.leaf.facts, MAX_PAYLOAD);
        claims.map(|claims| (claims, sheet.leaf.index)).map_err(|_| DiscloseRefusal::Unchecked)
    });
    read.filter(|read| read.as_ref().map_or(true, |(claims, _)| covers(claims))).collect()
}
