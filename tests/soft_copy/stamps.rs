//! Copies with a timestamp, from an authority made with `openssl ts` and asked over HTTP.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hocba::certificates::{Fetcher, TimestampAuthority};
use hocba::signing::certificates::{Answers, ChainFault, StampFault, StampTrust, Timestamp, Timestamper};
use hocba::soft_copy::pades::{Particulars, SignFault, Stamping, sign};
use hocba::soft_copy::read_back::{Alteration, Refused, verify};
use hocba::transcript::time::Moment;

use super::base::{People, particulars, plain};
use crate::certificates::pki::{CA, Pki, SIGNER, TSA, spec};

/// How the authority behaves.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mood {
    Proper,
    /// Answers with this status line.
    Status(&'static str),
    Silent,
    Endless,
    Garbage,
    /// An answer of before, to another request.
    Old,
    /// Refuses as RFC 3161 has it.
    Rejects,
}

/// A timestamp authority on a port of its own.
pub(super) struct Server {
    pub(super) port: u16,
    mood: Arc<Mutex<Mood>>,
    pub(super) pki: Arc<Pki>,
}

impl Server {
    pub(super) fn start(extensions: &str) -> Self {
        let pki = Pki::new();
        pki.issue("root", "root", &spec(CA));
        pki.issue("root", "tsa", &spec(extensions));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (pki, mood) = (Arc::new(pki), Arc::new(Mutex::new(Mood::Proper)));
        let (own, now) = (Arc::clone(&pki), Arc::clone(&mood));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mood = *now.lock().unwrap();
                let _ = answer(stream, mood, &own);
            }
        });
        Self { port, mood, pki }
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn client(&self) -> TimestampAuthority {
        self.client_trusting("root")
    }

    fn client_trusting(&self, root: &str) -> TimestampAuthority {
        let host = format!("127.0.0.1:{}", self.port);
        let roots = vec![self.pki.certificate(root)];
        let trust = Arc::new(StampTrust { roots, authorities: Vec::new(), answers: Answers::default() });
        let fetcher = Fetcher::new(std::slice::from_ref(&host), Duration::from_secs(3));
        let nonce = || {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok().map(|()| bytes)
        };
        TimestampAuthority::new(format!("http://{host}/tsa"), fetcher, trust, nonce)
    }
}

fn answer(mut stream: TcpStream, mood: Mood, pki: &Pki) -> std::io::Result<()> {
    let request = body(&mut stream)?;
    match mood {
        Mood::Silent => std::thread::sleep(Duration::from_secs(8)),
        Mood::Status(line) => write!(stream, "HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n")?,
        Mood::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\n\r\n")?;
            while stream.write_all(&[0x30; 65536]).is_ok() {}
        }
        Mood::Garbage => reply(&mut stream, b"<html>Bao tri he thong</html>")?,
        Mood::Old => reply(&mut stream, &fs::read(pki.path("said.tsr"))?)?,
        // SEQUENCE { SEQUENCE { INTEGER 2 } }: rejection.
        Mood::Rejects => reply(&mut stream, &[0x30, 5, 0x30, 3, 2, 1, 2])?,
        Mood::Proper => {
            let dir = pki.dir().display();
            let config = format!(
                "[tsa]\ndefault_tsa=one\n[one]\nserial={dir}/tsa.serial\nsigner_digest=sha256\n\
                 default_policy=2.16.704.1.1.1.2\ndigests=sha256\naccuracy=secs:1\n"
            );
            fs::write(pki.path("tsa.cnf"), config)?;
            fs::write(pki.path("ask.tsq"), request)?;
            pki.openssl(&[
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "ask.tsq",
                "-signer",
                "tsa.pem",
                "-inkey",
                "tsa.key",
                "-out",
                "said.tsr",
            ]);
            reply(&mut stream, &fs::read(pki.path("said.tsr"))?)?;
        }
    }
    Ok(())
}

fn reply(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    let length = bytes.len();
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {length}\r\n\r\n")?;
    stream.write_all(bytes)
}

fn body(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part)?;
        all.extend_from_slice(&part[..read]);
        let Some(head) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&all[..head]).to_ascii_lowercase();
        assert!(text.contains("content-type: application/timestamp-query"), "{text}");
        let length: usize =
            text.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        if read == 0 || all.len() >= head + 4 + length {
            return Ok(all.split_off(head + 4));
        }
    }
}

fn now() -> Particulars<'static> {
    Particulars { at: Moment::from(jiff::Timestamp::now()), ..particulars() }
}

