//! TT 22/2021/TT-BGDĐT, 20 July 2021: assessment in lower and upper secondary schools.

use super::finding::{Findings, Rule};
use super::learning::Needed;
use super::secondary::{Awards, Circular};
use crate::transcript::SheetClaims;
use crate::transcript::contents::Results;

static YEAR_AVERAGE: Rule = Rule::new(
    "tt22.year_average",
    "Thông tư 22/2021/TT-BGDĐT, Điều 9 khoản 1 điểm b",
    "Điểm trung bình môn cả năm không bằng (học kì I + 2 × học kì II) : 3",
    "The subject's average of the year is not (term 1 + 2 × term 2) ÷ 3",
);

static YEAR_COMMENT: Rule = Rule::new(
    "tt22.year_comment",
    "Thông tư 22/2021/TT-BGDĐT, Điều 9 khoản 1 điểm a",
    "Kết quả cả năm của môn học đánh giá bằng nhận xét khác kết quả học kì II",
    "The year's result of a subject assessed by comments differs from that of term 2",
);

static LEARNING_RESULT: Rule = Rule::new(
    "tt22.learning_result",
    "Thông tư 22/2021/TT-BGDĐT, Điều 9 khoản 2 và khoản 3",
    "Mức đánh giá kết quả học tập không phù hợp với kết quả các môn học",
    "The learning result does not follow from the results of the subjects",
);

static CONDUCT_YEAR: Rule = Rule::new(
    "tt22.conduct_year",
    "Thông tư 22/2021/TT-BGDĐT, Điều 8",
    "Kết quả rèn luyện cả năm không phù hợp với kết quả hai học kì",
    "The conduct of the year does not follow from that of the two terms",
);

static PROMOTION: Rule = Rule::new(
    "tt22.promotion",
    "Thông tư 22/2021/TT-BGDĐT, Điều 12",
    "Việc lên lớp không phù hợp với kết quả rèn luyện, kết quả học tập và số buổi nghỉ học",
    "Moving up does not follow from conduct, learning result and sessions absent",
);

static SUMMER_CONDUCT: Rule = Rule::new(
    "tt22.summer_conduct",
    "Thông tư 22/2021/TT-BGDĐT, Điều 13",
    "Có kết quả rèn luyện trong kì nghỉ hè khi kết quả rèn luyện cả năm đã từ mức Đạt trở lên",
    "Conduct was assessed again in summer although the year's was Đạt or better",
);

static SUMMER_SUBJECT: Rule = Rule::new(
    "tt22.summer_subject",
    "Thông tư 22/2021/TT-BGDĐT, Điều 14",
    "Có kết quả đánh giá lại của môn học không thuộc diện đánh giá lại",
    "A subject was assessed again that was not to be assessed again",
);

static SUMMER_LEARNING: Rule = Rule::new(
    "tt22.summer_learning",
    "Thông tư 22/2021/TT-BGDĐT, Điều 14",
    "Kết quả học tập sau đánh giá lại không phù hợp với kết quả các môn học sau đánh giá lại",
    "The learning result after the summer does not follow from the subjects as assessed again",
);

static AWARD: Rule = Rule::new(
    "tt22.award",
    "Thông tư 22/2021/TT-BGDĐT, Điều 15 khoản 1 điểm a",
    "Danh hiệu khen thưởng không phù hợp với kết quả rèn luyện và kết quả học tập",
    "The title awarded does not follow from conduct and learning result",
);

/// All rules of this file.
pub(super) static RULES: &[&Rule] = &[
    &YEAR_AVERAGE,
    &YEAR_COMMENT,
    &LEARNING_RESULT,
    &CONDUCT_YEAR,
    &PROMOTION,
    &SUMMER_CONDUCT,
    &SUMMER_SUBJECT,
    &SUMMER_LEARNING,
    &AWARD,
];

static CIRCULAR: Circular = Circular {
    needed: &[Needed { good: 6, below: 6 }],
    year_average: &YEAR_AVERAGE,
    year_comment: &YEAR_COMMENT,
    learning_result: &LEARNING_RESULT,
    conduct_year: &CONDUCT_YEAR,
    summer_conduct: &SUMMER_CONDUCT,
    summer_subject: &SUMMER_SUBJECT,
    summer_learning: &SUMMER_LEARNING,
    promotion: &PROMOTION,
    awards: Some(Awards { rule: &AWARD, excellent: "Học sinh Xuất sắc", good: "Học sinh Giỏi", subjects: 6 }),
};

pub(super) fn judge(claims: &SheetClaims, results: &Results, findings: &mut Findings) {
    if let Results::Secondary(results) = results {
        CIRCULAR.judge(claims, results, findings);
    }
}
