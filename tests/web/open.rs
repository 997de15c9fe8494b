//! Evidence, the ledger and the directory of schools: what the pages say, keep to themselves and refuse.

use std::io;
use std::sync::Arc;

use hocba::portal::answer::{SheetVerdict, Verdict};
use hocba::portal::ledger_view::{Leaves, LedgerState};
use hocba::portal::public_evidence::{NoEvidence, PublicEntry, PublicEvidence, PublicSheet, PublicStatus};
use hocba::portal::told::{ToldEntry, ToldPackage, ToldSheet, ToldSignature};
use hocba::register::{Query, Register};
use hocba::signing::grant::Role;
use hocba::signing::jwk::Kid;
use hocba::tlog::leaf::{Kind, Leaf};
use hocba::transcript::province::{ProvinceCode, ProvinceRef};
use hocba::transcript::status::Status;
use hocba::transcript::text::Text;
use hocba::transcript::time::SchoolYear;
use hocba::transcript::{Moment, TranscriptCode};
use hocba::web::backend::PublicLedger;
use hocba::web::pages::{Frame, evidence, ledger, schools};
use hocba::web::text::Language;
use maud::Markup;

use super::fixtures::{CODE, SHUT_OUT, UNCHECKED, UNKNOWN, code, now, sheet, state};
use super::routes::{call_with, form, get};

const SIZE: u64 = 1000;

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn entry(index: u64) -> PublicEntry {
    PublicEntry {
        leaf: "AQM=".into(),
        leaf_index: index,
        logged_at: at("2026-07-02T08:15:00+07:00"),
        proof: format!("c2sp.org/tlog-proof@v1\nindex {index}\n\nhocba.example.vn/log\n{SIZE}\nAAAA\n\n— x y\n"),
        path_length: 10,
    }
}

fn public_evidence() -> PublicEvidence {
    let year = |first, grade, verdict| {
        let shown = sheet(first, grade, verdict);
        PublicSheet {
            school_year: shown.school_year,
            grade,
            province: ProvinceRef {
                code: shown.province.code,
                vintage: shown.province.vintage,
                name: Text::new(shown.province.name).unwrap(),
            },
            verdict,
            signed_with: shown.signed_with,
            checks: shown.checks,
            entry: entry(shown.leaf_index),
            statuses: vec![],
        }
    };
    let mut withdrawn = year(2023, 7, SheetVerdict::Withdrawn);
    withdrawn.statuses = vec![PublicStatus {
        status: Status::Withdrawn,
        effective_at: at("2026-08-03T00:00:00+07:00"),
        by_ministry: false,
        entry: entry(1_040_002),
    }];
    PublicEvidence {
        format: "hocba-public-evidence-1",
        code: code(),
        verdict: Verdict::PartlyWithdrawn,
        checked_at: now(),
        log: "hocba.example.vn/log".into(),
        ledger_size: SIZE,
        root_hash: "q1Cn5dyQnQpcwQlr1rV8bQ3OH9aS0Q8m1kq0mXW6bLs=".into(),
        cosigned_at: Some(now()),
        sheets: vec![year(2022, 6, SheetVerdict::Valid), withdrawn],
        note: "no current status",
    }
}

fn leaf(index: u64) -> Leaf {
    Leaf {
        kind: if index.is_multiple_of(100) { Kind::Package } else { Kind::Sheet },
        province: ProvinceCode::parse("24").unwrap(),
        vintage: 20_250_701,
        year: 2025,
        logged_at: 1_782_954_900_000 + index,
        commitment: [0xAB; 32],
    }
}

/// The ledger as everybody may see it, without one.
pub(super) struct OpenFixture;

impl PublicLedger for OpenFixture {
    fn public_evidence(&self, code: &TranscriptCode, _: Moment) -> Result<PublicEvidence, NoEvidence> {
        match code.to_string().as_str() {
            UNKNOWN => Err(NoEvidence::Unknown),
            UNCHECKED => Err(NoEvidence::Unchecked),
            _ => Ok(PublicEvidence { code: *code, ..public_evidence() }),
        }
    }

