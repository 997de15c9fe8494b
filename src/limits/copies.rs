//! What replicas tell each other about copies, in Redis: which are void, and which were handed out for a transcript.
//!
//! Redis is the messenger, not the memory: what a process voided is in its journal, and it puts all of it back as soon
//! as its own mark is gone from the set (a Redis that was emptied, or that failed over and lost writes). Ids of copies
//! are no secrets and stand there in clear; transcripts are keyed hashes.
//!
//! While Redis is away nobody can know whether a copy was voided elsewhere: then no copy opens anything.

use std::sync::Arc;

use data_encoding::HEXLOWER;

use crate::shared::{Shared, SharedFault};
use crate::signing::keyed::KeyedHash;
use crate::transcript::time::Moment;
use crate::transcript::{CopyId, TranscriptCode};

/// Everything here ends by itself when no copy that it is about can still open anything: ten years, and a month.
const KEEP_S: i64 = 3680 * 86_400;

/// A copy that was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IssuedCopy {
    /// When, seconds since 1970.
    pub issued_at: i64,
    /// Until when it discloses, seconds since 1970.
    pub expires_at: i64,
    /// Which.
    pub copy: CopyId,
}

/// What the replicas say of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStanding {
    /// Nobody voided it.
    Open,
    /// Somebody did.
    Void,
    /// What this process voided is not in the set any more: it must be put back first.
    Emptied,
}

/// Copies behind Redis.
#[derive(Debug)]
pub struct SharedCopies {
    shared: Arc<Shared>,
    names: KeyedHash,
    /// This process's mark in the set: gone when the set is gone.
    mark: String,
}

impl SharedCopies {
    /// Behind `shared`; `secret` is the storage key for copies.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new(shared: &Arc<Shared>, secret: &[u8; 32]) -> Result<Self, getrandom::Error> {
        let mut mark = [0; 12];
        getrandom::fill(&mut mark)?;
        let mark = format!("process:{}", HEXLOWER.encode(&mark));
        Ok(Self { shared: Arc::clone(shared), names: KeyedHash::new(secret), mark })
    }

    fn void_set(&self) -> String {
        format!("{}v1:void", self.shared.prefix())
    }

    fn list(&self, code: &TranscriptCode) -> String {
        let name = self.names.short("copies of a transcript", code.as_bytes());
        format!("{}v1:copies:{}", self.shared.prefix(), HEXLOWER.encode(&name))
    }

    /// Whether anybody voided the copy.
    ///
    /// # Errors
    /// [`SharedFault`]: not known, so nothing may be opened.
    pub fn standing(&self, copy: &CopyId) -> Result<CopyStanding, SharedFault> {
        let score = |member: &str| {
            let mut command = redis::cmd("ZSCORE");
            command.arg(self.void_set()).arg(member);
            command
        };
        let commands = vec![score(&self.mark), score(&copy.to_string())];
        let scores: Vec<Option<f64>> = self.all(commands)?;
        Ok(match scores.as_slice() {
            [_, Some(_)] => CopyStanding::Void,
            [Some(_), None] => CopyStanding::Open,
            _ => CopyStanding::Emptied,
        })
    }

    /// Whether what this process knows is in the set, as far as it has put it there.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub fn is_told(&self) -> Result<bool, SharedFault> {
        let mut command = redis::cmd("ZSCORE");
        command.arg(self.void_set()).arg(&self.mark);
        self.one::<Option<f64>>(command).map(|score| score.is_some())
    }

    /// Puts copies into the set of void ones, then this process's mark.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub fn put_void(&self, void: &[(CopyId, Moment)], now: Moment) -> Result<(), SharedFault> {
        let add = |member: &str, at: Moment| {
            let mut command = redis::cmd("ZADD");
            command.arg(self.void_set()).arg(at.as_seconds()).arg(member);
            command
        };
        let commands = void.iter().map(|(copy, at)| add(&copy.to_string(), *at)).collect();
        self.all::<i64>(commands)?;
        let mut expire = redis::cmd("EXPIREAT");
        expire.arg(self.void_set()).arg(now.as_seconds() + KEEP_S);
        self.one::<i64>(add(&self.mark, now))?;
        self.one::<i64>(expire).map(drop)
    }

    /// Copies that were voided since then, anywhere.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub fn void_since(&self, since: Moment) -> Result<Vec<(CopyId, Moment)>, SharedFault> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.void_set()).arg(since.as_seconds()).arg("+inf").arg("BYSCORE").arg("WITHSCORES");
        let members: Vec<(String, f64)> = self.one(command)?;
        // Marks of processes are no copies.
        let read = |(member, at): (String, f64)| {
            Some((CopyId::from_wire(&member)?, Moment::from_millis((at * 1000.0) as i64)?))
        };
        Ok(members.into_iter().filter_map(read).collect())
    }

    /// Tells the others that a copy was handed out for this transcript, so that its holder can void it anywhere.
    ///
    /// # Errors
    /// [`SharedFault`]: the copy must then not be handed out.
    pub fn put_issued(&self, code: &TranscriptCode, issued: &IssuedCopy) -> Result<(), SharedFault> {
        let list = self.list(code);
        let mut add = redis::cmd("ZADD");
        add.arg(&list).arg(issued.expires_at).arg(format!("{}:{}", issued.copy, issued.issued_at));
        let mut expire = redis::cmd("EXPIREAT");
        expire.arg(&list).arg(issued.issued_at + KEEP_S);
        self.one::<i64>(add)?;
        self.one::<i64>(expire).map(drop)
    }

    /// The copies handed out anywhere for this transcript that still disclose, or did until they were voided.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub fn issued(&self, code: &TranscriptCode, now: Moment) -> Result<Vec<IssuedCopy>, SharedFault> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.list(code)).arg(now.as_seconds()).arg("+inf").arg("BYSCORE").arg("WITHSCORES");
        let members: Vec<(String, f64)> = self.one(command)?;
        let read = |(member, expires_at): (String, f64)| {
            let (copy, issued_at) = member.split_once(':')?;
            let copy = CopyId::from_wire(copy)?;
            Some(IssuedCopy { issued_at: issued_at.parse().ok()?, expires_at: expires_at as i64, copy })
        };
        Ok(members.into_iter().filter_map(read).collect())
    }

    /// Whether Redis lets us do all of this; that it is away is no fault.
    ///
    /// # Errors
    /// [`SharedFault::Refused`].
    pub fn try_rights(&self, now: Moment) -> Result<(), SharedFault> {
        let nobody = TranscriptCode::from_bytes([0; 16]);
        let tried = self.put_void(&[], now).and_then(|()| self.void_since(now)).and_then(|_| self.issued(&nobody, now));
        match tried {
            Err(fault) if fault != SharedFault::Away => Err(fault),
            _ => Ok(()),
        }
    }

    fn one<T: redis::FromRedisValue + Send + 'static>(&self, command: redis::Cmd) -> Result<T, SharedFault> {
        self.shared.wait(move |shared| async move { shared.ask(&command).await })
    }

    fn all<T: redis::FromRedisValue + Send + 'static>(&self, commands: Vec<redis::Cmd>) -> Result<Vec<T>, SharedFault> {
        self.shared.wait(move |shared| async move { shared.ask_all(commands).await.into_iter().collect() })
    }
}
