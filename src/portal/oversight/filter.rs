//! Which lines of the journal an auditor asks for, and whose a line is.

use std::slice;

use crate::journal::{Actor, Entry, Kinds, Tag};
use crate::offices::{Account, OfficeId};
use crate::transcript::Moment;

/// Lines of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Searches, and what they were shown.
    Searches,
    /// Transcripts that offices opened, or were refused; and that they took note of what was changed of them since.
    Opened,
    /// Batches: begun, ended, taken home.
    Batches,
    /// What was looked up and opened in them, which is very many lines: shown to whoever asks for it alone.
    InBatches,
    /// What operators of the portal saw.
    Operators,
    /// Signing in and out.
    SignIns,
    /// Apps: registered and changed, and what they asked and were shown under consents.
    Apps,
    /// Changes of grants and accounts.
    Changes,
}

const SEARCHES: &[&str] = &["\"search_made\"", "\"search_found\""];
const OPENED: &[&str] = &["\"disclosure\":{\"actor\":{\"office\"", "\"changes_noted\""];
const BATCHES: &[&str] = &["\"batch_changed\""];
const IN_BATCHES: &[&str] = &["\"batch_rows\"", "\"disclosure\":{\"actor\":{\"office\""];
const OPERATORS: &[&str] = &[
    "\"disclosure\":{\"actor\":{\"operator\"",
    "\"batch_changed\":{\"actor\":{\"operator\"",
    "\"batch_rows\":{\"actor\":{\"operator\"",
    "\"copy_issued\":{\"actor\":{\"operator\"",
    "\"report\":{\"actor\":{\"operator\"",
];
const SIGN_INS: &[&str] = &["\"signed_in\"", "\"signed_out\"", "\"sign_in_refused\""];
const APPS: &[&str] = &["\"app_changed\"", "\"consent_used\"", "\"disclosure\":{\"actor\":{\"app\""];
const CHANGES: &[&str] = &["\"office_changed\"", "\"member_changed\""];
const ALL: &[&str] = &[
    "\"search_",
    "\"batch_changed\"",
    "\"sign",
    "\"office_changed\"",
    "\"member_changed\"",
    "\"disclosure\":{\"actor\":{\"o",
    "\"disclosure\":{\"actor\":{\"app\"",
    "\"app_changed\"",
    "\"consent_used\"",
    "\"changes_noted\"",
    "\"copy_issued\":{\"actor\":{\"operator\"",
    "\"report\":{\"actor\":{\"operator\"",
];

impl LineKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Searches,
        Self::Opened,
        Self::Batches,
        Self::InBatches,
        Self::Operators,
        Self::SignIns,
        Self::Apps,
        Self::Changes,
    ];

    /// As it stands in a form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Searches => "tim",
            Self::Opened => "mo",
            Self::Batches => "lo",
            Self::InBatches => "trong-lo",
            Self::Operators => "van-hanh",
            Self::SignIns => "dang-nhap",
            Self::Apps => "ung-dung",
            Self::Changes => "thay-doi",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    const fn kinds(self) -> Kinds {
        match self {
            Self::Searches => SEARCHES,
            Self::Opened => OPENED,
            Self::Batches => BATCHES,
            Self::InBatches => IN_BATCHES,
            Self::Operators => OPERATORS,
            Self::SignIns => SIGN_INS,
            Self::Apps => APPS,
            Self::Changes => CHANGES,
        }
    }
}

/// What an auditor asks for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one office.
    pub office: Option<OfficeId>,
    /// Of one account.
    pub account: Option<Account>,
    /// Of one kind.
    pub kind: Option<LineKind>,
    /// Not before this moment.
    pub from: Option<Moment>,
    /// Before this moment.
    pub to: Option<Moment>,
    /// Before the line of this number.
    pub before: Option<u64>,
}

impl Filter {
    pub(super) fn kinds(&self) -> Kinds {
        self.kind.map_or(ALL, LineKind::kinds)
    }

    pub(super) fn wants(&self, entry: &Entry) -> bool {
        let is_of = |office: &OfficeId| office_of(entry).as_ref() == Some(office);
        let is_theirs = |account: &Account| {
            let changed = if let Entry::MemberChanged(changed) = entry { Some(changed.account.as_str()) } else { None };
            let account = account.to_string();
            [account_of(entry), changed].into_iter().flatten().any(|theirs| theirs == account)
        };
        let fits = match self.kind {
            None | Some(LineKind::Opened) => !is_in_batch(entry),
            Some(LineKind::InBatches) => is_in_batch(entry),
            Some(_) => true,
        };
        fits && self.office.as_ref().is_none_or(is_of) && self.account.as_ref().is_none_or(is_theirs)
    }
}

