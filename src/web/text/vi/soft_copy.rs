//! Bản mềm học bạ.

use crate::web::text::Notice;
use crate::web::text::soft_copy::SoftCopy;

pub(super) const SOFT_COPY: SoftCopy = SoftCopy {
    title: "Bản mềm học bạ (PDF)",
    why: "Tệp PDF theo mẫu học bạ, có chữ ký số của Cổng và kèm bằng chứng. Lưu lại, gửi đi hoặc in; người nhận xác thực được tại Cổng, kể cả nhiều năm sau.",
    which_years: "Nội dung",
    all_years: "Toàn bộ học bạ",
    extract_of: |year| format!("Trích lục năm học {year}"),
    get: "Tải bản mềm (PDF)",
    recorded: "Mỗi lần cấp bản mềm đều được ghi nhận. Đã có bản mềm?",
    gone: Notice {
        title: "Liên kết tải bản mềm đã hết hạn",
        body: "Bản mềm chỉ tải được trong mười phút sau khi tạo. Hãy tra cứu lại mã và tạo bản mềm mới.",
    },
    check_title: "Xác thực bản mềm",
    check_why: "Chọn bản mềm học bạ (PDF) bạn nhận được. Cổng cho biết tệp có đúng do Cổng cấp, còn nguyên vẹn và còn khớp với dữ liệu hiện nay hay không. Ảnh chụp hoặc bản quét chỉ đọc được mã tra cứu.",
    file: "Tệp bản mềm",
    file_hint: "PDF, hoặc ảnh JPG, PNG; không quá 8 MB và 16 triệu điểm ảnh. Tệp không được lưu lại.",
    check: "Xác thực",
    check_another: "Xác thực tệp khác",
    current: Notice {
        title: "Bản mềm khớp với dữ liệu gốc",
        body: "Tệp do Cổng cấp, còn nguyên vẹn. Học bạ đang có hiệu lực và không thay đổi từ khi cấp.",
    },
    current_not_in_force: Notice {
        title: "Bản mềm đúng do Cổng cấp; hãy xem tình trạng học bạ",
        body: "Tệp còn nguyên vẹn và khớp với dữ liệu hiện nay, nhưng không phải mọi năm học đều đang có hiệu lực.",
    },
    older: Notice {
        title: "Bản mềm đúng, nhưng dữ liệu nay đã khác",
        body: "Tệp do Cổng cấp và còn nguyên vẹn. Từ khi cấp, học bạ đã có thay đổi; hãy dùng bản mềm mới.",
    },
    unchecked: Notice {
        title: "Chưa đối chiếu được với dữ liệu hiện nay",
        body: "Tệp do Cổng cấp và còn nguyên vẹn. Chưa kiểm tra được tình trạng hiện nay của học bạ; hãy thử lại sau ít phút.",
    },
    report: Notice {
        title: "Báo cáo kiểm tra hàng loạt do Cổng lập, còn nguyên vẹn",
        body: "Báo cáo nói về tình trạng các học bạ lúc kiểm tra. Muốn biết tình trạng hiện nay, hãy tra cứu lại từng mã.",
    },
    report_number: "Số báo cáo",
    report_office: "Đơn vị",
    report_rows: "Số dòng đã kiểm tra",
    report_ledger: "Vị trí trong sổ ghi nhận",
    report_digest: "SHA-256 của tệp đã nộp",
    altered: Notice {
        title: "Nội dung không khớp với dữ liệu gốc",
        body: "Tệp mang chữ ký của Cổng nhưng đã khác với tệp được cấp: đã bị sửa, in lại thành PDF hoặc hỏng khi gửi. Không sử dụng tệp này.",
    },
    code_only: Notice {
        title: "Chỉ đọc được mã tra cứu – chưa đối chiếu nội dung",
        body: "Đây không phải là bản mềm do Cổng cấp: có thể là ảnh chụp, bản quét hoặc tệp của phần mềm nhà trường. Hãy tra cứu mã rồi so từng nội dung.",
    },
    not_issued_here: Notice {
        title: "Không phải bản mềm do Cổng này cấp",
        body: "Tệp không có chữ ký của Cổng và không đọc được mã tra cứu nào. Nếu có bản giấy, hãy nhập mã tra cứu in trên đó.",
    },
    unreadable: Notice {
        title: "Không đọc được tệp",
        body: "Hãy chọn tệp PDF, hoặc ảnh JPG, PNG không quá 8 MB và 16 triệu điểm ảnh.",
    },
    what_changed: "Thay đổi từ khi cấp",
    was_and_is: |then, now| format!("trong bản mềm: {then}; hiện nay: {now}"),
    is_new: |now| format!("chưa có trong bản mềm; hiện nay: {now}"),
    issued_at: "Cấp lúc",
    stamped_at: "Dấu thời gian",
    extract: "Trích lục năm học",
    now: "Kết quả tra cứu hiện nay",
    look_up: "Tra cứu mã này",
    compare: "Tra cứu và đối chiếu",
};
