//! Packages over HTTP: who may send, what is refused before it is read, and what a province gets back.

use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, body::MessageBody as _};
use hocba::intake::messages::Refusal;
use hocba::intake::receipt::{Counts, LedgerRange, Receipt, ReceiptClaims};
use hocba::intake::warnings::Consistency;
use hocba::intake::{IntakeFault, Received};
use hocba::ledger::index::Sequence;
use hocba::signing::jwk::PrivateKey;
use hocba::transcript::Moment;
use hocba::web::AppState;
use hocba::web::backend::{FeedFault, Feeds};
use hocba::web::routes::public;
use serde_json::Value;

use super::fixtures::{now, plain_state};
use super::routes::{get, request};
use super::snapshots::Row;

/// Takes whatever starts with `good`, and remembers how many bytes of it came.
struct Writer(Mutex<Vec<u64>>);

fn rejected(rule: &'static str) -> FeedFault {
    FeedFault::Intake(IntakeFault::Rejected(Refusal::new(rule, "/sequence")))
}

fn receipt(dry_run: bool) -> Receipt {
    receipt_with(dry_run, &[REFUSED])
}

const REFUSED: &str = "{\"line\":2,\"outcome\":\"refused\",\"rule\":\"sheet.grade\"}\n";
const WARNING: &str = "{\"line\":3,\"outcome\":\"warning\",\"leaf_index\":11,\"rule\":\"tt22.promotion\"}\n";

fn receipt_with(dry_run: bool, details: &[&str]) -> Receipt {
    let written = details.iter().filter(|line| **line == WARNING).count() as u64;
    let counts = Counts { lines: 2, accepted: 1, refused: 1, warnings: written, ..Counts::default() };
    let claims = ReceiptClaims {
        version: 1,
        route: "08".into(),
        sequence: 7,
        manifest: String::new(),
        received_at: now(),
        late: false,
        counts,
        consistency: Consistency { sheets: 1, sheets_with_warnings: written, written },
        ledger: (!dry_run).then_some(LedgerRange { first: 10, end: 12 }),
        details: String::new(),
        dry_run,
    };
    Receipt::sign(claims, details.concat().into_bytes(), &PrivateKey::ed25519_from_seed(&[9; 32])).unwrap()
}

impl Feeds for Writer {
    fn admit(&self, head: Arc<[u8]>, _: &str, sequence: u64) -> Result<(), FeedFault> {
        match (head.starts_with(b"good"), sequence) {
            (true, 9) => Err(rejected("package.sequence_gap")),
            (true, _) => Ok(()),
            (false, _) => Err(rejected("key.unknown")),
        }
    }

    fn receive(&self, mut file: File, _: &str, _: u64, dry_run: bool, _: Moment) -> Result<Received, FeedFault> {
        let mut bytes = Vec::new();
        std::io::Seek::rewind(&mut file).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        self.0.lock().unwrap().push(bytes.len() as u64);
        let warns = bytes.starts_with(b"good odd");
        let details = if warns { &[REFUSED, WARNING][..] } else { &[REFUSED] };
        Ok(Received { receipt: receipt_with(dry_run, details), again: false })
    }

    fn expected(&self, route: &str) -> Result<Option<Sequence>, FeedFault> {
        match route {
            "08" => Ok(Some(Sequence { next: 8, previous: [1; 32] })),
            "22" => Err(FeedFault::Busy),
            _ => Ok(None),
        }
    }

    fn receipt(&self, _: &str, sequence: u64) -> Result<Option<Receipt>, FeedFault> {
        Ok(match sequence {
            7 => Some(receipt(false)),
            11 => Some(receipt_with(false, &[REFUSED, WARNING])),
            _ => None,
        })
    }
}

struct Portal {
    state: Data<AppState>,
    writer: Arc<Writer>,
}

fn state_with(writer: Arc<Writer>) -> Data<AppState> {
    let state = plain_state(|c| c.intake.max_upload_bytes = 3_000_000);
    Data::new(state.with_feeds(writer, std::env::temp_dir()))
}

