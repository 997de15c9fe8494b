//! What the nine payload groups hold, strictly typed.
//!
//! Wire names are those of the national data dictionary. Codes and marks are strings, counts are
//! integers, flags are booleans; a member that has nothing to say is left out, never empty. Nothing
//! here prints itself in `Debug`: all of it is about a child.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::disclosure::Disclosure;
use super::groups::{Group, GroupSet};
use super::province::ProvinceCode;
use super::strict::{self, Extensions, JsonFault};
use super::text::Text;
use super::time::Day;

mod birth;
mod marks;
mod results;

pub use birth::{BirthDate, BirthYear, YearMonth};
pub use marks::{Absences, Attainment, SubjectLevel, SubjectMark, Tenths, TestMark, WholeMark, YearLevel};
pub use results::{
    Certificate, Competencies, MAX_ROWS, OlderResults, OlderRow, PrimaryResults, PrimarySubject, Qualities, Results,
    ResultsFault, ResultsKind, SecondaryResults, SecondarySubject, StudyYear, circular_number,
};

/// Longest value of one group, in bytes of JSON.
pub const MAX_GROUP: usize = 64 * 1024;

/// `Debug` that names the type and nothing else.
macro_rules! redacted {
    ($($name:ty),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}
use redacted;

/// Serde through `Display` and `parse`.
macro_rules! wire_text {
    ($name:ty, $expected:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::transcript::text::parsed(from, $expected, <$name>::parse)
            }
        }
    };
}
use wire_text;

/// Exactly `N` ASCII digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits<const N: usize>([u8; N]);

impl<const N: usize> Digits<N> {
    /// Exactly `N` ASCII digits and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_digit).then_some(Self(bytes))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Never prints the digits.
impl<const N: usize> fmt::Debug for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

impl<const N: usize> Serialize for Digits<N> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Digits<N> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "a fixed number of digits", Self::parse)
    }
}

/// Personal identification number (số định danh cá nhân): twelve digits.
pub type PersonalId = Digits<12>;
/// Commune code (mã xã): five digits.
pub type CommuneCode = Digits<5>;

/// Sex as QCVN 109:2017/BTTTT codes it (giới tính).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sex {
    /// Not known.
    #[serde(rename = "0")]
    Unknown,
    /// Nam.
    #[serde(rename = "1")]
    Male,
    /// Nữ.
    #[serde(rename = "2")]
    Female,
}

/// Group `name`: name, sex, birth date.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "NameWire", into = "NameWire")]
pub struct NameGroup {
    /// Full name (họ và tên).
    pub full_name: Text<150>,
    /// Sex (giới tính).
    pub sex: Sex,
    /// Birth date; on the wire exactly one of `ngaythangnamsinh`, `thangnamsinh`, `namsinh`.
    pub birth: BirthDate,
    /// Members outside the standard.
    pub extensions: Extensions,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameWire {
    hovaten: Text<150>,
    gioitinh: Sex,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ngaythangnamsinh: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thangnamsinh: Option<YearMonth>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namsinh: Option<BirthYear>,
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    extensions: Extensions,
}

impl TryFrom<NameWire> for NameGroup {
    type Error = &'static str;

