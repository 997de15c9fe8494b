//! The `results` group: one shape for each family of circulars.
//!
//! A sheet's clear claims (level and circular) choose the shape before a byte of it is read, so the
//! wire carries no tag that could contradict them. Members are optional where a learner who is not
//! assessed because of disability has none; [`Results::check`] asks for them of everybody else.
//! Whether the numbers follow from one another is the business of the consistency rules, which warn.

use serde::{Deserialize, Serialize};

use super::MAX_GROUP;
use super::marks::{Absences, Attainment, SubjectLevel, SubjectMark, TestMark, YearLevel};
use crate::transcript::level::Level;
use crate::transcript::strict::{self, Extensions, JsonFault};
use crate::transcript::text::Text;
use crate::transcript::time::{Day, SchoolYear};

/// Most rows in any list of a group.
pub const MAX_ROWS: usize = 64;

/// Which shape a sheet's results have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultsKind {
    /// Primary, TT 27/2020 and what amends it.
    Primary,
    /// Lower and upper secondary, TT 22/2021; continuing education, TT 43/2021; and what amends them.
    Secondary,
    /// Circulars before those: opaque text.
    Older,
}

impl ResultsKind {
    /// The shape for a level and a circular such as `22/2021` or `22/2021/TT-BGDĐT`. None when the
    /// text does not start with number and year.
    ///
    /// Circulars later than the one a level's shape comes from amend it; those of an earlier year
    /// judged by other words, which are kept as text.
    pub fn of(level: Level, circular: &str) -> Option<Self> {
        let (_, year) = circular_number(circular)?;
        let (first, kind) = match level {
            Level::Primary => (2020, Self::Primary),
            Level::LowerSecondary | Level::UpperSecondary | Level::Continuing => (2021, Self::Secondary),
        };
        Some(if year < first { Self::Older } else { kind })
    }
}

/// Number and year of a circular written as `22/2021` or `22/2021/TT-BGDĐT`; None for other text.
pub fn circular_number(circular: &str) -> Option<(u16, u16)> {
    let mut parts = circular.splitn(3, '/');
    let (number, year) = (parts.next()?, parts.next()?);
    let digits = |s: &str| (1..=4).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(number) || !digits(year) {
        return None;
    }
    let (number, year) = (number.parse().ok()?, year.parse().ok()?);
    (1945..2200).contains(&year).then_some((number, year))
}

/// Subjects, marks, levels, conduct, attendance, promotion, awards, certificates.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Results {
    /// Primary.
    Primary(Box<PrimaryResults>),
    /// Secondary and continuing.
    Secondary(Box<SecondaryResults>),
    /// Circulars before TT 27/2020, 22/2021 and 43/2021.
    Older(Box<OlderResults>),
}

/// Why results are not complete or contradict themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResultsFault {
    /// Neither subjects nor older content, and the learner is assessed.
    #[error("results hold no subject, and the learner is not marked as not assessed")]
    NoSubject,
    /// A subject row without anything in it.
    #[error("a subject has neither a level nor a mark")]
    EmptySubject,
    /// Two rows of one subject.
    #[error("a subject code stands in two rows")]
    RepeatedSubject,
    /// Not said whether the learner moves up.
    #[error("duoclenlop is missing, and the learner is not marked as not assessed")]
    NoPromotion,
    /// Completion of primary school below grade 5.
    #[error("primary school is completed in grade 5")]
    Completion,
    /// A list longer than [`MAX_ROWS`]; older content may have four times as many rows.
    #[error("a list has too many rows")]
    TooManyRows,
}

impl ResultsFault {
    /// The member it concerns, as a JSON pointer inside the group.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::NoSubject | Self::EmptySubject | Self::RepeatedSubject => "/monhoc",
            Self::NoPromotion => "/duoclenlop",
            Self::Completion => "/dahthanhctrinhtieuhoc",
            Self::TooManyRows => "",
        }
    }
}

