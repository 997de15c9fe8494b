//! Cách đọc học bạ.

use super::super::glossary::{Chapter, Entry, Glossary, Words};

pub(super) const GLOSSARY: Glossary = Glossary {
    title: "Cách đọc học bạ",
    intro: "Ý nghĩa của các mức và điểm theo Thông tư mà học bạ áp dụng.",
    chapter: |chapter| match chapter {
        Chapter::Standing => &STANDING,
        Chapter::Primary => &PRIMARY,
        Chapter::Secondary => &SECONDARY,
        Chapter::Continuing => &CONTINUING,
        Chapter::Older => &OLDER,
    },
};

const fn entry(term: &'static str, meaning: &'static str) -> Entry {
    Entry { term, meaning }
}

const STANDING: Words = Words {
    title: "Giá trị của học bạ số",
    entries: &[
        entry(
            "Học bạ số",
            "Có giá trị như học bạ giấy (Thông tư 15/2026/TT-BGDĐT, Điều 21 khoản 4). Mỗi năm học là một bản ghi do người đứng đầu và cơ sở giáo dục ký số, đã chốt thì không sửa; muốn sửa phải thu hồi hoặc thay thế.",
        ),
        entry("Có hiệu lực", "Dùng được từ ngày ghi trên bản ghi."),
        entry(
            "Đã thay thế",
            "Đã có bản mới của cùng năm học; bản in trước ngày thay thế không còn dùng được cho năm học đó.",
        ),
        entry("Đã thu hồi", "Không còn hiệu lực."),
        entry("Chuyển từ học bạ giấy", "Dữ liệu được nhập từ học bạ giấy và nhà trường ký số xác nhận."),
    ],
};

const PRIMARY: Words = Words {
    title: "Tiểu học – Thông tư 27/2020/TT-BGDĐT",
    entries: &[
        entry("Mức đạt được", "T: Hoàn thành tốt; H: Hoàn thành; C: Chưa hoàn thành; M: Miễn."),
        entry("Điểm KTĐK", "Điểm kiểm tra định kì cuối năm học, số nguyên từ 1 đến 10; chỉ có ở một số môn."),
        entry("Phẩm chất, năng lực", "T: Tốt; Đ: Đạt; C: Cần cố gắng."),
        entry(
            "Đánh giá kết quả giáo dục",
            "Hoàn thành xuất sắc: mọi môn, phẩm chất, năng lực ở mức Tốt, điểm kiểm tra từ 9. Hoàn thành tốt: như vậy, điểm từ 7. Hoàn thành: không có mức C, điểm từ 5. Còn lại: Chưa hoàn thành (Điều 9).",
        ),
    ],
};

const SECONDARY: Words = Words {
    title: "Trung học – Thông tư 22/2021/TT-BGDĐT",
    entries: &[
        entry("Điểm", "Thang 10, một chữ số thập phân. Điểm cả năm = (HKI + 2 × HKII) : 3."),
        entry("Đ, CĐ", "Đạt, Chưa đạt ở môn đánh giá bằng nhận xét. M: Miễn."),
        entry(
            "Kết quả học tập",
            "Tốt: mọi môn nhận xét Đạt, mọi môn tính điểm từ 6,5 và ít nhất 6 môn từ 8,0. Khá: từ 5,0 và ít nhất 6 môn từ 6,5. Đạt: nhiều nhất 1 môn nhận xét Chưa đạt, ít nhất 6 môn từ 5,0, không môn nào dưới 3,5. Còn lại: Chưa đạt (Điều 9).",
        ),
        entry("Kết quả rèn luyện", "Tốt, Khá, Đạt, Chưa đạt (Điều 8)."),
        entry("Được lên lớp", "Rèn luyện và học tập cả năm từ Đạt trở lên, nghỉ không quá 45 buổi (Điều 12)."),
        entry(
            "Đánh giá lại",
            "Kết quả sau khi đánh giá lại hoặc rèn luyện trong kì nghỉ hè (Điều 13, 14); thay cho kết quả cũ khi xét lên lớp.",
        ),
    ],
};

const CONTINUING: Words = Words {
    title: "Giáo dục thường xuyên – Thông tư 43/2021/TT-BGDĐT",
    entries: &[
        entry("Điểm", "Thang 10, một chữ số thập phân. Điểm cả năm = (HKI + 2 × HKII) : 3. M: Miễn."),
        entry(
            "Kết quả học tập, rèn luyện",
            "Tốt, Khá, Đạt, Chưa đạt. Mức Tốt về học tập: mọi môn từ 6,5 và ít nhất 5 môn từ 8,0.",
        ),
        entry("Được lên lớp", "Học tập và rèn luyện cả năm từ Đạt trở lên, nghỉ không quá 45 buổi."),
    ],
};

const OLDER: Words = Words {
    title: "Năm học theo Thông tư trước đây",
    entries: &[entry(
        "Học lực, hạnh kiểm",
        "Ghi nguyên văn theo học bạ; cổng không tính lại và không quy đổi sang các mức hiện nay.",
    )],
};
