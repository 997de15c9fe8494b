//! Photos and scans of paper copies that somebody hands in: only the lookup code (mã tra cứu) in a QR can be read from
//! them. Decoded under caps, for any file together: about 150 MB and a second.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use memchr::memmem;
use quircs::Quirc;

use crate::transcript::{TranscriptCode, found};

/// Largest side, in pixels.
const MAX_SIDE: u32 = 12_000;
/// Most pixels of a picture, and of all pictures of a file together: a phone's photo, two scanned pages. A progressive
/// JPEG takes nine bytes a pixel while it is decoded.
const MAX_PIXELS: u64 = 17_000_000;
/// Most bytes that a decoder may take.
const MAX_DECODED: u64 = 96 << 20;
/// Longest sides at which QR codes are looked for, in pixels: first what is quick, then what small codes need.
const SIDES: [u32; 3] = [1400, 2800, 800];
/// Most pictures of a scanned document that are looked at.
const MAX_PICTURES: usize = 8;
/// Most codes that are given back.
const MAX_CODES: usize = 16;

const JPEG: &[u8] = b"\xFF\xD8\xFF";
const STREAM: &[u8] = b"stream";
const ENDSTREAM: &[u8] = b"endstream";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

/// Whether the bytes begin as a picture that is read.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(JPEG) || bytes.starts_with(PNG)
}

/// The codes in the QR codes of a picture, or of the photos inside a scanned PDF; each once, in the order in which they
/// are found. The PDF itself is not parsed: scanners put pictures in as they are.
pub fn codes(bytes: &[u8]) -> Vec<TranscriptCode> {
    let mut look = Look { pixels: MAX_PIXELS, codes: Vec::new() };
    if is_one(bytes) {
        look.at(bytes);
        return look.codes;
    }
    for at in memmem::find_iter(bytes, JPEG).take(MAX_PICTURES) {
        look.at(&bytes[at..]);
        if !look.codes.is_empty() {
            break;
        }
    }
    look.codes
}

/// Where the photos of a scanned PDF lie in it, at most so many, in the order of the file: as a rule one a page. The PDF
/// is not parsed: a photo is what begins as one right behind `stream` and ends before `endstream`.
pub fn pages(bytes: &[u8], most: usize) -> Vec<std::ops::Range<usize>> {
    let (mut pages, mut from) = (Vec::new(), 0);
    while let Some(at) = bytes.get(from..).and_then(|rest| memmem::find(rest, STREAM)).filter(|_| pages.len() < most) {
        let after = from + at + STREAM.len();
        let breaks = bytes.get(after..).unwrap_or_default().iter().take(2).take_while(|b| matches!(b, b'\r' | b'\n'));
        let start = after + breaks.count();
        from = start;
        if bytes.get(start..).is_some_and(|data| data.starts_with(JPEG)) {
            let length = memmem::find(&bytes[start..], ENDSTREAM).unwrap_or(bytes.len() - start);
            pages.push(start..start + length);
            from = start + length + ENDSTREAM.len();
        }
    }
    pages
}

/// What was found in a file so far, and how many pixels may still be decoded.
struct Look {
    pixels: u64,
    codes: Vec<TranscriptCode>,
}

impl Look {
    fn at(&mut self, bytes: &[u8]) {
        // Decoders are others' code over strangers' bytes: a fault in them is a picture that cannot be read.
        let texts = catch_unwind(AssertUnwindSafe(|| self.decode(bytes).map(|picture| texts(&picture))));
        for text in texts.ok().flatten().unwrap_or_default() {
            for code in found::codes(&text) {
                if self.codes.len() < MAX_CODES && !self.codes.contains(&code) {
                    self.codes.push(code);
                }
            }
        }
    }

    fn decode(&mut self, bytes: &[u8]) -> Option<GrayImage> {
        let mut limits = Limits::no_limits();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_DECODED);
        let format = if bytes.starts_with(PNG) { ImageFormat::Png } else { ImageFormat::Jpeg };
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let decoder = reader.into_decoder().ok()?;
        let (width, height) = decoder.dimensions();
        self.pixels = self.pixels.checked_sub(u64::from(width) * u64::from(height))?;
        Some(DynamicImage::from_decoder(decoder).ok()?.into_luma8())
    }
}

/// What the QR codes say, at the first size at which any can be read.
fn texts(picture: &GrayImage) -> Vec<String> {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    for side in SIDES {
        let found = match side < longest {
            true => {
                read(&image::imageops::thumbnail(picture, scaled(width, side, longest), scaled(height, side, longest)))
            }
            // A picture that is small enough is read as it is.
            false => read(picture),
        };
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn scaled(length: u32, side: u32, longest: u32) -> u32 {
    u32::try_from(u64::from(length) * u64::from(side) / u64::from(longest)).unwrap_or(side).max(1)
}

fn read(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut reader = Quirc::default();
    let found = reader.identify(width, height, picture.as_raw());
    found.filter_map(|code| String::from_utf8(code.ok()?.decode().ok()?.payload).ok()).collect()
}
