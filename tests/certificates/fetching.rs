//! Asking authorities over a network: a real responder, and servers that misbehave.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hocba::certificates::{FetchFault, Fetcher, Refresh, Report, Store};
use hocba::signing::certificates::Certificate;
use hocba::transcript::time::Moment;

use super::pki::{CA, Pki, RESPONDER, SIGNER, spec};
use crate::ports::free_port;

/// What is shown under which path.
type Shown = Vec<(String, Vec<u8>)>;

/// Serves byte strings by path, and counts who asked.
pub(super) struct Files {
    pub(super) port: u16,
    pub(super) asked: Arc<AtomicUsize>,
    shown: Arc<Mutex<Shown>>,
}

impl Files {
    pub(super) fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, shown) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Shown>>::default());
        let (count, files) = (Arc::clone(&asked), Arc::clone(&shown));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                answer(stream, &files.lock().unwrap());
            }
        });
        Self { port, asked, shown }
    }

    pub(super) fn show(&self, path: &str, bytes: &[u8]) {
        let mut shown = self.shown.lock().unwrap();
        shown.retain(|(known, _)| known != path);
        shown.push((path.to_owned(), bytes.to_vec()));
    }

    pub(super) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }
}

fn answer(mut stream: TcpStream, files: &[(String, Vec<u8>)]) {
    let mut head = [0; 4096];
    let length = stream.read(&mut head).unwrap_or(0);
    let text = String::from_utf8_lossy(&head[..length]).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default();
    let _ = match (path, files.iter().find(|(known, _)| known == path)) {
        ("/away", _) => write!(stream, "HTTP/1.1 302 Found\r\nlocation: /inside\r\ncontent-length: 0\r\n\r\n"),
        ("/endless", _) => {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[0x30; 65536]).is_ok() {}
            Ok(())
        }
        ("/silent", _) => {
            std::thread::sleep(Duration::from_secs(30));
            Ok(())
        }
        (_, Some((_, bytes))) => write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len())
            .and_then(|()| stream.write_all(bytes)),
        _ => write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
    };
}

/// `openssl ocsp` as a server; killed when dropped.
pub(super) struct Responder {
    child: Child,
}

