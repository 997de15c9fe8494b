//! Looking for one learner: the form, and what was found, at most twenty.

use maud::{Markup, html};

use super::{SignedIn, faults, message, page};
use crate::portal::answer::{SheetVerdict, Verdict};
use crate::portal::office_search::{OfficeFound, OfficeHit};
use crate::transcript::Level;
use crate::transcript::time::SchoolYear;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::pages::transcript::standing;
use crate::web::text::Text;
use crate::web::text::office_search::OfficeSearch;

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody is named.
    Who,
    /// Both ways at once.
    Both,
    /// Not a name.
    Name,
    /// Not a birth date.
    Birth,
    /// Not an identification number.
    Number,
    /// Not a school.
    School,
    /// Not a province.
    Province,
}

impl Fault {
    fn words(self, words: &OfficeSearch) -> (&'static str, String) {
        let (field, words) = match self {
            Self::Who => ("full_name", words.fault_who),
            Self::Both => ("number", words.fault_both),
            Self::Name => ("full_name", words.fault_name),
            Self::Birth => ("day", words.fault_birth),
            Self::Number => ("number", words.fault_number),
            Self::School => ("school", words.fault_school),
            Self::Province => ("province", words.fault_province),
        };
        (field, words.to_owned())
    }
}

/// The form as typed.
#[derive(Clone, Default)]
pub struct Typed {
    /// Full name.
    pub full_name: String,
    /// Birth date: day.
    pub day: String,
    /// Month.
    pub month: String,
    /// Year.
    pub year: String,
    /// Identification number.
    pub number: String,
    /// School.
    pub school: String,
    /// Province.
    pub province: String,
    /// School year.
    pub school_year: String,
    /// Level.
    pub level: String,
}

/// Never prints who is looked for.
impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl Typed {
    fn is_narrowed(&self) -> bool {
        [&self.school, &self.province, &self.school_year, &self.level].iter().any(|typed| !typed.trim().is_empty())
    }
}

/// What came of a search.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// Nothing was asked yet.
    Nothing,
    /// What was typed looks for nobody.
    Faulty(&'a [Fault]),
    /// Whom the index led to.
    Found(&'a OfficeFound),
    /// The index is being made.
    Preparing {
        /// Entries that it has.
        reflected: u64,
        /// Entries that it will have.
        size: u64,
    },
    /// Out of order, or nothing could be written down.
    Unavailable,
    /// Too many in a short time.
    TooMany {
        /// Seconds until the next.
        retry_after_s: u64,
    },
}

/// The page.
pub fn search(frame: &Frame<'_>, signed_in: &SignedIn<'_>, typed: &Typed, outcome: Outcome<'_>) -> Markup {
    let words = &frame.text.office_search;
    page(
        frame,
        signed_in,
        words.title,
        &html! {
            h1 { (words.title) }
            (answer(frame.text, signed_in, outcome))
            section class="card search" {
                @if matches!(outcome, Outcome::Nothing) { p { (words.lead) } }
                (form(frame, signed_in, typed, outcome))
            }
        },
    )
}

fn answer(text: &Text, signed_in: &SignedIn<'_>, outcome: Outcome<'_>) -> Markup {
    let words = &text.office_search;
    match outcome {
        Outcome::Nothing => html! {},
        Outcome::Faulty(found) => {
            faults(words.fault, &found.iter().map(|fault| fault.words(words)).collect::<Vec<_>>())
        }
        Outcome::Found(found) => hits(text, signed_in, found),
        Outcome::Preparing { reflected, size } => message(
            Tone::Undecided,
            words.preparing_title,
            &(words.preparing)(&(text.number)(reflected), &(text.number)(size)),
        ),
        Outcome::Unavailable => message(Tone::Undecided, words.unavailable.title, words.unavailable.body),
        Outcome::TooMany { retry_after_s } => {
            message(Tone::Caution, words.too_many.title, &(words.too_many.body)(&(text.wait)(retry_after_s)))
        }
    }
}

fn hits(text: &Text, signed_in: &SignedIn<'_>, found: &OfficeFound) -> Markup {
    let words = &text.office_search;
    let behind = found.ledger_size.saturating_sub(found.index_size);
    html! {
        section class="hits" {
            @if found.hits.is_empty() {
                (message(Tone::Absent, words.nobody.title, words.nobody.body))
            } @else {
                p class="lead" role="status" tabindex="-1" autofocus { strong { ((words.found)(found.hits.len())) } }
                @for hit in &found.hits { (one(text, signed_in, hit)) }
            }
            @if found.more { p class="remark" { (Tone::Note.icon()) span { (words.more) } } }
            @if found.unchecked > 0 { p class="remark undecided" { (Tone::Undecided.icon()) span { ((words.unchecked)(found.unchecked)) } } }
            @if behind > 0 { p class="remark" { (Tone::Note.icon()) span { ((words.behind)(&(text.number)(behind))) } } }
        }
    }
}

/// The years of a transcript, each with what it is worth.
pub(super) fn years(text: &Text, years: &[(SchoolYear, SheetVerdict)]) -> Markup {
    html! {
        ul class="years-found" {
            @for (year, verdict) in years {
                @let (word, tone) = standing(text, *verdict);
                li class={ "status " (tone.class()) } { (tone.icon()) span { (year) small { (word) } } }
            }
        }
    }
}

/// Tone of a verdict on the whole.
pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Valid => Tone::Good,
        Verdict::NotInForce | Verdict::Suspended => Tone::Caution,
        Verdict::PartlyWithdrawn | Verdict::Withdrawn | Verdict::Erased => Tone::Bad,
        Verdict::Unchecked => Tone::Undecided,
        Verdict::Unknown => Tone::Absent,
    }
}

