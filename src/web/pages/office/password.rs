//! Another password for oneself.

use maud::{Markup, html};

use super::enrolment::Fault;
use super::sign_in::Message;
use super::{Field, SignedIn, faults, message, new_password, page};
use crate::offices::Access;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;

/// What came of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// Something is wrong with what was typed.
    Fault(Fault),
    /// As when signing in.
    Refused(Message),
}

/// The form; for whoever signs in at the provider, that there is nothing to change here.
pub fn form(frame: &Frame<'_>, signed_in: &SignedIn<'_>, not_changed: Option<NotChanged>) -> Markup {
    let words = &frame.text.passwords;
    if signed_in.member().is_some_and(|member| matches!(member.access(), Access::Linked { .. })) {
        let there = frame.text.openid.keeps_password;
        let content = html! {
            section class="narrow" { h1 { (words.title) } (message(Tone::Note, there.title, there.body)) }
        };
        return page(frame, signed_in, words.title, &content);
    }
    let (fault, refused) = match not_changed {
        Some(NotChanged::Fault(fault)) => (Some(fault), None),
        Some(NotChanged::Refused(message)) => (None, Some(message)),
        None => (None, None),
    };
    let found: Vec<_> = fault.iter().map(|fault| fault.words(frame.text)).collect();
    let present = Field {
        name: "present",
        label: words.present,
        kind: "password",
        fill: "current-password",
        wrong: fault == Some(Fault::Present),
        ..Field::PLAIN
    };
    page(
        frame,
        signed_in,
        words.title,
        &html! {
            section class="narrow" {
                h1 { (words.title) }
                p { (words.lead) }
                (faults(words.fault, &found))
                @if let Some(refused) = refused { (refused.show(frame.text)) }
                form class="card sign-in" method="post" action="/co-quan/mat-khau" accept-charset="utf-8" {
                    (signed_in.token())
                    (present.show())
                    (new_password(frame, fault.is_some_and(Fault::is_of_password)))
                    button type="submit" { (words.submit) }
                }
            }
        },
    )
}
