//! Leaves and entry bundles.

use hocba::tlog::leaf::*;
use hocba::tlog::merkle;
use hocba::transcript::province::ProvinceCode;
use proptest::prelude::*;

fn example(kind: Kind, logged_at: u64) -> Leaf {
    let province = ProvinceCode::parse("22").unwrap();
    Leaf { kind, province, vintage: 20_250_701, year: 2025, logged_at, commitment: [7; 32] }
}

#[test]
fn the_fifty_bytes_are_frozen() {
    let bytes = example(Kind::Sheet, 1_760_000_000_123).encode();
    let head = data_encoding::HEXLOWER.encode(&bytes[..18]);
    assert_eq!(head, "010332320135004d07e9".to_owned() + "00000199c82cc07b");
    assert_eq!(bytes[18..], [7; 32]);
    assert_eq!(leaf_hash(&bytes), merkle::leaf_hash(&bytes));
}

#[test]
fn the_commitment_is_frozen() {
    let commitment = commitment(Kind::Sheet, &[1; 32], b"{}", &[2; 32]);
    let bytes = [b"hocba/commitment/v1\n\x03".as_slice(), &[1; 32], &[0, 0, 0, 2], b"{}", &[2; 32]].concat();
    use sha2::Digest as _;
    assert_eq!(commitment, <[u8; 32]>::from(sha2::Sha256::digest(bytes)));
}

proptest! {
    #[test]
    fn leaves_read_back(
        kind in 1u8..=6, province in "[0-9]{2}", vintage in any::<u32>(), year in any::<u16>(),
        logged_at in any::<u64>(), commitment in any::<[u8; 32]>(),
    ) {
        let (kind, province) = (Kind::from_number(kind).unwrap(), ProvinceCode::parse(&province).unwrap());
        let leaf = Leaf { kind, province, vintage, year, logged_at, commitment };
        prop_assert_eq!(Leaf::decode(&leaf.encode()), Ok(leaf));
    }

    #[test]
    fn what_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 48..53), fix in any::<bool>()) {
        let mut bytes = bytes;
        if fix {
            bytes[..4].copy_from_slice(b"\x01\x0322");
        }
        if let Ok(leaf) = Leaf::decode(&bytes) {
            prop_assert_eq!(leaf.encode().to_vec(), bytes);
        }
    }

    #[test]
    fn bundles_read_back(count in 1usize..=256, cut in 0usize..13_312, flip in any::<prop::sample::Index>()) {
        let leaves: Vec<_> = (0..count).map(|i| example(Kind::Sheet, i as u64).encode()).collect();
        let bundle = encode_entries(&leaves);
        prop_assert_eq!(bundle.len(), count * 52);
        prop_assert_eq!(decode_entries(&bundle), Ok(leaves));
        let cut = cut.min(bundle.len() - 1);
        prop_assert_eq!(decode_entries(&bundle[..cut]).is_ok(), cut > 0 && cut % 52 == 0);
        let mut spoiled = bundle;
        spoiled[flip.index(count) * 52 + 1] ^= 1;
        prop_assert_eq!(decode_entries(&spoiled), Err(LeafFault));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..14_000)) {
        let _ = decode_entries(&bytes);
    }
}
