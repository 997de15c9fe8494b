//! Programs of others about our copies, and about the same copies altered: qpdf, pdfsig, mutool, openssl, pyHanko.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hocba::soft_copy::pades::issue::to_pem;
use serde_json::Value as Json;

use super::base::{People, modern, plain};
use super::whole;
use crate::python::{python, run};

/// Copies in a folder, with the root: of both ways to write a file, and of every level as it is printed.
struct Files {
    dir: tempfile::TempDir,
    copies: Vec<PathBuf>,
}

impl Files {
    fn make() -> Self {
        let (dir, people) = (tempfile::tempdir().unwrap(), People::new(1));
        fs::write(dir.path().join("root.pem"), to_pem(&people.root).unwrap()).unwrap();
        let made = [("plain".to_owned(), plain()), ("modern".to_owned(), modern())].into_iter().chain(whole::printed());
        let sign = |(name, pdf): (String, Vec<u8>)| {
            let path = dir.path().join(format!("{name}.pdf"));
            fs::write(&path, people.sign(&pdf).unwrap().bytes).unwrap();
            path
        };
        let copies = made.map(sign).collect();
        Self { dir, copies }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("root.pem")
    }

    /// A copy with one byte of the original changed.
    fn altered(&self) -> PathBuf {
        let mut bytes = fs::read(&self.copies[0]).unwrap();
        let at = memchr::memmem::find(&bytes, b"(Trang 0)").unwrap() + 7;
        bytes[at] = b'9';
        let path = self.dir.path().join("altered.pdf");
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// Both outputs, whatever the exit code.
fn said(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).output();
    let output = output.unwrap_or_else(|e| panic!("{program} cannot run: {e}; tests/run installs it"));
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn qpdf_finds_nothing_wrong() {
    for copy in Files::make().copies {
        let said = said("qpdf", &["--check"], &copy);
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        assert!(!said.contains("WARNING"), "{said}");
    }
}

#[test]
fn pdfsig_says_valid_and_the_whole_document() {
    let files = Files::make();
    for copy in &files.copies {
        let said = said("pdfsig", &["-nocert"], copy);
        assert!(said.contains("Signature is Valid."), "{said}");
        assert!(said.contains("Total document signed") && said.contains("ETSI.CAdES.detached"), "{said}");
        assert!(said.contains("Cổng tra cứu học bạ") && said.contains("SHA-256"), "{said}");
    }
    assert!(!said("pdfsig", &["-nocert"], &files.altered()).contains("Signature is Valid."));
}

#[test]
fn mutool_verifies_it() {
    let files = Files::make();
    for copy in &files.copies {
        let said = said("mutool", &["sign", "-v"], copy);
        // It knows no root but those of its vendor, and says so; the signature it checks.
        assert!(said.contains("cn=Cổng tra cứu học bạ"), "{said}");
        assert!(said.contains("The document is unchanged since signing."), "{said}");
    }
    let altered = said("mutool", &["sign", "-v"], &files.altered());
    assert!(!altered.contains("The document is unchanged since signing."), "{altered}");
}

#[test]
fn openssl_verifies_the_envelope_by_hand() {
    let files = Files::make();
    for copy in &files.copies {
        let bytes = fs::read(copy).unwrap();
        let at = memchr::memmem::find(&bytes, b"/Contents<").unwrap() + 10;
        let end = at + memchr::memchr(b'>', &bytes[at..]).unwrap();
        let envelope = data_encoding::HEXUPPER.decode(&bytes[at..end]).unwrap();
        let (covered, cms) = (files.dir.path().join("covered"), files.dir.path().join("signature.der"));
        fs::write(&covered, [&bytes[..at - 1], &bytes[end + 1..]].concat()).unwrap();
        fs::write(&cms, envelope).unwrap();
        run(Command::new("openssl")
            .args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-cades", "-in"])
            .arg(&cms)
            .arg("-content")
            .arg(&covered)
            .arg("-CAfile")
            .arg(files.root())
            .args(["-out", "/dev/null"]));
    }
}

#[test]
fn pyhanko_validates_it_below_the_pinned_root() {
    let files = Files::make();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/check_soft_copy.py");
    let check = |root: &Path, file: &Path| {
        let mut command = Command::new(python());
        command.arg(&script).arg(root).arg(file);
        command
    };
    for copy in &files.copies {
        let found: Json = serde_json::from_str(&run(&mut check(&files.root(), copy))).unwrap();
        for name in ["intact", "valid", "trusted", "whole_file", "unmodified", "certified"] {
            assert_eq!(found[name], true, "{name}: {found}");
        }
        assert_eq!(found["profile"], "/ETSI.CAdES.detached");
        assert_eq!(found["signed_at"], "2026-06-30T08:15:00+07:00");
        assert_eq!(found["signed_by"], "Cổng tra cứu học bạ");
    }
    let other = files.dir.path().join("other.pem");
    fs::write(&other, to_pem(&People::new(2).root).unwrap()).unwrap();
    for (root, file) in [(&other, &files.copies[0]), (&files.root(), &files.altered())] {
        assert!(!check(root, file).output().unwrap().status.success());
    }
}
