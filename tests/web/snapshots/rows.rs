//! The answers of the portal itself: pages, the verdict API, disclosure, the log, keys, health.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use hocba::web::assets::PORTAL_CSS;

use super::super::fixtures::{CODE, PANICS, SHUT_OUT, UNCHECKED, UNKNOWN, state};
use super::super::routes::{api, form, get, post, request};
use super::{Listener, Row};

fn row(name: &str, route: &'static str, request: TestRequest) -> Row {
    Row::public(name, route, request, state(|_| {}))
}

fn from_shut_out(path: &str) -> TestRequest {
    get(path).peer_addr(format!("{SHUT_OUT}:1").parse().unwrap())
}

fn in_english(request: TestRequest) -> TestRequest {
    request.insert_header(("accept-language", "en-GB, vi;q=0.5"))
}

pub(super) fn rows() -> Vec<Row> {
    let all = [pages(), lookup(), disclosure_pages(), verdicts(), disclosures(), public_log(), others(), operators()];
    all.into_iter().flatten().collect()
}

fn pages() -> Vec<Row> {
    const PAGE: &str = "/v/{code}";
    let page = |code: &str| get(&format!("/v/{code}"));
    let paused = state(|_| {});
    paused.switches.store(std::sync::Arc::new(hocba::switches::Switches { verdict_only: true, ..Default::default() }));
    vec![
        row("home.vi", "/", get("/")),
        row("home.en", "/", in_english(get("/"))),
        row("home.chosen", "/", get("/?lang=en")),
        row("home.head", "/", request(Method::HEAD, "/")),
        row("home.other-host", "/", get("/").insert_header(("host", "evil.example"))),
        row("verdict-page.200.vi", PAGE, page(CODE)),
        row("verdict-page.200.en", PAGE, in_english(page(CODE))),
        row("verdict-page.200.gzip", PAGE, page(CODE).insert_header(("accept-encoding", "gzip"))),
        Row::public("verdict-page.200.paused", PAGE, page(CODE), paused),
        row("verdict-page.400", PAGE, page("0f8g")),
        row("verdict-page.404", PAGE, page(UNKNOWN)),
        row("verdict-page.429", PAGE, from_shut_out(&format!("/v/{CODE}"))),
        row("verdict-page.500", PAGE, page(PANICS)),
        row("verdict-page.503", PAGE, page(UNCHECKED)),
        row("verdict-page-upper.200", "/V/{code}", get(&format!("/V/{}", CODE.to_uppercase()))),
        row("nothing.page", "{tail:.*}", get("/khong-co")),
        row("nothing.page.en", "{tail:.*}", in_english(get("/khong-co"))),
    ]
}

fn lookup() -> Vec<Row> {
    let typed = |text: &str| form("/tra-cuu", &format!("code={text}"));
    let all = [
        ("lookup.303", typed("0F8F+AD5B+D9CB+469F+A165+7086+7728+950E")),
        ("lookup.303.get", get("/tra-cuu")),
        ("lookup.400.group", typed("0f8g")),
        ("lookup.400.keyboard", typed("0f8fad5b%C4%91cb469fa16570867728950e")),
        ("lookup.400.empty", typed("")),
        ("lookup.400.twice", form("/tra-cuu", "code=1&code=2")),
        ("lookup.413", typed(&"a".repeat(20_000))),
        ("lookup.415", post("/tra-cuu", "text/plain", "x")),
    ];
    all.into_iter().map(|(name, request)| row(name, "/tra-cuu", request)).collect()
}

fn disclosure_pages() -> Vec<Row> {
    let asked = |body: &str| form(&format!("/v/{CODE}"), body);
    let unknown = form(&format!("/v/{UNKNOWN}"), "date_of_birth=2014-09-05");
    let all = [
        ("transcript-page.200", asked("day=5&month=9&year=2014")),
        ("transcript-page.200.en", in_english(asked("day=5&month=9&year=2014"))),
        ("transcript-page.400.date", asked("day=31&month=2&year=2014")),
        ("transcript-page.400.name", asked("year=2014")),
        ("transcript-page.400.twice", asked("day=1&day=2")),
        ("transcript-page.403", asked("day=6&month=9&year=2014")),
        ("transcript-page.403.token", asked("token=bad")),
        ("transcript-page.403.foreign", asked("year=2014").insert_header(("sec-fetch-site", "cross-site"))),
        ("transcript-page.404", unknown),
        ("transcript-page.413", asked(&"day=1&".repeat(3000))),
        ("transcript-page.415", post(&format!("/v/{CODE}"), "text/plain", "x")),
        ("transcript-page.429", asked("date_of_birth=2001-01-01")),
        ("transcript-page.503", asked("date_of_birth=2002-02-02")),
    ];
    all.into_iter().map(|(name, request)| row(name, "/v/{code}", request)).collect()
}

