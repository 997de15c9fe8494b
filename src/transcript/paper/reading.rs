//! How a typed value is read: what counts as the same as the record, what as different, and what
//! has to be typed again.
//!
//! Decimal comma and point are the same, and so are 8 and 8,0. Letters of levels may be typed in any
//! case, with or without their marks, or as the word. Names and texts keep their diacritics, but the
//! place of a tone mark, capitals, the kind of apostrophe, hyphen or space and the form of Unicode make no
//! difference. `docs/transcript.md` has the rules as people read them.

use unicode_normalization::UnicodeNormalization as _;

use super::Value;
use crate::transcript::contents::{Attainment, BirthDate, Sex, SubjectLevel, SubjectMark, TestMark, YearLevel};
use crate::transcript::name;

/// What a typed value is, beside the record's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The same.
    Same,
    /// Another one.
    Different,
    /// Not a value of this kind, or the right letters without their diacritics.
    Unreadable,
}

/// Reads what was typed as the paper's value for one that is on record.
pub fn read(typed: &str, value: Value<'_>) -> Reading {
    let word = word(typed);
    if is_dash(&word) {
        return same_if(value == Value::Nothing);
    }
    match value {
        Value::Nothing => same_if(matches!(&*word, "khong" | "khongco")),
        Value::Mark(mark) => same_number_or(typed, mark_tenths(mark), || subject_mark(&word).map(|m| m == mark)),
        Value::Test(test) => {
            same_number_or(typed, test_tenths(test), || is_exempt(&word).then_some(test == TestMark::Exempt))
        }
        Value::Absences(absences) => same_number_or(typed, Some(u32::from(absences.number()) * 10), || None),
        Value::Level(level) => same_number_or(typed, None, || subject_level(&word).map(|l| l == level)),
        Value::Year(level) => same_number_or(typed, None, || year_level(&word).map(|l| l == level)),
        Value::Attainment(level) => same_number_or(typed, None, || attainment(&word).map(|l| l == level)),
        Value::Answer(answer) => found(yes_or_no(&word).map(|a| a == answer)),
        Value::Sex(sex) => found(self::sex(&word).map(|s| s == sex)),
        Value::Birth(birth) => found(birth_date(typed).map(|b| b.matches(birth))),
        Value::Name(name) => text(typed, name),
        Value::Text(known) => match (number(typed), number(known)) {
            (Some(typed), Some(known)) => same_if(typed == known),
            _ => text(&without_punctuation(typed), &without_punctuation(known)),
        },
    }
}

const fn same_if(same: bool) -> Reading {
    if same { Reading::Same } else { Reading::Different }
}

fn found(same: Option<bool>) -> Reading {
    same.map_or(Reading::Unreadable, same_if)
}

/// A number is the same number or a different value; anything else is for the words.
fn same_number_or(typed: &str, tenths: Option<u32>, word: impl FnOnce() -> Option<bool>) -> Reading {
    match number(typed) {
        Some(number) => same_if(tenths.map(|t| t * (UNIT / 10)) == Some(number)),
        None => found(word()),
    }
}

fn mark_tenths(mark: SubjectMark) -> Option<u32> {
    match mark {
        SubjectMark::Mark(tenths) => Some(u32::from(tenths.number())),
        _ => None,
    }
}

fn test_tenths(test: TestMark) -> Option<u32> {
    match test {
        TestMark::Mark(whole) => Some(u32::from(whole.number()) * 10),
        TestMark::Exempt => None,
    }
}

/// What [`number`] counts in: a typed 8,55 must not pass for 8,5.
const UNIT: u32 = 10_000;
const DECIMALS: usize = 4;

/// A number with a decimal comma or point, white space anywhere, in ten-thousandths. Full-width digits
/// are digits; signs, thousands marks and more than four decimals are not read.
fn number(text: &str) -> Option<u32> {
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    let (whole, decimals) = match text.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return None,
        None => (&*text, "0"),
    };
    let digits = |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 4) || !digits(decimals, DECIMALS) {
        return None;
    }
    let fraction: u32 = format!("{decimals:0<DECIMALS$}").parse().ok()?;
    Some(whole.parse::<u32>().ok()? * UNIT + fraction)
}

/// Letters and digits alone, folded: `C Đ`, `cđ` and `CD` are one word.
fn word(typed: &str) -> String {
    let composed: String = typed.nfkc().collect();
    name::fold(&composed).split(' ').collect::<String>().trim_matches(['.', ',', ';', ':']).to_owned()
}

/// A blank on paper is typed as a dash; folding has made the dash itself disappear.
fn is_dash(word: &str) -> bool {
    word.is_empty() || word.chars().all(|c| matches!(c, '_' | '/' | '.'))
}

fn is_exempt(word: &str) -> bool {
    matches!(word, "m" | "mien")
}

