//! Photos and scans of paper copies that somebody hands in: only the lookup code (mã tra cứu) in a QR can be read from
//! them. Decoded under caps: 32 megapixels, so at most about 130 MB, and a second or so.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::imageops::FilterType;
use image::{GrayImage, ImageFormat, ImageReader, Limits};
use memchr::memmem;
use rqrr::PreparedImage;

use crate::transcript::{TranscriptCode, found};

/// Largest side, in pixels.
const MAX_SIDE: u32 = 12_000;
/// Most bytes of a decoded picture.
const MAX_DECODED: u64 = 96 << 20;
/// Longest sides at which QR codes are looked for, in pixels: first what is quick, then what small codes need.
const SIDES: [u32; 3] = [1400, 2800, 800];
/// Most pictures of a scanned document that are looked at.
const MAX_PICTURES: usize = 8;
/// Most codes that are given back.
const MAX_CODES: usize = 16;

const JPEG: &[u8] = b"\xFF\xD8\xFF";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

/// Whether the bytes begin as a picture that is read.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(JPEG) || bytes.starts_with(PNG)
}

/// The codes in the QR codes of a picture, or of the photos inside a scanned PDF; each once, in the order in which they
/// are found. The PDF itself is not parsed: scanners put pictures in as they are.
pub fn codes(bytes: &[u8]) -> Vec<TranscriptCode> {
    let mut codes = Vec::new();
    if is_one(bytes) {
        look(bytes, &mut codes);
        return codes;
    }
    for at in memmem::find_iter(bytes, JPEG).take(MAX_PICTURES) {
        look(&bytes[at..], &mut codes);
        if !codes.is_empty() {
            break;
        }
    }
    codes
}

fn look(bytes: &[u8], codes: &mut Vec<TranscriptCode>) {
    // Decoders are others' code over strangers' bytes: a fault in them is a picture that cannot be read.
    let texts = catch_unwind(AssertUnwindSafe(|| decode(bytes).map(|picture| texts(&picture)).unwrap_or_default()));
    for text in texts.unwrap_or_default() {
        for code in found::codes(&text) {
            if codes.len() < MAX_CODES && !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
}

fn decode(bytes: &[u8]) -> Option<GrayImage> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED);
    let format = if bytes.starts_with(PNG) { ImageFormat::Png } else { ImageFormat::Jpeg };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    Some(picture.into_luma8())
}

/// What the QR codes say, at the first size at which any can be read.
fn texts(picture: &GrayImage) -> Vec<String> {
    let longest = picture.width().max(picture.height());
    for side in SIDES {
        let found = match side < longest {
            true => read(&shrunk(picture, side)),
            // A picture that is small enough is read once as it is.
            false => read(picture),
        };
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn shrunk(picture: &GrayImage, side: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    let longest = u64::from(width.max(height));
    let scaled = |length: u32| u32::try_from(u64::from(length) * u64::from(side) / longest).unwrap_or(side).max(1);
    image::imageops::resize(picture, scaled(width), scaled(height), FilterType::Triangle)
}

fn read(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let at = |x: usize, y: usize| pixels.get(y * width + x).copied().unwrap_or(255);
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, at);
    prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}
