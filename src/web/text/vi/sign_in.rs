//! Đăng nhập, kích hoạt tài khoản, đổi mật khẩu.

use crate::web::text::sign_in::{Enrol, Passwords, SignIn};
use crate::web::text::{Notice, NoticeWith};

pub(super) const SIGN_IN: SignIn = SignIn {
    title: "Đăng nhập dành cho cơ quan",
    lead: "Dành cho cán bộ của đơn vị được Bộ cấp quyền tra cứu. Người học và phụ huynh tra cứu bằng mã trên học bạ, không cần đăng nhập.",
    account: "Tài khoản",
    account_hint: "Ví dụ: lan.nguyen@dhqg-hn",
    password: "Mật khẩu",
    code: "Mã xác thực",
    code_hint: "6 chữ số đang hiện trên ứng dụng xác thực của bạn; mỗi mã chỉ dùng được một lần.",
    submit: "Đăng nhập",
    to_enrol: "Có mã kích hoạt? Kích hoạt tài khoản",
    lost: "Quên mật khẩu hoặc mất điện thoại: đề nghị quản trị viên của đơn vị đặt lại tài khoản.",
    kept: "Mỗi lần đăng nhập, tìm kiếm và mở học bạ đều được ghi vào nhật ký.",
    wrong: Notice {
        title: "Chưa đăng nhập được",
        body: "Tài khoản, mật khẩu hoặc mã xác thực không đúng. Hãy kiểm tra lại và dùng mã xác thực mới nhất; đồng hồ điện thoại phải đúng giờ.",
    },
    wait: NoticeWith {
        title: "Hãy chờ rồi thử lại",
        body: |wait| format!("Đã nhập sai nhiều lần liên tiếp. Có thể thử lại sau {wait}."),
        without: "Đã nhập sai nhiều lần liên tiếp.",
    },
    no_grant: Notice {
        title: "Quyền tra cứu của đơn vị không còn hiệu lực",
        body: "Thông tin đăng nhập đúng, nhưng quyền tra cứu của đơn vị đã hết hạn hoặc bị thu hồi. Đơn vị liên hệ Bộ theo địa chỉ ở cuối trang.",
    },
    unavailable: Notice {
        title: "Hệ thống đang bận",
        body: "Yêu cầu chưa được thực hiện. Vui lòng thử lại sau ít phút.",
    },
    stale: Notice {
        title: "Hãy gửi lại lần nữa",
        body: "Trang vừa rồi đã cũ, hoặc trình duyệt không nhận cookie. Hãy cho phép cookie của cổng tra cứu rồi nhập lại.",
    },
    over: "Phiên làm việc đã kết thúc",
    over_why: |idle, longest| {
        format!(
            "Đăng nhập lại để làm tiếp. Phiên kết thúc sau {idle} không thao tác, sau {longest}, hoặc khi tài khoản hay quyền của đơn vị thay đổi. Nội dung đang nhập dở chưa được lưu."
        )
    },
    signed_out: Notice {
        title: "Đã đăng xuất", body: "Hãy đóng trình duyệt nếu đây là máy dùng chung."
    },
    enrolled: Notice {
        title: "Đã kích hoạt tài khoản",
        body: "Bây giờ hãy đăng nhập. Mã xác thực vừa dùng không dùng lại được: chờ ứng dụng hiện mã kế tiếp, lâu nhất 30 giây.",
    },
    password_changed: Notice {
        title: "Đã đổi mật khẩu",
        body: "Mọi phiên làm việc của bạn đã kết thúc. Hãy đăng nhập bằng mật khẩu mới.",
    },
};

pub(super) const ENROL: Enrol = Enrol {
    title: "Kích hoạt tài khoản",
    lead: "Bạn cần mã kích hoạt do quản trị viên của đơn vị đưa, và một ứng dụng xác thực trên điện thoại (Google Authenticator, Microsoft Authenticator, Aegis…).",
    invitation: "Mã kích hoạt",
    invitation_hint: "24 chữ và số, ví dụ ABCD-2345-…; dùng được trong 7 ngày",
    next: "Tiếp tục",
    no_invitation: Notice {
        title: "Chưa kích hoạt được",
        body: "Tài khoản hoặc mã kích hoạt không đúng, mã đã được dùng hoặc đã quá 7 ngày. Hãy kiểm tra lại, hoặc xin quản trị viên mã mới.",
    },
    of: |account| format!("Tài khoản {account}"),
    password_title: "Bước 1: Chọn mật khẩu",
    authenticator_title: "Bước 2: Gắn ứng dụng xác thực",
    authenticator: "Mở ứng dụng xác thực trên điện thoại, chọn thêm tài khoản và quét mã QR này. Từ nay ứng dụng hiện một mã mới sau mỗi 30 giây.",
    scan: "Quét bằng ứng dụng xác thực, không phải bằng máy ảnh.",
    no_camera: "Không quét được? Nhập khóa bằng tay",
    type_it: "Trong ứng dụng, chọn nhập khóa thiết lập, loại “theo thời gian”, và nhập khóa này (không cần dấu cách):",
    secret: "Không chụp, không gửi mã QR và khóa này cho ai: ai có nó sẽ tạo được mã xác thực của bạn.",
    first_code: "Mã ứng dụng đang hiện",
    first_code_hint: "6 chữ số",
    submit: "Kích hoạt",
    wrong_code: "Mã xác thực không đúng. Hãy quét lại mã QR, chờ mã kế tiếp và kiểm tra giờ của điện thoại.",
};

pub(super) const PASSWORDS: Passwords = Passwords {
    title: "Đổi mật khẩu",
    lead: "Sau khi đổi, mọi phiên làm việc của bạn kết thúc và bạn đăng nhập lại bằng mật khẩu mới.",
    present: "Mật khẩu hiện nay",
    new: "Mật khẩu mới",
    again: "Nhập lại mật khẩu mới",
    rules: |least| {
        format!(
            "Ít nhất {least} ký tự, không trùng tên tài khoản. Một câu ngắn dễ nhớ, có cả dấu cách và dấu tiếng Việt, tốt hơn một từ khó. Đừng dùng mật khẩu của trang khác."
        )
    },
    submit: "Đổi mật khẩu",
    fault: "Chưa đặt được mật khẩu",
    short: |least| format!("Mật khẩu cần ít nhất {least} ký tự."),
    long: "Mật khẩu dài quá 128 ký tự.",
    control: "Mật khẩu có ký tự không nhìn thấy được. Hãy gõ lại bằng tay.",
    weak: "Mật khẩu này dễ đoán: lặp lại vài ký tự hoặc gần như là tên tài khoản.",
    differ: "Hai lần nhập không giống nhau.",
    wrong: "Mật khẩu hiện nay không đúng.",
};
