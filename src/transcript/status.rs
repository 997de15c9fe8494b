//! Status entries: what happens to a frozen sheet afterwards, each by a decision of the responsible
//! province or the ministry.

use serde::{Deserialize, Serialize};

use super::code::{SheetId, TranscriptCode};
use super::province::ProvinceRef;
use super::strict::Extensions;
use super::text::Text;
use super::time::{Day, Moment};

/// What a status entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// No longer in force (thu hồi).
    Withdrawn = 1,
    /// Replaced by another sheet of the same year (thay thế), which commits together with this entry.
    Replaced = 2,
    /// Under review (đang rà soát): not to be relied on for now.
    Suspended = 3,
    /// The review is over.
    Released = 4,
    /// Management passes to another school or province (chuyển quyền quản lý).
    Transferred = 5,
    /// Content removed by lawful order; final.
    Erased = 6,
}

impl Status {
    /// The status of a record's number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Withdrawn),
            2 => Some(Self::Replaced),
            3 => Some(Self::Suspended),
            4 => Some(Self::Released),
            5 => Some(Self::Transferred),
            6 => Some(Self::Erased),
            _ => None,
        }
    }
}

/// The decision a status rests on; every status has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Number and sign of the decision (số, ký hiệu).
    pub number: Text<100>,
    /// The day it was signed.
    pub date: Day,
    /// The deciding body.
    pub body: Text<200>,
}

/// Where management passes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferTarget {
    /// The receiving province.
    pub province: ProvinceRef,
    /// The receiving school (mã trường), when known.
    #[serde(rename = "matruong", default, skip_serializing_if = "Option::is_none")]
    pub school: Option<Text<20>>,
}

/// The payload of a `hocba-status` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusClaims {
    /// Version of this format; 1.
    pub version: u8,
    /// What happens.
    pub status: Status,
    /// The booklet it concerns.
    #[serde(rename = "madinhdanhhocba")]
    pub code: TranscriptCode,
    /// The one sheet it concerns; without it the whole booklet (not for `replaced`).
    #[serde(rename = "idbanghi", default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<SheetId>,
    /// From when; never ahead of intake.
    pub effective_at: Moment,
    /// The decision it rests on.
    pub decision: Decision,
    /// `replaced` only: the new sheet, which is the next line of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<SheetId>,
    /// `replaced` only: the new sheet corrects the name, birth date or identification number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identity_corrected: bool,
    /// `transferred` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TransferTarget>,
    /// Members outside the standard; kept, never interpreted.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Why the members of a status entry do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusShapeFault {
    /// `replaced` needs the old sheet and the new sheet's id.
    #[error("a replacement names the old sheet and the new one")]
    Replacement,
    /// `transferred` needs its target and concerns the whole booklet.
    #[error("a transfer names the receiving province and concerns the whole transcript")]
    Transfer,
    /// A member that belongs to another status.
    #[error("a member that does not belong to this status")]
    Stray,
}

impl StatusClaims {
    /// Checks that the members fit the status.
    ///
    /// # Errors
    /// [`StatusShapeFault`] names the misfit.
    pub fn check_shape(&self) -> Result<(), StatusShapeFault> {
        let replaced = self.status == Status::Replaced;
        let transferred = self.status == Status::Transferred;
        if replaced && (self.sheet.is_none() || self.replacement.is_none() || self.sheet == self.replacement) {
            return Err(StatusShapeFault::Replacement);
        }
        if transferred && (self.to.is_none() || self.sheet.is_some()) {
            return Err(StatusShapeFault::Transfer);
        }
        let stray = (!replaced && (self.replacement.is_some() || self.identity_corrected))
            || (!transferred && self.to.is_some());
        match stray {
            true => Err(StatusShapeFault::Stray),
            false => Ok(()),
        }
    }
}
