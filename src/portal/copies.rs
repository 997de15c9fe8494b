//! Copies that were handed out and copies that are void, as this process knows them.
//!
//! The journal is the memory: what is said here was durable there first, and is read back from there at the start. Where
//! replicas share a Redis it carries the news between them ([`SharedCopies`]); while it is away copies open nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::{CopyEvent, Entry, Journal, JournalFault, Purpose, Record, Tag};
use crate::ledger::keys::TokenKey;
use crate::limits::{CopyStanding, IssuedCopy, SharedCopies};
use crate::shared::SharedFault;
use crate::signing::PrivateKey;
use crate::soft_copy::token::{Claims, TokenFault, TokenKeys};
use crate::transcript::{CopyId, Moment, TranscriptCode};

const DAY_S: i64 = 86_400;
/// Days that are read back from the journal: of tokens that disclose for so long, and of a clock that was wrong.
const MARGIN_DAYS: i64 = 40;
/// How far clocks of replicas may be apart when they tell each other what is new, seconds.
const SKEW_S: i64 = 3600;

/// What of a copy cannot be done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CopiesFault {
    /// This portal has no key that signs tokens.
    #[error("there is no token key; make one with `hocba key token`")]
    NoKey,
    /// The journal took no line.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// The other replicas cannot be asked or told.
    #[error(transparent)]
    Shared(#[from] SharedFault),
    /// The token cannot be signed.
    #[error(transparent)]
    Token(#[from] TokenFault),
}

/// What the copies of a process are kept with.
#[derive(Debug)]
pub struct Setup {
    /// The key that signs tokens, and those before it; None: no copy is made, and none opens anything.
    pub key: Option<TokenKey>,
    /// Where it is written down.
    pub journal: Arc<Journal>,
    /// What replicas share, if they do.
    pub together: Option<SharedCopies>,
    /// Days that a token discloses.
    pub disclose_days: u32,
}

/// The copies.
#[derive(Debug)]
pub struct Copies {
    signing: Option<PrivateKey>,
    keys: TokenKeys,
    journal: Arc<Journal>,
    together: Option<SharedCopies>,
    disclose_s: i64,
    /// From when on everything that was voided is known. A copy that is older opens nothing, whatever it says: only a
    /// setting that was made shorter since leaves such copies.
    read_since: Moment,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// When each was voided, here or elsewhere.
    void: HashMap<CopyId, Moment>,
    /// Handed out here, under the tag of the month.
    issued: HashMap<Tag, Vec<IssuedCopy>>,
    /// Voided here, and perhaps not known elsewhere yet.
    untold: bool,
}

impl Known {
    fn learn(&mut self, record: &Record) {
        match &record.entry {
            Entry::CopyIssued(line) => self.add(
                line.transcript,
                IssuedCopy {
                    issued_at: record.at.as_seconds(),
                    expires_at: line.expires_at.as_seconds(),
                    copy: line.copy,
                },
            ),
            Entry::CopyVoided(line) => {
                self.void.insert(line.copy, record.at);
            }
            Entry::Disclosure(_)
            | Entry::Report(_)
            | Entry::OfficeChanged(_)
            | Entry::MemberChanged(_)
            | Entry::SearchMade(_)
            | Entry::SearchFound(_)
            | Entry::SignedIn(_)
            | Entry::SignInRefused(_)
            | Entry::SignedOut(_)
            | Entry::ChangesNoted(_)
            | Entry::BatchChanged(_)
            | Entry::BatchRows(_)
            | Entry::AppChanged(_)
            | Entry::ConsentUsed(_) => {}
        }
    }

    fn add(&mut self, transcript: Tag, issued: IssuedCopy) {
        let copies = self.issued.entry(transcript).or_default();
        if !copies.iter().any(|known| known.copy == issued.copy) {
            copies.push(issued);
        }
    }
}

impl Copies {
    /// Reads back from the journal what still matters.
    ///
    /// # Errors
    /// When the journal cannot be read: what was voided is then not known.
    pub fn open(setup: Setup, now: Moment) -> Result<Self, JournalFault> {
        let disclose_s = i64::from(setup.disclose_days) * DAY_S;
        let mut known = Known { untold: true, ..Known::default() };
        let since = back(now, disclose_s + MARGIN_DAYS * DAY_S);
        setup.journal.copies_since(since, |record| known.learn(&record))?;
        let (signing, keys) = match setup.key {
            Some(TokenKey { present, retired }) => {
                let keys = std::iter::once(present.public()).chain(retired);
                let keys = TokenKeys::new(keys);
                (Some(present), keys)
            }
            None => (None, TokenKeys::new([])),
        };
        Ok(Self {
            signing,
            keys,
            journal: setup.journal,
            together: setup.together,
            disclose_s,
            read_since: since,
            known: Mutex::new(known),
        })
    }

    /// Checks tokens.
    pub fn keys(&self) -> &TokenKeys {
        &self.keys
    }

    /// Whether copies are made here.
    pub fn can_issue(&self) -> bool {
        self.signing.is_some()
    }

    /// Signs a token, after it was written down and the other replicas were told. What was handed out before under the
    /// same id is handed out again without another line.
    pub(super) fn issue(
        &self,
        code: &TranscriptCode,
        sheets: [u8; 32],
        event: &CopyEvent<'_>,
        purpose: Purpose,
        now: Moment,
    ) -> Result<(String, Claims), CopiesFault> {
        let key = self.signing.as_ref().ok_or(CopiesFault::NoKey)?;
        let issued = match self.issued_here(code, now).into_iter().find(|known| known.copy == event.copy) {
            Some(before) => before,
            None => {
                let now_s = now.as_seconds();
                let until = self.until(now);
                let issued = IssuedCopy { issued_at: now_s, expires_at: until.as_seconds(), copy: event.copy };
                self.journal.issue_copy(now, event, purpose, until)?;
                self.known().add(self.journal.tags().transcript(code, now), issued);
                issued
            }
        };
        if let Some(together) = &self.together {
            together.put_issued(code, &issued)?;
        }
        let seconds = |time: i64| u32::try_from(time).unwrap_or(u32::MAX);
        let claims = Claims {
            code: *code,
            issued_at: seconds(issued.issued_at),
            expires_at: seconds(issued.expires_at),
            sheets,
            copy: issued.copy,
        };
        Ok((claims.sign(key)?, claims))
    }

    /// The end of the last day on which a copy made now discloses.
    fn until(&self, now: Moment) -> Moment {
        let plain = back(now, -self.disclose_s);
        let midnight = plain.date_in_vietnam().tomorrow().ok().and_then(Moment::start_of_day_in_vietnam);
        midnight.unwrap_or(plain)
    }

    /// Whether a token's time to disclose is over.
    pub(super) fn has_expired(&self, claims: &Claims, now: Moment) -> bool {
        now.as_seconds() >= i64::from(claims.expires_at) || i64::from(claims.issued_at) < self.read_since.as_seconds()
    }

    /// Whether the copy was voided, here or elsewhere.
    pub(super) fn is_void(&self, copy: &CopyId, now: Moment) -> Result<bool, SharedFault> {
        if self.known().void.contains_key(copy) {
            return Ok(true);
        }
        let Some(together) = &self.together else { return Ok(false) };
        match together.standing(copy)? {
            CopyStanding::Open => Ok(false),
            CopyStanding::Void => {
                self.known().void.insert(*copy, now);
                Ok(true)
            }
            CopyStanding::Emptied => {
                self.tell(together, now)?;
                Ok(together.standing(copy)? != CopyStanding::Open)
            }
        }
    }

    /// Writes down that the copy is void; from then on it is, here. The other replicas are told at once or, while they
    /// cannot be reached, as soon as they can.
    pub(super) fn void(&self, event: &CopyEvent<'_>, now: Moment) -> Result<(), CopiesFault> {
        if self.known().void.contains_key(&event.copy) {
            return Ok(());
        }
        self.journal.void_copy(now, event)?;
        self.known().void.insert(event.copy, now);
        if let Some(together) = &self.together
            && let Err(fault) = together.put_void(&[(event.copy, now)], now)
        {
            tracing::warn!(%fault, "a copy was voided; the other replicas are told when Redis answers");
            self.known().untold = true;
        }
        Ok(())
    }

    /// The copies of a transcript that still disclose, newest first.
    pub(super) fn open_of(&self, code: &TranscriptCode, now: Moment) -> Result<Vec<IssuedCopy>, SharedFault> {
        let mut copies = self.issued_here(code, now);
        if let Some(together) = &self.together {
            copies.extend(together.issued(code, now)?);
        }
        copies.retain(|issued| issued.expires_at > now.as_seconds());
        copies.sort_unstable_by(|a, b| b.cmp(a));
        copies.dedup_by_key(|issued| issued.copy);
        let mut open = Vec::with_capacity(copies.len());
        for issued in copies {
            if !self.is_void(&issued.copy, now)? {
                open.push(issued);
            }
        }
        Ok(open)
    }

    /// The copies handed out by this process, under the tags of all months in which they can have been.
    fn issued_here(&self, code: &TranscriptCode, now: Moment) -> Vec<IssuedCopy> {
        let tags = self.journal.tags();
        let mut months: Vec<Tag> = Vec::new();
        let mut at = back(now, self.disclose_s);
        while at <= now {
            months.push(tags.transcript(code, at));
            at = back(at, -27 * DAY_S);
        }
        months.push(tags.transcript(code, now));
        months.dedup();
        let known = self.known();
        months.iter().filter_map(|month| known.issued.get(month)).flatten().copied().collect()
    }

    /// Keeps what this process knows and what the replicas know alike: for a thread of its own, again and again.
    ///
    /// # Errors
    /// [`SharedFault`]: tried again next time.
    pub fn exchange(&self, since: Moment, now: Moment) -> Result<(), SharedFault> {
        let Some(together) = &self.together else { return Ok(()) };
        // Not in one condition: the lock must not be held while Redis is asked.
        let untold = self.known().untold;
        if untold || !together.is_told()? {
            self.tell(together, now)?;
        }
        let learned = together.void_since(back(since, SKEW_S))?;
        let mut known = self.known();
        for (copy, at) in learned {
            known.void.entry(copy).or_insert(at);
        }
        Ok(())
    }

    /// Tells the others everything that is void as far as is known here.
    fn tell(&self, together: &SharedCopies, now: Moment) -> Result<(), SharedFault> {
        let void: Vec<(CopyId, Moment)> = {
            let mut known = self.known();
            known.untold = false;
            known.void.iter().map(|(copy, at)| (*copy, *at)).collect()
        };
        together.put_void(&void, now).inspect_err(|_| self.known().untold = true)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each change is one insertion: a panic between two leaves a whole state.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn back(now: Moment, seconds: i64) -> Moment {
    Moment::from_millis(now.as_millis().saturating_sub(seconds.saturating_mul(1000))).unwrap_or(now)
}
