//! Birth dates as people type them: dd/mm/yyyy as a rule, yyyy-mm-dd, in words, as a spreadsheet's number.
//!
//! Some programs write the month first. Such a date is taken only where no other reading is possible; in a column that
//! holds one, the rows that could be read both ways are not guessed.

use crate::transcript::contents::{BirthDate, BirthYear, YearMonth};
use crate::transcript::name::fold;
use crate::transcript::time::Day;

use super::table::Cell;

/// The day of a spreadsheet's number 1, and the number from which on it counts a day that never was.
const BEFORE_FIRST: i64 = -25_569;
/// Numbers that are years and not days.
const YEARS: std::ops::RangeInclusive<f64> = 1900.0..=2199.0;

/// Why a date cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateFault {
    /// Not a date, or a day that never was.
    NotADate,
    /// A year of two digits.
    ShortYear,
    /// Day and month could stand in either order, and the column holds both.
    EitherOrder,
}

/// Which orders a column holds for certain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Orders {
    month_first: bool,
}

impl Orders {
    /// Looks at one more cell of the column.
    pub(super) fn see(&mut self, cell: &Cell) {
        let numbers = if let Cell::Text(text) = cell { numbers(text) } else { None };
        if let Some([first, second, year]) = numbers {
            self.month_first |= day(year, second, first).is_none() && day(year, first, second).is_some();
        }
    }
}

/// The date of a cell; None where it is empty.
pub(super) fn read(cell: &Cell, orders: Orders) -> Result<Option<BirthDate>, DateFault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Date(day) => in_time(BirthDate::Day(*day)).map(Some),
        Cell::Number(number) => of_number(*number).map(Some),
        Cell::Text(text) => of_text(text, orders).map(Some),
        Cell::Error(_) | Cell::TooLong(_) => Err(DateFault::NotADate),
    }
}

/// Only years that a birth date on record can have.
fn in_time(date: BirthDate) -> Result<BirthDate, DateFault> {
    BirthYear::new(date.year()).map(|_| date).ok_or(DateFault::NotADate)
}

/// A year, or days since the end of 1899 as spreadsheets count them. Digits of a date whose zero in front is gone are
/// seven.
fn of_number(number: f64) -> Result<BirthDate, DateFault> {
    if number.fract() != 0.0 || !(1.0..100_000_000.0).contains(&number) {
        return Err(DateFault::NotADate);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and below 10^8")]
    let whole = number as i64;
    if YEARS.contains(&number) {
        let year = u16::try_from(whole).ok().and_then(BirthYear::new);
        return year.map(BirthDate::Year).ok_or(DateFault::NotADate);
    }
    if whole >= 1_000_000 {
        return of_digits(&format!("{whole:08}")).ok_or(DateFault::NotADate);
    }
    // 29 February 1900 never was, and counts as 60.
    let days = whole + i64::from(whole < 60) + BEFORE_FIRST;
    let at = jiff::Timestamp::from_second(days * 86_400).map_err(|_| DateFault::NotADate)?;
    in_time(BirthDate::Day(Day::from(jiff::tz::Offset::UTC.to_datetime(at).date())))
}

fn of_text(text: &str, orders: Orders) -> Result<BirthDate, DateFault> {
    // The strict forms first; a time behind a date means nothing.
    let text = text.split_once([' ', 'T']).filter(|(_, time)| is_time(time)).map_or(text, |(date, _)| date);
    if let Some(date) = BirthDate::parse(text) {
        return Ok(date);
    }
    let is_digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    if is_digits {
        return of_digits(text).ok_or(DateFault::NotADate);
    }
    if let Some([month, year]) = parts(text).and_then(|parts| <[u32; 2]>::try_from(parts).ok()) {
        let part = |number: u32| u16::try_from(number).ok();
        let month = part(month).and_then(|m| u8::try_from(m).ok());
        let both = part(year).zip(month).and_then(|(year, month)| YearMonth::new(year, month));
        return both.map(BirthDate::Month).ok_or(DateFault::NotADate);
    }
    let [first, second, third] = numbers(text).ok_or(DateFault::NotADate)?;
    if first >= 1000 {
        return day(first, second, third).map(BirthDate::Day).ok_or(DateFault::NotADate);
    }
    if third < 100 {
        return Err(DateFault::ShortYear);
    }
    match (day(third, second, first), day(third, first, second)) {
        (Some(_), Some(_)) if orders.month_first && first != second => Err(DateFault::EitherOrder),
        (Some(day), _) | (None, Some(day)) => Ok(BirthDate::Day(day)),
        (None, None) => Err(DateFault::NotADate),
    }
}

fn is_time(text: &str) -> bool {
    text.contains(':') && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ' ' | '+' | 'Z'))
}

/// `05092014` or `20140905`, where only one of them is a date.
fn of_digits(digits: &str) -> Option<BirthDate> {
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let day_first = day(part(4, 8)?, part(2, 4)?, part(0, 2)?);
    let year_first = day(part(0, 4)?, part(4, 6)?, part(6, 8)?);
    match (day_first, year_first) {
        (Some(day), None) | (None, Some(day)) => Some(BirthDate::Day(day)),
        _ => None,
    }
}

/// A day of the years that count.
fn day(year: u32, month: u32, day: u32) -> Option<Day> {
    let day = Day::from_number(year.checked_mul(10_000)?.checked_add(month.checked_mul(100)?)?.checked_add(day)?)
        .filter(|_| (1..=12).contains(&month) && (1..=31).contains(&day))?;
    BirthYear::new(u16::try_from(year).ok()?).map(|_| day)
}

fn numbers(text: &str) -> Option<[u32; 3]> {
    parts(text)?.try_into().ok()
}

/// The numbers of a text that holds nothing else than marks between them and the words of a date.
fn parts(text: &str) -> Option<Vec<u32>> {
    let folded = fold(text);
    let words = folded.split(|c: char| matches!(c, '/' | '-' | '.' | ',') || c.is_whitespace());
    let words = words.filter(|word| !word.is_empty() && !matches!(*word, "ngay" | "thang" | "nam" | "sinh"));
    let numbers: Option<Vec<u32>> = words
        .map(|word| {
            let is_plain = word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
            if is_plain { word.parse().ok() } else { None }
        })
        .collect();
    numbers.filter(|numbers| numbers.len() <= 3)
}
