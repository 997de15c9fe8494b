//! `ingest` beside `serve`, two writers, and SIGTERM under load.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::nation::{copy_of, made, stable, take};
use super::process::{Server, hocba};

/// A code whose answer the later packages change.
fn changed_code(server: &Server) -> String {
    let changed = made().answers.iter().find(|(code, last)| stable(server.verdict(code).1) != **last);
    changed.expect("a code that changes").0.clone()
}

fn wait_for(server: &Server, code: &str) -> Duration {
    let started = Instant::now();
    while stable(server.verdict(code).1) != made().answers[code] {
        assert!(started.elapsed() < Duration::from_secs(30), "not visible: {}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    started.elapsed()
}

fn wait_for_answers(server: &Server) {
    let started = Instant::now();
    while !made().answers.iter().all(|(code, last)| {
        let (status, answer) = server.verdict(code);
        status == 200 && stable(answer) == *last
    }) {
        assert!(started.elapsed() < Duration::from_secs(30), "not followed: {}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_new_package_shows_while_another_process_writes() {
    let data = copy_of(&made().before());
    let server = Server::start(data.path(), "roles = [\"public\"]");
    let code = changed_code(&server);
    made().take_rest(data.path());
    println!("visible {:?} after the last receipt", wait_for(&server, &code));
    wait_for_answers(&server);
    assert!(!server.log().contains("panicked"));
}

#[test]
fn a_serving_writer_takes_packages_over_its_socket() {
    let data = copy_of(&made().before());
    let server = Server::start(data.path(), "roles = [\"public\", \"writer\"]");
    let code = changed_code(&server);
    made().take_rest(data.path());
    println!("visible {:?} after the last receipt", wait_for(&server, &code));
    wait_for_answers(&server);
    let status = hocba(data.path()).args(["--json", "status"]).output().unwrap();
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((&status["running"], &status["writer"]), (&true.into(), &true.into()), "{status}");
    // A second writer says who has the ledger.
    let mut second = Server::spawn(data.path(), "roles = [\"writer\"]");
    assert_eq!(second.child.wait().unwrap().code(), Some(2));
    let log = second.log();
    let pid = server.child.id().to_string();
    assert!(log.lines().any(|line| line.starts_with("hocba: ") && line.contains(&pid)), "{log}");
    // It is still there for the first.
    assert_eq!(server.verdict(&code).0, 200);
    take(data.path(), made().nation.packages.last().unwrap());
}

/// Requests that were sent are answered, whole, although the server is told to stop among them.
#[test]
fn sigterm_drops_no_request_that_was_accepted() {
    let data = copy_of(&made().data());
    let unlimited = "[limits]\nverdicts_per_minute = 1000000\nverdict_burst = 1000000";
    let mut server = Server::start(data.path(), unlimited);
    wait_for_answers(&server);
    let code = made().answers.keys().next().unwrap().clone();
    let (stop, answered, address) = (AtomicBool::new(false), AtomicUsize::new(0), server.address);
    let lost: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8).map(|_| scope.spawn(|| load(address, &code, &stop, &answered))).collect();
        std::thread::sleep(Duration::from_millis(800));
        server.terminate();
        let status = server.child.wait().unwrap();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(status.code(), Some(0), "{}", server.log());
        clients.into_iter().flat_map(|c| c.join().unwrap()).collect()
    });
    println!("{} requests answered around SIGTERM", answered.load(Ordering::Relaxed));
    assert!(answered.load(Ordering::Relaxed) > 100);
    assert!(lost.is_empty(), "{lost:?}");
}

/// A new connection for each request, until none is accepted any more.
fn load(address: std::net::SocketAddr, code: &str, stop: &AtomicBool, answered: &AtomicUsize) -> Vec<String> {
    let mut lost = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(address) else { break };
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request =
            format!("GET /api/v1/transcripts/{code} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        if stream.write_all(request.as_bytes()).is_err() {
            continue;
        }
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        // A connection that the server never took from the queue of the system was not accepted.
        if answer.is_empty() {
            continue;
        }
        let text = String::from_utf8_lossy(&answer);
        match read.is_ok() && text.starts_with("HTTP/1.1 200") && text.ends_with('}') {
            true => drop(answered.fetch_add(1, Ordering::Relaxed)),
            false => lost.push(text.chars().take(60).collect()),
        }
    }
    lost
}