#[test]
fn a_copy_gets_a_timestamp_that_is_read_back_with_it() {
    let (people, server) = (People::new(1), Server::start(TSA));
    let client = server.client();
    let signed = sign(&plain(), &now(), &people.signer, Stamping::Required(&client)).unwrap();
    let pinned = people.pinned();
    let copy = verify(&signed.bytes, &pinned).unwrap();
    let timestamp = copy.timestamp().unwrap();
    assert_eq!(timestamp.der(), signed.timestamp.unwrap().der());
    assert!((timestamp.at().as_millis() - copy.signed_at().as_millis()).abs() < 300_000);
    // Taken away it is a copy without one: so nothing may be made to depend on its absence.
    let bare = sign(&plain(), &Particulars { at: copy.signed_at(), ..particulars() }, &people.signer, Stamping::None);
    let bare = bare.unwrap().bytes;
    assert!(verify(&bare, &pinned).unwrap().timestamp().is_none());
    let differs = bare.iter().zip(&signed.bytes).filter(|(a, b)| a != b).count();
    assert!(bare.len() == signed.bytes.len() && differs > 0);
    // Over another signature it does not count.
    let other = sign(&plain(), &particulars(), &people.signer, Stamping::Required(&Fixed(timestamp.clone())));
    assert_eq!(other.map(|_| ()), Err(SignFault::Stamp(StampFault::Clock)));
    let moved = sign(&plain(), &now(), &people.signer, Stamping::Required(&Fixed(timestamp.clone())));
    match moved {
        Err(SignFault::NotReadBack) => {}
        Ok(same) => assert_eq!(same.bytes, signed.bytes, "in the same second"),
        Err(fault) => panic!("{fault}"),
    }
}

type Expected = fn(&StampFault) -> bool;

/// Always the same answer.
struct Fixed(Timestamp);

impl Timestamper for Fixed {
    fn stamp(&self, _: &[u8; 32]) -> Result<Timestamp, StampFault> {
        Ok(self.0.clone())
    }
}

#[test]
fn an_authority_that_fails_ends_the_issue_only_where_it_is_required() {
    let (people, server) = (People::new(1), Server::start(TSA));
    let client = server.client();
    // One proper answer first, for the mood that repeats it.
    client.stamp(&[5; 32]).unwrap();
    let is_away = |fault: &StampFault| matches!(fault, StampFault::Away(_));
    let moods: [(Mood, Expected); 7] = [
        (Mood::Status("503 Service Unavailable"), is_away),
        (Mood::Status("302 Found\r\nlocation: http://127.0.0.1/"), is_away),
        (Mood::Silent, is_away),
        (Mood::Endless, is_away),
        (Mood::Garbage, |fault| *fault == StampFault::Form),
        (Mood::Old, |fault| *fault == StampFault::OtherRequest),
        (Mood::Rejects, |fault| *fault == StampFault::Refused),
    ];
    for (mood, expected) in moods {
        server.is(mood);
        match sign(&plain(), &now(), &people.signer, Stamping::Required(&client)) {
            Err(SignFault::Stamp(fault)) => assert!(expected(&fault), "{fault}"),
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
    server.is(Mood::Garbage);
    let signed = sign(&plain(), &now(), &people.signer, Stamping::Wanted(&client)).unwrap();
    assert_eq!(signed.unstamped, Some(StampFault::Form));
    assert!(verify(&signed.bytes, &people.pinned()).unwrap().timestamp().is_none());
}

#[test]
fn only_an_authority_below_a_configured_root_counts() {
    let server = Server::start(TSA);
    assert!(server.client().stamp(&[5; 32]).is_ok());
    let stranger = Server::start(TSA);
    stranger.pki.issue("other", "other", &spec(CA));
    let fault = stranger.client_trusting("other").stamp(&[5; 32]).unwrap_err();
    assert_eq!(fault, StampFault::Untrusted(ChainFault::NoRoot));
    // `openssl ts` makes none with a certificate for signing, so one that ended stands for what is not valid.
    let ended = Pki::new();
    ended.issue("root", "root", &spec(CA));
    assert!(SIGNER.contains("emailProtection"));
    let unknown = TimestampAuthority::new(
        "http://127.0.0.1:1/tsa".into(),
        Fetcher::new(&[], Duration::from_secs(1)),
        Arc::new(StampTrust {
            roots: vec![ended.certificate("root")],
            authorities: Vec::new(),
            answers: Answers::default(),
        }),
        || Some([1; 32]),
    );
    assert!(matches!(unknown.stamp(&[5; 32]), Err(StampFault::Away(_))), "its host is not allowed");
}

#[test]
fn a_flipped_byte_in_a_stamped_copy_never_moves_what_it_says() {
    let (people, server) = (People::new(1), Server::start(TSA));
    let signed = sign(&plain(), &now(), &people.signer, Stamping::Required(&server.client())).unwrap();
    let pinned = people.pinned();
    let whole = verify(&signed.bytes, &pinned).unwrap();
    let (at, stamped) = (whole.signed_at(), whole.timestamp().unwrap().at());
    let gap = signed.bytes.windows(10).position(|w| w == b"/Contents<").map(|p| p + 10);
    // The last one: pages have contents, too, but never in angle brackets.
    let gap = gap.unwrap();
    for place in gap..gap + 10_000 {
        let mut bytes = signed.bytes.clone();
        // Another digit.
        bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
        match verify(&bytes, &pinned) {
            // Certificates that a token carries beside its own are not signed by anybody in it.
            Ok(copy) => assert_eq!((copy.signed_at(), copy.timestamp().unwrap().at()), (at, stamped), "{place}"),
            Err(refused) => assert!(
                matches!(refused, Refused::Altered(_)) && refused != Refused::Altered(Alteration::Time),
                "{place}: {refused}"
            ),
        }
    }
}
