//! The verdict page: what is on record under a code, and nothing personal.
//!
//! A code alone is never called valid: the page says "in force, content not compared" in a colour of
//! its own, and asks for the birth date. "Not found", "withdrawn" and "could not check" differ in
//! heading, icon and colour.

use maud::{Markup, html};

use super::icons::Tone;
use super::second_factor::{Asked, Outcome, ask};
use super::shared::Shared;
use super::{Extras, Frame, home, page_with, receipt, share};
use crate::portal::answer::{Check, Checks, SheetAnswer, SheetVerdict, SignedWith, Verdict, VerdictAnswer};
use crate::transcript::time::{Day, SchoolYear};
use crate::web::assets::PORTAL_JS;
use crate::web::backend::DisclosedSheet;
use crate::web::text::{NoticeWith, Text};

/// The public verdict page. `asked` says what came of a second factor, if one was sent.
pub fn verdict(frame: &Frame<'_>, answer: &VerdictAnswer<'_>, asked: &Asked<'_>) -> Markup {
    let is_paused = asked.outcome == Outcome::Paused;
    let headline = Headline::for_code(frame.text, answer, is_paused);
    let focus = if asked.is_answered() { Focus::Elsewhere } else { Focus::Here };
    page_with(
        frame,
        headline.title,
        &Extras { script: Some(&PORTAL_JS), ..Extras::default() },
        &html! {
            (banner_with(frame, answer, &headline, focus))
            (guide(frame.text, next(frame.text, answer, is_paused)))
            @if may_disclose(answer) {
                (ask(frame, &answer.code.to_string(), asked))
                @if !is_paused { (share::paste(frame, &answer.code.to_string())) }
            }
            (sheets(frame.text, answer))
            (checks(frame.text, answer, Content::NotCompared))
            @if !answer.sheets.is_empty() {
                ul class="ways" {
                    li { a href={ "/v/" (answer.code) "/bang-chung" } { (frame.text.evidence.link) } }
                    li { a href={ "/v/" (answer.code) "/bao-sai-sot" } { (frame.text.reports.title) } }
                }
            }
            @if answer.verdict != Verdict::Unchecked { (receipt::offer(frame, &answer.code.to_string(), None)) }
            (home::again(frame))
        },
    )
}

/// Whether a birth date can open anything of this answer.
pub fn may_disclose(answer: &VerdictAnswer<'_>) -> bool {
    !matches!(answer.verdict, Verdict::Unknown | Verdict::Unchecked | Verdict::Erased)
}

/// Heading, sentence and tone of a verdict.
#[derive(Debug)]
pub struct Headline {
    /// Heading.
    pub title: &'static str,
    /// Sentence.
    pub lead: String,
    /// Tone.
    pub tone: Tone,
}

impl Headline {
    /// For a code alone; while nothing can be opened it does not ask for a birth date.
    fn for_code(text: &Text, answer: &VerdictAnswer<'_>, is_paused: bool) -> Self {
        let words = &text.verdicts;
        let with = |notice: &NoticeWith, value: Option<String>, tone| Self {
            title: notice.title,
            lead: value.map_or_else(|| notice.without.to_owned(), |v| (notice.body)(&v)),
            tone,
        };
        let day = |day: Option<Day>| day.map(text.day);
        match answer.verdict {
            _ if superseded(answer) => with(&words.replaced, day(latest(answer, |s| s.replaced_on)), Tone::Bad),
            Verdict::Valid => {
                let notice = if is_paused { &words.in_force_paused } else { &words.in_force };
                with(notice, day(in_force_since(answer)), Tone::Note)
            }
            Verdict::NotInForce => with(&words.not_in_force, day(takes_effect(answer)), Tone::Caution),
            Verdict::PartlyWithdrawn => with(&words.partly_withdrawn, withdrawn_years(answer), Tone::Caution),
            Verdict::Withdrawn => with(&words.withdrawn, day(latest(answer, |s| s.withdrawn_on)), Tone::Bad),
            Verdict::Erased => with(&words.erased, day(latest(answer, |s| s.erased_on)), Tone::Bad),
            Verdict::Suspended => with(&words.suspended, day(latest(answer, |s| s.suspended_on)), Tone::Caution),
            Verdict::Unknown => {
                Self { title: words.unknown.title, lead: words.unknown.body.to_owned(), tone: Tone::Absent }
            }
            Verdict::Unchecked => {
                Self { title: words.unchecked.title, lead: words.unchecked.body.to_owned(), tone: Tone::Undecided }
            }
        }
    }

