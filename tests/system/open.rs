//! What is open to everybody, on a real server: evidence checked by the commands that its page shows, the ledger
//! and the directory of schools as they follow, and reports of errors from the form to the answer.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use hocba::journal::{self, Entry, ReportAction};
use serde_json::Value;

use super::nation::{copy_of, made, take};
use super::process::{Server, assert_exit, hocba};

/// Status and body of a page or file.
fn fetch(server: &Server, path: &str, form: Option<&str>) -> (u16, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let agent: ureq::Agent = config.into();
    let url = format!("http://{}{path}", server.address);
    let answer = match form {
        None => agent.get(url).call(),
        Some(form) => agent.post(url).header("content-type", "application/x-www-form-urlencoded").send(form),
    };
    let mut answer = answer.unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn page(server: &Server, path: &str) -> String {
    let (status, page) = fetch(server, path, None);
    assert_eq!(status, 200, "{path}");
    page
}

/// Waits until a page says something: the register follows behind the answers.
fn wait_for(server: &Server, path: &str, says: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let found = page(server, path);
        if found.contains(says) {
            return found;
        }
        assert!(Instant::now() < deadline, "{path} never says {says}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A code whose birth date is known in full and opens something, with that date.
fn sample() -> (String, String) {
    let whole = |s: &&hocba::synth::Sample| {
        s.date_of_birth.to_string().len() == 10 && s.expected_verdict == hocba::synth::ExpectedVerdict::Valid
    };
    let sample = made().samples().iter().find(whole).unwrap();
    (sample.code.to_string(), sample.date_of_birth.to_string())
}

/// The commands of the evidence page, as a reader copies them.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("<pre class=\"commands\"").skip(1);
    let inner = |block: &str| block.split_once('>').unwrap().1.split_once("</pre>").unwrap().0.to_owned();
    let plain = |text: String| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    };
    blocks.map(inner).map(plain).collect()
}

fn available(tool: &str) -> bool {
    Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().is_ok_and(|o| o.status.success())
}

/// Runs blocks in one shell, one after the other.
fn run(dir: &Path, server: &Server, file: &str, blocks: &[&String]) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_hocba")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let script: Vec<&str> = blocks.iter().map(|block| block.as_str()).collect();
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script.join("\n")])
        .current_dir(dir)
        .env("PATH", path)
        .env("PORTAL", format!("http://{}", server.address))
        .env("FILE", file)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// One character in the middle of a text is another one.
fn spoil(file: &mut Value, pointer: &str) {
    let Some(Value::String(text)) = file.pointer_mut(pointer) else { panic!("{pointer} is no text") };
    let middle = text.len() / 2;
    let at = (middle..text.len()).find(|at| text.as_bytes()[*at].is_ascii_alphanumeric()).unwrap();
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    text.replace_range(at..=at, other);
}

#[test]
fn the_commands_of_the_evidence_page_work_and_notice() {
    if let Some(missing) = ["bash", "curl", "openssl", "xxd", "python3"].into_iter().find(|tool| !available(tool)) {
        eprintln!("skipped: {missing} is not installed");
        return;
    }
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let (code, date) = sample();
    let shown = commands(&page(&server, &format!("/v/{code}/bang-chung")));
    let [names, with_hocba, tree, tiles, signatures] = &shown[..] else { panic!("{} blocks", shown.len()) };
    assert!(names.contains("FILE=bang-chung-cong-khai.json"));
    let dir = tempfile::tempdir().unwrap();
    let public = page(&server, &format!("/v/{code}/bang-chung/tep"));
    std::fs::write(dir.path().join("bang-chung-cong-khai.json"), &public).unwrap();
    let (status, whole) = fetch(&server, &format!("/v/{code}/bang-chung"), Some(&format!("date_of_birth={date}")));
    assert_eq!(status, 200, "{whole}");
    std::fs::write(dir.path().join("bang-chung.json"), &whole).unwrap();

    let checked = run(dir.path(), &server, "bang-chung-cong-khai.json", &[with_hocba, tree, tiles]);
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("everybody is shown the same entries"));
    let checked = run(dir.path(), &server, "bang-chung.json", &[with_hocba, tree, tiles, signatures]);
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("granted keys, line"), "{}", said(&checked));
    assert_eq!(said(&checked).matches("Signature Verified Successfully").count(), 4);

    for pointer in ["/sheets/0/leaf", "/sheets/0/proof"] {
        let mut spoiled: Value = serde_json::from_str(&public).unwrap();
        spoil(&mut spoiled, pointer);
        refused(dir.path(), &server, &spoiled, pointer, with_hocba, &[tree, tiles]);
    }
    for pointer in [
        "/evidence/0/sheet/leaf",
        "/evidence/0/sheet/proof",
        "/evidence/0/sheet/blind",
        "/evidence/0/sheet/jws/payload",
        "/evidence/0/sheet/jws/signatures/0/signature",
        "/evidence/0/sheet/jws/signatures/1/signature",
        "/evidence/0/sheet/jws/signatures/0/header/disclosures/0",
        "/evidence/0/package/manifest/jws/payload",
        "/evidence/0/package/manifest/jws/signatures/0/signature",
        "/evidence/0/package/path/0",
        "/evidence/0/keys/0/jws/payload",
        "/evidence/0/keys/0/jws/signatures/0/signature",
    ] {
        let mut spoiled: Value = serde_json::from_str(&whole).unwrap();
        spoil(&mut spoiled, pointer);
        refused(dir.path(), &server, &spoiled, pointer, with_hocba, &[tree, tiles, signatures]);
    }
}

