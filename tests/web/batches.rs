//! Batches on the web: a file that is handed in, what it is taken as, one batch with its progress and its results. And who
//! looked at what, for auditors.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use hocba::batch::columns::{Field, HeadingFault};
use hocba::batch::jobs::{AddRefusal, By, Input, JobId, State};
use hocba::config::Config;
use hocba::journal::{Actor, Event, Journal, Outcome, SearchedBy, Searching};
use hocba::offices::{Account, ActingMember};
use hocba::portal::batch::{
    BatchDesk, BatchFault, BatchRefusal, BatchView, Conclusion, Drafts, Format, HandedIn, SourceFault, Tongue,
};
use hocba::portal::oversight::Oversight;
use hocba::transcript::{GroupSet, Moment};
use hocba::web::backend::Batches;

use super::fixtures::code;
use super::offices::{Browser, House, clock, hidden, wait};
use super::routes::request;
use crate::offices::samples::{now, text};

/// The batch that there is.
pub(super) const BATCH: &str = "00112233445566778899";
/// One that is still worked on.
const WAITING: &str = "00112233445566778800";
const TABLE: &str = "Mã tra cứu;Họ tên;Ghi chú\n0f8fad5bd9cb469fa16570867728950e;Nguyễn Văn An;x\n";

/// An office's batches: one that is over, one that is not. What is begun hangs on the name of the file.
pub(super) struct BatchesFixture;

fn view(id: &str, state: State) -> BatchView {
    BatchView {
        id: JobId::parse(id).unwrap(),
        office: text("dhqg-hn"),
        by: By::Member { account: text("lan.nguyen@dhqg-hn") },
        input: Input::Table,
        name: text("thí sinh.csv"),
        rows: 12_000,
        done: if state == State::Waiting { 3_000 } else { 12_000 },
        state,
        made_at: now(),
        ended_at: (state != State::Waiting).then(now),
        kept_until: now(),
    }
}

impl Batches for BatchesFixture {
    fn begin(&self, _: &ActingMember, file: &HandedIn, _: Moment) -> Result<BatchView, BatchRefusal> {
        match file.name.as_str() {
            "đầy.csv" => Err(AddRefusal::Waiting(5).into()),
            "hỏng.csv" => Err(AddRefusal::NotRecorded.into()),
            _ => Ok(view(WAITING, State::Waiting)),
        }
    }

    fn list(&self, _: &ActingMember) -> Vec<BatchView> {
        vec![view(WAITING, State::Waiting), view(BATCH, State::Finished)]
    }

    fn get(&self, _: &ActingMember, id: &JobId) -> Option<BatchView> {
        match id.to_string().as_str() {
            BATCH => Some(view(BATCH, State::Finished)),
            WAITING => Some(view(WAITING, State::Waiting)),
            _ => None,
        }
    }

    fn counts(&self, _: &ActingMember, _: &JobId) -> Result<BTreeMap<Conclusion, u64>, BatchFault> {
        Ok(BTreeMap::from([(Conclusion::Matches, 11_990), (Conclusion::Differs, 10)]))
    }

    fn cancel(&self, who: &ActingMember, id: &JobId, _: Moment) -> Result<BatchView, BatchFault> {
        self.get(who, id).ok_or(BatchFault::Unknown)
    }

    fn delete(&self, who: &ActingMember, id: &JobId, _: Moment) -> Result<(), BatchFault> {
        match id.to_string() == WAITING {
            true => Err(BatchFault::NotRecorded),
            false => self.get(who, id).map(drop).ok_or(BatchFault::Unknown),
        }
    }

    fn results(
        &self,
        _: &ActingMember,
        _: &JobId,
        format: Format,
        tongue: Tongue,
        _: Moment,
    ) -> Result<Vec<u8>, BatchFault> {
        match (format, tongue) {
            (Format::Csv, Tongue::Vi) => Ok("kết quả".into()),
            (Format::Csv, Tongue::En) => Ok("results".into()),
            (Format::Xlsx, _) => Err(BatchFault::NotRecorded),
        }
    }

    fn report(&self, _: &ActingMember, _: &JobId, _: Moment) -> Result<Vec<u8>, BatchFault> {
        Ok(b"%PDF-1.7 report".to_vec())
    }
}

