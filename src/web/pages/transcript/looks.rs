//! Which offices looked at the transcript, for its holder. The office alone, never who of it; not on a print, which is
//! handed on.

use maud::{Markup, html};

use crate::portal::oversight::{Look, Looks};
use crate::transcript::time::Day;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;

/// The section; nothing where it is not known who looked.
pub(super) fn looks(text: &Text, looks: Option<&Looks>) -> Markup {
    let words = &text.looks;
    html! {
        @if let Some(known) = looks {
            section class="card screen looks" id="da-xem" {
                h2 { (words.title) }
                p class="quiet" { ((words.lead)(&(text.day)(Day::from(known.since.date_in_vietnam())))) }
                @if !known.is_whole { p class="remark undecided" { (Tone::Undecided.icon()) span { (words.not_whole) } } }
                @if known.looks.is_empty() {
                    // Only where everything was read: else nobody knows.
                    @if known.is_whole { p class="remark note" { (Tone::Note.icon()) span { (words.none) } } }
                } @else {
                    ul class="looked" { @for look in &known.looks { li { (one(text, look)) } } }
                    @if known.more { p class="quiet" { (words.more) } }
                    p class="quiet" { (words.wrong) }
                }
            }
        }
    }
}

fn one(text: &Text, look: &Look) -> Markup {
    let words = &text.looks;
    let (office, purpose) = match &look.office {
        Some(office) => (office.as_str(), look.purpose.as_str()),
        None => (words.operator, words.operator_purpose),
    };
    let day = (text.day)(Day::from(look.hour.date_in_vietnam()));
    html! {
        p { strong { bdi { (office) } } }
        p { ((words.how)(look.how)) " · " ((words.hour)(&look.hour.hour_in_vietnam().to_string(), &day)) }
        @if !purpose.is_empty() { p class="quiet" { (words.purpose) ": " bdi { (purpose) } } }
    }
}
