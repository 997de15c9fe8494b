//! Biên nhận kết quả tra cứu.

use crate::web::text::Notice;
use crate::web::text::receipt::Receipt;

pub(super) const RECEIPT: Receipt = Receipt {
    offer: "Lưu biên nhận kết quả",
    offer_why: "Biên nhận có chữ ký số của Cổng: để lưu hồ sơ và xác thực lại về sau. Không chứa họ tên, ngày sinh hay điểm.",
    title: "Biên nhận kết quả tra cứu học bạ",
    answered_at: "Trả lời lúc",
    answered_by: "Nơi trả lời",
    basis: "Đã đối chiếu",
    on_code: "Chỉ mã tra cứu; chưa xem nội dung học bạ",
    on_birth_date: "Ngày sinh khớp; nội dung học bạ đã được hiển thị",
    on_token: "Mã QR chia sẻ hợp lệ; nội dung trong mã QR đã được hiển thị",
    position: "Vị trí trong sổ",
    ledger_size: "Số mục trong sổ ghi nhận",
    checkpoint_time: "Sổ ghi nhận được xác nhận lúc",
    look_up_again: "Quét để xem tình trạng hiện nay của học bạ.",
    proves: "Biên nhận này chứng minh Cổng đã trả lời như trên vào thời điểm ghi trên biên nhận, theo sổ ghi nhận có số mục và mã băm gốc như trên.",
    proves_not: "Biên nhận không cho biết tình trạng sau thời điểm đó và không xác nhận nội dung của bản giấy hay tệp đi kèm.",
    save: "Tải tệp biên nhận",
    only_the_file: "Bản in chỉ để đọc. Tệp .jws.json mới mang chữ ký số; xác thực tệp tại trang “Xác thực biên nhận” (/xac-thuc-bien-nhan) hoặc bằng lệnh hocba verify, không cần kết nối mạng.",
    check_title: "Xác thực biên nhận",
    check_why: "Chọn tệp biên nhận kết quả tra cứu (.jws.json). Cổng cho biết biên nhận có đúng do Cổng cấp và còn nguyên vẹn không, và kết quả hiện nay của mã đó.",
    file: "Tệp biên nhận",
    or_paste: "Hoặc dán nội dung tệp",
    text: "Nội dung tệp biên nhận",
    check: "Xác thực",
    check_another: "Xác thực biên nhận khác",
    it_says: "Nội dung biên nhận",
    then: "Kết quả ghi trên biên nhận",
    now: "Kết quả hiện nay",
    look_up: "Tra cứu mã này",
    genuine_same: Notice {
        title: "Biên nhận đúng do Cổng cấp",
        body: "Biên nhận còn nguyên vẹn. Kết quả hiện nay vẫn như trên biên nhận.",
    },
    genuine_changed: Notice {
        title: "Biên nhận đúng, nhưng kết quả nay đã khác",
        body: "Biên nhận còn nguyên vẹn và đúng vào thời điểm cấp. Hãy dùng kết quả hiện nay.",
    },
    genuine_unchecked: Notice {
        title: "Biên nhận đúng do Cổng cấp",
        body: "Biên nhận còn nguyên vẹn. Chưa kiểm tra được kết quả hiện nay; hãy thử lại sau ít phút.",
    },
    other_ledger: Notice {
        title: "Biên nhận không khớp với sổ ghi nhận",
        body: "Chữ ký trên biên nhận đúng, nhưng sổ ghi nhận nêu trong đó không phải là phần đầu của sổ hiện có. Hãy báo cho Cổng.",
    },
    altered: Notice {
        title: "Biên nhận đã bị sửa đổi",
        body: "Nội dung không khớp với chữ ký số của Cổng. Không sử dụng biên nhận này.",
    },
    not_ours: Notice {
        title: "Không phải biên nhận do Cổng này cấp",
        body: "Chữ ký trên tệp không phải của Cổng này. Không thể coi đây là biên nhận của Cổng.",
    },
    unreadable: Notice {
        title: "Không đọc được biên nhận",
        body: "Tệp không phải là biên nhận kết quả tra cứu, hoặc đã hỏng. Hãy chọn đúng tệp .jws.json đã tải từ Cổng.",
    },
};
