//! Copies that a holder hands on: made after the birth date opened the transcript, opened by their token, voided by
//! either.

use super::Portal;
use super::answer::{SheetAnswer, SheetVerdict, Verdict, VerdictAnswer};
use super::copies::CopiesFault;
use super::disclose::{DiscloseRefusal, Disclosed};
use super::ticket::Scope;
use super::verify::{Found, NoRecord};
use crate::journal::{Actor, CopyEvent, Purpose, SecondFactor};
use crate::limits::{ClientPrefix, IssuedCopy};
use crate::shared::SharedFault;
use crate::soft_copy::token::{self, Claims};
use crate::soft_copy::url;
use crate::tlog::leaf::{Kind, leaf_of};
use crate::transcript::copy::MAX_SHEETS;
use crate::transcript::record::SheetView;
use crate::transcript::{CopyId, GroupSet, Moment, SchoolYear, TranscriptCode};

/// What a copy opens that a holder makes with the birth date: no more than the birth date itself.
const GROUPS: GroupSet = GroupSet::BIRTH_DATE;
/// What the journal says of a token that opened its copy.
pub(super) const OPENED_BY_TOKEN: &str = "tra cứu của người giữ mã QR chia sẻ";
/// What it says of a copy that a holder makes.
const SHARED: &str = "chia sẻ của người giữ mã và ngày sinh";

/// A copy that still opens its sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCopy {
    /// Which.
    pub copy: CopyId,
    /// When it was made.
    pub issued_at: Moment,
    /// Until when it discloses.
    pub expires_at: Moment,
    /// The school years it opens.
    pub years: Vec<SchoolYear>,
}

/// How a transcript was opened, and what whoever opened it may do next.
#[derive(Clone)]
pub enum Opening {
    /// With the birth date.
    BirthDate {
        /// Shows the same once more, makes copies and voids them; None once its time is over.
        ticket: Option<String>,
        /// Positions of sheets that a copy can be made of; none: no copy is made.
        shareable: Vec<u64>,
        /// Copies that are open; None when that is not known now.
        copies: Option<Vec<OpenCopy>>,
    },
    /// With a copy's token.
    Token {
        /// Says in a receipt that it was opened.
        ticket: Option<String>,
        /// The token itself, with which the copy can be shown once more and voided.
        token: String,
        /// The copy.
        copy: OpenCopy,
        /// Whether years are on record that this copy does not open.
        is_partial: bool,
    },
    /// By an office, whose grant opens it; nothing further comes of it.
    Granted {
        /// Whether years are on record that the grant does not open.
        is_partial: bool,
    },
}

impl Opening {
    /// Whether years are on record that it did not open.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Token { is_partial: true, .. } | Self::Granted { is_partial: true })
    }

    /// Says to whoever gives it back that it was opened; None once its time is over.
    pub fn ticket(&self) -> Option<&str> {
        match self {
            Self::BirthDate { ticket, .. } | Self::Token { ticket, .. } => ticket.as_deref(),
            Self::Granted { .. } => None,
        }
    }
}

/// Tickets and tokens do not belong in logs.
impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BirthDate { .. } => "Opening::BirthDate(…)",
            Self::Token { .. } => "Opening::Token(…)",
            Self::Granted { .. } => "Opening::Granted",
        })
    }
}

/// A copy that was made.
#[derive(Clone)]
pub struct CopyMade {
    /// The token.
    pub token: String,
    /// What the QR holds: the code's URL with the token as its fragment.
    pub url: String,
    /// The copy.
    pub copy: OpenCopy,
    /// Its groups.
    pub groups: GroupSet,
}

impl std::fmt::Debug for CopyMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CopyMade({:?})", self.copy)
    }
}

/// Why a copy was not made or voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareRefusal {
    /// The ticket is not one of ours for this code, or too old: the birth date is asked for again.
    #[error("the page was opened too long ago")]
    TicketNotValid,
    /// No sheet was chosen that a copy can be made of.
    #[error("no year was chosen")]
    NothingChosen,
    /// The token or the copy is none of this code's.
    #[error("not a copy of this transcript")]
    NotACopy,
    /// Nothing is on record under this code.
    #[error("no transcript under this code")]
    Unknown,
    /// Could not be checked, written down or told to the other replicas now.
    #[error("not possible now")]
    Unavailable,
}

