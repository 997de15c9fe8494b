//! Moments, dates and school years, in the strict forms that signed text uses.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Vietnam's offset: +07:00 all year, no daylight saving.
pub const VIETNAM: Offset = Offset::constant(7);

/// A point in time to the millisecond; on the wire RFC 3339 with seconds and an explicit offset
/// (`2026-06-28T09:00:00+07:00`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

impl Moment {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub fn from_millis(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).ok().map(Self)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub fn as_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Strict RFC 3339: date, `T`, time with seconds, `Z` or `±hh:mm`; no fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        let shape = b.len() >= 20
            && b[4] == b'-'
            && b[7] == b'-'
            && b[10] == b'T'
            && b[13] == b':'
            && b[16] == b':'
            && match b[19] {
                b'Z' => b.len() == 20,
                b'+' | b'-' => b.len() == 25 && b[22] == b':',
                _ => false,
            };
        if !shape {
            return None;
        }
        text.parse::<Timestamp>().ok().map(Self)
    }

    /// The calendar date in Vietnam at this moment.
    pub fn date_in_vietnam(self) -> Date {
        VIETNAM.to_datetime(self.0).date()
    }

    /// The hour of the day in Vietnam, 0 to 23.
    pub fn hour_in_vietnam(self) -> i8 {
        VIETNAM.to_datetime(self.0).hour()
    }

    /// `2026-06-28T09:00:00+07:00`, Vietnam time, whole seconds.
    pub fn to_vietnam_rfc3339(self) -> String {
        let local = VIETNAM.to_datetime(self.0);
        let (d, t) = (local.date(), local.time());
        let clock = [t.hour(), t.minute(), t.second()].map(i8::unsigned_abs);
        let Some(day) = digits_of(d) else {
            return format!("{}T{:02}:{:02}:{:02}+07:00", Day(d), clock[0], clock[1], clock[2]);
        };
        let mut text = *b"0000-00-00T00:00:00+07:00";
        text[..10].copy_from_slice(&day);
        for (place, number) in [11, 14, 17].into_iter().zip(clock) {
            put_digits(&mut text[place..place + 2], u16::from(number));
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The start of a calendar day in Vietnam.
    pub fn start_of_day_in_vietnam(date: Date) -> Option<Self> {
        let zoned = date.to_zoned(TimeZone::fixed(VIETNAM)).ok()?;
        Some(Self(zoned.timestamp()))
    }
}

impl From<Timestamp> for Moment {
    /// Drops what is finer than a millisecond.
    fn from(at: Timestamp) -> Self {
        Self::from_millis(at.as_millisecond()).unwrap_or(Self(at))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_vietnam_rfc3339())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_vietnam_rfc3339())
    }
}

/// Writes a number in decimal, with zeros in front. Every answer holds a dozen dates, and a formatter
/// takes several times as long.
fn put_digits(out: &mut [u8], mut number: u16) {
    for place in out.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// `YYYY-MM-DD`; None for years that have no four digits.
fn digits_of(date: Date) -> Option<[u8; 10]> {
    let year = u16::try_from(date.year()).ok()?;
    let mut text = *b"0000-00-00";
    put_digits(&mut text[..4], year);
    put_digits(&mut text[5..7], u16::from(date.month().unsigned_abs()));
    put_digits(&mut text[8..], u16::from(date.day().unsigned_abs()));
    Some(text)
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "an RFC 3339 time such as 2026-06-28T09:00:00+07:00", Self::parse)
    }
}

/// A calendar date, `YYYY-MM-DD` and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Strict `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        let number = |s: &str| s.bytes().all(|c| c.is_ascii_digit()).then(|| s.parse::<i16>().ok()).flatten();
        let (y, m, d) = (number(&text[0..4])?, number(&text[5..7])?, number(&text[8..10])?);
        Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok().map(Self)
    }

    /// The civil date.
    pub fn date(self) -> Date {
        self.0
    }

    /// `dd/mm/yyyy`, as people in Vietnam write it.
    pub fn to_vietnamese(self) -> String {
        format!("{:02}/{:02}/{:04}", self.0.day(), self.0.month(), self.0.year())
    }

    /// Year, month and day in four bytes, for binary records.
    pub fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.0.year().to_be_bytes();
        [high, low, self.0.month().unsigned_abs(), self.0.day().unsigned_abs()]
    }

    /// Reads [`Day::to_bytes`] back; None when there is no such day.
    pub fn from_bytes([high, low, month, day]: [u8; 4]) -> Option<Self> {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Date::new(i16::from_be_bytes([high, low]), month, day).ok().map(Self)
    }

    /// From `YYYYMMDD` as a number; None where there is no such day.
    pub fn from_number(number: u32) -> Option<Self> {
        let part = |n: u32| i8::try_from(n).ok();
        let year = i16::try_from(number / 10_000).ok()?;
        Date::new(year, part(number / 100 % 100)?, part(number % 100)?).ok().map(Self)
    }

    /// `YYYYMMDD` as a number.
    pub fn as_number(self) -> u32 {
        let number = i32::from(self.0.year()) * 10_000 + i32::from(self.0.month()) * 100 + i32::from(self.0.day());
        u32::try_from(number).unwrap_or(0)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let digits = digits_of(self.0);
        match digits.as_ref().and_then(|text| std::str::from_utf8(text).ok()) {
            Some(text) => to.serialize_str(text),
            None => to.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "a date such as 2026-06-30", Self::parse)
    }
}

/// A school year (năm học), named by the year it starts in: 2025 is `2025-2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear(u16);

impl SchoolYear {
    /// The year that starts in `first`; None outside 1976–2199.
    pub fn starting(first: u16) -> Option<Self> {
        (1976..2200).contains(&first).then_some(Self(first))
    }

    /// The calendar year it starts in.
    pub fn first(self) -> u16 {
        self.0
    }

    /// Strict `YYYY-YYYY` with consecutive years.
    pub fn parse(text: &str) -> Option<Self> {
        let (a, b) = text.split_once('-')?;
        if a.len() != 4 || b.len() != 4 || !text.bytes().all(|c| c.is_ascii_digit() || c == b'-') {
            return None;
        }
        let (a, b): (u16, u16) = (a.parse().ok()?, b.parse().ok()?);
        (a.checked_add(1) == Some(b)).then_some(())?;
        Self::starting(a)
    }
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.0 + 1)
    }
}

impl Serialize for SchoolYear {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut text = *b"0000-0000";
        put_digits(&mut text[..4], self.0);
        put_digits(&mut text[5..], self.0 + 1);
        match std::str::from_utf8(&text) {
            Ok(text) => to.serialize_str(text),
            Err(_) => to.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for SchoolYear {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "a school year such as 2025-2026", Self::parse)
    }
}
