//! A transcript that an office opened: the page a birth date opens, with the parts that the grant opens.

use maud::{Markup, html};

use super::{SignedIn, message, page, page_styled};
use crate::portal::answer::VerdictAnswer;
use crate::web::assets::{OFFICE_CSS, OPEN_CSS, TRANSCRIPT_CSS};
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::pages::transcript::{Opened, content};
use crate::web::text::{Notice, Text};

fn back(text: &Text) -> Markup {
    html! { p class="again" { a class="button quiet-button" href="/co-quan/tim" { (text.office_search.back) } } }
}

/// The opened transcript; `more` is its evidence.
pub fn record(
    frame: &Frame<'_>,
    signed_in: &SignedIn<'_>,
    answer: &VerdictAnswer<'_>,
    opened: &Opened<'_>,
    more: &Markup,
) -> Markup {
    let (text, words) = (frame.text, &frame.text.office_search);
    let purpose = signed_in.who.office().purpose().line();
    let (title, content) = content(frame, answer, opened, more, &back(text));
    let whole = html! {
        p class="remark screen" { (Tone::Note.icon()) span { ((words.opened_for)(purpose.as_str())) } }
        @if opened.opening.is_partial() { p class="remark" { (Tone::Caution.icon()) span { (words.partial) } } }
        (content)
    };
    page_styled(frame, signed_in, title, &[&*TRANSCRIPT_CSS, &*OPEN_CSS, &*OFFICE_CSS], &whole)
}

/// Nothing was opened, and why, as far as it may be said.
pub fn nothing(frame: &Frame<'_>, signed_in: &SignedIn<'_>, tone: Tone, why: Notice, body: &str) -> Markup {
    page(
        frame,
        signed_in,
        why.title,
        &html! {
            h1 { (frame.text.office_search.title) }
            (message(tone, why.title, body))
            (back(frame.text))
        },
    )
}