/// Neither our program nor ordinary tools take it.
fn refused(dir: &Path, server: &Server, file: &Value, what: &str, with_hocba: &String, by_hand: &[&String]) {
    std::fs::write(dir.join("spoiled.json"), serde_json::to_vec(file).unwrap()).unwrap();
    assert!(!run(dir, server, "spoiled.json", &[with_hocba]).status.success(), "hocba takes {what}");
    assert!(!run(dir, server, "spoiled.json", by_hand).status.success(), "by hand {what} is taken");
}

#[test]
fn the_ledger_and_the_directory_follow_and_are_made_again() {
    let data = copy_of(&made().before());
    let server = Server::start(data.path(), "");
    let (_, state) = server.get("/readyz");
    let size = state["ledger_size"].as_u64().or_else(|| ledger_size(data.path())).unwrap();
    let counted = format!("Tính đến {} mục", grouped(size));
    let before = wait_for(&server, "/nhat-ky", &counted);
    assert!(before.contains("hocba audit --log"));
    let schools = wait_for(&server, "/truong?q=truong", "Có ");
    assert!(!schools.contains("Có 0 cơ sở"), "{schools}");
    assert!(!schools.contains("Danh mục đang được lập"));
    let link = schools.split("<ul class=\"schools\">").nth(1).unwrap().split("href=\"").nth(1).unwrap();
    let school = page(&server, link.split('"').next().unwrap());
    assert!(school.contains("Còn dùng được") || school.contains("Đã hết thời hạn"), "{school}");
    // What is taken while it runs shows up.
    take(data.path(), &made().nation.packages[made().taken_before]);
    let size = ledger_size(data.path()).unwrap();
    wait_for(&server, "/nhat-ky", &format!("Tính đến {} mục", grouped(size)));
    drop(server);
    // Made again from the ledger it is the same.
    assert_exit(&hocba(data.path()).arg("rebuild").output().unwrap(), 0);
    assert!(data.path().join("derived/register").exists());
    let server = Server::start(data.path(), "");
    let after = wait_for(&server, "/nhat-ky", &format!("Tính đến {} mục", grouped(size)));
    let counts = |page: &str| page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap().to_owned();
    assert!(counts(&after).contains("Học bạ của một năm học"));
    drop(server);
    // A damaged file is no obstacle.
    std::fs::write(data.path().join("derived/register"), b"hocba-register-1\nnonsense").unwrap();
    let server = Server::start(data.path(), "");
    let again = wait_for(&server, "/nhat-ky", &format!("Tính đến {} mục", grouped(size)));
    assert_eq!(counts(&again), counts(&after));
}

fn ledger_size(data: &Path) -> Option<u64> {
    let note = std::fs::read_to_string(data.join("ledger/checkpoint")).ok()?;
    note.lines().nth(1)?.parse().ok()
}

fn grouped(number: u64) -> String {
    (hocba::web::text::VI.number)(number)
}

