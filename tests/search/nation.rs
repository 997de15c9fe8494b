//! A few made-up learners, and an index of their sheets.

use std::path::Path;

use hocba::search::{
    Found, Granted, PersonalTag, Position, Query, Scope, SearchEntry, SearchReader, SearchWriter, open,
};
use hocba::signing::keyed::KeyedHash;
use hocba::transcript::contents::{BirthDate, PersonalId};
use hocba::transcript::province::{ProvinceCode, ProvinceId, VINTAGE_2004, VINTAGE_2025};
use hocba::transcript::time::Day;
use hocba::transcript::{Level, SchoolYear, TranscriptCode};

/// A learner: short name in tests, full name, birth date, province (code, `-` before it: of the list of 2004),
/// school, level, first year of the school year.
pub(super) type Learner = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, u16);

pub(super) const LEARNERS: &[Learner] = &[
    ("an", "Nguyễn Văn An", "2012-03-04", "01", "Trường THCS Nguyễn Du", "thcs", 2025),
    ("ân", "Nguyễn Văn Ân", "2012-03-04", "01", "Trường THCS Nguyễn Du", "thcs", 2025),
    ("anh", "Nguyễn Văn Anh", "2012-03-04", "01", "Trường THCS Chu Văn An", "thcs", 2025),
    ("an thi", "Nguyễn Thị An", "2012-03-04", "01", "Trường THCS Chu Văn An", "thcs", 2025),
    ("an later", "Nguyễn Văn An", "2012-03-05", "01", "Trường THCS Nguyễn Du", "thcs", 2025),
    ("an of the year", "Nguyễn Văn An", "2012", "01", "Trường THCS Nguyễn Du", "thcs", 2025),
    ("an of the month", "Nguyễn Văn An", "2012-03", "01", "Trường THCS Nguyễn Du", "thcs", 2025),
    ("van an", "Văn An Nguyễn", "2010-01-01", "79", "Trường THPT Trưng Vương", "thpt", 2025),
    ("hoa", "Bế Thị Hòa", "2011-05-06", "04", "Trường PTDTNT Cao Bằng", "thpt", 2025),
    ("hoà", "Bế Thị Hoà", "2011-05-06", "04", "Trường PTDTNT Cao Bằng", "thpt", 2024),
    ("hoả", "Bế Thị Hoa", "2011-05-06", "04", "Trường PTDTNT Cao Bằng", "thpt", 2024),
    ("khoe", "Trần Khỏe", "2011-05-07", "38", "Trường TH&THCS Lê Lợi", "tieu_hoc", 2025),
    ("thuy", "Lê Thị Thúy", "2011-05-08", "38", "Trường TH&THCS Lê Lợi", "tieu_hoc", 2025),
    ("quy", "Nguyễn Thị Quý", "2011-05-09", "38", "Trường TH và THCS Lê Lợi", "thcs", 2025),
    ("dang", "Đặng Đình Đức", "2010-10-10", "-24", "Trường THPT Chuyên Bắc Giang", "thpt", 2022),
    ("dang today", "Đặng Đình Đức", "2010-10-10", "24", "Trường THPT Chuyên Bắc Giang", "thpt", 2025),
    ("dang of bac ninh", "Đặng Đình Đức", "2010-10-10", "-27", "Trường THPT Hàn Thuyên", "thpt", 2022),
    ("eth", "\u{d0}ỗ \u{d0}ăng Khoa", "2009-09-09", "79", "Trường THPT Gia Định", "thpt", 2025),
    ("mai", "H'Mai Niê Kđăm", "2013-07-07", "66", "Trường TH Ea H'Leo", "tieu_hoc", 2025),
    ("ban", "Y Bhăm Êban", "2013-07-08", "66", "Trường PTDTBT THCS Ea Súp", "thcs", 2025),
    ("bre", "K’Brể", "2013-07-09", "68", "Trường TH Lộc Lâm", "tieu_hoc", 2025),
    ("jek", "Rmah Jek", "2013-07-10", "-64", "Trường PT DTNT Gia Lai", "thcs", 2024),
    ("hlan", "Rơ Châm Hlan", "2013-07-11", "52", "Trường PT DTNT Gia Lai", "thcs", 2025),
    ("o", "Đỗ Ô", "2014-01-02", "92", "Trung tâm GDNN-GDTX Q. Ninh Kiều", "gdtx", 2025),
    ("duong", "Công Tằng Tôn Nữ Thùy Dương", "2010-12-31", "46", "Trường THPT Quốc Học", "thpt", 2025),
    ("nhat quang", "Nguyễn Hoàng Lê Minh Nhật Quang", "2010-12-30", "-46", "Trường THPT Quốc Học", "thpt", 2023),
    ("sy", "Nguyễn Đăng Sỹ", "2011-11-11", "48", "Trường THCS Kim Đồng", "thcs", 2025),
    ("si", "Nguyễn Đăng Sĩ", "2011-11-11", "48", "Trường THCS Kim Đồng", "thcs", 2025),
    ("hyphen", "Trần Anna-Maria", "2012-12-12", "79", "Trường Quốc tế Việt Úc", "tieu_hoc", 2025),
    ("phuong", "Phạm Minh Phương", "2012-06-01", "31", "Trường TH Kim Đồng TP. Hải Phòng", "tieu_hoc", 2025),
    ("phuong two", "Phạm Minh Phượng", "2012-06-01", "31", "Trường TH Kim Đồng TP. Hải Phòng", "tieu_hoc", 2025),
];

