//! Comparing with a paper copy: how typed values are read, which values there are, and what the whole
//! of them says.

use hocba::transcript::contents::*;
use hocba::transcript::paper::{Column, Conclusion, Outcome, Reading, Tally, Typed, Value, learner, read, year};
use hocba::transcript::time::SchoolYear;
use proptest::prelude::*;
use serde_json::json;

use Reading::{Different, Same, Unreadable};

fn mark(text: &str) -> Value<'static> {
    Value::Mark(SubjectMark::parse(text).unwrap())
}

fn test_mark(text: &str) -> Value<'static> {
    Value::Test(TestMark::parse(text).unwrap())
}

fn born(text: &str) -> Value<'static> {
    Value::Birth(BirthDate::parse(text).unwrap())
}

fn check(value: Value<'_>, cases: &[(&str, Reading)]) {
    for (typed, expected) in cases {
        assert_eq!(read(typed, value), *expected, "{typed:?}");
    }
}

#[test]
fn marks_are_numbers_however_they_are_typed() {
    check(
        mark("8.5"),
        &[
            ("8,5", Same),
            ("8.5", Same),
            (" 8 , 5 ", Same),
            ("8,50", Same),
            ("08,5", Same),
            ("\u{a0}8,5\u{202f}", Same),
            ("８，５", Same),
            ("8", Different),
            ("85", Different),
            ("8,55", Different),
            ("8,51", Different),
            ("5,8", Different),
            ("11", Different),
            ("Đ", Different),
            ("M", Different),
            ("-", Different),
            ("8,", Unreadable),
            (",5", Unreadable),
            ("8,5,0", Unreadable),
            ("8.5đ", Unreadable),
            ("+8,5", Unreadable),
            ("tám rưỡi", Unreadable),
            ("8,50000", Unreadable),
        ],
    );
    check(
        mark("8"),
        &[("8", Same), ("8,0", Same), ("8.0", Same), ("8,00", Same), ("80", Different), ("8,1", Different)],
    );
    check(mark("10"), &[("10", Same), ("10,0", Same), ("1,0", Different), ("1", Different)]);
    check(mark("0"), &[("0", Same), ("0,0", Same), ("-", Different)]);
    check(test_mark("9"), &[("9", Same), ("9,0", Same), ("9,5", Different), ("6", Different), ("T", Unreadable)]);
}

#[test]
fn letters_of_levels_are_read_in_any_case_with_or_without_marks() {
    check(
        mark("CĐ"),
        &[
            ("CĐ", Same),
            ("cđ", Same),
            ("Cđ", Same),
            ("C Đ", Same),
            ("CD", Same),
            ("CÐ", Same),
            ("C\u{110}.", Same),
            ("Chưa đạt", Same),
            ("CHƯA ĐẠT", Same),
            ("chua dat", Same),
            ("Chu\u{31b}a đa\u{323}t", Same),
            ("Đ", Different),
            ("Đạt", Different),
            ("M", Different),
            ("4,9", Different),
            ("C", Unreadable),
            ("K", Unreadable),
        ],
    );
    check(mark("Đ"), &[("đ", Same), ("đạt", Same), ("CĐ", Different), ("8", Different)]);
    check(mark("M"), &[("m", Same), ("Miễn", Same), ("mien", Same), ("Đ", Different)]);
    check(test_mark("M"), &[("miễn", Same), ("10", Different)]);
    let level = |level| Value::Year(level);
    check(level(YearLevel::Good), &[("t", Same), ("TỐT", Same), ("K", Different), ("9", Different), ("H", Unreadable)]);
    check(level(YearLevel::Fair), &[("k", Same), ("Khá", Same), ("T", Different)]);
    check(level(YearLevel::NotReached), &[("cđ", Same), ("Đ", Different)]);
    let level = |level| Value::Level(level);
    check(
        level(SubjectLevel::CompletedWell),
        &[("T", Same), ("HTT", Same), ("hoàn thành tốt", Same), ("H", Different)],
    );
    check(level(SubjectLevel::Completed), &[("h", Same), ("HT", Same), ("Hoàn thành", Same), ("T", Different)]);
    check(
        level(SubjectLevel::NotCompleted),
        &[("c", Same), ("CHT", Same), ("Chưa hoàn thành", Same), ("H", Different)],
    );
    let level = |level| Value::Attainment(level);
    check(level(Attainment::NeedsEffort), &[("c", Same), ("Cần cố gắng", Same), ("Đ", Different), ("K", Unreadable)]);
}

