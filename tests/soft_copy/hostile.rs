//! Files that somebody made or changed: never a panic, never a copy of ours, little memory.

use std::io::Cursor;

use hocba::soft_copy::photo;
use hocba::soft_copy::read_back::{Alteration, Class, Refused, Shape, codes_in_unsigned, verify};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use super::base::{People, plain};
use super::table::{Case, altered, envelope, find, numbers, overlay, replaced, signed_again, strangers, with_range};

/// Most memory that refusing any file of the table may take, in kilobytes: a process of its own that also holds the
/// largest file.
const MAX_RSS_KB: u64 = 200 << 10;

#[test]
fn every_file_of_the_table_is_refused_for_what_it_is() {
    let people = People::new(1);
    let pinned = people.pinned();
    assert!(verify(&people.copy(), &pinned).is_ok(), "the means of this test");
    let (ours, others) = (altered(&people), strangers());
    assert!(ours.len() >= 60 && others.len() >= 38, "{} and {}", ours.len(), others.len());
    for Case { what, bytes, class } in ours.iter().chain(&others) {
        let refused = verify(bytes, &pinned).map(|_| ()).expect_err(what);
        assert_eq!(refused.class(), *class, "{what}: {refused}");
        let _ = codes_in_unsigned(bytes);
    }
}

#[test]
fn the_reason_is_named_for_the_log() {
    let people = People::new(1);
    let (copy, pinned) = (people.copy(), people.pinned());
    let (_, [_, start, end, rest]) = numbers(&copy);
    let why = |bytes: &[u8]| verify(bytes, &pinned).map(|_| ()).unwrap_err();
    let shape = |shape| Refused::Altered(Alteration::Shape(shape));
    assert_eq!(why(&overlay(&copy)), shape(Shape::Coverage));
    assert_eq!(why(&with_range(&copy, &format!("0 {} {end} {rest}", start - 1))), shape(Shape::Gap));
    assert_eq!(why(&with_range(&copy, &format!("0 {start} {end} 0{rest}"))), shape(Shape::Numbers));
    assert_eq!(why(&signed_again(&people)), shape(Shape::Several));
    assert_eq!(why(&replaced(&copy, b"(Trang 0)", b"(Trang 9)")), Refused::Altered(Alteration::Digest));
    assert_eq!(why(&plain()), Refused::Foreign);
}

/// Every byte in strides, all of the signature's own, and two thousand places at random.
#[test]
fn a_changed_byte_anywhere_is_refused() {
    let people = People::new(1);
    let (copy, pinned) = (people.copy(), people.pinned());
    let mut random = ChaCha8Rng::seed_from_u64(2026);
    let start = find(&copy, b"/Type/Sig/");
    let strides = (0..copy.len()).step_by(3);
    let envelope = start..start + 4000;
    let at_random = (0..2000).map(|_| random.next_u32() as usize % copy.len()).collect::<Vec<_>>();
    let mut bytes = copy.clone();
    for place in strides.chain(envelope).chain(at_random) {
        let was = bytes[place];
        // One bit, then any other byte.
        for new in [was ^ 1 << (place % 8), was.wrapping_add(1 + (random.next_u32() % 255) as u8)] {
            bytes[place] = new;
            let refused = verify(&bytes, &pinned).map(|_| ()).expect_err("a changed byte");
            let is_head = place < 7 && refused == Refused::NotPdf;
            assert!(is_head || refused.class() == Class::Altered, "byte {place}: {refused}");
        }
        bytes[place] = was;
    }
    assert!(verify(&bytes, &pinned).is_ok());
}

#[test]
fn a_cut_or_lengthened_copy_is_refused() {
    let people = People::new(1);
    let (copy, pinned) = (people.copy(), people.pinned());
    for length in (0..copy.len()).step_by(101).chain(copy.len() - 200..copy.len()) {
        assert!(verify(&copy[..length], &pinned).is_err(), "{length}");
    }
    for place in (0..copy.len()).step_by(997) {
        let longer = [&copy[..place], b" ", &copy[place..]].concat();
        assert!(verify(&longer, &pinned).is_err(), "{place}");
        let shorter = [&copy[..place], &copy[place + 1..]].concat();
        assert!(verify(&shorter, &pinned).is_err(), "{place}");
    }
}

/// The name of the test that the process below runs.
const CHILD: &str = "HOCBA_HOSTILE_CHILD";

