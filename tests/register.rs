//! The register: names folded as people type them, schools found and filtered, keys granted and revoked, the
//! file it is kept in.

use hocba::register::words::words;
use hocba::register::{HolderRef, Query, Register, RegisterFile};
use hocba::signing::PrivateKey;
use hocba::signing::grant::{Holder, KeyClaims, Role};
use hocba::signing::jwk::Kid;
use hocba::tlog::leaf::{Kind, Leaf};
use hocba::transcript::Moment;
use hocba::transcript::level::Level;
use hocba::transcript::province::{ProvinceCode, ProvinceId, ProvinceRef};
use hocba::transcript::text::Text;
use hocba::transcript::time::Day;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

fn province(code: &str, vintage: &str, name: &str) -> ProvinceRef {
    let (code, vintage) = (ProvinceCode::parse(code).unwrap(), Day::parse(vintage).unwrap());
    ProvinceRef { code, vintage, name: Text::new(name).unwrap() }
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// A register with entries put into it one after the other.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) register: Register,
    keys: u64,
}

impl Ledger {
    fn take(&mut self, claims: &KeyClaims) -> u64 {
        let index = self.register.size();
        let facts = serde_json::to_vec(claims).unwrap();
        let leaf = Leaf {
            kind: Kind::Key,
            province: ProvinceCode::parse("24").unwrap(),
            vintage: 20_250_701,
            year: 0,
            logged_at: 1_780_000_000_000 + index,
            commitment: [0; 32],
        };
        self.register.take(index, &leaf, Some(&facts)).unwrap();
        self.register.settle([index as u8; 32]);
        index
    }

    fn grant(&mut self, holder: Holder, role: Role) -> Kid {
        self.keys += 1;
        let mut seed = [9; 32];
        seed[..8].copy_from_slice(&self.keys.to_be_bytes());
        let key = PrivateKey::ed25519_from_seed(&seed).public();
        self.take(&KeyClaims::Grant {
            version: 1,
            holder,
            role,
            jwk: key.to_jwk(),
            certificate: (role == Role::Head).then_some(Kid([1; 32])),
            valid_from: at("2025-07-01T00:00:00+07:00"),
            valid_to: at("2030-07-01T00:00:00+07:00"),
            issued_at: at("2025-07-01T00:00:00+07:00"),
            extensions: Default::default(),
        });
        key.kid()
    }

    fn school(&mut self, province: &ProvinceRef, code: &str, name: &str) -> Kid {
        let holder = Holder::School {
            province: province.clone(),
            school: Text::new(code).unwrap(),
            name: Text::new(name).unwrap(),
            levels: vec![Level::LowerSecondary],
        };
        self.grant(holder, Role::Head)
    }

    fn found(&self, typed: &str, province: Option<ProvinceId>) -> Vec<String> {
        let directory = self.register.directory();
        let found = directory.search(&Query::new(typed, province), 0, 100);
        assert_eq!(found.total, found.schools.len());
        found.schools.iter().map(|at| directory.school(*at).unwrap().name().to_owned()).collect()
    }
}

fn old_bac_giang() -> ProvinceRef {
    province("24", "2004-07-08", "Bắc Giang")
}

fn old_bac_ninh() -> ProvinceRef {
    province("27", "2004-07-08", "Bắc Ninh")
}

fn bac_ninh() -> ProvinceRef {
    province("24", "2025-07-01", "Bắc Ninh")
}

