//! Sheets to start from; nobody in them exists.

use hocba::transcript::contents::*;
use hocba::transcript::disclosure::Disclosure;
use hocba::transcript::province::{ProvinceCode, ProvinceRef};
use hocba::transcript::sheet::{Grade, SheetClaims};
use hocba::transcript::strict::Extensions;
use hocba::transcript::text::Text;
use hocba::transcript::time::Day;
use hocba::transcript::{Level, Moment, SchoolYear, SheetId, TranscriptCode};

pub(crate) fn text<const N: usize>(s: &str) -> Text<N> {
    Text::new(s).unwrap()
}

pub(crate) fn claims(level: Level, grade: u8, circular: &str) -> SheetClaims {
    SheetClaims {
        version: 1,
        code: TranscriptCode::from_bytes([0x0f; 16]),
        sheet: SheetId::from_bytes([0x5e; 16]),
        level,
        circular: text(circular),
        school_year: SchoolYear::starting(2025).unwrap(),
        grade: Grade::new(grade).unwrap(),
        province: ProvinceRef {
            code: ProvinceCode::parse("22").unwrap(),
            vintage: Day::parse("2025-07-01").unwrap(),
            name: text("Quảng Ninh"),
        },
        school: text("22010203"),
        frozen_at: Moment::parse("2026-06-28T09:00:00+07:00").unwrap(),
        effective_from: Day::parse("2026-06-30").unwrap(),
        trichluc: false,
        digests: Vec::new(),
        digest_algorithm: None,
        extensions: Extensions::default(),
    }
}

fn place(detail: &str) -> Place {
    Place { detail: text(detail), commune: CommuneCode::parse("06652"), province: ProvinceCode::parse("22") }
}

/// The groups that look alike at every level.
fn person() -> Contents {
    let id = |n: u32| PersonalId::parse(&format!("003314{n:06}"));
    Contents {
        name: Some(NameGroup {
            full_name: text("Nguyễn Thị Thùy Dương"),
            sex: Sex::Female,
            birth: BirthDate::parse("2014-03-09").unwrap(),
            extensions: Extensions::default(),
        }),
        identity: Some(IdentityGroup {
            personal_id: id(17),
            pupil_code: text("2200000017"),
            register_number: Some(text("25/2025")),
            extensions: Extensions::default(),
        }),
        origin: Some(OriginGroup {
            birth_place: Some(place("Bệnh viện đa khoa, phường Mạo Khê")),
            home_place: Some(place("Thôn Đông, xã Bình Khê")),
            residence: Some(place("Số 12, khu Vĩnh Thông, phường Mạo Khê")),
            ethnicity: text("01"),
            nationality: text("VN"),
            extensions: Extensions::default(),
        }),
        policy: Some(PolicyGroup::default()),
        family: Some(FamilyGroup {
            father: Some(text("Nguyễn Văn Đức")),
            father_occupation: Some(text("Công nhân")),
            mother: Some(text("Trần Thị Hòa")),
            mother_occupation: Some(text("Giáo viên")),
            ..FamilyGroup::default()
        }),
        staff: Some(StaffGroup {
            head: text("Phạm Quốc Huy"),
            head_title: text("Hiệu trưởng"),
            homeroom_teacher: text("Lê Thị Bích Ngọc"),
            class: text("6A1"),
            school_name: text("Trường THCS Nguyễn Du"),
            commune: Some(text("Phường Mạo Khê")),
            commune_code: CommuneCode::parse("06652"),
            issue_place: text("Mạo Khê"),
            issue_date: Day::parse("2026-06-28").unwrap(),
            subject_teachers: SUBJECTS
                .iter()
                .map(|(code, _)| SubjectTeacher { subject: text(code), teacher: text("Vũ Thị Hồng Hạnh") })
                .collect(),
            extensions: Extensions::default(),
        }),
        staff_ids: Some(StaffIdsGroup {
            head_id: id(1),
            homeroom_teacher_id: id(2),
            subject_teacher_ids: SUBJECTS
                .iter()
                .map(|(code, _)| SubjectTeacherId { subject: text(code), teacher_id: id(3).unwrap() })
                .collect(),
            extensions: Extensions::default(),
        }),
        results: None,
        comments: Some(CommentsGroup {
            homeroom: Some(text(
                "Em chăm ngoan, lễ phép với thầy cô, hòa đồng với bạn bè; có ý thức vươn lên trong học tập.\n\
                 Cần mạnh dạn hơn khi phát biểu xây dựng bài.",
            )),
            head: Some(text("Đồng ý với nhận xét của giáo viên chủ nhiệm.")),
            subjects: SUBJECTS
                .iter()
                .map(|(code, name)| SubjectComment {
                    subject: text(code),
                    comment: text(&format!(
                        "Nắm vững kiến thức môn {name}, vận dụng tốt vào bài tập; cần trình bày cẩn thận hơn và chủ \
                         động ôn lại kiến thức cũ trước mỗi giờ học."
                    )),
                })
                .collect(),
            ..CommentsGroup::default()
        }),
    }
}

