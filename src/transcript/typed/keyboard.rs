//! The two ways of typing Vietnamese, read backwards: which keys make the letters on the screen.
//!
//! In Telex `aa`, `ee`, `dd` make â, ê, đ and `f` puts a grave on the vowel before it. In VNI `6` makes
//! a circumflex, `8` a breve, `9` đ, and `1` to `5` put the five tones. A mark may also be typed at the
//! end of its syllable (`ac1`, `da9`). Pressed again, the key takes its mark away and stays as typed
//! (`a11` → a1); in VNI another tone replaces the first and `0` removes it. Both then have swallowed a
//! key, which the length of a code tells. Only keys that a code can hold matter: digits and a–f.

use unicode_normalization::UnicodeNormalization as _;

/// Digits of a code.
const DIGITS: usize = 32;
/// Most keys that were swallowed, beyond those that the letters show.
const MAX_SWALLOWED: usize = 2;
/// Most steps that a search takes before it gives up: a text may have more readings than anybody can use.
const MAX_STEPS: usize = 20_000;

/// Keys that a code holds and that may put a mark.
const KEYS: &[u8] = b"012345689adef";

/// A mode of a Vietnamese keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyboard {
    Telex,
    Vni,
}

/// What a letter has besides its tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain,
    Circumflex,
    Breve,
    /// The stroke of đ.
    Stroke,
}

/// A letter on the screen; `tone` 1 to 5 are sắc, huyền, hỏi, ngã, nặng, as VNI numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    base: u8,
    shape: Shape,
    tone: u8,
}

impl Glyph {
    /// A digit, or a letter a–f in either case with or without marks; None for anything else.
    pub(super) fn of(c: char) -> Option<Self> {
        if matches!(c, 'đ' | 'Đ' | 'ð' | 'Ð') {
            return Some(Self { base: b'd', shape: Shape::Stroke, tone: 0 });
        }
        let mut parts = std::iter::once(c).nfd();
        let base = parts.next().filter(char::is_ascii_hexdigit)?.to_ascii_lowercase() as u8;
        parts.try_fold(Self { base, shape: Shape::Plain, tone: 0 }, Self::with_mark)
    }

    fn with_mark(self, mark: char) -> Option<Self> {
        let is_vowel = matches!(self.base, b'a' | b'e');
        let shaped = |shape| Some(Self { shape, ..self });
        let toned = |tone| Some(Self { tone, ..self });
        match mark {
            '\u{302}' if is_vowel => shaped(Shape::Circumflex),
            '\u{306}' if self.base == b'a' => shaped(Shape::Breve),
            '\u{301}' if is_vowel => toned(1),
            '\u{300}' if is_vowel => toned(2),
            '\u{309}' if is_vowel => toned(3),
            '\u{303}' if is_vowel => toned(4),
            '\u{323}' if is_vowel => toned(5),
            _ => None,
        }
    }

    /// Whether a keyboard has made something of it.
    pub(super) fn is_marked(self) -> bool {
        self.marks() > 0
    }

    fn marks(self) -> usize {
        usize::from(self.shape != Shape::Plain) + usize::from(self.tone > 0)
    }

    /// Marks in which two letters of one base differ.
    fn distance(self, other: Self) -> usize {
        usize::from(self.shape != other.shape) + usize::from(self.tone != other.tone)
    }

    fn is_plain(self, base: u8) -> bool {
        self.base == base && !self.is_marked()
    }

    fn is_plain_vowel(self) -> bool {
        self.is_plain(b'a') || self.is_plain(b'e')
    }
}

/// Keys that may have made a text.
#[derive(Debug)]
pub(super) struct Reading {
    /// As a code is written.
    pub(super) typed: String,
    /// How far from the usual way of typing.
    pub(super) effort: u32,
}

/// One way to have typed the next glyphs.
struct Way {
    keys: Vec<u8>,
    /// How many glyphs these keys made.
    glyphs: usize,
    /// Keys of which the screen shows nothing.
    swallowed: usize,
    effort: u32,
}

/// Every way through a text, from the left.
struct Search {
    /// The ways to go on from each glyph.
    ways: Vec<Vec<Way>>,
    keys: Vec<u8>,
    found: Vec<Reading>,
    steps: usize,
}

impl Search {
    fn go_on(&mut self, at: usize, swallowed: usize, effort: u32) {
        self.steps += 1;
        let Some(ways) = self.ways.get(at).map(Vec::len) else {
            if swallowed == 0 {
                self.found.push(Reading { typed: String::from_utf8_lossy(&self.keys).into_owned(), effort });
            }
            return;
        };
        for way in 0..ways {
            let way = &self.ways[at][way];
            let Some(left) = swallowed.checked_sub(way.swallowed).filter(|_| self.steps <= MAX_STEPS) else { continue };
            let (before, next, effort) = (self.keys.len(), at + way.glyphs, effort + way.effort);
            self.keys.extend_from_slice(&way.keys);
            self.go_on(next, left, effort);
            self.keys.truncate(before);
        }
    }
}

impl Keyboard {
    pub(super) const ALL: [Self; 2] = [Self::Telex, Self::Vni];

