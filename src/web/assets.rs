//! Static files, compiled into the binary. Their URLs carry a hash of the content, so they are
//! cached for ever and a new release never meets an old style sheet.

use std::borrow::Cow;
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::compress;

/// Every file of `static/` that visitors get: its name here and its name there.
macro_rules! assets {
    ($($(#[$doc:meta])* $name:ident $file:literal;)+) => {
        $($(#[$doc])* pub static $name: LazyLock<Asset> =
            LazyLock::new(|| Asset::new($file, include_bytes!(concat!("../../static/", $file))));)+
        /// All of them, by their names in `static/`.
        static TABLE: &[(&str, &LazyLock<Asset>)] = &[$(($file, &$name)),+];
    };
}

assets! {
    /// The style sheet of every page.
    PORTAL_CSS "portal.css";
    /// The script of pages that show a code.
    PORTAL_JS "portal.js";
    /// Be Vietnam Pro, regular and bold, for Latin and for Vietnamese letters.
    FONT_LATIN "be-vietnam-pro-latin-400.woff2";
    /// The same in bold.
    FONT_LATIN_BOLD "be-vietnam-pro-latin-700.woff2";
    /// Its Vietnamese letters.
    FONT_VIETNAMESE "be-vietnam-pro-vietnamese-400.woff2";
    /// The same in bold.
    FONT_VIETNAMESE_BOLD "be-vietnam-pro-vietnamese-700.woff2";
    /// The licence of the font.
    FONT_LICENCE "be-vietnam-pro-OFL.txt";
    /// Verification receipts.
    RECEIPT_CSS "receipt.css";
    /// Copies with a QR.
    SHARE_CSS "share.css";
    /// The icon of the site.
    ICON "icon.svg";
}

/// One static file.
#[derive(Debug)]
pub struct Asset {
    /// Where pages link to: `/static/portal.0123456789ab.css`.
    pub url: String,
    /// The content hash in quotes.
    pub etag: String,
    /// Media type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Cow<'static, [u8]>,
    /// The bytes in gzip, where that is smaller.
    pub gzip: Option<Vec<u8>>,
}

impl Asset {
    fn new(file: &str, bytes: &'static [u8]) -> Self {
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "txt"));
        let bytes = if extension == "css" { with_hashed_urls(bytes) } else { Cow::Borrowed(bytes) };
        let hash = HEXLOWER.encode(&Sha256::digest(&bytes)[..6]);
        let gzip = Some(compress::smallest_gzip(&bytes)).filter(|g| g.len() < bytes.len());
        let url = format!("/static/{stem}.{hash}.{extension}");
        Self { url, etag: format!("\"{hash}\""), media_type: media_type(extension), bytes, gzip }
    }
}

/// The file that is served at an address.
pub fn find(path: &str) -> Option<&'static Asset> {
    all().find(|asset| asset.url == path)
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Asset> {
    TABLE.iter().map(|(_, asset)| &***asset)
}

fn media_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

/// A style sheet says `url(FILE)` with the name in `static/`; visitors get the address with the hash.
fn with_hashed_urls(sheet: &'static [u8]) -> Cow<'static, [u8]> {
    let text = String::from_utf8_lossy(sheet);
    let mut parts = text.split("url(");
    let mut linked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let file = part.split(')').next().unwrap_or_default();
        let url = TABLE.iter().find(|(name, _)| *name == file).map_or(file, |(_, asset)| asset.url.as_str());
        linked.extend(["url(", url, &part[file.len()..]]);
    }
    Cow::Owned(linked.into_bytes())
}
