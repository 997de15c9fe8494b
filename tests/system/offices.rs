//! An operator keeps offices and accounts, without a server and beside one.

use std::path::Path;

use serde_json::Value;

use super::nation::{copy_of, made};
use super::process::{Commands, Server, assert_exit, hocba};

const OFFICES: Commands = Commands { kind: "office", by: ["--by", "Trần Văn Bình", "--reason", "công văn 12"] };

/// Until a year from now: a grant that is over would be refused.
fn create(data: &Path) -> Value {
    let until = jiff::Zoned::now().date().tomorrow().unwrap().saturating_add(jiff::Span::new().days(300)).to_string();
    let grant = ["--all-provinces", "--level", "thpt,gdtx", "--from-year", "2023-2024", "--to-year", "2025-2026"];
    let what = ["--kind", "admissions", "--purpose", "Xét tuyển đại học", "--citation", "Điều 34"];
    let name = ["create", "dhqg-hn", "--name", "Đại học Quốc gia Hà Nội", "--group", "name,results", "--until", &until];
    OFFICES.changed(data, &[&name[..], &grant, &what].concat())
}

#[test]
fn offices_are_kept_without_a_server_and_beside_one() {
    let data = copy_of(&made().data());
    let data = data.path();
    assert_eq!(OFFICES.done(data, &["list"])["list"].as_array().map(Vec::len), Some(0));
    assert_eq!(create(data)["office"]["summary"]["in_force"], true);
    let add = ["add", "lan.nguyen@dhqg-hn", "--full-name", "Nguyễn Thị Lan", "--role", "clerk"];
    let code = OFFICES.changed(data, &add)["invited"]["code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 29);
    assert!(
        OFFICES
            .refused(data, &[&add[..], &OFFICES.by].concat())
            .contains("there is an account lan.nguyen@dhqg-hn already")
    );
    let server = Server::start(data, "");
    let again = OFFICES.changed(data, &["reset", "lan.nguyen@dhqg-hn"])["invited"]["code"].as_str().unwrap().to_owned();
    assert!(again != code);
    OFFICES.changed(data, &["role", "lan.nguyen@dhqg-hn", "--role", "office_administrator"]);
    OFFICES.changed(data, &["disable", "lan.nguyen@dhqg-hn"]);
    let shown = OFFICES.done(data, &["show", "dhqg-hn"]);
    let member = &shown["office"]["members"][0];
    assert_eq!((&member["role"], &member["access"]), (&"office_administrator".into(), &"disabled".into()));
    OFFICES.changed(data, &["end", "dhqg-hn"]);
    assert_eq!(OFFICES.done(data, &["list"])["list"][0]["in_force"], false);
    let renew = ["renew", "dhqg-hn", "--until", "2027-01-01"];
    assert!(OFFICES.refused(data, &[&renew[..], &OFFICES.by].concat()).contains("`hocba office grant`"));
    drop(server);
    let files = std::fs::read_dir(data.join("journal")).unwrap().map(|file| file.unwrap().path());
    let lines: String = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    for (kind, count) in [("\"office_changed\"", 2), ("\"member_changed\"", 4)] {
        assert_eq!(lines.matches(kind).count(), count, "{kind}");
    }
    assert!(lines.contains("Trần Văn Bình") && !lines.contains(&again) && !lines.contains("Nguyễn Thị Lan"));
    assert_exit(&hocba(data).arg("audit").output().unwrap(), 0);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_opened() {
    let empty = tempfile::tempdir().unwrap();
    for (args, says) in [
        (vec!["end", "Đại học"], "expected 2 to 40 small letters"),
        (vec!["reset", "lan.nguyen"], "expected MEMBER@OFFICE"),
        (vec!["role", "a1@b1", "--role", "boss"], "expected clerk, office_administrator, ministry_auditor"),
        (vec!["end", "dhqg-hn"], "is not a portal's data directory"),
    ] {
        let said = OFFICES.refused(empty.path(), &[&args[..], &OFFICES.by].concat());
        assert!(said.contains(says), "{said}");
    }
    assert!(OFFICES.refused(empty.path(), &["end", "dhqg-hn"]).contains("--reason"), "who and why are always asked");
}

#[test]
fn a_damaged_office_stops_sign_ins_and_nothing_else() {
    let data = copy_of(&made().data());
    let data = data.path();
    create(data);
    let file = data.join("offices/dhqg-hn.office");
    let good = std::fs::read(&file).unwrap();
    let mut bad = good.clone();
    bad[40] ^= 1;
    std::fs::write(&file, bad).unwrap();
    assert!(OFFICES.refused(data, &["list"]).contains("dhqg-hn.office: cannot be opened"));
    let server = Server::start(data, "");
    assert!(OFFICES.refused(data, &["list"]).contains("offices cannot be used"));
    let status = hocba(data).arg("status").output().unwrap();
    assert_exit(&status, 1);
    assert!(String::from_utf8_lossy(&status.stdout).contains("offices     0, CLOSED: "));
    drop(server);
    std::fs::write(&file, good).unwrap();
    assert_eq!(OFFICES.done(data, &["list"])["list"].as_array().map(Vec::len), Some(1));
}
