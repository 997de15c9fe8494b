//! The transcript page: everything the second factor opened, year by year, as on the paper form.

use maud::{Markup, html};

use super::icons::Tone;
use super::verdict::{Headline, banner, evidence, sheets};
use super::{Extras, Frame, codes, home, page_with, receipt, share};
use crate::portal::answer::{SheetVerdict, VerdictAnswer};
use crate::transcript::contents::{
    CommentsGroup, Contents, FamilyGroup, IdentityGroup, NameGroup, OlderResults, OriginGroup, Place, PolicyGroup,
    PrimaryResults, Results, SecondaryResults, Sex, StaffGroup, StudyYear, SubjectTeacher,
};
use crate::transcript::{Group, GroupSet};
use crate::web::assets::SHARE_CSS;
use crate::web::backend::{DisclosedSheet, Opening};
use crate::web::text::Text;

/// The page of an opened transcript.
pub fn transcript(
    frame: &Frame<'_>,
    answer: &VerdictAnswer<'_>,
    opened: &[DisclosedSheet],
    opening: &Opening,
) -> Markup {
    let text = frame.text;
    let headline = Headline::with_content(text, answer, opened, only_school(opened));
    page_with(
        frame,
        headline.title,
        &Extras { styles: &[&*SHARE_CSS], script: None },
        &html! {
            (banner(frame, answer, &headline))
            (share::opened_by_token(frame, &answer.code.to_string(), opening))
            section {
                h2 { (text.transcript.content) }
                p class="quiet screen" { (text.transcript.print) " " (text.transcript.print_note) }
                p class="paper" { (text.transcript.print_note) }
                @if opened.len() > 1 { (jump_list(text, opened)) }
            }
            @for sheet in opened { (year(text, sheet)) }
            @if let Some(history) = newest_history(opened) { (study_history(text, history)) }
            (share::offer(frame, answer, opening))
            (closed_groups(text, opened))
            (sheets(text, answer))
            (evidence(text, answer))
            (receipt::offer(frame, &answer.code.to_string(), Some(opening.ticket())))
            (home::again(frame))
        },
    )
}

/// The school that issued every opened year, if it is one.
fn only_school(opened: &[DisclosedSheet]) -> Option<&str> {
    let mut names = opened.iter().map(|s| s.contents.staff.as_ref().map(|staff| staff.school_name.as_str()));
    let first = names.next()??;
    names.all(|name| name == Some(first)).then_some(first)
}

fn anchor(sheet: &DisclosedSheet) -> String {
    format!("nam-{}-{}", sheet.claims.school_year.first(), sheet.claims.grade.number())
}

fn jump_list(text: &Text, opened: &[DisclosedSheet]) -> Markup {
    html! {
        nav class="jump screen" aria-label=(text.transcript.years) {
            ul { @for sheet in opened { li { a href={ "#" (anchor(sheet)) } { (sheet.claims.school_year) } } } }
        }
    }
}

/// One school year.
fn year(text: &Text, sheet: &DisclosedSheet) -> Markup {
    let contents = &sheet.contents;
    html! {
        section class="card sheet" id=(anchor(sheet)) {
            h2 {
                (text.sheets.year) " " span class="nowrap" { (sheet.claims.school_year) } " – " ((text.sheets.grade)(sheet.claims.grade.number()))
            }
            (standing(text, sheet.verdict))
            (pupil(text, sheet))
            @if contents.policy.as_ref().is_some_and(|p| p.not_assessed) {
                p class="remark note" { (Tone::Note.icon()) span { (text.fields.not_assessed) } }
            }
            @match &contents.results {
                Some(Results::Primary(results)) => { (primary(text, results, contents)) }
                Some(Results::Secondary(results)) => { (secondary(text, results, contents)) }
                Some(Results::Older(results)) => { (older(text, results)) }
                None => {}
            }
            @if let Some(given) = &contents.comments { (comments(text, given)) }
            @if let Some(staff) = &contents.staff { (signatories(text, staff, contents)) }
        }
    }
}

/// A year that is not in force says so above its content.
fn standing(text: &Text, verdict: SheetVerdict) -> Markup {
    let words = &text.sheets;
    let (word, tone) = match verdict {
        SheetVerdict::Valid => (words.valid, Tone::Good),
        SheetVerdict::Withdrawn => (words.withdrawn, Tone::Bad),
        SheetVerdict::Replaced => (words.replaced, Tone::Bad),
        SheetVerdict::Erased => (words.erased, Tone::Bad),
        SheetVerdict::Suspended => (words.suspended, Tone::Caution),
        SheetVerdict::NotInForce => (words.not_in_force, Tone::Caution),
        SheetVerdict::Unchecked => (words.unchecked, Tone::Undecided),
    };
    html! { p class={ "status " (tone.class()) } { (tone.icon()) span { (word) } } }
}