    fn try_from(wire: NameWire) -> Result<Self, Self::Error> {
        let birth = match (wire.ngaythangnamsinh, wire.thangnamsinh, wire.namsinh) {
            (Some(day), None, None) => BirthDate::Day(day),
            (None, Some(month), None) => BirthDate::Month(month),
            (None, None, Some(year)) => BirthDate::Year(year),
            _ => return Err("expected exactly one of ngaythangnamsinh, thangnamsinh, namsinh"),
        };
        Ok(Self { full_name: wire.hovaten, sex: wire.gioitinh, birth, extensions: wire.extensions })
    }
}

impl From<NameGroup> for NameWire {
    fn from(name: NameGroup) -> Self {
        let (mut day, mut month, mut year) = (None, None, None);
        match name.birth {
            BirthDate::Day(d) => day = Some(d),
            BirthDate::Month(m) => month = Some(m),
            BirthDate::Year(y) => year = Some(y),
        }
        Self {
            hovaten: name.full_name,
            gioitinh: name.sex,
            ngaythangnamsinh: day,
            thangnamsinh: month,
            namsinh: year,
            extensions: name.extensions,
        }
    }
}

/// Group `identity`: identification number and the pupil's codes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityGroup {
    /// Personal identification number (số định danh); a foreign pupil may have none.
    #[serde(rename = "sodinhdanh", default, skip_serializing_if = "Option::is_none")]
    pub personal_id: Option<PersonalId>,
    /// Pupil code (mã học sinh).
    #[serde(rename = "mahocsinh")]
    pub pupil_code: Text<20>,
    /// Number in the school's register (số đăng bộ).
    #[serde(rename = "sosodangbo", default, skip_serializing_if = "Option::is_none")]
    pub register_number: Option<Text<50>>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A place: detail in words, commune and province by code where known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Detail (địa chỉ chi tiết).
    #[serde(rename = "diachichitiet")]
    pub detail: Text<250>,
    /// Commune code (mã xã).
    #[serde(rename = "maxa", default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<CommuneCode>,
    /// Province code (mã tỉnh), of the list in force when the sheet was frozen.
    #[serde(rename = "matinh", default, skip_serializing_if = "Option::is_none")]
    pub province: Option<ProvinceCode>,
}

/// Group `origin`: places, ethnicity, nationality.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginGroup {
    /// Place of birth (nơi sinh).
    #[serde(rename = "noisinh", default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<Place>,
    /// Home place of the family (quê quán).
    #[serde(rename = "quequan", default, skip_serializing_if = "Option::is_none")]
    pub home_place: Option<Place>,
    /// Present residence (nơi ở hiện nay).
    #[serde(rename = "noiohiennay", default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Place>,
    /// Ethnicity code (dân tộc), `01` Kinh to `55` foreign.
    #[serde(rename = "dantoc")]
    pub ethnicity: Text<3>,
    /// Nationality code (quốc tịch), `VN`.
    #[serde(rename = "quoctich")]
    pub nationality: Text<2>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Group `policy`: policy status, not assessed because of disability.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyGroup {
    /// Policy status in words (đối tượng chính sách).
    #[serde(rename = "doituongchinhsach", default, skip_serializing_if = "Option::is_none")]
    pub policy_status: Option<Text<250>>,
    /// Not assessed because of disability: results may be missing.
    #[serde(rename = "cokhuyettatkhongdanhgia")]
    pub not_assessed: bool,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Group `family`: parents and guardian.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyGroup {
    /// Father's name (họ tên cha).
    #[serde(rename = "hotencha", default, skip_serializing_if = "Option::is_none")]
    pub father: Option<Text<150>>,
    /// Father's occupation.
    #[serde(rename = "nghenghiepcha", default, skip_serializing_if = "Option::is_none")]
    pub father_occupation: Option<Text<150>>,
    /// Mother's name (họ tên mẹ).
    #[serde(rename = "hotenme", default, skip_serializing_if = "Option::is_none")]
    pub mother: Option<Text<150>>,
    /// Mother's occupation.
    #[serde(rename = "nghenghiepme", default, skip_serializing_if = "Option::is_none")]
    pub mother_occupation: Option<Text<150>>,
    /// Guardian's name (họ tên người giám hộ).
    #[serde(rename = "hotennguoigiamho", default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Text<150>>,
    /// Guardian's occupation.
    #[serde(rename = "nghenghiepnguoigiamho", default, skip_serializing_if = "Option::is_none")]
    pub guardian_occupation: Option<Text<150>>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A subject's teacher by name; a subject taught by several has several rows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectTeacher {
    /// Subject code, as in the results.
    #[serde(rename = "mamonhoc")]
    pub subject: Text<3>,
    /// The teacher (giáo viên bộ môn).
    #[serde(rename = "gvbm")]
    pub teacher: Text<150>,
}

/// Group `staff`: names and titles of head and teachers, the class, and where the sheet was issued.
///
/// The school's name, its commune and the place and date of issue live here and not in the clear
/// claims: the public verdict must not tell which school a learner goes to, while whoever may read
/// who signed may read where.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffGroup {
    /// The head who signs (tên giám hiệu).
    #[serde(rename = "tengiamhieu")]
    pub head: Text<150>,
    /// The head's title (chức vụ), for example `Hiệu trưởng`.
    #[serde(rename = "chucvugiamhieu")]
    pub head_title: Text<150>,
    /// The homeroom teacher (giáo viên chủ nhiệm).
    #[serde(rename = "tengvcn")]
    pub homeroom_teacher: Text<150>,
    /// Class (tên lớp).
    #[serde(rename = "tenlop")]
    pub class: Text<10>,
    /// School name (tên trường).
    #[serde(rename = "tentruong")]
    pub school_name: Text<150>,
    /// The school's commune by name (tên xã).
    #[serde(rename = "tenxa", default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<Text<150>>,
    /// The school's commune by code (mã xã).
    #[serde(rename = "maxa", default, skip_serializing_if = "Option::is_none")]
    pub commune_code: Option<CommuneCode>,
    /// Place of issue (địa danh phát hành).
    #[serde(rename = "diadanhphathanh")]
    pub issue_place: Text<150>,
    /// Date of issue, when the head signed (ngày ký phát hành).
    #[serde(rename = "ngaykyphathanh")]
    pub issue_date: Day,
    /// Subject teachers.
    #[serde(rename = "gvbm", default, skip_serializing_if = "Vec::is_empty")]
    pub subject_teachers: Vec<SubjectTeacher>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A subject's teacher by number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectTeacherId {
    /// Subject code, as in the results.
    #[serde(rename = "mamonhoc")]
    pub subject: Text<3>,
    /// The teacher's identification number.
    #[serde(rename = "soddcngvbm")]
    pub teacher_id: PersonalId,
}

