//! What an office may look up, in plain words: the own one, and for auditors every one.

use maud::{Markup, html};

use super::{SignedIn, page};
use crate::offices::{Provinces, Scope};
use crate::portal::office_desk::{MemberView, OfficeSummary, OfficeView};
use crate::register::Directory;
use crate::transcript::{GroupSet, Moment};
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;

/// From here on the office is told how long its grant still runs.
const SOON_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;

/// The own office.
pub fn own(
    frame: &Frame<'_>,
    signed_in: &SignedIn<'_>,
    office: &OfficeView,
    directory: Option<&Directory>,
    now: Moment,
) -> Markup {
    let (text, words) = (frame.text, &frame.text.office);
    let left = (office.scope.until().as_millis() - now.as_millis()) / DAY_MS;
    page(
        frame,
        signed_in,
        words.grant.title,
        &html! {
            section {
                h1 { (words.grant.title) }
                p { ((words.role_does)(signed_in.who.role())) }
                @if signed_in.untold > 0 {
                    p class="remark caution" {
                        (Tone::Caution.icon()) span { a href="/co-quan/thay-doi" { ((text.later.open)(signed_in.untold)) } }
                    }
                }
                @if left < SOON_DAYS { p class="remark" { (Tone::Caution.icon()) span { ((words.grant.soon)(left)) } } }
            }
            section class="card" {
                dl class="facts" {
                    div { dt { (words.grant.account) } dd class="code" { (signed_in.who.account()) } }
                    div { dt { (words.grant.role) } dd { ((words.role)(signed_in.who.role())) } }
                }
            }
            (facts(text, office, directory))
            p class="quiet" { (words.grant.outside) }
        },
    )
}

/// Every office, for auditors.
pub fn every(frame: &Frame<'_>, signed_in: &SignedIn<'_>, offices: &[OfficeSummary]) -> Markup {
    let (text, words) = (frame.text, &frame.text.office.offices);
    page(
        frame,
        signed_in,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                @if offices.is_empty() { p { (words.none) } }
                ul class="schools" {
                    @for office in offices {
                        li {
                            a href={ "/co-quan/don-vi/" (office.office) } { bdi { (office.name) } }
                            (standing(text, office))
                            small {
                                ((text.office.grant.kind_name)(office.kind)) " · " span class="code" { (office.office) } " · "
                                ((words.until)(&(text.moment)(office.until))) " · " ((words.members)(office.members))
                            }
                        }
                    }
                }
            }
        },
    )
}

/// One of them, with its accounts.
pub fn one(frame: &Frame<'_>, signed_in: &SignedIn<'_>, office: &OfficeView, directory: Option<&Directory>) -> Markup {
    let (text, words) = (frame.text, &frame.text.office);
    page(
        frame,
        signed_in,
        office.summary.name.as_str(),
        &html! {
            h1 { bdi { (office.summary.name) } }
            (facts(text, office, directory))
            section {
                h2 { (words.list.title) }
                (accounts(text, &office.members))
            }
            p { a href="/co-quan/don-vi" { (words.offices.back) } }
        },
    )
}

fn standing(text: &Text, office: &OfficeSummary) -> Markup {
    let words = &text.office.grant;
    let (tone, state) = match (office.in_force, office.ended) {
        (true, _) => (Tone::Good, words.in_force),
        (false, None) => (Tone::Caution, words.over),
        (false, Some(_)) => (Tone::Bad, words.ended),
    };
    html! { span class={ "status " (tone.class()) } { (tone.icon()) (state) } }
}

fn facts(text: &Text, office: &OfficeView, directory: Option<&Directory>) -> Markup {
    let (words, scope, summary) = (&text.office.grant, &office.scope, &office.summary);
    let years = scope.years();
    html! {
        section class="card" {
            h2 { (words.may) }
            (standing(text, summary))
            dl class="facts grant" {
                div { dt { (words.office) } dd { bdi { (summary.name) } " " span class="code quiet" { "(" (summary.office) ")" } } }
                div { dt { (words.kind) } dd { ((words.kind_name)(summary.kind)) } }
                div { dt { (words.purpose) } dd { (office.purpose.text()) } }
                div { dt { (words.citation) } dd { (office.purpose.citation()) } }
                div { dt { (words.provinces) } dd { (provinces(text, scope.provinces(), directory)) } }
                div { dt { (words.levels) } dd { (levels(text, scope)) } }
                div { dt { (words.years) } dd { ((words.from_to)(&years.first().to_string(), &years.last().to_string())) } }
                div { dt { (words.until) } dd { ((text.moment)(scope.until())) } }
                div class="wide" { dt { (words.groups) } dd { (groups(text, scope.groups())) } }
            }
        }
    }
}

/// Names, each once: a province that took others in is granted together with its own older code.
fn provinces(text: &Text, provinces: &Provinces, directory: Option<&Directory>) -> String {
    let Some(named) = provinces.named() else { return text.office.grant.all_provinces.to_owned() };
    let name = |id| match directory.and_then(|directory| directory.province(id)) {
        Some(province) => province.name.as_str().to_owned(),
        None => format!("{}:{}", id.code, id.vintage),
    };
    let mut names: Vec<String> = named.iter().map(|id| name(*id)).collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn levels(text: &Text, scope: &Scope) -> String {
    scope.levels().iter().map(|level| (text.verdicts.levels)(level.slug())).collect::<Vec<_>>().join(", ")
}

fn groups(text: &Text, groups: GroupSet) -> Markup {
    html! {
        @if groups == GroupSet::NONE {
            (text.office.grant.no_groups)
        } @else {
            ul class="plain" { @for group in groups.iter() { li { ((text.transcript.group)(group)) } } }
        }
    }
}

fn accounts(text: &Text, members: &[MemberView]) -> Markup {
    let words = &text.office.list;
    html! {
        @if members.is_empty() { p { (words.none) } }
        @else {
            table class="members" {
                thead { tr { th { (words.name) } th { (words.role) } th { (words.state) } } }
                tbody {
                    @for member in members {
                        tr {
                            th scope="row" { bdi { (member.full_name) } small class="code" { (member.account) } }
                            td { ((text.office.role)(member.role)) }
                            td { (super::members::access(text, &member.access)) }
                        }
                    }
                }
            }
        }
    }
}
