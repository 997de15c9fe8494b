//! A primary year, in the order of the form of Circular 27/2020 (Phụ lục).

use maud::{Markup, html};

use super::facts::{answer, fact, long_fact};
use super::table::{self, Row};
use crate::transcript::contents::{Attainment, CommentsGroup, Contents, PrimaryResults};
use crate::transcript::text::Text as Checked;
use crate::web::text::Text;

/// How many of the ten competencies are general; the rest belong to subjects.
const GENERAL: usize = 3;

/// Parts 1 to 6 of the form.
pub(super) fn results(text: &Text, results: &PrimaryResults, contents: &Contents) -> Markup {
    let fields = &text.fields;
    html! {
        @if !results.subjects.is_empty() {
            h3 { "1. " (fields.subjects) }
            (subjects(text, results, contents))
        }
        (qualities(text, results, contents.comments.as_ref()))
        (competencies(text, results, contents.comments.as_ref()))
        h3 { "4. " (fields.results) }
        dl class="facts" {
            (fact(fields.overall, results.overall.as_ref().map(Checked::as_str)))
            (answer(text, fields.promoted, results.promoted))
        }
        @if results.awards.is_some() || results.special_awards.is_some() {
            h3 { "5. " (fields.awards) }
            dl class="facts" {
                (long_fact(fields.awards, results.awards.as_ref().map(Checked::as_str)))
                (long_fact(fields.special_awards, results.special_awards.as_ref().map(Checked::as_str)))
            }
        }
        @if results.completed_class.is_some() || results.completed_primary.is_some() || results.completion.is_some() {
            h3 { "6. " (fields.completion) }
            dl class="facts" {
                (answer(text, fields.completed_class, results.completed_class))
                (answer(text, fields.completed_primary, results.completed_primary))
                (long_fact(fields.completion, results.completion.as_ref().map(Checked::as_str)))
            }
        }
    }
}

fn subjects(text: &Text, results: &PrimaryResults, contents: &Contents) -> Markup {
    let fields = &text.fields;
    let rows: Vec<Row<'_>> = results
        .subjects
        .iter()
        .map(|subject| Row {
            code: subject.code.as_str(),
            name: subject.name.as_str(),
            marks: vec![
                subject.level.map_or("", fields.subject_level).to_owned(),
                subject.test.map(fields.test_mark).unwrap_or_default(),
            ],
        })
        .collect();
    table::subjects(text, fields.subjects, &[fields.level, fields.test], &rows, contents)
}

fn qualities(text: &Text, results: &PrimaryResults, comments: Option<&CommentsGroup>) -> Markup {
    let fields = &text.fields;
    let Some(levels) = results.qualities.map(|q| q.in_order()) else { return html! {} };
    html! {
        h3 { "2. " (fields.qualities) }
        (attained(text, &fields.quality_names, &levels))
        (comment(text, comments.and_then(|c| c.qualities.as_ref())))
    }
}

fn competencies(text: &Text, results: &PrimaryResults, comments: Option<&CommentsGroup>) -> Markup {
    let fields = &text.fields;
    let Some(levels) = results.competencies.map(|c| c.in_order()) else { return html! {} };
    let (general, specific) = levels.split_at(GENERAL);
    let (general_names, specific_names) = fields.competency_names.split_at(GENERAL);
    html! {
        h3 { "3. " (fields.competencies) }
        h4 { "3.1. " (fields.general_competencies) }
        (attained(text, general_names, general))
        (comment(text, comments.and_then(|c| c.general_competencies.as_ref())))
        h4 { "3.2. " (fields.specific_competencies) }
        (attained(text, specific_names, specific))
        (comment(text, comments.and_then(|c| c.specific_competencies.as_ref())))
    }
}

fn attained(text: &Text, names: &[&str], levels: &[Option<Attainment>]) -> Markup {
    html! {
        dl class="facts levels" {
            @for (name, level) in names.iter().zip(levels) { (fact(name, level.map(text.fields.attainment))) }
        }
    }
}

fn comment(text: &Text, written: Option<&Checked<2000>>) -> Markup {
    html! {
        @if let Some(written) = written { p class="written" { span class="quiet" { (text.fields.comments) ": " } bdi { (written) } } }
    }
}
