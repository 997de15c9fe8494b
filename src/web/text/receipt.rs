//! Words of verification receipts.

use super::Notice;

/// Verification receipts.
#[derive(Debug, Clone, Copy)]
pub struct Receipt {
    /// The button on a page with an answer.
    pub offer: &'static str,
    /// What it is for.
    pub offer_why: &'static str,
    /// Heading of the page to print.
    pub title: &'static str,
    /// When the answer was given.
    pub answered_at: &'static str,
    /// Who gave it.
    pub answered_by: &'static str,
    /// What it was given on.
    pub basis: &'static str,
    /// The code alone.
    pub on_code: &'static str,
    /// The birth date had matched.
    pub on_birth_date: &'static str,
    /// A copy's QR had opened it.
    pub on_token: &'static str,
    /// Position in the ledger.
    pub position: &'static str,
    /// Size of the ledger.
    pub ledger_size: &'static str,
    /// When the ledger's state was confirmed.
    pub checkpoint_time: &'static str,
    /// Under the QR.
    pub look_up_again: &'static str,
    /// What a receipt proves.
    pub proves: &'static str,
    /// What it does not prove.
    pub proves_not: &'static str,
    /// Saves the file.
    pub save: &'static str,
    /// Only the file is signed.
    pub only_the_file: &'static str,
    /// Heading of the page that checks one.
    pub check_title: &'static str,
    /// What checking tells.
    pub check_why: &'static str,
    /// Names the file field.
    pub file: &'static str,
    /// Opens the text field.
    pub or_paste: &'static str,
    /// Names the text field.
    pub text: &'static str,
    /// The button.
    pub check: &'static str,
    /// Heading of another try.
    pub check_another: &'static str,
    /// Heading of what a genuine receipt says.
    pub it_says: &'static str,
    /// The verdict it states.
    pub then: &'static str,
    /// The verdict now.
    pub now: &'static str,
    /// Leads to the code's page.
    pub look_up: &'static str,
    /// Genuine, and the verdict is the same.
    pub genuine_same: Notice,
    /// Genuine, and the verdict is another now.
    pub genuine_changed: Notice,
    /// Genuine, and what holds now could not be checked.
    pub genuine_unchecked: Notice,
    /// Genuine, and from another ledger than the one here.
    pub other_ledger: Notice,
    /// Not what was signed.
    pub altered: Notice,
    /// Signed by somebody else.
    pub not_ours: Notice,
    /// No receipt.
    pub unreadable: Notice,
}