impl Responder {
    pub(super) fn start(pki: &Pki, port: u16) -> Self {
        let (index, ca, said) = ("authority.index", "authority.pem", pki.path("responder.log"));
        let log = std::fs::File::create(&said).unwrap();
        let child = Command::new("openssl")
            .args(["ocsp", "-index", index, "-CA", ca, "-rsigner", "responder.pem", "-rkey", "responder.key"])
            .args(["-port", &port.to_string(), "-ndays", "1", "-ignore_err"])
            .current_dir(pki.dir())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        // It waits for ever on a connection that says nothing, so none is made to see whether it listens.
        for _ in 0..200 {
            if std::fs::read_to_string(&said).unwrap().contains("waiting for OCSP client") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A root, an authority and a signer that say where to ask.
pub(super) struct Asked {
    pub(super) pki: Pki,
    pub(super) files: Files,
    pub(super) ocsp_port: u16,
}

impl Asked {
    pub(super) fn new() -> Self {
        let (pki, files, ocsp_port) = (Pki::new(), Files::serve(), free_port());
        pki.issue("root", "root", &spec(CA));
        pki.issue("root", "authority", &spec(&format!("{CA}crlDistributionPoints=URI:{}\n", files.url("/root.crl"))));
        pki.issue("authority", "responder", &spec(RESPONDER));
        files.show("/authority.cer", pki.certificate("authority").der());
        Self { pki, files, ocsp_port }
    }

    pub(super) fn extensions(&self) -> String {
        let access =
            format!("OCSP;URI:http://127.0.0.1:{},caIssuers;URI:{}", self.ocsp_port, self.files.url("/authority.cer"));
        format!(
            "{SIGNER}authorityInfoAccess={access}\ncrlDistributionPoints=URI:{}\n",
            self.files.url("/authority.crl")
        )
    }

    pub(super) fn publish(&self) {
        self.files.show("/root.crl", &self.pki.fresh_list("root"));
        self.files.show("/authority.crl", &self.pki.fresh_list("authority"));
    }

    pub(super) fn hosts(&self) -> Vec<String> {
        vec![self.files.host(), format!("127.0.0.1:{}", self.ocsp_port)]
    }
}

fn now() -> Moment {
    Moment::from(jiff::Timestamp::now())
}

fn refresh(store: &Store, root: &Certificate, signer: &Certificate, hosts: &[String], ask_ocsp: bool) -> Report {
    let fetcher = Fetcher::new(hosts, Duration::from_secs(5));
    let roots = [root.clone()];
    let nonce = || Some([7; 16]);
    let refresh = Refresh { store, fetcher: &fetcher, roots: &roots, ask_ocsp, nonce };
    refresh.run(std::slice::from_ref(signer), now()).unwrap()
}

#[test]
fn a_round_brings_the_authority_the_lists_and_an_answer() {
    let asked = Asked::new();
    let signer = asked.pki.issue("authority", "signer", &super::pki::spec(&asked.extensions()));
    asked.publish();
    let _responder = Responder::start(&asked.pki, asked.ocsp_port);
    let root = asked.pki.certificate("root");
    let dir = tempfile::tempdir().unwrap();
    let store = Store::at(dir.path().join("certificates"));
    store.keep_certificate(&signer).unwrap();
    let report = refresh(&store, &root, &signer, &asked.hosts(), true);
    assert_eq!((report.certificates, report.faults.len()), (2, 0), "{report:?}");
    let kept = store.load().unwrap();
    assert!(kept.certificate(&asked.pki.certificate("authority").thumbprint()).is_some());
    assert!(kept.damaged().is_empty());
    // Again and again: what newer answers replace goes.
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(1100));
        asked.publish();
        let report = refresh(&store, &root, &signer, &asked.hosts(), true);
        assert!(report.kept >= 1 && report.removed >= 1, "{report:?}");
    }
    let kept = store.load().unwrap();
    assert!(kept.ocsp().len() + kept.lists().len() <= 3, "{} and {}", kept.ocsp().len(), kept.lists().len());
    // A file that was changed is named and counts for nothing.
    let file = dir.path().join("certificates/crl");
    let file = std::fs::read_dir(file).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(store.load().unwrap().damaged().len(), 1);
}

#[test]
fn a_host_that_is_not_allowed_is_never_asked() {
    let asked = Asked::new();
    let signer = asked.pki.issue("authority", "signer", &super::pki::spec(&asked.extensions()));
    asked.publish();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::at(dir.path().join("certificates"));
    store.keep_certificate(&asked.pki.certificate("authority")).unwrap();
    let root = asked.pki.certificate("root");
    for hosts in [vec![], vec!["127.0.0.1".to_owned()], vec!["example.vn".to_owned()]] {
        let report = refresh(&store, &root, &signer, &hosts, true);
        assert!(report.faults.iter().all(|fault| fault.contains("allowed_hosts")), "{report:?}");
        assert_eq!((report.faults.is_empty(), report.kept), (false, 0));
    }
    assert_eq!(asked.files.asked.load(Ordering::SeqCst), 0);
}

#[test]
fn addresses_are_plain_and_of_named_hosts() {
    let fetcher = Fetcher::new(&["ocsp.ca.gov.vn".into(), "ca.gov.vn:8080".into()], Duration::from_secs(1));
    for allowed in [
        "http://ocsp.ca.gov.vn",
        "http://OCSP.ca.gov.vn/x",
        "https://ocsp.ca.gov.vn:443/",
        "http://ca.gov.vn:8080/a.crl",
    ] {
        assert!(fetcher.check(allowed).is_ok(), "{allowed}");
    }
    for refused in [
        "http://ca.gov.vn/",
        "http://ocsp.ca.gov.vn:8080/",
        "http://ocsp.ca.gov.vn.example.com/",
        "http://ocsp.ca.gov.vn@127.0.0.1/",
        "http://user@ocsp.ca.gov.vn/",
        "ftp://ocsp.ca.gov.vn/",
        "file:///etc/passwd",
        "ldap://ocsp.ca.gov.vn/",
        "http://169.254.169.254/",
        "http://[::1]/",
        "//ocsp.ca.gov.vn/",
        "ocsp.ca.gov.vn",
        "http://",
        "",
    ] {
        assert!(matches!(fetcher.check(refused), Err(FetchFault::NotAllowed(_))), "{refused}");
    }
}

#[test]
fn redirects_giants_and_silence_end_in_a_named_fault() {
    let files = Files::serve();
    files.show("/inside", b"secret");
    files.show("/long", &[0x30; 2000]);
    let fetcher = Fetcher::new(&[files.host()], Duration::from_millis(700));
    assert_eq!(fetcher.get(&files.url("/long"), 2000).unwrap().len(), 2000);
    assert_eq!(fetcher.get(&files.url("/long"), 1999), Err(FetchFault::TooLong(files.host())));
    for path in ["/away", "/nowhere"] {
        assert!(matches!(fetcher.get(&files.url(path), 2000), Err(FetchFault::Failed { .. })), "{path}");
    }
    assert_eq!(fetcher.get(&files.url("/endless"), 1 << 20), Err(FetchFault::TooLong(files.host())));
    let silent = fetcher.get(&files.url("/silent"), 2000);
    assert!(matches!(silent, Err(FetchFault::Failed { .. })), "{silent:?}");
}
