//! An operator switches while servers run.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::disclosure::whole_date;
use super::nation::{copy_of, made};
use super::process::{Server, assert_exit, hocba};

fn switch(data: &Path, args: &[&str]) -> Value {
    let ran = hocba(data).args(["--json", "switch"]).args(args).output().unwrap();
    assert_exit(&ran, 0);
    serde_json::from_slice(&ran.stdout).unwrap()
}

fn status(data: &Path, code: i32) -> Value {
    let ran = hocba(data).args(["--json", "status"]).output().unwrap();
    assert_exit(&ran, code);
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// Asks until the answer has this status; how long that takes is no question here.
fn until(what: &str, wanted: u16, mut ask: impl FnMut() -> (u16, Value)) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let (status, answer) = ask();
        match status == wanted {
            true => return answer,
            false if Instant::now() > deadline => panic!("{what}: still {status} {answer}"),
            false => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

#[test]
fn verdict_only_is_noticed_by_running_servers_and_survives_a_restart() {
    let data = copy_of(&made().data());
    let one = whole_date();
    let code = one.code.to_string();
    let right = json!({ "date_of_birth": one.date_of_birth.to_string() });
    let mut server = Server::start(data.path(), "");
    assert_eq!(server.disclose(&code, &right).0, 200);
    assert_eq!(switch(data.path(), &["verdict-only", "on"]), json!({"verdict_only": true, "banner": null}));
    let problem = until("switching on", 503, || server.disclose(&code, &right));
    assert_eq!(problem["type"], "urn:problem-type:hocba:verdict-only");
    assert_eq!(server.verdict(&code).0, 200);
    assert_eq!(status(data.path(), 0)["switches"]["verdict_only"], true);
    server.kill();
    let server = Server::start(data.path(), "");
    assert_eq!(server.disclose(&code, &right).0, 503, "a restart forgets nothing");
    switch(data.path(), &["verdict-only", "off"]);
    until("switching off", 200, || server.disclose(&code, &right));
}

#[test]
fn a_banner_comes_and_goes_and_leaves_the_other_switch_alone() {
    let data = copy_of(&made().data());
    switch(data.path(), &["verdict-only", "on"]);
    let set = switch(data.path(), &["banner", "--vi", "Đang bảo trì.", "--en", "Maintenance."]);
    assert_eq!(set, json!({"verdict_only": true, "banner": {"vi": "Đang bảo trì.", "en": "Maintenance."}}));
    assert_eq!(status(data.path(), 1)["switches"]["banner"]["en"], "Maintenance.", "also without a server");
    assert_eq!(switch(data.path(), &["banner", "off"]), json!({"verdict_only": true, "banner": null}));
    let long = "a".repeat(301);
    for bad in [
        &["banner"][..],
        &["banner", "--vi", "Chỉ tiếng Việt"],
        &["banner", "off", "--vi", "a", "--en", "b"],
        &["banner", "--vi", "hai\ndòng", "--en", "two"],
        &["banner", "--vi", &long, "--en", "b"],
        &["verdict-only"],
    ] {
        assert_exit(&hocba(data.path()).arg("switch").args(bad).output().unwrap(), 2);
    }
    assert_eq!(status(data.path(), 1)["switches"]["banner"], Value::Null);
}

#[test]
fn a_damaged_file_closes_disclosures_until_it_is_set_again() {
    let data = copy_of(&made().data());
    let one = whole_date();
    let (code, right) = (one.code.to_string(), json!({ "date_of_birth": one.date_of_birth.to_string() }));
    let server = Server::start(data.path(), "");
    std::fs::write(data.path().join("switches"), "{\"verdict_only\":false,\"banner\":null}\n").unwrap();
    until("a damaged file", 503, || server.disclose(&code, &right));
    assert_eq!(server.verdict(&code).0, 200);
    assert!(server.log().contains("switches cannot be read"), "{}", server.log());
    let shown = status(data.path(), 1);
    assert!(shown["switches"]["verdict_only"] == true && shown["switches"]["fault"].is_string(), "{shown}");
    switch(data.path(), &["verdict-only", "off"]);
    until("setting it again", 200, || server.disclose(&code, &right));
    assert_eq!(status(data.path(), 0)["switches"]["fault"], Value::Null);
}
