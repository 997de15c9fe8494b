//! Tìm và mở học bạ.

use crate::portal::answer::Verdict;
use crate::web::text::office_search::OfficeSearch;
use crate::web::text::{Notice, NoticeWith};

pub(super) const OFFICE_SEARCH: OfficeSearch = OfficeSearch {
    title: "Tìm học bạ",
    lead: "Tìm đúng một người học bằng họ tên và ngày sinh, hoặc bằng số định danh. Mỗi lần tìm được ghi vào nhật ký cùng mục đích của đơn vị.",
    by_name: "Theo họ tên và ngày sinh",
    full_name: "Họ và tên",
    full_name_hint: "Có dấu hoặc không dấu đều được",
    by_number: "Hoặc theo số định danh cá nhân",
    number: "Số định danh cá nhân",
    number_hint: "12 chữ số; không cần điền họ tên và ngày sinh",
    narrow: "Thu hẹp: trường, tỉnh, năm học, cấp học",
    school: "Trường",
    school_hint: "Tên hoặc tên viết tắt, ví dụ THPT Chu Văn An",
    province: "Tỉnh, thành phố",
    province_hint: "Tên hiện nay hoặc tên trước khi sáp nhập",
    year: "Năm học",
    level: "Cấp học",
    any: "Tất cả",
    submit: "Tìm",
    found: |n| format!("Tìm thấy {n} học bạ"),
    more: "Còn học bạ khác khớp với thông tin này. Hãy thu hẹp theo trường, tỉnh, năm học hoặc cấp học.",
    nobody: Notice {
        title: "Không tìm thấy",
        body: "Không có học bạ nào khớp trong phạm vi được cấp. Hãy kiểm tra họ tên đầy đủ và ngày sinh ghi trên học bạ; học bạ vừa chốt có thể chưa được gửi về Bộ.",
    },
    unchecked: |n| format!("Có {n} học bạ khác hiện chưa kiểm tra được nên không hiển thị. Hãy thử lại sau ít phút."),
    behind: |n| {
        format!("Còn {n} mục mới của sổ cái chưa vào chỉ mục tìm kiếm; người có học bạ vừa gửi có thể chưa tìm thấy.")
    },
    no_name: "Họ tên không thuộc phạm vi được cấp",
    open: "Mở học bạ",
    open_of: |name| format!("Mở học bạ của {name}"),
    verdict: |verdict| match verdict {
        Verdict::Valid => "Có hiệu lực",
        Verdict::NotInForce => "Chưa đến ngày có hiệu lực",
        Verdict::PartlyWithdrawn => "Có năm học đã bị thu hồi",
        Verdict::Withdrawn => "Đã bị thu hồi",
        Verdict::Erased => "Đã xóa nội dung",
        Verdict::Suspended => "Đang rà soát",
        Verdict::Unchecked => "Chưa kiểm tra được",
        Verdict::Unknown => "Không có",
    },
    fault: "Chưa tìm được",
    fault_who: "Hãy nhập họ tên và ngày sinh, hoặc số định danh.",
    fault_both: "Chỉ dùng một cách: hoặc họ tên và ngày sinh, hoặc số định danh.",
    fault_name: "Hãy nhập họ và tên đầy đủ bằng chữ.",
    fault_birth: "Ngày sinh chưa đúng. Ví dụ 5 / 9 / 2014; năm sinh là bắt buộc.",
    fault_number: "Số định danh gồm đúng 12 chữ số.",
    fault_school: "Hãy nhập tên riêng của trường, hoặc mã trường.",
    fault_province: "Không có tỉnh, thành phố nào tên như vậy.",
    preparing: |done, all| format!("Chỉ mục tìm kiếm đang được tạo: {done} trên {all} mục. Hãy thử lại sau ít phút."),
    preparing_title: "Đang chuẩn bị tìm kiếm",
    unavailable: Notice {
        title: "Hiện chưa tìm hoặc mở được",
        body: "Hệ thống chưa thực hiện được yêu cầu và không hiển thị gì. Vui lòng thử lại sau ít phút.",
    },
    too_many: NoticeWith {
        title: "Tìm hoặc mở quá nhiều trong thời gian ngắn",
        body: |wait| format!("Có thể tiếp tục sau {wait}."),
        without: "Hãy chờ ít phút.",
    },
    not_here: Notice {
        title: "Không có học bạ này", body: "Không có học bạ nào như vậy trong phạm vi được cấp."
    },
    nothing_granted: Notice {
        title: "Đơn vị không được mở nội dung",
        body: "Quyền của đơn vị chỉ cho biết học bạ có hiệu lực hay không. Xem trang “Đơn vị của tôi”.",
    },
    opened_for: |purpose| format!("Mở cho mục đích: {purpose}. Lần xem này đã được ghi vào nhật ký."),
    partial: "Học bạ này còn năm học khác nằm ngoài phạm vi được cấp; xem bảng các năm học ở dưới.",
    closed: "Các phần sau không thuộc phạm vi được cấp cho đơn vị.",
    back: "Tìm người khác",
};
