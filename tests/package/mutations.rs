//! Whatever is done to a good package, it is refused or still says the same.

use hocba::package::{PackageFault, VerifiedPackage};
use hocba::signing::KeyRing;
use hocba::tlog::Hash;
use proptest::prelude::*;

use super::samples::{LIMITS, lines_of, pack, package, ring, source};

/// What a package says: manifest digest and line hashes.
fn says(bytes: &[u8], ring: &KeyRing) -> Result<([u8; 32], Vec<Hash>), PackageFault> {
    let verified = VerifiedPackage::verify(source(bytes), LIMITS, ring, 9)?;
    for line in verified.lines()? {
        line?;
    }
    Ok((verified.manifest_digest().0, verified.line_hashes().to_vec()))
}

#[derive(Debug, Clone)]
enum Mutation {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, u8),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..8u8).prop_map(|(i, bit)| Mutation::Flip(i, bit)),
        at().prop_map(Mutation::Cut),
        (at(), prop::collection::vec(any::<u8>(), 1..20)).prop_map(|(i, bytes)| Mutation::Insert(i, bytes)),
        (at(), 1..20u8).prop_map(|(i, n)| Mutation::Remove(i, n)),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    match mutation {
        Mutation::Flip(i, bit) => {
            let i = i.index(bytes.len());
            bytes[i] ^= 1 << bit;
        }
        Mutation::Cut(i) => bytes.truncate(i.index(bytes.len())),
        Mutation::Insert(i, new) => {
            let i = i.index(bytes.len());
            bytes.splice(i..i, new.iter().copied());
        }
        Mutation::Remove(i, n) => {
            let i = i.index(bytes.len());
            let end = bytes.len().min(i + usize::from(*n));
            bytes.drain(i..end);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn compressed_bytes(mutations in prop::collection::vec(mutation(), 1..4)) {
        let (good, ring) = (package().0, ring());
        let mut bytes = good.clone();
        mutations.iter().for_each(|m| apply(&mut bytes, m));
        // zstd has bits that mean nothing; only what the package says counts.
        if let Ok(said) = says(&bytes, &ring) {
            prop_assert_eq!(said, says(&good, &ring).unwrap());
        }
    }

    #[test]
    fn decompressed_bytes(mutations in prop::collection::vec(mutation(), 1..4)) {
        let (good, ring) = (package().0, ring());
        let mut text = lines_of(&good).concat().into_bytes();
        mutations.iter().for_each(|m| apply(&mut text, m));
        let mut bytes = Vec::new();
        zstd::stream::copy_encode(&text[..], &mut bytes, 1).unwrap();
        if let Ok(said) = says(&bytes, &ring) {
            prop_assert_eq!(said, says(&good, &ring).unwrap());
        }
    }

    #[test]
    fn lines_moved_doubled_and_dropped(picks in prop::collection::vec(0..6usize, 0..9)) {
        let (good, ring) = (package().0, ring());
        let lines = lines_of(&good);
        let picked: Vec<String> = picks.iter().map(|i| lines[*i].clone()).collect();
        if picked.is_empty() {
            return Ok(());
        }
        prop_assert_eq!(says(&pack(&picked), &ring).is_ok(), picked == lines);
    }

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000), framed in any::<bool>()) {
        let mut input = Vec::new();
        match framed {
            true => zstd::stream::copy_encode(&bytes[..], &mut input, 1).unwrap(),
            false => input.extend([&[0x28, 0xB5, 0x2F, 0xFD], &bytes[..]].concat()),
        }
        prop_assert!(says(&input, &ring()).is_err());
    }
}
