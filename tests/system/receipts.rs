//! Verification receipts: given, checked by the portal, checked without it.

use std::path::Path;
use std::process::Output;

use hocba::signing::{Jws, ObjectType, PrivateKey};
use hocba::synth::Sample;
use hocba::transcript::GroupSet;
use serde_json::{Value, json};

use super::copies::{field, make_copy, opened_page};
use super::disclosure::{journal_lines, whole_date};
use super::nation::{copy_of, made};
use super::process::{Server, assert_exit, hocba};

fn receipt(server: &Server, sample: &Sample, ticket: &str) -> String {
    let (status, page) = server.form(&format!("/v/{}/bien-nhan", sample.code), &[("ticket", ticket)]);
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("<svg"), "the code's QR");
    field(&page, "bien_nhan").unwrap().replace("&quot;", "\"")
}

fn payload(jws: &str) -> Value {
    serde_json::from_slice(Jws::parse(jws.as_bytes()).unwrap().payload()).unwrap()
}

fn check(server: &Server, jws: &str) -> Value {
    let (status, answer) = server.post("/xac-thuc-bien-nhan", "application/json", jws.as_bytes());
    assert_eq!(status, 200, "{answer}");
    answer
}

fn offline(data: &Path, file: &Path) -> Output {
    hocba(data).args(["--json", "verify"]).arg(file).output().unwrap()
}

/// The same receipt with another payload under the same signature.
fn with_payload(jws: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut envelope: Value = serde_json::from_str(jws).unwrap();
    let mut stated = payload(jws);
    change(&mut stated);
    envelope["payload"] = json!(data_encoding::BASE64URL_NOPAD.encode(stated.to_string().as_bytes()));
    envelope.to_string()
}

#[test]
fn a_receipt_says_what_was_answered_and_nothing_personal() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = whole_date();
    let lines = journal_lines(data.path());
    let jws = receipt(&server, sample, "");
    assert_eq!(journal_lines(data.path()), lines, "nothing was disclosed");
    let stated = payload(&jws);
    let (_, now) = server.verdict(&sample.code.to_string());
    assert_eq!((&stated["answer"]["verdict"], &stated["answer"]["sheets"]), (&now["verdict"], &now["sheets"]));
    assert_eq!((&stated["basis"], &stated["version"]), (&json!("code"), &json!(1)));
    let checkpoint = stated["checkpoint"].as_str().unwrap();
    let root = stated["answer"]["as_of"]["root_hash"].as_str().unwrap();
    assert!(checkpoint.lines().any(|line| line == root), "the signed checkpoint has the root of the answer");
    // With the content on the screen the receipt says so, and still holds none of it.
    let ticket = field(&opened_page(&server, sample), "ticket").unwrap();
    let opened = receipt(&server, sample, &ticket);
    assert_eq!(payload(&opened)["basis"], "birth_date");
    let token = make_copy(&server, sample, 9);
    let (_, page) = server.form(&format!("/v/{}", sample.code), &[("token", &token)]);
    assert_eq!(payload(&receipt(&server, sample, &field(&page, "ticket").unwrap()))["basis"], "token");
    for jws in [&jws, &opened] {
        let text = payload(jws).to_string();
        assert!(!text.contains(&sample.full_name) && !text.contains(&sample.date_of_birth.to_string()));
    }
    // A ticket of another page is no ground.
    let other = made().samples().iter().find(|s| s.code != sample.code).unwrap();
    assert_eq!(payload(&receipt(&server, other, &ticket))["basis"], "code");
}

#[test]
fn the_portal_tells_genuine_altered_and_foreign_receipts_apart() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = whole_date();
    let jws = receipt(&server, sample, "");
    let answer = check(&server, &jws);
    assert_eq!((&answer["result"], &answer["now"]["verdict"]), (&json!("genuine"), &json!("valid")), "{answer}");
    assert_eq!(answer["now"]["same_ledger"], true);
    assert_eq!(answer["stated"]["code"], sample.code.to_string());
    let altered = with_payload(&jws, |stated| stated["answer"]["verdict"] = json!("withdrawn"));
    assert_eq!(check(&server, &altered), json!({ "result": "altered" }));
    let stranger = PrivateKey::ed25519_from_seed(&[5; 32]);
    let body = Jws::parse(jws.as_bytes()).unwrap().payload().to_vec();
    let foreign = Jws::sign(ObjectType::Verification, body.clone(), &[(&stranger, None)], Vec::new()).unwrap();
    let foreign = String::from_utf8(foreign.to_json(GroupSet::NONE)).unwrap();
    assert_eq!(check(&server, &foreign), json!({ "result": "not_issued_here" }));
    for text in ["{}", "không phải JSON", "[]", &jws[..jws.len() / 2]] {
        assert_eq!(check(&server, text), json!({ "result": "unreadable" }), "{text}");
    }
    // Another object of ours is none: only what says that it is a receipt counts.
    let key = std::fs::read_to_string(data.path().join("keys/portal.key")).unwrap();
    let ours = PrivateKey::from_pem(&key).unwrap();
    let other = Jws::sign(ObjectType::Receipt, body, &[(&ours, None)], Vec::new()).unwrap();
    let other = String::from_utf8(other.to_json(GroupSet::NONE)).unwrap();
    assert_eq!(check(&server, &other), json!({ "result": "unreadable" }));
    // The same on pages, as a file and as text.
    for (text, heading) in [
        (&jws, "Biên nhận đúng do Cổng cấp"),
        (&altered, "Biên nhận đã bị sửa đổi"),
        (&foreign, "Không phải biên nhận do Cổng này cấp"),
    ] {
        let (status, page) = server.upload("/xac-thuc-bien-nhan", text.as_bytes());
        assert!(status == 200 && page.contains(heading), "{heading}: {page}");
    }
    let (status, _) = server.upload("/xac-thuc-bien-nhan", b"");
    assert_eq!(status, 400);
    let (status, _) = server.upload("/xac-thuc-bien-nhan", &vec![b'x'; 200_000]);
    assert_eq!(status, 413);
}

