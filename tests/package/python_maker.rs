//! A package made in another language, with an ordinary JOSE library, is accepted.

use std::path::Path;
use std::process::Command;

use hocba::package::VerifiedPackage;
use hocba::package::file::FileSource;
use hocba::signing::KeyRing;
use hocba::signing::jws::ObjectType;
use hocba::transcript::sheet::Sheet;

use super::samples::LIMITS;
use crate::python::{python, run};

#[test]
fn a_package_of_the_python_maker_is_accepted() {
    let out = tempfile::tempdir().unwrap();
    let maker = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/make_package.py");
    run(Command::new(python()).arg("-W").arg("error").arg(maker).arg(out.path()));

    let root = serde_json::from_slice(&std::fs::read(out.path().join("root.jwk")).unwrap()).unwrap();
    let mut ring = KeyRing::new(&[root]).unwrap();
    let mut sheets = 0;
    for (file, position) in [("bo-1.hbp", 1), ("24-1.hbp", 2)] {
        let source = FileSource::shared(&out.path().join(file)).unwrap();
        let package = VerifiedPackage::verify(source, LIMITS, &ring, position).unwrap();
        for line in package.lines().unwrap().map(Result::unwrap) {
            if line.jws.object() == ObjectType::Key {
                let checked = ring.check_entry(&line.jws, position).unwrap();
                ring.apply(checked, position);
            } else {
                let sheet = Sheet::parse(line.jws.payload(), line.jws.disclosures()).unwrap();
                ring.check_sheet_signatures(&line.jws, sheet.claims(), position).unwrap();
                sheets += 1;
            }
        }
    }
    assert_eq!((ring.len(), sheets), (4, 1));
}
