//! Access tokens (RFC 6749 §1.4): 32 random bytes, five minutes, kept as their digest.
//!
//! Not signed ones, which would go on until they expire whatever happens to their partner, and would be one more kind of
//! JWT to mistake for another. A token belongs to a term of its partner, which ends when a key is removed, the terms change
//! or the partner is ended; that is compared at each use, so that it needs no message to anybody.
//!
//! In memory, of one process: after a restart partners ask anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::client::Client;
use super::names::AppId;
use super::scope::Scope;
use crate::seal::{RandomToken, TokenDigest};
use crate::transcript::Moment;

/// Seconds that one counts.
pub const TOKEN_S: i64 = 300;
/// Most of one partner; the oldest makes room.
const PER_APP: usize = 100;

/// What a token was issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issued {
    pub(super) app: AppId,
    pub(super) term: u32,
    pub(super) scope: Scope,
    pub(super) until: Moment,
}

/// All access tokens of this process.
#[derive(Default)]
pub struct Tokens {
    table: Mutex<HashMap<TokenDigest, Issued>>,
}

impl Tokens {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new one for a partner that has just shown who it is. None when the system gives no randomness.
    pub fn issue(&self, client: &Client, scope: Scope, now: Moment) -> Option<RandomToken> {
        let until = Moment::from_millis(now.as_millis() + TOKEN_S * 1000)?;
        let (token, app) = (RandomToken::generate()?, client.app());
        let mut table = self.table();
        table.retain(|_, issued| issued.until > now);
        make_room(&mut table, app.id());
        table.insert(token.digest(), Issued { app: app.id().clone(), term: app.term(), scope, until });
        Some(token)
    }

    /// What a token was issued for, while it counts.
    pub(super) fn find(&self, token: &RandomToken, now: Moment) -> Option<Issued> {
        self.table().get(&token.digest()).filter(|issued| issued.until > now).cloned()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.table().len()
    }

    /// The table changes in steps that cannot panic, so a poisoned lock still guards a whole one.
    fn table(&self) -> MutexGuard<'_, HashMap<TokenDigest, Issued>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(table: &mut HashMap<TokenDigest, Issued>, app: &AppId) {
    let of_app = || table.iter().filter(|(_, issued)| issued.app == *app);
    if of_app().count() < PER_APP {
        return;
    }
    let oldest = of_app().min_by_key(|(digest, issued)| (issued.until, **digest)).map(|(digest, _)| *digest);
    if let Some(oldest) = oldest {
        table.remove(&oldest);
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.count())
    }
}
