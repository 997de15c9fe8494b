//! Thay đổi sau khi đơn vị đã xem.

use crate::transcript::Status;
use crate::web::text::later::Later;

pub(super) const LATER: Later = Later {
    title: "Thay đổi sau khi xem",
    link: |open| format!("Thay đổi sau khi xem ({open})"),
    lead: "Những học bạ mà đơn vị đã kiểm tra, tìm thấy hoặc mở, rồi sau đó bị thu hồi, được thay thế hoặc đưa vào rà soát, trong một năm qua; mới nhất trước.",
    not_whole: "Danh sách đang được lập lại nên có thể chưa đủ. Hãy xem lại sau ít phút.",
    open: |open| format!("{open} thay đổi mà đơn vị chưa ghi nhận"),
    none_open: "Không có thay đổi nào mà đơn vị chưa ghi nhận.",
    take_note_why: "Việc ghi nhận, kèm tài khoản của bạn, được lưu vào nhật ký; các thay đổi vẫn nằm trong danh sách.",
    take_note: "Đơn vị đã nắm được",
    new: "mới",
    happened: |status, is_sheet| match (status, is_sheet) {
        (Status::Withdrawn, true) => "Một năm học bị thu hồi",
        (Status::Withdrawn, false) => "Học bạ bị thu hồi",
        (Status::Replaced, _) => "Một năm học được thay thế",
        (Status::Suspended, true) => "Một năm học đang được rà soát",
        (Status::Suspended, false) => "Học bạ đang được rà soát",
        (Status::Released, _) => "Đã rà soát xong",
        (Status::Transferred, _) => "Chuyển quyền quản lý",
        (Status::Erased, true) => "Nội dung một năm học đã bị xóa",
        (Status::Erased, false) => "Nội dung học bạ đã bị xóa",
    },
    effective: "Hiệu lực từ",
    logged: "Ghi vào sổ",
    seen: "Đơn vị xem gần nhất trước đó",
    open_of: |code| format!("Mở học bạ {code}"),
    none: "Không có học bạ nào thay đổi sau khi đơn vị xem.",
    older: "Các thay đổi cũ hơn",
    newest: "Về các thay đổi mới nhất",
};
