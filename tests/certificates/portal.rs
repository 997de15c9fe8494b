//! A whole portal: a school signs with certificates, the portal is asked, the certificates are revoked.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use hocba::signing::certificates::Certificate;
use serde_json::{Value, json};

use super::fetching::{Asked, Responder};
use super::pki::{Spec, TSA, now, spec};
use crate::package::samples;
use crate::ports::free_port;

const BIRTH: &str = "2014-03-09";
pub(super) const BAC_NINH: &str = "24:2025-07-01:Bắc Ninh";

/// A ministry, a province, a school with certificates and a portal, all in one directory.
pub(super) struct World {
    pub(super) asked: Asked,
    responder: Option<Responder>,
}

impl World {
    pub(super) fn new() -> Self {
        let asked = Asked::new();
        asked.pki.issue("authority", "head", &spec(&asked.extensions()));
        let rsa = Spec { key: "rsa:2048", ..spec("") };
        asked.pki.issue("authority", "institution", &Spec { extensions: &asked.extensions(), ..rsa });
        let lists = format!("{TSA}crlDistributionPoints=URI:{}\n", asked.files.url("/root.crl"));
        asked.pki.issue("root", "tsa", &spec(&lists));
        let responder = Some(Responder::start(&asked.pki, asked.ocsp_port));
        let world = Self { asked, responder };
        world.equip();
        world
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.asked.pki.path(file)
    }

    pub(super) fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hocba"));
        let output = command.args(arguments).arg("--json").current_dir(self.asked.pki.dir()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}\n{stderr}"));
        (output.status.code().unwrap(), answer)
    }

    pub(super) fn ok(&self, arguments: &[&str]) -> Value {
        let (code, answer) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?} {answer}");
        answer
    }

    fn equip(&self) {
        for name in ["ministry", "province"] {
            self.ok(&["key", "generate", "--out", &format!("{name}.key")]);
        }
        let period = ["--from", "2025-07-01", "--to", "2040-06-30", "--issued-at", "2026-05-04T08:00:00+07:00"];
        let grant = |by: &str, to: &str, role: &str, out: &str, rest: &[&str]| {
            let start =
                ["key", "grant", "--key", by, "--grantee", to, "--role", role, "--province", BAC_NINH, "--out", out];
            self.ok(&[&start[..], &period, rest].concat());
        };
        grant("ministry.key", "province.jwk", "province", "province.grant", &["--predecessor", "24:2004-07-08"]);
        let school = ["--school", "24000701", "--school-name", "Trường THCS Thử Nghiệm", "--level", "thcs"];
        grant("province.key", "head.pem", "head", "head.grant", &school);
        grant("province.key", "institution.pem", "institution", "institution.grant", &school);
        self.ok(&["key", "portal", "--data", "data", "--root", "ministry.jwk"]);
        fs::copy(self.path("root.pem"), self.path("data/root.pem")).unwrap();
        let config = self.path("data/hocba.toml");
        let hosts = json!(self.asked.hosts());
        let more = format!("\n[certificates]\nroots = [\"root.pem\"]\nallowed_hosts = {hosts}\ntimeout_ms = 5000\n");
        fs::write(&config, fs::read_to_string(&config).unwrap() + &more).unwrap();
        self.make("bo-1", &["--key", "ministry.key", "--ministry", "--sequence", "1", "province.grant"]);
        self.ok(&["ingest", "--data", "data", "bo-1.hbp"]);
    }

    fn make(&self, name: &str, rest: &[&str]) {
        let out = format!("{name}.hbp");
        let year = ["--year", "2025-2026", "--window", "completed", "--expected-enrolment", "3"];
        let start = ["package", "make", "--created-at", "2026-06-25T10:00:00+07:00", "--out", &out];
        self.ok(&[&start[..], &year, rest].concat());
    }

    /// A signed sheet in a file of its own; gives its code.
    pub(super) fn sheet(&self, n: u32, by: &[&str]) -> String {
        let mut claims = serde_json::to_value(samples::claims(n)).unwrap();
        claims["province"] = json!({"matinh": "24", "vintage": "2025-07-01", "tentinh": "Bắc Ninh"});
        claims["matruong"] = "24000701".into();
        let groups: serde_json::Map<String, Value> =
            samples::groups(n).into_iter().map(|(group, value)| (group.name().to_owned(), value)).collect();
        fs::write(self.path("draft.json"), json!({"claims": claims, "groups": groups}).to_string()).unwrap();
        let out = format!("{n}.signed");
        self.ok(&[&["package", "sign-sheet", "--out", &out, "draft.json"][..], by].concat());
        samples::claims(n).code.to_string()
    }

    pub(super) fn deliver(&self, name: &str, rest: &[&str]) {
        self.make(name, &[&["--key", "province.key", "--province", BAC_NINH][..], rest].concat());
    }

    pub(super) fn ingest(&self, name: &str) {
        self.ok(&["ingest", "--data", "data", &format!("{name}.hbp")]);
    }

    pub(super) fn signed_with(&self, code: &str) -> String {
        let answer = self.ok(&["verify", "--data", "data", code]);
        assert_eq!(answer["sheets"].as_array().map(Vec::len), Some(1), "{answer}");
        answer["sheets"][0]["signed_with"].as_str().unwrap().to_owned()
    }

    /// Publishes lists, asks, and says whether every authority answered.
    pub(super) fn refresh(&self) -> (i32, Value) {
        // Times of authorities are whole seconds: what was logged in this one is not yet spoken of.
        std::thread::sleep(Duration::from_millis(1100));
        self.asked.publish();
        self.run(&["certificate", "refresh", "--data", "data"])
    }

    fn revoke(&mut self, name: &str, at: &str) {
        std::thread::sleep(Duration::from_millis(1100));
        let at = if at == "now" { now()[2..].to_owned() } else { at.to_owned() };
        self.asked.pki.revoke("authority", name, &at, "keyCompromise");
        // The responder reads its index when it starts.
        self.responder = None;
        self.responder = Some(Responder::start(&self.asked.pki, self.asked.ocsp_port));
    }
}