/// Bắc Giang (24) and Bắc Ninh (27) merged into Bắc Ninh (24); Lạng Sơn beside it.
pub(crate) fn nation() -> Ledger {
    let mut ledger = Ledger::default();
    for old in [old_bac_giang(), old_bac_ninh()] {
        ledger.grant(Holder::Province { province: old, predecessors: vec![] }, Role::Province);
    }
    ledger.school(&old_bac_giang(), "24210501", "Trường THCS Nguyễn Du");
    ledger.school(&old_bac_ninh(), "27256501", "Trường Trung học cơ sở Nguyễn Du");
    let predecessors = vec![old_bac_giang().id(), old_bac_ninh().id()];
    ledger.grant(Holder::Province { province: bac_ninh(), predecessors }, Role::Province);
    ledger.school(&bac_ninh(), "24210501", "Trường THCS Nguyễn Du");
    ledger.school(&bac_ninh(), "24001", "Trường TH&THCS Đông Đô");
    let lang_son = province("20", "2025-07-01", "Lạng Sơn");
    ledger.school(&lang_son, "20001", "Trường PTDTNT THPT Ea H'Leo");
    ledger.school(&lang_son, "20002", "Trường THPT Trường Chinh");
    ledger.school(&lang_son, "20003", "Trung tâm GDNN-GDTX Cao Lộc");
    ledger
}

#[test]
fn schools_are_found_as_people_type_them() {
    let ledger = nation();
    for typed in [
        "Trường THCS Nguyễn Du",
        "thcs nguyen du",
        "trung học cơ sở nguyễn du",
        "TRUNG HOC CO SO NGUYEN DU",
        "nguyen du thcs",
        "nguyễn  du",
        "nguy du",
    ] {
        assert_eq!(ledger.found(typed, None).len(), 3, "{typed}");
    }
    assert_eq!(ledger.found("tieu hoc dong do", None), ["Trường TH&THCS Đông Đô"]);
    assert_eq!(ledger.found("thcs Ðông Ðô", None), ["Trường TH&THCS Đông Đô"], "with the Icelandic eth");
    assert_eq!(ledger.found("TH-THCS Đông Đô", None).len(), 1);
    assert_eq!(ledger.found("pho thong dan toc noi tru", None).len(), 1);
    assert_eq!(ledger.found("PT DTNT hleo", None).len(), 1);
    assert_eq!(ledger.found("ea h leo", None).len(), 1);
    assert_eq!(ledger.found("trung tâm giáo dục thường xuyên cao loc", None).len(), 1);
    assert_eq!(ledger.found("24210501", None).len(), 2, "by code, under both code lists");
    assert_eq!(ledger.found("2421", None).len(), 2);
    assert_eq!(ledger.found("guyen", None), Vec::<String>::new(), "the middle of a word is not enough");
    assert_eq!(ledger.found("trường chinh", None), ["Trường THPT Trường Chinh"]);
    assert_eq!(ledger.found("", None).len(), 8 - 1);
    assert_eq!(ledger.found("&&& --", None).len(), 7, "nothing that is a word");
}

#[test]
fn a_province_is_a_filter_with_all_that_was_merged_into_it() {
    let ledger = nation();
    let directory = ledger.register.directory();
    assert_eq!(directory.current_of("24"), Some(bac_ninh().id()));
    assert_eq!(directory.current_of("27"), Some(bac_ninh().id()), "an old code leads to the heir");
    assert_eq!(directory.current_of("99"), None);
    assert_eq!(ledger.found("nguyen du", directory.current_of("24")).len(), 3);
    assert_eq!(ledger.found("nguyen du", directory.current_of("20")).len(), 0);
    let current: Vec<&str> = directory.current().map(|(_, province)| province.name.as_str()).collect();
    assert_eq!(current, ["Lạng Sơn", "Bắc Ninh"]);
    assert_eq!(directory.schools_at(bac_ninh().id(), "24210501").len(), 2, "under the old province and the new");
    assert_eq!(directory.schools_at(bac_ninh().id(), "27256501").len(), 1);
    assert!(directory.schools_at(bac_ninh().id(), &"9".repeat(300)).is_empty());
    assert_eq!(directory.schools_by_heir().get(&bac_ninh().id()), Some(&4));
}

#[test]
fn pages_neither_repeat_nor_lose_a_school() {
    let ledger = nation();
    let directory = ledger.register.directory();
    let query = Query::new("", None);
    let mut all: Vec<_> = (0..4).flat_map(|page| directory.search(&query, page * 2, 2).schools).collect();
    assert_eq!(all.len(), 7);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 7);
    assert_eq!(directory.search(&query, usize::MAX - 3, 2).schools, []);
}

