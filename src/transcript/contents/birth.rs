//! Birth dates, which may be known only to the month or the year.

use std::fmt;

use subtle::ConstantTimeEq as _;

use crate::transcript::time::Day;

/// A birth date with the precision the civil register gives it. Partial dates are legal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum BirthDate {
    /// `YYYY-MM-DD` (ngaythangnamsinh).
    Day(Day),
    /// `YYYY-MM` (thangnamsinh).
    Month(YearMonth),
    /// `YYYY` (namsinh).
    Year(BirthYear),
}

impl BirthDate {
    /// Strict `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, from 1900 to 2199.
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            10 => Day::parse(text).filter(|d| BirthYear::new(d.date().year().unsigned_abs()).is_some()).map(Self::Day),
            7 => YearMonth::parse(text).map(Self::Month),
            4 => BirthYear::parse(text).map(Self::Year),
            _ => None,
        }
    }

    /// The year, which every precision has.
    pub fn year(self) -> u16 {
        match self {
            Self::Day(day) => day.date().year().unsigned_abs(),
            Self::Month(month) => month.year.0,
            Self::Year(year) => year.0,
        }
    }

    /// Known only in part? Then opening a transcript also takes the full name.
    pub fn is_partial(self) -> bool {
        !matches!(self, Self::Day(_))
    }

    /// Whether two dates are the same at the same precision, in time that does not depend on where
    /// they differ: a year never matches a full date of that year.
    pub fn matches(self, other: Self) -> bool {
        self.number().to_be_bytes().ct_eq(&other.number().to_be_bytes()).into()
    }

    /// `dd/mm/yyyy`, `mm/yyyy` or `yyyy`, as people in Vietnam write it.
    pub fn to_vietnamese(self) -> String {
        match self {
            Self::Day(day) => day.to_vietnamese(),
            Self::Month(m) => format!("{:02}/{:04}", m.month, m.year.0),
            Self::Year(y) => format!("{:04}", y.0),
        }
    }

    /// `YYYYMMDD` with zeros for what is not known; differs for different precisions.
    pub fn number(self) -> u32 {
        match self {
            Self::Day(day) => day.as_number(),
            Self::Month(m) => u32::from(m.year.0) * 10_000 + u32::from(m.month) * 100,
            Self::Year(y) => u32::from(y.0) * 10_000,
        }
    }
}

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Month(month) => month.fmt(f),
            Self::Year(year) => year.fmt(f),
        }
    }
}

/// A year from 1900 to 2199.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BirthYear(u16);

impl BirthYear {
    /// 1900 to 2199.
    pub fn new(year: u16) -> Option<Self> {
        (1900..2200).contains(&year).then_some(Self(year))
    }

    /// Strict `YYYY`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok().and_then(Self::new)).flatten()
    }
}

impl fmt::Display for BirthYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// A year and a month.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct YearMonth {
    year: BirthYear,
    month: u8,
}

impl YearMonth {
    /// Month 1 to 12 of a year from 1900 to 2199.
    pub fn new(year: u16, month: u8) -> Option<Self> {
        let year = BirthYear::new(year)?;
        (1..=12).contains(&month).then_some(Self { year, month })
    }

    /// Strict `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = month.len() == 2 && month.bytes().all(|b| b.is_ascii_digit());
        digits.then_some(())?;
        Self::new(BirthYear::parse(year)?.0, month.parse().ok()?)
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.year, self.month)
    }
}

super::wire_text!(BirthDate, "YYYY-MM-DD, YYYY-MM or YYYY");
super::wire_text!(BirthYear, "a year from 1900 to 2199");
super::wire_text!(YearMonth, "a month such as 2014-06");
super::redacted!(BirthDate, BirthYear, YearMonth);
