use hocba::ledger::bundle::{BundleFault, HEADER_LEN, Header, Opener, PART_WIDTH, Sealer};
use hocba::ledger::entry::BodyEntry;
use hocba::ledger::keys::{Purpose, SecretKey};
use proptest::prelude::*;

use super::samples::Samples;

fn key() -> SecretKey {
    SecretKey::new([7; 32]).derive(Purpose::Bodies)
}

fn entries(count: usize) -> Vec<BodyEntry> {
    let mut samples = Samples::new(count as u64);
    (0..count).map(|_| samples.body()).collect()
}

#[test]
fn what_was_sealed_comes_back() {
    let mut sealer = Sealer::new(&key()).unwrap();
    for width in [1, 31, 32, 33, 255, 256] {
        let mut before = entries(width);
        before[width / 2].signed = None;
        let file = sealer.seal(9, &before).unwrap();
        assert!(Opener::new(&key()).all(9, &file).unwrap() == before, "width {width}");
    }
}

#[test]
fn sections_are_read_apart() {
    let before = entries(70);
    let file = Sealer::new(&key()).unwrap().seal(3, &before).unwrap();
    let header = Header::parse(&file[..HEADER_LEN], 3).unwrap();
    let opener = Opener::new(&key());
    let cut = |span: hocba::ledger::bundle::Span| &file[span.offset as usize..span.offset as usize + span.length];
    let facts = opener.facts(&header, cut(header.facts_span())).unwrap();
    assert!(facts.iter().eq(before.iter().map(|b| &b.facts)));
    for slot in [0, PART_WIDTH - 1, PART_WIDTH, 69] {
        let signed = opener.signed(&header, slot, cut(header.part_span(slot).unwrap())).unwrap();
        assert!(signed == before[slot].signed);
    }
    assert_eq!(header.part_span(70), Err(BundleFault::Width));
    // The part of one slot does not open as the part of another.
    assert!(opener.signed(&header, 64, cut(header.part_span(0).unwrap())).is_err());
}

#[test]
fn nothing_personal_stands_in_the_clear() {
    let file = Sealer::new(&key()).unwrap().seal(0, &entries(2)).unwrap();
    for canary in ["Nguyễn", "mahocba", "hoten"] {
        assert!(!file.windows(canary.len()).any(|w| w == canary.as_bytes()));
    }
}

#[test]
fn another_number_or_key_does_not_open_it() {
    let file = Sealer::new(&key()).unwrap().seal(5, &entries(3)).unwrap();
    assert_eq!(Opener::new(&key()).all(6, &file).unwrap_err(), BundleFault::Header);
    let other = SecretKey::new([8; 32]).derive(Purpose::Bodies);
    assert_eq!(Opener::new(&other).all(5, &file).unwrap_err(), BundleFault::Sealed);
    // Renumbering the header is noticed by the seal.
    let mut renumbered = file;
    renumbered[15] = 6;
    assert_eq!(Opener::new(&key()).all(6, &renumbered).unwrap_err(), BundleFault::Sealed);
}

#[test]
fn every_flipped_byte_is_noticed() {
    let file = Sealer::new(&key()).unwrap().seal(1, &entries(2)).unwrap();
    let opener = Opener::new(&key());
    for at in 0..file.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(opener.all(1, &flipped).is_err(), "byte {at}");
        assert!(opener.all(1, &file[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn entries_beyond_the_limits_are_refused() {
    let mut sealer = Sealer::new(&key()).unwrap();
    assert_eq!(sealer.seal(0, &[]).unwrap_err(), BundleFault::Width);
    assert_eq!(sealer.seal(0, &entries(257)).unwrap_err(), BundleFault::Width);
    let mut large = entries(1);
    large[0].facts.facts = vec![b' '; 64 * 1024 + 1].into();
    assert_eq!(sealer.seal(0, &large).unwrap_err(), BundleFault::TooLarge);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), bundle in 0u64..3) {
        let _ = Opener::new(&key()).all(bundle, &bytes);
        // Past the magic and the number.
        if bytes.len() > 16 {
            bytes[..8].copy_from_slice(b"hocba/b\x01");
            bytes[8..16].copy_from_slice(&bundle.to_be_bytes());
            let _ = Opener::new(&key()).all(bundle, &bytes);
        }
    }
}

#[test]
#[ignore = "prints figures for docs/ledger.md"]
fn measure_levels() {
    let bundles: Vec<_> = (0..4).map(|i| (0..256).map(|_| i).collect::<Vec<_>>()).collect();
    let mut samples = Samples::new(1);
    let bundles: Vec<Vec<BodyEntry>> = bundles.iter().map(|b| b.iter().map(|_| samples.body()).collect()).collect();
    let raw: usize =
        bundles.iter().flatten().map(|e| e.facts.facts.len() + e.signed.as_ref().map_or(0, |s| s.len())).sum();
    let count = bundles.len() * 256;
    println!("raw {} bytes an entry", raw / count);
    for level in [-3, -1, 1, 2, 3, 5, 7] {
        let mut sealer = Sealer::with_level(&key(), level).unwrap();
        let start = std::time::Instant::now();
        let files: Vec<_> = bundles.iter().map(|b| sealer.seal(0, b).unwrap()).collect();
        let sealed = start.elapsed();
        let bytes: usize = files.iter().map(Vec::len).sum();
        let start = std::time::Instant::now();
        for (file, bundle) in files.iter().zip(&bundles) {
            assert!(Opener::new(&key()).all(0, file).unwrap() == *bundle);
        }
        let opened = start.elapsed();
        let header = Header::parse(&files[0], 0).unwrap();
        let start = std::time::Instant::now();
        let span = header.part_span(100).unwrap();
        let part = &files[0][span.offset as usize..span.offset as usize + span.length];
        Opener::new(&key()).signed(&header, 100, part).unwrap();
        let one = start.elapsed();
        let span = header.facts_span();
        println!(
            "level {level}: {} B an entry (facts {}), ratio {:.2}, seal {:.1} µs, open {:.1} µs, one body {:?}",
            bytes / count,
            span.length / 256,
            raw as f64 / bytes as f64,
            sealed.as_secs_f64() * 1e6 / count as f64,
            opened.as_secs_f64() * 1e6 / count as f64,
            one,
        );
    }
}
