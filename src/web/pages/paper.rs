//! Comparing with a paper copy (đối chiếu với bản giấy): one form, line by line as on paper, and the
//! same form again with what came of each value.
//!
//! A plain form without a script: Tab, space and Enter are enough. What was typed travels in the body
//! of a POST and stands in the page that answers it, nowhere else.

use maud::{Markup, html};

use super::icons::Tone;
use super::transcript::{Opened, anchor};
use super::verdict::{Headline, banner};
use super::{Extras, Frame, home, page_with};
use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::transcript::paper::{self, Cell, Column, Conclusion, Item, MAX_TYPED, Outcome, Row, Tally, Typed, Value};
use crate::web::assets::TRANSCRIPT_CSS;
use crate::web::backend::DisclosedSheet;
use crate::web::text::paper::Counts;
use crate::web::text::{Language, Text, VI};

/// A part of the comparison: the learner, or a year.
struct Part<'a> {
    key: String,
    title: String,
    rows: Vec<Row<'a>>,
}

/// The page: a fresh form, or what came of one.
pub fn paper(frame: &Frame<'_>, answer: &VerdictAnswer<'_>, opened: &Opened<'_>, typed: &Typed) -> Markup {
    let text = frame.text;
    let parts = parts(text, opened);
    let tally = typed.tally(parts.iter().flat_map(|p| &p.rows));
    let headline = headline(text, answer, opened, &tally);
    let content = html! {
        (banner(frame, answer, &headline))
        (summary(text, &parts, typed, &tally, headline.tone == Tone::Good))
        (form(frame, answer, opened, &parts, typed))
        (home::again(frame))
    };
    page_with(frame, headline.title, &Extras { styles: &[&TRANSCRIPT_CSS], ..Extras::default() }, &content)
}

/// The learner by the sheet that counts for them, then every year in force.
fn parts<'a>(text: &Text, opened: &Opened<'a>) -> Vec<Part<'a>> {
    let name = opened.newest().and_then(|s| s.contents.name.as_ref());
    let learner = name.map(|name| Part {
        key: paper::LEARNER.to_owned(),
        title: text.paper.learner.to_owned(),
        rows: paper::learner(name),
    });
    let years = opened.sheets.iter().filter(|s| s.verdict == SheetVerdict::Valid).map(|sheet| Part {
        key: sheet.claims.school_year.first().to_string(),
        title: year_title(text, sheet),
        rows: paper::year(sheet.claims.school_year, &sheet.contents),
    });
    learner.into_iter().chain(years).collect()
}

fn year_title(text: &Text, sheet: &DisclosedSheet) -> String {
    let grade = (text.sheets.grade)(sheet.claims.grade.number());
    format!("{} {} – {grade}", text.sheets.year, sheet.claims.school_year)
}

/// One word on the whole. A difference outweighs everything. Green only when nothing was left out, not even
/// by the copy that opened it, and the transcript itself is valid.
fn headline(text: &Text, answer: &VerdictAnswer<'_>, opened: &Opened<'_>, tally: &Tally) -> Headline {
    let words = &text.paper;
    let verdict = Headline::with_content(text, answer, opened.sheets, None);
    let left = tally.not_compared + tally.unreadable;
    match tally.conclusion() {
        Conclusion::Differs => {
            Headline { title: words.differs.title, lead: words.differs.body.to_owned(), tone: Tone::Bad }
        }
        _ if verdict.tone != Tone::Good => verdict,
        Conclusion::Nothing => Headline { title: words.title, lead: words.intro.to_owned(), tone: Tone::Note },
        Conclusion::Partly => Headline { title: words.partly.title, lead: (words.partly.body)(left), tone: Tone::Note },
        Conclusion::Matches if opened.opening.is_partial() => {
            Headline { title: words.partly.title, lead: words.not_in_copy.to_owned(), tone: Tone::Note }
        }
        Conclusion::Matches => {
            Headline { title: words.matches.title, lead: words.matches.body.to_owned(), tone: Tone::Good }
        }
    }
}

