//! Offices on the web: who gets where (every role, every route), what a form must bring along, what ends a session, and
//! what a flood of sign-ins gets.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::web::Data;
use hocba::journal::{Journal, TagKey};
use hocba::limits::Refusal;
use hocba::limits::{ClientPrefix, SignInWaits, WaitLimits};
use hocba::offices::ActingMember;
use hocba::offices::{
    Account, Change, MemberChange, Password, Role, SessionCookie, SessionToken, Step, Terms, TotpSecret,
};
use hocba::openid::Provider;
use hocba::portal::answer::{SheetVerdict, Verdict};
use hocba::portal::office_desk::{OfficeAnswer, OfficeDesk, OfficeRequest};
use hocba::portal::office_search::{FoundLearner, OfficeFound, OfficeHit, SearchForm, SearchRefusal, Sought};
use hocba::search::QueryFault;
use hocba::transcript::Moment;
use hocba::transcript::contents::BirthDate;
use hocba::transcript::{Level, SchoolYear, TranscriptCode};
use hocba::web::backend::{DiscloseRefusal, Disclosed, OfficeReading, OpenRefusal, Opening};
use hocba::web::routes::TABLE;
use hocba::web::{AppState, OfficeDoor, shedding};
use std::net::IpAddr;

use super::batches::{BATCH, BatchesFixture, overseen, wait_to_begin};
use super::fixtures::{CODE, UNCHECKED, UNKNOWN, code, plain_state, secondary};
use super::openid::nowhere;
use super::routes::{Answer, call_with, form, get, request};
use super::snapshots::Row;
use crate::offices::samples::{PASSWORD, account, add, create, later, office_id, open, text};

thread_local! {
    /// Seconds that have gone by; handlers read the clock on the thread of their test.
    static GONE: Cell<i64> = const { Cell::new(0) };
}

pub(super) fn clock() -> Moment {
    later(crate::offices::samples::now(), GONE.get())
}

pub(super) fn wait(seconds: i64) {
    GONE.set(GONE.get() + seconds);
}

fn client() -> ClientPrefix {
    ClientPrefix::of([192, 0, 2, 77].into())
}

/// An office with a clerk, an administrator and an auditor, all of them enrolled.
pub(super) struct House {
    pub(super) desk: Arc<OfficeDesk>,
    pub(super) state: Data<AppState>,
    pub(super) journal: Arc<Journal>,
    pub(super) clerk: Person,
    pub(super) administrator: Person,
    pub(super) auditor: Person,
    _dir: tempfile::TempDir,
}

pub(super) struct Person {
    pub(super) account: Account,
    totp: TotpSecret,
}

/// Somebody's browser.
pub(super) struct Browser {
    pub(super) token: SessionToken,
}

impl House {
    pub(super) fn new() -> Self {
        Self::with(None)
    }

    /// The same where members may sign in at a provider.
    pub(super) fn with(provider: Option<Provider>) -> Self {
        GONE.set(0);
        let dir = tempfile::tempdir().unwrap();
        let journal = Arc::new(Journal::open(&dir.path().join("journal"), TagKey::new(&[3; 32])).unwrap());
        let waits = SignInWaits::new(WaitLimits::default()).unwrap();
        let desk =
            Arc::new(OfficeDesk::new(open(&dir.path().join("offices")), Terms::default(), waits, Arc::clone(&journal)));
        change(&desk, create());
        let person = |name: &str, role| enrolled(&desk, account(&format!("{name}@dhqg-hn")), role);
        let (clerk, administrator) = (person("lan.nguyen", Role::Clerk), person("quan", Role::OfficeAdministrator));
        let auditor = person("mai", Role::MinistryAuditor);
        let state = plain_state(|_| {})
            .with_clock(clock)
            .with_offices(OfficeDoor::Open(Arc::clone(&desk)))
            .with_openid(provider.map(Arc::new))
            .with_reading(Arc::new(Reading))
            .with_batches(Arc::new(BatchesFixture))
            .with_oversight(overseen(&journal, clock()));
        for person in [&clerk, &administrator] {
            wait_to_begin(&state.drafts, &person.account, clock());
        }
        Self { desk, state: Data::new(state), journal, clerk, administrator, auditor, _dir: dir }
    }

    pub(super) fn sign_in(&self, who: &Person) -> Browser {
        let code = who.totp.code(Step::at(clock()));
        let password = Password::from_typed(PASSWORD);
        let token = self.desk.sign_in(&who.account.to_string(), &password, &code, client(), None, clock()).unwrap();
        Browser { token }
    }

    /// Whether there is a member of this name.
    fn has(&self, name: &str) -> bool {
        let office = self.desk.offices().get(&office_id()).unwrap();
        office.members().keys().any(|member| member.as_str() == name)
    }

    pub(super) async fn call(&self, request: TestRequest) -> Answer {
        call_with(&self.state, request).await
    }

    /// A visitor's form before sign-in: its cookie, and the hidden field.
    pub(super) async fn tie(&self, path: &str) -> (String, String) {
        let page = self.call(get(path)).await;
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-hocba-office-form="), "{cookie}");
        (cookie, hidden(&page, "form"))
    }