/// What auditors read, over a journal; everything that is written was read.
pub(super) fn overseen(journal: &Arc<Journal>, now: Moment) -> Arc<Oversight> {
    let bounds = Config::load(&[]).unwrap().oversight;
    let oversight = Oversight::new(Arc::clone(journal), bounds, now);
    assert!(oversight.follow());
    oversight.tell(&[], true, now);
    Arc::new(oversight)
}

/// A table that waits to be begun with.
pub(super) fn wait_to_begin(drafts: &Drafts, who: &Account, now: Moment) {
    let file = HandedIn { name: text("thí sinh.csv"), bytes: Arc::new(TABLE.into()), taken: Vec::new() };
    let preview = BatchDesk::preview(&file).unwrap();
    drafts.put(who, file, preview, now).unwrap();
}

/// A form with a file, as browsers send it.
fn upload(browser: &Browser, token: &str, name: &str, file: &[u8], pasted: &str) -> TestRequest {
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let body = [
        part("form", token),
        head.into_bytes(),
        file.to_vec(),
        b"\r\n".to_vec(),
        part("text", pasted),
        b"--x--\r\n".to_vec(),
    ];
    request(Method::POST, "/co-quan/lo")
        .insert_header(("content-type", "multipart/form-data; boundary=x"))
        .insert_header(("cookie", browser.cookie()))
        .set_payload(body.concat())
}

fn handed_in(browser: &Browser, name: &str, file: &[u8], pasted: &str) -> TestRequest {
    upload(browser, &browser.token.csrf().to_text(), name, file, pasted)
}

#[actix_web::test]
async fn a_table_is_handed_in_looked_at_and_begun() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let sent = house.call(handed_in(&clerk, "thư mục/thí sinh.csv", TABLE.as_bytes(), "")).await;
    assert_eq!((sent.status.as_u16(), sent.header("location")), (303, "/co-quan/lo/xem-truoc"));
    let page = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
    let text = page.text();
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    assert!(text.contains("<bdi>thí sinh.csv</bdi>") && text.contains("bảng 1 dòng"), "{text}");
    assert!(text.contains("<option value=\"full_name\" selected>") && text.contains("1 cột không được đối chiếu"));
    assert!(text.contains("<bdi>Nguyễn Văn An</bdi>"));
    let number = hidden(&page, "so");
    let choose =
        |what: &str, columns: &str| clerk.post("/co-quan/lo/xem-truoc", &format!("so={number}&viec={what}&{columns}"));
    let twice = house.call(choose("xem", "cot-0=code&cot-1=school&cot-2=school")).await;
    assert!(twice.status == 400 && twice.text().contains("mỗi nội dung chỉ một cột"));
    assert!(twice.text().contains("<option value=\"school\" selected>"), "as it was chosen");
    let none = house.call(choose("bat-dau", "cot-0=&cot-1=full_name&cot-2=")).await;
    assert!(none.status == 400 && none.text().contains("Hãy chọn một cột là mã tra cứu"));
    assert_eq!(house.call(choose("xem", "cot-9=code")).await.status, 400);
    let other = house.call(choose("xem", "cot-0=code&cot-1=school&cot-2=")).await;
    assert_eq!(other.header("location"), "/co-quan/lo/xem-truoc");
    let again = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
    assert!(again.text().contains("<option value=\"school\" selected>"));
    let begun = house.call(choose("bat-dau", "cot-0=code&cot-1=school&cot-2=")).await;
    assert_eq!(begun.header("location"), format!("/co-quan/lo/{WAITING}"));
    let twice = house.call(choose("bat-dau", "cot-0=code")).await;
    assert_eq!(twice.header("location"), "/co-quan/lo?xong=qua-han", "it begins once");
    let gone = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
    assert_eq!(gone.header("location"), "/co-quan/lo?xong=qua-han");
    assert!(house.call(clerk.get("/co-quan/lo?xong=qua-han")).await.text().contains("Tệp không còn chờ nữa"));
}

