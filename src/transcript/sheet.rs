//! One school year of a transcript: the clear claims of the signed payload.

use serde::{Deserialize, Serialize};

use super::code::{SheetId, TranscriptCode};
use super::disclosure::{Disclosure, GroupDigest};
use super::level::Level;
use super::province::ProvinceRef;
use super::strict::Extensions;
use super::text::Text;
use super::time::{Day, Moment, SchoolYear};

/// Longest payload of any signed object, in bytes.
pub const MAX_PAYLOAD: usize = 64 * 1024;

/// The clear claims of a sheet; everything personal is behind `_sd`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetClaims {
    /// Version of this format; 1.
    pub version: u8,
    /// The booklet's lookup code (mã tra cứu học bạ).
    #[serde(rename = "madinhdanhhocba")]
    pub code: TranscriptCode,
    /// This sheet's own id.
    #[serde(rename = "idbanghi")]
    pub sheet: SheetId,
    /// Level of schooling (mã cấp học).
    #[serde(rename = "macaphoc")]
    pub level: Level,
    /// The circular it follows (thông tư), for example `22/2021`.
    #[serde(rename = "thongtu")]
    pub circular: Text<30>,
    /// School year (năm học).
    #[serde(rename = "namhoc")]
    pub school_year: SchoolYear,
    /// Grade (mã khối), two digits on the wire.
    #[serde(rename = "makhoi")]
    pub grade: Grade,
    /// The province as it was then.
    pub province: ProvinceRef,
    /// School code (mã trường).
    #[serde(rename = "matruong")]
    pub school: Text<20>,
    /// When it was frozen (chốt); keys are judged at this moment.
    pub frozen_at: Moment,
    /// From when it is in force (ngày hiệu lực); may lie after the freeze.
    pub effective_from: Day,
    /// Transcribed from a paper transcript (trích lục)?
    pub trichluc: bool,
    /// Digests of the payload groups, one each.
    #[serde(rename = "_sd", default, skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<GroupDigest>,
    /// Always `sha-256`.
    #[serde(rename = "_sd_alg", default, skip_serializing_if = "Option::is_none")]
    pub digest_algorithm: Option<String>,
    /// Members outside the standard; kept, never interpreted.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// The only digest algorithm (`_sd_alg`).
pub const DIGEST_ALGORITHM: &str = "sha-256";

impl SheetClaims {
    /// Commits the claims to these disclosures: sets `_sd`, sorted so that it does not tell which
    /// group is which, and `_sd_alg`.
    pub fn commit_to(&mut self, disclosures: &[Disclosure]) {
        self.digests = disclosures.iter().map(Disclosure::digest).collect();
        self.digests.sort_unstable();
        self.digest_algorithm = Some(DIGEST_ALGORITHM.to_owned());
    }
}

/// A grade from 1 to 12, two digits on the wire (`06`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

impl Grade {
    /// 1 to 12.
    pub fn new(number: u8) -> Option<Self> {
        (1..=12).contains(&number).then_some(Self(number))
    }

    /// Two digits, `01` to `12`.
    pub fn parse(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [tens @ b'0'..=b'1', ones @ b'0'..=b'9'] => Self::new((tens - b'0') * 10 + (ones - b'0')),
            _ => None,
        }
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Serialize for Grade {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:02}", self.0))
    }
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "a grade from 01 to 12", Self::parse)
    }
}