#[test]
fn a_revoked_key_says_when_and_a_renamed_school_keeps_its_names() {
    let mut ledger = Ledger::default();
    let kid = ledger.school(&bac_ninh(), "1", "Trường THCS Cũ");
    ledger.school(&bac_ninh(), "1", "Trường THCS Mới");
    let reason = Text::new("mất khóa").unwrap();
    let issued_at = at("2026-01-02T00:00:00+07:00");
    let revoke = KeyClaims::Revoke { version: 1, kid, reason, issued_at, extensions: Default::default() };
    let index = ledger.take(&revoke);
    ledger.take(&revoke);
    let directory = ledger.register.directory();
    let [school] = directory.schools_at(bac_ninh().id(), "1")[..] else { panic!("one school") };
    let names: Vec<&str> = directory.school(school).unwrap().names.iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["Trường THCS Mới", "Trường THCS Cũ"]);
    assert_eq!(ledger.found("cu", None).len(), 1, "by the earlier name too");
    let keys: Vec<_> = directory.keys_of(HolderRef::School(school)).collect();
    let now = at("2026-06-01T00:00:00+07:00");
    assert_eq!(keys.iter().map(|key| key.is_valid_at(now)).collect::<Vec<_>>(), [false, true]);
    assert_eq!(keys[0].revoked.unwrap().leaf_index, index, "the first revocation counts");
    assert_eq!(keys[0].kid(), kid);
    assert!(keys[0].certified);
    assert!(!keys[1].is_valid_at(at("2031-01-01T00:00:00+07:00")), "expired");
    assert!(!keys[1].is_valid_at(at("2025-01-01T00:00:00+07:00")), "not yet");
    assert_eq!(directory.valid_keys(now).get(&school), Some(&1));
}

#[test]
fn counts_are_of_what_leaves_show() {
    let ledger = nation();
    let tally = ledger.register.tally();
    assert_eq!(tally.of_kind(Kind::Key), ledger.register.size());
    assert_eq!(tally.of_kind(Kind::Sheet), 0);
    assert_eq!(tally.by_province(Kind::Key).into_values().sum::<u64>(), ledger.register.size());
}

#[test]
fn entries_come_one_after_the_other() {
    let mut register = nation().register;
    let leaf = Leaf {
        kind: Kind::Sheet,
        province: ProvinceCode::MINISTRY,
        vintage: 0,
        year: 2025,
        logged_at: 0,
        commitment: [0; 32],
    };
    assert!(register.take(3, &leaf, None).is_err());
    assert!(register.take(register.size() + 1, &leaf, None).is_err());
    assert!(register.take(register.size(), &leaf, None).is_ok());
}

#[test]
fn the_file_gives_it_back_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = RegisterFile::in_dir(dir.path());
    assert!(file.read().unwrap().is_none());
    let ledger = nation();
    file.write(&ledger.register).unwrap();
    let read = file.read().unwrap().unwrap();
    assert_eq!(read.size(), ledger.register.size());
    assert_eq!(read.root(), ledger.register.root());
    assert_eq!(read.directory(), ledger.register.directory());
    assert_eq!(read.tally(), ledger.register.tally());
    let path = dir.path().join("register");
    let bytes = std::fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut spoiled = bytes.clone();
        spoiled[at] ^= 1;
        std::fs::write(&path, spoiled).unwrap();
        assert!(file.read().is_err(), "a flipped bit at {at}");
    }
    for length in [0, 5, 20, 60, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(file.read().is_err(), "cut to {length}");
    }
}

