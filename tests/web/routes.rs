//! Every route as a client sees it: status, headers, caching, problems, languages.

use std::net::SocketAddr;

use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, dev::ServiceResponse};
use hocba::web::AppState;
use hocba::web::assets::PORTAL_CSS;
use hocba::web::routes::{Surface, TABLE, operators, public};
use serde_json::{Value, json};

use super::fixtures::{CODE, PANICS, SHUT_OUT, UNCHECKED, UNKNOWN, state};

/// An answer, read whole.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Every header of a name.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).map(|v| v.to_str().unwrap()).collect()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts a problem of RFC 9457 with both languages, and gives it back.
    fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status.as_u16(), status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:problem-type:hocba:{slug}"));
        assert_eq!(problem["status"], status);
        for member in ["title", "title_en", "detail", "detail_en"] {
            assert!(problem[member].as_str().is_some_and(|t| !t.is_empty()), "{member}");
        }
        problem
    }
}

const PEER: &str = "192.0.2.1:40000";

pub(super) fn request(method: Method, path: &str) -> TestRequest {
    let peer: SocketAddr = PEER.parse().unwrap();
    TestRequest::with_uri(path).method(method).peer_addr(peer).insert_header(("host", "hocba.example.vn"))
}

pub(super) fn get(path: &str) -> TestRequest {
    request(Method::GET, path)
}

pub(super) fn post(path: &str, media_type: &str, body: &str) -> TestRequest {
    request(Method::POST, path).insert_header(("content-type", media_type)).set_payload(body.to_owned())
}

pub(super) fn form(path: &str, body: &str) -> TestRequest {
    post(path, "application/x-www-form-urlencoded", body)
}

pub(super) async fn call(request: TestRequest) -> Answer {
    call_with(&state(|_| {}), request).await
}

pub(super) async fn call_with(state: &Data<AppState>, request: TestRequest) -> Answer {
    let app = init_service(App::new().configure(|app| public(state, app))).await;
    let response: ServiceResponse = actix_web::test::call_service(&app, request.to_request()).await;
    let response = response.map_into_boxed_body();
    Answer { status: response.status(), headers: response.headers().clone(), body: read_body(response).await.to_vec() }
}

pub(super) fn api(code: &str) -> String {
    format!("/api/v1/transcripts/{code}")
}

#[actix_web::test]
async fn the_verdict_api_has_the_shape_of_the_contract() {
    let answer = call(get(&api(CODE))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["code"], CODE);
    assert_eq!(body["verdict"], "valid");
    assert_eq!(body["checked_at"], "2026-11-22T14:03:10+07:00");
    assert_eq!(body["as_of"]["ledger_size"], 1_234_567);
    assert_eq!(body["sheets"][0]["province"], json!({"code": "02", "vintage": "2004-07-08", "name": "Hà Giang"}));
    assert_eq!(body["sheets"][0]["checks"]["ledger"], "ok");
    assert!(body["sheets"][0].get("replaced_by").is_none());
}

#[actix_web::test]
async fn unknown_is_a_404_and_unchecked_a_503_of_the_same_shape() {
    let (unknown, unchecked) = (call(get(&api(UNKNOWN))).await, call(get(&api(UNCHECKED))).await);
    assert_eq!((unknown.status.as_u16(), unchecked.status.as_u16()), (404, 503));
    assert_eq!(unchecked.header("retry-after"), "30");
    let members = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&unknown.json()), members(&call(get(&api(CODE))).await.json()));
    assert_eq!(members(&unchecked.json()), members(&unknown.json()));
    assert_eq!(unchecked.json()["verdict"], "unchecked");
}

#[actix_web::test]
async fn a_code_may_have_capitals_hyphens_and_spaces() {
    for typed in [
        "0F8FAD5BD9CB469FA16570867728950E",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8f%20ad5b%20d9cb%20469f%20a165%207086%207728%20950e",
    ] {
        assert_eq!(call(get(&api(typed))).await.json()["code"], CODE);
        assert_eq!(call(get(&format!("/V/{typed}"))).await.status, 200);
        assert_eq!(call(get(&format!("/v/{typed}"))).await.status, 200);
    }
}

