//! The journal's head in the ledger: put there by the writer, and what `hocba audit` makes of a journal that was cut short.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use hocba::synth::Sample;

use super::disclosure::journal_lines;
use super::nation::{copy_of, made};
use super::process::{Server, assert_exit, hocba};

const EVERY_SECOND: &str = "[log]\nanchor_every_s = 1\n";

/// Waits until the ledger has an anchor for so many lines.
fn wait_for_anchor(data: &Path, lines: u64) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let says = format!("\\\"journal_size\\\":{lines},");
    while !fs::read_to_string(data.join("journal/anchored.json")).is_ok_and(|kept| kept.contains(&says)) {
        assert!(Instant::now() < deadline, "no anchor for {lines} lines");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Somebody whose transcript is in force before and after the last packages.
fn in_force_all_along() -> &'static Sample {
    let made = made();
    let is_valid = |code: &String| made.answers_before.get(code).is_some_and(|answer| answer["verdict"] == "valid");
    let lasts = |s: &&Sample| is_valid(&s.code.to_string()) && made.answers[&s.code.to_string()]["verdict"] == "valid";
    made.samples().iter().filter(|s| !s.date_of_birth.is_partial()).find(lasts).expect("a sample")
}

fn audited(data: &Path, code: i32) -> String {
    let output = hocba(data).arg("audit").output().unwrap();
    assert_exit(&output, code);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_journal_is_anchored_in_the_ledger_and_held_against_it() {
    let data = copy_of(&made().before());
    let mut server = Server::start(data.path(), EVERY_SECOND);
    let one = in_force_all_along();
    let open = |server: &Server| {
        let right = json!({ "date_of_birth": one.date_of_birth.to_string() });
        let (status, opened): (u16, Value) = server.disclose(&one.code.to_string(), &right);
        assert_eq!(status, 200, "{opened}");
    };
    open(&server);
    let lines = journal_lines(data.path());
    wait_for_anchor(data.path(), lines);
    // Packages go on as before, and a restart anchors nothing twice.
    made().take_rest(data.path());
    server.kill();
    drop(server);
    let server = Server::start(data.path(), EVERY_SECOND);
    std::thread::sleep(Duration::from_millis(1500));
    open(&server);
    wait_for_anchor(data.path(), journal_lines(data.path()));
    drop(server);
    let clean = audited(data.path(), 0);
    assert!(clean.contains("held against 2 anchors") && clean.contains("2 anchors)"), "{clean}");

    let newest = fs::read_dir(data.path().join("journal")).unwrap().map(|file| file.unwrap().path());
    let newest = newest.filter(|path| path.extension().is_some_and(|e| e == "jsonl")).max().unwrap();
    let text = fs::read_to_string(&newest).unwrap();
    let without_last: String = text.lines().take(text.lines().count() - 1).map(|line| format!("{line}\n")).collect();
    fs::write(&newest, without_last).unwrap();
    assert!(audited(data.path(), 1).contains("it was cut short"));
}
