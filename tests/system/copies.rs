//! Copies that a holder hands on, over the real binary: made, opened, voided, and what is written down about them.

use std::path::Path;

use hocba::journal::Actor;
use hocba::limits::ClientPrefix;
use hocba::portal::{DiscloseRefusal, SecondFactor};
use hocba::synth::Sample;
use hocba::transcript::Moment;
use hocba::transcript::text::Text;
use serde_json::{Value, json};

use super::disclosure::{journal_lines, whole_date};
use super::nation::{Opened, copy_of, files, made, now};
use super::process::{Server, assert_exit, hocba};

/// The value of a hidden field, or of the first field of that name.
pub(super) fn field(page: &str, name: &str) -> Option<String> {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    Some(after.split('"').next()?.to_owned())
}

/// All values of a field.
fn fields(page: &str, name: &str) -> Vec<String> {
    let start = format!("name=\"{name}\" value=\"");
    let parts = page.split(start.as_str()).skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// The page that the birth date opens.
pub(super) fn opened_page(server: &Server, sample: &Sample) -> String {
    let path = format!("/v/{}", sample.code);
    let (status, page) = server.form(&path, &[("date_of_birth", &sample.date_of_birth.to_string())]);
    assert_eq!(status, 200, "{page}");
    page
}

/// A copy of every year that the page offers, or of the first `most` of them; its token.
pub(super) fn make_copy(server: &Server, sample: &Sample, most: usize) -> String {
    let page = opened_page(server, sample);
    let (status, page) = share(server, sample, &field(&page, "ticket").unwrap(), &fields(&page, "leaf"), most);
    assert_eq!(status, 200, "{page}");
    field(&page, "token").unwrap()
}

fn share(server: &Server, sample: &Sample, ticket: &str, leaves: &[String], most: usize) -> (u16, String) {
    let chosen = leaves.iter().take(most).map(|leaf| ("leaf", leaf.as_str()));
    let form: Vec<(&str, &str)> = std::iter::once(("ticket", ticket)).chain(chosen).collect();
    server.form(&format!("/v/{}/chia-se", sample.code), &form)
}

pub(super) fn open_with(server: &Server, sample: &Sample, token: &str) -> (u16, Value) {
    server.disclose(&sample.code.to_string(), &json!({ "token": token }))
}

pub(super) fn slug(problem: &Value) -> &str {
    problem["type"].as_str().and_then(|t| t.rsplit(':').next()).unwrap_or_default()
}

pub(super) fn void_with_token(server: &Server, sample: &Sample, token: &str) -> u16 {
    server.form(&format!("/v/{}/vo-hieu", sample.code), &[("token", token)]).0
}

pub(super) fn several_years() -> &'static Sample {
    let is_valid = |s: &Sample| made().answers[&s.code.to_string()]["verdict"] == "valid";
    let wanted = |s: &&Sample| is_valid(s) && s.school_years.len() > 1 && !s.date_of_birth.is_partial();
    made().samples().iter().find(wanted).expect("a valid sample of several years")
}

#[test]
fn a_copy_opens_exactly_its_years_and_is_never_locked() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let before = journal_lines(data.path());
    let token = make_copy(&server, sample, 1);
    assert_eq!(journal_lines(data.path()), before + 2, "the page, then the copy");
    for _ in 0..6 {
        server.disclose(&sample.code.to_string(), &json!({ "date_of_birth": "1999-01-01" }));
    }
    let before = journal_lines(data.path());
    let (status, opened) = open_with(&server, sample, &token);
    assert_eq!(status, 200, "although birth dates are locked: {opened}");
    assert_eq!(journal_lines(data.path()), before + 1, "one line a disclosure");
    let sheets = opened["transcript"]["sheets"].as_array().unwrap();
    assert_eq!(sheets.len(), 1, "the year that was chosen");
    assert_eq!(opened["evidence"].as_array().unwrap().len(), 1);
    let groups: Vec<&str> = sheets[0]["opened"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(groups.iter().all(|g| ["name", "results", "comments", "staff"].contains(g)), "{groups:?}");
    assert!(opened.to_string().contains(&sample.full_name));
    // The whole text of the QR will do as well, in the page's field too.
    let qr = format!("HTTPS://HOCBA.VN/V/{}#{token}", sample.code.to_string().to_uppercase());
    assert_eq!(open_with(&server, sample, &qr).0, 200);
    let (status, page) = server.form(&format!("/V/{}", sample.code.to_string().to_uppercase()), &[("token", &qr)]);
    assert!(status == 200 && page.contains(&sample.full_name));
}

