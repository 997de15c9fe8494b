//! Signed notes, cosignatures, key lines.

use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use hocba::tlog::checkpoint::*;
use proptest::prelude::*;
use signed_note::{Note, Signature, StandardVerifier, VerifierList};

use super::{ORIGIN, at, checkpointer, leaf};

const NOW: i64 = 1_760_000_000;

fn issued() -> VerifiedCheckpoint {
    checkpointer().issue(5, &leaf(1), at(NOW)).unwrap()
}

fn note() -> String {
    String::from_utf8(issued().bytes().to_vec()).unwrap()
}

fn verify(note: &str) -> Result<VerifiedCheckpoint, CheckpointFault> {
    checkpointer().verifier().verify(note.as_bytes())
}

/// The note with one more signature line, by another key.
fn with_line(note: &str, name: &str, id: u32, signature: Vec<u8>) -> String {
    let line = Signature::new(name.into(), id, signature).unwrap().to_bytes();
    note.to_owned() + std::str::from_utf8(&line).unwrap()
}

#[test]
fn a_checkpoint_reads_back() {
    let checkpoint = issued();
    assert_eq!((checkpoint.size(), checkpoint.root()), (5, &leaf(1)));
    assert_eq!(checkpoint.cosigned_at(), Some(at(NOW)));
    let text = note();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..4], [ORIGIN, "5", &BASE64.encode(&leaf(1)), ""]);
    assert!(lines[4].starts_with(&format!("— {ORIGIN} ")));
    assert!(lines[5].starts_with(&format!("— {ORIGIN}/freshness ")));
    assert_eq!(lines.len(), 6);
    assert_eq!(verify(&text), Ok(checkpoint));
}

#[test]
fn an_ordinary_note_verifier_accepts_the_log_signature() {
    let verifier = StandardVerifier::new(&checkpointer().verifier().log_vkey()).unwrap();
    let parsed = Note::from_bytes(note().as_bytes()).unwrap();
    let (known, others) = parsed.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!((known.len(), others.len()), (1, 1));
}

/// The cosignature, checked from its specification alone.
#[test]
fn the_cosignature_is_the_specified_one() {
    let text = note();
    let (body, signatures) = text.rsplit_once("\n\n").unwrap();
    let line = signatures.lines().last().unwrap();
    let blob = BASE64.decode(line.rsplit_once(' ').unwrap().1.as_bytes()).unwrap();
    let key = SigningKey::from_bytes(&[2; 32]).verifying_key();
    use sha2::Digest as _;
    let id = sha2::Sha256::new()
        .chain_update(format!("{ORIGIN}/freshness\n"))
        .chain_update([4])
        .chain_update(key.as_bytes())
        .finalize();
    assert_eq!(blob[..4], id[..4]);
    assert_eq!(blob[4..12], (NOW as u64).to_be_bytes());
    let signature = ed25519_dalek::Signature::from_slice(&blob[12..]).unwrap();
    key.verify_strict(format!("cosignature/v1\ntime {NOW}\n{body}\n").as_bytes(), &signature).unwrap();
}

#[test]
fn key_lines_read_back() {
    let checkpointer = checkpointer();
    let verifier = checkpointer.verifier();
    let (log, freshness) = (verifier.log_vkey(), verifier.freshness_vkey());
    assert_eq!(&LogVerifier::from_vkeys(&log, &freshness).unwrap(), verifier);
    assert_eq!(verifier.origin(), ORIGIN);
    for (a, b) in [(&freshness, &log), (&log, &log), (&freshness, &freshness)] {
        assert!(LogVerifier::from_vkeys(a, b).is_err());
    }
    let stranger =
        Checkpointer::new("other.example/log", SigningKey::from_bytes(&[3; 32]), SigningKey::from_bytes(&[4; 32]));
    let stranger = stranger.unwrap().verifier().freshness_vkey();
    assert_eq!(LogVerifier::from_vkeys(&log, &stranger), Err(CheckpointFault::KeyLine));
    for i in 0..log.len() {
        let mut spoiled = log.clone().into_bytes();
        spoiled[i] ^= 1;
        assert!(LogVerifier::from_vkeys(&String::from_utf8_lossy(&spoiled), &freshness).is_err(), "byte {i}");
    }
}

