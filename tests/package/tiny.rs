//! The worked example of docs/examples/tiny is made again, byte for byte.
//!
//! `HOCBA_BLESS=1` writes the files anew; only a change of the format's version may need that.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use hocba::package::{PackageLine, VerifiedPackage};
use hocba::signing::jwk::Jwk;
use hocba::tlog::merkle;

use super::samples::{LIMITS, bare_ring, lines_of, ministry_package, package, ring, root, source};

fn tiny(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/examples/tiny").join(file)
}

/// Compares a committed file with what it should hold; compressed ones by what they decompress to,
/// since another version of zstd may compress otherwise.
fn holds(file: &str, contents: &[u8]) {
    if std::env::var_os("HOCBA_BLESS").is_some() {
        fs::create_dir_all(tiny("")).unwrap();
        fs::write(tiny(file), contents).unwrap();
    }
    let committed = fs::read(tiny(file)).unwrap();
    match file.ends_with(".hbp") {
        true => assert_eq!(lines_of(&committed), lines_of(contents), "{file}"),
        false => {
            assert_eq!(String::from_utf8(committed).unwrap(), String::from_utf8(contents.to_vec()).unwrap(), "{file}")
        }
    }
}

/// One row a line: number, kind, SHA-256 of the signed bytes, leaf hash; then the root.
fn hashes(lines: &[String]) -> String {
    let mut text = String::from("# line kind signed-digest leaf-hash\n");
    let mut leaves = Vec::new();
    for (number, line) in (2..).zip(&lines[1..]) {
        let line = PackageLine::parse(number, line.trim_end().as_bytes()).unwrap();
        let (digest, hash) = (HEXLOWER.encode(line.jws.signed_digest()), HEXLOWER.encode(&line.hash()));
        writeln!(text, "{number} {} {digest} {hash}", line.kind as u8).unwrap();
        leaves.push(line.hash());
    }
    writeln!(text, "root {}", HEXLOWER.encode(&merkle::root(&leaves))).unwrap();
    text
}

#[test]
fn is_what_the_format_says() {
    let (ministry, _) = ministry_package();
    let (province, signed) = package();
    let lines = lines_of(&province);
    let mut jwk = serde_json::to_vec(&root().public().to_jwk()).unwrap();
    jwk.push(b'\n');
    holds("root.jwk", &jwk);
    holds("bo-1.hbp", &ministry);
    holds("22-1.hbp", &province);
    holds("22-1.lines", lines.concat().as_bytes());
    holds("22-1.manifest.json", format!("{}\n", String::from_utf8_lossy(signed.jws.payload())).as_bytes());
    holds("22-1.hashes", hashes(&lines).as_bytes());
    assert!(hashes(&lines).ends_with(&format!("root {}\n", HEXLOWER.encode(&signed.manifest.root.0))));
}

#[test]
fn is_accepted() {
    let jwk: Jwk = serde_json::from_slice(&fs::read(tiny("root.jwk")).unwrap()).unwrap();
    assert_eq!(jwk, root().public().to_jwk());
    let read = |file: &str| source(fs::read(tiny(file)).unwrap());
    VerifiedPackage::verify(read("bo-1.hbp"), LIMITS, &bare_ring(), 0).unwrap();
    VerifiedPackage::verify(read("22-1.hbp"), LIMITS, &ring(), 4).unwrap();
}
