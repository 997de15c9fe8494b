//! Files that were handed in on the web and wait for whoever handed them in to say that they are taken as meant.
//!
//! In memory alone, and for minutes: a file whose columns somebody looks at is no batch yet, and nothing of it belongs on
//! a disk. Without this, whoever uses no script would have to choose the file a second time. One for each account, so that
//! a table that is handed in again replaces the one before.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::desk::HandedIn;
use crate::batch::columns::{Field, Preview};
use crate::offices::Account;
use crate::transcript::Moment;

/// How long a file waits, in seconds.
const KEPT_S: i64 = 600;
/// Most bytes of all that wait: two of the longest files.
const MAX_BYTES: usize = 512 << 20;

/// A file that waits.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Tells it from one that was handed in before or after it.
    pub number: u64,
    /// The file.
    pub file: HandedIn,
    /// What it is taken as.
    pub preview: Preview,
    /// When it is forgotten.
    pub until: Moment,
}

/// There is no room for another file now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many files wait to be looked at")]
pub struct DraftsFull;

#[derive(Default)]
struct Kept {
    last: u64,
    drafts: HashMap<Account, Draft>,
}

/// All files that wait in this process.
#[derive(Default)]
pub struct Drafts(Mutex<Kept>);

impl Drafts {
    /// Keeps a file, in the place of the one that waited before for the same account.
    ///
    /// # Errors
    /// [`DraftsFull`].
    pub fn put(&self, who: &Account, file: HandedIn, preview: Preview, now: Moment) -> Result<(), DraftsFull> {
        let until = later(now).ok_or(DraftsFull)?;
        let mut kept = self.kept(now);
        kept.drafts.remove(who);
        let bytes: usize = kept.drafts.values().map(|draft| draft.file.bytes.len()).sum();
        if bytes + file.bytes.len() > MAX_BYTES {
            return Err(DraftsFull);
        }
        kept.last += 1;
        let draft = Draft { number: kept.last, file, preview, until };
        kept.drafts.insert(who.clone(), draft);
        Ok(())
    }

    /// The file that waits for an account.
    pub fn get(&self, who: &Account, now: Moment) -> Option<Draft> {
        self.kept(now).drafts.get(who).cloned()
    }

    /// Has the columns of a file taken as somebody says, which `preview` shows. False if it waits no more.
    pub fn take_as(
        &self,
        who: &Account,
        number: u64,
        taken: Vec<(usize, Field)>,
        preview: Preview,
        now: Moment,
    ) -> bool {
        let mut kept = self.kept(now);
        let draft = kept.drafts.get_mut(who).filter(|draft| draft.number == number);
        let Some(draft) = draft else { return false };
        (draft.file.taken, draft.preview) = (taken, preview);
        true
    }

    /// Takes a file away: to begin with it, or to forget it. None if it waits no more, so that nothing begins twice.
    pub fn remove(&self, who: &Account, number: u64, now: Moment) -> Option<Draft> {
        let mut kept = self.kept(now);
        kept.drafts.get(who).filter(|draft| draft.number == number)?;
        kept.drafts.remove(who)
    }

    /// Forgets those whose time is over; to be called now and then.
    pub fn expire(&self, now: Moment) {
        drop(self.kept(now));
    }

    /// Those whose time is not over. Changed only in steps that cannot panic, so a poisoned lock still guards whole ones.
    fn kept(&self, now: Moment) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.drafts.retain(|_, draft| draft.until > now);
        kept
    }
}

fn later(now: Moment) -> Option<Moment> {
    Moment::from_millis(now.as_millis() + KEPT_S * 1000)
}

/// Neither whose nor what.
impl std::fmt::Debug for Drafts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "Drafts({})", kept.drafts.len())
    }
}
