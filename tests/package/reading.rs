//! A good package, from both sides.

use hocba::package::file::{FileSource, PackageWriter};
use hocba::package::line::line_hash;
use hocba::package::manifest::Counts;
use hocba::package::verify::OpenPackage;
use hocba::package::{Limits, VerifiedPackage};
use hocba::signing::jws::Jws;
use hocba::tlog::leaf::Kind;
use hocba::tlog::merkle::verify_inclusion;
use hocba::transcript::GroupSet;

use super::samples::{LIMITS, bare_ring, draft, entries, ministry_package, package, province, ring, root, source};

#[test]
fn what_was_written_is_read() {
    let (bytes, signed) = package();
    let verified = VerifiedPackage::verify(source(bytes), LIMITS, &ring(), 9).unwrap();
    assert_eq!(verified.manifest(), &signed.manifest);
    assert_eq!(verified.manifest().counts, Counts { keys: 2, sheets: 2, statuses: 1, backfills: 0 });
    assert_eq!(verified.manifest().route(), "22");
    assert_eq!(verified.manifest_digest(), signed.digest());
    assert_eq!(verified.signer().kid, province().public().kid());
    let lines: Vec<_> = verified.lines().unwrap().map(Result::unwrap).collect();
    assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    assert_eq!(lines.iter().map(|l| l.jws.clone()).collect::<Vec<_>>(), entries());
    let raw: usize = lines.iter().map(|l| l.raw_len + 1).sum();
    let manifest = signed.jws.to_json(GroupSet::NONE).len() + 1;
    assert_eq!(verified.raw_bytes(), (raw + manifest) as u64);
}

#[test]
fn every_line_is_proved_under_the_root() {
    let (bytes, signed) = package();
    let verified = VerifiedPackage::verify(source(bytes), LIMITS, &ring(), 9).unwrap();
    for line in verified.lines().unwrap().map(Result::unwrap) {
        let path = verified.merkle_path(line.number).unwrap();
        let hash = line_hash(line.kind, line.jws.signed_digest());
        verify_inclusion(&hash, line.number - 2, 5, &path, &signed.manifest.root.0).unwrap();
    }
    assert_eq!(verified.merkle_path(1), None);
    assert_eq!(verified.merkle_path(7), None);
}

#[test]
fn the_ministry_signs_packages_without_a_province() {
    let (bytes, signed) = ministry_package();
    assert_eq!(signed.manifest.route(), "bo");
    let verified = VerifiedPackage::verify(source(bytes), LIMITS, &bare_ring(), 0).unwrap();
    assert_eq!(verified.signer().kid, root().public().kid());
    assert_eq!(verified.lines().unwrap().next().unwrap().unwrap().kind, Kind::Key);
}

#[test]
fn files_appear_whole_and_lines_may_be_in_any_json_form() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("22-1.hbp");
    let mut writer = PackageWriter::create(&path, draft(), &province(), None).unwrap();
    let [first, rest @ ..] = &entries()[..] else { panic!() };
    // Flattened serialization, other member order and white space: the same signed bytes.
    let general: serde_json::Value = serde_json::from_slice(&first.to_json(GroupSet::ALL)).unwrap();
    let flat = format!(
        r#"{{ "signature" : {}, "protected": {}, "payload": {} }}"#,
        general["signatures"][0]["signature"], general["signatures"][0]["protected"], general["payload"]
    );
    writer.add_json(flat.as_bytes()).unwrap();
    rest.iter().for_each(|entry| writer.add(entry).unwrap());
    assert!(!path.exists());
    let signed = writer.finish().unwrap();
    assert_eq!(signed.manifest.root, package().1.manifest.root);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no spool is left behind");
    let verified = VerifiedPackage::verify(FileSource::shared(&path).unwrap(), LIMITS, &ring(), 9).unwrap();
    // Two readings at once do not disturb each other.
    let (mut a, mut b) = (verified.lines().unwrap(), verified.lines().unwrap());
    for _ in 0..5 {
        assert_eq!(a.next().unwrap().unwrap(), b.next().unwrap().unwrap());
    }
    assert!(a.next().is_none() && b.next().is_none());
}

#[test]
fn an_unfinished_file_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = PackageWriter::create(&dir.path().join("x.hbp"), draft(), &province(), None).unwrap();
    writer.add(&entries()[0]).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_manifest_can_be_read_alone() {
    let (bytes, signed) = package();
    let open = OpenPackage::open(source(bytes), LIMITS).unwrap();
    assert_eq!(open.signed_manifest(), &signed);
    assert!(open.check_signature(&bare_ring(), 9).is_err());
    assert_eq!(open.check_signature(&ring(), 9).unwrap().kid, province().public().kid());
    assert_eq!(open.read_lines().unwrap().line_hashes().len(), 5);
}

#[test]
fn many_lines_come_in_several_chunks() {
    // The same grant again and again: packages do not mind, intake does.
    let entry = entries().remove(0);
    let many: Vec<Jws> = (0..2500).map(|_| entry.clone()).collect();
    let (bytes, _) = super::samples::write(draft(), &province(), &many);
    let limits = Limits { max_lines: 2500, ..LIMITS };
    let verified = VerifiedPackage::verify(source(bytes), limits, &ring(), 9).unwrap();
    assert!(verified.chunks().unwrap().count() >= 3);
    let numbers: Vec<u64> = verified.lines().unwrap().map(|l| l.unwrap().number).collect();
    assert!(numbers.iter().copied().eq(2..2502));
    let chunk = verified.chunks().unwrap().nth(1).unwrap().unwrap();
    let (number, json) = chunk.get(0).unwrap();
    assert_eq!(verified.parse_line(number, json).unwrap().jws, entry);
    assert!(chunk.get(chunk.len()).is_none());
}