impl Results {
    /// Reads the group's JSON in the shape of `kind`.
    ///
    /// # Errors
    /// [`JsonFault`] with the place of the fault.
    pub fn from_json(kind: ResultsKind, json: &[u8]) -> Result<Self, JsonFault> {
        match kind {
            ResultsKind::Primary => strict::from_slice(json, MAX_GROUP).map(|r| Self::Primary(Box::new(r))),
            ResultsKind::Secondary => strict::from_slice(json, MAX_GROUP).map(|r| Self::Secondary(Box::new(r))),
            ResultsKind::Older => strict::from_slice(json, MAX_GROUP).map(|r| Self::Older(Box::new(r))),
        }
    }

    /// Which shape it has.
    pub fn kind(&self) -> ResultsKind {
        match self {
            Self::Primary(_) => ResultsKind::Primary,
            Self::Secondary(_) => ResultsKind::Secondary,
            Self::Older(_) => ResultsKind::Older,
        }
    }

    /// Whether they say nothing that a form would print: a learner who was not assessed.
    pub fn is_blank(&self) -> bool {
        let subjects = match self {
            Self::Primary(r) => r.subjects.len(),
            Self::Secondary(r) => r.subjects.len(),
            Self::Older(r) => r.rows.len(),
        };
        subjects == 0 && self.promoted().is_none()
    }

    /// Moves up to the next grade (được lên lớp)?
    pub fn promoted(&self) -> Option<bool> {
        match self {
            Self::Primary(r) => r.promoted,
            Self::Secondary(r) => r.promoted,
            Self::Older(r) => r.promoted,
        }
    }

    /// Earlier years (quá trình học tập).
    pub fn history(&self) -> &[StudyYear] {
        match self {
            Self::Primary(r) => &r.history,
            Self::Secondary(r) => &r.history,
            Self::Older(r) => &r.history,
        }
    }

    /// Checks that what every assessed learner has is there, and that no row contradicts another.
    ///
    /// # Errors
    /// [`ResultsFault`] names what is missing or double.
    pub fn check(&self, grade: u8, not_assessed: bool) -> Result<(), ResultsFault> {
        if !not_assessed && self.promoted().is_none() {
            return Err(ResultsFault::NoPromotion);
        }
        if self.history().len() > MAX_ROWS {
            return Err(ResultsFault::TooManyRows);
        }
        match self {
            Self::Primary(r) if r.completed_primary == Some(true) && grade != 5 => Err(ResultsFault::Completion),
            Self::Primary(r) => check_subjects(&r.subjects, not_assessed),
            Self::Secondary(r) if r.certificates.len() > MAX_ROWS => Err(ResultsFault::TooManyRows),
            Self::Secondary(r) => check_subjects(&r.subjects, not_assessed),
            Self::Older(r) if r.rows.len() > 4 * MAX_ROWS => Err(ResultsFault::TooManyRows),
            Self::Older(r) if r.rows.is_empty() && !not_assessed => Err(ResultsFault::NoSubject),
            Self::Older(_) => Ok(()),
        }
    }
}

trait SubjectRow {
    fn code(&self) -> &str;
    fn is_empty(&self) -> bool;
}

impl SubjectRow for PrimarySubject {
    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn is_empty(&self) -> bool {
        self.level.is_none() && self.test.is_none()
    }
}

impl SubjectRow for SecondarySubject {
    fn code(&self) -> &str {
        self.code.as_str()
    }

    fn is_empty(&self) -> bool {
        self.term1.is_none() && self.term2.is_none() && self.year.is_none()
    }
}

fn check_subjects(rows: &[impl SubjectRow], not_assessed: bool) -> Result<(), ResultsFault> {
    if rows.len() > MAX_ROWS {
        return Err(ResultsFault::TooManyRows);
    }
    if !not_assessed && rows.is_empty() {
        return Err(ResultsFault::NoSubject);
    }
    if !not_assessed && rows.iter().any(SubjectRow::is_empty) {
        return Err(ResultsFault::EmptySubject);
    }
    let repeated = rows.iter().enumerate().any(|(i, row)| rows[..i].iter().any(|before| before.code() == row.code()));
    match repeated {
        true => Err(ResultsFault::RepeatedSubject),
        false => Ok(()),
    }
}

