//! Official sheets whose records lie in a Redis that loses them: made again they are the same.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use hocba::signing::{ObjectType, PrivateKey};
use hocba::transcript::GroupSet;
use serde_json::{Value, json};

use super::pki::{Spec, spec};
use super::portal::{BAC_NINH, CERTIFIED, World, served};
use crate::package::samples;
use crate::system::redis_server::{Redis, put_password};

/// A portal with records in `redis`, and its first sheet, which is official.
fn portal(redis: &Redis) -> (World, String) {
    let world = World::new();
    let code = world.sheet(1, &CERTIFIED);
    world.deliver("24-1", &["--sequence", "1", "head.grant", "institution.grant", "1.signed"]);
    world.ingest("24-1");
    world.ok(&["certificate", "import", "--data", "data", "head.pem", "institution.pem"]);
    assert_eq!(world.refresh().0, 0);
    assert_eq!(world.signed_with(&code), "official");
    put_password(&world.path("data"));
    let config = world.path("data/hocba.toml");
    let settings = redis.settings("\n[records]\nbackend = \"redis\"");
    fs::write(&config, fs::read_to_string(&config).unwrap() + &settings).unwrap();
    (world, code)
}

/// Names of the records that are stored: each is made from the code and the digest of the record.
fn names(redis: &Redis) -> Vec<String> {
    let mut names: Vec<String> = redis.cli(&["keys", "hocba:r1:*"]).lines().map(str::to_owned).collect();
    names.sort();
    names
}

fn erase(world: &World, n: u32) {
    let key = PrivateKey::from_pem(&fs::read_to_string(world.path("province.key")).unwrap()).unwrap();
    let status = json!({
        "version": 1,
        "status": "erased",
        "madinhdanhhocba": samples::claims(n).code,
        "effective_at": "2026-06-20T09:00:00+07:00",
        "decision": {"number": "13/QĐ-SGDĐT", "date": "2026-06-19", "body": "Sở Giáo dục và Đào tạo Bắc Ninh"}
    });
    let status = samples::sign_claims(ObjectType::Status, &status, &key);
    fs::write(world.path("erase.status"), status.to_json(GroupSet::NONE)).unwrap();
}

fn verdict(world: &World, code: &str) -> Value {
    world.run(&["verify", "--data", "data", code]).1["verdict"].clone()
}

#[test]
fn redis_records_of_official_sheets_are_made_again_as_they_were() {
    let redis = Redis::start();
    let (world, code) = portal(&redis);
    world.ok(&["rebuild", "--data", "data"]);
    assert_eq!(world.signed_with(&code), "official");
    let whole = names(&redis);
    assert_eq!(whole.len(), 1, "one booklet; pointers and grants stand in the trail");

    redis.cli(&["flushall"]);
    served(&world, &code);
    assert_eq!(names(&redis), whole);
    assert_eq!(world.signed_with(&code), "official");

    // Following continues a record that is lost; what the erased sheet's record said of certificates goes.
    let kept = world.sheet(2, &CERTIFIED);
    erase(&world, 1);
    world.deliver("24-2", &["--after", "24-1.hbp", "2.signed", "erase.status"]);
    redis.cli(&["flushall"]);
    world.ingest("24-2");
    assert_eq!(verdict(&world, &code), "erased");
    assert_eq!(world.refresh().0, 0);
    assert_eq!(world.signed_with(&kept), "official");
    world.ok(&["rebuild", "--data", "data"]);
    redis.cli(&["flushall"]);
    served(&world, &kept);
    let deadline = Instant::now() + Duration::from_secs(20);
    while verdict(&world, &code) != "erased" {
        assert!(Instant::now() < deadline, "the erased booklet's record was not made again");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(names(&redis).len(), 2);
}

/// As after a crash: the trail was durable before the heads, and knows a newer grant than they do.
#[test]
fn redis_a_trail_ahead_of_the_heads_still_knows_the_list_of_bound_grants() {
    let redis = Redis::start();
    let (world, code) = portal(&redis);
    world.ok(&["rebuild", "--data", "data"]);
    let heads = world.path("data/derived/heads");
    copy(&heads, &world.path("heads.before"));

    let extensions = world.asked.extensions();
    world.asked.pki.issue("authority", "second", &Spec { extensions: &extensions, ..spec("") });
    let grant = ["key", "grant", "--key", "province.key", "--grantee", "second.pem", "--role", "head"];
    let school = ["--school", "24000701", "--school-name", "Trường THCS Thử Nghiệm", "--level", "thcs"];
    let period = ["--from", "2025-07-01", "--to", "2040-06-30", "--issued-at", "2026-05-04T08:00:00+07:00"];
    world.ok(&[&grant[..], &["--province", BAC_NINH, "--out", "second.grant"], &school, &period].concat());
    world.deliver("24-2", &["--after", "24-1.hbp", "second.grant"]);
    world.ingest("24-2");
    world.ok(&["rebuild", "--data", "data"]);

    fs::remove_dir_all(&heads).unwrap();
    copy(&world.path("heads.before"), &heads);
    assert_eq!(world.signed_with(&code), "official");
    let listed = world.ok(&["certificate", "list", "--data", "data"]);
    assert_eq!(listed["certificates"].as_array().map(Vec::len), Some(3), "{listed}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
