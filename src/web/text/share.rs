//! Words of copies that a holder hands on.

use super::Notice;

/// Copies with a QR.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// Heading of the section on the opened transcript.
    pub title: &'static str,
    /// What a copy is for.
    pub why: &'static str,
    /// Legend of the years to choose.
    pub years: &'static str,
    /// The button.
    pub make: &'static str,
    /// Whoever has the QR can see the content.
    pub as_good_as_paper: &'static str,
    /// Heading of the copies that are open.
    pub open: &'static str,
    /// The list is not known now.
    pub list_unknown: &'static str,
    /// When a copy was made.
    pub made_at: fn(&str) -> String,
    /// Years and last day of a copy.
    pub opens: fn(&str, &str) -> String,
    /// Voids one copy of the list.
    pub void: &'static str,
    /// The same for screen readers, with when it was made.
    pub void_of: fn(&str) -> String,
    /// Voids all.
    pub void_all: &'static str,
    /// Heading of the page with a new QR.
    pub made_title: &'static str,
    /// What to do with it.
    pub made_lead: &'static str,
    /// Under the QR.
    pub scan_me: &'static str,
    /// Years it opens.
    pub opens_years: &'static str,
    /// Groups it opens.
    pub opens_groups: &'static str,
    /// Last day.
    pub opens_until: &'static str,
    /// Opens the field with the link.
    pub as_link: &'static str,
    /// Names the field.
    pub link: &'static str,
    /// How a copy is ended.
    pub how_to_void: &'static str,
    /// Ends the copy at hand.
    pub void_this: &'static str,
    /// Opens what ends the copy at hand.
    pub void_this_question: &'static str,
    /// What ending it means.
    pub void_this_why: &'static str,
    /// Back to the code's page.
    pub back: &'static str,
    /// Heading on a transcript that a token opened.
    pub by_token: &'static str,
    /// Other years are on record.
    pub partial: &'static str,
    /// Opens the field for a QR's text.
    pub have_qr: &'static str,
    /// Names that field.
    pub qr_text: &'static str,
    /// What to put there.
    pub qr_text_hint: &'static str,
    /// The field's button.
    pub open_with_qr: &'static str,
    /// The copy at hand is void.
    pub voided_this: Notice,
    /// Copies of the list are void.
    pub voided_listed: Notice,
    /// The page was opened too long ago.
    pub too_late: Notice,
    /// No year was chosen.
    pub nothing_chosen: Notice,
    /// The token is none of this code's.
    pub not_a_copy: Notice,
    /// Not possible now.
    pub unavailable: Notice,
    /// A genuine token whose time is over.
    pub expired: Notice,
    /// A genuine token that was voided.
    pub voided: Notice,
}
