//! When things happen: freezing by the school calendar, everything else just before `now`, the first
//! of this month, so that a nation made today is right today and the same all month.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::SynthFault;
use super::dice::Dice;
use super::learner::Stay;
use super::world::{Era, World, moment};
use crate::transcript::time::{Day, Moment, SchoolYear};

const DAY: i64 = 86_400;
/// The merger; nothing that today's provinces sign can be older.
pub(super) const MERGER: &str = "2025-07-01T00:00:00+07:00";

/// Sheets are frozen at least this many days ago, replacements and statuses after them, packages last.
const FROZEN_DAYS: i64 = 20;
const REPLACED_DAYS: i64 = 12;
const STATUS_DAYS: i64 = 6;

fn shift(at: Moment, seconds: i64) -> Result<Moment, SynthFault> {
    let at = Timestamp::from_millisecond(at.as_millis()).map_err(|_| SynthFault::Time)?;
    let at = at.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| SynthFault::Time)?;
    // Signed text holds whole seconds.
    Timestamp::from_second(at.as_second()).map(Moment::from).map_err(|_| SynthFault::Time)
}

impl World {
    /// `now` moved by seconds, whole seconds.
    pub(super) fn now_plus(&self, seconds: i64) -> Result<Moment, SynthFault> {
        shift(self.now, seconds)
    }

    /// When a school freezes a grade: before 30 June (21 May for grades 9 and 12), late ones before
    /// 15 August; never later than some weeks ago.
    pub(super) fn frozen_at(&self, stay: &Stay, learner: u64) -> Result<Moment, SynthFault> {
        let late = stay.outcome.is_late();
        let place = (stay.school.old as u64) << 32 | (stay.school.index as u64) << 16 | u64::from(stay.grade);
        let mut dice = Dice::new(self.seed, "freeze", place, (stay.year as u64) << 1 | u64::from(late));
        let (month, day) = match (late, stay.grade) {
            (true, _) => (8, dice.between(4, 14)),
            (false, 9 | 12) => (5, dice.between(16, 20)),
            (false, _) => (6, dice.between(2, 28)),
        };
        let year = self.years.get(stay.year).ok_or(SynthFault::Time)?.first() + 1;
        let date = Date::new(year as i16, month, day as i8).map_err(|_| SynthFault::Time)?;
        let start = Moment::start_of_day_in_vietnam(date).ok_or(SynthFault::Time)?;
        // One batch: an hour of the working day, the learners seconds apart.
        let second = i64::from(dice.between(8, 16)) * 3600 + (learner % 3000) as i64;
        Ok(shift(start, second)?.min(self.now_plus(-FROZEN_DAYS * DAY)?))
    }

    /// When the replacement of a sheet frozen at `first` is frozen.
    pub(super) fn replaced_at(&self, first: Moment) -> Result<Moment, SynthFault> {
        Ok(shift(first, 10 * DAY + 3600)?.min(self.now_plus(-REPLACED_DAYS * DAY)?))
    }

    /// When a status takes effect; `nth` orders the statuses of one booklet.
    pub(super) fn status_at(&self, learner: u64, nth: i64) -> Result<Moment, SynthFault> {
        self.now_plus(-STATUS_DAYS * DAY + (learner % 7000) as i64 + nth * 36_000)
    }

    /// When package number `nth` of the nation is made.
    pub(super) fn packed_at(&self, nth: usize) -> Result<Moment, SynthFault> {
        self.now_plus(-DAY + nth as i64)
    }

    /// A day some days from now; six weeks from the first of the month are ahead all month.
    pub(super) fn day_ahead(&self, days: i32) -> Result<Day, SynthFault> {
        let date = self.now.date_in_vietnam().checked_add(Span::new().days(days)).map_err(|_| SynthFault::Time)?;
        Ok(Day::from(date))
    }

    /// From when to when keys of an era are valid, and when they were granted.
    pub(super) fn key_period(&self, era: Era) -> Result<(Moment, Moment), SynthFault> {
        let first = self.years.first().map_or(2020, |y| y.first()).min(2020) - 3;
        let last = self.years.last().map_or(2026, |y| y.first() + 1);
        let now = self.now.date_in_vietnam().year().unsigned_abs();
        match era {
            Era::Old => Ok((moment(&format!("{first}-07-01T00:00:00+07:00"))?, moment("2025-12-31T23:59:59+07:00")?)),
            Era::New => {
                Ok((moment(MERGER)?, moment(&format!("{}-12-31T23:59:59+07:00", now.max(last).max(2026) + 4))?))
            }
        }
    }

    /// A period of an era that ended three weeks after it began.
    pub(super) fn short_period(&self, era: Era) -> Result<(Moment, Moment), SynthFault> {
        let (from, _) = self.key_period(era)?;
        Ok((from, shift(from, 21 * DAY)?))
    }

    /// Whether a year's sheets may be too old to hand in without the ministry's permission.
    pub(super) fn needs_backfill(&self, year: SchoolYear) -> Result<bool, SynthFault> {
        let frozen = moment(&format!("{}-05-16T00:00:00+07:00", year.first() + 1))?;
        Ok(frozen < self.now_plus(-300 * DAY)?)
    }
}
