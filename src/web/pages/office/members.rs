//! The members of an office, for its administrators: who there is, somebody new, and a change of one.

use maud::{Markup, html};

use super::{Field, SignedIn, faults, message, page};
use crate::offices::{InvitationCode, Role};
use crate::portal::office_desk::MemberView;
use crate::transcript::Moment;
use crate::web::pages::Frame;
use crate::web::pages::icons::Tone;
use crate::web::text::Text;
use crate::web::text::office::Members;

/// Roles that an administrator gives.
pub const ROLES: [Role; 2] = [Role::Clerk, Role::OfficeAdministrator];

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No full name.
    FullName,
    /// Not a short name.
    ShortName,
    /// No reason.
    Reason,
    /// Nothing chosen.
    Action,
    /// There is such an account already.
    Exists,
    /// As many as may be.
    Full,
    /// Not theirs to change, or not any more.
    NotYours,
}

impl Fault {
    fn words(self, words: &Members) -> (&'static str, String) {
        let (field, words) = match self {
            Self::FullName => ("full_name", words.fault_name),
            Self::ShortName => ("member", words.fault_short_name),
            Self::Reason => ("reason", words.fault_reason),
            Self::Action => ("action", words.fault_action),
            Self::Exists => ("member", words.exists),
            Self::Full => ("content", words.full),
            Self::NotYours => ("content", words.not_yours),
        };
        (field, words.to_owned())
    }
}

/// Somebody new, as typed.
#[derive(Clone, Copy, Default)]
pub struct New<'a> {
    /// Full name.
    pub full_name: &'a str,
    /// Short name.
    pub member: &'a str,
    /// Role.
    pub role: &'a str,
    /// Why.
    pub reason: &'a str,
    /// What is wrong with it.
    pub faults: &'a [Fault],
}

/// Never prints what was typed.
impl std::fmt::Debug for New<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "New({:?})", self.faults)
    }
}

/// The list, and the form for somebody new.
pub fn list(frame: &Frame<'_>, signed_in: &SignedIn<'_>, members: &[MemberView], new: &New<'_>) -> Markup {
    let words = &frame.text.office.list;
    let found: Vec<_> = new.faults.iter().map(|fault| fault.words(words)).collect();
    page(
        frame,
        signed_in,
        words.title,
        &html! {
            section {
                h1 { (words.title) }
                p { (words.lead) }
                (faults(words.fault, &found))
                form method="post" action="/co-quan/thanh-vien/thay-doi" {
                    (signed_in.token())
                    (table(frame.text, signed_in, members))
                }
            }
            section class="card" {
                h2 { (words.add) }
                (add(frame, signed_in, new))
            }
        },
    )
}

