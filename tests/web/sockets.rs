//! What only a socket shows: HEAD without a body, dripped bodies, slow heads, smuggling.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::fixtures::{CODE, state};

/// What a head or a body may take where a test waits for the deadline, in milliseconds.
const HASTY: u64 = 400;
/// What it may take where a busy machine must not meet the deadline, in milliseconds.
const PATIENT: u64 = 60_000;

/// A server on a port of its own; it lives as long as the test process.
fn server(deadline_ms: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let state = state(|c| {
        c.serve.workers = 1;
        c.serve.header_deadline_ms = deadline_ms;
        c.serve.body_deadline_ms = deadline_ms;
    });
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(hocba::web::public_server(state, listener, false).unwrap()).unwrap();
    });
    address
}

/// Sends bytes and reads until the server closes or falls silent.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let address = server(PATIENT);
    let ask = |method: &str| {
        let head =
            format!("{method} /api/v1/transcripts/{CODE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        exchange(address, head.as_bytes())
    };
    let (head, get) = (ask("HEAD"), ask("GET"));
    let length = |answer: &str| {
        let lower = answer.to_ascii_lowercase();
        lower.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap().to_owned()
    };
    assert_eq!(status(&head), "200");
    assert!(head.ends_with("\r\n\r\n"));
    assert!(get.contains("\"verdict\":\"valid\""));
    assert_eq!(length(&head), length(&get));
}

#[test]
fn a_body_that_drips_is_given_up() {
    let head = format!(
        "POST /api/v1/transcripts/{CODE}/disclosure HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    let answer = exchange(server(HASTY), head.as_bytes());
    assert_eq!(status(&answer), "408", "{answer}");
    assert!(answer.contains("urn:problem-type:hocba:body-timeout"));
}

#[test]
fn a_head_that_drips_is_given_up() {
    let answer = exchange(server(HASTY), b"GET / HTTP/1.1\r\nHost: loc");
    assert!(answer.is_empty() || status(&answer) == "408", "{answer}");
}

#[test]
fn an_announced_body_that_is_too_large_is_refused_unread() {
    let head = format!(
        "POST /v/{CODE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999999999\r\n\r\n"
    );
    assert_eq!(status(&exchange(server(PATIENT), head.as_bytes())), "413");
}

#[test]
fn ambiguous_framing_is_refused() {
    let address = server(PATIENT);
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked",
    ] {
        let smuggled = format!(
            "POST /tra-cuu HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n0\r\n\r\nGET /v/{CODE} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );
        let answer = exchange(address, smuggled.as_bytes());
        assert!(!answer.contains("HTTP/1.1 200"), "{headers}: {answer}");
    }
}

#[test]
fn junk_is_refused_and_the_server_lives_on() {
    let address = server(PATIENT);
    for junk in [
        &b"\x16\x03\x01\x02\x00\x01"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /v/\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ] {
        let answer = exchange(address, junk);
        assert_ne!(status(&answer), "200", "{answer}");
    }
    let fine = exchange(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&fine), "200");
}
