//! `[soft_copy]`: who signs soft copies (bản mềm), whose are recognised, and who gives timestamps.

use serde::Deserialize;

/// `[soft_copy]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftCopy {
    /// Private key, relative to the data directory; empty: none is signed here.
    pub key_file: String,
    /// Its certificates; empty: there is no present signer.
    pub chain_file: String,
    /// Signers of before.
    pub former_signers: Vec<FormerSigner>,
    /// Why copies are signed, in the words that viewers show.
    pub reason: String,
    /// Where.
    pub location: String,
    /// Address of the timestamp authority; empty: none.
    pub tsa_url: String,
    /// Files of the roots its certificate must lead to.
    pub tsa_roots: Vec<String>,
    /// Whether a copy without a timestamp is not issued.
    pub tsa_required: bool,
    /// Milliseconds that a timestamp may take.
    pub tsa_timeout_ms: u64,
    /// Most bytes of finished copies that wait to be fetched.
    pub shelf_bytes: usize,
}

/// A signer of before.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerSigner {
    /// Its certificates.
    pub chain_file: String,
    /// First moment at which it signed, RFC 3339; None: as its certificate says.
    #[serde(default)]
    pub from: Option<String>,
    /// Last moment.
    #[serde(default)]
    pub to: Option<String>,
}

impl SoftCopy {
    pub(super) fn rules(&self) -> [(bool, &'static str); 7] {
        let is_address = self.tsa_url.starts_with("http://") || self.tsa_url.starts_with("https://");
        let texts = [&self.reason, &self.location];
        [
            (self.key_file.is_empty() || !self.chain_file.is_empty(), "soft_copy.key_file needs soft_copy.chain_file"),
            (
                self.former_signers.iter().all(|signer| !signer.chain_file.is_empty() && signer.has_times()),
                "soft_copy.former_signers need a chain_file, and times as 2026-12-31T23:59:59+07:00",
            ),
            (
                texts.iter().all(|text| text.chars().count() <= 200),
                "soft_copy.reason and location are at most 200 long",
            ),
            (
                self.tsa_url.is_empty() || is_address && !self.tsa_roots.is_empty(),
                "soft_copy.tsa_url is an http(s) address and needs soft_copy.tsa_roots",
            ),
            (!self.tsa_required || !self.tsa_url.is_empty(), "soft_copy.tsa_required needs soft_copy.tsa_url"),
            ((100..=60_000).contains(&self.tsa_timeout_ms), "soft_copy.tsa_timeout_ms is from 100 to 60000"),
            ((1 << 20..=1 << 34).contains(&self.shelf_bytes), "soft_copy.shelf_bytes is from 1 MB to 16 GB"),
        ]
    }
}

impl FormerSigner {
    fn has_times(&self) -> bool {
        let is_time = |text: &String| text.parse::<jiff::Timestamp>().is_ok();
        self.from.as_ref().is_none_or(is_time) && self.to.as_ref().is_none_or(is_time)
    }
}
