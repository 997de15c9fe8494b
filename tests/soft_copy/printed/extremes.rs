//! Transcripts made by hand: the longest, the emptiest, the oddest.

use hocba::soft_copy::printed::{PrintedSheet, Standing};
use hocba::transcript::contents::{
    BirthDate, Contents, Results, SecondaryResults, StudyYear, SubjectMark, SubjectTeacher,
};
use hocba::transcript::time::{Day, SchoolYear};
use hocba::transcript::{Level, SheetClaims};

use super::{Paper, copy, in_force, printed};
use crate::transcript::sample::{self, text};

const SENTENCE: &str = "Em có nhiều tiến bộ, tích cực phát biểu và biết giúp đỡ bạn bè trong học tập. ";

/// As many characters as a field takes, ending in a word of its own.
fn long<const N: usize>(end: &str) -> hocba::transcript::text::Text<N> {
    let body: String = SENTENCE.chars().cycle().take(N - end.chars().count() - 1).collect();
    text(&format!("{body} {end}"))
}

/// Every text as long as the dictionary allows.
pub(in crate::soft_copy) fn longest(first: u16) -> (SheetClaims, Contents) {
    let (claims, mut contents) = sample::continuing();
    let name = "Nguyễn Hoàng ".repeat(11);
    contents.name.as_mut().unwrap().full_name = text(&format!("{name}Ẩn Cuối"));
    let staff = contents.staff.as_mut().unwrap();
    staff.school_name = long("TRƯỜNGCUỐI");
    staff.head = long("HIỆUTRƯỞNGCUỐI");
    staff.homeroom_teacher = long("CHỦNHIỆMCUỐI");
    staff.head_title = long("CHỨCVỤCUỐI");
    staff.issue_place = long("ĐỊADANHCUỐI");
    let codes: Vec<_> = staff.subject_teachers.iter().map(|t| t.subject.clone()).collect();
    staff.subject_teachers =
        codes.iter().map(|c| SubjectTeacher { subject: c.clone(), teacher: long("GVCUỐI") }).collect();
    let comments = contents.comments.as_mut().unwrap();
    for comment in &mut comments.subjects {
        comment.comment = long("MÔNCUỐI");
    }
    comments.homeroom = Some(long("CNCUỐI"));
    comments.head = Some(long("DUYỆTCUỐI"));
    let Some(Results::Secondary(results)) = &mut contents.results else { panic!("secondary results") };
    **results = SecondaryResults {
        awards: Some(long("KHENCUỐI")),
        special_awards: Some(long("ĐỘTXUẤTCUỐI")),
        competitions: Some(long("THICUỐI")),
        completion: Some(long("HOÀNTHÀNHCUỐI")),
        summer_training: Some(long("HÈCUỐI")),
        conduct_again: results.conduct_year,
        learning_again: results.learning_year,
        ..(**results).clone()
    };
    (SheetClaims { school_year: SchoolYear::starting(first).unwrap(), ..claims }, contents)
}

#[test]
fn the_longest_texts_of_seven_years_are_printed_to_their_last_word() {
    let years: Vec<_> = (2019..2026).map(longest).collect();
    let sheets: Vec<_> = years.iter().map(in_force).collect();
    let rendered = printed(&copy(Level::Continuing, &sheets), vec![]);
    let text = Paper::of(&rendered).text();
    let count = |word: &str| text.matches(word).count();
    assert_eq!(count("MÔNCUỐI"), 7 * 12);
    assert_eq!(count("GVCUỐI"), 7 * 12);
    for word in
        ["HIỆUTRƯỞNGCUỐI", "CHỦNHIỆMCUỐI", "ĐỊADANHCUỐI", "CNCUỐI", "DUYỆTCUỐI", "KHENCUỐI", "THICUỐI", "HÈCUỐI"]
    {
        assert_eq!(count(word), 7, "{word}");
    }
    assert!(count("Ẩn Cuối") >= 8, "the name on cover, page 2 and every year");
}

#[test]
fn a_learner_who_was_not_assessed_prints() {
    let (claims, mut contents) = sample::secondary();
    contents.results = Some(Results::Secondary(Box::default()));
    contents.policy.as_mut().unwrap().not_assessed = true;
    let sheet = (claims, contents);
    let text = Paper::of(&printed(&copy(Level::LowerSecondary, &[in_force(&sheet)]), vec![])).text();
    assert!(text.contains("Học bạ không ghi kết quả đánh giá của năm học này."), "{text}");
    assert!(text.contains("Học sinh khuyết tật không đánh giá"), "{text}");
}

