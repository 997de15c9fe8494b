//! Đối chiếu với bản giấy.

use super::super::Notice;
use super::super::paper::{NoticeOf, Paper};

pub(super) const PAPER: Paper = Paper {
    title: "Đối chiếu với bản giấy",
    intro: "Với từng dòng, hãy đọc bản giấy: đánh dấu “Giống” nếu bản giấy ghi đúng như cột “Dữ liệu gốc”, hoặc gõ lại giá trị ghi trên bản giấy. Có thể làm bằng bàn phím: phím Tab để sang ô tiếp theo, phím cách để đánh dấu, phím Enter để đối chiếu.",
    hint: "Điểm gõ 8,5 hoặc 8.5 đều được; mức đạt được gõ chữ viết tắt (T, H, C, K, Đ, CĐ, M) hoặc gõ đủ chữ; ô trên bản giấy để trống thì gõ dấu gạch ngang (-).",
    left_out: "Nhận xét và tên giáo viên không nằm trong phần đối chiếu; hãy tự so với nội dung học bạ.",
    matches: Notice {
        title: "Học bạ hợp lệ",
        body: "Mọi giá trị đã đối chiếu trên bản giấy đều khớp với dữ liệu gốc.",
    },
    all_same: "Mọi giá trị đã đối chiếu đều khớp với dữ liệu gốc; kết luận về hiệu lực ở trên vẫn giữ nguyên.",
    differs: Notice {
        title: "Nội dung không khớp với dữ liệu gốc",
        body: "Bản giấy bạn đang có khác với học bạ đang lưu. Không sử dụng bản này.",
    },
    partly: NoticeOf {
        title: "Các giá trị đã đối chiếu đều khớp",
        body: |left| format!("Còn {left} giá trị chưa đối chiếu, nên chưa thể kết luận về cả bản giấy."),
    },
    not_in_copy: "Học bạ này còn năm học khác mà mã QR không mở, nên chưa được đối chiếu; chưa thể kết luận về cả bản giấy.",
    counts: |counts| {
        let mut parts = vec![format!("{} giá trị khớp", counts.same), format!("{} giá trị khác", counts.differs)];
        if counts.unreadable > 0 {
            parts.push(format!("{} giá trị chưa đọc được", counts.unreadable));
        }
        parts.push(format!("{} giá trị chưa đối chiếu", counts.left));
        parts.join(" · ")
    },
    ticked: |n| format!("Trong đó {n} giá trị do bạn đánh dấu “Giống”, không gõ lại."),
    differences: "Các giá trị khác",
    on_paper: "Bản giấy",
    on_record: "Dữ liệu gốc",
    blank: "để trống",
    learner: "Thông tin người học",
    same: "Giống",
    all_in_part: "Mọi dòng chưa gõ trong phần này đều giống bản giấy",
    is_same: "khớp",
    is_different: "khác",
    is_unreadable: "chưa đọc được",
    is_left: "chưa đối chiếu",
    unreadable_hint: "Không đọc được giá trị này. Hãy gõ lại đúng như trên bản giấy, đủ dấu tiếng Việt, hoặc đánh dấu “Giống”.",
    not_comparable: |status| format!("{status}: không đối chiếu, vì bản giấy của năm học này hiện không dùng được."),
    submit: "Đối chiếu",
    back: "Xem nội dung học bạ",
    expired: Notice { title: "Phiên xem đã hết hạn", body: "Hãy nhập lại ngày sinh để tiếp tục." },
    kept: "Các giá trị bạn đã gõ vẫn được giữ.",
    tick_only: "Nội dung dài: chỉ cần đánh dấu",
};
