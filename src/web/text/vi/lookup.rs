//! Tiếng Việt: the home page and a code that is none.

use crate::web::text::{BadCode, Lookup};

pub(super) const LOOKUP: Lookup = Lookup {
    title: "Tra cứu học bạ số",
    label: "Mã tra cứu học bạ",
    hint: "Nhập mã gồm 32 ký tự in trên học bạ. Có thể gõ chữ hoa, chữ thường, dấu cách hoặc gạch nối.",
    example: "Ví dụ: 0f8f ad5b d9cb 469f a165 7086 7728 950e",
    submit: "Tra cứu",
    guide: "Cách tra cứu",
    steps: [
        "Nhập mã tra cứu, hoặc quét mã QR trên học bạ bằng máy ảnh của điện thoại.",
        "Xem mã có hiệu lực hay không.",
        "Nhập ngày sinh in trên học bạ để xem và đối chiếu nội dung.",
    ],
    privacy: "Chỉ với mã tra cứu, cổng không hiển thị họ tên, trường, lớp hay điểm của học sinh.",
    again: "Tra cứu mã khác",
};

pub(super) const BAD_CODE: BadCode = BadCode {
    title: "Mã tra cứu không đúng định dạng",
    rule: "Mã gồm 32 ký tự, chỉ dùng chữ số 0–9 và chữ cái a–f.",
    length: |n| format!("Mã vừa nhập có {n} ký tự."),
    group: |n| format!("Nhóm 4 ký tự thứ {n} có ký tự không thuộc 0–9, a–f."),
    group_length: |group, n| format!("Nhóm thứ {group} có {n} ký tự; mỗi nhóm phải có 4 ký tự."),
    empty: "Chưa nhập mã.",
    keyboard: "Bộ gõ tiếng Việt (Telex hoặc VNI) đã đổi một số ký tự của mã thành chữ có dấu. Hãy tắt bộ gõ rồi nhập hoặc quét lại.",
    meant: |n| {
        if n == 1 {
            "Có phải mã in trên học bạ là mã này?"
        } else {
            "Có phải mã in trên học bạ là một trong các mã này?"
        }
    },
    choose: "So với mã in trên học bạ, chọn đúng mã để tra cứu.",
};