fn verdicts() -> Vec<Row> {
    let all = [
        ("verdict-api.200", get(&api(CODE))),
        ("verdict-api.head", request(Method::HEAD, &api(CODE))),
        ("verdict-api.400", get(&api("0f8g"))),
        ("verdict-api.404", get(&api(UNKNOWN))),
        ("verdict-api.429", from_shut_out(&api(CODE))),
        ("verdict-api.500", get(&api(PANICS))),
        ("verdict-api.503", get(&api(UNCHECKED))),
    ];
    all.into_iter().map(|(name, request)| row(name, "/api/v1/transcripts/{code}", request)).collect()
}

fn disclosures() -> Vec<Row> {
    let path = |code: &str| format!("{}/disclosure", api(code));
    let asked = |code: &str, body: &str| post(&path(code), "application/json", body);
    let all = [
        ("disclosure-api.200", asked(CODE, r#"{"date_of_birth":"2014-09-05"}"#)),
        ("disclosure-api.400", asked(CODE, "{")),
        ("disclosure-api.400.date", asked(CODE, r#"{"date_of_birth":"2014-13"}"#)),
        ("disclosure-api.400.name", asked(CODE, r#"{"date_of_birth":"2014"}"#)),
        ("disclosure-api.403", asked(CODE, r#"{"date_of_birth":"2014-09-06"}"#)),
        ("disclosure-api.403.token", asked(CODE, r#"{"token":"bad"}"#)),
        ("disclosure-api.404", asked(UNKNOWN, r#"{"date_of_birth":"2014-09-05"}"#)),
        ("disclosure-api.413", asked(CODE, &" ".repeat(9000))),
        ("disclosure-api.415", post(&path(CODE), "text/plain", "{}")),
        ("disclosure-api.429", asked(CODE, r#"{"date_of_birth":"2001-01-01"}"#)),
        ("disclosure-api.503", asked(CODE, r#"{"date_of_birth":"2002-02-02"}"#)),
    ];
    all.into_iter().map(|(name, request)| row(name, "/api/v1/transcripts/{code}/disclosure", request)).collect()
}

fn public_log() -> Vec<Row> {
    vec![
        row("log-checkpoint.200", "/log/checkpoint", get("/log/checkpoint")),
        row("log-tile.200", "/log/tile/{path:.*}", get("/log/tile/0/002")),
        row("log-tile.200.partial", "/log/tile/{path:.*}", get("/log/tile/0/003.p/232")),
        row("log-tile.404", "/log/tile/{path:.*}", get("/log/tile/0/999")),
        row("log-vkey.200", "/log/vkey", get("/log/vkey")),
        row("log-vkey-freshness.200", "/log/vkey-freshness", get("/log/vkey-freshness")),
    ]
}

fn others() -> Vec<Row> {
    let css = &PORTAL_CSS;
    let known = get(&css.url).insert_header(("if-none-match", css.etag.clone()));
    vec![
        row("static.200", "/static/{file}", get(&css.url)),
        row("static.200.gzip", "/static/{file}", get(&css.url).insert_header(("accept-encoding", "gzip"))),
        row("static.304", "/static/{file}", known),
        row("static.404", "/static/{file}", get("/static/portal.css")),
        row("openapi.200", "/api/v1/openapi.json", get("/api/v1/openapi.json")),
        row("api-page.vi", "/tai-lieu-api", get("/tai-lieu-api")),
        row("api-page.en", "/tai-lieu-api", in_english(get("/tai-lieu-api"))),
        row("jwks.200", "/.well-known/jwks.json", get("/.well-known/jwks.json")),
        row("security-txt.200", "/.well-known/security.txt", get("/.well-known/security.txt")),
        row("robots-txt.200", "/robots.txt", get("/robots.txt")),
        row("healthz.200", "/healthz", get("/healthz")),
        row("readyz.200", "/readyz", get("/readyz")),
        row("nothing.api", "/api/{tail:.*}", get("/api/v2")),
        row("nothing.oauth", "/oauth/{tail:.*}", get("/oauth/authorize")),
        row("nothing.log", "/log/{tail:.*}", get("/log/x")),
        row("nothing.feed", "/feeds/{tail:.*}", get("/feeds/08/7/8/9")),
        row("nothing.well-known", "/.well-known/{tail:.*}", get("/.well-known/x")),
    ]
}

fn operators() -> Vec<Row> {
    let all = [
        ("operators.metrics", "/metrics", "/metrics"),
        ("operators.healthz", "/healthz", "/healthz"),
        ("operators.readyz", "/readyz", "/readyz"),
        ("operators.nothing", "{tail:.*}", "/x"),
    ];
    let row = |(name, route, path)| Row { surface: Listener::Operators, ..row(name, route, get(path)) };
    all.into_iter().map(row).collect()
}
