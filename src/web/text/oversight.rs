//! Words about who looked at what: for auditors, and for the holder of a transcript.

use super::Notice;
use crate::journal::Entry;
use crate::portal::oversight::{How, LineKind, What};

/// The journal, for auditors.
#[derive(Debug, Clone, Copy)]
pub struct Oversight {
    /// Heading, and the link to it.
    pub title: &'static str,
    /// What it shows, and what it does not.
    pub lead: &'static str,
    /// Heading of what stands out.
    pub alerts: &'static str,
    /// That it is a signal and no verdict; the days that are shown.
    pub alerts_lead: fn(&str) -> String,
    /// Nothing stands out.
    pub no_alerts: &'static str,
    /// The journal is still being read.
    pub not_whole: &'static str,
    /// The journal is damaged.
    pub damaged: Notice,
    /// What stands out, with how many.
    pub alert: fn(What, &str) -> String,
    /// From when to when.
    pub between: fn(&str, &str) -> String,
    /// Button: the lines behind an alert.
    pub see: &'static str,
    /// The same with whose.
    pub see_of: fn(&str) -> String,
    /// Opens the rest of the alerts; how many.
    pub more_alerts: fn(usize) -> String,
    /// Heading of the lines.
    pub lines: &'static str,
    /// Heading of the form that narrows them.
    pub narrow: &'static str,
    /// Label: office.
    pub office: &'static str,
    /// Label: account.
    pub account: &'static str,
    /// What one looks like.
    pub account_hint: &'static str,
    /// Label: kind.
    pub kind: &'static str,
    /// The kinds.
    pub kinds: fn(LineKind) -> &'static str,
    /// Everything.
    pub any: &'static str,
    /// Label: first day.
    pub from: &'static str,
    /// Label: last day.
    pub to: &'static str,
    /// The button.
    pub show: &'static str,
    /// The link to all of them.
    pub reset: &'static str,
    /// Column: when.
    pub when: &'static str,
    /// Column: who.
    pub who: &'static str,
    /// Column: what.
    pub what: &'static str,
    /// Column: what for.
    pub purpose: &'static str,
    /// Label: keyed hashes.
    pub about: &'static str,
    /// So many more of them.
    pub and_more: fn(usize) -> String,
    /// An operator of the portal.
    pub operator: &'static str,
    /// Nobody: the portal itself.
    pub nobody: &'static str,
    /// What a line says.
    pub says: fn(&Entry) -> String,
    /// There are none.
    pub none: &'static str,
    /// How far was read.
    pub read_to: fn(&str) -> String,
    /// All of it was read.
    pub read_all: &'static str,
    /// Button: goes on with older ones.
    pub older: &'static str,
    /// Heading above faults.
    pub fault: &'static str,
    /// Not the short name of an office.
    pub fault_office: &'static str,
    /// Not an account.
    pub fault_account: &'static str,
    /// Not a day.
    pub fault_day: &'static str,
    /// Heading of the journal's own state.
    pub state: &'static str,
    /// What an anchor is for.
    pub state_lead: &'static str,
    /// Label: how many lines.
    pub size: &'static str,
    /// Label: hash of the last.
    pub head: &'static str,
    /// Label: where it is anchored.
    pub anchored: &'static str,
    /// So many lines, in this entry of the ledger, then.
    pub anchored_at: fn(&str, &str, &str) -> String,
    /// Nowhere yet.
    pub not_anchored: &'static str,
}

/// Which offices looked, for a holder.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// Heading.
    pub title: &'static str,
    /// What is listed; since when.
    pub lead: fn(&str) -> String,
    /// None did.
    pub none: &'static str,
    /// The list is still being made.
    pub not_whole: &'static str,
    /// Before what for.
    pub purpose: &'static str,
    /// The portal's operator.
    pub operator: &'static str,
    /// What an operator does it for.
    pub operator_purpose: &'static str,
    /// How somebody looked.
    pub how: fn(How) -> &'static str,
    /// The hour of a day: `14` and the day.
    pub hour: fn(&str, &str) -> String,
    /// There are older ones.
    pub more: &'static str,
    /// What to do about a look that seems wrong.
    pub wrong: &'static str,
}