fn subject_mark(word: &str) -> Option<SubjectMark> {
    match word {
        "d" | "dat" => Some(SubjectMark::Passed),
        "cd" | "chuadat" => Some(SubjectMark::NotPassed),
        word => is_exempt(word).then_some(SubjectMark::Exempt),
    }
}

fn subject_level(word: &str) -> Option<SubjectLevel> {
    match word {
        "t" | "htt" | "hoanthanhtot" => Some(SubjectLevel::CompletedWell),
        "h" | "ht" | "hoanthanh" => Some(SubjectLevel::Completed),
        "c" | "cht" | "chuahoanthanh" => Some(SubjectLevel::NotCompleted),
        word => is_exempt(word).then_some(SubjectLevel::Exempt),
    }
}

fn year_level(word: &str) -> Option<YearLevel> {
    match word {
        "t" | "tot" => Some(YearLevel::Good),
        "k" | "kha" => Some(YearLevel::Fair),
        "d" | "dat" => Some(YearLevel::Reached),
        "cd" | "chuadat" => Some(YearLevel::NotReached),
        _ => None,
    }
}

fn attainment(word: &str) -> Option<Attainment> {
    match word {
        "t" | "tot" => Some(Attainment::Good),
        "d" | "dat" => Some(Attainment::Reached),
        "c" | "cancogang" => Some(Attainment::NeedsEffort),
        _ => None,
    }
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "co" | "yes" | "x" | "✓" | "✔" | "duoc" | "duoclenlop" | "hoanthanh" | "dahoanthanh" => Some(true),
        "khong" | "no" | "khongduoc" | "khongduoclenlop" | "chua" | "chuahoanthanh" | "olai" | "luuban" => Some(false),
        _ => None,
    }
}

fn sex(word: &str) -> Option<Sex> {
    match word {
        "nam" => Some(Sex::Male),
        "nu" => Some(Sex::Female),
        "khongro" => Some(Sex::Unknown),
        _ => None,
    }
}

/// `5/9/2014`, `05-09-2014`, `ngày 5 tháng 9 năm 2014`, `2014-09-05`, or only month and year, or only
/// the year.
fn birth_date(typed: &str) -> Option<BirthDate> {
    let plain: String = typed.nfkc().collect();
    let folded = name::fold(&plain);
    let parts: Vec<&str> = folded.split([' ', '/', '.', ',', '-']).filter(|p| !p.is_empty()).collect();
    let numbers: Vec<&str> = parts.into_iter().filter(|p| !matches!(*p, "ngay" | "thang" | "nam" | "sinh")).collect();
    let two = |text: &str| match text.len() {
        1 => format!("0{text}"),
        _ => text.to_owned(),
    };
    match *numbers {
        [year] => BirthDate::parse(year),
        [year, month] if year.len() == 4 => BirthDate::parse(&format!("{year}-{}", two(month))),
        [month, year] => BirthDate::parse(&format!("{year}-{}", two(month))),
        [year, month, day] if year.len() == 4 => BirthDate::parse(&format!("{year}-{}-{}", two(month), two(day))),
        [day, month, year] => BirthDate::parse(&format!("{year}-{}-{}", two(month), two(day))),
        _ => None,
    }
}

fn without_punctuation(text: &str) -> String {
    text.replace(['.', ',', ';', ':', '!', '?', '"', '“', '”', '(', ')'], " ")
}

/// Names and other texts: the same letters with the same marks. The right letters without any mark
/// were typed on a keyboard that has none; that is no difference on paper.
fn text(typed: &str, known: &str) -> Reading {
    if spelling(typed) == spelling(known) {
        return Reading::Same;
    }
    let bare = name::fold(typed) == name::fold(known) && typed.is_ascii();
    if bare { Reading::Unreadable } else { Reading::Different }
}

/// A word's letters, with the marks that make them letters of their own, and its tones apart: where in
/// the word a tone is written (hòa, hoà; thúy, thuý) makes no difference.
fn spelling(text: &str) -> Vec<(String, String)> {
    let composed: String = text.nfkc().collect();
    let even = composed.replace(['’', 'ʼ', '‘', '`', '´'], "'").replace(" '", "'").replace("' ", "'");
    let words = even.split(|c: char| c.is_whitespace() || matches!(c, '-' | '‐'..='―')).filter(|w| !w.is_empty());
    words.map(|word| letters_and_tones(&word.to_lowercase())).collect()
}

fn letters_and_tones(word: &str) -> (String, String) {
    let (mut letters, mut tones) = (String::new(), String::new());
    for c in word.nfd() {
        match c {
            // Huyền, sắc, ngã, hỏi, nặng.
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tones.push(c),
            // The Icelandic eth, which old keyboards put for đ.
            'ð' => letters.push('đ'),
            c => letters.push(c),
        }
    }
    (letters.nfc().collect(), tones)
}
