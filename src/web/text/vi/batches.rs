//! Kiểm tra hàng loạt.

use crate::batch::archive::ArchiveFault;
use crate::batch::columns::{Field, HeadingFault};
use crate::batch::jobs::{Input, State, Stopped};
use crate::batch::table::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, TableFault};
use crate::portal::batch::{Conclusion, MAX_FILES, MAX_FILES_BYTES, SourceFault};
use crate::web::text::Notice;
use crate::web::text::batches::Batches;

pub(super) const BATCHES: Batches = Batches {
    title: "Kiểm tra hàng loạt",
    lead: "Kiểm tra cùng lúc nhiều học bạ: gửi một bảng, một tệp ZIP bản mềm và ảnh, hoặc một bản quét; nhận lại kết quả từng dòng và một báo cáo có chữ ký số.",
    hand_in: "Gửi danh sách mới",
    file: "Tệp",
    file_hint: "CSV hoặc XLSX (đến 20.000 dòng, 32 MB), ZIP gồm bản mềm PDF và ảnh, PDF bản quét (đến 400 tệp hoặc trang, 256 MB), một PDF hay một ảnh",
    paste: "Không có tệp? Dán danh sách mã",
    codes: "Danh sách mã tra cứu",
    codes_hint: "Mỗi dòng một mã; có thể dán nguyên đường dẫn trong mã QR",
    pasted_name: "Danh sách mã đã dán",
    look: "Xem trước",
    recorded: "Chưa tra cứu gì cho đến khi bạn bắt đầu ở bước sau. Mỗi học bạ được tra cứu đều ghi vào nhật ký cùng mục đích của đơn vị; lô được xóa sau 7 ngày.",
    one_waits: "Một tệp bạn vừa gửi đang chờ xác nhận.",
    look_at_it: "Xem trước tệp đó",
    batches: "Các lô của đơn vị",
    none: "Chưa có lô nào.",
    name: "Tệp",
    rows: "Số dòng",
    state: "Trạng thái",
    handed_in_at: "Gửi lúc",
    of_rows: |done, rows| format!("{done} / {rows} dòng"),
    standing: |state| match state {
        State::Waiting => "Đang kiểm tra",
        State::Finished => "Đã xong",
        State::Cancelled => "Đã dừng theo yêu cầu",
        State::Stopped(Stopped::GrantOver) => "Dừng: hết quyền tra cứu",
        State::Stopped(Stopped::Unreadable) => "Dừng: không đọc được tệp",
    },
    by_operator: "Đơn vị vận hành cổng",
    preview: "Xem trước khi kiểm tra",
    counted: |input, rows| match input {
        Input::Table => format!("bảng {rows} dòng"),
        Input::Archive => format!("tệp nén {rows} tệp"),
        Input::Scan => format!("{rows} trang hoặc ảnh"),
    },
    sheet: |sheet| format!("Đọc trang tính “{sheet}”."),
    waits_until: |moment| format!("Tệp chỉ nằm trong bộ nhớ và tự mất lúc {moment} nếu bạn chưa bắt đầu."),
    columns: "Cột nào là gì",
    columns_lead: "Các cột được nhận ra theo tiêu đề. Nếu có cột nhận sai, hãy chọn lại; cần đúng một cột mã tra cứu.",
    column: |number, title| {
        if title.trim().is_empty() || title == number.to_string() {
            format!("Cột {number}")
        } else {
            format!("Cột {number}: {title}")
        }
    },
    field: |field| match field {
        Field::Code => "Mã tra cứu",
        Field::FullName => "Họ và tên",
        Field::FamilyName => "Họ và tên đệm",
        Field::GivenName => "Tên",
        Field::BirthDate => "Ngày sinh",
        Field::School => "Trường",
        Field::SchoolYear => "Năm học",
        Field::Class => "Lớp hoặc khối",
    },
    taken_as: "hiểu là",
    not_looked_at: "Không đối chiếu",
    twice: "Một cột khác đã giữ nội dung này.",
    ignored: |n| format!("{n} cột không được đối chiếu; các cột này vẫn có trong kết quả."),
    files: |input| match input {
        Input::Table => "Dòng",
        Input::Archive => "Tệp",
        Input::Scan => "Trang",
    },
    first_rows: |n| format!("{n} dòng đầu"),
    begin: "Bắt đầu kiểm tra",
    begin_means: "Từ lúc này việc tra cứu được ghi vào nhật ký. Dòng nào không đọc được sẽ có lý do riêng; các dòng khác vẫn được kiểm tra.",
    look_again: "Xem lại với các cột đã chọn",
    drop: "Bỏ tệp này",
    one: |name| format!("Lô “{name}”"),
    progress: "Tiến độ",
    see_again: "Cập nhật tiến độ",
    goes_on: "Có thể đóng trang này: việc kiểm tra vẫn tiếp tục, kể cả khi bạn đăng xuất.",
    looked_up: |done, rows| format!("Đã tra cứu {done} trên {rows} dòng."),
    came_to: "Kết quả",
    conclusion_title: "Kết luận",
    conclusion: |conclusion| match conclusion {
        Conclusion::Matches => ("Khớp", "Có hiệu lực, mọi thông tin đã cho đều giống hồ sơ."),
        Conclusion::InForce => ("Có hiệu lực, chưa đối chiếu", "Danh sách chỉ có mã, không có gì để đối chiếu."),
        Conclusion::Look => ("Cần xem lại", "Gần giống, hoặc có thông tin không đối chiếu được."),
        Conclusion::Differs => ("Khác với hồ sơ", "Có ít nhất một thông tin khác."),
        Conclusion::NotInForce => {
            ("Không còn hoặc chưa có hiệu lực", "Có năm học bị thu hồi, đang rà soát hoặc chưa đến ngày.")
        }
        Conclusion::Altered => ("Bản mềm bị sửa", "Tệp có chữ ký của cổng nhưng nội dung đã bị thay đổi."),
        Conclusion::Unknown => ("Không có học bạ với mã này", "Mã đúng dạng nhưng không có trong hệ thống."),
        Conclusion::Unchecked => ("Chưa kiểm tra được", "Không kết luận gì về học bạ; hãy gửi lại các dòng này."),
        Conclusion::Unread => ("Không đọc được mã", "Lý do ghi ở từng dòng của kết quả."),
    },
    take_home: "Tải kết quả về",
    take_home_lead: "Bảng giữ nguyên thứ tự và các cột đã gửi, thêm các cột kết quả ở sau. Mỗi lần tải về được ghi vào nhật ký.",
    as_xlsx: "Bảng XLSX",
    as_csv: "Bảng CSV",
    as_report: "Báo cáo PDF có chữ ký",
    report_means: "Báo cáo có chữ ký số của cổng, người nhận kiểm tra được tại trang",
    about: "Về lô này",
    number: "Số của lô",
    kind: "Nội dung gửi",
    handed_in_by: "Người gửi",
    ended_at: "Kết thúc lúc",
    kept_until: "Tự xóa lúc",
    cancel: "Dừng kiểm tra",
    cancel_means: "Các dòng đã kiểm tra vẫn tải về được; các dòng còn lại không được tra cứu.",
    cancel_now: "Dừng ngay",
    delete: "Xóa lô này",
    delete_means: "Xóa cả tệp đã gửi và kết quả, không lấy lại được. Nhật ký vẫn giữ việc đã tra cứu.",
    delete_now: "Xóa ngay",
    back: "Về danh sách các lô",
    not_taken: "Chưa nhận được",
    fault: |fault| match fault {
        SourceFault::Table(fault) => table(fault),
        SourceFault::Archive(fault) => archive(fault),
        SourceFault::Columns(HeadingFault::NoCode) => "Hãy chọn một cột là mã tra cứu.".to_owned(),
        SourceFault::Columns(HeadingFault::Twice) => {
            "Hai cột được chọn cùng một nội dung; mỗi nội dung chỉ một cột.".to_owned()
        }
        SourceFault::Columns(HeadingFault::NoColumn) => "Bảng không có cột này. Hãy gửi lại tệp.".to_owned(),
        SourceFault::TooLong => format!("Tệp lớn hơn {} MB. Hãy chia thành nhiều tệp.", MAX_FILES_BYTES >> 20),
        SourceFault::TooMany => format!("Có hơn {MAX_FILES} tệp hoặc trang. Hãy chia thành nhiều lần gửi."),
        SourceFault::Nothing => {
            "Trong tệp không có gì để tra cứu: không có bảng, bản mềm PDF, ảnh hay trang quét nào.".to_owned()
        }
    },
    nothing_sent: "Hãy chọn một tệp, hoặc dán danh sách mã.",
    both_sent: "Chỉ dùng một cách: hoặc chọn tệp, hoặc dán danh sách mã.",
    waiting_full: |n| {
        format!("Đơn vị đã có {n} lô đang chờ. Hãy đợi một lô xong, hoặc dừng bớt. Tệp vừa gửi còn được giữ vài phút.")
    },
    office_full: |n| {
        format!("Đơn vị đang giữ {n} lô. Hãy xóa bớt những lô không cần nữa. Tệp vừa gửi còn được giữ vài phút.")
    },
    full: "Hiện hệ thống đang giữ quá nhiều tệp. Hãy thử lại sau ít phút.",
    not_done: Notice {
        title: "Chưa thực hiện được",
        body: "Hệ thống chưa ghi lại được yêu cầu nên chưa làm gì. Hãy thử lại sau ít phút.",
    },
    no_file: Notice {
        title: "Chưa tạo được tệp kết quả",
        body: "Hãy thử lại sau ít phút. Nếu vẫn không được, hãy gửi lại danh sách.",
    },
    gone: Notice {
        title: "Tệp không còn chờ nữa",
        body: "Tệp đã được bắt đầu kiểm tra, được thay bằng tệp gửi sau, hoặc đã quá 10 phút. Nếu lô chưa có trong danh sách dưới đây, hãy gửi lại.",
    },
    dropped: Notice { title: "Đã bỏ tệp", body: "Không có gì của tệp được giữ lại." },
    deleted: Notice {
        title: "Đã xóa lô", body: "Tệp đã gửi và kết quả không còn trên hệ thống."
    },
    grant_over: Notice {
        title: "Lô dừng giữa chừng: hết quyền tra cứu",
        body: "Quyền của đơn vị đã hết, hoặc tài khoản gửi lô không còn được tra cứu. Các dòng đã kiểm tra vẫn tải về được.",
    },
    unreadable: Notice {
        title: "Lô dừng giữa chừng: không đọc được tệp đã gửi",
        body: "Tệp lưu trên hệ thống bị hỏng. Hãy gửi lại danh sách.",
    },
};

