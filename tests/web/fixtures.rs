//! Answers as the portal would give them, for every verdict, and an opened transcript of two kinds.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::web::Data;
use hocba::config::Config;
use hocba::portal::answer::*;
use hocba::signing::jwk::PrivateKey;
use hocba::transcript::contents::{Contents, ResultsKind};
use hocba::transcript::province::ProvinceCode;
use hocba::transcript::time::{Day, SchoolYear};
use hocba::transcript::{Group, Moment, SheetClaims, TranscriptCode};
use hocba::web::AppState;
use hocba::web::backend::{
    Backend, CopyMade, DiscloseRefusal, Disclosed, DisclosedSheet, Gate, Health, JudgedReceipt, KeepRefusal, Kept,
    LogFile, SecondFactor, ShareRefusal, Void, Work,
};
use serde_json::json;

use super::copies;

pub(super) const CODE: &str = "0f8fad5bd9cb469fa16570867728950e";

pub(super) fn code() -> TranscriptCode {
    TranscriptCode::from_wire(CODE).unwrap()
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(super) fn now() -> Moment {
    Moment::parse("2026-11-22T14:03:10+07:00").unwrap()
}

/// Where the sheet of a year lies in the ledger.
pub(super) fn leaf(first: u16) -> u64 {
    u64::from(first) * 512
}

/// The ticket that the fixture gives and takes.
pub(super) const TICKET: &str = "ticket-of-an-opened-page";

pub(super) fn sheet(first: u16, grade: u8, verdict: SheetVerdict) -> SheetAnswer<'static> {
    let on = |v| (verdict == v).then(|| day("2026-08-03"));
    let (code, vintage, name) = match first {
        ..2025 => ("02", "2004-07-08", "Hà Giang"),
        _ => ("08", "2025-07-01", "Tuyên Quang"),
    };
    let effective = if verdict == SheetVerdict::NotInForce { 2027 } else { first + 1 };
    SheetAnswer {
        school_year: SchoolYear::starting(first).unwrap(),
        grade,
        verdict,
        effective_from: day(&format!("{effective}-06-30")),
        province: ProvinceAnswer { code: ProvinceCode::parse(code).unwrap(), vintage: day(vintage), name },
        transcribed_from_paper: first == 2022,
        signed_with: SignedWith::Technical,
        checks: Checks {
            school_signature: if first == 2022 { Check::OldAlgorithm } else { Check::Ok },
            province_signature: Check::Ok,
            ledger: if verdict == SheetVerdict::Unchecked { Check::Unchecked } else { Check::Ok },
        },
        leaf_index: leaf(first),
        logged_at: Moment::parse(&format!("{}-07-08T09:12:00+07:00", first + 1)),
        withdrawn_on: on(SheetVerdict::Withdrawn),
        replaced_by: (verdict == SheetVerdict::Replaced).then_some(1_040_002),
        replaced_on: on(SheetVerdict::Replaced),
        suspended_on: on(SheetVerdict::Suspended),
        erased_on: on(SheetVerdict::Erased),
    }
}

