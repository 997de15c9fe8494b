//! Tickets: what an opened page holds in place of the second factor, to show the same content once
//! more (compared with a paper copy, in the other language) without asking again.
//!
//! A ticket names nobody and opens nothing by itself that its page does not show already: it is good
//! for one code, the groups and sheets that were opened, and the record as it was then. Any change to
//! the record (a correction, a withdrawal, a review) ends it. It lives a quarter of an hour, is
//! renewed by use, and ends for good an hour after the second factor was typed. Nothing is stored: a
//! replica that shares the storage key takes the tickets of another.
//!
//! The ticket of a page that a birth date opened also makes copies and voids them. That of a page that a
//! copy's token opened shows nothing again, because the copy may have been voided since: such a page goes
//! on with the token itself. Its ticket says no more than that the page had been opened.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::answer::VerdictAnswer;
use crate::journal::SecondFactor;
use crate::signing::keyed::KeyedHash;
use crate::transcript::{Group, GroupSet, Moment, TranscriptCode};

/// How long a ticket is good when it is not used.
pub const IDLE_MS: i64 = 15 * 60 * 1000;
/// How long after the second factor the last renewal ends.
pub const LONGEST_MS: i64 = 60 * 60 * 1000;
/// Most sheets a ticket can name.
const MAX_SHEETS: usize = 64;
/// Longest text that is tried as a ticket; ours have 79 characters.
const MAX_TICKET: usize = 128;

const LABEL: &str = "hocba/ticket/v1";
const DRAW_LABEL: &str = "hocba/ticket/v1/copy";
/// `opened_at ‖ expires_at ‖ sheets ‖ groups ‖ factor`.
const BODY: usize = 8 + 8 + 8 + 2 + 1;
const MAC: usize = 32;

/// What a second factor opened, and until when it may be shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// What opened it, as the journal says it.
    pub factor: SecondFactor,
    /// Which groups.
    pub groups: GroupSet,
    /// Which sheets of the answer, by their place in it; the lowest bit is the first.
    sheets: u64,
    /// When the second factor was typed.
    opened_at: i64,
}

impl Scope {
    /// A second factor was right now, and opens these groups of these sheets, named by their leaves. A
    /// sheet beyond the places a ticket has is left out, and asks for the second factor again.
    pub fn new(
        factor: SecondFactor,
        groups: GroupSet,
        leaves: &[u64],
        answer: &VerdictAnswer<'_>,
        now: Moment,
    ) -> Self {
        let places = answer.sheets.iter().take(MAX_SHEETS).enumerate();
        let named = places.filter(|(_, sheet)| leaves.contains(&sheet.leaf_index));
        let sheets = named.fold(0, |bits, (place, _)| bits | 1 << place);
        Self { factor, groups, sheets, opened_at: now.as_millis() }
    }

    /// Whether the sheet at this place of the answer is part of it.
    const fn covers(&self, place: usize) -> bool {
        place < MAX_SHEETS && self.sheets & (1 << place) != 0
    }

    /// Whether the sheet of this leaf is part of it; the answer is the one it was made for.
    pub fn covers_leaf(&self, answer: &VerdictAnswer<'_>, leaf: u64) -> bool {
        answer.sheets.iter().position(|sheet| sheet.leaf_index == leaf).is_some_and(|place| self.covers(place))
    }

    fn to_bytes(self, expires_at: i64) -> [u8; BODY] {
        let mut bytes = [0; BODY];
        let groups = self.groups.iter().fold(0u16, |bits, group| bits | 1 << group as u16);
        bytes[..8].copy_from_slice(&self.opened_at.to_be_bytes());
        bytes[8..16].copy_from_slice(&expires_at.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.sheets.to_be_bytes());
        bytes[24..26].copy_from_slice(&groups.to_be_bytes());
        bytes[26] = match self.factor {
            SecondFactor::BirthDate => 1,
            SecondFactor::Token => 2,
        };
        bytes
    }

