//! Counter mode, for who checks hundreds of transcripts in a row: a field that is always ready, one
//! large verdict, a running list. All of it is the script's; without one the page leads elsewhere.

use maud::{Markup, html};

use super::icons::Tone;
use super::{Extras, Frame, page_with, scan};
use crate::transcript::Level;
use crate::web::assets::{COUNTER_JS, SCAN_CSS};
use crate::web::text::Text;

/// The page. `host` is the portal's own name, by which its script tells our links from others.
pub fn counter(frame: &Frame<'_>, host: &str) -> Markup {
    let words = &frame.text.counter;
    let extras = Extras { styles: &[&SCAN_CSS], module: Some(&COUNTER_JS), ..Extras::default() };
    page_with(
        frame,
        words.title,
        &extras,
        &html! {
            h1 { (words.title) }
            div id="fallback" class="fault note" {
                (Tone::Note.icon())
                div {
                    p { strong { (words.without_script.title) } }
                    p { (words.without_script.body) }
                    p { a href="/" { (frame.text.site.home) } }
                }
            }
            section id="counter" class="counter" data-host=(host) hidden {
                p { (words.lead) }
                (field(frame.text))
                (latest(frame.text))
                details id="camera" {
                    summary { (words.camera) }
                    (scan::tools(&frame.text.scan.tools))
                    div id="said" class="said" role="status" {}
                }
                (list(frame.text))
            }
            (scan::licence(frame.text))
            (scan::templates(frame.text))
            (templates(frame.text))
        },
    )
}

fn field(text: &Text) -> Markup {
    let words = &text.counter;
    html! {
        form id="wedge" class="wedge" method="post" action="/tra-cuu" {
            label for="code" { (words.label) }
            p id="code-hint" class="hint" { (words.hint) }
            div class="line" {
                input id="code" name="code" type="text" maxlength="8192" autocomplete="off" autocapitalize="none"
                    spellcheck="false" autocorrect="off" enterkeyhint="go" aria-describedby="code-hint";
                button type="submit" { (words.submit) }
            }
        }
    }
}

/// The verdict of the last scan, to be read from two metres; screen readers get one sentence of their own.
fn latest(text: &Text) -> Markup {
    let ready = text.counter.ready;
    html! {
        div id="latest" class="card verdict latest note" aria-hidden="true" {
            span id="latest-icon" { (Tone::Note.icon()) }
            div { p id="latest-word" class="word" { (ready.title) } p id="latest-detail" { (ready.body) } }
        }
        p id="announce" class="heard" role="status" {}
        div id="slow" class="fault caution" hidden {
            (Tone::Caution.icon())
            p { (text.counter.slow_down) " " span id="seconds" {} }
        }
    }
}

fn list(text: &Text) -> Markup {
    let words = &text.counter;
    html! {
        div class="tools" {
            button id="sound" class="quiet-button" type="button" aria-pressed="true" { (words.sound) }
            button id="retry" class="quiet-button" type="button" hidden { (words.retry) }
            button id="download" type="button" disabled { (words.download) }
        }
        p class="hint" { (words.kept) }
        div id="results" hidden {
            h2 { (words.counts) }
            ul id="counts" class="counts" {}
            h2 { (words.list) }
            ol id="list" class="scans" reversed {}
        }
    }
}

/// Verdicts with their looks, and the words the script puts together.
fn templates(text: &Text) -> Markup {
    let words = &text.counter;
    let verdicts = [
        ("valid", Tone::Note, words.verdicts.valid),
        ("not_in_force", Tone::Caution, words.verdicts.not_in_force),
        ("partly_withdrawn", Tone::Caution, words.verdicts.partly_withdrawn),
        ("suspended", Tone::Caution, words.verdicts.suspended),
        ("withdrawn", Tone::Bad, words.verdicts.withdrawn),
        ("replaced", Tone::Bad, words.verdicts.replaced),
        ("erased", Tone::Bad, words.verdicts.erased),
        ("unknown", Tone::Absent, words.verdicts.unknown),
        ("unchecked", Tone::Undecided, words.verdicts.unchecked),
        ("no_code", Tone::Caution, words.verdicts.no_code),
        ("several", Tone::Caution, words.verdicts.several),
        ("waiting", Tone::Undecided, words.waiting),
    ];
    let sentences = [
        ("compare", words.compare),
        ("duplicate", words.duplicate),
        ("missing", words.missing),
        ("repaired", words.repaired),
        ("foreign", words.foreign),
        ("almost", text.scan.said.almost.body),
        ("citizen_card", text.scan.said.citizen_card.title),
        ("several", text.scan.said.several.body),
    ];
    html! {
        @for (name, tone, word) in verdicts {
            template class="verdict-looks" data-verdict=(name) data-tone=(tone.class()) data-word=(word) { (tone.icon()) }
        }
        template id="words" {
            @for (name, sentence) in sentences { span data-word=(name) { (sentence) } }
            @for level in Level::ALL { span data-level=(level.slug()) { ((text.verdicts.levels)(level.slug())) } }
            @for column in words.columns { span data-column { (column) } }
        }
    }
}
