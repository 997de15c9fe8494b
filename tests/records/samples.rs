//! Made-up records with the shape of real ones: facts of sheets and statuses as intake would keep them,
//! random codes, blinds and digests. Nobody's data, the same for every run.

use hocba::records::RecordKey;
use hocba::transcript::code::{SheetId, TranscriptCode};
use hocba::transcript::level::Level;
use hocba::transcript::province::{ProvinceCode, ProvinceRef, VINTAGE_2004, VINTAGE_2025};
use hocba::transcript::record::*;
use hocba::transcript::sheet::{Grade, MAX_PAYLOAD, SheetClaims};
use hocba::transcript::status::{Decision, Status, StatusClaims};
use hocba::transcript::strict;
use hocba::transcript::text::Text;
use hocba::transcript::time::{Day, Moment, SchoolYear};
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};
use serde::Serialize;

/// Where 2026-07-01 is, in milliseconds.
const AROUND: i64 = 1_782_838_800_000;
const DAY: i64 = 86_400_000;

pub(super) struct Samples {
    random: ChaCha12Rng,
    old: Vec<ProvinceRef>,
    new: Vec<ProvinceRef>,
}

fn province(code: &str, vintage: &str, name: &str) -> ProvinceRef {
    ProvinceRef {
        code: ProvinceCode::parse(code).unwrap(),
        vintage: Day::parse(vintage).unwrap(),
        name: Text::new(name).unwrap(),
    }
}

impl Samples {
    pub(super) fn new(seed: u64) -> Self {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for line in include_str!("../../index/provinces.tsv").lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            new.push(province(columns[0], VINTAGE_2025, columns[1]));
            for before in columns[11].split("; ") {
                let (code, name) = before.split_once(' ').unwrap();
                old.push(province(code, VINTAGE_2004, name));
            }
        }
        assert_eq!((old.len(), new.len()), (63, 34));
        Self { random: ChaCha12Rng::seed_from_u64(seed), old, new }
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.random.next_u64() % limit
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    /// An encoded record and its key: one in three a booklet, the others pointers, as in a store.
    pub(super) fn record(&mut self) -> (RecordKey, Vec<u8>) {
        if self.below(3) == 0 {
            return self.booklet();
        }
        let (sheet, code) = (SheetId::from_bytes(self.bytes()), TranscriptCode::from_bytes(self.bytes()));
        keyed(sheet.as_lookup(), Record::SheetPointer { sheet, code }.encode())
    }

    /// An encoded booklet and its key.
    pub(super) fn booklet(&mut self) -> (RecordKey, Vec<u8>) {
        let code = TranscriptCode::from_bytes(self.bytes());
        let level = Level::ALL[self.below(4) as usize];
        let grades = level.grades();
        let sheets = 1 + self.below(u64::from(grades.end() - grades.start()) + 1) as u16;
        let first_year = 2026 - sheets - self.below(3) as u16;
        let school = self.below(700);
        let place = self.below(34) as usize;
        let sheets: Vec<SheetEntry> =
            (0..sheets).map(|n| self.sheet(code, level, first_year + n, (place, school, n))).collect();
        let statuses = match self.below(12) {
            0 => vec![self.status(code, sheets.last().unwrap())],
            _ => Vec::new(),
        };
        keyed(code, Record::Transcript(TranscriptRecord { code, level, sheets, statuses }).encode())
    }

    fn sheet(&mut self, code: TranscriptCode, level: Level, year: u16, at: (usize, u64, u16)) -> SheetEntry {
        let (place, school, nth) = at;
        let province = if year < 2025 { self.old[place * 63 / 34].clone() } else { self.new[place].clone() };
        let school_code = match year < 2025 {
            true => format!("{}{:03}{:03}", province.code, 1 + school / 40, school % 40 + 301),
            false => format!("{}{:05}{:03}", province.code, 25 + school * 3, school),
        };
        let circular = match level {
            Level::Primary => "27/2020",
            Level::Continuing => "43/2021",
            _ => "22/2021",
        };
        let before = i64::from(2025 - year);
        let frozen =
            AROUND - before * 365 * DAY - self.below(60) as i64 * DAY + (self.below(36_000) as i64 + 3_600) * 1000;
        let frozen_at = Moment::from_millis(frozen / 1000 * 1000).unwrap();
        let claims = SheetClaims {
            version: 1,
            code,
            sheet: SheetId::from_bytes(self.bytes()),
            level,
            circular: Text::new(circular).unwrap(),
            school_year: SchoolYear::starting(year).unwrap(),
            grade: Grade::new((*level.grades().start() + nth as u8).min(12)).unwrap(),
            province,
            school: Text::new(school_code).unwrap(),
            frozen_at,
            effective_from: Day::from(frozen_at.date_in_vietnam()),
            trichluc: self.below(20) == 0,
            digests: Vec::new(),
            digest_algorithm: None,
            extensions: Default::default(),
        };
        SheetEntry {
            leaf: self.leaf(&claims, &claims.province, year),
            sheet: claims.sheet,
            school_year: claims.school_year,
            grade: claims.grade.number(),
            effective_from: claims.effective_from,
            trichluc: claims.trichluc,
            province_name: claims.province.name.as_str().into(),
            certified: None,
        }
    }

    fn status(&mut self, code: TranscriptCode, sheet: &SheetEntry) -> StatusEntry {
        let status = [Status::Withdrawn, Status::Replaced, Status::Suspended, Status::Released][self.below(4) as usize];
        let place = self.below(34) as usize;
        let province = self.new[place].clone();
        let effective_at = Moment::from_millis(AROUND + self.below(90) as i64 * DAY).unwrap();
        let replacement = (status == Status::Replaced).then(|| SheetId::from_bytes(self.bytes()));
        let claims = StatusClaims {
            version: 1,
            status,
            code,
            sheet: Some(sheet.sheet),
            effective_at,
            decision: Decision {
                number: Text::new(format!("{}/QĐ-SGDĐT", 100 + self.below(3000))).unwrap(),
                date: Day::from(effective_at.date_in_vietnam()),
                body: Text::new(format!("Sở Giáo dục và Đào tạo {}", province.name)).unwrap(),
            },
            replacement,
            identity_corrected: false,
            to: None,
            extensions: Default::default(),
        };
        let leaf = self.leaf(&claims, &province, 0);
        StatusEntry { leaf, status, sheet: claims.sheet, replacement, effective_at, by_ministry: false }
    }

    fn leaf(&mut self, claims: &impl Serialize, province: &ProvinceRef, year: u16) -> LeafParts {
        LeafParts {
            index: self.below(50_000_000),
            logged_at: (AROUND + self.below(90 * DAY as u64) as i64) as u64,
            province: *province.code.as_bytes(),
            vintage: province.vintage.as_number(),
            year,
            blind: self.bytes(),
            signed_digest: self.bytes(),
            facts: strict::facts(&serde_json::to_vec(claims).unwrap(), MAX_PAYLOAD).unwrap().into(),
        }
    }
}

fn keyed(code: TranscriptCode, encoded: Vec<u8>) -> (RecordKey, Vec<u8>) {
    (RecordKey { code, head: HeadDigest::of(&encoded) }, encoded)
}
