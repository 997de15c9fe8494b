//! English.

mod receipt;
mod share;

use super::{
    Ask, BadCode, Checks, Fields, Language, Lookup, Notice, NoticeWith, Places, Problems, Sheets, Site, Text,
    Transcript, Verdicts, clock, grouped,
};
use crate::transcript::Group;
use crate::transcript::contents::{Attainment, BirthDate, SubjectLevel, SubjectMark, TestMark, YearLevel};
use crate::transcript::time::Day;

/// The words of the English pages.
pub const EN: Text = Text {
    language: Language::English,
    site: Site {
        name: "Transcript Lookup Portal",
        tagline: "Look up and verify Vietnamese school transcripts (học bạ)",
        skip: "Skip to content",
        home: "Lookup page",
        language: "Language",
        contact: "Contact",
        owner: "Owner",
        source: "Please name “Cổng tra cứu học bạ” as the source when using a result.",
        notice: "Notice",
        places: Places { title: "Pages of the portal", lookup: "Look up" },
    },
    lookup: Lookup {
        title: "Look up a school transcript",
        label: "Transcript lookup code",
        hint: "Type the 32-character code printed on the transcript. Capitals, spaces and hyphens are fine.",
        example: "Example: 0f8f ad5b d9cb 469f a165 7086 7728 950e",
        submit: "Look up",
        guide: "How it works",
        steps: [
            "Type the code, or scan the QR code on the transcript with your phone's camera.",
            "See whether the code is in force.",
            "Enter the birth date printed on the transcript to see and compare its content.",
        ],
        privacy: "For a code alone the portal never shows the pupil's name, school, class or marks.",
        again: "Look up another code",
    },
    bad_code: BadCode {
        title: "This is not a valid lookup code",
        rule: "A code has 32 characters: digits 0–9 and letters a–f only.",
        length: |n| format!("What you typed has {n} {}.", if n == 1 { "character" } else { "characters" }),
        group: |n| format!("Group {n} of four characters holds a character that is not 0–9 or a–f."),
        empty: "No code was typed.",
    },
    verdicts: Verdicts {
        in_force: NoticeWith {
            title: "The code is in force – content not yet compared",
            body: |day| {
                format!(
                    "This code has been in force since {day}. Enter the birth date printed on the transcript to see and compare its content."
                )
            },
            without: "This code is in force. Enter the birth date printed on the transcript to see and compare its content.",
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
        unknown_steps: [
            "Compare each group of four characters with the printed code; 0 and 8, b and 6, c and e are easily confused.",
            "Transcripts finalised before 30 June reach the Ministry before 10 July; those finalised before 15 August, before 25 August.",
            "If it is still missing after those days, please ask the school that issued it.",
        ],
        unchecked: Notice {
            title: "The transcript could not be checked",
            body: "The system is busy or could not compare its data. Please try again in a few minutes. This does not mean that the transcript is invalid.",
        },
        unchecked_is_not: "It does not mean “not found” either: the portal has reached no conclusion about this code.",
        retry: "Try again",
        code: "Lookup code",
        level: "Level of schooling",
        checked_at: "Looked up at",
        levels: |slug| match slug {
            "tieu_hoc" => "Primary (Tiểu học)",
            "thcs" => "Lower secondary (Trung học cơ sở)",
            "thpt" => "Upper secondary (Trung học phổ thông)",
            "gdtx" => "Continuing education (Giáo dục thường xuyên)",
            _ => "Another level",
        },
    },
    sheets: Sheets {
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
    },
    checks: Checks {
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
        not_content: "The content of the paper or file you hold has not been compared.",
        as_of: |size, time| format!("According to data of {time}; the log has {size} entries."),
        as_of_size: |size| format!("According to a log of {size} entries."),
        root: "Root hash",
        technical_details: "Technical details",
        leaves: "Positions in the log",
    },
    ask: Ask {
        title: "See and compare the content",
        why: "Enter the pupil's birth date exactly as printed on the transcript.",
        birth_date: "The pupil's birth date",
        day: "Day",
        month: "Month",
        year: "Year",
        hint: "Example: 5 / 9 / 2014 is 5 September 2014",
        partial: "Does the transcript show only month and year, or only the year?",
        partial_hint: "Leave empty what is not printed, and add the pupil's full name.",
        full_name: "The pupil's full name",
        submit: "Show the content",
        opens: "A birth date opens the name, results, comments and teachers' names. Each view is recorded.",
        mismatch: "The birth date does not match",
        attempts_left: |n| {
            format!(
                "{n} {} left. Please enter the birth date exactly as printed on the transcript.",
                if n == 1 { "attempt" } else { "attempts" }
            )
        },
        locked: NoticeWith {
            title: "Too many wrong attempts",
            body: |wait| {
                format!(
                    "A birth date can be entered again in {wait}. The status of the code can still be seen, and the QR code of a soft copy still works."
                )
            },
            without: "Please try again tomorrow. The status of the code can still be seen, and the QR code of a soft copy still works.",
        },
        name_needed: Notice {
            title: "The full name is needed too",
            body: "When only month and year, or only the year of birth is known, please add the pupil's full name as printed on the transcript.",
        },
        bad_date: Notice {
            title: "This is not a birth date",
            body: "Please enter day, month and year in digits, for example 5 / 9 / 2014. The year is required.",
        },
        bad_token: Notice {
            title: "This QR code does not open this transcript",
            body: "The token of the soft copy is not valid for this transcript or has expired. Please enter the birth date printed on the transcript.",
        },
        unavailable: Notice {
            title: "The content could not be opened",
            body: "The system is busy. Please try again in a few minutes. This does not mean that the transcript is invalid.",
        },
        closed: Notice {
            title: "There is no content to show",
            body: "The content of this transcript cannot be seen with a birth date. Please contact the school that issued it.",
        },
    },
    receipt: receipt::RECEIPT,
    share: share::SHARE,
    problems: Problems {
        bad_request: Notice {
            title: "The request could not be read",
            body: "Please check what was sent and try again.",
        },
        foreign_form: Notice {
            title: "The request was refused",
            body: "The form was sent from another site. Please open the portal and type it again.",
        },
        not_matching: "The birth date does not match",
        not_found: Notice { title: "There is no such page", body: "This address does not exist on the portal." },
        unknown: Notice {
            title: "No transcript found",
            body: "There is no transcript under this code. A freshly finalised transcript may not have been sent to the Ministry by its province yet.",
        },
        method: Notice {
            title: "Method not allowed",
            body: "This address does not take the kind of request that was sent.",
        },
        slow_body: Notice {
            title: "Sending took too long",
            body: "The data did not arrive within the time allowed. Please check the connection and try again.",
        },
        conflict: Notice {
            title: "This package cannot be taken now",
            body: "The package is out of sequence, or another one is being processed.",
        },
        too_large: Notice { title: "Too much data", body: "What was sent is larger than allowed." },
        media_type: Notice { title: "Unsupported media type", body: "This address does not take this kind of data." },
        misdirected: Notice { title: "Wrong host", body: "This server does not answer for the host that was called." },
        refused_package: Notice {
            title: "The package was refused",
            body: "The package does not meet the conditions of acceptance; the reason stands in the detail.",
        },
        too_many: NoticeWith {
            title: "Too many lookups",
            body: |wait| format!("Please try again in {wait}."),
            without: "Please try again in a few minutes.",
        },
        internal: Notice {
            title: "Something went wrong",
            body: "Please try again in a few minutes. This does not mean that the transcript is invalid.",
        },
        busy: Notice {
            title: "The system is busy",
            body: "Please try again in a few minutes. This does not mean that the transcript is invalid.",
        },
        verdict_only: Notice {
            title: "Content cannot be opened for now",
            body: "The portal has paused opening content with a birth date or the QR code of a soft copy. Whether a code is in force can still be looked up, and that answer still counts. Please try again later.",
        },
        shed: Notice {
            title: "The content could not be opened",
            body: "Too many people are opening content at the moment. Please try again in a few minutes. Whether a code is in force can still be looked up; this did not count as a wrong try.",
        },
        home: "Back to the lookup page",
    },
    transcript: Transcript {
        content: "Content of the transcript",
        issued_by: |school| format!(", issued by {school}"),
        years: "School years",
        pupil: "Pupil",
        closed: "Not shown",
        closed_body: "A birth date does not open these parts.",
        print: "To print, use your browser's Print command.",
        print_note: "A page printed from the browser is not a soft copy of the transcript. Look the code up on the portal to verify it.",
        group: |group| match group {
            Group::Name => "Name, sex, birth date",
            Group::Identity => "Identification number, pupil codes",
            Group::Origin => "Places of birth, origin and residence, ethnicity, nationality",
            Group::Policy => "Policy status",
            Group::Family => "Parents, guardian",
            Group::Staff => "Names of teachers and signatories, class",
            Group::StaffIds => "Identification numbers of teachers and signatories",
            Group::Results => "Results and conduct",
            Group::Comments => "Comments",
        },
        opened_by: |group| match group {
            Group::StaffIds => "competent authorities only",
            _ => "the holder of a soft copy with its QR code; offices with a grant",
        },
    },
    fields: Fields {
        full_name: "Full name",
        sex: "Sex",
        male: "Male",
        female: "Female",
        not_known: "Not known",
        birth_date: "Birth date",
        class: "Class",
        school: "School",
        commune: "Commune",
        province: "Province or city",
        effective_from: "In force from",
        circular: "Under Circular",
        personal_id: "Personal identification number",
        pupil_code: "Pupil code",
        register_number: "Register number",
        birth_place: "Place of birth",
        home_place: "Family's home place",
        residence: "Residence",
        ethnicity: "Ethnicity",
        nationality: "Nationality",
        policy_status: "Policy status",
        not_assessed: "Not assessed because of disability",
        father: "Father",
        mother: "Mother",
        guardian: "Guardian",
        subjects: "Subjects and educational activities",
        subject: "Subject",
        level: "Level reached",
        test: "End-of-year test",
        term1: "Term 1",
        term2: "Term 2",
        year: "Year",
        again: "Re-assessed",
        teacher: "Teacher",
        summary: "Learning and conduct",
        learning: "Learning",
        conduct: "Conduct",
        qualities: "Qualities",
        competencies: "Core competencies",
        results: "Results of the year",
        overall: "Overall result",
        completed_class: "Completed the class programme",
        completed_primary: "Completed primary school",
        completion: "Completion",
        promoted: "Promoted",
        promotion: "Promotion note",
        absences: "Sessions absent",
        awards: "Awards",
        special_awards: "Special awards",
        competitions: "Competitions",
        certificates: "Certificates",
        summer_training: "Summer training",
        yes: "Yes",
        no: "No",
        comments: "Comments",
        by_homeroom: "Homeroom teacher",
        on_qualities: "On qualities",
        on_general: "On general competencies",
        on_specific: "On specific competencies",
        by_head: "Head's approval",
        staff: "Signatories",
        issued: "Place and date of signing",
        identification: "Identification number",
        history: "Study history",
        transferred_in: "Transferred in",
        attainment: |level| match level {
            Attainment::Good => "Good",
            Attainment::Reached => "Reached",
            Attainment::NeedsEffort => "Needs effort",
        },
        subject_level: |level| match level {
            SubjectLevel::CompletedWell => "Completed well",
            SubjectLevel::Completed => "Completed",
            SubjectLevel::NotCompleted => "Not completed",
            SubjectLevel::Exempt => "Exempt",
        },
        year_level: |level| match level {
            YearLevel::Good => "Good",
            YearLevel::Fair => "Fair",
            YearLevel::Reached => "Reached",
            YearLevel::NotReached => "Not reached",
        },
        subject_mark: |mark| match mark {
            SubjectMark::Mark(tenths) => tenths.to_string(),
            SubjectMark::Passed => "Pass".to_owned(),
            SubjectMark::NotPassed => "Not passed".to_owned(),
            SubjectMark::Exempt => "Exempt".to_owned(),
        },
        test_mark: |mark| match mark {
            TestMark::Mark(whole) => whole.number().to_string(),
            TestMark::Exempt => "Exempt".to_owned(),
        },
        birth: |birth| match birth {
            BirthDate::Day(day) => (EN.day)(day),
            // A month or a year in figures reads the same in both languages.
            partial => partial.to_vietnamese(),
        },
        competency_names: [
            "Autonomy and self-study",
            "Communication and cooperation",
            "Problem solving and creativity",
            "Language",
            "Calculation",
            "Science",
            "Technology",
            "Informatics",
            "Aesthetics",
            "Physical",
        ],
        quality_names: ["Patriotism", "Compassion", "Diligence", "Honesty", "Responsibility"],
    },
    day: |day: Day| {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let date = day.date();
        let month = usize::try_from(date.month() - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"");
        format!("{} {month} {}", date.day(), date.year())
    },
    moment: |at| {
        let (time, day) = clock(at);
        format!("{time} on {} (GMT+7)", (EN.day)(day))
    },
    number: |n| grouped(n, ','),
    wait: |seconds| {
        let (n, unit) = match seconds {
            0..=59 => (seconds.max(1), "second"),
            60..=3599 => (seconds.div_ceil(60), "minute"),
            _ => (seconds.div_ceil(3600), "hour"),
        };
        format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
    },
};
