//! Words of the pages behind sign-in: their frame, the grant, members, and every office.

use super::Notice;
use crate::offices::{Kind, Role};

/// Frame of the pages, and the office itself.
#[derive(Debug, Clone, Copy)]
pub struct Office {
    /// Link from the public pages.
    pub link: &'static str,
    /// Names the links to screen readers.
    pub places: &'static str,
    /// The own office.
    pub own: &'static str,
    /// Members.
    pub members: &'static str,
    /// Every office.
    pub every: &'static str,
    /// The own password.
    pub password: &'static str,
    /// The button that signs out.
    pub sign_out: &'static str,
    /// Before the purpose, on every page.
    pub purpose: &'static str,
    /// Names who is signed in, to screen readers.
    pub who: &'static str,
    /// A role.
    pub role: fn(Role) -> &'static str,
    /// What a role does.
    pub role_does: fn(Role) -> &'static str,
    /// May not: the role.
    pub not_your_role: Notice,
    /// A form of an earlier session.
    pub stale: Notice,
    /// First sign in.
    pub sign_in_first: Notice,
    /// The grant.
    pub grant: Grant,
    /// Members.
    pub list: Members,
    /// Every office.
    pub offices: Offices,
}

/// A grant in plain words.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Heading of the own one.
    pub title: &'static str,
    /// Heading: what it may look at.
    pub may: &'static str,
    /// What is outside.
    pub outside: &'static str,
    /// Label: office.
    pub office: &'static str,
    /// Label: short name.
    pub short_name: &'static str,
    /// Label: kind.
    pub kind: &'static str,
    /// The kinds.
    pub kind_name: fn(Kind) -> &'static str,
    /// Label: what for.
    pub purpose: &'static str,
    /// Label: on which basis.
    pub citation: &'static str,
    /// Label: provinces.
    pub provinces: &'static str,
    /// Every province.
    pub all_provinces: &'static str,
    /// Label: levels.
    pub levels: &'static str,
    /// Label: school years.
    pub years: &'static str,
    /// From one year to another.
    pub from_to: fn(&str, &str) -> String,
    /// Label: what may be opened.
    pub groups: &'static str,
    /// Nothing may be opened.
    pub no_groups: &'static str,
    /// Label: until when.
    pub until: &'static str,
    /// In force.
    pub in_force: &'static str,
    /// Its time is over.
    pub over: &'static str,
    /// Ended before its time.
    pub ended: &'static str,
    /// It ends soon; the days that are left.
    pub soon: fn(i64) -> String,
    /// Label: the own account.
    pub account: &'static str,
    /// Label: the own role.
    pub role: &'static str,
}

/// Members of an office.
#[derive(Debug, Clone, Copy)]
pub struct Members {
    /// Heading.
    pub title: &'static str,
    /// What can be done here.
    pub lead: &'static str,
    /// There are none.
    pub none: &'static str,
    /// Column: name.
    pub name: &'static str,
    /// Column: account.
    pub account: &'static str,
    /// Column: role.
    pub role: &'static str,
    /// Column: state.
    pub state: &'static str,
    /// invited, enrolled, linked or disabled.
    pub access: fn(&str) -> &'static str,
    /// Column of buttons.
    pub change: &'static str,
    /// The same with whose.
    pub change_of: fn(&str) -> String,
    /// Beside the own account.
    pub yourself: &'static str,
    /// Beside an auditor's account, which administrators do not change.
    pub not_here: &'static str,
    /// Heading: somebody new.
    pub add: &'static str,
    /// Label: full name.
    pub full_name: &'static str,
    /// Label: short name.
    pub short_name: &'static str,
    /// What it looks like.
    pub short_name_hint: fn(&str) -> String,
    /// Label: why.
    pub reason: &'static str,
    /// What to write.
    pub reason_hint: &'static str,
    /// The button.
    pub invite: &'static str,
    /// Heading of one member.
    pub one: fn(&str) -> String,
    /// What to do.
    pub action: &'static str,
    /// Takes access away.
    pub disable: &'static str,
    /// What that means.
    pub disable_means: &'static str,
    /// A new invitation.
    pub reset: &'static str,
    /// What that means.
    pub reset_means: &'static str,
    /// Lets somebody in again.
    pub readmit: &'static str,
    /// What that means.
    pub readmit_means: &'static str,
    /// Another role.
    pub make: fn(Role) -> &'static str,
    /// What that means.
    pub make_means: &'static str,
    /// The button.
    pub submit: &'static str,
    /// Back to the list.
    pub back: &'static str,
    /// Heading of an invitation; whose.
    pub invited: fn(&str) -> String,
    /// What to do with the code.
    pub hand_over: &'static str,
    /// Label: until when it counts.
    pub counts_until: &'static str,
    /// Where it is used; the address.
    pub where_to: &'static str,
    /// The change was made.
    pub done: Notice,
    /// Heading above faults.
    pub fault: &'static str,
    /// No full name.
    pub fault_name: &'static str,
    /// Not a short name.
    pub fault_short_name: &'static str,
    /// No reason.
    pub fault_reason: &'static str,
    /// Nothing chosen.
    pub fault_action: &'static str,
    /// There is such an account already.
    pub exists: &'static str,
    /// As many members as may be.
    pub full: &'static str,
    /// Somebody else changed it meanwhile, or it is not theirs.
    pub not_yours: &'static str,
}

/// Every office, for auditors.
#[derive(Debug, Clone, Copy)]
pub struct Offices {
    /// Heading.
    pub title: &'static str,
    /// What is shown.
    pub lead: &'static str,
    /// There are none.
    pub none: &'static str,
    /// How many members.
    pub members: fn(usize) -> String,
    /// Until when.
    pub until: fn(&str) -> String,
    /// Back to the list.
    pub back: &'static str,
}