    /// Every code that shows as these glyphs. Where no letter has a mark nothing was swallowed either:
    /// a code that is merely too short stays so. None where there are too many to count.
    pub(super) fn readings(self, glyphs: &[Glyph]) -> Vec<Reading> {
        let shown: usize = glyphs.iter().map(|g| 1 + g.marks()).sum();
        let Some(swallowed) = DIGITS.checked_sub(shown).filter(|n| *n <= MAX_SWALLOWED) else { return Vec::new() };
        if swallowed > 0 && !glyphs.iter().any(|g| g.is_marked()) {
            return Vec::new();
        }
        let ways = (0..glyphs.len()).map(|at| self.ways(&glyphs[at..], swallowed)).collect();
        let mut search = Search { ways, keys: Vec::new(), found: Vec::new(), steps: 0 };
        search.go_on(0, swallowed, 0);
        if search.steps > MAX_STEPS { Vec::new() } else { search.found }
    }

    /// The ways to have typed what comes first, with at most so many keys swallowed.
    fn ways(self, rest: &[Glyph], most: usize) -> Vec<Way> {
        let Some(first) = rest.first() else { return Vec::new() };
        let mut ways: Vec<Way> = self.strokes(*first, 0).iter().flat_map(|keys| in_place(rest, keys)).collect();
        for (swallowed, effort) in (1..=most).zip([2, 4]) {
            let replaced = self.strokes(*first, swallowed).into_iter();
            ways.extend(replaced.map(|keys| Way { keys: with_base(*first, &keys), glyphs: 1, swallowed, effort }));
            ways.extend(self.taken_back(rest, swallowed));
        }
        ways
    }

    /// A mark that was put and taken away again by its own key, which then stays.
    fn taken_back(self, rest: &[Glyph], swallowed: usize) -> Vec<Way> {
        let [letter, key, ..] = rest else { return Vec::new() };
        let put = |marked: &Glyph| !key.is_marked() && marked.marks() > letter.marks();
        let Some(marked) = self.press(*letter, key.base).filter(put) else { return Vec::new() };
        let strokes = self.strokes(marked, swallowed - 1).into_iter();
        let way = |mut keys: Vec<u8>| {
            keys.push(key.base);
            Way { keys: with_base(*letter, &keys), glyphs: 2, swallowed, effort: 1 + 2 * swallowed as u32 }
        };
        strokes.map(way).collect()
    }

    /// The keys that turn the bare letter into this one, in every order, `more` of them leaving no trace.
    fn strokes(self, goal: Glyph, more: usize) -> Vec<Vec<u8>> {
        let bare = Glyph { shape: Shape::Plain, tone: 0, ..goal };
        let mut typed = vec![(bare, Vec::new())];
        for left in (0..goal.marks() + more).rev() {
            let longer = |(letter, keys): &(Glyph, Vec<u8>)| {
                let can_end = |pressed: &Glyph| pressed.distance(goal) <= left;
                let press =
                    |key: &u8| Some((self.press(*letter, *key).filter(can_end)?, [&keys[..], &[*key]].concat()));
                KEYS.iter().filter_map(press).collect::<Vec<_>>()
            };
            typed = typed.iter().flat_map(longer).collect();
        }
        typed.into_iter().filter(|(letter, _)| *letter == goal).map(|(_, keys)| keys).collect()
    }

    /// What a key makes of the letter before it; None where it stays a letter or digit of its own.
    fn press(self, letter: Glyph, key: u8) -> Option<Glyph> {
        let is_vowel = matches!(letter.base, b'a' | b'e');
        let shape = match (self, key) {
            (Self::Telex, b'a' | b'e') if key == letter.base && letter.shape == Shape::Plain => Shape::Circumflex,
            (Self::Vni, b'6') if is_vowel => Shape::Circumflex,
            (Self::Vni, b'8') if letter.base == b'a' => Shape::Breve,
            (Self::Telex, b'd') | (Self::Vni, b'9') if letter.base == b'd' => Shape::Stroke,
            _ => letter.shape,
        };
        let tone = match (self, key) {
            (Self::Telex, b'f') if is_vowel => 2,
            (Self::Vni, b'0'..=b'5') if is_vowel => key - b'0',
            _ => letter.tone,
        };
        Some(Glyph { shape, tone, ..letter }).filter(|pressed| *pressed != letter)
    }
}

fn with_base(letter: Glyph, keys: &[u8]) -> Vec<u8> {
    [&[letter.base], keys].concat()
}

/// A letter with the keys of its marks: right after it, or at the end of its syllable.
fn in_place(rest: &[Glyph], keys: &[u8]) -> Vec<Way> {
    let Some(first) = rest.first() else { return Vec::new() };
    let syllable = match rest {
        _ if keys.is_empty() => 1,
        [_, vowel, c, ..] if first.base == b'd' && vowel.is_plain_vowel() && c.is_plain(b'c') => 3,
        [_, vowel, ..] if first.base == b'd' && vowel.is_plain_vowel() => 2,
        [_, c, ..] if first.base != b'd' && c.is_plain(b'c') => 2,
        _ => 1,
    };
    let mut ways = vec![Way { keys: with_base(*first, keys), glyphs: 1, swallowed: 0, effort: 0 }];
    for end in 2..=syllable {
        for at_once in 0..keys.len() {
            let (early, late) = keys.split_at(at_once);
            let between: Vec<u8> = rest[1..end].iter().map(|glyph| glyph.base).collect();
            let keys = [&[first.base], early, &between, late].concat();
            ways.push(Way { keys, glyphs: end, swallowed: 0, effort: 1 });
        }
    }
    ways
}
