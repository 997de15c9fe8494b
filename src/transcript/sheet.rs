//! One school year of a transcript: the clear claims of the signed payload and the groups behind them.
//!
//! [`Sheet::parse`] is what intake asks of every sheet before its signatures matter; having a [`Sheet`]
//! is the proof that claims, digests and groups fit together. [`Sheet::open`] reads what a holder, an
//! office or a soft copy was shown. Neither knows about signatures: `signing` is above this room.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::code::{SheetId, TranscriptCode};
use super::contents::{BirthDate, Contents, Results, ResultsFault, ResultsKind};
use super::disclosure::{Disclosure, GroupDigest};
use super::groups::{Group, GroupSet};
use super::level::Level;
use super::province::ProvinceRef;
use super::strict::{self, Extensions, JsonFault};
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

/// Youngest and oldest a learner can be in the year a school year starts in: children enter grade 1 in
/// the year they turn six, some a year earlier, and continuing education has no upper bound.
const PLAUSIBLE_AGE: std::ops::RangeInclusive<u16> = 4..=110;

/// What a sheet breaks; the names are stable and appear in receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SheetRule {
    /// The clear claims are not strict JSON of this format.
    Claims,
    /// A version other than 1.
    Version,
    /// The transcript code and the sheet id are the same.
    SameIds,
    /// A grade that the level does not have.
    Grade,
    /// A circular that does not start with number and year.
    Circular,
    /// Frozen before the school year began.
    FrozenBeforeYear,
    /// In force before it was frozen.
    EffectiveBeforeFreeze,
    /// `_sd_alg` is not `sha-256`.
    DigestAlgorithm,
    /// More digests than there are groups, or one twice.
    Digests,
    /// A disclosure whose digest is not in `_sd`, or opened twice.
    DisclosureNotCommitted,
    /// A digest in `_sd` that no disclosure opens; decoys are not allowed.
    DigestNotOpened,
    /// A group opened twice.
    GroupRepeated,
    /// A group without which there is no sheet.
    GroupMissing,
    /// A group whose value is not strict JSON of its type.
    Group,
    /// Results that are not complete or contradict themselves.
    Results,
    /// Two comments on one subject.
    CommentRepeated,
    /// A birth date that cannot be a learner's.
    BirthDate,
}

impl SheetRule {
    /// All rules.
    pub const ALL: [Self; 17] = [
        Self::Claims,
        Self::Version,
        Self::SameIds,
        Self::Grade,
        Self::Circular,
        Self::FrozenBeforeYear,
        Self::EffectiveBeforeFreeze,
        Self::DigestAlgorithm,
        Self::Digests,
        Self::DisclosureNotCommitted,
        Self::DigestNotOpened,
        Self::GroupRepeated,
        Self::GroupMissing,
        Self::Group,
        Self::Results,
        Self::CommentRepeated,
        Self::BirthDate,
    ];

    /// The stable name, `sheet.…`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claims => "sheet.claims",
            Self::Version => "sheet.version",
            Self::SameIds => "sheet.same_ids",
            Self::Grade => "sheet.grade",
            Self::Circular => "sheet.circular",
            Self::FrozenBeforeYear => "sheet.frozen_before_year",
            Self::EffectiveBeforeFreeze => "sheet.effective_before_freeze",
            Self::DigestAlgorithm => "sheet.digest_algorithm",
            Self::Digests => "sheet.digests",
            Self::DisclosureNotCommitted => "sheet.disclosure_not_committed",
            Self::DigestNotOpened => "sheet.digest_not_opened",
            Self::GroupRepeated => "sheet.group_repeated",
            Self::GroupMissing => "sheet.group_missing",
            Self::Group => "sheet.group",
            Self::Results => "sheet.results",
            Self::CommentRepeated => "sheet.comment_repeated",
            Self::BirthDate => "sheet.birth_date",
        }
    }
}

/// Why a sheet was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} at {pointer:?}: {detail}", .rule.name())]
pub struct SheetFault {
    /// The rule it breaks.
    pub rule: SheetRule,
    /// JSON pointer into the payload with each group standing under its name: `/makhoi`,
    /// `/results/monhoc/3/diemcanam`, `/_sd/2`.
    pub pointer: String,
    /// What is wrong, in one phrase, without any value.
    pub detail: Cow<'static, str>,
}

