//! Asking authorities: only hosts that the operator has named, never redirected, capped in bytes and time.
//!
//! The addresses come out of certificates, so whoever gets a certificate granted could otherwise let the
//! portal call anything inside the ministry's network.

use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use crate::asking;

/// Why nothing was fetched. Names the host, never more of the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchFault {
    /// Not a plain http(s) address of a host that may be asked.
    #[error("{0} is not among certificates.allowed_hosts")]
    NotAllowed(String),
    /// No answer in time, another status than 200, or no connection.
    #[error("{host}: {reason}")]
    Failed {
        /// Who was asked.
        host: String,
        /// What went wrong.
        reason: String,
    },
    /// An answer longer than anything of its kind.
    #[error("{0}: the answer is too long")]
    TooLong(String),
}

/// Asks authorities.
#[derive(Debug, Clone)]
pub struct Fetcher {
    agent: Agent,
    /// `host` or `host:port`, in lower case.
    allowed: Vec<String>,
}

impl Fetcher {
    /// A fetcher for these hosts (`host`, or `host:port` for a port other than the scheme's own).
    pub fn new(allowed_hosts: &[String], timeout: Duration) -> Self {
        Self {
            agent: asking::config(timeout).build().into(),
            allowed: allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
        }
    }

    /// Whether an address may be asked.
    ///
    /// # Errors
    /// [`FetchFault::NotAllowed`].
    pub fn check(&self, url: &str) -> Result<String, FetchFault> {
        let refused = |host: &str| FetchFault::NotAllowed(host.to_owned());
        let uri: Uri = url.parse().map_err(|_| refused("an address that is none"))?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let is_plain = matches!(uri.scheme_str(), Some("http" | "https"))
            && !host.is_empty()
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let named = match (uri.port_u16(), uri.scheme_str()) {
            (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => host.clone(),
            (Some(port), _) => format!("{host}:{port}"),
        };
        match is_plain && self.allowed.contains(&named) {
            true => Ok(named),
            false => Err(refused(&named)),
        }
    }

    /// Gets what is published at an address.
    ///
    /// # Errors
    /// [`FetchFault`].
    pub fn get(&self, url: &str, longest: usize) -> Result<Vec<u8>, FetchFault> {
        let host = self.check(url)?;
        read(host, self.agent.get(url).call(), longest)
    }

    /// Posts a request of this media type.
    ///
    /// # Errors
    /// [`FetchFault`].
    pub fn post(&self, url: &str, media_type: &str, body: &[u8], longest: usize) -> Result<Vec<u8>, FetchFault> {
        let host = self.check(url)?;
        read(host, self.agent.post(url).content_type(media_type).send(body), longest)
    }
}

type Answered = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read(host: String, answered: Answered, longest: usize) -> Result<Vec<u8>, FetchFault> {
    let failed = |reason: &dyn std::fmt::Display| FetchFault::Failed { host: host.clone(), reason: reason.to_string() };
    let mut response = answered.map_err(|e| failed(&e))?;
    if response.status().as_u16() != 200 {
        return Err(failed(&response.status()));
    }
    let read = asking::whole(response.body_mut().as_reader(), longest).map_err(|e| failed(&e))?;
    read.ok_or(FetchFault::TooLong(host))
}
