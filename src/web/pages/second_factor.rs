//! The birth-date form: three labelled fields, and a name for dates that are known only in part.

use maud::{Markup, html};

use super::Frame;
use super::icons::Tone;
use super::shared::Shared;
use crate::transcript::paper::Typed;
use crate::web::text::Text;

/// What came of the second factor so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// None was sent.
    NotAsked,
    /// It does not match.
    Mismatch {
        /// Tries left today.
        attempts_left: u32,
    },
    /// A token that is not valid for this code.
    BadToken,
    /// A token whose time is over.
    TokenExpired,
    /// A token that was voided.
    TokenVoided,
    /// No tries left.
    Locked {
        /// Seconds until the next one.
        retry_after_s: u64,
    },
    /// A date known in part needs the name.
    NameNeeded,
    /// Not a date.
    BadDate,
    /// Could not be opened now.
    Unavailable,
    /// Never opened by a birth date.
    Closed,
    /// An operator has closed the form for now.
    Paused,
    /// An opened page was used after its time.
    Expired,
}

/// Where the form leads.
#[derive(Debug, Clone, Copy)]
pub enum Then<'a> {
    /// To the transcript.
    Transcript,
    /// To the comparison with paper; what was typed so far goes along.
    Paper(&'a Typed),
}

/// The form with what was typed before.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What came of it.
    pub outcome: Outcome,
    /// Day as typed.
    pub day: &'a str,
    /// Month as typed.
    pub month: &'a str,
    /// Year as typed.
    pub year: &'a str,
    /// Name as typed.
    pub full_name: &'a str,
    /// Where the form leads.
    pub then: Then<'a>,
}

impl Asked<'_> {
    /// Whether something was sent that has an answer of its own, which then takes the focus.
    pub fn is_answered(&self) -> bool {
        !matches!(self.outcome, Outcome::NotAsked | Outcome::Paused)
    }

    /// Whether the form is as everybody first sees it.
    fn is_first(&self) -> bool {
        self.outcome == Outcome::NotAsked
            && [self.day, self.month, self.year, self.full_name].iter().all(|t| t.is_empty())
    }

    /// The empty form.
    pub const FIRST: Asked<'static> = Self::nothing(Outcome::NotAsked);
    /// No form for now.
    pub const PAUSED: Asked<'static> = Self::nothing(Outcome::Paused);

    const fn nothing(outcome: Outcome) -> Asked<'static> {
        Asked { outcome, day: "", month: "", year: "", full_name: "", then: Then::Transcript }
    }
}

/// Never prints what was typed.
impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asked({:?})", self.outcome)
    }
}

/// The form, or the reason why there is none for now.
pub fn ask(frame: &Frame<'_>, code: &str, asked: &Asked<'_>) -> Markup {
    let words = &frame.text.ask;
    let closed = matches!(asked.outcome, Outcome::Locked { .. } | Outcome::Closed | Outcome::Paused);
    html! {
        section class="card ask" id="noi-dung" {
            h2 { (words.title) }
            (message(frame, asked))
            @if !closed {
                form method="post" action=(action(code, asked.then)) accept-charset="utf-8" autocomplete="off" {
                    @if let Then::Paper(typed) = asked.then { (carried(typed)) }
                    @if asked.is_first() { (Shared::of(frame.text.language).empty_form) } @else { (fields(frame.text, asked)) }
                }
            }
        }
    }
}

/// What is filled in.
pub(super) fn fields(text: &Text, asked: &Asked<'_>) -> Markup {
    let words = &text.ask;
    let wrong = matches!(asked.outcome, Outcome::Mismatch { .. } | Outcome::BadDate);
    html! {
        p { (words.why) }
        fieldset aria-describedby="birth-hint" {
            legend { (words.birth_date) }
            div class="date" {
                (number("day", words.day, 2, asked.day, wrong, false))
                (number("month", words.month, 2, asked.month, wrong, false))
                (number("year", words.year, 4, asked.year, wrong, true))
            }
            p id="birth-hint" class="hint" { (words.hint) }
        }
        details open[asked.outcome == Outcome::NameNeeded || !asked.full_name.is_empty()] {
            summary { (words.partial) }
            p id="name-hint" class="hint" { (words.partial_hint) }
            label for="full_name" { (words.full_name) }
            input id="full_name" name="full_name" type="text" maxlength="150" autocomplete="off"
                spellcheck="false" aria-describedby="name-hint" value=(asked.full_name);
        }
        button type="submit" { (words.submit) }
        p class="quiet" { (words.opens) }
    }
}

fn action(code: &str, then: Then<'_>) -> String {
    match then {
        // No fragment: the message of the page that answers takes the focus, and browsers leave it to a fragment.
        Then::Transcript => format!("/v/{code}"),
        Then::Paper(_) => format!("/v/{code}/doi-chieu"),
    }
}

/// What was typed from paper, so that it is there again once the form has opened.
fn carried(typed: &Typed) -> Markup {
    html! {
        @for (cell, text) in typed.values() { input type="hidden" name={ "v." (cell) } value=(text); }
        @for key in typed.ticks() { input type="hidden" name="g" value=(key); }
    }
}

fn number(name: &str, label: &str, digits: u8, value: &str, wrong: bool, required: bool) -> Markup {
    html! {
        div class={ "part " (name) } {
            label for=(name) { (label) }
            input id=(name) name=(name) type="text" inputmode="numeric" maxlength=(digits) autocomplete="off"
                pattern={ "[0-9]{1," (digits) "}" } value=(value) required[required] aria-invalid=[wrong.then_some("true")];
        }
    }
}

fn message(frame: &Frame<'_>, asked: &Asked<'_>) -> Markup {
    let words = &frame.text.ask;
    let (tone, title, body) = match asked.outcome {
        Outcome::NotAsked => return html! {},
        Outcome::Mismatch { attempts_left } => (Tone::Bad, words.mismatch, (words.attempts_left)(attempts_left)),
        Outcome::Locked { retry_after_s } => {
            (Tone::Bad, words.locked.title, (words.locked.body)(&(frame.text.wait)(retry_after_s)))
        }
        Outcome::NameNeeded => (Tone::Note, words.name_needed.title, words.name_needed.body.to_owned()),
        Outcome::BadToken => (Tone::Bad, words.bad_token.title, words.bad_token.body.to_owned()),
        Outcome::TokenExpired => (Tone::Note, frame.text.share.expired.title, frame.text.share.expired.body.to_owned()),
        Outcome::TokenVoided => (Tone::Bad, frame.text.share.voided.title, frame.text.share.voided.body.to_owned()),
        Outcome::BadDate => (Tone::Bad, words.bad_date.title, words.bad_date.body.to_owned()),
        Outcome::Unavailable => (Tone::Undecided, words.unavailable.title, words.unavailable.body.to_owned()),
        Outcome::Closed => (Tone::Note, words.closed.title, words.closed.body.to_owned()),
        Outcome::Paused => {
            let paused = frame.text.problems.verdict_only;
            (Tone::Note, paused.title, paused.body.to_owned())
        }
        Outcome::Expired => {
            let paper = &frame.text.paper;
            let kept = matches!(asked.then, Then::Paper(typed) if !typed.is_empty());
            let kept = if kept { format!(" {}", paper.kept) } else { String::new() };
            (Tone::Note, paper.expired.title, format!("{}{kept}", paper.expired.body))
        }
    };
    html! {
        div class={ "fault " (tone.class()) } role="alert" tabindex="-1" autofocus[asked.outcome != Outcome::Paused] {
            (tone.icon())
            div { p { strong { (title) } } p { (body) } }
        }
    }
}
