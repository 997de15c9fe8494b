//! A public log read over HTTP, for those who audit it from outside.

use std::io;
use std::time::Duration;

use super::CliFault;
use crate::asking;
use crate::ledger::audit::PublicLog;
use crate::tlog::checkpoint::LogVerifier;

/// How long one file may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// The verifier of two vkey lines.
///
/// # Errors
/// When a line is not a verifier key.
pub fn verifier(log: &str, freshness: &str) -> Result<LogVerifier, CliFault> {
    LogVerifier::from_vkeys(log.trim(), freshness.trim())
        .map_err(|e| CliFault::new(e, "copy the lines of /log/vkey and /log/vkey-freshness"))
}

/// A log at a URL such as `https://hocba.example.vn`.
#[derive(Debug)]
pub struct HttpLog {
    base: String,
    agent: ureq::Agent,
}

impl HttpLog {
    /// Takes the portal's URL, with or without `/log` at its end.
    pub fn at(url: &str) -> Self {
        let base = url.trim_end_matches('/').trim_end_matches("/log").to_owned();
        let config = ureq::Agent::config_builder().timeout_global(Some(DEADLINE)).max_redirects(0).build();
        Self { base, agent: config.into() }
    }
}

impl PublicLog for HttpLog {
    fn fetch(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        let url = format!("{}/log/{path}", self.base);
        let response = self.agent.get(&url).call().map_err(|fault| match fault {
            ureq::Error::StatusCode(404) => io::Error::from(io::ErrorKind::NotFound),
            other => io::Error::other(other.to_string()),
        })?;
        let read = asking::whole(response.into_body().as_reader(), limit)?;
        read.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}