    /// Signs in as a browser does, with these fields.
    pub(super) async fn send(&self, fields: &str) -> Answer {
        let (cookie, tie) = self.tie("/co-quan/dang-nhap").await;
        self.call(form("/co-quan/dang-nhap", &format!("form={tie}&{fields}")).insert_header(("cookie", cookie))).await
    }
}

/// A portal that knows one learner; what it says hangs on the name, or the code.
struct Reading;

const KNOWN: &str = "Nguyễn Hoàng Phương Uyên";

impl OfficeReading for Reading {
    fn search(&self, _: &ActingMember, form: &SearchForm, _: IpAddr, _: Moment) -> Result<OfficeFound, SearchRefusal> {
        let hits = match &form.who {
            Sought::Named { name, .. } if name == KNOWN => vec![hit()],
            Sought::Named { name, .. } if name == "chậm" => {
                return Err(SearchRefusal::TooMany(Refusal { limit: 20, retry_after_s: 7 }));
            }
            Sought::Named { name, .. } if name == "chờ" => {
                return Err(SearchRefusal::Preparing { reflected: 1_000, size: 2_000 });
            }
            Sought::Named { name, .. } if name == "hỏng" => return Err(SearchRefusal::NotRecorded),
            _ if form.province.is_some() => return Err(QueryFault::Province.into()),
            _ => vec![],
        };
        Ok(OfficeFound { hits, more: true, unchecked: 2, index_size: 990, ledger_size: 1_000 })
    }

    fn open(&self, _: &ActingMember, code: &TranscriptCode, _: IpAddr, _: Moment) -> Result<Disclosed, OpenRefusal> {
        match code.to_string().as_str() {
            CODE => Ok(Disclosed {
                verdict: serde_json::json!({"code": CODE, "verdict": "valid"}),
                sheets: vec![secondary()],
                evidence: serde_json::json!([]),
                opening: Opening::Granted { is_partial: true },
                looks: None,
            }),
            UNCHECKED => Err(DiscloseRefusal::Unchecked.into()),
            _ => Err(DiscloseRefusal::Unknown.into()),
        }
    }
}

fn hit() -> OfficeHit {
    OfficeHit {
        code: code(),
        verdict: Verdict::PartlyWithdrawn,
        level: Level::LowerSecondary,
        years: vec![(SchoolYear::starting(2024).unwrap(), SheetVerdict::Withdrawn)],
        learner: Some(FoundLearner { full_name: text(KNOWN), birth: BirthDate::parse("2014-09-05").unwrap() }),
        school: None,
    }
}

pub(super) fn change(desk: &OfficeDesk, change: Change) -> OfficeAnswer {
    let request =
        OfficeRequest::Change { change: Box::new(change), by: text("Trần Văn Bình"), reason: text("thử") };
    desk.answer(request, clock()).unwrap()
}

fn enrolled(desk: &OfficeDesk, account: Account, role: Role) -> Person {
    let OfficeAnswer::Invited { code, .. } = change(desk, add(&account, role)) else { panic!("no invitation") };
    let (typed, code) = (account.to_string(), code.to_string());
    let totp = desk.begin_enrolment(&typed, &code, client(), clock()).unwrap().totp;
    let password = Password::chosen(PASSWORD, &account).unwrap();
    let shown = totp.code(Step::at(clock()).plus(-1));
    desk.complete_enrolment((&typed, &code), &password, &shown, client(), clock()).unwrap();
    Person { account, totp }
}

impl Browser {
    pub(super) fn cookie(&self) -> String {
        cookie_of(&self.token)
    }

    pub(super) fn get(&self, path: &str) -> TestRequest {
        get(path).insert_header(("cookie", self.cookie()))
    }

    /// A form of the session, with its token.
    pub(super) fn post(&self, path: &str, fields: &str) -> TestRequest {
        let token = self.token.csrf().to_text();
        form(path, &format!("form={token}&{fields}")).insert_header(("cookie", self.cookie()))
    }
}

fn cookie_of(token: &SessionToken) -> String {
    SessionCookie::set(token.clone()).to_header().split(';').next().unwrap().to_owned()
}

/// The value of a hidden field.
pub(super) fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let field = text.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a hidden field");
    field.split('"').next().unwrap().to_owned()
}

pub(super) fn typed(who: &Person) -> String {
    let code = who.totp.code(Step::at(clock()));
    format!("account={}&password={}&code={code}&tiep=", who.account, PASSWORD.replace(' ', "+"))
}

fn set_cookies(answer: &Answer) -> Vec<String> {
    answer.all("set-cookie").iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect()
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    Nobody,
    Clerk,
    Administrator,
    Auditor,
    /// A clerk whose session has been idle too long.
    Expired,
    /// A clerk who was disabled after signing in.
    Disabled,
}

const EVERYBODY: [Who; 6] = [Who::Nobody, Who::Clerk, Who::Administrator, Who::Auditor, Who::Expired, Who::Disabled];

