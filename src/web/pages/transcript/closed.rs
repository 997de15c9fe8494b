//! What an opened transcript does not show, and what its words mean.

use maud::{Markup, html};

use super::Opened;
use crate::transcript::contents::ResultsKind;
use crate::transcript::level::Level;
use crate::transcript::{Group, GroupSet};
use crate::web::backend::{DisclosedSheet, Opening};
use crate::web::text::Text;
use crate::web::text::glossary::Chapter;

/// Groups that no opened sheet shows, with who may open them and why they are closed.
pub(super) fn groups(text: &Text, opened: &Opened<'_>) -> Markup {
    let words = &text.transcript;
    let shown = opened.sheets.iter().flat_map(|s| s.contents.groups().iter().collect::<Vec<_>>());
    let shown = shown.fold(GroupSet::NONE, GroupSet::with);
    let closed: Vec<Group> = Group::ALL.into_iter().filter(|g| !shown.contains(*g)).collect();
    html! {
        @if !closed.is_empty() {
            section class="screen" id="phan-dong" {
                h2 { (words.closed) }
                @if matches!(opened.opening, Opening::Granted { .. }) {
                    p { (text.office_search.closed) }
                } @else { p { (words.closed_body) } }
                dl class="closed" {
                    @for group in closed {
                        div {
                            dt { ((words.group)(group)) }
                            dd { (words.may_open) ": " ((words.opened_by)(group)) "." }
                            dd class="quiet" { ((words.why_closed)(group)) }
                        }
                    }
                }
            }
        }
    }
}

/// The chapters that the opened years need; what it says about standing always.
pub(super) fn glossary(text: &Text, opened: &[DisclosedSheet]) -> Markup {
    let mut chapters = vec![Chapter::Standing];
    for sheet in opened {
        let chapter = match (ResultsKind::of(sheet.claims.level, sheet.claims.circular.as_str()), sheet.claims.level) {
            (Some(ResultsKind::Primary), _) => Chapter::Primary,
            (Some(ResultsKind::Secondary), Level::Continuing) => Chapter::Continuing,
            (Some(ResultsKind::Secondary), _) => Chapter::Secondary,
            _ => Chapter::Older,
        };
        if !chapters.contains(&chapter) {
            chapters.push(chapter);
        }
    }
    html! {
        section class="glossary" id="cach-doc" {
            h2 { (text.glossary.title) }
            p class="quiet" { (text.glossary.intro) }
            @for chapter in chapters {
                @let words = (text.glossary.chapter)(chapter);
                details open {
                    summary { h3 { (words.title) } }
                    dl {
                        @for entry in words.entries { div { dt { (entry.term) } dd { (entry.meaning) } } }
                    }
                }
            }
        }
    }
}
