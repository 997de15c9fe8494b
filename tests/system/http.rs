//! Bad input over HTTP, against a running server: the right status, a problem in JSON, never a 500,
//! and nothing personal in what the server writes to its log.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::json;

use super::nation::{copy_of, made};
use super::process::{Server, hocba};

const SETTINGS: &str = "header_deadline_ms = 800\nbody_deadline_ms = 800\n[log_output]\nlevel = \"debug\"";

/// Sends bytes as they are and reads until the server closes or falls silent.
fn raw(address: SocketAddr, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    for part in parts {
        if stream.write_all(part).is_err() {
            break;
        }
        if parts.len() > 1 {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0)
}

/// A refusal by our own code is a problem document; one by the HTTP parser has no body.
fn assert_refused(what: &str, answer: &str, allowed: &[u16]) {
    assert!(allowed.contains(&status(answer)), "{what}: {}", &answer[..answer.len().min(200)]);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    if !body.is_empty() {
        let head = head.to_ascii_lowercase();
        assert!(head.contains("application/problem+json") || head.contains("text/html"), "{what}: {head}");
    }
}

#[test]
fn bad_input_is_refused_and_nothing_personal_is_logged() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), SETTINGS);
    let sample = &made().samples()[0];
    let code = sample.code.to_string();
    codes(&server);
    bodies(&server, &code);
    requests(&server, &code);
    forwarded(&server, &code);
    // Right and wrong disclosures, pages, and the command line: what is typed is in none of the logs.
    let date = sample.date_of_birth.to_string();
    for birth in [date.as_str(), "1987-06-05"] {
        server.disclose(&code, &json!({ "date_of_birth": birth, "full_name": sample.full_name }));
        let form = format!("date_of_birth={birth}&full_name=CanaryName");
        server.post(&format!("/v/{code}"), "application/x-www-form-urlencoded", form.as_bytes());
    }
    server.get(&format!("/v/{code}?birth=1987-06-05&name=CanaryName"));
    server.get(&format!("/tra-cuu?ma={code}"));
    assert_eq!(server.verdict(&code).0, 200, "still there");
    let told = hocba(data.path()).args(["--json", "status"]).output().unwrap();
    let metrics = String::from_utf8_lossy(&told.stdout).into_owned();
    let logs = server.log() + &metrics;
    assert!(!logs.contains("panicked"), "{logs}");
    assert!(!logs.contains("status=500") && !logs.contains("status: 500"), "{logs}");
    let upper = code.to_uppercase();
    let hyphens = format!("{}-{}", &code[..8], &code[8..12]);
    for secret in
        [code.as_str(), &upper, &hyphens, &sample.full_name, &date, "1987-06-05", "CanaryName", "203.0.113.77"]
    {
        assert!(!logs.contains(secret), "the log names {secret}");
    }
}

fn codes(server: &Server) {
    for code in [
        "0",
        "zz",
        "0f8fad5bd9cb469fa16570867728950",
        "0f8fad5bd9cb469fa16570867728950ee",
        "g".repeat(32).as_str(),
        "0f8fad5bd9cb469fa16570867728950e.css",
        "0f8fad5bd9cb469fa16570867728950e%00",
        "..%2f..%2fetc%2fpasswd",
        "%F0%9F%92%A9",
        "%ff%fe",
        "０f8fad5bd9cb469fa16570867728950e",
        "a".repeat(5000).as_str(),
    ] {
        let encoded: String = code
            .bytes()
            .map(|b| if b.is_ascii_graphic() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect();
        let (status, problem) = server.verdict(&encoded);
        assert!(matches!(status, 400 | 404 | 414), "{code}: {status}");
        assert_ne!(problem["verdict"], "unknown", "{code}: malformed is not unknown");
    }
    let (status, answer) = server.verdict("5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a");
    assert_eq!((status, &answer["verdict"]), (404, &json!("unknown")));
}

fn bodies(server: &Server, code: &str) {
    let path = format!("/api/v1/transcripts/{code}/disclosure");
    let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
    let nested = format!("{{\"date_of_birth\":{}1{}}}", "{\"a\":".repeat(1000), "}".repeat(1000));
    for body in [
        "",
        "null",
        "[]",
        "\"x\"",
        "{",
        "{}",
        "{\"date_of_birth\":1.5}",
        "{\"date_of_birth\":20100101}",
        "{\"date_of_birth\":\"2010-01-01\",\"date_of_birth\":\"2010-01-02\"}",
        "{\"date_of_birth\":\"2010-01-01\",\"ghichu\":1}",
        "{\"date_of_birth\":\"2010-13-01\"}",
        "{\"date_of_birth\":\"2010-02-30\"}",
        "{\"date_of_birth\":\"01/02/2010\"}",
        "{\"date_of_birth\":\"\"}",
        "{\"date_of_birth\":\"2010\",\"full_name\":\"\\ud800\"}",
        "{\"date_of_birth\":\"2010-01-01\",\"token\":\"x\"}",
        "{\"date_of_birth\":\"2010\",\"full_name\":\"a\u{202e}b\"}",
        "{\"date_of_birth\":\"2010-01-01\"} x",
        &deep,
        &nested,
    ] {
        let (status, problem) = server.post(&path, "application/json", body.as_bytes());
        assert_eq!(status, 400, "{}: {problem}", &body[..body.len().min(60)]);
        assert!(problem["type"].is_string() && problem["title"].is_string(), "{problem}");
    }
    let (status, _) = server.post(&path, "application/json", b"{\"date_of_birth\":\"\xff\xfe\"}");
    assert_eq!(status, 400);
    let right = b"{\"date_of_birth\":\"2010-01-01\"}";
    for media in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        assert_eq!(server.post(&path, media, right).0, 415, "{media}");
    }
    assert_eq!(server.post(&path, "application/json", &vec![b' '; 100_000]).0, 413);
    assert_eq!(server.post(&format!("/v/{code}"), "application/json", right).0, 415);
    assert_eq!(server.post(&format!("/v/{code}"), "application/x-www-form-urlencoded", &vec![b'a'; 1 << 20]).0, 413);
}