fn table(fault: &TableFault) -> String {
    match fault {
        TableFault::TooLong => format!("Bảng lớn hơn {} MB. Hãy chia thành nhiều tệp.", MAX_BYTES >> 20),
        TableFault::Empty => "Tệp không có dòng nào.".to_owned(),
        TableFault::TooManyRows => format!("Bảng có hơn {} dòng. Hãy chia thành nhiều tệp.", thousands(MAX_ROWS)),
        TableFault::TooManyColumns { row } => {
            format!("Dòng {row} có hơn {MAX_COLUMNS} cột. Hãy xóa các cột thừa.")
        }
        TableFault::OldOrLocked => {
            "Tệp Excel kiểu cũ (.xls) hoặc có mật khẩu. Hãy lưu lại thành .xlsx không có mật khẩu.".to_owned()
        }
        TableFault::NoTable => "Tệp không phải CSV, XLSX, ZIP, PDF hay ảnh đọc được.".to_owned(),
        TableFault::Encoding => {
            "Không đọc chắc chắn được chữ trong tệp. Hãy lưu lại thành “CSV UTF-8” hoặc .xlsx.".to_owned()
        }
        TableFault::Archive(fault) => archive(fault),
        TableFault::Damaged => "Tệp bảng tính bị hỏng. Hãy mở rồi lưu lại.".to_owned(),
        TableFault::NoCodeColumn { titles } if titles.is_empty() => {
            "Không tìm thấy cột mã tra cứu. Hãy đặt tiêu đề cột đó là “Mã tra cứu”.".to_owned()
        }
        TableFault::NoCodeColumn { titles } => format!(
            "Không tìm thấy cột mã tra cứu. Hãy đặt tiêu đề cột đó là “Mã tra cứu”. Các tiêu đề đọc được: {}.",
            titles.join(", ")
        ),
    }
}

fn archive(fault: &ArchiveFault) -> String {
    match fault {
        ArchiveFault::Damaged => "Tệp nén bị hỏng. Hãy tạo lại.".to_owned(),
        ArchiveFault::Locked => "Tệp nén có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.".to_owned(),
        ArchiveFault::TooMany(most) => format!("Tệp nén có hơn {most} tệp. Hãy chia nhỏ."),
        ArchiveFault::TooLarge(most) => format!("Tệp nén lớn hơn {} MB khi giải nén. Hãy chia nhỏ.", most >> 20),
    }
}

fn thousands(number: usize) -> String {
    super::super::grouped(number as u64, '.')
}