    fn ledger(&self) -> LedgerState {
        LedgerState {
            origin: "hocba.example.vn/log".into(),
            size: SIZE,
            root: "q1Cn5dyQnQpcwQlr1rV8bQ3OH9aS0Q8m1kq0mXW6bLs=".into(),
            cosigned_at: Some(at("2026-11-22T14:02:40+07:00")),
            log_vkey: "hocba.example.vn/log+00000000+AAAA".into(),
            freshness_vkey: "hocba.example.vn/log/freshness+00000000+AAAA".into(),
            note: "hocba.example.vn/log\n1000\nq1Cn\n\n— hocba.example.vn/log AAAA\n".into(),
        }
    }

    fn leaves(&self, from: u64, count: u64) -> io::Result<Leaves> {
        assert!(from + count <= SIZE, "never beyond the end");
        Ok((from..from + count).map(|index| (index, leaf(index))).collect())
    }

    fn register(&self) -> Arc<Register> {
        Arc::new(crate::register::nation().register)
    }
}

fn signature(role: Role, holder: &str, school: bool) -> ToldSignature {
    ToldSignature {
        role: Some(role),
        holder: Some(holder.into()),
        school: school.then(|| ("08".into(), "08001001".into())),
        algorithm: "EdDSA",
        kid: Kid([7; 32]),
        certified: role == Role::Head,
        granted_at: Some(12),
    }
}

pub(super) fn told_sheets() -> Vec<ToldSheet> {
    let entry = |leaf_index| ToldEntry { leaf_index, logged_at: now(), path_length: 10, ledger_size: SIZE };
    let school = "Trường THCS Hoàng Su Phì";
    vec![ToldSheet {
        school_year: SchoolYear::starting(2025).unwrap(),
        signatures: vec![signature(Role::Head, school, true), signature(Role::Institution, school, true)],
        entry: entry(712),
        package: ToldPackage {
            sequence: 7,
            line: 31,
            lines: 4200,
            signatures: vec![signature(Role::Province, "Tuyên Quang", false)],
            entry: entry(682),
        },
    }]
}

/// The pages of this area, by name.
pub(super) fn open_pages(frame: &Frame<'_>) -> Vec<(String, Markup)> {
    let register = crate::register::nation().register;
    let directory = register.directory();
    let bac_ninh = directory.current_of("24").unwrap();
    let listing = |typed: &'static str, province| schools::Listing {
        register: &register,
        ledger_size: SIZE,
        typed,
        province,
        found: directory.search(&Query::new(typed, province), 0, schools::PER_PAGE),
        page: 1,
        now: now(),
    };
    let fixture = OpenFixture;
    let (state, leaves) = (fixture.ledger(), fixture.leaves(950, 50).unwrap());
    let view = ledger::View {
        state: &state,
        register: &register,
        leaves: &leaves,
        portal: "https://hocba.example.vn",
        now: now(),
    };
    let nothing = Leaves::new();
    vec![
        ("evidence".into(), evidence::public(frame, &public_evidence(), "https://hocba.example.vn")),
        ("ledger".into(), ledger::ledger(frame, &view)),
        ("ledger_empty".into(), ledger::ledger(frame, &ledger::View { leaves: &nothing, ..view })),
        ("schools".into(), schools::list(frame, &listing("", None))),
        ("schools_found".into(), schools::list(frame, &listing("thcs nguyen du", Some(bac_ninh)))),
        ("schools_none".into(), schools::list(frame, &listing("khong co", None))),
        ("province".into(), schools::province(frame, &register, bac_ninh, now())),
        ("school".into(), schools::school(frame, &register, &directory.schools_at(bac_ninh, "24210501"), now())),
    ]
}