/// A nation of 27,000 schools and 100,000 keys; run with `--ignored --nocapture` to see what it takes.
#[test]
#[ignore = "measures: minutes in a debug build"]
fn measure_a_whole_nation() {
    let resident = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4 / 1024
    };
    let before = resident();
    let mut ledger = Ledger::default();
    let provinces: Vec<ProvinceRef> =
        (1..=34).map(|n| province(&format!("{n:02}"), "2025-07-01", &format!("Tỉnh số {n}"))).collect();
    let dir = tempfile::tempdir().unwrap();
    let mut register = std::mem::take(&mut ledger.register);
    for n in 0..100_000u32 {
        let school = n % 27_000;
        let holder = Holder::School {
            province: provinces[school as usize % 34].clone(),
            school: Text::new(format!("{school:08}")).unwrap(),
            name: Text::new(format!("Trường Trung học cơ sở Nguyễn Thị Minh Khai số {school}")).unwrap(),
            levels: vec![Level::LowerSecondary],
        };
        let mut seed = [9; 32];
        seed[..4].copy_from_slice(&n.to_be_bytes());
        let claims = KeyClaims::Grant {
            version: 1,
            holder,
            role: Role::Head,
            jwk: PrivateKey::ed25519_from_seed(&seed).public().to_jwk(),
            certificate: None,
            valid_from: at("2025-07-01T00:00:00+07:00"),
            valid_to: at("2030-07-01T00:00:00+07:00"),
            issued_at: at("2025-07-01T00:00:00+07:00"),
            extensions: Default::default(),
        };
        let leaf = Leaf {
            kind: Kind::Key,
            province: provinces[school as usize % 34].code,
            vintage: 20_250_701,
            year: 0,
            logged_at: 0,
            commitment: [0; 32],
        };
        register.take(n.into(), &leaf, Some(&serde_json::to_vec(&claims).unwrap())).unwrap();
    }
    register.settle([0; 32]);
    println!("resident: {} MB more", resident() - before);
    let file = RegisterFile::in_dir(dir.path());
    let started = std::time::Instant::now();
    file.write(&register).unwrap();
    let length = std::fs::metadata(dir.path().join("register")).unwrap().len();
    println!("file: {} MB, written in {:?}", length >> 20, started.elapsed());
    let started = std::time::Instant::now();
    file.read().unwrap();
    println!("read in {:?}", started.elapsed());
    for typed in ["", "thcs nguyen thi minh khai 26999", "khai minh", "khong co"] {
        let started = std::time::Instant::now();
        let found = register.directory().search(&Query::new(typed, None), 0, 25);
        println!("search {typed:?}: {} in {:?}", found.total, started.elapsed());
    }
    let started = std::time::Instant::now();
    register.directory().valid_keys(at("2026-07-01T00:00:00+07:00"));
    println!("valid keys in {:?}", started.elapsed());
}

proptest! {
    #[test]
    fn folding_is_blind_to_form_case_marks_and_eth(text in "[a-zA-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ '&.-]{0,60}") {
        let once = words(&text);
        prop_assert_eq!(&words(&text.nfd().collect::<String>()), &once);
        prop_assert_eq!(&words(&text.nfc().collect::<String>()), &once);
        prop_assert_eq!(&words(&text.replace('Đ', "Ð").replace('đ', "ð")), &once);
        prop_assert_eq!(&words(&text.to_lowercase()), &words(&text.to_uppercase()));
        prop_assert_eq!(&words(&once), &once, "folding what is folded changes nothing");
        prop_assert!(once.chars().all(|c| c == ' ' || c.is_alphanumeric()));
    }

    #[test]
    fn any_text_is_a_query(typed in any::<String>()) {
        let ledger = nation();
        let found = ledger.register.directory().search(&Query::new(&typed, None), 0, 3);
        prop_assert!(found.schools.len() <= 3 && found.total <= 7);
    }

    #[test]
    fn every_school_is_found_by_its_name_and_by_its_words_in_any_order(pick in 0usize..7, turn in 0usize..9) {
        let ledger = nation();
        let directory = ledger.register.directory();
        let all = directory.search(&Query::new("", None), 0, 100).schools;
        let name = directory.school(all[pick]).unwrap().name().to_owned();
        let mut parts: Vec<&str> = name.split(' ').collect();
        let places = turn % parts.len();
        parts.rotate_left(places);
        for typed in [name.clone(), words(&name), parts.join(" ")] {
            let found = directory.search(&Query::new(&typed, None), 0, 100).schools;
            prop_assert!(found.contains(&all[pick]), "{} by {}", name, typed);
        }
    }
}
