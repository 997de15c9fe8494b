//! The directory of schools and provinces, and the validity of their keys.

use std::collections::HashMap;

use maud::{Markup, html};

use super::icons::Tone;
use super::{Frame, open_page};
use crate::register::{Directory, Found, HolderRef, KeyRow, Register, School, SchoolRef};
use crate::transcript::Moment;
use crate::transcript::percent;
use crate::transcript::province::ProvinceId;
use crate::transcript::time::Day;
use crate::web::text::Text;

/// Schools on a page.
pub const PER_PAGE: usize = 25;

/// A page of the list.
#[derive(Debug)]
pub struct Listing<'a> {
    /// Where it is from.
    pub register: &'a Register,
    /// How many entries answers reflect.
    pub ledger_size: u64,
    /// What was typed.
    pub typed: &'a str,
    /// The province that was chosen.
    pub province: Option<ProvinceId>,
    /// What was found.
    pub found: Found,
    /// This page, from 1.
    pub page: usize,
    /// Now.
    pub now: Moment,
}

impl Listing<'_> {
    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.found.total.div_ceil(PER_PAGE).max(1)
    }

    /// Nothing was asked for: the provinces are shown in place of the first of all schools.
    fn is_entrance(&self) -> bool {
        self.typed.trim().is_empty() && self.province.is_none() && self.page == 1
    }
}

/// The search, with what was found or the provinces.
pub fn list(frame: &Frame<'_>, listing: &Listing<'_>) -> Markup {
    let words = &frame.text.schools;
    open_page(
        frame,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                (incomplete(frame.text, listing.register, listing.ledger_size))
            }
            (form(frame.text, listing))
            @if listing.is_entrance() {
                (provinces(frame.text, listing.register.directory(), listing.now))
            } @else {
                (results(frame.text, listing))
            }
        },
    )
}

fn incomplete(text: &Text, register: &Register, ledger_size: u64) -> Markup {
    html! {
        @if register.size() < ledger_size {
            p class="remark undecided" {
                (Tone::Undecided.icon())
                span { ((text.schools.incomplete)(&(text.number)(register.size()), &(text.number)(ledger_size))) }
            }
        }
    }
}

fn form(text: &Text, listing: &Listing<'_>) -> Markup {
    let words = &text.schools;
    let directory = listing.register.directory();
    html! {
        section class="card" {
            form method="get" action="/truong" role="search" class="filter" {
                div {
                    label for="q" { (words.search) }
                    p id="q-hint" class="hint" { (words.hint) }
                    input id="q" name="q" type="search" maxlength="100" autocomplete="off" spellcheck="false"
                        aria-describedby="q-hint" value=(listing.typed);
                }
                div {
                    label for="tinh" { (words.province) }
                    select id="tinh" name="tinh" {
                        option value="" { (words.all_provinces) }
                        @for (id, province) in directory.current() {
                            option value=(id.code) lang="vi" selected[Some(id) == listing.province] { (province.name) }
                        }
                    }
                }
                button type="submit" { (words.submit) }
            }
        }
    }
}

fn results(text: &Text, listing: &Listing<'_>) -> Markup {
    let words = &text.schools;
    let directory = listing.register.directory();
    let valid = directory.valid_keys(listing.now);
    html! {
        section {
            div role="status" { h2 { ((words.found)(&(text.number)(listing.found.total as u64))) } }
            @if listing.found.total == 0 {
                p { (words.none) " " (words.none_hint) }
            } @else {
                ul class="schools" {
                    @for at in &listing.found.schools {
                        @if let Some(school) = directory.school(*at) { (item(text, directory, school, *at, &valid)) }
                    }
                }
                (pages(text, listing))
            }
        }
    }
}

