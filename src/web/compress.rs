//! Pages and static files, compressed: zstd for browsers that read it, which costs a fifth of gzip's
//! time, and gzip for all others. Verdicts in JSON are too small to gain anything, log tiles are
//! hashes and do not shrink.

use std::cell::RefCell;
use std::io::Write as _;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use flate2::{Compress, Compression, Crc, FlushCompress, Status, write::GzEncoder};

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
