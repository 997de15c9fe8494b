//! What the ledger says about the journal: its head, at some size.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::transcript::Moment;
use crate::transcript::strict::{self, JsonFault};

/// Longest anchor payload.
const MAX_ANCHOR: usize = 512;

/// The payload of a `hocba-anchor`, signed by the portal key. Once it is in the ledger, the journal's first `size`
/// lines can't be changed or taken away without notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// How many lines the journal had.
    pub size: u64,
    /// The hash of the last of them; zero bytes for none.
    pub head: [u8; 32],
    /// When.
    pub at: Moment,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u8,
    journal_size: u64,
    journal_head: String,
    at: Moment,
}

impl Anchor {
    /// The JSON payload.
    pub fn to_payload(&self) -> Vec<u8> {
        let wire =
            Wire { version: 1, journal_size: self.size, journal_head: BASE64URL_NOPAD.encode(&self.head), at: self.at };
        // Numbers and text: nothing that could fail to serialise.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// [`JsonFault`] for anything but a version 1 anchor.
    pub fn from_payload(payload: &[u8]) -> Result<Self, JsonFault> {
        let wire: Wire = strict::from_slice(payload, MAX_ANCHOR)?;
        let head = BASE64URL_NOPAD.decode(wire.journal_head.as_bytes()).ok().and_then(|h| h.try_into().ok());
        match (wire.version, head) {
            (1, Some(head)) => Ok(Self { size: wire.journal_size, head, at: wire.at }),
            _ => Err(JsonFault::Syntax {
                pointer: String::new(),
                detail: "expected a version 1 anchor with a base64url SHA-256".into(),
            }),
        }
    }
}