/// Group `staff_ids`: identification numbers of staff.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffIdsGroup {
    /// The head's.
    #[serde(rename = "soddcngiamhieu", default, skip_serializing_if = "Option::is_none")]
    pub head_id: Option<PersonalId>,
    /// The homeroom teacher's.
    #[serde(rename = "soddcngvcn", default, skip_serializing_if = "Option::is_none")]
    pub homeroom_teacher_id: Option<PersonalId>,
    /// The subject teachers'.
    #[serde(rename = "soddcngvbm", default, skip_serializing_if = "Vec::is_empty")]
    pub subject_teacher_ids: Vec<SubjectTeacherId>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A comment on one subject.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectComment {
    /// Subject code, as in the results.
    #[serde(rename = "mamonhoc")]
    pub subject: Text<3>,
    /// The comment (nhận xét môn học).
    #[serde(rename = "nxetmonhoc")]
    pub comment: Text<2000>,
}

/// Group `comments`: what teachers and head wrote.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentsGroup {
    /// The homeroom teacher's comment (nhận xét của GVCN).
    #[serde(rename = "nxetgvcn", default, skip_serializing_if = "Option::is_none")]
    pub homeroom: Option<Text<2000>>,
    /// On qualities (phẩm chất), primary.
    #[serde(rename = "nxetphamchat", default, skip_serializing_if = "Option::is_none")]
    pub qualities: Option<Text<2000>>,
    /// On general competencies (năng lực chung), primary.
    #[serde(rename = "nxetnanglucchung", default, skip_serializing_if = "Option::is_none")]
    pub general_competencies: Option<Text<2000>>,
    /// On specific competencies (năng lực đặc thù), primary.
    #[serde(rename = "nxetnanglucdacthu", default, skip_serializing_if = "Option::is_none")]
    pub specific_competencies: Option<Text<2000>>,
    /// On subjects.
    #[serde(rename = "nxetmonhoc", default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectComment>,
    /// The head's approval in words (phê duyệt của hiệu trưởng); not in the dictionary, on the printed form.
    #[serde(rename = "nxetgiamhieu", default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Text<2000>>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

