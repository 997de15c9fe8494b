//! Redis as record store and limiter under steady load, while it is killed, hung, emptied and lied to.
//! `HOCBA_REDIS_CYCLES` and `HOCBA_REDIS_HANG_S` make it long (tests/chaos); it says what it counted.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::disclosure::{journal_lines, whole_date};
use super::nation::{copy_of, made, stable};
use super::process::Server;
use super::redis_records::wait_until_right;
use super::redis_server::{Cluster, Redis, put_password, settings};

const ALL: &str = "[records]\nbackend = \"redis\"\n[limits]\nbackend = \"redis\"\nverdicts_per_minute = 6000000\n\
    verdict_burst = 3000000\ndisclosures_per_minute = 600000\ndisclosure_burst = 300000\n";

fn number(name: &str, short: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(short)
}

#[derive(Debug, Default)]
struct Counted {
    right: AtomicUsize,
    unchecked: AtomicUsize,
    wrong: AtomicUsize,
    disclosed: AtomicUsize,
    not_disclosed: AtomicUsize,
    /// The disclosures that were refused as no refusal should be.
    odd: AtomicUsize,
}

/// Asks round and round until it is told to stop.
fn load(server: &Server, counted: &Counted, stop: &AtomicBool) {
    let add = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
    let sample = whole_date();
    let ask = json!({ "date_of_birth": sample.date_of_birth.to_string() });
    while !stop.load(Ordering::Relaxed) {
        for (code, expected) in &made().answers {
            match server.verdict(code) {
                (503, answer) if answer["verdict"] == "unchecked" => add(&counted.unchecked),
                (status, answer) if status != 0 && stable(answer.clone()) == *expected => add(&counted.right),
                (status, answer) => {
                    eprintln!("WRONG: {status} {answer} in place of {expected}");
                    add(&counted.wrong)
                }
            };
        }
        match server.disclose(&sample.code.to_string(), &ask).0 {
            200 => add(&counted.disclosed),
            503 => add(&counted.not_disclosed),
            _ => add(&counted.odd),
        };
    }
}

type Blow<'a> = (&'a str, Box<dyn FnMut() + 'a>);

/// Deals every blow in turn under load; after each, waits until every answer is right again.
fn under_fire(data: &std::path::Path, server: &Server, cycles: usize, blows: &mut [Blow<'_>]) {
    let (counted, stop) = (Counted::default(), AtomicBool::new(false));
    let before = journal_lines(data);
    let mut slowest: Vec<Duration> = vec![Duration::ZERO; blows.len()];
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| load(server, &counted, &stop))).collect();
        // Whatever fails must also end the load.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..cycles {
                for ((_, blow), slowest) in blows.iter_mut().zip(&mut slowest) {
                    blow();
                    let dealt = Instant::now();
                    wait_until_right(server);
                    *slowest = (*slowest).max(dealt.elapsed());
                }
            }
        }));
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        outcome.unwrap();
    });
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    println!(
        "{cycles} cycles: {} right, {} could not check, {} WRONG; {} disclosed, {} refused while away, {} odd",
        count(&counted.right),
        count(&counted.unchecked),
        count(&counted.wrong),
        count(&counted.disclosed),
        count(&counted.not_disclosed),
        count(&counted.odd),
    );
    for ((name, _), slowest) in blows.iter().zip(&slowest) {
        println!("  {name}: all right again at most {} ms later", slowest.as_millis());
    }
    assert!(count(&counted.right) > 0);
    assert_eq!((count(&counted.wrong), count(&counted.odd)), (0, 0));
    let written = journal_lines(data) - before;
    assert!(written >= count(&counted.disclosed) as u64, "a disclosure without its line: {written} lines");
}

#[test]
fn no_wrong_answer_and_no_unwritten_disclosure_while_redis_is_under_fire() {
    let redis = std::cell::RefCell::new(Redis::start());
    let data = copy_of(&made().data());
    put_password(data.path());
    let server = Server::start(data.path(), &redis.borrow().settings(ALL));
    wait_until_right(&server);
    let old: Vec<(String, Vec<u8>)> = values(&redis.borrow());
    let hang = Duration::from_secs(number("HOCBA_REDIS_HANG_S", 1) as u64);
    let mut turn = 0;
    let mut blows: Vec<Blow<'_>> = vec![
        (
            "killed and started again",
            Box::new(|| {
                redis.borrow_mut().kill();
                std::thread::sleep(Duration::from_millis(300));
                redis.borrow_mut().launch();
            }),
        ),
        (
            "hung",
            Box::new(|| {
                redis.borrow().hang();
                std::thread::sleep(hang);
                redis.borrow().go_on();
            }),
        ),
        ("emptied", Box::new(|| drop(redis.borrow().cli(&["flushall"])))),
        ("every value forged", Box::new(|| put(&redis.borrow(), &old, |_, _| vec![1; 500]))),
        (
            "every value another's",
            Box::new(|| {
                put(&redis.borrow(), &old, |i, _| old[(i + 1) % old.len()].1.clone());
            }),
        ),
        ("old values put back", Box::new(|| put(&redis.borrow(), &old, |_, value| value.to_vec()))),
        (
            "one deleted",
            Box::new(|| {
                turn += 1;
                drop(redis.borrow().cli(&["del", &old[turn % old.len()].0]));
            }),
        ),
    ];
    under_fire(data.path(), &server, number("HOCBA_REDIS_CYCLES", 1), &mut blows);
}

#[test]
fn no_wrong_answer_while_masters_of_a_cluster_fail() {
    let cluster = std::cell::RefCell::new(Cluster::start());
    let data = copy_of(&made().data());
    put_password(data.path());
    let text = format!("{}cluster = true\n", settings(&cluster.borrow().urls(), ALL));
    let server = Server::start(data.path(), &text);
    wait_until_right(&server);
    let mut blows: Vec<Blow<'_>> = vec![
        ("a master killed, its replica took over", Box::new(|| cluster.borrow_mut().fail_over())),
        // What it had not yet handed on is lost with it.
        (
            "a master emptied, then killed",
            Box::new(|| {
                let master = cluster.borrow().masters()[0];
                cluster.borrow().nodes[master].1.cli(&["flushall"]);
                cluster.borrow_mut().fail_over();
            }),
        ),
    ];
    under_fire(data.path(), &server, number("HOCBA_REDIS_CYCLES", 1), &mut blows);
}

fn values(redis: &Redis) -> Vec<(String, Vec<u8>)> {
    let mut connection = redis.connection();
    let names: Vec<String> = redis::cmd("KEYS").arg("hocba:r1:*").query(&mut connection).unwrap();
    let get = |name: &String| redis::cmd("GET").arg(name).query(&mut redis.connection()).unwrap();
    names.into_iter().map(|name| (name.clone(), get(&name))).collect()
}

fn put(redis: &Redis, values: &[(String, Vec<u8>)], value: impl Fn(usize, &[u8]) -> Vec<u8>) {
    let mut connection = redis.connection();
    for (i, (name, old)) in values.iter().enumerate() {
        redis::cmd("SET").arg(name).arg(value(i, old)).exec(&mut connection).unwrap();
    }
}
