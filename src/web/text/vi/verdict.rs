//! Tiếng Việt: the verdict page.

use crate::web::text::{Checks, Meanings, Notice, NoticeWith, Sheets, Verdicts};

pub(super) const VERDICTS: Verdicts = Verdicts {
    in_force: NoticeWith {
        title: "Mã học bạ có hiệu lực – chưa đối chiếu nội dung",
        body: |day| {
            format!(
                "Mã này đang có hiệu lực từ ngày {day}. Hãy nhập ngày sinh in trên học bạ để xem và đối chiếu nội dung."
            )
        },
        without: "Mã này đang có hiệu lực. Hãy nhập ngày sinh in trên học bạ để xem và đối chiếu nội dung.",
    },
    in_force_paused: NoticeWith {
        title: "Mã học bạ có hiệu lực – chưa đối chiếu nội dung",
        body: |day| {
            format!("Mã này đang có hiệu lực từ ngày {day}. Cổng đang tạm dừng việc xem và đối chiếu nội dung.")
        },
        without: "Mã này đang có hiệu lực. Cổng đang tạm dừng việc xem và đối chiếu nội dung.",
    },
    content_shown: NoticeWith {
        title: "Học bạ hợp lệ",
        body: |day| {
            format!(
                "Học bạ số này đang có hiệu lực từ ngày {day}. Nội dung hiển thị dưới đây có giá trị xác thực; hãy đối chiếu với bản bạn đang có."
            )
        },
        without: "Học bạ số này đang có hiệu lực. Nội dung hiển thị dưới đây có giá trị xác thực; hãy đối chiếu với bản bạn đang có.",
    },
    not_in_force: NoticeWith {
        title: "Học bạ chưa đến ngày có hiệu lực",
        body: |day| format!("Học bạ đã chốt và có hiệu lực từ ngày {day}. Hãy tra cứu lại từ ngày đó."),
        without: "Học bạ đã chốt nhưng chưa đến ngày có hiệu lực.",
    },
    partly_withdrawn: NoticeWith {
        title: "Học bạ có năm học đã bị thu hồi",
        body: |years| format!("Các năm học {years} không còn hiệu lực."),
        without: "Có năm học không còn hiệu lực.",
    },
    withdrawn: NoticeWith {
        title: "Học bạ đã bị thu hồi",
        body: |day| format!("Học bạ này đã bị thu hồi ngày {day}. Học bạ không còn hiệu lực."),
        without: "Học bạ này đã bị thu hồi. Học bạ không còn hiệu lực.",
    },
    erased: NoticeWith {
        title: "Nội dung học bạ đã được xóa theo quyết định",
        body: |day| {
            format!(
                "Nội dung đã được xóa ngày {day} theo quyết định của cơ quan có thẩm quyền. Mã này không còn dùng để xác thực học bạ."
            )
        },
        without: "Nội dung đã được xóa theo quyết định của cơ quan có thẩm quyền. Mã này không còn dùng để xác thực học bạ.",
    },
    suspended: NoticeWith {
        title: "Học bạ đang được rà soát",
        body: |day| format!("Chưa nên sử dụng cho đến khi có kết quả. Việc rà soát bắt đầu ngày {day}."),
        without: "Chưa nên sử dụng cho đến khi có kết quả.",
    },
    replaced: NoticeWith {
        title: "Học bạ đã được thay thế",
        body: |day| format!("Bản này đã được thay bằng bản mới ngày {day}. Hãy dùng bản mới nhất."),
        without: "Bản này đã được thay bằng bản mới. Hãy dùng bản mới nhất.",
    },
    unknown: Notice {
        title: "Không tìm thấy học bạ",
        body: "Không có học bạ nào ứng với thông tin đã nhập. Hãy kiểm tra lại mã tra cứu. Học bạ vừa chốt có thể chưa được Sở Giáo dục và Đào tạo gửi về Bộ.",
    },
    unchecked: Notice {
        title: "Chưa kiểm tra được học bạ",
        body: "Hệ thống đang bận hoặc chưa đối chiếu được dữ liệu. Vui lòng thử lại sau ít phút. Việc này không có nghĩa là học bạ không hợp lệ.",
    },
    unchecked_is_not: "Đây cũng không phải là kết quả “không tìm thấy”: cổng chưa đưa ra kết luận nào về mã này.",
    retry: "Thử lại",
    code: "Mã tra cứu",
    level: "Cấp học",
    checked_at: "Tra cứu lúc",
    copy: "Sao chép mã",
    copied: "Đã sao chép",
    next: "Việc cần làm",
    meanings: Meanings {
        in_force: &[
            "Nhập ngày sinh in trên học bạ ở phần dưới để xem nội dung.",
            "So từng kết quả trên bản bạn đang có với nội dung cổng hiển thị: mã thật vẫn có thể nằm cạnh điểm đã bị sửa.",
        ],
        in_force_paused: &[
            "Kết quả này chưa cho biết điểm và nhận xét trên bản bạn đang có có đúng hay không.",
            "Hãy đối chiếu nội dung khi cổng mở lại, trước khi sử dụng học bạ.",
        ],
        not_in_force: &["Chưa sử dụng học bạ này cho đến ngày có hiệu lực."],
        partly_withdrawn: &[
            "Chỉ sử dụng các năm học ghi “Có hiệu lực” trong bảng dưới đây.",
            "Nhập ngày sinh in trên học bạ để đối chiếu nội dung của các năm học đó.",
            "Về năm học đã thu hồi, hãy hỏi cơ sở giáo dục đã phát hành học bạ.",
        ],
        withdrawn: &["Không sử dụng bản này.", "Nếu cần biết thêm, hãy hỏi cơ sở giáo dục đã phát hành học bạ."],
        replaced: &[
            "Không sử dụng bản này.",
            "Hãy đề nghị người giữ học bạ hoặc cơ sở giáo dục đưa bản mới nhất, rồi tra cứu mã in trên bản đó.",
        ],
        erased: &[
            "Không sử dụng bản này.",
            "Nếu cần xác minh quá trình học tập, hãy hỏi cơ sở giáo dục hoặc Sở Giáo dục và Đào tạo.",
        ],
        suspended: &[
            "Chưa chấp nhận và cũng chưa từ chối học bạ này.",
            "Tra cứu lại sau: khi có kết quả rà soát, trang này sẽ thay đổi.",
            "Nếu cần gấp, hãy hỏi cơ sở giáo dục đã phát hành học bạ.",
        ],
        unknown: &[
            "So lại từng nhóm 4 ký tự với mã in trên học bạ; dễ nhầm nhất là 0 và 8, b và 6, c và e.",
            "Học bạ chốt trước ngày 30/6 được gửi về Bộ trước ngày 10/7; học bạ chốt trước ngày 15/8 được gửi trước ngày 25/8.",
            "Sau các ngày đó mà vẫn không thấy, hãy hỏi cơ sở giáo dục đã phát hành học bạ.",
        ],
        unchecked: &["Thử lại sau ít phút.", "Nếu cần gấp, hãy liên hệ theo địa chỉ ở cuối trang."],
    },
    older_prints: |day, years| format!("Bản in trước ngày {day} không còn dùng được cho năm học {years}."),
    levels: |slug| match slug {
        "tieu_hoc" => "Tiểu học",
        "thcs" => "Trung học cơ sở",
        "thpt" => "Trung học phổ thông",
        "gdtx" => "Giáo dục thường xuyên",
        _ => "Cấp học khác",
    },
};

