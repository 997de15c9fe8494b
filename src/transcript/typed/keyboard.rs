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
/// Most readings that are counted.
const MAX_READINGS: usize = 2048;

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
        let mut found = Vec::new();
        self.extend(glyphs, &mut Vec::new(), swallowed, 0, &mut found);
        if found.len() > MAX_READINGS { Vec::new() } else { found }
    }

    fn extend(self, rest: &[Glyph], keys: &mut Vec<u8>, swallowed: usize, effort: u32, found: &mut Vec<Reading>) {
        if found.len() > MAX_READINGS {
            return;
        }
        if rest.is_empty() {
            if swallowed == 0 {
                found.push(Reading { typed: String::from_utf8_lossy(keys).into_owned(), effort });
            }
            return;
        }
        for way in self.ways(rest) {
            let Some(left) = swallowed.checked_sub(way.swallowed) else { continue };
            let before = keys.len();
            keys.extend_from_slice(&way.keys);
            self.extend(&rest[way.glyphs..], keys, left, effort + way.effort, found);
            keys.truncate(before);
        }
    }

    /// The ways to have typed what comes first.
    fn ways(self, rest: &[Glyph]) -> Vec<Way> {
        let Some(first) = rest.first() else { return Vec::new() };
        let mut ways = Vec::new();
        match first.marks() {
            0 => {
                ways.push(Way { keys: vec![first.base], glyphs: 1, swallowed: 0, effort: 0 });
                ways.extend(self.taken_back(rest));
            }
            _ => {
                for keys in self.marks_of(*first) {
                    ways.extend(in_place(rest, &keys));
                }
                ways.extend(self.replaced(*first));
            }
        }
        ways
    }

    /// The keys of a letter's marks in each order; none where this keyboard cannot make it.
    fn marks_of(self, glyph: Glyph) -> Vec<Vec<u8>> {
        let (shape, tone) = (self.shape_key(glyph), self.tone_key(glyph.tone));
        let cannot = (glyph.shape != Shape::Plain && shape.is_none()) || (glyph.tone > 0 && tone.is_none());
        match (shape, tone) {
            _ if cannot => Vec::new(),
            (Some(shape), Some(tone)) => vec![vec![shape, tone], vec![tone, shape]],
            (shape, tone) => vec![shape.into_iter().chain(tone).collect()],
        }
    }

    fn shape_key(self, glyph: Glyph) -> Option<u8> {
        match (self, glyph.shape) {
            (Self::Telex, Shape::Circumflex | Shape::Stroke) => Some(glyph.base),
            (Self::Vni, Shape::Circumflex) => Some(b'6'),
            (Self::Vni, Shape::Breve) => Some(b'8'),
            (Self::Vni, Shape::Stroke) => Some(b'9'),
            _ => None,
        }
    }

    fn tone_key(self, tone: u8) -> Option<u8> {
        match (self, tone) {
            (Self::Telex, 2) => Some(b'f'),
            (Self::Vni, 1..=5) => Some(b'0' + tone),
            _ => None,
        }
    }

    /// A mark that was put and taken away again: by its own key, which then stays, or by `0`.
    fn taken_back(self, rest: &[Glyph]) -> Vec<Way> {
        let mut ways = Vec::new();
        if let [letter, key, ..] = rest
            && !key.is_marked()
            && self.puts_mark(letter.base, key.base)
        {
            ways.push(Way { keys: vec![letter.base, key.base, key.base], glyphs: 2, swallowed: 1, effort: 3 });
        }
        if let [vowel, ..] = rest
            && self == Self::Vni
            && vowel.is_plain_vowel()
        {
            let cleared = |tone: u8| Way { keys: vec![vowel.base, tone, b'0'], glyphs: 1, swallowed: 2, effort: 4 };
            ways.extend((b'1'..=b'5').map(cleared));
        }
        ways
    }

    fn puts_mark(self, letter: u8, key: u8) -> bool {
        match self {
            Self::Telex => matches!((letter, key), (b'a', b'a' | b'f') | (b'e', b'e' | b'f') | (b'd', b'd')),
            Self::Vni => matches!((letter, key), (b'a', b'1'..=b'6' | b'8') | (b'e', b'1'..=b'6') | (b'd', b'9')),
        }
    }

    /// A tone or a shape in the place of an earlier one.
    fn replaced(self, glyph: Glyph) -> Vec<Way> {
        if self == Self::Telex {
            return Vec::new();
        }
        let way = |keys| Way { keys, glyphs: 1, swallowed: 1, effort: 2 };
        let mut ways = Vec::new();
        for keys in self.marks_of(glyph) {
            for (at, key) in keys.iter().enumerate() {
                for earlier in earlier_marks(glyph.base, *key) {
                    let mut all = vec![glyph.base];
                    all.extend_from_slice(&keys[..at]);
                    all.push(earlier);
                    all.extend_from_slice(&keys[at..]);
                    ways.push(way(all));
                }
            }
        }
        ways
    }
}

/// What a mark of VNI may have replaced.
fn earlier_marks(base: u8, key: u8) -> Vec<u8> {
    match (base, key) {
        (_, b'1'..=b'5') => (b'1'..=b'5').filter(|tone| *tone != key).collect(),
        (b'a', b'6') => vec![b'8'],
        (b'a', b'8') => vec![b'6'],
        _ => Vec::new(),
    }
}

/// A letter with the keys of its marks: right after it, or at the end of its syllable.
fn in_place(rest: &[Glyph], keys: &[u8]) -> Vec<Way> {
    let Some(first) = rest.first() else { return Vec::new() };
    let syllable = match rest {
        [_, vowel, c, ..] if first.base == b'd' && vowel.is_plain_vowel() && c.is_plain(b'c') => 3,
        [_, vowel, ..] if first.base == b'd' && vowel.is_plain_vowel() => 2,
        [_, c, ..] if first.base != b'd' && c.is_plain(b'c') => 2,
        _ => 1,
    };
    let mut ways = Vec::new();
    for end in 1..=syllable {
        for late in if end == 1 { 0..1 } else { 0..keys.len() } {
            let (early, late) = keys.split_at(late);
            let mut all = vec![first.base];
            all.extend_from_slice(early);
            all.extend(rest[1..end].iter().map(|glyph| glyph.base));
            all.extend_from_slice(late);
            ways.push(Way { keys: all, glyphs: end, swallowed: 0, effort: u32::from(end > 1) });
        }
    }
    ways
}
