//! The circulars' rules, case by case: what follows, what does not, borderlines, both readings, and where
//! a rule has nothing to say.

use hocba::consistency::{self, Findings, MAX_WRITTEN};
use hocba::transcript::contents::*;
use hocba::transcript::sheet::Grade;
use hocba::transcript::time::Day;
use hocba::transcript::{Moment, SchoolYear, SheetClaims};
use proptest::prelude::*;

use crate::transcript::sample::{self, text};

type Sheet = (SheetClaims, Contents);
/// A case: what is changed on a sheet that agrees with its circular, and what is then found.
type Case<T> = (&'static str, fn(&mut T), &'static [(&'static str, &'static str)]);

const PASSED: Option<SubjectMark> = Some(SubjectMark::Passed);
const FAILED: Option<SubjectMark> = Some(SubjectMark::NotPassed);
const EXEMPT: Option<SubjectMark> = Some(SubjectMark::Exempt);
const GOOD: Option<YearLevel> = Some(YearLevel::Good);
const FAIR: Option<YearLevel> = Some(YearLevel::Fair);
const REACHED: Option<YearLevel> = Some(YearLevel::Reached);
const NOT_REACHED: Option<YearLevel> = Some(YearLevel::NotReached);

fn mark(tenths: u8) -> Option<SubjectMark> {
    Some(SubjectMark::Mark(Tenths::new(tenths).unwrap()))
}

fn found((claims, contents): &Sheet) -> Vec<(&'static str, String)> {
    list(&consistency::judge(claims, contents))
}

fn list(findings: &Findings) -> Vec<(&'static str, String)> {
    findings.list().iter().map(|f| (f.rule.name, f.pointer.clone())).collect()
}

fn secondary_of((_, contents): &mut Sheet) -> &mut SecondaryResults {
    match contents.results.as_mut().unwrap() {
        Results::Secondary(results) => results,
        _ => panic!("not secondary"),
    }
}

fn primary_of((_, contents): &mut Sheet) -> &mut PrimaryResults {
    match contents.results.as_mut().unwrap() {
        Results::Primary(results) => results,
        _ => panic!("not primary"),
    }
}

fn assert_cases<T>(make: fn() -> Sheet, part: fn(&mut Sheet) -> &mut T, cases: &[Case<T>]) {
    assert_eq!(found(&make()), [], "the sheet to start from");
    for (name, change, expected) in cases {
        let mut sheet = make();
        change(part(&mut sheet));
        let expected: Vec<_> = expected.iter().map(|(rule, pointer)| (*rule, (*pointer).to_owned())).collect();
        assert_eq!(found(&sheet), expected, "{name}");
    }
}

/// Gives the scored subjects these marks in both terms and the year, and every learning result this level.
fn year(r: &mut SecondaryResults, marks: &[u8], level: Option<YearLevel>) {
    for (subject, tenths) in r.subjects.iter_mut().zip(marks) {
        (subject.term1, subject.term2, subject.year) = (mark(*tenths), mark(*tenths), mark(*tenths));
    }
    (r.learning_term1, r.learning_term2, r.learning_year) = (level, level, level);
    r.promoted = level.map(|level| level >= YearLevel::Reached);
    r.awards = None;
}

/// The comment subject of this row was not passed in term 2 and the year.
fn fail(r: &mut SecondaryResults, row: usize) {
    (r.subjects[row].term2, r.subjects[row].year) = (FAILED, FAILED);
}

const LEARNING: [(&str, &str); 3] = [
    ("tt22.learning_result", "/results/hocky1"),
    ("tt22.learning_result", "/results/hocky2"),
    ("tt22.learning_result", "/results/canam"),
];

#[test]
fn the_year_average_of_a_subject() {
    const WRONG: &[(&str, &str)] = &[("tt22.year_average", "/results/monhoc/0/diemcanam")];
    assert_cases(
        sample::secondary,
        secondary_of,
        &[
            // (80 + 2·86) / 3 = 84.0
            ("a tenth too much", |r| r.subjects[0].year = mark(85), WRONG),
            ("a tenth too little", |r| r.subjects[0].year = mark(83), WRONG),
            // (80 + 2·87) / 3 = 84.67; (80 + 2·88) / 3 = 85.33
            ("rounded up", |r| (r.subjects[0].term2, r.subjects[0].year) = (mark(87), mark(85)), &[]),
            ("rounded down", |r| (r.subjects[0].term2, r.subjects[0].year) = (mark(88), mark(85)), &[]),
            ("not rounded but cut", |r| (r.subjects[0].term2, r.subjects[0].year) = (mark(87), mark(84)), WRONG),
            ("terms the wrong way round", |r| (r.subjects[0].term1, r.subjects[0].term2) = (mark(89), mark(81)), &[]),
            (
                "exempt",
                |r| (r.subjects[0].term1, r.subjects[0].term2, r.subjects[0].year) = (EXEMPT, EXEMPT, EXEMPT),
                &[],
            ),
            ("exempt in one term", |r| (r.subjects[0].term1, r.subjects[0].year) = (EXEMPT, mark(90)), &[]),
            ("one term only", |r| (r.subjects[0].term1, r.subjects[0].year) = (None, mark(90)), &[]),
            ("no year", |r| r.subjects[0].year = None, &[]),
        ],
    );
}

