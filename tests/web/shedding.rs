//! What is refused first: disclosures, by an operator's switch or under load. Verdicts never are.

use std::io;
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, rt};
use hocba::config::Config;
use hocba::portal::answer::VerdictAnswer;
use hocba::switches::{Banner, Switches};
use hocba::transcript::text::Text;
use hocba::transcript::{Moment, TranscriptCode};
use hocba::web::AppState;
use hocba::web::backend::{Backend, DiscloseRefusal, Disclosed, Health, LogFile, SecondFactor};
use hocba::web::routes::operators;

use super::fixtures::{CODE, Fixture, plain_state, state};
use super::routes::{Answer, api, call_with, form, get, post};

const RIGHT: &str = r#"{"date_of_birth": "2014-09-05"}"#;

fn ask() -> TestRequest {
    post(&format!("{}/disclosure", api(CODE)), "application/json", RIGHT)
}

fn ask_on_the_page() -> TestRequest {
    form(&format!("/v/{CODE}"), "day=5&month=9&year=2014")
}

fn switched(switches: Switches) -> Data<AppState> {
    let state = state(|_| {});
    state.switches.store(Arc::new(switches));
    state
}

fn verdict_only() -> Switches {
    Switches { verdict_only: true, banner: None }
}

fn banner(vi: &str, en: &str) -> Switches {
    let banner = Banner { vi: Text::new(vi).unwrap(), en: Text::new(en).unwrap() };
    Switches { verdict_only: false, banner: Some(banner) }
}

async fn metrics(state: &Data<AppState>) -> String {
    let app = init_service(App::new().configure(|app| operators(state, app))).await;
    let response = actix_web::test::call_service(&app, TestRequest::with_uri("/metrics").to_request()).await;
    String::from_utf8(read_body(response).await.to_vec()).unwrap()
}

fn assert_is(answer: &Answer, slug: &str) {
    let problem = answer.json();
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (503, "application/problem+json"), "{problem}");
    assert_eq!(problem["type"], format!("urn:problem-type:hocba:{slug}"));
    assert_eq!(problem["retry_after_s"].to_string(), answer.header("retry-after"));
    assert!(problem["detail"].as_str().unwrap().contains("vẫn tra cứu được"), "{problem}");
    assert!(problem["detail_en"].as_str().unwrap().contains("can still be looked up"), "{problem}");
}

#[actix_web::test]
async fn verdict_only_opens_nothing_and_says_so_in_both_languages() {
    let state = switched(verdict_only());
    assert_is(&call_with(&state, ask()).await, "verdict-only");
    for (language, title) in [("vi", "Tạm dừng xem nội dung học bạ"), ("en", "Content cannot be opened for now")]
    {
        let page = call_with(&state, ask_on_the_page().insert_header(("accept-language", language))).await;
        assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "600"));
        assert!(page.text().contains(title) && !page.text().contains("Nguyễn"), "{}", page.text());
        let page = call_with(&state, get(&format!("/v/{CODE}")).insert_header(("accept-language", language))).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(title));
        // What is left is the receipt of the verdict, which opens nothing.
        let forms = page.text().matches("<form method=\"post\" action=\"/v/").count();
        let receipts = page.text().matches(&format!("<form method=\"post\" action=\"/v/{CODE}/bien-nhan\"")).count();
        assert_eq!((forms, receipts), (1, 1));
    }
    let verdict = call_with(&state, get(&api(CODE))).await;
    assert_eq!((verdict.status.as_u16(), verdict.json()["verdict"].as_str()), (200, Some("valid")));
    let text = metrics(&state).await;
    assert!(text.contains("hocba_shed_total{reason=\"verdict_only\"} 3"), "{text}");
    assert!(text.contains("hocba_verdict_only 1"), "{text}");
}

#[actix_web::test]
async fn switching_back_opens_again_without_a_restart() {
    let state = switched(verdict_only());
    assert_eq!(call_with(&state, ask()).await.status, 503);
    state.switches.store(Arc::default());
    assert_eq!(call_with(&state, ask()).await.status, 200);
    let page = call_with(&state, get(&format!("/v/{CODE}"))).await;
    assert!(page.text().contains("<form method=\"post\" action=\"/v/"));
}

