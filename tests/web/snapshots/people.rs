//! The answers of the pages around a lookup: evidence, the ledger, schools, reports of errors, the
//! comparison with paper, scanning.

use actix_web::test::TestRequest;

use super::super::fixtures::{CODE, SHUT_OUT, TICKET, UNCHECKED, UNKNOWN, state};
use super::super::routes::{form, get, post};
use super::{Listener, Row};

pub(super) fn rows() -> Vec<Row> {
    let all = [evidence(), open(), reports(), paper(), scanning()];
    let row = |(name, route, request): (&str, _, _)| Row {
        name: name.to_owned(),
        route,
        surface: Listener::Public,
        request,
        state: state(|_| {}),
    };
    all.into_iter().flatten().map(row).collect()
}

type Asked = (&'static str, &'static str, TestRequest);

fn of(code: &str, place: &str) -> String {
    format!("/v/{code}/{place}")
}

fn evidence() -> Vec<Asked> {
    const PAGE: &str = "/v/{code}/bang-chung";
    const FILE: &str = "/v/{code}/bang-chung/tep";
    let asked = |body: &str| form(&of(CODE, "bang-chung"), body);
    vec![
        ("evidence.200", PAGE, get(&of(CODE, "bang-chung"))),
        ("evidence.400", PAGE, get(&of("zz", "bang-chung"))),
        ("evidence.404", PAGE, get(&of(UNKNOWN, "bang-chung"))),
        ("evidence.503", PAGE, get(&of(UNCHECKED, "bang-chung"))),
        ("evidence-file.200", FILE, get(&of(CODE, "bang-chung/tep"))),
        ("evidence-file.404", FILE, get(&of(UNKNOWN, "bang-chung/tep"))),
        ("evidence-whole.200", PAGE, asked("date_of_birth=2014-09-05")),
        ("evidence-whole.403", PAGE, asked("date_of_birth=2013-01-01")),
        ("evidence-whole.413", PAGE, asked(&"a".repeat(10_000))),
    ]
}

fn open() -> Vec<Asked> {
    let shut_out = get("/nhat-ky").peer_addr(format!("{SHUT_OUT}:1").parse().unwrap());
    vec![
        ("ledger.200", "/nhat-ky", get("/nhat-ky")),
        ("ledger.400", "/nhat-ky", get("/nhat-ky?den=x")),
        ("ledger.429", "/nhat-ky", shut_out),
        ("schools.200", "/truong", get("/truong")),
        ("schools.200.found", "/truong", get("/truong?q=thcs+nguyen+du&tinh=24")),
        ("schools.400", "/truong", get("/truong?q=a&q=b")),
        ("province.200", "/truong/{province}", get("/truong/24")),
        ("province.404", "/truong/{province}", get("/truong/99")),
        ("school.200", "/truong/{province}/{school}", get("/truong/24/24210501")),
        ("school.404", "/truong/{province}/{school}", get("/truong/24/1")),
    ]
}

fn reports() -> Vec<Asked> {
    const PAGE: &str = "/v/{code}/bao-sai-sot";
    vec![
        ("report.200", PAGE, get(&of(CODE, "bao-sai-sot"))),
        ("report.404", PAGE, get(&of(UNKNOWN, "bao-sai-sot"))),
        ("report.400", PAGE, form(&of(CODE, "bao-sai-sot"), "kind=")),
        ("report.415", PAGE, post(&of(CODE, "bao-sai-sot"), "text/plain", "x")),
        ("ticket.200", "/bao-sai-sot", get("/bao-sai-sot")),
        ("ticket.odd", "/bao-sai-sot", form("/bao-sai-sot", "ticket=x")),
    ]
}

fn paper() -> Vec<Asked> {
    const PAGE: &str = "/v/{code}/doi-chieu";
    let asked = |body: &str| form(&of(CODE, "doi-chieu"), body);
    vec![
        ("paper.303", PAGE, get(&of(CODE, "doi-chieu"))),
        ("paper.200.form", PAGE, asked(&format!("ticket={TICKET}"))),
        ("paper.200.compared", PAGE, asked(&format!("ticket={TICKET}&v.2025.mTOA.3=9,8"))),
        ("paper.403", PAGE, asked("ticket=gone&v.2025.mTOA.3=9,8")),
        ("paper.413", PAGE, asked(&"v.a=1&".repeat(20_000))),
    ]
}

fn scanning() -> Vec<Asked> {
    vec![("scan.200", "/quet-ma", get("/quet-ma")), ("counter.200", "/quay", get("/quay"))]
}
