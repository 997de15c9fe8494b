//! Words of the page for programmers, in Vietnamese.

use crate::web::text::api::Api;

pub(super) const API: Api = Api {
    title: "Tài liệu API",
    lead: "Phần mềm của trường, cơ quan và ứng dụng tra cứu học bạ qua các địa chỉ dưới đây. Tài liệu được lập từ chính mã nguồn của cổng.",
    document: "Tải tài liệu OpenAPI 3.1 (JSON)",
    in_english: "Phần mô tả kĩ thuật viết bằng tiếng Anh.",
    parameters: "Tham số",
    request: "Nội dung gửi",
    answers: "Trả lời",
    problems: "Lỗi",
    shapes: "Cấu trúc dữ liệu",
    name: "Tên",
    kind: "Kiểu",
    meaning: "Ý nghĩa",
    optional: "không bắt buộc",
};
