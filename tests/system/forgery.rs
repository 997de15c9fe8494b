//! Everything a thief of the disk can do to a serving portal: one flipped bit anywhere, swapped,
//! replayed, deleted and rolled back files. The answer is the right one or `unchecked`, or the process
//! says why it does not start: never a wrong verdict, and never `unknown` for what is on record.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hocba::limits::ClientPrefix;
use hocba::portal::SecondFactor;
use hocba::records::{Embedded, RecordKey, RecordStore};
use hocba::transcript::TranscriptCode;
use hocba::transcript::record::HeadDigest;
use serde_json::Value;

use super::nation::{Opened, copy, copy_of, data_dir, files, made, now};
use super::process::{Server, assert_exit, hocba};

/// What came of one case.
#[derive(Default)]
struct Tally {
    right: usize,
    unchecked: usize,
    refused: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Asks a portal over these files every code.
    fn ask(&mut self, place: &str, data: &Path) {
        let opened = match Opened::at(data) {
            Ok(opened) => opened,
            Err(fault) => {
                let said = fault.to_string();
                assert!(said.contains("; ") && said.len() > 30, "{place}: not a clear sentence: {said}");
                self.refused += 1;
                return;
            }
        };
        for (code, expected) in &made().answers {
            let answer = opened.answer(&code.parse::<Code>().unwrap().0);
            self.judge(place, &answer, expected);
        }
        let stranger = TranscriptCode::from_bytes([0x5a; 16]);
        let answer = opened.answer(&stranger);
        if answer["verdict"] != "unknown" && answer["verdict"] != "unchecked" {
            self.wrong.push(format!("{place}: a stranger's code is {}", answer["verdict"]));
        }
    }

    fn judge(&mut self, place: &str, answer: &Value, expected: &Value) {
        if answer["verdict"] == "unchecked" {
            self.unchecked += 1;
        } else if answer == expected {
            self.right += 1;
        } else {
            self.wrong.push(format!("{place}: {} in place of {}", answer["verdict"], expected["verdict"]));
        }
    }

    fn finish(self, what: &str) {
        println!("{what}: {} right, {} unchecked, {} refusals to start", self.right, self.unchecked, self.refused);
        assert!(self.wrong.is_empty(), "{what}:\n{}", self.wrong.join("\n"));
    }
}

struct Code(TranscriptCode);

impl std::str::FromStr for Code {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        TranscriptCode::from_wire(text).map(Self).ok_or(())
    }
}

fn ask(what: &str, data: &Path) {
    let mut tally = Tally::default();
    tally.ask(what, data);
    tally.finish(what);
}

/// How many places of each file are tried; the long version tries many more.
fn places_per_file() -> usize {
    std::env::var("HOCBA_FLIPS_PER_FILE").ok().and_then(|n| n.parse().ok()).unwrap_or(3)
}

/// Offsets spread over a file, its ends included, and a bit that moves on.
fn places(length: usize, seed: usize) -> Vec<(usize, u8)> {
    let wanted = places_per_file().min(length * 8);
    let spread = |i: usize| match i {
        0 => 0,
        1 => length - 1,
        _ => (i * 7919 + seed * 104_729) % length,
    };
    (0..wanted).map(|i| (spread(i).min(length - 1), 1 << ((i + seed) % 8))).collect()
}

/// Flips bits in every file of one kind, and asks a portal over each; `also` is asked for every damaged directory.
fn flip_all(source: &Path, kind: &str, also: impl Fn(&Path, &str)) {
    let mut tally = Tally::default();
    let mut cases = 0;
    for (seed, file) in files(&source.join(kind)).into_iter().enumerate() {
        let relative = file.strip_prefix(source).unwrap();
        let bytes = std::fs::read(&file).unwrap();
        if bytes.is_empty() {
            continue;
        }
        for (offset, bit) in places(bytes.len(), seed) {
            let damaged = copy_of(source);
            let mut flipped = bytes.clone();
            flipped[offset] ^= bit;
            std::fs::write(damaged.path().join(relative), flipped).unwrap();
            let place = format!("{} byte {offset} bit {bit:#04x}", relative.display());
            tally.ask(&place, damaged.path());
            also(damaged.path(), &place);
            cases += 1;
        }
    }
    assert!(cases > 0, "nothing to flip in {kind}");
    tally.finish(&format!("{cases} flipped bits in {kind}"));
}