redacted!(
    Sex,
    NameGroup,
    IdentityGroup,
    Place,
    OriginGroup,
    PolicyGroup,
    FamilyGroup,
    SubjectTeacher,
    StaffGroup,
    SubjectTeacherId,
    StaffIdsGroup,
    SubjectComment,
    CommentsGroup
);

/// The groups of one sheet that are open to the reader.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
pub struct Contents {
    /// Name, sex, birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<NameGroup>,
    /// Identification number, pupil codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityGroup>,
    /// Places, ethnicity, nationality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginGroup>,
    /// Policy status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyGroup>,
    /// Parents, guardian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<FamilyGroup>,
    /// Staff, class, school.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffGroup>,
    /// Identification numbers of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_ids: Option<StaffIdsGroup>,
    /// Results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Results>,
    /// Comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<CommentsGroup>,
}

impl Contents {
    /// Which groups are here.
    pub fn groups(&self) -> GroupSet {
        Group::ALL.into_iter().filter(|g| self.has(*g)).fold(GroupSet::NONE, GroupSet::with)
    }

    /// Whether a group is here.
    pub fn has(&self, group: Group) -> bool {
        match group {
            Group::Name => self.name.is_some(),
            Group::Identity => self.identity.is_some(),
            Group::Origin => self.origin.is_some(),
            Group::Policy => self.policy.is_some(),
            Group::Family => self.family.is_some(),
            Group::Staff => self.staff.is_some(),
            Group::StaffIds => self.staff_ids.is_some(),
            Group::Results => self.results.is_some(),
            Group::Comments => self.comments.is_some(),
        }
    }

    /// Reads one group's JSON into its place. The caller makes sure that it comes once.
    ///
    /// # Errors
    /// [`JsonFault`] with the place of the fault.
    pub fn put(&mut self, group: Group, kind: ResultsKind, json: &[u8]) -> Result<(), JsonFault> {
        match group {
            Group::Name => self.name = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::Identity => self.identity = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::Origin => self.origin = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::Policy => self.policy = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::Family => self.family = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::Staff => self.staff = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::StaffIds => self.staff_ids = Some(strict::from_slice(json, MAX_GROUP)?),
            Group::Results => self.results = Some(Results::from_json(kind, json)?),
            Group::Comments => self.comments = Some(strict::from_slice(json, MAX_GROUP)?),
        }
        Ok(())
    }

    /// One disclosure for every group that is here, each with a salt of its own. The salts must be
    /// random: an equal salt would let equal contents be recognised behind their digests.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn disclose(&self, mut salt: impl FnMut() -> [u8; 16]) -> Result<Vec<Disclosure>, serde_json::Error> {
        self.groups().iter().map(|group| self.disclose_one(group, &salt())).collect()
    }

    fn disclose_one(&self, group: Group, salt: &[u8; 16]) -> Result<Disclosure, serde_json::Error> {
        match group {
            Group::Name => Disclosure::new(group, salt, &self.name),
            Group::Identity => Disclosure::new(group, salt, &self.identity),
            Group::Origin => Disclosure::new(group, salt, &self.origin),
            Group::Policy => Disclosure::new(group, salt, &self.policy),
            Group::Family => Disclosure::new(group, salt, &self.family),
            Group::Staff => Disclosure::new(group, salt, &self.staff),
            Group::StaffIds => Disclosure::new(group, salt, &self.staff_ids),
            Group::Results => Disclosure::new(group, salt, &self.results),
            Group::Comments => Disclosure::new(group, salt, &self.comments),
        }
    }
}

/// Prints which groups are here, never what they hold.
impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contents")?;
        f.debug_set().entries(self.groups().iter().map(Group::name)).finish()
    }
}
