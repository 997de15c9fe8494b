//! Permissions to be late.

use hocba::transcript::backfill::{BackfillClaims, BackfillShapeFault};
use hocba::transcript::strict;
use hocba::transcript::text::Text;
use hocba::transcript::time::SchoolYear;

use super::samples::{id, moment};

fn claims() -> BackfillClaims {
    let json = br#"{"version":1,"provinces":[{"matinh":"22","vintage":"2025-07-01"}],"schools":["22000701"],
        "school_years":["2022-2023"],"until":"2026-12-31T23:59:59+07:00","reason":"bo sung"}"#;
    strict::from_slice(json, 1000).unwrap()
}

fn code(text: &str) -> Text<20> {
    Text::new(text).unwrap()
}

#[test]
fn covers_what_it_names_and_nothing_else() {
    let (entry, quang_ninh) = (claims(), id("22", "2025-07-01"));
    entry.check_shape().unwrap();
    let (year, in_time) = (SchoolYear::starting(2022).unwrap(), moment("2026-12-31T23:59:59+07:00"));
    assert!(entry.covers(quang_ninh, &code("22000701"), year, in_time));
    assert!(!entry.covers(quang_ninh, &code("22000702"), year, in_time));
    assert!(!entry.covers(id("22", "2004-07-08"), &code("22000701"), year, in_time));
    assert!(!entry.covers(quang_ninh, &code("22000701"), SchoolYear::starting(2023).unwrap(), in_time));
    assert!(!entry.covers(quang_ninh, &code("22000701"), year, moment("2027-01-01T00:00:00+07:00")));
    let whole_province = BackfillClaims { schools: Vec::new(), ..entry };
    assert!(whole_province.covers(quang_ninh, &code("22000702"), year, in_time));
}

#[test]
fn an_entry_without_bounds_is_refused() {
    let shape = |change: fn(&mut BackfillClaims)| {
        let mut entry = claims();
        change(&mut entry);
        entry.check_shape()
    };
    assert_eq!(shape(|e| e.version = 2), Err(BackfillShapeFault::Version));
    assert_eq!(shape(|e| e.school_years.clear()), Err(BackfillShapeFault::Unbounded));
    assert_eq!(
        shape(|e| {
            e.provinces.clear();
            e.schools.clear();
        }),
        Err(BackfillShapeFault::Unbounded)
    );
    assert_eq!(shape(|e| e.schools = vec![code("1"); 2001]), Err(BackfillShapeFault::TooMany));
}