/// A label and a value, left out when there is none.
fn fact(label: &str, value: Option<impl AsRef<str>>) -> Markup {
    html! { @if let Some(value) = value { div { dt { (label) } dd { bdi { (value.as_ref()) } } } } }
}

fn pupil(text: &Text, sheet: &DisclosedSheet) -> Markup {
    let (fields, contents, claims) = (&text.fields, &sheet.contents, &sheet.claims);
    html! {
        dl class="facts pupil" {
            @if let Some(name) = &contents.name { (name_facts(text, name)) }
            @if let Some(staff) = &contents.staff {
                (fact(fields.class, Some(staff.class.as_str())))
                (fact(fields.school, Some(staff.school_name.as_str())))
                (fact(fields.commune, staff.commune.as_ref().map(|c| c.as_str())))
            }
            (fact(fields.province, Some(claims.province.name.as_str())))
            (fact(fields.effective_from, Some((text.day)(claims.effective_from))))
            (fact(fields.circular, Some(claims.circular.as_str())))
            @if claims.trichluc { (fact(text.sheets.from_paper, Some(fields.yes))) }
            @if let Some(identity) = &contents.identity { (identity_facts(text, identity)) }
            @if let Some(origin) = &contents.origin { (origin_facts(text, origin)) }
            @if let Some(policy) = &contents.policy { (policy_facts(text, policy)) }
            @if let Some(family) = &contents.family { (family_facts(text, family)) }
        }
    }
}

fn name_facts(text: &Text, name: &NameGroup) -> Markup {
    let fields = &text.fields;
    let sex = match name.sex {
        Sex::Male => fields.male,
        Sex::Female => fields.female,
        Sex::Unknown => fields.not_known,
    };
    html! {
        div class="wide" { dt { (fields.full_name) } dd { strong { bdi { (name.full_name) } } } }
        (fact(fields.birth_date, Some((fields.birth)(name.birth))))
        (fact(fields.sex, Some(sex)))
    }
}

fn identity_facts(text: &Text, identity: &IdentityGroup) -> Markup {
    html! {
        (fact(text.fields.personal_id, identity.personal_id.as_ref().map(|id| id.as_str())))
        (fact(text.fields.pupil_code, Some(identity.pupil_code.as_str())))
        (fact(text.fields.register_number, identity.register_number.as_ref().map(|n| n.as_str())))
    }
}

fn origin_facts(text: &Text, origin: &OriginGroup) -> Markup {
    let place = |p: &Option<Place>| p.as_ref().map(|p| p.detail.as_str().to_owned());
    html! {
        (fact(text.fields.birth_place, place(&origin.birth_place)))
        (fact(text.fields.home_place, place(&origin.home_place)))
        (fact(text.fields.residence, place(&origin.residence)))
        (fact(text.fields.ethnicity, Some(codes::ethnicity(origin.ethnicity.as_str()))))
        (fact(text.fields.nationality, Some(origin.nationality.as_str())))
    }
}

fn policy_facts(text: &Text, policy: &PolicyGroup) -> Markup {
    fact(text.fields.policy_status, policy.policy_status.as_ref().map(|p| p.as_str()))
}

fn family_facts(text: &Text, family: &FamilyGroup) -> Markup {
    html! {
        (fact(text.fields.father, family.father.as_ref().map(|n| n.as_str())))
        (fact(text.fields.mother, family.mother.as_ref().map(|n| n.as_str())))
        (fact(text.fields.guardian, family.guardian.as_ref().map(|n| n.as_str())))
    }
}

/// What stands under a subject's row: who taught it and what was written about it.
fn under_subject(text: &Text, contents: &Contents, subject: &str, columns: usize) -> Markup {
    let taught = |t: &&SubjectTeacher| t.subject.as_str() == subject;
    let teachers: Vec<&str> =
        contents.staff.iter().flat_map(|s| &s.subject_teachers).filter(taught).map(|t| t.teacher.as_str()).collect();
    let written = contents.comments.iter().flat_map(|c| &c.subjects).filter(|c| c.subject.as_str() == subject);
    let written: Vec<&str> = written.map(|c| c.comment.as_str()).collect();
    html! {
        @if !teachers.is_empty() || !written.is_empty() {
            tr class="under" {
                td colspan=(columns) {
                    @for comment in &written { p { bdi { (comment) } } }
                    @if !teachers.is_empty() { small { (text.fields.teacher) ": " bdi { (teachers.join(", ")) } } }
                }
            }
        }
    }
}