#[actix_web::test]
async fn what_waits_belongs_to_one_account_for_ten_minutes() {
    let house = House::new();
    let (clerk, administrator) = (house.sign_in(&house.clerk), house.sign_in(&house.administrator));
    house.call(handed_in(&clerk, "riêng.csv", TABLE.as_bytes(), "")).await;
    let theirs = house.call(administrator.get("/co-quan/lo/xem-truoc")).await;
    assert!(!theirs.text().contains("riêng.csv"));
    let page = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
    let dropped = clerk.post("/co-quan/lo/xem-truoc", &format!("so={}&viec=bo", hidden(&page, "so")));
    assert_eq!(house.call(dropped).await.header("location"), "/co-quan/lo?xong=bo");
    assert_eq!(house.call(clerk.get("/co-quan/lo/xem-truoc")).await.status, 303);
    house.call(handed_in(&clerk, "riêng.csv", TABLE.as_bytes(), "")).await;
    wait(599);
    assert_eq!(house.call(clerk.get("/co-quan/lo/xem-truoc")).await.status, 200);
    wait(1);
    assert_eq!(house.call(clerk.get("/co-quan/lo/xem-truoc")).await.status, 303);
}

#[actix_web::test]
async fn codes_may_be_pasted() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let codes = "0f8fad5bd9cb469fa16570867728950e\r\nffffffffffffffffffffffffffffffff\r\n";
    assert_eq!(house.call(handed_in(&clerk, "", b"", codes)).await.header("location"), "/co-quan/lo/xem-truoc");
    let page = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
    assert!(page.text().contains("Danh sách mã đã dán") && page.text().contains("bảng 2 dòng"));
}

#[actix_web::test]
async fn each_kind_of_broken_file_is_said_in_its_own_words() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    for (name, file, pasted, says) in [
        ("", &b""[..], "", "Hãy chọn một tệp, hoặc dán danh sách mã"),
        ("a.csv", TABLE.as_bytes(), "0f8f", "Chỉ dùng một cách"),
        ("a.csv", "Họ tên;Lớp\nAn;9A\n".as_bytes(), "", "Không tìm thấy cột mã tra cứu. "),
        ("a.xls", b"\xD0\xCF\x11\xE0 old", "", "Tệp Excel kiểu cũ (.xls) hoặc có mật khẩu"),
        ("a.zip", b"PK\x03\x04 no archive", "", "Tệp nén bị hỏng"),
        ("a.csv", b"\xFF\xFE\x00", "", "Chưa nhận được"),
    ] {
        let answer = house.call(handed_in(&clerk, name, file, pasted)).await;
        assert_eq!(answer.status.as_u16(), 400, "{says}");
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
    }
    let titles = house.call(handed_in(&clerk, "a.csv", "Họ tên;<b>\nAn;9A\n".as_bytes(), "")).await;
    assert!(titles.text().contains("Các tiêu đề đọc được: Họ tên, &lt;b&gt;"));
}

/// In both languages; the words of the rest are seen by no request here.
#[test]
fn every_fault_has_words() {
    use hocba::batch::archive::ArchiveFault;
    use hocba::batch::table::TableFault;
    use hocba::web::text::Language;
    let tables = [
        TableFault::TooLong,
        TableFault::Empty,
        TableFault::TooManyRows,
        TableFault::TooManyColumns { row: 7 },
        TableFault::OldOrLocked,
        TableFault::NoTable,
        TableFault::Encoding,
        TableFault::Damaged,
        TableFault::NoCodeColumn { titles: vec![] },
        TableFault::Archive(ArchiveFault::TooMany(2_000)),
    ];
    let archives =
        [ArchiveFault::Damaged, ArchiveFault::Locked, ArchiveFault::TooMany(1_600), ArchiveFault::TooLarge(1 << 30)];
    let columns = [HeadingFault::NoCode, HeadingFault::Twice, HeadingFault::NoColumn];
    let others = [SourceFault::TooLong, SourceFault::TooMany, SourceFault::Nothing];
    let all: Vec<SourceFault> = tables
        .into_iter()
        .map(SourceFault::from)
        .chain(archives.into_iter().map(SourceFault::from))
        .chain(columns.into_iter().map(SourceFault::from))
        .chain(others)
        .collect();
    for language in Language::ALL {
        let words = &language.text().batches;
        let said: std::collections::BTreeSet<String> = all.iter().map(|fault| (words.fault)(fault)).collect();
        // Too many files of a table's archive or of another one are said alike, but for the number.
        assert_eq!(said.len(), all.len(), "{said:?}");
        assert!(said.iter().all(|words| words.ends_with('.') && !words.contains("  ")));
        for field in Field::ALL {
            assert!(!(words.field)(field).is_empty());
        }
    }
}

