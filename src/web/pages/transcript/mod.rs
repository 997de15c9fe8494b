//! The transcript page: everything the second factor opened, laid out as the ministry's form has it.
//!
//! The learner first, then the years they have studied, then one part for each year, oldest first as in
//! the paper booklet. A list of the years stays at the top of the screen, because four years are a long
//! way on a phone. What a print must carry (the code, a QR of its address) stands in a foot that every
//! printed page repeats.

mod closed;
mod facts;
mod looks;
mod primary;
mod print;
mod secondary;
mod table;
mod year;

use maud::{Markup, html};

use super::icons::Tone;
use super::verdict::{Headline, banner, evidence, sheets};
use super::{Extras, Frame, home, page_with, receipt, share, soft_copy};
use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::portal::oversight::Looks;
use crate::transcript::contents::NameGroup;
use crate::web::assets::{OPEN_CSS, PORTAL_JS, SHARE_CSS, TRANSCRIPT_CSS};
use crate::web::backend::{DisclosedSheet, Opening};
use crate::web::text::{Language, Text};

pub(super) use facts::sex;
pub(super) use year::{anchor, standing};

/// An opened transcript and what its page needs besides.
#[derive(Clone, Copy)]
pub struct Opened<'a> {
    /// The years, oldest first.
    pub sheets: &'a [DisclosedSheet],
    /// How it was opened, and what may be done next.
    pub opening: &'a Opening,
    /// The portal's public address, for the QR.
    pub public_url: &'a str,
    /// Whether soft copies are issued here.
    pub issues_copies: bool,
    /// Which offices looked at it, where its holder may know.
    pub looks: Option<&'a Looks>,
}

/// Never prints what it was opened with.
impl std::fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} sheets)", self.sheets.len())
    }
}

impl<'a> Opened<'a> {
    /// The sheet whose facts about the learner count: the newest in force, else the newest.
    pub(super) fn newest(&self) -> Option<&'a DisclosedSheet> {
        let in_force = self.sheets.iter().rfind(|s| s.verdict == SheetVerdict::Valid);
        in_force.or(self.sheets.last())
    }

    /// The hidden field with which a form of the page opens the same again; None: the second factor has to
    /// be typed again.
    pub fn again(&self) -> Option<Markup> {
        let (name, value) = match self.opening {
            Opening::BirthDate { ticket, .. } => ("ticket", ticket.as_ref()?),
            Opening::Token { token, .. } => ("token", token),
            Opening::Granted { .. } => return None,
        };
        Some(html! { input type="hidden" name=(name) value=(value); })
    }

    fn learner(&self) -> Option<&'a NameGroup> {
        self.newest().and_then(|s| s.contents.name.as_ref())
    }
}

/// The page of an opened transcript. `more` stands between what was checked and the way on: evidence, and
/// whatever else belongs to what was opened.
pub fn transcript(frame: &Frame<'_>, answer: &VerdictAnswer<'_>, opened: &Opened<'_>, more: &Markup) -> Markup {
    let (title, content) = content(frame, answer, opened, more, &home::again(frame));
    let styles = &[&*TRANSCRIPT_CSS, &*OPEN_CSS, &*SHARE_CSS];
    page_with(frame, title, &Extras { styles, script: Some(&PORTAL_JS), ..Extras::default() }, &content)
}

