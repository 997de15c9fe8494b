//! Copies that a holder hands on: made on the opened transcript's page, shown with their QR, voided.

use maud::{Markup, PreEscaped, html};

use super::icons::Tone;
use super::shared::Shared;
use super::{Extras, Frame, home, page_with};
use crate::portal::answer::VerdictAnswer;
use crate::soft_copy::qr::Qr;
use crate::transcript::time::{Day, SchoolYear};
use crate::transcript::{GroupSet, Moment};
use crate::web::assets::SHARE_CSS;
use crate::web::backend::{CopyMade, OpenCopy, Opening, ShareRefusal};
use crate::web::text::Text;

/// What was done with copies, and how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The copy whose token was sent is void.
    VoidedThis,
    /// Copies chosen from the list are void.
    VoidedListed,
    /// Nothing was done.
    Refused(ShareRefusal),
}

/// The last whole day before a copy expires, which is a midnight.
fn last_day(text: &Text, expires_at: Moment) -> String {
    let last = Moment::from_millis(expires_at.as_millis() - 1).unwrap_or(expires_at);
    (text.day)(Day::from(last.date_in_vietnam()))
}

fn years(years: &[SchoolYear]) -> String {
    years.iter().map(SchoolYear::to_string).collect::<Vec<_>>().join(", ")
}

fn groups(text: &Text, groups: GroupSet) -> Markup {
    html! { ul class="groups" { @for group in groups.iter() { li { ((text.transcript.group)(group)) } } } }
}

/// On the page of a transcript that a birth date opened: the form for a copy, and the copies that are open.
pub fn offer(frame: &Frame<'_>, answer: &VerdictAnswer<'_>, opening: &Opening) -> Markup {
    let Opening::BirthDate { ticket, shareable, copies } = opening else { return html! {} };
    let words = &frame.text.share;
    let may = |leaf: &u64| shareable.contains(leaf);
    let sheets = || answer.sheets.iter().filter(|s| may(&s.leaf_index));
    let nothing = sheets().next().is_none();
    let Some(ticket) = ticket else { return html! {} };
    html! {
        @if !nothing || copies.as_ref().is_none_or(|c| !c.is_empty()) {
            section class="card share screen" id="chia-se" {
                h2 { (words.title) }
                @if !nothing {
                    p { (words.why) }
                    form method="post" action={ "/v/" (answer.code) "/chia-se" } accept-charset="utf-8" {
                        input type="hidden" name="ticket" value=(ticket);
                        fieldset {
                            legend { (words.years) }
                            @for sheet in sheets() {
                                label class="choice" {
                                    input type="checkbox" name="leaf" value=(sheet.leaf_index) checked;
                                    span { (sheet.school_year) " – " ((frame.text.sheets.grade)(sheet.grade)) }
                                }
                            }
                        }
                        button type="submit" { (words.make) }
                        p class="quiet" { (words.as_good_as_paper) }
                    }
                }
                (open_copies(frame.text, &answer.code.to_string(), ticket, copies.as_deref()))
            }
        }
    }
}

fn open_copies(text: &Text, code: &str, ticket: &str, copies: Option<&[OpenCopy]>) -> Markup {
    let words = &text.share;
    let form = |copy: &str, label: &str, name: &str| {
        html! {
            form method="post" action={ "/v/" (code) "/vo-hieu" } {
                input type="hidden" name="ticket" value=(ticket);
                input type="hidden" name="copy" value=(copy);
                button class="quiet-button" type="submit" aria-label=(name) { (label) }
            }
        }
    };
    html! {
        @match copies {
            None => p class="remark" { (Tone::Undecided.icon()) span { (words.list_unknown) } },
            Some([]) => {},
            Some(copies) => {
                h3 { (words.open) }
                ul class="copies" {
                    @for copy in copies {
                        li {
                            span {
                                ((words.made_at)(&(text.moment)(copy.issued_at)))
                                small { ((words.opens)(&years(&copy.years), &last_day(text, copy.expires_at))) }
                            }
                            (form(&copy.copy.to_string(), words.void, &(words.void_of)(&(text.moment)(copy.issued_at))))
                        }
                    }
                }
                @if copies.len() > 1 { (form("all", words.void_all, words.void_all)) }
            }
        }
    }
}

