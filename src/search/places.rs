//! Provinces old and new: what a code meant at the time, and what somebody who types a name means.
//!
//! Vocabulary: `index/provinces.tsv` (the 34 of today with the 63 before them), `index/province_names.tsv`
//! (what else they are called).

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::scope::Granted;
use crate::transcript::province::{ProvinceCode, ProvinceId, VINTAGE_2025};
use crate::transcript::words::words;

pub(super) const PROVINCES: &str = include_str!("../../index/provinces.tsv");
pub(super) const OTHER_NAMES: &str = include_str!("../../index/province_names.tsv");

/// A province of one of the two code lists, in one byte: the code of today, 100 more for the list of 2004,
/// 0 for what neither list has.
pub(super) type Place = u8;

const UNKNOWN: Place = 0;
const OF_2004: Place = 100;

/// Provinces.
pub(super) type Places = BTreeSet<Place>;

struct Vocabulary {
    /// Those of both lists.
    known: Places,
    /// Names without marks and spaces.
    named: HashMap<String, Places>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut read = Vocabulary { known: Places::new(), named: HashMap::new() };
    for row in rows(PROVINCES) {
        read.province(&row);
    }
    for row in rows(OTHER_NAMES) {
        if let [name, stands_for] = row[..]
            && let Some(meant) = read.named.get(&key(stands_for)).cloned()
        {
            read.named.entry(key(name)).or_default().extend(meant);
        }
    }
    read
});

impl Vocabulary {
    /// A province of today's list, and the ones before it.
    fn province(&mut self, row: &[&str]) {
        let (Some(today), Some(name), Some(before)) = (row.first().and_then(|c| number(c)), row.get(1), row.get(11))
        else {
            return;
        };
        let mut all = Places::from([today]);
        for (old, old_name) in before.split("; ").filter_map(|p| p.split_once(' ')) {
            let Some(old) = number(old).map(|code| code + OF_2004) else { continue };
            all.insert(old);
            // Whoever asks for a province of before may mean a sheet of then, or a later one, which names the
            // province it was merged into; not one of the others that were merged.
            self.named.entry(key(old_name)).or_default().extend([old, today]);
        }
        self.named.entry(key(name)).or_default().extend(&all);
        self.known.extend(all);
    }
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

fn number(code: &str) -> Option<Place> {
    code.parse().ok().filter(|code| (1..OF_2004).contains(code))
}

/// `Tỉnh Bắc Giang`, `bac giang` and `BACGIANG` are one name; so are `TP.HCM` and `Thành phố Hồ Chí Minh`.
fn key(name: &str) -> String {
    let words = words(name);
    let bare = [" tinh ", " thanh pho "].iter().find_map(|kind| words.strip_prefix(kind)).unwrap_or(&words);
    bare.split(' ').collect()
}

/// The place of a province as a sheet names it.
pub(super) fn of(province: ProvinceId) -> Place {
    let list = if province.vintage.to_string().as_str() < VINTAGE_2025 { OF_2004 } else { 0 };
    let known = |place: &Place| VOCABULARY.known.contains(place);
    code(province.code).map(|code| code + list).filter(known).unwrap_or(UNKNOWN)
}

fn code(code: ProvinceCode) -> Option<Place> {
    number(code.as_str())
}

/// What a grant over provinces covers.
pub(super) fn granted(provinces: &Granted<ProvinceId>) -> Granted<Place> {
    match provinces {
        Granted::All => Granted::All,
        Granted::Only(provinces) => {
            Granted::only(provinces.iter().map(|province| of(*province)).filter(|place| *place != UNKNOWN))
        }
    }
}

/// What somebody who types this name means; None for no province's name.
pub(super) fn named(name: &str) -> Option<&'static Places> {
    VOCABULARY.named.get(&key(name))
}
