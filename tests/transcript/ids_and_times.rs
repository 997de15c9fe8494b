//! Codes, days, moments, school years, birth dates.

use hocba::transcript::code::CodeFault;
use hocba::transcript::contents::BirthDate;
use hocba::transcript::province::ProvinceCode;
use hocba::transcript::sheet::Grade;
use hocba::transcript::time::Day;
use hocba::transcript::{Level, Moment, SchoolYear, SheetId, TranscriptCode};
use proptest::prelude::*;

const CODE: &str = "0f8fad5bd9cb469fa16570867728950e";

#[test]
fn a_typed_code_may_have_capitals_hyphens_and_spaces() {
    let expected = TranscriptCode::from_wire(CODE).unwrap();
    for typed in [
        CODE,
        "0F8FAD5BD9CB469FA16570867728950E",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "  0f8f ad5b d9cb 469f a165 7086 7728 950e\n",
        "0f8fad5b\u{2013}d9cb\u{2013}469f\u{2013}a165\u{2013}70867728950e",
        "0f8fad5bd9cb469f\u{a0}a16570867728950e",
    ] {
        assert_eq!(TranscriptCode::from_typed(typed), Ok(expected), "{typed:?}");
    }
}

#[test]
fn a_wrong_code_names_its_group_or_its_length() {
    for (typed, fault) in [
        ("", CodeFault::Length(0)),
        ("0f8f", CodeFault::Length(4)),
        ("0f8fad5bd9cb469fa16570867728950e0", CodeFault::Length(33)),
        ("0f8gad5bd9cb469fa16570867728950e", CodeFault::Group { group: 1 }),
        ("0f8fad5bd9cb469fa16570867728950O", CodeFault::Group { group: 8 }),
        ("0f8fad5bd9cb469fa165 7086 77２8950e", CodeFault::Group { group: 7 }),
        ("đ", CodeFault::Group { group: 1 }),
    ] {
        assert_eq!(TranscriptCode::from_typed(typed), Err(fault), "{typed:?}");
    }
    assert!(TranscriptCode::from_typed(&"a".repeat(1_000_000)).is_err());
}

#[test]
fn the_wire_form_of_a_code_is_32_lower_case_digits_and_nothing_else() {
    for wrong in ["", "0F8FAD5BD9CB469FA16570867728950E", "0f8fad5b-d9cb-469f-a165-70867728950e", &CODE[1..]] {
        assert_eq!(TranscriptCode::from_wire(wrong), None, "{wrong:?}");
        assert!(serde_json::from_str::<SheetId>(&format!("{wrong:?}")).is_err());
    }
    assert!(serde_json::from_str::<TranscriptCode>("12").is_err());
}

#[test]
fn codes_do_not_print_themselves() {
    let code = TranscriptCode::from_wire(CODE).unwrap();
    assert_eq!(format!("{code:?}"), "TranscriptCode(…)");
    assert_eq!(format!("{:?}", SheetId::from_wire(CODE).unwrap()), "SheetId(…)");
}

#[test]
fn days_are_strict() {
    for (text, valid) in [
        ("2026-06-30", true),
        ("2024-02-29", true),
        ("2025-02-29", false),
        ("2026-6-30", false),
        ("2026-06-31", false),
        ("2026-13-01", false),
        ("2026-00-10", false),
        ("+026-06-30", false),
        ("2026/06/30", false),
        ("2026-06-30 ", false),
        ("20260630", false),
        ("ăă-06-30-0", false),
        ("2026-06-3０", false),
    ] {
        assert_eq!(Day::parse(text).is_some(), valid, "{text:?}");
    }
    let day = Day::parse("2026-06-03").unwrap();
    assert_eq!((day.to_vietnamese().as_str(), day.as_number()), ("03/06/2026", 20_260_603));
}

#[test]
fn moments_have_seconds_and_an_offset_and_no_fraction() {
    for (text, valid) in [
        ("2026-06-28T09:00:00+07:00", true),
        ("2026-06-28T02:00:00Z", true),
        ("2026-06-28T09:00:00", false),
        ("2026-06-28T09:00+07:00", false),
        ("2026-06-28T09:00:00.5+07:00", false),
        ("2026-06-28t09:00:00+07:00", false),
        ("2026-06-28 09:00:00+07:00", false),
        ("2026-06-28T09:00:00+0700", false),
        ("2026-06-28T25:00:00+07:00", false),
        ("2026-02-30T09:00:00+07:00", false),
        ("2026-06-28T09:00:00+07:00[Asia/Ho_Chi_Minh]", false),
        ("", false),
    ] {
        assert_eq!(Moment::parse(text).is_some(), valid, "{text:?}");
    }
    let same = |a: &str, b: &str| Moment::parse(a).unwrap() == Moment::parse(b).unwrap();
    assert!(same("2026-06-28T09:00:00+07:00", "2026-06-28T02:00:00Z"));
}

