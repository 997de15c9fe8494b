//! Error reports.

use crate::reports::{About, State};
use crate::web::text::Notice;
use crate::web::text::reports::Reports;

pub(super) const REPORTS: Reports = Reports {
    title: "Report an error",
    lead: "A report goes to the school that issued the transcript and to the provincial Department of Education and Training. You get a code to see what became of it.",
    who_corrects: "The portal corrects nothing itself. If something is wrong, the school withdraws or replaces the transcript by the rules, and the look-up will show it.",
    about: "The error is about",
    about_name: |about| match about {
        About::Person => "Name, sex or birth date",
        About::Results => "Marks, learning or conduct results",
        About::Comments => "Comments",
        About::School => "School, class or teachers",
        About::Years => "A year missing, or one too many",
        About::Status => "Whether it is in force",
        About::Other => "Something else",
    },
    choose: "Choose one",
    year: "School year",
    any_year: "No single year",
    text: "What is wrong",
    text_hint: "Say what is shown and what is right. At most 2,000 characters. Leave out identification numbers.",
    contact: "E-mail address or telephone number (optional)",
    contact_hint: "Used only to answer this report.",
    submit: "Send",
    privacy: |days| {
        format!(
            "What you write is kept encrypted, can be read only by those who deal with it, each reading is recorded, and it is deleted after {days} days."
        )
    },
    fault_title: "Not sent yet",
    fault_about: "Choose what the error is about.",
    fault_empty: "Say what is wrong.",
    fault_long: "This is longer than 2,000 characters.",
    fault_characters: "This holds characters that cannot be taken, such as hidden control characters. Type that part again.",
    fault_contact: "This is neither an e-mail address nor a telephone number. Correct it or leave it empty.",
    fault_year: "This transcript has no such school year.",
    filed: "The report was received",
    filed_again: "This report had been received before; no new one was made.",
    number: "Number",
    ticket: "Ticket code",
    keep: "Write the ticket code down or take a picture. The portal does not keep it and will not show it again; whoever has it can see the state and the answer.",
    sent_to: |province| {
        format!(
            "It goes to the school that issued the transcript and to the Department of Education and Training of {province}."
        )
    },
    see_state: "See the state of a report",
    state_title: "State of a report",
    state_hint: "Enter the ticket code of 20 characters, for example 7K2M-9QXR-04TB-VN5H-C8DE",
    state_submit: "See its state",
    fault_ticket: "A ticket code has 20 digits and letters in five groups.",
    no_ticket: Notice {
        title: "No report found",
        body: "There is no report under this code. Compare each group; reports are deleted when their time is over.",
    },
    state: "State",
    state_name: |state| match state {
        State::Received => "Received",
        State::Forwarded => "Forwarded",
        State::Answered => "Answered",
        State::Closed => "Closed",
    },
    state_means: |state| match state {
        State::Received => "The portal has it and will hand it on.",
        State::Forwarded => "The school or the Department of Education and Training is looking into it.",
        State::Answered => "It was answered.",
        State::Closed => "It is ended.",
    },
    filed_at: "Received at",
    history: "What happened so far",
    answer: "Answer",
    no_answer: "There is no answer yet.",
    too_many: Notice {
        title: "There are many reports of this transcript already",
        body: "As many reports of this transcript as are taken in 30 days have been received. Follow the one that was sent, or ask the school that issued the transcript.",
    },
    full: Notice {
        title: "No more reports are taken today",
        body: "Send it again tomorrow, or ask the school that issued the transcript.",
    },
    unavailable: Notice {
        title: "The report was not received",
        body: "The system is busy and could not keep what you wrote. It is still below; please send it again in a few minutes.",
    },
    back: "Back to the result",
};