fn item(
    text: &Text,
    directory: &Directory,
    school: &School,
    at: SchoolRef,
    valid: &HashMap<SchoolRef, usize>,
) -> Markup {
    let words = &text.schools;
    let (then, now) = (school.province, directory.heir(school.province));
    let name = |id| directory.province(id).map_or("", |province| province.name.as_str());
    html! {
        li {
            a href={ "/truong/" (now.code) "/" (percent::encode(school.code.as_str())) } { strong { bdi { (school.name()) } } }
            " – " span class="place" { (name(now)) }
            small {
                ((words.code)(school.code.as_str()))
                @if name(then) != name(now) { "; " ((words.then)(name(then))) }
                "; " ((words.valid_keys)(valid.get(&at).copied().unwrap_or(0)))
            }
        }
    }
}

fn pages(text: &Text, listing: &Listing<'_>) -> Markup {
    let words = &text.schools;
    let (page, last) = (listing.page, listing.pages());
    let to = |page: usize| {
        let province = listing.province.map(|id| id.code.to_string()).unwrap_or_default();
        format!("/truong?q={}&tinh={province}&trang={page}", percent::encode(listing.typed))
    };
    html! {
        @if last > 1 {
            nav class="pages" aria-label=((words.page)(&page.to_string(), &last.to_string())) {
                @if page > 1 { a class="button quiet-button" rel="prev" href=(to(page - 1)) { (words.previous) } }
                @if page < last { a class="button quiet-button" rel="next" href=(to(page + 1)) { (words.next) } }
                p class="quiet" { ((words.page)(&(text.number)(page as u64), &(text.number)(last as u64))) }
            }
        }
    }
}

fn provinces(text: &Text, directory: &Directory, now: Moment) -> Markup {
    let words = &text.schools;
    let counts = directory.schools_by_heir();
    html! {
        section {
            h2 { (words.provinces) }
            table {
                thead { tr { th scope="col" { (words.province) } th scope="col" class="number" { (words.schools) } } }
                tbody {
                    @for (id, province) in directory.current() {
                        tr {
                            th scope="row" { a href={ "/truong/" (id.code) } lang="vi" { (province.name) } }
                            td class="number" { ((text.number)(counts.get(&id).copied().unwrap_or(0) as u64)) }
                        }
                    }
                }
            }
            h2 { (words.ministry_keys) }
            p { (words.ministry_lead) }
            (keys(text, directory.keys_of(HolderRef::Ministry), now))
        }
    }
}

/// A province: its own keys, those of the provinces merged into it, and the way to its schools.
pub fn province(frame: &Frame<'_>, register: &Register, id: ProvinceId, now: Moment) -> Markup {
    let (text, words) = (frame.text, &frame.text.schools);
    let directory = register.directory();
    let name = |id| directory.province(id).map_or("", |province| province.name.as_str());
    let mut all = directory.merged_into(id);
    all.sort_by_key(|id| std::cmp::Reverse(id.vintage));
    let merged: Vec<String> =
        all.iter().filter(|old| **old != id).map(|old| format!("{} ({})", name(*old), old.code)).collect();
    open_page(
        frame,
        name(id),
        &html! {
            section {
                h1 { (name(id)) }
                @if !merged.is_empty() { p { (words.merged) ": " (merged.join(", ")) "." } }
                p { a class="button quiet-button" href={ "/truong?tinh=" (id.code) } { ((words.schools_of)(name(id))) } }
            }
            @for id in all {
                section {
                    h2 { (words.keys) ": " (name(id)) small { (id.code) ", " ((text.day)(id.vintage)) } }
                    (keys(text, directory.keys_of(HolderRef::Province(id)), now))
                }
            }
            (back(frame))
        },
    )
}

/// A school under every province that granted it keys, newest first.
pub fn school(frame: &Frame<'_>, register: &Register, refs: &[SchoolRef], now: Moment) -> Markup {
    let (text, words) = (frame.text, &frame.text.schools);
    let directory = register.directory();
    let schools: Vec<(SchoolRef, &School)> = refs.iter().filter_map(|at| Some((*at, directory.school(*at)?))).collect();
    let title = schools.first().map_or("", |(_, school)| school.name());
    open_page(
        frame,
        title,
        &html! {
            section {
                h1 { bdi { (title) } }
                p { (words.keys_lead) }
            }
            @for (at, school) in &schools {
                section class="card" {
                    (about(text, directory, school))
                    h2 { (words.keys) }
                    (keys(text, directory.keys_of(HolderRef::School(*at)), now))
                }
            }
            (back(frame))
        },
    )
}

