//! A school year's results: marks from a latent ability, everything else derived by the circulars.

use super::SynthFault;
use super::comments::Band;
use super::dice::Dice;
use super::learner::{Learner, Outcome, Stay};
use super::rules::{self, Overall};
use super::tables::{Subject, SubjectKind, subjects};
use super::world::World;
use crate::transcript::contents::{
    Absences, Attainment, Certificate, Competencies, OlderResults, OlderRow, PrimaryResults, PrimarySubject, Qualities,
    Results, SecondaryResults, SecondarySubject, SubjectLevel, SubjectMark, Tenths, TestMark, WholeMark, YearLevel,
};
use crate::transcript::level::Level;
use crate::transcript::text::Text;

/// Checked text of this program's own making.
pub(super) fn text<const MAX: usize>(words: impl Into<String>) -> Result<Text<MAX>, SynthFault> {
    Text::new(words).map_err(SynthFault::Text)
}

/// Subjects with how well each went.
pub(super) type Bands = Vec<(&'static Subject, Band)>;

/// What was achieved, and how well, for the comments.
pub(super) struct YearResults {
    pub(super) results: Results,
    /// Every subject with its band.
    pub(super) subjects: Bands,
    pub(super) study: Band,
    pub(super) conduct: Band,
    /// There was a summer; what came of it.
    pub(super) summer: Option<bool>,
}

/// The programme and the circular of a grade in a year: the circulars of 2020 and 2021 came grade by
/// grade.
pub(super) fn programme(level: Level, grade: u8, first_year: u16) -> (&'static str, &'static str) {
    let grade16 = u16::from(grade);
    match level {
        Level::Primary if first_year >= 2019 + grade16 => ("TH2018", "27/2020"),
        Level::Primary => ("TH2006", "22/2016"),
        Level::LowerSecondary if first_year >= 2015 + grade16 => ("THCS2018", "22/2021"),
        Level::LowerSecondary => ("THCS2006", "58/2011"),
        Level::UpperSecondary if first_year >= 2012 + grade16 => ("THPT2018", "22/2021"),
        Level::UpperSecondary => ("THPT2006", "58/2011"),
        Level::Continuing if grade <= 9 && first_year >= 2015 + grade16 => ("TXCS2018", "43/2021"),
        Level::Continuing if grade >= 10 && first_year >= 2012 + grade16 => ("TXPT2018", "43/2021"),
        Level::Continuing => ("TX2006", "26/2014"),
    }
}

/// Makes a learner's results of a year.
pub(super) fn results(world: &World, learner: &Learner, stay: &Stay) -> Result<YearResults, SynthFault> {
    let year = world.years[stay.year].first();
    let (programme, _) = programme(stay.school.level, stay.grade, year);
    let mut year = Year {
        dice: learner.dice(world, "marks", stay.year),
        learner,
        stay,
        subjects: chosen_subjects(world, learner, stay, programme),
        offsets: learner.dice(world, "talent", usize::from(stay.school.level.number())),
    };
    match programme {
        "TH2018" => year.primary(),
        "TH2006" => year.older_primary(),
        "THCS2006" | "THPT2006" | "TX2006" => year.older_secondary(),
        _ => year.secondary(),
    }
}

/// The subjects a learner takes: all that are not a matter of choice, and four that are.
fn chosen_subjects(world: &World, learner: &Learner, stay: &Stay, programme: &'static str) -> Vec<&'static Subject> {
    let mut dice = learner.dice(world, "choice", usize::from(stay.school.level.number()));
    let choices = subjects(programme, stay.grade).filter(|s| s.kind == SubjectKind::Choice).count();
    let first = dice.below(choices.max(1));
    let english = stay.school.index.is_multiple_of(2);
    let mut nth = 0;
    let takes = |s: &&'static Subject| match s.kind {
        SubjectKind::Choice => {
            nth += 1;
            (nth - 1 + choices - first) % choices < 4
        }
        SubjectKind::Option => english,
        _ => true,
    };
    subjects(programme, stay.grade).filter(takes).collect()
}

struct Year<'a> {
    dice: Dice,
    learner: &'a Learner,
    stay: &'a Stay,
    subjects: Vec<&'static Subject>,
    offsets: Dice,
}