/// What identification numbers are hashed with.
pub(super) fn key() -> KeyedHash {
    KeyedHash::new(&[7; 32])
}

pub(super) fn tag(number: &str) -> PersonalTag {
    PersonalTag::of(&key(), &PersonalId::parse(number).unwrap())
}

pub(super) fn birth(text: &str) -> BirthDate {
    BirthDate::parse(text).unwrap()
}

pub(super) fn year(first: u16) -> SchoolYear {
    SchoolYear::starting(first).unwrap()
}

/// A code, `-` before one of the list of 2004.
pub(super) fn province(code: &str) -> ProvinceId {
    let (code, vintage) = match code.strip_prefix('-') {
        Some(old) => (old, VINTAGE_2004),
        None => (code, VINTAGE_2025),
    };
    ProvinceId { code: ProvinceCode::parse(code).unwrap(), vintage: Day::parse(vintage).unwrap() }
}

fn level(slug: &str) -> Level {
    Level::ALL.into_iter().find(|level| level.slug() == slug).unwrap()
}

/// The code of the booklet with this number.
pub(super) fn code(number: u64) -> TranscriptCode {
    TranscriptCode::from_bytes((u128::from(number) << 64 | u128::from(number ^ 0xABCD)).to_be_bytes())
}

/// The sheet of a learner, at this position of the ledger.
pub(super) fn sheet(leaf: u64, learner: &Learner) -> SearchEntry<'static> {
    let (_, name, born, place, school, slug, first) = *learner;
    SearchEntry {
        code: code(leaf),
        leaf,
        name,
        birth: birth(born),
        personal: Some(tag(&format!("{:012}", 3_000_000_000 + leaf))),
        province: province(place),
        school_code: "SC0042",
        school_name: school,
        year: year(first),
        level: level(slug),
    }
}

/// Position of a ledger of this size.
pub(super) fn position(size: u64) -> Position {
    Position { size, root: [size as u8; 32] }
}

/// An index of all learners, in `segments` commits.
pub(super) fn fill(dir: &Path, segments: usize) -> SearchWriter {
    let mut writer = open(dir).unwrap().writer;
    let sheets: Vec<_> = LEARNERS.iter().enumerate().map(|(i, learner)| sheet(i as u64, learner)).collect();
    let mut size = 0;
    for part in sheets.chunks(sheets.len().div_ceil(segments)) {
        for sheet in part {
            let _ = writer.add(sheet).unwrap();
        }
        size += part.len() as u64;
        writer.commit(position(size)).unwrap();
    }
    writer
}

/// The grant of the ministry.
pub(super) fn everything() -> Scope {
    Scope::new(&Granted::All, Granted::All, Granted::All)
}

pub(super) fn find(reader: &SearchReader, query: &Query, scope: &Scope) -> Found {
    reader.search(query, scope).unwrap()
}

/// Short names of what was found, in order.
pub(super) fn who(found: &Found) -> Vec<&'static str> {
    found.hits.iter().map(|hit| LEARNERS[usize::try_from(hit.leaf).unwrap()].0).collect()
}
