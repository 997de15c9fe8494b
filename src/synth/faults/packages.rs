//! Packages that are refused whole.

use std::io::{self, Read as _};

use data_encoding::BASE64URL;

use super::Bench;
use super::spoil::{self, json};
use crate::package::line::{PackageLine, Tally};
use crate::package::manifest::{Digest256, Manifest, ManifestDraft};
use crate::package::writer::assemble;
use crate::signing::PrivateKey;
use crate::signing::jws::{Jws, ObjectType};
use crate::synth::SynthFault;
use crate::synth::world::moment;

/// The province whose packages are broken.
const CURRENT: usize = 0;
/// Uncompressed bytes of the bombs: a thousand times the file.
const BOMB: u64 = 64 << 20;

/// A package that would be taken, in its parts.
struct Parts {
    manifest: Manifest,
    lines: Vec<Vec<u8>>,
}

pub(super) fn write(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    streams(bench)?;
    manifests(bench)?;
    signatures(bench)?;
    sequences(bench)?;
    roots(bench)?;
    envelopes(bench)
}

fn parts_of(bench: &mut Bench<'_>, draft: &ManifestDraft) -> Result<Parts, SynthFault> {
    let (mut tally, mut lines) = (Tally::default(), Vec::new());
    for _ in 0..3 {
        let line = bench.good(CURRENT)?;
        let text = json(&line);
        if let Ok(line) = PackageLine::parse(0, &text) {
            tally.add(line.kind, line.hash());
        }
        lines.push(text);
    }
    Ok(Parts { manifest: draft.complete(&tally), lines })
}

fn parts(bench: &mut Bench<'_>) -> Result<Parts, SynthFault> {
    let draft = bench.next_draft(CURRENT, bench.year(bench.last_year())?)?;
    parts_of(bench, &draft)
}

fn key(bench: &Bench<'_>) -> PrivateKey {
    bench.world.current_key(CURRENT)
}

/// The lines with line feeds.
fn body(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|l| l.iter().copied().chain([b'\n'])).collect()
}

fn seal(manifest: &[u8], lines: &[Vec<u8>]) -> Result<Vec<u8>, SynthFault> {
    let mut out = Vec::new();
    assemble(&mut out, manifest, &body(lines)[..]).map_err(crate::package::writer::WriterFault::Io)?;
    Ok(out)
}

fn sign(payload: Vec<u8>, keys: &[&PrivateKey]) -> Result<Jws, SynthFault> {
    let signers: Vec<_> = keys.iter().map(|k| (*k, None)).collect();
    Ok(Jws::sign(ObjectType::Manifest, payload, &signers, Vec::new())?)
}

fn seal_signed(parts: &Parts, key: &PrivateKey) -> Result<Vec<u8>, SynthFault> {
    seal(&json(&sign(serde_json::to_vec(&parts.manifest)?, &[key])?), &parts.lines)
}

/// The compressed stream.
fn streams(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let (parts, key) = (parts(bench)?, key(bench));
    let whole = seal_signed(&parts, &key)?;
    bench.refuse_whole("truncated", &whole[..whole.len() / 2], "package.truncated")?;
    let mut flipped = whole.clone();
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    bench.refuse_whole("bit-flipped", &flipped, "package.corrupt")?;
    bench.refuse_whole("bytes-after-the-end", &[&whole[..], b"\n"].concat(), "package.trailing_bytes")?;
    bench.refuse_whole("empty", b"", "package.not_zstd")?;
    bench.refuse_whole("zeros", &vec![0; 1 << 20], "package.not_zstd")?;
    let zeros = spoil::frame(io::repeat(0).take(BOMB), None)?;
    bench.refuse_whole("zeros-compressed", &zeros, "package.line_too_long")?;
    let manifest = json(&sign(serde_json::to_vec(&parts.manifest)?, &[&key])?);
    let start = [&manifest[..], b"\n"].concat();
    let bomb = spoil::frame(start.chain(io::repeat(b' ').take(BOMB)), None)?;
    bench.refuse_whole("bomb", &bomb, "package.line_too_long")?;
    let lines = body(&parts.lines);
    let wide = spoil::frame(start.chain(&lines[..]), Some(27))?;
    bench.refuse_whole("wide-window", &wide, "package.window")
}

/// The manifest's text.
fn manifests(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let (parts, key) = (parts(bench)?, key(bench));
    let payload = serde_json::to_vec(&parts.manifest)?;
    let deep = format!("{{\"extensions\":{{\"x\":{}}},", spoil::deep());
    for (name, from, to) in [
        ("manifest-duplicate-member", "{", "{\"version\":1,"),
        ("manifest-float", "\"lines\":3", "\"lines\":3.0"),
        ("manifest-unknown-field", "{", "{\"ghichu\":\"x\","),
        ("manifest-nfd", "{", "{\"extensions\":{\"x\":\"Ho\u{300}a\"},"),
        ("manifest-lone-surrogate", "{", "{\"extensions\":{\"x\":\"\\ud800\"},"),
        ("manifest-deep-nesting", "{", &deep),
        ("manifest-other-version", "\"version\":1", "\"version\":2"),
    ] {
        let manifest = sign(spoil::replace(&payload, from, to), &[&key])?;
        bench.refuse_whole(name, &seal(&json(&manifest), &parts.lines)?, "package.manifest")?;
    }
    let (first, rest) = parts.lines.split_at(1);
    bench.refuse_whole("manifest-missing", &seal(&first.concat(), rest)?, "package.manifest")
}