#[test]
fn a_token_opens_nothing_but_what_it_was_made_for() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let token = make_copy(&server, sample, 9);
    let other = made().samples().iter().find(|s| s.code != sample.code).unwrap();
    let (_, whole) = open_with(&server, sample, &token);
    let sheet = whole["transcript"]["sheets"][0]["claims"]["idbanghi"].as_str().unwrap();
    let lines = journal_lines(data.path());
    let mut changed = token.clone().into_bytes();
    let last = changed.len() - 20;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    for (code, token) in [
        (other.code.to_string(), token.as_str()),
        (sheet.to_owned(), token.as_str()),
        (sample.code.to_string(), changed.as_str()),
        (sample.code.to_string(), "1."),
        (sample.code.to_string(), "AAAA"),
    ] {
        let (status, problem) = server.disclose(&code, &json!({ "token": token }));
        assert_eq!((status, slug(&problem)), (403, "token-not-valid"), "{problem}");
    }
    assert_eq!(journal_lines(data.path()), lines, "nothing was disclosed");
}

#[test]
fn the_same_form_sent_twice_makes_one_copy_and_another_page_makes_another() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let page = opened_page(&server, sample);
    let (ticket, leaves) = (field(&page, "ticket").unwrap(), fields(&page, "leaf"));
    let lines = journal_lines(data.path());
    let made: Vec<String> =
        (0..2).map(|_| field(&share(&server, sample, &ticket, &leaves, 9).1, "token").unwrap()).collect();
    assert_eq!(made[0], made[1]);
    assert_eq!(journal_lines(data.path()), lines + 1);
    assert_ne!(make_copy(&server, sample, 9), made[0]);
    let listed = opened_page(&server, sample);
    // Each with its button, and one button for all.
    assert_eq!(fields(&listed, "copy").len(), 3, "{listed}");
}

#[test]
fn nobody_makes_or_voids_copies_without_having_opened_the_transcript() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let page = opened_page(&server, sample);
    let (ticket, leaves) = (field(&page, "ticket").unwrap(), fields(&page, "leaf"));
    let token = make_copy(&server, sample, 9);
    let (_, by_token) = server.form(&format!("/v/{}", sample.code), &[("token", &token)]);
    let weak = field(&by_token, "ticket").unwrap();
    let other = made().samples().iter().find(|s| s.code != sample.code).unwrap();
    for (sample, ticket) in [(sample, ""), (sample, "x"), (sample, weak.as_str()), (other, ticket.as_str())] {
        assert_eq!(share(&server, sample, ticket, &leaves, 9).0, 403);
        let (status, _) = server.form(&format!("/v/{}/vo-hieu", sample.code), &[("ticket", ticket), ("copy", "all")]);
        assert_eq!(status, 403);
    }
    let path = format!("/v/{}", sample.code);
    let (status, again) = server.form(&path, &[("ticket", &weak)]);
    assert!(status == 403 && !again.contains(&sample.full_name), "it shows nothing again: {again}");
    let (status, again) = server.form(&format!("{path}/doi-chieu"), &[("ticket", &weak), ("g", "hs")]);
    assert!(status == 403 && !again.contains(&sample.full_name), "nor beside paper: {again}");
    assert_eq!(share(&server, sample, &ticket, &[], 9).0, 400, "no year chosen");
    assert_eq!(share(&server, sample, &ticket, &["999999".to_owned()], 9).0, 400, "a sheet of somebody else");
    assert_eq!(void_with_token(&server, other, &token), 403);
    assert_eq!(open_with(&server, sample, &token).0, 200, "nothing was voided");
}