    /// Reads what [`TicketKey`] has authenticated.
    fn from_bytes(bytes: &[u8; BODY]) -> Option<(Self, i64)> {
        let number = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes);
        let groups = u16::from_be_bytes([bytes[24], bytes[25]]);
        let held = Group::ALL.into_iter().filter(|g| groups & (1 << *g as u16) != 0);
        let scope = Self {
            factor: match bytes[26] {
                1 => SecondFactor::BirthDate,
                2 => SecondFactor::Token,
                _ => return None,
            },
            groups: held.fold(GroupSet::NONE, GroupSet::with),
            sheets: number(16)?,
            opened_at: number(0)?.cast_signed(),
        };
        Some((scope, number(8)?.cast_signed()))
    }
}

/// The key of all tickets. Replicas share it.
#[derive(Debug, Clone)]
pub struct TicketKey(KeyedHash);

impl TicketKey {
    /// From 32 secret bytes that serve no other purpose.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(KeyedHash::new(secret))
    }

    /// A ticket for a scope, for the record as this answer has it. None once its time is over.
    pub fn issue(&self, scope: &Scope, answer: &VerdictAnswer<'_>, now: Moment) -> Option<String> {
        let expires_at = (now.as_millis() + IDLE_MS).min(scope.opened_at + LONGEST_MS);
        if expires_at <= now.as_millis() {
            return None;
        }
        let body = scope.to_bytes(expires_at);
        let mac = self.0.digest(LABEL, &covered(&body, answer));
        Some(BASE64URL_NOPAD.encode(&[body.as_slice(), &mac].concat()))
    }

    /// What a ticket opens of this answer now. None when it was made for another code or another state
    /// of the record, when it was not made here, and when its time is over: all of them alike.
    pub fn check(&self, ticket: &str, answer: &VerdictAnswer<'_>, now: Moment) -> Option<Scope> {
        if ticket.len() > MAX_TICKET {
            return None;
        }
        let bytes: [u8; BODY + MAC] = BASE64URL_NOPAD.decode(ticket.as_bytes()).ok()?.try_into().ok()?;
        let (body, mac) = bytes.split_first_chunk::<BODY>()?;
        if !bool::from(self.0.digest(LABEL, &covered(body, answer)).as_slice().ct_eq(mac)) {
            return None;
        }
        let (scope, expires_at) = Scope::from_bytes(body)?;
        let times = scope.opened_at..expires_at;
        times.contains(&now.as_millis()).then_some(scope)
    }

    /// Random bytes that the same form of the same page always gets again, so that sending it twice makes
    /// one copy. The ticket must have been checked: then it has one length, and the parts cannot run into
    /// each other.
    pub fn draw(&self, code: &TranscriptCode, ticket: &str, form: &[u8]) -> [u8; 14] {
        let full = self.0.digest(DRAW_LABEL, &[code.as_bytes().as_slice(), ticket.as_bytes(), form].concat());
        let mut cut = [0; 14];
        cut.copy_from_slice(&full[..14]);
        cut
    }
}

/// What the MAC covers: the ticket's own bytes, and what it is bound to without naming it.
fn covered(body: &[u8; BODY], answer: &VerdictAnswer<'_>) -> Vec<u8> {
    let mut record = Sha256::new();
    for sheet in &answer.sheets {
        record.update(sheet.leaf_index.to_be_bytes());
        record.update([sheet.verdict as u8]);
    }
    let record: [u8; 32] = record.finalize().into();
    [body.as_slice(), answer.code.as_bytes(), &record].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_form_draws_the_same_and_another_form_something_else() {
        let key = TicketKey::new(&[3; 32]);
        let (code, other) = (TranscriptCode::from_bytes([1; 16]), TranscriptCode::from_bytes([2; 16]));
        let drawn = key.draw(&code, "one", b"1");
        assert_eq!(key.draw(&code, "one", b"1"), drawn);
        assert_ne!(key.draw(&code, "one", b"2"), drawn);
        assert_ne!(key.draw(&code, "two", b"1"), drawn);
        assert_ne!(key.draw(&other, "one", b"1"), drawn);
        assert_ne!(TicketKey::new(&[4; 32]).draw(&code, "one", b"1"), drawn);
    }
}