/// Every route behind sign-in, who may, and what those who may are answered.
const MATRIX: [(Method, &str, &[Who], u16); 27] = {
    const ALL: &[Who] = &[Who::Clerk, Who::Administrator, Who::Auditor];
    const LOOKING: &[Who] = &[Who::Clerk, Who::Administrator];
    const ADMINISTRATOR: &[Who] = &[Who::Administrator];
    const AUDITOR: &[Who] = &[Who::Auditor];
    [
        (Method::GET, "/co-quan", ALL, 200),
        (Method::GET, "/co-quan/mat-khau", ALL, 200),
        (Method::POST, "/co-quan/mat-khau", ALL, 400),
        (Method::GET, "/co-quan/tim", LOOKING, 200),
        (Method::POST, "/co-quan/tim", LOOKING, 400),
        (Method::POST, "/co-quan/ho-so", LOOKING, 400),
        (Method::GET, "/co-quan/thanh-vien", ADMINISTRATOR, 200),
        (Method::POST, "/co-quan/thanh-vien", ADMINISTRATOR, 400),
        (Method::POST, "/co-quan/thanh-vien/thay-doi", ADMINISTRATOR, 400),
        (Method::GET, "/co-quan/don-vi", AUDITOR, 200),
        (Method::GET, "/co-quan/don-vi/dhqg-hn", AUDITOR, 200),
        (Method::GET, "/co-quan/don-vi/khong-co", AUDITOR, 404),
        (Method::GET, "/co-quan/don-vi/%3Cscript%3E", AUDITOR, 404),
        (Method::GET, "/co-quan/lo", LOOKING, 200),
        // A form without a file is none that is taken.
        (Method::POST, "/co-quan/lo", LOOKING, 415),
        (Method::GET, "/co-quan/lo/xem-truoc", LOOKING, 200),
        (Method::POST, "/co-quan/lo/xem-truoc", LOOKING, 400),
        (Method::GET, "/co-quan/lo/00112233445566778899", LOOKING, 200),
        (Method::GET, "/co-quan/lo/99887766554433221100", LOOKING, 404),
        (Method::POST, "/co-quan/lo/00112233445566778899", LOOKING, 400),
        (Method::GET, "/co-quan/lo/00112233445566778899/tien-do", LOOKING, 200),
        (Method::POST, "/co-quan/lo/00112233445566778899/ket-qua", LOOKING, 400),
        (Method::GET, "/co-quan/thay-doi", LOOKING, 200),
        (Method::POST, "/co-quan/thay-doi", LOOKING, 400),
        (Method::GET, "/co-quan/nhat-ky", AUDITOR, 200),
        (Method::POST, "/co-quan/nhat-ky", AUDITOR, 200),
        (Method::POST, "/co-quan/dang-xuat", ALL, 303),
    ]
};

/// Routes without a session: reached by everybody.
const BEFORE: [&str; 4] = ["/co-quan/dang-nhap", "/co-quan/kich-hoat", "/co-quan/ben-ngoai", "/co-quan/ben-ngoai/ve"];

fn browser(house: &House, who: Who) -> Option<Browser> {
    let browser = match who {
        Who::Nobody => return None,
        Who::Clerk | Who::Expired | Who::Disabled => house.sign_in(&house.clerk),
        Who::Administrator => house.sign_in(&house.administrator),
        Who::Auditor => house.sign_in(&house.auditor),
    };
    match who {
        Who::Expired => wait(900),
        Who::Disabled => {
            let account = house.clerk.account.clone();
            change(&house.desk, Change::Member(MemberChange::Disable { account }));
        }
        _ => {}
    }
    Some(browser)
}

fn ask(browser: Option<&Browser>, method: &Method, path: &str) -> TestRequest {
    match (browser, method) {
        (Some(browser), &Method::POST) => browser.post(path, ""),
        (Some(browser), _) => browser.get(path),
        (None, &Method::POST) => form(path, "form=AAAA"),
        (None, _) => get(path),
    }
}

#[actix_web::test]
async fn every_role_gets_where_it_may_and_nowhere_else() {
    for who in EVERYBODY {
        for (method, path, may, answer) in &MATRIX {
            let house = House::new();
            let browser = browser(&house, who);
            let got = house.call(ask(browser.as_ref(), method, path)).await;
            let what = format!("{who:?} {method} {path}");
            let expected = match (who, *path) {
                // Whoever wants to sign out is out already.
                (_, "/co-quan/dang-xuat") => 303,
                (Who::Nobody | Who::Expired | Who::Disabled, _) => 303,
                _ if may.contains(&who) => *answer,
                _ => 403,
            };
            assert_eq!(got.status.as_u16(), expected, "{what}");
            assert_eq!(got.header("cache-control"), "no-store", "{what}");
            if expected == 303 {
                assert!(got.header("location").starts_with("/co-quan/dang-nhap"), "{what}");
            }
            let knows = |word: &str| got.text().contains(word);
            let shows = expected == 200 || expected == 400;
            assert!(shows || !(knows("Nguyễn Thị Lan") || knows("dhqg-hn")), "{what} says something");
        }
    }
}

/// An address of a route.
fn spelled(pattern: &str) -> String {
    pattern.replace("{office}", "dhqg-hn").replace("{batch}", BATCH)
}

