//! Searching and opening transcripts.

use crate::portal::answer::Verdict;
use crate::web::text::office_search::OfficeSearch;
use crate::web::text::{Notice, NoticeWith};

pub(super) const OFFICE_SEARCH: OfficeSearch = OfficeSearch {
    title: "Find a transcript",
    lead: "Find the one right learner by name and birth date, or by identification number. Each search is recorded in the journal with the purpose of your office.",
    by_name: "By name and birth date",
    full_name: "Full name",
    full_name_hint: "With or without Vietnamese marks",
    by_number: "Or by personal identification number",
    number: "Personal identification number",
    number_hint: "12 digits; name and birth date are then not needed",
    narrow: "Narrow it: school, province, school year, level",
    school: "School",
    school_hint: "Its name or an abbreviation, such as THPT Chu Văn An",
    province: "Province",
    province_hint: "Its name today or before the mergers",
    year: "School year",
    level: "Level",
    any: "All",
    submit: "Search",
    found: |n| if n == 1 { "1 transcript found".to_owned() } else { format!("{n} transcripts found") },
    more: "More transcripts match. Narrow the search by school, province, school year or level.",
    nobody: Notice {
        title: "Nobody found",
        body: "No transcript within the grant matches. Check the full name and the birth date on the transcript; one that was frozen just now may not have been delivered yet.",
    },
    unchecked: |n| format!("{n} more could not be checked now and are not shown. Please try again in a few minutes."),
    behind: |n| {
        format!(
            "{n} new entries of the ledger are not in the search index yet; somebody whose transcript was just delivered may not be found."
        )
    },
    no_name: "The name is outside the grant",
    open: "Open the transcript",
    open_of: |name| format!("Open the transcript of {name}"),
    verdict: |verdict| match verdict {
        Verdict::Valid => "In force",
        Verdict::NotInForce => "Not in force yet",
        Verdict::PartlyWithdrawn => "Some years withdrawn",
        Verdict::Withdrawn => "Withdrawn",
        Verdict::Erased => "Erased",
        Verdict::Suspended => "Under review",
        Verdict::Unchecked => "Could not be checked",
        Verdict::Unknown => "None",
    },
    fault: "Nothing was searched",
    fault_who: "Type a full name and a birth date, or an identification number.",
    fault_both: "Use one way: either name and birth date, or the identification number.",
    fault_name: "Please type the full name in letters.",
    fault_birth: "That is not a birth date. For example 5 / 9 / 2014; the year is needed.",
    fault_number: "An identification number has exactly 12 digits.",
    fault_school: "Please type words of the school's own name, or its code.",
    fault_province: "No province has this name.",
    preparing: |done, all| {
        format!("The search index is being made: {done} of {all} entries. Please try again in a few minutes.")
    },
    preparing_title: "Search is being prepared",
    unavailable: Notice {
        title: "Cannot search or open now",
        body: "The system could not do it, and shows nothing. Please try again in a few minutes.",
    },
    too_many: NoticeWith {
        title: "Too many searches or openings in a short time",
        body: |wait| format!("You can go on in {wait}."),
        without: "Please wait a few minutes.",
    },
    not_here: Notice { title: "There is no such transcript", body: "Nothing like it is on record within the grant." },
    nothing_granted: Notice {
        title: "Your office opens no content",
        body: "The grant only tells whether a transcript is in force. See “My office”.",
    },
    opened_for: |purpose| format!("Opened for: {purpose}. This look is recorded in the journal."),
    partial: "This transcript has other years outside the grant; see the table of years below.",
    closed: "These parts are outside the grant of your office.",
    back: "Find somebody else",
};