#[test]
fn a_flipped_bit_in_the_derived_stores_is_never_believed() {
    flip_all(&made().data(), "derived", |_, _| {});
}

#[test]
fn a_flipped_bit_in_the_ledger_is_never_believed() {
    flip_all(&made().data(), "ledger", |_, _| {});
}

#[test]
fn a_flipped_bit_in_the_intake_index_changes_no_answer() {
    flip_all(&made().data(), "index", |_, _| {});
}

#[test]
fn a_flipped_bit_in_the_journal_changes_no_answer_and_is_found() {
    let data = copy_of(&made().data());
    let opened = Opened::at(data.path()).unwrap();
    for (code, factor) in valid_samples().take(3) {
        opened.portal.disclose(&code, &factor, client(), now()).expect("opens");
    }
    drop(opened);
    flip_all(data.path(), "journal", |damaged, place| {
        assert!(hocba::journal::audit(&damaged.join("journal"), &[]).is_err(), "{place}: not found by an audit");
    });
}

/// Codes in force with what opens them.
fn valid_samples() -> impl Iterator<Item = (TranscriptCode, SecondFactor)> {
    let in_force = |code: &TranscriptCode| made().answers[&code.to_string()]["verdict"] == "valid";
    let samples = made().samples().iter().filter(move |s| !s.date_of_birth.is_partial() && in_force(&s.code));
    samples.map(|s| (s.code, SecondFactor::BirthDate { date: s.date_of_birth, full_name: None }))
}

fn client() -> ClientPrefix {
    ClientPrefix::of([192, 0, 2, 7].into())
}

#[test]
fn deleted_files_are_never_an_absence() {
    let source = made().data();
    let mut tally = Tally::default();
    for file in ["derived", "ledger"].iter().flat_map(|kind| files(&source.join(kind))) {
        let damaged = copy_of(&source);
        std::fs::remove_file(damaged.path().join(file.strip_prefix(&source).unwrap())).unwrap();
        tally.ask(&format!("without {}", file.strip_prefix(&source).unwrap().display()), damaged.path());
    }
    tally.finish("deleted files");
}

#[test]
fn truncated_files_are_never_an_absence() {
    let source = made().data();
    let mut tally = Tally::default();
    for file in ["derived", "ledger"].iter().flat_map(|kind| files(&source.join(kind))) {
        let bytes = std::fs::read(&file).unwrap();
        for length in [0, bytes.len() / 2] {
            let damaged = copy_of(&source);
            std::fs::write(damaged.path().join(file.strip_prefix(&source).unwrap()), &bytes[..length]).unwrap();
            tally.ask(&format!("{} cut to {length}", file.strip_prefix(&source).unwrap().display()), damaged.path());
        }
    }
    tally.finish("truncated files");
}

fn put_back(data: &Path, what: &str) {
    std::fs::remove_dir_all(data.join(what)).unwrap();
    copy(&made().before().join(what), &data.join(what));
}

#[test]
fn old_derived_stores_are_followed_up_or_made_again() {
    for what in ["derived", "derived/records", "derived/heads"] {
        let data = copy_of(&made().data());
        put_back(data.path(), what);
        ask(&format!("old {what}"), data.path());
    }
}

#[test]
fn a_ledger_rolled_back_by_a_package_is_refused() {
    let data = copy_of(&made().data());
    put_back(data.path(), "ledger");
    let refused = Opened::at(data.path()).err().expect("a rollback is noticed").to_string();
    assert!(refused.contains("rolled back"), "{refused}");
    let mut served = Server::spawn(data.path(), "");
    let status = served.child.wait().unwrap();
    assert_eq!(status.code(), Some(2));
    let log = served.log();
    assert!(log.contains("an older checkpoint was put in its place") && !log.contains("panicked"), "{log}");
    // The writer does not build on it either.
    let package = made().nation.packages.last().unwrap();
    let ingest = hocba(data.path()).arg("ingest").arg(package).output().unwrap();
    assert_exit(&ingest, 2);
}