/// Cache deception: whatever is appended to a code or slipped into it, the answer is never a verdict
/// and never kept.
#[actix_web::test]
async fn suffixes_never_get_an_answer_that_a_cache_may_keep() {
    let state = state(|_| {});
    let app = init_service(App::new().configure(|app| public(&state, app))).await;
    let suffixes = [
        ".css",
        ".js",
        ".jpg",
        "/a.css",
        "/",
        "//",
        "%2Fa.css",
        "%2fa.css",
        ";a.css",
        ";.css",
        "%3B.css",
        "%0A.css",
        "%0a",
        "%09",
        "%00",
        "%00.css",
        "%3F.css",
        "%23.css",
        "%2e%2e/a.css",
        "/..%2fstatic",
        "/../a.css",
        "+",
        "%2B",
        "%C2%A0",
        "%E2%80%91",
        "%FF",
        "%",
        "%2",
        "%zz",
        "\\a.css",
        "&a=.css",
        ".",
        "..",
        "a",
        "0",
        "zzzz",
    ];
    let routes = ["/v/", "/V/", "/api/v1/transcripts/"];
    for route in routes {
        for suffix in suffixes {
            let paths = [format!("{route}{CODE}{suffix}"), format!("{route}{suffix}{CODE}")];
            for path in paths {
                let Ok(uri) = path.parse::<actix_web::http::Uri>() else { continue };
                let request = get("/").uri(&uri.to_string()).to_request();
                let response = actix_web::test::call_service(&app, request).await;
                let status = response.status().as_u16();
                assert!(matches!(status, 400 | 404), "{path} got {status}");
                assert_eq!(response.headers().get("cache-control").unwrap(), "no-store", "{path}");
                assert_eq!(response.headers().get("x-content-type-options").unwrap(), "nosniff", "{path}");
            }
        }
    }
    // A query changes nothing about an answer, which is not kept either.
    for path in [format!("/v/{CODE}?a.css"), format!("/api/v1/transcripts/{CODE}?x=/a.css")] {
        let answer = call(get(&path)).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    }
}

#[actix_web::test]
async fn a_malformed_code_names_the_group_that_looks_wrong() {
    let problem = call(get(&api("0f8fad5bd9cx469fa16570867728950e"))).await.problem(400, "malformed-code");
    assert_eq!(problem["group"], 3);
    let problem = call(get(&api("0f8fad5b"))).await.problem(400, "malformed-code");
    assert_eq!(problem["length"], 8);
    let page = call(get("/v/0f8fad5bd9cx469fa16570867728950e")).await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("Nhóm 4 ký tự thứ 3") && page.text().contains("d9cx"));
}

#[actix_web::test]
async fn security_headers_are_on_every_answer() {
    let state = state(|_| {});
    for spec in TABLE.iter().filter(|s| s.surface != Surface::Operators) {
        let path = spec.pattern.replace("{code}", CODE).replace("{file}", "x").replace("{path:.*}", "0/000");
        let path = path.replace("/{tail:.*}", "/nothing").replace("{tail:.*}", "/nothing");
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = call_with(&state, request(method.clone(), &path)).await;
            let what = format!("{method} {path} {}", answer.status);
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{what}");
            assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"), "{what}");
            assert!(!answer.header("cache-control").is_empty(), "{what}");
            assert_eq!(answer.header("x-request-id").len(), 16, "{what}");
            // Nobody signs in here, so that nothing below is anything but a page that is not there.
            let page = spec.surface.is_page() || path.starts_with("/co-quan");
            assert_eq!(answer.header("content-security-policy").starts_with("default-src 'none'"), page, "{what}");
            assert_eq!(answer.header("cross-origin-opener-policy") == "same-origin", page, "{what}");
            let scans = matches!(spec.surface, Surface::Scan | Surface::Counter);
            let camera = if scans { "camera=(self)" } else { "camera=()" };
            assert_eq!(answer.header("permissions-policy").contains(camera), page, "{what}");
            assert_eq!(answer.header("access-control-allow-origin") == "*", spec.surface == Surface::Open, "{what}");
            let answers = matches!(spec.surface, Surface::Page | Surface::Watch | Surface::Counter | Surface::Api);
            assert_eq!(answer.header("x-robots-tag").contains("noindex"), answers, "{what}");
        }
    }
}

#[actix_web::test]
async fn transport_security_is_promised_only_behind_tls() {
    let plain = state(|c| c.portal.public_url = "http://hocba.example.vn".into());
    assert_eq!(call_with(&plain, get("/")).await.header("strict-transport-security"), "");
}

