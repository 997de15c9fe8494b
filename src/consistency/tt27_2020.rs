//! TT 27/2020/TT-BGDĐT, 4 September 2020: assessment in primary schools.

use super::finding::{Findings, Rule};
use super::titles;
use crate::transcript::SheetClaims;
use crate::transcript::contents::{Attainment, PrimaryResults, PrimarySubject, Results, SubjectLevel, TestMark};

static OVERALL: Rule = Rule::new(
    "tt27.overall",
    "Thông tư 27/2020/TT-BGDĐT, Điều 9 khoản 2",
    "Mức đánh giá kết quả giáo dục không phù hợp với các môn học, phẩm chất, năng lực và bài kiểm tra cuối năm",
    "The overall result does not follow from subjects, qualities, competencies and end-of-year tests",
);

static CLASS_COMPLETION: Rule = Rule::new(
    "tt27.class_completion",
    "Thông tư 27/2020/TT-BGDĐT, Điều 11",
    "Việc hoàn thành chương trình lớp học không phù hợp với mức đánh giá kết quả giáo dục",
    "Completion of the class programme does not follow from the overall result",
);

static PRIMARY_COMPLETION: Rule = Rule::new(
    "tt27.primary_completion",
    "Thông tư 27/2020/TT-BGDĐT, Điều 11",
    "Việc hoàn thành chương trình tiểu học không phù hợp với việc hoàn thành chương trình lớp 5",
    "Completion of primary school does not follow from completion of grade 5",
);

static PROMOTION: Rule = Rule::new(
    "tt27.promotion",
    "Thông tư 27/2020/TT-BGDĐT, Điều 11",
    "Học sinh đã hoàn thành chương trình lớp học nhưng không được lên lớp",
    "The pupil completed the class programme and does not move up",
);

static AWARD: Rule = Rule::new(
    "tt27.award",
    "Thông tư 27/2020/TT-BGDĐT, Điều 13",
    "Danh hiệu khen thưởng không phù hợp với mức đánh giá kết quả giáo dục",
    "The title awarded does not follow from the overall result",
);

/// All rules of this file.
pub(super) static RULES: &[&Rule] = &[&OVERALL, &CLASS_COMPLETION, &PRIMARY_COMPLETION, &PROMOTION, &AWARD];

/// The four overall results (đánh giá kết quả giáo dục), worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Overall {
    NotCompleted,
    Completed,
    Well,
    Excellent,
}

/// As booklets word them; other words are left alone.
const WORDS: [(&str, Overall); 4] = [
    ("hoàn thành xuất sắc", Overall::Excellent),
    ("hoàn thành tốt", Overall::Well),
    ("hoàn thành", Overall::Completed),
    ("chưa hoàn thành", Overall::NotCompleted),
];

impl Overall {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        WORDS.iter().find(|(words, _)| *words == text).map(|(_, overall)| *overall)
    }

    fn is_completed(self) -> bool {
        self > Self::NotCompleted
    }
}

pub(super) fn judge(claims: &SheetClaims, results: &Results, findings: &mut Findings) {
    let Results::Primary(results) = results else { return };
    let grade = claims.grade.number();
    let stated = results.overall.as_ref().and_then(|text| Overall::read(text.as_str()));
    let late = is_late(claims);
    if let Some(stated) = stated {
        judge_overall(stated, grade, late, results, findings);
        judge_award(stated, results, findings);
    }
    judge_completion(stated, late, results, findings);
    if results.completed_class == Some(true) && results.promoted == Some(false) && grade < 5 {
        findings.add(&PROMOTION, "/results/duoclenlop");
    }
    if let (Some(class), Some(primary)) = (results.completed_class, results.completed_primary)
        && grade == 5
        && class != primary
    {
        findings.add(&PRIMARY_COMPLETION, "/results/dahthanhctrinhtieuhoc");
    }
}

/// Frozen after 30 June: only those wait so long who needed guidance and were assessed once more (đánh
/// giá bổ sung). Which of the members then show the state before and which after is not laid down.
fn is_late(claims: &SheetClaims) -> bool {
    let frozen = claims.frozen_at.date_in_vietnam();
    (frozen.year(), frozen.month()) > (claims.school_year.first() as i16 + 1, 6)
}