#[test]
fn the_matrix_has_every_route() {
    let fits = |pattern: &str| {
        let known: BTreeSet<&str> = MATRIX.iter().map(|(_, path, ..)| *path).chain(BEFORE).collect();
        known.contains(spelled(pattern).as_str())
    };
    let offices: Vec<_> = TABLE.iter().filter(|spec| spec.pattern.starts_with("/co-quan")).collect();
    assert!(offices.len() >= 9);
    for spec in offices {
        assert!(fits(spec.pattern), "{} is not in the matrix", spec.pattern);
        let path = spelled(spec.pattern);
        let posts = MATRIX.iter().any(|(method, known, ..)| *method == Method::POST && *known == path);
        let takes = spec.methods.contains("POST") && !BEFORE.contains(&path.as_str());
        assert_eq!(posts, takes, "{path} by POST");
    }
}

#[actix_web::test]
async fn signing_in_gives_one_strict_cookie_and_leads_to_a_page_of_ours() {
    let house = House::new();
    let answer = house.send(&typed(&house.clerk)).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/co-quan"));
    let cookies = answer.all("set-cookie");
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].starts_with("__Host-hocba-office="));
    assert!(cookies[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{}", cookies[0]);
    let cookie = cookies[0].split(';').next().unwrap().to_owned();
    let own = house.call(get("/co-quan").insert_header(("cookie", cookie.clone()))).await;
    assert!(own.text().contains("Xét tuyển đại học (Luật Giáo dục đại học, Điều 34)"), "the purpose is on the page");
    assert_eq!(own.header("content-encoding"), "");
    let again = house.call(get("/co-quan/dang-nhap").insert_header(("cookie", cookie))).await;
    assert_eq!((again.status.as_u16(), again.header("location")), (303, "/co-quan"));
}

#[actix_web::test]
async fn pages_with_a_secret_are_not_compressed() {
    let house = House::new();
    let browser = house.sign_in(&house.administrator);
    for request in [get("/co-quan/dang-nhap"), browser.get("/co-quan/thanh-vien")] {
        let answer = house.call(request.insert_header(("accept-encoding", "gzip, zstd"))).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, ""));
        assert!(answer.text().len() > 1000);
    }
}

#[actix_web::test]
async fn whoever_may_not_is_answered_alike() {
    let house = House::new();
    let right = typed(&house.clerk);
    let code = house.clerk.totp.code(Step::at(clock()));
    let invited = account("moi@dhqg-hn");
    change(&house.desk, add(&invited, Role::Clerk));
    let wrong = [
        right.replace("lan.nguyen", "khong.co"),
        right.replace("lan.nguyen", "moi"),
        right.replace("r%C6%A1i", "x").replace("rơi", "x"),
        right.replace(&code, "000000"),
        right.replace(&code, ""),
        right.replace("dhqg-hn", "khong-co"),
    ];
    let mut pages = BTreeSet::new();
    for fields in &wrong {
        let answer = house.send(fields).await;
        assert_eq!(answer.status, 403, "{fields}");
        assert!(set_cookies(&answer).is_empty());
        let page = answer.text();
        let (before, rest) = page.split_once("name=\"account\"").unwrap();
        let after = rest.split_once("id=\"password\"").or_else(|| rest.split_once("name=\"password\"")).unwrap().1;
        let token = hidden(&answer, "form");
        pages.insert(format!("{before}…{after}").replace(&token, "(form)"));
        assert!(!page.contains(PASSWORD), "the password comes back");
    }
    assert_eq!(pages.len(), 1, "the answers differ");
}

#[actix_web::test]
async fn a_form_that_this_browser_was_not_given_signs_nobody_in() {
    let house = House::new();
    let fields = typed(&house.clerk);
    let (cookie, tie) = house.tie("/co-quan/dang-nhap").await;
    let (other_cookie, _) = house.tie("/co-quan/dang-nhap").await;
    let path = "/co-quan/dang-nhap";
    let with = |tie: &str| form(path, &format!("form={tie}&{fields}"));
    let own = || with(&tie).insert_header(("cookie", cookie.clone()));
    let refused = [
        ("no cookie", with(&tie)),
        ("no token", with("").insert_header(("cookie", cookie.clone()))),
        ("another's token", with(&tie).insert_header(("cookie", other_cookie))),
        ("two cookies", with(&tie).insert_header(("cookie", format!("{cookie}; {cookie}")))),
        ("another site", own().insert_header(("sec-fetch-site", "cross-site"))),
        ("a subdomain", own().insert_header(("sec-fetch-site", "same-site"))),
        ("another origin", own().insert_header(("origin", "https://evil.example"))),
        ("a look-alike", own().insert_header(("origin", "https://hocba.example.vn.evil.example"))),
    ];
    for (what, request) in refused {
        let answer = house.call(request).await;
        assert_eq!(answer.status, 403, "{what}");
        assert!(!set_cookies(&answer).iter().any(|c| c.starts_with("__Host-hocba-office=")), "{what}");
    }
    for (what, request) in [(
        "ours",
        own().insert_header(("origin", "https://hocba.example.vn")).insert_header(("sec-fetch-site", "same-origin")),
    )] {
        assert_eq!(house.call(request).await.status, 303, "{what}");
    }
}

