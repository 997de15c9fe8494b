//! The foot of every printed page: the code in groups, and a QR of its address alone.
//!
//! The QR holds no token and nothing personal: whoever scans a print gets the verdict, and is asked for
//! the birth date like anybody else.

use maud::{Markup, PreEscaped, html};

use crate::portal::answer::VerdictAnswer;
use crate::soft_copy::qr::Qr;
use crate::transcript::TranscriptCode;
use crate::web::pages::verdict::code_in_groups;
use crate::web::text::Text;

/// Hidden on the screen; fixed to each page in print.
pub(super) fn foot(text: &Text, answer: &VerdictAnswer<'_>, public_url: &str) -> Markup {
    let words = &text.transcript;
    let code = answer.code.to_string();
    html! {
        // Keeps its room free on every page: a fixed foot alone would lie over the last rows.
        div class="print-room" aria-hidden="true" {}
        div class="print-foot" aria-hidden="true" {
            @if let Ok(qr) = Qr::of(&address(public_url, &answer.code)) { (PreEscaped(qr.svg())) }
            div {
                p class="code" { (code_in_groups(&code)) }
                p { (words.print_foot) " " ((words.printed_at)(&(text.moment)(answer.checked_at))) }
                p { (words.print_note) }
            }
        }
    }
}

/// In capitals throughout, which a QR holds in half the room; the code's route takes both cases.
fn address(public_url: &str, code: &TranscriptCode) -> String {
    format!("{}/V/{code}", public_url.trim_end_matches('/')).to_uppercase()
}
