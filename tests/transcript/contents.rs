//! The nine groups: marks, shapes by circular, strictness, the wire.

use hocba::transcript::Level;
use hocba::transcript::contents::*;
use hocba::transcript::groups::{Group, GroupSet};
use hocba::transcript::strict::from_slice;
use proptest::prelude::*;
use serde_json::json;

use super::sample;

#[test]
fn marks_are_tenths_or_words() {
    let tenths = |n| Some(SubjectMark::Mark(Tenths::new(n).unwrap()));
    for (text, mark) in [
        ("0", tenths(0)),
        ("8", tenths(80)),
        ("8.0", tenths(80)),
        ("8.5", tenths(85)),
        ("10", tenths(100)),
        ("10.0", tenths(100)),
        ("Đ", Some(SubjectMark::Passed)),
        ("CĐ", Some(SubjectMark::NotPassed)),
        ("M", Some(SubjectMark::Exempt)),
        ("10.1", None),
        ("11", None),
        ("8,5", None),
        ("8.", None),
        (".5", None),
        ("8.55", None),
        ("08", None),
        ("+8", None),
        ("-1", None),
        ("1e1", None),
        ("Ð", None),
        ("đ", None),
        ("CD", None),
        ("", None),
        ("８", None),
    ] {
        assert_eq!(SubjectMark::parse(text), mark, "{text:?}");
    }
    assert_eq!(SubjectMark::parse("8").unwrap().to_vietnamese(), "8,0");
    assert_eq!(SubjectMark::NotPassed.to_vietnamese(), "CĐ");
    assert!(serde_json::from_str::<SubjectMark>("8").is_err());
}

#[test]
fn primary_test_marks_are_whole_and_start_at_one() {
    for (text, valid) in [
        ("1", true),
        ("9", true),
        ("10", true),
        ("M", true),
        ("0", false),
        ("9.5", false),
        ("9,5", false),
        ("01", false),
        ("11", false),
        ("", false),
    ] {
        assert_eq!(TestMark::parse(text).is_some(), valid, "{text:?}");
    }
}

#[test]
fn level_and_circular_choose_the_shape() {
    use ResultsKind::{Older, Primary, Secondary};
    for (level, circular, kind) in [
        (Level::Primary, "27/2020", Some(Primary)),
        (Level::Primary, "27/2020/TT-BGDĐT", Some(Primary)),
        (Level::Primary, "31/2026", Some(Primary)),
        (Level::Primary, "22/2016", Some(Older)),
        (Level::LowerSecondary, "22/2021", Some(Secondary)),
        (Level::LowerSecondary, "26/2020", Some(Older)),
        (Level::UpperSecondary, "58/2011/TT-BGDĐT", Some(Older)),
        (Level::Continuing, "43/2021", Some(Secondary)),
        (Level::Continuing, "02/2007", Some(Older)),
        (Level::Primary, "TT27/2020", None),
        (Level::Primary, "27", None),
        (Level::Primary, "27/20", None),
        (Level::Primary, "27/9999", None),
        (Level::Primary, "/2020", None),
        (Level::Primary, "", None),
    ] {
        assert_eq!(ResultsKind::of(level, circular), kind, "{circular:?}");
    }
}

fn name(value: &serde_json::Value) -> Option<NameGroup> {
    from_slice(&serde_json::to_vec(value).unwrap(), MAX_GROUP).ok()
}

#[test]
fn a_name_has_exactly_one_birth_date() {
    let birth = |v: serde_json::Value| name(&v).map(|n| n.birth.to_string());
    let with = |member: &str, value: &str| birth(json!({"hovaten": "A", "gioitinh": "1", member: value}));
    assert_eq!(with("ngaythangnamsinh", "2014-03-09").as_deref(), Some("2014-03-09"));
    assert_eq!(with("thangnamsinh", "2014-03").as_deref(), Some("2014-03"));
    assert_eq!(with("namsinh", "2014").as_deref(), Some("2014"));
    assert_eq!(with("namsinh", "2014-03"), None);
    assert_eq!(with("ngaythangnamsinh", "2014"), None);
    assert_eq!(birth(json!({"hovaten": "A", "gioitinh": "1"})), None);
    assert_eq!(birth(json!({"hovaten": "A", "gioitinh": "1", "namsinh": "2014", "thangnamsinh": "2014-03"})), None);
}

