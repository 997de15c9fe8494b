//! What TT 22/2021 and TT 43/2021 have in common; each gives its own names, articles and counts.

use super::finding::{Findings, Rule};
use super::learning::{Accepted, Needed, Tally};
use super::titles;
use crate::transcript::SheetClaims;
use crate::transcript::contents::{SecondaryResults, SecondarySubject, SubjectMark, YearLevel};

/// One circular's rules, counts and titles.
pub(super) struct Circular {
    /// How many subjects must reach a level's upper mark; several where the text could not be settled.
    pub(super) needed: &'static [Needed],
    pub(super) year_average: &'static Rule,
    pub(super) year_comment: &'static Rule,
    pub(super) learning_result: &'static Rule,
    pub(super) conduct_year: &'static Rule,
    pub(super) summer_conduct: &'static Rule,
    pub(super) summer_subject: &'static Rule,
    pub(super) summer_learning: &'static Rule,
    pub(super) promotion: &'static Rule,
    pub(super) awards: Option<Awards>,
}

/// A circular's titles; both ask for Tốt in conduct and learning.
pub(super) struct Awards {
    pub(super) rule: &'static Rule,
    pub(super) excellent: &'static str,
    pub(super) good: &'static str,
    /// Subjects from 9.0 that the higher one takes.
    pub(super) subjects: usize,
}

/// Marks from which a subject need not be assessed again, and which the highest title asks for; tenths.
const PASS: u8 = 50;
const EXCELLENT: u8 = 90;
/// Sessions a learner may be absent and still move up.
const MAX_ABSENCES: u16 = 45;
/// Grades that end a level: there the question is completion, and "moves up" may be left at no.
const LAST_GRADES: [u8; 2] = [9, 12];

impl Circular {
    pub(super) fn judge(&self, claims: &SheetClaims, results: &SecondaryResults, findings: &mut Findings) {
        for (i, subject) in results.subjects.iter().enumerate() {
            self.judge_year_of_subject(i, subject, findings);
            self.judge_summer_of_subject(i, subject, findings);
        }
        let year = self.judge_learning(results, findings);
        self.judge_conduct(results, findings);
        self.judge_promotion(claims.grade.number(), results, year, findings);
        self.judge_award(results, findings);
    }

    /// ĐTBmcn = (ĐTBmhkI + 2·ĐTBmhkII) / 3; a subject assessed by comments has the year's level from
    /// term 2. Silent for a subject with one term only. What was reached in summer may stand in the
    /// year's own column as well.
    fn judge_year_of_subject(&self, i: usize, subject: &SecondarySubject, findings: &mut Findings) {
        use SubjectMark::{Mark, NotPassed, Passed};
        let (Some(term1), Some(term2), Some(year)) = (subject.term1, subject.term2, subject.year) else { return };
        if subject.again == Some(year) {
            return;
        }
        let rule = match (term1, term2, year) {
            (Mark(term1), Mark(term2), Mark(year)) if year.number() != year_average(term1.number(), term2.number()) => {
                self.year_average
            }
            (Passed | NotPassed, Passed | NotPassed, Passed | NotPassed) if term2 != year => self.year_comment,
            _ => return,
        };
        findings.add(rule, format!("/results/monhoc/{i}/diemcanam"));
    }

    /// Only what was not passed, or lies below 5.0, is assessed again. A repeated year's result is not a
    /// second assessment.
    fn judge_summer_of_subject(&self, i: usize, subject: &SecondarySubject, findings: &mut Findings) {
        let (Some(year), Some(again)) = (subject.year, subject.again) else { return };
        let due = match year {
            SubjectMark::Mark(tenths) => tenths.number() < PASS,
            SubjectMark::NotPassed => true,
            SubjectMark::Passed => false,
            SubjectMark::Exempt => return,
        };
        if !due && again != year && again != SubjectMark::Exempt {
            findings.add(self.summer_subject, format!("/results/monhoc/{i}/diemkttralai"));
        }
    }

