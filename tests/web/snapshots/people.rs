//! The answers of the pages around a lookup: evidence, the ledger, schools, reports of errors, the
//! comparison with paper, copies, receipts, soft copies, scanning.

use actix_web::test::TestRequest;

use super::super::copies::{ALTERED, GENUINE};
use super::super::fixtures::{CODE, SHUT_OUT, TICKET, UNCHECKED, UNKNOWN, state};
use super::super::routes::{form, get, post};
use super::super::soft_copies::{KEPT, upload};
use super::Row;

pub(super) fn rows() -> Vec<Row> {
    let all = [evidence(), open(), reports(), paper(), copies(), receipts(), soft_copies(), scanning()];
    let row = |(name, route, request): (&str, _, _)| Row::public(name, route, request, state(|_| {}));
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

fn copies() -> Vec<Asked> {
    const SHARE: &str = "/v/{code}/chia-se";
    const VOID: &str = "/v/{code}/vo-hieu";
    let share = |body: &str| form(&of(CODE, "chia-se"), body);
    let void = |body: &str| form(&of(CODE, "vo-hieu"), body);
    vec![
        ("copy.200", SHARE, share(&format!("ticket={TICKET}&leaf=1035264"))),
        ("copy.303", SHARE, get(&of(CODE, "chia-se"))),
        ("copy.400", SHARE, share(&format!("ticket={TICKET}"))),
        ("copy.403", SHARE, share("ticket=gone&leaf=1035264")),
        ("copy.403.foreign", SHARE, share("ticket=x").insert_header(("sec-fetch-site", "cross-site"))),
        ("copy.413", SHARE, share(&"a".repeat(10_000))),
        ("void.200.token", VOID, void("token=good")),
        ("void.200.all", VOID, void(&format!("ticket={TICKET}&copy=all"))),
        ("void.303", VOID, get(&of(CODE, "vo-hieu"))),
        ("void.400", VOID, void(&format!("ticket={TICKET}&copy=x"))),
        ("void.403.token", VOID, void("token=bad")),
        ("void.403", VOID, void("ticket=gone&copy=all")),
    ]
}

fn receipts() -> Vec<Asked> {
    const KEEP: &str = "/v/{code}/bien-nhan";
    const FILE: &str = "/bien-nhan/tep";
    const CHECK: &str = "/xac-thuc-bien-nhan";
    const JSON: &str = "/api/v1/transcripts/{code}/receipt";
    let json = |code: &str| post(&format!("/api/v1/transcripts/{code}/receipt"), "application/json", "");
    let check = |receipt: &str| post(CHECK, "application/jose+json", receipt);
    let upload = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{}\r\n--x--\r\n";
    let upload = |text: &str| post(CHECK, "multipart/form-data; boundary=x", &upload.replace("{}", text));
    vec![
        ("kept.200", KEEP, form(&of(CODE, "bien-nhan"), "")),
        ("kept.303", KEEP, get(&of(CODE, "bien-nhan"))),
        ("kept.503", KEEP, form(&of(UNCHECKED, "bien-nhan"), "")),
        ("kept-file.200", FILE, form(FILE, &format!("bien_nhan={GENUINE}"))),
        ("kept-file.303", FILE, get(FILE)),
        ("kept-file.400", FILE, form(FILE, &format!("bien_nhan={ALTERED}"))),
        ("kept-check.200", CHECK, get(CHECK)),
        ("kept-check.200.genuine", CHECK, upload(GENUINE)),
        ("kept-check.200.altered", CHECK, upload(ALTERED)),
        ("kept-check.200.json", CHECK, check(GENUINE)),
        ("kept-check.200.json-altered", CHECK, check(ALTERED)),
        ("kept-check.400", CHECK, post(CHECK, "multipart/form-data; boundary=x", "--x--\r\n")),
        ("kept-check.413", CHECK, check(&"a".repeat(200_000))),
        ("kept-check.415", CHECK, post(CHECK, "text/plain", "x")),
        ("kept-api.200", JSON, json(CODE)),
        ("kept-api.503", JSON, json(UNCHECKED)),
    ]
}

fn soft_copies() -> Vec<Asked> {
    const MAKE: &str = "/v/{code}/ban-mem";
    const FILE: &str = "/ban-mem/{ticket}";
    const CHECK: &str = "/xac-thuc-ban-mem";
    let make = |body: &str| form(&of(CODE, "ban-mem"), body);
    let file = || get(&format!("/ban-mem/{KEPT}"));
    let json = |said: &str| upload(said).insert_header(("accept", "application/json"));
    vec![
        ("soft-copy.303", MAKE, make(&format!("ticket={TICKET}&nam-hoc=2025-2026"))),
        ("soft-copy.303.get", MAKE, get(&of(CODE, "ban-mem"))),
        ("soft-copy.400", MAKE, make(&format!("ticket={TICKET}&nam-hoc=2024-2025"))),
        ("soft-copy.400.year", MAKE, make(&format!("ticket={TICKET}&nam-hoc=x"))),
        ("soft-copy.403", MAKE, make("ticket=gone")),
        ("soft-copy.403.foreign", MAKE, make("ticket=x").insert_header(("sec-fetch-site", "cross-site"))),
        ("soft-copy.413", MAKE, make(&"a".repeat(20_000))),
        ("soft-copy.503", MAKE, form(&of(UNCHECKED, "ban-mem"), &format!("ticket={TICKET}"))),
        ("soft-copy-file.200", FILE, file()),
        ("soft-copy-file.206", FILE, file().insert_header(("range", "bytes=5-8"))),
        ("soft-copy-file.404", FILE, get("/ban-mem/x")),
        ("soft-copy-file.416", FILE, file().insert_header(("range", "bytes=900-"))),
        ("soft-copy-check.200", CHECK, get(CHECK)),
        ("soft-copy-check.200.current", CHECK, upload("current")),
        ("soft-copy-check.200.json-current", CHECK, json("current")),
        ("soft-copy-check.200.json-older", CHECK, json("older")),
        ("soft-copy-check.200.json-altered", CHECK, json("altered")),
        ("soft-copy-check.200.json-code", CHECK, json("code")),
        ("soft-copy-check.200.json-nothing", CHECK, json("nothing")),
        ("soft-copy-check.503.json", CHECK, json("unchecked")),
        ("soft-copy-check.400", CHECK, post(CHECK, "multipart/form-data; boundary=x", "--x--\r\n")),
        ("soft-copy-check.413", CHECK, upload(&"a".repeat(9 << 20))),
        ("soft-copy-check.415", CHECK, post(CHECK, "text/plain", "x")),
    ]
}

fn scanning() -> Vec<Asked> {
    vec![("scan.200", "/quet-ma", get("/quet-ma")), ("counter.200", "/quay", get("/quay"))]
}
