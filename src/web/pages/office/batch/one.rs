//! One batch: how far it is, what its rows came to, what can be taken home.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::{SignedIn, desk};
use super::{Message, by, standing, stopped};
use crate::batch::jobs::State;
use crate::portal::batch::{BatchView, Conclusion};
use crate::web::assets::{BATCH_JS, OFFICE_CSS, OPEN_CSS};
use crate::web::pages::icons::Tone;
use crate::web::pages::{Extras, Frame, page_with};
use crate::web::text::Text;

/// The page. `counts`: what its rows came to, once it is over.
pub fn one(
    frame: &Frame<'_>,
    signed_in: &SignedIn<'_>,
    batch: &BatchView,
    counts: Option<&BTreeMap<Conclusion, u64>>,
    said: Option<&Message>,
) -> Markup {
    let (text, words) = (frame.text, &frame.text.batches);
    let is_over = batch.state != State::Waiting;
    let content = html! {
        section {
            h1 { bdi { ((words.one)(batch.name.as_str())) } }
            @if let Some(said) = said { (said.show(words)) }
            @if let State::Stopped(why) = batch.state { (stopped(words, why)) }
            (progress(text, batch))
        }
        @if let Some(counts) = counts { (results(text, batch, counts)) }
        @if is_over && batch.done > 0 { (take_home(text, signed_in, batch)) }
        (facts(text, batch))
        (end(text, signed_in, batch, is_over))
        p { a href="/co-quan/lo" { (words.back) } }
    };
    let below = desk(frame, signed_in);
    let extras = Extras {
        styles: &[&*OPEN_CSS, &*OFFICE_CSS],
        script: (!is_over).then(|| &*BATCH_JS),
        below: Some(&below),
        ..Extras::default()
    };
    page_with(frame, batch.name.as_str(), &extras, &content)
}

fn progress(text: &Text, batch: &BatchView) -> Markup {
    let words = &text.batches;
    let (done, rows) = ((text.number)(batch.done), (text.number)(batch.rows));
    html! {
        p { (standing(words, batch)) }
        @if batch.state == State::Waiting {
            // What the script asks, and says it with.
            div class="progress" data-progress={ "/co-quan/lo/" (batch.id) "/tien-do" } data-language=(text.language.tag()) {
                label for="progress" { (words.progress) }
                progress id="progress" max=(batch.rows.max(1)) value=(batch.done) {}
                p role="status" { ((words.of_rows)(&done, &rows)) }
                p { a class="button quiet-button" href={ "/co-quan/lo/" (batch.id) } { (words.see_again) } }
                p class="quiet" { (words.goes_on) }
            }
        } @else {
            p { ((words.looked_up)(&done, &rows)) }
        }
    }
}

fn tone(conclusion: Conclusion) -> Tone {
    match conclusion {
        Conclusion::Matches => Tone::Good,
        Conclusion::InForce => Tone::Note,
        Conclusion::Look => Tone::Caution,
        Conclusion::Differs | Conclusion::NotInForce | Conclusion::Altered => Tone::Bad,
        Conclusion::Unknown => Tone::Absent,
        Conclusion::Unchecked | Conclusion::Unread => Tone::Undecided,
    }
}

fn results(text: &Text, batch: &BatchView, counts: &BTreeMap<Conclusion, u64>) -> Markup {
    let words = &text.batches;
    html! {
        @if batch.done > 0 {
            section {
                h2 { (words.came_to) }
                table class="counts" {
                    thead { tr { th scope="col" { (words.conclusion_title) } th scope="col" class="number" { (words.rows) } } }
                    tbody {
                        @for (conclusion, count) in counts {
                            @let (name, means) = (words.conclusion)(*conclusion);
                            @let tone = tone(*conclusion);
                            tr {
                                th scope="row" {
                                    span class={ "status " (tone.class()) } { (tone.icon()) span { (name) } }
                                    small { (means) }
                                }
                                td class="number" { ((text.number)(*count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn take_home(text: &Text, signed_in: &SignedIn<'_>, batch: &BatchView) -> Markup {
    let words = &text.batches;
    html! {
        section class="card" id="ket-qua" {
            h2 { (words.take_home) }
            p { (words.take_home_lead) }
            form method="post" action={ "/co-quan/lo/" (batch.id) "/ket-qua" } {
                (signed_in.token())
                div class="actions" {
                    button type="submit" name="dang" value="xlsx" { (words.as_xlsx) }
                    button class="quiet-button" type="submit" name="dang" value="csv" { (words.as_csv) }
                    button class="quiet-button" type="submit" name="dang" value="pdf" { (words.as_report) }
                }
            }
            p class="quiet" { (words.report_means) " " a href="/xac-thuc-ban-mem" { (text.soft_copy.check_title) } "." }
        }
    }
}

fn facts(text: &Text, batch: &BatchView) -> Markup {
    let words = &text.batches;
    html! {
        section {
            h2 { (words.about) }
            dl class="facts" {
                div { dt { (words.number) } dd class="code" { (batch.id) } }
                div { dt { (words.kind) } dd { ((words.counted)(batch.input, &(text.number)(batch.rows))) } }
                div { dt { (words.handed_in_by) } dd { (by(words, &batch.by)) } }
                div { dt { (words.handed_in_at) } dd { ((text.moment)(batch.made_at)) } }
                @if let Some(at) = batch.ended_at { div { dt { (words.ended_at) } dd { ((text.moment)(at)) } } }
                div { dt { (words.kept_until) } dd { ((text.moment)(batch.kept_until)) } }
            }
        }
    }
}

/// Cancelling what is under way, deleting what is over.
fn end(text: &Text, signed_in: &SignedIn<'_>, batch: &BatchView, is_over: bool) -> Markup {
    let words = &text.batches;
    let (title, means, button, what) = match is_over {
        false => (words.cancel, words.cancel_means, words.cancel_now, "dung"),
        true => (words.delete, words.delete_means, words.delete_now, "xoa"),
    };
    html! {
        details class="ending" {
            summary { (title) }
            p { (means) }
            form method="post" action={ "/co-quan/lo/" (batch.id) } {
                (signed_in.token())
                input type="hidden" name="viec" value=(what);
                button class="quiet-button" type="submit" { (button) }
            }
        }
    }
}
