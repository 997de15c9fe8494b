//! A suspect delivery put under review as a whole, and let go again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;

use hocba::intake::receipt::{LedgerRange, Receipt};
use hocba::ledger::LedgerReader;
use serde_json::{Value, json};

use super::nation::{Answers, Opened, copy_of, data_dir, files, made};
use super::process::{assert_exit, hocba};

const DECISION: [&str; 4] = ["--decision", "3100/QĐ-BGDĐT", "--decided-on", "2026-11-22"];

fn key(name: &str) -> PathBuf {
    let wanted = |file: &PathBuf| file.file_name().is_some_and(|n| n.to_string_lossy().starts_with(name));
    files(&made().nation_dir()).into_iter().filter(|f| f.extension().is_some_and(|e| e == "pem")).find(wanted).unwrap()
}

fn decide(data: &Path, args: &[&str], key: &Path, out: &Path) -> Output {
    let mut command = hocba(data);
    command.args(["--json", "package"]).args(args).args(DECISION).arg("--key").arg(key).arg("--out").arg(out);
    command.output().unwrap()
}

/// Runs and gives its answer.
fn decided(data: &Path, args: &[&str], out: &Path) -> Value {
    let ran = decide(data, args, &key("root"), out);
    assert_exit(&ran, 0);
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// Takes a package; lines of it may be refused.
fn taken(data: &Path, package: &Path) {
    let ran = hocba(data).arg("ingest").arg(package).output().unwrap();
    assert!(matches!(ran.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(package.with_extension("hbp.receipt.json").exists());
}

fn answers(data: &Path) -> Answers {
    Opened::at(data).unwrap().answers(made().samples())
}

/// The package that brought a leaf, as `22/7`, and where it is.
fn package_of(data: &Path, leaf: u64) -> (String, LedgerRange) {
    let disk = data_dir(data).ledger_disk().unwrap();
    let routes = disk.list("packages").unwrap().into_iter().map(|l| l.name).filter(|route| route != "bo");
    let all = routes.flat_map(|route| (1..200).map(move |n| (route.clone(), n)));
    all.filter_map(|(route, n)| {
        let range = Receipt::stored(&*disk, &route, n).unwrap()?.claims.ledger?;
        (range.first..range.end).contains(&leaf).then(|| (format!("{route}/{n}"), range))
    })
    .next()
    .expect("a package of a province")
}

fn leaves(answer: &Value) -> impl Iterator<Item = u64> {
    answer["sheets"].as_array().into_iter().flatten().filter_map(|s| s["leaf_index"].as_u64())
}

/// Verdicts of an answer's sheets that came with the package whose manifest is this leaf.
fn verdicts_from<'a>(reader: &LedgerReader, answer: &'a Value, package: u64) -> Vec<&'a str> {
    let from = |sheet: &&Value| {
        let leaf = sheet["leaf_index"].as_u64().unwrap();
        reader.facts_of(leaf).unwrap().origin.package == package
    };
    let sheets = answer["sheets"].as_array().into_iter().flatten();
    sheets.filter(from).filter_map(|s| s["verdict"].as_str()).collect()
}

/// A code whose one newest sheet is in force, and that sheet's leaf.
fn valid_one() -> (String, u64) {
    let valid = made().answers.iter().find(|(_, a)| a["verdict"] == "valid" && leaves(a).count() > 1);
    let (code, answer) = valid.expect("a valid transcript of several years");
    (code.clone(), leaves(answer).max().unwrap())
}

#[test]
fn a_hold_puts_the_whole_delivery_under_review_and_a_release_gives_everything_back() {
    let data = copy_of(&made().data());
    let (code, leaf) = valid_one();
    let (package, range) = package_of(data.path(), leaf);
    let (hold, release) = (data.path().join("hold.hbp"), data.path().join("release.hbp"));
    let made_hold = decided(data.path(), &["hold", "--package", &package], &hold);
    assert!(made_hold["suspended"].as_u64().unwrap() > 1, "{made_hold}");
    assert_eq!(answers(data.path()), made().answers, "nothing has changed before it is taken");
    taken(data.path(), &hold);

    let held = answers(data.path());
    assert_eq!(held[&code]["verdict"], "suspended");
    let mut outside = 0;
    let reader = data_dir(data.path()).reader().unwrap();
    for (code, before) in &made().answers {
        let from = verdicts_from(&reader, before, range.first);
        if from.is_empty() {
            assert_eq!(held[code], *before, "a transcript of other deliveries");
            outside += 1;
        } else if from.contains(&"valid") {
            assert_ne!(held[code]["verdict"], "valid", "{code}");
        }
    }
    assert!(outside > 0);

    let sequence = made_hold["sequence"].to_string();
    let made_release = decided(data.path(), &["release", "--hold", &sequence], &release);
    let counted = |answer: &Value, name: &str| answer[name].as_u64().unwrap();
    assert_eq!(
        counted(&made_release, "released") + counted(&made_release, "held_otherwise"),
        counted(&made_hold, "suspended"),
        "{made_release}"
    );
    taken(data.path(), &release);
    assert_eq!(answers(data.path()), made().answers);
    let again = decide(data.path(), &["release", "--hold", &sequence], &key("root"), &data.path().join("again.hbp"));
    assert_exit(&again, 1);
    assert!(!data.path().join("again.hbp").exists(), "nothing is left to release");
}

#[test]
fn what_somebody_else_put_under_review_is_not_let_go_with_a_hold() {
    let data = copy_of(&made().data());
    let (code, leaf) = valid_one();
    let (package, _) = package_of(data.path(), leaf);
    let hold = data.path().join("hold.hbp");
    let made_hold = decided(data.path(), &["hold", "--package", &package], &hold);
    taken(data.path(), &hold);

    let sequence = made_hold["sequence"].to_string();
    let before = decided(data.path(), &["release", "--hold", &sequence], &data.path().join("before.hbp"));
    // The province responsible suspends that same sheet by a decision of its own.
    let opened = Opened::at(data.path()).unwrap();
    let facts = data_dir(data.path()).reader().unwrap().facts_of(leaf).unwrap().facts;
    drop(opened);
    let sheet: Value = serde_json::from_slice(&facts).unwrap();
    let province = suspend_by_province(data.path(), &sheet);
    taken(data.path(), &province);

    let release = data.path().join("release.hbp");
    let made_release = decided(data.path(), &["release", "--hold", &sequence], &release);
    let more = made_release["held_otherwise"].as_u64().unwrap() - before["held_otherwise"].as_u64().unwrap();
    assert_eq!(more, 1, "{made_release}");
    taken(data.path(), &release);
    let after = answers(data.path());
    assert_eq!(after[&code]["verdict"], "suspended", "the province's own review goes on");
    let differs: BTreeSet<_> = made().answers.iter().filter(|(c, a)| after[*c] != **a).map(|(c, _)| c).collect();
    assert_eq!(differs, BTreeSet::from([&code]), "everything else is as it was");
}

/// A package of the province of a sheet that suspends it.
fn suspend_by_province(data: &Path, sheet: &Value) -> PathBuf {
    use hocba::intake::holds;
    use hocba::package::PackageWriter;
    use hocba::package::manifest::{ManifestDraft, Window};
    use hocba::signing::{Jws, ObjectType, PrivateKey};
    let (portal, code) = (data_dir(data), sheet["province"]["matinh"].as_str().unwrap());
    let vintage = sheet["province"]["vintage"].as_str().unwrap();
    let pem = std::fs::read_to_string(key(&format!("province-{code}-{vintage}"))).unwrap();
    let key = PrivateKey::from_pem(&pem).unwrap();
    let at = hocba::transcript::Moment::from_millis(super::nation::now().as_millis() / 1000 * 1000).unwrap();
    let status = json!({
        "version": 1, "status": "suspended", "madinhdanhhocba": sheet["madinhdanhhocba"], "idbanghi": sheet["idbanghi"],
        "effective_at": at, "decision": {"number": "77/QĐ-SGDĐT", "date": "2026-11-22", "body": "Sở Giáo dục và Đào tạo"}
    });
    let newest = holds::newest(&*portal.ledger_disk().unwrap(), &portal.reader().unwrap(), code).unwrap().unwrap();
    let draft = ManifestDraft {
        province: Some(serde_json::from_value(sheet["province"].clone()).unwrap()),
        school_year: newest.manifest.manifest.school_year,
        window: Window::Completed,
        sequence: newest.manifest.manifest.sequence + 1,
        previous: Some(newest.manifest.digest()),
        expected_enrolment: 0,
        created_at: at,
    };
    let path = data.join("province.hbp");
    let mut writer = PackageWriter::create(&path, draft, &key, None).unwrap();
    let payload = serde_json::to_vec(&status).unwrap();
    writer.add(&Jws::sign(ObjectType::Status, payload, &[(&key, None)], Vec::new()).unwrap()).unwrap();
    writer.finish().unwrap();
    path
}

#[test]
fn a_hold_needs_a_package_that_is_there() {
    let data = copy_of(&made().data());
    let out = data.path().join("hold.hbp");
    for package in ["99/1", "bo/1", "22", "2/x"] {
        assert_exit(&decide(data.path(), &["hold", "--package", package], &key("root"), &out), 2);
    }
    assert_exit(&decide(data.path(), &["release", "--hold", "9999"], &key("root"), &out), 2);
    assert!(!out.exists());
}