#[test]
fn names_keep_their_marks_wherever_they_stand() {
    let name = Value::Name("Nguyễn Hòa Thúy");
    check(
        name,
        &[
            ("Nguyễn Hòa Thúy", Same),
            ("Nguyễn Hoà Thuý", Same),
            ("NGUYỄN HÒA THÚY", Same),
            ("  nguyễn   hòa\tthúy ", Same),
            ("Nguye\u{302}\u{303}n Hoa\u{300} Thu\u{301}y", Same),
            ("Nguyên Hòa Thúy", Different),
            ("Nguyễn Hóa Thúy", Different),
            ("Nguyễn Hòa Thùy", Different),
            ("Nguyễn Hòa", Different),
            ("Thúy Nguyễn Hòa", Different),
            ("Nguyen Hoa Thuy", Unreadable),
            ("Nguyen Hoa Thu", Different),
        ],
    );
    check(Value::Name("Đỗ Quý Đôn"), &[("Đỗ Qúy Đôn", Same), ("Ðỗ Quý Ðôn", Same), ("Đỗ Quí Đôn", Different)]);
    check(
        Value::Name("H'Mai Niê Kđăm"),
        &[
            ("H’Mai Niê Kđăm", Same),
            ("H' Mai Niê Kđăm", Same),
            ("Hmai Niê Kđăm", Different),
            ("H'Mai Nie Kdam", Unreadable),
        ],
    );
    check(Value::Name("Lý Sỹ"), &[("Lí Sĩ", Different)]);
}

#[test]
fn texts_care_for_words_and_not_for_points() {
    let school = Value::Text("Trường THCS Hoàng Su Phì");
    check(
        school,
        &[
            ("trường thcs hoàng su phì.", Same),
            ("THCS Hoàng Su Phì", Different),
            ("truong thcs hoang su phi", Unreadable),
        ],
    );
    check(Value::Text("7,6"), &[("7.6", Same), ("7,60", Same), ("76", Different), ("7,5", Different)]);
    check(Value::Text("6A1"), &[("6a1", Same), ("6A2", Different), ("-", Different)]);
}

#[test]
fn birth_dates_are_read_as_people_here_write_them() {
    check(
        born("2014-09-05"),
        &[
            ("5/9/2014", Same),
            ("05/09/2014", Same),
            ("5-9-2014", Same),
            ("5.9.2014", Same),
            ("5 9 2014", Same),
            ("ngày 5 tháng 9 năm 2014", Same),
            ("2014-09-05", Same),
            ("9/5/2014", Different),
            ("2014", Different),
            ("9/2014", Different),
            ("5/9/14", Unreadable),
            ("31/2/2014", Unreadable),
            ("hôm qua", Unreadable),
        ],
    );
    check(born("2014-09"), &[("9/2014", Same), ("tháng 9 năm 2014", Same), ("2014", Different)]);
    check(born("2014"), &[("2014", Same), ("năm 2014", Same), ("5/9/2014", Different)]);
}

#[test]
fn answers_counts_and_blanks() {
    check(
        Value::Answer(true),
        &[("Có", Same), ("x", Same), ("Được lên lớp", Same), ("không", Different), ("?", Unreadable)],
    );
    check(Value::Answer(false), &[("Không", Same), ("Không được lên lớp", Same), ("có", Different)]);
    check(
        Value::Absences(Absences::new(3).unwrap()),
        &[("3", Same), ("03", Same), ("30", Different), ("ba", Unreadable)],
    );
    check(Value::Sex(Sex::Female), &[("Nữ", Same), ("nu", Same), ("Nam", Different), ("F", Unreadable)]);
    check(Value::Nothing, &[("-", Same), ("–", Same), ("không", Same), ("Học sinh Giỏi", Different), ("9", Different)]);
}

fn secondary() -> Contents {
    let results = json!({
        "monhoc": [
            {"mamonhoc": "TOA", "tenmonhoc": "Toán", "diemhocky1": "8.5", "diemhocky2": "9.0", "diemcanam": "8.8"},
            {"mamonhoc": "A.1", "tenmonhoc": "Tự chọn", "diemcanam": "Đ"}
        ],
        "canam": "T", "renluyencanam": "K", "sobuoinghi": 2, "duoclenlop": true
    });
    let mut contents = Contents::default();
    contents.put(hocba::transcript::Group::Results, ResultsKind::Secondary, results.to_string().as_bytes()).unwrap();
    contents
}

fn typed(values: &[(&str, &str)], ticks: &[&str]) -> Typed {
    let mut typed = Typed::default();
    values.iter().for_each(|(key, text)| typed.put((*key).to_owned(), (*text).to_owned()));
    ticks.iter().for_each(|key| typed.tick((*key).to_owned()));
    typed
}

