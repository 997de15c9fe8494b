//! The receipt: what became of a package, signed by the portal.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::messages::Refusal;
use super::receive::IntakeFault;
use super::warnings::Consistency;
use crate::ledger::durable::Disk;
use crate::ledger::packages;
use crate::signing::{Jws, JwsFault, ObjectType, PrivateKey};
use crate::transcript::strict;
use crate::transcript::time::Moment;

/// Longest stored receipt and details that are read back.
const MAX_RECEIPT: usize = 1 << 20;
const MAX_DETAILS: usize = 1 << 30;

/// What became of a line that did not simply enter. A warning about one that did is a line of another
/// shape: [`super::warnings::Warning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    /// A rule refused it.
    Refused,
    /// The same payload is on record already.
    Duplicate,
    /// It waits for another province's word.
    Quarantined,
}

/// A line of the details, which are NDJSON beside the receipt.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    /// Line of the package; the manifest is line 1.
    pub line: u32,
    /// What became of it.
    pub outcome: LineOutcome,
    /// A duplicate's position in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf_index: Option<u64>,
    /// The rule, the place, the messages and the remedy.
    #[serde(flatten)]
    pub refusal: Option<Refusal>,
}

/// Lines by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Lines after the manifest.
    pub lines: u64,
    /// Entered the ledger.
    pub accepted: u64,
    /// On record already.
    pub duplicates: u64,
    /// Refused.
    pub refused: u64,
    /// Waiting.
    pub quarantined: u64,
    /// Sheets that had waited and entered with this package.
    pub released_from_quarantine: u64,
    /// Findings in the sheets that entered or wait; several may be in one sheet.
    #[serde(default)]
    pub warnings: u64,
}

/// The entries a package became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerRange {
    /// Position of the manifest's own entry.
    pub first: u64,
    /// One past the last entry.
    pub end: u64,
}

/// The payload of a `hocba-receipt` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptClaims {
    /// Version of this format; 1.
    pub version: u8,
    /// `01`…`96`, or `bo`.
    pub route: String,
    /// Sequence number of the package.
    pub sequence: u64,
    /// Signed digest of the manifest, base64url.
    pub manifest: String,
    /// When the portal received it.
    pub received_at: Moment,
    /// Handed in after its delivery window.
    pub late: bool,
    /// Lines by outcome.
    pub counts: Counts,
    /// How the sheets agree with the circulars.
    #[serde(default)]
    pub consistency: Consistency,
    /// Where they are in the ledger; None for a dry run.
    pub ledger: Option<LedgerRange>,
    /// SHA-256 of the details file, base64url.
    pub details: String,
    /// Whether nothing was written.
    pub dry_run: bool,
}

/// A signed receipt and its details.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What it says.
    pub claims: ReceiptClaims,
    /// The JWS in JSON serialization.
    pub signed: Vec<u8>,
    /// NDJSON of the lines that did not simply enter, and of warnings.
    pub details: Vec<u8>,
}

impl Receipt {
    /// Signs a receipt over its details.
    ///
    /// # Errors
    /// [`JwsFault`] when it cannot be written.
    pub fn sign(mut claims: ReceiptClaims, details: Vec<u8>, key: &PrivateKey) -> Result<Self, JwsFault> {
        claims.details = BASE64URL_NOPAD.encode(&Sha256::digest(&details));
        let payload = serde_json::to_vec(&claims).map_err(|e| JwsFault::Envelope(strict::without_values(&e)))?;
        let jws = Jws::sign(ObjectType::Receipt, payload, &[(key, None)], Vec::new())?;
        Ok(Self { claims, signed: jws.to_json(crate::transcript::GroupSet::NONE), details })
    }

    /// The receipt that the ledger keeps of a package; None when there is none.
    ///
    /// # Errors
    /// [`IntakeFault`] when it is damaged, or the disk cannot be read.
    pub fn stored(disk: &dyn Disk, route: &str, sequence: u64) -> Result<Option<Self>, IntakeFault> {
        let signed = match disk.read(&packages::path(route, sequence, packages::RECEIPT), MAX_RECEIPT) {
            Ok(signed) => signed,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let details = disk.read(&packages::path(route, sequence, packages::DETAILS), MAX_DETAILS)?;
        Ok(Some(Self::from_stored(signed, details)?))
    }

    /// Reads a stored receipt back.
    ///
    /// # Errors
    /// [`JwsFault`] when the stored form is damaged.
    pub fn from_stored(signed: Vec<u8>, details: Vec<u8>) -> Result<Self, JwsFault> {
        let jws = Jws::parse(&signed)?;
        let claims =
            serde_json::from_slice(jws.payload()).map_err(|e| JwsFault::Envelope(strict::without_values(&e)))?;
        Ok(Self { claims, signed, details })
    }
}