/// On the page of a transcript that a token opened, above the content: what the copy is, and how to end it.
pub fn opened_by_token(frame: &Frame<'_>, code: &str, opening: &Opening) -> Markup {
    let Opening::Token { token, copy, is_partial, .. } = opening else { return html! {} };
    let (text, words) = (frame.text, &frame.text.share);
    html! {
        section class="card share screen" {
            h2 { (words.by_token) }
            p { ((words.opens)(&years(&copy.years), &last_day(text, copy.expires_at))) " " ((words.made_at)(&(text.moment)(copy.issued_at))) "." }
            @if *is_partial { p class="remark" { (Tone::Caution.icon()) span { (words.partial) } } }
            details {
                summary { (words.void_this_question) }
                p { (words.void_this_why) }
                form method="post" action={ "/v/" (code) "/vo-hieu" } {
                    input type="hidden" name="token" value=(token);
                    button class="quiet-button" type="submit" { (words.void_this) }
                }
            }
        }
    }
}

/// The page with a new copy's QR.
pub fn made(frame: &Frame<'_>, code: &str, made: &CopyMade, qr: &Qr) -> Markup {
    let (text, words) = (frame.text, &frame.text.share);
    page_with(
        frame,
        words.made_title,
        &Extras { styles: &[&*SHARE_CSS], ..Extras::default() },
        &html! {
            section class="card made" {
                h1 { (words.made_title) }
                p class="lead" { (words.made_lead) }
                figure class="qr-long" {
                    (PreEscaped(qr.svg()))
                    figcaption { (words.scan_me) }
                }
                dl class="facts" {
                    div { dt { (words.opens_years) } dd { (years(&made.copy.years)) } }
                    div { dt { (words.opens_until) } dd { (last_day(text, made.copy.expires_at)) } }
                    div class="wide" { dt { (words.opens_groups) } dd { (groups(text, made.groups)) } }
                }
                details class="screen" {
                    summary { (words.as_link) }
                    label for="link" { (words.link) }
                    textarea id="link" class="code" rows="6" readonly autocomplete="off" spellcheck="false" { (made.url) }
                }
                p class="remark" { (Tone::Caution.icon()) span { (words.as_good_as_paper) } }
                p { (words.how_to_void) }
                form class="screen" method="post" action={ "/v/" (code) "/vo-hieu" } {
                    input type="hidden" name="token" value=(made.token);
                    button class="quiet-button" type="submit" { (words.void_this) }
                }
            }
            p class="screen" { a class="button" href={ "/v/" (code) } { (words.back) } }
        },
    )
}

/// The page after copies were voided, or after nothing could be done.
pub fn done(frame: &Frame<'_>, code: &str, done: Done) -> Markup {
    let words = &frame.text.share;
    let (notice, tone) = match done {
        Done::VoidedThis => (words.voided_this, Tone::Good),
        Done::VoidedListed => (words.voided_listed, Tone::Good),
        Done::Refused(ShareRefusal::TicketNotValid) => (words.too_late, Tone::Note),
        Done::Refused(ShareRefusal::NothingChosen) => (words.nothing_chosen, Tone::Note),
        Done::Refused(ShareRefusal::NotACopy) => (words.not_a_copy, Tone::Bad),
        Done::Refused(ShareRefusal::Unknown) => (frame.text.problems.unknown, Tone::Absent),
        Done::Refused(ShareRefusal::Unavailable) => (words.unavailable, Tone::Undecided),
    };
    page_with(
        frame,
        notice.title,
        &Extras { styles: &[&*SHARE_CSS], ..Extras::default() },
        &html! {
            section class={ "card verdict " (tone.class()) } {
                (tone.icon())
                div {
                    h1 { (notice.title) }
                    p class="lead" { (notice.body) }
                    p { a class="button" href={ "/v/" (code) } { (words.back) } }
                }
            }
            (home::again(frame))
        },
    )
}

/// On the verdict page: the place for a QR's text, for those whose browser runs no script or whose scanner gives text.
/// The page's script sends this form by itself when the address carries a token.
pub fn paste(frame: &Frame<'_>, code: &str) -> Markup {
    let words = &frame.text.share;
    html! {
        section class="paste screen" {
            details {
            summary { (words.have_qr) }
            form method="post" action={ "/v/" (code) } accept-charset="utf-8" autocomplete="off" {
                (Shared::of(frame.text.language).paste)
            }
        }
        }
    }
}

pub(super) fn paste_fields(text: &Text) -> Markup {
    let words = &text.share;
    html! {
        label for="token" { (words.qr_text) }
        p id="token-hint" class="hint" { (words.qr_text_hint) }
        input id="token" name="token" type="text" maxlength="1024" required autocomplete="off" autocapitalize="off"
            spellcheck="false" aria-describedby="token-hint";
        button class="quiet-button" type="submit" { (words.open_with_qr) }
    }
}