fn requests(server: &Server, code: &str) {
    let (to, route) = (server.address, format!("/api/v1/transcripts/{code}"));
    let head = |method: &str, more: &str| format!("{method} {route} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n");
    for method in ["PUT", "DELETE", "PATCH", "POST", "TRACE", "BREW"] {
        let answer = raw(to, &[head(method, "Connection: close\r\nContent-Length: 0\r\n").as_bytes()]);
        assert_refused(method, &answer, &[405]);
        assert!(answer.to_ascii_lowercase().contains("allow: get"), "{method}: {answer}");
    }
    let many: String = (0..300).map(|i| format!("X-Flood-{i}: y\r\n")).collect();
    assert_refused("300 headers", &raw(to, &[head("GET", &many).as_bytes()]), &[400, 431]);
    let long = format!("X-Long: {}\r\n", "z".repeat(300_000));
    assert_refused("a long header", &raw(to, &[head("GET", &long).as_bytes()]), &[0, 400, 413, 431]);
    let foreign = format!("GET {route} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_refused("a foreign host", &raw(to, &[foreign.as_bytes()]), &[421]);
    let two = format!("GET {route} HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_refused("two hosts", &raw(to, &[two.as_bytes()]), &[400, 421]);
    let no_host = format!("GET {route} HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert_refused("no host", &raw(to, &[no_host.as_bytes()]), &[400, 421]);
    assert_refused("no HTTP", &raw(to, &[b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"]), &[0, 400]);
    let both = "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n";
    let answer =
        raw(to, &[head("POST", both).as_bytes(), b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"]);
    assert!(answer.matches("HTTP/1.1 200").count() == 0, "smuggled: {answer}");
    // Heads and bodies that drip.
    assert_refused("a slow head", &raw(to, &[b"GET / HT", b"TP/1.1\r\nHo", b"st: lo", b"calhost\r", b"\n"]), &[0, 408]);
    let body = format!(
        "POST {route}/disclosure HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    );
    let drips: Vec<&[u8]> = std::iter::once(body.as_bytes()).chain((0..6).map(|_| &b"{"[..])).collect();
    assert_refused("a slow body", &raw(to, &drips), &[408]);
}

/// Nobody who is not a trusted proxy gets another address by writing one.
fn forwarded(server: &Server, code: &str) {
    let sample = made().samples().iter().find(|s| s.code.to_string() != code).unwrap();
    let body = b"{\"date_of_birth\":\"1999-01-01\"}";
    let statuses: Vec<u16> = (0..7)
        .map(|i| {
            let request = format!(
                "POST /api/v1/transcripts/{}/disclosure HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 X-Forwarded-For: 203.0.113.7{i}\r\nForwarded: for=203.0.113.7{i}\r\nX-Real-IP: 203.0.113.7{i}\r\n\
                 Connection: close\r\nContent-Length: {}\r\n\r\n",
                sample.code,
                body.len()
            );
            status(&raw(server.address, &[request.as_bytes(), body]))
        })
        .collect();
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429, 429], "forged addresses count as one");
}
