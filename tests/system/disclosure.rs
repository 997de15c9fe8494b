//! What opens a transcript, what does not, and what is written down before it opens.

use std::path::{Path, PathBuf};
use std::process::Command;

use hocba::synth::Sample;
use serde_json::{Value, json};

use super::nation::{Opened, copy, copy_of, made};
use super::process::Server;

fn verdict_of(sample: &Sample) -> &Value {
    &made().answers[&sample.code.to_string()]["verdict"]
}

fn sample(wanted: impl Fn(&Sample) -> bool) -> &'static Sample {
    made().samples().iter().find(|s| wanted(s)).expect("a sample")
}

pub(super) fn whole_date() -> &'static Sample {
    sample(|s| !s.date_of_birth.is_partial() && verdict_of(s) == "valid")
}

pub(super) fn journal_lines(data: &Path) -> u64 {
    journal_lines_in(&data.join("journal"))
}

fn journal_lines_in(journal: &Path) -> u64 {
    hocba::journal::audit(journal, &[]).map_or(0, |audited| audited.size)
}

#[test]
fn the_birth_date_opens_and_wrong_ones_are_counted() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let one = whole_date();
    let code = one.code.to_string();
    let right = json!({ "date_of_birth": one.date_of_birth.to_string() });
    let wrong = json!({ "date_of_birth": "1999-01-01" });
    let before = journal_lines(data.path());
    let (status, opened) = server.disclose(&code, &right);
    assert_eq!(status, 200, "{opened}");
    assert_eq!(journal_lines(data.path()), before + 1, "one line a disclosure");
    assert!(opened.to_string().contains(&one.full_name));
    let sheets = opened["transcript"]["sheets"].as_array().unwrap();
    for sheet in sheets {
        let groups: Vec<&str> = sheet["opened"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(groups.iter().all(|g| ["name", "results", "comments", "staff"].contains(g)), "{groups:?}");
    }
    for left in (0..5u64).rev() {
        let (status, problem) = server.disclose(&code, &wrong);
        assert_eq!((status, problem["attempts_left"].as_u64()), (403, Some(left)), "{problem}");
        // A right answer in between costs nothing and gives nothing back.
        if left == 3 {
            assert_eq!(server.disclose(&code, &right).0, 200);
        }
    }
    let (status, problem) = server.disclose(&code, &right);
    assert_eq!(status, 429, "locked, even for the right one: {problem}");
    assert_eq!(server.verdict(&code).0, 200, "a lock does not block verdicts");
    let other = sample(|s| !s.date_of_birth.is_partial() && verdict_of(s) == "valid" && s.code != one.code);
    let ask = json!({ "date_of_birth": other.date_of_birth.to_string() });
    assert_eq!(server.disclose(&other.code.to_string(), &ask).0, 200, "nor other transcripts");
}

#[test]
fn a_sheet_id_opens_its_sheet_and_never_names_the_booklet() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let one = sample(|s| !s.date_of_birth.is_partial() && s.school_years.len() > 1 && verdict_of(s) == "valid");
    let (code, right) = (one.code.to_string(), json!({ "date_of_birth": one.date_of_birth.to_string() }));
    let (_, whole) = server.disclose(&code, &right);
    let sheet = whole["transcript"]["sheets"][0]["claims"]["idbanghi"].as_str().unwrap().to_owned();
    let (status, opened) = server.disclose(&sheet, &right);
    assert_eq!(status, 200, "{opened}");
    assert_eq!(opened["transcript"]["sheets"].as_array().unwrap().len(), 1);
    assert!(opened.to_string().contains(&one.full_name));
    assert!(!opened.to_string().contains(&code), "the booklet's code is not told");
    let payload = data_encoding::BASE64URL_NOPAD.encode(code.as_bytes());
    assert!(opened["evidence"].as_array().unwrap().is_empty() && !opened.to_string().contains(&payload));
}