#[test]
fn a_rollback_right_after_a_kill_is_refused() {
    let data = copy_of(&made().before());
    let heads = data.path().join("derived/heads");
    let durable = || hocba::heads::durable_position(&heads).unwrap().size;
    let before = durable();
    made().take_rest(data.path());
    let size = data_dir(data.path()).reader().unwrap().checkpoint().size();
    let mut server = Server::start(data.path(), "roles = [\"public\"]");
    let code = made().answers_before.keys().next().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.verdict(code).1["as_of"]["ledger_size"] != size {
        assert!(Instant::now() < deadline, "{}", server.log());
    }
    server.kill();
    println!("killed; the heads on disk reflect {} of {size} entries, {before} before", durable());
    put_back(data.path(), "ledger");
    let said = |output: std::process::Output| {
        assert_exit(&output, 2);
        String::from_utf8(output.stderr).unwrap()
    };
    let mut served = Server::spawn(data.path(), "roles = [\"public\"]");
    assert_eq!(served.child.wait().unwrap().code(), Some(2));
    assert!(served.log().contains("rolled back") && !served.log().contains("panicked"), "{}", served.log());
    // Neither making the stores again nor writing on forgets it.
    let rebuilt = said(hocba(data.path()).arg("rebuild").output().unwrap());
    assert!(rebuilt.contains("rolled back"), "{rebuilt}");
    let package = made().nation.packages.last().unwrap();
    let taken = said(hocba(data.path()).arg("ingest").arg(package).output().unwrap());
    assert!(taken.contains("an older checkpoint was put in its place"), "{taken}");
}

#[test]
fn an_older_checkpoint_under_newer_files_is_refused() {
    let data = copy_of(&made().data());
    std::fs::copy(made().before().join("ledger/checkpoint"), data.path().join("ledger/checkpoint")).unwrap();
    let refused = Opened::at(data.path()).err().expect("a rollback is noticed").to_string();
    assert!(refused.contains("rolled back"), "{refused}");
}

#[test]
fn a_newer_checkpoint_over_older_files_is_never_believed() {
    let data = copy_of(&made().before());
    std::fs::copy(made().data().join("ledger/checkpoint"), data.path().join("ledger/checkpoint")).unwrap();
    let Ok(opened) = Opened::at(data.path()) else { return };
    // It cannot follow; what it says is as of the older tree, and says so.
    assert!(opened.fault.is_some());
    assert!(opened.portal.health(now()).reflected_size < opened.portal.health(now()).ledger_size);
}

/// The records of the samples, with the keys their heads name.
pub(super) fn sample_records(data: &Path) -> Vec<(RecordKey, Vec<u8>)> {
    let opened = Opened::at(data).unwrap();
    let heads = opened.follower.published().load_full().heads.clone();
    drop(opened);
    let store = store(data);
    let keys = made().samples().iter().map(|s| {
        let head = heads.get(s.code.as_bytes()).unwrap().unwrap();
        RecordKey { code: s.code, head }
    });
    keys.map(|key| (key, store.get(&key).unwrap().unwrap())).collect()
}

pub(super) fn store(data: &Path) -> Embedded {
    Embedded::open(&data_dir(data).derived().join("records")).unwrap()
}

/// Changes records behind the portal's back and asks everything.
fn with_records(what: &str, change: impl Fn(&Embedded, &[(RecordKey, Vec<u8>)])) -> Tally {
    let data = copy_of(&made().data());
    let records = sample_records(data.path());
    {
        let store = store(data.path());
        change(&store, &records);
        store.persist().unwrap();
    }
    let mut tally = Tally::default();
    tally.ask(what, data.path());
    assert!(tally.wrong.is_empty(), "{:?}", tally.wrong);
    tally
}