/// What is missing can only lower the result, so a stated result above the one that follows is always
/// wrong, and one below it only if nothing is missing.
fn judge_overall(stated: Overall, grade: u8, late: bool, results: &PrimaryResults, findings: &mut Findings) {
    let follows = overall(results);
    let by_reassessment = late && stated <= Overall::Completed && follows <= Overall::Completed;
    if (stated > follows || stated < follows && is_complete(grade, results)) && !by_reassessment {
        findings.add(&OVERALL, "/results/xeploai");
    }
}

/// Điều 9 khoản 2 over everything that is here; exempt subjects and tests (M) are left out.
fn overall(results: &PrimaryResults) -> Overall {
    let levels = || results.subjects.iter().filter_map(|s| s.level);
    let codes = || competencies(results).into_iter().chain(qualities(results)).flatten();
    let lowest = results.subjects.iter().filter_map(mark).min().unwrap_or(10);
    let best = levels().all(|l| matches!(l, SubjectLevel::CompletedWell | SubjectLevel::Exempt))
        && codes().all(|code| code == Attainment::Good);
    let enough = levels().all(|l| l != SubjectLevel::NotCompleted) && codes().all(|c| c != Attainment::NeedsEffort);
    match lowest {
        9.. if best => Overall::Excellent,
        7.. if best => Overall::Well,
        5.. if enough => Overall::Completed,
        _ => Overall::NotCompleted,
    }
}

fn mark(subject: &PrimarySubject) -> Option<u8> {
    match subject.test {
        Some(TestMark::Mark(mark)) => Some(mark.number()),
        Some(TestMark::Exempt) | None => None,
    }
}

fn competencies(results: &PrimaryResults) -> [Option<Attainment>; 10] {
    let c = results.competencies.unwrap_or_default();
    [
        c.self_study,
        c.communication,
        c.problem_solving,
        c.language,
        c.calculation,
        c.science,
        c.aesthetics,
        c.physical,
        // Taught, and so assessed, from grade 3 on.
        c.technology,
        c.informatics,
    ]
}

fn qualities(results: &PrimaryResults) -> [Option<Attainment>; 5] {
    let q = results.qualities.unwrap_or_default();
    [q.patriotism, q.compassion, q.diligence, q.honesty, q.responsibility]
}

/// Tests at the end of the year by grade (Điều 7): Tiếng Việt and Toán; from grade 3 Ngoại ngữ 1, Tin học
/// và Công nghệ, which may be one test or two; from grade 4 Lịch sử và Địa lí, Khoa học.
const TESTS: [usize; 5] = [2, 2, 4, 6, 6];

/// Whether everything that the overall result rests on is here.
fn is_complete(grade: u8, results: &PrimaryResults) -> bool {
    let codes = if grade >= 3 { 10 } else { 8 };
    let tests = results.subjects.iter().filter(|s| s.test.is_some()).count();
    let expected = TESTS.get(usize::from(grade).saturating_sub(1)).copied().unwrap_or(usize::MAX);
    competencies(results).iter().take(codes).all(Option::is_some)
        && qualities(results).iter().all(Option::is_some)
        && results.subjects.iter().all(|s| s.level.is_some())
        && tests >= expected
}

/// One of the three upper results completes the class; the lowest does only after another assessment.
/// Whether a pupil who did not complete moves up is the head's decision, so that is never asked.
fn judge_completion(stated: Option<Overall>, late: bool, results: &PrimaryResults, findings: &mut Findings) {
    let (Some(stated), Some(completed)) = (stated, results.completed_class) else { return };
    let wrong = match (stated.is_completed(), completed) {
        (true, false) => true,
        (false, true) => !late,
        _ => false,
    };
    if wrong {
        findings.add(&CLASS_COMPLETION, "/results/dahthanhctrinhlophoc");
    }
}

fn judge_award(stated: Overall, results: &PrimaryResults, findings: &mut Findings) {
    const TITLES: [(&str, Overall); 2] = [
        ("Học sinh Xuất sắc", Overall::Excellent),
        ("Học sinh tiêu biểu hoàn thành tốt trong học tập và rèn luyện", Overall::Well),
    ];
    let Some(text) = &results.awards else { return };
    let given = TITLES.iter().find(|(title, _)| titles::gives(text.as_str(), title));
    if given.is_some_and(|(_, needed)| stated < *needed) {
        findings.add(&AWARD, "/results/ndungkhenthuong");
    }
}
