//! Who is asked for a timestamp (dấu thời gian), and what an answer must be to count.
//!
//! The asking itself is done elsewhere: here is what those who need a timestamp and those who fetch one agree on.

use der::asn1::Int;
use der::{Decode as _, Sequence};

use super::path::ChainFault;
use super::timestamp::Timestamp;
use super::{Answers, Certificate, Judge, Strength};

/// Why there is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampFault {
    /// The authority cannot be asked, or does not answer in time. Names its host, never more of the address.
    #[error("the timestamp authority does not answer: {0}")]
    Away(String),
    /// It answered that it gives none.
    #[error("the timestamp authority refused")]
    Refused,
    /// The answer cannot be read, or its signature does not hold.
    #[error("the answer of the timestamp authority is not a timestamp")]
    Form,
    /// A timestamp over something else, or an answer to another request.
    #[error("the timestamp is over something else")]
    OtherRequest,
    /// No chain to a root that is configured for timestamps.
    #[error("the timestamp does not count: {0}")]
    Untrusted(#[from] ChainFault),
    /// Its certificate was not valid at its time, or an algorithm of the past has a part in it.
    #[error("the timestamp's certificate does not count at its time")]
    NotValid,
    /// Its time is far from ours.
    #[error("the timestamp's time and ours differ")]
    Clock,
}

/// A timestamp authority (máy chủ cấp dấu thời gian), as those see it who need a timestamp.
pub trait Timestamper: Send + Sync {
    /// A timestamp over this SHA-256 digest that was checked: it answers this very request, and its certificate
    /// leads to a configured root.
    ///
    /// # Errors
    /// [`StampFault`].
    fn stamp(&self, digest: &[u8; 32]) -> Result<Timestamp, StampFault>;
}

/// By whom timestamps may be made.
#[derive(Debug)]
pub struct StampTrust {
    /// Roots their chains must lead to.
    pub roots: Vec<Certificate>,
    /// Authorities below them, beside those that a timestamp carries.
    pub authorities: Vec<Certificate>,
    /// What is known about revocation.
    pub answers: Answers,
}

impl StampTrust {
    /// Whether a timestamp counts: a chain to a root, valid at the timestamp's time, not revoked by then, of today's
    /// algorithms. Revocation that nobody has told about does not refuse: a fresh timestamp is always ahead of lists.
    ///
    /// # Errors
    /// [`StampFault::Untrusted`], [`StampFault::NotValid`].
    pub fn check(&self, timestamp: &Timestamp) -> Result<(), StampFault> {
        let judge = Judge { roots: &self.roots, authorities: &self.authorities, policies: &[], answers: &self.answers };
        let judged = judge.timestamp(timestamp)?;
        let at = timestamp.at();
        let ends = timestamp.authority().validity().map(|(_, to)| to);
        let counts = judged.from <= at
            && ends.is_some_and(|to| at <= to)
            && judged.revoked_since.is_none_or(|since| at < since)
            && judged.strength() == Strength::Current;
        if counts { Ok(()) } else { Err(StampFault::NotValid) }
    }
}

/// `PKIStatusInfo`: what follows the number is words for people.
#[derive(Sequence)]
struct Status {
    status: Int,
    #[asn1(optional = "true")]
    #[allow(dead_code, reason = "names its place in the encoding")]
    text: Option<der::asn1::SequenceOf<der::Any, 8>>,
    #[asn1(optional = "true")]
    #[allow(dead_code, reason = "names its place in the encoding")]
    failure: Option<der::asn1::BitString>,
}

/// `TimeStampResp`.
#[derive(Sequence)]
struct Response {
    status: Status,
    #[asn1(optional = "true")]
    #[allow(dead_code, reason = "read as a timestamp, once it is granted")]
    token: Option<der::Any>,
}

/// Reads an authority's answer: granted (RFC 3161 §2.4.2: 0, or 1 with modifications), over this digest, and to the
/// request with this nonce.
///
/// # Errors
/// [`StampFault`].
pub fn read_timestamp_answer(der: &[u8], digest: &[u8; 32], nonce: &[u8]) -> Result<Timestamp, StampFault> {
    let response = Response::from_der(der).map_err(|_| StampFault::Form)?;
    if !matches!(response.status.status.as_bytes(), [0 | 1]) {
        return Err(StampFault::Refused);
    }
    let timestamp = Timestamp::from_der(der).map_err(|_| StampFault::Form)?;
    match timestamp.imprint() == digest && timestamp.repeats(nonce) == Some(true) {
        true => Ok(timestamp),
        false => Err(StampFault::OtherRequest),
    }
}