#[actix_web::test]
async fn only_our_own_hosts_are_answered() {
    let answer = |host: &'static str| async move {
        let request = TestRequest::with_uri("/api/v1/transcripts/x").insert_header(("host", host));
        call(request).await.status.as_u16()
    };
    for host in ["hocba.example.vn", "HOCBA.example.VN", "127.0.0.1:8080", "[::1]:8080", "localhost", "localhost:1"] {
        assert_eq!(answer(host).await, 400, "{host}");
    }
    for host in [
        "",
        "evil.example",
        "hocba.example.vn.evil.example",
        "evil.example#hocba.example.vn",
        "hocba.example.vn:8443",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:",
        "localhost:99999",
        "user@localhost",
    ] {
        assert_eq!(answer(host).await, 421, "{host}");
    }
    let none = call(TestRequest::with_uri(&api(CODE))).await;
    none.problem(421, "misdirected-host");
    let two = TestRequest::with_uri("/").append_header(("host", "localhost")).append_header(("host", "localhost"));
    assert_eq!(call(two).await.status, 421);
    let absolute = get("http://evil.example/");
    assert_eq!(call(absolute).await.status, 421);
    let page = call(TestRequest::with_uri("/").insert_header(("host", "evil.example"))).await;
    assert_eq!(page.status, 421);
    assert!(page.text().contains("<html") && !page.text().contains("evil.example"));
}

#[actix_web::test]
async fn methods_are_answered_as_http_says() {
    let head = call(request(Method::HEAD, &api(CODE))).await;
    assert_eq!(head.status, 200);
    let options = call(request(Method::OPTIONS, &api(CODE))).await;
    assert_eq!((options.status.as_u16(), options.header("allow")), (204, "GET, HEAD, OPTIONS"));
    let open = call(request(Method::OPTIONS, "/log/checkpoint")).await;
    assert_eq!(open.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    let refused = call(request(Method::DELETE, &api(CODE))).await;
    refused.problem(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
    let disclosure = call(get(&format!("{}/disclosure", api(CODE)))).await;
    disclosure.problem(405, "method-not-allowed");
    assert_eq!(disclosure.header("allow"), "POST, OPTIONS");
    call(get(&format!("{}/x", api(CODE)))).await.problem(404, "not-found");
    call(get("/api/v1/transcriptsx/")).await.problem(404, "not-found");
    call(get("/api/v1/transcripts")).await.problem(404, "not-found");
    let page = call(request(Method::PUT, &format!("/v/{CODE}"))).await;
    assert_eq!((page.status.as_u16(), page.header("allow")), (405, "GET, HEAD, POST, OPTIONS"));
    assert!(page.text().contains("<html"));
}

#[actix_web::test]
async fn nothing_found_is_json_for_machines_and_a_page_for_people() {
    for path in ["/api/v2", "/log/x", "/log/bodies/000", "/feeds/08", "/.well-known/x", "/api/v1/transcripts/"] {
        call(get(path)).await.problem(404, "not-found");
    }
    let page = call(get("//evil.example/%22%3E%3Cscript%3E")).await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("Không có trang này"));
    assert!(!page.text().contains("evil.example") && !page.text().contains("<script"));
}

#[actix_web::test]
async fn a_typed_code_becomes_the_address_of_its_page() {
    for typed in ["0F8F+AD5B+D9CB+469F+A165+7086+7728+950E", "%200f8fad5b-d9cb-469f-a165-70867728950e%0D%0A"] {
        let answer = call(form("/tra-cuu", &format!("code={typed}"))).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*format!("/v/{CODE}")));
    }
    let bad = call(form("/tra-cuu", "code=0f8f+ad5b+%C4%91%3Cb%3E")).await;
    assert_eq!(bad.status, 400);
    assert!(bad.text().contains("value=\"0f8f ad5b đ&lt;b&gt;\""));
    let empty = call(form("/tra-cuu", "code=")).await;
    assert!(empty.status == 400 && empty.text().contains("Chưa nhập mã"));
    let nothing = call(form("/tra-cuu", "")).await;
    assert_eq!(nothing.status, 400);
    let long = call(form("/tra-cuu", &format!("code={}", "a".repeat(3000)))).await;
    assert_eq!(long.status, 400);
    let oversized = call(form("/tra-cuu", &format!("code={}", "a".repeat(13_000)))).await;
    assert!(oversized.status == 413 && oversized.text().contains("Dữ liệu quá lớn"));
    let mistyped = call(form("/tra-cuu", "code=0f8fad5b%C4%91cb469f0b6570867728950e")).await;
    assert!(mistyped.status == 400 && mistyped.header("location").is_empty());
    assert!(mistyped.text().contains("href=\"/v/0f8fad5bd9cb469f0b6570867728950e\""));
    assert_eq!(call(get("/tra-cuu")).await.header("location"), "/");
}