/// A process that is the writer too.
pub(super) fn state() -> Data<AppState> {
    state_with(Arc::new(Writer(Mutex::default())))
}

/// What a province is answered.
pub(super) fn rows() -> Vec<Row> {
    const PACKAGE: &str = "/feeds/{province}/{sequence}";
    let put = |path: &str, body: Vec<u8>| request(Method::PUT, path).set_payload(body);
    let all = [
        ("feed.200", "/feeds/{province}", get("/feeds/08")),
        ("feed.404", "/feeds/{province}", get("/feeds/8")),
        ("feed.503", "/feeds/{province}", get("/feeds/22")),
        ("package.202", PACKAGE, put("/feeds/08/7", package(10))),
        ("package.202.dry-run", PACKAGE, put("/feeds/08/7?dry_run=1", package(10))),
        ("package.400", PACKAGE, put("/feeds/08/7?dry_run=yes", package(10))),
        ("package.404", PACKAGE, put("/feeds/08/07", package(10))),
        ("package.409", PACKAGE, put("/feeds/08/9", package(10))),
        ("package.413", PACKAGE, put("/feeds/08/7", package(3_000_001))),
        ("package.422", PACKAGE, put("/feeds/08/7", b"bad".to_vec())),
        ("receipt.200", "/feeds/{province}/{sequence}/receipt", get("/feeds/08/7/receipt")),
        ("receipt.404", "/feeds/{province}/{sequence}/receipt", get("/feeds/08/6/receipt")),
        ("details.200", "/feeds/{province}/{sequence}/details", get("/feeds/08/7/details")),
    ];
    let row = |(name, route, request): (&str, _, _)| Row::public(name, route, request, state());
    all.into_iter().map(row).collect()
}

impl Portal {
    fn new() -> Self {
        let writer = Arc::new(Writer(Mutex::default()));
        Self { state: state_with(Arc::clone(&writer)), writer }
    }

    async fn call(&self, method: Method, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
        let app = init_service(App::new().configure(|app| public(&self.state, app))).await;
        let request = TestRequest::with_uri(path).method(method).insert_header(("host", "localhost")).set_payload(body);
        let response = actix_web::test::call_service(&app, request.to_request()).await.map_into_boxed_body();
        assert!(response.response().body().size() != actix_web::body::BodySize::None);
        (response.status().as_u16(), read_body(response).await.to_vec())
    }

