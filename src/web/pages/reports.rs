//! "Báo sai sót": the form, what the reporter keeps, and the state of a report.

use maud::{Markup, html};

use super::icons::Tone;
use super::{Frame, open_page};
use crate::reports::{About, Report, TicketCode};
use crate::transcript::TranscriptCode;
use crate::transcript::time::SchoolYear;
use crate::web::text::Notice;
use crate::web::text::reports::Reports;

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing chosen.
    About,
    /// Not a year of the transcript.
    Year,
    /// Nothing written.
    Empty,
    /// Too much.
    Long,
    /// Characters that cannot be taken.
    Characters,
    /// Neither address nor number.
    Contact,
}

impl Fault {
    fn words(self, words: &Reports) -> &'static str {
        match self {
            Self::About => words.fault_about,
            Self::Year => words.fault_year,
            Self::Empty => words.fault_empty,
            Self::Long => words.fault_long,
            Self::Characters => words.fault_characters,
            Self::Contact => words.fault_contact,
        }
    }

    /// The field it is about.
    const fn field(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Year => "year",
            Self::Empty | Self::Long | Self::Characters => "text",
            Self::Contact => "contact",
        }
    }
}

/// The form with what was typed.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    /// The code it is about.
    pub code: &'a TranscriptCode,
    /// Years on record.
    pub years: &'a [SchoolYear],
    /// Makes one report of a form that is sent twice.
    pub nonce: &'a str,
    /// Chosen.
    pub about: &'a str,
    /// Chosen.
    pub year: &'a str,
    /// Typed.
    pub text: &'a str,
    /// Typed.
    pub contact: &'a str,
    /// What is wrong with it.
    pub faults: &'a [Fault],
    /// Why it was not taken although nothing is wrong with it.
    pub refused: Option<Notice>,
    /// Days that a report is kept.
    pub keep_days: u32,
}

/// Never prints what was typed.
impl std::fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({:?})", self.faults)
    }
}

/// The form.
pub fn form(frame: &Frame<'_>, form: &Form<'_>) -> Markup {
    let words = &frame.text.reports;
    open_page(
        frame,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                p { (words.who_corrects) }
            }
            section class="card" {
                (why_not(words, form))
                form method="post" action={ "/v/" (form.code) "/bao-sai-sot" } accept-charset="utf-8" autocomplete="off" {
                    input type="hidden" name="once" value=(form.nonce);
                    (fields(frame, form))
                    p class="quiet" { ((words.privacy)(form.keep_days)) }
                    button type="submit" { (words.submit) }
                }
            }
            p { a href={ "/v/" (form.code) } { (words.back) } }
            p { a href="/bao-sai-sot" { (words.see_state) } }
        },
    )
}

fn why_not(words: &Reports, form: &Form<'_>) -> Markup {
    html! {
        @if let Some(refused) = form.refused {
            div class="fault undecided" role="alert" {
                (Tone::Undecided.icon())
                div { p { strong { (refused.title) } } p { (refused.body) } }
            }
        }
        @if !form.faults.is_empty() {
            div class="fault bad" role="alert" {
                (Tone::Bad.icon())
                div {
                    p { strong { (words.fault_title) } }
                    ul { @for fault in form.faults { li { a href={ "#" (fault.field()) } { (fault.words(words)) } } } }
                }
            }
        }
    }
}