fn one(text: &Text, signed_in: &SignedIn<'_>, hit: &OfficeHit) -> Markup {
    let words = &text.office_search;
    let tone = tone(hit.verdict);
    let name = hit.learner.as_ref().map_or(words.no_name, |learner| learner.full_name.as_str());
    html! {
        article class="card hit" {
            div {
                h2 { bdi { (name) } }
                p class={ "status " (tone.class()) } { (tone.icon()) span { ((words.verdict)(hit.verdict)) } }
            }
            dl class="facts" {
                @if let Some(learner) = &hit.learner {
                    div { dt { (text.fields.birth_date) } dd { ((text.fields.birth)(learner.birth)) } }
                }
                div { dt { (text.verdicts.level) } dd { ((text.verdicts.levels)(hit.level.slug())) } }
                @if let Some(school) = &hit.school {
                    div { dt { (text.fields.school) } dd { bdi { (school.name) } } }
                    div { dt { (text.fields.class) } dd { bdi { (school.class) } " (" (school.year) ")" } }
                }
                div class="wide" {
                    dt { (text.sheets.title) }
                    dd {
                        (years(text, &hit.years))
                    }
                }
            }
            form method="post" action="/co-quan/ho-so" {
                (signed_in.token())
                input type="hidden" name="code" value=(hit.code);
                button type="submit" aria-label=((words.open_of)(name)) { (words.open) }
            }
        }
    }
}

fn form(frame: &Frame<'_>, signed_in: &SignedIn<'_>, typed: &Typed, outcome: Outcome<'_>) -> Markup {
    let (text, words) = (frame.text, &frame.text.office_search);
    let found: &[Fault] = if let Outcome::Faulty(faults) = outcome { faults } else { &[] };
    let wrong = |fault: Fault| found.contains(&fault).then_some("true");
    html! {
        form class="sign-in" method="post" action="/co-quan/tim" accept-charset="utf-8" autocomplete="off" {
            (signed_in.token())
            fieldset {
                legend { (words.by_name) }
                label for="full_name" { (words.full_name) }
                p id="full_name-hint" class="hint" { (words.full_name_hint) }
                input id="full_name" name="full_name" type="text" maxlength="150" autocomplete="off" spellcheck="false"
                    aria-describedby="full_name-hint" aria-invalid=[wrong(Fault::Name)] value=(typed.full_name);
                (birth(text, typed, wrong(Fault::Birth)))
            }
            fieldset {
                legend { (words.by_number) }
                label for="number" { (words.number) }
                p id="number-hint" class="hint" { (words.number_hint) }
                input id="number" name="number" type="text" inputmode="numeric" maxlength="20" autocomplete="off"
                    aria-describedby="number-hint" aria-invalid=[wrong(Fault::Number)] value=(typed.number);
            }
            details open[typed.is_narrowed()] {
                summary { (words.narrow) }
                (narrowing(text, signed_in, typed, &wrong))
            }
            button type="submit" { (words.submit) }
        }
    }
}

fn birth(text: &Text, typed: &Typed, wrong: Option<&str>) -> Markup {
    let part = |id: &str, label: &str, value: &str, most: u8| {
        html! {
            div class={ "part " (id) } {
                label for=(id) { (label) }
                input id=(id) name=(id) type="text" inputmode="numeric" maxlength=(most) autocomplete="off"
                    aria-invalid=[wrong] value=(value);
            }
        }
    };
    html! {
        fieldset {
            legend { (text.fields.birth_date) }
            p class="hint" { (text.ask.hint) }
            div class="date" {
                (part("day", text.ask.day, &typed.day, 2))
                (part("month", text.ask.month, &typed.month, 2))
                (part("year", text.ask.year, &typed.year, 4))
            }
        }
    }
}

fn narrowing<'a>(
    text: &Text,
    signed_in: &SignedIn<'_>,
    typed: &Typed,
    wrong: &dyn Fn(Fault) -> Option<&'a str>,
) -> Markup {
    let words = &text.office_search;
    let field = |id: &str, label: &str, hint: &str, value: &str, wrong: Option<&str>| {
        html! {
            div class="field" {
                label for=(id) { (label) }
                p id={ (id) "-hint" } class="hint" { (hint) }
                input id=(id) name=(id) type="text" maxlength="150" autocomplete="off" spellcheck="false"
                    aria-describedby={ (id) "-hint" } aria-invalid=[wrong] value=(value);
            }
        }
    };
    let scope = signed_in.who.office().scope();
    let years = scope.years();
    let years = (years.first().first()..=years.last().first()).rev().filter_map(SchoolYear::starting);
    html! {
        (field("school", words.school, words.school_hint, &typed.school, wrong(Fault::School)))
        (field("province", words.province, words.province_hint, &typed.province, wrong(Fault::Province)))
        div class="field" {
            label for="school_year" { (words.year) }
            select id="school_year" name="school_year" {
                option value="" { (words.any) }
                @for year in years {
                    @let year = year.to_string();
                    option value=(year) selected[year == typed.school_year] { (year) }
                }
            }
        }
        div class="field" {
            label for="level" { (words.level) }
            select id="level" name="level" {
                option value="" { (words.any) }
                @for level in Level::ALL.into_iter().filter(|level| scope.levels().contains(level)) {
                    option value=(level.slug()) selected[level.slug() == typed.level] { ((text.verdicts.levels)(level.slug())) }
                }
            }
        }
    }
}
