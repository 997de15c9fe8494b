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
    /// Evidence, the ledger, schools and error reports.
    OPEN_CSS "open.css";
    /// The page for programmers.
    API_CSS "api.css";
    /// The style sheet of transcripts and of their comparison with paper.
    TRANSCRIPT_CSS "transcript.css";
    /// Verification receipts.
    RECEIPT_CSS "receipt.css";
    /// Copies with a QR.
    SHARE_CSS "share.css";
    /// Offices, before and behind sign-in.
    OFFICE_CSS "office.css";
    /// The icon of the site.
    ICON "icon.svg";
    /// Of the scan page and the counter.
    SCAN_CSS "scan.css";
    /// The scan page.
    SCAN_JS "scan.js";
    /// The counter.
    COUNTER_JS "counter.js";
    /// Codes in any text.
    FOUND_JS "found.js";
    /// Camera and pictures.
    CAMERA_JS "camera.js";
    /// Reads QR codes, beside the page.
    DECODER_JS "decoder.js";
    /// The QR reader.
    QR_DECODE_JS "vendor/qr/decode.js";
    /// What it shares with the QR maker.
    QR_INDEX_JS "vendor/qr/index.js";
    /// Its licence.
    QR_LICENCE "vendor/qr/LICENSE-MIT";
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
        let bytes = match extension {
            "css" => with_hashed_urls(bytes),
            "js" => with_hashed_imports(file, bytes),
            _ => Cow::Borrowed(bytes),
        };
        let hash = HEXLOWER.encode(&Sha256::digest(&bytes)[..6]);
        let gzip = Some(compress::smallest_gzip(&bytes)).filter(|g| g.len() < bytes.len());
        let url = format!("/static/{}.{hash}.{extension}", stem.replace('/', "-"));
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

/// A script names another one of `static/` as `"./FILE"`, from its own folder; visitors get the address
/// with the hash. Two scripts must not name each other: each hash would need the other.
fn with_hashed_imports(file: &str, script: &'static [u8]) -> Cow<'static, [u8]> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = String::from_utf8_lossy(script);
    for (name, asset) in TABLE.iter().filter(|(name, _)| *name != file) {
        let relative = name.strip_prefix(folder).unwrap_or(name).trim_start_matches('/');
        for quote in ['"', '\''] {
            let import = format!("{quote}./{relative}{quote}");
            if text.contains(&import) {
                text = text.replace(&import, &format!("{quote}{}{quote}", asset.url)).into();
            }
        }
    }
    Cow::Owned(text.into_owned().into_bytes())
}