#[test]
fn a_mark_after_reassessment_has_a_column_of_its_own() {
    let mut sheet = sample::secondary();
    let Some(Results::Secondary(results)) = &mut sheet.1.results else { panic!("secondary results") };
    let subject = &mut results.subjects[0];
    subject.year = SubjectMark::parse("4.4");
    subject.again = SubjectMark::parse("6.5");
    let paper = Paper::of(&printed(&copy(Level::LowerSecondary, &[in_force(&sheet)]), vec![]));
    assert!(paper.text().contains("Sau đánh giá lại"), "{}", paper.text());
    let tags = paper.tags();
    let read: Vec<&str> = tags.split('"').skip(1).step_by(2).collect();
    assert!(read.windows(2).any(|pair| pair == ["4,4", "6,5"]), "{tags}");
}

#[test]
fn birth_dates_known_in_part_print_as_they_are_known() {
    for (birth, shown) in [("2014-06", "Ngày sinh: 06/2014"), ("2014", "Ngày sinh: 2014")] {
        let mut sheet = sample::primary();
        sheet.1.name.as_mut().unwrap().birth = BirthDate::parse(birth).unwrap();
        let text = Paper::of(&printed(&copy(Level::Primary, &[in_force(&sheet)]), vec![])).text_of_page(1);
        assert!(text.contains(shown), "{text}");
    }
}

#[test]
fn groups_that_were_not_opened_are_left_out_and_nothing_else() {
    let full = sample::primary();
    let bare = (full.0.clone(), Contents::default());
    let text = Paper::of(&printed(&copy(Level::Primary, &[in_force(&bare)]), vec![])).text();
    assert!(text.contains("NĂM HỌC 2025-2026 – KHỐI 5"), "{text}");
    let by_birth_date = Contents { identity: None, origin: None, family: None, policy: None, ..full.1.clone() };
    let sheet = (full.0.clone(), by_birth_date);
    let text = Paper::of(&printed(&copy(Level::Primary, &[in_force(&sheet)]), vec![])).text();
    assert!(text.contains("Nguyễn Thị Thùy Dương") && text.contains("Hoàn thành xuất sắc"), "{text}");
    for left_out in ["Số định danh", "Nơi sinh", "Họ và tên cha"] {
        assert!(!text.contains(left_out), "{text}");
    }
}

#[test]
fn an_older_circular_prints_word_for_word_beside_newer_years() {
    let (older, newer) = (sample::older(), sample::secondary());
    let older = (SheetClaims { school_year: SchoolYear::starting(2019).unwrap(), trichluc: true, ..older.0 }, older.1);
    let sheets = [in_force(&older), in_force(&newer)];
    let text = Paper::of(&printed(&copy(Level::LowerSecondary, &sheets), vec![])).text();
    for said in
        ["58/2011/TT-BGDĐT", "ghi nguyên văn", "Hạnh kiểm cả năm", "7,2", "được chuyển từ học bạ giấy", "Ngữ văn"]
    {
        assert!(text.contains(said), "{said} is missing in: {text}");
    }
}

#[test]
fn the_years_of_study_are_told_by_the_newest_sheet_and_by_the_years_that_count() {
    let mut sheet = sample::secondary();
    let earlier = StudyYear {
        school_year: SchoolYear::starting(2021).unwrap(),
        class: text("2C"),
        school: text("Trường Tiểu học Kim Đồng"),
        province: text("Hải Dương"),
        transferred_in: Day::parse("2022-01-10"),
    };
    let Some(Results::Secondary(results)) = &mut sheet.1.results else { panic!("secondary results") };
    results.history = vec![earlier];
    let withdrawn_claims = SheetClaims { school_year: SchoolYear::starting(2023).unwrap(), ..sheet.0.clone() };
    let withdrawn = PrintedSheet { claims: &withdrawn_claims, contents: &sheet.1, standing: Standing::Withdrawn(None) };
    let sheets = [withdrawn, in_force(&sheet)];
    let text = Paper::of(&printed(&copy(Level::LowerSecondary, &sheets), vec![])).text_of_page(2);
    for said in ["2021-2022", "Trường Tiểu học Kim Đồng, Hải Dương", "10/01/2022", "2025-2026"] {
        assert!(text.contains(said), "{said} is missing in: {text}");
    }
    assert!(!text.contains("2023-2024"), "a withdrawn year is no year of study: {text}");
}
