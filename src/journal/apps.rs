//! Lines about apps: what was registered by whom, and which consents were presented by which partner, before anything is
//! looked for. What a partner is then shown has lines like any other disclosure, which name the line of the consent.

use serde::{Deserialize, Serialize};

use super::entry::{Actor, Disclosure, Entry, Outcome, Purpose, Receipt, Tag, group_list};
use super::offices::Reason;
use super::{Journal, JournalFault};
use crate::transcript::text::Text;
use crate::transcript::{GroupSet, Moment, TranscriptCode};

/// What was done with an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppAction {
    /// It was registered.
    Registered,
    /// It got other terms.
    Permitted,
    /// It counts longer, or less long.
    Renewed,
    /// It got another key.
    KeyAdded,
    /// One key was taken from it.
    KeyRemoved,
    /// It was ended.
    Ended,
}

/// An app was registered, or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppChanged {
    /// By whom.
    pub actor: Actor,
    /// Which app, by its short name.
    pub app: Text<100>,
    /// What was done.
    pub action: AppAction,
    /// The whole registration as it is from now on: kind, scope, purposes, identity apps, thumbprints of keys, until when.
    pub registration: Text<5000>,
    /// The number of this change of the app: what is kept of it may not be older.
    pub revision: u64,
    /// Why.
    pub reason: Reason,
}

/// What a partner asks under a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentFor {
    /// Transcripts.
    Transcripts,
    /// What changed of them.
    Changes,
}

/// A partner presented a consent that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentUsed {
    /// The partner, by its short name.
    pub partner: Text<100>,
    /// The identity app that says so.
    pub issuer: Text<100>,
    /// What for.
    pub purpose: Purpose,
    /// What it asks.
    pub asked: ConsentFor,
    /// The groups that it may be shown.
    #[serde(with = "group_list")]
    pub groups: GroupSet,
    /// Keyed hash of whose transcripts.
    pub citizen: Tag,
    /// Keyed hash of the guardian who consents; none where it is the citizen.
    pub guardian: Option<Tag>,
    /// Keyed hash of the consent.
    pub consent: Tag,
    /// Keyed hash of the client's address prefix.
    pub client: Tag,
    /// Names the key of the hashes.
    pub key: String,
}

/// A consent that is to be written down. The journal makes the keyed hashes.
#[derive(Debug)]
pub struct Consented<'a> {
    /// The partner.
    pub partner: Text<100>,
    /// The identity app.
    pub issuer: Text<100>,
    /// What for.
    pub purpose: Purpose,
    /// What it asks.
    pub asked: ConsentFor,
    /// The groups that it may be shown.
    pub groups: GroupSet,
    /// Whose transcripts: bytes that are the same for every search of them.
    pub citizen: &'a [u8],
    /// The guardian, alike.
    pub guardian: Option<&'a [u8]>,
    /// The consent.
    pub consent: &'a [u8],
    /// The client's address prefix, as the limits know it.
    pub client: &'a str,
}

/// Transcripts that a partner is about to be shown.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The partner, and the line of the consent.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// Which, all of them with the same groups.
    pub codes: &'a [TranscriptCode],
    /// The groups; none where only what changed is said.
    pub groups: GroupSet,
    /// The client's address prefix.
    pub client: &'a str,
}

impl Journal {
    /// Writes down what was done with an app, as [`Journal::append`] does.
    ///
    /// # Errors
    /// [`JournalFault`]; whoever gets one changes nothing.
    pub fn append_app(&self, at: Moment, changed: AppChanged) -> Result<Receipt, JournalFault> {
        self.append_entry(at, &Entry::AppChanged(changed))
    }

    /// Writes down that a consent is used, as [`Journal::append`] does.
    ///
    /// # Errors
    /// [`JournalFault`]; nobody may then be looked for.
    pub fn append_consent(&self, at: Moment, used: &Consented<'_>) -> Result<Receipt, JournalFault> {
        let tags = self.tags();
        let used = ConsentUsed {
            partner: used.partner.clone(),
            issuer: used.issuer.clone(),
            purpose: used.purpose.clone(),
            asked: used.asked,
            groups: used.groups,
            citizen: tags.sought(used.citizen, at),
            guardian: used.guardian.map(|guardian| tags.sought(guardian, at)),
            consent: tags.consent(used.consent, at),
            client: tags.client(used.client, at),
            key: tags.id().to_owned(),
        };
        self.append_entry(at, &Entry::ConsentUsed(used))
    }

    /// Writes down which transcripts are shown, a line for each, all with one fsync.
    ///
    /// # Errors
    /// [`JournalFault`]; none of them may then be shown.
    pub fn append_shown(&self, at: Moment, shown: &Shown<'_>) -> Result<(), JournalFault> {
        let client = self.tags().client(shown.client, at);
        let line = |code| {
            Entry::Disclosure(Disclosure {
                actor: shown.actor.clone(),
                purpose: shown.purpose.clone(),
                transcript: self.tags().transcript(code, at),
                groups: shown.groups,
                client: Some(client),
                key: self.tags().id().to_owned(),
                outcome: Outcome::Disclosed,
            })
        };
        let lines: Vec<Entry> = shown.codes.iter().map(line).collect();
        match lines.is_empty() {
            true => Ok(()),
            false => self.append_entries(at, &lines).map(drop),
        }
    }
}
