//! Asking a timestamp authority (RFC 3161 over HTTP, §3.4) for one timestamp.

use std::sync::Arc;

use crate::signing::Kid;
use crate::signing::certificates::{
    MAX_TIMESTAMP, StampFault, StampTrust, Timestamp, Timestamper, nonce_number, read_timestamp_answer,
    timestamp_request,
};

use super::fetch::Fetcher;

/// Media type of a request.
const QUERY: &str = "application/timestamp-query";

/// A timestamp authority at an address.
#[derive(Debug)]
pub struct TimestampAuthority {
    url: String,
    /// Its deadline counts for the whole exchange; it asks this one host.
    fetcher: Fetcher,
    trust: Arc<StampTrust>,
    /// Thirty-two random bytes; None when the system gives none.
    nonce: fn() -> Option<[u8; 32]>,
}

impl TimestampAuthority {
    /// The authority at this address; the fetcher must be allowed to ask its host.
    pub fn new(url: String, fetcher: Fetcher, trust: Arc<StampTrust>, nonce: fn() -> Option<[u8; 32]>) -> Self {
        Self { url, fetcher, trust, nonce }
    }
}

impl Timestamper for TimestampAuthority {
    fn stamp(&self, digest: &[u8; 32]) -> Result<Timestamp, StampFault> {
        let away = |what: &dyn std::fmt::Display| StampFault::Away(what.to_string());
        let nonce = Kid((self.nonce)().ok_or_else(|| away(&"the system gives no random bytes"))?);
        let request = timestamp_request(digest, &nonce).map_err(|fault| away(&fault))?;
        let answer = self.fetcher.post(&self.url, QUERY, &request, MAX_TIMESTAMP).map_err(|fault| away(&fault))?;
        let timestamp = read_timestamp_answer(&answer, digest, &nonce_number(&nonce))?;
        self.trust.check(&timestamp)?;
        Ok(timestamp)
    }
}