    /// With the content shown below: "valid" only when the verdict is and what is shown still counts, else the
    /// verdict's own words, or that what is shown was replaced. `school` is the one that issued all of it, where it is
    /// one.
    pub fn with_content(
        text: &Text,
        answer: &VerdictAnswer<'_>,
        opened: &[DisclosedSheet],
        school: Option<&str>,
    ) -> Self {
        if answer.verdict != Verdict::Valid || superseded(answer) {
            return Self::for_code(text, answer, false);
        }
        if let Some(since) = outdated(answer, opened) {
            let replaced = &text.verdicts.replaced;
            let lead = since.map_or_else(|| replaced.without.to_owned(), |day| (replaced.body)(&(text.day)(day)));
            return Self { title: replaced.title, lead, tone: Tone::Bad };
        }
        let words = &text.verdicts.content_shown;
        let issued = school.map(text.transcript.issued_by).unwrap_or_default();
        let since = in_force_since(answer).map(|day| format!("{}{issued}", (text.day)(day)));
        let lead = since.map_or_else(|| words.without.to_owned(), |since| (words.body)(&since));
        Self { title: words.title, lead, tone: Tone::Good }
    }
}

/// What the reader of a code's verdict does next.
fn next(text: &Text, answer: &VerdictAnswer<'_>, is_paused: bool) -> &'static [&'static str] {
    let all = &text.verdicts.meanings;
    match answer.verdict {
        _ if superseded(answer) => all.replaced,
        Verdict::Valid if is_paused => all.in_force_paused,
        Verdict::Valid => all.in_force,
        Verdict::NotInForce => all.not_in_force,
        Verdict::PartlyWithdrawn => all.partly_withdrawn,
        Verdict::Withdrawn => all.withdrawn,
        Verdict::Erased => all.erased,
        Verdict::Suspended => all.suspended,
        Verdict::Unknown => all.unknown,
        Verdict::Unchecked => all.unchecked,
    }
}

/// A sheet that was asked for by its own id and has a successor: the reader holds the old one and must
/// be told that there is a new one. A booklet never looks so, because its successors are listed too.
fn superseded(answer: &VerdictAnswer<'_>) -> bool {
    let is_replaced = |s: &SheetAnswer<'_>| s.verdict == SheetVerdict::Replaced && s.replaced_by.is_some();
    !answer.sheets.is_empty() && answer.sheets.iter().all(is_replaced)
}

/// A copy may open a sheet that was ended since, and not the one that took its place: since when, as far as is on record.
fn outdated(answer: &VerdictAnswer<'_>, opened: &[DisclosedSheet]) -> Option<Option<Day>> {
    let is_ended = |s: &DisclosedSheet| {
        matches!(s.verdict, SheetVerdict::Replaced | SheetVerdict::Withdrawn | SheetVerdict::Erased)
    };
    let has_successor = |year| opened.iter().any(|s| s.claims.school_year == year && !is_ended(s));
    let mut ended =
        opened.iter().filter(|s| is_ended(s)).map(|s| s.claims.school_year).filter(|y| !has_successor(*y)).peekable();
    ended.peek()?;
    let since = |year| answer.sheets.iter().filter(move |s| s.school_year == year).filter_map(|s| s.replaced_on).max();
    Some(ended.filter_map(since).max())
}

fn latest(answer: &VerdictAnswer<'_>, day: impl Fn(&SheetAnswer<'_>) -> Option<Day>) -> Option<Day> {
    answer.sheets.iter().filter_map(day).max()
}

