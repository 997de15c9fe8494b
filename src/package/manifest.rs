//! The manifest: what a province (or the ministry) signs about the lines that follow it.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::line::Tally;
use crate::signing::jws::{Jws, JwsFault, ObjectType};
use crate::signing::{Kid, PrivateKey};
use crate::tlog::leaf::Kind;
use crate::transcript::province::ProvinceRef;
use crate::transcript::sheet::MAX_PAYLOAD;
use crate::transcript::strict::{self, Extensions, JsonFault};
use crate::transcript::time::{Moment, SchoolYear};

/// The version of this format.
pub const VERSION: u8 = 1;
/// The version of the sheets' schema.
pub const SCHEMA: u8 = 1;
/// Largest integer that every JSON reader keeps exactly (2^53 − 1).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// A SHA-256 digest, base64url on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest256(pub [u8; 32]);

impl Digest256 {
    /// Reads the wire form.
    pub fn from_wire(text: &str) -> Option<Self> {
        BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Digest256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Digest256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest256({self})")
    }
}

impl Serialize for Digest256 {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest256 {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Self::from_wire(&text).ok_or_else(|| serde::de::Error::custom("expected a base64url SHA-256"))
    }
}

/// The delivery a package belongs to; the dates are configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Learners who completed the year by the first freeze (before 30/6).
    Completed,
    /// Learners assessed again in summer (before 15/8).
    Late,
}

impl Window {
    /// The name on the wire and in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Late => "late",
        }
    }
}

/// How many lines of each kind follow the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Grants and revocations.
    pub keys: u64,
    /// Sheets.
    pub sheets: u64,
    /// Statuses.
    pub statuses: u64,
    /// Permissions to be late.
    pub backfills: u64,
}

impl Counts {
    /// One line more. Kinds that never stand in a package are not counted; the reader refuses them.
    pub fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Key => self.keys += 1,
            Kind::Sheet => self.sheets += 1,
            Kind::Status => self.statuses += 1,
            Kind::Backfill => self.backfills += 1,
            Kind::Package | Kind::Anchor => {}
        }
    }

    /// All lines after the manifest. Saturates, so that forged counts cannot wrap to a fitting sum.
    pub fn total(&self) -> u64 {
        [self.sheets, self.statuses, self.backfills].iter().fold(self.keys, |sum, n| sum.saturating_add(*n))
    }
}

/// The payload of a `hocba-manifest` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the package format; 1.
    pub version: u8,
    /// Version of the sheets' schema; 1.
    pub schema: u8,
    /// Who hands in; absent in packages of the ministry.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub province: Option<ProvinceRef>,
    /// School year (năm học) of the delivery.
    #[serde(rename = "namhoc")]
    pub school_year: SchoolYear,
    /// Delivery window.
    pub window: Window,
    /// 1 for the first package of this province, then one more each time.
    pub sequence: u64,
    /// SHA-256 of the signed bytes of this province's previous manifest; `null` for the first.
    #[serde(deserialize_with = "required")]
    pub previous: Option<Digest256>,
    /// Lines after the manifest.
    pub lines: u64,
    /// The same by kind.
    pub counts: Counts,
    /// RFC 6962 root over the lines.
    pub root: Digest256,
    /// Learners the province expects to deliver for the year; statistics show the gap.
    pub expected_enrolment: u64,
    /// When the package was made; the manifest's key is judged at it.
    pub created_at: Moment,
    /// Members outside the standard; kept, never interpreted.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A member that may be missing but not `null`.
fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A member that may be `null` but not missing.
fn required<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// Why a manifest was refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFault {
    /// Line 1 is not a JWS.
    #[error("line 1 is not a signed manifest: {0}")]
    Envelope(#[from] JwsFault),
    /// Line 1 is another object.
    #[error("line 1 has the typ {0}, not hocba-manifest")]
    Type(&'static str),
    /// The payload is not strict JSON of the members above.
    #[error("the manifest's payload: {0}")]
    Payload(#[from] JsonFault),
    /// A version or schema we do not know.
    #[error("the manifest has version {version} and schema {schema}; known are {VERSION} and {SCHEMA}")]
    Version {
        /// Claimed version.
        version: u8,
        /// Claimed schema.
        schema: u8,
    },
    /// Sequence below 1, or `previous` present in the first or missing in a later package.
    #[error("sequence starts at 1, and previous is null in package 1 and only there")]
    Sequence,
    /// An integer above 2^53 − 1.
    #[error("a number is larger than 9007199254740991")]
    Number,
}

/// A manifest that was read, with the object it came in; its signature is not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedManifest {
    /// What it says.
    pub manifest: Manifest,
    /// The signed object.
    pub jws: Jws,
}

impl SignedManifest {
    /// Reads line 1 of a package.
    ///
    /// # Errors
    /// [`ManifestFault`] names what is wrong.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestFault> {
        Self::from_jws(Jws::parse(json)?)
    }

    /// Reads the manifest out of its object, for example one from the ledger.
    ///
    /// # Errors
    /// [`ManifestFault`] names what is wrong.
    pub fn from_jws(jws: Jws) -> Result<Self, ManifestFault> {
        if jws.object() != ObjectType::Manifest {
            return Err(ManifestFault::Type(jws.object().typ()));
        }
        let manifest: Manifest = strict::from_slice(jws.payload(), MAX_PAYLOAD)?;
        manifest.check_shape()?;
        Ok(Self { manifest, jws })
    }

    /// The digest that the next manifest names as `previous`.
    pub fn digest(&self) -> Digest256 {
        Digest256(*self.jws.signed_digest())
    }
}

impl Manifest {
    /// Checks that the members fit together.
    ///
    /// # Errors
    /// [`ManifestFault`]: version, sequence or number.
    pub fn check_shape(&self) -> Result<(), ManifestFault> {
        if (self.version, self.schema) != (VERSION, SCHEMA) {
            return Err(ManifestFault::Version { version: self.version, schema: self.schema });
        }
        if self.sequence == 0 || (self.sequence == 1) != self.previous.is_none() {
            return Err(ManifestFault::Sequence);
        }
        match [self.sequence, self.lines, self.counts.total(), self.expected_enrolment].iter().any(|n| *n > MAX_SAFE) {
            true => Err(ManifestFault::Number),
            false => Ok(()),
        }
    }

    /// `{province}` in routes: the two-digit code, or `bo` for the ministry.
    pub fn route(&self) -> &str {
        self.province.as_ref().map_or("bo", |p| p.code.as_str())
    }

    /// Signs the manifest.
    ///
    /// # Errors
    /// [`ManifestFault`] when the members do not fit or cannot be written.
    pub fn sign(self, key: &PrivateKey, certificate: Option<Kid>) -> Result<SignedManifest, ManifestFault> {
        self.check_shape()?;
        let payload = serde_json::to_vec(&self).map_err(|e| JwsFault::Envelope(strict::without_values(&e)))?;
        let jws = Jws::sign(ObjectType::Manifest, payload, &[(key, certificate)], Vec::new())?;
        Ok(SignedManifest { manifest: self, jws })
    }
}

/// What the maker of a package decides; counts and root come from the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestDraft {
    /// Who hands in; None for the ministry.
    pub province: Option<ProvinceRef>,
    /// School year of the delivery.
    pub school_year: SchoolYear,
    /// Delivery window.
    pub window: Window,
    /// Number of the package.
    pub sequence: u64,
    /// Digest of the previous manifest; None for the first.
    pub previous: Option<Digest256>,
    /// Learners expected.
    pub expected_enrolment: u64,
    /// When it is made.
    pub created_at: Moment,
}

impl ManifestDraft {
    /// The manifest over these lines.
    pub fn complete(&self, tally: &Tally) -> Manifest {
        Manifest {
            version: VERSION,
            schema: SCHEMA,
            province: self.province.clone(),
            school_year: self.school_year,
            window: self.window,
            sequence: self.sequence,
            previous: self.previous,
            lines: tally.counts().total(),
            counts: *tally.counts(),
            root: Digest256(tally.root()),
            expected_enrolment: self.expected_enrolment,
            created_at: self.created_at,
            extensions: Extensions::default(),
        }
    }
}
