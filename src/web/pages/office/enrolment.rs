//! Enrolling: the invitation first, then password and authenticator on one page.

use maud::{Markup, PreEscaped, html};

use super::openid::{self, Invited};
use super::sign_in::Message;
use super::{Field, faults, message, new_password, open_page, token};
use crate::offices::{Enrolment, MIN_CHARACTERS, PasswordFault};
use crate::soft_copy::qr::Qr;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;

/// Why the first step did not lead to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotYet {
    /// There is no such invitation.
    NoInvitation,
    /// As when signing in.
    Refused(Message),
}

/// The first step with what was typed. `csrf` ties it to the browser.
pub fn ask(frame: &Frame<'_>, csrf: &str, account: &str, not_yet: Option<NotYet>) -> Markup {
    let (words, sign_in) = (&frame.text.enrol, &frame.text.sign_in);
    let account = Field {
        name: "account",
        label: sign_in.account,
        hint: sign_in.account_hint,
        fill: "username",
        value: account,
        ..Field::PLAIN
    };
    let code = Field { name: "invitation", label: words.invitation, hint: words.invitation_hint, ..Field::PLAIN };
    open_page(
        frame,
        words.title,
        &html! {
            section class="narrow" {
                h1 { (words.title) }
                p { (words.lead) }
                @match not_yet {
                    None => {},
                    Some(NotYet::NoInvitation) => (message(Tone::Bad, words.no_invitation.title, words.no_invitation.body)),
                    Some(NotYet::Refused(refused)) => (refused.show(frame.text)),
                }
                form class="card sign-in" method="post" action="/co-quan/kich-hoat" accept-charset="utf-8" {
                    (token(csrf))
                    (account.show()) (code.show())
                    button type="submit" { (words.next) }
                }
                p { a href="/co-quan/dang-nhap" { (sign_in.title) } }
            }
        },
    )
}

/// What is wrong with a password that was chosen, or with what goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The password.
    Password(PasswordFault),
    /// The two differ.
    Differ,
    /// The present password.
    Present,
    /// The code of the authenticator.
    Code,
}

impl Fault {
    /// The field it is about, and what is wrong.
    pub(super) fn words(self, text: &Text) -> (&'static str, String) {
        let words = &text.passwords;
        match self {
            Self::Password(PasswordFault::Short) => ("password", (words.short)(MIN_CHARACTERS)),
            Self::Password(PasswordFault::Long) => ("password", words.long.to_owned()),
            Self::Password(PasswordFault::Control) => ("password", words.control.to_owned()),
            Self::Password(_) => ("password", words.weak.to_owned()),
            Self::Differ => ("again", words.differ.to_owned()),
            Self::Present => ("present", words.wrong.to_owned()),
            Self::Code => ("code", text.enrol.wrong_code.to_owned()),
        }
    }

    /// Whether it is about the password.
    pub(super) const fn is_of_password(self) -> bool {
        matches!(self, Self::Password(_) | Self::Differ)
    }
}

/// The second step. The invitation goes along, so that nothing is kept between the two.
#[derive(Clone, Copy)]
pub struct SetUp<'a> {
    /// Ties it to the browser.
    pub csrf: &'a str,
    /// What the authenticator needs.
    pub enrolment: &'a Enrolment,
    /// The invitation code as typed.
    pub invitation: &'a str,
    /// What is wrong with what was sent.
    pub fault: Option<Fault>,
    /// What the provider is called, where members sign in at one too.
    pub provider: Option<&'a str>,
}

/// Nothing of it.
impl std::fmt::Debug for SetUp<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SetUp({:?})", self.fault)
    }
}

/// The page of the second step; `qr` holds the secret's address.
pub fn set_up(frame: &Frame<'_>, set_up: &SetUp<'_>, qr: &Qr) -> Markup {
    let (text, words) = (frame.text, &frame.text.enrol);
    let account = set_up.enrolment.account.to_string();
    let found: Vec<_> = set_up.fault.iter().map(|fault| fault.words(text)).collect();
    let invited = Invited { csrf: set_up.csrf, account: &account, invitation: set_up.invitation };
    let wrong_code = set_up.fault == Some(Fault::Code);
    let code = Field {
        name: "code",
        label: words.first_code,
        hint: words.first_code_hint,
        fill: "one-time-code",
        wrong: wrong_code,
        ..Field::PLAIN
    };
    open_page(
        frame,
        words.title,
        &html! {
            section class="narrow" {
                h1 { (words.title) }
                p class="lead" { bdi { ((words.of)(&account)) } }
                (faults(text.passwords.fault, &found))
                form class="sign-in" method="post" action="/co-quan/kich-hoat" accept-charset="utf-8" {
                    (token(set_up.csrf))
                    input type="hidden" name="account" value=(account) autocomplete="username";
                    input type="hidden" name="invitation" value=(set_up.invitation);
                    input type="hidden" name="buoc" value="2";
                    section class="card" {
                        h2 { (words.password_title) }
                        (new_password(frame, set_up.fault.is_some_and(Fault::is_of_password)))
                    }
                    section class="card" {
                        h2 { (words.authenticator_title) }
                        p { (words.authenticator) }
                        figure class="secret" {
                            (PreEscaped(qr.svg()))
                            figcaption { (words.scan) }
                        }
                        details {
                            summary { (words.no_camera) }
                            p { (words.type_it) }
                            p class="code groups" { @for part in in_groups(&set_up.enrolment.totp.base32()) { span { (part) } " " } }
                        }
                        p class="remark" { (Tone::Caution.icon()) span { (words.secret) } }
                        (code.show())
                        button type="submit" { (words.submit) }
                    }
                }
                @if let Some(provider) = set_up.provider { (openid::way_to_enrol(frame, &invited, provider)) }
            }
        },
    )
}

/// Four characters each: all of them are of ASCII.
fn in_groups(secret: &str) -> Vec<&str> {
    (0..secret.len()).step_by(4).filter_map(|at| secret.get(at..secret.len().min(at + 4))).collect()
}
