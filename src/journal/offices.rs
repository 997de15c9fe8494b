//! Lines about offices and their accounts: what was granted to whom and by whom, who signed in and out.
//!
//! Of sign-ins that failed there is a count and nothing else: a stranger must not be able to fill the journal, nor to
//! have it say which accounts there are.

use serde::{Deserialize, Serialize};

use super::entry::{Actor, Entry, Receipt, Tag};
use super::{Journal, JournalFault};
use crate::transcript::Moment;
use crate::transcript::text::Text;

/// Why something was changed (lý do), as whoever changed it wrote it.
pub type Reason = Text<300>;

/// What was done with an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeAction {
    /// It was created, with a grant.
    Created,
    /// It got another grant.
    Granted,
    /// Its grant runs longer, or less long.
    Renewed,
    /// Its grant was ended.
    Ended,
}

/// What was done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberAction {
    /// Somebody new was invited.
    Added,
    /// They chose password and second factor.
    Enrolled,
    /// They linked it with who they are at the provider of their office.
    Linked,
    /// They got another role.
    RoleSet,
    /// They changed their password.
    PasswordChanged,
    /// Password and second factor were forgotten; they were invited again.
    Reset,
    /// They get in no more.
    Disabled,
    /// They were invited again after that.
    Readmitted,
}

/// An office was created, or its grant changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeChanged {
    /// By whom.
    pub actor: Actor,
    /// Which office, by its short name.
    pub office: Text<100>,
    /// What was done.
    pub action: OfficeAction,
    /// The whole grant as it is from now on: purpose, rows, fields, until when.
    pub grant: Text<4000>,
    /// The number of this change of the office: what is kept of it may not be older.
    pub revision: u64,
    /// Why.
    pub reason: Reason,
}

/// An account was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberChanged {
    /// By whom; the account itself where a member enrolled.
    pub actor: Actor,
    /// Which account.
    pub account: Text<100>,
    /// What was done.
    pub action: MemberAction,
    /// The role from now on.
    pub role: Text<30>,
    /// The number of this change of the office.
    pub revision: u64,
    /// Why; none where a member did it for themselves.
    pub reason: Option<Reason>,
}

/// Somebody signed in with both factors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedIn {
    /// Which account.
    pub account: Text<100>,
    /// Keyed hash of the client's address prefix.
    pub client: Option<Tag>,
    /// Names the key of the hash.
    pub key: String,
}

/// Sign-ins were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRefused {
    /// How many.
    pub count: u64,
    /// Since when.
    pub since: Moment,
}

/// Somebody signed out. Sessions that end by themselves have no line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedOut {
    /// Which account.
    pub account: Text<100>,
}

/// Somebody of an office took note of what was changed of transcripts that it had looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesNoted {
    /// Which account.
    pub account: Text<100>,
    /// Of everything up to this entry of the ledger.
    pub position: u64,
}

/// What is to be written down about offices. The journal makes the keyed hash.
#[derive(Debug, Clone)]
pub enum OfficeEvent<'a> {
    /// An office was created, or its grant changed.
    OfficeChanged(OfficeChanged),
    /// An account was changed.
    MemberChanged(MemberChanged),
    /// Somebody signed in.
    SignedIn {
        /// Which account.
        account: Text<100>,
        /// The client's address prefix, as the limits know it.
        client: Option<&'a str>,
    },
    /// Sign-ins were refused.
    SignInRefused(SignInRefused),
    /// Somebody signed out.
    SignedOut(SignedOut),
    /// Somebody took note of changes.
    ChangesNoted(ChangesNoted),
}

impl Journal {
    /// Writes down what happened to an office or an account, as [`Journal::append`] does.
    ///
    /// # Errors
    /// [`JournalFault`]; whoever gets one changes nothing and lets nobody in.
    pub fn append_office(&self, at: Moment, event: OfficeEvent<'_>) -> Result<Receipt, JournalFault> {
        let entry = match event {
            OfficeEvent::OfficeChanged(changed) => Entry::OfficeChanged(changed),
            OfficeEvent::MemberChanged(changed) => Entry::MemberChanged(changed),
            OfficeEvent::SignedIn { account, client } => Entry::SignedIn(SignedIn {
                account,
                client: client.map(|prefix| self.tags().client(prefix, at)),
                key: self.tags().id().to_owned(),
            }),
            OfficeEvent::SignInRefused(refused) => Entry::SignInRefused(refused),
            OfficeEvent::SignedOut(out) => Entry::SignedOut(out),
            OfficeEvent::ChangesNoted(noted) => Entry::ChangesNoted(noted),
        };
        self.append_entry(at, &entry)
    }
}
