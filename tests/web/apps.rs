//! Apps over HTTP: the token endpoint and what is read under a consent; each refusal with the error, the status and the
//! challenge that OAuth has for it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::web::Data;
use hocba::apps::Mandate;
use hocba::limits::Refusal;
use hocba::portal::answer::Verdict;
use hocba::portal::app_desk::AppDesk;
use hocba::portal::consented::ChangeKind;
use hocba::transcript::{GroupSet, Moment, SchoolYear, TranscriptCode};
use hocba::web::backend::{
    Consented, ConsentedChanges, ConsentedReading, ConsentedRefusal, Disclosed, Opening, TranscriptChange,
};
use hocba::web::{AppDoor, AppState};
use serde_json::{Value, json};

use super::fixtures::{CODE, SHUT_OUT, UNKNOWN, code, now, plain_state, secondary};
use super::routes::{Answer, call_with, form, get, post, request};
use super::snapshots::Row;
use crate::apps::samples::{
    CITIZEN, GUARDIAN, assertion, assertion_claims, assertion_header, compact, consent, consent_claims, desk,
    partner_key, stray_key, token, with,
};

const TOKEN: &str = "/oauth/token";
const METADATA: &str = "/.well-known/oauth-authorization-server";
const ALL: &str = "/api/v1/citizens/me/transcripts";
const ONE: &str = "/api/v1/citizens/me/transcripts/{code}";
const CHANGES: &str = "/api/v1/citizens/me/changes";
/// Whose consent finds a journal that takes no line.
const UNWRITTEN: &str = "001210000099";
/// Who has asked too often.
const IMPATIENT: &str = "001210000098";

/// A portal that knows one learner.
struct Reading;

impl ConsentedReading for Reading {
    fn transcripts(
        &self,
        mandate: &Mandate,
        only: Option<&TranscriptCode>,
        _: IpAddr,
        _: Moment,
    ) -> Result<Consented, ConsentedRefusal> {
        if mandate.groups() == GroupSet::NONE {
            return Err(ConsentedRefusal::NothingGranted);
        }
        match mandate.consent().citizen().as_str() {
            UNWRITTEN => return Err(ConsentedRefusal::NotRecorded),
            IMPATIENT => return Err(ConsentedRefusal::TooMany(Refusal { limit: 1, retry_after_s: 7 })),
            CITIZEN if only.is_none_or(|asked| *asked == code()) => {}
            _ if only.is_some() => return Err(ConsentedRefusal::NotTheirs),
            _ => return Ok(Consented { transcripts: vec![], groups: mandate.groups(), unchecked: 1, searched: 990 }),
        }
        let opened = Disclosed {
            verdict: json!({"code": CODE, "verdict": "valid"}),
            sheets: vec![secondary()],
            evidence: json!([{"note": "no current status"}]),
            opening: Opening::Granted { is_partial: false },
            looks: None,
        };
        Ok(Consented { transcripts: vec![opened], groups: mandate.groups(), unchecked: 0, searched: 990 })
    }

    fn changes(
        &self,
        mandate: &Mandate,
        since: u64,
        _: IpAddr,
        _: Moment,
    ) -> Result<ConsentedChanges, ConsentedRefusal> {
        if !mandate.may_follow_changes() {
            return Err(ConsentedRefusal::NothingGranted);
        }
        let issued = TranscriptChange {
            position: 512,
            logged_at: Some(now()),
            code: code(),
            change: ChangeKind::Issued,
            effective_on: None,
            school_year: SchoolYear::starting(2025),
            leaf_index: Some(512),
            verdict: Verdict::Valid,
        };
        Ok(ConsentedChanges { changes: if since > 512 { vec![] } else { vec![issued] }, next: 990, unchecked: 0 })
    }
}

