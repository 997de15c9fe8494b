//! The code that a reporter keeps: 100 bits in Crockford's base32, in five groups of four.

use std::fmt;

/// Digits of the alphabet; I, L, O and U are not in it, so that none is taken for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a code.
const DIGITS: usize = 20;
/// Longest text that is read as a code.
const MAX_TYPED: usize = 60;

/// A ticket code. Whoever has it may see what became of the report; never printed by `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TicketCode([u8; DIGITS]);

impl TicketCode {
    /// From random bytes; five bits each are used.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut digits = [0; DIGITS];
        for (digit, byte) in digits.iter_mut().zip(bytes) {
            *digit = byte & 31;
        }
        Self(digits)
    }

    /// What somebody typed: any case, with or without hyphens and spaces, O for 0, I and L for 1.
    pub fn from_typed(typed: &str) -> Option<Self> {
        if typed.len() > MAX_TYPED {
            return None;
        }
        let mut digits = [0; DIGITS];
        let mut count = 0;
        for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            let value = ALPHABET.iter().position(|digit| char::from(*digit) == c)?;
            *digits.get_mut(count)? = value as u8;
            count += 1;
        }
        (count == DIGITS).then_some(Self(digits))
    }

    /// The digits, for a keyed hash.
    pub(super) fn as_bytes(&self) -> &[u8; DIGITS] {
        &self.0
    }
}

impl fmt::Display for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, digit) in self.0.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*digit)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode(…)")
    }
}
