//! Home: one field, one button.

use maud::{Markup, html};

use super::icons::Tone;
use super::{Frame, page};
use crate::transcript::code::CodeFault;
use crate::web::text::Text;

/// A code that was typed and is none.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// What was typed, as it was typed.
    pub text: &'a str,
    /// What is wrong with it.
    pub fault: &'a CodeFault,
}

/// The home page.
pub fn home(frame: &Frame<'_>) -> Markup {
    let lookup = &frame.text.lookup;
    page(
        frame,
        lookup.title,
        &html! {
            section class="card lookup" {
                h1 { (lookup.title) }
                (field(frame, None))
                p class="ways" {
                    a class="button quiet-button" href="/quet-ma" { (frame.text.scan.title) }
                    " " a href="/quay" { (frame.text.scan.to_counter) }
                }
            }
            section class="guide" {
                h2 { (lookup.guide) }
                ol { @for step in lookup.steps { li { (step) } } }
                p class="quiet" { (lookup.privacy) }
            }
        },
    )
}

/// The page for something typed that is not a code; keeps what was typed.
pub fn bad_code(frame: &Frame<'_>, typed: &Typed<'_>) -> Markup {
    let text = frame.text;
    page(
        frame,
        text.bad_code.title,
        &html! {
            section class="card lookup" {
                h1 { (text.bad_code.title) }
                (field(frame, Some(typed)))
            }
        },
    )
}

/// A small form for another code, below an answer.
pub fn again(frame: &Frame<'_>) -> Markup {
    html! {
        p class="again" { a class="button quiet-button" href="/" { (frame.text.lookup.again) } }
    }
}

fn field(frame: &Frame<'_>, typed: Option<&Typed<'_>>) -> Markup {
    let lookup = &frame.text.lookup;
    html! {
        form method="post" action="/tra-cuu" accept-charset="utf-8" {
            label for="code" { (lookup.label) }
            p id="code-hint" class="hint" { (lookup.hint) }
            @if let Some(typed) = typed {
                div id="code-fault" class="fault bad" role="alert" {
                    (Tone::Bad.icon())
                    div {
                        p { strong { (what(frame.text, typed.fault)) } }
                        p { (frame.text.bad_code.rule) }
                        @if let CodeFault::Group { group } = typed.fault { (groups(typed.text, *group)) }
                    }
                }
            }
            input id="code" name="code" type="text" required maxlength="128" autocomplete="off" autocapitalize="none"
                spellcheck="false" autocorrect="off" inputmode="text" enterkeyhint="search"
                value=[typed.map(|t| t.text)] aria-invalid=[typed.map(|_| "true")]
                aria-describedby=(if typed.is_some() { "code-fault code-hint" } else { "code-hint" })
                placeholder="0f8f ad5b …";
            p class="hint example" { (lookup.example) }
            button type="submit" { (lookup.submit) }
        }
    }
}

/// What is wrong with a typed code, in words.
pub fn what(text: &Text, fault: &CodeFault) -> String {
    let words = &text.bad_code;
    match fault {
        CodeFault::Length(0) => words.empty.to_owned(),
        CodeFault::Length(n) => (words.length)(*n),
        CodeFault::Group { group } => (words.group)(*group),
    }
}

/// What was typed, in groups of four, with the wrong one marked.
fn groups(typed: &str, wrong: usize) -> Markup {
    const SHOWN: usize = 12;
    let characters: Vec<char> = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(4 * SHOWN).collect();
    html! {
        p class="code" {
            @for (i, group) in characters.chunks(4).enumerate() {
                @let group: String = group.iter().collect();
                @if i > 0 { " " }
                @if i + 1 == wrong { mark { bdi { (group) } } } @else { bdi { (group) } }
            }
        }
    }
}