/// Who signed the manifest.
fn signatures(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let (parts, own, world) = (parts(bench)?, key(bench), bench.world);
    // The key of a ministry root, like that of a school, makes no province's package.
    for (name, key, rule) in [
        ("key-unknown", world.stranger_key(), "package.key_unknown"),
        ("key-of-the-ministry", world.root_key(), "package.key_wrong_role"),
        ("key-expired", world.spare_province_key(0), "package.key_expired"),
        ("key-revoked", world.spare_province_key(1), "package.key_revoked"),
    ] {
        bench.refuse_whole(name, &seal_signed(&parts, &key)?, rule)?;
    }
    if world.current.len() > 1 {
        let other = world.current_key(CURRENT + 1);
        bench.refuse_whole("wrong-province", &seal_signed(&parts, &other)?, "package.wrong_province")?;
    }
    let payload = serde_json::to_vec(&parts.manifest)?;
    let flipped = spoil::flip_signature(&sign(payload.clone(), &[&own])?, 0)?;
    bench.refuse_whole("bad-signature", &seal(&flipped, &parts.lines)?, "package.signature")?;
    let twice = sign(payload, &[&own, &world.stranger_key()])?;
    bench.refuse_whole("two-signatures", &seal(&json(&twice), &parts.lines)?, "package.signature_count")?;
    let mut early = parts;
    early.manifest.created_at = moment("2025-06-30T12:00:00+07:00")?;
    bench.refuse_whole("key-not-yet-valid", &seal_signed(&early, &own)?, "package.key_not_yet_valid")
}

/// Where the package stands in its province's sequence.
fn sequences(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let key = key(bench);
    let next = bench.next_draft(CURRENT, bench.year(bench.last_year())?)?;
    let gap = ManifestDraft { sequence: next.sequence + 3, previous: Some(Digest256([7; 32])), ..next.clone() };
    let used = ManifestDraft { sequence: 1, previous: None, ..next.clone() };
    let other = ManifestDraft { previous: Some(Digest256([7; 32])), ..next };
    for (name, draft, rule) in [
        ("sequence-gap", gap, "package.sequence_gap"),
        ("sequence-used", used, "package.sequence_used"),
        ("wrong-previous-digest", other, "package.previous_digest"),
    ] {
        let parts = parts_of(bench, &draft)?;
        bench.refuse_whole(name, &seal_signed(&parts, &key)?, rule)?;
    }
    Ok(())
}

/// What the manifest states about its lines.
fn roots(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let key = key(bench);
    let mut swapped = parts(bench)?;
    swapped.lines.swap(0, 1);
    bench.refuse_whole("lines-swapped", &seal_signed(&swapped, &key)?, "package.root_mismatch")?;
    let mut edited = parts(bench)?;
    edit_payload(&mut edited.lines[1]);
    bench.refuse_whole("line-edited", &seal_signed(&edited, &key)?, "package.root_mismatch")?;
    let mut short = parts(bench)?;
    short.lines.pop();
    bench.refuse_whole("line-missing", &seal_signed(&short, &key)?, "package.counts")?;
    let mut long = parts(bench)?;
    (long.manifest.lines, long.manifest.counts.sheets) = (5_000_000, 5_000_000);
    bench.refuse_whole("too-many-lines", &seal_signed(&long, &key)?, "package.too_many_lines")
}

/// Changes one character in the middle of the payload, which stays canonical base64url.
fn edit_payload(line: &mut [u8]) {
    const START: &[u8] = b"\"payload\":\"";
    let start = line.windows(START.len()).position(|w| w == START).map(|at| at + START.len() + 100);
    if let Some(byte) = start.and_then(|at| line.get_mut(at)) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
}

/// Lines that are no signed objects: without them the root cannot be formed.
fn envelopes(bench: &mut Bench<'_>) -> Result<(), SynthFault> {
    let key = key(bench);
    let receipt = Jws::sign(ObjectType::Receipt, *b"{}", &[(&key, None)], Vec::new())?;
    let good = parts(bench)?;
    let line = &good.lines[1];
    let padded = BASE64URL.encode(b"{}a");
    for (name, text) in [
        ("envelope-duplicate-member", spoil::replace(line, "{", "{\"payload\":\"e30\",")),
        ("envelope-unknown-member", spoil::replace(line, "{", "{\"ghichu\":\"x\",")),
        ("envelope-lone-surrogate", spoil::replace(line, "\"payload\":\"", "\"payload\":\"\\ud800")),
        ("envelope-float", spoil::replace(line, "{", "{\"x\":1.5,")),
        ("envelope-padded", spoil::replace(line, "\"payload\":\"", &format!("\"payload\":\"{padded}=="))),
        ("envelope-deep-nesting", spoil::deep().into_bytes()),
        ("envelope-not-json", b"hello".to_vec()),
        ("envelope-receipt", json(&receipt)),
    ] {
        let mut parts = Parts { manifest: good.manifest.clone(), lines: good.lines.clone() };
        parts.lines[1] = text;
        bench.refuse_whole(name, &seal_signed(&parts, &key)?, "package.envelope")?;
    }
    Ok(())
}