#[test]
fn the_year_of_a_subject_assessed_by_comments() {
    const WRONG: &[(&str, &str)] = &[("tt22.year_comment", "/results/monhoc/8/diemcanam")];
    assert_cases(
        sample::secondary,
        secondary_of,
        &[
            ("a slow start", |r| (r.subjects[8].term1, r.learning_term1) = (FAILED, FAIR), &[]),
            (
                "a bad end",
                |r| {
                    fail(r, 8);
                    (r.learning_term2, r.learning_year, r.awards) = (FAIR, FAIR, None);
                },
                &[],
            ),
            (
                "the year follows term 1",
                |r| {
                    (r.subjects[8].term1, r.subjects[8].year) = (FAILED, FAILED);
                    (r.learning_term1, r.learning_year, r.awards) = (FAIR, FAIR, None);
                },
                WRONG,
            ),
            ("exempt", |r| (r.subjects[8].term2, r.subjects[8].year) = (EXEMPT, EXEMPT), &[]),
        ],
    );
}

#[test]
fn the_learning_result_without_adjustment() {
    let cases: &[Case<SecondaryResults>] = &[
        ("Tốt: six at 8.0, two at 6.5", |r| year(r, &[80, 80, 80, 80, 80, 80, 65, 65], GOOD), &[]),
        ("only five at 8.0", |r| year(r, &[80, 80, 80, 80, 80, 79, 65, 65], GOOD), &LEARNING),
        ("only five at 8.0 is Khá", |r| year(r, &[80, 80, 80, 80, 80, 79, 65, 65], FAIR), &[]),
        ("one at 6.4 is Khá", |r| year(r, &[80, 80, 80, 80, 80, 80, 80, 64], FAIR), &[]),
        ("one at 6.4 is not Tốt", |r| year(r, &[80, 80, 80, 80, 80, 80, 80, 64], GOOD), &LEARNING),
        ("Khá: six at 6.5, two at 5.0", |r| year(r, &[65, 65, 65, 65, 65, 65, 50, 50], FAIR), &[]),
        ("five at 6.5 is Đạt", |r| year(r, &[65, 65, 65, 65, 65, 64, 50, 50], REACHED), &[]),
        ("five at 6.5 is not Khá", |r| year(r, &[65, 65, 65, 65, 65, 64, 50, 50], FAIR), &LEARNING),
        ("Đạt: six at 5.0, two at 3.5", |r| year(r, &[50, 50, 50, 50, 50, 50, 35, 35], REACHED), &[]),
        ("five at 5.0 is Chưa đạt", |r| year(r, &[50, 50, 50, 50, 50, 49, 35, 35], NOT_REACHED), &[]),
        ("five at 5.0 is not Đạt", |r| year(r, &[50, 50, 50, 50, 50, 49, 35, 35], REACHED), &LEARNING),
        ("too modest", |r| year(r, &[80; 8], FAIR), &LEARNING),
        (
            "one comment subject not passed still is Đạt",
            |r| {
                year(r, &[55; 8], REACHED);
                fail(r, 8);
            },
            &[],
        ),
        (
            "two not passed are Chưa đạt",
            |r| {
                year(r, &[90; 8], NOT_REACHED);
                r.learning_term1 = GOOD;
                fail(r, 8);
                fail(r, 9);
            },
            &[],
        ),
    ];
    assert_cases(sample::secondary, secondary_of, cases);
}

#[test]
fn the_adjustment_for_one_single_subject() {
    let cases: &[Case<SecondaryResults>] = &[
        // Seven at 8.5 beside it: both readings raise.
        ("Tốt to Đạt becomes Khá", |r| year(r, &[85, 85, 85, 85, 85, 85, 85, 40], FAIR), &[]),
        ("Tốt to Đạt does not stay", |r| year(r, &[85, 85, 85, 85, 85, 85, 85, 40], REACHED), &LEARNING),
        ("Tốt to Chưa đạt becomes Đạt", |r| year(r, &[85, 85, 85, 85, 85, 85, 85, 34], REACHED), &[]),
        ("Tốt to Chưa đạt is raised once only", |r| year(r, &[85, 85, 85, 85, 85, 85, 85, 34], FAIR), &LEARNING),
        ("Khá to Chưa đạt becomes Đạt", |r| year(r, &[70, 70, 70, 70, 70, 70, 70, 20], REACHED), &[]),
        ("Khá to Đạt is one level: nothing is raised", |r| year(r, &[70, 70, 70, 70, 70, 70, 70, 49], REACHED), &[]),
        ("two subjects: nothing is raised", |r| year(r, &[85, 85, 85, 85, 85, 85, 20, 20], NOT_REACHED), &[]),
        ("two subjects are not one", |r| year(r, &[85, 85, 85, 85, 85, 85, 20, 20], REACHED), &LEARNING),
        // Only with the subject itself are there six at 8.0: the text does not say.
        ("both readings: raised", |r| year(r, &[85, 85, 85, 85, 85, 70, 70, 40], FAIR), &[]),
        ("both readings: not raised", |r| year(r, &[85, 85, 85, 85, 85, 70, 70, 40], REACHED), &[]),
        ("both readings: no more than that", |r| year(r, &[85, 85, 85, 85, 85, 70, 70, 40], GOOD), &LEARNING),
        // A subject assessed by comments as the single one: practice differs.
        (
            "comments: raised",
            |r| {
                year(r, &[85; 8], FAIR);
                r.learning_term1 = GOOD;
                fail(r, 8);
            },
            &[],
        ),
        (
            "comments: not raised",
            |r| {
                year(r, &[85; 8], REACHED);
                r.learning_term1 = GOOD;
                fail(r, 8);
            },
            &[],
        ),
        (
            "comments: never Tốt",
            |r| {
                year(r, &[85; 8], GOOD);
                fail(r, 8);
            },
            &[LEARNING[1], LEARNING[2]],
        ),
    ];
    assert_cases(sample::secondary, secondary_of, cases);
}

