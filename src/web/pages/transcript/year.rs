//! One school year of an opened transcript.

use maud::{Markup, html};

use super::facts::{self, fact};
use super::{Opened, primary, remark, secondary};
use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::transcript::contents::{CommentsGroup, Contents, Results, StaffGroup};
use crate::transcript::level::Level;
use crate::transcript::time::Day;
use crate::web::backend::DisclosedSheet;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;

/// Where the list of years leads; the leaf tells a year from the one it replaced.
pub(in crate::web::pages) fn anchor(sheet: &DisclosedSheet) -> String {
    format!("nam-{}-{}", sheet.claims.school_year.first(), sheet.leaf_index)
}

/// The year.
pub(super) fn year(text: &Text, answer: &VerdictAnswer<'_>, opened: &Opened<'_>, sheet: &DisclosedSheet) -> Markup {
    let contents = &sheet.contents;
    let void = matches!(sheet.verdict, SheetVerdict::Withdrawn | SheetVerdict::Replaced | SheetVerdict::Erased);
    html! {
        section class={ "card sheet" @if void { " void" } } id=(anchor(sheet)) {
            h2 {
                (text.sheets.year) " " span class="nowrap" { (sheet.claims.school_year) } " – " ((text.sheets.grade)(sheet.claims.grade.number()))
            }
            (status(text, answer, sheet))
            dl class="facts pupil" { (header(text, opened, sheet)) }
            @if sheet.claims.trichluc { (remark(Tone::Note, text.transcript.from_paper)) }
            @if contents.policy.as_ref().is_some_and(|p| p.not_assessed) {
                (remark(Tone::Note, text.fields.not_assessed))
            }
            @match &contents.results {
                // Why is in a group of its own, which a birth date does not open, so the page does not say.
                Some(results) if results.is_blank() => { (remark(Tone::Note, text.transcript.no_results)) }
                Some(Results::Primary(results)) => { (primary::results(text, results, contents)) }
                Some(Results::Secondary(results)) => { (secondary::results(text, results, contents)) }
                Some(Results::Older(results)) => { (secondary::older(text, sheet.claims.circular.as_str(), results)) }
                None => {}
            }
            @if let Some(given) = &contents.comments { (comments(text, sheet.claims.level, given)) }
            @if let Some(staff) = &contents.staff { (signatories(text, staff, contents)) }
        }
    }
}

/// A year's standing in a word.
pub(in crate::web::pages) fn standing(text: &Text, verdict: SheetVerdict) -> (&'static str, Tone) {
    let words = &text.sheets;
    match verdict {
        SheetVerdict::Valid => (words.valid, Tone::Good),
        SheetVerdict::Withdrawn => (words.withdrawn, Tone::Bad),
        SheetVerdict::Replaced => (words.replaced, Tone::Bad),
        SheetVerdict::Erased => (words.erased, Tone::Bad),
        SheetVerdict::Suspended => (words.suspended, Tone::Caution),
        SheetVerdict::NotInForce => (words.not_in_force, Tone::Caution),
        SheetVerdict::Unchecked => (words.unchecked, Tone::Undecided),
    }
}

/// The same in a sentence, with its day and what it means for a print; a year in force needs none.
fn status(text: &Text, answer: &VerdictAnswer<'_>, sheet: &DisclosedSheet) -> Markup {
    let words = &text.transcript;
    let (word, tone) = standing(text, sheet.verdict);
    let public = answer.sheets.iter().find(|s| s.leaf_index == sheet.leaf_index);
    let on = |day: Option<Day>| day.map(text.day);
    let school_year = sheet.claims.school_year.to_string();
    let sentence = match sheet.verdict {
        SheetVerdict::Valid => None,
        SheetVerdict::Withdrawn => Some((words.withdrawn)(on(public.and_then(|s| s.withdrawn_on)).as_deref())),
        SheetVerdict::Replaced => {
            Some((words.replaced)(on(public.and_then(|s| s.replaced_on)).as_deref(), &school_year))
        }
        SheetVerdict::Suspended => Some((words.suspended)(on(public.and_then(|s| s.suspended_on)).as_deref())),
        SheetVerdict::NotInForce => Some((words.not_in_force)(&(text.day)(sheet.claims.effective_from))),
        SheetVerdict::Erased | SheetVerdict::Unchecked => Some(words.unusable.to_owned()),
    };
    html! {
        @match sentence {
            None => { p class={ "status " (tone.class()) } { (tone.icon()) span { (word) } } }
            Some(sentence) => {
                div class={ "fault " (tone.class()) } {
                    (tone.icon())
                    div { p { strong { (word) } } p { (sentence) } }
                }
            }
        }
    }
}