struct Stage {
    desk: Arc<AppDesk>,
    state: Data<AppState>,
    number: AtomicU32,
    _dir: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let desk = Arc::new(desk(dir.path(), now()).0);
        let state = plain_state(|_| {}).with_apps(AppDoor::Open(Arc::clone(&desk)), Arc::new(Reading));
        Self { desk, state: Data::new(state), number: AtomicU32::new(0), _dir: dir }
    }

    /// A `jti` that nobody had before.
    fn jti(&self) -> String {
        format!("stage-{}", self.number.fetch_add(1, Ordering::Relaxed))
    }

    fn token(&self, scope: Option<&str>) -> String {
        token(&self.desk, &self.jti(), scope, now())
    }

    async fn call(&self, request: TestRequest) -> Answer {
        call_with(&self.state, request).await
    }

    fn good_form(&self) -> String {
        fields("client_credentials", &assertion(&self.jti(), now()), "")
    }

    /// Under a good token and this consent.
    fn under(&self, path: &str, consent: &str) -> TestRequest {
        read(path, &self.token(None), consent)
    }
}

fn fields(grant: &str, assertion: &str, more: &str) -> String {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    format!("grant_type={grant}&client_assertion_type={kind}&client_assertion={assertion}{more}")
}

fn read(path: &str, token: &str, consent: &str) -> TestRequest {
    get(path).insert_header(("authorization", format!("Bearer {token}"))).insert_header(("hocba-consent", consent))
}

fn own() -> String {
    consent(&consent_claims(CITIZEN, now()))
}

fn of(citizen: &str) -> String {
    consent(&consent_claims(citizen, now()))
}

fn one(code: &str) -> String {
    ONE.replace("{code}", code)
}

/// Status, error and challenge of a refusal, whose words are in both languages.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let said = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
    let english = said("error_description");
    let is_ascii = english.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    assert!(!english.is_empty() && is_ascii, "RFC 6749, 5.2: {english}");
    assert!(!said("error_description_vi").is_empty() && said("error_description_vi") != english);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.header("content-type"), "application/json");
    let challenge = answer.header("www-authenticate").replace(&english, "…");
    (answer.status.as_u16(), said("error"), challenge)
}

