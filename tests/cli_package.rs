//! `hocba key` and `hocba package`, driven as a province and a school would.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hocba::ledger::keys::{KeyDir, PortalKey};
use serde_json::Value;

use crate::package::samples;

/// A directory in which commands run.
struct Office(tempfile::TempDir);

impl Office {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hocba")).args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    /// Runs and gives the JSON answer with the exit code.
    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.run(&[arguments, &["--json"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}\n{stderr}"));
        (output.status.code().unwrap(), answer)
    }

    fn ok(&self, arguments: &[&str]) -> Value {
        let (code, answer) = self.json(arguments);
        assert_eq!(code, 0, "{arguments:?} {answer}");
        answer
    }

    /// Runs what cannot run, and gives its one sentence.
    fn fault(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        stderr
    }
}

const BAC_NINH: &str = "24:2025-07-01:Bắc Ninh";

/// Keys and grants of a ministry, a province and a school.
fn equipped() -> Office {
    let office = Office::new();
    for (name, kind) in [("root", "ed25519"), ("province", "ed25519"), ("head", "p256"), ("institution", "ed25519")] {
        office.ok(&["key", "generate", "--out", &format!("{name}.key"), "--type", kind]);
    }
    let period = ["--from", "2025-07-01", "--to", "2030-06-30", "--issued-at", "2026-05-04T08:00:00+07:00"];
    let grant = |by: &str, to: &str, rest: &[&str]| {
        let (key, jwk, out) = (format!("{by}.key"), format!("{to}.jwk"), format!("{to}.grant"));
        let start =
            ["key", "grant", "--key", &key, "--grantee", &jwk, "--role", to, "--province", BAC_NINH, "--out", &out];
        office.ok(&[&start[..], &period, rest].concat());
    };
    grant("root", "province", &["--predecessor", "24:2004-07-08", "--predecessor", "27:2004-07-08"]);
    let school = ["--school", "24000701", "--school-name", "Trường THCS Thử Nghiệm", "--level", "thcs"];
    grant("province", "head", &school);
    grant("province", "institution", &school);
    office
}

/// Sheets as a school's software would give them: claims and groups, unsigned.
fn drafts(office: &Office, numbers: std::ops::RangeInclusive<u32>) {
    let mut text = String::new();
    for n in numbers {
        let mut claims = serde_json::to_value(samples::claims(n)).unwrap();
        claims["province"] = serde_json::json!({"matinh": "24", "vintage": "2025-07-01", "tentinh": "Bắc Ninh"});
        claims["matruong"] = "24000701".into();
        let groups: serde_json::Map<String, Value> =
            samples::groups(n).into_iter().map(|(group, value)| (group.name().to_owned(), value)).collect();
        // Pretty-printed on purpose: objects may span lines.
        text += &serde_json::to_string_pretty(&serde_json::json!({"claims": claims, "groups": groups})).unwrap();
        text += "\n";
    }
    fs::write(office.path("6a.json"), text).unwrap();
}

fn sign_sheets(office: &Office) -> Value {
    let keys = ["--head", "head.key", "--institution", "institution.key"];
    office.ok(&[&["package", "sign-sheet"][..], &keys, &["--out", "6a.signed", "6a.json"]].concat())
}

const YEAR: [&str; 8] = [
    "--year",
    "2025-2026",
    "--window",
    "completed",
    "--expected-enrolment",
    "3",
    "--created-at",
    "2026-06-25T10:00:00+07:00",
];

fn make(office: &Office, rest: &[&str]) -> Value {
    office.ok(&[&["package", "make"][..], &YEAR, rest].concat())
}

#[test]
fn from_keys_to_a_checked_package() {
    let office = equipped();
    drafts(&office, 1..=3);
    assert_eq!(sign_sheets(&office)["sheets"], 3);
    make(&office, &["--key", "root.key", "--ministry", "--sequence", "1", "--out", "bo-1.hbp", "province.grant"]);
    let of_province = ["--key", "province.key", "--province", BAC_NINH];
    let first = ["--sequence", "1", "--out", "24-1.hbp", "head.grant", "institution.grant", "6a.signed"];
    let made = make(&office, &[&of_province[..], &first].concat());
    assert_eq!((&made["manifest"]["lines"], &made["manifest"]["counts"]["keys"]), (&5.into(), &2.into()));

    let seen = office.ok(&["package", "inspect", "24-1.hbp"]);
    assert_eq!(seen["digest"], made["digest"]);
    assert_eq!(seen["manifest"], made["manifest"]);
    assert_eq!(seen["signed_by"][0], office.ok(&["key", "thumbprint", "province.jwk"])["kid"]);

    // Through the ministry's package, or with the grant at hand.
    let checked = office.ok(&["package", "check", "--root", "root.jwk", "bo-1.hbp", "24-1.hbp"]);
    assert_eq!((&checked["ok"], &checked["packages"][1]["accepted"]), (&true.into(), &5.into()));
    office.ok(&["package", "check", "--root", "root.jwk", "--grant", "province.grant", "24-1.hbp"]);

    // A revocation in the next package counts from there on.
    let kid = office.ok(&["key", "thumbprint", "head.key"])["kid"].as_str().unwrap().to_owned();
    let revoke = ["key", "revoke", "--key", "province.key", "--kid", &kid, "--reason", "Khóa bị lộ"];
    office.ok(&[&revoke[..], &["--issued-at", "2026-06-26", "--out", "head.revocation"]].concat());
    let second = ["--after", "24-1.hbp", "--out", "24-2.hbp", "6a.signed", "head.revocation", "6a.signed"];
    let made = make(&office, &[&of_province[..], &second].concat());
    assert_eq!((&made["manifest"]["sequence"], &made["manifest"]["previous"]), (&2.into(), &seen["digest"]));
    let (code, checked) = office.json(&["package", "check", "--root", "root.jwk", "bo-1.hbp", "24-1.hbp", "24-2.hbp"]);
    let last = &checked["packages"][2];
    assert_eq!(
        (code, &checked["ok"], &last["accepted"], &last["refused_count"]),
        (1, &false.into(), &4.into(), &3.into())
    );
    let lines: Vec<_> = last["refused"].as_array().unwrap().iter().map(|r| (&r["line"], &r["rule"])).collect();
    assert_eq!(lines, [6, 7, 8].map(Value::from).each_ref().map(|n| (n, &last["refused"][0]["rule"])));
    assert_eq!(last["refused"][0]["rule"], "key.revoked");
    assert_eq!(last["refused"][0]["pointer"], "/signatures/0");
}

#[test]
fn refusals_are_answers_and_say_what_to_do() {
    let office = equipped();
    fs::write(office.path("22-1.hbp"), samples::package().0).unwrap();
    let (code, answer) = office.json(&["package", "check", "--root", "root.jwk", "22-1.hbp"]);
    assert_eq!((code, &answer["packages"][0]["refused"][0]["rule"]), (1, &"package.key_unknown".into()));
    let whole = samples::package().0;
    fs::write(office.path("cut.hbp"), &whole[..whole.len() / 2]).unwrap();
    let output = office.run(&["package", "inspect", "cut.hbp"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("package.truncated") && text.contains("send the file again"), "{text}");
}

#[test]
fn what_cannot_run_says_why_in_one_sentence() {
    let office = equipped();
    drafts(&office, 1..=1);
    sign_sheets(&office);
    let cases: [(&[&str], &str); 10] = [
        (&["package", "inspect", "none.hbp"], "cannot read none.hbp"),
        (&["package", "check", "6a.signed"], "add --root FILE"),
        (&["key", "generate", "--out", "root.key"], "choose another name"),
        (&["key", "thumbprint", "6a.json"], "not a JWK"),
        (&["key", "portal", "--root", "root.jwk"], "add --data DIR"),
        (&["key", "portal", "--data", "d", "--root", "root.key"], "not JSON"),
        (
            &[
                "package",
                "sign-sheet",
                "--head",
                "head.jwk",
                "--institution",
                "institution.key",
                "--out",
                "x",
                "6a.json",
            ],
            "PKCS#8",
        ),
        (
            &[
                "package",
                "sign-sheet",
                "--head",
                "head.key",
                "--institution",
                "institution.key",
                "--out",
                "6a.signed",
                "6a.json",
            ],
            "cannot write",
        ),
        (
            &[
                "key",
                "grant",
                "--key",
                "root.key",
                "--grantee",
                "head.jwk",
                "--role",
                "province",
                "--from",
                "2026-01-01",
                "--to",
                "2027-01-01",
                "--out",
                "x",
            ],
            "needs --province",
        ),
        (
            &[
                "key",
                "grant",
                "--key",
                "root.key",
                "--grantee",
                "head.jwk",
                "--role",
                "root",
                "--from",
                "2026-01-02",
                "--to",
                "2026-01-01",
                "--out",
                "x",
            ],
            "valid_from must lie before valid_to",
        ),
    ];
    for (arguments, expected) in cases {
        let stderr = office.fault(arguments);
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("hocba: ") && stderr.trim_end().lines().count() == 1, "{stderr}");
    }
    assert!(!office.path("x").exists());
}

#[test]
fn a_sheet_that_breaks_a_rule_is_not_signed() {
    let office = equipped();
    drafts(&office, 1..=2);
    let good = fs::read_to_string(office.path("6a.json")).unwrap();
    let sign =
        ["package", "sign-sheet", "--head", "head.key", "--institution", "institution.key", "--out", "x", "6a.json"];
    for (from, to, expected) in [
        ("\"makhoi\": \"06\"", "\"makhoi\": \"05\"", "sheet.grade"),
        ("\"gioitinh\": \"2\"", "\"gioitinh\": \"3\"", "sheet.group at \"/name/gioitinh\""),
        ("\"duoclenlop\": true", "\"duoclenlop\": 1", "sheet.group at \"/results/duoclenlop\""),
        ("\"thongtu\": \"22/2021\"", "\"thongtu\": \"TT 22\"", "sheet.circular"),
        ("\"matruong\"", "\"matruong\": \"1\", \"matruong\"", "duplicate field"),
    ] {
        fs::write(office.path("6a.json"), good.replace(from, to)).unwrap();
        let stderr = office.fault(&sign);
        assert!(stderr.contains("sheet 1 of 6a.json") && stderr.contains(expected), "{stderr}");
        assert!(!office.path("x").exists());
    }
}

#[test]
fn a_portal_gets_its_keys_once() {
    let office = equipped();
    office.ok(&["key", "portal", "--data", "data", "--root", "root.jwk"]);
    let keys = KeyDir::at(office.path("data/keys"));
    keys.portal_key(PortalKey::Log).unwrap();
    keys.storage().unwrap();
    let mode = |file: &str| fs::metadata(office.path(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data/keys/storage.key"), mode("root.key")), (0o600, 0o600));
    // The pinned root is read from DATA/hocba.toml.
    let made = ["--key", "root.key", "--ministry", "--sequence", "1", "--out", "bo-1.hbp", "province.grant"];
    make(&office, &made);
    office.ok(&["package", "check", "--data", "data", "bo-1.hbp"]);
    let stderr = office.fault(&["key", "portal", "--data", "data", "--root", "root.jwk"]);
    assert!(stderr.contains("is there already"), "{stderr}");
}

#[test]
fn thumbprints_of_keys_and_certificates() {
    let office = equipped();
    let kid = |file: &str| office.ok(&["key", "thumbprint", file])["kid"].clone();
    assert_eq!(kid("head.key"), kid("head.jwk"));
    // Any DER SEQUENCE will do: nothing but its bytes is hashed.
    fs::write(office.path("c.der"), [0x30, 0x03, 0x02, 0x01, 0x05]).unwrap();
    fs::write(office.path("c.pem"), "-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----\n").unwrap();
    let thumbprint = |file: &str| office.ok(&["key", "thumbprint", file])["x5t#S256"].clone();
    assert_eq!(thumbprint("c.der"), thumbprint("c.pem"));
    assert!(thumbprint("c.der").as_str().unwrap().len() == 43);
}

#[test]
fn every_command_has_help_with_an_example() {
    let office = Office::new();
    for command in [
        "key generate",
        "key grant",
        "key revoke",
        "key portal",
        "key thumbprint",
        "package sign-sheet",
        "package make",
        "package inspect",
        "package check",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let output = office.run(&arguments);
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && help.contains("Example") && help.contains(&format!("hocba {command}")),
            "{command}"
        );
    }
}

#[test]
fn the_tiny_example_is_checked_by_the_command() {
    let office = Office::new();
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/tiny");
    let file = |name: &str| tiny.join(name).display().to_string();
    let (root, ministry, province) = (file("root.jwk"), file("bo-1.hbp"), file("22-1.hbp"));
    office.ok(&["package", "check", "--root", &root, &ministry, &province]);
}
