//! Bản chia sẻ bằng mã QR.

use crate::web::text::Notice;
use crate::web::text::share::Share;

pub(super) const SHARE: Share = Share {
    title: "Chia sẻ bằng mã QR",
    why: "Tạo mã QR để trường học hoặc cơ quan xem đúng những năm học bạn chọn mà không cần biết ngày sinh. Bạn hủy được mã này bất cứ lúc nào.",
    years: "Các năm học có trong mã QR",
    make: "Tạo mã QR chia sẻ",
    as_good_as_paper: "Ai có mã QR này cũng xem được nội dung. Hãy giữ mã như giữ bản giấy và chỉ đưa cho người cần xem.",
    open: "Các mã QR đang dùng được",
    list_unknown: "Hiện chưa xem được danh sách mã QR đã tạo. Hãy thử lại sau ít phút.",
    made_at: |time| format!("Tạo lúc {time}"),
    opens: |years, day| format!("Mở các năm học {years}; dùng được đến hết ngày {day}."),
    void: "Hủy mã này",
    void_of: |time| format!("Hủy mã này, tạo lúc {time}"),
    void_all: "Hủy tất cả các mã",
    made_title: "Mã QR chia sẻ học bạ",
    made_lead: "In trang này hoặc chụp màn hình rồi gửi cho người cần xem.",
    scan_me: "Quét bằng máy ảnh của điện thoại để xem học bạ.",
    opens_years: "Năm học được xem",
    opens_groups: "Nội dung được xem",
    opens_until: "Xem được đến hết ngày",
    as_link: "Gửi dưới dạng liên kết",
    link: "Liên kết chia sẻ",
    how_to_void: "Muốn hủy mã: bấm nút dưới đây, quét mã rồi chọn hủy, hoặc mở học bạ bằng ngày sinh và hủy trong mục “Chia sẻ bằng mã QR”. Sau ngày hết hạn, mã không còn mở nội dung nhưng vẫn xác thực được là do Cổng cấp.",
    void_this: "Hủy mã QR này",
    void_this_question: "Hủy mã QR này?",
    void_this_why: "Sau khi hủy, không ai xem được học bạ bằng mã QR này nữa. Việc hủy không khôi phục lại được.",
    back: "Về trang tra cứu của mã này",
    by_token: "Bạn đang xem bằng mã QR chia sẻ",
    partial: "Học bạ này còn năm học khác không nằm trong mã QR; xem bảng các năm học ở dưới.",
    have_qr: "Có mã QR chia sẻ?",
    qr_text: "Nội dung mã QR chia sẻ",
    qr_text_hint: "Quét mã QR, sao chép toàn bộ nội dung hoặc địa chỉ nhận được (có dấu # ở giữa) rồi dán vào đây.",
    open_with_qr: "Mở bằng mã QR",
    voided_this: Notice { title: "Đã hủy mã QR", body: "Mã QR này không còn mở được học bạ." },
    voided_listed: Notice {
        title: "Đã hủy mã QR", body: "Các mã QR bạn chọn không còn mở được học bạ."
    },
    too_late: Notice {
        title: "Trang đã mở quá lâu",
        body: "Để bảo vệ học bạ, hãy quay lại và nhập ngày sinh một lần nữa rồi làm tiếp.",
    },
    nothing_chosen: Notice {
        title: "Chưa chọn năm học nào",
        body: "Hãy quay lại, nhập ngày sinh và chọn ít nhất một năm học còn hiệu lực để chia sẻ.",
    },
    not_a_copy: Notice {
        title: "Mã QR không đúng với học bạ này",
        body: "Mã QR không do Cổng cấp cho mã tra cứu này. Hãy kiểm tra lại mã QR.",
    },
    unavailable: Notice {
        title: "Hệ thống đang bận",
        body: "Yêu cầu chưa được thực hiện. Vui lòng thử lại sau ít phút.",
    },
    expired: Notice {
        title: "Liên kết chia sẻ đã hết hạn",
        body: "Mã QR này do Cổng cấp nhưng đã hết thời hạn xem nội dung. Hãy nhập ngày sinh, hoặc xin người chia sẻ một mã mới.",
    },
    voided: Notice {
        title: "Mã QR chia sẻ đã bị hủy",
        body: "Mã QR này do Cổng cấp và đã được người giữ học bạ hủy. Hãy nhập ngày sinh, hoặc xin người chia sẻ một mã mới.",
    },
};
