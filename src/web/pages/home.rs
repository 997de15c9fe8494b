//! Home: one field, one button.

use maud::{Markup, html};

use super::icons::Tone;
use super::verdict::code_in_groups;
use super::{Frame, page};
use crate::transcript::TranscriptCode;
use crate::transcript::code::{CodeFault, is_separator};
use crate::transcript::typed;
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
                    " " a href="/xac-thuc-ban-mem" { (frame.text.soft_copy.check_title) }
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

/// The page for something typed that is not a code: what is wrong with it, what may have been meant,
/// and the field with what was typed.
pub fn bad_code(frame: &Frame<'_>, typed: &Typed<'_>) -> Markup {
    let text = frame.text;
    page(
        frame,
        text.bad_code.title,
        &html! {
            section class="card lookup" {
                h1 { (text.bad_code.title) }
                (fault(text, typed))
                (meant(text, &typed::proposals(typed.text)))
                (field(frame, Some(typed)))
            }
        },
    )
}

fn fault(text: &Text, typed: &Typed<'_>) -> Markup {
    html! {
        div id="code-fault" class="fault bad" role="alert" tabindex="-1" autofocus {
            (Tone::Bad.icon())
            div {
                p { strong { (what(text, typed.fault)) } }
                (groups(typed))
                p { (text.bad_code.rule) }
                @if typed::has_vietnamese_letters(typed.text) { p { (text.bad_code.keyboard) } }
            }
        }
    }
}

/// Codes that may have been meant, each one press away; none is ever taken by itself.
fn meant(text: &Text, codes: &[TranscriptCode]) -> Markup {
    html! {
        @if !codes.is_empty() {
            section class="meant" {
                h2 { ((text.bad_code.meant)(codes.len())) }
                p class="hint" { (text.bad_code.choose) }
                ul { @for code in codes { li { a class="code" href={ "/v/" (code) } rel="nofollow" { (code_in_groups(&code.to_string())) } } } }
            }
        }
    }
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
            input id="code" name="code" type="text" required maxlength=(typed::MAX_TYPED_TEXT) autocomplete="off" autocapitalize="none"
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
        CodeFault::GroupLength { group, length } => (words.group_length)(*group, *length),
    }
}

/// What was typed with the wrong group marked: in groups of four, or in the groups it was typed in.
fn groups(typed: &Typed<'_>) -> Markup {
    const SHOWN: usize = 12;
    let candidate = typed::candidate(typed.text);
    let (groups, wrong): (Vec<String>, usize) = match typed.fault {
        CodeFault::Length(_) => return html! {},
        CodeFault::Group { group } => {
            let characters: Vec<char> = candidate.chars().filter(|c| !is_separator(*c)).collect();
            (characters.chunks(4).map(|group| group.iter().collect()).collect(), *group)
        }
        CodeFault::GroupLength { group, .. } => {
            (candidate.split(is_separator).filter(|group| !group.is_empty()).map(str::to_owned).collect(), *group)
        }
    };
    html! {
        p class="code" {
            @for (i, group) in groups.iter().enumerate().take(SHOWN) {
                @if i > 0 { " " }
                @if i + 1 == wrong { mark { bdi { (group) } } } @else { bdi { (group) } }
            }
        }
    }
}
