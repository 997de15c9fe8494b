//! Static files, compiled into the binary. Their URLs carry a hash of the content, so they are
//! cached for ever and a new release never meets an old style sheet.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::compress;

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
    pub bytes: &'static [u8],
    /// The bytes in gzip, where that is smaller.
    pub gzip: Option<Vec<u8>>,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(bytes)[..6]);
        let gzip = Some(compress::gzip(bytes, compress::BEST)).filter(|g| g.len() < bytes.len());
        Self { url: format!("/static/{stem}.{hash}.{extension}"), etag: format!("\"{hash}\""), media_type, bytes, gzip }
    }
}

/// All of them.
#[derive(Debug)]
pub struct Assets {
    /// The style sheet of every page.
    pub css: Asset,
    /// The icon of the site.
    pub icon: Asset,
    /// Evidence, the ledger, schools and error reports.
    pub open: Asset,
}

impl Assets {
    /// The asset of a path.
    pub fn find(&self, path: &str) -> Option<&Asset> {
        [&self.css, &self.icon, &self.open].into_iter().find(|a| a.url == path)
    }
}

/// The static files of this build.
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    css: Asset::new("portal", "css", "text/css; charset=utf-8", include_bytes!("../../static/portal.css")),
    icon: Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../static/icon.svg")),
    open: Asset::new("open", "css", "text/css; charset=utf-8", include_bytes!("../../static/open.css")),
});
