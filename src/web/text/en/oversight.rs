//! Who looked at what.

use crate::journal::{
    AppAction, BatchAction, ConsentFor, Entry, MemberAction, MemberChanged, OfficeAction, Outcome, ReportAction,
    SearchedBy,
};
use crate::portal::oversight::{How, LineKind, What};
use crate::transcript::GroupSet;
use crate::web::text::Notice;
use crate::web::text::oversight::{Looks, Oversight};

use super::EN;

pub(super) const OVERSIGHT: Oversight = Oversight {
    title: "Journal of look-ups",
    lead: "What offices and operators of the portal searched, opened and checked. Transcripts appear as keyed hashes, which change every month: whose they are cannot be told from the journal.",
    alerts: "What stands out",
    alerts_lead: |days| {
        format!(
            "In the last {days} days. These are reasons to ask the office, not conclusions; the operator sets the bounds."
        )
    },
    no_alerts: "Nothing went over its bound.",
    not_whole: "The journal is being read again after a restart; this list is not whole yet.",
    damaged: Notice {
        title: "The journal is damaged",
        body: "A line is not what was written there. The list may lack something. Tell the portal's operator at once.",
    },
    alert: |what, count| match what {
        What::Often => format!("{count} searches and opened transcripts in an hour"),
        What::Widely => format!("Saw {count} different transcripts in a day"),
        What::InVain => format!("{count} searches or codes in a day that led to nothing"),
        What::Rows => format!("{count} rows of batches in a day"),
        What::Operator => format!("An operator of the portal looked {count} times in a day, in working hours"),
        What::OperatorAtNight => {
            format!("An operator of the portal looked {count} times in a day, outside working hours")
        }
    },
    between: |from, to| format!("from {from} to {to}"),
    see: "See the lines",
    see_of: |who| format!("See the lines of {who}"),
    more_alerts: |n| format!("{n} more"),
    lines: "Lines of the journal",
    narrow: "Filter",
    office: "Office",
    account: "Account",
    account_hint: "For example lan.nguyen@dhqg-hn",
    kind: "Kind",
    kinds: |kind| match kind {
        LineKind::Searches => "Searches",
        LineKind::Opened => "Opened transcripts",
        LineKind::Batches => "Batches",
        LineKind::InBatches => "Single transcripts in batches",
        LineKind::Operators => "Operators of the portal",
        LineKind::SignIns => "Signing in and out",
        LineKind::Apps => "Apps",
        LineKind::Changes => "Changes of grants and accounts",
    },
    any: "All",
    from: "From",
    to: "To the end of",
    show: "Filter",
    reset: "Show all",
    when: "When",
    who: "Who",
    what: "What",
    purpose: "Purpose or reason",
    about: "Keyed hash",
    and_more: |n| format!("and {n} more"),
    operator: "Operator of the portal",
    nobody: "The system",
    says,
    none: "There are no lines.",
    read_to: |moment| format!("Read back to {moment}."),
    read_all: "That is all of it.",
    older: "See older lines",
    fault: "The filter was not understood",
    fault_office: "That is not the short name of an office, such as dhqg-hn.",
    fault_account: "That is not an account, such as lan.nguyen@dhqg-hn.",
    fault_day: "That is not a day.",
    state: "Integrity of the journal",
    state_lead: "Each line carries the hash of the one before. An anchor in the public ledger shows that nothing was cut off or written anew; hocba audit checks all of it again.",
    size: "Lines",
    head: "Hash of the last line",
    anchored: "Newest anchor in the public ledger",
    anchored_at: |lines, entry, moment| format!("{lines} lines, in entry {entry} of the ledger, {moment}"),
    not_anchored: "There is none yet.",
};

pub(super) const LOOKS: Looks = Looks {
    title: "Which offices looked",
    lead: |day| {
        format!(
            "Offices with a grant, and apps with a consent, that looked at this transcript or checked it, since {day}, the newest first. Whoever has the code and the birth date, or a QR code, is not among them."
        )
    },
    none: "No office has looked at this transcript.",
    not_whole: "The list is being made again and may not be whole. Look again in a few minutes.",
    purpose: "Purpose",
    operator: "The portal's operator",
    operator_purpose: "At work; the reason is kept in the journal",
    how: |how| match how {
        How::Checked => "Checked the code in a list",
        How::Found => "Shown among what a search found",
        How::Opened => "Opened or compared the content",
    },
    hour: |hour, day| format!("about {hour}:00 on {day}"),
    more: "There are older looks that are not shown here.",
    wrong: "If an office has nothing to do with you, contact the owner named at the foot of the page.",
};