pub(super) fn answer(verdict: Verdict, sheets: Vec<SheetAnswer<'static>>) -> VerdictAnswer<'static> {
    let nothing = matches!(verdict, Verdict::Unknown | Verdict::Unchecked);
    VerdictAnswer {
        code: code(),
        verdict,
        level: (!nothing).then_some("thcs"),
        checked_at: now(),
        as_of: (verdict != Verdict::Unchecked).then(|| AsOf {
            ledger_size: 1_234_567,
            root_hash: "q1Cn5dyQnQpcwQlr1rV8bQ3OH9aS0Q8m1kq0mXW6bLs=".into(),
            checkpoint_time: Moment::parse("2026-11-22T14:03:05+07:00"),
        }),
        missing_years: vec![],
        sheets,
    }
}

/// One answer for every kind of verdict page.
pub(super) fn answers() -> Vec<(&'static str, VerdictAnswer<'static>)> {
    use SheetVerdict as S;
    let three = |last| vec![sheet(2022, 6, S::Valid), sheet(2023, 7, S::Valid), sheet(2025, 9, last)];
    let mut missing = answer(Verdict::Valid, three(S::Valid));
    missing.missing_years = vec![SchoolYear::starting(2024).unwrap()];
    let mixed = vec![sheet(2022, 6, S::Withdrawn), sheet(2023, 7, S::Replaced), sheet(2023, 7, S::Valid)];
    vec![
        ("valid", missing),
        ("replaced", answer(Verdict::Valid, vec![sheet(2023, 7, S::Replaced)])),
        ("not_in_force", answer(Verdict::NotInForce, vec![sheet(2025, 9, S::NotInForce)])),
        ("partly_withdrawn", answer(Verdict::PartlyWithdrawn, mixed)),
        ("withdrawn", answer(Verdict::Withdrawn, vec![sheet(2022, 6, S::Withdrawn), sheet(2023, 7, S::Withdrawn)])),
        ("erased", answer(Verdict::Erased, vec![sheet(2022, 6, S::Erased)])),
        ("suspended", answer(Verdict::Suspended, three(S::Suspended))),
        ("unknown", answer(Verdict::Unknown, vec![])),
        ("unchecked", answer(Verdict::Unchecked, vec![])),
        ("unchecked_sheet", answer(Verdict::Unchecked, three(S::Unchecked))),
    ]
}

pub(super) fn claims(level: &str, circular: &str, year: &str, grade: &str) -> SheetClaims {
    let value = json!({
        "version": 1, "madinhdanhhocba": CODE, "idbanghi": "5b8fad5bd9cb469fa165708677289500",
        "macaphoc": level, "thongtu": circular, "namhoc": year, "makhoi": grade,
        "province": {"matinh": "08", "vintage": "2025-07-01", "tentinh": "Tuyên Quang"},
        "matruong": "08001001", "frozen_at": "2026-06-28T09:00:00+07:00", "effective_from": "2026-06-30",
        "trichluc": false
    });
    serde_json::from_value(value).unwrap()
}

fn contents(kind: ResultsKind, groups: &[(Group, serde_json::Value)]) -> Contents {
    let mut out = Contents::default();
    for (group, value) in groups {
        out.put(*group, kind, &serde_json::to_vec(value).unwrap()).unwrap();
    }
    out
}

fn name() -> serde_json::Value {
    json!({"hovaten": "Nguyễn Hoàng Phương Uyên", "gioitinh": "2", "ngaythangnamsinh": "2014-09-05"})
}

fn staff(class: &str, school: &str) -> serde_json::Value {
    json!({
        "tengiamhieu": "Trần Thị Bích Ngọc", "chucvugiamhieu": "Hiệu trưởng", "tengvcn": "Lò Văn Pành",
        "tenlop": class, "tentruong": school, "tenxa": "Xã Hoàng Su Phì", "diadanhphathanh": "Tuyên Quang",
        "ngaykyphathanh": "2026-06-28",
        "gvbm": [{"mamonhoc": "TOA", "gvbm": "Vũ Đức Thắng"}, {"mamonhoc": "NVA", "gvbm": "Lý Thị Mẩy"}]
    })
}

pub(super) fn secondary() -> DisclosedSheet {
    let subject = |code: &str, name: &str, marks: [&str; 3]| json!({"mamonhoc": code, "tenmonhoc": name, "diemhocky1": marks[0], "diemhocky2": marks[1], "diemcanam": marks[2]});
    let mut subjects = vec![
        subject("NVA", "Ngữ văn", ["7.8", "8.2", "8.1"]),
        subject("TOA", "Toán", ["8.5", "9.0", "8.8"]),
        subject("NN1", "Ngoại ngữ 1", ["6.9", "7.4", "7.2"]),
        subject("CDA", "Giáo dục công dân", ["9", "9.2", "9.1"]),
        subject("LSD", "Lịch sử và Địa lí", ["8.0", "8.4", "8.3"]),
        subject("KHT", "Khoa học tự nhiên", ["4.1", "4.6", "4.4"]),
        subject("GTC", "Giáo dục thể chất", ["Đ", "Đ", "Đ"]),
        subject("NTH", "Nghệ thuật (Âm nhạc, Mĩ thuật)", ["Đ", "CĐ", "CĐ"]),
        subject("TNH", "Hoạt động trải nghiệm, hướng nghiệp", ["M", "M", "M"]),
    ];
    subjects[5]["diemkttralai"] = json!("6.0");
    let results = json!({
        "monhoc": subjects, "hocky1": "K", "hocky2": "K", "canam": "Đ", "renluyenhocky1": "T", "renluyenhocky2": "T",
        "renluyencanam": "T", "kqhoctaplai": "K", "sobuoinghi": 3, "duoclenlop": true,
        "ndungduoclenlop": "Được lên lớp 7", "ndungkhenthuong": "Học sinh Giỏi",
        "chungchi": [{"tenchungchi": "Chứng chỉ nghề phổ thông", "loaichungchi": "Giỏi"}],
        "quatrinhhoctap": [
            {"namhoc": "2023-2024", "tenlop": "5B", "tentruong": "Trường Tiểu học Kim Đồng", "tentinh": "Hà Giang"},
            {"namhoc": "2024-2025", "tenlop": "6A1", "tentruong": "Trường THCS Hoàng Su Phì", "tentinh": "Hà Giang",
             "ngaytrangthaichuyenden": "2024-09-05"}
        ]
    });
    let comments = json!({
        "nxetgvcn": "Em chăm ngoan, lễ phép, có tinh thần giúp đỡ bạn bè; cần mạnh dạn phát biểu hơn trong giờ học.",
        "nxetmonhoc": [{"mamonhoc": "TOA", "nxetmonhoc": "Tư duy tốt, trình bày rõ ràng."}],
        "nxetgiamhieu": "Đồng ý với nhận xét của giáo viên chủ nhiệm."
    });
    let groups = [
        (Group::Name, name()),
        (Group::Staff, staff("7A1", "Trường THCS Hoàng Su Phì")),
        (Group::Results, results),
        (Group::Comments, comments),
    ];
    DisclosedSheet {
        claims: claims("03", "22/2021", "2025-2026", "07"),
        contents: contents(ResultsKind::Secondary, &groups),
        verdict: SheetVerdict::Valid,
        leaf_index: leaf(2025),
    }
}

pub(super) fn primary() -> DisclosedSheet {
    let results = json!({
        "monhoc": [
            {"mamonhoc": "TVI", "tenmonhoc": "Tiếng Việt", "mucdatduoc": "T", "diemkiemtradinhky": "9"},
            {"mamonhoc": "TOA", "tenmonhoc": "Toán", "mucdatduoc": "H", "diemkiemtradinhky": "10"},
            {"mamonhoc": "GTC", "tenmonhoc": "Giáo dục thể chất", "mucdatduoc": "M"}
        ],
        "phamchat": {"yeunuoc": "T", "nhanai": "T", "chamchi": "Đ", "trungthuc": "T", "trachnhiem": "C"},
        "nangluc": {"tuhoc": "T", "giaotiep": "Đ", "giaiquyet": "Đ", "ngonngu": "T", "tinhtoan": "T", "thechat": "T"},
        "xeploai": "Hoàn thành tốt", "dahthanhctrinhlophoc": true, "duoclenlop": true,
        "ndunghoanthanh": "Hoàn thành chương trình lớp 2"
    });
    let comments = json!({
        "nxetgvcn": "Con đọc tốt, viết chữ đẹp.", "nxetphamchat": "Yêu quý bạn bè.", "nxetnanglucchung": "Biết tự phục vụ."
    });
    let partial = json!({"hovaten": "H'Mai Niê Kdăm", "gioitinh": "0", "namsinh": "2017"});
    let identity = json!({"sodinhdanh": "003317000001", "mahocsinh": "0800000001"});
    let origin = json!({
        "noisinh": {"diachichitiet": "Trạm y tế xã Ea Tul"}, "dantoc": "12", "quoctich": "VN"
    });
    let groups = [
        (Group::Name, partial),
        (Group::Identity, identity),
        (Group::Origin, origin),
        (Group::Staff, staff("2A", "Trường Tiểu học Kim Đồng")),
        (Group::Results, results),
        (Group::Comments, comments),
    ];
    DisclosedSheet {
        claims: claims("02", "27/2020", "2024-2025", "02"),
        contents: contents(ResultsKind::Primary, &groups),
        verdict: SheetVerdict::Withdrawn,
        leaf_index: leaf(2022),
    }
}

pub(super) fn older() -> DisclosedSheet {
    let results = json!({
        "noidungcu": [{"nhan": "Học lực cả năm", "noidung": "Khá"}, {"nhan": "Hạnh kiểm", "noidung": "Tốt"},
                      {"nhan": "ĐTBcm", "noidung": "7,6"}],
        "duoclenlop": true
    });
    let groups = [(Group::Name, name()), (Group::Results, results)];
    DisclosedSheet {
        claims: claims("03", "58/2011", "2020-2021", "06"),
        contents: contents(ResultsKind::Older, &groups),
        verdict: SheetVerdict::Valid,
        leaf_index: leaf(2020),
    }
}

/// A portal without a ledger: what it answers hangs on the code and the birth date.
pub(super) struct Fixture;

/// Nothing is on record.
pub(super) const UNKNOWN: &str = "00000000000000000000000000000000";
/// Could not be checked.
pub(super) const UNCHECKED: &str = "ffffffffffffffffffffffffffffffff";
/// The portal has a fault of its own.
pub(super) const PANICS: &str = "deaddeaddeaddeaddeaddeaddeaddead";

impl Backend for Fixture {
    fn verdict(&self, code: &TranscriptCode, now: Moment, use_it: &mut dyn FnMut(&VerdictAnswer<'_>)) {
        let verdict = match code.to_string().as_str() {
            UNKNOWN => Verdict::Unknown,
            UNCHECKED => Verdict::Unchecked,
            PANICS => panic!("a fault inside the portal, with the name Nguyễn Văn Bí Mật in it"),
            _ => Verdict::Valid,
        };
        let sheets = if verdict == Verdict::Valid { vec![sheet(2022, 6, SheetVerdict::Valid)] } else { vec![] };
        use_it(&VerdictAnswer { code: *code, checked_at: now, ..answer(verdict, sheets) });
    }

    fn disclose(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        _: IpAddr,
        _: Moment,
    ) -> Result<Disclosed, DiscloseRefusal> {
        match code.to_string().as_str() {
            UNKNOWN => return Err(DiscloseRefusal::Unknown),
            UNCHECKED => return Err(DiscloseRefusal::Unchecked),
            _ => {}
        }
        let opened = || {
            let verdict = json!({"code": CODE, "verdict": "valid"});
            let evidence = json!([{"note": "no current status"}]);
            Ok(Disclosed { verdict, sheets: vec![secondary()], evidence, opening: copies::opening(), looks: None })
        };
        match factor {
            SecondFactor::Token(token) if token == "good" => opened(),
            SecondFactor::Token(_) => Err(DiscloseRefusal::TokenNotValid),
            SecondFactor::Ticket(ticket) if ticket == TICKET => opened(),
            SecondFactor::Ticket(_) => Err(DiscloseRefusal::TicketNotValid),
            SecondFactor::BirthDate { date, full_name } => match (date.to_string().as_str(), full_name) {
                ("2014-09-05", _) => opened(),
                ("2001-01-01", _) => Err(DiscloseRefusal::Locked { retry_after_s: 40_000 }),
                ("2002-02-02", _) => Err(DiscloseRefusal::JournalUnavailable),
                _ if date.is_partial() && full_name.is_none() => Err(DiscloseRefusal::NameNeeded),
                _ => Err(DiscloseRefusal::NotMatching { attempts_left: 4 }),
            },
        }
    }

    fn share(
        &self,
        _: &TranscriptCode,
        ticket: &str,
        leaves: &[u64],
        _: IpAddr,
        _: Moment,
    ) -> Result<CopyMade, ShareRefusal> {
        copies::share(ticket, leaves)
    }

    fn void(&self, _: &TranscriptCode, which: &Void, _: IpAddr, _: Moment) -> Result<(), ShareRefusal> {
        copies::void(which)
    }

    fn keep(&self, code: &TranscriptCode, _: Option<&str>, _: Moment) -> Result<Kept, KeepRefusal> {
        copies::keep(code)
    }

    fn judge_receipt(&self, json: &[u8], _: Moment) -> JudgedReceipt {
        copies::judge(json)
    }

    fn health(&self, _: Moment) -> Health {
        let faults = vec!["records: lagging".to_owned()];
        Health { ready: true, ledger_size: 1000, reflected_size: 990, checkpoint_age_s: Some(7), faults, shared: None }
    }

    fn log(&self, file: LogFile) -> io::Result<Option<Vec<u8>>> {
        Ok(match file {
            LogFile::Checkpoint => Some(b"localhost/hocba\n1000\n".to_vec()),
            LogFile::Vkey | LogFile::FreshnessVkey => Some(b"localhost/hocba+00000000+AAAA\n".to_vec()),
            LogFile::Tile(path) if path.is_within(1000) => Some(vec![7; 8192]),
            LogFile::Tile(_) => None,
        })
    }
}

/// Lets everybody in but one address.
pub(super) struct OneShutOut;

/// The address that has asked too often.
pub(super) const SHUT_OUT: &str = "203.0.113.9";

impl Gate for OneShutOut {
    fn admit(&self, _: Work, client: IpAddr) -> Result<(), u64> {
        if client.to_string() == SHUT_OUT { Err(61) } else { Ok(()) }
    }
}

/// A serving process with a few values of its configuration changed.
pub(super) fn state(change: impl FnOnce(&mut Config)) -> Data<AppState> {
    Data::new(plain_state(change))
}

/// The same before it is shared.
pub(super) fn plain_state(change: impl FnOnce(&mut Config)) -> AppState {
    let mut config = Config::load(&[]).unwrap();
    config.portal.public_url = "https://hocba.example.vn".into();
    config.serve.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    change(&mut config);
    let key = PrivateKey::ed25519_from_seed(&[7; 32]).public().to_jwk();
    AppState::new(Arc::new(Fixture), Arc::new(OneShutOut), Arc::new(config), &[key])
        .with_ledger(Arc::new(super::open::OpenFixture))
        .with_desk(Arc::new(super::reports::DeskFixture))
        .with_soft_copies(Arc::new(super::soft_copies::DeskFixture))
        .with_clock(now)
}