fn fields(frame: &Frame<'_>, form: &Form<'_>) -> Markup {
    let words = &frame.text.reports;
    let wrong = |field: &str| form.faults.iter().any(|fault| fault.field() == field).then_some("true");
    html! {
        div class="field" {
            label for="about" { (words.about) }
            select id="about" name="about" required aria-invalid=[wrong("about")] {
                option value="" { (words.choose) }
                @for about in About::ALL {
                    option value=(about.name()) selected[about.name() == form.about] { ((words.about_name)(about)) }
                }
            }
        }
        div class="field" {
            label for="year" { (words.year) }
            select id="year" name="year" aria-invalid=[wrong("year")] {
                option value="" { (words.any_year) }
                @for year in form.years {
                    @let year = year.to_string();
                    option value=(year) selected[year == form.year] { (year) }
                }
            }
        }
        div class="field" {
            label for="text" { (words.text) }
            p id="text-hint" class="hint" { (words.text_hint) }
            textarea id="text" name="text" required maxlength="2000" rows="7" aria-describedby="text-hint"
                aria-invalid=[wrong("text")] { (form.text) }
        }
        div class="field" {
            label for="contact" { (words.contact) }
            p id="contact-hint" class="hint" { (words.contact_hint) }
            input id="contact" name="contact" type="text" maxlength="150" autocomplete="off" spellcheck="false"
                aria-describedby="contact-hint" aria-invalid=[wrong("contact")] value=(form.contact);
        }
    }
}

/// What the reporter keeps.
pub fn filed(
    frame: &Frame<'_>,
    code: &TranscriptCode,
    number: u64,
    ticket: &TicketCode,
    again: bool,
    province: &str,
) -> Markup {
    let words = &frame.text.reports;
    open_page(
        frame,
        words.filed,
        &html! {
            section class="card verdict note" {
                (Tone::Note.icon())
                div {
                    h1 { (words.filed) }
                    @if again { p { (words.filed_again) } }
                    p class="lead" { ((words.sent_to)(province)) }
                    dl class="facts" {
                        div { dt { (words.ticket) } dd class="ticket-code" { (ticket) } }
                        div { dt { (words.number) } dd { (number) } }
                    }
                    p { (words.keep) }
                }
            }
            p { a href="/bao-sai-sot" { (words.see_state) } }
            p { a href={ "/v/" (code) } { (words.back) } }
        },
    )
}

/// The field for a ticket code; `typed` is what was typed and is none.
pub fn ask(frame: &Frame<'_>, typed: Option<&str>) -> Markup {
    let words = &frame.text.reports;
    open_page(
        frame,
        words.state_title,
        &html! {
            section class="card lookup" {
                h1 { (words.state_title) }
                @if typed.is_some() {
                    div id="ticket-fault" class="fault bad" role="alert" {
                        (Tone::Bad.icon())
                        p { strong { (words.fault_ticket) } }
                    }
                }
                form method="post" action="/bao-sai-sot" accept-charset="utf-8" autocomplete="off" {
                    label for="ticket" { (words.ticket) }
                    p id="ticket-hint" class="hint" { (words.state_hint) }
                    div class="field" {
                        input id="ticket" name="ticket" type="text" required maxlength="60" autocapitalize="characters"
                            spellcheck="false" class="code" value=[typed] aria-invalid=[typed.map(|_| "true")]
                            aria-describedby=(if typed.is_some() { "ticket-fault ticket-hint" } else { "ticket-hint" });
                    }
                    button type="submit" { (words.state_submit) }
                }
            }
        },
    )
}

/// Where a report stands: what was done and answered, not what was written.
pub fn state(frame: &Frame<'_>, report: &Report) -> Markup {
    let (text, words) = (frame.text, &frame.text.reports);
    let state = report.state();
    open_page(
        frame,
        words.state_title,
        &html! {
            section class="card" {
                h1 { (words.state_title) }
                p class="status note" { (Tone::Note.icon()) span { ((words.state_name)(state)) } }
                p { ((words.state_means)(state)) }
                dl class="facts" {
                    div { dt { (words.number) } dd { (report.number) } }
                    div { dt { (words.filed_at) } dd { ((text.moment)(report.filed_at)) } }
                    div { dt { (words.about) } dd { ((words.about_name)(report.about)) } }
                }
            }
            section {
                h2 { (words.answer) }
                @match report.answer() {
                    Some(answer) => { @for line in answer.as_str().lines() { p { bdi { (line) } } } }
                    None => { p { (words.no_answer) } }
                }
            }
            @if !report.steps.is_empty() {
                section {
                    h2 { (words.history) }
                    ul { @for step in &report.steps { li { ((words.state_name)(step.state)) " – " ((text.moment)(step.at)) } } }
                }
            }
        },
    )
}