#[test]
fn a_year_is_compared_value_by_value() {
    let contents = secondary();
    let rows = year(SchoolYear::starting(2025).unwrap(), &contents);
    let keys: Vec<&str> = rows.iter().map(|r| r.key.as_str()).collect();
    let expected = [
        "2025.mTOA",
        "2025.mA.1",
        "2025.renluyen",
        "2025.hoctap",
        "2025.nghi",
        "2025.lenlop",
        "2025.khen",
        "2025.dotxuat",
    ];
    assert_eq!(keys, expected);
    assert!(rows.iter().all(|r| r.part() == "2025"));
    let cell_keys: Vec<String> = rows.iter().flat_map(|r| r.cells.iter().map(|c| r.cell_key(c))).collect();
    let mut distinct = cell_keys.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), cell_keys.len(), "every field has a name of its own");
    assert_eq!(cell_keys[..3], ["2025.mTOA.1", "2025.mTOA.2", "2025.mTOA.3"]);
    assert_eq!(rows[0].cells[2].column, Column::Year);

    let tally = |typed: &Typed| typed.tally(&rows);
    let nothing = tally(&Typed::default());
    // Three marks, one of the elective, two levels, absences, promotion; blanks count for nothing.
    assert_eq!((nothing.not_compared, nothing.all(), nothing.conclusion()), (8, 8, Conclusion::Nothing));
    let all = tally(&typed(&[], &["2025"]));
    assert_eq!((all.ticked >= 8, all.not_compared, all.conclusion()), (true, 0, Conclusion::Matches));
    let one_row = tally(&typed(&[], &["2025.mTOA"]));
    assert_eq!((one_row.ticked, one_row.not_compared, one_row.conclusion()), (3, 5, Conclusion::Partly));
}

#[test]
fn typing_wins_over_ticking_and_one_difference_over_everything() {
    let contents = secondary();
    let rows = year(SchoolYear::starting(2025).unwrap(), &contents);
    let altered = typed(&[("2025.mTOA.3", "9,8")], &["2025", "2025.mTOA"]);
    assert_eq!(altered.outcome(&rows[0], &rows[0].cells[2]), Outcome::Differs);
    assert_eq!(altered.outcome(&rows[0], &rows[0].cells[1]), Outcome::Ticked);
    assert_eq!(altered.tally(&rows).conclusion(), Conclusion::Differs);
    let added = typed(&[("2025.khen.0", "Học sinh Xuất sắc")], &["2025"]);
    assert_eq!(added.tally(&rows).conclusion(), Conclusion::Differs, "an award that only the paper has");
    let unread = typed(&[("2025.mTOA.3", "8,8x")], &["2025"]);
    assert_eq!(unread.tally(&rows).conclusion(), Conclusion::Partly, "what could not be read confirms nothing");
    let blank = typed(&[("2025.mTOA.3", "  ")], &[]);
    assert!(blank.is_empty());
}

#[test]
fn the_learner_is_compared_too() {
    let name = json!({"hovaten": "Lò Văn Pành", "gioitinh": "1", "namsinh": "2012"});
    let name: NameGroup = serde_json::from_value(name).unwrap();
    let rows = learner(&name);
    let all = typed(&[("hs.ten.0", "LÒ VĂN PÀNH"), ("hs.sinh.0", "2012"), ("hs.gioi.0", "nam")], &[]).tally(&rows);
    assert_eq!(all, Tally { matches: 3, ..Tally::default() });
    assert_eq!(all.conclusion(), Conclusion::Matches);
}

proptest! {
    /// Whatever the mark, its own printed form is the same and no other mark's is.
    #[test]
    fn only_the_same_mark_is_the_same(known in 0u8..=100, typed in 0u8..=100) {
        let tenths = |n| Tenths::new(n).unwrap();
        let value = Value::Mark(SubjectMark::Mark(tenths(known)));
        for text in [tenths(typed).to_vietnamese(), tenths(typed).to_string()] {
            prop_assert_eq!(read(&text, value) == Same, known == typed);
        }
    }

    /// Any text can be typed anywhere.
    #[test]
    fn nothing_typed_breaks_it(text in "\\PC{0,40}") {
        for value in [mark("8.5"), born("2014"), Value::Name("H'Mai"), Value::Nothing, Value::Answer(true)] {
            read(&text, value);
        }
    }

    /// A name is the same as itself in any form of Unicode and any case.
    #[test]
    fn a_name_is_itself(name in "[A-ZĐÊÔƠƯ][a-zàáảãạăâđêôơưỳ']{0,8}( [A-ZĐ][a-zờớởỡợ]{0,6}){0,3}") {
        use unicode_normalization::UnicodeNormalization as _;
        let nfd: String = name.nfd().collect();
        for typed in [name.clone(), nfd, name.to_uppercase(), format!(" {name} ")] {
            prop_assert_eq!(read(&typed, Value::Name(&name)), Same);
        }
    }
}