/// Pictures that make readers of QR codes work hard: blank, full of finder patterns, of noise, of squares; a scan of many
/// pages; and pictures that say they are larger than they are.
fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let drawn =
        |width, height, shade: fn(u32, u32) -> u8| GrayImage::from_fn(width, height, |x, y| Luma([shade(x, y)]));
    let encoded = |picture: &DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let finder = |x: u32, y: u32| {
        let (x, y) = (x / 2 % 9, y / 2 % 9);
        let is_dark = |side: u32| (1..=7).contains(&side);
        let is_white = |side: u32| (2..=6).contains(&side);
        let is_heart = |side: u32| (3..=5).contains(&side);
        let dark = is_dark(x) && is_dark(y) && !(is_white(x) && is_white(y)) || is_heart(x) && is_heart(y);
        if dark { 0 } else { 255 }
    };
    let noise =
        |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(69_069) as u8 & 128;
    let colour = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(4100, 4100, image::Rgba([250, 250, 250, 255])));
    let gray = |picture| DynamicImage::ImageLuma8(picture);
    let page = encoded(&gray(drawn(2480, 3500, |_, _| 230)), ImageFormat::Jpeg);
    let scan = (0..400).fold(b"%PDF-1.4\n".to_vec(), |mut scan, _| {
        scan.extend_from_slice(&page[..page.len().min(16 << 10)]);
        scan
    });
    let blank = encoded(&gray(drawn(100, 100, |_, _| 255)), ImageFormat::Png);
    let mut claims = blank.clone();
    // Width and height of its header.
    claims[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    vec![
        ("blank.png", encoded(&gray(drawn(4100, 4100, |_, _| 255)), ImageFormat::Png)),
        ("blank.jpg", encoded(&gray(drawn(4100, 4100, |_, _| 200)), ImageFormat::Jpeg)),
        ("colour.png", encoded(&colour, ImageFormat::Png)),
        ("finders.png", encoded(&gray(drawn(2800, 2800, finder)), ImageFormat::Png)),
        ("noise.png", encoded(&gray(drawn(2800, 2800, noise)), ImageFormat::Png)),
        ("squares.png", encoded(&gray(drawn(3000, 3000, |x, y| (((x + y) / 3 % 2) * 255) as u8)), ImageFormat::Png)),
        ("too-large.png", encoded(&gray(drawn(9000, 2000, |_, _| 255)), ImageFormat::Png)),
        ("claims.png", claims),
        ("cut.png", blank[..blank.len() / 2].to_vec()),
        ("scan.pdf", scan),
    ]
}

/// The whole table again, and the pictures, in a process of its own, whose memory the system counts.
#[test]
fn refusing_the_table_stays_within_its_memory() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let people = People::new(1);
    for (number, case) in altered(&people).iter().chain(&strangers()).enumerate() {
        std::fs::write(dir.path().join(format!("{number:03}.pdf")), &case.bytes).unwrap();
    }
    for (what, bytes) in pictures() {
        std::fs::write(dir.path().join(what), bytes).unwrap();
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "soft_copy::hostile::reads_a_folder_of_files", "--nocapture", "--test-threads=1"])
        .env(CHILD, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let peak: u64 = said.split("peak ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    println!("peak of {peak} kB");
    assert!(peak < MAX_RSS_KB, "{peak} kB");
}

/// Only in the process above.
#[test]
fn reads_a_folder_of_files() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let pinned = People::new(1).pinned();
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        assert!(verify(&bytes, &pinned).is_err(), "{}", file.display());
        let _ = codes_in_unsigned(&bytes);
        assert!(photo::codes(&bytes).is_empty(), "{}", file.display());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{} files, peak {peak}", files.len());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let pinned = People::new(1).pinned();
        prop_assert!(verify(&bytes, &pinned).is_err());
        let _ = codes_in_unsigned(&bytes);
        let pdf = [b"%PDF-1.7\n".to_vec(), bytes].concat();
        prop_assert!(verify(&pdf, &pinned).is_err());
        let _ = codes_in_unsigned(&pdf);
    }

    #[test]
    fn no_envelope_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verify(&envelope(&bytes), &People::new(1).pinned()).is_err());
    }

    #[test]
    fn a_copy_with_bytes_put_into_it_is_refused(
        at in any::<prop::sample::Index>(), put in prop::collection::vec(any::<u8>(), 0..40), cut in 0usize..60
    ) {
        let people = People::new(1);
        let mut bytes = people.copy();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        prop_assume!(bytes[at..end] != put[..]);
        bytes.splice(at..end, put);
        prop_assert!(verify(&bytes, &people.pinned()).is_err());
        let _ = codes_in_unsigned(&bytes);
    }

    #[test]
    fn a_range_of_any_numbers_is_refused(numbers in prop::array::uniform4(any::<u32>()), spaces in 1usize..3) {
        let people = People::new(1);
        let copy = people.copy();
        let (_, own) = super::table::numbers(&copy);
        prop_assume!(numbers.map(|n| n as usize) != own);
        let text = numbers.map(|n| (n % 100_000).to_string()).join(&" ".repeat(spaces));
        prop_assert!(verify(&with_range(&copy, &text), &people.pinned()).is_err());
    }
}