/// The head of the year's page on paper: who, which class, which school, since when.
fn header(text: &Text, opened: &Opened<'_>, sheet: &DisclosedSheet) -> Markup {
    let (fields, contents, claims) = (&text.fields, &sheet.contents, &sheet.claims);
    html! {
        @if let Some(name) = &contents.name {
            // A sheet from before a correction says something else about the learner.
            @if opened.learner() == Some(name) {
                div class="wide" { dt { (fields.full_name) } dd { strong { bdi { (name.full_name) } } } }
            } @else { (facts::name(text, name)) }
        }
        @if let Some(staff) = &contents.staff {
            (fact(fields.class, Some(staff.class.as_str())))
            (fact(fields.school, Some(staff.school_name.as_str())))
            (fact(fields.commune, staff.commune.as_ref().map(|c| c.as_str())))
        }
        (fact(fields.province, Some(claims.province.name.as_str())))
        (fact(fields.effective_from, Some((text.day)(claims.effective_from))))
        (fact(fields.circular, Some(claims.circular.as_str())))
    }
}

/// Comments on the whole; those on subjects, qualities and competencies stand with them.
fn comments(text: &Text, level: Level, given: &CommentsGroup) -> Markup {
    let fields = &text.fields;
    // The primary form has places of their own for these three; elsewhere they stand here.
    let elsewhere = level == Level::Primary;
    let all = [
        (fields.by_homeroom, &given.homeroom, true),
        (fields.on_qualities, &given.qualities, !elsewhere),
        (fields.on_general, &given.general_competencies, !elsewhere),
        (fields.on_specific, &given.specific_competencies, !elsewhere),
        (fields.by_head, &given.head, true),
    ];
    let shown: Vec<_> = all.into_iter().filter(|(_, comment, here)| *here && comment.is_some()).collect();
    html! {
        @if !shown.is_empty() {
            h3 { (fields.comments) }
            dl class="facts one" { @for (name, comment, _) in shown { (fact(name, comment.as_ref().map(|c| c.as_str()))) } }
        }
    }
}

/// Place and date, the head on the left, the homeroom teacher on the right, as on paper.
fn signatories(text: &Text, staff: &StaffGroup, contents: &Contents) -> Markup {
    let fields = &text.fields;
    let ids = contents.staff_ids.as_ref();
    let signed = |role: &str, name: &str, id: Option<&str>| {
        html! {
            div {
                dt { (role) }
                dd { bdi { (name) } @if let Some(id) = id { small { (fields.identification) " " (id) } } }
            }
        }
    };
    let homeroom = ids.and_then(|i| i.homeroom_teacher_id.as_ref()).map(|id| id.as_str());
    let head = ids.and_then(|i| i.head_id.as_ref()).map(|id| id.as_str());
    html! {
        div class="signed" {
            h3 { (fields.staff) }
            p class="issued" { bdi { (staff.issue_place) } ", " ((text.day)(staff.issue_date)) }
            dl class="facts" {
                (signed(staff.head_title.as_str(), staff.head.as_str(), head))
                (signed(fields.by_homeroom, staff.homeroom_teacher.as_str(), homeroom))
            }
        }
    }
}