#[test]
fn where_the_learning_result_cannot_be_known() {
    let cases: &[Case<SecondaryResults>] = &[
        ("a subject without a mark in term 1", |r| (r.subjects[0].term1, r.learning_term1) = (None, REACHED), &[]),
        ("nothing stated", |r| (r.learning_term1, r.learning_term2, r.learning_year) = (None, None, None), &[]),
        (
            "fewer scored subjects than the circular counts on",
            |r| {
                r.subjects.drain(0..3);
                (r.learning_term1, r.learning_term2, r.learning_year, r.awards) = (REACHED, FAIR, REACHED, None);
            },
            &[],
        ),
        (
            "a second foreign language may count",
            |r| {
                year(r, &[85, 85, 85, 85, 85, 85, 85, 60], FAIR);
                (r.subjects[2].name, r.subjects[7].name) = (text("Tiếng Anh"), text("Tiếng Pháp"));
            },
            &[],
        ),
        (
            "or may not",
            |r| {
                year(r, &[85, 85, 85, 85, 85, 85, 85, 60], GOOD);
                (r.subjects[2].name, r.subjects[7].name) = (text("Tiếng Anh"), text("Tiếng Pháp"));
            },
            &[],
        ),
        (
            "the only foreign language does count",
            |r| {
                year(r, &[85, 85, 85, 85, 85, 85, 85, 60], GOOD);
                r.subjects[7].name = text("Tiếng Pháp");
            },
            &LEARNING,
        ),
    ];
    let no_languages = || {
        let mut sheet = sample::secondary();
        secondary_of(&mut sheet).subjects[2].name = text("Lịch sử");
        sheet
    };
    assert_cases(no_languages, secondary_of, cases);
}

#[test]
fn conduct_of_the_year_by_the_whole_table() {
    use YearLevel::{Fair as K, Good as T, NotReached as C, Reached as D};
    // Rows: term 2; columns: term 1 Tốt, Khá, Đạt, Chưa đạt. As Điều 8 has it.
    let table = [(T, [T, T, K, K]), (K, [K, K, K, D]), (D, [K, D, D, D]), (C, [C, C, C, C])];
    for (term2, row) in table {
        for (term1, expected) in [T, K, D, C].into_iter().zip(row) {
            for stated in [T, K, D, C] {
                let mut sheet = sample::secondary();
                let r = secondary_of(&mut sheet);
                (r.conduct_term1, r.conduct_term2, r.conduct_year) = (Some(term1), Some(term2), Some(stated));
                (r.awards, r.promoted) = (None, Some(stated >= D));
                let rules: Vec<_> = found(&sheet).into_iter().map(|(rule, _)| rule).collect();
                let wrong: &[&str] = if stated == expected { &[] } else { &["tt22.conduct_year"] };
                assert_eq!(rules, wrong);
            }
        }
    }
    let cases: &[Case<SecondaryResults>] = &[
        ("a term missing", |r| (r.conduct_term1, r.conduct_year, r.awards) = (None, REACHED, None), &[]),
        ("no year", |r| r.conduct_year = None, &[]),
    ];
    assert_cases(sample::secondary, secondary_of, cases);
}

/// Two subjects below 3.5, assessed again and passed.
fn reassessed() -> Sheet {
    let mut sheet = sample::secondary();
    let r = secondary_of(&mut sheet);
    year(r, &[60, 60, 60, 60, 60, 60, 30, 30], NOT_REACHED);
    (r.subjects[6].again, r.subjects[7].again) = (mark(50), mark(55));
    (r.learning_again, r.promoted) = (REACHED, Some(true));
    sheet
}

#[test]
fn the_summer() {
    const SUBJECT: &[(&str, &str)] = &[("tt22.summer_subject", "/results/monhoc/0/diemkttralai")];
    const LEARNING_AGAIN: (&str, &str) = ("tt22.summer_learning", "/results/kqhoctaplai");
    assert_cases(
        reassessed,
        secondary_of,
        &[
            ("a subject that was good enough", |r| r.subjects[0].again = mark(80), SUBJECT),
            ("the year's mark repeated", |r| r.subjects[0].again = mark(60), &[]),
            ("exempt from it", |r| r.subjects[0].again = EXEMPT, &[]),
            (
                "5.0 is enough",
                |r| {
                    let s = &mut r.subjects[0];
                    (s.term1, s.term2, s.year, s.again) = (mark(50), mark(50), mark(50), mark(60));
                },
                SUBJECT,
            ),
            (
                "4.9 is not",
                |r| {
                    let s = &mut r.subjects[0];
                    (s.term1, s.term2, s.year, s.again) = (mark(49), mark(49), mark(49), mark(60));
                },
                &[],
            ),
            (
                "passed by comments",
                |r| r.subjects[8].again = FAILED,
                &[("tt22.summer_subject", "/results/monhoc/8/diemkttralai")],
            ),
            ("the result is better than the subjects", |r| r.learning_again = FAIR, &[LEARNING_AGAIN]),
            (
                "the result is worse than the subjects",
                |r| (r.learning_again, r.promoted) = (NOT_REACHED, Some(false)),
                &[LEARNING_AGAIN],
            ),
            (
                "the result stands in the year's own column",
                |r| (r.learning_year, r.learning_again) = (REACHED, None),
                &[],
            ),
            (
                "the marks stand in the year's own column too",
                |r| (r.subjects[6].year, r.subjects[7].year) = (mark(50), mark(55)),
                &[],
            ),
            ("no result is stated", |r| r.learning_again = None, &[]),
            (
                "still not enough",
                |r| {
                    r.subjects[7].again = mark(34);
                    (r.learning_again, r.promoted) = (NOT_REACHED, Some(false));
                },
                &[],
            ),
            (
                "not enough, but moves up",
                |r| {
                    r.subjects[7].again = mark(34);
                    r.learning_again = NOT_REACHED;
                },
                &[("tt22.promotion", "/results/duoclenlop")],
            ),
        ],
    );
    assert_cases(
        sample::secondary,
        secondary_of,
        &[
            ("assessed again although it was Tốt", |r| r.learning_again = FAIR, &[LEARNING_AGAIN]),
            ("the year's result repeated", |r| (r.learning_again, r.conduct_again) = (GOOD, GOOD), &[]),
            (
                "trained although conduct was Tốt",
                |r| r.conduct_again = FAIR,
                &[("tt22.summer_conduct", "/results/renluyenlai")],
            ),
            (
                "trained with reason",
                |r| {
                    (r.conduct_term2, r.conduct_year, r.conduct_again, r.awards) =
                        (NOT_REACHED, NOT_REACHED, REACHED, None)
                },
                &[],
            ),
        ],
    );
}