/// Whether it is about a row of a batch. What is opened for one has no client, whose address could be written down.
pub(super) fn is_in_batch(entry: &Entry) -> bool {
    match entry {
        Entry::BatchRows(_) => true,
        Entry::Disclosure(seen) => matches!(seen.actor, Actor::Office { .. }) && seen.client.is_none(),
        _ => false,
    }
}

/// Whose account did it.
pub fn account_of(entry: &Entry) -> Option<&str> {
    let account = match entry {
        Entry::SignedIn(signed) => &signed.account,
        Entry::SignedOut(signed) => &signed.account,
        Entry::SearchMade(search) => &search.account,
        Entry::SearchFound(found) => &found.account,
        Entry::ChangesNoted(noted) => &noted.account,
        other => match actor_of(other)? {
            Actor::Office { account } => account,
            Actor::Operator { .. } | Actor::Holder { .. } | Actor::App { .. } => return None,
        },
    };
    Some(account.as_str())
}

/// Who did it, where the line says so.
pub fn actor_of(entry: &Entry) -> Option<&Actor> {
    match entry {
        Entry::Disclosure(seen) => Some(&seen.actor),
        Entry::Report(report) => report.actor.as_ref(),
        Entry::CopyIssued(copy) => Some(&copy.actor),
        Entry::CopyVoided(copy) => Some(&copy.actor),
        Entry::OfficeChanged(changed) => Some(&changed.actor),
        Entry::MemberChanged(changed) => Some(&changed.actor),
        Entry::BatchChanged(changed) => changed.actor.as_ref(),
        Entry::BatchRows(rows) => Some(&rows.actor),
        Entry::AppChanged(changed) => Some(&changed.actor),
        Entry::SignedIn(_)
        | Entry::SignInRefused(_)
        | Entry::SignedOut(_)
        | Entry::SearchMade(_)
        | Entry::SearchFound(_)
        | Entry::ChangesNoted(_)
        | Entry::ConsentUsed(_) => None,
    }
}

/// Which office it is about, or whose account did it.
pub fn office_of(entry: &Entry) -> Option<OfficeId> {
    let of_account = |account: &str| Account::parse(account).map(|account| account.office);
    match entry {
        Entry::OfficeChanged(changed) => OfficeId::parse(changed.office.as_str()),
        Entry::BatchChanged(changed) => OfficeId::parse(changed.office.as_str()),
        Entry::MemberChanged(changed) => of_account(changed.account.as_str()),
        _ => account_of(entry).and_then(of_account),
    }
}

/// What for, where the line says so; of changes, why.
pub fn purpose_of(entry: &Entry) -> Option<&str> {
    Some(match entry {
        Entry::Disclosure(seen) => seen.purpose.as_str(),
        Entry::CopyIssued(copy) => copy.purpose.as_str(),
        Entry::SearchMade(search) => search.purpose.as_str(),
        Entry::BatchChanged(changed) => changed.purpose.as_str(),
        Entry::BatchRows(rows) => rows.purpose.as_str(),
        Entry::ConsentUsed(used) => used.purpose.as_str(),
        Entry::AppChanged(changed) => changed.reason.as_str(),
        Entry::OfficeChanged(changed) => changed.reason.as_str(),
        Entry::MemberChanged(changed) => changed.reason.as_ref()?.as_str(),
        Entry::Report(_)
        | Entry::CopyVoided(_)
        | Entry::SignedIn(_)
        | Entry::SignInRefused(_)
        | Entry::SignedOut(_)
        | Entry::ChangesNoted(_)
        | Entry::SearchFound(_) => return None,
    })
}

/// The keyed hashes of the transcripts it is about; of a search, of whom it is for.
pub fn about(entry: &Entry) -> &[Tag] {
    match entry {
        Entry::Disclosure(seen) => slice::from_ref(&seen.transcript),
        Entry::CopyIssued(copy) => slice::from_ref(&copy.transcript),
        Entry::CopyVoided(copy) => slice::from_ref(&copy.transcript),
        Entry::SearchMade(search) => slice::from_ref(&search.sought),
        Entry::SearchFound(found) => &found.transcripts,
        Entry::BatchRows(rows) => &rows.transcripts,
        Entry::Report(report) => report.transcript.as_slice(),
        Entry::BatchChanged(changed) => slice::from_ref(&changed.input),
        Entry::ConsentUsed(used) => slice::from_ref(&used.citizen),
        Entry::OfficeChanged(_)
        | Entry::AppChanged(_)
        | Entry::MemberChanged(_)
        | Entry::SignedIn(_)
        | Entry::SignInRefused(_)
        | Entry::ChangesNoted(_)
        | Entry::SignedOut(_) => &[],
    }
}