    async fn put(&self, path: &str, body: Vec<u8>) -> (u16, Value) {
        let (status, body) = self.call(Method::PUT, path, body).await;
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn get(&self, path: &str) -> (u16, Vec<u8>) {
        self.call(Method::GET, path, Vec::new()).await
    }
}

fn package(length: usize) -> Vec<u8> {
    let mut bytes = b"good".to_vec();
    bytes.resize(length, 7);
    bytes
}

#[actix_web::test]
async fn a_package_is_taken_whole_and_its_receipt_can_be_fetched() {
    let portal = Portal::new();
    for length in [4, 100_000, 200_000, 2_500_000] {
        let (status, taken) = portal.put("/feeds/08/7", package(length)).await;
        assert_eq!((status, &taken["receipt_url"]), (202, &Value::from("/feeds/08/7/receipt")));
        assert_eq!(taken["counts"]["accepted"], 1);
        assert!(taken.get("receipt").is_none());
    }
    assert_eq!(*portal.writer.0.lock().unwrap(), [4, 100_000, 200_000, 2_500_000]);
    let (status, signed) = portal.get("/feeds/08/7/receipt").await;
    assert_eq!(status, 200);
    assert!(serde_json::from_slice::<Value>(&signed).unwrap()["payload"].is_string());
    assert_eq!(portal.get("/feeds/08/7/details").await.1, receipt(false).details);
    assert_eq!(portal.get("/feeds/08/6/receipt").await.0, 404);
}

#[actix_web::test]
async fn a_dry_run_answers_with_its_receipt() {
    let (status, taken) = Portal::new().put("/feeds/bo/7?dry_run=1", package(10)).await;
    assert_eq!((status, &taken["dry_run"]), (202, &Value::from(true)));
    assert!(taken["receipt_url"].is_null() && taken["receipt"]["payload"].is_string());
    assert_eq!(taken["details"][0]["line"], 2);
}

/// A line and a rule would tell whoever holds the code of that leaf something about the learner.
#[actix_web::test]
async fn warnings_are_told_to_the_sender_and_to_nobody_who_merely_asks() {
    let portal = Portal::new();
    let (status, taken) = portal.put("/feeds/08/11", b"good odd sheets".to_vec()).await;
    assert_eq!((status, &taken["counts"]["warnings"]), (202, &Value::from(1)));
    assert_eq!(taken["consistency"]["sheets_with_warnings"], 1);
    assert_eq!(taken["details"][1]["rule"], "tt22.promotion");
    let (status, asked) = portal.get("/feeds/08/11/details").await;
    assert_eq!((status, asked), (200, REFUSED.as_bytes().to_vec()));
    let (_, signed) = portal.get("/feeds/08/11/receipt").await;
    let payload = serde_json::from_slice::<Value>(&signed).unwrap()["payload"].as_str().unwrap().to_owned();
    let claims = String::from_utf8(data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap();
    assert!(claims.contains("\"warnings\":1") && !claims.contains("tt22"), "{claims}");
}

#[actix_web::test]
async fn strangers_are_turned_away_before_anything_is_kept() {
    let portal = Portal::new();
    for body in [Vec::new(), b"bad".to_vec(), vec![0; 2_900_000]] {
        let (status, problem) = portal.put("/feeds/08/7", body).await;
        assert_eq!((status, &problem["rule"]), (422, &Value::from("key.unknown")));
        assert_eq!(problem["type"], "urn:problem-type:hocba:package-refused");
        assert!(problem["message_vi"].is_string() && problem["remedy_en"].is_string());
    }
    let (status, problem) = portal.put("/feeds/08/9", package(10)).await;
    assert_eq!((status, &problem["rule"]), (409, &Value::from("package.sequence_gap")));
    let (status, problem) = portal.put("/feeds/08/7", package(3_000_001)).await;
    assert_eq!((status, &problem["limit_bytes"]), (413, &Value::from(3_000_000)));
    assert!(portal.writer.0.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn addresses_of_feeds_are_strict() {
    let portal = Portal::new();
    for path in
        ["/feeds/8/7", "/feeds/00/7", "/feeds/BO/7", "/feeds/08/07", "/feeds/08/0", "/feeds/08/-1", "/feeds/08/%2e"]
    {
        assert_eq!(portal.put(path, package(10)).await.0, 404, "{path}");
    }
    assert_eq!(portal.put("/feeds/08/7?dry_run=yes", package(10)).await.0, 400);
    assert_eq!(portal.call(Method::POST, "/feeds/08/7", package(10)).await.0, 405);
}

#[actix_web::test]
async fn a_province_learns_what_comes_next() {
    let portal = Portal::new();
    let json = |body: Vec<u8>| serde_json::from_slice::<Value>(&body).unwrap();
    let known = json(portal.get("/feeds/08").await.1);
    assert_eq!((&known["next_sequence"], known["previous"].as_str().unwrap().len()), (&Value::from(8), 43));
    let first = json(portal.get("/feeds/bo").await.1);
    assert_eq!((&first["next_sequence"], &first["previous"]), (&Value::from(1), &Value::Null));
    assert_eq!(portal.get("/feeds/22").await.0, 503);
}

#[actix_web::test]
async fn a_process_that_is_no_writer_has_no_feeds() {
    let state = Data::new(plain_state(|_| {}));
    let app = init_service(App::new().configure(|app| public(&state, app))).await;
    let request = TestRequest::with_uri("/feeds/08").insert_header(("host", "localhost")).to_request();
    assert_eq!(actix_web::test::call_service(&app, request).await.status(), 404);
}