/// One earlier year of the booklet's table *Quá trình học tập*.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyYear {
    /// School year.
    #[serde(rename = "namhoc")]
    pub school_year: SchoolYear,
    /// Class (tên lớp).
    #[serde(rename = "tenlop")]
    pub class: Text<10>,
    /// School (tên trường).
    #[serde(rename = "tentruong")]
    pub school: Text<150>,
    /// Province (tên tỉnh), as it was called then.
    #[serde(rename = "tentinh")]
    pub province: Text<150>,
    /// When the learner transferred in.
    #[serde(rename = "ngaytrangthaichuyenden", default, skip_serializing_if = "Option::is_none")]
    pub transferred_in: Option<Day>,
}

/// A certificate earned (chứng chỉ).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Its name.
    #[serde(rename = "tenchungchi")]
    pub name: Text<250>,
    /// Its kind or grade.
    #[serde(rename = "loaichungchi", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Text<250>>,
}

/// Results of a primary pupil, TT 27/2020.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimaryResults {
    /// Subjects and educational activities.
    #[serde(rename = "monhoc", default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<PrimarySubject>,
    /// Competencies (năng lực cốt lõi).
    #[serde(rename = "nangluc", default, skip_serializing_if = "Option::is_none")]
    pub competencies: Option<Competencies>,
    /// Qualities (phẩm chất chủ yếu).
    #[serde(rename = "phamchat", default, skip_serializing_if = "Option::is_none")]
    pub qualities: Option<Qualities>,
    /// Overall result (xếp loại), for example `Hoàn thành tốt`.
    #[serde(rename = "xeploai", default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<Text<50>>,
    /// Completed the class programme?
    #[serde(rename = "dahthanhctrinhlophoc", default, skip_serializing_if = "Option::is_none")]
    pub completed_class: Option<bool>,
    /// Completed primary school? Grade 5 only.
    #[serde(rename = "dahthanhctrinhtieuhoc", default, skip_serializing_if = "Option::is_none")]
    pub completed_primary: Option<bool>,
    /// Completion in words.
    #[serde(rename = "ndunghoanthanh", default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Text<2000>>,
    /// Moves up? Required unless the learner is not assessed.
    #[serde(rename = "duoclenlop", default, skip_serializing_if = "Option::is_none")]
    pub promoted: Option<bool>,
    /// Awards (khen thưởng).
    #[serde(rename = "ndungkhenthuong", default, skip_serializing_if = "Option::is_none")]
    pub awards: Option<Text<2000>>,
    /// Awards for single achievements (khen thưởng đột xuất).
    #[serde(rename = "ndungkhenthuongdotxuat", default, skip_serializing_if = "Option::is_none")]
    pub special_awards: Option<Text<2000>>,
    /// Earlier years.
    #[serde(rename = "quatrinhhoctap", default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<StudyYear>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// One subject of a primary pupil.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimarySubject {
    /// Subject code (mã môn học); stands once in a sheet.
    #[serde(rename = "mamonhoc")]
    pub code: Text<3>,
    /// Subject name (tên môn học).
    #[serde(rename = "tenmonhoc")]
    pub name: Text<100>,
    /// Level reached (mức đạt được).
    #[serde(rename = "mucdatduoc", default, skip_serializing_if = "Option::is_none")]
    pub level: Option<SubjectLevel>,
    /// Mark of the periodic test at the end of the year (điểm KTĐK).
    #[serde(rename = "diemkiemtradinhky", default, skip_serializing_if = "Option::is_none")]
    pub test: Option<TestMark>,
}