#[test]
fn promotion() {
    const WRONG: &[(&str, &str)] = &[("tt22.promotion", "/results/duoclenlop")];
    assert_cases(
        sample::secondary,
        secondary_of,
        &[
            ("45 sessions absent", |r| r.absences = Absences::new(45), &[]),
            ("46 sessions absent", |r| r.absences = Absences::new(46), WRONG),
            ("46 sessions, does not move up", |r| (r.absences, r.promoted) = (Absences::new(46), Some(false)), &[]),
            ("does not move up with nothing against it", |r| r.promoted = Some(false), WRONG),
            ("sessions absent are not known", |r| (r.absences, r.promoted) = (None, Some(false)), &[]),
            ("sessions absent are not known, moves up", |r| r.absences = None, &[]),
            (
                "conduct Chưa đạt",
                |r| (r.conduct_term2, r.conduct_year, r.awards) = (NOT_REACHED, NOT_REACHED, None),
                WRONG,
            ),
            (
                "conduct Chưa đạt, does not move up",
                |r| {
                    (r.conduct_term2, r.conduct_year, r.awards) = (NOT_REACHED, NOT_REACHED, None);
                    r.promoted = Some(false);
                },
                &[],
            ),
            (
                "trained in summer, does not move up",
                |r| {
                    (r.conduct_term2, r.conduct_year, r.conduct_again) = (NOT_REACHED, NOT_REACHED, REACHED);
                    (r.awards, r.promoted) = (None, Some(false));
                },
                &[],
            ),
            (
                "learning Chưa đạt",
                |r| {
                    year(r, &[30; 8], NOT_REACHED);
                    r.promoted = Some(true);
                },
                WRONG,
            ),
            ("not stated", |r| r.promoted = None, &[]),
        ],
    );
    // Grade 9 ends the level: completion is what is asked there.
    let mut last = sample::secondary();
    last.0.grade = Grade::new(9).unwrap();
    secondary_of(&mut last).promoted = Some(false);
    assert_eq!(found(&last), []);
    secondary_of(&mut last).promoted = Some(true);
    secondary_of(&mut last).absences = Absences::new(90);
    assert_eq!(found(&last), [("tt22.promotion", "/results/duoclenlop".to_owned())]);
}

#[test]
fn titles_of_secondary_school() {
    const WRONG: &[(&str, &str)] = &[("tt22.award", "/results/ndungkhenthuong")];
    assert_cases(
        sample::secondary,
        secondary_of,
        &[
            (
                "six subjects at 9.0",
                |r| {
                    year(r, &[90, 90, 90, 90, 90, 90, 80, 80], GOOD);
                    r.awards = Some(text("Học sinh Xuất sắc"));
                },
                &[],
            ),
            (
                "five subjects at 9.0",
                |r| {
                    year(r, &[90, 90, 90, 90, 90, 89, 80, 80], GOOD);
                    r.awards = Some(text("Học sinh Xuất sắc"));
                },
                WRONG,
            ),
            (
                "Xuất sắc as one of several",
                |r| r.awards = Some(text("Giấy khen; danh hiệu “Học sinh xuất sắc”.")),
                WRONG,
            ),
            (
                "Giỏi with learning Khá",
                |r| {
                    year(r, &[70; 8], FAIR);
                    r.awards = Some(text("Đạt danh hiệu: Học sinh Giỏi"));
                },
                WRONG,
            ),
            ("Giỏi with conduct Khá", |r| (r.conduct_term2, r.conduct_year) = (FAIR, FAIR), WRONG),
            ("Giỏi, conduct is not known", |r| r.conduct_year = None, &[]),
            (
                "a prize is no title",
                |r| {
                    year(r, &[70; 8], FAIR);
                    r.awards = Some(text("Giải Nhì kì thi chọn học sinh giỏi cấp tỉnh"));
                },
                &[],
            ),
            (
                "another title",
                |r| {
                    year(r, &[70; 8], FAIR);
                    r.awards = Some(text("Học sinh Tiên tiến"));
                },
                &[],
            ),
            ("no title though one was earned", |r| r.awards = None, &[]),
        ],
    );
}

