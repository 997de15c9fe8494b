//! A program that we did not write (schemathesis) sends what the OpenAPI document allows, and what it forbids, to a
//! running server, and holds every answer against the document.

use std::process::Command;

use super::nation::{copy_of, made};
use super::process::Server;
use crate::python::python;

/// As many requests as are sent in half a minute must not be too many.
const SETTINGS: &str = "[limits]\nverdicts_per_minute = 600000\nverdict_burst = 600000\ndisclosures_per_minute = 600000\n\
    disclosure_burst = 600000\nwrong_per_day_and_prefix = 100000\nwrong_per_day = 100000";

/// What a schema cannot say: a package that breaks a rule is refused (409, 422), a birth date or a token that does not
/// match is not opened (403), and what is not there is not found (404), although each is well-formed.
const REFUSALS: &str = "[checks.positive_data_acceptance]\nexpected-statuses = [\"2xx\", 403, 404, 409, 422]\n";

#[test]
fn every_answer_is_as_the_document_says() {
    let data = copy_of(&made().data());
    let server = Server::start(data.path(), SETTINGS);
    let config = data.path().join("schemathesis.toml");
    std::fs::write(&config, REFUSALS).unwrap();
    let output = Command::new(python())
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(&config)
        .args(["run", &format!("http://{}/api/v1/openapi.json", server.address)])
        .args(["--checks", "all", "--seed", "22", "--max-examples", "25", "--no-color"])
        .current_dir(data.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