fn in_force_since(answer: &VerdictAnswer<'_>) -> Option<Day> {
    answer.sheets.iter().filter(|s| s.verdict == SheetVerdict::Valid).map(|s| s.effective_from).min()
}

fn takes_effect(answer: &VerdictAnswer<'_>) -> Option<Day> {
    answer.sheets.iter().filter(|s| s.verdict == SheetVerdict::NotInForce).map(|s| s.effective_from).min()
}

fn withdrawn_years(answer: &VerdictAnswer<'_>) -> Option<String> {
    let gone = |v| matches!(v, SheetVerdict::Withdrawn | SheetVerdict::Erased);
    let years = answer.sheets.iter().filter(|s| gone(s.verdict)).map(|s| s.school_year);
    Some(list(years)).filter(|l| !l.is_empty())
}

fn list(years: impl Iterator<Item = SchoolYear>) -> String {
    let mut years: Vec<SchoolYear> = years.collect();
    years.sort_unstable();
    years.dedup();
    years.iter().map(SchoolYear::to_string).collect::<Vec<_>>().join(", ")
}

/// Where the reader's focus starts: on the verdict, unless something further down answers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    Here,
    Elsewhere,
}

/// Heading, sentence, code, level and time; takes the focus, with or without a script.
pub fn banner(frame: &Frame<'_>, answer: &VerdictAnswer<'_>, headline: &Headline) -> Markup {
    banner_with(frame, answer, headline, Focus::Here)
}

fn banner_with(frame: &Frame<'_>, answer: &VerdictAnswer<'_>, headline: &Headline, focus: Focus) -> Markup {
    let text = frame.text;
    let words = &text.verdicts;
    let is_unchecked = answer.verdict == Verdict::Unchecked;
    html! {
        section class={ "card verdict " (headline.tone.class()) } {
            (headline.tone.icon())
            div {
                div role="status" {
                    h1 tabindex="-1" autofocus[focus == Focus::Here] { (headline.title) }
                    p class="lead" { (headline.lead) }
                    @if is_unchecked { p { (words.unchecked_is_not) } }
                }
                @if is_unchecked { p { a class="button" href={ "/v/" (answer.code) } { (words.retry) } } }
                (older_prints(text, answer))
                dl class="facts" {
                    div {
                        dt { (words.code) }
                        dd class="code" {
                            span id="code-shown" { (code_in_groups(&answer.code.to_string())) }
                            button class="copy" type="button" hidden data-copy="code-shown" data-done=(words.copied) { (words.copy) }
                            span role="status" {}
                        }
                    }
                    @if let Some(level) = answer.level {
                        div { dt { (words.level) } dd { ((words.levels)(level)) } }
                    }
                    div { dt { (words.checked_at) } dd { ((text.moment)(answer.checked_at)) } }
                }
            }
        }
    }
}

/// Eight groups of four; the spaces are drawn, so that a copied code has none.
pub(super) fn code_in_groups(code: &str) -> Markup {
    let digits: Vec<char> = code.chars().collect();
    html! { @for group in digits.chunks(4) { span { (group.iter().collect::<String>()) } wbr; } }
}

/// Years of which an earlier print is no longer good, while others of the transcript may be.
fn older_prints(text: &Text, answer: &VerdictAnswer<'_>) -> Markup {
    if matches!(answer.verdict, Verdict::Withdrawn | Verdict::Erased | Verdict::Unchecked) {
        return html! {};
    }
    let ended = |s: &SheetAnswer<'_>| s.withdrawn_on.or(s.replaced_on).or(s.erased_on);
    let mut days: Vec<Day> = answer.sheets.iter().filter_map(ended).collect();
    days.sort_unstable();
    days.dedup();
    html! {
        @for day in days {
            @let years = answer.sheets.iter().filter(|s| ended(s) == Some(day)).map(|s| s.school_year);
            (remark(&(text.verdicts.older_prints)(&(text.day)(day), &list(years))))
        }
    }
}