fn continuing() -> Sheet {
    let mut sheet = sample::continuing();
    let r = secondary_of(&mut sheet);
    year(r, &[80, 80, 80, 80, 80, 70, 70, 70], GOOD);
    sheet
}

#[test]
fn continuing_education_counts_five_subjects() {
    const WRONG: &[(&str, &str)] = &[
        ("tt43.learning_result", "/results/hocky1"),
        ("tt43.learning_result", "/results/hocky2"),
        ("tt43.learning_result", "/results/canam"),
    ];
    assert_cases(
        continuing,
        secondary_of,
        &[
            ("four at 8.0", |r| year(r, &[80, 80, 80, 80, 79, 70, 70, 70], GOOD), WRONG),
            ("four at 8.0 is Khá", |r| year(r, &[80, 80, 80, 80, 79, 70, 70, 70], FAIR), &[]),
            // Below Tốt the count of subjects could not be compared with the text: five and six pass.
            ("five at 6.5: Khá by five", |r| year(r, &[65, 65, 65, 65, 65, 60, 60, 60], FAIR), &[]),
            ("five at 6.5: Đạt by six", |r| year(r, &[65, 65, 65, 65, 65, 60, 60, 60], REACHED), &[]),
            ("five at 6.5 is not Tốt", |r| year(r, &[65, 65, 65, 65, 65, 60, 60, 60], GOOD), WRONG),
            ("four at 6.5 is not Khá", |r| year(r, &[65, 65, 65, 65, 60, 60, 60, 60], FAIR), WRONG),
            ("the average", |r| r.subjects[0].year = mark(81), &[("tt43.year_average", "/results/monhoc/0/diemcanam")]),
            ("absent", |r| r.absences = Absences::new(46), &[("tt43.promotion", "/results/duoclenlop")]),
            (
                "titles are not judged",
                |r| {
                    year(r, &[70; 8], FAIR);
                    r.awards = Some(text("Học viên Xuất sắc"));
                },
                &[],
            ),
        ],
    );
}

/// An excellent year in grade 5 with all that the overall result rests on.
fn whole_primary() -> Sheet {
    let mut sheet = sample::primary();
    let good = Some(Attainment::Good);
    let r = primary_of(&mut sheet);
    let subject = |i: usize| PrimarySubject {
        code: text(&format!("S{i}")),
        name: text(&format!("Môn {i}")),
        level: Some(SubjectLevel::CompletedWell),
        test: if i < 6 { TestMark::parse("9") } else { None },
    };
    r.subjects = (0..9).map(subject).collect();
    r.competencies = Some(Competencies {
        self_study: good,
        communication: good,
        problem_solving: good,
        language: good,
        calculation: good,
        science: good,
        technology: good,
        informatics: good,
        aesthetics: good,
        physical: good,
    });
    r.qualities =
        Some(Qualities { patriotism: good, compassion: good, diligence: good, honesty: good, responsibility: good });
    sheet
}

fn overall(r: &mut PrimaryResults, words: &str) {
    r.overall = Some(text(words));
    let completed = words != "Chưa hoàn thành";
    (r.completed_class, r.completed_primary, r.promoted) = (Some(completed), Some(completed), Some(completed));
}

fn test_mark(r: &mut PrimaryResults, mark: &str) {
    r.subjects[0].test = TestMark::parse(mark);
}

#[test]
fn the_overall_result_in_primary_school() {
    const WRONG: &[(&str, &str)] = &[("tt27.overall", "/results/xeploai")];
    assert_cases(
        whole_primary,
        primary_of,
        &[
            ("a test of 8 is not excellent", |r| test_mark(r, "8"), WRONG),
            (
                "a test of 8 is Hoàn thành tốt",
                |r| {
                    test_mark(r, "8");
                    overall(r, "Hoàn thành tốt");
                },
                &[],
            ),
            (
                "a test of 7",
                |r| {
                    test_mark(r, "7");
                    overall(r, "Hoàn thành tốt");
                },
                &[],
            ),
            (
                "a test of 6",
                |r| {
                    test_mark(r, "6");
                    overall(r, "Hoàn thành tốt");
                },
                WRONG,
            ),
            (
                "a test of 6 is Hoàn thành",
                |r| {
                    test_mark(r, "6");
                    overall(r, "Hoàn thành");
                },
                &[],
            ),
            (
                "a test of 5",
                |r| {
                    test_mark(r, "5");
                    overall(r, "Hoàn thành");
                },
                &[],
            ),
            (
                "a test of 4",
                |r| {
                    test_mark(r, "4");
                    overall(r, "Hoàn thành");
                },
                WRONG,
            ),
            (
                "a test of 4 is Chưa hoàn thành",
                |r| {
                    test_mark(r, "4");
                    overall(r, "Chưa hoàn thành");
                },
                &[],
            ),
            ("an exempt test", |r| test_mark(r, "M"), &[]),
            ("a subject at H", |r| r.subjects[7].level = Some(SubjectLevel::Completed), WRONG),
            (
                "a subject at H is Hoàn thành",
                |r| {
                    r.subjects[7].level = Some(SubjectLevel::Completed);
                    overall(r, "Hoàn thành");
                },
                &[],
            ),
            (
                "a subject at C",
                |r| {
                    r.subjects[7].level = Some(SubjectLevel::NotCompleted);
                    overall(r, "Hoàn thành");
                },
                WRONG,
            ),
            ("an exempt subject", |r| r.subjects[7].level = Some(SubjectLevel::Exempt), &[]),
            ("a quality at Đ", |r| r.qualities.as_mut().unwrap().honesty = Some(Attainment::Reached), WRONG),
            (
                "a competency at C",
                |r| {
                    r.competencies.as_mut().unwrap().language = Some(Attainment::NeedsEffort);
                    overall(r, "Hoàn thành");
                },
                WRONG,
            ),
            ("too modest", |r| overall(r, "Hoàn thành tốt"), WRONG),
            (
                "too modest, but a test is missing",
                |r| {
                    r.subjects[5].test = None;
                    overall(r, "Hoàn thành tốt");
                },
                &[],
            ),
            (
                "too modest, but a quality is missing",
                |r| {
                    r.qualities.as_mut().unwrap().honesty = None;
                    overall(r, "Hoàn thành");
                },
                &[],
            ),
            (
                "too bold although something is missing",
                |r| {
                    r.qualities = None;
                    test_mark(r, "8");
                },
                WRONG,
            ),
            (
                "other words",
                |r| {
                    r.overall = Some(text("Hoàn thành rất tốt"));
                    test_mark(r, "4");
                },
                &[],
            ),
            ("other case", |r| r.overall = Some(text("HOÀN THÀNH XUẤT SẮC")), &[]),
            ("not stated", |r| r.overall = None, &[]),
        ],
    );
}

