//! Backfill entries: the ministry lets schools or provinces hand in old school years late.

use serde::{Deserialize, Serialize};

use super::province::ProvinceId;
use super::strict::Extensions;
use super::text::Text;
use super::time::{Moment, SchoolYear};

/// Most schools, provinces or years one entry names.
const MAX_NAMED: usize = 2000;

/// The payload of a `hocba-backfill` object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackfillClaims {
    /// Version of this format; 1.
    pub version: u8,
    /// The provinces that may be late; empty when only schools are named.
    pub provinces: Vec<ProvinceId>,
    /// The schools that may be late; empty: every school of the provinces. With provinces beside
    /// them, only the named schools of those provinces.
    pub schools: Vec<Text<20>>,
    /// For these school years.
    pub school_years: Vec<SchoolYear>,
    /// Packages accepted up to this moment.
    pub until: Moment,
    /// Why, for the file.
    pub reason: Text<300>,
    /// Members outside the standard; kept, never interpreted.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Why the members of a backfill entry do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BackfillShapeFault {
    /// Not version 1.
    #[error("the version is not 1")]
    Version,
    /// Without a bound it would open every year of every school.
    #[error("a backfill entry names school years, and provinces or schools")]
    Unbounded,
    /// More than [`MAX_NAMED`] of a kind.
    #[error("a backfill entry names at most {MAX_NAMED} provinces, schools or years; make several")]
    TooMany,
}

impl BackfillClaims {
    /// Checks that the members fit together.
    ///
    /// # Errors
    /// [`BackfillShapeFault`] names the misfit.
    pub fn check_shape(&self) -> Result<(), BackfillShapeFault> {
        if self.version != 1 {
            return Err(BackfillShapeFault::Version);
        }
        if self.school_years.is_empty() || (self.provinces.is_empty() && self.schools.is_empty()) {
            return Err(BackfillShapeFault::Unbounded);
        }
        match [self.provinces.len(), self.schools.len(), self.school_years.len()].iter().any(|n| *n > MAX_NAMED) {
            true => Err(BackfillShapeFault::TooMany),
            false => Ok(()),
        }
    }

    /// Whether a sheet of this province, school and year may be late at `accepted_at`.
    pub fn covers(&self, province: ProvinceId, school: &Text<20>, year: SchoolYear, accepted_at: Moment) -> bool {
        accepted_at <= self.until
            && self.school_years.contains(&year)
            && (self.provinces.is_empty() || self.provinces.contains(&province))
            && (self.schools.is_empty() || self.schools.contains(school))
    }
}
