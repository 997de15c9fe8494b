//! Signing in at a provider: the way there, the way back, and why somebody did not come in.

use actix_web::http::StatusCode;
use maud::{Markup, html};

use super::{Place, message, token};
use crate::openid::{IdTokenFault, NoIdentity};
use crate::web::assets::{OFFICE_CSS, OPEN_CSS};
use crate::web::pages::icons::Tone;
use crate::web::pages::{Extras, Frame, page_with};
use crate::web::text::Text;

/// Where the way there begins.
const LEAVE: &str = "/co-quan/ben-ngoai";

/// Why somebody who was at the provider is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// They said no there.
    Cancelled,
    /// Their browser did not leave from here, or too long ago.
    Strayed,
    /// What came back does not say who they are.
    NotRight,
    /// The provider could not be asked.
    Away,
    /// Two factors were not checked there, or too long ago.
    OneFactor,
    /// No account is linked with theirs.
    NotLinked,
    /// Another account is linked with theirs.
    AlreadyLinked,
}

impl Refusal {
    /// Of what the provider's answer says.
    pub const fn of(refusal: NoIdentity) -> Self {
        match refusal {
            NoIdentity::Cancelled => Self::Cancelled,
            NoIdentity::State => Self::Strayed,
            NoIdentity::Away(_) => Self::Away,
            NoIdentity::OneFactor | NoIdentity::Token(IdTokenFault::OneFactor | IdTokenFault::NotFresh) => {
                Self::OneFactor
            }
            NoIdentity::Issuer | NoIdentity::Refused | NoIdentity::Token(_) => Self::NotRight,
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Away => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }

    pub(super) fn show(self, text: &Text) -> Markup {
        let words = &text.openid;
        let (tone, notice) = match self {
            Self::Cancelled => (Tone::Note, words.cancelled),
            Self::Strayed => (Tone::Caution, words.strayed),
            Self::NotRight => (Tone::Bad, words.not_right),
            Self::Away => (Tone::Undecided, words.away),
            Self::OneFactor => (Tone::Caution, words.one_factor),
            Self::NotLinked => (Tone::Caution, words.not_linked),
            Self::AlreadyLinked => (Tone::Caution, words.already_linked),
        };
        message(tone, notice.title, notice.body)
    }
}

/// Below the form of the sign-in page: the way to the provider.
pub(super) fn way_in(frame: &Frame<'_>, csrf: &str, provider: &str, next: Place) -> Markup {
    html! {
        form class="card at-provider" method="post" action=(LEAVE) accept-charset="utf-8" {
            (token(csrf))
            input type="hidden" name="tiep" value=(next.slug());
            button class="quiet-button" type="submit" { ((frame.text.openid.sign_in)(provider)) }
        }
    }
}

/// An invitation that was shown to be right.
pub(super) struct Invited<'a> {
    pub(super) csrf: &'a str,
    pub(super) account: &'a str,
    pub(super) invitation: &'a str,
}

/// Beside password and authenticator: the account at the provider in their place.
pub(super) fn way_to_enrol(frame: &Frame<'_>, invited: &Invited<'_>, provider: &str) -> Markup {
    let words = &frame.text.openid;
    html! {
        form class="card at-provider" method="post" action=(LEAVE) accept-charset="utf-8" {
            (token(invited.csrf))
            input type="hidden" name="account" value=(invited.account);
            input type="hidden" name="invitation" value=(invited.invitation);
            h2 { ((words.link_title)(provider)) }
            p { ((words.link_means)(provider)) }
            button class="quiet-button" type="submit" { ((words.link)(provider)) }
        }
    }
}

/// The page that leads to the provider. A form may lead nowhere else (`form-action 'self'`), not by a redirect either:
/// a page may.
pub fn there(frame: &Frame<'_>, provider: &str, address: &str) -> Markup {
    let words = &frame.text.openid;
    let lead = html! { p { (words.leaving_lead) } };
    leads_on(frame, &(words.leaving)(provider), &lead, address, &(words.go)(provider))
}

/// The page that leads on after coming back. A redirect would still count as the provider's link, with which a `Strict`
/// cookie is not sent: a page of ours does not.
pub fn back(frame: &Frame<'_>, next: Place) -> Markup {
    let words = &frame.text.openid;
    leads_on(frame, words.signed_in, &html! {}, next.path(), words.go_on)
}

fn leads_on(frame: &Frame<'_>, title: &str, lead: &Markup, address: &str, words: &str) -> Markup {
    let extras = Extras { styles: &[&*OPEN_CSS, &*OFFICE_CSS], leads_to: Some(address), ..Extras::default() };
    page_with(
        frame,
        title,
        &extras,
        &html! {
            section class="narrow" {
                h1 { (title) }
                (lead)
                p { a class="button" href=(address) rel="nofollow" { (words) } }
            }
        },
    )
}
