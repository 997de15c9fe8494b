//! How to read a Vietnamese transcript.

use super::super::glossary::{Chapter, Entry, Glossary, Words};

pub(super) const GLOSSARY: Glossary = Glossary {
    title: "How to read this transcript",
    intro: "What the Vietnamese grades and levels mean, and under which rules they were given. Names of persons, schools and subjects stand as they were signed.",
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
    title: "Legal standing",
    entries: &[
        entry(
            "Học bạ số (digital transcript)",
            "The official record of a learner at one level of schooling, one sheet for each school year, digitally signed by the head and by the institution. It counts as the paper transcript does (Circular 15/2026/TT-BGDĐT of the Ministry of Education and Training, Article 21, paragraph 4). A signed sheet is never edited: it can only be withdrawn or replaced.",
        ),
        entry("Có hiệu lực (in force)", "May be relied on from the date given."),
        entry(
            "Đã thay thế (replaced)",
            "A corrected sheet of the same school year exists. Copies printed before the day of replacement can no longer be used for that year.",
        ),
        entry("Đã thu hồi (withdrawn)", "No longer in force."),
        entry(
            "Transcribed from paper",
            "Entered from a paper transcript and confirmed by the school's digital signature.",
        ),
    ],
};

const PRIMARY: Words = Words {
    title: "Primary school, grades 1 to 5 – Circular 27/2020/TT-BGDĐT",
    entries: &[
        entry(
            "Mức đạt được (level reached): T, H, C, M",
            "T, Hoàn thành tốt: completed well. H, Hoàn thành: completed. C, Chưa hoàn thành: not completed. M, Miễn: exempt.",
        ),
        entry("Điểm KTĐK (end-of-year test)", "A whole mark from 1 to 10; 10 is best. Only some subjects have one."),
        entry("Qualities and competencies: T, Đ, C", "T, Tốt: good. Đ, Đạt: reached. C, Cần cố gắng: needs effort."),
        entry(
            "Overall result",
            "Hoàn thành xuất sắc (completed with excellence): every subject, quality and competency at the best level, every test 9 or more. Hoàn thành tốt (completed well): the same, every test 7 or more. Hoàn thành (completed): no C, every test 5 or more. Otherwise Chưa hoàn thành (not completed). Article 9.",
        ),
        entry(
            "Hoàn thành chương trình tiểu học",
            "Has completed primary school; written into the transcript in grade 5 in place of a diploma. Article 11.",
        ),
        entry(
            "Awards",
            "Học sinh Xuất sắc: excellent pupil. Học sinh tiêu biểu: outstanding in some subjects. Article 13.",
        ),
    ],
};

const SECONDARY: Words = Words {
    title: "Lower secondary (grades 6 to 9) and upper secondary (10 to 12) – Circular 22/2021/TT-BGDĐT",
    entries: &[
        entry(
            "Marks (ĐTB)",
            "From 0 to 10 with one decimal; 10 is best. The mark of the year is (term 1 + 2 × term 2) ÷ 3.",
        ),
        entry("Đ, CĐ, M", "In subjects judged by comments: Đ, Đạt: pass. CĐ, Chưa đạt: not passed. M, Miễn: exempt."),
        entry(
            "Kết quả học tập (learning result): T, K, Đ, CĐ",
            "T, Tốt (good): all comment subjects passed, all marks 6.5 or more, at least six of them 8.0 or more. K, Khá (fair): all comment subjects passed, all marks 5.0 or more, at least six 6.5 or more. Đ, Đạt (reached): at most one comment subject not passed, at least six marks 5.0 or more, none below 3.5. Otherwise CĐ, Chưa đạt (not reached). Article 9.",
        ),
        entry("Kết quả rèn luyện (conduct): T, K, Đ, CĐ", "Good, fair, reached, not reached. Article 8."),
        entry(
            "Được lên lớp (promoted)",
            "Learning and conduct of the year at least Đạt, and at most 45 sessions absent. Article 12.",
        ),
        entry(
            "Re-assessed",
            "The result after re-assessment or training in summer, which replaces the earlier one in deciding on promotion. Articles 13 and 14.",
        ),
        entry(
            "Awards",
            "Học sinh Xuất sắc (excellent student): both results Tốt and at least six marks 9.0 or more. Học sinh Giỏi (very good student): both results Tốt. Article 15.",
        ),
    ],
};

const CONTINUING: Words = Words {
    title: "Continuing education – Circular 43/2021/TT-BGDĐT",
    entries: &[
        entry(
            "Marks (ĐTB)",
            "From 0 to 10 with one decimal; 10 is best. The mark of the year is (term 1 + 2 × term 2) ÷ 3. M, Miễn: exempt.",
        ),
        entry(
            "Learning and conduct: T, K, Đ, CĐ",
            "Tốt: good. Khá: fair. Đạt: reached. Chưa đạt: not reached. A learning result Tốt needs all marks 6.5 or more and at least five of them 8.0 or more.",
        ),
        entry("Được lên lớp (promoted)", "Learning and conduct at least Đạt, and at most 45 sessions absent."),
    ],
};

const OLDER: Words = Words {
    title: "School years under earlier circulars",
    entries: &[
        entry(
            "Học lực (learning)",
            "Giỏi: very good. Khá: fair. Trung bình (TB): average. Yếu: weak. Kém: poor. ĐTBcm: average of all subjects.",
        ),
        entry("Hạnh kiểm (conduct)", "Tốt: good. Khá: fair. Trung bình: average. Yếu: weak."),
        entry("As written", "These years are shown word for word; nothing is recalculated or converted."),
    ],
};