#[test]
fn paper_beside_a_copy_of_one_year_is_never_called_valid_as_a_whole() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let compared = |token: &str| {
        let path = format!("/v/{}/doi-chieu", sample.code);
        let (_, empty) = server.form(&path, &[("token", token)]);
        let parts = fields(&empty, "g");
        let ticked = std::iter::once(("token", token)).chain(parts.iter().map(|part| ("g", part.as_str())));
        let (status, page) = server.form(&path, &ticked.collect::<Vec<_>>());
        assert_eq!(status, 200, "{page}");
        page.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap().split('>').nth(1).unwrap().to_owned()
    };
    assert_eq!(compared(&make_copy(&server, sample, 1)), "Các giá trị đã đối chiếu đều khớp");
    assert_eq!(compared(&make_copy(&server, sample, 9)), "Học bạ hợp lệ");
}

#[test]
fn a_voided_copy_stays_void_after_a_restart_and_a_rebuild() {
    let data = copy_of(&made().data());
    let mut server = Server::start(data.path(), "");
    let sample = several_years();
    let tokens: Vec<String> = (0..4).map(|_| make_copy(&server, sample, 9)).collect();
    // One with its token, twice; one from the list.
    for _ in 0..2 {
        assert_eq!(void_with_token(&server, sample, &tokens[0]), 200);
    }
    let page = opened_page(&server, sample);
    let listed = fields(&page, "copy");
    assert_eq!(listed.len(), 3 + 1);
    let form = [("ticket", field(&page, "ticket").unwrap()), ("copy", listed[0].clone())];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let lines = journal_lines(data.path());
    assert_eq!(server.form(&format!("/v/{}/vo-hieu", sample.code), &form).0, 200);
    assert_eq!(journal_lines(data.path()), lines + 1);
    let standing =
        |server: &Server| -> Vec<u16> { tokens.iter().map(|token| open_with(server, sample, token).0).collect() };
    let after = standing(&server);
    assert_eq!((after[0], after.iter().filter(|s| **s == 403).count()), (403, 2), "{after:?}");
    let (_, problem) = open_with(&server, sample, &tokens[0]);
    assert_eq!(slug(&problem), "token-voided");
    server.kill();
    drop(server);
    let server = Server::start(data.path(), "");
    assert_eq!(standing(&server), after, "after a kill");
    drop(server);
    assert_exit(&hocba(data.path()).arg("rebuild").output().unwrap(), 0);
    let server = Server::start(data.path(), "");
    assert_eq!(standing(&server), after, "after a rebuild");
    // All the rest at once.
    let page = opened_page(&server, sample);
    let ticket = field(&page, "ticket").unwrap();
    let all = [("ticket", ticket.as_str()), ("copy", "all")];
    assert_eq!(server.form(&format!("/v/{}/vo-hieu", sample.code), &all).0, 200);
    assert_eq!(standing(&server), [403; 4]);
    assert!(fields(&opened_page(&server, sample), "copy").is_empty());
    drop(server);
    assert_exit(&hocba(data.path()).arg("audit").output().unwrap(), 0);
}

#[test]
fn tokens_tickets_and_codes_are_in_no_log_and_no_journal() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "[log_output]\nlevel = \"trace\"\n");
    let sample = several_years();
    let page = opened_page(&server, sample);
    let token = make_copy(&server, sample, 9);
    open_with(&server, sample, &token);
    open_with(&server, sample, &format!("{token}A"));
    void_with_token(&server, sample, &token);
    let secrets = [token.as_str(), &token[2..60], &field(&page, "ticket").unwrap(), &sample.code.to_string()]
        .map(str::to_lowercase);
    let journal = files(&data.path().join("journal")).into_iter().map(|f| std::fs::read_to_string(f).unwrap());
    let written = journal.chain([server.log()]).collect::<Vec<_>>().join("\n").to_lowercase();
    assert!(written.contains("copy_issued") && written.contains("copy_voided") && written.contains("serving"));
    for secret in &secrets {
        assert!(!written.contains(secret.as_str()));
    }
}

