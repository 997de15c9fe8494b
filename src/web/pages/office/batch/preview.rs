//! What a file that was handed in is taken as: columns that can be taken otherwise, and the first rows.

use maud::{Markup, html};

use super::super::{SignedIn, faults, page};
use crate::batch::columns::{Column, Field, Ignored, Preview};
use crate::batch::jobs::Input;
use crate::portal::batch::{Draft, SourceFault};
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;

/// The page.
pub fn preview(frame: &Frame<'_>, signed_in: &SignedIn<'_>, draft: &Draft, fault: Option<&SourceFault>) -> Markup {
    let (text, words) = (frame.text, &frame.text.batches);
    let shown = &draft.preview;
    page(
        frame,
        signed_in,
        words.preview,
        &html! {
            section {
                h1 { (words.preview) }
                @if let Some(fault) = fault { (faults(words.not_taken, &[("cot-0", (words.fault)(fault))])) }
                p class="lead" {
                    strong { bdi { (draft.file.name) } } ": " ((words.counted)(shown.input, &(text.number)(shown.rows as u64)))
                }
                @if let Some(sheet) = &shown.sheet { p class="quiet" { ((words.sheet)(sheet)) } }
                p class="quiet" { ((words.waits_until)(&(text.moment)(draft.until))) }
            }
            form method="post" action="/co-quan/lo/xem-truoc" accept-charset="utf-8" autocomplete="off" {
                (signed_in.token())
                input type="hidden" name="so" value=(draft.number);
                @if shown.input == Input::Table { (columns(text, shown)) }
                (rows(text, shown))
                div class="actions" {
                    button type="submit" name="viec" value="bat-dau" { (words.begin) }
                    @if shown.input == Input::Table {
                        button class="quiet-button" type="submit" name="viec" value="xem" { (words.look_again) }
                    }
                    button class="quiet-button" type="submit" name="viec" value="bo" { (words.drop) }
                }
                p class="quiet" { (words.begin_means) }
            }
        },
    )
}

fn columns(text: &Text, shown: &Preview) -> Markup {
    let words = &text.batches;
    let ignored = shown.columns.iter().filter(|column| column.taken.is_err()).count();
    html! {
        section class="card" {
            h2 { (words.columns) }
            p { (words.columns_lead) }
            div class="columns" {
                @for (place, column) in shown.columns.iter().enumerate() { (one(text, place, column)) }
            }
            @if ignored > 0 { p class="remark note" { (Tone::Note.icon()) span { ((words.ignored)(ignored)) } } }
        }
    }
}

fn one(text: &Text, place: usize, column: &Column) -> Markup {
    let words = &text.batches;
    let id = format!("cot-{place}");
    html! {
        div class={ "field" @if column.taken.is_err() { " ignored" } } {
            label for=(id) { bdi { ((words.column)(place + 1, &column.title)) } }
            select id=(id) name=(id) {
                option value="" selected[column.taken.is_err()] { (words.not_looked_at) }
                @for field in Field::ALL {
                    option value=(field.name()) selected[column.taken == Ok(field)] { ((words.field)(field)) }
                }
            }
            @if column.taken == Err(Ignored::Twice) { small { (words.twice) } }
        }
    }
}

fn rows(text: &Text, shown: &Preview) -> Markup {
    let words = &text.batches;
    let title = |column: &Column| {
        if shown.input == Input::Table { column.title.clone() } else { (words.files)(shown.input).to_owned() }
    };
    html! {
        section {
            h2 { ((words.first_rows)(shown.first.len())) }
            div class="scroll" tabindex="0" role="region" aria-label=((words.first_rows)(shown.first.len())) {
                table class="first-rows" {
                    thead { tr {
                        @for column in &shown.columns {
                            th scope="col" {
                                bdi { (title(column)) }
                                @if let Ok(field) = column.taken { small { (words.taken_as) ": " ((words.field)(field)) } }
                            }
                        }
                    } }
                    tbody {
                        @for row in &shown.first {
                            tr class=[row.iter().all(String::is_empty).then_some("empty")] {
                                @for cell in row { td { bdi { (cell) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
