//! Official certificates (chứng thư số chuyên dùng công vụ), judged as of the time of signing.
//!
//! Pure: no I/O, no clock. What is judged is a *period*: from when until when signatures under a certificate
//! count as official. It follows from the certificate, the certificates between it and a configured root
//! (RFC 5280), and the answers about revocation that were kept (RFC 5280 lists, RFC 6960 answers). More
//! answers can only make that period longer at its end, or end it at a revocation. What is not understood,
//! not covered or not proved is not official: there is no lenient reading anywhere here.
//!
//! | file | holds |
//! |---|---|
//! | `algorithm` | signatures on certificates and around them, those of the past included |
//! | `certificate` | one certificate and the extensions that matter |
//! | `names` | name constraints |
//! | `path` | chains to a root |
//! | `crl`, `ocsp` | answers about revocation |
//! | `timestamp` | RFC 3161 tokens |
//! | `timestamper` | who is asked for one, and what an answer must be |
//! | `judge` | all of it together: the period |

mod algorithm;
mod certificate;
mod crl;
mod judge;
mod names;
mod ocsp;
mod path;
mod timestamp;
mod timestamper;

pub use algorithm::Strength;
pub use certificate::{Certificate, MAX_CERTIFICATE};
pub use crl::{MAX_CRL, RevocationList};
pub use judge::{Answers, Judge, Judgement};
pub use ocsp::{MAX_OCSP, OcspAnswer, ocsp_request};
pub use path::{ChainFault, Purpose};
pub use timestamp::{MAX_TIMESTAMP, Timestamp, nonce_number, timestamp_request};
pub use timestamper::{StampFault, StampTrust, Timestamper, read_timestamp_answer};

use der::{Decode as _, Header, Reader as _, SliceReader, Tag};

/// Why bytes are not what they are said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DerFault {
    /// Longer than anything of its kind.
    #[error("longer than any {0}")]
    TooLong(&'static str),
    /// Not the DER of its kind.
    #[error("not the DER of {0}")]
    Form(&'static str),
    /// An extension or member that forbids relying on it, or that is not understood.
    #[error("{0} with a part that is not understood")]
    NotUnderstood(&'static str),
    /// A signature that does not verify under the certificate it names.
    #[error("{0} with a signature that does not verify")]
    Signature(&'static str),
}

/// The bytes that the signature of a certificate, list or answer is over: the first member, as it stands.
/// Encoding a parsed member again could give other bytes.
fn signed_part(der: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    match header.tag == Tag::Sequence {
        true => reader.tlv_bytes().ok(),
        false => None,
    }
}
