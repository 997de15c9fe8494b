//! Whole copies, printed and signed as they are handed out: what is done to them is refused, and their QR codes are read
//! from photos of the paper.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use hocba::soft_copy::photo;
use hocba::soft_copy::printed::{Attachment, PrintedSheet, PrintedTranscript, Relation, Standing};
use hocba::soft_copy::read_back::{Class, verify};
use hocba::transcript::Level;
use hocba::transcript::sheet::Sheet;
use image::{GrayImage, ImageFormat, Luma};
use serde_json::{Value as Json, json};

use super::base::People;
use super::printed::{copy, extremes, in_force, nation, token, token_key};
use super::table::overlay;
use crate::python::{python, run};

/// As large as what is attached to a copy of some years.
fn attachments() -> Vec<Attachment> {
    let file = |name: &str, relation, length: usize| Attachment {
        name: name.to_owned(),
        description: "Bằng chứng".to_owned(),
        media_type: "application/json".to_owned(),
        relation,
        bytes: json!({ "ma": "x".repeat(length) }).to_string().into_bytes(),
    };
    vec![
        file("bang-chung.json", Relation::Supplement, 40_000),
        file("hoc-ba-2025-2026.jws.json", Relation::Source, 9_000),
    ]
}

fn of_nation(level: Level) -> Vec<u8> {
    let booklet = nation::longest(level);
    let sheet =
        |(sheet, standing): &'_ (Sheet, Standing)| (sheet.claims().clone(), sheet.contents().clone(), *standing);
    let parts: Vec<_> = booklet.iter().map(sheet).collect();
    let sheets: Vec<_> = parts
        .iter()
        .map(|(claims, contents, standing)| PrintedSheet { claims, contents, standing: *standing })
        .collect();
    let code = sheets[0].claims.code;
    let token = token(code);
    let transcript = PrintedTranscript { code, token: Some(&token), ..copy(level, &sheets) };
    super::printed::printed(&transcript, attachments()).pdf
}

fn longest() -> Vec<u8> {
    let years: Vec<_> = (2019..2026).map(extremes::longest).collect();
    let sheets: Vec<_> = years.iter().map(in_force).collect();
    super::printed::printed(&copy(Level::Continuing, &sheets), attachments()).pdf
}

/// The longest booklet of every level that the synthetic nation has, and one whose every text is as long as it may be;
/// not signed yet.
pub(super) fn printed() -> Vec<(String, Vec<u8>)> {
    static PRINTED: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let make = || {
        let mut all: Vec<_> = Level::ALL.into_iter().map(|level| (format!("{level:?}"), of_nation(level))).collect();
        all.push(("longest".to_owned(), longest()));
        all
    };
    PRINTED.get_or_init(make).clone()
}

#[test]
fn what_is_done_to_a_whole_copy_is_refused() {
    let people = People::new(1);
    let pinned = people.pinned();
    for (name, pdf) in printed() {
        let copy = people.sign(&pdf).unwrap().bytes;
        assert!(verify(&copy, &pinned).is_ok(), "{name}");
        // Every byte of a small file is changed elsewhere; of these, so many that every object has some.
        let step = copy.len() / 2_000 + 1;
        for at in (0..copy.len()).step_by(step).chain(copy.len() - 200..copy.len()) {
            let mut changed = copy.clone();
            changed[at] ^= 1 << (at % 8);
            assert!(verify(&changed, &pinned).is_err(), "{name}: byte {at}");
        }
        for (what, bytes) in [
            ("junk behind it", [copy.as_slice(), b"\n%%EOF\n"].concat()),
            ("drawn over", overlay(&copy)),
            ("drawn over twice", overlay(&overlay(&copy))),
            ("wrapped", [pdf.as_slice(), copy.as_slice()].concat()),
            ("signed by somebody else", People::new(2).sign(&pdf).unwrap().bytes),
        ] {
            let refused = verify(&bytes, &pinned).map(|_| ()).expect_err(what);
            assert_ne!(refused.class(), Class::Unreadable, "{name}: {what}: {refused}");
        }
    }
}