#[actix_web::test]
async fn broken_bodies_are_problems_never_panics() {
    let path = format!("{}/disclosure", api(CODE));
    let json = |body: &str| post(&path, "application/json", body);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "1",
        "{}",
        r#"{"date_of_birth": 5}"#,
        r#"{"date_of_birth":"2014-09-05","x":1}"#,
        r#"{"date_of_birth":"2014-09-05","date_of_birth":"2014-09-06"}"#,
        r#"{"token":"good","date_of_birth":"2014"}"#,
        r#"{"token":"good","full_name":"A"}"#,
        "\u{0}",
        r#"{"date_of_birth":"2014-09-05","full_name":"\u0000"}"#,
    ] {
        call(json(body)).await.problem(400, "bad-request");
    }
    let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
    call(json(&deep)).await.problem(400, "bad-request");
    for date in ["2014-9-5", "05/09/2014", "2014-02-30", "", "9999", "2014-13"] {
        let body = json!({"date_of_birth": date}).to_string();
        call(json(&body)).await.problem(400, "malformed-birth-date");
    }
    call(post(&path, "text/plain", "{}")).await.problem(415, "unsupported-media-type");
    call(request(Method::POST, &path)).await.problem(415, "unsupported-media-type");
    let gzip = json("{}").insert_header(("content-encoding", "gzip"));
    call(gzip).await.problem(415, "unsupported-media-type");
    let problem = call(json(&" ".repeat(9000))).await.problem(413, "too-large");
    assert_eq!(problem["limit_bytes"], 8192);
    let page = call(form(&format!("/v/{CODE}"), &"day=1&".repeat(3000))).await;
    assert_eq!(page.status, 413);
    assert!(page.text().contains("Dữ liệu quá lớn"));
    let page = call(post(&format!("/v/{CODE}"), "text/plain", "x")).await;
    assert_eq!(page.status, 415);
}

#[actix_web::test]
async fn the_api_opens_a_transcript_by_birth_date_or_token() {
    let path = format!("{}/disclosure", api(CODE));
    for body in [r#"{"date_of_birth":"2014-09-05"}"#, r#"{"token":"good"}"#] {
        let answer = call(post(&path, "application/json; charset=utf-8", body)).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
        let opened = answer.json();
        assert_eq!(opened["verdict"]["verdict"], "valid");
        let sheet = &opened["transcript"]["sheets"][0];
        assert_eq!(sheet["contents"]["name"]["hovaten"], "Nguyễn Hoàng Phương Uyên");
        assert_eq!(sheet["opened"], json!(["name", "staff", "results", "comments"]));
        assert_eq!(opened["evidence"].as_array().unwrap().len(), 1);
    }
}

#[actix_web::test]
async fn the_api_says_no_as_the_contract_does() {
    let ask = |code: &'static str, body: Value| async move {
        call(post(&format!("{}/disclosure", api(code)), "application/json", &body.to_string())).await
    };
    let wrong = ask(CODE, json!({"date_of_birth": "2014-09-06"})).await.problem(403, "second-factor-mismatch");
    assert_eq!(wrong["attempts_left"], 4);
    let wrong_name = ask(CODE, json!({"date_of_birth": "2014", "full_name": "Ai Đó"})).await;
    assert_eq!(wrong_name.problem(403, "second-factor-mismatch"), wrong);
    ask(CODE, json!({"date_of_birth": "2014"})).await.problem(400, "name-needed");
    ask(CODE, json!({"token": "bad"})).await.problem(403, "token-not-valid");
    let locked = ask(CODE, json!({"date_of_birth": "2001-01-01"})).await;
    locked.problem(429, "second-factor-locked");
    assert_eq!(locked.header("retry-after"), "40000");
    ask(CODE, json!({"date_of_birth": "2002-02-02"})).await.problem(503, "busy");
    ask(UNKNOWN, json!({"date_of_birth": "2014-09-05"})).await.problem(404, "unknown-transcript");
    ask(UNCHECKED, json!({"date_of_birth": "2014-09-05"})).await.problem(503, "busy");
}

