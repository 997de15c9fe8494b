//! What a soft copy is made of. Each is in the journal before anybody has it, so that it can be traced: the line of
//! what was opened, and that of the copy whose token stands on the cover.

use crate::journal::Actor;
use crate::limits::ClientPrefix;
use crate::portal::answer::SheetVerdict;
use crate::portal::disclose::{DiscloseRefusal, Disclosed, DisclosedSheet};
use crate::portal::sharing::{Opening, ShareRefusal};
use crate::portal::{Portal, SecondFactor};
use crate::transcript::{Moment, SchoolYear, TranscriptCode};

/// What the journal says of a copy for a holder.
const ISSUED: &str = "cấp bản mềm học bạ (PDF)";

/// Why no copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueRefusal {
    /// The transcript was not opened.
    #[error(transparent)]
    NotOpened(#[from] DiscloseRefusal),
    /// The copy could not be written down.
    #[error("the copy could not be recorded")]
    NotRecorded,
    /// There is no such year among those that were opened.
    #[error("there is no such school year")]
    NoSuchYear,
    /// A sheet asked for by its own id has no form: its signed object holds the booklet's code.
    #[error("a sheet's own id opens no soft copy")]
    SheetAlone,
}

impl From<ShareRefusal> for IssueRefusal {
    fn from(refusal: ShareRefusal) -> Self {
        match refusal {
            ShareRefusal::TicketNotValid => Self::NotOpened(DiscloseRefusal::TicketNotValid),
            ShareRefusal::Unknown => Self::NotOpened(DiscloseRefusal::Unknown),
            ShareRefusal::NothingChosen | ShareRefusal::NotACopy | ShareRefusal::Unavailable => Self::NotRecorded,
        }
    }
}

/// A copy that is written down and is to be printed.
#[derive(Debug)]
pub struct Order {
    /// Whose.
    pub code: TranscriptCode,
    /// When it is issued, in whole seconds.
    pub issued_at: Moment,
    /// The one year of an extract.
    pub extract: Option<SchoolYear>,
    /// The public answer then, as JSON.
    pub answer: serde_json::Value,
    /// The sheets, oldest first; each with its evidence.
    pub sheets: Vec<DisclosedSheet>,
    /// The token for the cover; None where no year is in force.
    pub token: Option<String>,
}

impl Portal {
    /// Writes down a copy for whoever opens the transcript: with the birth date or the ticket of a page that it opened,
    /// or with a copy's token, which then stands on the cover of this one, too. The same form sent twice is one copy.
    /// Blocking, as [`Portal::disclose`].
    ///
    /// # Errors
    /// [`IssueRefusal`].
    pub fn order_soft_copy(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        extract: Option<SchoolYear>,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Order, IssueRefusal> {
        let opened = self.disclose_for(code, factor, ISSUED, client, now)?;
        let leaves = chosen(&opened, extract)?;
        let token = match (&opened.opening, factor) {
            (Opening::Token { token, .. }, _) => Some(token.clone()),
            (Opening::Granted { .. }, _) => None,
            (Opening::BirthDate { shareable, ticket, .. }, factor) => {
                // The renewed ticket of a ticket is another each time; the one that was sent names the form.
                let ticket = if let SecondFactor::Ticket(sent) = factor { Some(sent) } else { ticket.as_ref() };
                let leaves: Vec<u64> = leaves.iter().copied().filter(|leaf| shareable.contains(leaf)).collect();
                match ticket.filter(|_| !leaves.is_empty()) {
                    None => None,
                    Some(ticket) => Some(self.share_for(code, ticket, &leaves, ISSUED, client, now)?.token),
                }
            }
        };
        Ok(order(code, opened, &leaves, extract, token, now))
    }

    /// The same for the operator of the machine, whose name and reason the journal keeps.
    ///
    /// # Errors
    /// [`IssueRefusal`].
    pub fn order_soft_copy_as_operator(
        &self,
        code: &TranscriptCode,
        name: &Actor,
        why: &str,
        extract: Option<SchoolYear>,
        now: Moment,
    ) -> Result<Order, IssueRefusal> {
        let opened = self.disclose_as_operator(code, name, why, now)?;
        let leaves = chosen(&opened, extract)?;
        let token = match self.share_as_operator(code, name, why, |leaf| leaves.contains(&leaf), now) {
            Ok(made) => Some(made.token),
            Err(ShareRefusal::NothingChosen) => None,
            Err(refusal) => return Err(refusal.into()),
        };
        Ok(order(code, opened, &leaves, extract, token, now))
    }
}

/// Positions of the sheets to print.
fn chosen(opened: &Disclosed, extract: Option<SchoolYear>) -> Result<Vec<u64>, IssueRefusal> {
    if opened.sheets.iter().any(|sheet| sheet.evidence.is_none()) {
        return Err(IssueRefusal::SheetAlone);
    }
    let wanted = |sheet: &&DisclosedSheet| extract.is_none_or(|year| year == sheet.claims.school_year);
    let leaves: Vec<u64> = opened.sheets.iter().filter(wanted).map(|sheet| sheet.leaf_index).collect();
    match leaves.is_empty() {
        true => Err(IssueRefusal::NoSuchYear),
        false => Ok(leaves),
    }
}

fn order(
    code: &TranscriptCode,
    opened: Disclosed,
    leaves: &[u64],
    extract: Option<SchoolYear>,
    token: Option<String>,
    now: Moment,
) -> Order {
    let mut sheets: Vec<DisclosedSheet> = opened.sheets;
    sheets.retain(|sheet| leaves.contains(&sheet.leaf_index));
    // Of one year, what was replaced stands before what replaced it.
    sheets.sort_by_key(|s| (s.claims.school_year, s.verdict != SheetVerdict::Replaced, s.leaf_index));
    Order { code: *code, issued_at: whole_seconds(now), extract, answer: opened.answer, sheets, token }
}

/// What a signature can say of a time.
fn whole_seconds(at: Moment) -> Moment {
    Moment::from_millis(at.as_seconds() * 1000).unwrap_or(at)
}
