//! Quét mã và chế độ quầy.

use crate::web::text::Notice;
use crate::web::text::scan::{Counter, CounterVerdicts, PrintingRule, Said, Scan, Tools};

const fn notice(title: &'static str, body: &'static str) -> Notice {
    Notice { title, body }
}

pub(super) const SCAN: Scan = Scan {
    title: "Quét mã QR",
    lead: "Hướng máy ảnh vào mã QR in trên học bạ, hoặc chọn ảnh chụp có mã QR. Hình ảnh được đọc ngay trên thiết bị này và không gửi đi đâu.",
    without_script: notice(
        "Quét bằng máy ảnh của điện thoại",
        "Trình duyệt này chưa chạy được phần quét mã của trang. Hãy mở ứng dụng máy ảnh của điện thoại, hướng vào mã QR và mở liên kết của cổng này; hoặc nhập mã in bên cạnh mã QR vào ô bên dưới.",
    ),
    type_title: "Hoặc nhập mã",
    type_hint: "Nhập 32 ký tự in trên học bạ, hoặc dán toàn bộ nội dung đọc được từ mã QR.",
    tools: Tools {
        start: "Bật máy ảnh",
        stop: "Tắt máy ảnh",
        torch: "Đèn",
        viewfinder: "Hình từ máy ảnh",
        aim: "Giữ mã QR nằm gọn trong khung, đủ sáng, cách máy khoảng một gang tay.",
        take_photo: "Chụp ảnh mã QR",
        choose_photo: "Chọn ảnh…",
        drop: "Trên máy tính, có thể kéo ảnh vào trang này hoặc dán ảnh chụp màn hình (Ctrl+V).",
    },
    said: SAID,
    to_counter: "Kiểm tra nhiều hồ sơ liên tiếp: chế độ quầy",
    decoder: "Bộ đọc mã QR: thư viện qr 0.7.0, giấy phép MIT",
    rule: RULE,
};

const SAID: Said = Said {
    asking: notice("Đang chờ cho phép dùng máy ảnh", "Hãy chọn “Cho phép” khi trình duyệt hỏi."),
    looking: notice("Đang tìm mã QR", "Đưa mã QR vào khung hình."),
    denied: notice(
        "Trình duyệt chưa được phép dùng máy ảnh",
        "Hãy cho phép máy ảnh đối với trang này trong phần cài đặt của trình duyệt rồi bật lại. Bạn vẫn có thể chọn ảnh hoặc nhập mã.",
    ),
    no_camera: notice("Không có máy ảnh", "Thiết bị này không có máy ảnh. Hãy chọn ảnh có mã QR hoặc nhập mã."),
    camera_busy: notice(
        "Máy ảnh đang bận",
        "Ứng dụng khác đang dùng máy ảnh. Hãy đóng ứng dụng đó rồi bật lại, hoặc chọn ảnh có mã QR.",
    ),
    unsupported: notice(
        "Trình duyệt không cho trang dùng máy ảnh",
        "Hãy mở trang bằng trình duyệt mới hơn qua địa chỉ https, hoặc chọn ảnh có mã QR, hoặc nhập mã.",
    ),
    reading: notice("Đang đọc ảnh", "Việc này mất vài giây."),
    nothing: notice(
        "Không tìm thấy mã QR trong ảnh",
        "Hãy chụp lại gần hơn, thẳng và đủ sáng, sao cho thấy đủ bốn góc và viền trắng của mã QR; hoặc nhập mã in bên cạnh.",
    ),
    not_picture: notice(
        "Không mở được tệp này",
        "Hãy chọn ảnh JPEG, PNG hoặc WebP. Với tệp PDF hay ảnh HEIC, hãy chụp màn hình phần có mã QR rồi dán hoặc chọn ảnh đó.",
    ),
    too_large: notice("Ảnh quá lớn", "Hãy chọn ảnh nhỏ hơn 40 MB, hoặc chụp màn hình phần có mã QR."),
    found: notice("Đã đọc được mã", "Đang mở kết quả tra cứu."),
    foreign: notice("Mã QR này dẫn đến trang khác", "Cổng không mở liên kết đó, chỉ lấy mã tra cứu. Mã QR dẫn đến:"),
    foreign_look_up: "Tra cứu mã này trên cổng",
    several: notice("Mã QR chứa nhiều mã", "Hãy chọn mã giống với mã in trên học bạ."),
    link: notice(
        "Đây là liên kết đến trang khác",
        "Liên kết không chứa mã tra cứu nên cổng không mở. Hãy quét mã QR trên học bạ hoặc nhập mã 32 ký tự. Liên kết dẫn đến:",
    ),
    citizen_card: notice(
        "Đây là mã QR của thẻ căn cước",
        "Không quét thẻ căn cước ở đây. Nội dung vừa đọc không được lưu và không gửi đi. Hãy quét mã QR trên học bạ.",
    ),
    contact: notice(
        "Đây là mã QR liên hệ hoặc mạng Wi-Fi",
        "Mã QR này không chứa mã tra cứu học bạ. Hãy quét mã QR trên học bạ.",
    ),
    payment: notice("Đây là mã QR thanh toán", "Tra cứu học bạ không thu tiền. Hãy quét mã QR trên học bạ."),
    number: notice(
        "Đây chỉ là một dãy số",
        "Mã tra cứu học bạ có 32 ký tự gồm chữ số 0–9 và chữ cái a–f. Hãy quét mã QR trên học bạ.",
    ),
    almost: notice(
        "Gần giống mã tra cứu nhưng không đúng",
        "Mã phải có đúng 32 ký tự, chỉ gồm chữ số 0–9 và chữ cái a–f. Hãy tắt bộ gõ tiếng Việt rồi quét lại, hoặc nhập mã in trên học bạ.",
    ),
    empty: notice("Mã QR không có nội dung", "Hãy nhập mã in trên học bạ."),
    other: notice(
        "Mã QR không chứa mã tra cứu học bạ",
        "Hãy kiểm tra có đúng là mã QR trên học bạ không. Nếu đúng, hãy nhập mã 32 ký tự in trên học bạ và báo cho nhà trường.",
    ),
};