#[actix_web::test]
async fn the_banner_stands_on_every_page_as_text() {
    let state = switched(banner("Đang xử lý sự cố <b>01</b> & kiểm tra.", "An incident <b>01</b> & checks."));
    for path in ["/", &format!("/v/{CODE}"), "/v/xyz", "/khong-co"] {
        let page = call_with(&state, get(path)).await.text();
        assert!(page.contains("<div class=\"incident\" role=\"status\""), "{path}");
        assert!(page.contains("Đang xử lý sự cố &lt;b&gt;01&lt;/b&gt; &amp; kiểm tra."), "{path}: {page}");
        assert!(!page.contains("An incident"), "{path}");
        let english = call_with(&state, get(path).insert_header(("accept-language", "en"))).await.text();
        assert!(english.contains("An incident &lt;b&gt;01&lt;/b&gt; &amp; checks.") && !english.contains("Đang xử lý"));
    }
    let opened = call_with(&state, ask_on_the_page()).await;
    assert!(opened.status == 200 && opened.text().contains("class=\"incident\""));
    state.switches.store(Arc::default());
    assert!(!call_with(&state, get("/")).await.text().contains("class=\"incident\""));
}

/// Opens transcripts only when it is told to, and says when it is asked.
struct Holding {
    asked: Sender<()>,
    go_on: Mutex<Receiver<()>>,
}

impl Backend for Holding {
    fn verdict(&self, code: &TranscriptCode, now: Moment, use_it: &mut dyn FnMut(&VerdictAnswer<'_>)) {
        Fixture.verdict(code, now, use_it);
    }

    fn disclose(
        &self,
        code: &TranscriptCode,
        factor: &SecondFactor,
        client: IpAddr,
        now: Moment,
    ) -> Result<Disclosed, DiscloseRefusal> {
        // Nobody listens any more after the first.
        let _ = self.asked.send(());
        self.go_on.lock().unwrap().recv().unwrap();
        Fixture.disclose(code, factor, client, now)
    }

    fn health(&self, now: Moment) -> Health {
        Fixture.health(now)
    }

    fn log(&self, file: LogFile) -> io::Result<Option<Vec<u8>>> {
        Fixture.log(file)
    }
}

/// A process where one disclosure is under way, and what lets it and later ones go on.
async fn one_is_under_way(
    change: impl FnOnce(&mut Config),
) -> (Data<AppState>, rt::task::JoinHandle<Answer>, Sender<()>) {
    let ((asked, was_asked), (go_on, held)) = (channel(), channel());
    let mut state = plain_state(change);
    state.backend = Arc::new(Holding { asked, go_on: Mutex::new(held) });
    let state = Data::new(state);
    let first = rt::spawn({
        let state = state.clone();
        async move { call_with(&state, ask()).await }
    });
    actix_web::web::block(move || was_asked.recv()).await.unwrap().unwrap();
    (state, first, go_on)
}

async fn assert_first_in_first_served(change: impl FnOnce(&mut Config), reason: &str) {
    let (state, first, go_on) = one_is_under_way(change).await;
    assert_is(&call_with(&state, ask()).await, "shed");
    let page = call_with(&state, ask_on_the_page()).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "30"));
    assert!(page.text().contains("Chưa mở được nội dung học bạ"));
    assert_eq!(call_with(&state, get(&api(CODE))).await.status, 200, "verdicts go on");
    assert_eq!(call_with(&state, get(&format!("/v/{CODE}"))).await.status, 200, "verdict pages too");
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap().status, 200, "what was under way ends as it should");
    go_on.send(()).unwrap();
    assert_eq!(call_with(&state, ask()).await.status, 200, "its place is free again");
    assert_eq!(state.load.in_flight(), 0);
    let text = metrics(&state).await;
    assert!(text.contains(&format!("hocba_shed_total{{reason=\"{reason}\"}} 2")), "{text}");
}

#[actix_web::test]
async fn only_so_many_disclosures_run_at_a_time() {
    let one = |config: &mut Config| {
        config.serve.disclosures_at_once = 1;
        config.serve.disclosure_wait_ms = 20;
    };
    assert_first_in_first_served(one, "places").await;
}

#[actix_web::test]
async fn under_pressure_disclosures_are_refused_at_once() {
    assert_first_in_first_served(|config| config.serve.shed_above_in_flight = 1, "pressure").await;
}

#[actix_web::test]
async fn a_disclosure_waits_for_a_place_that_becomes_free() {
    let one = |config: &mut Config| {
        config.serve.disclosures_at_once = 1;
        config.serve.disclosure_wait_ms = 10_000;
    };
    let (state, first, go_on) = one_is_under_way(one).await;
    let second = rt::spawn({
        let state = state.clone();
        async move { call_with(&state, ask()).await }
    });
    while state.load.in_flight() < 2 {
        rt::time::sleep(Duration::from_millis(5)).await;
    }
    go_on.send(()).unwrap();
    go_on.send(()).unwrap();
    assert_eq!((first.await.unwrap().status.as_u16(), second.await.unwrap().status.as_u16()), (200, 200));
}
