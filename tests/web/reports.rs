//! "Báo sai sót" over HTTP: what is wrong with a form, what is kept of it, what a ticket shows.

use std::net::IpAddr;

use hocba::reports::{About, Contact, Filed, Nonce, Report, TicketCode};
use hocba::transcript::{Moment, TranscriptCode};
use hocba::web::backend::{ReportDesk, ReportForm, ReportRefusal, ReportsAway};
use serde_json::json;

use super::fixtures::{CODE, SHUT_OUT, UNCHECKED, UNKNOWN, state};
use super::routes::{Answer, call_with, form, get};

const TICKET: &str = "7K2M-9QXR-04TB-VN5H-C8DE";
const ONCE: &str = "000102030405060708090a0b0c0d0e0f";

/// Takes what says so, and nothing else.
pub(super) struct DeskFixture;

impl ReportDesk for DeskFixture {
    fn file(
        &self,
        _: &TranscriptCode,
        form: ReportForm,
        nonce: &Nonce,
        _: IpAddr,
        _: Moment,
    ) -> Result<(Filed, String), ReportRefusal> {
        match form.text.as_str() {
            "too many" => return Err(ReportRefusal::TooMany),
            "full" => return Err(ReportRefusal::Full),
            "away" => return Err(ReportRefusal::Unavailable),
            _ => {}
        }
        assert_eq!(form.about, About::Results);
        assert_eq!(form.contact, Contact::new("a@b.vn").ok());
        let ticket = TicketCode::from_typed(TICKET).unwrap();
        Ok((Filed { number: 17, ticket, again: nonce[0] == 1 }, "Quảng Ninh".into()))
    }

    fn by_ticket(&self, ticket: &TicketCode) -> Result<Option<Report>, ReportsAway> {
        match ticket.to_string().as_str() {
            TICKET => Ok(Some(report())),
            "0000-0000-0000-0000-0000" => Err(ReportsAway),
            _ => Ok(None),
        }
    }
}

fn report() -> Report {
    let step = |state: &str, at: &str, text: &str| json!({"at": at, "state": state, "by": "Bà Cán Bộ", "text": text});
    serde_json::from_value(json!({
        "number": 17, "filed_at": "2026-11-20T08:00:00+07:00", "code": CODE, "school_year": "2022-2023",
        "province": {"matinh": "22", "vintage": "2025-07-01", "tentinh": "Quảng Ninh"}, "school": "22001001",
        "about": "results", "text": "Điều người báo đã viết", "contact": "a@b.vn",
        "steps": [
            step("forwarded", "2026-11-21T09:00:00+07:00", "ghi chú nội bộ"),
            step("answered", "2026-11-22T09:00:00+07:00", "Trường đã thay thế.\n<b>Cảm ơn</b>")
        ]
    }))
    .unwrap()
}

fn path() -> String {
    format!("/v/{CODE}/bao-sai-sot")
}

async fn send(body: &str) -> Answer {
    call_with(&state(|_| {}), form(&path(), body)).await
}

