//! An operator keeps apps, without a server and beside one; and a server answers them, before and after a restart.

use std::path::Path;

use hocba::signing::PrivateKey;
use serde_json::{Value, json};

use super::nation::{copy_of, data_dir, made, now};
use super::process::{Commands, Server, assert_exit, hocba};
use crate::apps::samples::{assertion_claims, compact, identity_key, partner_key, with};

const APPS: Commands = Commands { kind: "app", by: ["--by", "Trần Văn Bình", "--reason", "thỏa thuận 12"] };

/// A public key as a file, as apps hand them in; where.
fn key_file(data: &Path, name: &str, key: &PrivateKey) -> String {
    let jwk = with(serde_json::to_value(key.public().to_jwk()).unwrap(), json!({"use": "sig", "kid": "theirs"}));
    let path = data.join(name);
    std::fs::write(&path, jwk.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn until() -> String {
    jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(300)).to_string()
}

fn register_both(data: &Path) {
    let until = until();
    let identity = format!("e1={}", key_file(data, "vneid.jwk", &identity_key()));
    let partner = format!("p1={}", key_file(data, "dhqg.jwk", &partner_key()));
    let named = ["--name", "Ứng dụng mẫu", "--until", &until];
    APPS.changed(data, &[&["register", "vneid-thu", "--kind", "identity", "--key", &identity][..], &named].concat());
    let terms =
        ["--scope", "name,results,changes", "--purpose", "tuyen-sinh=Xét tuyển (Điều 34)", "--issuer", "vneid-thu"];
    let register = ["register", "dhqg-hn", "--kind", "partner", "--key", &partner];
    APPS.changed(data, &[&register[..], &named, &terms].concat());
}

#[test]
fn apps_are_kept_without_a_server_and_beside_one_and_get_tokens_from_it() {
    let data = copy_of(&made().data());
    let data = data.path();
    assert_eq!(APPS.done(data, &["list"])["list"].as_array().map(Vec::len), Some(0));
    register_both(data);
    let server = Server::start(data, "");
    let listed = APPS.done(data, &["list"]);
    assert_eq!(listed["list"][0]["app"], "dhqg-hn");
    let shown = APPS.done(data, &["show", "dhqg-hn"]);
    assert_eq!(shown["app"]["kind"]["partner"]["scope"], "name results changes");
    assert_eq!(shown["app"]["keys"][0]["algorithm"], "ES256");
    let first = assertion(data, "a-1");
    let (status, issued) = token(&server, &first);
    assert_eq!(
        (status, &issued["token_type"], &issued["scope"]),
        (200, &json!("Bearer"), &json!("name results changes"))
    );
    assert_eq!(token(&server, &first).1["error"], "invalid_client", "once");
    let other = PrivateKey::ed25519_from_seed(&[50; 32]);
    let thumbprint = other.public().kid().to_string();
    APPS.changed(data, &["add-key", "dhqg-hn", &key_file(data, "new.jwk", &other)]);
    assert_eq!(APPS.done(data, &["show", "dhqg-hn"])["app"]["keys"].as_array().map(Vec::len), Some(2));
    APPS.changed(data, &["remove-key", "dhqg-hn", "p1"]);
    assert_eq!(token(&server, &assertion(data, "a-2")).0, 401, "in force with the next request");
    let claims = with(claims(data, "a-3"), json!({}));
    let by_other = compact(&other, &json!({"alg": "EdDSA", "kid": thumbprint}), &claims);
    assert_eq!(token(&server, &by_other).0, 200);
    APPS.changed(data, &["renew", "dhqg-hn", "--until", &until()]);
    APPS.changed(data, &["end", "dhqg-hn"]);
    let fresh = compact(&other, &json!({"alg": "EdDSA", "kid": thumbprint}), &self::claims(data, "a-4"));
    assert_eq!(token(&server, &fresh).0, 401);
    let status = hocba(data).arg("status").output().unwrap();
    assert!(String::from_utf8_lossy(&status.stdout).contains("apps        2\n"));
    let log = server.log();
    drop(server);
    let files = std::fs::read_dir(data.join("journal")).unwrap().map(|file| file.unwrap().path());
    let lines: String = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    assert_eq!(lines.matches("\"app_changed\"").count(), 6);
    assert!(log.contains("a client was not let in"));
    for secret in [first.as_str(), &fresh, issued["access_token"].as_str().unwrap(), "a-1"] {
        assert!(!log.contains(secret) && !lines.contains(secret), "nothing that was sent is kept");
    }
    assert_exit(&hocba(data).arg("audit").output().unwrap(), 0);
}

/// The claims of an assertion for the server on this data directory.
fn claims(data: &Path, jti: &str) -> Value {
    let endpoint = format!("{}/oauth/token", data_dir(data).config().portal.public_url);
    with(assertion_claims(jti, now()), json!({"aud": endpoint}))
}

fn assertion(data: &Path, jti: &str) -> String {
    compact(&partner_key(), &json!({"alg": "ES256", "kid": "p1"}), &claims(data, jti))
}

fn token(server: &Server, assertion: &str) -> (u16, Value) {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let form = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}");
    server.post("/oauth/token", "application/x-www-form-urlencoded", form.as_bytes())
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_opened() {
    let empty = tempfile::tempdir().unwrap();
    let data = empty.path();
    let key = key_file(data, "k.jwk", &identity_key());
    let private = data.join("private.jwk");
    std::fs::write(&private, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\",\"d\":\"AA\"}").unwrap();
    let private = private.to_str().unwrap();
    let identity = ["--kind", "identity", "--name", "A", "--until", "2030-01-01", "--key"];
    let register = |name: &'static str, key: &str, more: &[&str]| {
        let args = [&["register", name][..], &identity, &[key], more, &APPS.by].concat();
        APPS.refused(data, &args)
    };
    assert!(register("Vneid", &key, &[]).contains("expected the short name of an app"));
    assert!(register("vneid", private, &[]).contains("this is a private key"));
    assert!(register("vneid", &format!("a/b={key}"), &[]).contains("expected the name of a key"));
    assert!(register("vneid", &key, &["--scope", "name"]).contains("an identity app has no scope"));
    assert!(register("vneid", &key, &[]).contains("is not a portal's data directory"));
    assert!(APPS.refused(data, &["end", "vneid"]).contains("--reason"), "who and why are always asked");
}

#[test]
fn a_damaged_app_closes_apps_and_nothing_else() {
    let data = copy_of(&made().data());
    let data = data.path();
    register_both(data);
    let file = data.join("apps/dhqg-hn.app");
    let mut bad = std::fs::read(&file).unwrap();
    bad[40] ^= 1;
    std::fs::write(&file, bad).unwrap();
    let server = Server::start(data, "");
    assert!(APPS.refused(data, &["list"]).contains("apps cannot be used"));
    assert_eq!(token(&server, &assertion(data, "a-1")).0, 503);
    assert_eq!(server.get("/co-quan/dang-nhap").0, 200);
}
