//! What a search never shows: more than twenty, what lies outside the grant, whoever is only numbered alike.

use super::nation::{LEARNERS, birth, code, everything, fill, find, position, province, sheet, tag, who, year};
use hocba::search::{Granted, Query, Scope, SearchEntry, open};
use hocba::transcript::{Level, SchoolYear};

fn everywhere<T>() -> Granted<T> {
    Granted::All
}

#[test]
fn a_number_finds_its_sheets_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let reader = fill(dir.path(), 3).reader();
    for (i, learner) in LEARNERS.iter().enumerate() {
        let query = Query::identified(tag(&format!("{:012}", 3_000_000_000 + i)));
        assert_eq!(who(&find(&reader, &query, &everything())), [learner.0]);
        assert_eq!(format!("{query:?}"), "Query(identification number)");
    }
    assert!(find(&reader, &Query::identified(tag("003000099999")), &everything()).hits.is_empty());
}

#[test]
fn a_number_is_narrowed_like_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let reader = fill(dir.path(), 1).reader();
    let an = || Query::identified(tag("003000000000"));
    let found = |query: Query| who(&find(&reader, &query, &everything()));
    assert_eq!(found(an().in_school("THCS Nguyễn Du").unwrap().in_province("Hà Nội").unwrap()), ["an"]);
    assert!(found(an().in_school("THCS Chu Văn An").unwrap()).is_empty());
    assert!(found(an().in_province("Huế").unwrap()).is_empty());
    assert!(found(an().in_year(year(2020))).is_empty());
    assert!(found(an().at_level(Level::Primary)).is_empty());
}

#[test]
fn what_is_outside_the_grant_does_not_exist() {
    let dir = tempfile::tempdir().unwrap();
    let reader = fill(dir.path(), 4).reader();
    let years: [Granted<SchoolYear>; 3] = [everywhere(), Granted::only([year(2022)]), Granted::only([])];
    let levels: [Granted<Level>; 3] = [everywhere(), Granted::only([Level::UpperSecondary]), Granted::only([])];
    let provinces = [
        (
            everywhere(),
            &["01", "04", "24", "-24", "-27", "31", "38", "46", "-46", "48", "52", "-64", "66", "68", "79", "92"][..],
        ),
        (Granted::only([province("24")]), &["24"][..]),
        (Granted::only([province("24"), province("-24"), province("-27")]), &["24", "-24", "-27"][..]),
        (Granted::only([province("-24")]), &["-24"][..]),
        (Granted::only([province("-27"), province("79")]), &["-27", "79"][..]),
        (Granted::only([province("99")]), &[][..]),
        (Granted::only([]), &[][..]),
    ];
    for (granted, places) in &provinces {
        for level in &levels {
            for years in &years {
                let scope = Scope::new(granted, level.clone(), years.clone());
                for (i, learner) in LEARNERS.iter().enumerate() {
                    let sheet = sheet(i as u64, learner);
                    let is_inside =
                        places.contains(&learner.3) && level.contains(sheet.level) && years.contains(sheet.year);
                    for query in
                        [Query::named(learner.1, birth(learner.2)).unwrap(), Query::identified(sheet.personal.unwrap())]
                    {
                        let found = find(&reader, &query, &scope);
                        assert_eq!(who(&found).contains(&learner.0), is_inside, "{}", learner.0);
                        assert_eq!(query.finds(&sheet, &scope), is_inside, "{}", learner.0);
                        assert!(!found.more);
                    }
                }
            }
        }
    }
}

#[test]
fn narrowing_never_widens_a_grant() {
    let dir = tempfile::tempdir().unwrap();
    let reader = fill(dir.path(), 2).reader();
    let scope = Scope::new(&Granted::only([province("-24")]), everywhere(), everywhere());
    let duc = || Query::named("Đặng Đình Đức", birth("2010-10-10")).unwrap();
    assert_eq!(who(&find(&reader, &duc(), &scope)), ["dang"]);
    assert_eq!(who(&find(&reader, &duc().in_province("Bắc Ninh").unwrap(), &scope)), ["dang"]);
    assert!(find(&reader, &duc().in_province("Hà Nội").unwrap(), &scope).hits.is_empty());
}

fn many(leaf: u64, booklet: u64, first: u16, place: &str) -> SearchEntry<'static> {
    let an = &LEARNERS[0];
    SearchEntry { code: code(booklet), leaf, year: year(first), province: province(place), ..sheet(leaf, an) }
}