#[test]
fn completion_promotion_and_titles_in_primary_school() {
    const CLASS: (&str, &str) = ("tt27.class_completion", "/results/dahthanhctrinhlophoc");
    const AWARD: (&str, &str) = ("tt27.award", "/results/ndungkhenthuong");
    assert_cases(
        whole_primary,
        primary_of,
        &[
            (
                "not completed although excellent",
                |r| (r.completed_class, r.completed_primary) = (Some(false), Some(false)),
                &[CLASS],
            ),
            (
                "completed although not",
                |r| {
                    test_mark(r, "4");
                    overall(r, "Chưa hoàn thành");
                    (r.completed_class, r.completed_primary) = (Some(true), Some(true));
                },
                &[CLASS],
            ),
            (
                "the head lets a pupil move up",
                |r| {
                    test_mark(r, "4");
                    overall(r, "Chưa hoàn thành");
                    r.promoted = Some(true);
                },
                &[],
            ),
            (
                "primary school without grade 5",
                |r| r.completed_primary = Some(false),
                &[("tt27.primary_completion", "/results/dahthanhctrinhtieuhoc")],
            ),
            ("primary school not stated", |r| r.completed_primary = None, &[]),
            ("grade 5 does not move up within the level", |r| r.promoted = Some(false), &[]),
            ("Xuất sắc", |r| r.awards = Some(text("Học sinh Xuất sắc")), &[]),
            (
                "the lesser title",
                |r| r.awards = Some(text("Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện")),
                &[],
            ),
            (
                "Xuất sắc for Hoàn thành tốt",
                |r| {
                    test_mark(r, "8");
                    overall(r, "Hoàn thành tốt");
                    r.awards = Some(text("Học sinh Xuất sắc"));
                },
                &[AWARD],
            ),
            (
                "the lesser title for Hoàn thành",
                |r| {
                    test_mark(r, "6");
                    overall(r, "Hoàn thành");
                    r.awards = Some(text("Học sinh tiêu biểu hoàn thành tốt trong học tập và rèn luyện"));
                },
                &[AWARD],
            ),
            (
                "a letter of praise",
                |r| {
                    test_mark(r, "6");
                    overall(r, "Hoàn thành");
                    r.awards = Some(text("Thư khen"));
                },
                &[],
            ),
        ],
    );
    let mut fourth = whole_primary();
    fourth.0.grade = Grade::new(4).unwrap();
    let r = primary_of(&mut fourth);
    (r.completed_primary, r.promoted) = (None, Some(false));
    assert_eq!(found(&fourth), [("tt27.promotion", "/results/duoclenlop".to_owned())]);
}

#[test]
fn primary_pupils_assessed_once_more_in_summer() {
    let august = |sheet: &mut Sheet| sheet.0.frozen_at = Moment::parse("2026-08-10T09:00:00+07:00").unwrap();
    // Completed after the summer; the overall result may show either state.
    for (test, words) in [("4", "Chưa hoàn thành"), ("4", "Hoàn thành"), ("5", "Chưa hoàn thành"), ("5", "Hoàn thành")]
    {
        let mut sheet = whole_primary();
        august(&mut sheet);
        let r = primary_of(&mut sheet);
        r.subjects[7].level = Some(SubjectLevel::Completed);
        test_mark(r, test);
        overall(r, words);
        (r.completed_class, r.completed_primary, r.promoted) = (Some(true), Some(true), Some(true));
        assert_eq!(found(&sheet), [], "{test} {words}");
    }
    let mut sheet = whole_primary();
    august(&mut sheet);
    overall(primary_of(&mut sheet), "Hoàn thành tốt");
    assert_eq!(found(&sheet), [("tt27.overall", "/results/xeploai".to_owned())]);
}

