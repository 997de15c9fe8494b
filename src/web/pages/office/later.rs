//! What was changed of transcripts after the office had looked at them: the newest first, each with its verdict now.

use maud::{Markup, html};

use super::search::{tone, years};
use super::{SignedIn, page as office_page};
use crate::portal::answer::{SheetVerdict, Verdict};
use crate::portal::oversight::{LaterChange, LaterChanges};
use crate::transcript::SchoolYear;
use crate::transcript::time::Day;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::pages::verdict::code_in_groups;
use crate::web::text::Text;

/// A change, and the transcript now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What happened, and how the office had looked before.
    pub change: LaterChange,
    /// The verdict now.
    pub verdict: Verdict,
    /// Its years, as they are now.
    pub years: Vec<(SchoolYear, SheetVerdict)>,
}

impl Changed {
    /// Of which nothing could be checked yet.
    pub const fn unchecked(change: LaterChange) -> Self {
        Self { change, verdict: Verdict::Unchecked, years: Vec::new() }
    }
}

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What the office is told.
    pub told: &'a LaterChanges,
    /// Those of the page, as they are now.
    pub changed: &'a [Changed],
    /// Whether the page begins with the newest.
    pub is_first: bool,
}

/// The page.
pub fn page(frame: &Frame<'_>, signed_in: &SignedIn<'_>, view: &View<'_>) -> Markup {
    let (text, words, told) = (frame.text, &frame.text.later, view.told);
    office_page(
        frame,
        signed_in,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                @if !told.is_whole { p class="remark undecided" { (Tone::Undecided.icon()) span { (words.not_whole) } } }
                @match (told.open, told.newest) {
                    (0, _) if told.is_whole => { p class="remark good" { (Tone::Good.icon()) span { (words.none_open) } } }
                    (0, _) | (_, None) => {}
                    (open, Some(newest)) => { (take_note(text, signed_in, open, newest)) }
                }
            }
            section class="hits" {
                @for changed in view.changed { (one(text, signed_in, changed, told.noted)) }
                @if view.changed.is_empty() && told.is_whole { p class="remark" { (Tone::Absent.icon()) span { (words.none) } } }
            }
            @if let Some(next) = told.next { p { a class="button quiet-button" href={ "/co-quan/thay-doi?truoc=" (next) } { (words.older) } } }
            @if !view.is_first { p { a href="/co-quan/thay-doi" { (words.newest) } } }
        },
    )
}

fn take_note(text: &Text, signed_in: &SignedIn<'_>, open: usize, newest: u64) -> Markup {
    let words = &text.later;
    html! {
        form class="card" method="post" action="/co-quan/thay-doi" {
            (signed_in.token())
            input type="hidden" name="den" value=(newest);
            p class="status caution" { (Tone::Caution.icon()) span { ((words.open)(open)) } }
            p class="quiet" { (words.take_note_why) }
            button type="submit" { (words.take_note) }
        }
    }
}

fn one(text: &Text, signed_in: &SignedIn<'_>, changed: &Changed, noted: Option<u64>) -> Markup {
    let (words, logged) = (&text.later, &changed.change.logged);
    let tone = tone(changed.verdict);
    let day = |at| (text.day)(Day::from(at));
    let is_new = noted.is_none_or(|noted| noted < logged.position);
    html! {
        article class="card hit" {
            div {
                h2 {
                    ((words.happened)(logged.status, logged.sheet.is_some()))
                    @if is_new { " " span class="new" { (words.new) } }
                }
                p class={ "status " (tone.class()) } { (tone.icon()) span { ((text.office_search.verdict)(changed.verdict)) } }
            }
            dl class="facts" {
                div class="wide" { dt { (text.verdicts.code) } dd class="code" { span { (code_in_groups(&logged.code.to_string())) } } }
                div { dt { (words.effective) } dd { (day(logged.effective_at.date_in_vietnam())) } }
                div { dt { (words.logged) } dd { ((text.moment)(logged.logged_at)) } }
                div class="wide" {
                    dt { (words.seen) }
                    dd {
                        ((text.looks.hour)(&changed.change.seen.hour_in_vietnam().to_string(), &day(changed.change.seen.date_in_vietnam())))
                        " · " ((text.looks.how)(changed.change.how))
                    }
                }
                @if !changed.years.is_empty() {
                    div class="wide" { dt { (text.sheets.title) } dd { (years(text, &changed.years)) } }
                }
            }
            form method="post" action="/co-quan/ho-so" {
                (signed_in.token())
                input type="hidden" name="code" value=(logged.code);
                button type="submit" aria-label=((words.open_of)(&logged.code.to_string())) { (text.office_search.open) }
            }
        }
    }
}
