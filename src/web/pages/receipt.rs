//! Verification receipts: the button that asks for one, the page to print, the page that checks one.

use maud::{Markup, PreEscaped, html};

use super::icons::Tone;
use super::shared::Shared;
use super::verdict::code_in_groups;
use super::{Extras, Frame, handed_in, page_with};
use crate::portal::answer::Verdict;
use crate::portal::verification::{Basis, Judged, Now, Stated};
use crate::soft_copy::qr::Qr;
use crate::transcript::time::{Day, SchoolYear};
use crate::web::assets::RECEIPT_CSS;
use crate::web::backend::{JudgedReceipt, Kept};
use crate::web::text::Text;

/// The button on a page with an answer. A ticket says that the transcript was opened.
pub fn offer(frame: &Frame<'_>, code: &str, ticket: Option<&str>) -> Markup {
    html! {
        section class="screen" {
            form method="post" action={ "/v/" (code) "/bien-nhan" } {
                @if let Some(ticket) = ticket { input type="hidden" name="ticket" value=(ticket); }
                (Shared::of(frame.text.language).receipt)
            }
        }
    }
}

pub(super) fn offer_button(text: &Text) -> Markup {
    html! {
        button class="quiet-button" type="submit" { (text.receipt.offer) }
        p class="quiet" { (text.receipt.offer_why) }
    }
}

/// The title of a verdict as receipts name it; one that is not known says nothing.
fn stated_title(text: &Text, verdict: &str) -> &'static str {
    text.verdicts.title(serde_json::from_value(verdict.into()).unwrap_or(Verdict::Unchecked))
}

fn sheet_word(text: &Text, verdict: &str) -> &'static str {
    let words = &text.sheets;
    match verdict {
        "valid" => words.valid,
        "withdrawn" => words.withdrawn,
        "replaced" => words.replaced,
        "suspended" => words.suspended,
        "not_in_force" => words.not_in_force,
        "erased" => words.erased,
        _ => words.unchecked,
    }
}

/// What a receipt says, read from its own payload: nothing is looked up again.
fn facts(text: &Text, stated: &Stated) -> Markup {
    let words = &text.receipt;
    let basis = match stated.basis {
        Basis::Code => words.on_code,
        Basis::BirthDate => words.on_birth_date,
        Basis::Token => words.on_token,
    };
    let sheets = stated.answer["sheets"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        dl class="facts" {
            div class="wide" { dt { (text.verdicts.code) } dd class="code" { span { (code_in_groups(&stated.code.to_string())) } } }
            div { dt { (words.answered_at) } dd { ((text.moment)(stated.issued_at)) } }
            div { dt { (words.answered_by) } dd { (stated.portal) } }
            div class="wide" { dt { (words.basis) } dd { (basis) } }
        }
        @if !sheets.is_empty() {
            table class="years" {
                caption { (text.sheets.title) }
                thead { tr {
                    th scope="col" { (text.sheets.year) }
                    th scope="col" { (text.sheets.province) }
                    th scope="col" { (text.sheets.status) }
                    th scope="col" { (words.position) }
                } }
                tbody { @for sheet in sheets {
                    @let field = |name: &str| sheet[name].as_str().unwrap_or_default();
                    tr {
                        th scope="row" { (SchoolYear::parse(field("school_year")).map(|y| y.to_string()).unwrap_or_default()) }
                        td { bdi { (sheet["province"]["name"].as_str().unwrap_or_default()) } }
                        td {
                            (sheet_word(text, field("verdict")))
                            @if let Some(since) = since(text, sheet) { small { ((text.sheets.since)(&since)) } }
                        }
                        td { ((text.number)(sheet["leaf_index"].as_u64().unwrap_or_default())) }
                    }
                } }
            }
        }
        dl class="facts" {
            div { dt { (words.ledger_size) } dd { ((text.number)(stated.ledger_size)) } }
            @if let Some(time) = stated.checkpoint_time {
                div { dt { (words.checkpoint_time) } dd { ((text.moment)(time)) } }
            }
            div class="wide" { dt { (text.checks.root) } dd class="code" { (stated.root_hash) } }
        }
    }
}