    /// Learning results of both terms, the year, and after the summer. Returns what the year may be at
    /// its end, for the promotion.
    fn judge_learning(&self, results: &SecondaryResults, findings: &mut Findings) -> Option<Accepted> {
        let rows = &rows(results);
        let last = self.after_summer(rows);
        for (stated, accepted, pointer) in [
            (results.learning_term1, self.column(rows, |s| s.term1, Tally::adjusted), "/results/hocky1"),
            (results.learning_term2, self.column(rows, |s| s.term2, Tally::adjusted), "/results/hocky2"),
            (results.learning_year, self.year(rows, last), "/results/canam"),
        ] {
            if stated.zip(accepted).is_some_and(|(stated, accepted)| !accepted.has(stated)) {
                findings.add(self.learning_result, pointer);
            }
        }
        if results.learning_again.is_some_and(|again| again_is_wrong(again, results.learning_year, last)) {
            findings.add(self.summer_learning, "/results/kqhoctaplai");
        }
        last
    }

    /// The year with what was assessed again in the place of what was there before. Whether khoản 3 still
    /// raises the outcome is not said.
    fn after_summer(&self, rows: &[Row<'_>]) -> Option<Accepted> {
        let last = |s: &SecondarySubject| s.again.or(s.year);
        let plain = |tally: &Tally, needed| Accepted::of(tally.level(needed));
        either(self.column(rows, last, Tally::adjusted), self.column(rows, last, plain))
    }

    /// The year's own column, which may show the result before the summer or after it; where the new
    /// marks have taken the old ones' place in the subjects, the one before cannot be worked out.
    fn year(&self, rows: &[Row<'_>], last: Option<Accepted>) -> Option<Accepted> {
        let again = || rows.iter().map(|(s, _)| s).filter(|s| s.again.is_some());
        let year = self.column(rows, |s| s.year, Tally::adjusted);
        match (again().count(), again().any(|s| s.again == s.year)) {
            (0, _) => year,
            (_, true) => None,
            (_, false) => either(year, last),
        }
    }

    /// What a column of subjects gives; None when a subject has nothing in it, or fewer are scored than
    /// the circular counts on. Subjects of choice beyond the programme may count or not.
    fn column(
        &self,
        rows: &[Row<'_>],
        pick: impl Fn(&SecondarySubject) -> Option<SubjectMark>,
        level: impl Fn(&Tally, Needed) -> Accepted,
    ) -> Option<Accepted> {
        let (mut all, mut required) = (Tally::default(), Tally::default());
        for (subject, is_optional) in rows {
            let mark = pick(subject)?;
            all.count(mark);
            if !is_optional {
                required.count(mark);
            }
        }
        let tallies = if all == required { &[all][..] } else { &[all, required][..] };
        let enough = |(tally, needed): &(&Tally, &Needed)| tally.scored() >= needed.good;
        tallies
            .iter()
            .flat_map(|tally| self.needed.iter().map(move |needed| (tally, needed)))
            .filter(enough)
            .map(|(tally, needed)| level(tally, *needed))
            .reduce(Accepted::or)
    }

    fn judge_conduct(&self, results: &SecondaryResults, findings: &mut Findings) {
        let Some(year) = results.conduct_year else { return };
        if let (Some(term1), Some(term2)) = (results.conduct_term1, results.conduct_term2)
            && year != conduct_of_year(term1, term2)
            && results.conduct_again != Some(year)
        {
            findings.add(self.conduct_year, "/results/renluyencanam");
        }
        if results.conduct_again.is_some_and(|again| again != year) && year >= YearLevel::Reached {
            findings.add(self.summer_conduct, "/results/renluyenlai");
        }
    }

    /// Conduct and learning at least Đạt, after the summer where there was one, and not more than 45
    /// sessions absent: all three known make a yes, one of them missed makes a no.
    fn judge_promotion(&self, grade: u8, results: &SecondaryResults, last: Option<Accepted>, findings: &mut Findings) {
        let passes = |level: YearLevel| level >= YearLevel::Reached;
        let conduct = best_and_worst(results.conduct_year, results.conduct_again);
        let mut learning = best_and_worst(results.learning_year, results.learning_again);
        if results.learning_again.is_none() && results.subjects.iter().any(|s| s.again.is_some()) {
            // Assessed again, but what came of it is not stated as a whole.
            learning = last.and_then(Accepted::range);
        }
        let absent = results.absences.map(|a| a.number() > MAX_ABSENCES);
        let surely_not = conduct.is_some_and(|(_, best)| !passes(best))
            || learning.is_some_and(|(_, best)| !passes(best))
            || absent == Some(true);
        let surely = conduct.is_some_and(|(worst, _)| passes(worst))
            && learning.is_some_and(|(worst, _)| passes(worst))
            && absent == Some(false);
        let wrong = match results.promoted {
            Some(true) => surely_not,
            Some(false) => surely && !LAST_GRADES.contains(&grade),
            None => false,
        };
        if wrong {
            findings.add(self.promotion, "/results/duoclenlop");
        }
    }

    fn judge_award(&self, results: &SecondaryResults, findings: &mut Findings) {
        let (Some(awards), Some(text)) = (&self.awards, &results.awards) else { return };
        let excellent = titles::gives(text.as_str(), awards.excellent);
        if !excellent && !titles::gives(text.as_str(), awards.good) {
            return;
        }
        let is_below = |level: Option<YearLevel>| level.is_some_and(|level| level < YearLevel::Good);
        let best = |s: &SecondarySubject| matches!(s.year, Some(SubjectMark::Mark(m)) if m.number() >= EXCELLENT);
        let is_known = results.subjects.iter().all(|s| s.year.is_some());
        let too_few = results.subjects.iter().filter(|s| best(s)).count() < awards.subjects;
        if is_below(results.learning_year) || is_below(results.conduct_year) || excellent && is_known && too_few {
            findings.add(awards.rule, "/results/ndungkhenthuong");
        }
    }
}

/// In tenths, rounded to the nearest: a third is never an exact half.
fn year_average(term1: u8, term2: u8) -> u8 {
    let sum = u16::from(term1) + 2 * u16::from(term2);
    ((sum + 1) / 3) as u8
}

/// Conduct of the year from both terms.
fn conduct_of_year(term1: YearLevel, term2: YearLevel) -> YearLevel {
    // Rows: term 2 from Chưa đạt to Tốt; columns: term 1 likewise.
    use YearLevel::{Fair as K, Good as T, NotReached as N, Reached as R};
    const TABLE: [[YearLevel; 4]; 4] = [[N, N, N, N], [R, R, R, K], [R, K, K, K], [K, K, T, T]];
    TABLE[term2 as usize][term1 as usize]
}

/// After the summer the result follows from the subjects as they were then; a learner whose year was Đạt
/// or better had nothing to be assessed again. The year's own result repeated is no second assessment.
fn again_is_wrong(again: YearLevel, year: Option<YearLevel>, last: Option<Accepted>) -> bool {
    if year == Some(again) && again >= YearLevel::Reached {
        return false;
    }
    year.is_some_and(|year| year >= YearLevel::Reached) || last.is_some_and(|accepted| !accepted.has(again))
}

/// The worse and the better of a result and the one after the summer.
fn best_and_worst(year: Option<YearLevel>, again: Option<YearLevel>) -> Option<(YearLevel, YearLevel)> {
    let (one, other) = (year.or(again)?, again.or(year)?);
    Some((one.min(other), one.max(other)))
}

fn either(one: Option<Accepted>, other: Option<Accepted>) -> Option<Accepted> {
    Some(one?.or(other?))
}

/// A subject, and whether it is one that may count or not.
type Row<'a> = (&'a SecondarySubject, bool);

fn rows(results: &SecondaryResults) -> Vec<Row<'_>> {
    let mut languages = 0;
    let names = results.subjects.iter().map(|subject| (subject, subject.name.as_str()));
    names
        .map(|(subject, name)| {
            languages += usize::from(is_language(name));
            (subject, is_optional(name, languages))
        })
        .collect()
}

fn is_language(name: &str) -> bool {
    name.starts_with("Tiếng ") || name.starts_with("Ngoại ngữ")
}

/// A second foreign language or a minority's language is a learner's choice (tự chọn), and a topic (chuyên
/// đề) is part of its subject; whether a row of its own counts for the learning result is not said. `languages` counts this one.
fn is_optional(name: &str, languages: usize) -> bool {
    is_language(name) && languages > 1
        || ["Ngoại ngữ 2", "dân tộc thiểu số", "tự chọn", "huyên đề"].iter().any(|part| name.contains(part))
}
