//! Who looked at what, for ministry auditors: what stands out, the lines that are asked for, the journal's own state.

use data_encoding::BASE64URL_NOPAD;
use maud::{Markup, html};

use super::{SignedIn, faults, message, page as office_page};
use crate::journal::{Actor, Back, Record};
use crate::offices::OfficeId;
use crate::portal::oversight::{Alert, Anchored, LineKind, StandsOut, What, about, account_of, actor_of, purpose_of};
use crate::transcript::time::Day;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;
use crate::web::text::oversight::Oversight;

/// Alerts that are shown at once.
const ALERTS: usize = 8;
/// Keyed hashes that are shown of a line.
const HASHES: usize = 2;

/// What was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not the short name of an office.
    Office,
    /// Not an account.
    Account,
    /// Not a day.
    From,
    /// Not a day.
    To,
}

impl Fault {
    fn words(self, words: &Oversight) -> (&'static str, String) {
        let (field, words) = match self {
            Self::Office => ("don-vi", words.fault_office),
            Self::Account => ("tai-khoan", words.fault_account),
            Self::From => ("tu", words.fault_day),
            Self::To => ("den", words.fault_day),
        };
        (field, words.to_owned())
    }
}

/// The form as typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Office.
    pub office: String,
    /// Account.
    pub account: String,
    /// Kind of lines.
    pub kind: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Number of a line: older ones than that.
    pub before: String,
}

impl Typed {
    fn is_narrowed(&self) -> bool {
        [&self.office, &self.account, &self.kind, &self.from, &self.to].iter().any(|typed| !typed.is_empty())
    }
}

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What stands out.
    pub stands_out: &'a StandsOut,
    /// Of how many days.
    pub days: u16,
    /// Every office: short name and name.
    pub offices: &'a [(OfficeId, String)],
    /// What is asked for.
    pub typed: &'a Typed,
    /// What of it was not understood.
    pub faults: &'a [Fault],
    /// The lines; none where the question was not understood, a fault where they cannot be read.
    pub lines: Option<&'a Result<Back, ()>>,
    /// How many lines there are, and the hash of the last.
    pub head: (u64, [u8; 32]),
    /// Where it is anchored in the ledger.
    pub anchor: Option<Anchored>,
}

/// The page.
pub fn page(frame: &Frame<'_>, signed_in: &SignedIn<'_>, view: &View<'_>) -> Markup {
    let (text, words) = (frame.text, &frame.text.oversight);
    let found: Vec<_> = view.faults.iter().map(|fault| fault.words(words)).collect();
    office_page(
        frame,
        signed_in,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                (faults(words.fault, &found))
                p { (words.lead) }
            }
            (alerts(text, signed_in, view))
            section {
                h2 id="cac-dong" { (words.lines) }
                (form(text, signed_in, view))
                @match view.lines {
                    None => {}
                    Some(Err(())) => { (message(Tone::Bad, words.damaged.title, words.damaged.body)) }
                    Some(Ok(back)) => { (lines(text, signed_in, view.typed, back)) }
                }
            }
            (state(text, view))
        },
    )
}

fn alerts(text: &Text, signed_in: &SignedIn<'_>, view: &View<'_>) -> Markup {
    let words = &text.oversight;
    let out = view.stands_out;
    let (shown, more) = out.alerts.split_at(out.alerts.len().min(ALERTS));
    html! {
        section class="card" {
            h2 { (words.alerts) }
            p class="quiet" { ((words.alerts_lead)(&view.days.to_string())) }
            @if out.fault.is_some() { (message(Tone::Bad, words.damaged.title, words.damaged.body)) }
            @if !out.is_whole { p class="remark undecided" { (Tone::Undecided.icon()) span { (words.not_whole) } } }
            @if out.alerts.is_empty() && out.is_whole {
                p class="remark good" { (Tone::Good.icon()) span { (words.no_alerts) } }
            }
            ul class="alerts" { @for alert in shown { (one_alert(text, signed_in, alert)) } }
            @if !more.is_empty() {
                details {
                    summary { ((words.more_alerts)(more.len())) }
                    ul class="alerts" { @for alert in more { (one_alert(text, signed_in, alert)) } }
                }
            }
        }
    }
}

fn one_alert(text: &Text, signed_in: &SignedIn<'_>, alert: &Alert) -> Markup {
    let words = &text.oversight;
    let (tone, kind) = match alert.what {
        What::Often | What::Widely | What::InVain | What::Rows => (Tone::Caution, None),
        What::Operator => (Tone::Note, Some(LineKind::Operators)),
        What::OperatorAtNight => (Tone::Bad, Some(LineKind::Operators)),
    };
    let day = Day::from(alert.since.date_in_vietnam()).to_string();
    html! {
        li {
            div {
                p class={ "status " (tone.class()) } {
                    (tone.icon()) span { ((words.alert)(alert.what, &(text.number)(alert.count))) }
                }
                p { bdi class=[kind.is_none().then_some("code")] { (alert.who) } }
                p class="quiet" { ((words.between)(&(text.moment)(alert.since), &(text.moment)(alert.last))) }
            }
            form method="post" action="/co-quan/nhat-ky#cac-dong" {
                (signed_in.token())
                @match kind {
                    Some(kind) => { input type="hidden" name="loai" value=(kind.name()); }
                    None => { input type="hidden" name="tai-khoan" value=(alert.who); }
                }
                input type="hidden" name="tu" value=(day);
                input type="hidden" name="den" value=(day);
                button class="quiet-button" type="submit" aria-label=((words.see_of)(&alert.who)) { (words.see) }
            }
        }
    }
}

