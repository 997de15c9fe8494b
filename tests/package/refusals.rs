//! One case for each rule that refuses a package whole.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hocba::package::manifest::ManifestFault;
use hocba::package::writer::{StreamWriter, WriterFault};
use hocba::package::{Limits, PackageFault, Source, VerifiedPackage};
use hocba::signing::grant::{Holder, Role};
use hocba::signing::jws::{MAX_JWS, ObjectType};
use hocba::signing::{KeyRing, Kid, PrivateKey};

use super::samples::{
    LIMITS, bare_ring, draft, ed25519, entries, grant, head, lines_of, moment, named, pack, package, province,
    revocation, ring, root, sign_claims, source, with_manifest, with_payload,
};

fn verify_with(bytes: Vec<u8>, ring: &KeyRing) -> Result<VerifiedPackage, PackageFault> {
    VerifiedPackage::verify(source(bytes), LIMITS, ring, 9)
}

/// The rule and the line that refuse these bytes.
fn refused(bytes: Vec<u8>) -> (&'static str, Option<u64>) {
    let fault = verify_with(bytes, &ring()).unwrap_err();
    for words in [fault.message_en(), fault.message_vi(), fault.remedy().into(), fault.remedy_vi().into()] {
        assert!(words.len() > 10, "{fault:?}");
    }
    (fault.rule(), fault.line())
}

fn good() -> Vec<u8> {
    package().0
}

fn good_lines() -> Vec<String> {
    lines_of(&good())
}

/// A frame of `prefix` and then a byte `count` times, as an attacker compresses it.
fn bomb(prefix: &str, byte: u8, count: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let mut frame = zstd::Encoder::new(&mut out, 3).unwrap();
    io::copy(&mut prefix.as_bytes().chain(io::repeat(byte).take(count)), &mut frame).unwrap();
    frame.finish().unwrap();
    out
}

#[test]
fn not_zstd() {
    assert_eq!(refused(Vec::new()), ("package.not_zstd", None));
    assert_eq!(refused(vec![0x28, 0xB5]), ("package.not_zstd", None));
    assert_eq!(refused(b"{\"payload\":\"\"}\n".to_vec()), ("package.not_zstd", None));
    // A skippable frame is valid zstd and not a package.
    let skippable = [&[0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9][..], &good()].concat();
    assert_eq!(refused(skippable), ("package.not_zstd", None));
}

/// Ten gigabytes of zeros, not compressed: refused after four bytes.
struct Zeros;

impl Source for Zeros {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::repeat(0).take(10 << 30)))
    }
}

#[test]
fn ten_gigabytes_of_zeros() {
    let fault = VerifiedPackage::verify(Arc::new(Zeros), LIMITS, &ring(), 9).unwrap_err();
    assert_eq!(fault.rule(), "package.not_zstd");
    // Compressed, they are one endless line; the reader stops at the cap of a line. The frame is made
    // of one block repeated, since compressing ten gigabytes would take longer than refusing them.
    let block = {
        // RLE block of 128 KiB: header (size << 3 | RLE << 1), then the byte.
        let header: u32 = (128 << 10) << 3 | 1 << 1;
        [header.to_le_bytes()[0], header.to_le_bytes()[1], header.to_le_bytes()[2], 0]
    };
    // Frame header: no content size, no checksum, window 8 MiB.
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 13 << 3];
    for _ in 0..(10u64 << 30) / (128 << 10) {
        frame.extend_from_slice(&block);
    }
    assert_eq!(refused(frame.clone()), ("package.line_too_long", Some(1)));
    // After a good manifest, too.
    assert_eq!(refused(bomb(&good_lines()[0], 0, 300 << 20)), ("package.line_too_long", Some(2)));
}

#[test]
fn window_too_large() {
    let mut out = Vec::new();
    let mut frame = zstd::Encoder::new(&mut out, 3).unwrap();
    frame.window_log(24).unwrap();
    io::Write::write_all(&mut frame, good_lines().concat().as_bytes()).unwrap();
    frame.finish().unwrap();
    assert_eq!(refused(out), ("package.window", None));
}

#[test]
fn corrupt() {
    let mut bytes = good();
    // The last four bytes are the checksum of the content, which zstd reads with the only block here.
    let at = bytes.len() - 1;
    bytes[at] ^= 1;
    assert_eq!(refused(bytes), ("package.corrupt", Some(1)));
}