#[actix_web::test]
async fn the_page_opens_a_transcript_and_says_why_not() {
    let ask = |body: &'static str| call(form(&format!("/v/{CODE}"), body));
    for body in
        ["day=5&month=9&year=2014&full_name=", "day=05&month=09&year=2014", "date_of_birth=2014-09-05", "token=good"]
    {
        let page = ask(body).await;
        assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"), "{body}");
        assert!(page.text().contains(">Học bạ hợp lệ</h1>") && page.text().contains("Nguyễn Hoàng Phương Uyên"));
    }
    let wrong = ask("day=6&month=9&year=2014").await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.text().contains("Ngày sinh không khớp") && wrong.text().contains("Còn 4 lần nhập"));
    assert!(wrong.text().contains("chưa đối chiếu nội dung") && !wrong.text().contains("Uyên"));
    for body in [
        "day=31&month=2&year=2014",
        "day=5&month=&year=2014",
        "day=&month=&year=",
        "",
        "year=14",
        "day=+&year=20140905",
    ] {
        let page = ask(body).await;
        assert_eq!(page.status, 400, "{body}");
        assert!(page.text().contains("Ngày sinh chưa đúng"), "{body}");
    }
    for body in ["year=2014", "month=9&year=2014"] {
        let page = ask(body).await;
        assert!(page.status == 400 && page.text().contains("Cần thêm họ và tên"), "{body}");
    }
    let locked = ask("day=1&month=1&year=2001").await;
    assert_eq!((locked.status.as_u16(), locked.header("retry-after")), (429, "40000"));
    assert!(locked.text().contains("sau 12 giờ") && locked.text().contains("chưa đối chiếu nội dung"));
    assert_eq!(ask("day=2&month=2&year=2002").await.status, 503);
    assert!(ask("token=bad").await.text().contains("Mã QR không mở được"));
    assert_eq!(ask("day=1&day=2&year=2014").await.status, 400);
}

#[actix_web::test]
async fn another_sites_form_cannot_spend_a_visitors_tries() {
    for site in ["cross-site", "same-site", "?"] {
        let foreign = form(&format!("/v/{CODE}"), "date_of_birth=2014-09-05").insert_header(("sec-fetch-site", site));
        let page = call(foreign).await;
        assert!(page.status == 403 && !page.text().contains("Uyên"));
    }
    let own = form(&format!("/v/{CODE}"), "date_of_birth=2014-09-05").insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!(call(own).await.status, 200);
}

#[actix_web::test]
async fn limits_see_the_client_behind_a_trusted_proxy_only() {
    let from = |peer: &str, forwarded: &[&str]| {
        let peer: SocketAddr = peer.parse().unwrap();
        forwarded.iter().fold(get(&api(CODE)).peer_addr(peer), |r, f| r.append_header(("x-forwarded-for", *f)))
    };
    let status = |request| async move { call(request).await.status.as_u16() };
    let shut_out = format!("{SHUT_OUT}:1");
    assert_eq!(status(from(&shut_out, &[])).await, 429);
    assert_eq!(status(from(&shut_out, &["198.51.100.1"])).await, 429, "a forged header does not let in");
    assert_eq!(status(from(PEER, &[SHUT_OUT])).await, 200, "an untrusted peer cannot accuse another");
    assert_eq!(status(from("10.0.0.1:1", &[SHUT_OUT])).await, 429);
    assert_eq!(status(from("10.0.0.1:1", &["198.51.100.1, 203.0.113.9"])).await, 429);
    assert_eq!(status(from("10.0.0.1:1", &["203.0.113.9, 198.51.100.1"])).await, 200);
    assert_eq!(
        status(from("10.0.0.1:1", &["203.0.113.9, 10.0.0.2"])).await,
        429,
        "our own second proxy is passed over"
    );
    assert_eq!(status(from("[::ffff:10.0.0.1]:1", &[SHUT_OUT])).await, 429);
    assert_eq!(status(from("10.0.0.1:1", &["203.0.113.9, junk"])).await, 200);
    let refused = call(from(&shut_out, &[])).await;
    refused.problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), "61");
    let page = call(get(&format!("/v/{CODE}")).peer_addr(shut_out.parse().unwrap())).await;
    assert!(
        page.status == 429 && page.text().contains("Bạn đã tra cứu quá nhiều lần") && page.text().contains("2 phút")
    );
}

