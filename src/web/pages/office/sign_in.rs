//! Signing in: account, password and a code, and one answer for whatever is wrong with them.

use actix_web::http::StatusCode;
use maud::{Markup, html};

use super::openid::{self, Refusal};
use super::{Field, Place, message, open_page, token};
use crate::offices::{EnrolRefusal, NoSignIn, Terms};
use crate::portal::office_desk::SignInRefusal;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::{Notice, Text};

/// What stands above the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// A session is over.
    Over(Terms),
    /// They signed out.
    SignedOut,
    /// They are enrolled.
    Enrolled,
    /// They changed their password.
    PasswordChanged,
    /// Account, password or code is not right, and it is not said which.
    Wrong,
    /// Too many failures: whatever was typed was not looked at.
    Wait {
        /// Seconds until the next try.
        retry_after_s: u64,
    },
    /// All of them are right; the grant is not in force.
    NoGrant,
    /// Could not be done now.
    Unavailable,
    /// Not the form that this browser was given.
    Stale,
    /// There is no such invitation any more.
    NoInvitation,
    /// They were at the provider.
    AtProvider(Refusal),
}

impl Message {
    /// Of a refusal.
    pub fn of(refusal: &SignInRefusal) -> Self {
        match refusal {
            SignInRefusal::Wait(wait) => Self::Wait { retry_after_s: wait.retry_after_s },
            SignInRefusal::NotIn(NoSignIn::NoGrant) => Self::NoGrant,
            SignInRefusal::NotIn(NoSignIn::Wrong) => Self::Wrong,
            SignInRefusal::NotIn(NoSignIn::NotLinked) => Self::AtProvider(Refusal::NotLinked),
            SignInRefusal::NotIn(NoSignIn::Busy | NoSignIn::NotRecorded | NoSignIn::Fault(_)) => Self::Unavailable,
            SignInRefusal::NotEnrolled(EnrolRefusal::NoInvitation | EnrolRefusal::Totp) => Self::NoInvitation,
            SignInRefusal::NotEnrolled(EnrolRefusal::AlreadyLinked) => Self::AtProvider(Refusal::AlreadyLinked),
            SignInRefusal::NotEnrolled(EnrolRefusal::Busy | EnrolRefusal::NotRecorded | EnrolRefusal::Fault(_)) => {
                Self::Unavailable
            }
            SignInRefusal::NotIdentified(refusal) => Self::AtProvider(Refusal::of(*refusal)),
        }
    }

    /// The one named in the address of the sign-in page, where something else led to it.
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "dang-xuat" => Some(Self::SignedOut),
            "kich-hoat" => Some(Self::Enrolled),
            "mat-khau" => Some(Self::PasswordChanged),
            _ => None,
        }
    }

    /// The status of the answer.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Over(_) | Self::SignedOut | Self::Enrolled | Self::PasswordChanged => StatusCode::OK,
            Self::Wrong | Self::NoGrant | Self::Stale | Self::NoInvitation => StatusCode::FORBIDDEN,
            Self::AtProvider(refusal) => refusal.status(),
            Self::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// As it stands on any page with such a form.
    pub(super) fn show(self, text: &Text) -> Markup {
        let words = &text.sign_in;
        let plain = |tone, notice: Notice| message(tone, notice.title, notice.body);
        match self {
            Self::Over(terms) => {
                let wait = |seconds| (text.wait)(u64::try_from(seconds).unwrap_or_default());
                message(Tone::Note, words.over, &(words.over_why)(&wait(terms.idle_s), &wait(terms.longest_s)))
            }
            Self::SignedOut => plain(Tone::Good, words.signed_out),
            Self::Enrolled => plain(Tone::Good, words.enrolled),
            Self::PasswordChanged => plain(Tone::Good, words.password_changed),
            Self::Wrong => plain(Tone::Bad, words.wrong),
            Self::Wait { retry_after_s } => {
                message(Tone::Caution, words.wait.title, &(words.wait.body)(&(text.wait)(retry_after_s)))
            }
            Self::NoGrant => plain(Tone::Caution, words.no_grant),
            Self::Unavailable => plain(Tone::Undecided, words.unavailable),
            Self::Stale => plain(Tone::Caution, words.stale),
            Self::NoInvitation => plain(Tone::Bad, text.enrol.no_invitation),
            Self::AtProvider(refusal) => refusal.show(text),
        }
    }
}

/// The form as it was sent, without what lets anybody in.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    /// Ties it to the browser.
    pub csrf: &'a str,
    /// The account as typed.
    pub account: &'a str,
    /// Where to go then.
    pub next: Place,
    /// What came of it.
    pub message: Option<Message>,
    /// What the provider is called, where members sign in at one too.
    pub provider: Option<&'a str>,
}

/// Neither what was typed nor what the form carries.
impl std::fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({:?}, {:?})", self.next, self.message)
    }
}

/// The page.
pub fn page(frame: &Frame<'_>, form: &Form<'_>) -> Markup {
    let words = &frame.text.sign_in;
    let account = Field {
        name: "account",
        label: words.account,
        hint: words.account_hint,
        fill: "username",
        value: form.account,
        ..Field::PLAIN
    };
    let password =
        Field { name: "password", label: words.password, kind: "password", fill: "current-password", ..Field::PLAIN };
    let code = Field { name: "code", label: words.code, hint: words.code_hint, fill: "one-time-code", ..Field::PLAIN };
    open_page(
        frame,
        words.title,
        &html! {
            section class="narrow" {
                h1 { (words.title) }
                @if let Some(message) = form.message { (message.show(frame.text)) }
                form class="card sign-in" method="post" action="/co-quan/dang-nhap" accept-charset="utf-8" {
                    (token(form.csrf))
                    input type="hidden" name="tiep" value=(form.next.slug());
                    (account.show()) (password.show()) (code.show())
                    button type="submit" { (words.submit) }
                }
                @if let Some(provider) = form.provider { (openid::way_in(frame, form.csrf, provider, form.next)) }
                p { a href="/co-quan/kich-hoat" { (words.to_enrol) } }
                p class="quiet" { (words.lost) }
                p class="quiet" { (words.kept) }
                p class="quiet" { (words.lead) }
            }
        },
    )
}
