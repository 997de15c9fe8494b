//! English.

mod api;
mod apps;
mod batches;
mod evidence;
mod glossary;
mod later;
mod ledger;
mod lookup;
mod office;
mod office_search;
mod openid;
mod oversight;
mod paper;
mod receipt;
mod reports;
mod scan;
mod schools;
mod share;
mod sign_in;
mod soft_copy;
mod verdict;

use super::{Ask, Fields, Language, Notice, NoticeWith, Places, Problems, Site, Text, Transcript, clock, grouped};
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
        places: Places {
            title: "Pages of the portal",
            lookup: "Look up",
            scan: "Scan a QR code",
            counter: "Counter mode",
        },
    },
    lookup: lookup::LOOKUP,
    bad_code: lookup::BAD_CODE,
    verdicts: verdict::VERDICTS,
    sheets: verdict::SHEETS,
    checks: verdict::CHECKS,
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
    soft_copy: soft_copy::SOFT_COPY,
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
        may_open: "May be opened by",
        why_closed: |group| match group {
            Group::Policy => {
                "It may tell something about health, which is sensitive personal data (Law on Personal Data Protection 91/2025/QH15, Decree 356/2025/NĐ-CP)."
            }
            Group::StaffIds => {
                "Personal data of the staff, which a reader of a transcript does not need (Law 91/2025/QH15)."
            }
            Group::Results | Group::Comments => {
                "A learner's results are confidential (Circular 15/2026/TT-BGDĐT, Article 22, paragraph 2)."
            }
            _ => {
                "Personal data of a child and a family; a birth date printed on paper is not enough to open them (Law 91/2025/QH15, Decree 356/2025/NĐ-CP)."
            }
        },
        in_this_language: "Show in English",
        withdrawn: |day| {
            let on = day.map(|day| format!(" on {day}")).unwrap_or_default();
            format!("This school year was withdrawn{on} and is no longer in force. Do not use what is shown below.")
        },
        replaced: |day, year| match day {
            Some(day) => format!(
                "This sheet was replaced by a newer one on {day}. Copies printed before {day} can no longer be used for {year}."
            ),
            None => format!("This sheet was replaced by a newer one and can no longer be used for {year}."),
        },
        suspended: |day| {
            let since = day.map(|day| format!(" since {day}")).unwrap_or_default();
            format!("Under review{since}. Please do not rely on it until the review is over.")
        },
        not_in_force: |day| format!("Final, and in force from {day}. Not to be used before that day."),
        unusable: "Do not use the content of this school year.",
        from_paper: "This school year was transcribed from a paper transcript and digitally signed by the school.",
        no_results: "The transcript records no results for this school year.",
        older: |circular| {
            format!("This school year follows Circular {circular}. It is shown word for word; nothing is recalculated.")
        },
        print_foot: "Scan the QR code or enter the lookup code on the portal to verify.",
        printed_at: |moment| format!("Printed from the portal at {moment}."),
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
        general_competencies: "General competencies",
        specific_competencies: "Competencies of subjects",
        remark: "Remark, teacher",
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
    evidence: evidence::EVIDENCE,
    api: api::API,
    ledger: ledger::LEDGER,
    reports: reports::REPORTS,
    schools: schools::SCHOOLS,
    scan: scan::SCAN,
    counter: scan::COUNTER,
    glossary: glossary::GLOSSARY,
    paper: paper::PAPER,
    sign_in: sign_in::SIGN_IN,
    openid: openid::OPENID,
    apps: apps::APPS,
    enrol: sign_in::ENROL,
    passwords: sign_in::PASSWORDS,
    office: office::OFFICE,
    office_search: office_search::OFFICE_SEARCH,
    later: later::LATER,
    batches: batches::BATCHES,
    oversight: oversight::OVERSIGHT,
    looks: oversight::LOOKS,
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