fn about(text: &Text, directory: &Directory, school: &School) -> Markup {
    let words = &text.schools;
    let name = |id| directory.province(id).map_or("", |province| province.name.as_str());
    let levels: Vec<&str> = school.levels.iter().map(|level| (text.verdicts.levels)(level.slug())).collect();
    let earlier: Vec<&str> = school.names.iter().skip(1).map(|name| name.as_str()).collect();
    html! {
        dl class="facts" {
            div { dt { (words.schools) } dd { bdi { (school.name()) } } }
            div { dt { (words.school_code) } dd class="code" { (school.code) } }
            div { dt { (words.levels) } dd { (levels.join(", ")) } }
            div { dt { (words.province_then) } dd { (name(school.province)) } }
            div { dt { (words.province_now) } dd { (name(directory.heir(school.province))) } }
            @if !earlier.is_empty() { div { dt { (words.earlier_names) } dd { bdi { (earlier.join("; ")) } } } }
        }
    }
}

fn keys<'k>(text: &Text, keys: impl Iterator<Item = &'k KeyRow>, now: Moment) -> Markup {
    let words = &text.schools;
    // The newest first: that is what people come for.
    let mut keys: Vec<&KeyRow> = keys.collect();
    keys.reverse();
    html! {
        @if keys.is_empty() {
            p { (words.no_keys) }
        } @else {
            ul class="keys" { @for key in keys { (key_item(text, key, now)) } }
        }
    }
}

fn key_item(text: &Text, key: &KeyRow, now: Moment) -> Markup {
    let words = &text.schools;
    let day = |at: Option<Moment>| at.map(|at| (text.day)(Day::from(at.date_in_vietnam()))).unwrap_or_default();
    let (word, tone) = standing(text, key, now);
    let entry = |index: u64| {
        html! { a href={ "/nhat-ky?den=" (index) } { ((words.entry)(&(text.number)(index))) } }
    };
    html! {
        li {
            strong { ((words.role)(key.role)) }
            p class={ "status " (tone.class()) } { (tone.icon()) span { (word) } }
            dl class="facts" {
                div { dt { (words.period) } dd { ((words.from_to)(&day(key.from()), &day(key.to()))) } }
                div { dt { (words.algorithm) } dd { (key.algorithm().name()) } }
                div { dt { (words.certificate) } dd {
                    (if key.certified { text.evidence.certified } else { text.evidence.not_certified })
                } }
                div { dt { (words.grant) } dd { (entry(key.granted_at)) } }
                @if let Some(revoked) = key.revoked {
                    div { dt { (words.revocation) } dd { (entry(revoked.leaf_index)) } }
                }
                div { dt { (words.kid) } dd class="kid" { (key.kid()) } }
            }
        }
    }
}

fn standing(text: &Text, key: &KeyRow, now: Moment) -> (String, Tone) {
    let words = &text.schools;
    if let Some(revoked) = key.revoked {
        let at = i64::try_from(revoked.logged_at).ok().and_then(Moment::from_millis);
        let day = at.map(|at| (text.day)(Day::from(at.date_in_vietnam()))).unwrap_or_default();
        return ((words.revoked)(&day), Tone::Bad);
    }
    match key.is_valid_at(now) {
        true => (words.valid.to_owned(), Tone::Good),
        false if key.from().is_some_and(|from| now < from) => (words.not_yet.to_owned(), Tone::Caution),
        false => (words.expired.to_owned(), Tone::Caution),
    }
}

fn back(frame: &Frame<'_>) -> Markup {
    html! { p class="again" { a class="button quiet-button" href="/truong" { (frame.text.schools.back) } } }
}