#[test]
fn origins_are_checked() {
    for origin in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{0}b", &"a".repeat(201)] {
        let made = Checkpointer::new(origin, SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        assert_eq!(made.err(), Some(CheckpointFault::Origin));
    }
}

#[test]
fn a_log_signature_is_required_and_freshness_is_not() {
    let signed = LogSigner::new(ORIGIN, SigningKey::from_bytes(&[1; 32])).unwrap().sign(5, &leaf(1)).unwrap();
    let verifier = checkpointer().verifier().clone();
    let checkpoint = verifier.verify(&signed).unwrap();
    assert_eq!(checkpoint.cosigned_at(), None);
    let text = note();
    let without_log: String = text.split_inclusive('\n').enumerate().filter(|(i, _)| *i != 4).map(|(_, l)| l).collect();
    assert_eq!(verify(&without_log), Err(CheckpointFault::Unsigned));
}

#[test]
fn another_log_key_or_freshness_key_is_no_signature_of_ours() {
    let other = Checkpointer::new(ORIGIN, SigningKey::from_bytes(&[9; 32]), SigningKey::from_bytes(&[8; 32])).unwrap();
    let theirs = other.issue(5, &leaf(1), at(NOW)).unwrap();
    assert_eq!(checkpointer().verifier().verify(theirs.bytes()), Err(CheckpointFault::Unsigned));
}

#[test]
fn the_same_key_for_another_log_is_refused() {
    // Same name in the signature line, another origin in the text.
    let text = format!("other.example/log\n5\n{}\n", BASE64.encode(&leaf(1)));
    let key = SigningKey::from_bytes(&[1; 32]);
    let id = signed_note::key_id(ORIGIN, &[&[1], key.verifying_key().as_bytes().as_slice()].concat());
    let forged = with_line(&format!("{text}\n"), ORIGIN, id, key.sign(text.as_bytes()).to_vec());
    assert_eq!(verify(&forged), Err(CheckpointFault::OtherLog));
}

#[test]
fn texts_signed_by_the_log_that_are_no_checkpoints_are_refused() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let id = signed_note::key_id(ORIGIN, &[&[1], key.verifying_key().as_bytes().as_slice()].concat());
    let root = BASE64.encode(&leaf(1));
    for text in [
        format!("{ORIGIN}\n05\n{root}\n"),
        format!("{ORIGIN}\n+5\n{root}\n"),
        format!("{ORIGIN}\n18446744073709551616\n{root}\n"),
        format!("{ORIGIN}\n5\n{}\n", &root[..43]),
        format!("{ORIGIN}\n5\n{root}\n\nmore\n"),
        format!("{ORIGIN}\n5\n"),
        "x\n".to_owned(),
    ] {
        let forged = with_line(&format!("{text}\n"), ORIGIN, id, key.sign(text.as_bytes()).to_vec());
        assert_eq!(verify(&forged), Err(CheckpointFault::Checkpoint), "{text:?}");
    }
    let extended = format!("{ORIGIN}\n5\n{root}\nextension\n");
    let signed = with_line(&format!("{extended}\n"), ORIGIN, id, key.sign(extended.as_bytes()).to_vec());
    assert_eq!(verify(&signed).unwrap().size(), 5);
}

