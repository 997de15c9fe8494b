//! docs/log.md: its commands are run as they stand there, against a small log in a directory.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use hocba::journal::{Actor, Event, Journal, Outcome, SecondFactor, TagKey};
use hocba::tlog::leaf::{self, Kind, Leaf};
use hocba::tlog::merkle;
use hocba::tlog::proof::LogProof;
use hocba::tlog::tile::{self, TileKind, TilePath, TreeEdge};
use hocba::transcript::province::ProvinceCode;
use hocba::transcript::text::Text;
use hocba::transcript::{GroupSet, TranscriptCode};
use sha2::{Digest as _, Sha256};

use super::{at, checkpointer};

const SIZE: u64 = 70_300;
const INDEX: u64 = 66_000;
const FACTS: &[u8] = b"{\"idbanghi\":\"x\"}";

fn leaf_at(index: u64) -> [u8; leaf::LEAF_LEN] {
    let commitment = leaf::commitment(Kind::Sheet, &[7; 32], FACTS, &Sha256::digest(b"signed").into());
    let province = ProvinceCode::parse("22").unwrap();
    let logged_at = 1_760_000_000_000 + index;
    Leaf { kind: Kind::Sheet, province, vintage: 20_250_701, year: 2025, logged_at, commitment }.encode()
}

fn put(log: &Path, path: TilePath, bytes: &[u8]) {
    let file = log.join(path.to_string());
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Writes a log, an older checkpoint of it, evidence for one leaf, and a journal.
fn write_all(dir: &Path) {
    let (log, keys) = (dir.join("log"), checkpointer());
    let leaves: Vec<_> = (0..SIZE).map(leaf_at).collect();
    let mut edge = TreeEdge::default();
    for (index, leaf) in (1..).zip(&leaves) {
        edge.push(leaf::leaf_hash(leaf), |path, row| put(&log, path, &row.concat()));
        if index == 300 {
            let old = keys.issue(index, &edge.root(), at(1_760_000_000)).unwrap();
            fs::write(dir.join("old"), old.bytes()).unwrap();
        }
    }
    edge.partials().for_each(|(path, row)| put(&log, path, &row.concat()));
    for path in tile::changed(TileKind::Entries, 0, SIZE) {
        let from = path.index() as usize * 256;
        put(&log, path, &leaf::encode_entries(&leaves[from..from + usize::from(path.width())]));
    }
    let checkpoint = keys.issue(SIZE, &edge.root(), at(1_760_000_600)).unwrap();
    fs::write(log.join("checkpoint"), checkpoint.bytes()).unwrap();
    fs::write(log.join("vkey"), keys.verifier().log_vkey() + "\n").unwrap();
    fs::write(log.join("vkey-freshness"), keys.verifier().freshness_vkey() + "\n").unwrap();
    let hashes: Vec<_> = leaves.iter().map(leaf::leaf_hash).collect();
    let hashes = merkle::path(&hashes, INDEX as usize).unwrap();
    let proof = LogProof { extra: Some(vec![1]), index: INDEX, hashes, checkpoint: checkpoint.bytes().to_vec() };
    for (name, bytes) in [
        ("proof", proof.to_text().unwrap().as_bytes()),
        ("leaf", &leaves[INDEX as usize]),
        ("blind", &[7; 32]),
        ("facts", FACTS),
        ("signed", b"signed"),
    ] {
        fs::write(dir.join(name), bytes).unwrap();
    }
    let journal = Journal::open(&dir.join("journal"), TagKey::new(&[3; 32])).unwrap();
    for n in 0..5 {
        let event = Event {
            actor: Actor::Holder { opened_with: SecondFactor::Token },
            purpose: Text::new(format!("tra cứu \"{n}\" \\")).unwrap(),
            transcript: &TranscriptCode::from_bytes([n; 16]),
            groups: GroupSet::BIRTH_DATE,
            client: None,
            outcome: Outcome::Disclosed,
        };
        journal.append(at(1_760_000_000), &event).unwrap();
    }
}

/// The `sh` blocks of docs/log.md, one after the other.
fn commands() -> String {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/log.md")).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split_once("\n```\n").unwrap().0);
    blocks.collect::<Vec<_>>().join("\n")
}

fn run(dir: &Path) -> Output {
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", &commands()])
        .current_dir(dir)
        .env("LOG", format!("file://{}", dir.join("log").display()))
        .env("OLD", dir.join("old"))
        .env("JOURNAL", dir.join("journal"))
        .output()
        .unwrap()
}

fn available(tool: &str) -> bool {
    Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().is_ok_and(|o| o.status.success())
}

#[test]
fn the_commands_of_the_documents_work_and_notice() {
    if let Some(missing) = ["bash", "curl", "openssl", "xxd", "python3"].into_iter().find(|tool| !available(tool)) {
        eprintln!("skipped: {missing} is not installed");
        return;
    }
    let dir = tempfile::TempDir::new().unwrap();
    write_all(dir.path());
    let output = run(dir.path());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.matches("Signature Verified Successfully").count(), 3);
    assert!(said.contains("every leaf is in its tile"));
    let journal = Journal::open(&dir.path().join("journal"), TagKey::new(&[3; 32])).unwrap();
    let head = data_encoding::BASE64URL_NOPAD.encode(&journal.head().1);
    assert!(said.ends_with(&format!("head {head}\n")));
    // One bit anywhere, and they fail.
    for file in [
        "log/checkpoint",
        "log/vkey",
        "log/tile/2/000.p/1",
        "log/tile/1/001.p/18",
        "log/tile/1/000",
        "log/tile/0/007",
        "log/tile/entries/007",
        "old",
        "proof",
        "leaf",
        "blind",
        "facts",
        "signed",
        "journal/000000000001.jsonl",
    ] {
        let path = dir.path().join(file);
        let bytes = fs::read(&path).unwrap();
        let mut spoiled = bytes.clone();
        // Within the key, the signed text, the path, the hashes, the second line.
        let position = match file {
            "old" => 30,
            "proof" => 60,
            "log/vkey" => bytes.len() * 2 / 3,
            _ => bytes.len() / 3,
        };
        spoiled[position] ^= 1;
        fs::write(&path, spoiled).unwrap();
        assert!(!run(dir.path()).status.success(), "{file}");
        fs::write(&path, bytes).unwrap();
    }
}
