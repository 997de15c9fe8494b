//! `hocba synth --faults` through the real binary: what is good is taken clean, what is broken is
//! refused or warned about by the rule that `faults.json` names, and what is refused leaves the ledger as it
//! was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde::Deserialize;
use serde_json::Value;

use super::nation::{copy_of, data_dir, files, made, new_portal};
use super::process::{Server, assert_exit, hocba};

#[derive(Deserialize)]
struct Broken {
    file: PathBuf,
    expect: String,
    line: Option<u64>,
    rule: String,
}

fn broken() -> Vec<Broken> {
    serde_json::from_slice(&std::fs::read(made().nation_dir().join("faults.json")).unwrap()).unwrap()
}

fn ledger(data: &Path) -> (u64, [u8; 32]) {
    let checkpoint = data_dir(data).reader().unwrap().checkpoint();
    (checkpoint.size(), *checkpoint.root())
}

fn ingest(data: &Path, file: &Path, more: &[&str]) -> (Output, Value) {
    let output = hocba(data).arg("--json").arg("ingest").args(more).arg(file).output().unwrap();
    let taken: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output, taken[0].clone())
}

/// The files of a data directory and what is in them, without locks and what tells the time.
fn snapshot(data: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let lasting =
        |p: &PathBuf| p.starts_with(data.join("ledger")) && !p.ends_with("checkpoint") && !p.ends_with("lock");
    files(data).into_iter().filter(lasting).map(|p| (p.clone(), std::fs::read(p).unwrap())).collect()
}