/// The ten competencies of TT 27/2020; technology and informatics only from grade 3.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competencies {
    /// Tự chủ và tự học.
    #[serde(rename = "tuhoc", default, skip_serializing_if = "Option::is_none")]
    pub self_study: Option<Attainment>,
    /// Giao tiếp và hợp tác.
    #[serde(rename = "giaotiep", default, skip_serializing_if = "Option::is_none")]
    pub communication: Option<Attainment>,
    /// Giải quyết vấn đề và sáng tạo.
    #[serde(rename = "giaiquyet", default, skip_serializing_if = "Option::is_none")]
    pub problem_solving: Option<Attainment>,
    /// Ngôn ngữ.
    #[serde(rename = "ngonngu", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Attainment>,
    /// Tính toán.
    #[serde(rename = "tinhtoan", default, skip_serializing_if = "Option::is_none")]
    pub calculation: Option<Attainment>,
    /// Khoa học.
    #[serde(rename = "khoahoc", default, skip_serializing_if = "Option::is_none")]
    pub science: Option<Attainment>,
    /// Công nghệ.
    #[serde(rename = "congnghe", default, skip_serializing_if = "Option::is_none")]
    pub technology: Option<Attainment>,
    /// Tin học.
    #[serde(rename = "tinhoc", default, skip_serializing_if = "Option::is_none")]
    pub informatics: Option<Attainment>,
    /// Thẩm mĩ.
    #[serde(rename = "thammi", default, skip_serializing_if = "Option::is_none")]
    pub aesthetics: Option<Attainment>,
    /// Thể chất.
    #[serde(rename = "thechat", default, skip_serializing_if = "Option::is_none")]
    pub physical: Option<Attainment>,
}

/// The five qualities of TT 27/2020.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualities {
    /// Yêu nước.
    #[serde(rename = "yeunuoc", default, skip_serializing_if = "Option::is_none")]
    pub patriotism: Option<Attainment>,
    /// Nhân ái.
    #[serde(rename = "nhanai", default, skip_serializing_if = "Option::is_none")]
    pub compassion: Option<Attainment>,
    /// Chăm chỉ.
    #[serde(rename = "chamchi", default, skip_serializing_if = "Option::is_none")]
    pub diligence: Option<Attainment>,
    /// Trung thực.
    #[serde(rename = "trungthuc", default, skip_serializing_if = "Option::is_none")]
    pub honesty: Option<Attainment>,
    /// Trách nhiệm.
    #[serde(rename = "trachnhiem", default, skip_serializing_if = "Option::is_none")]
    pub responsibility: Option<Attainment>,
}

impl Competencies {
    /// All ten, in the order of the dictionary.
    pub const fn in_order(&self) -> [Option<Attainment>; 10] {
        [
            self.self_study,
            self.communication,
            self.problem_solving,
            self.language,
            self.calculation,
            self.science,
            self.technology,
            self.informatics,
            self.aesthetics,
            self.physical,
        ]
    }
}

impl Qualities {
    /// All five, in the order of the dictionary.
    pub const fn in_order(&self) -> [Option<Attainment>; 5] {
        [self.patriotism, self.compassion, self.diligence, self.honesty, self.responsibility]
    }
}

