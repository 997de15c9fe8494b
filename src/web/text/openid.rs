//! Words of signing in at a provider.

use super::Notice;

/// Signing in at a provider; what it is called comes from the configuration.
#[derive(Debug, Clone, Copy)]
pub struct OpenId {
    /// The button: sign in there.
    pub sign_in: fn(&str) -> String,
    /// Heading, when enrolling.
    pub link_title: fn(&str) -> String,
    /// What it means.
    pub link_means: fn(&str) -> String,
    /// The button: use the account there.
    pub link: fn(&str) -> String,
    /// Heading of the page that leads there.
    pub leaving: fn(&str) -> String,
    /// What happens there.
    pub leaving_lead: &'static str,
    /// The link of that page.
    pub go: fn(&str) -> String,
    /// Heading of the page that leads on after coming back.
    pub signed_in: &'static str,
    /// The link of that page.
    pub go_on: &'static str,
    /// Cancelled there.
    pub cancelled: Notice,
    /// Not the browser that left, or too late.
    pub strayed: Notice,
    /// What came back does not say who they are.
    pub not_right: Notice,
    /// The provider could not be asked.
    pub away: Notice,
    /// Two factors were not checked there, or too long ago.
    pub one_factor: Notice,
    /// No account is linked.
    pub not_linked: Notice,
    /// Another account is linked.
    pub already_linked: Notice,
    /// In the place of the form that changes a password.
    pub keeps_password: Notice,
}