fn primary(text: &Text, results: &PrimaryResults, contents: &Contents) -> Markup {
    let fields = &text.fields;
    html! {
        @if !results.subjects.is_empty() {
            h3 { (fields.subjects) }
            table class="marks" {
                thead { tr { th scope="col" { (fields.subject) } th scope="col" { (fields.level) } th scope="col" { (fields.test) } } }
                @for subject in &results.subjects {
                    tbody {
                        tr {
                            th scope="row" { (subject.name) }
                            td { (subject.level.map_or("", fields.subject_level)) }
                            td { (subject.test.map(fields.test_mark).unwrap_or_default()) }
                        }
                        (under_subject(text, contents, subject.code.as_str(), 3))
                    }
                }
            }
        }
        (attainments(text, results))
        h3 { (fields.results) }
        dl class="facts" {
            (fact(fields.overall, results.overall.as_ref().map(|t| t.as_str())))
            (yes_or_no(text, fields.completed_class, results.completed_class))
            (yes_or_no(text, fields.completed_primary, results.completed_primary))
            (fact(fields.completion, results.completion.as_ref().map(|t| t.as_str())))
            (yes_or_no(text, fields.promoted, results.promoted))
            (fact(fields.awards, results.awards.as_ref().map(|t| t.as_str())))
            (fact(fields.special_awards, results.special_awards.as_ref().map(|t| t.as_str())))
        }
    }
}

fn yes_or_no(text: &Text, label: &str, value: Option<bool>) -> Markup {
    fact(label, value.map(|yes| if yes { text.fields.yes } else { text.fields.no }))
}

/// Qualities and competencies of a primary pupil.
fn attainments(text: &Text, results: &PrimaryResults) -> Markup {
    let fields = &text.fields;
    let qualities = results.qualities.map(|q| [q.patriotism, q.compassion, q.diligence, q.honesty, q.responsibility]);
    let competencies = results.competencies.map(|c| {
        [
            c.self_study,
            c.communication,
            c.problem_solving,
            c.language,
            c.calculation,
            c.science,
            c.technology,
            c.informatics,
            c.aesthetics,
            c.physical,
        ]
    });
    html! {
        @if let Some(levels) = qualities {
            h3 { (fields.qualities) }
            dl class="facts levels" {
                @for (name, level) in fields.quality_names.iter().zip(levels) { (fact(name, level.map(fields.attainment))) }
            }
        }
        @if let Some(levels) = competencies {
            h3 { (fields.competencies) }
            dl class="facts levels" {
                @for (name, level) in fields.competency_names.iter().zip(levels) { (fact(name, level.map(fields.attainment))) }
            }
        }
    }
}

fn secondary(text: &Text, results: &SecondaryResults, contents: &Contents) -> Markup {
    let fields = &text.fields;
    let again = results.subjects.iter().any(|s| s.again.is_some());
    html! {
        @if !results.subjects.is_empty() {
            h3 { (fields.subjects) }
            table class="marks" {
                thead { tr {
                    th scope="col" { (fields.subject) }
                    th scope="col" { (fields.term1) }
                    th scope="col" { (fields.term2) }
                    th scope="col" { (fields.year) }
                    @if again { th scope="col" { (fields.again) } }
                } }
                @for subject in &results.subjects {
                    tbody {
                        tr {
                            th scope="row" { (subject.name) }
                            td { (subject.term1.map(fields.subject_mark).unwrap_or_default()) }
                            td { (subject.term2.map(fields.subject_mark).unwrap_or_default()) }
                            td { strong { (subject.year.map(fields.subject_mark).unwrap_or_default()) } }
                            @if again { td { (subject.again.map(fields.subject_mark).unwrap_or_default()) } }
                        }
                        (under_subject(text, contents, subject.code.as_str(), 4 + usize::from(again)))
                    }
                }
            }
        }
        (learning_and_conduct(text, results))
        h3 { (fields.results) }
        dl class="facts" {
            (yes_or_no(text, fields.promoted, results.promoted))
            (fact(fields.promotion, results.promotion.as_ref().map(|t| t.as_str())))
            (fact(fields.absences, results.absences.map(|a| a.number().to_string())))
            (fact(fields.completion, results.completion.as_ref().map(|t| t.as_str())))
            (fact(fields.awards, results.awards.as_ref().map(|t| t.as_str())))
            (fact(fields.special_awards, results.special_awards.as_ref().map(|t| t.as_str())))
            (fact(fields.competitions, results.competitions.as_ref().map(|t| t.as_str())))
            (fact(fields.summer_training, results.summer_training.as_ref().map(|t| t.as_str())))
            @for certificate in &results.certificates {
                @let kind = certificate.kind.as_ref().map(|k| format!(" ({k})")).unwrap_or_default();
                (fact(fields.certificates, Some(format!("{}{kind}", certificate.name))))
            }
        }
    }
}

