//! The pages: pure functions from answers to markup. No I/O, no clock, no request.
//!
//! Whatever they promise works without a script, unless they say so; a page may load one that makes it
//! handier. Whatever comes from a person or a province is escaped by maud, and names stand in `<bdi>`.

pub mod api;
pub mod counter;
pub mod evidence;
mod handed_in;
pub mod home;
pub mod icons;
pub mod ledger;
mod navigation;
pub mod office;
pub mod paper;
pub mod problem;
pub mod receipt;
pub mod reports;
pub mod scan;
pub mod schools;
pub mod second_factor;
pub mod share;
pub mod shared;
pub mod soft_copy;
pub mod transcript;
pub mod verdict;

use maud::{DOCTYPE, Markup, html};

use super::assets::{Asset, ICON, OPEN_CSS, PORTAL_CSS};
use super::text::{Language, Text};
use shared::Shared;

/// What every page knows.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Words.
    pub text: &'static Text,
    /// Owner of the system, from the configuration.
    pub owner: &'a str,
    /// Contact, a `mailto:` or `https:` URL.
    pub contact: &'a str,
    /// What operators want everybody to read, in the page's language.
    pub banner: Option<&'a str>,
    /// Whether offices sign in here.
    pub offices: bool,
    /// Path of this page for the language links; a page that answers a POST names the page it can be got from.
    pub path: &'a str,
}

/// What a page loads besides the style sheet of every page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// Style sheets of its area, after `portal.css` and built on its tokens.
    pub styles: &'a [&'a Asset],
    /// Its one script, run once the page is there.
    pub script: Option<&'a Asset>,
    /// The same as a module, which may import others.
    pub module: Option<&'a Asset>,
    /// What stands below the header, before the content.
    pub below: Option<&'a Markup>,
    /// Where it leads by itself, at once.
    pub leads_to: Option<&'a str>,
}

/// A whole page.
pub fn page(frame: &Frame<'_>, title: &str, content: &Markup) -> Markup {
    page_with(frame, title, &Extras::default(), content)
}

/// A page of this area: evidence, the ledger, schools, error reports.
fn open_page(frame: &Frame<'_>, title: &str, content: &Markup) -> Markup {
    page_with(frame, title, &Extras { styles: &[&OPEN_CSS], ..Extras::default() }, content)
}

/// A whole page that loads more than every page does.
pub fn page_with(frame: &Frame<'_>, title: &str, extras: &Extras<'_>, content: &Markup) -> Markup {
    let (text, shared) = (frame.text, Shared::of(frame.text.language));
    html! {
        (DOCTYPE)
        html lang=(text.language.tag()) {
            head {
                (shared.meta)
                title { (title) " – " (text.site.name) }
                @if let Some(address) = extras.leads_to { meta http-equiv="refresh" content={ "0;url=" (address) }; }
                link rel="stylesheet" href=(PORTAL_CSS.url);
                @for style in extras.styles { link rel="stylesheet" href=(style.url); }
                link rel="icon" href=(ICON.url) type=(ICON.media_type);
                @if let Some(script) = extras.script { script src=(script.url) defer {} }
                @if let Some(module) = extras.module { script type="module" src=(module.url) {} }
            }
            body {
                a class="skip" href="#content" { (text.site.skip) }
                (header(frame))
                @if let Some(text) = frame.banner {
                    div class="incident" role="status" aria-label=(frame.text.site.notice) { p class="bar" { (text) } }
                }
                @if let Some(below) = extras.below { (below) }
                main id="content" tabindex="-1" { (content) }
                (footer(frame))
            }
        }
    }
}

fn meta() -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        meta name="format-detection" content="telephone=no";
    }
}

fn header(frame: &Frame<'_>) -> Markup {
    let (text, shared) = (frame.text, Shared::of(frame.text.language));
    html! {
        header class="top" {
            div class="bar" {
                a class="brand" href="/" title=(text.site.home) {
                    (shared.book)
                    span {
                        span class="owner" lang="vi" { (frame.owner) }
                        span class="product" { (text.site.name) }
                    }
                }
                nav class="languages" aria-label=(text.site.language) {
                    @for language in Language::ALL {
                        @if language == text.language {
                            span aria-current="true" lang=(language.tag()) { (language_name(language)) }
                        } @else {
                            a href={ (frame.path) "?lang=" (language.tag()) } lang=(language.tag())
                                hreflang=(language.tag()) rel="nofollow" { (language_name(language)) }
                        }
                    }
                }
            }
            @if navigation::is_place(frame.path) { (navigation::links(text, frame.path)) } @else { (shared.places) }
        }
    }
}

fn language_name(language: Language) -> &'static str {
    match language {
        Language::Vietnamese => "Tiếng Việt",
        Language::English => "English",
    }
}

fn footer(frame: &Frame<'_>) -> Markup {
    let site = &frame.text.site;
    let shown = frame.contact.trim_start_matches("mailto:").trim_start_matches("https://");
    html! {
        footer class="foot" {
            div class="bar" {
                p { (site.owner) ": " strong lang="vi" { (frame.owner) } }
                p { (site.contact) ": " a href=(frame.contact) { (shown) } }
                @if frame.offices { p { a href="/co-quan" { (frame.text.office.link) } } }
                (Shared::of(frame.text.language).foot)
            }
        }
    }
}

fn foot_links(text: &Text) -> Markup {
    html! {
        p {
            a href="/truong" { (text.schools.title) } " · "
            a href="/nhat-ky" { (text.ledger.title) } " · "
            a href="/tai-lieu-api" { (text.api.title) } " · "
            a href="/bao-sai-sot" { (text.reports.state_title) }
        }
        p class="quiet" { (text.site.source) }
    }
}
