//! TT 27/2020, case by case.

use super::*;

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