/// Its title and what stands on it; `way_on` is its end.
pub(super) fn content(
    frame: &Frame<'_>,
    answer: &VerdictAnswer<'_>,
    opened: &Opened<'_>,
    more: &Markup,
    way_on: &Markup,
) -> (&'static str, Markup) {
    let text = frame.text;
    let headline = Headline::with_content(text, answer, opened.sheets, only_school(opened.sheets));
    let content = html! {
        div class="printed" {
            div class="printed-body" {
                (banner(frame, answer, &headline))
                (share::opened_by_token(frame, &answer.code.to_string(), opened.opening))
                (tools(text, answer, opened))
                (learner(text, opened))
                (years_list(text, opened))
                @for sheet in opened.sheets { (year::year(text, answer, opened, sheet)) }
                @if opened.issues_copies { (soft_copy::offer(frame, &answer.code, opened)) }
                (share::offer(frame, answer, opened.opening))
                (closed::groups(text, opened))
                (looks::looks(text, opened.looks))
                (closed::glossary(text, opened.sheets))
                (sheets(text, answer))
                (evidence(text, answer))
                (more)
                (receipt::offer(frame, &answer.code.to_string(), opened.opening.ticket()))
                (way_on)
            }
            (print::foot(text, answer, opened.public_url))
        }
    };
    (headline.title, content)
}

/// The school that issued every opened year, if it is one.
fn only_school(opened: &[DisclosedSheet]) -> Option<&str> {
    let mut names = opened.iter().map(|s| s.contents.staff.as_ref().map(|staff| staff.school_name.as_str()));
    let first = names.next()??;
    names.all(|name| name == Some(first)).then_some(first)
}

/// What can be done with the content: compare it, read it in the other language, print it.
fn tools(text: &Text, answer: &VerdictAnswer<'_>, opened: &Opened<'_>) -> Markup {
    let words = &text.transcript;
    let other = match text.language {
        Language::Vietnamese => Language::English,
        Language::English => Language::Vietnamese,
    };
    html! {
        section class="tools" {
            @if let Some(again) = opened.again() {
                div class="actions screen" {
                    form method="post" action={ "/v/" (answer.code) "/doi-chieu" } {
                        (again)
                        button type="submit" { (text.paper.title) }
                    }
                    @if opened.issues_copies && opened.again().is_some() {
                        a class="button quiet-button" href="#ban-mem" { (text.soft_copy.get) }
                    }
                    @if opened.looks.is_some() {
                        a class="button quiet-button" href="#da-xem" { (text.looks.title) }
                    }
                    form method="post" action={ "/v/" (answer.code) "?lang=" (other.tag()) } {
                        (again)
                        button type="submit" class="quiet-button" lang=(other.tag()) { (other.text().transcript.in_this_language) }
                    }
                }
            }
            p class="quiet screen" { (words.print) }
            p class="quiet" { (words.print_note) }
        }
    }
}

/// The booklet's first page: who it is about, and where they have studied.
fn learner(text: &Text, opened: &Opened<'_>) -> Markup {
    let Some(sheet) = opened.newest() else { return html! {} };
    let contents = &sheet.contents;
    html! {
        section class="card learner" {
            h2 { (text.transcript.content) }
            dl class="facts" {
                @if let Some(name) = &contents.name { (facts::name(text, name)) }
                @if let Some(identity) = &contents.identity { (facts::identity(text, identity)) }
                @if let Some(origin) = &contents.origin { (facts::origin(text, origin)) }
                @if let Some(policy) = &contents.policy { (facts::policy(text, policy)) }
                @if let Some(family) = &contents.family { (facts::family(text, family)) }
            }
            (facts::history(text, opened.sheets))
        }
    }
}

/// The years, always in reach; a year that is not in force says so before it is opened.
fn years_list(text: &Text, opened: &Opened<'_>) -> Markup {
    html! {
        @if opened.sheets.len() > 1 {
            nav class="jump screen" aria-label=(text.transcript.years) {
                ul {
                    @for sheet in opened.sheets {
                        li {
                            a href={ "#" (anchor(sheet)) } {
                                (sheet.claims.school_year)
                                @if sheet.verdict != SheetVerdict::Valid {
                                    @let (word, tone) = year::standing(text, sheet.verdict);
                                    " " span class={ "mark " (tone.class()) } { (tone.icon()) span class="unseen" { (word) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A sentence with an icon.
fn remark(tone: Tone, sentence: &str) -> Markup {
    html! { p class={ "remark " (tone.class()) } { (tone.icon()) span { (sentence) } } }
}
