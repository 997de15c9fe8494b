//! The search index of a real server: there only with the offices role, kept through kills, made again after damage, known
//! to `status`, `audit` and `rebuild`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::nation::{copy_of, data_dir, files, made};
use super::process::{Server, assert_exit, hocba};

pub(super) fn index(data: &Path) -> PathBuf {
    data.join("derived/search")
}

/// What `hocba status` says of the index.
pub(super) fn status(data: &Path) -> Value {
    let ran = hocba(data).args(["--json", "status"]).output().unwrap();
    serde_json::from_slice::<Value>(&ran.stdout).unwrap()["search"].clone()
}

/// Waits until the index holds all of the ledger, and says how many sheets that are.
pub(super) fn wait_until_whole(data: &Path, server: &Server) -> u64 {
    let size = data_dir(data).reader().unwrap().size();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let status = status(data);
        if status["ready"] == true && status["ledger_size"] == size {
            assert!(status["fault"].is_null() && status["bytes"].as_u64().unwrap() > 0, "{status}");
            return status["sheets"].as_u64().unwrap();
        }
        assert!(Instant::now() < deadline, "{status}: {}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Sheets of the ledger whose content is there.
pub(super) fn sheets(data: &Path) -> u64 {
    let reader = data_dir(data).reader().unwrap();
    let is_sheet = |index: &u64| reader.leaf(*index).unwrap().kind == hocba::tlog::leaf::Kind::Sheet;
    (0..reader.size()).filter(is_sheet).filter(|index| reader.signed(*index).unwrap().is_some()).count() as u64
}

/// The audit's word about the index, and its exit code.
pub(super) fn audited(data: &Path) -> (String, Option<i32>) {
    let ran = hocba(data).args(["--json", "audit"]).output().unwrap();
    let found: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let checks = found["checks"].as_array().unwrap();
    let about = checks.iter().find(|check| check["checked"] == "search index").unwrap();
    let said = about["found"].as_str().or(about["fault"].as_str()).unwrap();
    (said.to_owned(), ran.status.code())
}

#[test]
fn there_is_an_index_with_the_offices_role_and_none_without() {
    let data = copy_of(&made().data());
    let data = data.path();
    let server = Server::start(data, "roles = [\"public\"]");
    assert!(status(data).is_null() && !index(data).exists());
    drop(server);
    assert_eq!(audited(data), ("none here; a server that answers offices makes it".to_owned(), Some(0)));
    let server = Server::start(data, "roles = [\"public\", \"offices\", \"writer\"]");
    let count = wait_until_whole(data, &server);
    assert_eq!(count, sheets(data));
    let shown = hocba(data).arg("status").output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains(&format!("search      {count} sheets of ")) && shown.contains("complete 0 s ago"),
        "{shown}"
    );
    let (said, code) = audited(data);
    assert!(said.contains("another process has the search index open") && code == Some(0), "{said}");
    drop(server);
    let (said, code) = audited(data);
    assert!(said.starts_with(&format!("{count} sheets of ")) && said.ends_with("agree with the ledger"), "{said}");
    assert_eq!(code, Some(0));
    // The role is taken away: what holds names goes.
    let server = Server::start(data, "roles = [\"public\"]");
    let deadline = Instant::now() + Duration::from_secs(20);
    while index(data).exists() {
        assert!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_rebuild_makes_the_index_where_there_is_one_or_the_role() {
    let data = copy_of(&made().data());
    let data = data.path();
    assert_exit(&hocba(data).arg("rebuild").output().unwrap(), 0);
    let (said, code) = audited(data);
    assert!(said.starts_with(&format!("{} sheets", sheets(data))) && code == Some(0), "{said}");
    let config = data.join("public.toml");
    std::fs::write(&config, "[serve]\nroles = [\"public\"]\n").unwrap();
    let rebuild = || assert_exit(&hocba(data).arg("--config").arg(&config).arg("rebuild").output().unwrap(), 0);
    rebuild();
    assert!(index(data).exists(), "the role may have been given to the server itself");
    std::fs::remove_dir_all(index(data)).unwrap();
    rebuild();
    assert!(!index(data).exists());
}

#[test]
fn what_is_new_is_indexed_beside_a_running_server_and_survives_a_kill() {
    let data = copy_of(&made().before());
    let data = data.path();
    let mut server = Server::start(data, "");
    let before = wait_until_whole(data, &server);
    made().take_rest(data);
    let after = wait_until_whole(data, &server);
    assert_eq!(after, sheets(data));
    assert!(after >= before);
    server.kill();
    let log = server.log();
    let server = Server::start(data, "");
    assert_eq!(wait_until_whole(data, &server), after);
    assert!(!server.log().contains("begins anew") && !log.contains("begins anew"), "{}", server.log());
}

#[test]
fn a_damaged_index_is_noticed_and_made_again() {
    let data = copy_of(&made().data());
    let data = data.path();
    assert_exit(&hocba(data).arg("rebuild").output().unwrap(), 0);
    let count = sheets(data);
    let postings = files(&index(data)).into_iter().find(|file| file.extension().is_some_and(|e| e == "term")).unwrap();
    let mut bytes = std::fs::read(&postings).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 8;
    std::fs::write(&postings, bytes).unwrap();
    let (said, code) = audited(data);
    assert!(said.contains("damaged") && code == Some(1), "{said}");
    let server = Server::start(data, "");
    assert_eq!(wait_until_whole(data, &server), count);
    assert!(server.log().contains("it is made again from the ledger"), "{}", server.log());
    drop(server);
    assert_eq!(audited(data).1, Some(0));
}

/// Whole in itself, and not what the ledger says.
#[test]
fn an_audit_finds_an_index_that_says_something_else() {
    use hocba::search::{self, Position};
    let data = copy_of(&made().data());
    let data = data.path();
    let reader = data_dir(data).reader().unwrap();
    let mut writer = search::begin_anew(&index(data)).unwrap();
    writer.commit(Position { size: reader.size(), root: *reader.checkpoint().root() }).unwrap();
    writer.finish().unwrap();
    let (said, code) = audited(data);
    assert!(said.starts_with("0 sheets of ") && said.contains("differ from the ledger's"), "{said}");
    assert_eq!(code, Some(1));
}
