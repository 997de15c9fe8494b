//! Comparing with a paper copy.

use super::super::Notice;
use super::super::paper::{NoticeOf, Paper};

pub(super) const PAPER: Paper = Paper {
    title: "Compare with a paper copy",
    intro: "For each line, read the paper: tick “Same” if it says what the column “On record” says, or type what the paper says. The keyboard is enough: Tab goes to the next field, the space bar ticks, Enter compares.",
    hint: "Type marks as 8,5 or 8.5; levels by their letters (T, H, C, K, Đ, CĐ, M) or as the Vietnamese words; a blank on paper as a hyphen (-).",
    left_out: "Comments and teachers' names are not part of the comparison; please read them on the transcript page.",
    matches: Notice {
        title: "The transcript is valid",
        body: "Every value compared on the paper copy is the same as on record.",
    },
    all_same: "Every value compared is the same as on record; what is said above about the transcript's standing remains.",
    differs: Notice {
        title: "The content differs from the record",
        body: "The paper copy you hold differs from the transcript on record. Do not use this copy.",
    },
    partly: NoticeOf {
        title: "What was compared is the same",
        body: |left| {
            let (values, are) = if left == 1 { ("value", "has") } else { ("values", "have") };
            format!("{left} {values} {are} not been compared yet, so nothing can be said about the whole paper.")
        },
    },
    not_in_copy: "This transcript has other school years that the QR code does not open, so they were not compared; nothing can be said about the whole paper copy yet.",
    counts: |counts| {
        let mut parts = vec![format!("{} the same", counts.same), format!("{} different", counts.differs)];
        if counts.unreadable > 0 {
            parts.push(format!("{} not readable", counts.unreadable));
        }
        parts.push(format!("{} not compared", counts.left));
        parts.join(" · ")
    },
    ticked: |n| format!("Of the same ones, {n} were ticked and not typed."),
    differences: "What differs",
    on_paper: "On paper",
    on_record: "On record",
    blank: "blank",
    learner: "The learner",
    same: "Same",
    all_in_part: "All lines of this part that are not typed are the same on paper",
    is_same: "same",
    is_different: "different",
    is_unreadable: "not readable",
    is_left: "not compared",
    unreadable_hint: "This value could not be read. Please type it as on the paper, with its Vietnamese diacritics, or tick “Same”.",
    not_comparable: |status| {
        format!("{status}: not compared, because a paper copy of this school year cannot be used now.")
    },
    submit: "Compare",
    back: "Show the transcript",
    expired: Notice { title: "The view has expired", body: "Please enter the birth date again to go on." },
    kept: "What you typed is kept.",
    tick_only: "A long text: tick it only",
};