#[test]
fn truncated() {
    let bytes = good();
    for at in [5, 20, bytes.len() / 2, bytes.len() - 5, bytes.len() - 1] {
        let rule = refused(bytes[..at].to_vec()).0;
        assert_eq!(rule, "package.truncated", "cut at {at}");
    }
    // A last line without its line feed.
    let mut lines = good_lines();
    lines[5].pop();
    assert_eq!(refused(pack(&lines)), ("package.truncated", Some(6)));
}

#[test]
fn trailing_bytes() {
    assert_eq!(refused([good(), vec![0]].concat()), ("package.trailing_bytes", None));
    // A second frame is no continuation.
    assert_eq!(refused([good(), good()].concat()), ("package.trailing_bytes", None));
}

#[test]
fn too_large() {
    let limits = Limits { max_bytes: 5000, ..LIMITS };
    let fault = VerifiedPackage::verify(source(good()), limits, &ring(), 9).unwrap_err();
    assert_eq!(fault.rule(), "package.too_large");
}

#[test]
fn line_too_long() {
    let mut lines = good_lines();
    lines[2] = format!("{}{}\n", lines[2].trim_end(), " ".repeat(MAX_JWS));
    assert_eq!(refused(pack(&lines)), ("package.line_too_long", Some(3)));
    // Exactly the cap is not too long.
    let mut lines = good_lines();
    let fill = MAX_JWS - lines[2].trim_end().len();
    lines[2] = format!("{}{}\n", lines[2].trim_end(), " ".repeat(fill));
    verify_with(pack(&lines), &ring()).unwrap();
}

#[test]
fn too_many_lines() {
    let limits = Limits { max_lines: 4, ..LIMITS };
    let fault = VerifiedPackage::verify(source(good()), limits, &ring(), 9).unwrap_err();
    assert_eq!((fault.rule(), fault.line()), ("package.too_many_lines", None));
    // Lines without end behind an honest manifest: refused at the cap, whatever the frame still holds.
    let mut lines = good_lines();
    let last = lines[5].clone();
    lines.extend(std::iter::repeat_n(last, 30_000));
    assert_eq!(refused(pack(&lines)), ("package.too_many_lines", None));
}

#[test]
fn envelope() {
    let cases: [&str; 6] = [
        "\n",
        "not json\n",
        "{\"payload\":\"AA\",\"signatures\":[]}\n",
        "{\"payload\":\"AA\",\"payload\":\"AA\",\"signatures\":[]}\n",
        "{\"payload\":1.5,\"signatures\":[]}\n",
        "{\"payload\":\"\\ud800\",\"signatures\":[]}\n",
    ];
    for case in cases {
        let mut lines = good_lines();
        lines[3] = case.into();
        assert_eq!(refused(pack(&lines)), ("package.envelope", Some(4)), "{case}");
    }
    let mut lines = good_lines();
    lines[3] = format!("{}\n", "[".repeat(10_000));
    assert_eq!(refused(pack(&lines)), ("package.envelope", Some(4)));
    // A signed object that has no place among the lines.
    let mut lines = good_lines();
    lines[3] = lines[0].clone();
    assert_eq!(refused(pack(&lines)), ("package.envelope", Some(4)));
    // The first bad line is named, not the one a core happened to reach first.
    let mut lines = good_lines();
    (lines[2], lines[4]) = ("x\n".into(), "x\n".into());
    assert_eq!(refused(pack(&lines)), ("package.envelope", Some(3)));
}

#[test]
fn manifest() {
    let first = |line: &str| {
        let mut lines = good_lines();
        lines[0] = format!("{line}\n");
        refused(pack(&lines))
    };
    assert_eq!(first("{}"), ("package.manifest", Some(1)));
    assert_eq!(first(good_lines()[1].trim_end()), ("package.manifest", Some(1)));
    let changes: [fn(&mut serde_json::Value); 12] = [
        |m| m["version"] = 2.into(),
        |m| m["schema"] = 2.into(),
        |m| m["sequence"] = 0.into(),
        |m| m["sequence"] = 2.into(),
        |m| m["sequence"] = 1.5.into(),
        |m| m["expected_enrolment"] = (1u64 << 53).into(),
        |m| m["window"] = "early".into(),
        |m| m["namhoc"] = "2025-2027".into(),
        |m| m["surplus"] = 1.into(),
        |m| m["province"]["tentinh"] = "Qua\u{309}ng Ninh".into(),
        |m| m["province"] = serde_json::Value::Null,
        |m| {
            m.as_object_mut().unwrap().remove("previous");
        },
    ];
    for (i, change) in changes.into_iter().enumerate() {
        assert_eq!(refused(with_manifest(&province(), change)), ("package.manifest", Some(1)), "case {i}");
    }
    let payload = String::from_utf8(serde_json::to_vec(&package().1.manifest).unwrap()).unwrap();
    let twice = payload.replacen("{\"version\":1", "{\"version\":1,\"version\":1", 1);
    let bytes = with_payload(&good_lines()[1..], twice.as_bytes(), &[(&province(), None)]);
    assert_eq!(refused(bytes), ("package.manifest", Some(1)));
}

