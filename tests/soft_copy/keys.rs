//! `hocba key soft-copy`, and what the configuration makes of its files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use hocba::cli::data_dir::DataDir;
use hocba::cli::soft_copies;
use hocba::config::Config;
use hocba::portal::soft_copy::print::PrintShop;
use hocba::soft_copy::pades::{Particulars, Stamping, sign};
use hocba::soft_copy::read_back::{Refused, verify};
use hocba::transcript::time::Moment;

use super::base::{particulars, plain};
use super::stamps::Server;
use crate::certificates::pki::TSA;

fn hocba(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hocba"));
    command.args(["key", "soft-copy", "--data"]).arg(data).args(arguments).output().unwrap()
}

fn open(data: &Path, config: &str) -> Result<PrintShop, String> {
    let file = data.join("config.toml");
    fs::write(&file, config).unwrap();
    let config = Config::load(&[&file]).map_err(|fault| fault.to_string())?;
    soft_copies::shop(&DataDir::at(data, &config)).map_err(|fault| fault.to_string())
}

/// A second after the keys were made, so that they are valid.
fn now() -> Particulars<'static> {
    Particulars { at: Moment::from(jiff::Timestamp::now()), ..particulars() }
}

#[test]
fn made_keys_sign_and_a_second_signer_leaves_the_first_recognised() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    let place = |name: &str| data.join(name).display().to_string();
    let made = hocba(data, &["--out", &place("one")]);
    let said = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && said.contains("key_file = \"one/signer.key\""), "{said}");
    for (file, mode) in [("ca.key", 0o600), ("signer.key", 0o600), ("ca.pem", 0o644), ("chain.pem", 0o644)] {
        let found = fs::metadata(data.join("one").join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{file}");
    }
    // Nothing is overwritten.
    assert_eq!(hocba(data, &["--out", &place("one")]).status.code(), Some(2));
    assert!(hocba(data, &["--out", &place("two"), "--authority", &place("one")]).status.success());
    assert!(!data.join("two/ca.key").exists());

    let one = "[soft_copy]\nkey_file = \"one/signer.key\"\nchain_file = \"one/chain.pem\"\n";
    let first = open(data, one).unwrap();
    assert!(matches!(first.stamping(), Stamping::None));
    let at = now();
    let copy = sign(&plain(), &at, first.signer.as_deref().unwrap(), first.stamping()).unwrap().bytes;
    assert!(verify(&copy, &first.pinned).is_ok());

    let two = "[soft_copy]\nkey_file = \"two/signer.key\"\nchain_file = \"two/chain.pem\"\n";
    let second = open(data, two).unwrap();
    assert_eq!(verify(&copy, &second.pinned).map(|_| ()), Err(Refused::Foreign));
    let with =
        |period: &str| open(data, &format!("{two}former_signers = [{{ chain_file = \"one/chain.pem\"{period} }}]\n"));
    assert!(verify(&copy, &with("").unwrap().pinned).is_ok());
    let ended = with(", to = \"2025-12-31T23:59:59+07:00\"").unwrap();
    assert_eq!(verify(&copy, &ended.pinned).map(|_| ()), Err(Refused::Period));
    // Only recognised, not signed.
    let reader = open(data, "[soft_copy]\nchain_file = \"one/chain.pem\"\n").unwrap();
    assert!(reader.signer.is_none() && verify(&copy, &reader.pinned).is_ok());
    // A period that cannot be read is not taken for none.
    assert!(with(", to = \"2025-12-31\"").is_err());
    assert!(with(", to = \"2025-12-31T23:59:59.5+07:00\"").is_err());
}

#[test]
fn keys_that_do_not_fit_or_lie_open_are_refused_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    for name in ["one", "two"] {
        assert!(hocba(data, &["--out", &data.join(name).display().to_string()]).status.success());
    }
    let fault = |config: &str| open(data, &format!("[soft_copy]\n{config}")).map(|_| ()).unwrap_err();
    assert!(fault("key_file = \"one/signer.key\"").contains("needs soft_copy.chain_file"));
    let mixed = fault("key_file = \"one/signer.key\"\nchain_file = \"two/chain.pem\"");
    assert!(mixed.contains("for another key"), "{mixed}");
    fs::set_permissions(data.join("one/signer.key"), fs::Permissions::from_mode(0o640)).unwrap();
    let open_to_all = fault("key_file = \"one/signer.key\"\nchain_file = \"one/chain.pem\"");
    assert!(open_to_all.contains("chmod 600"), "{open_to_all}");
    assert!(fault("chain_file = \"three/chain.pem\"").contains("cannot read"));
    assert!(fault("tsa_required = true").contains("needs soft_copy.tsa_url"));
    assert!(fault("tsa_url = \"http://tsa.example.vn\"").contains("needs soft_copy.tsa_roots"));
    assert!(fault("tsa_url = \"ftp://tsa.example.vn\"\ntsa_roots = [\"x\"]").contains("http(s)"));
    assert!(fault("sign_everything = true").contains("unknown field"));
}

#[test]
fn the_configured_authority_gives_timestamps() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    assert!(hocba(data, &["--out", &data.join("one").display().to_string()]).status.success());
    let server = Server::start(TSA);
    let config = |required: bool| {
        format!(
            "[soft_copy]\nkey_file = \"one/signer.key\"\nchain_file = \"one/chain.pem\"\ntsa_required = {required}\n\
             tsa_url = \"http://127.0.0.1:{}/tsa\"\ntsa_roots = [{:?}]\n",
            server.port,
            server.pki.path("root.pem").display().to_string()
        )
    };
    for required in [true, false] {
        let copies = open(data, &config(required)).unwrap();
        assert_eq!(matches!(copies.stamping(), Stamping::Required(_)), required);
        let signer = copies.signer.as_deref().unwrap();
        let signed = sign(&plain(), &now(), signer, copies.stamping()).unwrap();
        assert!(signed.unstamped.is_none());
        let copy = verify(&signed.bytes, &copies.pinned).unwrap();
        let timestamp = copy.timestamp().unwrap();
        assert!(copies.stamps.check(timestamp).is_ok());
        // Where nobody is trusted with timestamps, none counts.
        let without = "[soft_copy]\nkey_file = \"one/signer.key\"\nchain_file = \"one/chain.pem\"\n";
        assert!(open(data, without).unwrap().stamps.check(timestamp).is_err());
    }
}