impl From<CopiesFault> for ShareRefusal {
    fn from(fault: CopiesFault) -> Self {
        tracing::error!(%fault, "a copy could not be made or voided");
        Self::Unavailable
    }
}

/// The sheets of a booklet in ledger order, in which ids of copies count them.
fn in_ledger_order<'a>(found: &Found<'a>) -> Vec<SheetView<'a>> {
    let mut views: Vec<SheetView<'a>> = found.transcript.sheets().collect();
    views.sort_by_key(|view| view.leaf.index);
    views
}

/// The digest over the leaves of these sheets; None for a leaf that cannot be made of its parts.
fn digest(views: &[SheetView<'_>], copy: &CopyId) -> Option<[u8; 32]> {
    let opened = views.iter().enumerate().filter(|(place, _)| copy.opens(*place));
    let leaves: Option<Vec<_>> = opened.map(|(_, view)| Some(leaf_of(Kind::Sheet, view.leaf)?.encode())).collect();
    let leaves = leaves.filter(|leaves| leaves.len() == copy.count())?;
    Some(token::digest_of_leaves(leaves.iter().map(<[u8; 50]>::as_slice)))
}

fn years(views: &[SheetView<'_>], copy: &CopyId) -> Vec<SchoolYear> {
    let mut years: Vec<SchoolYear> =
        views.iter().enumerate().filter(|(place, _)| copy.opens(*place)).map(|(_, view)| view.school_year).collect();
    years.sort_unstable();
    years.dedup();
    years
}

fn seconds(at: i64, or: Moment) -> Moment {
    Moment::from_millis(at.saturating_mul(1000)).unwrap_or(or)
}

fn described(views: &[SheetView<'_>], issued: &IssuedCopy, now: Moment) -> OpenCopy {
    OpenCopy {
        copy: issued.copy,
        issued_at: seconds(issued.issued_at, now),
        expires_at: seconds(issued.expires_at, now),
        years: years(views, &issued.copy),
    }
}

/// Whether a new copy may open the sheet: what was ended is not handed on.
fn is_shareable(sheet: &SheetAnswer<'_>) -> bool {
    matches!(sheet.verdict, SheetVerdict::Valid | SheetVerdict::NotInForce | SheetVerdict::Suspended)
}

impl Portal {
    /// What a holder may do next. A booklet is handed on by its own code only: a copy of a sheet's id would have to
    /// hide the booklet that it is voided from.
    pub(super) fn after_birth_date(
        &self,
        code: &TranscriptCode,
        found: &Found<'_>,
        answer: &VerdictAnswer<'_>,
        scope: &Scope,
        now: Moment,
    ) -> Opening {
        let copies = self.copies();
        let views = in_ledger_order(found);
        let can_share = copies.can_issue() && found.only.is_none();
        let places = views.iter().take(MAX_SHEETS).map(|view| view.leaf.index);
        let may = |leaf: &u64| can_share && answer.sheets.iter().any(|s| s.leaf_index == *leaf && is_shareable(s));
        let listed = || -> Result<Vec<OpenCopy>, SharedFault> {
            let open = copies.open_of(code, now)?;
            Ok(open.iter().map(|issued| described(&views, issued, now)).collect())
        };
        Opening::BirthDate {
            ticket: self.parts.tickets.issue(scope, answer, now),
            shareable: places.filter(may).collect(),
            copies: if found.only.is_none() { listed().ok() } else { Some(Vec::new()) },
        }
    }

    /// Opens the sheets of a copy, exactly those.
    pub(super) fn disclose_by_token(
        &self,
        code: &TranscriptCode,
        text: &str,
        why: &str,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<Disclosed, DiscloseRefusal> {
        let copies = self.copies();
        let text = token::in_text(text);
        let claims = self.token_of(code, text).ok_or(DiscloseRefusal::TokenNotValid)?;
        if copies.has_expired(&claims, now) {
            return Err(DiscloseRefusal::TokenExpired);
        }
        match copies.is_void(&claims.copy, now) {
            Ok(false) => {}
            Ok(true) => return Err(DiscloseRefusal::TokenVoided),
            Err(_) => return Err(DiscloseRefusal::LimitsUnavailable),
        }
        let state = self.parts.published.load_full();
        let mut buffers = (Vec::new(), Vec::new());
        let (found, answer) = self.proved(&state, code, &mut buffers, now)?;
        let views = in_ledger_order(&found);
        // The record was proved with the answer, so a difference means another ledger than the one that was signed.
        if digest(&views, &claims.copy) != Some(claims.sheets) {
            return Err(DiscloseRefusal::TokenNotValid);
        }
        let place_of = |leaf| views.iter().position(|view| view.leaf.index == leaf);
        let is_opened = |leaf| place_of(leaf).is_some_and(|place| claims.copy.opens(place));
        let opened = self.open_sheets(&found, &answer, is_opened)?;
        let leaves: Vec<u64> = views.iter().map(|view| view.leaf.index).filter(|leaf| is_opened(*leaf)).collect();
        let scope = Scope::new(SecondFactor::Token, claims.copy.groups(), &leaves, &answer, now);
        let actor = Actor::Holder { opened_with: scope.factor };
        self.record_disclosure(&found.transcript.code, actor, scope.groups, why, Some(client), now)?;
        let issued =
            IssuedCopy { issued_at: claims.issued_at.into(), expires_at: claims.expires_at.into(), copy: claims.copy };
        let next = Opening::Token {
            ticket: self.parts.tickets.issue(&scope, &answer, now),
            token: text.to_owned(),
            copy: described(&views, &issued, now),
            is_partial: answer.sheets.iter().any(|s| !is_opened(s.leaf_index)),
        };
        self.disclosed(&state, &answer, opened, scope.groups, None, next)
    }

    /// A token of ours for this code, whatever its age and standing.
    fn token_of(&self, code: &TranscriptCode, text: &str) -> Option<Claims> {
        self.copies().keys().check(text).ok().filter(|claims| claims.code == *code)
    }

    /// What a ticket opens that a birth date gave the right to.
    fn scope_of(&self, ticket: &str, answer: &VerdictAnswer<'_>, now: Moment) -> Result<Scope, ShareRefusal> {
        let scope = self.parts.tickets.check(ticket, answer, now);
        scope.filter(|scope| scope.factor == SecondFactor::BirthDate).ok_or(ShareRefusal::TicketNotValid)
    }

    /// Does something with the proved record.
    fn on_record<T>(
        &self,
        code: &TranscriptCode,
        now: Moment,
        then: impl FnOnce(&Found<'_>, &VerdictAnswer<'_>) -> Result<T, ShareRefusal>,
    ) -> Result<T, ShareRefusal> {
        let state = self.parts.published.load_full();
        let mut buffers = (Vec::new(), Vec::new());
        let found = self.find(&state, code, &mut buffers).map_err(|none| match none {
            NoRecord::Unknown => ShareRefusal::Unknown,
            NoRecord::Unchecked => ShareRefusal::Unavailable,
        })?;
        let answer = self.answer(&state, code, &found, now);
        match answer.verdict {
            Verdict::Unchecked => Err(ShareRefusal::Unavailable),
            _ => then(&found, &answer),
        }
    }

    /// Makes a copy of these sheets (by position in the ledger) for whoever opened the transcript with the birth date.
    /// The same form sent twice makes one copy. Blocking: waits for the journal's fsync.
    ///
    /// # Errors
    /// [`ShareRefusal`].
    pub fn share(
        &self,
        code: &TranscriptCode,
        ticket: &str,
        leaves: &[u64],
        client: ClientPrefix,
        now: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        self.share_for(code, ticket, leaves, SHARED, client, now)
    }

    /// As [`Portal::share`], for a purpose that the journal is to name; each purpose has its own copy.
    pub(super) fn share_for(
        &self,
        code: &TranscriptCode,
        ticket: &str,
        leaves: &[u64],
        why: &str,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        let form: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.to_be_bytes()).chain(why.bytes()).collect();
        let client = client.to_hex();
        let actor = Actor::Holder { opened_with: SecondFactor::BirthDate };
        let event = |copy| CopyEvent { actor, transcript: code, copy, client: Some(&client) };
        self.on_record(code, now, |found, answer| {
            let scope = self.scope_of(ticket, answer, now)?;
            let random = self.parts.tickets.draw(code, ticket, &form);
            let wanted = |leaf| leaves.contains(&leaf) && scope.covers_leaf(answer, leaf);
            self.make_copy((found, answer), wanted, random, event, why, now)
        })
    }

    /// Makes a copy of every wanted sheet (by position in the ledger) that is in force, for the operator of the machine.
    ///
    /// # Errors
    /// [`ShareRefusal`].
    pub fn share_as_operator(
        &self,
        code: &TranscriptCode,
        name: &Actor,
        why: &str,
        wanted: impl Fn(u64) -> bool,
        now: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        let mut random = [0; 14];
        getrandom::fill(&mut random).map_err(|_| ShareRefusal::Unavailable)?;
        let event = |copy| CopyEvent { actor: name.clone(), transcript: code, copy, client: None };
        self.on_record(code, now, |found, answer| self.make_copy((found, answer), wanted, random, event, why, now))
    }

    fn make_copy<'e>(
        &self,
        (found, answer): (&Found<'_>, &VerdictAnswer<'_>),
        wanted: impl Fn(u64) -> bool,
        random: [u8; 14],
        event: impl FnOnce(CopyId) -> CopyEvent<'e>,
        why: &str,
        now: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        if found.only.is_some() {
            return Err(ShareRefusal::Unavailable);
        }
        let code = &found.transcript.code;
        let views = in_ledger_order(found);
        let chosen: Vec<usize> = views
            .iter()
            .enumerate()
            .filter(|(_, view)| wanted(view.leaf.index))
            .filter(|(_, view)| answer.sheets.iter().any(|s| s.leaf_index == view.leaf.index && is_shareable(s)))
            .map(|(place, _)| place)
            .collect();
        let copy = CopyId::new(GROUPS, &chosen, random).ok_or(ShareRefusal::NothingChosen)?;
        let sheets = digest(&views, &copy).ok_or(ShareRefusal::Unavailable)?;
        let purpose = Purpose::new(why).map_err(|_| ShareRefusal::Unavailable)?;
        let (token, claims) = self.copies().issue(code, sheets, &event(copy), purpose, now)?;
        let issued = IssuedCopy { issued_at: claims.issued_at.into(), expires_at: claims.expires_at.into(), copy };
        Ok(CopyMade {
            url: url::with_token(&self.parts.public_url, code, &token),
            token,
            copy: described(&views, &issued, now),
            groups: copy.groups(),
        })
    }

    /// Voids the copy of this token: whoever has it may end it. Blocking, as [`Portal::share`].
    ///
    /// # Errors
    /// [`ShareRefusal`].
    pub fn void_by_token(
        &self,
        code: &TranscriptCode,
        text: &str,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(), ShareRefusal> {
        let claims = self.token_of(code, token::in_text(text)).ok_or(ShareRefusal::NotACopy)?;
        self.void_copy(code, claims.copy, SecondFactor::Token, client, now)
    }

    /// Voids one copy of this transcript, or all that are open, for whoever opened it with the birth date. Blocking, as
    /// [`Portal::share`].
    ///
    /// # Errors
    /// [`ShareRefusal`].
    pub fn void_by_ticket(
        &self,
        code: &TranscriptCode,
        ticket: &str,
        which: Option<CopyId>,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(), ShareRefusal> {
        self.on_record(code, now, |_, answer| self.scope_of(ticket, answer, now))?;
        let open = self.copies().open_of(code, now).map_err(CopiesFault::from)?;
        for issued in open.iter().filter(|issued| which.is_none_or(|copy| copy == issued.copy)) {
            self.void_copy(code, issued.copy, SecondFactor::BirthDate, client, now)?;
        }
        Ok(())
    }

    fn void_copy(
        &self,
        code: &TranscriptCode,
        copy: CopyId,
        opened_with: SecondFactor,
        client: ClientPrefix,
        now: Moment,
    ) -> Result<(), ShareRefusal> {
        let client = client.to_hex();
        let actor = Actor::Holder { opened_with };
        let event = CopyEvent { actor, transcript: code, copy, client: Some(&client) };
        Ok(self.copies().void(&event, now)?)
    }
}