fn groups(groups: GroupSet) -> String {
    groups.iter().map(|group| (EN.transcript.group)(group)).collect::<Vec<_>>().join(", ")
}

fn account(changed: &MemberChanged) -> String {
    let what = match changed.action {
        MemberAction::Added => "Invited",
        MemberAction::Enrolled => "Enrolled",
        MemberAction::Linked => "Linked with the provider",
        MemberAction::RoleSet => "Changed the role of",
        MemberAction::PasswordChanged => "Changed the password of",
        MemberAction::Reset => "Reset",
        MemberAction::Disabled => "Disabled",
        MemberAction::Readmitted => "Readmitted",
    };
    format!("{what} {}", changed.account)
}

fn says(entry: &Entry) -> String {
    match entry {
        Entry::Disclosure(seen) if seen.outcome == Outcome::Refused => "Asked to open a transcript, refused".to_owned(),
        Entry::Disclosure(seen) => format!("Opened a transcript: {}", groups(seen.groups)),
        Entry::Report(report) => {
            let what = match report.action {
                ReportAction::Filed => "Took",
                ReportAction::Read => "Read",
                ReportAction::Exported => "Exported",
                ReportAction::Forwarded => "Forwarded",
                ReportAction::Answered => "Answered",
                ReportAction::Closed => "Closed",
            };
            format!("{what} {} error reports", report.reports.len())
        }
        Entry::CopyIssued(_) => "Issued a copy of a transcript".to_owned(),
        Entry::CopyVoided(_) => "Voided a copy of a transcript".to_owned(),
        Entry::OfficeChanged(changed) => {
            let what = match changed.action {
                OfficeAction::Created => "Created an office with a grant",
                OfficeAction::Granted => "Another grant",
                OfficeAction::Renewed => "Another end of the grant",
                OfficeAction::Ended => "Ended the grant",
            };
            format!("{what}: {}. {}", changed.office, changed.grant)
        }
        Entry::MemberChanged(changed) => account(changed),
        Entry::AppChanged(changed) => {
            let what = match changed.action {
                AppAction::Registered => "Registered the app",
                AppAction::Permitted => "Other terms for the app",
                AppAction::Renewed => "Another end for the app",
                AppAction::KeyAdded => "Another key for the app",
                AppAction::KeyRemoved => "One key less for the app",
                AppAction::Ended => "Ended the app",
            };
            format!("{what} {}. {}", changed.app, changed.registration)
        }
        Entry::ConsentUsed(used) => match used.asked {
            ConsentFor::Transcripts => {
                format!("App {}, under a consent: asked for transcripts ({})", used.partner, groups(used.groups))
            }
            ConsentFor::Changes => format!("App {}, under a consent: asked what changed", used.partner),
        },
        Entry::SignedIn(_) => "Signed in".to_owned(),
        Entry::SignInRefused(refused) => {
            format!("{} failed sign-ins since {}", refused.count, (EN.moment)(refused.since))
        }
        Entry::SignedOut(_) => "Signed out".to_owned(),
        Entry::ChangesNoted(noted) => {
            format!(
                "Took note of changes of transcripts it had seen, up to entry {} of the ledger",
                (EN.number)(noted.position)
            )
        }
        Entry::SearchMade(search) => match search.by {
            SearchedBy::Name => "Searched by name and birth date".to_owned(),
            SearchedBy::Number => "Searched by identification number".to_owned(),
        },
        Entry::SearchFound(found) => {
            let shown = match found.transcripts.len() {
                0 => "Search found no transcript".to_owned(),
                1 => "Search showed 1 transcript".to_owned(),
                n => format!("Search showed {n} transcripts"),
            };
            match found.unchecked {
                0 => shown,
                n => format!("{shown}, {n} could not be checked"),
            }
        }
        Entry::BatchChanged(changed) => {
            let what = match changed.action {
                BatchAction::Begun => "Began",
                BatchAction::Finished => "Finished",
                BatchAction::Cancelled => "Stopped on request",
                BatchAction::Stopped => "Stopped half-way",
                BatchAction::Taken => "Downloaded results of",
                BatchAction::Deleted => "Deleted",
            };
            format!("{what}: batch {} of {}, {} rows", changed.batch, changed.office, (EN.number)(changed.rows))
        }
        Entry::BatchRows(rows) => format!("Looked up {} codes in batch {}", rows.transcripts.len(), rows.batch),
    }
}
