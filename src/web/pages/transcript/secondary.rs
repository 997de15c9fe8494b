//! A year of lower or upper secondary school or of continuing education, in the order of the forms of
//! Circulars 22/2021 and 43/2021; and the years of earlier circulars, word for word.

use maud::{Markup, html};

use super::facts::{answer, fact, long_fact};
use super::remark;
use super::table::{self, Row};
use crate::transcript::contents::{Contents, OlderResults, SecondaryResults, SubjectMark, YearLevel};
use crate::transcript::text::Text as Checked;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;

/// Both pages of the form.
pub(super) fn results(text: &Text, results: &SecondaryResults, contents: &Contents) -> Markup {
    let fields = &text.fields;
    html! {
        @if !results.subjects.is_empty() {
            h3 { (fields.subjects) }
            (subjects(text, results, contents))
        }
        (learning_and_conduct(text, results))
        h3 { (fields.results) }
        dl class="facts" {
            (answer(text, fields.promoted, results.promoted))
            (fact(fields.absences, results.absences.map(|a| a.number().to_string())))
            (long_fact(fields.promotion, results.promotion.as_ref().map(Checked::as_str)))
            (long_fact(fields.summer_training, results.summer_training.as_ref().map(Checked::as_str)))
            (long_fact(fields.completion, results.completion.as_ref().map(Checked::as_str)))
            @for certificate in &results.certificates {
                @let kind = certificate.kind.as_ref().map(|k| format!(" ({k})")).unwrap_or_default();
                (long_fact(fields.certificates, Some(format!("{}{kind}", certificate.name))))
            }
            (long_fact(fields.competitions, results.competitions.as_ref().map(Checked::as_str)))
            (long_fact(fields.awards, results.awards.as_ref().map(Checked::as_str)))
            (long_fact(fields.special_awards, results.special_awards.as_ref().map(Checked::as_str)))
        }
    }
}

fn subjects(text: &Text, results: &SecondaryResults, contents: &Contents) -> Markup {
    let fields = &text.fields;
    let again = results.subjects.iter().any(|s| s.again.is_some());
    let columns = [fields.term1, fields.term2, fields.year, fields.again];
    let shown = 3 + usize::from(again);
    let mark = |mark: Option<SubjectMark>| mark.map(fields.subject_mark).unwrap_or_default();
    let rows: Vec<Row<'_>> = results
        .subjects
        .iter()
        .map(|subject| Row {
            code: subject.code.as_str(),
            name: subject.name.as_str(),
            marks: [subject.term1, subject.term2, subject.year, subject.again]
                .into_iter()
                .take(shown)
                .map(mark)
                .collect(),
        })
        .collect();
    table::subjects(text, fields.subjects, &columns[..shown], &rows, contents)
}

fn learning_and_conduct(text: &Text, results: &SecondaryResults) -> Markup {
    let fields = &text.fields;
    let learning = [results.learning_term1, results.learning_term2, results.learning_year, results.learning_again];
    let conduct = [results.conduct_term1, results.conduct_term2, results.conduct_year, results.conduct_again];
    let rows: [(&str, [Option<YearLevel>; 4]); 2] = [(fields.conduct, conduct), (fields.learning, learning)];
    if rows.iter().all(|(_, levels)| levels.iter().all(Option::is_none)) {
        return html! {};
    }
    let shown = 3 + usize::from(rows.iter().any(|(_, levels)| levels[3].is_some()));
    let columns = [fields.term1, fields.term2, fields.year, fields.again];
    html! {
        h3 { (fields.summary) }
        table class="levels" aria-label=(fields.summary) {
            thead { tr { td {} @for column in columns.iter().take(shown) { th scope="col" { (column) } } } }
            tbody {
                @for (name, levels) in rows {
                    tr {
                        th scope="row" { (name) }
                        @for level in levels.into_iter().take(shown) { td { (level.map_or("", fields.year_level)) } }
                    }
                }
            }
        }
    }
}

/// Labelled text as it stands.
pub(super) fn older(text: &Text, circular: &str, results: &OlderResults) -> Markup {
    html! {
        (remark(Tone::Note, &(text.transcript.older)(circular)))
        dl class="facts" {
            @for row in &results.rows { (fact(row.label.as_str(), Some(row.value.as_str()))) }
            (answer(text, text.fields.promoted, results.promoted))
        }
    }
}