#[actix_web::test]
async fn a_partner_gets_a_token_and_reads_with_a_consent() {
    let stage = Stage::new();
    let answer = stage.call(form(TOKEN, &stage.good_form())).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    assert_eq!(answer.header("pragma"), "no-cache");
    let issued = answer.json();
    assert_eq!((&issued["token_type"], &issued["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(issued["scope"], "name identity results changes");
    let token = issued["access_token"].as_str().unwrap();
    let answer = stage.call(read(ALL, token, &own())).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["granted"], &body["unchecked"]), (&json!(["name", "results"]), &json!(0)));
    assert_eq!(body["transcripts"][0]["verdict"]["verdict"], "valid");
    assert_eq!(
        body["transcripts"][0]["transcript"]["sheets"][0]["contents"]["name"]["hovaten"],
        "Nguyễn Hoàng Phương Uyên"
    );
    let body = stage.call(read(&one(CODE), token, &own())).await.json();
    assert_eq!(body["transcripts"].as_array().map(Vec::len), Some(1));
    let child = consent(&with(consent_claims(GUARDIAN, now()), json!({"role": "guardian", "child": CITIZEN})));
    assert_eq!(stage.call(read(ALL, token, &child)).await.json()["transcripts"].as_array().map(Vec::len), Some(1));
    let body = stage.call(read(&format!("{CHANGES}?since=0"), token, &own())).await.json();
    assert_eq!((&body["changes"][0]["change"], &body["next"]), (&json!("issued"), &json!(990)));
    let body = stage.call(read(&format!("{CHANGES}?since=513"), token, &own())).await.json();
    assert_eq!(body["changes"], json!([]));
}

#[actix_web::test]
async fn a_client_finds_the_token_endpoint_by_itself() {
    let metadata = Stage::new().call(get(METADATA)).await.json();
    assert_eq!(metadata["issuer"], crate::apps::samples::PORTAL);
    assert_eq!(metadata["token_endpoint"], crate::apps::samples::ENDPOINT);
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    let words: Vec<_> = metadata["scopes_supported"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    assert!(words.contains(&"changes") && !words.contains(&"staff_ids"));
    assert!(hocba::apps::Scope::parse(&words.join(" ")).is_some());
}

#[actix_web::test]
async fn the_token_endpoint_refuses_as_rfc_6749_says() {
    let stage = Stage::new();
    let iat = now().as_seconds();
    let signed = |changes: Value| {
        let claims = with(assertion_claims(&stage.jti(), now()), changes);
        fields("client_credentials", &compact(&partner_key(), &assertion_header(), &claims), "")
    };
    let header = |changes: Value| {
        let claims = assertion_claims(&stage.jti(), now());
        fields("client_credentials", &compact(&partner_key(), &with(assertion_header(), changes), &claims), "")
    };
    let replayed = stage.good_form();
    assert_eq!(stage.call(form(TOKEN, &replayed)).await.status, 200);
    let stranger = with(assertion_claims("s", now()), json!({"iss": "nobody", "sub": "nobody"}));
    let stranger = compact(&stray_key(), &json!({"alg": "EdDSA", "kid": "k"}), &stranger);
    let good = stage.good_form();
    let client = (401, "invalid_client");
    for (what, body, (status, error)) in [
        ("nothing", String::new(), (400, "invalid_request")),
        ("no grant type", good.replace("grant_type=client_credentials&", ""), (400, "invalid_request")),
        ("an empty grant type", good.replace("=client_credentials", "="), (400, "invalid_request")),
        ("a grant type twice", format!("{good}&grant_type=client_credentials"), (400, "invalid_request")),
        ("a password", fields("password", "x", ""), (400, "unsupported_grant_type")),
        ("a code", fields("authorization_code", "x", ""), (400, "unsupported_grant_type")),
        ("no assertion", "grant_type=client_credentials".to_owned(), client),
        ("a secret", "grant_type=client_credentials&client_id=dhqg-hn&client_secret=x".to_owned(), client),
        ("an assertion of another kind", good.replace("jwt-bearer", "saml2-bearer"), client),
        ("not a token", fields("client_credentials", "x", ""), client),
        ("a stranger", fields("client_credentials", &stranger, ""), client),
        ("alg none", header(json!({"alg": "none"})), client),
        ("alg swapped", header(json!({"alg": "EdDSA"})), client),
        ("an unknown kid", header(json!({"kid": "p9"})), client),
        ("another audience", signed(json!({"aud": "https://other.example.vn"})), client),
        ("expired", signed(json!({"iat": iat - 100, "exp": iat - 50})), client),
        ("too long", signed(json!({"exp": iat + 3600})), client),
        ("another client's id", format!("{good}&client_id=other"), client),
        ("replayed", replayed.clone(), client),
        ("too much", format!("{}&scope=name+family", stage.good_form()), (400, "invalid_scope")),
        ("nonsense", format!("{}&scope=everything", stage.good_form()), (400, "invalid_scope")),
    ] {
        let answer = stage.call(form(TOKEN, &body)).await;
        assert_eq!(refusal(&answer), (status, error.to_owned(), String::new()), "{what}");
    }
    let strangers =
        [fields("client_credentials", &stranger, ""), header(json!({"kid": "p9"})), header(json!({"alg": "EdDSA"}))];
    let mut words = Vec::new();
    for body in strangers {
        words.push(stage.call(form(TOKEN, &body)).await.json());
    }
    assert!(words.windows(2).all(|pair| pair[0] == pair[1]), "a stranger learns no client's name");
    let basic = form(TOKEN, &stage.good_form()).insert_header(("authorization", "Basic eDp5"));
    let expected = (401, "invalid_client".to_owned(), "Basic realm=\"hocba\"".to_owned());
    assert_eq!(refusal(&stage.call(basic).await), expected, "RFC 6749, 5.2");
    let json = post(TOKEN, "application/json", "{}");
    assert_eq!(refusal(&stage.call(json).await), (400, "invalid_request".to_owned(), String::new()));
    assert_eq!(stage.call(form(TOKEN, &"a".repeat(20_000))).await.status, 413);
    assert_eq!(stage.call(get(TOKEN)).await.status, 405);
    let often = form(TOKEN, &good).peer_addr(format!("{SHUT_OUT}:1").parse().unwrap());
    assert_eq!(stage.call(often).await.status, 429);
}

#[actix_web::test]
async fn reading_is_refused_as_rfc_6750_says() {
    let stage = Stage::new();
    let iat = now().as_seconds();
    let bearer = |error: &str| format!("Bearer realm=\"hocba\", error=\"{error}\", error_description=\"…\"");
    let only_name = consent(&with(consent_claims(CITIZEN, now()), json!({"scope": "comments"})));
    let changed = |changes: Value| consent(&with(consent_claims(CITIZEN, now()), changes));
    let once = changed(json!({"jti": "once", "uses": 1}));
    assert_eq!(stage.call(stage.under(ALL, &once)).await.status, 200);
    let grant = (403, "invalid_grant");
    for path in [ALL.to_owned(), one(CODE), CHANGES.to_owned()] {
        for (what, consent, (status, error)) in [
            ("not a token", "x".to_owned(), grant),
            ("expired", changed(json!({"iat": iat - 100, "exp": iat - 50})), grant),
            ("of another portal", changed(json!({"aud": "https://other.example.vn"})), grant),
            ("of another partner", changed(json!({"azp": "other"})), grant),
            ("a guardian without a child", changed(json!({"role": "guardian"})), grant),
            ("for another purpose", changed(json!({"purpose": "quang-cao"})), grant),
            ("by nobody", changed(json!({"iss": "nobody"})), grant),
            (
                "signed by nobody",
                compact(&stray_key(), &crate::apps::samples::consent_header(), &consent_claims(CITIZEN, now())),
                grant,
            ),
            ("presented too often", once.clone(), grant),
            ("to something else", only_name.clone(), (403, "insufficient_scope")),
        ] {
            let answer = stage.call(stage.under(&path, &consent)).await;
            assert_eq!(refusal(&answer), (status, error.to_owned(), bearer(error)), "{what} {path}");
        }
        let asking = |token: &str| {
            get(&path).insert_header(("authorization", token.to_owned())).insert_header(("hocba-consent", own()))
        };
        let (invalid, none) = (bearer("invalid_token"), "Bearer realm=\"hocba\"".to_owned());
        for (what, answer, status, error, challenge) in [
            ("no token", get(&path).insert_header(("hocba-consent", own())), 401, "invalid_token", none.clone()),
            ("another scheme", asking("Basic eDp5"), 401, "invalid_token", none.clone()),
            ("a token that is none", asking("Bearer x"), 401, "invalid_token", invalid.clone()),
            ("an assertion", asking(&format!("Bearer {}", assertion("a", now()))), 401, "invalid_token", invalid),
            ("no scheme", asking("x"), 401, "invalid_token", none),
            (
                "two tokens",
                stage.under(&path, &own()).append_header(("authorization", "Bearer y")),
                400,
                "invalid_request",
                String::new(),
            ),
            (
                "no consent",
                get(&path).insert_header(("authorization", format!("Bearer {}", stage.token(None)))),
                400,
                "invalid_request",
                String::new(),
            ),
            (
                "two consents",
                stage.under(&path, &own()).append_header(("hocba-consent", own())),
                400,
                "invalid_request",
                String::new(),
            ),
        ] {
            let answer = stage.call(answer).await;
            assert_eq!(refusal(&answer), (status, error.to_owned(), challenge), "{what} {path}");
        }
        assert_eq!(stage.call(request(Method::HEAD, &path)).await.status, 405, "nothing is written down for nothing");
    }
    let foreign = stage.call(stage.under(&one(CODE), &of(GUARDIAN))).await;
    let unknown = stage.call(stage.under(&one(UNKNOWN), &own())).await;
    assert_eq!(refusal(&foreign), (403, "invalid_grant".to_owned(), bearer("invalid_grant")));
    assert_eq!(foreign.text(), unknown.text(), "whether a code is on record is nobody's business");
    for since in ["x", "-1", "1.5", "1&since=2", "99999999999999999999"] {
        let answer = stage.call(stage.under(&format!("{CHANGES}?since={since}"), &own())).await;
        assert_eq!(refusal(&answer), (400, "invalid_request".to_owned(), String::new()), "{since}");
    }
    assert_eq!(stage.call(stage.under(ALL, &of(UNWRITTEN))).await.status, 503);
    let impatient = stage.call(stage.under(ALL, &of(IMPATIENT))).await;
    assert_eq!((impatient.status.as_u16(), impatient.header("retry-after")), (429, "7"));
    assert_eq!(stage.call(stage.under(&one("zz"), &own())).await.status, 400);
    assert_eq!(stage.call(stage.under(ALL, &of(GUARDIAN))).await.json()["transcripts"], json!([]));
}

#[actix_web::test]
async fn a_token_for_less_opens_less() {
    let stage = Stage::new();
    let narrow = stage.token(Some("name"));
    assert_eq!(stage.call(read(ALL, &narrow, &own())).await.json()["granted"], json!(["name"]));
    assert_eq!(refusal(&stage.call(read(CHANGES, &narrow, &own())).await).1, "insufficient_scope");
}

#[actix_web::test]
async fn nothing_is_opened_while_only_verdicts_are_answered() {
    let stage = Stage::new();
    let switches = hocba::switches::Switches { verdict_only: true, ..Default::default() };
    stage.state.switches.store(Arc::new(switches));
    assert_eq!(stage.call(stage.under(ALL, &own())).await.status, 503);
}

#[actix_web::test]
async fn where_apps_are_not_answered_their_addresses_are_not_there() {
    for (door, status) in [(AppDoor::Absent, 404), (AppDoor::Closed, 503)] {
        let state = Data::new(plain_state(|_| {}).with_apps(door, Arc::new(Reading)));
        let token = call_with(&state, form(TOKEN, "grant_type=client_credentials")).await;
        assert_eq!(token.status.as_u16(), status);
        for path in [ALL.to_owned(), one(CODE), CHANGES.to_owned()] {
            assert_eq!(call_with(&state, read(&path, "x", "y")).await.status.as_u16(), status, "{path}");
        }
    }
}

static STAGE: LazyLock<Stage> = LazyLock::new(Stage::new);

/// One state for all rows.
pub(super) fn state() -> Data<AppState> {
    STAGE.state.clone()
}

/// What apps are answered.
pub(super) fn rows() -> Vec<Row> {
    let stage = &*STAGE;
    let expired = consent(&with(
        consent_claims(CITIZEN, now()),
        json!({"iat": now().as_seconds() - 90, "exp": now().as_seconds() - 60}),
    ));
    let all = [
        ("token.200", TOKEN, form(TOKEN, &stage.good_form())),
        ("token.400", TOKEN, form(TOKEN, "grant_type=password")),
        ("token.401", TOKEN, form(TOKEN, "grant_type=client_credentials")),
        ("token.413", TOKEN, form(TOKEN, &"a".repeat(20_000))),
        ("oauth-metadata.200", METADATA, get(METADATA)),
        ("citizen.200", ALL, stage.under(ALL, &own())),
        ("citizen.400", ALL, get(ALL).insert_header(("authorization", format!("Bearer {}", stage.token(None))))),
        ("citizen.401", ALL, read(ALL, "x", &own())),
        ("citizen.401.none", ALL, get(ALL)),
        ("citizen.403", ALL, stage.under(ALL, &expired)),
        ("citizen.429", ALL, stage.under(ALL, &of(IMPATIENT))),
        ("citizen.503", ALL, stage.under(ALL, &of(UNWRITTEN))),
        ("citizen-one.200", ONE, stage.under(&one(CODE), &own())),
        ("citizen-one.400", ONE, stage.under(&one("zz"), &own())),
        ("citizen-one.403", ONE, stage.under(&one(UNKNOWN), &own())),
        ("changes.200", CHANGES, stage.under(CHANGES, &own())),
        ("changes.400", CHANGES, stage.under(&format!("{CHANGES}?since=x"), &own())),
        ("changes.403", CHANGES, read(CHANGES, &stage.token(Some("name")), &own())),
    ];
    let row = |(name, route, request): (&str, _, _)| Row::public(name, route, request, state());
    all.into_iter().map(row).collect()
}
