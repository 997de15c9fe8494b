//! Lookup codes (mã tra cứu) in a PDF that is not one of ours: one that was printed to a file, or that school
//! software made.
//!
//! The file is never parsed. Its bytes, and what its compressed streams hold at their beginning, are searched for
//! addresses of our form, `/v/` and a code, and for the values of title, subject and keywords. Text drawn on pages
//! is not: it is made of glyph numbers, and an image of the page is for the decoder of QR codes.

use std::io::Read as _;

use data_encoding::HEXLOWER_PERMISSIVE;
use flate2::read::ZlibDecoder;
use memchr::memmem;

use crate::soft_copy::pades::MAX_PDF;
use crate::transcript::{TranscriptCode, found};

/// Most bytes that are taken out of one compressed stream, and out of all.
const MAX_STREAM: usize = 512 << 10;
const MAX_ALL: usize = 8 << 20;
/// Most compressed streams that are looked into.
const MAX_STREAMS: usize = 512;
/// Most codes that are given back.
const MAX_CODES: usize = 16;
/// Most values of one name that are read, and most bytes of one.
const MAX_VALUES: usize = 64;
const MAX_VALUE: usize = 2048;
/// Entries of the information dictionary, and elements of XMP, that people and software write codes into.
const ENTRIES: [&[u8]; 3] = [b"/Title", b"/Subject", b"/Keywords"];
const ELEMENTS: [(&[u8], &[u8]); 3] = [
    (b"<dc:title>", b"</dc:title>"),
    (b"<dc:description>", b"</dc:description>"),
    (b"<pdf:Keywords>", b"</pdf:Keywords>"),
];

/// The codes of a PDF that was refused, in the order in which they are found, each once; none of a file that is no
/// PDF or too long.
pub fn codes_in_unsigned(bytes: &[u8]) -> Vec<TranscriptCode> {
    let mut codes = Vec::new();
    if bytes.len() > MAX_PDF || !bytes.starts_with(b"%PDF-") {
        return codes;
    }
    search(bytes, &mut codes);
    let mut left = MAX_ALL;
    for at in memmem::find_iter(bytes, b"stream").take(MAX_STREAMS) {
        let data = bytes.get(at + 6..).unwrap_or_default();
        let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).unwrap_or_default();
        // Every zlib stream of deflate with the usual window begins so.
        if data.first() == Some(&0x78) && left > 0 {
            let inflated = inflate(data, left.min(MAX_STREAM));
            left -= inflated.len();
            search(&inflated, &mut codes);
        }
    }
    codes
}

/// As much as comes out, up to a limit; what is broken ends where it breaks.
fn inflate(data: &[u8], limit: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = ZlibDecoder::new(data).take(limit as u64).read_to_end(&mut out);
    out
}

fn search(bytes: &[u8], codes: &mut Vec<TranscriptCode>) {
    let in_addresses = memmem::find_iter(bytes, b"/v/").chain(memmem::find_iter(bytes, b"/V/"));
    for at in in_addresses.take(MAX_VALUES) {
        let after = bytes.get(at + 3..).unwrap_or_default();
        let length = after.iter().take(40).take_while(|b| b.is_ascii_hexdigit() || **b == b'-').count();
        add(&ascii(after.get(..length).unwrap_or_default()), codes);
    }
    for name in ENTRIES {
        for at in memmem::find_iter(bytes, name).take(MAX_VALUES) {
            let after = bytes.get(at + name.len()..).unwrap_or_default();
            add(&string(after.get(..MAX_VALUE).unwrap_or(after)), codes);
        }
    }
    for (open, close) in ELEMENTS {
        for at in memmem::find_iter(bytes, open).take(MAX_VALUES) {
            let after = bytes.get(at + open.len()..).unwrap_or_default();
            let value = after.get(..MAX_VALUE).unwrap_or(after);
            let end = memmem::find(value, close).unwrap_or(value.len());
            add(&String::from_utf8_lossy(value.get(..end).unwrap_or_default()), codes);
        }
    }
}

fn add(text: &str, codes: &mut Vec<TranscriptCode>) {
    for code in found::codes(text) {
        if codes.len() < MAX_CODES && !codes.contains(&code) {
            codes.push(code);
        }
    }
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' }).collect()
}

/// The text of a PDF string, literal or hexadecimal, as far as a code can stand in it: escapes are left as they are.
fn string(after: &[u8]) -> String {
    let after = after.trim_ascii_start();
    let (inner, is_hex) = match after.split_first() {
        Some((b'(', rest)) => (rest.split(|byte| *byte == b')').next().unwrap_or_default().to_vec(), false),
        Some((b'<', rest)) => (rest.split(|byte| *byte == b'>').next().unwrap_or_default().to_vec(), true),
        _ => return String::new(),
    };
    let bytes = if is_hex { HEXLOWER_PERMISSIVE.decode(&inner).unwrap_or_default() } else { inner };
    match bytes.strip_prefix(b"\xfe\xff") {
        Some(units) => {
            let units = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
        }
        None => ascii(&bytes),
    }
}
