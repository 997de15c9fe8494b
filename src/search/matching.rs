//! How a typed name meets one on record: whole names only, for a part of a name would list people.

use super::folding::Spelling;

/// How well a name meets another, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// Letter for letter, marks included; where the tone stands makes no difference.
    Exact,
    /// The same letters without their marks.
    Unmarked,
    /// The same words in another order: given name first (tên trước họ), or the family name last.
    Reordered,
    /// One typing error in one word.
    OneTypo,
}

/// A closeness, and in how many words the marks differ: of two equally close names the one whose marks fit
/// better comes first.
pub(super) type Meeting = (Closeness, usize);

/// A name that is looked for.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sought {
    spelling: Spelling,
    /// Its words without marks, sorted.
    words: Vec<String>,
    /// Its words with marks, sorted.
    marked_words: Vec<String>,
    letters: Letters,
}

impl Sought {
    /// None for what has no letters.
    pub(super) fn new(name: &str) -> Option<Self> {
        let spelling = Spelling::of(name)?;
        let owned = |text: &str| sorted(text).into_iter().map(str::to_owned).collect();
        Some(Self {
            words: owned(&spelling.folded),
            marked_words: owned(&spelling.marked),
            letters: Letters::of(&spelling.folded),
            spelling,
        })
    }

    /// Its characters.
    pub(super) fn length(&self) -> usize {
        self.spelling.marked.chars().count()
    }

    /// Whether and how a name on record meets it.
    pub(super) fn meets(&self, folded: &str, marked: &str) -> Option<Meeting> {
        if Letters::of(folded).differ_from(&self.letters) > 2 {
            return None;
        }
        let closeness = match marked == self.spelling.marked {
            true => Closeness::Exact,
            false if without_spaces(folded).eq(without_spaces(&self.spelling.folded)) => Closeness::Unmarked,
            false => self.words_meet(folded).or_else(|| self.words_meet(&Spelling::parted(marked)?))?,
        };
        Some((closeness, difference(&self.marked_words, &sorted(marked)).0.len()))
    }

    fn words_meet(&self, folded: &str) -> Option<Closeness> {
        match difference(&self.words, &sorted(folded)) {
            (typed, held) if typed.is_empty() && held.is_empty() => Some(Closeness::Reordered),
            (typed, held) => match (&typed[..], &held[..]) {
                ([typed], [held]) => is_one_typo(typed, held).then_some(Closeness::OneTypo),
                _ => None,
            },
        }
    }
}

/// How often each letter occurs. Two names that one typing error sets apart differ by two at most, which
/// rules out nearly every other name of a day without looking at its words.
#[derive(Clone, PartialEq, Eq)]
struct Letters([u8; 32]);

impl Letters {
    fn of(folded: &str) -> Self {
        let mut counts = [0_u8; 32];
        for byte in folded.bytes().filter(|b| *b != b' ') {
            let count = &mut counts[usize::from(byte & 31)];
            *count = count.saturating_add(1);
        }
        Self(counts)
    }

    fn differ_from(&self, other: &Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| u32::from(a.abs_diff(b))).sum()
    }
}

fn without_spaces(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().filter(|b| *b != b' ')
}

fn sorted(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split(' ').collect();
    words.sort_unstable();
    words
}

/// The words of each side that the other lacks; both sides sorted.
fn difference<'t, 'h>(typed: &'t [String], held: &[&'h str]) -> (Vec<&'t str>, Vec<&'h str>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut t, mut h) = (typed.iter().peekable(), held.iter().peekable());
    loop {
        match (t.peek(), h.peek()) {
            (Some(a), Some(b)) if a.as_str() == **b => {
                t.next();
                h.next();
            }
            (Some(a), Some(b)) if a.as_str() < **b => left.extend(t.next().map(String::as_str)),
            (Some(_) | None, Some(_)) => right.extend(h.next()),
            (Some(_), None) => left.extend(t.next().map(String::as_str)),
            (None, None) => return (left, right),
        }
    }
}

/// Whether one letter was left out, added, mistaken, or swapped with its neighbour. A word of one letter is
/// another word then, not a typing error: `Đỗ Ô` is not `Đỗ Y`.
fn is_one_typo(typed: &str, held: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), held.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a_rest, b_rest) = (&a[start..], &b[start..]);
    let end = a_rest.iter().rev().zip(b_rest.iter().rev()).take_while(|(x, y)| x == y).count();
    let is_word = a.len().max(b.len()) >= 2;
    is_word
        && match (&a_rest[..a_rest.len() - end], &b_rest[..b_rest.len() - end]) {
            ([_], [_] | []) | ([], [_]) => true,
            ([x, y], [v, w]) => x == w && y == v,
            _ => false,
        }
}