pub(super) const CERTIFIED: [&str; 8] = [
    "--head",
    "head.key",
    "--head-certificate",
    "head.pem",
    "--institution",
    "institution.key",
    "--institution-certificate",
    "institution.pem",
];

#[test]
fn official_while_the_certificates_were_good_and_ever_after() {
    let mut world = World::new();
    let code = world.sheet(1, &CERTIFIED);
    world.deliver("24-1", &["--sequence", "1", "head.grant", "institution.grant", "1.signed"]);
    world.ingest("24-1");
    assert_eq!(world.signed_with(&code), "technical", "the certificates are not here");
    world.ok(&["certificate", "import", "--data", "data", "head.pem", "institution.pem"]);
    assert_eq!(world.signed_with(&code), "technical", "nobody was asked about them");
    let (exit, report) = world.refresh();
    assert_eq!((exit, &report["faults"]), (0, &json!([])), "{report}");
    assert_eq!(world.signed_with(&code), "official");

    // A package that is delivered only after the head's certificate was revoked, but was stamped before.
    let late = world.sheet(2, &CERTIFIED);
    world.deliver("24-2", &["--after", "24-1.hbp", "2.signed"]);
    world.ok(&["certificate", "timestamp-query", "24-2.hbp", "--out", "ask.tsq"]);
    stamp(&world);
    world.revoke("head", "now");
    world.ingest("24-2");
    assert_eq!(world.refresh().0, 0);
    assert_eq!(world.signed_with(&code), "official", "it was good when the sheet was logged");
    assert_eq!(world.signed_with(&late), "technical", "it was revoked when the sheet was logged");
    let (exit, said) = fault(&world, &["certificate", "timestamp", "--data", "data", "--package", "24/1", "said.tsr"]);
    assert!(exit == 2 && said.contains("over something else"), "{said}");
    world.ok(&["certificate", "timestamp", "--data", "data", "--package", "24/2", "said.tsr"]);
    assert_eq!(world.refresh().0, 0);
    assert_eq!(world.signed_with(&late), "official", "it existed before");

    // Everything an audit makes again agrees, and so does a rebuild.
    let audited = world.ok(&["audit", "--data", "data"]);
    let checked = audited["checks"].as_array().unwrap().iter().find(|c| c["checked"] == "certificates").unwrap();
    assert!(checked["ok"] == true && checked["found"] != "0 files", "{audited}");
    world.ok(&["rebuild", "--data", "data"]);
    assert_eq!(world.signed_with(&code), "official");
    served(&world, &code);
    proved_offline(&world);
    let listed = world.ok(&["certificate", "list", "--data", "data"]);
    assert!(listed["certificates"][0]["revoked_since"].is_string(), "{listed}");
    assert_eq!((&listed["stamped_packages"], listed["certificates"].as_array().map(Vec::len)), (&json!(1), Some(2)));

    // Another root in the configuration: nothing is official, and nothing is lost.
    let root = fs::read(world.path("data/root.pem")).unwrap();
    fs::copy(world.path("tsa.pem"), world.path("data/root.pem")).unwrap();
    assert_eq!(world.signed_with(&code), "technical");
    world.refresh();
    fs::write(world.path("data/root.pem"), root).unwrap();
    assert_eq!(world.signed_with(&code), "official");

    // The institution's key was compromised long before: the authority says so later.
    world.revoke("institution", "260101000000Z");
    assert_eq!(world.signed_with(&code), "official", "not heard of yet");
    assert_eq!(world.refresh().0, 0);
    assert_eq!((world.signed_with(&code), world.signed_with(&late)), ("technical".into(), "technical".into()));
    fs::remove_dir_all(world.path("data/certificates")).unwrap();
    assert_eq!(world.signed_with(&code), "technical");
}

