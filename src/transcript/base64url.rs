//! base64url without padding (RFC 4648 §5), canonical alone: on the vector unit where there is one.
//!
//! For texts of the length of a payload or a disclosure. A digest or a salt gains nothing by it and is
//! left to `data-encoding`; both take exactly the same texts, which `tests/transcript/base64url.rs` holds.

use std::sync::LazyLock;

use base64::Engine as _;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::Simd;
use base64::engine::general_purpose::NO_PAD;

/// `NO_PAD` neither writes nor takes padding, and refuses trailing bits that are not zero.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
static ENGINE: LazyLock<base64::engine::GeneralPurpose> =
    LazyLock::new(|| base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, NO_PAD));

/// The bytes of a text; None for padding, white space, another alphabet and non-zero trailing bits.
pub fn decode(text: &str) -> Option<Box<[u8]>> {
    // Exact for every text that is taken, so that nothing is copied to make it fit.
    let mut bytes = vec![0; text.len() / 4 * 3 + text.len() % 4 * 3 / 4].into_boxed_slice();
    let written = ENGINE.decode_slice(text, &mut bytes).ok()?;
    (written == bytes.len()).then_some(bytes)
}

/// The text of bytes.
pub fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Writes the text of bytes behind what `out` holds.
pub fn append(bytes: &[u8], out: &mut String) {
    ENGINE.encode_string(bytes, out);
}
