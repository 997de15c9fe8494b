//! The ledger: its signed state, how to check it, what it holds in numbers, and entries by position.

use maud::{Markup, html};

use super::evidence::commands;
use super::{Frame, open_page};
use crate::portal::ledger_view::{Leaves, LedgerState};
use crate::register::{Directory, Register};
use crate::tlog::leaf::{Kind, Leaf};
use crate::transcript::Moment;
use crate::transcript::province::ProvinceId;
use crate::transcript::time::{Day, SchoolYear};
use crate::web::text::Text;

/// Entries on a page.
pub const PER_PAGE: u64 = 50;

const KINDS: [Kind; 6] = [Kind::Key, Kind::Package, Kind::Sheet, Kind::Status, Kind::Backfill, Kind::Anchor];

/// What the page shows.
#[derive(Debug)]
pub struct View<'a> {
    /// The newest signed state.
    pub state: &'a LedgerState,
    /// Counts and names.
    pub register: &'a Register,
    /// Leaves of this page, oldest first.
    pub leaves: &'a Leaves,
    /// The portal's URL.
    pub portal: &'a str,
    /// Now.
    pub now: Moment,
}

/// The page.
pub fn ledger(frame: &Frame<'_>, view: &View<'_>) -> Markup {
    let (text, words) = (frame.text, &frame.text.ledger);
    open_page(
        frame,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                p { (words.nothing_personal) }
            }
            (state(text, view))
            (keys(text, view.state))
            section {
                h2 { (words.audit) }
                p { (words.audit_lead) }
                (commands(words.audit, &audit(view)))
                p { (words.files) ": "
                    @for (i, path) in ["/log/checkpoint", "/log/vkey", "/log/vkey-freshness", "/.well-known/jwks.json"].iter().enumerate() {
                        @if i > 0 { ", " }
                        a href=(path) class="nowrap" { (path) }
                    }
                    "."
                }
            }
            (counts(text, view.register))
            (entries(text, view))
        },
    )
}

fn audit(view: &View<'_>) -> String {
    format!(
        "hocba audit --log {} \\\n  --vkey '{}' \\\n  --freshness-vkey '{}'\n",
        view.portal, view.state.log_vkey, view.state.freshness_vkey
    )
}

fn state(text: &Text, view: &View<'_>) -> Markup {
    let (words, evidence) = (&text.ledger, &text.evidence);
    let state = view.state;
    html! {
        section class="card" {
            h2 { (words.state) }
            dl class="facts" {
                div { dt { (evidence.log_name) } dd class="hash" { (state.origin) } }
                div { dt { (evidence.size) } dd { ((text.number)(state.size)) } }
                div { dt { (evidence.root) } dd class="hash" { (state.root) } }
                @match state.cosigned_at {
                    None => { div { dt { (evidence.cosigned) } dd { (evidence.never_cosigned) } } }
                    Some(at) => {
                        div { dt { (evidence.cosigned) } dd { ((text.moment)(at)) } }
                        div { dt { (words.age) } dd { ((words.ago)(&(text.wait)(age(at, view.now)))) } }
                    }
                }
            }
            details {
                summary { (words.note) }
                (commands(words.note, &state.note))
            }
        }
    }
}

fn age(at: Moment, now: Moment) -> u64 {
    u64::try_from(now.as_seconds() - at.as_seconds()).unwrap_or(0)
}

fn keys(text: &Text, state: &LedgerState) -> Markup {
    let words = &text.ledger;
    html! {
        section {
            h2 { (words.keys) }
            p { (words.keys_lead) }
            dl class="facts" {
                div { dt { (words.log_key) } dd class="hash" { (state.log_vkey) } }
                div { dt { (words.freshness_key) } dd class="hash" { (state.freshness_vkey) } }
            }
        }
    }
}

