//! Words of signing in, enrolling and changing one's password.

use super::{Notice, NoticeWith};

/// Signing in.
#[derive(Debug, Clone, Copy)]
pub struct SignIn {
    /// Heading, and the link to it.
    pub title: &'static str,
    /// Who may.
    pub lead: &'static str,
    /// Label: account.
    pub account: &'static str,
    /// What an account looks like.
    pub account_hint: &'static str,
    /// Label: password.
    pub password: &'static str,
    /// Label: the authenticator's code.
    pub code: &'static str,
    /// Where it stands.
    pub code_hint: &'static str,
    /// The button.
    pub submit: &'static str,
    /// Link to enrolment.
    pub to_enrol: &'static str,
    /// Who lost password or telephone.
    pub lost: &'static str,
    /// What is kept.
    pub kept: &'static str,
    /// Account, password or code is not right.
    pub wrong: Notice,
    /// Too many failures; the wait in words.
    pub wait: NoticeWith,
    /// The office's grant is not in force.
    pub no_grant: Notice,
    /// Could not be done now.
    pub unavailable: Notice,
    /// The form is old, or cookies are not taken.
    pub stale: Notice,
    /// The session is over (title).
    pub over: &'static str,
    /// When sessions end: the idle time and the longest, in words.
    pub over_why: fn(&str, &str) -> String,
    /// Signed out.
    pub signed_out: Notice,
    /// Enrolled.
    pub enrolled: Notice,
    /// The password was changed.
    pub password_changed: Notice,
}

/// Enrolling with an invitation.
#[derive(Debug, Clone, Copy)]
pub struct Enrol {
    /// Heading.
    pub title: &'static str,
    /// What it takes.
    pub lead: &'static str,
    /// Label: invitation code.
    pub invitation: &'static str,
    /// What it looks like.
    pub invitation_hint: &'static str,
    /// To the second step.
    pub next: &'static str,
    /// No such invitation.
    pub no_invitation: Notice,
    /// Whose account is being set up.
    pub of: fn(&str) -> String,
    /// Heading: the password.
    pub password_title: &'static str,
    /// Heading: the authenticator.
    pub authenticator_title: &'static str,
    /// What to do with the QR code.
    pub authenticator: &'static str,
    /// Caption of the QR code.
    pub scan: &'static str,
    /// Opens the secret in letters.
    pub no_camera: &'static str,
    /// What to do with the letters.
    pub type_it: &'static str,
    /// Never to be shown to anybody.
    pub secret: &'static str,
    /// Label: the first code.
    pub first_code: &'static str,
    /// Where it stands.
    pub first_code_hint: &'static str,
    /// The button.
    pub submit: &'static str,
    /// The code is not that of the secret.
    pub wrong_code: &'static str,
}

/// Passwords that are chosen.
#[derive(Debug, Clone, Copy)]
pub struct Passwords {
    /// Heading of the page on which it is changed.
    pub title: &'static str,
    /// That everybody signs in again.
    pub lead: &'static str,
    /// Label: the present one.
    pub present: &'static str,
    /// Label: the new one.
    pub new: &'static str,
    /// Label: once more.
    pub again: &'static str,
    /// The rules; how many characters at least.
    pub rules: fn(usize) -> String,
    /// The button.
    pub submit: &'static str,
    /// Heading above faults.
    pub fault: &'static str,
    /// Too short; how many characters at least.
    pub short: fn(usize) -> String,
    /// Too long.
    pub long: &'static str,
    /// Characters that nobody sees.
    pub control: &'static str,
    /// Too easy.
    pub weak: &'static str,
    /// The two differ.
    pub differ: &'static str,
    /// The present one is not right.
    pub wrong: &'static str,
}
