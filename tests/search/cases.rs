//! The table of searches: what is typed, and who is found, best first.

use std::sync::LazyLock;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::nation::{LEARNERS, birth, code, everything, fill, find, position, sheet, who, year};
use hocba::search::{MAX_HITS, Query, QueryFault, SearchEntry, SearchReader, open};
use hocba::transcript::Level;

/// Where a search looks: nowhere in particular, or in a school, a province, a school year, at a level.
enum In {
    Vietnam,
    School(&'static str),
    Province(&'static str),
    Year(u16),
    Level(Level),
}
use In::{Province, School, Vietnam, Year};

/// What it is about, name, birth date, where, who is found.
type Case = (&'static str, &'static str, &'static str, In, &'static [&'static str]);

const AN: &[&str] = &["an", "an of the month", "an of the year", "ân", "anh"];
/// Those called An, with other marks or none.
const AN_ALONE: &[&str] = &["an", "an of the month", "an of the year", "ân"];
const DANG: &[&str] = &["dang today", "dang", "dang of bac ninh"];

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Marks, capitals, forms of Unicode.
    ("exact marks come before the same letters with others", "Nguyễn Văn An", "2012-03-04", Vietnam, AN),
    ("other marks come first where they are the ones typed", "Nguyễn Văn Ân", "2012-03-04",
        Vietnam, &["ân", "an", "an of the month", "an of the year", "anh"]),
    ("no marks find every marking, the least marked first", "nguyen van an", "2012-03-04", Vietnam, AN),
    ("capitals", "NGUYỄN VĂN AN", "2012-03-04", Vietnam, AN),
    ("capitals without marks", "NGUYEN VAN AN", "2012-03-04", Vietnam, AN),
    ("decomposed letters, as browsers on macOS send them", "Nguye\u{302}\u{303}n Va\u{306}n An", "2012-03-04",
        Vietnam, AN),
    ("half decomposed letters", "Nguyê\u{303}n Văn An", "2012-03-04", Vietnam, AN),
    ("marks in some words only", "Nguyễn Van An", "2012-03-04", Vietnam, AN),
    ("spaces around and between", "  Nguyễn   Văn\tAn ", "2012-03-04", Vietnam, AN),
    ("no-break spaces", "Nguyễn\u{a0}Văn\u{a0}An", "2012-03-04", Vietnam, AN),
    ("characters that cannot be seen", "\u{feff}Nguyễn Văn\u{200b} An", "2012-03-04", Vietnam, AN),
    ("a full stop behind the name", "Nguyễn Văn An.", "2012-03-04", Vietnam, AN),
    ("words typed together", "nguyenvanan", "2012-03-04", Vietnam, &["an", "ân", "an of the month", "an of the year"]),
    // đ and what is taken for it.
    ("đ typed as d", "dang dinh duc", "2010-10-10", Vietnam, DANG),
    ("đ typed as the Icelandic eth", "\u{d0}ặng \u{d0}ình \u{d0}ức", "2010-10-10", Vietnam, DANG),
    ("đ typed as the small eth", "\u{f0}ặng \u{f0}ình \u{f0}ức", "2010-10-10", Vietnam, DANG),
    ("đ typed as the African D", "\u{189}ặng \u{189}ình \u{189}ức", "2010-10-10", Vietnam, DANG),
    ("eth on record, đ typed", "Đỗ Đăng Khoa", "2009-09-09", Vietnam, &["eth"]),
    ("eth on record, d typed", "do dang khoa", "2009-09-09", Vietnam, &["eth"]),
    ("eth on record and typed", "\u{d0}ỗ \u{d0}ăng Khoa", "2009-09-09", Vietnam, &["eth"]),
    // Where the tone stands.
    ("new placement finds old placement, both exact", "Bế Thị Hoà", "2011-05-06", Vietnam, &["hoa", "hoà", "hoả"]),
    ("old placement finds new placement, both exact", "Bế Thị Hòa", "2011-05-06", Vietnam, &["hoa", "hoà", "hoả"]),
    ("no tone comes first where none was typed", "Bế Thị Hoa", "2011-05-06", Vietnam, &["hoả", "hoa", "hoà"]),
    ("khoẻ for khỏe", "Trần Khoẻ", "2011-05-07", Vietnam, &["khoe"]),
    ("thuý for thúy", "Lê Thị Thuý", "2011-05-08", Vietnam, &["thuy"]),
    ("qúy for quý", "Nguyễn Thị Qúy", "2011-05-09", Vietnam, &["quy"]),
    ("thuỳ for thùy in a long name", "Công Tằng Tôn Nữ Thuỳ Dương", "2010-12-31", Vietnam, &["duong"]),
    // Order of words.
    ("given name first", "An Nguyễn Văn", "2012-03-04", Vietnam, AN),
    ("given name first without marks", "an nguyen van", "2012-03-04", Vietnam, AN),
    ("given, middle, family", "An Văn Nguyễn", "2012-03-04", Vietnam, AN),
    ("a comma after the given name", "An, Nguyễn Văn", "2012-03-04", Vietnam, AN),
    ("given name first on record", "Nguyễn Văn An", "2010-01-01", Vietnam, &["van an"]),
    ("given name first in six words", "Quang Nguyễn Hoàng Lê Minh Nhật", "2010-12-30", Vietnam, &["nhat quang"]),
    // One typing error.
    ("a letter left out", "Nguyen Va An", "2012-03-04", Vietnam, AN_ALONE),
    ("a letter twice", "Nguyenn Van An", "2012-03-04", Vietnam, AN_ALONE),
    ("a letter mistaken", "Nguyem Van An", "2012-03-04", Vietnam, AN_ALONE),
    ("two letters swapped", "Nugyen Van An", "2012-03-04", Vietnam, AN_ALONE),
    ("a typing error with the given name first", "Ann Nguyen Van", "2012-03-04",
        Vietnam, &["an", "ân", "anh", "an of the month", "an of the year"]),
    ("a typing error in a name with marks", "Phạm Minh Phươg", "2012-06-01", Vietnam, &["phuong", "phuong two"]),
    ("exact marks of two names that differ in a dot", "Phạm Minh Phượng", "2012-06-01",
        Vietnam, &["phuong two", "phuong"]),
    ("i for y is a typing error in a name, not the same", "Nguyễn Đăng Sĩ", "2011-11-11", Vietnam, &["si", "sy"]),
    ("y for i likewise", "Nguyễn Đăng Sỹ", "2011-11-11", Vietnam, &["sy", "si"]),
    ("two typing errors find nobody", "Nguyem Vam An", "2012-03-04", Vietnam, &[]),
    ("another letter alone is another name", "Đỗ Y", "2014-01-02", Vietnam, &[]),
    // Names of minorities.
    ("apostrophe", "H'Mai Niê Kđăm", "2013-07-07", Vietnam, &["mai"]),
    ("typographic apostrophe", "H’Mai Niê Kđăm", "2013-07-07", Vietnam, &["mai"]),
    ("apostrophe left out", "HMai Nie Kdam", "2013-07-07", Vietnam, &["mai"]),
    ("space for the apostrophe", "h mai nie kdam", "2013-07-07", Vietnam, &["mai"]),
    ("space for the apostrophe, family name first", "Nie Kdam H Mai", "2013-07-07", Vietnam, &["mai"]),
    ("family name first", "Niê Kđăm H'Mai", "2013-07-07", Vietnam, &["mai"]),
    ("typing error behind an apostrophe", "H'May Niê Kđăm", "2013-07-07", Vietnam, &["mai"]),
    ("words of one letter", "Y Bham Eban", "2013-07-08", Vietnam, &["ban"]),
    ("a name of one word", "K'Brể", "2013-07-09", Vietnam, &["bre"]),
    ("a name of one word, apostrophe left out", "kbre", "2013-07-09", Vietnam, &["bre"]),
    ("a name of one word, space for the apostrophe", "K Bre", "2013-07-09", Vietnam, &["bre"]),
    ("no Vietnamese family name", "rmah jek", "2013-07-10", Vietnam, &["jek"]),
    ("family name of two words", "ro cham hlan", "2013-07-11", Vietnam, &["hlan"]),
    ("two short words", "do o", "2014-01-02", Vietnam, &["o"]),
    ("hyphen as space", "Tran Anna Maria", "2012-12-12", Vietnam, &["hyphen"]),
    // Birth dates.
    ("another day is another person", "Nguyễn Văn An", "2012-03-05",
        Vietnam, &["an later", "an of the month", "an of the year"]),
    ("a month finds nobody whose day is on record", "Nguyễn Văn An", "2012-03",
        Vietnam, &["an of the month", "an of the year"]),
    ("another month finds the year on record", "Nguyễn Văn An", "2012-04-04", Vietnam, &["an of the year"]),
    ("a year finds the year on record only", "Nguyễn Văn An", "2012", Vietnam, &["an of the year"]),
    ("another year finds nobody", "Nguyễn Văn An", "2013-03-04", Vietnam, &[]),
    // Parts of names.
    ("a family name finds nobody", "Nguyễn", "2012-03-04", Vietnam, &[]),
    ("a given name finds nobody", "An", "2012-03-04", Vietnam, &[]),
    ("family and middle name find nobody", "Nguyễn Văn", "2012-03-04", Vietnam, &[]),
    ("a star finds nobody", "Nguyễn *", "2012-03-04", Vietnam, &[]),
    ("operators are words like others", "Nguyễn OR An", "2012-03-04", Vietnam, &[]),
    // Schools.
    ("abbreviated level", "Nguyễn Văn An", "2012-03-04", School("THCS Nguyễn Du"), AN_ALONE),
    ("level written out", "Nguyễn Văn An", "2012-03-04", School("trung học cơ sở Nguyễn Du"), AN_ALONE),
    ("with the word school", "Nguyễn Văn An", "2012-03-04", School("Trường THCS Nguyễn Du"), AN_ALONE),
    ("another school", "Nguyễn Văn An", "2012-03-04", School("thcs chu van an"), &["anh"]),
    ("boarding school written out, abbreviated on record", "Bế Thị Hòa", "2011-05-06",
        School("phổ thông dân tộc nội trú Cao Bằng"), &["hoa", "hoà", "hoả"]),
    ("boarding school abbreviated another way", "Rmah Jek", "2013-07-10", School("PTDTNT Gia Lai"), &["jek"]),
    ("ampersand on record, hyphen typed", "Trần Khỏe", "2011-05-07", School("TH-THCS Lê Lợi"), &["khoe"]),
    ("ampersand on record, `và` typed", "Trần Khỏe", "2011-05-07", School("tiểu học và THCS Lê Lợi"), &["khoe"]),
    ("`và` on record, ampersand typed", "Nguyễn Thị Quý", "2011-05-09", School("TH&THCS Lê Lợi"), &["quy"]),
    ("centre written out", "Đỗ Ô", "2014-01-02",
        School("Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên Ninh Kiều"), &["o"]),
    ("centre abbreviated in one word each", "Đỗ Ô", "2014-01-02", School("TTGDNN-GDTX Ninh Kiều"), &["o"]),
    ("district abbreviated on record", "Đỗ Ô", "2014-01-02", School("quận Ninh Kiều"), &["o"]),
    ("city written out, abbreviated on record", "Phạm Minh Phương", "2012-06-01",
        School("Kim Đồng thành phố Hải Phòng"), &["phuong", "phuong two"]),
    ("apostrophe in the name of a school left out", "H'Mai Niê Kđăm", "2013-07-07",
        School("tieu hoc ea hleo"), &["mai"]),
    ("space for the apostrophe in the name of a school", "H'Mai Niê Kđăm", "2013-07-07",
        School("TH Ea H Leo"), &["mai"]),
    ("school code", "Đỗ Ô", "2014-01-02", School("sc0042"), &["o"]),
    ("a school that is not the learner's", "Đỗ Ô", "2014-01-02", School("THPT Nguyễn Du"), &[]),
    // Provinces, old and new.
    ("province of today", "Nguyễn Văn An", "2010-01-01", Province("Hồ Chí Minh"), &["van an"]),
    ("abbreviated province", "Nguyễn Văn An", "2010-01-01", Province("TP.HCM"), &["van an"]),
    ("province with its kind", "Nguyễn Văn An", "2010-01-01", Province("Thành phố Hồ Chí Minh"), &["van an"]),
    ("another name of a province", "Nguyễn Văn An", "2010-01-01", Province("Sài Gòn"), &["van an"]),
    ("province without marks and spaces", "Rơ Châm Hlan", "2013-07-11", Province("gialai"), &["hlan"]),
    ("old province finds its sheets, then and since", "Đặng Đình Đức", "2010-10-10",
        Province("Bắc Giang"), &["dang today", "dang"]),
    ("new province finds all that was merged into it", "Đặng Đình Đức", "2010-10-10", Province("Tỉnh Bắc Ninh"), DANG),
    ("province of the same name with another code", "Rmah Jek", "2013-07-10", Province("Gia Lai"), &["jek"]),
    ("old province merged under another name", "Rơ Châm Hlan", "2013-07-11", Province("Bình Định"), &["hlan"]),
    ("name of before of a city of today", "Nguyễn Hoàng Lê Minh Nhật Quang", "2010-12-30",
        Province("Thừa Thiên - Huế"), &["nhat quang"]),
    ("another spelling of a province", "H'Mai Niê Kđăm", "2013-07-07", Province("Đắc Lắc"), &["mai"]),
    ("a province that is not the learner's", "Đặng Đình Đức", "2010-10-10", Province("Hà Nội"), &[]),
    // Years and levels.
    ("school year", "Đặng Đình Đức", "2010-10-10", Year(2022), &["dang", "dang of bac ninh"]),
    ("a school year without a sheet", "Đặng Đình Đức", "2010-10-10", Year(2023), &[]),
    ("level", "Lê Thị Thúy", "2011-05-08", In::Level(Level::Primary), &["thuy"]),
    ("another level", "Lê Thị Thúy", "2011-05-08", In::Level(Level::UpperSecondary), &[]),
];

fn query(case: &Case) -> Query {
    let (_, name, born, place, _) = case;
    let query = Query::named(name, birth(born)).unwrap();
    match place {
        Vietnam => query,
        School(school) => query.in_school(school).unwrap(),
        Province(province) => query.in_province(province).unwrap(),
        Year(first) => query.in_year(year(*first)),
        In::Level(level) => query.at_level(*level),
    }
}

#[test]
fn every_case_finds_whom_it_should() {
    let dir = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (segments, dir) in [(1, dir.path().join("one")), (7, dir.path().join("many"))] {
        let reader = fill(&dir, segments).reader();
        for case in CASES {
            let found = find(&reader, &query(case), &everything());
            assert!(!found.more);
            if who(&found) != case.4 {
                faults.push(format!("{} ({segments} segments): {:?} instead of {:?}", case.0, who(&found), case.4));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(CASES.len() >= 60);
}

#[test]
fn what_is_found_is_what_the_query_says_of_the_sheet_itself() {
    for case in CASES {
        let query = query(case);
        let sheets = LEARNERS.iter().enumerate().map(|(i, learner)| (learner.0, sheet(i as u64, learner)));
        let mut fitting: Vec<_> =
            sheets.filter(|(_, sheet)| query.finds(sheet, &everything())).map(|(who, _)| who).collect();
        let mut found = case.4.to_vec();
        fitting.sort_unstable();
        found.sort_unstable();
        assert_eq!(fitting, found, "{}", case.0);
    }
}

#[test]
fn the_form_of_unicode_never_matters() {
    let dir = tempfile::tempdir().unwrap();
    let reader = fill(dir.path(), 2).reader();
    for (_, name, born, ..) in LEARNERS {
        let [composed, decomposed] = [name.nfc().collect::<String>(), name.nfd().collect()];
        let found = |name: &str| find(&reader, &Query::named(name, birth(born)).unwrap(), &everything());
        assert_eq!(found(&composed), found(&decomposed), "{name}");
        assert!(!found(name).hits.is_empty(), "{name}");
    }
}

#[test]
fn what_names_nobody_and_nothing_is_no_query() {
    let day = birth("2012-03-04");
    for name in ["", "   ", "*", "...", "'", "\u{301}", "?", &"a".repeat(151), &"a ".repeat(5000)] {
        assert_eq!(Query::named(name, day), Err(QueryFault::Name), "{name:.20}");
    }
    let query = Query::named("Nguyễn Văn An", day).unwrap();
    for school in ["", "Trường", "và", "*", &"a ".repeat(500)] {
        assert_eq!(query.clone().in_school(school), Err(QueryFault::School), "{school:.20}");
    }
    for province in ["", "tỉnh", "Atlantis", "*", &"Hà Nội".repeat(500)] {
        assert_eq!(query.clone().in_province(province), Err(QueryFault::Province), "{province:.20}");
    }
    assert_eq!(format!("{query:?}"), "Query(name and birth date)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is found of a crowd with few names, born on one day, is what the query says of each sheet, whatever
    /// was typed: nothing is passed over on the way through the index, and nothing is made up.
    #[test]
    fn nobody_is_passed_over(seed in 0_usize..CROWD, first in 0_usize..5, cut in 0_usize..20, change in 0_u8..5) {
        let (_dir, reader, names) = &*CROWDED;
        let mut words: Vec<&str> = names[seed].split(' ').collect();
        let turned = first % words.len();
        words.rotate_left(turned);
        let mut typed: Vec<char> = words.join(" ").chars().collect();
        let (at, next) = (cut % typed.len(), (cut + 1) % typed.len());
        match change {
            0 => drop(typed.remove(at)),
            1 => typed.insert(at, 'n'),
            2 => typed.swap(at, next),
            3 => typed = hocba::transcript::name::fold(&words.join(" ")).chars().collect(),
            _ => {}
        }
        let typed: String = typed.into_iter().collect();
        let query = Query::named(&typed, birth("2012-03-04")).unwrap();
        let found = find(reader, &query, &everything());
        let fitting = |leaf: &u64| query.finds(&crowd_sheet(*leaf, names), &everything());
        let expected: Vec<u64> = (0..CROWD as u64).filter(fitting).collect();
        prop_assert!(found.hits.iter().all(|hit| expected.contains(&hit.leaf)), "{}", typed);
        prop_assert_eq!(found.hits.len(), expected.len().min(MAX_HITS), "{}", &typed);
        prop_assert_eq!(found.more, expected.len() > MAX_HITS);
        prop_assert!(change == 0 || change == 1 || change == 2 || !found.hits.is_empty(), "{}", typed);
    }
}

const CROWD: usize = 400;

static CROWDED: LazyLock<(tempfile::TempDir, SearchReader, Vec<String>)> = LazyLock::new(|| {
    const PARTS: [&[&str]; 3] = [
        &["Nguyễn", "Nguyên", "Đặng", "Đăng", "Dương", "H'", "Lê"],
        &["Văn", "Vân", "Thị", "Hòa", "Hoà", "Ea H'"],
        &["An", "Ân", "Anh", "Ánh", "Hoa", "Đức", "Mai", "Y", "Ý", "Nguyễn Văn"],
    ];
    let part = |i: usize, step: usize, of: usize| PARTS[of][i / step % PARTS[of].len()];
    let name = |i| [part(i, 1, 0), part(i, 7, 1), part(i, 3, 2)].join(" ").replace("' ", "'");
    let names: Vec<String> = (0..CROWD).map(name).collect();
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    for leaf in 0..CROWD as u64 {
        let _ = writer.add(&crowd_sheet(leaf, &names)).unwrap();
        if leaf % 150 == 0 {
            writer.commit(position(leaf + 1)).unwrap();
        }
    }
    writer.commit(position(CROWD as u64)).unwrap();
    (dir, writer.reader(), names)
});

fn crowd_sheet(leaf: u64, names: &[String]) -> SearchEntry<'_> {
    SearchEntry { code: code(leaf), leaf, name: &names[leaf as usize], ..sheet(0, &LEARNERS[0]) }
}