#[test]
fn a_booklet_is_one_hit_with_its_newest_sheet() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    for (leaf, first) in [(0, 2021), (1, 2023), (2, 2022)] {
        let _ = writer.add(&many(leaf, 5, first, "01")).unwrap();
        writer.commit(position(leaf + 1)).unwrap();
    }
    let an = Query::named("Nguyễn Văn An", birth("2012-03-04")).unwrap();
    let hits = |query: &Query| find(&writer.reader(), query, &everything()).hits;
    assert_eq!(hits(&an).iter().map(|hit| (hit.code, hit.leaf)).collect::<Vec<_>>(), [(code(5), 1)]);
    assert_eq!(hits(&an.clone().in_year(year(2022)))[0].leaf, 2);
}

#[test]
fn at_most_twenty_and_what_is_outside_does_not_push_anybody_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    for leaf in 0..60 {
        let place = if leaf % 2 == 0 { "01" } else { "79" };
        let _ = writer.add(&many(leaf, leaf / 3 * 3 + leaf % 2, 2020 + (leaf % 3) as u16, place)).unwrap();
    }
    writer.commit(position(60)).unwrap();
    let an = Query::named("Nguyễn Văn An", birth("2012-03-04")).unwrap();
    let all = find(&writer.reader(), &an, &everything());
    assert_eq!((all.hits.len(), all.more), (20, true));
    let hue = Scope::new(&Granted::only([province("46")]), everywhere(), everywhere());
    let none = find(&writer.reader(), &an, &hue);
    assert_eq!((none.hits.len(), none.more), (0, false));
    let hanoi = Scope::new(&Granted::only([province("01")]), everywhere(), Granted::only([year(2020)]));
    let some = find(&writer.reader(), &an, &hanoi);
    assert_eq!((some.hits.len(), some.more), (10, false));
    assert!(some.hits.iter().all(|hit| hit.leaf % 6 == 0));
}

#[test]
fn a_province_of_no_list_is_within_the_whole_country_only() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let _ = writer.add(&many(0, 0, 2025, "99")).unwrap();
    writer.commit(position(1)).unwrap();
    let an = Query::named("Nguyễn Văn An", birth("2012-03-04")).unwrap();
    assert_eq!(find(&writer.reader(), &an, &everything()).hits.len(), 1);
    let scope = Scope::new(&Granted::only([province("99")]), everywhere(), everywhere());
    assert!(find(&writer.reader(), &an, &scope).hits.is_empty());
}

#[test]
fn a_sheet_without_a_number_is_found_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let _ = writer.add(&SearchEntry { personal: None, ..many(0, 0, 2025, "01") }).unwrap();
    writer.commit(position(1)).unwrap();
    let an = Query::named("Nguyễn Văn An", birth("2012-03-04")).unwrap();
    assert_eq!(find(&writer.reader(), &an, &everything()).hits.len(), 1);
}

#[test]
fn every_province_of_today_and_of_before_is_found_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let table = include_str!("../../index/provinces.tsv");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let mut expected = Vec::new();
    for row in &rows {
        let today =
            [vec![row[0].to_owned()], row[11].split("; ").map(|old| format!("-{}", &old[..2])).collect()].concat();
        for code in &today {
            let _ = writer.add(&many(expected.len() as u64, 0, 2025, code)).unwrap();
            let old = row[11].split("; ").find(|old| format!("-{}", &old[..2]) == *code);
            let names = [row[1], row[2]].into_iter().chain(old.map(|old| &old[3..]));
            expected.push(names.map(str::to_owned).collect::<Vec<_>>());
        }
    }
    assert_eq!((rows.len(), expected.len()), (34, 34 + 63));
    writer.commit(position(expected.len() as u64)).unwrap();
    for (leaf, names) in expected.iter().enumerate() {
        let number = Query::identified(tag(&format!("{:012}", 3_000_000_000 + leaf)));
        for name in
            names.iter().flat_map(|name| [name.clone(), name.to_uppercase(), hocba::transcript::name::fold(name)])
        {
            let found = find(&writer.reader(), &number.clone().in_province(&name).unwrap(), &everything());
            assert_eq!(found.hits.len(), 1, "{name}");
        }
    }
}
