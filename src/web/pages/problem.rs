//! A page for everything that is not an answer: what happened, and where to go from here.

use maud::{Markup, html};

use super::icons::Tone;
use super::{Frame, page};

/// The page of a problem.
pub fn problem(frame: &Frame<'_>, tone: Tone, title: &str, detail: &str) -> Markup {
    page(
        frame,
        title,
        &html! {
            section class={ "card verdict " (tone.class()) } {
                (tone.icon())
                div {
                    h1 { (title) }
                    p class="lead" { (detail) }
                    p { a class="button" href="/" { (frame.text.problems.home) } }
                }
            }
        },
    )
}