fn learning_and_conduct(text: &Text, results: &SecondaryResults) -> Markup {
    let fields = &text.fields;
    let rows = [
        (
            fields.learning,
            [results.learning_term1, results.learning_term2, results.learning_year, results.learning_again],
        ),
        (fields.conduct, [results.conduct_term1, results.conduct_term2, results.conduct_year, results.conduct_again]),
    ];
    let shown = 3 + usize::from(rows.iter().any(|(_, levels)| levels[3].is_some()));
    let columns = [fields.term1, fields.term2, fields.year, fields.again];
    if rows.iter().all(|(_, levels)| levels.iter().all(Option::is_none)) {
        return html! {};
    }
    html! {
        h3 { (fields.summary) }
        table class="marks" {
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

fn older(text: &Text, results: &OlderResults) -> Markup {
    html! {
        h3 { (text.fields.results) }
        dl class="facts" {
            @for row in &results.rows { (fact(row.label.as_str(), Some(row.value.as_str()))) }
            (yes_or_no(text, text.fields.promoted, results.promoted))
        }
    }
}

fn comments(text: &Text, given: &CommentsGroup) -> Markup {
    let fields = &text.fields;
    let all = [
        (fields.by_homeroom, &given.homeroom),
        (fields.on_qualities, &given.qualities),
        (fields.on_general, &given.general_competencies),
        (fields.on_specific, &given.specific_competencies),
        (fields.by_head, &given.head),
    ];
    if all.iter().all(|(_, comment)| comment.is_none()) {
        return html! {};
    }
    html! {
        h3 { (fields.comments) }
        dl class="facts one" { @for (name, comment) in all { (fact(name, comment.as_ref().map(|c| c.as_str()))) } }
    }
}

fn signatories(text: &Text, staff: &StaffGroup, contents: &Contents) -> Markup {
    let fields = &text.fields;
    let ids = contents.staff_ids.as_ref();
    let with_id = |name: &str, id: Option<&str>| {
        id.map_or_else(|| name.to_owned(), |id| format!("{name} ({} {id})", fields.identification))
    };
    let homeroom = ids.and_then(|i| i.homeroom_teacher_id.as_ref()).map(|id| id.as_str());
    let head = ids.and_then(|i| i.head_id.as_ref()).map(|id| id.as_str());
    html! {
        h3 { (fields.staff) }
        dl class="facts" {
            (fact(fields.by_homeroom, Some(with_id(staff.homeroom_teacher.as_str(), homeroom))))
            (fact(staff.head_title.as_str(), Some(with_id(staff.head.as_str(), head))))
            (fact(fields.issued, Some(format!("{}, {}", staff.issue_place, (text.day)(staff.issue_date)))))
        }
    }
}

fn newest_history(opened: &[DisclosedSheet]) -> Option<&[StudyYear]> {
    opened.iter().rev().filter_map(|s| s.contents.results.as_ref()).map(Results::history).find(|h| !h.is_empty())
}

fn study_history(text: &Text, history: &[StudyYear]) -> Markup {
    let fields = &text.fields;
    html! {
        section {
            h2 { (fields.history) }
            table {
                thead { tr { th scope="col" { (text.sheets.year) } th scope="col" { (fields.class) } th scope="col" { (fields.school) } } }
                tbody {
                    @for year in history {
                        tr {
                            th scope="row" class="nowrap" { (year.school_year) }
                            td { (year.class) }
                            td {
                                bdi { (year.school) } ", " bdi { (year.province) }
                                @if let Some(day) = year.transferred_in { small { (fields.transferred_in) ": " ((text.day)(day)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Groups that no opened sheet shows, with who may open them.
fn closed_groups(text: &Text, opened: &[DisclosedSheet]) -> Markup {
    let shown = opened.iter().flat_map(|s| s.contents.groups().iter().collect::<Vec<_>>());
    let shown = shown.fold(GroupSet::NONE, GroupSet::with);
    let closed: Vec<Group> = Group::ALL.into_iter().filter(|g| !shown.contains(*g)).collect();
    html! {
        @if !closed.is_empty() {
            section class="screen" {
                h2 { (text.transcript.closed) }
                p { (text.transcript.closed_body) }
                ul class="closed" {
                    @for group in closed {
                        li { strong { ((text.transcript.group)(group)) } ": " ((text.transcript.opened_by)(group)) }
                    }
                }
            }
        }
    }
}