#[actix_web::test]
async fn evidence_of_a_code_alone_names_no_school_and_no_person() {
    let state = state(|_| {});
    let page = call_with(&state, get(&format!("/v/{CODE}/bang-chung"))).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "no-store");
    let text = page.text();
    assert!(text.contains("Mục số 1.035.264") && text.contains("Thu hồi: mục số 1.040.002"), "{text}");
    assert!(text.contains("href=\"/v/0f8fad5bd9cb469fa16570867728950e/bang-chung/tep\""));
    for personal in ["Trường", "08001001", "Lý Thị Mẩy", "2014"] {
        assert!(!text.contains(personal), "{personal}");
    }
    let file = call_with(&state, get(&format!("/v/{CODE}/bang-chung/tep"))).await;
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"bang-chung-cong-khai.json\"");
    assert_eq!(file.header("cache-control"), "no-store");
    let json = file.json();
    assert_eq!(json["format"], "hocba-public-evidence-1");
    assert_eq!(json["sheets"][1]["statuses"][0]["leaf_index"], 1_040_002);
    for hidden in ["blind", "facts", "signed_digest", "matruong", "idbanghi"] {
        assert!(!file.text().contains(hidden), "{hidden}");
    }
}

#[actix_web::test]
async fn no_evidence_where_there_is_nothing_or_nothing_is_known() {
    let state = state(|_| {});
    for path in ["bang-chung", "bang-chung/tep"] {
        assert_eq!(call_with(&state, get(&format!("/v/{UNKNOWN}/{path}"))).await.status, 404);
        let unchecked = call_with(&state, get(&format!("/v/{UNCHECKED}/{path}"))).await;
        assert_eq!(unchecked.status, 503);
        assert!(!unchecked.text().contains("Không tìm thấy học bạ"));
        assert_eq!(call_with(&state, get(&format!("/v/zz/{path}"))).await.status, 400);
    }
    for path in ["bang-chung.css", "bang-chung/", "bang-chung/tep.css", "bang-chung/tep/x"] {
        assert_eq!(call_with(&state, get(&format!("/v/{CODE}/{path}"))).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn the_whole_file_needs_the_second_factor_every_time() {
    let state = state(|_| {});
    let path = format!("/v/{CODE}/bang-chung");
    let file = call_with(&state, form(&path, "date_of_birth=2014-09-05")).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"bang-chung.json\"");
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(file.json()["evidence"][0]["note"], "no current status");
    let wrong = call_with(&state, form(&path, "date_of_birth=2013-01-01")).await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.text().contains("Ngày sinh không khớp") && wrong.header("content-disposition").is_empty());
    assert_eq!(call_with(&state, form(&path, "")).await.status, 400);
    assert_eq!(call_with(&state, form(&path, &"a".repeat(10_000))).await.status, 413);
    assert_eq!(call_with(&state, form(&path, "day=1&day=2")).await.status, 400);
    let foreign = form(&path, "date_of_birth=2014-09-05").insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(call_with(&state, foreign).await.status, 403);
}

#[actix_web::test]
async fn the_opened_page_offers_the_file_by_post_alone() {
    let page = call_with(&state(|_| {}), form(&format!("/v/{CODE}"), "day=5&month=9&year=2014")).await.text();
    assert!(page.contains(&format!("method=\"post\" action=\"/v/{CODE}/bang-chung\"")) || page.contains("cả học bạ"));
    assert!(!page.contains("?date") && !page.contains("?day"), "nothing typed in an address");
}

#[actix_web::test]
async fn the_ledger_is_paged_by_position() {
    let state = state(|_| {});
    let page = call_with(&state, get("/nhat-ky")).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("Từ mục 950 đến mục 999") && text.contains("href=\"/nhat-ky?den=949#cac-muc\""), "{text}");
    assert!(!text.contains("q1Cn5dy") || text.contains("hocba audit --log https://hocba.example.vn"));
    assert!(text.contains("30 giây trước"));
    let text = call_with(&state, get("/nhat-ky?den=49")).await.text();
    assert!(text.contains("Từ mục 0 đến mục 49") && !text.contains("rel=\"next\"") && text.contains("den=99"));
    assert!(call_with(&state, get("/nhat-ky?den=0")).await.text().contains("Từ mục 0 đến mục 0"));
    for beyond in ["1000", "18446744073709551615", ""] {
        let text = call_with(&state, get(&format!("/nhat-ky?den={beyond}"))).await.text();
        assert!(text.contains("Từ mục 950 đến mục 999"), "{beyond}");
    }
    for odd in ["-1", "x", "1e3", "18446744073709551616", "1&den=2", "%ff"] {
        assert_eq!(call_with(&state, get(&format!("/nhat-ky?den={odd}"))).await.status, 400, "{odd}");
    }
    // Commitments are public, and no use to a reader.
    assert!(!text.contains("abababab"));
}