#[actix_web::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let answer = call(get(&api(PANICS))).await;
    answer.problem(500, "internal");
    assert!(!answer.text().contains("Bí Mật"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let page = call(get(&format!("/v/{PANICS}"))).await;
    assert!(page.status == 500 && page.text().contains("không có nghĩa là học bạ không hợp lệ"));
}

#[actix_web::test]
async fn languages_are_negotiated_and_remembered() {
    let language = |request: TestRequest| async move {
        let answer = call(request).await;
        let text = answer.text();
        (text.split("lang=\"").nth(1).unwrap()[..2].to_owned(), answer.header("set-cookie").to_owned())
    };
    assert_eq!(language(get("/")).await, ("vi".into(), String::new()));
    for (accept, expected) in [
        ("en", "en"),
        ("vi,en", "vi"),
        ("en-GB,vi;q=0.9", "en"),
        ("fr,en;q=0.2", "en"),
        ("fr", "vi"),
        ("*", "vi"),
        ("", "vi"),
        ("en;q=0", "vi"),
        ("en;q=x,vi;q=0.1", "vi"),
        (";;;,,,q=", "vi"),
        ("en;q=1.000", "en"),
        ("vi;q=0.5,en;q=0.51", "en"),
        ("en-US,en;q=0.9,vi-VN;q=0.8,vi;q=0.7", "en"),
        ("vi-VN,vi;q=0.9,en-US;q=0.6,en;q=0.5", "vi"),
        ("VI-vn;q=0.3, EN_us ;q=0.4", "en"),
        ("english", "vi"),
        ("en;q=1.1", "vi"),
    ] {
        assert_eq!(language(get("/").insert_header(("accept-language", accept))).await.0, expected, "{accept}");
    }
    let cookie = "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure";
    assert_eq!(language(get("/?lang=en")).await, ("en".into(), cookie.into()));
    assert_eq!(language(get("/?lang=EN")).await.0, "vi", "only our own links choose");
    assert_eq!(language(get("/?lang=en%0d%0aset-cookie:x")).await, ("vi".into(), String::new()));
    assert_eq!(language(get("/").insert_header(("cookie", "a=b; lang=en"))).await.0, "en");
    assert_eq!(language(get("/").insert_header(("cookie", "xlang=en"))).await.0, "vi");
    let page = call(get(&format!("/v/{CODE}?lang=en"))).await.text();
    assert!(page.contains("content not yet compared") && page.contains(&format!("href=\"/v/{CODE}?lang=vi\"")));
}

#[actix_web::test]
async fn static_files_are_kept_for_ever_and_only_under_their_own_address() {
    let css = call(get(&PORTAL_CSS.url)).await;
    assert_eq!(css.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(css.body, *PORTAL_CSS.bytes);
    let gzip = call(get(&PORTAL_CSS.url).insert_header(("accept-encoding", "br, gzip"))).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let known = call(get(&PORTAL_CSS.url).insert_header(("if-none-match", css.header("etag").to_owned()))).await;
    assert!(known.status == 304 && known.body.is_empty());
    for path in ["/static/portal.css", "/static/", "/static/../Cargo.toml", "/static/%2e%2e%2fCargo.toml"] {
        let answer = call(get(path)).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (404, "no-store"), "{path}");
    }
}

#[actix_web::test]
async fn the_first_view_is_small() {
    let gzip = |path: String| call(get(&path).insert_header(("accept-encoding", "gzip")));
    let css = gzip(PORTAL_CSS.url.clone()).await;
    for path in ["/".to_owned(), format!("/v/{CODE}")] {
        let page = gzip(path.clone()).await;
        assert_eq!(page.header("content-encoding"), "gzip");
        assert!(page.body.len() + css.body.len() <= 14 * 1024, "{path}: {}", page.body.len() + css.body.len());
    }
    let plain = call(get("/").insert_header(("accept-encoding", "gzip;q=0, br"))).await;
    assert_eq!(plain.header("content-encoding"), "");
}

#[actix_web::test]
async fn a_compressed_page_is_the_page() {
    use std::io::Read as _;
    let page = |accept: &'static str| call(get(&format!("/v/{CODE}")).insert_header(("accept-encoding", accept)));
    let plain = page("identity").await;
    let (zstd, gzip) = (page("gzip, deflate, br, zstd").await, page("gzip, zstd;q=0").await);
    assert_eq!((zstd.header("content-encoding"), gzip.header("content-encoding")), ("zstd", "gzip"));
    for answer in [&plain, &zstd, &gzip] {
        assert_eq!(answer.header("vary"), "Accept-Encoding, Accept-Language, Cookie");
    }
    // What is a page's own travels as it is in zstd; with the style sheet it is well within a first congestion window.
    assert!(zstd.body.len() <= 9 * 1024 && gzip.body.len() <= 6 * 1024);
    assert!(zstd.body.len() + 1024 < plain.body.len(), "{} of {}", zstd.body.len(), plain.body.len());
    assert_eq!(zstd::decode_all(&*zstd.body).unwrap(), plain.body);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
}

#[actix_web::test]
async fn the_log_is_open_to_everybody_and_kept_where_it_cannot_change() {
    let checkpoint = call(get("/log/checkpoint")).await;
    assert_eq!((checkpoint.status.as_u16(), checkpoint.header("cache-control")), (200, "no-store"));
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
    let full = call(get("/log/tile/0/002")).await;
    assert_eq!(full.header("cache-control"), "public, max-age=604800, immutable");
    assert_eq!(call(get("/log/tile/entries/000")).await.status, 200);
    let partial = call(get("/log/tile/0/003.p/232")).await;
    assert_eq!((partial.status.as_u16(), partial.header("cache-control")), (200, "public, max-age=3600"));
    for path in [
        "0/9",
        "0/0000",
        "x/000",
        "entries/../../keys/log.key",
        "0/000.p/0",
        "0/000.p/256",
        "0/x000",
        "bodies/000",
        "99/000",
    ] {
        call(get(&format!("/log/tile/{path}"))).await.problem(404, "not-found");
    }
    call(get("/log/tile/0/999")).await.problem(404, "not-found");
    for path in ["/log/vkey", "/log/vkey-freshness"] {
        assert_eq!(call(get(path)).await.text().lines().count(), 1);
    }
}

#[actix_web::test]
async fn keys_contact_and_robots() {
    let keys = call(get("/.well-known/jwks.json")).await;
    assert_eq!(keys.header("access-control-allow-origin"), "*");
    let key = &keys.json()["keys"][0];
    assert_eq!((&key["kty"], &key["use"]), (&json!("OKP"), &json!("sig")));
    assert!(key.get("alg").is_none() && key["kid"].as_str().unwrap().len() == 43);
    let contact = call(get("/.well-known/security.txt")).await.text();
    assert!(contact.contains("Contact: mailto:") && contact.contains("Expires: 2027-05-21T07:00:00+07:00"));
    assert!(contact.contains("Canonical: https://hocba.example.vn/.well-known/security.txt"));
    assert!(call(get("/robots.txt")).await.text().contains("Disallow: /"));
}

#[actix_web::test]
async fn metrics_are_for_operators_and_hold_nothing_personal() {
    let state = state(|_| {});
    call_with(&state, get(&api(CODE))).await;
    call_with(&state, get("/v/abc.css")).await;
    assert_eq!(call_with(&state, get("/metrics")).await.status, 404, "not for the public");
    let app = init_service(App::new().configure(|app| operators(&state, app))).await;
    let response = actix_web::test::call_service(&app, TestRequest::with_uri("/metrics").to_request()).await;
    let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
    assert!(text.contains("hocba_http_requests_total{route=\"/api/v1/transcripts/{code}\",status=\"200\"} 1"));
    assert!(text.contains("hocba_http_requests_total{route=\"/v/{code}\",status=\"400\"} 1"));
    assert!(text.contains("hocba_verdicts_total{verdict=\"valid\"} 1"));
    assert!(text.contains("hocba_follower_lag_entries 10") && text.contains("hocba_cosignature_age_seconds 7"));
    assert!(!text.contains(CODE) && !text.contains("192.0.2.1") && !text.contains("abc.css"));
}

#[actix_web::test]
async fn health_tells_the_public_no_faults() {
    assert_eq!(call(get("/healthz")).await.json(), json!({"status": "ok"}));
    let ready = call(get("/readyz")).await;
    assert_eq!(ready.status, 200);
    assert!(ready.json().get("faults").is_none());
    let state = state(|_| {});
    let app = init_service(App::new().configure(|app| operators(&state, app))).await;
    let response = actix_web::test::call_service(&app, TestRequest::with_uri("/readyz").to_request()).await;
    assert!(String::from_utf8(read_body(response).await.to_vec()).unwrap().contains("records: lagging"));
}