#[actix_web::test]
async fn nothing_is_read_of_a_form_that_is_not_ours() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let forged = house.call(upload(&clerk, "AAAA", "a.csv", TABLE.as_bytes(), "")).await;
    assert!(forged.status == 403 && forged.text().contains("Trang vừa gửi đã cũ"));
    let foreign = handed_in(&clerk, "a.csv", TABLE.as_bytes(), "").insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(house.call(foreign).await.status, 403);
    let late = request(Method::POST, "/co-quan/lo")
        .insert_header(("content-type", "multipart/form-data; boundary=x"))
        .insert_header(("cookie", clerk.cookie()))
        .set_payload("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nMã\r\n--x--\r\n");
    assert_eq!(house.call(late).await.status, 403, "the token comes first");
    let page = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
    assert!(page.text().contains("thí sinh.csv"), "what waited before waits still");
}

#[actix_web::test]
async fn a_batch_that_cannot_be_begun_waits_on() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    for (name, status, says) in [("đầy.csv", 409, "đã có 5 lô đang chờ"), ("hỏng.csv", 503, "Chưa thực hiện được")]
    {
        house.call(handed_in(&clerk, name, TABLE.as_bytes(), "")).await;
        let page = house.call(clerk.get("/co-quan/lo/xem-truoc")).await;
        let fields = format!("so={}&viec=bat-dau&cot-0=code", hidden(&page, "so"));
        let refused = house.call(clerk.post("/co-quan/lo/xem-truoc", &fields)).await;
        assert_eq!(refused.status.as_u16(), status, "{name}");
        assert!(refused.text().contains(says) && refused.text().contains("đang chờ xác nhận"), "{name}");
        assert_eq!(house.call(clerk.get("/co-quan/lo/xem-truoc")).await.status, 200);
    }
}

#[actix_web::test]
async fn a_batch_shows_how_far_it_is_and_what_it_came_to() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let waiting = house.call(clerk.get(&format!("/co-quan/lo/{WAITING}"))).await;
    let page = waiting.text();
    assert!(waiting.header("content-security-policy").contains("connect-src 'self'"));
    assert!(
        page.contains("<progress id=\"progress\" max=\"12000\" value=\"3000\">")
            && page.contains("3.000 / 12.000 dòng")
    );
    assert!(page.contains("value=\"dung\"") && !page.contains("value=\"xoa\"") && page.contains("/static/batch."));
    let over = house.call(clerk.get(&format!("/co-quan/lo/{BATCH}"))).await.text();
    assert!(over.contains("11.990") && over.contains("Khác với hồ sơ") && over.contains("value=\"xoa\""));
    assert!(!over.contains("/static/batch.") && over.contains("name=\"dang\" value=\"pdf\""));
    let state = house.call(clerk.get(&format!("/co-quan/lo/{WAITING}/tien-do"))).await.json();
    assert_eq!(state, serde_json::json!({"waiting": true, "done": 3_000, "rows": 12_000}));
    let unknown = house.call(clerk.get("/co-quan/lo/99887766554433221100/tien-do")).await;
    assert_eq!((unknown.status.as_u16(), unknown.header("content-type")), (404, "application/problem+json"));
}

#[actix_web::test]
async fn a_page_that_asks_by_itself_keeps_nobody_signed_in() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let ask = || clerk.get(&format!("/co-quan/lo/{WAITING}/tien-do"));
    for _ in 0..8 {
        wait(100);
        assert_eq!(house.call(ask()).await.status, 200);
    }
    wait(100);
    assert_eq!(house.call(ask()).await.status, 303);
    assert_eq!(house.call(clerk.get("/co-quan/lo")).await.status, 303);
}

