//! The learning result (kết quả học tập) of a term or year from the subjects' results, in all readings.
//!
//! TT 22/2021, Điều 9 khoản 2 and 3, and the same in TT 43/2021 with other counts. Only how many marks
//! lie in which band matters, so a term's marks are five counts and no mark can be too many or too odd.

use crate::transcript::contents::{SubjectMark, YearLevel};

/// Lower ends of the bands, in tenths: below 3.5, from 3.5, 5.0, 6.5, 8.0.
const BANDS: [u8; 5] = [0, 35, 50, 65, 80];

/// Subjects of a term or year by what they reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Scored subjects by band.
    bands: [u16; BANDS.len()],
    /// Subjects assessed by comments that were not passed (Chưa đạt).
    failed: u16,
}

/// How many subjects must reach a level's upper mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needed {
    /// From 8.0, for Tốt.
    pub(super) good: u16,
    /// From 6.5 for Khá, from 5.0 for Đạt.
    pub(super) below: u16,
}

impl Tally {
    /// Counts one subject; one that is exempt (M) or passed by comments changes nothing.
    pub(super) fn count(&mut self, mark: SubjectMark) {
        match mark {
            SubjectMark::Mark(tenths) => {
                let band = BANDS.iter().rposition(|from| tenths.number() >= *from).unwrap_or(0);
                self.bands[band] = self.bands[band].saturating_add(1);
            }
            SubjectMark::NotPassed => self.failed = self.failed.saturating_add(1),
            SubjectMark::Passed | SubjectMark::Exempt => {}
        }
    }

    /// Scored subjects.
    pub(super) fn scored(&self) -> u16 {
        self.at_or_above(0)
    }

    fn at_or_above(&self, band: usize) -> u16 {
        self.bands.iter().skip(band).fold(0, |sum, n| sum.saturating_add(*n))
    }

    fn below(&self, band: usize) -> u16 {
        self.bands.iter().take(band).fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Khoản 2 alone.
    pub(super) fn level(&self, needed: Needed) -> YearLevel {
        let reaches = |every: usize, some: usize, needed| self.below(every) == 0 && self.at_or_above(some) >= needed;
        match self.failed {
            0 if reaches(3, 4, needed.good) => YearLevel::Good,
            0 if reaches(2, 3, needed.below) => YearLevel::Fair,
            0 | 1 if reaches(1, 2, needed.below) => YearLevel::Reached,
            _ => YearLevel::NotReached,
        }
    }

    /// Khoản 2 with the adjustment of khoản 3: a level that one single subject pulled down by two or
    /// more below Tốt or Khá is raised by one.
    ///
    /// The text leaves open whether that subject still counts among the "at least six", and software in
    /// use differs on whether it may be one assessed by comments. Where the readings differ, raised and
    /// not raised are both accepted.
    pub(super) fn adjusted(&self, needed: Needed) -> Accepted {
        let level = self.level(needed);
        let raises = |other: Self| {
            let without = other.level(needed);
            without >= YearLevel::Fair && without as u8 >= level as u8 + 2
        };
        let bands = || (0..BANDS.len()).filter(|band| self.bands[*band] > 0);
        let certainly = bands().any(|band| raises(self.without(band)));
        let perhaps =
            certainly || bands().any(|band| raises(self.lifted(band))) || self.failed > 0 && raises(self.passed());
        match (certainly, perhaps) {
            (true, _) => Accepted::of(next(level)),
            (false, true) => Accepted::of(level).or(Accepted::of(next(level))),
            (false, false) => Accepted::of(level),
        }
    }

    /// One subject of the band left out.
    fn without(mut self, band: usize) -> Self {
        self.bands[band] -= 1;
        self
    }

    /// One subject of the band counted as if nothing were wrong with it.
    fn lifted(self, band: usize) -> Self {
        let mut lifted = self.without(band);
        lifted.bands[BANDS.len() - 1] += 1;
        lifted
    }

    /// One subject assessed by comments counted as passed.
    fn passed(mut self) -> Self {
        self.failed -= 1;
        self
    }
}

fn next(level: YearLevel) -> YearLevel {
    match level {
        YearLevel::NotReached => YearLevel::Reached,
        YearLevel::Reached => YearLevel::Fair,
        YearLevel::Fair | YearLevel::Good => YearLevel::Good,
    }
}

/// The levels that some reading gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Accepted(u8);

impl Accepted {
    pub(super) fn of(level: YearLevel) -> Self {
        Self(1 << level as u8)
    }

    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, level: YearLevel) -> bool {
        self.0 & Self::of(level).0 != 0
    }

    /// The lowest and the highest of them; None when no reading gives any.
    pub(super) fn range(self) -> Option<(YearLevel, YearLevel)> {
        use YearLevel::{Fair, Good, NotReached, Reached};
        let all = [NotReached, Reached, Fair, Good];
        let lowest = all.into_iter().find(|level| self.has(*level))?;
        all.into_iter().rev().find(|level| self.has(*level)).map(|highest| (lowest, highest))
    }
}