pub(super) const SHEETS: Sheets = Sheets {
    title: "Các năm học có trong học bạ",
    year: "Năm học",
    province: "Tỉnh, thành phố",
    status: "Tình trạng",
    grade: |n| format!("Lớp {n}"),
    from_paper: "Chuyển từ học bạ giấy",
    valid: "Có hiệu lực",
    withdrawn: "Đã thu hồi",
    replaced: "Đã thay thế",
    suspended: "Đang rà soát",
    not_in_force: "Chưa có hiệu lực",
    erased: "Đã xóa theo quyết định",
    unchecked: "Chưa kiểm tra được",
    since: |day| format!("từ {day}"),
    missing: |years| {
        format!("Chưa có dữ liệu của năm học {years}. Cổng không kết luận gì về các năm học không có dữ liệu.")
    },
};

pub(super) const CHECKS: Checks = Checks {
    title: "Cổng đã kiểm tra",
    school: "Chữ ký số của cơ sở giáo dục",
    province: "Chữ ký số của Sở Giáo dục và Đào tạo",
    ledger: "Bằng chứng trong sổ ghi nhận công khai",
    ok: "Đúng",
    failed: "Không đúng",
    unchecked: "Chưa kiểm tra được",
    old: "Đúng, thuật toán cũ",
    in_years: |years| format!("năm học {years}"),
    technical: "Cơ sở giáo dục ký bằng khóa được Sở cấp phép; chưa kiểm tra chuỗi chứng thư chuyên dùng công vụ.",
    official: "Cơ sở giáo dục ký bằng chứng thư số chuyên dùng công vụ, đã kiểm tra tại thời điểm ký.",
    content: "Nội dung bản giấy hoặc tệp bạn đang có",
    not_compared: "Chưa đối chiếu",
    at_intake: |days| format!("kiểm tra khi tiếp nhận, {days}"),
    just_now: |time| format!("kiểm tra lúc {time}"),
    between: |first, last| format!("từ {first} đến {last}"),
    as_of: |size, time| format!("Theo dữ liệu lúc {time}; sổ ghi nhận có {size} mục."),
    as_of_size: |size| format!("Theo sổ ghi nhận có {size} mục."),
    root: "Mã băm gốc",
    technical_details: "Thông tin kỹ thuật",
    leaves: "Vị trí trong sổ ghi nhận",
};