#[test]
fn wrong_date_and_wrong_name_look_the_same() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let one = whole_date();
    let code = one.code.to_string();
    let (a, mut wrong_date) =
        server.disclose(&code, &json!({ "date_of_birth": "1999-01-01", "full_name": one.full_name }));
    let named = json!({ "date_of_birth": one.date_of_birth.to_string(), "full_name": "Không Phải Tên Này" });
    let (b, mut wrong_name) = server.disclose(&code, &named);
    for problem in [&mut wrong_date, &mut wrong_name] {
        problem.as_object_mut().unwrap().remove("attempts_left");
        problem.as_object_mut().unwrap().retain(|name, _| !name.starts_with("detail"));
    }
    assert_eq!((a, wrong_date), (b, wrong_name));
    let right = json!({ "date_of_birth": one.date_of_birth.to_string(), "full_name": one.full_name });
    assert_eq!(server.disclose(&code, &right).0, 200);
}

#[test]
fn a_birth_date_known_in_part_needs_the_name() {
    let Some(one) = made().samples().iter().find(|s| s.date_of_birth.is_partial()) else {
        panic!("no sample with a partial birth date");
    };
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let code = one.code.to_string();
    let date = one.date_of_birth.to_string();
    assert_eq!(server.disclose(&code, &json!({ "date_of_birth": date })).0, 400);
    assert_eq!(server.disclose(&code, &json!({ "date_of_birth": date, "full_name": "Ai Khác" })).0, 403);
    // More precise than what is on record is not what is printed.
    let longer = format!("{}-01-01", &date[..4]);
    assert_eq!(server.disclose(&code, &json!({ "date_of_birth": longer })).0, 403);
    let (status, opened) = server.disclose(&code, &json!({ "date_of_birth": date, "full_name": one.full_name }));
    assert_eq!(status, 200, "{opened}");
}

#[test]
fn a_journal_that_went_away_is_written_to_or_nothing_is_disclosed() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), "");
    let one = whole_date();
    let right = json!({ "date_of_birth": one.date_of_birth.to_string() });
    assert_eq!(server.disclose(&one.code.to_string(), &right).0, 200);
    let (journal, gone) = (data.path().join("journal"), data.path().join("journal-gone"));
    std::fs::rename(&journal, &gone).unwrap();
    std::fs::write(&journal, b"").unwrap();
    let (status, answer) = server.disclose(&one.code.to_string(), &right);
    match status {
        200 => assert_eq!(journal_lines_in(&gone), 2, "disclosed without a line"),
        status => assert_eq!((status, answer.to_string().contains(&one.full_name)), (503, false)),
    }
    assert_eq!(server.verdict(&one.code.to_string()).0, 200, "verdicts go on");
    drop(server);
    assert!(Opened::at(data.path()).is_err(), "a portal without its journal does not start");
}

#[test]
fn while_the_journal_is_full_nothing_is_disclosed() {
    let data = copy_of(&made().data());
    let journal = data.path().join("journal");
    let Some(_mounted) = SmallDisk::at(&journal) else {
        println!("skipped: this user cannot mount a small disk");
        return;
    };
    let server = Server::start(data.path(), "");
    let one = whole_date();
    let code = one.code.to_string();
    let right = json!({ "date_of_birth": one.date_of_birth.to_string() });
    assert_eq!(server.disclose(&code, &right).0, 200);
    let filler = journal.join("filler");
    let full = std::fs::write(&filler, vec![0; 1 << 20]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    let mut refused = 0;
    // What is left of the last page of the file still takes some lines, each durable before its answer.
    for _ in 0..200 {
        let (status, answer) = server.disclose(&code, &right);
        if status == 200 {
            continue;
        }
        assert_eq!(status, 503, "{answer}");
        let told = answer.to_string();
        assert!(!told.contains(&one.full_name) && !told.contains(&one.date_of_birth.to_string()), "{told}");
        refused += 1;
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "the journal filled up");
    assert_eq!(server.verdict(&code).0, 200, "verdicts go on");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(server.disclose(&code, &right).0, 200, "goes on by itself once there is room");
    assert!(!server.log().contains("panicked"));
    drop(server);
    assert!(hocba::journal::audit(&journal, &[]).is_ok());
}

/// A disk of 64 KiB at a place; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(place: &Path) -> Option<Self> {
        std::fs::create_dir_all(place).unwrap();
        let old = copy_of(place);
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(place).output();
        let mounted = mount.is_ok_and(|m| m.status.success()).then(|| Self(place.to_owned()))?;
        copy(old.path(), place);
        Some(mounted)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
