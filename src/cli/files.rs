//! Files that several commands read or write, with errors that say what to do next.

use std::fs::{self, OpenOptions};
use std::io::{BufReader, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use data_encoding::BASE64_MIME;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::CliFault;
use crate::signing::jwk::Jwk;
use crate::signing::{Jws, Kid, PrivateKey, PublicKey};

/// Longest key, certificate or claims file that is read.
const MAX_FILE: u64 = 1 << 20;

/// A small file as bytes.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, CliFault> {
    let fail = |e: std::io::Error| CliFault::new(format_args!("cannot read {}: {e}", path.display()), "check the path");
    let length = fs::metadata(path).map_err(fail)?.len();
    if length > MAX_FILE {
        return Err(CliFault::new(
            format_args!("{} has {length} bytes, more than any key or object", path.display()),
            "check that it is the right file",
        ));
    }
    fs::read(path).map_err(fail)
}

/// A small text file.
pub(super) fn read_text(path: &Path) -> Result<String, CliFault> {
    String::from_utf8(read_bytes(path)?)
        .map_err(|_| CliFault::new(format_args!("{} is not UTF-8 text", path.display()), "check the file"))
}

/// Refuses a file with a secret that other users of this machine can read.
pub(super) fn require_private(path: &Path) -> Result<(), CliFault> {
    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode()).unwrap_or(0);
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(CliFault::new(
            format_args!("{} can be read by other users of this machine", path.display()),
            format_args!("run: chmod 600 {}", path.display()),
        )),
    }
}

/// A private key, PKCS#8 PEM.
pub(super) fn read_private_key(path: &Path) -> Result<PrivateKey, CliFault> {
    PrivateKey::from_pem(&read_text(path)?).map_err(|e| {
        CliFault::new(
            format_args!("{}: {e}", path.display()),
            "give a key that `hocba key generate` made, or convert it",
        )
    })
}

/// A public JWK; members beyond the key itself (`kid`, `use`, `alg`) are ignored.
pub(super) fn read_jwk(path: &Path) -> Result<Jwk, CliFault> {
    let fault =
        |what: &str| CliFault::new(format_args!("{}: {what}", path.display()), "give the public JWK of the key");
    let members: Value = serde_json::from_slice(&read_bytes(path)?).map_err(|_| fault("not JSON"))?;
    if members.get("d").is_some() {
        return Err(fault("this is a private key"));
    }
    let member = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let kty = member("kty").ok_or_else(|| fault("not a JWK"))?;
    let jwk = Jwk { crv: member("crv"), e: member("e"), kty, n: member("n"), x: member("x"), y: member("y") };
    let key = PublicKey::from_jwk(&jwk).map_err(|e| fault(&e.to_string()))?;
    Ok(key.to_jwk())
}

/// Every signed object of a file: one after the other, each on one line or on many. Constant memory.
pub(super) fn for_each_jws(path: &Path, mut each: impl FnMut(Jws) -> Result<(), CliFault>) -> Result<(), CliFault> {
    let file = fs::File::open(path)
        .map_err(|e| CliFault::new(format_args!("cannot read {}: {e}", path.display()), "check the path"))?;
    let objects = serde_json::Deserializer::from_reader(BufReader::new(file)).into_iter::<Box<RawValue>>();
    for (number, object) in objects.enumerate() {
        let fail = |e: &dyn std::fmt::Display| {
            CliFault::new(
                format_args!("object {} of {}: {e}", number + 1, path.display()),
                "give signed objects in JSON serialization",
            )
        };
        let object = object.map_err(|e| fail(&e))?;
        each(Jws::parse(object.get().as_bytes()).map_err(|e| fail(&e))?)?;
    }
    Ok(())
}

/// A certificate's thumbprint: given as base64url, or a file in DER or PEM.
pub(super) fn certificate_thumbprint(text: &str) -> Result<Kid, CliFault> {
    if let Some(kid) = Kid::from_wire(text) {
        return Ok(kid);
    }
    let bytes = read_bytes(Path::new(text))?;
    let der = pem_body(&bytes).unwrap_or(bytes);
    // Every certificate is an ASN.1 SEQUENCE.
    match der.first() {
        Some(0x30) => Ok(Kid(Sha256::digest(&der).into())),
        _ => Err(CliFault::new(format_args!("{text} is not a certificate"), "give it in DER or PEM, or its x5t#S256")),
    }
}

fn pem_body(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, after) = text.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = after.split_once("-----END CERTIFICATE-----")?;
    BASE64_MIME.decode(body.trim().as_bytes()).ok()
}

/// Writes a new file; never over an existing one. `private`: readable by its owner only.
pub(super) fn write_new(path: &Path, contents: &[u8], private: bool) -> Result<(), CliFault> {
    let mode = if private { 0o600 } else { 0o644 };
    let written = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).and_then(|mut file| {
        file.write_all(contents)?;
        file.sync_all()
    });
    written.map_err(|e| {
        let remedy = match e.kind() {
            std::io::ErrorKind::AlreadyExists => "choose another name; existing files are never overwritten",
            _ => "check the directory",
        };
        CliFault::new(format_args!("cannot write {}: {e}", path.display()), remedy)
    })
}

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], CliFault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|e| CliFault::new(format_args!("the system gives no randomness: {e}"), "try again"))?;
    Ok(bytes)
}
