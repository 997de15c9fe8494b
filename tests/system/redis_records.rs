//! Records in a Redis that is killed, hung, emptied and lied to: every answer is right or "could not
//! check", and all of them are right again without anybody doing anything.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::nation::{copy_of, made, stable};
use super::process::{Server, assert_exit, hocba};
use super::redis_server::{Cluster, PASSWORD, Redis, put_password, settings};
use crate::ports::free_port;

const RECORDS: &str = "[records]\nbackend = \"redis\"";

/// What came back for every code of the nation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) right: usize,
    pub(super) unchecked: usize,
}

/// Asks for every code and one that does not exist; a wrong answer ends the test.
pub(super) fn ask_all(server: &Server) -> Tally {
    let mut tally = Tally::default();
    for (code, expected) in &made().answers {
        match server.verdict(code) {
            (503, answer) => {
                assert_eq!(answer["verdict"], "unchecked", "{code}");
                tally.unchecked += 1;
            }
            (_, answer) => {
                assert_eq!(&stable(answer), expected, "{code}");
                tally.right += 1;
            }
        }
    }
    // Heads are here: what is on record nowhere needs no Redis.
    assert_eq!(server.verdict("00000000000040008000000000000000").0, 404);
    tally
}

/// Asks until all answers are right again.
pub(super) fn wait_until_right(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while ask_all(server).unchecked > 0 {
        assert!(Instant::now() < deadline, "answers stay unchecked: {}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn all_right() -> Tally {
    Tally { right: made().answers.len(), unchecked: 0 }
}

fn portal(redis: &Redis) -> (tempfile::TempDir, Server) {
    let data = copy_of(&made().data());
    put_password(data.path());
    let server = Server::start(data.path(), &redis.settings(RECORDS));
    (data, server)
}

/// Names of the records there are, with their values.
fn stored(redis: &Redis) -> BTreeMap<String, Vec<u8>> {
    let mut connection = redis.connection();
    let names: Vec<String> = redis::cmd("KEYS").arg("hocba:r1:*").query(&mut connection).unwrap();
    names.into_iter().map(|name| (name.clone(), get(&mut connection, &name))).collect()
}

fn get(connection: &mut redis::Connection, name: &str) -> Vec<u8> {
    redis::cmd("GET").arg(name).query(connection).unwrap()
}

fn set(connection: &mut redis::Connection, name: &str, value: &[u8]) {
    redis::cmd("SET").arg(name).arg(value).exec(connection).unwrap();
}

/// Until nobody but Redis itself has been asked for so many records.
fn wait_for_records(redis: &Redis, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while stored(redis).len() < count {
        assert!(Instant::now() < deadline, "the store was not filled again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn answers_are_those_of_the_embedded_store_and_survive_whatever_redis_does() {
    let mut redis = Redis::start();
    let (data, server) = portal(&redis);
    wait_until_right(&server);
    assert_eq!(ask_all(&server), all_right());
    let whole = stored(&redis);
    assert!(!data.path().join("derived/records").exists(), "a replica has no record store of its own");

    redis.cli(&["flushall"]);
    wait_for_records(&redis, whole.len());
    assert_eq!(ask_all(&server), all_right());

    redis.kill();
    assert_eq!(ask_all(&server), Tally { right: unknown(), unchecked: all_right().right - unknown() });
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.get("/readyz").0, 503);
    redis.launch();
    wait_until_right(&server);
    wait_for_records(&redis, whole.len());
    assert_eq!(server.get("/readyz").0, 200);

    redis.hang();
    ask_all(&server);
    let (_, status) = (server.get("/readyz"), status_of(data.path()));
    assert!(status.contains("AWAY"), "{status}");
    redis.go_on();
    wait_until_right(&server);
    let status = status_of(data.path());
    assert!(status.contains("redis       up"), "{status}");
}

/// Samples that are not on record.
fn unknown() -> usize {
    made().answers.values().filter(|answer| answer["verdict"] == "unknown").count()
}

fn status_of(data: &Path) -> String {
    String::from_utf8(hocba(data).arg("status").output().unwrap().stdout).unwrap()
}

#[test]
fn forged_moved_and_deleted_values_are_unchecked_and_made_again() {
    let redis = Redis::start();
    let (_data, server) = portal(&redis);
    wait_until_right(&server);
    let whole = stored(&redis);
    let names: Vec<&String> = whole.keys().collect();
    let mut connection = redis.connection();
    let on_record = all_right().right - unknown();
    type Lie<'a> = (&'a str, Box<dyn Fn(usize, &[u8]) -> Vec<u8> + 'a>);
    let lies: [Lie<'_>; 5] = [
        ("another record's value", Box::new(|i, _| whole[names[(i + 1) % names.len()]].clone())),
        ("one bit", Box::new(|i, value| flipped(value, i))),
        ("nothing", Box::new(|_, _| Vec::new())),
        ("a cut", Box::new(|_, value| value[..value.len() / 2].to_vec())),
        ("a megabyte", Box::new(|_, _| vec![1; 1 << 20])),
    ];
    for (what, lie) in lies {
        for (i, (name, value)) in whole.iter().enumerate() {
            set(&mut connection, name, &lie(i, value));
        }
        let tally = ask_all(&server);
        assert!(tally.unchecked > 0 && tally.unchecked <= on_record, "{what}: {tally:?}");
        wait_until_right(&server);
    }
    for name in &names {
        redis::cmd("DEL").arg(name).exec(&mut connection).unwrap();
        redis::cmd("RPUSH").arg(name).arg("no value at all").exec(&mut connection).unwrap();
    }
    wait_until_right(&server);
    redis::cmd("DEL").arg(names[0]).exec(&mut connection).unwrap();
    wait_until_right(&server);
}

fn flipped(value: &[u8], i: usize) -> Vec<u8> {
    let mut value = value.to_vec();
    let at = i * 7 % value.len();
    value[at] ^= 1 << (i % 8);
    value
}

/// A withdrawal came; the values of before are put back, under their own names and under the new ones.
#[test]
fn values_from_before_a_withdrawal_bring_nothing_back() {
    let redis = Redis::start();
    let data = copy_of(&made().before());
    put_password(data.path());
    let server = Server::start(data.path(), &redis.settings(RECORDS));
    let mut before: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for code in made().answers_before.keys() {
        let deadline = Instant::now() + Duration::from_secs(20);
        while server.verdict(code).0 == 503 {
            assert!(Instant::now() < deadline);
        }
    }
    before.extend(stored(&redis));
    made().take_rest(data.path());
    let deadline = Instant::now() + Duration::from_secs(30);
    while made().answers.iter().any(|(code, expected)| stable(server.verdict(code).1) != *expected) {
        assert!(Instant::now() < deadline, "the server did not follow");
        std::thread::sleep(Duration::from_millis(100));
    }
    let after = stored(&redis);
    let new: Vec<&String> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    assert!(!new.is_empty(), "the last packages changed records");
    let mut connection = redis.connection();
    before.iter().for_each(|(name, value)| set(&mut connection, name, value));
    assert_eq!(ask_all(&server), all_right(), "old values under their own names are asked for by nobody");
    for (name, old) in new.iter().zip(before.values().cycle()) {
        set(&mut connection, name, old);
    }
    assert!(ask_all(&server).unchecked > 0);
    wait_until_right(&server);
}

#[test]
fn a_second_replica_finds_everything_and_new_packages_reach_both() {
    let redis = Redis::start();
    let (data, first) = portal(&redis);
    wait_until_right(&first);
    let count = stored(&redis).len();
    let other = copy_of(&made().data());
    put_password(other.path());
    let second = Server::start(other.path(), &redis.settings(RECORDS));
    assert_eq!((ask_all(&first), ask_all(&second)), (all_right(), all_right()));
    assert_eq!(stored(&redis).len(), count, "both give a record the same name");
    drop((data, first));
}

/// Whoever has all that Redis holds has nothing.
#[test]
fn nothing_in_redis_tells_a_code_or_what_is_on_record() {
    let redis = Redis::start();
    let (_data, server) = portal(&redis);
    wait_until_right(&server);
    let dump = redis.dir().join("all.rdb");
    redis.cli(&["config", "set", "rdbcompression", "no"]);
    redis.cli(&["--rdb", &dump.display().to_string()]);
    let bytes = std::fs::read(dump).unwrap();
    let contains = |needle: &[u8]| memchr_like(&bytes, needle);
    assert!(contains(b"hocba:r1:"), "the dump is the one");
    for sample in made().samples() {
        let code = sample.code.to_string();
        assert!(!contains(code.as_bytes()) && !contains(code.to_uppercase().as_bytes()));
        assert!(!contains(sample.code.as_bytes()), "raw");
        assert!(!contains(sample.full_name.as_bytes()));
        // A year alone stands in any megabyte.
        let born = sample.date_of_birth.to_string();
        assert!(sample.date_of_birth.is_partial() || !contains(born.as_bytes()));
    }
    for word in ["school_year", "Quảng", "thcs", "effective_from", "province"] {
        assert!(!contains(word.as_bytes()), "{word}");
    }
}

fn memchr_like(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_wrong_password_or_a_missing_right_is_said_at_the_start() {
    let redis = Redis::start();
    let data = copy_of(&made().data());
    let refusal = |password: &str, more: &str| {
        std::fs::write(data.path().join("redis.password"), password).unwrap();
        let config = data.path().join("wrong.toml");
        let text = format!("[serve]\nadmin_listen = \"127.0.0.1:0\"\n{}{more}", redis.settings(RECORDS));
        std::fs::write(&config, text).unwrap();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--config"];
        let output = hocba(data.path()).args(serve).arg(&config).output().unwrap();
        assert_exit(&output, 2);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains(password.trim()), "{said}");
        said
    };
    let said = refusal("wrong-password", "");
    assert!(said.contains("Redis refuses") && said.contains("docs/operating.md"), "{said}");
    redis.cli(&["acl", "setuser", super::redis_server::USER, "-set"]);
    let said = refusal(PASSWORD, "");
    assert!(said.contains("Redis refuses") && said.contains("set"), "{said}");
    redis.cli(&["acl", "setuser", super::redis_server::USER, "+set"]);
    let said = refusal(PASSWORD, "prefix = \"other:\"\n");
    assert!(said.contains("Redis refuses"), "{said}");
}

#[test]
fn records_travel_over_tls_and_only_to_a_redis_whose_certificate_holds() {
    let dir = tempfile::tempdir().unwrap();
    for (name, subject) in [("ca", "/CN=Redis CA"), ("other", "/CN=Another CA")] {
        openssl(
            dir.path(),
            &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
            &["-days", "2", "-subj", subject, "-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")],
        );
    }
    std::fs::write(dir.path().join("san"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(
        dir.path(),
        &["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        &["-subj", "/CN=redis", "-keyout", "redis.key", "-out", "redis.csr"],
    );
    openssl(
        dir.path(),
        &["x509", "-req", "-in", "redis.csr", "-CA", "ca.crt", "-CAkey", "ca.key"],
        &["-CAcreateserial", "-days", "2", "-extfile", "san", "-out", "redis.crt"],
    );
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (port, certificate, key, ca) = (free_port().to_string(), at("redis.crt"), at("redis.key"), at("ca.crt"));
    let arguments = ["--port", "0", "--tls-port", &port, "--tls-cert-file", &certificate, "--tls-key-file", &key];
    let more = ["--tls-ca-cert-file", &ca, "--tls-auth-clients", "no"];
    let _redis = Redis::with(&[&arguments[..], &more[..]].concat(), &[]);

    let data = copy_of(&made().data());
    put_password(data.path());
    let url = format!("\"rediss://127.0.0.1:{port}\"");
    let with_ca = |ca: &str| format!("{}ca_file = \"{ca}\"\n", settings(&url, RECORDS));
    let config = data.path().join("wrong.toml");
    std::fs::write(&config, format!("[serve]\nadmin_listen = \"127.0.0.1:0\"\n{}", with_ca(&at("other.crt")))).unwrap();
    let refused = hocba(data.path()).args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&config).output();
    let refused = refused.unwrap();
    assert_exit(&refused, 2);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("certificate"), "{said}");

    let server = Server::start(data.path(), &with_ca(&ca));
    wait_until_right(&server);
}

fn openssl(dir: &Path, command: &[&str], more: &[&str]) {
    let output = Command::new("openssl").current_dir(dir).args(command).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_cluster_serves_records_and_a_failover_is_survived() {
    let mut cluster = Cluster::start();
    let data = copy_of(&made().data());
    put_password(data.path());
    let text = format!("{}cluster = true\n", settings(&cluster.urls(), RECORDS));
    let server = Server::start(data.path(), &text);
    wait_until_right(&server);
    assert_eq!(ask_all(&server), all_right());
    let masters = cluster.masters();
    let sizes: Vec<String> = masters.iter().map(|i| cluster.nodes[*i].1.cli(&["dbsize"])).collect();
    assert!(sizes.iter().all(|size| size != "0"), "records lie on every master: {sizes:?}");

    cluster.fail_over();
    wait_until_right(&server);

    for master in cluster.masters() {
        cluster.nodes[master].1.cli(&["flushall"]);
    }
    wait_until_right(&server);
    assert_eq!(ask_all(&server), all_right());
    let value: Value = serde_json::from_str(
        &String::from_utf8(hocba(data.path()).args(["status", "--json"]).output().unwrap().stdout).unwrap(),
    )
    .unwrap();
    assert_eq!(value["health"]["shared"]["up"], true, "{value}");
}