#[test]
fn records_changed_in_the_store_are_unchecked() {
    let all = made().samples().len();
    let deleted = with_records("one record deleted", |store, records| store.remove_batch(&[records[0].0]).unwrap());
    assert_eq!((deleted.unchecked, deleted.right), (1, all - 1));
    let swapped = with_records("two records swapped", |store, records| {
        store.put_batch(&[(records[0].0, &records[1].1), (records[1].0, &records[0].1)]).unwrap();
    });
    assert_eq!((swapped.unchecked, swapped.right), (2, all - 2));
    let emptied = with_records("every record empty", |store, records| {
        let empty: Vec<(RecordKey, &[u8])> = records.iter().map(|(key, _)| (*key, &b""[..])).collect();
        store.put_batch(&empty).unwrap();
    });
    assert_eq!(emptied.right, 0);
    let flipped = with_records("a bit in every record", |store, records| {
        let flipped: Vec<(RecordKey, Vec<u8>)> = records
            .iter()
            .enumerate()
            .map(|(i, (key, record))| {
                let mut record = record.clone();
                let at = (i * 131) % record.len();
                record[at] ^= 1 << (i % 8);
                (*key, record)
            })
            .collect();
        let flipped: Vec<(RecordKey, &[u8])> = flipped.iter().map(|(key, r)| (*key, r.as_slice())).collect();
        store.put_batch(&flipped).unwrap();
    });
    assert_eq!(flipped.right, 0);
}

#[test]
fn a_record_from_before_a_withdrawal_is_unchecked() {
    let before = copy_of(&made().before());
    let old = {
        let opened = Opened::at(before.path()).unwrap();
        let heads = opened.follower.published().load_full().heads.clone();
        drop(opened);
        let store = store(before.path());
        made()
            .samples()
            .iter()
            .filter_map(|s| {
                let key = RecordKey { code: s.code, head: heads.get(s.code.as_bytes()).unwrap()? };
                Some((s.code, store.get(&key).unwrap().unwrap()))
            })
            .collect::<Vec<_>>()
    };
    let data = copy_of(&made().data());
    let current = sample_records(data.path());
    let mut replayed = 0;
    {
        let store = store(data.path());
        for (key, now_on_record) in &current {
            let Some((_, then)) = old.iter().find(|(code, then)| *code == key.code && then != now_on_record) else {
                continue;
            };
            // Under the key that the new head names, and under its own.
            store.put_batch(&[(*key, then), (RecordKey { code: key.code, head: HeadDigest::of(then) }, then)]).unwrap();
            replayed += 1;
        }
        store.persist().unwrap();
    }
    assert!(replayed > 0);
    let mut tally = Tally::default();
    tally.ask("records replayed", data.path());
    assert_eq!(tally.unchecked, replayed);
    tally.finish("records replayed");
}

#[test]
fn damaged_bodies_disclose_the_truth_or_nothing() {
    let source = made().data();
    let (code, factor) = valid_samples().next().expect("a valid sample");
    let contents = |data: &Path| -> Option<Vec<String>> {
        let opened = Opened::at(data).ok()?;
        let opened = opened.portal.disclose(&code, &factor, client(), now()).ok()?;
        Some(opened.sheets.iter().map(|s| serde_json::to_string(&s.contents).unwrap()).collect())
    };
    let intact = contents(copy_of(&source).path()).expect("opens");
    let bodies: Vec<PathBuf> = files(&source.join("ledger/bodies"));
    let (mut truth, mut nothing) = (0, 0);
    for (seed, file) in bodies.iter().enumerate() {
        let bytes = std::fs::read(file).unwrap();
        for (offset, bit) in places(bytes.len(), seed + 3) {
            let damaged = copy_of(&source);
            let mut flipped = bytes.clone();
            flipped[offset] ^= bit;
            std::fs::write(damaged.path().join(file.strip_prefix(&source).unwrap()), flipped).unwrap();
            match contents(damaged.path()) {
                Some(shown) => {
                    assert_eq!(shown, intact);
                    truth += 1;
                }
                None => nothing += 1,
            }
        }
    }
    println!("flipped bodies: {truth} times the truth, {nothing} times nothing");
    assert!(nothing > 0);
}
