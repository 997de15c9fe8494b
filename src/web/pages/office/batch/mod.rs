//! Batches of an office: the list with the form that hands one in, what a file is taken as, one batch.

mod one;
mod preview;

pub use one::one;
pub use preview::preview;

use actix_web::http::StatusCode;
use maud::{Markup, html};

use super::{SignedIn, message, page};
use crate::batch::jobs::{By, State, Stopped};
use crate::portal::batch::{BatchView, SourceFault};
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;
use crate::web::text::batches::Batches;

/// What came of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// What was handed in cannot be worked on.
    File(SourceFault),
    /// Neither a file nor codes.
    Nothing,
    /// A file and codes.
    Both,
    /// Too many files wait to be looked at.
    NoRoomToLook,
    /// So many of the office wait already.
    Waiting(usize),
    /// The office keeps so many already.
    OfficeFull(usize),
    /// There is no room for more batches.
    Full,
    /// It could not be written down or kept.
    NotDone,
    /// The file could not be made.
    NoFile,
    /// A file waits no more.
    Gone,
    /// A file was forgotten, as was asked.
    Dropped,
    /// A batch was deleted.
    Deleted,
}

impl Message {
    /// The message of a word in our own addresses.
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "qua-han" => Some(Self::Gone),
            "bo" => Some(Self::Dropped),
            "xoa" => Some(Self::Deleted),
            _ => None,
        }
    }

    /// The status of the page that says it of one batch.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Gone | Self::Dropped | Self::Deleted => StatusCode::OK,
            Self::File(_) | Self::Nothing | Self::Both => StatusCode::BAD_REQUEST,
            Self::Waiting(_) | Self::OfficeFull(_) => StatusCode::CONFLICT,
            Self::NoRoomToLook | Self::Full | Self::NotDone | Self::NoFile => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn tone(&self) -> Tone {
        match self {
            Self::Dropped | Self::Deleted => Tone::Good,
            Self::Gone => Tone::Note,
            Self::File(_) | Self::Nothing | Self::Both => Tone::Bad,
            Self::Waiting(_) | Self::OfficeFull(_) => Tone::Caution,
            Self::NoRoomToLook | Self::Full | Self::NotDone | Self::NoFile => Tone::Undecided,
        }
    }

    fn show(&self, words: &Batches) -> Markup {
        let plain = |notice: crate::web::text::Notice| (notice.title, notice.body.to_owned());
        let (title, body) = match self {
            Self::File(fault) => (words.not_taken, (words.fault)(fault)),
            Self::Nothing => (words.not_taken, words.nothing_sent.to_owned()),
            Self::Both => (words.not_taken, words.both_sent.to_owned()),
            Self::Waiting(most) => (words.not_taken, (words.waiting_full)(*most)),
            Self::OfficeFull(most) => (words.not_taken, (words.office_full)(*most)),
            Self::NoRoomToLook | Self::Full => (words.not_taken, words.full.to_owned()),
            Self::NotDone => plain(words.not_done),
            Self::NoFile => plain(words.no_file),
            Self::Gone => plain(words.gone),
            Self::Dropped => plain(words.dropped),
            Self::Deleted => plain(words.deleted),
        };
        message(self.tone(), title, &body)
    }
}

/// The list, and the form that hands one in. `waits`: a file waits to be looked at.
pub fn list(
    frame: &Frame<'_>,
    signed_in: &SignedIn<'_>,
    all: &[BatchView],
    waits: bool,
    said: Option<&Message>,
) -> Markup {
    let words = &frame.text.batches;
    page(
        frame,
        signed_in,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                @if let Some(said) = said { (said.show(words)) }
                p { (words.lead) }
                @if waits {
                    p class="remark" {
                        (Tone::Note.icon())
                        span { (words.one_waits) " " a href="/co-quan/lo/xem-truoc" { (words.look_at_it) } }
                    }
                }
            }
            section class="card" {
                h2 { (words.hand_in) }
                (hand_in(frame, signed_in))
            }
            section {
                h2 { (words.batches) }
                @if all.is_empty() { p class="quiet" { (words.none) } } @else { (table(frame.text, all)) }
            }
        },
    )
}

fn hand_in(frame: &Frame<'_>, signed_in: &SignedIn<'_>) -> Markup {
    let words = &frame.text.batches;
    // The token first: of a form that is not ours nothing further is read.
    html! {
        form class="sign-in" method="post" action="/co-quan/lo" enctype="multipart/form-data" accept-charset="utf-8" {
            (signed_in.token())
            div class="field" {
                label for="file" { (words.file) }
                p id="file-hint" class="hint" { (words.file_hint) }
                input id="file" name="file" type="file" aria-describedby="file-hint"
                    accept=".csv,.xlsx,.zip,.pdf,.jpg,.jpeg,.png,.txt,.tsv,text/csv,application/pdf,image/png,image/jpeg";
            }
            details {
                summary { (words.paste) }
                div class="field" {
                    label for="text" { (words.codes) }
                    p id="text-hint" class="hint" { (words.codes_hint) }
                    textarea id="text" name="text" rows="8" spellcheck="false" autocomplete="off" aria-describedby="text-hint" {}
                }
            }
            button type="submit" { (words.look) }
            p class="quiet" { (words.recorded) }
        }
    }
}

fn table(text: &Text, all: &[BatchView]) -> Markup {
    let words = &text.batches;
    html! {
        table class="members" {
            thead { tr {
                th scope="col" { (words.name) }
                th scope="col" { (words.rows) }
                th scope="col" { (words.state) }
                th scope="col" { (words.handed_in_at) }
            } }
            tbody {
                @for batch in all {
                    tr {
                        th scope="row" { a href={ "/co-quan/lo/" (batch.id) } { bdi { (batch.name) } } }
                        td { ((words.of_rows)(&(text.number)(batch.done), &(text.number)(batch.rows))) }
                        td { (standing(words, batch)) }
                        td { ((text.moment)(batch.made_at)) small { (by(words, &batch.by)) } }
                    }
                }
            }
        }
    }
}

/// Where a batch stands.
fn standing(words: &Batches, batch: &BatchView) -> Markup {
    let tone = match batch.state {
        State::Waiting => Tone::Undecided,
        State::Finished => Tone::Good,
        State::Cancelled => Tone::Absent,
        State::Stopped(_) => Tone::Bad,
    };
    html! { span class={ "status " (tone.class()) } { (tone.icon()) span { ((words.standing)(batch.state)) } } }
}

fn by(words: &Batches, by: &By) -> Markup {
    match by {
        By::Member { account } => html! { span class="code" { (account) } },
        By::Operator { .. } => html! { (words.by_operator) },
    }
}

/// Why a batch ended before its last row.
fn stopped(words: &Batches, why: Stopped) -> Markup {
    let said = match why {
        Stopped::GrantOver => words.grant_over,
        Stopped::Unreadable => words.unreadable,
    };
    message(Tone::Bad, said.title, said.body)
}
