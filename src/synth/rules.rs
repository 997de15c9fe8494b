//! The circulars' arithmetic that the nation's marks follow (TT 27/2020, 22/2021, 43/2021, 58/2011).
//!
//! Marks are integer tenths. This is how the schools of the nation compute, not how the portal judges.

use crate::transcript::contents::{Attainment, SubjectLevel, YearLevel};

/// Rounds a sum of marks in hundredths over `weight` to tenths, halves up (ĐTBmhk).
pub(super) fn term_average(sum: i32, weight: i32) -> u8 {
    ((2 * sum + 10 * weight) / (20 * weight)).clamp(0, 100) as u8
}

/// ĐTBmcn = (ĐTBmhkI + 2·ĐTBmhkII) / 3; a third is never an exact half.
pub(super) fn year_average(term1: u8, term2: u8) -> u8 {
    ((u16::from(term1) + 2 * u16::from(term2) + 1) / 3) as u8
}

/// Level without the adjustment, over the scored subjects that are not left out.
fn base_level(scored: &[u8], left_out: Option<usize>, failed: usize, needed: usize) -> YearLevel {
    let kept = || scored.iter().enumerate().filter(|(i, _)| Some(*i) != left_out).map(|(_, m)| *m);
    let at_least = |mark: u8| kept().filter(|m| *m >= mark).count() >= needed;
    let all = |mark: u8| kept().all(|m| m >= mark);
    match failed {
        0 if all(65) && at_least(80) => YearLevel::Good,
        0 if all(50) && at_least(65) => YearLevel::Fair,
        0 | 1 if all(35) && at_least(50) => YearLevel::Reached,
        _ => YearLevel::NotReached,
    }
}

/// Learning result of a term or year (kết quả học tập): `needed` is 6, or 5 in continuing education;
/// `failed` counts subjects judged by comments that were not passed.
///
/// When one single subject pulls the result down by two levels or more from Tốt or Khá, it is raised
/// to the next level.
pub(super) fn learning(scored: &[u8], failed: usize, needed: usize) -> YearLevel {
    let base = base_level(scored, None, failed, needed);
    let without = (0..scored.len()).map(|i| base_level(scored, Some(i), failed, needed));
    let passed = failed.checked_sub(1).map(|others| base_level(scored, None, others, needed));
    let best = without.chain(passed).max().unwrap_or(base);
    match best >= YearLevel::Fair && best as u8 >= base as u8 + 2 {
        true => next_level(base),
        false => base,
    }
}

fn next_level(level: YearLevel) -> YearLevel {
    match level {
        YearLevel::NotReached => YearLevel::Reached,
        YearLevel::Reached => YearLevel::Fair,
        YearLevel::Fair | YearLevel::Good => YearLevel::Good,
    }
}

/// Conduct of the year from both terms (TT 22/2021, Điều 8).
pub(super) fn conduct(term1: YearLevel, term2: YearLevel) -> YearLevel {
    use YearLevel::{Fair, Good, NotReached, Reached};
    match (term2, term1) {
        (Good, Good | Fair) => Good,
        (Good, _) => Fair,
        (Fair, NotReached) => Reached,
        (Fair, _) => Fair,
        (Reached, Good) => Fair,
        (Reached, _) => Reached,
        (NotReached, _) => NotReached,
    }
}

/// Promotion (Điều 12): conduct and learning at least Đạt, after summer where there was one, and not
/// more than 45 sessions absent.
pub(super) fn promoted(learning: YearLevel, conduct: YearLevel, absences: u16) -> bool {
    learning >= YearLevel::Reached && conduct >= YearLevel::Reached && absences <= 45
}

/// Overall result in primary school (TT 27/2020, Điều 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overall {
    Excellent,
    Well,
    Completed,
    NotCompleted,
}

impl Overall {
    /// As the booklet words it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Excellent => "Hoàn thành xuất sắc",
            Self::Well => "Hoàn thành tốt",
            Self::Completed => "Hoàn thành",
            Self::NotCompleted => "Chưa hoàn thành",
        }
    }
}

/// The overall result from subject levels, quality and competency codes, and end-of-year marks.
pub(super) fn overall(levels: &[SubjectLevel], codes: &[Attainment], marks: &[u8]) -> Overall {
    let best = levels.iter().all(|l| matches!(l, SubjectLevel::CompletedWell | SubjectLevel::Exempt))
        && codes.iter().all(|c| *c == Attainment::Good);
    let enough =
        levels.iter().all(|l| *l != SubjectLevel::NotCompleted) && codes.iter().all(|c| *c != Attainment::NeedsEffort);
    match marks.iter().min().copied().unwrap_or(10) {
        9.. if best => Overall::Excellent,
        7.. if best => Overall::Well,
        5.. if enough => Overall::Completed,
        _ => Overall::NotCompleted,
    }
}

/// Học lực under TT 58/2011 from the scored subjects; `core` are Toán and Ngữ văn.
pub(super) fn older_learning(scored: &[u8], core: [u8; 2]) -> &'static str {
    let sum: u32 = scored.iter().map(|m| u32::from(*m)).sum();
    let mean = sum / scored.len().max(1) as u32;
    let low = scored.iter().min().copied().unwrap_or(0);
    let core = core[0].max(core[1]);
    match (mean, core, low) {
        (80.., 80.., 65..) => "Giỏi",
        (65.., 65.., 50..) => "Khá",
        (50.., 50.., 35..) => "Trung bình",
        (35.., _, 20..) => "Yếu",
        _ => "Kém",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_round_halves_up() {
        assert_eq!(term_average(825 * 8, 8), 83);
        assert_eq!(term_average(824 * 8, 8), 82);
        assert_eq!(year_average(70, 80), 77);
        assert_eq!(year_average(100, 100), 100);
    }

    #[test]
    fn one_subject_alone_lowers_by_one_level_only() {
        let mut marks = [85; 8];
        assert!(learning(&marks, 0, 6) == YearLevel::Good);
        marks[3] = 40;
        assert!(learning(&marks, 0, 6) == YearLevel::Fair);
        marks[3] = 20;
        assert!(learning(&marks, 0, 6) == YearLevel::Reached);
        marks[4] = 20;
        assert!(learning(&marks, 0, 6) == YearLevel::NotReached);
        assert!(learning(&[85; 8], 1, 6) == YearLevel::Fair);
        assert!(learning(&[85; 8], 2, 6) == YearLevel::NotReached);
    }

    #[test]
    fn conduct_follows_the_table() {
        assert!(conduct(YearLevel::NotReached, YearLevel::Good) == YearLevel::Fair);
        assert!(conduct(YearLevel::Good, YearLevel::NotReached) == YearLevel::NotReached);
        assert!(conduct(YearLevel::Good, YearLevel::Reached) == YearLevel::Fair);
    }
}
