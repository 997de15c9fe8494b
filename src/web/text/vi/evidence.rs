//! Bằng chứng.

use crate::signing::grant::Role;
use crate::transcript::status::Status;
use crate::web::text::evidence::Evidence;

pub(super) const EVIDENCE: Evidence = Evidence {
    title: "Bằng chứng",
    lead: "Mỗi năm học trong học bạ được cơ sở giáo dục ký số, được Sở Giáo dục và Đào tạo ký khi gửi về, rồi ghi vào sổ ghi nhận công khai mà không ai sửa hay xóa được. Trang này cho biết từng bước ấy được chứng minh bằng gì và cách tự kiểm tra mà không cần tin cổng.",
    link: "Xem bằng chứng và cách tự kiểm tra",
    back: "Về kết quả tra cứu",
    year: |year, grade| format!("Năm học {year} – {grade}"),
    signed: "Cơ sở giáo dục ký",
    school_signed: "Thủ trưởng và cơ sở giáo dục đã ký bằng hai khóa khác nhau; chữ ký được kiểm tra khi tiếp nhận.",
    package: "Gói dữ liệu",
    province_signed: |province| {
        format!("Sở Giáo dục và Đào tạo {province} đã ký gói dữ liệu; chữ ký được kiểm tra khi tiếp nhận.")
    },
    package_line: |sequence, line, lines| format!("Gói số {sequence}, dòng {line}; gói có {lines} dòng."),
    logged: "Ghi vào sổ",
    logged_at: |index, time| format!("Mục số {index}, ghi lúc {time}."),
    proof: "Chứng minh",
    proved: |hashes, size| {
        format!(
            "{hashes} mã băm dẫn từ mục này đến mã băm gốc của sổ khi có {size} mục; mã băm gốc ấy đã được ký và đồng ký."
        )
    },
    decisions: "Quyết định về năm học này",
    decision: |what, index, time| format!("{what}: mục số {index}, ghi lúc {time}."),
    status: |status| match status {
        Status::Withdrawn => "Thu hồi",
        Status::Replaced => "Thay thế",
        Status::Suspended => "Bắt đầu rà soát",
        Status::Released => "Kết thúc rà soát",
        Status::Transferred => "Chuyển quyền quản lý",
        Status::Erased => "Xóa nội dung theo quyết định",
    },
    checkpoint: "Trạng thái sổ đã ký",
    checkpoint_lead: "Khóa của sổ ký số mục và mã băm gốc. Một khóa khác đồng ký kèm thời gian, để biết đây là trạng thái mới nhất vào lúc đó.",
    log_name: "Tên sổ",
    size: "Số mục",
    root: "Mã băm gốc",
    cosigned: "Đồng ký lúc",
    never_cosigned: "Chưa được đồng ký",
    role: |role| match role {
        Role::Root => "Bộ Giáo dục và Đào tạo",
        Role::Province => "Sở Giáo dục và Đào tạo",
        Role::Head => "Thủ trưởng cơ sở giáo dục",
        Role::Institution => "Cơ sở giáo dục",
        Role::Teacher => "Giáo viên",
    },
    pinned: "Bộ Giáo dục và Đào tạo (khóa gốc)",
    kid: "Mã khóa",
    granted: |index| format!("cấp tại mục số {index}"),
    certified: "gắn với chứng thư số",
    not_certified: "không gắn với chứng thư số",
    download: "Tải bằng chứng",
    public_file: "Tệp công khai có vị trí trong sổ, thời điểm ghi và đường chứng minh của từng năm học. Tệp không có họ tên, trường, lớp hay điểm.",
    get_public: "Tải tệp công khai (JSON)",
    whole_file: "Tệp đầy đủ có nội dung đang hiển thị, chữ ký của cơ sở giáo dục và của Sở, việc cấp các khóa và đường chứng minh. Tệp có thông tin cá nhân: hãy giữ cẩn thận. Mỗi lần tải đều được ghi nhận.",
    get_whole: "Tải tệp đầy đủ (JSON)",
    only_by_code: "Bạn đang tra cứu bằng mã của một năm học. Tệp đầy đủ chỉ tải được khi tra cứu bằng mã của cả học bạ.",
    where_whole: "Tệp đầy đủ, có cả nội dung và chữ ký, tải được ở trang nội dung sau khi nhập ngày sinh.",
    not_status: "Bằng chứng cho biết ai đã phát hành, nội dung còn nguyên vẹn và đã được ghi vào sổ từ khi nào. Bằng chứng không cho biết học bạ hiện còn hiệu lực hay không: hãy tra cứu mã.",
    by_hand: "Tự kiểm tra bằng tay",
    by_hand_lead: "Các lệnh dưới đây chạy trên Linux với bash, curl, openssl (từ 3.0), xxd và python3. Khóa của sổ và khóa gốc của Bộ chỉ cần lấy một lần, nên lấy từ nơi bạn tin chứ không phải từ trang đang kiểm tra.",
    with_hocba: "Bằng chương trình hocba",
    with_tools: "Bằng công cụ thông thường: đường chứng minh, chữ ký của sổ và thời điểm đồng ký",
    same_for_all: "Mọi người đều thấy cùng những mục ấy: so với sổ công khai",
    signatures: "Cam kết và mọi chữ ký, từ khóa gốc đến học bạ (chỉ với tệp đầy đủ)",
    name_of_file: "Tệp đã tải",
};