#[actix_web::test]
async fn a_form_behind_sign_in_needs_the_token_of_that_very_session() {
    let house = House::new();
    let (administrator, other) = (house.sign_in(&house.administrator), house.sign_in(&house.auditor));
    let path = "/co-quan/thanh-vien";
    let fields = "full_name=V%C5%A9+V%C4%83n+Nam&member=nam&role=clerk&reason=c%C3%B4ng+v%C4%83n+13";
    let cookie = administrator.cookie();
    let with = |token: &str| form(path, &format!("form={token}&{fields}")).insert_header(("cookie", cookie.clone()));
    let theirs = other.token.csrf().to_text();
    let ours = administrator.token.csrf().to_text();
    let forged = [
        with(""),
        with(&theirs),
        form(path, fields).insert_header(("cookie", cookie.clone())),
        with(&ours).insert_header(("sec-fetch-site", "cross-site")),
        with(&ours).insert_header(("origin", "http://evil.example")),
        form(path, &format!("form={ours}&form={ours}&{fields}")).insert_header(("cookie", cookie.clone())),
    ];
    for request in forged {
        let answer = house.call(request).await;
        assert!(matches!(answer.status.as_u16(), 400 | 403), "{}", answer.status);
    }
    assert!(!house.has("nam"));
    assert_eq!(house.call(with(&ours)).await.status, 200);
    assert!(house.has("nam"));
}

#[actix_web::test]
async fn nobody_is_led_anywhere_but_to_a_page_of_ours() {
    for (next, to) in [
        ("thanh-vien", "/co-quan/thanh-vien"),
        ("", "/co-quan"),
        ("https%3A%2F%2Fevil.example", "/co-quan"),
        ("%2F%2Fevil.example", "/co-quan"),
        ("..%2F..", "/co-quan"),
        ("thanh-vien%0D%0Ax: y", "/co-quan"),
    ] {
        let house = House::new();
        let fields = typed(&house.administrator).replace("tiep=", &format!("tiep={next}"));
        let answer = house.send(&fields).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{next}");
        let page = house.call(get(&format!("/co-quan/dang-nhap?tiep={}", next.replace(' ', "+")))).await;
        assert!(!page.text().contains("evil.example"));
    }
}

#[actix_web::test]
async fn the_sixth_try_waits_even_if_it_is_right_and_says_how_long() {
    let house = House::new();
    let right = typed(&house.clerk);
    let wrong = right.replace("&code=", "&code=9");
    for _ in 0..5 {
        assert_eq!(house.send(&wrong).await.status, 403);
    }
    let waits = house.send(&right).await;
    assert_eq!((waits.status.as_u16(), waits.header("retry-after")), (429, "30"));
    assert!(waits.text().contains("30 giây"));
    wait(30);
    assert_eq!(house.send(&typed(&house.clerk)).await.status, 303);
}

#[actix_web::test]
async fn a_session_ends_when_idle_or_old_and_the_next_page_says_so() {
    let house = House::new();
    let browser = house.sign_in(&house.administrator);
    wait(899);
    assert_eq!(house.call(browser.get("/co-quan")).await.status, 200);
    wait(900);
    let over = house.call(browser.get("/co-quan/thanh-vien")).await;
    assert_eq!((over.status.as_u16(), over.header("location")), (303, "/co-quan/dang-nhap?tiep=thanh-vien"));
    let page = house.call(browser.get("/co-quan/dang-nhap?tiep=thanh-vien")).await;
    assert!(page.text().contains("Phiên làm việc đã kết thúc") && page.text().contains("15 phút"));
    assert_eq!(hidden(&page, "tiep"), "thanh-vien");
    assert!(page.all("set-cookie").iter().any(|c| c.starts_with("__Host-hocba-office=;") && c.ends_with("Max-Age=0")));
    let kept_alive = house.sign_in(&house.administrator);
    for _ in 0..(8 * 3600 / 600 - 1) {
        wait(600);
        assert_eq!(house.call(kept_alive.get("/co-quan")).await.status, 200);
    }
    wait(600);
    assert_eq!(house.call(kept_alive.get("/co-quan")).await.status, 303);
}

#[actix_web::test]
async fn signing_out_ends_the_session_on_the_server() {
    let house = House::new();
    let browser = house.sign_in(&house.clerk);
    assert_eq!(house.call(browser.get("/co-quan/dang-xuat")).await.header("location"), "/co-quan");
    assert_eq!(house.call(browser.get("/co-quan")).await.status, 200);
    let forged = form("/co-quan/dang-xuat", "form=AAAA").insert_header(("cookie", browser.cookie()));
    assert_eq!(house.call(forged).await.status, 403);
    let out = house.call(browser.post("/co-quan/dang-xuat", "")).await;
    assert_eq!(out.header("location"), "/co-quan/dang-nhap?xong=dang-xuat");
    assert!(out.header("set-cookie").ends_with("Max-Age=0"));
    assert_eq!(house.call(browser.get("/co-quan")).await.status, 303);
}