fn remark(sentence: &str) -> Markup {
    html! { p class="remark caution" { (Tone::Caution.icon()) span { (sentence) } } }
}

/// The steps of the one verdict that nearly everybody gets are written once.
fn guide(text: &Text, steps: &'static [&'static str]) -> Markup {
    match std::ptr::eq(steps, text.verdicts.meanings.in_force) {
        true => html! { (Shared::of(text.language).guide_in_force) },
        false => next_steps(text, steps),
    }
}

pub(super) fn next_steps(text: &Text, steps: &[&str]) -> Markup {
    html! {
        section class="guide" {
            h2 { (text.verdicts.next) }
            ul { @for step in steps { li { (step) } } }
        }
    }
}

/// The table of years.
pub fn sheets(text: &Text, answer: &VerdictAnswer<'_>) -> Markup {
    let words = &text.sheets;
    html! {
        @if !answer.sheets.is_empty() {
            section {
                h2 { (words.title) }
                table class="years" {
                    (Shared::of(text.language).years_head)
                    tbody { @for sheet in &answer.sheets { (row(text, sheet)) } }
                }
                @if !answer.missing_years.is_empty() {
                    (remark(&(words.missing)(&list(answer.missing_years.iter().copied()))))
                }
            }
        }
    }
}

pub(super) fn years_head(text: &Text) -> Markup {
    let words = &text.sheets;
    html! {
        thead { tr {
            th scope="col" { (words.year) }
            th scope="col" { (words.province) }
            th scope="col" { (words.status) }
        } }
    }
}

fn row(text: &Text, sheet: &SheetAnswer<'_>) -> Markup {
    let words = &text.sheets;
    let (word, tone, since) = status(text, sheet);
    html! {
        tr {
            th scope="row" {
                span class="year" { (sheet.school_year) }
                small { ((words.grade)(sheet.grade)) }
            }
            td {
                bdi lang="vi" { (sheet.province.name) }
                @if sheet.transcribed_from_paper { small { (words.from_paper) } }
            }
            td {
                span class={ "status " (tone.class()) } { (tone.icon()) span { (word) } }
                @if let Some(day) = since { small { ((words.since)(&(text.day)(day))) } }
            }
        }
    }
}

fn status(text: &Text, sheet: &SheetAnswer<'_>) -> (&'static str, Tone, Option<Day>) {
    let words = &text.sheets;
    match sheet.verdict {
        // In force, seen from a code alone: a fact, not yet a confirmation of what the reader holds.
        SheetVerdict::Valid => (words.valid, Tone::Note, Some(sheet.effective_from)),
        SheetVerdict::Withdrawn => (words.withdrawn, Tone::Bad, sheet.withdrawn_on),
        SheetVerdict::Replaced => (words.replaced, Tone::Bad, sheet.replaced_on),
        SheetVerdict::Suspended => (words.suspended, Tone::Caution, sheet.suspended_on),
        SheetVerdict::NotInForce => (words.not_in_force, Tone::Caution, Some(sheet.effective_from)),
        SheetVerdict::Erased => (words.erased, Tone::Bad, sheet.erased_on),
        SheetVerdict::Unchecked => (words.unchecked, Tone::Undecided, None),
    }
}

/// Whether the reader can see the content that the signatures are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Shown,
    NotCompared,
}

/// What was checked, and the state of the ledger that the answer reflects; on a page that shows the content.
pub fn evidence(text: &Text, answer: &VerdictAnswer<'_>) -> Markup {
    checks(text, answer, Content::Shown)
}

