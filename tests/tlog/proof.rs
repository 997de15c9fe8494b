//! Evidence in the tlog-proof format.

use std::sync::Arc;

use data_encoding::BASE64;
use hocba::tlog::proof::*;
use hocba::tlog::tree::VerifiedTree;
use proptest::prelude::*;

use super::{MemoryLog, checkpointer, leaf};

fn proof(size: u64, index: u64, extra: Option<Vec<u8>>) -> LogProof {
    let log = MemoryLog::of(size);
    let checkpoint = log.checkpoint();
    let tree = VerifiedTree::open(Arc::new(log), checkpoint.clone(), 1 << 20).unwrap();
    let hashes = tree.inclusion_proof(index, size).unwrap();
    LogProof { extra, index, hashes, checkpoint: checkpoint.bytes().to_vec() }
}

fn verifies(text: &str, index: u64) -> bool {
    LogProof::parse(text).is_ok_and(|p| p.verify(checkpointer().verifier(), &leaf(index)).is_ok())
}

#[test]
fn the_text_is_the_specified_one() {
    let proof = proof(5, 2, Some(b"hello".to_vec()));
    let text = proof.to_text().unwrap();
    let hash = |i: usize| BASE64.encode(&proof.hashes[i]);
    let head = format!(
        "c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 2\n{}\n{}\n{}\n\nhocba.example/log\n5\n",
        hash(0),
        hash(1),
        hash(2)
    );
    assert!(text.starts_with(&head), "{text}");
    assert!(text.ends_with(std::str::from_utf8(&proof.checkpoint).unwrap()));
    assert_eq!(LogProof::parse(&text), Ok(proof));
    assert!(verifies(&text, 2));
    assert!(!verifies(&text, 3));
}

#[test]
fn proofs_of_many_sizes_verify() {
    for (size, index) in [(1, 0), (2, 1), (255, 254), (256, 0), (257, 256), (600, 300), (3_000, 2_999)] {
        let text = proof(size, index, None).to_text().unwrap();
        assert!(verifies(&text, index), "{size} {index}");
    }
}

#[test]
fn spoiled_texts_are_refused() {
    let text = proof(300, 77, None).to_text().unwrap();
    let at_signatures = text.find("\n\n—").unwrap();
    for i in 0..text.len() {
        let mut spoiled = text.clone().into_bytes();
        spoiled[i] ^= 1;
        let Ok(spoiled) = String::from_utf8(spoiled) else { continue };
        // Past the log's signature, a flip can only turn the cosignature into a stranger's.
        assert!(!verifies(&spoiled, 77) || i > at_signatures, "byte {i}");
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for i in 0..lines.len() - 1 {
        let removed: String = lines.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, l)| *l).collect();
        assert!(!verifies(&removed, 77), "line {i} removed");
        let mut swapped = lines.clone();
        swapped.swap(i, i + 1);
        assert!(!verifies(&swapped.concat(), 77) || i == lines.len() - 2, "lines {i} swapped");
    }
}

#[test]
fn other_spellings_are_refused() {
    let text = proof(5, 2, None).to_text().unwrap();
    for (from, to) in [
        ("index 2", "index 02"),
        ("index 2", "index +2"),
        ("index 2", "index  2"),
        ("index 2", "Index 2"),
        ("index 2", "index 18446744073709551616"),
        ("index 2\n", "extra aGVsbG8\nindex 2\n"),
        ("index 2\n", "extra aGVsbG9=\nindex 2\n"),
        ("index 2\n", "index 2\nextra aGVsbG8=\n"),
        ("@v1", "@v2"),
        ("@v1\n", "@v1\r\n"),
    ] {
        assert!(LogProof::parse(&text.replacen(from, to, 1)).is_err(), "{to:?}");
    }
    let hashes = format!("{}\n", BASE64.encode(&[0; 32])).repeat(65);
    assert_eq!(LogProof::parse(&format!("{HEADER}\nindex 0\n{hashes}\nx")), Err(ProofFault::TooLong));
    assert_eq!(LogProof::parse(&"a".repeat(MAX_PROOF + 1)), Err(ProofFault::TooLong));
}

#[test]
fn parts_beyond_the_limits_are_not_written() {
    let mut proof = proof(5, 2, Some(vec![0; MAX_EXTRA]));
    assert!(LogProof::parse(&proof.to_text().unwrap()).is_ok());
    proof.extra = Some(vec![0; MAX_EXTRA + 1]);
    assert_eq!(proof.to_text(), Err(ProofFault::TooLong));
    proof.extra = None;
    proof.hashes = vec![[0; 32]; 65];
    assert_eq!(proof.to_text(), Err(ProofFault::TooLong));
}

proptest! {
    #[test]
    fn proofs_read_back(
        extra in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..100)), index in any::<u64>(),
        hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..64), checkpoint in "[ -~\\n]{0,200}",
    ) {
        let proof = LogProof { extra, index, hashes, checkpoint: checkpoint.into_bytes() };
        let text = proof.to_text().unwrap();
        prop_assert_eq!(LogProof::parse(&text).unwrap().to_text().unwrap(), text);
        prop_assert_eq!(LogProof::parse(&proof.to_text().unwrap()), Ok(proof));
    }

    #[test]
    fn no_texts_panic(text in any::<String>(), body in "(extra [A-Za-z0-9=]{0,9}\n)?(index [0-9]{0,21}\n)?([A-Za-z0-9+/]{43}=\n){0,5}\n?.{0,50}") {
        let _ = LogProof::parse(&text);
        let _ = LogProof::parse(&format!("{HEADER}\n{body}"));
    }
}