/// Results in lower and upper secondary (TT 22/2021) and continuing education (TT 43/2021).
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondaryResults {
    /// Subjects and educational activities.
    #[serde(rename = "monhoc", default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SecondarySubject>,
    /// Learning result, term 1 (kết quả học tập học kì I).
    #[serde(rename = "hocky1", default, skip_serializing_if = "Option::is_none")]
    pub learning_term1: Option<YearLevel>,
    /// Learning result, term 2.
    #[serde(rename = "hocky2", default, skip_serializing_if = "Option::is_none")]
    pub learning_term2: Option<YearLevel>,
    /// Learning result of the year.
    #[serde(rename = "canam", default, skip_serializing_if = "Option::is_none")]
    pub learning_year: Option<YearLevel>,
    /// Conduct, term 1 (kết quả rèn luyện học kì I).
    #[serde(rename = "renluyenhocky1", default, skip_serializing_if = "Option::is_none")]
    pub conduct_term1: Option<YearLevel>,
    /// Conduct, term 2.
    #[serde(rename = "renluyenhocky2", default, skip_serializing_if = "Option::is_none")]
    pub conduct_term2: Option<YearLevel>,
    /// Conduct of the year.
    #[serde(rename = "renluyencanam", default, skip_serializing_if = "Option::is_none")]
    pub conduct_year: Option<YearLevel>,
    /// Learning result after re-assessment in summer (kết quả học tập lại).
    #[serde(rename = "kqhoctaplai", default, skip_serializing_if = "Option::is_none")]
    pub learning_again: Option<YearLevel>,
    /// Conduct after training in summer (rèn luyện lại).
    #[serde(rename = "renluyenlai", default, skip_serializing_if = "Option::is_none")]
    pub conduct_again: Option<YearLevel>,
    /// What came of the training in summer, in words.
    #[serde(rename = "ndungkquarenluyen", default, skip_serializing_if = "Option::is_none")]
    pub summer_training: Option<Text<2000>>,
    /// Sessions absent in the year (số buổi nghỉ).
    #[serde(rename = "sobuoinghi", default, skip_serializing_if = "Option::is_none")]
    pub absences: Option<Absences>,
    /// Moves up? Required unless the learner is not assessed.
    #[serde(rename = "duoclenlop", default, skip_serializing_if = "Option::is_none")]
    pub promoted: Option<bool>,
    /// Moving up in words.
    #[serde(rename = "ndungduoclenlop", default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Text<2000>>,
    /// Completion of the level in words.
    #[serde(rename = "ndunghoanthanh", default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Text<2000>>,
    /// Awards (khen thưởng).
    #[serde(rename = "ndungkhenthuong", default, skip_serializing_if = "Option::is_none")]
    pub awards: Option<Text<2000>>,
    /// Awards for single achievements (khen thưởng đột xuất).
    #[serde(rename = "ndungkhenthuongdotxuat", default, skip_serializing_if = "Option::is_none")]
    pub special_awards: Option<Text<2000>>,
    /// Results in competitions (kết quả tham gia các cuộc thi).
    #[serde(rename = "kquathamgiacuocthi", default, skip_serializing_if = "Option::is_none")]
    pub competitions: Option<Text<2000>>,
    /// Certificates.
    #[serde(rename = "chungchi", default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// Earlier years.
    #[serde(rename = "quatrinhhoctap", default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<StudyYear>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// One subject in secondary or continuing education.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondarySubject {
    /// Subject code (mã môn học); stands once in a sheet.
    #[serde(rename = "mamonhoc")]
    pub code: Text<3>,
    /// Subject name (tên môn học).
    #[serde(rename = "tenmonhoc")]
    pub name: Text<100>,
    /// Term 1 (ĐTBmhk I, or Đ/CĐ).
    #[serde(rename = "diemhocky1", default, skip_serializing_if = "Option::is_none")]
    pub term1: Option<SubjectMark>,
    /// Term 2.
    #[serde(rename = "diemhocky2", default, skip_serializing_if = "Option::is_none")]
    pub term2: Option<SubjectMark>,
    /// Year (ĐTBmcn).
    #[serde(rename = "diemcanam", default, skip_serializing_if = "Option::is_none")]
    pub year: Option<SubjectMark>,
    /// After re-assessment in summer (điểm kiểm tra lại).
    #[serde(rename = "diemkttralai", default, skip_serializing_if = "Option::is_none")]
    pub again: Option<SubjectMark>,
}

/// Results under circulars that judged by other words (học lực, hạnh kiểm, ĐTBcm …): labelled text,
/// kept and printed as it stands, never derived from.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OlderResults {
    /// The rows, in the order of the booklet.
    #[serde(rename = "noidungcu", default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<OlderRow>,
    /// Moves up? Required unless the learner is not assessed.
    #[serde(rename = "duoclenlop", default, skip_serializing_if = "Option::is_none")]
    pub promoted: Option<bool>,
    /// Earlier years.
    #[serde(rename = "quatrinhhoctap", default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<StudyYear>,
    /// Members outside the standard.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// One labelled text of an older booklet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OlderRow {
    /// What it is (nhãn), for example `Học lực cả năm`.
    #[serde(rename = "nhan")]
    pub label: Text<200>,
    /// What it says (nội dung), for example `Khá`.
    #[serde(rename = "noidung")]
    pub value: Text<2000>,
}

super::redacted!(
    Results,
    StudyYear,
    Certificate,
    PrimaryResults,
    PrimarySubject,
    Competencies,
    Qualities,
    SecondaryResults,
    SecondarySubject,
    OlderResults,
    OlderRow
);
