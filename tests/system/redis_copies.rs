//! Copies among replicas that share a Redis: void at once everywhere, closed while it is away, and what an emptied Redis
//! does not bring back.

use std::time::{Duration, Instant};

use super::copies::{field, make_copy, open_with, opened_page, slug, void_with_token};
use super::disclosure::{journal_lines, whole_date};
use super::nation::{copy_of, made};
use super::process::Server;
use super::redis_server::{Redis, put_password};

const TOGETHER: &str = "[limits]\nbackend = \"redis\"\n";

fn replica(redis: &Redis) -> (tempfile::TempDir, Server) {
    let data = copy_of(&made().data());
    put_password(data.path());
    let server = Server::start(data.path(), &redis.settings(TOGETHER));
    (data, server)
}

/// Until it holds; replicas tell each other every two seconds.
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_copy_is_opened_listed_and_voided_on_every_replica() {
    let redis = Redis::start();
    let ((_one, one), (_other, other)) = (replica(&redis), replica(&redis));
    let sample = whole_date();
    let token = make_copy(&one, sample, 9);
    assert_eq!(open_with(&other, sample, &token).0, 200);
    let page = opened_page(&other, sample);
    let ticket = field(&page, "ticket").unwrap();
    let copy = field(&page, "copy").expect("the other replica lists it");
    assert_eq!(copy.len(), 40);
    let form = [("ticket", ticket.as_str()), ("copy", copy.as_str())];
    assert_eq!(other.form(&format!("/v/{}/vo-hieu", sample.code), &form).0, 200);
    for server in [&other, &one] {
        let (status, problem) = open_with(server, sample, &token);
        assert_eq!((status, slug(&problem)), (403, "token-voided"), "at once: {problem}");
    }
    assert!(field(&opened_page(&one, sample), "copy").is_none());
}

#[test]
fn while_redis_is_away_no_copy_is_made_or_opened_and_one_can_still_be_voided() {
    let mut redis = Redis::start();
    let ((data, one), (_other, other)) = (replica(&redis), replica(&redis));
    let sample = whole_date();
    let (token, kept) = (make_copy(&one, sample, 9), make_copy(&one, sample, 9));
    let page = opened_page(&one, sample);
    let (ticket, leaf) = (field(&page, "ticket").unwrap(), field(&page, "leaf").unwrap());
    redis.kill();
    let lines = journal_lines(data.path());
    assert_eq!(open_with(&one, sample, &token).0, 503);
    assert_eq!(journal_lines(data.path()), lines, "nothing was disclosed");
    let form = [("ticket", ticket.as_str()), ("leaf", leaf.as_str())];
    assert_eq!(one.form(&format!("/v/{}/chia-se", sample.code), &form).0, 503);
    assert_eq!(one.verdict(&sample.code.to_string()).0, 200, "verdicts go on");
    assert_eq!(void_with_token(&one, sample, &token), 200, "durable here, told later");
    assert_eq!(slug(&open_with(&one, sample, &token).1), "token-voided");
    // It comes back with nothing in it: what was voided here is put back, what was not stays open.
    redis.launch();
    soon("the other replica learns of it", || slug(&open_with(&other, sample, &token).1) == "token-voided");
    soon("the other copy opens", || open_with(&other, sample, &kept).0 == 200);
}

#[test]
fn an_emptied_redis_opens_no_copy_that_was_voided() {
    let redis = Redis::start();
    let ((_one, one), (_other, other)) = (replica(&redis), replica(&redis));
    let sample = whole_date();
    let (token, kept) = (make_copy(&one, sample, 9), make_copy(&one, sample, 9));
    assert_eq!(void_with_token(&one, sample, &token), 200);
    // The other has never asked about it, but the replicas tell each other.
    std::thread::sleep(Duration::from_secs(5));
    redis.cli(&["flushall"]);
    drop(one);
    for _ in 0..3 {
        assert_eq!(slug(&open_with(&other, sample, &token).1), "token-voided");
        assert_eq!(open_with(&other, sample, &kept).0, 200);
    }
    // A replica that comes later learns it from those that know.
    let (_third, third) = replica(&redis);
    assert_eq!(slug(&open_with(&third, sample, &token).1), "token-voided");
}

#[test]
fn neither_codes_nor_tokens_are_in_redis() {
    let redis = Redis::start();
    let (_data, server) = replica(&redis);
    let sample = whole_date();
    let token = make_copy(&server, sample, 9);
    void_with_token(&server, sample, &token);
    let keys = redis.cli(&["keys", "hocba:v1:*"]);
    assert!(keys.contains("hocba:v1:void") && keys.contains("hocba:v1:copies:"), "{keys}");
    for key in keys.lines() {
        let held = format!("{key} {}", redis.cli(&["zrange", key, "0", "-1"])).to_lowercase();
        assert!(!held.contains(&sample.code.to_string()) && !held.contains(&token[2..40].to_lowercase()), "{held}");
        assert!(redis.cli(&["ttl", key]).parse::<i64>().unwrap() > 0, "{key} ends by itself");
    }
}
