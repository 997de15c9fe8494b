//! Pages and static files, compressed: zstd for browsers that read it, because it takes less time, and
//! gzip for all others. Verdicts in JSON are too small to gain anything, log tiles are hashes and do
//! not shrink.

use std::cell::RefCell;
use std::io::Write as _;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use flate2::{Compress, Compression, Crc, FlushCompress, Status, write::GzEncoder};

use super::fragment::Fragment;

/// For what is compressed each time it is asked for.
const QUICK_GZIP: u32 = 3;
const QUICK_ZSTD: i32 = 1;
/// Below this a page fits into one packet anyway.
pub(super) const WORTH_IT: usize = 1200;
/// RFC 1952: deflate, no name, no time, unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// How an answer may be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// RFC 8878; far within the window that RFC 9659 allows.
    Zstd,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// The cheapest of ours that the client says it reads.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        [Self::Zstd, Self::Gzip].into_iter().find(|coding| coding.is_accepted(headers))
    }

    /// Whether the client says that it reads this (RFC 9110 §12.5.3); a weight of zero says that it does not.
    pub(super) fn is_accepted(self, headers: &HeaderMap) -> bool {
        let texts = headers.get_all(ACCEPT_ENCODING).filter_map(|v| v.to_str().ok());
        texts.flat_map(|v| v.split(',')).any(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts.next().unwrap_or_default().eq_ignore_ascii_case(self.name()) && !parts.any(is_refusal)
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// For `Content-Encoding`.
    pub(super) fn value(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }
}

fn is_refusal(parameter: &str) -> bool {
    parameter.strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty())
}

/// What this thread compresses with: their tables are large, so they are kept between answers.
struct Tools {
    zstd: Option<zstd::bulk::Compressor<'static>>,
    deflate: Compress,
}

thread_local! {
    static TOOLS: RefCell<Tools> = RefCell::new(Tools {
        zstd: zstd::bulk::Compressor::new(QUICK_ZSTD).ok(),
        deflate: Compress::new(Compression::new(QUICK_GZIP), false),
    });
}

/// An answer's bytes, compressed quickly; None when that failed, which only a lack of memory can do.
pub(super) fn quick(bytes: &[u8], coding: Coding) -> Option<Vec<u8>> {
    TOOLS.with_borrow_mut(|tools| match coding {
        Coding::Zstd => tools.zstd.as_mut()?.compress(bytes).ok(),
        Coding::Gzip => quick_gzip(bytes, &mut tools.deflate),
    })
}

/// A page in zstd, of which some parts were compressed before: `known`, in the order in which they stand. Those that do
/// not stand there are passed over. What lies between travels as it is: to compress it would take as long as everything
/// else that an answer takes. None for a page with too much of its own.
pub(super) fn with_known(page: &[u8], known: &[&Fragment]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(page.len());
    let mut rest = page;
    for fragment in known {
        if let Some((before, frame, behind)) = fragment.split(rest) {
            append_as_it_is(before, &mut out)?;
            out.extend_from_slice(frame);
            rest = behind;
        }
    }
    append_as_it_is(rest, &mut out)?;
    Some(out)
}

/// One more frame, of one raw block (RFC 8878 §3.1.1): a single segment without checksum and dictionary, whose length
/// stands in one byte, or in two that count from 256.
fn append_as_it_is(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
    const LAST_RAW_BLOCK: u32 = 1;
    let length = u32::try_from(bytes.len()).ok()?;
    match length {
        0 => return Some(()),
        1..256 => {
            out.extend_from_slice(&MAGIC);
            out.extend_from_slice(&[0b0010_0000, length as u8]);
        }
        _ => {
            let counted = u16::try_from(length - 256).ok()?;
            out.extend_from_slice(&MAGIC);
            out.push(0b0110_0000);
            out.extend_from_slice(&counted.to_le_bytes());
        }
    }
    out.extend_from_slice(&(LAST_RAW_BLOCK | length << 3).to_le_bytes()[..3]);
    out.extend_from_slice(bytes);
    Some(())
}

fn quick_gzip(bytes: &[u8], deflate: &mut Compress) -> Option<Vec<u8>> {
    deflate.reset();
    let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
    out.extend_from_slice(&GZIP_HEADER);
    loop {
        let rest = usize::try_from(deflate.total_in()).ok().and_then(|done| bytes.get(done..))?;
        match deflate.compress_vec(rest, &mut out, FlushCompress::Finish).ok()? {
            Status::StreamEnd => break,
            _ => out.reserve(bytes.len() / 2 + 64),
        }
    }
    let mut crc = Crc::new();
    crc.update(bytes);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    Some(out)
}

/// The bytes in gzip as small as it gets, for what is compressed once.
pub(super) fn smallest_gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a vector cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use maud::PreEscaped;

    use super::*;

    #[test]
    fn what_was_compressed_before_is_found_and_nothing_else_changes() {
        let part = |text: &str| Fragment::new(PreEscaped(text.to_owned()));
        let [first, second, absent] =
            ["first part; ".repeat(30), "second".repeat(9), "absent".repeat(9)].map(|t| part(&t));
        for own in [0, 1, 255, 256, 257, 5000, 65_791] {
            let own: String = (0..own).map(|i: u64| char::from(b'a' + (i * i % 26) as u8)).collect();
            let page = maud::html! { (own) (first) (own) (second) (own) }.into_string();
            let sent = with_known(page.as_bytes(), &[&first, &absent, &second]).expect("a page");
            let read = zstd::stream::decode_all(sent.as_slice()).expect("frames");
            assert_eq!(read, page.as_bytes());
            assert!(sent.len() < page.len() - 300 + 40);
        }
        let large = "a".repeat(70_000);
        assert_eq!(with_known(large.as_bytes(), &[&first]), None, "is compressed as a whole");
    }
}