/// How many values ended how, and each that differs.
fn summary(text: &Text, parts: &[Part<'_>], typed: &Typed, tally: &Tally, is_valid: bool) -> Markup {
    let words = &text.paper;
    if tally.same() + tally.differs + tally.unreadable == 0 {
        return html! {};
    }
    let counts =
        Counts { same: tally.same(), differs: tally.differs, unreadable: tally.unreadable, left: tally.not_compared };
    html! {
        section class="card summary" {
            p { strong { ((words.counts)(&counts)) } }
            @if tally.ticked > 0 { p class="quiet" { ((words.ticked)(tally.ticked)) } }
            @if tally.conclusion() == Conclusion::Matches && !is_valid { p { (words.all_same) } }
            @if tally.differs > 0 {
                h2 { (words.differences) }
                ul class="differences" {
                    @for (number, part) in parts.iter().enumerate() {
                        @for (line, row) in part.rows.iter().enumerate() {
                            @for cell in row.cells.iter().filter(|c| typed.outcome(row, c) == Outcome::Differs) {
                                li {
                                    a href={ "#" (field_id(number, line, cell)) } { (part.title) ": " (label(text, row, cell)) }
                                    " – " (words.on_paper) ": " strong { bdi { (typed.value(&row.cell_key(cell))) } }
                                    ", " (words.on_record) ": " strong { bdi { (on_record(text, cell.value)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn form(
    frame: &Frame<'_>,
    answer: &VerdictAnswer<'_>,
    opened: &Opened<'_>,
    parts: &[Part<'_>],
    typed: &Typed,
) -> Markup {
    let (text, words) = (frame.text, &frame.text.paper);
    let again = opened.again();
    html! {
        form class="compare" method="post" action={ "/v/" (answer.code) "/doi-chieu" } accept-charset="utf-8" autocomplete="off" {
            @if let Some(again) = &again { (again) }
            p class="quiet" { (words.hint) }
            @for (number, part) in parts.iter().enumerate() { (self::part(text, number, part, typed)) }
            @for sheet in opened.sheets.iter().filter(|s| s.verdict != SheetVerdict::Valid) { (not_comparable(text, sheet)) }
            p class="quiet" { (words.left_out) }
            p { button type="submit" { (words.submit) } }
        }
        form method="post" action={ "/v/" (answer.code) } {
            @if let Some(again) = &again { (again) }
            button type="submit" class="quiet-button" { (words.back) }
        }
    }
}

fn part(text: &Text, number: usize, part: &Part<'_>, typed: &Typed) -> Markup {
    html! {
        section class="card part" {
            h2 { (part.title) }
            label class="tick all" {
                input type="checkbox" name="g" value=(part.key) checked[typed.ticked(&part.key)];
                span { (text.paper.all_in_part) }
            }
            @for (line, row) in part.rows.iter().enumerate() { (self::row(text, (number, line), row, typed)) }
        }
    }
}

/// One line: what it is, the tick, and for each value the record's and a field for the paper's.
fn row(text: &Text, (number, line): (usize, usize), row: &Row<'_>, typed: &Typed) -> Markup {
    let title = format!("d{number}-{line}");
    html! {
        div class={ "line cells-" (row.cells.len()) } role="group" aria-labelledby=(title) {
            p class="item" id=(title) { bdi { (item(text, row.item)) } }
            label class="tick" {
                input type="checkbox" name="g" value=(row.key) checked[typed.ticked(&row.key)];
                span { (text.paper.same) }
            }
            @for cell in &row.cells { (self::cell(text, &field_id(number, line, cell), row, cell, typed)) }
        }
    }
}

fn cell(text: &Text, id: &str, row: &Row<'_>, cell: &Cell<'_>, typed: &Typed) -> Markup {
    let words = &text.paper;
    let outcome = typed.outcome(row, cell);
    let key = row.cell_key(cell);
    let known = on_record(text, cell.value);
    let bad = matches!(outcome, Outcome::Differs | Outcome::Unreadable);
    let remarked = format!("{id}-kq");
    html! {
        div class="cell" {
            @if too_long(cell.value) {
                p { span class="quiet" { (words.tick_only) ": " } bdi { (known) } }
            } @else {
                label for=(id) {
                    span class="column" { (column(text, cell.column)) } " "
                    span class="known" { span class="unseen" { (words.on_record) ": " } bdi { (known) } }
                    span class="unseen" { ". " (words.on_paper) }
                }
                input id=(id) name={ "v." (key) } type="text" maxlength=(MAX_TYPED) value=(typed.value(&key)) autocomplete="off"
                    spellcheck="false" autocapitalize="none" aria-invalid=[bad.then_some("true")]
                    aria-describedby=[(!typed.is_empty()).then_some(&remarked)];
            }
            @if !typed.is_empty() { (came_of(text, &remarked, outcome)) }
        }
    }
}

/// The word and the icon of an outcome.
fn came_of(text: &Text, id: &str, outcome: Outcome) -> Markup {
    let words = &text.paper;
    let (word, tone) = match outcome {
        Outcome::Matches | Outcome::Ticked => (words.is_same, Tone::Good),
        Outcome::Differs => (words.is_different, Tone::Bad),
        Outcome::Unreadable => (words.is_unreadable, Tone::Caution),
        Outcome::NotCompared => (words.is_left, Tone::Absent),
        Outcome::NothingToCompare => return html! { p class="outcome" id=(id) {} },
    };
    html! {
        p class={ "outcome " (tone.class()) } id=(id) {
            (tone.icon()) span { (word) }
            @if outcome == Outcome::Unreadable { small { (words.unreadable_hint) } }
        }
    }
}

fn not_comparable(text: &Text, sheet: &DisclosedSheet) -> Markup {
    let (status, tone) = super::transcript::standing(text, sheet.verdict);
    html! {
        section class="card part void" id=(anchor(sheet)) {
            h2 { (year_title(text, sheet)) }
            p class={ "remark " (tone.class()) } { (tone.icon()) span { ((text.paper.not_comparable)(status)) } }
        }
    }
}

fn field_id(number: usize, line: usize, cell: &Cell<'_>) -> String {
    format!("o{number}-{line}-{}", cell.column as u8)
}

fn too_long(value: Value<'_>) -> bool {
    matches!(value, Value::Name(text) | Value::Text(text) if text.chars().count() > MAX_TYPED || text.contains('\n'))
}

/// The line and its column in words.
fn label(text: &Text, row: &Row<'_>, cell: &Cell<'_>) -> String {
    match column(text, cell.column) {
        column if cell.column == Column::Only || column.is_empty() => item(text, row.item).to_owned(),
        column => format!("{}, {column}", item(text, row.item)),
    }
}

fn item<'a>(text: &Text, item: Item<'a>) -> &'a str {
    let fields = &text.fields;
    match item {
        Item::FullName => fields.full_name,
        Item::Birth => fields.birth_date,
        Item::Sex => fields.sex,
        Item::School => fields.school,
        Item::Class => fields.class,
        Item::Subject(name) | Item::Older(name) => name,
        Item::Quality(i) => fields.quality_names.get(i).copied().unwrap_or_default(),
        Item::Competency(i) => fields.competency_names.get(i).copied().unwrap_or_default(),
        Item::Learning => fields.learning,
        Item::Conduct => fields.conduct,
        Item::Overall => fields.overall,
        Item::CompletedClass => fields.completed_class,
        Item::CompletedPrimary => fields.completed_primary,
        Item::Completion => fields.completion,
        Item::Promoted => fields.promoted,
        Item::Absences => fields.absences,
        Item::Awards => fields.awards,
        Item::SpecialAwards => fields.special_awards,
        Item::Competitions => fields.competitions,
        Item::Certificate => fields.certificates,
    }
}

fn column(text: &Text, column: Column) -> &'static str {
    let fields = &text.fields;
    match column {
        Column::Only => text.paper.on_record,
        Column::Term1 => fields.term1,
        Column::Term2 => fields.term2,
        Column::Year => fields.year,
        Column::Again => fields.again,
        Column::Level => fields.level,
        Column::Test => fields.test,
    }
}

/// The record's value as the paper has it, in Vietnamese; for other readers what it means beside it.
fn on_record(text: &Text, value: Value<'_>) -> String {
    let original = in_words(&VI, value);
    // Numbers and dates stand on paper as they stand there in any language.
    let translated = match value {
        Value::Level(_) | Value::Year(_) | Value::Attainment(_) | Value::Answer(_) | Value::Sex(_) | Value::Nothing => {
            in_words(text, value)
        }
        _ => original.clone(),
    };
    match text.language {
        Language::English if translated != original => format!("{original} ({translated})"),
        _ => original,
    }
}

fn in_words(text: &Text, value: Value<'_>) -> String {
    let fields = &text.fields;
    match value {
        Value::Mark(mark) => (fields.subject_mark)(mark),
        Value::Test(test) => (fields.test_mark)(test),
        Value::Level(level) => (fields.subject_level)(level).to_owned(),
        Value::Year(level) => (fields.year_level)(level).to_owned(),
        Value::Attainment(level) => (fields.attainment)(level).to_owned(),
        Value::Absences(absences) => absences.number().to_string(),
        Value::Answer(yes) => if yes { fields.yes } else { fields.no }.to_owned(),
        Value::Birth(birth) => (fields.birth)(birth),
        Value::Sex(sex) => super::transcript::sex(text, sex).to_owned(),
        Value::Name(known) | Value::Text(known) => known.to_owned(),
        Value::Nothing => text.paper.blank.to_owned(),
    }
}