/// A scored subject's tenths.
#[derive(Clone, Copy)]
struct Scored {
    term1: u8,
    term2: u8,
    again: Option<u8>,
}

impl Scored {
    fn year(self) -> u8 {
        rules::year_average(self.term1, self.term2)
    }

    fn last(self) -> u8 {
        self.again.unwrap_or(self.year())
    }

    fn lift(&mut self, to: u8) {
        (self.term1, self.term2) = (self.term1.max(to), self.term2.max(to));
    }
}

fn mark(tenths: u8) -> Option<SubjectMark> {
    Tenths::new(tenths.min(100)).map(SubjectMark::Mark)
}

impl Year<'_> {
    /// The learner's bent for the next subject, the same every year of a level.
    fn talent(&mut self) -> i32 {
        self.learner.ability + self.offsets.bell(0, 7)
    }

    // ── primary ──────────────────────────────────────────────────────────────────────────────────

    fn primary(&mut self) -> Result<YearResults, SynthFault> {
        let fails = self.stay.outcome == Outcome::Retained;
        let subjects = self.subjects.clone();
        let (mut rows, mut bands, mut levels, mut marks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (i, subject) in subjects.into_iter().enumerate() {
            if self.learner.not_assessed && i % 4 != 3 {
                continue;
            }
            let talent = self.talent() + 6 + self.dice.bell(0, 5);
            let whole = match fails && i < 2 {
                true => self.dice.between(2, 4),
                false => ((talent + 5) / 10).clamp(5, 10),
            } as u8;
            let exempt = self.learner.exempt && subject.field == "the_chat";
            let level = match whole {
                _ if exempt => SubjectLevel::Exempt,
                0..5 => SubjectLevel::NotCompleted,
                9.. => SubjectLevel::CompletedWell,
                7..9 if self.dice.percent(55) => SubjectLevel::CompletedWell,
                _ => SubjectLevel::Completed,
            };
            let test = (subject.kind == SubjectKind::Test && !self.learner.not_assessed).then_some(whole);
            rows.push(PrimarySubject {
                code: text(subject.code)?,
                name: text(subject.name)?,
                level: Some(level),
                test: test.and_then(WholeMark::new).map(TestMark::Mark),
            });
            bands.push((subject, Band::of_tenths(whole * 10)));
            levels.push(level);
            marks.extend(test);
        }
        let codes = self.codes(fails);
        let overall = rules::overall(&levels, &codes, &marks);
        self.primary_results(rows, bands, &codes, overall)
    }

    /// Ten competencies, then five qualities.
    fn codes(&mut self, fails: bool) -> Vec<Attainment> {
        let line = 66 + self.dice.between(-4, 4);
        let mut codes: Vec<_> = (0..15)
            .map(|_| match self.learner.ability + self.dice.bell(0, 5) >= line {
                true => Attainment::Good,
                false => Attainment::Reached,
            })
            .collect();
        if fails {
            codes[4] = Attainment::NeedsEffort;
        }
        codes
    }

    fn primary_results(
        &mut self,
        subjects: Vec<PrimarySubject>,
        bands: Bands,
        codes: &[Attainment],
        overall: Overall,
    ) -> Result<YearResults, SynthFault> {
        let grade = self.stay.grade;
        let completed = overall != Overall::NotCompleted;
        let assessed = !self.learner.not_assessed;
        let late = (grade >= 3).then_some(());
        let competencies = Competencies {
            self_study: Some(codes[0]),
            communication: Some(codes[1]),
            problem_solving: Some(codes[2]),
            language: Some(codes[3]),
            calculation: Some(codes[4]),
            science: Some(codes[5]),
            technology: late.map(|()| codes[6]),
            informatics: late.map(|()| codes[7]),
            aesthetics: Some(codes[8]),
            physical: Some(codes[9]),
        };
        let qualities = Qualities {
            patriotism: Some(codes[10]),
            compassion: Some(codes[11]),
            diligence: Some(codes[12]),
            honesty: Some(codes[13]),
            responsibility: Some(codes[14]),
        };
        let awards = match overall {
            Overall::Excellent => Some("Học sinh Xuất sắc"),
            Overall::Well if self.dice.percent(60) => {
                Some("Học sinh tiêu biểu hoàn thành tốt trong học tập và rèn luyện")
            }
            _ => None,
        };
        let completion = match (completed, grade) {
            (true, 5) => "Hoàn thành chương trình tiểu học".to_owned(),
            (true, _) => format!("Hoàn thành chương trình lớp {grade}"),
            (false, _) => format!("Chưa hoàn thành chương trình lớp {grade}"),
        };
        let special = (assessed && self.dice.one_in_10k(200))
            .then(|| *self.dice.pick(&["Giải Nhì hội thi kể chuyện cấp trường", "Giải Ba cuộc thi vẽ tranh cấp xã"]));
        let results = PrimaryResults {
            subjects,
            competencies: assessed.then_some(competencies),
            qualities: assessed.then_some(qualities),
            overall: assessed.then(|| text(overall.words())).transpose()?,
            completed_class: assessed.then_some(completed),
            completed_primary: (assessed && grade == 5).then_some(completed),
            completion: assessed.then(|| text(completion)).transpose()?,
            promoted: Some(!assessed || completed),
            awards: awards.filter(|_| assessed).map(text).transpose()?,
            special_awards: special.map(text).transpose()?,
            ..PrimaryResults::default()
        };
        let study = match overall {
            Overall::Excellent => Band::Excellent,
            Overall::Well => Band::Good,
            Overall::Completed if self.learner.ability >= 65 => Band::Good,
            Overall::Completed => Band::Fair,
            Overall::NotCompleted => Band::Weak,
        };
        let conduct = if codes[10..].iter().all(|c| *c == Attainment::Good) { Band::Excellent } else { Band::Good };
        Ok(YearResults {
            results: Results::Primary(Box::new(results)),
            subjects: bands,
            study,
            conduct,
            summer: self.stay.outcome.is_late().then_some(completed),
        })
    }

    fn older_primary(&mut self) -> Result<YearResults, SynthFault> {
        let fails = self.stay.outcome == Outcome::Retained;
        let (mut rows, mut bands) = (Vec::new(), Vec::new());
        for (i, subject) in self.subjects.clone().into_iter().enumerate() {
            let talent = self.talent() + 6 + self.dice.bell(0, 5);
            let whole = match fails && i < 2 {
                true => self.dice.between(2, 4),
                false => ((talent + 5) / 10).clamp(5, 10),
            };
            let words = match whole {
                9.. => "Hoàn thành tốt",
                5.. => "Hoàn thành",
                _ => "Chưa hoàn thành",
            };
            let value = match subject.kind {
                SubjectKind::Test => format!("{words}; điểm kiểm tra định kì cuối năm: {whole}"),
                _ => words.to_owned(),
            };
            rows.push(OlderRow { label: text(subject.name)?, value: text(value)? });
            bands.push((subject, Band::of_tenths(whole as u8 * 10)));
        }
        for (label, value) in [
            ("Năng lực", if fails { "Cần cố gắng" } else { "Đạt" }),
            ("Phẩm chất", if self.learner.ability > 70 { "Tốt" } else { "Đạt" }),
            ("Hoàn thành chương trình lớp học", if fails { "Chưa hoàn thành" } else { "Hoàn thành" }),
        ] {
            rows.push(OlderRow { label: text(label)?, value: text(value)? });
        }
        let study = if fails { Band::Weak } else { Band::of_tenths(self.learner.ability.clamp(50, 100) as u8) };
        self.older(rows, bands, study, !fails)
    }

    fn older(
        &self,
        rows: Vec<OlderRow>,
        subjects: Bands,
        study: Band,
        promoted: bool,
    ) -> Result<YearResults, SynthFault> {
        let results = OlderResults { rows, promoted: Some(promoted), ..OlderResults::default() };
        let summer = self.stay.outcome.is_late().then_some(promoted);
        Ok(YearResults { results: Results::Older(Box::new(results)), subjects, study, conduct: Band::Good, summer })
    }

    // ── secondary and continuing ─────────────────────────────────────────────────────────────────

    /// Averages of both terms from component marks, which the booklet does not show.
    fn score(&mut self, subject: &Subject) -> Scored {
        let talent = self.talent();
        let drift = self.dice.between(-2, 4);
        let term1 = self.term(subject.regular, talent);
        let term2 = self.term(subject.regular, talent + drift);
        Scored { term1, term2, again: None }
    }

    /// ĐTBmhk = (Σ regular + 2·mid-term + 3·end of term) / (n + 5), marks in steps of a quarter or half.
    fn term(&mut self, regular: i32, talent: i32) -> u8 {
        let mut quarter = |deviation: i32, step: i32| {
            let raw = self.dice.bell(talent * 10, deviation);
            ((raw + step / 2) / step * step).clamp(0, 1000)
        };
        let sum: i32 = (0..regular).map(|_| quarter(90, 50)).sum();
        let sum = sum + 2 * quarter(80, 25) + 3 * quarter(80, 25);
        rules::term_average(sum, regular + 5)
    }

    /// Scored subjects whose year agrees with how it was to end.
    fn scores(&mut self, needed: usize) -> Vec<Scored> {
        let scored: Vec<_> = self.scored_subjects();
        let mut scores: Vec<_> = scored.into_iter().map(|s| self.score(s)).collect();
        let fails = matches!(self.stay.outcome, Outcome::Reassessed | Outcome::Retained);
        if !fails {
            self.lift_until_reached(&mut scores, needed);
            return scores;
        }
        // Two subjects below 3.5: no single subject explains the result, so nothing raises it.
        for score in &mut scores {
            score.lift(50 + self.dice.below(6) as u8);
        }
        let first = self.dice.below(scores.len());
        let second = (first + 1 + self.dice.below(scores.len() - 1)) % scores.len();
        let again = [self.dice.between(50, 68), self.dice.between(50, 64)];
        for (nth, at) in [first, second].into_iter().enumerate() {
            let low = |dice: &mut Dice| dice.between(22, 33) as u8;
            scores[at] = Scored { term1: low(&mut self.dice), term2: low(&mut self.dice), again: None };
            let passes = nth == 0 || self.stay.outcome == Outcome::Reassessed;
            let after = if passes { again[nth] } else { self.dice.between(25, 34) };
            scores[at].again = Some(after as u8);
        }
        scores
    }

    fn scored_subjects(&self) -> Vec<&'static Subject> {
        let scored = |s: &&Subject| matches!(s.kind, SubjectKind::Scored | SubjectKind::Choice);
        self.subjects.iter().copied().filter(scored).collect()
    }

    fn lift_until_reached(&mut self, scores: &mut [Scored], needed: usize) {
        for _ in 0..scores.len() {
            let years: Vec<u8> = scores.iter().map(|s| s.year()).collect();
            if rules::learning(&years, 0, needed) > YearLevel::NotReached {
                return;
            }
            let to = 50 + self.dice.below(8) as u8;
            if let Some(lowest) = scores.iter_mut().min_by_key(|s| s.year()) {
                lowest.lift(to);
            }
        }
    }

    fn conducts(&mut self) -> (YearLevel, YearLevel) {
        let lean = self.learner.ability + self.dice.bell(8, 8);
        let term1 = match lean {
            72.. => YearLevel::Good,
            55.. => YearLevel::Fair,
            _ => YearLevel::Reached,
        };
        let term2 = match self.stay.outcome {
            Outcome::SummerConduct => YearLevel::NotReached,
            _ if term1 == YearLevel::Good || self.dice.percent(40) => YearLevel::Good,
            _ => term1,
        };
        (term1, term2)
    }

    fn secondary(&mut self) -> Result<YearResults, SynthFault> {
        let needed = if self.stay.school.level == Level::Continuing { 5 } else { 6 };
        let scores = self.scores(needed);
        let (rows, bands) = self.secondary_rows(&scores)?;
        // Only a first term can have a subject judged by comments that was not passed.
        let failed = rows.iter().filter(|r| r.term1 == Some(SubjectMark::NotPassed)).count();
        let of = |pick: fn(&Scored) -> u8, failed: usize| {
            let marks: Vec<u8> = scores.iter().map(pick).collect();
            rules::learning(&marks, failed, needed)
        };
        let learning = [of(|s| s.term1, failed), of(|s| s.term2, 0), of(|s| s.year(), 0), of(|s| s.last(), 0)];
        let (conduct1, conduct2) = self.conducts();
        let conduct = rules::conduct(conduct1, conduct2);
        let trained = self.stay.outcome == Outcome::SummerConduct;
        let reassessed = scores.iter().any(|s| s.again.is_some());
        let conduct_last = if trained { YearLevel::Reached } else { conduct };
        let absences = match self.stay.outcome {
            Outcome::Absent => self.dice.between(46, 88),
            _ => self.dice.between(0, 14).max(0) * self.dice.between(0, 2),
        } as u16;
        let promoted = rules::promoted(learning[3], conduct_last, absences);
        let excellent = scores.iter().filter(|s| s.year() >= 90).count() >= 6;
        let assessed = !self.learner.not_assessed;
        let mut results = SecondaryResults {
            subjects: rows,
            promoted: Some(promoted || !assessed),
            absences: Absences::new(absences),
            ..SecondaryResults::default()
        };
        if assessed {
            results.learning_term1 = Some(learning[0]);
            results.learning_term2 = Some(learning[1]);
            results.learning_year = Some(learning[2]);
            results.conduct_term1 = Some(conduct1);
            results.conduct_term2 = Some(conduct2);
            results.conduct_year = Some(conduct);
            results.learning_again = reassessed.then_some(learning[3]);
            results.conduct_again = trained.then_some(conduct_last);
            self.words(&mut results, promoted, excellent)?;
        }
        let band = |level| match level {
            YearLevel::Good => Band::Excellent,
            YearLevel::Fair => Band::Good,
            YearLevel::Reached => Band::Fair,
            YearLevel::NotReached => Band::Weak,
        };
        Ok(YearResults {
            results: Results::Secondary(Box::new(results)),
            subjects: bands,
            study: band(learning[2]),
            conduct: band(conduct),
            summer: (trained || reassessed).then_some(promoted),
        })
    }

    /// What the booklet says in words; all of it follows from the levels.
    fn words(&mut self, results: &mut SecondaryResults, promoted: bool, excellent: bool) -> Result<(), SynthFault> {
        let grade = self.stay.grade;
        let learner = if self.stay.school.level == Level::Continuing { "Học viên" } else { "Học sinh" };
        results.promotion = Some(text(match (promoted, self.stay.outcome.is_late(), grade) {
            (true, _, 9) => "Hoàn thành chương trình trung học cơ sở".to_owned(),
            (true, _, 12) => "Hoàn thành chương trình giáo dục phổ thông".to_owned(),
            (true, false, _) => format!("Được lên lớp {}", grade + 1),
            (true, true, _) => format!("Được lên lớp {} sau kì nghỉ hè", grade + 1),
            (false, _, _) => format!("Không được lên lớp, học lại lớp {grade}"),
        })?);
        results.completion = match (promoted, grade) {
            (true, 9) => Some(text("Hoàn thành chương trình trung học cơ sở")?),
            (true, 12) => Some(text("Hoàn thành chương trình giáo dục phổ thông")?),
            _ => None,
        };
        let both = results.learning_year == Some(YearLevel::Good) && results.conduct_year == Some(YearLevel::Good);
        results.awards = match (both, excellent) {
            (true, true) => Some(text(format!("{learner} Xuất sắc"))?),
            (true, false) => Some(text(format!("{learner} Giỏi"))?),
            _ => None,
        };
        if results.conduct_again.is_some() {
            results.summer_training = Some(text(super::comments::summer(&mut self.dice, true))?);
        }
        if both && self.dice.percent(6) {
            let prize = *self.dice.pick(&["Giải Nhất", "Giải Nhì", "Giải Ba", "Giải Khuyến khích"]);
            let subject = self.subjects.first().map_or("Toán", |s| s.name);
            results.competitions =
                Some(text(format!("{prize} kì thi chọn học sinh giỏi cấp tỉnh môn {subject}, lớp {grade}"))?);
        }
        if grade >= 9 && self.dice.percent(4) {
            results.certificates.push(Certificate {
                name: text("Chứng chỉ Ứng dụng công nghệ thông tin cơ bản")?,
                kind: Some(text(*self.dice.pick(&["Giỏi", "Khá", "Đạt"]))?),
            });
        }
        Ok(())
    }

    fn secondary_rows(&mut self, scores: &[Scored]) -> Result<(Vec<SecondarySubject>, Bands), SynthFault> {
        let (mut rows, mut bands) = (Vec::new(), Vec::new());
        let mut scores = scores.iter();
        for (i, subject) in self.subjects.clone().into_iter().enumerate() {
            let (marks, again, band) = match subject.kind {
                SubjectKind::Comment => (self.judged(subject), None, Band::Good),
                _ => match scores.next() {
                    Some(s) => {
                        ([s.term1, s.term2, s.year()].map(mark), s.again.and_then(mark), Band::of_tenths(s.year()))
                    }
                    None => continue,
                },
            };
            if self.learner.not_assessed && i % 4 != 0 {
                continue;
            }
            let [term1, term2, year] = marks;
            rows.push(SecondarySubject {
                code: text(subject.code)?,
                name: text(subject.name)?,
                term1,
                term2,
                year,
                again,
            });
            bands.push((subject, band));
        }
        Ok((rows, bands))
    }

    /// A subject judged by comments.
    fn judged(&mut self, subject: &Subject) -> [Option<SubjectMark>; 3] {
        let slow_start = self.dice.one_in_10k(30);
        match (self.learner.exempt && subject.field == "the_chat", slow_start) {
            (true, _) => [Some(SubjectMark::Exempt); 3],
            (false, true) => [Some(SubjectMark::NotPassed), Some(SubjectMark::Passed), Some(SubjectMark::Passed)],
            (false, false) => [Some(SubjectMark::Passed); 3],
        }
    }

    fn older_secondary(&mut self) -> Result<YearResults, SynthFault> {
        let mut scores = self.scores(6);
        if !matches!(self.stay.outcome, Outcome::Reassessed | Outcome::Retained) {
            scores.iter_mut().for_each(|s| s.lift(50));
        }
        let years: Vec<u8> = scores.iter().map(|s| s.last()).collect();
        let (mut rows, mut bands, mut core) = (Vec::new(), Vec::new(), [0; 2]);
        let mut next = scores.iter();
        for subject in self.subjects.clone() {
            let (value, band, year) = match subject.kind {
                SubjectKind::Comment => ("HK I: Đ; HK II: Đ; Cả năm: Đ".to_owned(), Band::Good, 0),
                _ => match next.next() {
                    Some(s) => (older_marks(*s), Band::of_tenths(s.year()), s.last()),
                    None => continue,
                },
            };
            match subject.code {
                "TOA" => core[0] = year,
                "VAN" => core[1] = year,
                _ => {}
            }
            rows.push(OlderRow { label: text(subject.name)?, value: text(value)? });
            bands.push((subject, band));
        }
        let mean = years.iter().map(|y| u32::from(*y)).sum::<u32>() / years.len().max(1) as u32;
        let learning = rules::older_learning(&years, core);
        let promoted = !self.stay.outcome.repeats();
        let title = match learning {
            "Giỏi" => "Học sinh Giỏi",
            "Khá" => "Học sinh Tiên tiến",
            _ => "Không",
        };
        let absences = if self.stay.outcome == Outcome::Absent { 47 } else { self.dice.between(0, 12) };
        for (label, value) in [
            ("Điểm trung bình các môn học cả năm", format!("{},{}", mean / 10, mean % 10)),
            ("Học lực cả năm", learning.to_owned()),
            ("Hạnh kiểm cả năm", if self.learner.ability > 66 { "Tốt" } else { "Khá" }.to_owned()),
            ("Tổng số buổi nghỉ học cả năm", absences.to_string()),
            ("Danh hiệu", title.to_owned()),
            ("Được lên lớp", if promoted { "Được lên lớp" } else { "Ở lại lớp" }.to_owned()),
        ] {
            rows.push(OlderRow { label: text(label)?, value: text(value)? });
        }
        let study = Band::of_tenths(mean as u8);
        self.older(rows, bands, study, promoted)
    }
}

fn older_marks(s: Scored) -> String {
    let print = |tenths: u8| format!("{},{}", tenths / 10, tenths % 10);
    let again = s.again.map(|a| format!("; Thi lại: {}", print(a))).unwrap_or_default();
    format!("HK I: {}; HK II: {}; Cả năm: {}{again}", print(s.term1), print(s.term2), print(s.year()))
}