#[actix_web::test]
async fn the_form_is_there_for_codes_on_record() {
    let state = state(|_| {});
    let page = call_with(&state, get(&path())).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("<option value=\"2022-2023\"") && text.contains("name=\"once\""));
    assert!(text.contains("sau 730 ngày"));
    let again = call_with(&state, get(&path())).await.text();
    let nonce = |page: &str| page.split("name=\"once\" value=\"").nth(1).unwrap()[..32].to_owned();
    assert_ne!(nonce(&text), nonce(&again), "every form is its own report");
    assert_eq!(call_with(&state, get(&format!("/v/{UNKNOWN}/bao-sai-sot"))).await.status, 404);
    assert_eq!(call_with(&state, get(&format!("/v/{UNCHECKED}/bao-sai-sot"))).await.status, 503);
    assert_eq!(call_with(&state, get("/v/zz/bao-sai-sot")).await.status, 400);
    for path in ["/v/x/bao-sai-sot.css", "/bao-sai-sot/", "/bao-sai-sot.css"] {
        assert_eq!(call_with(&state, get(path)).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn a_report_is_taken_once_and_its_ticket_is_shown() {
    let body = format!("once={ONCE}&about=results&year=2022-2023&text=Sai&contact=a%40b.vn");
    let filed = send(&body).await;
    assert_eq!(filed.status, 201);
    assert_eq!(filed.header("cache-control"), "no-store");
    let text = filed.text();
    assert!(text.contains(TICKET) && text.contains("Quảng Ninh") && !text.contains("đã được nhận từ trước"));
    assert!(!text.contains(&format!("?{TICKET}")) && !text.contains(&format!("/{TICKET}")), "no secret in an address");
    let again = send(&body.replace("once=00", "once=01")).await;
    assert_eq!(again.status, 200);
    assert!(again.text().contains("đã được nhận từ trước"));
}

#[actix_web::test]
async fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
    let long = "a".repeat(2001);
    for (about, year, text, contact, fault) in [
        ("", "", "Sai", "", "Hãy chọn sai sót về điều gì."),
        ("marks", "", "Sai", "", "Hãy chọn sai sót về điều gì."),
        ("results", "1999-2000", "Sai", "", "Học bạ không có năm học này."),
        ("results", "x", "Sai", "", "Học bạ không có năm học này."),
        ("results", "", "", "", "Hãy ghi nội dung sai sót."),
        ("results", "", "%0D%0A+", "", "Hãy ghi nội dung sai sót."),
        ("results", "", long.as_str(), "", "dài quá 2.000 ký tự"),
        ("results", "", "a%E2%80%AEb", "", "ký tự không nhận được"),
        ("results", "", "a%00b", "", "ký tự không nhận được"),
        ("results", "", "Sai", "x", "không phải là thư điện tử"),
        ("results", "", "Sai", "a%40b.vn%0ABcc%3A+c%40d.vn", "không phải là thư điện tử"),
    ] {
        let body = format!("once={ONCE}&about={about}&year={year}&text={text}&contact={contact}");
        let page = send(&body).await;
        assert_eq!(page.status, 400, "{about} {year} {contact}");
        let html = page.text();
        assert!(html.contains(fault), "{fault}");
        assert!(html.contains(ONCE), "the same form");
        if text == "Sai" {
            assert!(html.contains(">Sai</textarea>"));
        }
        if about == "results" {
            assert!(html.contains("<option value=\"results\" selected>"));
        }
    }
    let escaped = send(&format!("once={ONCE}&about=&text=%3C%2Ftextarea%3E%3Cscript%3E")).await.text();
    assert!(escaped.contains("&lt;/textarea&gt;&lt;script&gt;") && !escaped.contains("<script"));
}

#[actix_web::test]
async fn forged_oversized_and_repeated_forms_are_refused() {
    let right = format!("once={ONCE}&about=results&text=Sai&contact=a%40b.vn");
    let state = state(|_| {});
    let foreign = form(&path(), &right).insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(call_with(&state, foreign).await.status, 403);
    let foreign = form("/bao-sai-sot", "ticket=x").insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(call_with(&state, foreign).await.status, 403);
    assert_eq!(send(&format!("{right}&text=again")).await.status, 400);
    for once in ["", "zz", "00", &ONCE.to_uppercase(), &format!("{ONCE}00")] {
        assert_eq!(send(&right.replace(ONCE, once)).await.status, 400, "{once}");
    }
    assert_eq!(send(&format!("{right}{}", "&pad=".repeat(10_000))).await.status, 413);
    let json = super::routes::post(&path(), "application/json", "{}");
    assert_eq!(call_with(&state, json).await.status, 415);
    let shut_out = form(&path(), &right).peer_addr(format!("{SHUT_OUT}:1").parse().unwrap());
    assert_eq!(call_with(&state, shut_out).await.status, 429);
    assert_eq!(call_with(&state, form(&format!("/v/{UNKNOWN}/bao-sai-sot"), &right)).await.status, 404);
}

#[actix_web::test]
async fn a_report_that_is_not_taken_keeps_what_was_typed() {
    for (text, status, says) in [
        ("too+many", 429, "Học bạ này đã có nhiều báo sai sót"),
        ("full", 429, "Hôm nay cổng không nhận thêm báo sai sót"),
        ("away", 503, "Chưa nhận được báo sai sót"),
    ] {
        let page = send(&format!("once={ONCE}&about=results&text={text}&contact=a%40b.vn")).await;
        assert_eq!(page.status, status);
        let html = page.text();
        assert!(html.contains(says) && html.contains(&format!(">{}</textarea>", text.replace('+', " "))), "{html}");
        assert_eq!(page.header("retry-after").is_empty(), status != 503);
    }
}

#[actix_web::test]
async fn a_ticket_shows_state_and_answer_and_not_what_was_written() {
    let state = state(|_| {});
    let ask = call_with(&state, get("/bao-sai-sot")).await;
    assert_eq!(ask.status, 200);
    for typed in [TICKET, "7k2m9qxro4tbvn5hc8de", " 7K2M 9QXR 04TB VN5H C8DE "] {
        let page = call_with(&state, form("/bao-sai-sot", &format!("ticket={}", typed.replace(' ', "+")))).await;
        assert_eq!(page.status, 200, "{typed}");
        assert_eq!(page.header("cache-control"), "no-store");
        let text = page.text();
        assert!(text.contains("Đã trả lời") && text.contains("Trường đã thay thế.") && text.contains("&lt;b&gt;"));
        for hidden in ["Điều người báo", "ghi chú nội bộ", "Bà Cán Bộ", "a@b.vn", CODE, "22001001"] {
            assert!(!text.contains(hidden), "{hidden}");
        }
    }
    let nobody = call_with(&state, form("/bao-sai-sot", "ticket=1111-1111-1111-1111-1111")).await;
    assert_eq!(nobody.status, 404);
    assert!(nobody.text().contains("Không tìm thấy báo sai sót"));
    for odd in ["", "x", "7K2M", "7K2M-9QXR-04TB-VN5H-C8DEU", "%ff", &"0".repeat(900)] {
        let page = call_with(&state, form("/bao-sai-sot", &format!("ticket={odd}"))).await;
        assert_eq!(page.status, 400, "{odd}");
        assert!(page.text().contains("Mã theo dõi gồm 20"));
    }
    assert_eq!(call_with(&state, form("/bao-sai-sot", &"0".repeat(2000))).await.status, 413);
    let away = call_with(&state, form("/bao-sai-sot", "ticket=0000-0000-0000-0000-0000")).await;
    assert_eq!(away.status, 503);
}
