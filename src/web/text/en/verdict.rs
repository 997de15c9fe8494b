//! English: the verdict page.

use crate::web::text::{Checks, Meanings, Notice, NoticeWith, Sheets, Verdicts};

pub(super) const VERDICTS: Verdicts = Verdicts {
    in_force: NoticeWith {
        title: "The code is in force – content not yet compared",
        body: |day| {
            format!(
                "This code has been in force since {day}. Enter the birth date printed on the transcript to see and compare its content."
            )
        },
        without: "This code is in force. Enter the birth date printed on the transcript to see and compare its content.",
    },
    in_force_paused: NoticeWith {
        title: "The code is in force – content not yet compared",
        body: |day| {
            format!("This code has been in force since {day}. Seeing and comparing content is paused at the moment.")
        },
        without: "This code is in force. Seeing and comparing content is paused at the moment.",
    },
    content_shown: NoticeWith {
        title: "The transcript is valid",
        body: |day| {
            format!(
                "This digital transcript has been in force since {day}. The content shown below is authentic; compare it with the copy you hold."
            )
        },
        without: "This digital transcript is in force. The content shown below is authentic; compare it with the copy you hold.",
    },
    not_in_force: NoticeWith {
        title: "The transcript is not in force yet",
        body: |day| format!("It is final and takes effect on {day}. Please look it up again from that day."),
        without: "It is final but has not taken effect yet.",
    },
    partly_withdrawn: NoticeWith {
        title: "Some years of this transcript were withdrawn",
        body: |years| format!("These school years are no longer in force: {years}."),
        without: "Some school years are no longer in force.",
    },
    withdrawn: NoticeWith {
        title: "The transcript was withdrawn",
        body: |day| format!("It was withdrawn on {day} and is no longer in force."),
        without: "It was withdrawn and is no longer in force.",
    },
    erased: NoticeWith {
        title: "The content was erased by official order",
        body: |day| {
            format!(
                "The content was erased on {day} by order of the competent authority. This code can no longer be used to verify a transcript."
            )
        },
        without: "The content was erased by order of the competent authority. This code can no longer be used to verify a transcript.",
    },
    suspended: NoticeWith {
        title: "The transcript is under review",
        body: |day| format!("Please do not rely on it until the review is over. The review began on {day}."),
        without: "Please do not rely on it until the review is over.",
    },
    replaced: NoticeWith {
        title: "This transcript was replaced",
        body: |day| format!("It was replaced by a newer one on {day}. Please use the newest."),
        without: "It was replaced by a newer one. Please use the newest.",
    },
    unknown: Notice {
        title: "No transcript found",
        body: "There is no transcript under this code. Please check the code. A freshly finalised transcript may not have been sent to the Ministry by its province yet.",
    },
    unchecked: Notice {
        title: "The transcript could not be checked",
        body: "The system is busy or could not compare its data. Please try again in a few minutes. This does not mean that the transcript is invalid.",
    },
    unchecked_is_not: "It does not mean “not found” either: the portal has reached no conclusion about this code.",
    retry: "Try again",
    code: "Lookup code",
    level: "Level of schooling",
    checked_at: "Looked up at",
    copy: "Copy the code",
    copied: "Copied",
    next: "What to do next",
    meanings: Meanings {
        in_force: &[
            "Enter the birth date printed on the transcript below to see its content.",
            "Compare each result on your copy with what the portal shows: a real code can stand beside altered marks.",
        ],
        in_force_paused: &[
            "This answer does not tell whether the marks and comments on your copy are right.",
            "Compare the content once the portal opens it again, before you rely on the transcript.",
        ],
        not_in_force: &["Do not use this transcript before the day it takes effect."],
        partly_withdrawn: &[
            "Use only the school years marked “In force” in the table below.",
            "Enter the birth date printed on the transcript to compare the content of those years.",
            "About a withdrawn year, please ask the school that issued the transcript.",
        ],
        withdrawn: &["Do not use this copy.", "To learn more, please ask the school that issued the transcript."],
        replaced: &[
            "Do not use this copy.",
            "Ask the holder or the school for the newest copy and look up the code printed on it.",
        ],
        erased: &[
            "Do not use this copy.",
            "To confirm someone's schooling, please ask the school or its provincial Department of Education and Training.",
        ],
        suspended: &[
            "Neither accept nor reject this transcript yet.",
            "Look it up again later: this page changes once the review is over.",
            "If it is urgent, please ask the school that issued the transcript.",
        ],
        unknown: &[
            "Compare each group of four characters with the printed code; 0 and 8, b and 6, c and e are easily confused.",
            "Transcripts finalised before 30 June reach the Ministry before 10 July; those finalised before 15 August, before 25 August.",
            "If it is still missing after those days, please ask the school that issued it.",
        ],
        unchecked: &["Try again in a few minutes.", "If it is urgent, please use the contact at the end of this page."],
    },
    older_prints: |day, years| format!("Copies printed before {day} can no longer be used for school year {years}."),
    levels: |slug| match slug {
        "tieu_hoc" => "Primary (Tiểu học)",
        "thcs" => "Lower secondary (Trung học cơ sở)",
        "thpt" => "Upper secondary (Trung học phổ thông)",
        "gdtx" => "Continuing education (Giáo dục thường xuyên)",
        _ => "Another level",
    },
};

pub(super) const SHEETS: Sheets = Sheets {
    title: "School years in this transcript",
    year: "School year",
    province: "Province or city",
    status: "Status",
    grade: |n| format!("Grade {n}"),
    from_paper: "Transcribed from paper",
    valid: "In force",
    withdrawn: "Withdrawn",
    replaced: "Replaced",
    suspended: "Under review",
    not_in_force: "Not in force yet",
    erased: "Erased by order",
    unchecked: "Could not be checked",
    since: |day| format!("from {day}"),
    missing: |years| {
        format!("There is no data for {years}. The portal draws no conclusion about school years without data.")
    },
};

pub(super) const CHECKS: Checks = Checks {
    title: "What the portal checked",
    school: "The school's digital signatures",
    province: "The province's digital signature",
    ledger: "Proof in the public log",
    ok: "Correct",
    failed: "Not correct",
    unchecked: "Could not be checked",
    old: "Correct, older algorithm",
    in_years: |years| format!("school year {years}"),
    technical: "The school signed with a key licensed by its province; no chain of official certificates was checked.",
    official: "The school signed with a certificate for official use, checked at the time of signing.",
    content: "The content of the paper or file you hold",
    not_compared: "Not compared",
    at_intake: |days| format!("checked on receipt, {days}"),
    just_now: |time| format!("checked at {time}"),
    between: |first, last| format!("{first} to {last}"),
    as_of: |size, time| format!("According to data of {time}; the log has {size} entries."),
    as_of_size: |size| format!("According to a log of {size} entries."),
    root: "Root hash",
    technical_details: "Technical details",
    leaves: "Positions in the log",
};