#[test]
fn the_file_is_what_was_signed_and_only_that_is_given_back() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let jws = receipt(&server, whole_date(), "");
    let (status, file) = server.form("/bien-nhan/tep", &[("bien_nhan", &jws)]);
    assert_eq!((status, &file), (200, &jws));
    let altered = with_payload(&jws, |stated| stated["basis"] = json!("birth_date"));
    assert_eq!(server.form("/bien-nhan/tep", &[("bien_nhan", &altered)]).0, 400);
}

#[test]
fn a_receipt_is_checked_without_the_portal() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = whole_date();
    let (status, answer) =
        server.post(&format!("/api/v1/transcripts/{}/receipt", sample.code), "application/json", b"");
    assert_eq!(status, 200, "{answer}");
    let file = data.path().join("bien-nhan.jws.json");
    std::fs::write(&file, answer.to_string()).unwrap();
    let jwks = data.path().join("jwks.json");
    std::fs::write(&jwks, server.get("/.well-known/jwks.json").1.to_string()).unwrap();
    drop(server);
    let held = offline(data.path(), &file);
    assert_exit(&held, 0);
    let said: Value = serde_json::from_slice(&held.stdout).unwrap();
    assert_eq!((&said["code"], &said["verdict"]), (&json!(sample.code), &json!("valid")));
    // With nothing but what is public.
    let vkey = |name: &str| {
        let key = hocba::cli::data_dir::DataDir::at(
            data.path(),
            &hocba::config::Config::load(&[&data.path().join("hocba.toml")]).unwrap(),
        );
        let verifier = key.verifier().unwrap();
        if name == "log" { verifier.log_vkey() } else { verifier.freshness_vkey() }
    };
    let elsewhere = tempfile::tempdir().unwrap();
    let mut public = hocba(elsewhere.path());
    public.arg("verify").arg("--jwks").arg(&jwks).args(["--vkey", &vkey("log"), "--freshness-vkey", &vkey("f")]);
    assert_exit(&public.arg(&file).output().unwrap(), 0);
    std::fs::write(&file, with_payload(&answer.to_string(), |s| s["answer"]["verdict"] = json!("withdrawn"))).unwrap();
    assert_exit(&offline(data.path(), &file), 1);
}

#[test]
fn a_receipt_from_before_a_withdrawal_is_genuine_and_its_page_says_what_holds_now() {
    let data = copy_of(&made().before());
    let was = |s: &Sample| made().answers_before.get(&s.code.to_string()).map(|a| a["verdict"].clone());
    let wanted =
        |s: &&Sample| was(s) == Some(json!("valid")) && made().answers[&s.code.to_string()]["verdict"] == "withdrawn";
    let sample = made().samples().iter().find(wanted).expect("a sample that is withdrawn at the end");
    let server = Server::start(data.path(), "");
    let jws = receipt(&server, sample, "");
    drop(server);
    made().take_rest(data.path());
    let server = Server::start(data.path(), "");
    // Until it has followed what came meanwhile, its answers are those of before, and it is not ready.
    server.wait_until_ready();
    let answer = check(&server, &jws);
    assert_eq!((&answer["result"], &answer["stated"]["verdict"]), (&json!("genuine"), &json!("valid")));
    assert_eq!((&answer["now"]["verdict"], &answer["now"]["same_ledger"]), (&json!("withdrawn"), &json!(true)));
    let (_, page) = server.upload("/xac-thuc-bien-nhan", jws.as_bytes());
    assert!(page.contains("Biên nhận đúng, nhưng kết quả nay đã khác") && page.contains("Học bạ đã bị thu hồi"));
}