const RULE: PrintingRule = PrintingRule {
    title: "Quy cách in mã QR trên học bạ",
    lead: "Dành cho phần mềm nhà trường và đơn vị in học bạ, để mọi điện thoại và máy quét đều đọc được.",
    items: [
        (
            "Nội dung",
            "Chỉ địa chỉ tra cứu, viết hoa toàn bộ: HTTPS://, tên miền của cổng, /V/ và 32 ký tự của mã. Không thêm họ tên, ngày sinh, điểm hay địa chỉ trang khác.",
        ),
        (
            "Kích thước",
            "Mã QR chỉ có địa chỉ: cạnh từ 20 mm trở lên. Mã QR có kèm mã ủy quyền xem (dài): cạnh từ 30 mm trở lên. Không tính viền trắng.",
        ),
        ("Mức sửa lỗi", "M. Mức Q và H làm ô nhỏ đi ở cùng kích thước nên khó đọc hơn."),
        ("Viền trắng", "Bốn ô trống ở mỗi phía; không chữ, đường kẻ, con dấu hay chữ ký chạm vào."),
        (
            "Hình",
            "Vẽ bằng véc-tơ (SVG, PDF); nếu là ảnh điểm thì từ 300 dpi và mỗi ô là số nguyên điểm. Không nén JPEG.",
        ),
        ("Màu", "Ô đen trên nền trắng. Không đảo màu, không màu nhạt, không nền hoa văn, không chèn hình ở giữa."),
        (
            "Vị trí",
            "Góc dưới bên trái hoặc bên phải của trang, cách mép giấy và nếp gấp ít nhất 10 mm, không nằm dưới lớp ép nhựa bóng.",
        ),
        (
            "Chữ bên cạnh",
            "In mã 32 ký tự thành tám nhóm bốn ký tự ngay bên cạnh, phông chữ có ký tự rộng bằng nhau (monospace), cỡ 9 trở lên, để nhập tay khi không quét được.",
        ),
    ],
    test_title: "Cách thử trước khi phát hành",
    test: [
        "In một bản bằng chính máy in và giấy sẽ dùng, rồi một bản phô-tô của bản đó.",
        "Quét cả hai bằng một điện thoại Android, một iPhone và trang này, dưới đèn phòng học, nghiêng khoảng 30 độ.",
        "Mỗi lần phải đọc được trong ba giây và mở đúng trang của mã in bên cạnh; so từng nhóm bốn ký tự.",
        "Chụp trang giấy bằng điện thoại từ khoảng cách 30 cm rồi chọn ảnh đó ở trang này: cũng phải đọc được.",
    ],
};

pub(super) const COUNTER: Counter = Counter {
    title: "Chế độ quầy",
    lead: "Kiểm tra nhiều học bạ liên tiếp bằng máy quét, máy ảnh hoặc bàn phím.",
    without_script: notice(
        "Chế độ quầy cần JavaScript",
        "Trình duyệt này chưa chạy được chế độ quầy. Hãy tra cứu từng mã ở trang tra cứu.",
    ),
    label: "Mã tra cứu hoặc nội dung mã QR",
    hint: "Quét liên tục, không cần bấm chuột: máy quét gõ mã rồi Enter hoặc Tab. Hãy tắt bộ gõ tiếng Việt.",
    submit: "Kiểm tra",
    ready: notice("Sẵn sàng", "Hãy quét học bạ đầu tiên."),
    waiting: "Đang kiểm tra…",
    slow_down: "Đã hỏi nhanh hơn giới hạn. Các mã đang chờ sẽ tự được kiểm tra tiếp sau (giây):",
    sound: "Âm thanh",
    retry: "Kiểm tra lại mã chưa kiểm tra được",
    download: "Tải danh sách (CSV)",
    kept: "Danh sách chỉ nằm trên trang này và mất khi đóng trang. Hãy tải về nếu cần giữ; tệp tải về do bạn bảo quản.",
    counts: "Số lượng",
    list: "Danh sách, mới nhất trước",
    columns: ["STT", "Thời điểm", "Mã tra cứu", "Kết quả", "Cấp học", "Năm học", "Năm học chưa có dữ liệu", "Ghi chú"],
    verdicts: CounterVerdicts {
        valid: "Có hiệu lực",
        not_in_force: "Chưa đến ngày có hiệu lực",
        partly_withdrawn: "Có năm học bị thu hồi",
        withdrawn: "Đã bị thu hồi",
        replaced: "Đã được thay thế",
        erased: "Nội dung đã xóa",
        suspended: "Đang được rà soát",
        unknown: "Không tìm thấy",
        unchecked: "Chưa kiểm tra được",
        no_code: "Không phải mã tra cứu",
        several: "Có nhiều mã",
    },
    compare: "Mới kiểm tra mã, chưa đối chiếu nội dung với bản giấy.",
    duplicate: "đã quét ở dòng",
    missing: "chưa có dữ liệu năm học",
    repaired: "bộ gõ tiếng Việt đã đổi ký tự, mã đã được khôi phục",
    foreign: "mã QR dẫn đến trang khác:",
    camera: "Dùng máy ảnh làm máy quét",
};
