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
    /// Its words without marks, sorted; once more with the parts of words that an apostrophe joins.
    words: Vec<Vec<String>>,
    /// Its words with marks, sorted.
    marked: Vec<String>,
    counts: Counts,
    glance: Glance,
}

impl Sought {
    /// None for what has no letters.
    pub(super) fn new(name: &str) -> Option<Self> {
        let spelling = Spelling::of(name)?;
        Some(Self {
            words: readings(&spelling.letters).collect(),
            marked: marked(&spelling.letters, &spelling.marks),
            counts: Counts::of(&spelling.letters),
            glance: Glance::at(&spelling.letters),
            spelling,
        })
    }

    /// What it looks like.
    pub(super) fn glance(&self) -> Glance {
        self.glance
    }

    /// Its letters, without marks.
    pub(super) fn letters(&self) -> &str {
        &self.spelling.letters
    }

    /// Its characters, marks not counted.
    pub(super) fn length(&self) -> usize {
        self.spelling.letters.chars().count()
    }

    /// Whether and how a name on record meets it.
    pub(super) fn meets(&self, letters: &str, marks: &str) -> Option<Meeting> {
        if !self.counts.may_be(letters.as_bytes()) {
            return None;
        }
        let closeness = if letters == self.spelling.letters && marks == self.spelling.marks {
            Closeness::Exact
        } else if bare(letters).eq(bare(&self.spelling.letters)) {
            Closeness::Unmarked
        } else {
            readings(letters).filter_map(|held| self.words_meet(&held)).min()?
        };
        Some((closeness, difference(&self.marked, &marked(letters, marks)).0.len()))
    }

    fn words_meet(&self, held: &[String]) -> Option<Closeness> {
        let meet = |typed: &Vec<String>| match difference(typed, held) {
            (typed, held) if typed.is_empty() && held.is_empty() => Some(Closeness::Reordered),
            (typed, held) => match (&typed[..], &held[..]) {
                ([typed], [held]) => is_one_typo(typed, held).then_some(Closeness::OneTypo),
                _ => None,
            },
        };
        self.words.iter().filter_map(meet).min()
    }
}

/// The words of a name, sorted, as they are read: an apostrophe joins two parts (`hmai`) or sets them apart
/// (`h mai`).
fn readings(letters: &str) -> impl Iterator<Item = Vec<String>> {
    let joined = sorted(letters.split(' ').map(|word| word.replace('\'', "")));
    let parted = letters.contains('\'').then(|| sorted(letters.split([' ', '\'']).map(str::to_owned)));
    std::iter::once(joined).chain(parted)
}

/// The words of a name with their marks, sorted.
fn marked(letters: &str, marks: &str) -> Vec<String> {
    sorted(letters.split(' ').zip(marks.split(' ')).map(|(word, marks)| format!("{word}{marks}")))
}

fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = words.collect();
    words.sort_unstable();
    words
}

/// Letters alone.
fn bare(letters: &str) -> impl Iterator<Item = u8> + '_ {
    letters.bytes().filter(|b| is_bare(*b))
}

fn is_bare(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\'')
}

/// How often each letter occurs, and how many there are. Two names that one typing error sets apart differ by two at
/// most.
#[derive(Clone, PartialEq, Eq)]
struct Counts {
    each: [u8; 32],
    all: usize,
}

impl Counts {
    /// How much one typing error makes them differ, at most.
    const ONE_TYPO: usize = 2;

    fn of(letters: &str) -> Self {
        let mut each = [0_u8; 32];
        for byte in bare(letters) {
            let count = &mut each[usize::from(byte & 31)];
            *count = count.saturating_add(1);
        }
        Self { each, all: each.iter().map(|count| usize::from(*count)).sum() }
    }

    /// Whether one typing error may be all that sets these letters apart.
    fn may_be(&self, letters: &[u8]) -> bool {
        let (mut left, mut missing, mut others) = (self.each, self.all, 0);
        for byte in letters.iter().filter(|byte| is_bare(**byte)) {
            let count = &mut left[usize::from(byte & 31)];
            if *count > 0 {
                (*count, missing) = (*count - 1, missing - 1);
            } else if others == Self::ONE_TYPO {
                return false;
            } else {
                others += 1;
            }
        }
        missing + others <= Self::ONE_TYPO
    }
}

/// Which letters a name has: two bits for each, one for the first and one for any further. A typing error changes
/// [`Counts::ONE_TYPO`] of them at most, which rules out nearly every other name of a day without reading it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Glance(u64);

impl Glance {
    pub(super) fn at(letters: &str) -> Self {
        Self(bare(letters).fold(0, |seen, byte| {
            let first = 1_u64 << (2 * (byte & 31));
            seen | if seen & first == 0 { first } else { first << 1 }
        }))
    }

    /// Whether one typing error may be all that sets these names apart.
    pub(super) fn may_be(self, other: Self) -> bool {
        (self.0 ^ other.0).count_ones() as usize <= Counts::ONE_TYPO
    }
}

/// The words of each side that the other lacks; both sides sorted.
fn difference<'t, 'h>(typed: &'t [String], held: &'h [String]) -> (Vec<&'t str>, Vec<&'h str>) {
    let (mut only_typed, mut only_held) = (Vec::new(), Vec::new());
    let (mut t, mut h) = (typed.iter().peekable(), held.iter().peekable());
    loop {
        match (t.peek(), h.peek()) {
            (Some(a), Some(b)) if a == b => {
                t.next();
                h.next();
            }
            (Some(a), Some(b)) if a < b => only_typed.extend(t.next().map(String::as_str)),
            (_, Some(_)) => only_held.extend(h.next().map(String::as_str)),
            (Some(_), None) => only_typed.extend(t.next().map(String::as_str)),
            (None, None) => return (only_typed, only_held),
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
