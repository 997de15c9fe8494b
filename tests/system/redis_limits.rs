//! Limits that replicas keep together in Redis: the same table as in one process, shared, and what
//! happens while Redis is away.

use std::sync::Arc;
use std::time::Duration;

use hocba::limits::{Attempts, ClientPrefix, RateLimiter, SharedAttempts, SharedRateLimiter};
use hocba::shared::{Options, Secret, Shared};
use serde_json::json;

use super::disclosure::{journal_lines, whole_date};
use super::nation::{copy_of, made, now};
use super::process::Server;
use super::redis_server::{Cluster, PASSWORD, Redis, USER, put_password, settings};
use crate::limits::{
    LIMITS, a_burst_then_one_a_minute, code, only_wrong_and_broken_off_tries_count,
    simultaneous_guesses_get_no_more_tries, v4, wrong_tries_lock_one_prefix_then_the_transcript,
};

const TOGETHER: &str = "[limits]\nbackend = \"redis\"\n";
const SECRET: [u8; 32] = [7; 32];

fn engine(urls: Vec<String>, cluster: bool) -> Arc<Shared> {
    let options = Options {
        urls,
        cluster,
        username: USER.to_owned(),
        password: Some(Secret::new(PASSWORD)),
        ca: None,
        identity: None,
        timeout: Duration::from_millis(500),
        pool: 2,
        prefix: "hocba:".to_owned(),
    };
    Shared::open(options).unwrap()
}

fn to(redis: &Redis) -> Arc<Shared> {
    engine(vec![format!("unix://{}", redis.socket().display())], false)
}

fn attempts(shared: &Arc<Shared>) -> Attempts {
    let counters = SharedAttempts::new(shared, &SECRET, LIMITS);
    counters.try_rights(now()).unwrap();
    Attempts::Shared(counters)
}