fn form(text: &Text, signed_in: &SignedIn<'_>, view: &View<'_>) -> Markup {
    let (words, typed) = (&text.oversight, view.typed);
    let wrong = |fault| view.faults.contains(&fault).then_some("true");
    let day = |id: &str, label: &str, value: &str, wrong: Option<&str>| {
        html! {
            div class="field" {
                label for=(id) { (label) }
                input id=(id) name=(id) type="date" aria-invalid=[wrong] value=(value);
            }
        }
    };
    html! {
        details class="card filters" open[typed.is_narrowed()] {
            summary { (words.narrow) }
            form method="post" action="/co-quan/nhat-ky#cac-dong" accept-charset="utf-8" autocomplete="off" {
                (signed_in.token())
                div class="columns" {
                    div class="field" {
                        label for="don-vi" { (words.office) }
                        select id="don-vi" name="don-vi" aria-invalid=[wrong(Fault::Office)] {
                            option value="" { (words.any) }
                            @for (id, name) in view.offices {
                                option value=(id) selected[id.as_str() == typed.office] { (name) " (" (id) ")" }
                            }
                        }
                    }
                    div class="field" {
                        label for="loai" { (words.kind) }
                        select id="loai" name="loai" {
                            option value="" { (words.any) }
                            @for kind in LineKind::ALL {
                                option value=(kind.name()) selected[kind.name() == typed.kind] { ((words.kinds)(kind)) }
                            }
                        }
                    }
                    div class="field" {
                        label for="tai-khoan" { (words.account) }
                        p id="tai-khoan-hint" class="hint" { (words.account_hint) }
                        input id="tai-khoan" name="tai-khoan" type="text" maxlength="100" autocapitalize="none"
                            spellcheck="false" aria-describedby="tai-khoan-hint" aria-invalid=[wrong(Fault::Account)]
                            value=(typed.account);
                    }
                    div class="days" {
                        (day("tu", words.from, &typed.from, wrong(Fault::From)))
                        (day("den", words.to, &typed.to, wrong(Fault::To)))
                    }
                }
                div class="actions" {
                    button type="submit" { (words.show) }
                    @if typed.is_narrowed() { a class="button quiet-button" href="/co-quan/nhat-ky" { (words.reset) } }
                }
            }
        }
    }
}

fn lines(text: &Text, signed_in: &SignedIn<'_>, typed: &Typed, back: &Back) -> Markup {
    let words = &text.oversight;
    html! {
        @if back.records.is_empty() {
            p class="remark" { (Tone::Absent.icon()) span { (words.none) } }
        } @else {
            table class="members journal" {
                thead { tr {
                    th scope="col" { (words.when) }
                    th scope="col" { (words.who) }
                    th scope="col" { (words.what) }
                    th scope="col" { (words.purpose) }
                } }
                tbody { @for record in &back.records { (line(text, record)) } }
            }
        }
        p class="quiet" role="status" {
            @match (back.next, back.read_to) {
                (Some(_), Some(moment)) => { ((words.read_to)(&(text.moment)(moment))) }
                _ => { (words.read_all) }
            }
        }
        @if let Some(next) = back.next { (older(words, signed_in, typed, next)) }
    }
}

fn line(text: &Text, record: &Record) -> Markup {
    let words = &text.oversight;
    let hashes = about(&record.entry);
    html! {
        tr {
            th scope="row" { ((text.moment)(record.at)) }
            td { (who(words, record)) }
            td {
                bdi { ((words.says)(&record.entry)) }
                @if !hashes.is_empty() {
                    small {
                        (words.about) ": "
                        @for (place, hash) in hashes.iter().take(HASHES).enumerate() {
                            @if place > 0 { ", " }
                            span class="hash" { (hash) }
                        }
                        @if hashes.len() > HASHES { " " ((words.and_more)(hashes.len() - HASHES)) }
                    }
                }
            }
            td { bdi { (purpose_of(&record.entry).unwrap_or("–")) } }
        }
    }
}

fn who(words: &Oversight, record: &Record) -> Markup {
    match (account_of(&record.entry), actor_of(&record.entry)) {
        (Some(account), _) => html! { span class="code" { (account) } },
        (None, Some(Actor::Operator { name })) => html! { bdi { (name) } small { (words.operator) } },
        (None, _) => html! { (words.nobody) },
    }
}

/// Goes on where this page ended.
fn older(words: &Oversight, signed_in: &SignedIn<'_>, typed: &Typed, next: u64) -> Markup {
    let fields = [
        ("don-vi", &typed.office),
        ("tai-khoan", &typed.account),
        ("loai", &typed.kind),
        ("tu", &typed.from),
        ("den", &typed.to),
    ];
    html! {
        form method="post" action="/co-quan/nhat-ky#cac-dong" {
            (signed_in.token())
            @for (name, value) in fields { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
            input type="hidden" name="truoc" value=(next);
            button class="quiet-button" type="submit" { (words.older) }
        }
    }
}

fn state(text: &Text, view: &View<'_>) -> Markup {
    let words = &text.oversight;
    let (size, head) = view.head;
    let number = |n| (text.number)(n);
    html! {
        section class="card" {
            h2 { (words.state) }
            p { (words.state_lead) }
            dl class="facts grant" {
                div { dt { (words.size) } dd { ((text.number)(size)) } }
                div { dt { (words.head) } dd class="hash" { (BASE64URL_NOPAD.encode(&head)) } }
                div {
                    dt { (words.anchored) }
                    dd {
                        @if let Some(Anchored { anchor, position }) = view.anchor {
                            a href={ "/nhat-ky?den=" (position) "#cac-muc" } {
                                ((words.anchored_at)(&number(anchor.size), &number(position), &(text.moment)(anchor.at)))
                            }
                        } @else { (words.not_anchored) }
                    }
                }
            }
        }
    }
}
