//! Evidence in words: what each year rests on, the files to take away, and how to check them by hand.

use maud::{Markup, html};

use super::{Frame, open_page};
use crate::portal::public_evidence::{PublicEntry, PublicEvidence, PublicSheet, PublicStatus};
use crate::portal::told::{ToldEntry, ToldSheet, ToldSignature};
use crate::transcript::TranscriptCode;
use crate::transcript::percent;
use crate::web::text::Text;

/// The commands, as they are shown and as tests run them. `PORTAL` and `FILE` are set in the lines before.
const HOCBA: &str = include_str!("by_hand/hocba.sh");
const TREE: &str = include_str!("by_hand/tree.sh");
const TILES: &str = include_str!("by_hand/tiles.sh");
const SIGNATURES: &str = include_str!("by_hand/signatures.sh");

/// Names of the files that visitors get.
pub const PUBLIC_FILE: &str = "bang-chung-cong-khai.json";
/// The file with content and signatures.
pub const WHOLE_FILE: &str = "bang-chung.json";

/// The evidence of a code alone.
pub fn public(frame: &Frame<'_>, evidence: &PublicEvidence, portal: &str) -> Markup {
    let (text, words) = (frame.text, &frame.text.evidence);
    let code = evidence.code;
    open_page(
        frame,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p class="lead" { (words.lead) }
                p { (words.not_status) }
                p { a href={ "/v/" (code) } { (words.back) } }
            }
            @for sheet in &evidence.sheets { (year(text, sheet)) }
            section class="card evidence" {
                h2 { (words.checkpoint) }
                p { (words.checkpoint_lead) }
                dl class="facts" {
                    div { dt { (words.log_name) } dd class="hash" { (evidence.log) } }
                    div { dt { (words.size) } dd { ((text.number)(evidence.ledger_size)) } }
                    div { dt { (words.root) } dd class="hash" { (evidence.root_hash) } }
                    div { dt { (words.cosigned) } dd {
                        @match evidence.cosigned_at {
                            Some(at) => { ((text.moment)(at)) }
                            None => { (words.never_cosigned) }
                        }
                    } }
                }
            }
            section {
                h2 { (words.download) }
                p { (words.public_file) }
                p { a class="button" href={ "/v/" (code) "/bang-chung/tep" } download=(PUBLIC_FILE) { (words.get_public) } }
                p class="quiet" { (words.where_whole) }
            }
            (by_hand(text, portal))
        },
    )
}

fn year(text: &Text, sheet: &PublicSheet) -> Markup {
    let words = &text.evidence;
    html! {
        section class="card evidence" {
            h2 { ((words.year)(&sheet.school_year.to_string(), &(text.sheets.grade)(sheet.grade))) }
            dl class="facts" {
                div { dt { (words.signed) } dd { (words.school_signed) } }
                div { dt { (words.package) } dd { ((words.province_signed)(sheet.province.name.as_str())) } }
                div { dt { (words.logged) } dd { (logged(text, sheet.entry.leaf_index, sheet.entry.logged_at)) } }
                div { dt { (words.proof) } dd { (proved(text, &sheet.entry)) } }
                @if !sheet.statuses.is_empty() {
                    div { dt { (words.decisions) } dd {
                        ul class="signatures" { @for status in &sheet.statuses { li { (decision(text, status)) } } }
                    } }
                }
            }
        }
    }
}

fn logged(text: &Text, index: u64, at: crate::transcript::Moment) -> String {
    (text.evidence.logged_at)(&(text.number)(index), &(text.moment)(at))
}

/// The size stands in the proof's own checkpoint, the one that the page shows below.
fn proved(text: &Text, entry: &PublicEntry) -> String {
    let size = entry.proof.split_once("\n\n").and_then(|(_, note)| note.lines().nth(1)?.parse().ok()).unwrap_or(0);
    (text.evidence.proved)(entry.path_length, &(text.number)(size))
}

fn decision(text: &Text, status: &PublicStatus) -> String {
    let words = &text.evidence;
    let (index, at) = ((text.number)(status.entry.leaf_index), (text.moment)(status.entry.logged_at));
    (words.decision)((words.status)(status.status), &index, &at)
}

