//! What a rule found: its name, where it comes from, the place in the sheet.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// Most findings of one sheet that are kept; all are counted.
pub const MAX_WRITTEN: usize = 16;

/// What to do about a finding, in Vietnamese.
pub const REMEDY_VI: &str = "Đối chiếu với hồ sơ của nhà trường; nếu học bạ ghi sai thì nộp bản thay thế";
/// What to do about a finding, in English.
pub const REMEDY_EN: &str = "Compare with the school's records; if the sheet is wrong, hand in a replacement";

/// A rule of a circular.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable name, `tt22.year_average`.
    pub name: &'static str,
    /// The article it comes from, as one cites it.
    pub article: &'static str,
    /// What does not follow, in Vietnamese; never a value.
    pub message_vi: &'static str,
    /// What does not follow, in English; never a value.
    pub message_en: &'static str,
}

impl Rule {
    pub(super) const fn new(
        name: &'static str,
        article: &'static str,
        message_vi: &'static str,
        message_en: &'static str,
    ) -> Self {
        Self { name, article, message_vi, message_en }
    }
}

/// Something in a sheet that does not follow from the rest of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// JSON pointer into the payload, each group standing under its name: `/results/monhoc/3/diemcanam`.
    pub pointer: String,
}

/// As it stands in a receipt's details: no value of the sheet is in it.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(7))?;
        map.serialize_entry("rule", self.rule.name)?;
        map.serialize_entry("article", self.rule.article)?;
        map.serialize_entry("pointer", &self.pointer)?;
        map.serialize_entry("message_vi", self.rule.message_vi)?;
        map.serialize_entry("message_en", self.rule.message_en)?;
        map.serialize_entry("remedy_vi", REMEDY_VI)?;
        map.serialize_entry("remedy_en", REMEDY_EN)?;
        map.end()
    }
}

/// The findings of one sheet: the first [`MAX_WRITTEN`], and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    total: u64,
}

impl Findings {
    pub(super) fn add(&mut self, rule: &'static Rule, pointer: impl Into<String>) {
        self.total += 1;
        if self.list.len() < MAX_WRITTEN {
            self.list.push(Finding { rule, pointer: pointer.into() });
        }
    }

    /// The first ones.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many there are, those beyond the list included.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether everything follows, or nothing could be said.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}