impl SheetFault {
    fn new(rule: SheetRule, pointer: impl Into<String>, detail: &'static str) -> Self {
        Self { rule, pointer: pointer.into(), detail: Cow::Borrowed(detail) }
    }

    fn json(rule: SheetRule, under: &str, fault: &JsonFault) -> Self {
        Self { rule, pointer: format!("{under}{}", fault.pointer()), detail: Cow::Owned(fault.to_string()) }
    }

    fn results(fault: ResultsFault) -> Self {
        let pointer = format!("/results{}", fault.pointer());
        Self { rule: SheetRule::Results, pointer, detail: Cow::Owned(fault.to_string()) }
    }
}

/// A sheet that has been read and checked, with the groups that were opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    claims: SheetClaims,
    contents: Contents,
    groups: GroupSet,
}

/// Prints which groups are open, never what they hold.
impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({:?})", self.contents)
    }
}

impl Sheet {
    /// Reads a whole sheet: every committed group must be opened, and the required ones be there.
    ///
    /// # Errors
    /// [`SheetFault`] with the rule and the place.
    pub fn parse(payload: &[u8], disclosures: &[Disclosure]) -> Result<Self, SheetFault> {
        let (sheet, opened) = Self::read(payload, disclosures)?;
        if let Some(hidden) = (0..sheet.claims.digests.len()).find(|i| opened & (1 << i) == 0) {
            let pointer = format!("/_sd/{hidden}");
            return Err(SheetFault::new(SheetRule::DigestNotOpened, pointer, "no disclosure opens this digest"));
        }
        if let Some(missing) = GroupSet::REQUIRED.iter().find(|g| !sheet.groups.contains(*g)) {
            let pointer = format!("/{}", missing.name());
            return Err(SheetFault::new(SheetRule::GroupMissing, pointer, "a required group is missing"));
        }
        sheet.check_results()?;
        Ok(sheet)
    }

    /// Reads a sheet of which only some groups were disclosed. What is there is checked as strictly;
    /// what would need a hidden group is not.
    ///
    /// # Errors
    /// [`SheetFault`] with the rule and the place.
    pub fn open(payload: &[u8], disclosures: &[Disclosure]) -> Result<Self, SheetFault> {
        Self::read(payload, disclosures).map(|(sheet, _)| sheet)
    }

    /// The clear claims.
    pub fn claims(&self) -> &SheetClaims {
        &self.claims
    }

    /// The clear claims alone.
    pub fn into_claims(self) -> SheetClaims {
        self.claims
    }

    /// The groups that were opened.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Which groups were opened.
    pub fn groups(&self) -> GroupSet {
        self.groups
    }

    /// The birth date, when the group `name` is open.
    pub fn birth(&self) -> Option<BirthDate> {
        self.contents.name.as_ref().map(|n| n.birth)
    }

    /// Claims and contents, taken apart.
    pub fn into_parts(self) -> (SheetClaims, Contents) {
        (self.claims, self.contents)
    }

    /// Also tells which digests were opened, one bit each.
    fn read(payload: &[u8], disclosures: &[Disclosure]) -> Result<(Self, u16), SheetFault> {
        let claims: SheetClaims =
            strict::from_slice(payload, MAX_PAYLOAD).map_err(|e| SheetFault::json(SheetRule::Claims, "", &e))?;
        let kind = check_claims(&claims)?;
        check_digests(&claims)?;
        let mut opened = 0u16;
        let mut sheet = Self { claims, contents: Contents::default(), groups: GroupSet::NONE };
        for disclosure in disclosures {
            opened |= sheet.commitment_bit(disclosure, opened)?;
            sheet.add(disclosure, kind)?;
        }
        sheet.check_birth()?;
        sheet.check_comments()?;
        Ok((sheet, opened))
    }

    fn commitment_bit(&self, disclosure: &Disclosure, opened: u16) -> Result<u16, SheetFault> {
        let digest = disclosure.digest();
        match self.claims.digests.iter().position(|d| *d == digest) {
            Some(i) if opened & (1 << i) == 0 => Ok(1 << i),
            _ => {
                let pointer = format!("/{}", disclosure.group().name());
                Err(SheetFault::new(SheetRule::DisclosureNotCommitted, pointer, "its digest is not in _sd once"))
            }
        }
    }

