//! Counts of leaves by what they show: kind, province with vintage, school year.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::province::{ProvinceCode, ProvinceId};
use crate::transcript::time::{Day, SchoolYear};

/// Kind, province, vintage, first year: as the leaf has them.
type Key = (u8, [u8; 2], u32, u16);

/// How much of which kind the ledger holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally(BTreeMap<Key, u64>);

/// A count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The kind.
    pub kind: Kind,
    /// The province then; None for what the ministry signed.
    pub province: Option<ProvinceId>,
    /// The school year, where the kind has one.
    pub school_year: Option<SchoolYear>,
    /// How many.
    pub count: u64,
}

impl Tally {
    pub(super) fn count(&mut self, leaf: &Leaf) {
        *self.0.entry((leaf.kind as u8, *leaf.province.as_bytes(), leaf.vintage, leaf.year)).or_default() += 1;
    }

    /// All counts, by kind, province and year.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.0.iter().filter_map(|((kind, province, vintage, year), count)| {
            let code = ProvinceCode::from_bytes(*province)?;
            Some(Row {
                kind: Kind::from_number(*kind)?,
                province: Day::from_number(*vintage).map(|vintage| ProvinceId { code, vintage }),
                school_year: SchoolYear::starting(*year),
                count: *count,
            })
        })
    }

    /// How many of a kind.
    pub fn of_kind(&self, kind: Kind) -> u64 {
        self.rows().filter(|row| row.kind == kind).map(|row| row.count).sum()
    }

    /// How many of a kind by province, in the order of their codes.
    pub fn by_province(&self, kind: Kind) -> BTreeMap<Option<ProvinceId>, u64> {
        let mut sums = BTreeMap::new();
        for row in self.rows().filter(|row| row.kind == kind) {
            *sums.entry(row.province).or_default() += row.count;
        }
        sums
    }
}