/// A sheet of paper as a phone takes it: turned, lit from one side, out of focus, grainy, and compressed.
fn photographed(page: &GrayImage) -> Vec<u8> {
    let (sin, cos) = 3f32.to_radians().sin_cos();
    let (width, height) = page.dimensions();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    let mut taken = GrayImage::from_pixel(width, height, Luma([90]));
    for (x, y, pixel) in taken.enumerate_pixels_mut() {
        let (right, down) = (x as f32 - middle_x, y as f32 - middle_y);
        // The far edge is a little smaller than the near one.
        let far = 1.0 + down / height as f32 * 0.06;
        let (from_x, from_y) =
            ((right * cos + down * sin) / far + middle_x, (down * cos - right * sin) / far + middle_y);
        if let Some(ink) = image::imageops::sample_bilinear(page, from_x / width as f32, from_y / height as f32) {
            let light = 0.65 + 0.25 * x as f32 / width as f32;
            let grain = ((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 8) % 17;
            pixel.0[0] = (f32::from(ink.0[0]) * light + 20.0 + grain as f32).clamp(0.0, 255.0) as u8;
        }
    }
    let blurred = image::imageops::fast_blur(&taken, 1.2);
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 60);
    blurred.write_with_encoder(encoder).unwrap();
    jpeg
}

fn page(folder: &Path, pdf: &Path, number: usize, dpi: &str) -> GrayImage {
    let number = number.to_string();
    let made = Command::new("pdftoppm")
        .args(["-r", dpi, "-gray", "-png", "-singlefile", "-f", &number, "-l", &number])
        .arg(pdf)
        .arg(folder.join("page"))
        .status();
    assert!(made.unwrap().success());
    image::open(folder.join("page.png")).unwrap().into_luma8()
}

/// What a scanner that is not ours reads.
fn scanned(picture: &Path) -> Vec<String> {
    let output = Command::new("zbarimg").args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable"]).arg(picture).output();
    String::from_utf8(output.unwrap().stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_codes_of_every_level_are_read_from_a_scan_and_from_a_photo() {
    let dir = tempfile::tempdir().unwrap();
    let jwks = dir.path().join("jwks.json");
    std::fs::write(&jwks, json!({ "keys": [token_key().public().to_jwk()] }).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/check_token.py");
    for (name, pdf) in printed().into_iter().filter(|(name, _)| name != "longest") {
        let file = dir.path().join("copy.pdf");
        std::fs::write(&file, &pdf).unwrap();
        // Cover and results of each level; the learner's page is the same for all.
        let pages: &[usize] = if name == "Primary" { &[1, 2, 3] } else { &[1, 3] };
        for &number in pages {
            let what = format!("{name}, page {number}");
            let small = page(dir.path(), &file, number, "150");
            let from_scan = scanned(&dir.path().join("page.png"));
            let taken = photographed(&page(dir.path(), &file, number, "300"));
            std::fs::write(dir.path().join("photo.jpg"), &taken).unwrap();
            let from_photo = scanned(&dir.path().join("photo.jpg"));
            assert_eq!(from_photo, from_scan, "{what}");
            let with_token: Vec<&String> = from_scan.iter().filter(|text| text.contains('#')).collect();
            assert_eq!((from_scan.is_empty(), with_token.len()), (false, usize::from(number == 1)), "{what}");
            for qr in with_token {
                let mut check = Command::new(python());
                let said: Json = serde_json::from_str(&run(check.arg(&script).arg(&jwks).arg(qr))).unwrap();
                assert_eq!(said["discloses_until"], 1_811_000_000);
            }
            // And by the reader behind the page that checks files.
            let mut png = std::io::Cursor::new(Vec::new());
            small.write_to(&mut png, ImageFormat::Png).unwrap();
            for picture in [png.into_inner(), taken] {
                let codes = photo::codes(&picture);
                assert_eq!(codes.len(), 1, "{what}");
                assert!(from_scan[0].to_lowercase().contains(&codes[0].to_string()), "{what}");
            }
        }
    }
}