#[test]
fn a_copy_whose_sheets_were_ended_since_says_so() {
    let data = copy_of(&made().before());
    let was = |s: &Sample| made().answers_before.get(&s.code.to_string()).map(|a| a["verdict"].clone());
    let wanted = |s: &&Sample| {
        was(s) == Some(json!("valid"))
            && made().answers[&s.code.to_string()]["verdict"] == "withdrawn"
            && !s.date_of_birth.is_partial()
    };
    let sample = made().samples().iter().find(wanted).expect("a sample that is withdrawn at the end");
    let server = Server::start(data.path(), "");
    let token = make_copy(&server, sample, 9);
    let (_, then) = open_with(&server, sample, &token);
    drop(server);
    made().take_rest(data.path());
    let server = Server::start(data.path(), "");
    server.wait_until_ready();
    let (status, now) = open_with(&server, sample, &token);
    assert_eq!((status, &now["verdict"]["verdict"]), (200, &json!("withdrawn")), "{now}");
    let sheets = |answer: &Value| answer["transcript"]["sheets"].as_array().unwrap().clone();
    assert_eq!(sheets(&now).len(), sheets(&then).len());
    for (before, after) in sheets(&then).iter().zip(sheets(&now)) {
        assert_eq!(before["contents"], after["contents"], "as they were");
        assert_eq!(after["verdict"], "withdrawn");
    }
    let (_, page) = server.form(&format!("/v/{}", sample.code), &[("token", &token)]);
    assert!(page.contains("Học bạ đã bị thu hồi") && !page.contains("Học bạ hợp lệ"));
    // What was ended is not handed on.
    assert!(fields(&opened_page(&server, sample), "leaf").is_empty());
}

fn jwks(server: &Server) -> Vec<Value> {
    server.get("/.well-known/jwks.json").1["keys"].as_array().unwrap().clone()
}

fn key_token(data: &Path, more: &[&str]) -> Value {
    let output = hocba(data).args(["--json", "key", "token"]).args(more).output().unwrap();
    assert_exit(&output, 0);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_renewed_key_signs_and_the_former_one_still_verifies() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let sample = several_years();
    let token = make_copy(&server, sample, 9);
    drop(server);
    let first = key_token(data.path(), &[]);
    let second = key_token(data.path(), &["--renew"]);
    assert_eq!((&first["retired"], &second["retired"]), (&json!(0), &json!(1)));
    assert_ne!(first["kid"], second["kid"]);
    assert_eq!(key_token(data.path(), &[]), second, "asking changes nothing");
    let server = Server::start(data.path(), "");
    assert_eq!(open_with(&server, sample, &token).0, 200);
    assert_eq!(open_with(&server, sample, &make_copy(&server, sample, 9)).0, 200);
    for key in [&first, &second] {
        assert!(jwks(&server).iter().any(|k| k["kid"] == key["kid"]), "published");
    }
    drop(server);
    // Without the key nothing is made, and nothing opened with a key that is not known any more.
    std::fs::remove_file(data.path().join("keys/token.key")).unwrap();
    let refused = hocba(data.path()).args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert_exit(&refused, 2);
    std::fs::remove_file(data.path().join("keys/token-retired.json")).unwrap();
    let server = Server::start(data.path(), "");
    assert_eq!(slug(&open_with(&server, sample, &token).1), "token-not-valid");
    let page = opened_page(&server, sample);
    assert!(fields(&page, "leaf").is_empty(), "no copy is offered");
}

#[test]
fn a_copy_that_has_expired_verifies_and_opens_nothing() {
    let data = copy_of(&made().data());
    let opened = Opened::at(data.path()).unwrap();
    let sample = whole_date();
    let actor = Actor::Operator { name: Text::new("người vận hành").unwrap() };
    let made_at = now();
    let made = opened.portal.share_as_operator(&sample.code, &actor, "thử", |_| true, made_at).unwrap();
    let at = |seconds: i64| Moment::from_millis((made.copy.expires_at.as_seconds() + seconds) * 1000).unwrap();
    let days = (made.copy.expires_at.as_seconds() - made_at.as_seconds()) / 86_400;
    assert_eq!(days, 180, "and the rest of the last day");
    let lines = journal_lines(data.path());
    let ask = |now| {
        let factor = SecondFactor::Token(made.token.clone());
        let client = ClientPrefix::of(std::net::Ipv4Addr::LOCALHOST.into());
        opened.portal.disclose(&sample.code, &factor, client, now).map(|opened| opened.sheets.len())
    };
    assert_eq!(ask(at(-1)), Ok(made.copy.copy.count()));
    for seconds in [0, 1, 86_400 * 365 * 20] {
        assert_eq!(ask(at(seconds)), Err(DiscloseRefusal::TokenExpired));
    }
    assert_eq!(journal_lines(data.path()), lines + 1);
    assert!(opened.portal.copies().keys().check(&made.token).is_ok(), "it verifies for ever");
}
