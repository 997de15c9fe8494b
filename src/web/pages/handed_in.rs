//! Files that somebody hands in, receipts and soft copies: the page that asks for one, and the page that says what came
//! of it.

use maud::{Markup, html};

use super::icons::Tone;
use super::{Extras, Frame, home, page_with};
use crate::web::assets::RECEIPT_CSS;
use crate::web::text::Notice;

/// The page that asks for one.
pub(super) fn ask(frame: &Frame<'_>, title: &str, why: &str, form: &Markup) -> Markup {
    page(frame, title, &html! { h1 { (title) } p { (why) } (form) (home::again(frame)) })
}

/// What came of it: `more` stands under what is said, `below` after all of it.
pub(super) fn judged(frame: &Frame<'_>, said: Notice, tone: Tone, more: &Markup, below: &Markup) -> Markup {
    page(
        frame,
        said.title,
        &html! {
            section class={ "card verdict " (tone.class()) } {
                (tone.icon())
                div { h1 { (said.title) } p class="lead" { (said.body) } (more) }
            }
            (below)
        },
    )
}

fn page(frame: &Frame<'_>, title: &str, content: &Markup) -> Markup {
    page_with(frame, title, &Extras { styles: &[&*RECEIPT_CSS], ..Extras::default() }, content)
}