#[actix_web::test]
async fn a_member_is_invited_enrols_and_signs_in() {
    let house = House::new();
    let administrator = house.sign_in(&house.administrator);
    let fields = "full_name=H%27Mai+Ni%C3%AA&member=+Mai.Nie+&role=clerk&reason=c%C3%B4ng+v%C4%83n+13";
    let invited = house.call(administrator.post("/co-quan/thanh-vien", fields)).await;
    let code = invited.text().split("ticket-code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let (cookie, tie) = house.tie("/co-quan/kich-hoat").await;
    let enrol = |fields: String| {
        form("/co-quan/kich-hoat", &format!("form={tie}&{fields}")).insert_header(("cookie", cookie.clone()))
    };
    let who = format!("account=mai.nie%40dhqg-hn&invitation={code}");
    let second = house.call(enrol(who.clone())).await;
    let key: String = second.text().split("code groups\">").nth(1).unwrap().split("</p>").next().unwrap().to_owned();
    let key = key.replace("<span>", "").replace("</span>", "");
    let totp = TotpSecret::from_typed(&key).unwrap();
    let shown = totp.code(Step::at(clock()));
    let passwords = |one: &str, two: &str| format!("{who}&buoc=2&password={one}&again={two}&code={shown}");
    for (one, two, says) in [
        ("ngan", "ngan", "Mật khẩu cần ít nhất 12 ký tự"),
        ("trang+sang+vuon+chuoi", "trang+sang+vuon+chuo", "Hai lần nhập không giống nhau"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "dễ đoán"),
    ] {
        let again = house.call(enrol(passwords(one, two))).await;
        assert_eq!(again.status, 400);
        assert!(again.text().contains(says), "{says}");
        assert!(again.text().contains("code groups"), "the same page again");
    }
    let good = "trang+sang+vuon+chuoi";
    let wrong_code = house.call(enrol(passwords(good, good).replace(&shown, "1234"))).await;
    assert!(wrong_code.status == 400 && wrong_code.text().contains("Mã xác thực không đúng"));
    let done = house.call(enrol(passwords(good, good))).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/co-quan/dang-nhap?xong=kich-hoat"));
    let once = house.call(enrol(who.clone())).await;
    assert!(once.status == 403 && once.text().contains("Chưa kích hoạt được"));
    wait(30);
    let new = Person { account: account("mai.nie@dhqg-hn"), totp };
    let signed_in = house.send(&typed(&new).replace(&PASSWORD.replace(' ', "+"), good)).await;
    assert_eq!(signed_in.status, 303);
}

#[actix_web::test]
async fn an_administrator_changes_members_but_neither_themselves_nor_auditors() {
    let house = House::new();
    let administrator = house.sign_in(&house.administrator);
    let clerk = house.sign_in(&house.clerk);
    let path = "/co-quan/thanh-vien/thay-doi";
    let of = |name: &str, more: &str| administrator.post(path, &format!("account={name}%40dhqg-hn{more}"));
    for name in ["quan", "mai", "khong.co"] {
        assert_eq!(house.call(of(name, "&buoc=2&action=disable&reason=x")).await.status, 400, "{name}");
    }
    let one = house.call(of("lan.nguyen", "")).await;
    assert_eq!(one.status, 200);
    assert!(one.text().contains("value=\"reset\"") && !one.text().contains("ministry_auditor"));
    for (more, says) in [
        ("&buoc=2&action=&reason=x", "Hãy chọn việc cần làm"),
        ("&buoc=2&action=disable&reason=+", "Hãy ghi lý do"),
        ("&buoc=2&action=ministry_auditor&reason=x", "Hãy chọn việc cần làm"),
        ("&buoc=2&action=readmit&reason=x", "Hãy chọn việc cần làm"),
    ] {
        let answer = house.call(of("lan.nguyen", more)).await;
        assert!(answer.status == 400 && answer.text().contains(says), "{says}");
    }
    assert_eq!(house.call(clerk.get("/co-quan")).await.status, 200);
    let disabled = house.call(of("lan.nguyen", "&buoc=2&action=disable&reason=ngh%E1%BB%89")).await;
    assert!(disabled.status == 200 && disabled.text().contains("Đã khóa"));
    assert_eq!(house.call(clerk.get("/co-quan")).await.status, 303);
    let readmitted = house.call(of("lan.nguyen", "&buoc=2&action=readmit&reason=l%E1%BA%A1i")).await;
    assert!(readmitted.text().contains("ticket-code"));
}

#[actix_web::test]
async fn changing_the_password_signs_out_everywhere() {
    let house = House::new();
    let browser = house.sign_in(&house.clerk);
    let post = |present: &str| {
        browser.post(
            "/co-quan/mat-khau",
            &format!("present={present}&password=trang+sang+vuon+chuoi&again=trang+sang+vuon+chuoi"),
        )
    };
    let wrong = house.call(post("x")).await;
    assert!(wrong.status == 400 && wrong.text().contains("Mật khẩu hiện nay không đúng"));
    let changed = house.call(post(&PASSWORD.replace(' ', "+"))).await;
    assert_eq!(changed.header("location"), "/co-quan/dang-nhap?xong=mat-khau");
    assert_eq!(house.call(browser.get("/co-quan")).await.status, 303);
}

#[actix_web::test]
async fn a_search_says_what_is_missing_and_shows_what_was_found() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let born = "&day=5&month=9&year=2014";
    for (fields, status, says) in [
        ("", 400, "Hãy nhập họ tên và ngày sinh, hoặc số định danh"),
        ("full_name=An", 400, "Ngày sinh chưa đúng"),
        ("day=5&month=9&year=2014", 400, "Hãy nhập họ và tên đầy đủ"),
        ("full_name=An&day=31&month=2&year=2014", 400, "Ngày sinh chưa đúng"),
        ("full_name=An&number=003317000001", 400, "Chỉ dùng một cách"),
        ("number=12345", 400, "Số định danh gồm đúng 12 chữ số"),
        ("number=003317000001&province=Atlantis", 400, "Không có tỉnh, thành phố nào"),
        ("number=003317000001", 200, "Không tìm thấy"),
    ] {
        let answer = house.call(clerk.post("/co-quan/tim", fields)).await;
        assert_eq!(answer.status.as_u16(), status, "{fields}");
        assert!(answer.text().contains(says), "{fields}: {says}");
    }
    for (name, status, says) in
        [("chậm", 429, "7 giây"), ("chờ", 503, "1.000 trên 2.000"), ("hỏng", 503, "chưa thực hiện được")]
    {
        let answer = house.call(clerk.post("/co-quan/tim", &format!("full_name={name}{born}"))).await;
        assert_eq!(answer.status.as_u16(), status, "{name}");
        assert!(answer.text().contains(says) && !answer.header("retry-after").is_empty(), "{name}");
    }
    let found = house.call(clerk.post("/co-quan/tim", &format!("full_name={KNOWN}{born}&level=thcs"))).await;
    let page = found.text();
    for says in
        ["Tìm thấy 1 học bạ", "05/09/2014", "Có năm học đã bị thu hồi", "2024-2025", "Có 2 học bạ khác", "Còn 10 mục"]
    {
        assert!(page.contains(says), "{says}");
    }
    assert!(page.contains("<details open>") && page.contains("value=\"thpt\"") && !page.contains("value=\"tieu_hoc\""));
}

