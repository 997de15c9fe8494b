//! Icons as inline SVG. Always beside a word that says the same, so hidden from screen readers.

use std::sync::LazyLock;

use maud::{Markup, PreEscaped, html};

/// How a message should be taken; decides icon and colour, never alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Holds.
    Good,
    /// A fact that needs the reader's next step.
    Note,
    /// Careful.
    Caution,
    /// No longer holds.
    Bad,
    /// Nothing there.
    Absent,
    /// No conclusion: the system could not find out.
    Undecided,
}

impl Tone {
    /// Class of the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Caution => "caution",
            Self::Bad => "bad",
            Self::Absent => "absent",
            Self::Undecided => "undecided",
        }
    }

    const ALL: [Self; 6] = [Self::Good, Self::Note, Self::Caution, Self::Bad, Self::Absent, Self::Undecided];

    /// The icon; a page has many, so each is drawn once.
    pub fn icon(self) -> PreEscaped<&'static str> {
        static DRAWN: LazyLock<[(Tone, String); 6]> =
            LazyLock::new(|| Tone::ALL.map(|tone| (tone, tone.draw().into_string())));
        let drawn = DRAWN.iter().find(|(tone, _)| *tone == self);
        PreEscaped(drawn.map_or("", |(_, icon)| icon.as_str()))
    }

    fn draw(self) -> Markup {
        let path = match self {
            Self::Good => "M5 12.5l4.5 4.5L19 7.5",
            Self::Note => "M12 10.5v6.5M12 7v.01",
            Self::Caution => "M12 6.5v7M12 17v.01",
            Self::Bad => "M7.5 7.5l9 9M16.5 7.5l-9 9",
            Self::Absent => "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15 15l6 6",
            Self::Undecided => "M5 2.5h14M5 21.5h14M7 2.5v3c0 4 10 8.5 10 13v3M17 2.5v3c0 4-10 8.5-10 13v3",
        };
        html! {
            svg class={ "icon " (self.class()) } viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
                @if matches!(self, Self::Good | Self::Note | Self::Caution | Self::Bad) {
                    circle cx="12" cy="12" r="11" {}
                }
                path d=(path) {}
            }
        }
    }
}

/// The open book of the header.
pub(super) fn book() -> Markup {
    const BOOK: &str = r#"<svg class="book" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" focusable="false"><path d="M20 11c-3-2.6-7.5-3.6-14-3.6v22c6.5 0 11 1 14 3.6 3-2.6 7.5-3.6 14-3.6v-22c-6.5 0-11 1-14 3.6z"/><path d="M20 11v22M25 16.5c1.8-.6 3.5-1 5.5-1.2M25 21c1.8-.6 3.5-1 5.5-1.2"/></svg>"#;
    PreEscaped(BOOK.to_owned())
}