fn table(text: &Text, signed_in: &SignedIn<'_>, members: &[MemberView]) -> Markup {
    let words = &text.office.list;
    html! {
        table class="members" {
            thead { tr { th { (words.name) } th { (words.role) } th { (words.state) } th { (words.change) } } }
            tbody {
                @for member in members {
                    tr {
                        th scope="row" { bdi { (member.full_name) } small class="code" { (member.account) } }
                        td { ((text.office.role)(member.role)) }
                        td { (access(text, &member.access)) }
                        td {
                            @if member.account == *signed_in.who.account() { (words.yourself) }
                            @else if !member.role.is_of_the_office() { (words.not_here) }
                            @else {
                                button class="quiet-button" type="submit" name="account" value=(member.account)
                                    aria-label=((words.change_of)(member.full_name.as_str())) { (words.change) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How somebody gets in.
pub(super) fn access(text: &Text, access: &str) -> Markup {
    let tone = match access {
        "enrolled" | "linked" => Tone::Good,
        "invited" => Tone::Note,
        _ => Tone::Bad,
    };
    html! { span class={ "status " (tone.class()) } { (tone.icon()) ((text.office.list.access)(access)) } }
}

fn add(frame: &Frame<'_>, signed_in: &SignedIn<'_>, new: &New<'_>) -> Markup {
    let (text, words) = (frame.text, &frame.text.office.list);
    let wrong = |fault| new.faults.contains(&fault);
    let hint = (words.short_name_hint)(signed_in.who.account().office.as_str());
    let full_name = Field {
        name: "full_name",
        label: words.full_name,
        value: new.full_name,
        wrong: wrong(Fault::FullName),
        ..Field::PLAIN
    };
    let member = Field {
        name: "member",
        label: words.short_name,
        hint: &hint,
        value: new.member,
        wrong: wrong(Fault::ShortName) || wrong(Fault::Exists),
        ..Field::PLAIN
    };
    html! {
        form class="sign-in" method="post" action="/co-quan/thanh-vien" accept-charset="utf-8" autocomplete="off" {
            (signed_in.token())
            (full_name.show()) (member.show())
            div class="field" {
                label for="role" { (words.role) }
                select id="role" name="role" {
                    @for role in ROLES { option value=(role.name()) selected[role.name() == new.role] { ((text.office.role)(role)) } }
                }
            }
            (reason(words, new.reason, wrong(Fault::Reason)))
            button type="submit" { (words.invite) }
        }
    }
}

fn reason(words: &Members, value: &str, wrong: bool) -> Markup {
    Field { name: "reason", label: words.reason, hint: words.reason_hint, value, wrong, ..Field::PLAIN }.show()
}

/// A change that may be made of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Lets them in no more.
    Disable,
    /// A new invitation.
    Reset,
    /// A new invitation after that.
    Readmit,
    /// Another role.
    Make(Role),
}

impl Act {
    /// As it stands in the form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Reset => "reset",
            Self::Readmit => "readmit",
            Self::Make(role) => role.name(),
        }
    }

    /// The changes that make sense of a member.
    pub fn of(member: &MemberView) -> Vec<Self> {
        let ways = if member.access == "disabled" { vec![Self::Readmit] } else { vec![Self::Reset, Self::Disable] };
        let roles = ROLES.into_iter().filter(|role| *role != member.role).map(Self::Make);
        ways.into_iter().chain(roles).collect()
    }

    fn words(self, words: &Members) -> (&'static str, &'static str) {
        match self {
            Self::Disable => (words.disable, words.disable_means),
            Self::Reset => (words.reset, words.reset_means),
            Self::Readmit => (words.readmit, words.readmit_means),
            Self::Make(role) => ((words.make)(role), words.make_means),
        }
    }
}

/// The form of a change.
#[derive(Clone, Copy)]
pub struct Changing<'a> {
    /// Whom.
    pub member: &'a MemberView,
    /// Chosen.
    pub action: &'a str,
    /// Typed.
    pub reason: &'a str,
    /// What is wrong with it.
    pub faults: &'a [Fault],
}

/// Never prints what was typed.
impl std::fmt::Debug for Changing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Changing({:?})", self.faults)
    }
}

/// One member, and what may be changed.
pub fn change(frame: &Frame<'_>, signed_in: &SignedIn<'_>, changing: &Changing<'_>) -> Markup {
    let (text, words) = (frame.text, &frame.text.office.list);
    let member = changing.member;
    let title = (words.one)(member.full_name.as_str());
    let found: Vec<_> = changing.faults.iter().map(|fault| fault.words(words)).collect();
    page(
        frame,
        signed_in,
        &title,
        &html! {
            section class="narrow" {
                h1 { bdi { (title) } }
                (faults(words.fault, &found))
                dl class="facts" {
                    div { dt { (words.account) } dd class="code" { (member.account) } }
                    div { dt { (words.role) } dd { ((text.office.role)(member.role)) } }
                    div { dt { (words.state) } dd { (access(text, &member.access)) } }
                }
                form class="card sign-in" method="post" action="/co-quan/thanh-vien/thay-doi" accept-charset="utf-8" autocomplete="off" {
                    (signed_in.token())
                    input type="hidden" name="account" value=(member.account);
                    input type="hidden" name="buoc" value="2";
                    fieldset id="action" {
                        legend { (words.action) }
                        @for act in Act::of(member) {
                            @let (name, means) = act.words(words);
                            label class="way" {
                                input type="radio" name="action" value=(act.name()) required checked[act.name() == changing.action];
                                span { strong { (name) } small { (means) } }
                            }
                        }
                    }
                    (reason(words, changing.reason, changing.faults.contains(&Fault::Reason)))
                    button type="submit" { (words.submit) }
                }
                (back(words))
            }
        },
    )
}

fn back(words: &Members) -> Markup {
    html! { p { a href="/co-quan/thanh-vien" { (words.back) } } }
}

/// A change was made that gives no invitation.
pub fn done(frame: &Frame<'_>, signed_in: &SignedIn<'_>, member: &MemberView) -> Markup {
    let (text, words) = (frame.text, &frame.text.office.list);
    page(
        frame,
        signed_in,
        words.done.title,
        &html! {
            section class="narrow" {
                h1 { bdi { ((words.one)(member.full_name.as_str())) } }
                (message(Tone::Good, words.done.title, words.done.body))
                dl class="facts" {
                    div { dt { (words.account) } dd class="code" { (member.account) } }
                    div { dt { (words.role) } dd { ((text.office.role)(member.role)) } }
                    div { dt { (words.state) } dd { (access(text, &member.access)) } }
                }
                (back(words))
            }
        },
    )
}

/// An invitation, shown this once; it is used at the address `enrol_at`.
pub fn invited(
    frame: &Frame<'_>,
    signed_in: &SignedIn<'_>,
    member: &MemberView,
    (code, until): (&InvitationCode, Moment),
    enrol_at: &str,
) -> Markup {
    let (text, words) = (frame.text, &frame.text.office.list);
    let title = (words.invited)(member.full_name.as_str());
    page(
        frame,
        signed_in,
        &title,
        &html! {
            section class="narrow" {
                h1 { bdi { (title) } }
                div class="card" {
                    p class="ticket-code" { (code) }
                    dl class="facts" {
                        div { dt { (words.account) } dd class="code" { (member.account) } }
                        div { dt { (words.role) } dd { ((text.office.role)(member.role)) } }
                        div { dt { (words.counts_until) } dd { ((text.moment)(until)) } }
                        div class="wide" { dt { (words.where_to) } dd class="code" { (enrol_at) } }
                    }
                    p class="remark" { (Tone::Caution.icon()) span { (words.hand_over) } }
                }
                (back(words))
            }
        },
    )
}