#[test]
fn counts() {
    let changes: [fn(&mut serde_json::Value); 5] = [
        |m| m["lines"] = 6.into(),
        |m| {
            m["lines"] = 6.into();
            m["counts"]["sheets"] = 3.into();
        },
        |m| {
            m["lines"] = 4.into();
            m["counts"]["sheets"] = 1.into();
        },
        |m| {
            m["counts"]["sheets"] = 1.into();
            m["counts"]["backfills"] = 1.into();
        },
        |m| {
            m["lines"] = 0.into();
            m["counts"] = serde_json::json!({"keys": 0, "sheets": 0, "statuses": 0, "backfills": 0});
        },
    ];
    for (i, change) in changes.into_iter().enumerate() {
        assert_eq!(refused(with_manifest(&province(), change)), ("package.counts", Some(1)), "case {i}");
    }
}

#[test]
fn root_mismatch() {
    let mut swapped = good_lines();
    swapped.swap(3, 4);
    assert_eq!(refused(pack(&swapped)), ("package.root_mismatch", Some(1)));
    // The same payload, signed again: another signature is another line.
    let mut resigned = good_lines();
    let again = super::samples::sheet_by(
        &super::samples::claims(1),
        super::samples::disclosures(1),
        &[(&super::samples::institution(), None), (&head(), None)],
    );
    resigned[3] = format!("{}\n", String::from_utf8(again.to_json(hocba::transcript::GroupSet::ALL)).unwrap());
    assert_eq!(refused(pack(&resigned)), ("package.root_mismatch", Some(1)));
}

#[test]
fn signature() {
    // Signed by a key that says it is the province's.
    let mut lines = good_lines();
    let mut json: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    let signature = json["signatures"][0]["signature"].as_str().unwrap().to_owned();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    json["signatures"][0]["signature"] = format!("{other}{}", &signature[1..]).into();
    lines[0] = format!("{json}\n");
    assert_eq!(refused(pack(&lines)), ("package.signature", Some(1)));
    let payload = serde_json::to_vec(&package().1.manifest).unwrap();
    let two = [(&province(), None), (&ed25519("second"), None)];
    assert_eq!(refused(with_payload(&good_lines()[1..], &payload, &two)), ("package.signature_count", Some(1)));
}

#[test]
fn wrong_province() {
    let bytes = with_manifest(&province(), |m| m["province"]["matinh"] = "31".into());
    assert_eq!(refused(bytes), ("package.wrong_province", Some(1)));
    // The same code of another code list is another province.
    let bytes = with_manifest(&province(), |m| m["province"]["vintage"] = "2004-07-08".into());
    assert_eq!(refused(bytes), ("package.wrong_province", Some(1)));
}

#[test]
fn key_rules() {
    let with_time = |at: &str| with_manifest(&province(), |m| m["created_at"] = at.into());
    assert_eq!(refused(with_time("2025-06-30T23:59:59+07:00")), ("package.key_not_yet_valid", Some(1)));
    assert_eq!(refused(with_time("2030-07-01T00:00:00+07:00")), ("package.key_expired", Some(1)));
    let by = |key: &PrivateKey| refused(with_manifest(key, |_| {}));
    assert_eq!(by(&ed25519("nobody")), ("package.key_unknown", Some(1)));
    assert_eq!(by(&head()), ("package.key_wrong_role", Some(1)));
    // The root hands in as the ministry, never for a province, and a province never as the ministry.
    assert_eq!(by(&root()), ("package.key_wrong_role", Some(1)));
    let as_ministry = with_manifest(&province(), |m| {
        m.as_object_mut().unwrap().remove("province");
    });
    assert_eq!(refused(as_ministry), ("package.key_wrong_role", Some(1)));
    let payload = serde_json::to_vec(&package().1.manifest).unwrap();
    let bound = [(&province(), Some(Kid([7; 32])))];
    let bytes = with_payload(&good_lines()[1..], &payload, &bound);
    assert_eq!(refused(bytes), ("package.key_certificate_mismatch", Some(1)));
}