#[test]
fn groups_refuse_what_they_do_not_know() {
    let base = json!({"hovaten": "A", "gioitinh": "1", "namsinh": "2014"});
    assert!(name(&base).is_some());
    for (member, value) in [
        ("tuoi", json!(6)),
        ("gioitinh", json!(1)),
        ("gioitinh", json!("3")),
        ("hovaten", json!("")),
        ("hovaten", json!("A\nB")),
    ] {
        let mut changed = base.clone();
        changed[member] = value;
        assert!(name(&changed).is_none(), "{changed}");
    }
    let twice = br#"{"hovaten":"A","hovaten":"A","gioitinh":"1","namsinh":"2014"}"#;
    assert!(from_slice::<NameGroup>(twice, MAX_GROUP).is_err());
    let mut extended = base;
    extended["extensions"] = json!({"vn.example": {"bietdanh": "A"}});
    assert!(name(&extended).is_some());
}

#[test]
fn identification_numbers_are_twelve_ascii_digits() {
    for (text, valid) in
        [("003214000017", true), ("3214000017", false), ("00321400001a", false), ("００３２", false), ("", false)]
    {
        assert_eq!(PersonalId::parse(text).is_some(), valid, "{text:?}");
    }
    let foreign = br#"{"mahocsinh":"2200000017"}"#;
    assert!(from_slice::<IdentityGroup>(foreign, MAX_GROUP).is_ok());
}

#[test]
fn absences_end_at_three_hundred() {
    assert!(serde_json::from_str::<Absences>("300").is_ok());
    for wrong in ["301", "-1", "1.0", "\"3\""] {
        assert!(serde_json::from_str::<Absences>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_group_survives_the_wire() {
    for (claims, contents) in [sample::primary(), sample::secondary(), sample::older(), sample::continuing()] {
        let kind = ResultsKind::of(claims.level, claims.circular.as_str()).unwrap();
        let (_, disclosures) = sample::seal(claims, &contents);
        let mut read = Contents::default();
        for disclosure in &disclosures {
            read.put(disclosure.group(), kind, disclosure.value()).unwrap();
        }
        assert!(read == contents);
        assert_eq!(read.groups(), GroupSet::ALL);
    }
}

#[test]
fn results_of_one_shape_are_not_read_as_another() {
    let (_, contents) = sample::secondary();
    let json = serde_json::to_vec(contents.results.as_ref().unwrap()).unwrap();
    assert!(Results::from_json(ResultsKind::Secondary, &json).is_ok());
    assert!(Results::from_json(ResultsKind::Primary, &json).is_err());
    assert!(Results::from_json(ResultsKind::Older, &json).is_err());
}

#[test]
fn contents_do_not_print_themselves() {
    let (_, contents) = sample::secondary();
    let printed =
        format!("{contents:?} {:?} {:?} {:?} {:?}", contents.name, contents.identity, contents.results, contents.staff);
    for secret in ["Dương", "2014", "003314", "8.4", "Huy", "Tốt"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn each_group_has_one_name() {
    for group in Group::ALL {
        assert_eq!(Group::from_name(group.name()), Some(group));
        assert_eq!(serde_json::to_value(group).unwrap(), json!(group.name()));
    }
    assert_eq!(Group::from_name("Name"), None);
    assert!(GroupSet::ALL.covers(GroupSet::REQUIRED) && !GroupSet::REQUIRED.covers(GroupSet::ALL));
    assert!(!GroupSet::BIRTH_DATE.contains(Group::Identity) && !GroupSet::BIRTH_DATE.contains(Group::StaffIds));
}

proptest! {
    #[test]
    fn every_mark_survives(tenths in 0u8..=100) {
        let mark = SubjectMark::Mark(Tenths::new(tenths).unwrap());
        prop_assert_eq!(SubjectMark::parse(&mark.to_string()), Some(mark));
        prop_assert!(mark.to_string().len() <= 4);
    }

    #[test]
    fn no_text_makes_a_mark_reader_panic(text in any::<String>()) {
        let _ = (SubjectMark::parse(&text), TestMark::parse(&text), PersonalId::parse(&text));
        for level in Level::ALL {
            let _ = ResultsKind::of(level, &text);
        }
    }

    #[test]
    fn a_mutated_group_never_panics(at in any::<proptest::sample::Index>(), byte in any::<u8>(), which in 0usize..9) {
        let (claims, contents) = sample::secondary();
        let (_, disclosures) = sample::seal(claims, &contents);
        let mut value = disclosures[which].value().to_vec();
        let at = at.index(value.len());
        value[at] = byte;
        let _ = Contents::default().put(disclosures[which].group(), ResultsKind::Secondary, &value);
    }
}
