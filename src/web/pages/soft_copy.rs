//! Soft copies: the form on the opened transcript's page, the page that judges a file, what came of it.

use maud::{Markup, html};

use super::icons::Tone;
use super::transcript::{Opened, standing};
use super::verdict::code_in_groups;
use super::{Frame, handed_in, home};
use crate::portal::answer::Verdict;
use crate::portal::batch::report::ReportSummary;
use crate::portal::soft_copy::judge::{Change, Genuine, Judged};
use crate::transcript::{SchoolYear, TranscriptCode};
use crate::web::text::{Notice, Text};

/// On the page of an opened transcript: the form that gets the signed PDF, of all years or an extract of one.
pub fn offer(frame: &Frame<'_>, code: &TranscriptCode, opened: &Opened<'_>) -> Markup {
    let words = &frame.text.soft_copy;
    let Some(again) = opened.again() else { return html! {} };
    let mut years: Vec<SchoolYear> = opened.sheets.iter().map(|sheet| sheet.claims.school_year).collect();
    years.dedup();
    html! {
        section class="card screen" id="ban-mem" {
            h2 { (words.title) }
            p { (words.why) }
            form method="post" action={ "/v/" (code) "/ban-mem" } accept-charset="utf-8" {
                (again)
                @if years.len() > 1 {
                    label for="nam-hoc" { (words.which_years) }
                    select id="nam-hoc" name="nam-hoc" {
                        option value="" { (words.all_years) }
                        @for year in &years { option value=(year) { ((words.extract_of)(&year.to_string())) } }
                    }
                }
                button type="submit" { (words.get) }
            }
            p class="quiet" { (words.recorded) " " a href="/xac-thuc-ban-mem" { (words.check_title) } "." }
        }
    }
}

/// The ticket's time is over.
pub fn gone(frame: &Frame<'_>) -> Markup {
    notice(frame, frame.text.soft_copy.gone, Tone::Note, &html! {})
}

/// The page that asks for a file.
pub fn ask(frame: &Frame<'_>) -> Markup {
    let words = &frame.text.soft_copy;
    handed_in::ask(frame, words.check_title, words.check_why, &form(frame))
}

fn form(frame: &Frame<'_>) -> Markup {
    let words = &frame.text.soft_copy;
    html! {
        form class="card" method="post" action="/xac-thuc-ban-mem" enctype="multipart/form-data" accept-charset="utf-8" {
            label for="file" { (words.file) }
            p id="file-hint" class="hint" { (words.file_hint) }
            input id="file" name="file" type="file" required aria-describedby="file-hint"
                accept=".pdf,application/pdf,image/png,image/jpeg";
            button type="submit" { (words.check) }
        }
    }
}

/// What came of judging one.
pub fn judged(frame: &Frame<'_>, judged: &Judged) -> Markup {
    let words = &frame.text.soft_copy;
    match judged {
        Judged::Genuine(genuine) => genuine_page(frame, genuine),
        Judged::Report(report) => report_page(frame, report),
        Judged::Altered => notice(frame, words.altered, Tone::Bad, &html! {}),
        Judged::CodeOnly { code, verdict } => code_only(frame, code, *verdict),
        Judged::NotIssuedHere => notice(frame, words.not_issued_here, Tone::Bad, &html! {}),
        Judged::Unreadable => notice(frame, words.unreadable, Tone::Note, &html! {}),
    }
}

/// Green only for what is current and in force: the file of a withdrawn transcript is genuine, too.
fn genuine_page(frame: &Frame<'_>, genuine: &Genuine) -> Markup {
    let words = &frame.text.soft_copy;
    let (said, tone) = match (&genuine.changes, genuine.verdict) {
        (None, _) => (words.unchecked, Tone::Undecided),
        (Some(changes), _) if !changes.is_empty() => (words.older, Tone::Caution),
        (Some(_), Verdict::Valid) => (words.current, Tone::Good),
        (Some(_), _) => (words.current_not_in_force, Tone::Caution),
    };
    let more = html! {
        @if let Some(changes) = genuine.changes.as_deref().filter(|changes| !changes.is_empty()) {
            p { strong { (words.what_changed) } }
            ul { @for change in changes { li { (changed(frame.text, change)) } } }
        }
        dl class="facts" {
            div class="wide" { dt { (frame.text.verdicts.code) } dd class="code" { span { (code_in_groups(&genuine.code.to_string())) } } }
            div { dt { (words.issued_at) } dd { ((frame.text.moment)(genuine.issued_at)) } }
            @if let Some(at) = genuine.stamped_at { div { dt { (words.stamped_at) } dd { ((frame.text.moment)(at)) } } }
            @if let Some(year) = genuine.extract { div { dt { (words.extract) } dd { (year) } } }
            // The title of a valid code says that nothing was compared; here everything was.
            @if genuine.verdict != Verdict::Valid {
                div { dt { (words.now) } dd { (frame.text.verdicts.title(genuine.verdict)) } }
            }
        }
        p { a class="button" href={ "/v/" (genuine.code) } { (words.look_up) } }
    };
    notice(frame, said, tone, &more)
}

/// What a report says of itself; of its rows only how many there are.
fn report_page(frame: &Frame<'_>, report: &ReportSummary) -> Markup {
    let words = &frame.text.soft_copy;
    let more = html! {
        dl class="facts" {
            div { dt { (words.report_number) } dd class="code" { (report.batch) } }
            div { dt { (words.report_office) } dd { bdi { (report.office) } } }
            div { dt { (words.issued_at) } dd { ((frame.text.moment)(report.made_at)) } }
            div { dt { (words.report_rows) } dd { (report.done) " / " (report.rows) } }
            div { dt { (words.report_ledger) } dd { (report.ledger_size) } }
            div class="wide" { dt { (words.report_digest) } dd class="code" { (report.input_sha256) } }
        }
    };
    notice(frame, words.report, Tone::Note, &more)
}

fn code_only(frame: &Frame<'_>, code: &TranscriptCode, verdict: Verdict) -> Markup {
    let words = &frame.text.soft_copy;
    let more = html! {
        dl class="facts" {
            div class="wide" { dt { (frame.text.verdicts.code) } dd class="code" { span { (code_in_groups(&code.to_string())) } } }
            div { dt { (words.now) } dd { (frame.text.verdicts.title(verdict)) } }
        }
        p { a class="button" href={ "/v/" (code) } { (words.compare) } }
    };
    notice(frame, words.code_only, Tone::Note, &more)
}

fn changed(text: &Text, change: &Change) -> Markup {
    let words = &text.soft_copy;
    let name = |verdict| standing(text, verdict).0;
    html! {
        bdi { (change.school_year) } ": "
        @match change.then {
            Some(then) => { ((words.was_and_is)(name(then), name(change.now))) },
            None => { ((words.is_new)(name(change.now))) },
        }
        @if let Some(since) = change.since { " (" ((text.sheets.since)(&(text.day)(since))) ")" }
    }
}

fn notice(frame: &Frame<'_>, said: Notice, tone: Tone, more: &Markup) -> Markup {
    let words = &frame.text.soft_copy;
    let below = html! { section { h2 { (words.check_another) } (form(frame)) } (home::again(frame)) };
    handed_in::judged(frame, said, tone, more, &below)
}