    fn add(&mut self, disclosure: &Disclosure, kind: ResultsKind) -> Result<(), SheetFault> {
        let group = disclosure.group();
        let pointer = || format!("/{}", group.name());
        if self.groups.contains(group) {
            return Err(SheetFault::new(SheetRule::GroupRepeated, pointer(), "this group is disclosed twice"));
        }
        self.groups = self.groups.with(group);
        self.contents
            .put(group, kind, disclosure.value())
            .map_err(|e| SheetFault::json(SheetRule::Group, &pointer(), &e))
    }

    fn check_birth(&self) -> Result<(), SheetFault> {
        let Some(birth) = self.birth() else { return Ok(()) };
        let age = self.claims.school_year.first().checked_sub(birth.year());
        match age.is_some_and(|age| PLAUSIBLE_AGE.contains(&age)) {
            true => Ok(()),
            false => {
                let detail = "nobody born then can be a learner of this school year";
                Err(SheetFault::new(SheetRule::BirthDate, "/name", detail))
            }
        }
    }

    fn check_comments(&self) -> Result<(), SheetFault> {
        let Some(comments) = &self.contents.comments else { return Ok(()) };
        let pointer = |i: usize| format!("/comments/nxetmonhoc/{i}");
        let rows = &comments.subjects;
        if rows.len() > super::contents::MAX_ROWS {
            return Err(SheetFault::new(SheetRule::CommentRepeated, pointer(rows.len() - 1), "too many comments"));
        }
        let repeated = (0..rows.len()).find(|i| rows[..*i].iter().any(|before| before.subject == rows[*i].subject));
        match repeated {
            Some(i) => Err(SheetFault::new(SheetRule::CommentRepeated, pointer(i), "a subject is commented on twice")),
            None => Ok(()),
        }
    }

    fn check_results(&self) -> Result<(), SheetFault> {
        let not_assessed = self.contents.policy.as_ref().is_some_and(|p| p.not_assessed);
        let check = |results: &Results| results.check(self.claims.grade.number(), not_assessed);
        self.contents.results.as_ref().map_or(Ok(()), check).map_err(SheetFault::results)
    }
}

/// Checks the clear claims against each other; tells which shape the results have.
fn check_claims(claims: &SheetClaims) -> Result<ResultsKind, SheetFault> {
    let fault = |rule, pointer: &'static str, detail| Err(SheetFault::new(rule, pointer, detail));
    if claims.version != 1 {
        return fault(SheetRule::Version, "/version", "this reader knows version 1");
    }
    if claims.sheet.as_lookup() == claims.code {
        return fault(SheetRule::SameIds, "/idbanghi", "the sheet id must differ from the transcript code");
    }
    if !claims.level.grades().contains(&claims.grade.number()) {
        return fault(SheetRule::Grade, "/makhoi", "the level does not have this grade");
    }
    let frozen_on = claims.frozen_at.date_in_vietnam();
    // School years start on 1 August at the earliest.
    if (i32::from(frozen_on.year()), frozen_on.month()) < (i32::from(claims.school_year.first()), 8) {
        return fault(SheetRule::FrozenBeforeYear, "/frozen_at", "frozen before the school year began");
    }
    if claims.effective_from.date() < frozen_on {
        return fault(SheetRule::EffectiveBeforeFreeze, "/effective_from", "in force before it was frozen");
    }
    match ResultsKind::of(claims.level, claims.circular.as_str()) {
        Some(kind) => Ok(kind),
        None => fault(SheetRule::Circular, "/thongtu", "expected number and year, such as 22/2021"),
    }
}

fn check_digests(claims: &SheetClaims) -> Result<(), SheetFault> {
    if claims.digest_algorithm.as_deref() != Some(DIGEST_ALGORITHM) {
        return Err(SheetFault::new(SheetRule::DigestAlgorithm, "/_sd_alg", "the digest algorithm is sha-256"));
    }
    let digests = &claims.digests;
    if digests.len() > Group::ALL.len() {
        return Err(SheetFault::new(SheetRule::Digests, "/_sd", "more digests than there are groups"));
    }
    match (0..digests.len()).find(|i| digests[..*i].contains(&digests[*i])) {
        Some(i) => Err(SheetFault::new(SheetRule::Digests, format!("/_sd/{i}"), "a digest stands twice")),
        None => Ok(()),
    }
}