#[actix_web::test]
async fn a_batch_is_stopped_deleted_and_taken_home() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let of = |id: &str, what: &str| clerk.post(&format!("/co-quan/lo/{id}"), &format!("viec={what}"));
    assert_eq!(house.call(of(WAITING, "dung")).await.header("location"), format!("/co-quan/lo/{WAITING}"));
    assert_eq!(house.call(of(BATCH, "xoa")).await.header("location"), "/co-quan/lo?xong=xoa");
    let not_recorded = house.call(of(WAITING, "xoa")).await;
    assert!(not_recorded.status == 503 && not_recorded.text().contains("Chưa thực hiện được"));
    assert_eq!(house.call(of("99887766554433221100", "xoa")).await.status, 404);
    let take = |kind: &str| clerk.post(&format!("/co-quan/lo/{BATCH}/ket-qua"), &format!("dang={kind}"));
    let csv = house.call(take("csv")).await;
    assert_eq!((csv.header("content-type"), csv.text().as_str()), ("text/csv; charset=utf-8", "kết quả"));
    assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"ket-qua-{BATCH}.csv\""));
    assert_eq!(csv.header("cache-control"), "no-store");
    let english = house.call(take("csv").insert_header(("accept-language", "en"))).await;
    assert_eq!(english.text(), "results");
    let report = house.call(take("pdf")).await;
    assert_eq!(report.header("content-disposition"), format!("attachment; filename=\"bao-cao-{BATCH}.pdf\""));
    let failed = house.call(take("xlsx")).await;
    assert!(failed.status == 503 && failed.text().contains("Chưa tạo được tệp kết quả"));
    assert_eq!(house.call(take("exe")).await.status, 400);
    let read = house.call(clerk.get(&format!("/co-quan/lo/{BATCH}/ket-qua"))).await;
    assert_eq!(read.header("location"), format!("/co-quan/lo/{BATCH}"));
}

/// Sixty searches in an hour are many, and one more is an alert.
fn search_much(journal: &Journal, account: &str) {
    for n in 0..61_u32 {
        let search = Searching {
            account: text(account),
            purpose: text("Xét tuyển đại học"),
            by: SearchedBy::Name,
            subject: &n.to_be_bytes(),
            client: None,
        };
        let made = journal.append_search(clock(), &search).unwrap();
        journal.append_found(clock(), text(account), &made, &[code()], GroupSet::NONE, 0).unwrap();
    }
}

#[actix_web::test]
async fn an_auditor_sees_the_lines_and_what_stands_out() {
    let house = House::new();
    let auditor = house.sign_in(&house.auditor);
    search_much(&house.journal, "lan.nguyen@dhqg-hn");
    let operator = Actor::Operator { name: text("Trần Văn Bình") };
    let seen = Event {
        actor: operator,
        purpose: text("công văn 12"),
        transcript: &code(),
        groups: GroupSet::BIRTH_DATE,
        client: None,
        outcome: Outcome::Disclosed,
    };
    house.journal.append(clock(), &seen).unwrap();
    assert!(house.state.oversight.as_ref().unwrap().follow());
    let page = house.call(auditor.get("/co-quan/nhat-ky")).await.text();
    assert!(page.contains("61 lần tìm và mở trong một giờ") && page.contains("lan.nguyen@dhqg-hn"), "{page}");
    assert!(page.contains("Người vận hành cổng xem 1 lần trong ngày, trong giờ làm việc"));
    assert!(page.contains("Tìm theo họ tên và ngày sinh") && page.contains("công văn 12"));
    assert!(!page.contains(super::fixtures::CODE), "keyed hashes alone");
    assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 50);
    let fifty_first = |page: &str| {
        page.split("name=\"truoc\" value=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    let older = fifty_first(&page).unwrap();
    let ask = |fields: &str| auditor.post("/co-quan/nhat-ky", fields);
    let next = house.call(ask(&format!("truoc={older}"))).await.text();
    assert_eq!(next.matches("<tr><th scope=\"row\">").count(), 50);
    let kinds = house.call(ask("loai=van-hanh")).await.text();
    assert_eq!(kinds.matches("<tr><th scope=\"row\">").count(), 1);
    assert!(kinds.contains("Mở học bạ: ") && kinds.contains("Đã đọc hết."));
    let mine = house.call(ask("tai-khoan=mai%40dhqg-hn&loai=dang-nhap")).await.text();
    assert_eq!(mine.matches("<tr><th scope=\"row\">").count(), 1, "signed in once");
    for (fields, none) in [("tu=2026-07-02", true), ("den=2026-06-30", true), ("tu=2026-07-01&den=2026-07-01", false)] {
        let page = house.call(ask(fields)).await.text();
        assert_eq!(page.contains("Không có dòng nào."), none, "{fields}");
    }
    for (fields, says) in [
        ("tu=hôm nay", "Ngày chưa đúng"),
        ("tai-khoan=lan", "Tài khoản chưa đúng"),
        ("don-vi=%3Cb%3E", "Tên ngắn của đơn vị"),
    ] {
        let refused = house.call(ask(fields)).await;
        assert!(refused.status == 400 && refused.text().contains(says), "{fields}");
    }
}
