//! Key entries: grants and revocations.

use serde::{Deserialize, Serialize};

use super::jwk::{Jwk, Kid};
use crate::transcript::level::Level;
use crate::transcript::province::{ProvinceId, ProvinceRef};
use crate::transcript::strict::Extensions;
use crate::transcript::text::Text;
use crate::transcript::time::Moment;

/// What a granted key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The ministry root: province grants, backfills, statuses, packages of the ministry.
    Root,
    /// A province: manifests, school grants, statuses.
    Province,
    /// The head of a school (thủ trưởng) on sheets.
    Head,
    /// The school itself (con dấu cơ sở giáo dục) on sheets.
    Institution,
    /// A teacher; kept and listed, never required.
    Teacher,
}

/// Who holds the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Holder {
    /// The ministry.
    Ministry,
    /// A province.
    Province {
        /// Which.
        province: ProvinceRef,
        /// Provinces merged into it, whose sheets and schools it inherits.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        predecessors: Vec<ProvinceId>,
    },
    /// A school.
    School {
        /// Its province.
        province: ProvinceRef,
        /// School code (mã trường).
        #[serde(rename = "matruong")]
        school: Text<20>,
        /// School name (tên trường).
        #[serde(rename = "tentruong")]
        name: Text<150>,
        /// Levels it teaches.
        #[serde(rename = "macaphoc")]
        levels: Vec<Level>,
    },
}

/// The payload of a `hocba-key` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant, reason = "made and read one at a time, never kept in numbers")]
pub enum KeyClaims {
    /// A key may sign from..to.
    Grant {
        /// Version of this format; 1.
        version: u8,
        /// Whose key it is.
        holder: Holder,
        /// What it may sign.
        role: Role,
        /// The public key; `kid` is its thumbprint.
        jwk: Jwk,
        /// SHA-256 of the certificate it is bound to, where one is used.
        #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Kid>,
        /// First moment it may sign.
        valid_from: Moment,
        /// Last moment it may sign.
        valid_to: Moment,
        /// When the grant was made.
        issued_at: Moment,
        /// Members outside the standard.
        #[serde(default, skip_serializing_if = "Extensions::is_empty")]
        extensions: Extensions,
    },
    /// A key signs no more from its position in the ledger on; never reaches back.
    Revoke {
        /// Version of this format; 1.
        version: u8,
        /// Which key.
        kid: Kid,
        /// Why, for the file; not shown to the public.
        reason: Text<300>,
        /// When the revocation was made.
        issued_at: Moment,
        /// Members outside the standard.
        #[serde(default, skip_serializing_if = "Extensions::is_empty")]
        extensions: Extensions,
    },
}