#[actix_web::test]
async fn an_opened_transcript_names_the_purpose_and_offers_nothing_of_a_holder() {
    let house = House::new();
    let clerk = house.sign_in(&house.clerk);
    let opened = house.call(clerk.post("/co-quan/ho-so", &format!("code={CODE}"))).await;
    let page = opened.text();
    assert_eq!((opened.status.as_u16(), opened.header("cache-control")), (200, "no-store"));
    assert!(page.contains("Mở cho mục đích: Xét tuyển đại học"));
    assert!(page.contains("nằm ngoài phạm vi được cấp") && page.contains("không thuộc phạm vi được cấp cho đơn vị"));
    for offered in ["/chia-se", "/ban-mem", "/doi-chieu", "name=\"ticket\""] {
        assert!(!page.contains(offered), "{offered}");
    }
    for (code, status) in [(UNKNOWN, 404), (UNCHECKED, 503), ("x", 400)] {
        let answer = house.call(clerk.post("/co-quan/ho-so", &format!("code={code}"))).await;
        assert_eq!(answer.status.as_u16(), status, "{code}");
    }
    let read = clerk.get("/co-quan/ho-so");
    assert_eq!(house.call(read).await.header("location"), "/co-quan");
}

#[actix_web::test]
async fn a_flood_of_sign_ins_is_told_to_come_again() {
    let house = House::new();
    let mut places = Vec::new();
    for _ in 0..4 {
        places.push(shedding::comparison(&house.state).await.unwrap());
    }
    let answer = house.send(&typed(&house.clerk)).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "30"));
    drop(places);
    assert_eq!(house.send(&typed(&house.clerk)).await.status, 303);
}

#[actix_web::test]
async fn without_the_role_there_is_nothing_and_a_damaged_shelf_is_closed() {
    for (door, status) in [(OfficeDoor::Absent, 404), (OfficeDoor::Closed, 503)] {
        let state = Data::new(plain_state(|_| {}).with_offices(door));
        for path in ["/co-quan", "/co-quan/dang-nhap", "/co-quan/kich-hoat", "/co-quan/thanh-vien"] {
            assert_eq!(call_with(&state, get(path)).await.status.as_u16(), status, "{path}");
            assert_eq!(
                call_with(&state, form(path, "form=AAAA")).await.status.as_u16(),
                if path == "/co-quan" && status == 503 { 405 } else { status },
                "{path}"
            );
        }
        let footer = call_with(&state, get("/")).await.text();
        assert_eq!(footer.contains("href=\"/co-quan\""), status != 404);
    }
}

/// With a provider that no row asks.
static HOUSE: LazyLock<House> = LazyLock::new(|| House::with(Some(nowhere())));

/// One state for all rows: nothing in it is changed by them.
pub(super) fn state() -> Data<AppState> {
    HOUSE.state.clone()
}

