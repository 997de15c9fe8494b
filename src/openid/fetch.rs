//! Asking a provider: never redirected, capped in bytes and time. Blocks: not for an event loop.

use std::time::Duration;

use ureq::Agent;
use ureq::http::{Response, Uri};

use super::fault::Away;
use crate::asking;

/// For one answer, connection and all.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of one.
const MAX_ANSWER: usize = 256 * 1024;
/// Hosts whose http does not leave this machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// An address that may be asked: https, or http on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(Box<str>);

impl Address {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let (host, authority) = (uri.host()?, uri.authority()?);
        let is_plain = !authority.as_str().contains('@') && !text.contains(['#', '"', '\'', '\\']);
        let is_closed = match uri.scheme_str()? {
            "https" => true,
            "http" => LOOPBACK.contains(&host),
            _ => false,
        };
        (is_plain && is_closed && !host.is_empty()).then(|| Self(text.into()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was answered: status and body.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Asks.
#[derive(Debug, Clone)]
pub(super) struct Fetcher(Agent);

impl Fetcher {
    pub(super) fn new() -> Self {
        Self(asking::config(TIMEOUT).http_status_as_error(false).build().into())
    }

    /// What is published at an address.
    pub(super) fn get(&self, address: &Address) -> Result<Vec<u8>, Away> {
        let answered = read(self.0.get(address.as_str()).header("accept", "application/json").call())?;
        match answered.status {
            200 => Ok(answered.body),
            status => Err(Away::Status(status)),
        }
    }

    /// What a form is answered with, whatever the status.
    pub(super) fn post(&self, address: &Address, authorization: Option<&str>, form: &str) -> Result<Answered, Away> {
        let request = self.0.post(address.as_str()).header("accept", "application/json");
        let request = request.content_type("application/x-www-form-urlencoded");
        let request = match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        read(request.send(form))
    }
}

fn read(answered: Result<Response<ureq::Body>, ureq::Error>) -> Result<Answered, Away> {
    let mut response = answered.map_err(|_| Away::Connection)?;
    let read = asking::whole(response.body_mut().as_reader(), MAX_ANSWER).map_err(|_| Away::Connection)?;
    let body = read.ok_or(Away::TooLong)?;
    Ok(Answered { status: response.status().as_u16(), body })
}