#[actix_web::test]
async fn schools_are_found_filtered_and_shown() {
    let state = state(|_| {});
    let found = call_with(&state, get("/truong?q=thcs+nguyen+du&tinh=24")).await;
    assert_eq!(found.status, 200);
    let text = found.text();
    assert!(text.contains("Có 3 cơ sở giáo dục") && text.contains("href=\"/truong/24/24210501\""), "{text}");
    assert!(text.contains("khi cấp khóa thuộc Bắc Giang"));
    assert!(text.contains("value=\"thcs nguyen du\"") && text.contains("<option value=\"24\" lang=\"vi\" selected>"));
    let school = call_with(&state, get("/truong/24/24210501")).await.text();
    assert!(school.contains("Bắc Giang") && school.contains("Còn dùng được") && school.contains("EdDSA"));
    assert!(call_with(&state, get("/truong/27/27256501")).await.text().contains("Trường Trung học cơ sở Nguyễn Du"));
    let province = call_with(&state, get("/truong/24")).await.text();
    assert!(province.contains("Bắc Giang (24), Bắc Ninh (27)") || province.contains("Bắc Ninh (27), Bắc Giang (24)"));
    for nothing in ["/truong/99", "/truong/24/9999", "/truong/99/24210501", "/truong/xx/%00", "/truong/24/%ff"] {
        assert_eq!(call_with(&state, get(nothing)).await.status, 404, "{nothing}");
    }
    let none = call_with(&state, get("/truong?q=khong+co")).await.text();
    assert!(none.contains("Không tìm thấy cơ sở giáo dục nào."));
}

#[actix_web::test]
async fn odd_questions_to_the_directory_are_answered_in_plain_words() {
    let state = state(|_| {});
    let long = "a".repeat(5000);
    for query in [
        "q=%3Cscript%3Ealert(1)%3C/script%3E",
        "tinh=zz&trang=-1",
        "trang=0",
        "trang=18446744073709551615",
        "trang=99999999999999999999999",
        "q=%ff%fe",
        &format!("q={long}"),
    ] {
        let page = call_with(&state, get(&format!("/truong?{query}"))).await;
        assert_eq!(page.status, 200, "{query}");
        assert!(!page.text().contains("<script"), "{query}");
        assert!(page.text().len() < 40_000, "{query}");
    }
    assert_eq!(call_with(&state, get("/truong?q=a&q=b")).await.status, 400);
    for path in ["/truong", "/truong/24", "/truong/24/24210501", "/nhat-ky"] {
        let shut_out = get(path).peer_addr(format!("{SHUT_OUT}:1").parse().unwrap());
        assert_eq!(call_with(&state, shut_out).await.status, 429, "{path}");
        assert_eq!(call_with(&state, form(path, "q=a")).await.status, 405, "{path}");
    }
}

#[test]
fn pages_of_the_list_keep_the_question() {
    let frame = Frame {
        text: Language::Vietnamese.text(),
        owner: "o",
        contact: "mailto:a@b",
        banner: None,
        offices: false,
        path: "/truong",
    };
    let register = crate::register::nation().register;
    let directory = register.directory();
    let mut found = directory.search(&Query::new("", None), 0, 25);
    found.total = 51;
    let listing = schools::Listing {
        register: &register,
        ledger_size: 12,
        typed: "Đông & Đô",
        province: directory.current_of("24"),
        found,
        page: 2,
        now: now(),
    };
    let page = schools::list(&frame, &listing).into_string();
    let query = "q=%C4%90%C3%B4ng%20%26%20%C4%90%C3%B4&amp;tinh=24";
    assert!(page.contains(&format!("/truong?{query}&amp;trang=1")), "{page}");
    assert!(page.contains(&format!("/truong?{query}&amp;trang=3")));
    assert!(page.contains("Trang 2 trên 3"));
}
