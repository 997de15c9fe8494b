//! Turns back in the dictionary of people where no name can fit any more, so that a day's people are not all read.

use tantivy_fst::Automaton;

use super::matching::Counts;
use super::schema::NAMES_AT;

/// Lets names pass whose letters are those that are sought, but for two: one typing error makes no greater difference,
/// and the order of words makes none.
pub(super) struct Sieve<'q>(pub(super) &'q Counts);

/// How far a term was read.
#[derive(Clone)]
pub(super) enum Read {
    /// So many bytes before the name: the range that is read says which.
    Before(usize),
    /// Letters of the name: which of those sought are left, and how many were others.
    Letters(Counts, u32),
    /// The marks behind a name that passed.
    Passed,
    /// A name that does not.
    Turned,
}

impl Automaton for Sieve<'_> {
    type State = Read;

    fn start(&self) -> Read {
        Read::Before(0)
    }

    fn is_match(&self, state: &Read) -> bool {
        matches!(state, Read::Passed)
    }

    fn can_match(&self, state: &Read) -> bool {
        !matches!(state, Read::Turned)
    }

    fn accept(&self, state: &Read, byte: u8) -> Read {
        match state {
            Read::Before(read) if read + 1 == NAMES_AT => Read::Letters(self.0.clone(), 0),
            Read::Before(read) => Read::Before(read + 1),
            Read::Letters(left, others) if byte == 0 => {
                if left.sum() + others <= Counts::ONE_TYPO {
                    Read::Passed
                } else {
                    Read::Turned
                }
            }
            Read::Letters(left, others) => {
                let (mut left, mut others) = (left.clone(), *others);
                others += u32::from(!left.take(byte));
                if others <= Counts::ONE_TYPO { Read::Letters(left, others) } else { Read::Turned }
            }
            Read::Passed => Read::Passed,
            Read::Turned => Read::Turned,
        }
    }
}