fn rules(details: &[u8]) -> BTreeMap<u64, String> {
    let lines = details.split(|b| *b == b'\n').filter(|l| !l.is_empty());
    let read = lines.map(|line| serde_json::from_slice::<Value>(line).unwrap());
    read.map(|d| (d["line"].as_u64().unwrap(), d["rule"].as_str().unwrap_or("none").to_owned())).collect()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The package but for its last line: every line that comes is good, and only at the end it shows that
/// one is missing.
fn without_last_line(file: &Path) -> PathBuf {
    let mut text = zstd::decode_all(std::fs::File::open(file).unwrap()).unwrap();
    text.pop();
    text.truncate(text.iter().rposition(|b| *b == b'\n').unwrap() + 1);
    let cut = beside(file, ".cut");
    std::fs::write(&cut, zstd::encode_all(&*text, 3).unwrap()).unwrap();
    cut
}

#[test]
fn every_broken_package_is_refused_by_its_rule() {
    let copy = copy_of(&made().data());
    let nation = copy_of(&made().nation_dir());
    let data = copy.path();
    let list = broken();
    let mut by_file: Vec<(&Path, Vec<&Broken>)> = Vec::new();
    for one in &list {
        match by_file.last_mut() {
            Some((file, of_it)) if *file == one.file => of_it.push(one),
            _ => by_file.push((&one.file, vec![one])),
        }
    }
    for (file, expected) in by_file {
        let place = file.display();
        let path = nation.path().join(file);
        let (before, files_before) = (ledger(data), snapshot(data));
        // Lines that only wait for another province are not refused, nor those that are warned about.
        let refuses = expected.iter().any(|b| b.expect != "warning" && b.rule != "sheet.awaiting_transfer");
        if expected.iter().any(|b| b.rule == "sheet.awaiting_transfer") {
            let (_, taken) = ingest(data, &without_last_line(&path), &[]);
            assert_eq!(taken["rejected"]["rule"], "package.counts", "{place}");
            assert_eq!(ledger(data), before, "{place}: lines of a package that was not whole entered");
            assert!(snapshot(data) == files_before, "{place}: a sheet waits though its package was rejected");
        }
        let (tried, _) = ingest(data, &path, &["--dry-run"]);
        assert_exit(&tried, i32::from(refuses));
        assert_eq!(ledger(data), before, "{place}: a dry run changed the ledger");
        assert!(snapshot(data) == files_before, "{place}: a dry run changed a file");
        let (output, taken) = ingest(data, &path, &[]);
        assert_exit(&output, i32::from(refuses));
        match expected[0].expect.as_str() {
            "package" => {
                assert_eq!(taken["rejected"]["rule"], expected[0].rule, "{place}");
                for told in ["message_vi", "message_en", "remedy_vi", "remedy_en"] {
                    assert!(taken["rejected"][told].as_str().is_some_and(|t| t.len() > 10), "{place}: {told}");
                }
                assert_eq!(ledger(data), before, "{place}: a rejected package changed the ledger");
                assert!(snapshot(data) == files_before, "{place}: a rejected package left something behind");
            }
            _ => {
                let counts = &taken["receipt"]["counts"];
                let entered =
                    counts["accepted"].as_u64().unwrap() + counts["released_from_quarantine"].as_u64().unwrap();
                assert_eq!(ledger(data).0 - before.0, entered + 1, "{place}: the manifest and the good lines enter");
                let waiting = expected.iter().filter(|b| b.rule == "sheet.awaiting_transfer").count() as u64;
                assert_eq!(counts["quarantined"], waiting, "{place}");
                let warned = expected.iter().filter(|b| b.expect == "warning").count() as u64;
                assert_eq!(counts["warnings"], warned, "{place}");
                assert_eq!(counts["refused"], expected.len() as u64 - waiting - warned, "{place}");
                let details = std::fs::read(beside(&path, ".receipt.ndjson")).unwrap();
                let expected: BTreeMap<u64, String> =
                    expected.iter().map(|b| (b.line.unwrap(), b.rule.clone())).collect();
                assert_eq!(rules(&details), expected, "{place}");
                let receipt = std::fs::read(beside(&path, ".receipt.json")).unwrap();
                std::fs::remove_file(beside(&path, ".receipt.json")).unwrap();
                let after = ledger(data);
                let (again, taken) = ingest(data, &path, &[]);
                assert_exit(&again, i32::from(refuses));
                assert_eq!(taken["again"], true, "{place}");
                assert_eq!(std::fs::read(beside(&path, ".receipt.json")).unwrap(), receipt, "{place}");
                assert_eq!(ledger(data), after, "{place}: the same package twice");
            }
        }
    }
    assert_exit(&hocba(data).arg("audit").output().unwrap(), 0);
    report_counts_every_warning(data, &list);
}

/// The staff report, beside a running server: every warning under its rule, and nobody's name or code.
fn report_counts_every_warning(data: &Path, list: &[Broken]) {
    let server = Server::start(data, "roles = [\"public\", \"writer\"]");
    let text = hocba(data).arg("report").output().unwrap();
    let json = hocba(data).args(["--json", "report"]).output().unwrap();
    assert_exit(&text, 0);
    assert_exit(&json, 0);
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for warning in list.iter().filter(|b| b.expect == "warning") {
        *expected.entry(warning.rule.clone()).or_default() += 1;
    }
    let found: BTreeMap<String, u64> = serde_json::from_value(report["total"]["by_rule"].clone()).unwrap();
    assert_eq!(found, expected);
    assert_eq!(report["total"]["warnings"], expected.values().sum::<u64>());
    assert_eq!(report["total"]["sheets_with_warnings"], expected.values().sum::<u64>());
    let packages: u64 = report["provinces"].as_array().unwrap().iter().map(|p| p["packages"].as_u64().unwrap()).sum();
    assert_eq!(report["total"]["packages"], packages);
    assert!(packages >= made().nation.packages.len() as u64);
    assert_eq!(report["ledger_size"], ledger(data).0);
    for output in [String::from_utf8(text.stdout).unwrap(), String::from_utf8(json.stdout).unwrap()] {
        assert!(output.contains("tt22.promotion"), "{output}");
        for sample in made().samples() {
            assert!(!output.contains(&sample.code.to_string()) && !output.contains(&sample.full_name));
        }
    }
    assert!(!server.log().contains("panicked"));
}

#[test]
fn good_packages_are_taken_clean_and_give_the_same_receipt_again() {
    let (nation, data) = (copy_of(&made().nation_dir()), tempfile::tempdir().unwrap());
    new_portal(nation.path(), data.path());
    for package in &made().nation.packages {
        let package = nation.path().join(package.file_name().unwrap());
        let (tried, plan) = ingest(data.path(), &package, &["--dry-run"]);
        assert_exit(&tried, 0);
        assert!(!beside(&package, ".receipt.json").exists());
        let (first, taken) = ingest(data.path(), &package, &[]);
        assert_exit(&first, 0);
        assert_eq!(plan["receipt"]["counts"], taken["receipt"]["counts"]);
        let receipts = || [".receipt.json", ".receipt.ndjson"].map(|e| std::fs::read(beside(&package, e)).unwrap());
        let (receipt, size) = (receipts(), ledger(data.path()));
        let (again, taken) = ingest(data.path(), &package, &[]);
        assert_exit(&again, 0);
        assert_eq!((taken["again"].clone(), receipts(), ledger(data.path())), (true.into(), receipt, size));
    }
    assert_exit(&hocba(data.path()).arg("audit").output().unwrap(), 0);
}

#[test]
fn a_missing_file_is_a_sentence_and_not_a_panic() {
    let copy = copy_of(&made().data());
    let output = hocba(copy.path()).args(["ingest", "no-such-file.hbp"]).output().unwrap();
    assert_exit(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-file.hbp"));
}
