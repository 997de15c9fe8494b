//! TT 22/2021 and TT 43/2021, case by case.

use super::*;

/// The comment subject of this row was not passed in term 2 and the year.
fn fail(r: &mut SecondaryResults, row: usize) {
    (r.subjects[row].term2, r.subjects[row].year) = (FAILED, FAILED);
}

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
