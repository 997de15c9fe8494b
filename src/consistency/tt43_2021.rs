//! TT 43/2021/TT-BGDĐT: assessment in continuing education (giáo dục thường xuyên), grades 6 to 12.
//!
//! The rules are those of TT 22/2021 with five subjects in place of six. That is certain for Tốt; for Khá
//! and Đạt the text could not be compared, so the counts of five and of six both pass. Where the number of
//! an article could not be compared either, the provision is cited by its subject. There is no rule on
//! awards: the articles on promotion and the summer are known, the one on titles is not.

use super::finding::{Findings, Rule};
use super::learning::Needed;
use super::secondary::Circular;
use crate::transcript::SheetClaims;
use crate::transcript::contents::Results;

static YEAR_AVERAGE: Rule = Rule::new(
    "tt43.year_average",
    "Thông tư 43/2021/TT-BGDĐT, quy định về đánh giá kết quả học tập theo môn học",
    "Điểm trung bình môn cả năm không bằng (học kì I + 2 × học kì II) : 3",
    "The subject's average of the year is not (term 1 + 2 × term 2) ÷ 3",
);

static YEAR_COMMENT: Rule = Rule::new(
    "tt43.year_comment",
    "Thông tư 43/2021/TT-BGDĐT, quy định về đánh giá kết quả học tập theo môn học",
    "Kết quả cả năm của môn học đánh giá bằng nhận xét khác kết quả học kì II",
    "The year's result of a subject assessed by comments differs from that of term 2",
);

static LEARNING_RESULT: Rule = Rule::new(
    "tt43.learning_result",
    "Thông tư 43/2021/TT-BGDĐT, quy định về đánh giá kết quả học tập trong từng học kì và cả năm học",
    "Mức đánh giá kết quả học tập không phù hợp với kết quả các môn học",
    "The learning result does not follow from the results of the subjects",
);

static CONDUCT_YEAR: Rule = Rule::new(
    "tt43.conduct_year",
    "Thông tư 43/2021/TT-BGDĐT, quy định về đánh giá kết quả rèn luyện",
    "Kết quả rèn luyện cả năm không phù hợp với kết quả hai học kì",
    "The conduct of the year does not follow from that of the two terms",
);

static PROMOTION: Rule = Rule::new(
    "tt43.promotion",
    "Thông tư 43/2021/TT-BGDĐT, các Điều 11–13",
    "Việc lên lớp không phù hợp với kết quả rèn luyện, kết quả học tập và số buổi nghỉ học",
    "Moving up does not follow from conduct, learning result and sessions absent",
);

static SUMMER_CONDUCT: Rule = Rule::new(
    "tt43.summer_conduct",
    "Thông tư 43/2021/TT-BGDĐT, các Điều 11–13",
    "Có kết quả rèn luyện trong kì nghỉ hè khi kết quả rèn luyện cả năm đã từ mức Đạt trở lên",
    "Conduct was assessed again in summer although the year's was Đạt or better",
);

static SUMMER_SUBJECT: Rule = Rule::new(
    "tt43.summer_subject",
    "Thông tư 43/2021/TT-BGDĐT, các Điều 11–13",
    "Có kết quả đánh giá lại của môn học không thuộc diện đánh giá lại",
    "A subject was assessed again that was not to be assessed again",
);

static SUMMER_LEARNING: Rule = Rule::new(
    "tt43.summer_learning",
    "Thông tư 43/2021/TT-BGDĐT, các Điều 11–13",
    "Kết quả học tập sau đánh giá lại không phù hợp với kết quả các môn học sau đánh giá lại",
    "The learning result after the summer does not follow from the subjects as assessed again",
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
];

static CIRCULAR: Circular = Circular {
    needed: &[Needed { good: 5, below: 5 }, Needed { good: 5, below: 6 }],
    year_average: &YEAR_AVERAGE,
    year_comment: &YEAR_COMMENT,
    learning_result: &LEARNING_RESULT,
    conduct_year: &CONDUCT_YEAR,
    summer_conduct: &SUMMER_CONDUCT,
    summer_subject: &SUMMER_SUBJECT,
    summer_learning: &SUMMER_LEARNING,
    promotion: &PROMOTION,
    awards: None,
};

pub(super) fn judge(claims: &SheetClaims, results: &Results, findings: &mut Findings) {
    if let Results::Secondary(results) = results {
        CIRCULAR.judge(claims, results, findings);
    }
}
