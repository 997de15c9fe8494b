//! The circulars' rules, case by case: what follows, what does not, borderlines, both readings, and where
//! a rule has nothing to say.

use hocba::consistency::{self, Findings, MAX_WRITTEN};
use hocba::intake::warnings::{self, Warnings};
use hocba::transcript::contents::*;
use hocba::transcript::sheet::Grade;
use hocba::transcript::time::Day;
use hocba::transcript::{Moment, SchoolYear, SheetClaims};
use proptest::prelude::*;

use crate::transcript::sample::{self, text};

mod primary;
mod secondary;

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

const LEARNING: [(&str, &str); 3] = [
    ("tt22.learning_result", "/results/hocky1"),
    ("tt22.learning_result", "/results/hocky2"),
    ("tt22.learning_result", "/results/canam"),
];

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

/// What is changed on a sheet, and how.
type Change = (&'static str, fn(&mut Sheet));

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
    let silent: &[Change] = &[
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

#[test]
fn a_package_of_odd_sheets_fills_no_disk() {
    let sheet = absurd();
    let findings = consistency::judge(&sheet.0, &sheet.1);
    let (mut warnings, mut details) = (Warnings::default(), Vec::new());
    let sheets = 20_000 / findings.total() as u32;
    for line in 2..2 + sheets {
        warnings.note(line, Some(u64::from(line)), &findings, &mut details).unwrap();
    }
    let claims = warnings.claims();
    assert_eq!(warnings.total(), u64::from(sheets) * findings.total());
    assert_eq!((claims.sheets, claims.sheets_with_warnings), (u64::from(sheets), u64::from(sheets)));
    assert_eq!(claims.written, 10_000);
    assert_eq!(warnings::lines(&details).filter(|line| warnings::rule_of(line).is_some()).count(), 10_000);
    assert!(details.len() < 10_000_000, "{}", details.len());
    assert!(warnings::without_warnings(&details).is_empty());
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
