//! Provinces as they were named at the time: a two-digit code means nothing without its vintage.

use serde::{Deserialize, Serialize};

use super::text::Text;
use super::time::Day;

/// The 63 provinces of QĐ 124/2004/QĐ-TTg.
pub const VINTAGE_2004: &str = "2004-07-08";
/// The 34 provinces of QĐ 19/2025/QĐ-TTg.
pub const VINTAGE_2025: &str = "2025-07-01";

/// A two-digit province code (mã tỉnh).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvinceCode([u8; 2]);

impl ProvinceCode {
    /// The ministry itself in ledger leaves.
    pub const MINISTRY: Self = Self(*b"00");

    /// Two ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(text.as_bytes().try_into().ok()?)
    }

    /// From two bytes, which must be ASCII digits.
    pub fn from_bytes(bytes: [u8; 2]) -> Option<Self> {
        bytes.iter().all(u8::is_ascii_digit).then_some(Self(bytes))
    }

    /// The two ASCII digits.
    pub const fn as_bytes(&self) -> &[u8; 2] {
        &self.0
    }

    /// The two digits as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl std::fmt::Display for ProvinceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ProvinceCode {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ProvinceCode {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "a two-digit province code", Self::parse)
    }
}

/// What identifies a province: its code and the decree the code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvinceId {
    /// Two-digit code (mã tỉnh).
    #[serde(rename = "matinh")]
    pub code: ProvinceCode,
    /// The day the code list took effect.
    pub vintage: Day,
}

/// A province as a sheet names it: code, vintage and the name it had then.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvinceRef {
    /// Two-digit code (mã tỉnh).
    #[serde(rename = "matinh")]
    pub code: ProvinceCode,
    /// The day the code list took effect.
    pub vintage: Day,
    /// The name at that time (tên tỉnh).
    #[serde(rename = "tentinh")]
    pub name: Text<150>,
}

impl ProvinceRef {
    /// Code and vintage without the name.
    pub fn id(&self) -> ProvinceId {
        ProvinceId { code: self.code, vintage: self.vintage }
    }
}