#[test]
fn witnesses_are_kept_when_the_cosignature_is_renewed() {
    let witnessed = with_line(&note(), "witness.example", 77, vec![5; 72]);
    let checkpoint = verify(&witnessed).unwrap();
    let renewed = checkpointer().renew(&checkpoint, at(NOW + 60)).unwrap();
    assert_eq!(renewed.cosigned_at(), Some(at(NOW + 60)));
    let text = String::from_utf8(renewed.bytes().to_vec()).unwrap();
    assert_eq!(text.matches("witness.example").count(), 1);
    assert_eq!(text.matches("/freshness").count(), 1);
}

#[test]
fn a_second_signature_by_one_of_our_keys_is_refused() {
    let text = note();
    for line in [4, 5] {
        let again = text.split_inclusive('\n').nth(line).unwrap();
        assert_eq!(verify(&format!("{text}{again}")), Err(CheckpointFault::Repeated));
    }
}

#[test]
fn a_cosignature_must_hold_if_it_is_there() {
    let later = checkpointer().issue(6, &leaf(2), at(NOW)).unwrap();
    let later = String::from_utf8(later.bytes().to_vec()).unwrap();
    let text = note();
    let head: String = text.split_inclusive('\n').take(5).collect();
    let moved = head + later.split_inclusive('\n').nth(5).unwrap();
    assert_eq!(verify(&moved), Err(CheckpointFault::Signature("freshness")));
}

#[test]
fn a_cosignature_beyond_the_calendar_is_refused() {
    let key = SigningKey::from_bytes(&[2; 32]);
    let name = format!("{ORIGIN}/freshness");
    let id = signed_note::key_id(&name, &[&[4], key.verifying_key().as_bytes().as_slice()].concat());
    let text: String = note().split_inclusive('\n').take(5).collect();
    let body = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
    for seconds in [u64::MAX, i64::MAX as u64, 400_000_000_000] {
        let signature = key.sign(format!("cosignature/v1\ntime {seconds}\n{body}").as_bytes());
        let blob = [&seconds.to_be_bytes()[..], &signature.to_bytes()].concat();
        assert_eq!(verify(&with_line(&text, &name, id, blob)), Err(CheckpointFault::Time));
    }
    assert_eq!(verify(&with_line(&text, &name, id, vec![0; 7])), Err(CheckpointFault::Signature("freshness")));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let text = note();
    // A flip in the freshness line's name or number makes it a stranger's signature: then there is no time.
    for (i, bit) in (0..text.len()).flat_map(|i| (0..8).map(move |bit| (i, bit))) {
        let mut spoiled = text.clone().into_bytes();
        spoiled[i] ^= 1 << bit;
        if let Ok(checkpoint) = checkpointer().verifier().verify(&spoiled) {
            assert_eq!((checkpoint.size(), checkpoint.root()), (5, &leaf(1)));
            assert_eq!(checkpoint.cosigned_at(), None, "byte {i}");
        }
    }
    for length in 0..text.len() {
        if let Ok(checkpoint) = checkpointer().verifier().verify(&text.as_bytes()[..length]) {
            assert_eq!(checkpoint.cosigned_at(), None);
        }
    }
}

#[test]
fn long_notes_are_not_read() {
    let long = note() + &"— w AAAAAAAA\n".repeat(20_000);
    assert_eq!(verify(&long), Err(CheckpointFault::TooLong));
}

#[test]
fn nothing_secret_is_printed() {
    let printed = format!("{:?}", checkpointer());
    assert!(!printed.contains(&BASE64.encode(&[1; 32])) && !printed.contains("1, 1, 1"));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(checkpointer().verifier().verify(&bytes).is_err());
    }

    #[test]
    fn no_texts_panic(text in "(hocba.example/log|[a-z\\n]{0,9})\n[0-9+]{0,22}\n[A-Za-z0-9+/=]{40,46}\n\n(— [a-z./]{1,9} [A-Za-z0-9+/]{4,90}={0,2}\n){0,3}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn no_key_lines_panic(text in any::<String>()) {
        prop_assert!(LogVerifier::from_vkeys(&text, &text).is_err());
    }
}