#[test]
fn revoked_from_its_position_on() {
    let mut ring = ring();
    let checked = ring.check_entry(&revocation(province().public().kid(), &root()), 6).unwrap();
    ring.apply(checked, 6);
    let at = |position| VerifiedPackage::verify(source(good()), LIMITS, &ring, position);
    assert_eq!(at(6).unwrap_err().rule(), "package.key_revoked");
    at(5).unwrap();
    // Before its grant the key is unknown.
    assert_eq!(at(0).unwrap_err().rule(), "package.key_unknown");
}

#[test]
fn another_province_cannot_hand_in_for_this_one() {
    let mut ring = bare_ring();
    let holder = Holder::Province { province: named("31", "2025-07-01", "Hải Phòng"), predecessors: Vec::new() };
    let checked = ring.check_entry(&grant(&province(), holder, Role::Province, &root()), 1).unwrap();
    ring.apply(checked, 1);
    assert_eq!(verify_with(good(), &ring).unwrap_err().rule(), "package.wrong_province");
}

/// Gives one package the first time and another one afterwards.
struct Exchanged {
    first: Vec<u8>,
    then: Vec<u8>,
    opened: AtomicBool,
}

impl Source for Exchanged {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let bytes = if self.opened.swap(true, Ordering::SeqCst) { &self.then } else { &self.first };
        Ok(Box::new(io::Cursor::new(bytes.clone())))
    }
}

#[test]
fn a_package_exchanged_between_the_passes_is_noticed() {
    let exchanged = |then: Vec<u8>| {
        let source = Exchanged { first: good(), then, opened: AtomicBool::new(false) };
        let verified = VerifiedPackage::verify(Arc::new(source), LIMITS, &ring(), 9).unwrap();
        let read = verified.lines().and_then(|lines| lines.collect::<Result<Vec<_>, _>>());
        let fault = read.unwrap_err();
        (fault.rule(), fault.line())
    };
    let mut other = good_lines();
    other[4] = other[3].clone();
    assert_eq!(exchanged(pack(&other)), ("package.changed", Some(5)));
    assert_eq!(exchanged(pack(&good_lines()[..5])), ("package.changed", Some(6)));
    let mut longer = good_lines();
    longer.push(longer[5].clone());
    assert_eq!(exchanged(pack(&longer)), ("package.changed", Some(7)));
    let (later, _) = super::samples::write(
        hocba::package::manifest::ManifestDraft { created_at: moment("2026-06-26T10:00:00+07:00"), ..draft() },
        &province(),
        &entries(),
    );
    assert_eq!(exchanged(later), ("package.changed", Some(1)));
}

/// Fails in the middle.
struct Failing(Vec<u8>);

impl Source for Failing {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        Ok(Box::new(io::Cursor::new(self.0.clone()).chain(Broken)))
    }
}

#[test]
fn a_failing_disk_is_not_a_bad_package() {
    let half = good()[..300].to_vec();
    for bytes in [vec![], half] {
        let fault = VerifiedPackage::verify(Arc::new(Failing(bytes)), LIMITS, &ring(), 9).unwrap_err();
        assert_eq!(fault.rule(), "package.unreadable");
    }
}

#[test]
fn the_writer_refuses_what_no_reader_takes() {
    let start = || StreamWriter::new(io::Cursor::new(Vec::new()), draft(), &province(), None);
    assert!(matches!(start().finish(io::sink()), Err(WriterFault::Empty)));
    let mut writer = start();
    assert!(matches!(writer.add_json(b"{\n}"), Err(WriterFault::LineFeed(2))));
    assert!(matches!(writer.add_json(b"{}"), Err(WriterFault::Line { number: 2, .. })));
    let receipt = sign_claims(ObjectType::Receipt, &serde_json::json!({}), &province());
    assert!(matches!(writer.add(&receipt), Err(WriterFault::Line { number: 2, .. })));
    let mut second = draft();
    second.sequence = 2;
    let mut writer = StreamWriter::new(io::Cursor::new(Vec::new()), second, &province(), None);
    writer.add(&entries()[0]).unwrap();
    assert!(matches!(writer.finish(io::sink()), Err(WriterFault::Manifest(ManifestFault::Sequence))));
}
