//! Tiếng Việt.

mod api;
mod apps;
mod batches;
mod evidence;
mod glossary;
mod later;
mod ledger;
mod lookup;
mod office;
mod office_search;
mod openid;
mod oversight;
mod paper;
mod receipt;
mod reports;
mod scan;
mod schools;
mod share;
mod sign_in;
mod soft_copy;
mod verdict;

use super::{Ask, Fields, Language, Notice, NoticeWith, Places, Problems, Site, Text, Transcript, clock, grouped};
use crate::transcript::Group;
use crate::transcript::contents::{Attainment, BirthDate, SubjectLevel, SubjectMark, TestMark, YearLevel};
use crate::transcript::time::Day;

/// The words of the Vietnamese pages.
pub const VI: Text = Text {
    language: Language::Vietnamese,
    site: Site {
        name: "Cổng tra cứu học bạ",
        tagline: "Tra cứu và xác thực học bạ số trên toàn quốc",
        skip: "Đến nội dung chính",
        home: "Trang tra cứu",
        language: "Ngôn ngữ",
        contact: "Liên hệ",
        owner: "Cơ quan chủ quản",
        source: "Ghi rõ nguồn “Cổng tra cứu học bạ” khi sử dụng kết quả tra cứu.",
        notice: "Thông báo",
        places: Places {
            title: "Các trang của cổng", lookup: "Tra cứu", scan: "Quét mã QR", counter: "Chế độ quầy"
        },
    },
    lookup: lookup::LOOKUP,
    bad_code: lookup::BAD_CODE,
    verdicts: verdict::VERDICTS,
    sheets: verdict::SHEETS,
    checks: verdict::CHECKS,
    ask: Ask {
        title: "Xem và đối chiếu nội dung",
        why: "Nhập ngày sinh của học sinh đúng như in trên học bạ.",
        birth_date: "Ngày sinh của học sinh",
        day: "Ngày",
        month: "Tháng",
        year: "Năm",
        hint: "Ví dụ: 5 / 9 / 2014",
        partial: "Học bạ chỉ in tháng và năm sinh, hoặc chỉ in năm sinh?",
        partial_hint: "Để trống ô không có trên học bạ và nhập thêm họ và tên của học sinh.",
        full_name: "Họ và tên học sinh",
        submit: "Xem nội dung",
        opens: "Ngày sinh mở họ tên, kết quả học tập, nhận xét và tên giáo viên. Mỗi lần xem đều được ghi nhận.",
        mismatch: "Ngày sinh không khớp",
        attempts_left: |n| format!("Còn {n} lần nhập. Hãy nhập đúng ngày sinh ghi trên học bạ."),
        locked: NoticeWith {
            title: "Đã nhập sai quá số lần cho phép",
            body: |wait| {
                format!(
                    "Có thể nhập lại ngày sinh sau {wait}. Kết quả về hiệu lực của mã vẫn xem được; mã QR trên bản mềm vẫn dùng được."
                )
            },
            without: "Hãy thử lại vào ngày mai. Kết quả về hiệu lực của mã vẫn xem được; mã QR trên bản mềm vẫn dùng được.",
        },
        name_needed: Notice {
            title: "Cần thêm họ và tên",
            body: "Khi chỉ có tháng và năm sinh, hoặc chỉ có năm sinh, hãy nhập thêm họ và tên học sinh như in trên học bạ.",
        },
        bad_date: Notice {
            title: "Ngày sinh chưa đúng",
            body: "Hãy nhập ngày, tháng, năm bằng chữ số, ví dụ 5 / 9 / 2014. Năm sinh là bắt buộc.",
        },
        bad_token: Notice {
            title: "Mã QR không mở được học bạ này",
            body: "Mã trên bản mềm không dùng được cho học bạ này hoặc đã hết hạn. Hãy nhập ngày sinh in trên học bạ.",
        },
        unavailable: Notice {
            title: "Chưa mở được nội dung",
            body: "Hệ thống đang bận. Vui lòng thử lại sau ít phút. Việc này không có nghĩa là học bạ không hợp lệ.",
        },
        closed: Notice {
            title: "Không có nội dung để hiển thị",
            body: "Nội dung của học bạ này không xem được bằng ngày sinh. Hãy liên hệ cơ sở giáo dục đã phát hành học bạ.",
        },
    },
    receipt: receipt::RECEIPT,
    soft_copy: soft_copy::SOFT_COPY,
    share: share::SHARE,
    problems: Problems {
        bad_request: Notice {
            title: "Yêu cầu không đúng",
            body: "Hệ thống không đọc được yêu cầu vừa gửi. Hãy kiểm tra lại và thử lần nữa.",
        },
        foreign_form: Notice {
            title: "Yêu cầu bị từ chối",
            body: "Biểu mẫu được gửi từ một trang khác. Hãy mở cổng tra cứu và nhập lại.",
        },
        not_matching: "Ngày sinh không khớp",
        not_found: Notice {
            title: "Không có trang này", body: "Địa chỉ vừa mở không có trên cổng tra cứu."
        },
        unknown: Notice {
            title: "Không tìm thấy học bạ",
            body: "Không có học bạ nào ứng với mã này. Học bạ vừa chốt có thể chưa được Sở Giáo dục và Đào tạo gửi về Bộ.",
        },
        method: Notice {
            title: "Cách gửi yêu cầu không đúng", body: "Địa chỉ này không nhận kiểu yêu cầu vừa gửi."
        },
        slow_body: Notice {
            title: "Gửi dữ liệu quá lâu",
            body: "Dữ liệu không đến đủ trong thời gian cho phép. Hãy kiểm tra đường truyền và thử lại.",
        },
        conflict: Notice {
            title: "Chưa nhận được gói này",
            body: "Gói không đúng thứ tự hoặc một gói khác đang được xử lý.",
        },
        too_large: Notice {
            title: "Dữ liệu quá lớn", body: "Dữ liệu gửi lên vượt quá giới hạn cho phép."
        },
        media_type: Notice {
            title: "Kiểu dữ liệu không đúng", body: "Địa chỉ này không nhận kiểu dữ liệu vừa gửi."
        },
        misdirected: Notice {
            title: "Sai tên miền", body: "Máy chủ này không trả lời cho tên miền vừa gọi."
        },
        refused_package: Notice {
            title: "Gói bị từ chối",
            body: "Gói không đạt các điều kiện tiếp nhận; lý do ghi trong phần chi tiết.",
        },
        too_many: NoticeWith {
            title: "Bạn đã tra cứu quá nhiều lần",
            body: |wait| format!("Vui lòng thử lại sau {wait}."),
            without: "Vui lòng thử lại sau ít phút.",
        },
        internal: Notice {
            title: "Hệ thống gặp lỗi",
            body: "Vui lòng thử lại sau ít phút. Việc này không có nghĩa là học bạ không hợp lệ.",
        },
        busy: Notice {
            title: "Hệ thống đang bận",
            body: "Vui lòng thử lại sau ít phút. Việc này không có nghĩa là học bạ không hợp lệ.",
        },
        verdict_only: Notice {
            title: "Tạm dừng xem nội dung học bạ",
            body: "Cổng đang tạm dừng việc mở nội dung bằng ngày sinh hoặc mã QR trên bản mềm. Kết quả về hiệu lực của mã vẫn tra cứu được và vẫn có giá trị. Vui lòng thử lại sau.",
        },
        shed: Notice {
            title: "Chưa mở được nội dung học bạ",
            body: "Đang có quá nhiều người xem nội dung cùng lúc. Vui lòng thử lại sau ít phút. Kết quả về hiệu lực của mã vẫn tra cứu được; lần này không bị tính là nhập sai.",
        },
        home: "Về trang tra cứu",
    },
    transcript: Transcript {
        content: "Nội dung học bạ",
        issued_by: |school| format!(", do {school} phát hành"),
        years: "Năm học",
        pupil: "Học sinh",
        closed: "Phần không hiển thị",
        closed_body: "Các phần sau không mở bằng ngày sinh.",
        print: "Để in, dùng chức năng In của trình duyệt.",
        print_note: "Trang in từ trình duyệt không phải là bản mềm học bạ. Tra cứu mã trên cổng để xác thực.",
        group: |group| match group {
            Group::Name => "Họ tên, giới tính, ngày sinh",
            Group::Identity => "Số định danh, mã học sinh",
            Group::Origin => "Nơi sinh, quê quán, nơi ở, dân tộc, quốc tịch",
            Group::Policy => "Đối tượng chính sách",
            Group::Family => "Cha, mẹ, người giám hộ",
            Group::Staff => "Tên giáo viên, người ký và lớp",
            Group::StaffIds => "Số định danh của giáo viên, người ký",
            Group::Results => "Kết quả học tập và rèn luyện",
            Group::Comments => "Nhận xét",
        },
        opened_by: |group| match group {
            Group::StaffIds => "chỉ cơ quan có thẩm quyền",
            _ => "người giữ bản mềm có mã QR; cơ quan được cấp quyền",
        },
        may_open: "Người có thể mở",
        why_closed: |group| match group {
            Group::Policy => {
                "Có thể cho biết tình trạng sức khỏe, là dữ liệu cá nhân nhạy cảm (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Nghị định 356/2025/NĐ-CP)."
            }
            Group::StaffIds => "Dữ liệu cá nhân của nhà giáo, không cần cho người xem học bạ (Luật 91/2025/QH15).",
            Group::Results | Group::Comments => {
                "Kết quả học tập của học sinh được giữ bí mật (Thông tư 15/2026/TT-BGDĐT, Điều 22 khoản 2)."
            }
            _ => {
                "Dữ liệu cá nhân của trẻ em và gia đình; ngày sinh in trên bản giấy là chưa đủ để mở (Luật 91/2025/QH15, Nghị định 356/2025/NĐ-CP)."
            }
        },
        in_this_language: "Xem bằng tiếng Việt",
        withdrawn: |day| {
            let on = day.map(|day| format!(" ngày {day}")).unwrap_or_default();
            format!("Năm học này đã bị thu hồi{on}, không còn hiệu lực. Không sử dụng nội dung dưới đây.")
        },
        replaced: |day, year| match day {
            Some(day) => format!(
                "Bản này đã được thay bằng bản mới ngày {day}. Bản in trước {day} không còn dùng được cho năm học {year}."
            ),
            None => format!("Bản này đã được thay bằng bản mới; không còn dùng được cho năm học {year}."),
        },
        suspended: |day| {
            let since = day.map(|day| format!(" từ ngày {day}")).unwrap_or_default();
            format!("Đang được rà soát{since}. Chưa nên sử dụng cho đến khi có kết quả.")
        },
        not_in_force: |day| format!("Đã chốt và có hiệu lực từ ngày {day}. Chưa sử dụng trước ngày đó."),
        unusable: "Không sử dụng nội dung của năm học này.",
        from_paper: "Dữ liệu của năm học này được chuyển từ học bạ giấy và đã được nhà trường ký số.",
        no_results: "Học bạ không ghi kết quả đánh giá của năm học này.",
        older: |circular| {
            format!(
                "Năm học này theo Thông tư {circular}. Nội dung ghi nguyên văn như trên học bạ, cổng không tính lại."
            )
        },
        print_foot: "Quét mã QR hoặc nhập mã tra cứu trên Cổng tra cứu học bạ để xác thực.",
        printed_at: |moment| format!("In từ cổng lúc {moment}."),
    },
    fields: Fields {
        full_name: "Họ và tên",
        sex: "Giới tính",
        male: "Nam",
        female: "Nữ",
        not_known: "Không rõ",
        birth_date: "Ngày sinh",
        class: "Lớp",
        school: "Trường",
        commune: "Xã, phường",
        province: "Tỉnh, thành phố",
        effective_from: "Có hiệu lực từ",
        circular: "Theo Thông tư",
        personal_id: "Số định danh cá nhân",
        pupil_code: "Mã học sinh",
        register_number: "Số đăng bộ",
        birth_place: "Nơi sinh",
        home_place: "Quê quán",
        residence: "Nơi ở hiện nay",
        ethnicity: "Dân tộc",
        nationality: "Quốc tịch",
        policy_status: "Đối tượng chính sách",
        not_assessed: "Học sinh khuyết tật không đánh giá",
        father: "Cha",
        mother: "Mẹ",
        guardian: "Người giám hộ",
        subjects: "Các môn học và hoạt động giáo dục",
        subject: "Môn học",
        level: "Mức đạt được",
        test: "Điểm KTĐK",
        term1: "HKI",
        term2: "HKII",
        year: "Cả năm",
        again: "Đánh giá lại",
        teacher: "Giáo viên",
        summary: "Kết quả học tập và rèn luyện",
        learning: "Học tập",
        conduct: "Rèn luyện",
        qualities: "Phẩm chất chủ yếu",
        competencies: "Năng lực cốt lõi",
        results: "Đánh giá kết quả giáo dục",
        overall: "Xếp loại",
        completed_class: "Hoàn thành chương trình lớp học",
        completed_primary: "Hoàn thành chương trình tiểu học",
        completion: "Hoàn thành chương trình",
        promoted: "Được lên lớp",
        promotion: "Nội dung lên lớp",
        absences: "Tổng số buổi nghỉ học",
        awards: "Khen thưởng",
        special_awards: "Khen thưởng đột xuất",
        competitions: "Kết quả tham gia các cuộc thi",
        certificates: "Chứng chỉ",
        summer_training: "Rèn luyện trong kì nghỉ hè",
        yes: "Có",
        no: "Không",
        general_competencies: "Năng lực chung",
        specific_competencies: "Năng lực đặc thù",
        remark: "Nhận xét, giáo viên",
        comments: "Nhận xét",
        by_homeroom: "Giáo viên chủ nhiệm",
        on_qualities: "Về phẩm chất",
        on_general: "Về năng lực chung",
        on_specific: "Về năng lực đặc thù",
        by_head: "Phê duyệt của thủ trưởng cơ sở giáo dục",
        staff: "Người ký",
        issued: "Nơi và ngày ký",
        identification: "Số định danh",
        history: "Quá trình học tập",
        transferred_in: "Ngày chuyển đến",
        attainment: |level| match level {
            Attainment::Good => "Tốt",
            Attainment::Reached => "Đạt",
            Attainment::NeedsEffort => "Cần cố gắng",
        },
        subject_level: |level| match level {
            SubjectLevel::CompletedWell => "Hoàn thành tốt",
            SubjectLevel::Completed => "Hoàn thành",
            SubjectLevel::NotCompleted => "Chưa hoàn thành",
            SubjectLevel::Exempt => "Miễn",
        },
        year_level: |level| match level {
            YearLevel::Good => "Tốt",
            YearLevel::Fair => "Khá",
            YearLevel::Reached => "Đạt",
            YearLevel::NotReached => "Chưa đạt",
        },
        subject_mark: |mark| match mark {
            SubjectMark::Mark(tenths) => tenths.to_vietnamese(),
            SubjectMark::Passed => "Đạt".to_owned(),
            SubjectMark::NotPassed => "Chưa đạt".to_owned(),
            SubjectMark::Exempt => "Miễn".to_owned(),
        },
        test_mark: |mark| match mark {
            TestMark::Mark(whole) => whole.number().to_string(),
            TestMark::Exempt => "Miễn".to_owned(),
        },
        birth: BirthDate::to_vietnamese,
        competency_names: [
            "Tự chủ và tự học",
            "Giao tiếp và hợp tác",
            "Giải quyết vấn đề và sáng tạo",
            "Ngôn ngữ",
            "Tính toán",
            "Khoa học",
            "Công nghệ",
            "Tin học",
            "Thẩm mĩ",
            "Thể chất",
        ],
        quality_names: ["Yêu nước", "Nhân ái", "Chăm chỉ", "Trung thực", "Trách nhiệm"],
    },
    evidence: evidence::EVIDENCE,
    api: api::API,
    ledger: ledger::LEDGER,
    reports: reports::REPORTS,
    schools: schools::SCHOOLS,
    scan: scan::SCAN,
    counter: scan::COUNTER,
    glossary: glossary::GLOSSARY,
    paper: paper::PAPER,
    sign_in: sign_in::SIGN_IN,
    openid: openid::OPENID,
    apps: apps::APPS,
    enrol: sign_in::ENROL,
    passwords: sign_in::PASSWORDS,
    office: office::OFFICE,
    office_search: office_search::OFFICE_SEARCH,
    later: later::LATER,
    batches: batches::BATCHES,
    oversight: oversight::OVERSIGHT,
    looks: oversight::LOOKS,
    day: Day::to_vietnamese,
    moment: |at| {
        let (time, day) = clock(at);
        format!("{time} ngày {} (GMT+7)", day.to_vietnamese())
    },
    number: |n| grouped(n, '.'),
    wait: |seconds| match seconds {
        0..=59 => format!("{} giây", seconds.max(1)),
        60..=3599 => format!("{} phút", seconds.div_ceil(60)),
        _ => format!("{} giờ", seconds.div_ceil(3600)),
    },
};