#[test]
fn the_date_of_a_moment_is_the_one_in_vietnam() {
    let late = Moment::parse("2026-06-30T17:30:00Z").unwrap();
    assert_eq!(Day::from(late.date_in_vietnam()), Day::parse("2026-07-01").unwrap());
    assert_eq!(late.to_string(), "2026-07-01T00:30:00+07:00");
    assert_eq!(Moment::start_of_day_in_vietnam(late.date_in_vietnam()), Moment::parse("2026-06-30T17:00:00Z"));
}

#[test]
fn school_years_are_consecutive() {
    for (text, first) in [
        ("2025-2026", Some(2025)),
        ("1976-1977", Some(1976)),
        ("1975-1976", None),
        ("2025-2027", None),
        ("2026-2025", None),
        ("2025–2026", None),
        ("2025-26", None),
        (" 2025-2026", None),
        ("2025-2026-2027", None),
        ("9999-10000", None),
    ] {
        assert_eq!(SchoolYear::parse(text).map(SchoolYear::first), first, "{text:?}");
    }
}

#[test]
fn grades_and_levels_are_two_digits() {
    for (text, grade) in [("01", Some(1)), ("12", Some(12)), ("00", None), ("13", None), ("6", None), ("006", None)] {
        assert_eq!(Grade::parse(text).map(Grade::number), grade, "{text:?}");
    }
    for level in Level::ALL {
        assert_eq!(serde_json::to_string(&level).unwrap(), format!("\"0{}\"", level.number()));
        assert_eq!(Level::from_number(level.number()), Some(level));
    }
    assert!(serde_json::from_str::<Level>("\"01\"").is_err());
    assert_eq!(ProvinceCode::parse("2a"), None);
    assert_eq!(ProvinceCode::parse("２"), None);
}

#[test]
fn a_birth_date_matches_only_at_its_own_precision() {
    let dates = ["2014-03-09", "2014-03-10", "2014-03", "2014-04", "2014", "2013"];
    for a in dates {
        for b in dates {
            let (x, y) = (BirthDate::parse(a).unwrap(), BirthDate::parse(b).unwrap());
            assert_eq!(x.matches(y), a == b, "{a} {b}");
        }
    }
}

#[test]
fn birth_dates_are_strict() {
    for wrong in [
        "",
        "14",
        "1899",
        "2200",
        "2014-13",
        "2014-0",
        "2014-00",
        "2014-3",
        "2014-02-30",
        "09/03/2014",
        "2014-",
        "-2014-3",
    ] {
        assert_eq!(BirthDate::parse(wrong), None, "{wrong:?}");
    }
    let shown = |text: &str| BirthDate::parse(text).unwrap().to_vietnamese();
    assert_eq!([shown("2014-03-09"), shown("2014-03"), shown("2014")], ["09/03/2014", "03/2014", "2014"]);
    assert!(BirthDate::parse("2014-03").unwrap().is_partial());
    assert_eq!(format!("{:?}", BirthDate::parse("2014-03-09").unwrap()), "BirthDate(…)");
}

proptest! {
    #[test]
    fn nothing_typed_makes_a_code_reader_panic(typed in any::<String>()) {
        let _ = TranscriptCode::from_typed(&typed);
        let _ = TranscriptCode::from_wire(&typed);
    }

    #[test]
    fn codes_survive_the_wire(bytes in any::<[u8; 16]>()) {
        let code = TranscriptCode::from_bytes(bytes);
        prop_assert_eq!(TranscriptCode::from_wire(&code.to_string()), Some(code));
        prop_assert_eq!(TranscriptCode::from_typed(&code.to_string().to_uppercase()), Ok(code));
    }

    #[test]
    fn no_text_makes_a_date_reader_panic(text in "[0-9TZ:+\\-\u{1EA1}đ.]{0,26}") {
        if let Some(day) = Day::parse(&text) {
            prop_assert_eq!(day.to_string(), text.clone());
            prop_assert_eq!(Day::from_bytes(day.to_bytes()), Some(day));
        }
        if let Some(year) = SchoolYear::parse(&text) {
            prop_assert_eq!(year.to_string(), text.clone());
        }
        if let Some(birth) = BirthDate::parse(&text) {
            prop_assert_eq!(birth.to_string(), text.clone());
            prop_assert!(birth.matches(birth));
        }
        if let Some(moment) = Moment::parse(&text) {
            prop_assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
        }
    }

    #[test]
    fn dates_of_every_day_survive(y in 0i16..2300, m in 1i8..=12, d in 1i8..=31) {
        let text = format!("{y:04}-{m:02}-{d:02}");
        let real = jiff::civil::Date::new(y, m, d).is_ok();
        prop_assert_eq!(Day::parse(&text).is_some(), real);
    }

    #[test]
    fn moments_survive_the_wire(seconds in -2_000_000_000i64..8_000_000_000) {
        let moment = Moment::from_millis(seconds * 1000).unwrap();
        prop_assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
    }
}