fn limiter(shared: &Arc<Shared>, per_minute: u32, burst: u32) -> SharedRateLimiter {
    SharedRateLimiter::new(shared, &SECRET, "v", (per_minute, burst), RateLimiter::new(per_minute, burst, 100))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Redis's clock cannot be set, so what it has written down is moved instead.
fn advance(redis: &Redis, time: Duration) {
    let mut connection = redis.connection();
    let names: Vec<String> = redis::cmd("KEYS").arg("hocba:l1:*").query(&mut connection).unwrap();
    for name in names {
        let whole: i128 = redis::cmd("GET").arg(&name).query(&mut connection).unwrap();
        let earlier = (whole - time.as_micros().cast_signed()).to_string();
        redis::cmd("SET").arg(&name).arg(earlier).arg("KEEPTTL").exec(&mut connection).unwrap();
    }
}

#[test]
fn requests_and_tries_are_counted_in_redis_as_in_one_process() {
    let redis = Redis::start();
    let shared = to(&redis);
    let (limiter, runtime) = (limiter(&shared, 1, 3), runtime());
    let mut check = |client: ClientPrefix| runtime.block_on(limiter.ask(client, now())).unwrap();
    a_burst_then_one_a_minute(&mut check, &mut |time| advance(&redis, time));
    let one = attempts(&shared);
    wrong_tries_lock_one_prefix_then_the_transcript(&one, now());
    only_wrong_and_broken_off_tries_count(&one, now());
    let other = attempts(&to(&redis));
    simultaneous_guesses_get_no_more_tries(&[&one, &other], now());
}

#[test]
fn replicas_count_together_on_a_cluster() {
    let cluster = Cluster::start();
    let urls: Vec<String> = cluster.nodes.iter().map(|(port, _)| format!("redis://127.0.0.1:{port}")).collect();
    let (one, other) = (engine(urls.clone(), true), engine(urls, true));
    let (runtime, here, there) = (runtime(), limiter(&one, 1, 40), limiter(&other, 1, 40));
    for client in 0..10 {
        let ask = |n: u32| if n.is_multiple_of(2) { &here } else { &there };
        let let_in = (0..60).filter(|n| runtime.block_on(ask(*n).ask(v4(client), now())).unwrap().is_ok()).count();
        assert_eq!(let_in, 40);
    }
    let (one, other) = (attempts(&one), attempts(&other));
    wrong_tries_lock_one_prefix_then_the_transcript(&one, now());
    only_wrong_and_broken_off_tries_count(&other, now());
    simultaneous_guesses_get_no_more_tries(&[&one, &other], now());
}

/// Redis's clock decides the day: a replica whose clock is wrong gives nobody more tries.
#[test]
fn a_replica_with_a_wrong_clock_counts_the_same_day_and_the_day_ends_at_midnight() {
    let redis = Redis::start();
    let attempts = attempts(&to(&redis));
    let shifted = |days: i64| {
        let moment = now().as_millis() + days * 86_400_000;
        hocba::transcript::Moment::from_millis(moment).unwrap()
    };
    for days in [0, 1, -1, 400, -400] {
        attempts.reserve(&code(1), v4(1), shifted(days)).unwrap().wrong();
    }
    assert!(attempts.reserve(&code(1), v4(1), shifted(3)).is_err());
    let keys = redis.cli(&["keys", "hocba:a1:*"]);
    assert_eq!(keys.lines().count(), 2, "{keys}");
    for key in keys.lines() {
        let ends: i64 = redis.cli(&["expiretime", key]).parse().unwrap();
        assert_eq!((ends + 7 * 3600) % 86_400, 0, "midnight in Vietnam");
        assert!(ends > now().as_seconds() && ends <= now().as_seconds() + 86_400);
    }
    // Midnight while a try is out: it gives nothing back to the new day.
    let late = attempts.reserve(&code(2), v4(1), now()).unwrap();
    redis.cli(&["flushall"]);
    late.right();
    assert_eq!(redis.cli(&["keys", "*"]), "");
}

#[test]
fn replicas_share_limits_and_tries_and_nothing_is_compared_while_redis_is_away() {
    let mut redis = Redis::start();
    let start = || {
        let data = copy_of(&made().data());
        put_password(data.path());
        let more = format!("{TOGETHER}verdicts_per_minute = 1\nverdict_burst = 400\n");
        let server = Server::start(data.path(), &redis.settings(&more));
        (data, server)
    };
    let ((data, one), (other_data, other)) = (start(), start());
    let sample = whole_date();
    let code = sample.code.to_string();
    let (right, wrong) =
        (json!({ "date_of_birth": sample.date_of_birth.to_string() }), json!({ "date_of_birth": "1999-01-01" }));
    assert_eq!(one.disclose(&code, &right).0, 200);
    for (server, left) in [(&one, 4), (&other, 3), (&one, 2), (&other, 1)] {
        let (status, problem) = server.disclose(&code, &wrong);
        assert_eq!((status, problem["attempts_left"].as_u64()), (403, Some(left)), "{problem}");
    }
    let lines = (journal_lines(data.path()), journal_lines(other_data.path()));

    redis.hang();
    for server in [&one, &other] {
        for ask in [&right, &wrong] {
            let (status, problem) = server.disclose(&code, ask);
            assert_eq!(status, 503, "{problem}");
        }
        assert_eq!(server.verdict(&code).0, 200, "verdicts go on");
        assert_eq!(server.get("/readyz").0, 200);
    }
    redis.go_on();
    redis.kill();
    assert_eq!(one.disclose(&code, &right).0, 503);
    // Alone, a replica still counts: this burst it has not used.
    let statuses: Vec<u16> = (0..450).map(|_| one.verdict(&code).0).collect();
    assert!(statuses.contains(&429) && statuses.iter().all(|s| [200, 429].contains(s)));
    assert_eq!((journal_lines(data.path()), journal_lines(other_data.path())), lines, "nothing was disclosed");
}

#[test]
fn neither_codes_nor_addresses_are_in_what_redis_counts() {
    let redis = Redis::start();
    let data = copy_of(&made().data());
    put_password(data.path());
    // So slow that keys are still there when they are looked at.
    let slow = "verdicts_per_minute = 1\nverdict_burst = 1000\ndisclosures_per_minute = 1\n";
    let server = Server::start(data.path(), &redis.settings(&format!("{TOGETHER}{slow}")));
    let sample = whole_date();
    server.disclose(&sample.code.to_string(), &json!({ "date_of_birth": "1999-01-01" }));
    let keys = redis.cli(&["keys", "*"]);
    assert!(keys.contains("hocba:l1:v:") && keys.contains("hocba:l1:d:") && keys.contains("hocba:a1:{"), "{keys}");
    assert!(!keys.contains(&sample.code.to_string()) && !keys.contains("127.0.0.1") && !keys.contains("7f000001"));
    for key in keys.lines().filter(|key| !key.contains("probe")) {
        assert!(redis.cli(&["ttl", key]).parse::<i64>().unwrap() > 0, "{key} ends by itself");
    }
}

#[test]
fn limits_alone_need_no_records_in_redis() {
    let data = copy_of(&made().data());
    put_password(data.path());
    let nowhere = settings("\"redis://127.0.0.1:1\"", TOGETHER);
    let server = Server::start(data.path(), &nowhere);
    let sample = whole_date();
    assert_eq!(server.verdict(&sample.code.to_string()).0, 200, "a Redis that never came stops no verdict");
    let ask = json!({ "date_of_birth": sample.date_of_birth.to_string() });
    assert_eq!(server.disclose(&sample.code.to_string(), &ask).0, 503);
}