/// How to check the files by hand.
fn by_hand(text: &Text, portal: &str) -> Markup {
    let words = &text.evidence;
    html! {
        section id="tu-kiem-tra" {
            h2 { (words.by_hand) }
            p { (words.by_hand_lead) }
            h3 { (words.name_of_file) }
            (commands(words.name_of_file, &format!("PORTAL={portal}\nFILE={PUBLIC_FILE}   # {WHOLE_FILE}\n")))
            h3 { (words.with_hocba) }
            (commands(words.with_hocba, HOCBA))
            h3 { (words.with_tools) }
            (commands(words.with_tools, TREE))
            h3 { (words.same_for_all) }
            (commands(words.same_for_all, TILES))
            h3 { (words.signatures) }
            (commands(words.signatures, SIGNATURES))
        }
    }
}

/// Lines to copy; they scroll in their own box, which the keyboard reaches.
pub(super) fn commands(name: &str, lines: &str) -> Markup {
    html! { pre class="commands" tabindex="0" role="region" aria-label=(name) lang="en" { (lines) } }
}

/// Evidence on the page of an opened transcript; `told` is empty where it was asked for by a sheet's own id. `again`
/// gets the file, so that nothing has to be typed again.
pub fn opened(frame: &Frame<'_>, code: &TranscriptCode, told: &[ToldSheet], again: Option<Markup>) -> Markup {
    let (text, words) = (frame.text, &frame.text.evidence);
    html! {
        section class="screen evidence" id="bang-chung" {
            h2 { (words.title) }
            p { (words.not_status) }
            @for sheet in told { (told_year(text, sheet)) }
            @if told.is_empty() {
                p { (words.only_by_code) }
            } @else if let Some(again) = again {
                p { (words.whole_file) }
                form method="post" action={ "/v/" (code) "/bang-chung" } accept-charset="utf-8" {
                    (again)
                    button type="submit" class="quiet-button" { (words.get_whole) }
                }
            }
            ul class="ways" {
                li { a href={ "/v/" (code) "/bang-chung#tu-kiem-tra" } { (words.link) } }
                li { a href={ "/v/" (code) "/bao-sai-sot" } { (text.reports.title) } }
            }
        }
    }
}

fn told_year(text: &Text, sheet: &ToldSheet) -> Markup {
    let words = &text.evidence;
    let package = &sheet.package;
    let number = |n: u64| (text.number)(n);
    html! {
        details {
            summary { (text.sheets.year) " " (sheet.school_year) }
            dl class="facts" {
                div { dt { (words.signed) } dd { (signatures(text, &sheet.signatures)) } }
                div { dt { (words.package) } dd {
                    p { ((words.package_line)(&number(package.sequence), &number(package.line.into()), &number(package.lines))) }
                    (signatures(text, &package.signatures))
                    small { (place(text, &package.entry)) }
                } }
                div { dt { (words.logged) } dd { (logged(text, sheet.entry.leaf_index, sheet.entry.logged_at)) } }
                div { dt { (words.proof) } dd { (place_in_tree(text, &sheet.entry)) } }
            }
        }
    }
}

fn place(text: &Text, entry: &ToldEntry) -> String {
    logged(text, entry.leaf_index, entry.logged_at)
}

fn place_in_tree(text: &Text, entry: &ToldEntry) -> String {
    (text.evidence.proved)(entry.path_length, &(text.number)(entry.ledger_size))
}

fn signatures(text: &Text, all: &[ToldSignature]) -> Markup {
    let words = &text.evidence;
    html! {
        ul class="signatures" {
            @for one in all {
                li {
                    (one.role.map_or(words.pinned, words.role))
                    @match (&one.holder, &one.school) {
                        (Some(holder), Some((province, school))) => {
                            ": " a href={ "/truong/" (province) "/" (percent::encode(school)) } { bdi { (holder) } }
                        }
                        (Some(holder), None) => { ": " bdi { (holder) } }
                        (None, _) => {}
                    }
                    small {
                        (one.algorithm)
                        @if let Some(index) = one.granted_at { "; " ((words.granted)(&(text.number)(index))) }
                        "; " (if one.certified { words.certified } else { words.not_certified })
                    }
                    span class="kid" { (words.kid) " " (one.kid) }
                }
            }
        }
    }
}
