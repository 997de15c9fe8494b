//! gzip for pages and static files. Verdicts in JSON are too small to gain anything, log tiles are
//! hashes and do not shrink.

use std::io::Write as _;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};
use flate2::{Compression, write::GzEncoder};

/// For what is compressed once.
pub(super) const BEST: u32 = 9;
/// For what is compressed each time it is asked for.
pub(super) const QUICK: u32 = 4;
/// Below this a page fits into one packet anyway.
pub(super) const WORTH_IT: usize = 1200;

/// The bytes in gzip.
pub(super) fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3 + 64), Compression::new(level));
    // Writing to a vector cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Whether the client says that it reads gzip (RFC 9110 §12.5.3); a weight of zero says that it does not.
pub(super) fn accepted(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT_ENCODING).filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let refused = parts.any(|p| p.strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty()));
        coding.eq_ignore_ascii_case("gzip") && !refused
    })
}