const SUBJECTS: [(&str, &str); 12] = [
    ("01", "Ngữ văn"),
    ("02", "Toán"),
    ("03", "Ngoại ngữ 1"),
    ("04", "Giáo dục công dân"),
    ("05", "Lịch sử và Địa lí"),
    ("06", "Khoa học tự nhiên"),
    ("07", "Công nghệ"),
    ("08", "Tin học"),
    ("09", "Giáo dục thể chất"),
    ("10", "Nghệ thuật"),
    ("11", "Hoạt động trải nghiệm, hướng nghiệp"),
    ("12", "Nội dung giáo dục của địa phương"),
];

pub(crate) fn secondary() -> (SheetClaims, Contents) {
    let subject = |i: usize, code: &str, name: &str| {
        let mark = |tenths: u8| {
            Some(if i < 8 { SubjectMark::Mark(Tenths::new(tenths).unwrap()) } else { SubjectMark::Passed })
        };
        SecondarySubject {
            code: text(code),
            name: text(name),
            term1: mark(80),
            term2: mark(86),
            year: mark(84),
            again: None,
        }
    };
    let results = SecondaryResults {
        subjects: SUBJECTS.iter().enumerate().map(|(i, (code, name))| subject(i, code, name)).collect(),
        learning_term1: Some(YearLevel::Good),
        learning_term2: Some(YearLevel::Good),
        learning_year: Some(YearLevel::Good),
        conduct_term1: Some(YearLevel::Fair),
        conduct_term2: Some(YearLevel::Good),
        conduct_year: Some(YearLevel::Good),
        absences: Absences::new(3),
        promoted: Some(true),
        promotion: Some(text("Được lên lớp 7")),
        awards: Some(text("Học sinh Giỏi")),
        ..SecondaryResults::default()
    };
    let contents = Contents { results: Some(Results::Secondary(Box::new(results))), ..person() };
    (claims(Level::LowerSecondary, 6, "22/2021"), contents)
}

pub(crate) fn primary() -> (SheetClaims, Contents) {
    let subject = |code: &str, name: &str, test: Option<&str>| PrimarySubject {
        code: text(code),
        name: text(name),
        level: Some(SubjectLevel::CompletedWell),
        test: test.and_then(TestMark::parse),
    };
    let good = Some(Attainment::Good);
    let results = PrimaryResults {
        subjects: vec![
            subject("01", "Tiếng Việt", Some("9")),
            subject("02", "Toán", Some("10")),
            subject("03", "Đạo đức", None),
        ],
        competencies: Some(Competencies { self_study: good, language: good, ..Competencies::default() }),
        qualities: Some(Qualities { patriotism: good, honesty: good, ..Qualities::default() }),
        overall: Some(text("Hoàn thành xuất sắc")),
        completed_class: Some(true),
        completed_primary: Some(true),
        promoted: Some(true),
        ..PrimaryResults::default()
    };
    let contents = Contents { results: Some(Results::Primary(Box::new(results))), ..person() };
    (claims(Level::Primary, 5, "27/2020"), contents)
}

pub(crate) fn older() -> (SheetClaims, Contents) {
    let row = |label: &str, value: &str| OlderRow { label: text(label), value: text(value) };
    let results = OlderResults {
        rows: vec![row("Học lực cả năm", "Khá"), row("Hạnh kiểm cả năm", "Tốt"), row("ĐTB các môn cả năm", "7,2")],
        promoted: Some(true),
        ..OlderResults::default()
    };
    let contents = Contents { results: Some(Results::Older(Box::new(results))), ..person() };
    (claims(Level::LowerSecondary, 9, "58/2011/TT-BGDĐT"), contents)
}

pub(crate) fn continuing() -> (SheetClaims, Contents) {
    let (_, contents) = secondary();
    (claims(Level::Continuing, 10, "43/2021"), contents)
}

/// Commits claims to contents; the payload's bytes and the disclosures.
pub(crate) fn seal(mut claims: SheetClaims, contents: &Contents) -> (Vec<u8>, Vec<Disclosure>) {
    let mut counter = 0u8;
    let salt = || {
        counter += 1;
        [counter; 16]
    };
    let disclosures = contents.disclose(salt).unwrap();
    claims.commit_to(&disclosures);
    (serde_json::to_vec(&claims).unwrap(), disclosures)
}
