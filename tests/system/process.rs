//! The real binary: one command, or a server on a port of its own.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::ports::free_port;
use serde_json::Value;

/// A command on a data directory.
pub(super) fn hocba(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hocba"));
    command.arg("--data").arg(data).stdin(Stdio::null());
    command
}

/// Its exit code is this one, and it did not panic.
pub(super) fn assert_exit(output: &Output, code: i32) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    assert_eq!(output.status.code(), Some(code), "stdout: {out}\nstderr: {err}");
}

/// Commands of one kind, such as `office`, that an operator gives; answered as JSON.
pub(super) struct Commands {
    pub(super) kind: &'static str,
    /// Who makes a change, and why.
    pub(super) by: [&'static str; 4],
}

impl Commands {
    fn run(&self, data: &Path, args: &[&str]) -> Output {
        hocba(data).args(["--json", self.kind]).args(args).output().unwrap()
    }

    /// What is answered to a command that is done.
    pub(super) fn done(&self, data: &Path, args: &[&str]) -> Value {
        let ran = self.run(data, args);
        assert_exit(&ran, 0);
        serde_json::from_slice(&ran.stdout).unwrap()
    }

    /// What is said to one that is not.
    pub(super) fn refused(&self, data: &Path, args: &[&str]) -> String {
        let ran = self.run(data, args);
        assert_exit(&ran, 2);
        String::from_utf8(ran.stderr).unwrap()
    }

    /// What is answered to a change.
    pub(super) fn changed(&self, data: &Path, args: &[&str]) -> Value {
        self.done(data, &[args, &self.by].concat())
    }
}

/// A server; killed when dropped.
pub(super) struct Server {
    pub(super) child: Child,
    pub(super) address: SocketAddr,
    log: PathBuf,
}

/// A code that is on record in every copy.
fn some_code() -> String {
    let made = super::nation::made();
    let known_before = made.answers.keys().find(|code| made.answers_before.contains_key(*code));
    known_before.expect("a code on record before").clone()
}

impl Server {
    /// Starts `hocba serve` with further settings, and waits until it has followed what is there.
    pub(super) fn start(data: &Path, settings: &str) -> Self {
        let server = Self::spawn(data, settings);
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            // Until then a code on record could not be checked; it is never unknown.
            match server.verdict(&some_code()).0 {
                0 | 503 => std::thread::sleep(Duration::from_millis(50)),
                200 => return server,
                status => panic!("a code on record is answered with {status}"),
            }
        }
        panic!("the server did not start: {}", server.log());
    }

    /// Waits until its answers reflect the newest checkpoint.
    pub(super) fn wait_until_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.get("/readyz").0 != 200 {
            assert!(Instant::now() < deadline, "the server is not ready: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts it and does not wait.
    pub(super) fn spawn(data: &Path, settings: &str) -> Self {
        let address: SocketAddr = ([127, 0, 0, 1], free_port()).into();
        let config = data.join("test.toml");
        let text = format!("[serve]\nadmin_listen = \"127.0.0.1:{}\"\nworkers = 2\n{settings}\n", free_port());
        std::fs::write(&config, text).unwrap();
        let log = data.join("server.log");
        let child = hocba(data)
            .args(["serve", "--listen", &address.to_string(), "--config"])
            .arg(config)
            .stdout(Stdio::null())
            .stderr(std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, address, log }
    }

    /// Everything it has written to its log.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Status and body; status 0 when there was no answer.
    pub(super) fn get(&self, path: &str) -> (u16, Value) {
        answer(agent().get(format!("http://{}{path}", self.address)).call())
    }

    pub(super) fn verdict(&self, code: &str) -> (u16, Value) {
        self.get(&format!("/api/v1/transcripts/{code}"))
    }

    pub(super) fn post(&self, path: &str, content_type: &str, body: &[u8]) -> (u16, Value) {
        let request = agent().post(format!("http://{}{path}", self.address));
        answer(request.header("content-type", content_type).send(body))
    }

    pub(super) fn disclose(&self, code: &str, ask: &Value) -> (u16, Value) {
        let path = format!("/api/v1/transcripts/{code}/disclosure");
        self.post(&path, "application/json", &serde_json::to_vec(ask).unwrap())
    }

    /// Sends a form; status and page.
    pub(super) fn form(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = agent().post(format!("http://{}{path}", self.address));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        text(request.send(body.join("&").as_bytes()))
    }

    /// Sends a file as a form does; status and page.
    pub(super) fn upload(&self, path: &str, file: &[u8]) -> (u16, String) {
        let request = agent().post(format!("http://{}{path}", self.address));
        text(request.header("content-type", MULTIPART).send(&multipart(file)))
    }

    /// Sends a form and follows nothing: status, where it leads to, and the page.
    pub(super) fn form_leading_on(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Option<String>, String) {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = agent().post(format!("http://{}{path}", self.address)).config().max_redirects(0).build();
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request.send(body.join("&").as_bytes()).unwrap();
        let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let (status, page) = text(Ok(response));
        (status, to, page)
    }

    /// A file, or a part of it: status, headers, bytes.
    pub(super) fn fetch(&self, path: &str, range: Option<&str>) -> (u16, ureq::http::HeaderMap, Vec<u8>) {
        let mut request = agent().get(format!("http://{}{path}", self.address));
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let mut response = request.call().unwrap();
        let mut body = Vec::new();
        response.body_mut().as_reader().read_to_end(&mut body).unwrap();
        (response.status().as_u16(), response.headers().clone(), body)
    }

    /// Sends a file as a form does, and asks for JSON.
    pub(super) fn judge(&self, path: &str, file: &[u8]) -> (u16, Value) {
        let request = agent().post(format!("http://{}{path}", self.address)).header("accept", "application/json");
        answer(request.header("content-type", MULTIPART).send(&multipart(file)))
    }

    /// SIGKILL, and the end of it.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub(super) fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const MULTIPART: &str = "multipart/form-data; boundary=ranh-gioi";

fn multipart(file: &[u8]) -> Vec<u8> {
    let head = "--ranh-gioi\r\nContent-Disposition: form-data; name=\"file\"; filename=\"tep\"\r\n\r\n";
    [head.as_bytes(), file, b"\r\n--ranh-gioi--\r\n"].concat()
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .max_idle_connections(0)
        .build();
    config.into()
}

/// A form's value as browsers encode it.
fn encoded(value: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._*".contains(&b);
    value.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn text(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, String) {
    let mut response = response.unwrap();
    let mut body = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut body).unwrap();
    (response.status().as_u16(), String::from_utf8(body).unwrap())
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, Value) {
    let Ok(mut response) = response else { return (0, Value::Null) };
    let mut body = Vec::new();
    if response.body_mut().as_reader().read_to_end(&mut body).is_err() {
        return (0, Value::Null);
    }
    (response.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default())
}
