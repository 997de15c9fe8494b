//! The scan page: camera, picture or typed field, and the rule for printing QR codes. What the script
//! says stands here in templates, so that every word is in the page's language.

use maud::{Markup, html};

use super::icons::Tone;
use super::{Extras, Frame, page_with};
use crate::web::assets::{QR_LICENCE, SCAN_CSS, SCAN_JS};
use crate::web::text::scan::{PrintingRule, Said, Tools};
use crate::web::text::{Notice, Text};

/// The page. `host` is the portal's own name, by which its script tells our links from others.
pub fn scan(frame: &Frame<'_>, host: &str) -> Markup {
    let words = &frame.text.scan;
    let extras = Extras { styles: &[&SCAN_CSS], module: Some(&SCAN_JS), ..Extras::default() };
    page_with(
        frame,
        words.title,
        &extras,
        &html! {
            section id="scanner" class="card scanner" data-host=(host) {
                h1 { (words.title) }
                div id="fallback" class="fault note" { (notice(Tone::Note, words.without_script)) }
                div id="tools" hidden {
                    p class="lead" { (words.lead) }
                    (tools(&words.tools))
                    p class="hint drop" { (words.tools.drop) }
                }
                div id="said" class="said" role="status" {}
                (typed(frame))
            }
            p { a href="/quay" { (words.to_counter) } }
            (rule(&words.rule))
            (licence(frame.text))
            (templates(frame.text))
        },
    )
}

/// Camera and pictures; without a script they are not shown.
pub(super) fn tools(words: &Tools) -> Markup {
    html! {
        div id="finder" class="finder" hidden {
            video id="video" playsinline muted aria-label=(words.viewfinder) {}
            p { (words.aim) }
        }
        div class="tools" {
            button id="start" type="button" { (words.start) }
            button id="stop" class="quiet-button" type="button" hidden { (words.stop) }
            button id="torch" class="quiet-button" type="button" aria-pressed="false" hidden { (words.torch) }
            label class="pick take" { span class="button quiet-button" { (words.take_photo) } input class="pictures" type="file" accept="image/*" capture="environment"; }
            label class="pick" { span class="button quiet-button" { (words.choose_photo) } input class="pictures" type="file" accept="image/*"; }
        }
    }
}

fn typed(frame: &Frame<'_>) -> Markup {
    let words = &frame.text.scan;
    html! {
        form class="lookup typed" method="post" action="/tra-cuu" accept-charset="utf-8" {
            h2 { (words.type_title) }
            label for="code" { (frame.text.lookup.label) }
            p id="code-hint" class="hint" { (words.type_hint) }
            input id="code" name="code" type="text" required maxlength="1024" autocomplete="off" autocapitalize="none"
                spellcheck="false" autocorrect="off" enterkeyhint="search" aria-describedby="code-hint";
            button type="submit" { (frame.text.lookup.submit) }
        }
    }
}

fn rule(words: &PrintingRule) -> Markup {
    html! {
        section id="quy-cach" class="rule" {
            h2 { (words.title) }
            p { (words.lead) }
            dl { @for (what, how) in words.items { div { dt { (what) } dd { (how) } } } }
            h3 { (words.test_title) }
            ol { @for step in words.test { li { (step) } } }
        }
    }
}

/// The decoder's notice, as its licence asks.
pub(super) fn licence(text: &Text) -> Markup {
    html! { p class="quiet" { a href=(QR_LICENCE.url) { (text.scan.decoder) } } }
}

fn notice(tone: Tone, words: Notice) -> Markup {
    html! {
        (tone.icon())
        div { p { strong { (words.title) } } p { (words.body) } }
    }
}

/// What the script may say, each by its name.
pub(super) fn templates(text: &Text) -> Markup {
    let Said { asking, looking, denied, no_camera, camera_busy, unsupported, reading, nothing, .. } = text.scan.said;
    let Said { not_picture, too_large, found, foreign, foreign_look_up, several, link, citizen_card, .. } =
        text.scan.said;
    let Said { contact, payment, number, almost, empty, other, .. } = text.scan.said;
    let plain = [
        ("asking", Tone::Note, asking),
        ("looking", Tone::Note, looking),
        ("denied", Tone::Caution, denied),
        ("no_camera", Tone::Caution, no_camera),
        ("camera_busy", Tone::Caution, camera_busy),
        ("unsupported", Tone::Caution, unsupported),
        ("reading", Tone::Note, reading),
        ("nothing", Tone::Absent, nothing),
        ("not_picture", Tone::Caution, not_picture),
        ("too_large", Tone::Caution, too_large),
        ("found", Tone::Note, found),
        ("citizen_card", Tone::Caution, citizen_card),
        ("contact", Tone::Absent, contact),
        ("payment", Tone::Absent, payment),
        ("number", Tone::Absent, number),
        ("almost", Tone::Caution, almost),
        ("empty", Tone::Absent, empty),
        ("other", Tone::Absent, other),
    ];
    html! {
        @for (name, tone, words) in plain {
            template id={ "say-" (name) } { div class={ "fault " (tone.class()) } { (notice(tone, words)) } }
        }
        @for (name, words) in [("foreign", foreign), ("link", link)] {
            template id={ "say-" (name) } {
                div class={ "fault " (Tone::Caution.class()) } {
                    (Tone::Caution.icon())
                    div {
                        p { strong { (words.title) } }
                        p { (words.body) " " bdi class="code site" {} }
                        @if name == "foreign" { p { a class="button look-up" href="/" { (foreign_look_up) } } }
                    }
                }
            }
        }
        template id="say-several" {
            div class={ "fault " (Tone::Caution.class()) } {
                (Tone::Caution.icon())
                div { p { strong { (several.title) } } p { (several.body) } ul class="codes" {} }
            }
        }
    }
}