#[test]
fn which_tests_a_grade_has() {
    // Too modest by one level: said only where nothing is missing.
    for (grade, first_year, tests, complete) in [
        (1, 2025, 1, false),
        (1, 2025, 2, true),
        (2, 2025, 2, true),
        (3, 2025, 3, false),
        (3, 2025, 4, true),
        (4, 2025, 5, false),
        (5, 2025, 6, true),
    ] {
        let mut sheet = whole_primary();
        sheet.0.grade = Grade::new(grade).unwrap();
        sheet.0.school_year = SchoolYear::starting(first_year).unwrap();
        let r = primary_of(&mut sheet);
        r.subjects.iter_mut().skip(tests).for_each(|s| s.test = None);
        if grade < 3 {
            let c = r.competencies.as_mut().unwrap();
            (c.technology, c.informatics) = (None, None);
        }
        overall(r, "Hoàn thành tốt");
        r.completed_primary = (grade == 5).then_some(true);
        assert_eq!(!found(&sheet).is_empty(), complete, "grade {grade}, {tests} tests");
    }
}

fn with_number(digits: &str, sex: Sex, birth: &str) -> Sheet {
    let mut sheet = sample::secondary();
    sheet.1.identity.as_mut().unwrap().personal_id = PersonalId::parse(digits);
    let name = sheet.1.name.as_mut().unwrap();
    (name.sex, name.birth) = (sex, BirthDate::parse(birth).unwrap());
    sheet
}

#[test]
fn the_identification_number() {
    const SEX: &str = "identity.sex";
    const YEAR: &str = "identity.birth_year";
    let cases: &[(&str, &str, Sex, &str, &[&str])] = &[
        ("a girl of 2014", "003314000017", Sex::Female, "2014-03-09", &[]),
        ("a boy of 2014", "003214000017", Sex::Male, "2014-12-31", &[]),
        ("a man of 1988", "003088000017", Sex::Male, "1988-01-01", &[]),
        ("a woman of 1999", "003199000017", Sex::Female, "1999", &[]),
        ("a girl of 2000", "003300000017", Sex::Female, "2000-01", &[]),
        ("the other sex", "003214000017", Sex::Female, "2014-03-09", &[SEX]),
        ("sex not known", "003214000017", Sex::Unknown, "2014-03-09", &[]),
        ("another year", "003313000017", Sex::Female, "2014-03-09", &[YEAR]),
        ("another century", "003114000017", Sex::Female, "2014-03-09", &[YEAR]),
        ("the year alone", "003313000017", Sex::Female, "2014", &[YEAR]),
        ("neither", "003213000017", Sex::Female, "2014-03-09", &[SEX, YEAR]),
        ("any prefix", "999314000017", Sex::Female, "2014-03-09", &[]),
        ("digits of far centuries", "003914000017", Sex::Female, "2014-03-09", &[YEAR]),
    ];
    for (name, digits, sex, birth, expected) in cases {
        let found = found(&with_number(digits, *sex, birth));
        assert!(found.iter().all(|(_, pointer)| pointer == "/identity/sodinhdanh"), "{name}");
        assert_eq!(found.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), *expected, "{name}");
    }
    let mut none = sample::secondary();
    none.1.identity.as_mut().unwrap().personal_id = None;
    assert_eq!(found(&none), []);
}

/// A sheet that breaks as many rules as it can.
fn absurd() -> Sheet {
    let mut sheet = sample::secondary();
    let r = secondary_of(&mut sheet);
    r.subjects[0].year = mark(10);
    (r.learning_year, r.conduct_year, r.promoted) = (NOT_REACHED, NOT_REACHED, Some(true));
    sheet
}

#[test]
fn what_the_rules_do_not_know_they_do_not_judge() {
    assert!(found(&absurd()).len() >= 5, "{:?}", found(&absurd()));
    let silent: &[(&str, fn(&mut Sheet))] = &[
        ("transcribed from paper", |s| s.0.trichluc = true),
        ("not assessed because of disability", |s| s.1.policy.as_mut().unwrap().not_assessed = true),
        ("a plan of their own", |s| {
            s.1.policy.as_mut().unwrap().policy_status = Some(text("Học sinh khuyết tật học hoà nhập"));
        }),
        ("an unknown circular", |s| s.0.circular = text("99/2025/TT-BGDĐT")),
        ("another level's circular", |s| s.0.circular = text("43/2021")),
        ("a year before the grade had it", |s| s.0.school_year = SchoolYear::starting(2020).unwrap()),
        ("grade 9 before it had it", |s| {
            s.0.grade = Grade::new(9).unwrap();
            s.0.school_year = SchoolYear::starting(2023).unwrap();
        }),
        ("a year nobody has compared yet", |s| s.0.school_year = SchoolYear::starting(2026).unwrap()),
        ("results not opened", |s| s.1.results = None),
        ("came from another school within the year", |s| {
            let transferred_in = Day::parse("2026-01-12");
            let year = s.0.school_year;
            secondary_of(s).history.push(StudyYear {
                school_year: year,
                class: text("6A2"),
                school: text("Trường THCS Lê Lợi"),
                province: text("Hải Phòng"),
                transferred_in,
            });
        }),
    ];
    for (name, change) in silent {
        let mut sheet = absurd();
        change(&mut sheet);
        assert_eq!(found(&sheet), [], "{name}");
    }
    let mut named_in_full = absurd();
    named_in_full.0.circular = text("22/2021/TT-BGDĐT");
    assert_eq!(found(&named_in_full), found(&absurd()));
    let mut came_in_summer = absurd();
    let year = came_in_summer.0.school_year;
    secondary_of(&mut came_in_summer).history.push(StudyYear {
        school_year: year,
        class: text("6A2"),
        school: text("Trường THCS Lê Lợi"),
        province: text("Hải Phòng"),
        transferred_in: Day::parse("2025-08-20"),
    });
    assert_eq!(found(&came_in_summer), found(&absurd()));
    assert_eq!(found(&sample::older()), []);
}

