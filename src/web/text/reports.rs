//! Words of error reports.

use crate::reports::{About, State};

/// "Báo sai sót".
#[derive(Debug, Clone, Copy)]
pub struct Reports {
    /// Heading; also the link to the form.
    pub title: &'static str,
    /// Who gets it, and what it changes.
    pub lead: &'static str,
    /// Who corrects, and that the portal does not.
    pub who_corrects: &'static str,
    /// Label: what it is about.
    pub about: &'static str,
    /// The kinds.
    pub about_name: fn(About) -> &'static str,
    /// Nothing chosen yet.
    pub choose: &'static str,
    /// Label: the year.
    pub year: &'static str,
    /// No single year.
    pub any_year: &'static str,
    /// Label: what is wrong.
    pub text: &'static str,
    /// What to write and what not.
    pub text_hint: &'static str,
    /// Label: contact.
    pub contact: &'static str,
    /// That it is optional, and who sees it.
    pub contact_hint: &'static str,
    /// The button.
    pub submit: &'static str,
    /// How long it is kept, and who may read it; days.
    pub privacy: fn(u32) -> String,
    /// Heading above faults of the form.
    pub fault_title: &'static str,
    /// Nothing chosen.
    pub fault_about: &'static str,
    /// Nothing written.
    pub fault_empty: &'static str,
    /// Too much written.
    pub fault_long: &'static str,
    /// Characters that cannot be taken.
    pub fault_characters: &'static str,
    /// Not an address, not a number.
    pub fault_contact: &'static str,
    /// Not a year of this transcript.
    pub fault_year: &'static str,
    /// Heading when it was filed.
    pub filed: &'static str,
    /// The same form had been sent before.
    pub filed_again: &'static str,
    /// Label: the number that offices use.
    pub number: &'static str,
    /// Label: the ticket code.
    pub ticket: &'static str,
    /// Keep it: it is shown once.
    pub keep: &'static str,
    /// Where it was sent; the province.
    pub sent_to: fn(&str) -> String,
    /// Link to the state page.
    pub see_state: &'static str,
    /// Heading of the state page.
    pub state_title: &'static str,
    /// What to type.
    pub state_hint: &'static str,
    /// Its button.
    pub state_submit: &'static str,
    /// The text is not a ticket code.
    pub fault_ticket: &'static str,
    /// There is no such ticket.
    pub no_ticket: super::Notice,
    /// Label: state.
    pub state: &'static str,
    /// The states.
    pub state_name: fn(State) -> &'static str,
    /// What a state means.
    pub state_means: fn(State) -> &'static str,
    /// Label: filed.
    pub filed_at: &'static str,
    /// Heading: what happened so far.
    pub history: &'static str,
    /// Heading: the answer.
    pub answer: &'static str,
    /// None yet.
    pub no_answer: &'static str,
    /// Enough of this transcript for now.
    pub too_many: super::Notice,
    /// No more today.
    pub full: super::Notice,
    /// It could not be kept.
    pub unavailable: super::Notice,
    /// Back to the result.
    pub back: &'static str,
}
