//! Đăng nhập bằng tài khoản của nhà cung cấp danh tính.

use crate::web::text::Notice;
use crate::web::text::openid::OpenId;

pub(super) const OPENID: OpenId = OpenId {
    sign_in: |name| format!("Đăng nhập bằng {name}"),
    link_title: |name| format!("Hoặc: Dùng tài khoản {name}"),
    link_means: |name| {
        format!(
            "Không cần chọn mật khẩu và gắn ứng dụng xác thực ở đây: từ nay bạn luôn đăng nhập bằng {name}, nơi kiểm tra cả hai yếu tố."
        )
    },
    link: |name| format!("Dùng tài khoản {name}"),
    leaving: |name| format!("Đang chuyển đến {name}"),
    leaving_lead: "Bạn xác thực hai yếu tố ở đó rồi được đưa trở lại đây.",
    go: |name| format!("Tiếp tục đến {name}"),
    signed_in: "Đã đăng nhập",
    go_on: "Tiếp tục",
    cancelled: Notice {
        title: "Bạn đã hủy đăng nhập",
        body: "Chưa có gì thay đổi. Có thể đăng nhập lại bất cứ lúc nào.",
    },
    strayed: Notice {
        title: "Hãy đăng nhập lại từ đầu",
        body: "Đã quá 10 phút, hoặc lần đăng nhập này không bắt đầu từ trình duyệt đang dùng, hoặc trình duyệt không nhận cookie.",
    },
    not_right: Notice {
        title: "Chưa xác nhận được bạn là ai",
        body: "Câu trả lời của nhà cung cấp danh tính không hợp lệ nên không được dùng. Hãy thử lại; nếu vẫn vậy, báo cho quản trị viên của đơn vị.",
    },
    away: Notice {
        title: "Chưa liên lạc được với nhà cung cấp danh tính",
        body: "Vui lòng thử lại sau ít phút. Ai có mật khẩu và ứng dụng xác thực ở đây vẫn đăng nhập được như thường.",
    },
    one_factor: Notice {
        title: "Cần xác thực hai yếu tố",
        body: "Nhà cung cấp danh tính chưa kiểm tra đủ hai yếu tố, hoặc đã kiểm tra quá lâu. Hãy đăng nhập lại ở đó bằng cả hai yếu tố.",
    },
    not_linked: Notice {
        title: "Chưa có tài khoản nào liên kết",
        body: "Bạn đã đăng nhập ở nhà cung cấp danh tính, nhưng ở đây chưa có tài khoản đang dùng nào liên kết với tài khoản đó. Hãy kích hoạt bằng mã do quản trị viên của đơn vị đưa.",
    },
    already_linked: Notice {
        title: "Đã liên kết với tài khoản khác",
        body: "Mỗi tài khoản ở nhà cung cấp danh tính chỉ liên kết với một tài khoản ở đây. Hãy kích hoạt bằng mật khẩu, hoặc hỏi quản trị viên của đơn vị.",
    },
    keeps_password: Notice {
        title: "Mật khẩu của bạn không nằm ở đây",
        body: "Bạn đăng nhập bằng tài khoản của nhà cung cấp danh tính. Đổi mật khẩu và yếu tố thứ hai ở đó. Mất tài khoản ở đó: đề nghị quản trị viên của đơn vị đặt lại tài khoản.",
    },
};