#[test]
fn findings_say_where_and_why_and_never_what() {
    let sheet = absurd();
    let findings = consistency::judge(&sheet.0, &sheet.1);
    let json = serde_json::to_value(&findings.list()[0]).unwrap();
    for member in ["rule", "article", "pointer", "message_vi", "message_en", "remedy_vi", "remedy_en"] {
        assert!(json[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
    }
    let names: Vec<_> = consistency::rules().map(|rule| rule.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), names.len(), "a name twice");
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/consistency.md")).unwrap();
    for rule in consistency::rules() {
        assert!(page.contains(&format!("`{}`", rule.name)), "docs/consistency.md does not have {}", rule.name);
        let article = rule.article.split_once(", ").map_or("", |(_, article)| article);
        assert!(page.contains(article), "docs/consistency.md does not have {article}");
        assert!(!rule.message_vi.is_empty() && rule.message_en.is_ascii() || rule.message_en.contains(['×', 'Đ', '÷']));
    }
}

#[test]
fn many_findings_are_counted_and_the_first_are_kept() {
    let mut sheet = sample::secondary();
    let r = secondary_of(&mut sheet);
    let row = r.subjects[0].clone();
    r.subjects = (0..MAX_ROWS).map(|_| SecondarySubject { year: mark(10), ..row.clone() }).collect();
    let findings = consistency::judge(&sheet.0, &sheet.1);
    assert_eq!(findings.list().len(), MAX_WRITTEN);
    assert!(findings.total() > MAX_ROWS as u64, "{}", findings.total());
}

/// The average by exact fractions: |3·year − (term1 + 2·term2)| ≤ 1.5, in tenths.
#[test]
fn every_pair_of_terms_has_exactly_one_year_average() {
    for term1 in 0..=100u8 {
        for term2 in 0..=100u8 {
            let fits = |year: u8| {
                let mut sheet = sample::secondary();
                let r = secondary_of(&mut sheet);
                r.subjects.truncate(1);
                let s = &mut r.subjects[0];
                (s.term1, s.term2, s.year) = (mark(term1), mark(term2), mark(year));
                !found(&sheet).iter().any(|(rule, _)| *rule == "tt22.year_average")
            };
            let exact = (i32::from(term1) + 2 * i32::from(term2)) as f64 / 3.0;
            let nearest = exact.round() as u8;
            assert!(fits(nearest), "{term1} {term2}");
            assert!(nearest == 0 || !fits(nearest - 1));
            assert!(nearest == 100 || !fits(nearest + 1));
        }
    }
}

fn any_mark() -> impl Strategy<Value = Option<SubjectMark>> {
    prop_oneof![8 => (0..=100u8).prop_map(mark), 1 => Just(PASSED), 1 => Just(FAILED), 1 => Just(EXEMPT), 1 => Just(None)]
}

fn any_level() -> impl Strategy<Value = Option<YearLevel>> {
    prop_oneof![Just(GOOD), Just(FAIR), Just(REACHED), Just(NOT_REACHED), Just(None)]
}

proptest! {
    /// Whatever the marks, judging ends, says each thing about a place that is there, and says it again
    /// the same way.
    #[test]
    fn no_marks_are_too_odd_to_judge(
        rows in prop::collection::vec((any_mark(), any_mark(), any_mark(), any_mark()), 0..MAX_ROWS),
        levels in prop::collection::vec(any_level(), 8),
        absences in 0..=300u16,
        promoted in any::<Option<bool>>(),
        continuing in any::<bool>(),
    ) {
        let mut sheet = if continuing { sample::continuing() } else { sample::secondary() };
        let r = secondary_of(&mut sheet);
        let name = r.subjects[0].clone();
        r.subjects = rows.iter().map(|(term1, term2, year, again)| SecondarySubject {
            term1: *term1, term2: *term2, year: *year, again: *again, ..name.clone()
        }).collect();
        [r.learning_term1, r.learning_term2, r.learning_year, r.learning_again] = [levels[0], levels[1], levels[2], levels[3]];
        [r.conduct_term1, r.conduct_term2, r.conduct_year, r.conduct_again] = [levels[4], levels[5], levels[6], levels[7]];
        (r.absences, r.promoted) = (Absences::new(absences), promoted);
        let findings = consistency::judge(&sheet.0, &sheet.1);
        prop_assert_eq!(&findings, &consistency::judge(&sheet.0, &sheet.1));
        let payload = serde_json::json!({ "results": sheet.1.results });
        for finding in findings.list() {
            prop_assert!(payload.pointer(&finding.pointer).is_some(), "{}", finding.pointer);
        }
    }

    /// One of the four levels always follows, whatever complete marks there are: the readings differ by
    /// one level at most.
    #[test]
    fn complete_marks_leave_one_or_two_levels(tenths in prop::collection::vec(0..=100u8, 8), failed in 0..3usize) {
        let accepted = [GOOD, FAIR, REACHED, NOT_REACHED].into_iter().filter(|level| {
            let mut sheet = sample::secondary();
            let r = secondary_of(&mut sheet);
            year(r, &tenths, *level);
            for row in 0..failed {
                r.subjects[8 + row].term1 = FAILED;
            }
            !found(&sheet).contains(&LEARNING.map(|(rule, at)| (rule, at.to_owned()))[0])
        });
        prop_assert!((1..=2).contains(&accepted.count()));
    }
}