fn fault(world: &World, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hocba"));
    let output = command.args(arguments).current_dir(world.asked.pki.dir()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn stamp(world: &World) {
    let pki = &world.asked.pki;
    let dir = pki.dir().display();
    let config = format!(
        "[tsa]\ndefault_tsa=one\n[one]\nserial={dir}/tsa.serial\nsigner_digest=sha256\ndefault_policy=2.16.704.1.1.1.2\ndigests=sha256\n"
    );
    fs::write(pki.path("tsa.cnf"), config).unwrap();
    let mut arguments = vec!["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "ask.tsq", "-signer", "tsa.pem"];
    arguments.extend(["-inkey", "tsa.key", "-out", "said.tsr"]);
    pki.openssl(&arguments);
}

/// A server says the same, in JSON and on the page, and asks nobody on the way to it.
pub(super) fn served(world: &World, code: &str) {
    let port = free_port();
    let (address, config) = (format!("127.0.0.1:{port}"), world.path("serve.toml"));
    fs::write(
        &config,
        format!("[serve]\nadmin_listen = \"127.0.0.1:{}\"\n[certificates]\nfetch = false\n", free_port()),
    )
    .unwrap();
    let log = fs::File::create(world.path("server.log")).unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_hocba"))
        .args(["serve", "--data", "data", "--listen", &address, "--config", "serve.toml"])
        .current_dir(world.asked.pki.dir())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let get = |path: &str| {
        let got = ureq::get(format!("http://{address}{path}")).call().ok()?;
        got.into_body().read_to_string().ok()
    };
    let verdict = || -> Option<Value> { serde_json::from_str(&get(&format!("/api/v1/transcripts/{code}"))?).ok() };
    let mut said = Value::Null;
    for _ in 0..200 {
        said = verdict().unwrap_or_default();
        if said["sheets"][0]["signed_with"] == "official" {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let asked = world.asked.files.asked.load(std::sync::atomic::Ordering::SeqCst);
    let page = get(&format!("/v/{code}")).unwrap_or_default();
    let again = world.asked.files.asked.load(std::sync::atomic::Ordering::SeqCst);
    let asks = json!({"date_of_birth": BIRTH}).to_string();
    let path = format!("http://{address}/api/v1/transcripts/{code}/disclosure");
    let disclosed = ureq::post(path).content_type("application/json").send(&asks).unwrap();
    fs::write(world.path("evidence.json"), disclosed.into_body().read_to_string().unwrap()).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(
        said["sheets"][0]["signed_with"],
        "official",
        "{}",
        fs::read_to_string(world.path("server.log")).unwrap()
    );
    assert_eq!(said["sheets"][0]["checks"]["school_signature"], "ok");
    assert!(page.contains("chứng thư số chuyên dùng công vụ, đã kiểm tra tại thời điểm ký"), "{page}");
    assert_eq!(asked, again);
}

/// Evidence is enough for somebody who has the root, and says nothing to somebody who has another.
fn proved_offline(world: &World) {
    let verify = |file: &str, root: &str| {
        let (exit, answer) = world.run(&["verify", "--data", "data", file, "--certificate-roots", root]);
        assert_eq!((exit, &answer["holds"]), (0, &json!(true)), "{answer}");
        answer["sheets"][0]["signed_with"].as_str().unwrap().to_owned()
    };
    assert_eq!(verify("evidence.json", "data/root.pem"), "official");
    assert_eq!(verify("evidence.json", "tsa.pem"), "technical");
    let text = fs::read_to_string(world.path("evidence.json")).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    let parts = &whole["evidence"][0]["certificates"];
    assert_eq!((parts["certificates"].as_array().unwrap().len(), &parts["withheld"]), (3, &Value::Null));
    for part in ["certificates", "lists"] {
        let mut less = whole.clone();
        let Some(list) = less["evidence"][0]["certificates"][part].as_array_mut() else { continue };
        list.clear();
        fs::write(world.path("less.json"), less.to_string()).unwrap();
        assert_eq!(verify("less.json", "data/root.pem"), "technical", "without {part}");
    }
}

#[test]
fn both_head_and_institution_must_have_signed_with_certificates() {
    let world = World::new();
    world.ok(&["key", "generate", "--out", "plain.key", "--type", "p256"]);
    let period = ["--from", "2025-07-01", "--to", "2030-06-30", "--issued-at", "2026-05-04T08:00:00+07:00"];
    let school = ["--school", "24000701", "--school-name", "Trường THCS Thử Nghiệm", "--level", "thcs"];
    let grant = ["key", "grant", "--key", "province.key", "--grantee", "plain.jwk", "--role", "head"];
    let out = ["--province", BAC_NINH, "--out", "plain.grant"];
    world.ok(&[&grant[..], &out, &school, &period].concat());
    let half =
        ["--head", "plain.key", "--institution", "institution.key", "--institution-certificate", "institution.pem"];
    let code = world.sheet(1, &half);
    world.deliver("24-1", &["--sequence", "1", "plain.grant", "institution.grant", "1.signed"]);
    world.ingest("24-1");
    world.ok(&["certificate", "import", "--data", "data", "institution.pem"]);
    world.refresh();
    assert_eq!(world.signed_with(&code), "technical");
}

#[test]
fn a_grant_takes_key_and_thumbprint_from_a_certificate_and_refuses_another_one() {
    let world = World::new();
    let head: Certificate = world.asked.pki.certificate("head");
    let jws: Value = serde_json::from_slice(&fs::read(world.path("head.grant")).unwrap()).unwrap();
    let payload = data_encoding::BASE64URL_NOPAD.decode(jws["payload"].as_str().unwrap().as_bytes()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload["x5t#S256"], head.thumbprint().to_string());
    assert_eq!(payload["jwk"]["kty"], "EC");
    let school = ["--school", "24000701", "--school-name", "Trường THCS Thử Nghiệm", "--level", "thcs"];
    let grant =
        ["key", "grant", "--key", "province.key", "--grantee", "head.pem", "--role", "head", "--province", BAC_NINH];
    let other = ["--certificate", "institution.pem", "--from", "2025-07-01", "--to", "2030-06-30", "--out", "x"];
    let (exit, said) = fault(&world, &[&grant[..], &school, &other].concat());
    assert_eq!(exit, 2);
    assert!(said.contains("the certificate is for another key"), "{said}");
    let tsa =
        ["key", "grant", "--key", "province.key", "--grantee", "tsa.csr", "--role", "head", "--province", BAC_NINH];
    assert_eq!(fault(&world, &[&tsa[..], &school, &other[2..]].concat()).0, 2);
}
