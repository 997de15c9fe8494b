//! A ticket: what a page that was opened gives back with its next form, so that nobody types the birth date again.
//!
//! It stands in a hidden field and in bodies of requests, never in a URL, and is good for a quarter of an hour on every
//! replica. Whoever has it can do no more than the opened page could.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq as _;

use crate::signing::keyed::KeyedHash;
use crate::transcript::{Moment, TranscriptCode};

/// How long a ticket is good, seconds.
pub const GOOD_FOR_S: i64 = 15 * 60;
/// How far clocks of replicas may differ, seconds.
const SKEW_S: i64 = 60;
/// How it was opened (1), when (4), random (8).
const STATED: usize = 13;
const MAC: usize = 16;

/// What opened the page that a ticket was given with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenedWith {
    /// The birth date: its holder may make copies and void them.
    BirthDate,
    /// A token: its holder saw what that copy opens.
    Token,
}

/// A ticket that holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// What opened the page.
    pub opened_with: OpenedWith,
    /// When it was given, seconds since 1970.
    pub given_at: u32,
    /// Random: two pages never have the same ticket.
    pub nonce: [u8; 8],
}

/// Tickets do not belong in logs.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({:?})", self.opened_with)
    }
}

/// Gives and checks tickets.
#[derive(Debug, Clone)]
pub struct Tickets(KeyedHash);

impl Tickets {
    /// Under a secret that the replicas share.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(KeyedHash::new(secret))
    }

    /// A ticket for what was opened under this code.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn give(
        &self,
        code: &TranscriptCode,
        opened_with: OpenedWith,
        now: Moment,
    ) -> Result<String, getrandom::Error> {
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce)?;
        let ticket = Ticket { opened_with, given_at: u32::try_from(now.as_seconds()).unwrap_or(0), nonce };
        let mut bytes = ticket.stated().to_vec();
        bytes.extend_from_slice(&self.mac(code, &ticket));
        Ok(BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads a ticket; None for one that is not ours, of another code, or too old.
    pub fn check(&self, code: &TranscriptCode, text: &str, now: Moment) -> Option<Ticket> {
        if text.len() > 2 * (STATED + MAC) {
            return None;
        }
        let bytes: [u8; STATED + MAC] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        let (stated, mac) = bytes.split_at(STATED);
        let opened_with = match stated[0] {
            0 => OpenedWith::BirthDate,
            1 => OpenedWith::Token,
            _ => return None,
        };
        let given_at = u32::from_be_bytes(stated[1..5].try_into().ok()?);
        let ticket = Ticket { opened_with, given_at, nonce: stated[5..].try_into().ok()? };
        let is_ours: bool = self.mac(code, &ticket).as_slice().ct_eq(mac).into();
        let age = now.as_seconds() - i64::from(given_at);
        (is_ours && (-SKEW_S..=GOOD_FOR_S).contains(&age)).then_some(ticket)
    }

    fn mac(&self, code: &TranscriptCode, ticket: &Ticket) -> [u8; MAC] {
        let mut value = code.as_bytes().to_vec();
        value.extend_from_slice(&ticket.stated());
        self.0.short("ticket", &value)
    }

    /// Random bytes that the same form always gets again, so that sending it twice makes one copy.
    pub fn draw(&self, code: &TranscriptCode, ticket: &Ticket, form: &[u8]) -> [u8; 14] {
        let mut value = code.as_bytes().to_vec();
        value.extend_from_slice(&ticket.stated());
        value.extend_from_slice(form);
        let full = self.0.digest("copy", &value);
        let mut cut = [0; 14];
        cut.copy_from_slice(&full[..14]);
        cut
    }
}

impl Ticket {
    fn stated(&self) -> [u8; STATED] {
        let mut out = [0; STATED];
        out[0] = match self.opened_with {
            OpenedWith::BirthDate => 0,
            OpenedWith::Token => 1,
        };
        out[1..5].copy_from_slice(&self.given_at.to_be_bytes());
        out[5..].copy_from_slice(&self.nonce);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_for_its_code_and_a_quarter_of_an_hour() {
        let tickets = Tickets::new(&[3; 32]);
        let code = TranscriptCode::from_bytes([1; 16]);
        let at = |seconds: i64| Moment::from_millis((1_800_000_000 + seconds) * 1000).unwrap();
        let text = tickets.give(&code, OpenedWith::BirthDate, at(0)).unwrap();
        let ticket = tickets.check(&code, &text, at(GOOD_FOR_S)).unwrap();
        assert_eq!(ticket.opened_with, OpenedWith::BirthDate);
        assert!(tickets.check(&code, &text, at(GOOD_FOR_S + 1)).is_none());
        assert!(tickets.check(&code, &text, at(-SKEW_S - 1)).is_none());
        assert!(tickets.check(&TranscriptCode::from_bytes([2; 16]), &text, at(0)).is_none());
        assert!(Tickets::new(&[4; 32]).check(&code, &text, at(0)).is_none());
        assert_ne!(tickets.give(&code, OpenedWith::BirthDate, at(0)).unwrap(), text);
    }

    #[test]
    fn no_bit_of_a_ticket_can_be_changed() {
        let tickets = Tickets::new(&[3; 32]);
        let code = TranscriptCode::from_bytes([1; 16]);
        let now = Moment::from_millis(1_800_000_000_000).unwrap();
        let bytes = BASE64URL_NOPAD.decode(tickets.give(&code, OpenedWith::Token, now).unwrap().as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(tickets.check(&code, &BASE64URL_NOPAD.encode(&changed), now).is_none(), "bit {bit}");
        }
    }

    #[test]
    fn the_same_form_draws_the_same_and_another_form_something_else() {
        let tickets = Tickets::new(&[3; 32]);
        let code = TranscriptCode::from_bytes([1; 16]);
        let now = Moment::from_millis(1_800_000_000_000).unwrap();
        let ticket = |text: &str| tickets.check(&code, text, now).unwrap();
        let one = ticket(&tickets.give(&code, OpenedWith::BirthDate, now).unwrap());
        let other = ticket(&tickets.give(&code, OpenedWith::BirthDate, now).unwrap());
        assert_eq!(tickets.draw(&code, &one, b"1"), tickets.draw(&code, &one, b"1"));
        assert_ne!(tickets.draw(&code, &one, b"1"), tickets.draw(&code, &one, b"2"));
        assert_ne!(tickets.draw(&code, &one, b"1"), tickets.draw(&code, &other, b"1"));
    }
}
