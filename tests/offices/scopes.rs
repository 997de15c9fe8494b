//! What a grant covers, and what an office may ever see.

use hocba::offices::{Kind, Office, OfficeFault, Provinces, Purpose, Scope, ScopeFault, Years};
use hocba::transcript::time::{Day, SchoolYear};
use hocba::transcript::{Group, GroupSet, Level, SheetClaims};
use proptest::prelude::*;

use super::samples::{GROUPS, at, now, office_id, province, purpose, scope, sheet, text, years};

#[test]
fn a_sheet_is_covered_by_province_level_and_year_together() {
    let scope = scope();
    assert!(scope.covers(&sheet()));
    let mut other = sheet();
    other.province.code = province("31", "2025-07-01").code;
    assert!(!scope.covers(&other), "another province");
    let mut older = sheet();
    older.province.vintage = Day::parse("2004-07-08").unwrap();
    assert!(!scope.covers(&older), "the same two digits of another list are another province");
    assert!(!scope.covers(&SheetClaims { level: Level::Continuing, ..sheet() }));
    for (year, covered) in [(2022, false), (2023, true), (2024, true), (2025, true), (2026, false)] {
        let sheet = SheetClaims { school_year: SchoolYear::starting(year).unwrap(), ..sheet() };
        assert_eq!(scope.covers(&sheet), covered, "{year}");
    }
    let all = Scope::new(Provinces::ALL, Level::ALL, years(2000, 2030), GROUPS, scope.until()).unwrap();
    assert!(all.covers(&sheet()) && all.covers(&older) && all.covers(&other));
}

#[test]
fn a_scope_that_makes_no_sense_cannot_be_had() {
    let until = scope().until();
    assert_eq!(Provinces::these([]), Err(ScopeFault::Provinces));
    let twice = [province("22", "2025-07-01"), province("22", "2025-07-01")];
    assert_eq!(Provinces::these(twice), Err(ScopeFault::Provinces));
    let many = (0..100).flat_map(|n| ["2004-07-08", "2025-07-01"].map(|day| province(&format!("{n:02}"), day)));
    assert_eq!(Provinces::these(many), Err(ScopeFault::Provinces));
    let year = |first| SchoolYear::starting(first).unwrap();
    assert_eq!(Years::new(year(2025), year(2024)), Err(ScopeFault::Years));
    assert!(Years::new(year(2025), year(2025)).is_ok());
    let scope = |levels: &[Level]| Scope::new(Provinces::ALL, levels.to_vec(), years(2023, 2025), GROUPS, until);
    assert_eq!(scope(&[]), Err(ScopeFault::Levels));
    assert_eq!(scope(&[Level::Primary, Level::Primary]), Err(ScopeFault::Levels));
}

#[test]
fn what_is_read_is_checked_like_what_is_made() {
    let good = serde_json::to_string(&scope()).unwrap();
    assert_eq!(serde_json::from_str::<Scope>(&good).unwrap(), scope());
    for (from, to) in [
        ("\"04\"", "\"09\""),
        ("[\"04\"]", "[]"),
        ("\"2023-2024\"", "\"2026-2027\""),
        ("[\"name\",", "[\"name\",\"name\","),
        ("\"results\"", "\"everything\""),
        ("{\"provinces\":", "{\"also\":1,\"provinces\":"),
        ("[{\"matinh\":\"22\",\"vintage\":\"2025-07-01\"}]", "[]"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert!(bad != good && serde_json::from_str::<Scope>(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_line_says_all_of_it() {
    assert_eq!(
        scope().to_string(),
        "provinces 22:2025-07-01; levels thpt; years 2023-2024 to 2025-2026; groups name identity results; \
         until 2026-09-30T23:59:59+07:00"
    );
    let none = Scope::new(Provinces::ALL, [Level::Primary], years(2023, 2023), GroupSet::NONE, scope().until());
    assert!(
        none.unwrap()
            .to_string()
            .starts_with("provinces all; levels tieu_hoc; years 2023-2024 to 2023-2024; groups none;")
    );
}

/// Who may ever see what, whole.
#[test]
fn no_office_sees_more_than_its_kind_may() {
    for (kind, never) in [
        (Kind::Admissions, &[Group::Family, Group::StaffIds][..]),
        (Kind::ReceivingSchool, &[Group::StaffIds]),
        (Kind::Agency, &[]),
    ] {
        for group in Group::ALL {
            let scope = Scope::new(
                Provinces::ALL,
                [Level::Primary],
                years(2023, 2025),
                GroupSet::of(&[group]),
                scope().until(),
            );
            let office = Office::new(office_id(), text("x"), kind, purpose(), scope.unwrap(), now());
            match never.contains(&group) {
                true => assert_eq!(office.unwrap_err(), OfficeFault::Groups(group), "{kind:?}"),
                false => assert!(office.is_ok(), "{kind:?} {group:?}"),
            }
        }
        assert_eq!(Kind::from_name(kind.name()), Some(kind));
    }
}

#[test]
fn a_grant_ends_after_now_and_within_two_years() {
    let office =
        |until| Office::new(office_id(), text("x"), Kind::Agency, purpose(), scope().renewed(until), now()).map(drop);
    assert_eq!(office(now()), Err(OfficeFault::Until));
    assert_eq!(office(at("2026-07-01T08:00:01+07:00")), Ok(()));
    assert_eq!(office(at("2028-07-01T08:00:00+07:00")), Ok(()));
    assert_eq!(office(at("2028-07-01T08:00:01+07:00")), Err(OfficeFault::Until));
}

#[test]
fn an_office_as_read_cannot_see_more_than_its_kind() {
    let groups = GroupSet::ALL;
    let scope = Scope::new(Provinces::ALL, [Level::Primary], years(2023, 2025), groups, scope().until()).unwrap();
    let office = Office::new(office_id(), text("x"), Kind::Agency, purpose(), scope, now()).unwrap();
    let written = serde_json::to_string(&office).unwrap();
    assert_eq!(serde_json::from_str::<Office>(&written).unwrap(), office);
    assert!(serde_json::from_str::<Office>(&written.replace("\"agency\"", "\"admissions\"")).is_err());
}

#[test]
fn a_purpose_names_its_legal_basis() {
    assert_eq!(purpose().line().as_str(), "Xét tuyển đại học (Luật Giáo dục đại học, Điều 34)");
    for (text, citation) in [("", "Điều 1"), ("Xét tuyển", ""), ("Xét\ntuyển", "Điều 1"), ("e\u{301}", "Điều 1")]
    {
        assert!(Purpose::new(text, citation).is_err());
    }
    assert!(Purpose::new(&"đ".repeat(180), &"đ".repeat(100)).is_ok());
    assert!(Purpose::new(&"đ".repeat(181), "Điều 1").is_err());
}

proptest! {
    #[test]
    fn only_what_is_within_is_covered(first in 2000u16..2030, length in 0u16..10, year in 1990u16..2050, level in 0usize..4) {
        let levels = [Level::Primary, Level::Continuing];
        let scope = Scope::new(Provinces::ALL, levels, years(first, first + length), GROUPS, now()).unwrap();
        let sheet = SheetClaims {
            level: Level::ALL[level],
            school_year: SchoolYear::starting(year).unwrap(),
            ..sheet()
        };
        let within = levels.contains(&Level::ALL[level]) && (first..=first + length).contains(&year);
        prop_assert_eq!(scope.covers(&sheet), within);
    }
}