fn counts(text: &Text, register: &Register) -> Markup {
    let words = &text.ledger;
    let tally = register.tally();
    let (packages, sheets) = (tally.by_province(Kind::Package), tally.by_province(Kind::Sheet));
    let mut provinces: Vec<Option<ProvinceId>> = packages.keys().chain(sheets.keys()).copied().collect();
    provinces.sort_unstable();
    provinces.dedup();
    let number = |count: Option<&u64>| (text.number)(count.copied().unwrap_or(0));
    html! {
        section {
            h2 { (words.counts) }
            p class="quiet" { ((words.counted_to)(&(text.number)(register.size()))) }
            table {
                thead { tr { th scope="col" { (words.kind) } th scope="col" class="number" { (words.number) } } }
                tbody {
                    @for kind in KINDS {
                        tr { th scope="row" { ((words.kind_name)(kind)) } td class="number" { ((text.number)(tally.of_kind(kind))) } }
                    }
                }
            }
            details {
                summary { (words.by_province) }
                table {
                    thead { tr {
                        th scope="col" { (words.province) }
                        th scope="col" class="number" { (words.packages) }
                        th scope="col" class="number" { (words.sheets) }
                    } }
                    tbody {
                        @for id in provinces {
                            tr {
                                th scope="row" { (province(text, register.directory(), id)) }
                                td class="number" { (number(packages.get(&id))) }
                                td class="number" { (number(sheets.get(&id))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The name then and the code list, because names and codes alone mean nothing.
fn province(text: &Text, directory: &Directory, id: Option<ProvinceId>) -> Markup {
    let Some(id) = id else { return html! { (text.ledger.ministry) } };
    let name = directory.province(id).map_or("?", |province| province.name.as_str());
    html! { bdi lang="vi" { (name) } " (" (id.code) ", " (id.vintage.date().year()) ")" }
}

fn entries(text: &Text, view: &View<'_>) -> Markup {
    let words = &text.ledger;
    let (first, last) = (view.leaves.first().map(|(i, _)| *i), view.leaves.last().map(|(i, _)| *i));
    html! {
        section id="cac-muc" {
            h2 { (words.entries) }
            @if let (Some(first), Some(last)) = (first, last) {
                form method="get" action="/nhat-ky#cac-muc" class="filter" {
                    div {
                        label for="den" { (words.go_to) }
                        input id="den" name="den" type="text" inputmode="numeric" pattern="[0-9]{1,20}" maxlength="20" value=(last);
                    }
                    button type="submit" { (words.go) }
                }
                p role="status" { ((words.range)(&(text.number)(first), &(text.number)(last))) }
                div class="scroll" tabindex="0" role="region" aria-label=(words.entries) {
                    table {
                        thead { tr {
                            th scope="col" class="number" { (words.position) }
                            th scope="col" { (words.kind) }
                            th scope="col" { (words.province) }
                            th scope="col" { (words.school_year) }
                            th scope="col" { (words.logged_at) }
                        } }
                        tbody { @for (index, leaf) in view.leaves.iter().rev() { (row(text, view.register.directory(), *index, leaf)) } }
                    }
                }
                (pages(text, view, first, last))
            } @else {
                p { (words.empty) }
            }
        }
    }
}

fn row(text: &Text, directory: &Directory, index: u64, leaf: &Leaf) -> Markup {
    let words = &text.ledger;
    let id = Day::from_number(leaf.vintage).map(|vintage| ProvinceId { code: leaf.province, vintage });
    let at = i64::try_from(leaf.logged_at).ok().and_then(Moment::from_millis);
    html! {
        tr {
            th scope="row" class="number" { ((text.number)(index)) }
            td { ((words.kind_name)(leaf.kind)) }
            td { (province(text, directory, id)) }
            td class="nowrap" { @if let Some(year) = SchoolYear::starting(leaf.year) { (year) } @else { "–" } }
            td { @if let Some(at) = at { ((text.moment)(at)) } }
        }
    }
}

fn pages(text: &Text, view: &View<'_>, first: u64, last: u64) -> Markup {
    let words = &text.ledger;
    let newest = view.state.size.saturating_sub(1);
    html! {
        nav class="pages" aria-label=(words.entries) {
            @if last < newest {
                a class="button quiet-button" href="/nhat-ky#cac-muc" { (words.newest) }
                a class="button quiet-button" rel="prev" href={ "/nhat-ky?den=" ((last + PER_PAGE).min(newest)) "#cac-muc" } { (words.newer) }
            }
            @if first > 0 {
                a class="button quiet-button" rel="next" href={ "/nhat-ky?den=" (first - 1) "#cac-muc" } { (words.older) }
            }
        }
    }
}