/// A form, filled in with a nonce of its own.
fn report(server: &Server, code: &str, text: &str) -> (u16, String, String) {
    let form = page(server, &format!("/v/{code}/bao-sai-sot"));
    let nonce = form.split("name=\"once\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("once={nonce}&about=results&text={text}&contact=canary%40example.vn");
    let (status, page) = fetch(server, &format!("/v/{code}/bao-sai-sot"), Some(&body));
    (status, page, body)
}

fn ticket_of(page: &str) -> String {
    page.split("class=\"ticket-code\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[test]
fn a_report_goes_from_the_form_to_the_office_and_its_answer_back() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "[log_output]\nlevel = \"debug\"");
    let (code, _) = sample();
    let (status, filed, body) = report(&server, &code, "CanaryText%20sai");
    assert_eq!(status, 201, "{filed}");
    let ticket = ticket_of(&filed);
    let (status, again) = fetch(&server, &format!("/v/{code}/bao-sai-sot"), Some(&body));
    assert_eq!((status, ticket_of(&again)), (200, ticket.clone()), "sent twice, filed once");

    let ask = |args: &[&str]| hocba(data.path()).args(["--json", "ticket"]).args(args).output().unwrap();
    let listed: Value = serde_json::from_slice(&ask(&["list", "--state", "received"]).stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    assert!(!listed.to_string().contains("Canary") && !listed.to_string().contains(&code), "{listed}");
    let province = listed[0]["province"]["matinh"].as_str().unwrap().to_owned();
    let number = listed[0]["number"].to_string();
    let elsewhere: Value = serde_json::from_slice(&ask(&["list", "--province", "99"]).stdout).unwrap();
    assert_eq!(elsewhere, Value::Array(vec![]));
    assert_exit(&ask(&["show", &number]), 2);
    let shown = ask(&["show", &number, "--by", "Bà A"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("CanaryText"), "{}", said(&shown));
    let csv = data.path().join("out.csv");
    let csv = csv.to_str().unwrap();
    let export = ["export", "--province", &province, "--by", "Bà A", "--format", "csv", "--out", csv];
    assert_exit(&ask(&export), 0);
    assert!(std::fs::read_to_string(csv).unwrap().contains("\"CanaryText sai\""));
    assert_exit(&ask(&export), 2);
    assert_exit(&ask(&["forward", &number, "--by", "Bà A", "--text", "ghi chú nội bộ"]), 0);
    assert_exit(&ask(&["answer", &number, "--by", "Bà A", "--text", "Trường đã thay thế"]), 0);

    let (status, state) = fetch(&server, "/bao-sai-sot", Some(&format!("ticket={ticket}")));
    assert_eq!(status, 200);
    assert!(state.contains("Đã trả lời") && state.contains("Trường đã thay thế"), "{state}");
    for hidden in ["Canary", "ghi chú nội bộ", "Bà A", code.as_str()] {
        assert!(!state.contains(hidden), "{hidden}");
    }
    let log = server.log();
    for secret in ["Canary", "canary", ticket.as_str(), code.as_str(), "Bà A"] {
        assert!(!log.contains(secret), "the log names {secret}");
    }
    drop(server);

    // Without a server too; and what cannot be made again outlives a rebuild.
    assert_exit(&hocba(data.path()).arg("rebuild").output().unwrap(), 0);
    assert_exit(&ask(&["close", &number, "--by", "Bà A"]), 0);
    assert_exit(&ask(&["answer", &number, "--by", "Bà A", "--text", "x"]), 2);
    let lines = journal::Records::open(&data.path().join("journal")).unwrap();
    let actions: Vec<ReportAction> = lines
        .filter_map(|record| match record.unwrap().entry {
            Entry::Report(line) => Some(line),
            _ => None,
        })
        .map(|line| {
            assert_eq!(line.actor.is_none(), line.action == ReportAction::Filed);
            line.action
        })
        .collect();
    use ReportAction::{Answered, Closed, Exported, Filed, Forwarded, Read};
    assert_eq!(actions, [Filed, Read, Exported, Forwarded, Answered, Closed]);
    assert_exit(&hocba(data.path()).arg("audit").output().unwrap(), 0);
}

#[test]
fn reports_are_bounded_and_leave_verdicts_alone() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "[reports]\nper_transcript = 2\nper_day = 3");
    let (code, _) = sample();
    for _ in 0..2 {
        assert_eq!(report(&server, &code, "sai").0, 201);
    }
    let (status, page, _) = report(&server, &code, "CanaryText");
    assert_eq!(status, 429);
    assert!(page.contains(">CanaryText</textarea>"), "what was typed is kept");
    let other = made().samples().iter().map(|s| s.code.to_string()).find(|c| *c != code).unwrap();
    assert_eq!(report(&server, &other, "sai").0, 201);
    assert_eq!(report(&server, &other, "sai").0, 429, "a day's worth");
    // Nothing can be kept: nobody is told otherwise.
    std::fs::remove_dir_all(data.path().join("journal")).unwrap();
    let (status, _, _) = report(&server, &other, "sai");
    assert!(status == 429 || status == 503);
    assert_eq!(server.verdict(&code).0, 200);
}
