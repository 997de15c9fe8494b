//! Sessions (phiên làm việc) of members who signed in.
//!
//! A token is 32 random bytes; what is kept is its SHA-256, so what is in memory opens nothing. Each sign-in has a new
//! token. A session ends when it was idle too long, when it has lasted too long, by signing out, and with whatever
//! changes the member or the grant: [`super::Offices::acting`] compares terms on every request, so that end needs no
//! message to anybody.
//!
//! In memory, of one process: after a restart everybody signs in again. Several replicas behind one address need either
//! a balancer that keeps a browser on its replica, or the sessions in Redis: one key a session, named by the token's
//! SHA-256 (never the token), its value sealed (account, terms, when it began), its expiry the idle time, and set again
//! on use. They would also need one owner of the offices whose changes the others see: a session in Redis alone must
//! not outlive a member who was disabled elsewhere.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::names::{Account, OfficeId};
use super::sign_in::Verified;
use crate::seal::{RandomToken, TokenDigest};
use crate::signing::keyed::KeyedHash;
use crate::transcript::Moment;

/// How long sessions last, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Seconds without a request after which one ends.
    pub idle_s: i64,
    /// Seconds after which one ends in any case.
    pub longest_s: i64,
    /// Most of one account; the one that was used longest ago makes room.
    pub per_account: usize,
    /// Most in all; the same.
    pub at_a_time: usize,
}

/// 15 minutes idle, 8 hours in all: a working day at a desk in a room that others enter.
impl Default for Terms {
    fn default() -> Self {
        Self { idle_s: 15 * 60, longest_s: 8 * 3600, per_account: 3, at_a_time: 20_000 }
    }
}

/// What a browser holds.
#[derive(Clone)]
pub struct SessionToken(RandomToken);

impl SessionToken {
    pub(super) fn generate() -> Option<Self> {
        RandomToken::generate().map(Self)
    }

    /// 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        RandomToken::parse(text).map(Self)
    }

    /// As it travels in the cookie.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        self.0.to_text()
    }

    fn digest(&self) -> TokenDigest {
        self.0.digest()
    }

    /// What every form of the session carries. Derived from the token, so it changes with it and is kept nowhere; it
    /// does not lead back to it.
    pub fn csrf(&self) -> CsrfToken {
        CsrfToken(KeyedHash::new(self.0.as_bytes()).digest("hocba/offices/csrf", &[]))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Shows that a form was made by us for this session, and by nobody else.
#[derive(Clone)]
pub struct CsrfToken([u8; 32]);

impl CsrfToken {
    /// As it stands in a form.
    pub fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Whether a form brought it back; takes as long for any text.
    pub fn is(&self, sent: &str) -> bool {
        let sent = BASE64URL_NOPAD.decode(sent.as_bytes()).unwrap_or_default();
        bool::from(self.0.ct_eq(&sent))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

/// A session that a token was found to belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    account: Account,
    office_term: u32,
    member_term: u32,
    opened_at: Moment,
}

impl Session {
    /// Whose.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// When they signed in.
    pub fn opened_at(&self) -> Moment {
        self.opened_at
    }

    pub(super) fn is_of(&self, office_term: u32, member_term: u32) -> bool {
        (self.office_term, self.member_term) == (office_term, member_term)
    }
}

struct Open {
    session: Session,
    used_at: Moment,
}

/// All sessions of this process.
pub struct Sessions {
    terms: Terms,
    open: Mutex<HashMap<TokenDigest, Open>>,
}

impl Sessions {
    /// None yet.
    pub fn new(terms: Terms) -> Self {
        Self { terms, open: Mutex::default() }
    }

    /// How long they last.
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// Opens one for whoever was just verified, under a new token; the one the browser had before is over. None when
    /// the system gives no randomness.
    pub fn open(&self, who: Verified, before: Option<&SessionToken>, now: Moment) -> Option<SessionToken> {
        let token = SessionToken::generate()?;
        let Verified { account, office_term, member_term } = who;
        let mut open = self.sessions();
        if let Some(before) = before {
            open.remove(&before.digest());
        }
        open.retain(|_, open| self.lasts(open, now));
        make_room(&mut open, self.terms.per_account, |open| open.session.account == account);
        make_room(&mut open, self.terms.at_a_time, |_| true);
        let session = Session { account, office_term, member_term, opened_at: now };
        open.insert(token.digest(), Open { session, used_at: now });
        Some(token)
    }

    /// The session of a token, which counts as used now.
    pub fn find(&self, token: &SessionToken, now: Moment) -> Option<Session> {
        let digest = token.digest();
        let mut open = self.sessions();
        let found = open.get_mut(&digest)?;
        if !self.lasts(found, now) {
            open.remove(&digest);
            return None;
        }
        found.used_at = found.used_at.max(now);
        Some(found.session.clone())
    }

    /// The session of a token, which does not count as used: a page that asks by itself keeps nobody signed in.
    pub fn look(&self, token: &SessionToken, now: Moment) -> Option<Session> {
        let open = self.sessions();
        open.get(&token.digest()).filter(|open| self.lasts(open, now)).map(|open| open.session.clone())
    }

    /// Ends the session of a token; gives it, if there was one.
    pub fn end(&self, token: &SessionToken) -> Option<Session> {
        self.sessions().remove(&token.digest()).map(|open| open.session)
    }

    /// Ends every session of an account; gives how many there were.
    pub fn end_account(&self, account: &Account) -> usize {
        self.end_those(|session| session.account == *account)
    }

    /// Ends every session of an office; gives how many there were.
    pub fn end_office(&self, office: &OfficeId) -> usize {
        self.end_those(|session| session.account.office == *office)
    }

    /// How many there are, those included that are over and were not asked for since.
    pub fn count(&self) -> usize {
        self.sessions().len()
    }

    fn end_those(&self, over: impl Fn(&Session) -> bool) -> usize {
        let mut open = self.sessions();
        let before = open.len();
        open.retain(|_, open| !over(&open.session));
        before - open.len()
    }

    fn lasts(&self, open: &Open, now: Moment) -> bool {
        let since = |then: Moment| now.as_seconds() - then.as_seconds();
        since(open.used_at) < self.terms.idle_s && since(open.session.opened_at) < self.terms.longest_s
    }

    /// The table is changed only in steps that cannot panic, so a poisoned lock still guards a whole one.
    fn sessions(&self) -> MutexGuard<'_, HashMap<TokenDigest, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends those that were used longest ago until there is room for one more.
fn make_room(open: &mut HashMap<TokenDigest, Open>, most: usize, counts: impl Fn(&Open) -> bool) {
    let mut counted: Vec<(Moment, TokenDigest)> =
        open.iter().filter(|(_, open)| counts(open)).map(|(digest, open)| (open.used_at, *digest)).collect();
    let excess = (counted.len() + 1).saturating_sub(most.max(1));
    counted.sort_unstable();
    for (_, digest) in counted.iter().take(excess) {
        open.remove(digest);
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sessions({})", self.count())
    }
}