fn since(text: &Text, sheet: &serde_json::Value) -> Option<String> {
    let days = ["withdrawn_on", "replaced_on", "suspended_on", "erased_on"];
    let day = days.into_iter().find_map(|name| Day::parse(sheet[name].as_str()?));
    let effective = || Day::parse(sheet["effective_from"].as_str()?);
    day.or_else(effective).map(text.day)
}

/// The page to print, with the file to save.
pub fn kept(frame: &Frame<'_>, kept: &Kept, qr: &Qr) -> Markup {
    let (text, words) = (frame.text, &frame.text.receipt);
    page_with(
        frame,
        words.title,
        &Extras { styles: &[&*RECEIPT_CSS], ..Extras::default() },
        &html! {
            section class="card receipt" {
                h1 { (words.title) }
                p class="stated" { strong { (stated_title(text, &kept.stated.verdict)) } }
                (facts(text, &kept.stated))
                figure class="qr-code" {
                    (PreEscaped(qr.svg()))
                    figcaption { (words.look_up_again) }
                }
                p { (words.proves) }
                p { (words.proves_not) }
                form class="screen" method="post" action="/bien-nhan/tep" {
                    input type="hidden" name="bien_nhan" value=(kept.jws);
                    button type="submit" { (words.save) }
                }
                p { (words.only_the_file) }
            }
            p class="screen" { a class="button" href={ "/v/" (kept.stated.code) } { (frame.text.share.back) } }
        },
    )
}

fn form(frame: &Frame<'_>) -> Markup {
    let words = &frame.text.receipt;
    html! {
        form class="card" method="post" action="/xac-thuc-bien-nhan" enctype="multipart/form-data" accept-charset="utf-8" {
            label for="file" { (words.file) }
            input id="file" name="file" type="file" accept=".json,.jws,application/json,application/jose+json";
            details {
                summary { (words.or_paste) }
                label for="text" { (words.text) }
                textarea id="text" name="text" class="code" rows="6" autocomplete="off" spellcheck="false" {}
            }
            button type="submit" { (words.check) }
        }
    }
}

/// The page that asks for a receipt.
pub fn ask(frame: &Frame<'_>) -> Markup {
    let words = &frame.text.receipt;
    handed_in::ask(frame, words.check_title, words.check_why, &form(frame))
}

/// What came of checking one.
pub fn judged(frame: &Frame<'_>, judged: &JudgedReceipt) -> Markup {
    let (text, words) = (frame.text, &frame.text.receipt);
    let (notice, tone) = match (&judged.receipt, judged.now) {
        (Judged::Genuine(_), Some(Now { is_same_ledger: Some(false), .. })) => (words.other_ledger, Tone::Bad),
        (Judged::Genuine(_), Some(Now { verdict: Verdict::Unchecked, .. }) | None) => {
            (words.genuine_unchecked, Tone::Undecided)
        }
        (Judged::Genuine(stated), Some(now)) if slug(now.verdict) == stated.verdict => (words.genuine_same, Tone::Good),
        (Judged::Genuine(_), Some(_)) => (words.genuine_changed, Tone::Caution),
        (Judged::Altered, _) => (words.altered, Tone::Bad),
        (Judged::NotOurs, _) => (words.not_ours, Tone::Bad),
        (Judged::Unreadable, _) => (words.unreadable, Tone::Note),
    };
    let more = html! {
        @if let (Judged::Genuine(stated), Some(now)) = (&judged.receipt, judged.now) {
            dl class="facts" {
                div { dt { (words.then) } dd { (stated_title(text, &stated.verdict)) } }
                div { dt { (words.now) } dd { (text.verdicts.title(now.verdict)) } }
            }
            p { a class="button" href={ "/v/" (stated.code) } { (words.look_up) } }
        }
    };
    let below = html! {
        @if let Judged::Genuine(stated) = &judged.receipt {
            section class="card receipt" { h2 { (words.it_says) } (facts(text, stated)) }
        }
        section { h2 { (words.check_another) } (form(frame)) }
    };
    handed_in::judged(frame, notice, tone, &more, &below)
}

/// A verdict as the contract names it.
fn slug(verdict: Verdict) -> String {
    serde_json::to_value(verdict).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
