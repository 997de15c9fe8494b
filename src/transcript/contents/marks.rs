//! Marks and levels as the circulars write them; strings on the wire, integers in code, never floats.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Quality or competency code of TT 27/2020.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Attainment {
    /// Tốt.
    #[serde(rename = "T")]
    Good,
    /// Đạt.
    #[serde(rename = "Đ")]
    Reached,
    /// Cần cố gắng.
    #[serde(rename = "C")]
    NeedsEffort,
}

/// What a primary pupil reached in a subject (mức đạt được), TT 27/2020.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SubjectLevel {
    /// Hoàn thành tốt.
    #[serde(rename = "T")]
    CompletedWell,
    /// Hoàn thành.
    #[serde(rename = "H")]
    Completed,
    /// Chưa hoàn thành.
    #[serde(rename = "C")]
    NotCompleted,
    /// Miễn.
    #[serde(rename = "M")]
    Exempt,
}

/// Learning result or conduct of a term or year, TT 22/2021 and 43/2021.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum YearLevel {
    /// Chưa đạt.
    #[serde(rename = "CĐ")]
    NotReached,
    /// Đạt.
    #[serde(rename = "Đ")]
    Reached,
    /// Khá.
    #[serde(rename = "K")]
    Fair,
    /// Tốt.
    #[serde(rename = "T")]
    Good,
}

/// Mark of a periodic test in primary school (điểm kiểm tra định kỳ): a whole number from 1 to 10, or
/// exempt. There is no 0 and there are no halves.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum TestMark {
    /// 1 to 10.
    Mark(WholeMark),
    /// Miễn.
    Exempt,
}

/// A whole number from 1 to 10.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WholeMark(u8);

impl WholeMark {
    /// 1 to 10.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=10 => Some(Self(number)),
            _ => None,
        }
    }

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TestMark {
    /// `1` to `10` without a leading zero, or `M`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            b"M" => Some(Self::Exempt),
            b"10" => WholeMark::new(10).map(Self::Mark),
            [d @ b'1'..=b'9'] => WholeMark::new(d - b'0').map(Self::Mark),
            _ => None,
        }
    }
}

impl fmt::Display for TestMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mark(mark) => write!(f, "{}", mark.0),
            Self::Exempt => f.write_str("M"),
        }
    }
}

/// A mark in integer tenths, 0 to 100: `8.5` is 85.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(u8);

impl Tenths {
    /// 0 to 100.
    pub const fn new(tenths: u8) -> Option<Self> {
        match tenths {
            0..=100 => Some(Self(tenths)),
            _ => None,
        }
    }

    /// The number of tenths.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// `0` to `10` with at most one decimal after a dot: `8`, `8.5`, `10`, `10.0`.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit().then(|| b - b'0');
        match *text.as_bytes() {
            [whole] => Self::new(digit(whole)? * 10),
            [whole, b'.', tenth] => Self::new(digit(whole)? * 10 + digit(tenth)?),
            [b'1', b'0'] | [b'1', b'0', b'.', b'0'] => Self::new(100),
            _ => None,
        }
    }

    /// `8,5`, as it is printed.
    pub fn to_vietnamese(self) -> String {
        format!("{},{}", self.0 / 10, self.0 % 10)
    }
}

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// What stands in a subject's column in secondary and continuing education.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectMark {
    /// An average mark.
    Mark(Tenths),
    /// Đ: đạt, in a subject judged by comments.
    Passed,
    /// CĐ: chưa đạt.
    NotPassed,
    /// M: miễn.
    Exempt,
}

impl SubjectMark {
    /// A mark as [`Tenths::parse`] reads it, or `Đ`, `CĐ`, `M`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "Đ" => Some(Self::Passed),
            "CĐ" => Some(Self::NotPassed),
            "M" => Some(Self::Exempt),
            number => Tenths::parse(number).map(Self::Mark),
        }
    }

    /// As it is printed: `8,5`, `Đ`, `CĐ`, `M`.
    pub fn to_vietnamese(self) -> String {
        match self {
            Self::Mark(tenths) => tenths.to_vietnamese(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for SubjectMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mark(tenths) => tenths.fmt(f),
            Self::Passed => f.write_str("Đ"),
            Self::NotPassed => f.write_str("CĐ"),
            Self::Exempt => f.write_str("M"),
        }
    }
}

super::wire_text!(TestMark, "a whole mark from 1 to 10, or M");
super::wire_text!(SubjectMark, "a mark from 0 to 10 with at most one decimal, or Đ, CĐ, M");

/// How many sessions a learner was absent in a year (số buổi nghỉ), 0 to 300.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Absences(u16);

impl Absences {
    /// 0 to 300.
    pub const fn new(sessions: u16) -> Option<Self> {
        match sessions {
            0..=300 => Some(Self(sessions)),
            _ => None,
        }
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Absences {
    type Error = &'static str;

    fn try_from(sessions: u16) -> Result<Self, Self::Error> {
        Self::new(sessions).ok_or("expected 0 to 300 sessions")
    }
}

impl From<Absences> for u16 {
    fn from(absences: Absences) -> Self {
        absences.0
    }
}

super::redacted!(Attainment, SubjectLevel, YearLevel, TestMark, WholeMark, Tenths, SubjectMark, Absences);