/// Each fact by itself, with the time at which it was established.
fn checks(text: &Text, answer: &VerdictAnswer<'_>, content: Content) -> Markup {
    let words = &text.checks;
    if answer.sheets.is_empty() && answer.as_of.is_none() {
        return html! {};
    }
    let at_intake = taken_in(text, answer);
    let now = (words.just_now)(&(text.moment)(answer.checked_at));
    html! {
        section {
            @if !answer.sheets.is_empty() {
                h2 { (words.title) }
                ul class="checks" {
                    (check(text, answer, words.school, at_intake.as_deref(), |c| c.school_signature))
                    (check(text, answer, words.province, at_intake.as_deref(), |c| c.province_signature))
                    (check(text, answer, words.ledger, Some(&now), |c| c.ledger))
                    @if content == Content::NotCompared { (Shared::of(text.language).not_compared) }
                }
                @match is_official(answer) {
                    true => { p class="quiet" { (words.official) } }
                    false => { (Shared::of(text.language).technical) }
                }
            }
            @if let Some(as_of) = &answer.as_of {
                @let size = (text.number)(as_of.ledger_size);
                p class="as-of" {
                    @match as_of.checkpoint_time {
                        Some(time) => { ((words.as_of)(&size, &(text.moment)(time))) }
                        None => { ((words.as_of_size)(&size)) }
                    }
                }
                details class="technical" {
                    summary { (words.technical_details) }
                    dl class="facts" {
                        div { dt { (words.root) } dd class="code" { (as_of.root_hash) } }
                        @if !answer.sheets.is_empty() {
                            div { dt { (words.leaves) } dd { (leaves(text, answer)) } }
                        }
                    }
                }
            }
        }
    }
}

/// When the signatures were checked: the day, or the first and the last day, on which the years came in.
fn taken_in(text: &Text, answer: &VerdictAnswer<'_>) -> Option<String> {
    let days = || answer.sheets.iter().filter_map(|s| s.logged_at).map(|at| Day::from(at.date_in_vietnam()));
    let (first, last) = (days().min()?, days().max()?);
    let days =
        if first == last { (text.day)(first) } else { (text.checks.between)(&(text.day)(first), &(text.day)(last)) };
    Some((text.checks.at_intake)(&days))
}

fn leaves(text: &Text, answer: &VerdictAnswer<'_>) -> String {
    let each = answer.sheets.iter().map(|s| format!("{}: {}", s.school_year, (text.number)(s.leaf_index)));
    each.collect::<Vec<_>>().join(" · ")
}

fn is_official(answer: &VerdictAnswer<'_>) -> bool {
    answer.sheets.iter().all(|s| s.signed_with == SignedWith::Official)
}

pub(super) fn not_compared(text: &Text) -> Markup {
    let words = &text.checks;
    html! { li { (Tone::Note.icon()) span { (words.content) ": " strong { (words.not_compared) } } } }
}

pub(super) fn technical(text: &Text) -> Markup {
    html! { p class="quiet" { (text.checks.technical) } }
}

/// One line for all years: the worst result, with the years it concerns when others are better.
fn check(
    text: &Text,
    answer: &VerdictAnswer<'_>,
    name: &str,
    when: Option<&str>,
    of: impl Fn(&Checks) -> Check,
) -> Markup {
    let severity = |c: Check| match c {
        Check::Ok => 0,
        Check::OldAlgorithm => 1,
        Check::Unchecked => 2,
        Check::Failed => 3,
    };
    let worst = answer.sheets.iter().map(|s| of(&s.checks)).max_by_key(|c| severity(*c)).unwrap_or(Check::Unchecked);
    let (word, tone) = match worst {
        Check::Ok => (text.checks.ok, Tone::Good),
        Check::OldAlgorithm => (text.checks.old, Tone::Note),
        Check::Unchecked => (text.checks.unchecked, Tone::Undecided),
        Check::Failed => (text.checks.failed, Tone::Bad),
    };
    let concerned = || answer.sheets.iter().filter(|s| of(&s.checks) == worst);
    let some_only = concerned().count() < answer.sheets.len();
    html! {
        li {
            (tone.icon())
            span {
                (name) ": " strong { (word) }
                @if some_only { " (" ((text.checks.in_years)(&list(concerned().map(|s| s.school_year)))) ")" }
                @if let Some(when) = when { small { (when) } }
            }
        }
    }
}