/// What offices are answered.
pub(super) fn rows() -> Vec<Row> {
    static BROWSERS: LazyLock<[Browser; 3]> =
        LazyLock::new(|| [&HOUSE.clerk, &HOUSE.administrator, &HOUSE.auditor].map(|person| HOUSE.sign_in(person)));
    let [clerk, administrator, auditor] = &*BROWSERS;
    let all = [
        ("office.303", "/co-quan", get("/co-quan")),
        ("office.200", "/co-quan", clerk.get("/co-quan")),
        ("sign-in.200", "/co-quan/dang-nhap", get("/co-quan/dang-nhap")),
        ("sign-in.200.signed-out", "/co-quan/dang-nhap", get("/co-quan/dang-nhap?xong=dang-xuat")),
        ("sign-in.303", "/co-quan/dang-nhap", clerk.get("/co-quan/dang-nhap")),
        ("sign-in.403.stale", "/co-quan/dang-nhap", form("/co-quan/dang-nhap", "account=a")),
        ("provider.303", "/co-quan/ben-ngoai", get("/co-quan/ben-ngoai")),
        ("provider.403.stale", "/co-quan/ben-ngoai", form("/co-quan/ben-ngoai", "tiep=tim")),
        ("provider-return.403", "/co-quan/ben-ngoai/ve", get("/co-quan/ben-ngoai/ve?code=c&state=s")),
        ("sign-out.303", "/co-quan/dang-xuat", request(Method::GET, "/co-quan/dang-xuat")),
        ("enrol.200", "/co-quan/kich-hoat", get("/co-quan/kich-hoat")),
        ("enrol.403.stale", "/co-quan/kich-hoat", form("/co-quan/kich-hoat", "account=a")),
        ("office-password.200", "/co-quan/mat-khau", clerk.get("/co-quan/mat-khau")),
        ("office-password.400", "/co-quan/mat-khau", clerk.post("/co-quan/mat-khau", "password=a&again=b")),
        ("search.200", "/co-quan/tim", clerk.get("/co-quan/tim")),
        ("search.400", "/co-quan/tim", clerk.post("/co-quan/tim", "full_name=An")),
        ("search.200.found", "/co-quan/tim", clerk.post("/co-quan/tim", &format!("full_name={KNOWN}&year=2014"))),
        ("record.200", "/co-quan/ho-so", clerk.post("/co-quan/ho-so", &format!("code={CODE}"))),
        ("record.404", "/co-quan/ho-so", clerk.post("/co-quan/ho-so", &format!("code={UNKNOWN}"))),
        ("members.200", "/co-quan/thanh-vien", administrator.get("/co-quan/thanh-vien")),
        ("members.303", "/co-quan/thanh-vien", get("/co-quan/thanh-vien")),
        ("members.400", "/co-quan/thanh-vien", administrator.post("/co-quan/thanh-vien", "role=clerk")),
        ("members.403", "/co-quan/thanh-vien", clerk.get("/co-quan/thanh-vien")),
        (
            "member.200",
            "/co-quan/thanh-vien/thay-doi",
            administrator.post("/co-quan/thanh-vien/thay-doi", "account=lan.nguyen%40dhqg-hn"),
        ),
        ("batches.200", "/co-quan/lo", clerk.get("/co-quan/lo")),
        ("batches.403", "/co-quan/lo", auditor.get("/co-quan/lo")),
        ("draft.200", "/co-quan/lo/xem-truoc", clerk.get("/co-quan/lo/xem-truoc")),
        ("draft.400", "/co-quan/lo/xem-truoc", clerk.post("/co-quan/lo/xem-truoc", "viec=?")),
        ("batch.200", "/co-quan/lo/{batch}", clerk.get(&format!("/co-quan/lo/{BATCH}"))),
        ("batch.404", "/co-quan/lo/{batch}", clerk.get("/co-quan/lo/99887766554433221100")),
        ("batch-state.200", "/co-quan/lo/{batch}/tien-do", clerk.get(&format!("/co-quan/lo/{BATCH}/tien-do"))),
        ("batch-state.303", "/co-quan/lo/{batch}/tien-do", get(&format!("/co-quan/lo/{BATCH}/tien-do"))),
        (
            "batch-file.200",
            "/co-quan/lo/{batch}/ket-qua",
            clerk.post(&format!("/co-quan/lo/{BATCH}/ket-qua"), "dang=csv"),
        ),
        ("later.200", "/co-quan/thay-doi", clerk.get("/co-quan/thay-doi")),
        ("later.403", "/co-quan/thay-doi", auditor.get("/co-quan/thay-doi")),
        ("journal.200", "/co-quan/nhat-ky", auditor.get("/co-quan/nhat-ky")),
        ("journal.400", "/co-quan/nhat-ky", auditor.post("/co-quan/nhat-ky", "tu=x")),
        ("journal.403", "/co-quan/nhat-ky", clerk.get("/co-quan/nhat-ky")),
        ("offices.200", "/co-quan/don-vi", auditor.get("/co-quan/don-vi")),
        ("one-office.200", "/co-quan/don-vi/{office}", auditor.get("/co-quan/don-vi/dhqg-hn")),
        ("one-office.404", "/co-quan/don-vi/{office}", auditor.get("/co-quan/don-vi/x")),
    ];
    let row = |(name, route, request): (&str, _, _)| Row::public(name, route, request, state());
    all.into_iter().map(row).collect()
}
