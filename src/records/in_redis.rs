//! Records in Redis, for replicas without a record store of their own.
//!
//! Written by every follower: names come from the content, so writing twice is writing once, and no
//! replica's heads ever name a record that it has not offered. Redis may lose all of it: the follower
//! goes on (what it could not store is noted), and what a reader misses is made again from the ledger
//! with the help of the trail, by [`crate::follow`]'s refill.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use redis::{Cmd, Value};

use super::pack::{pack, unpack};
use super::seal::Sealer;
use super::trail::{Traced, Trail, is_whole};
use super::{Fetching, MAX_RECORD, Mending, Part, RecordKey, RecordStore, RecordsFault};
use crate::shared::{Shared, SharedFault};
use crate::transcript::TranscriptCode;

/// Seconds that a record outlives the heads that named it: replicas that follow later still need it.
const OUTDATED_S: u64 = 3600;
/// Missing records that wait to be made again; beyond that the whole store is gone through anyway.
const MOST_MISSED: usize = 10_000;
/// Misses since all was there last, at which the whole store is gone through.
const MISSES_MEAN_LOSS: u32 = 16;
/// Longest value that is taken from Redis.
const MAX_VALUE: usize = MAX_RECORD + 64;

/// The store. Its ledger size reflected is that of the trail: Redis's word on it would be a hint at best.
#[derive(Debug)]
pub struct InRedis {
    shared: Arc<Shared>,
    sealer: Sealer,
    trail: Trail,
    missed: Mutex<Missed>,
    misses: AtomicU32,
    /// Something was not stored or is known to be lost.
    incomplete: AtomicBool,
}

#[derive(Debug, Default)]
struct Missed {
    queue: VecDeque<TranscriptCode>,
    known: HashSet<TranscriptCode>,
}

impl InRedis {
    /// The store behind `shared`, with its trail in a directory that is created if need be. `key` is the
    /// storage key for records.
    ///
    /// # Errors
    /// [`RecordsFault::Corrupt`]: the trail is damaged, delete it and follow the ledger again;
    /// [`RecordsFault::Locked`]; [`RecordsFault::Io`]; [`RecordsFault::Refused`] when Redis does not let us
    /// do what is needed. That it is away is no fault.
    pub fn open(dir: &Path, cache_bytes: u64, key: &[u8; 32], shared: Arc<Shared>) -> Result<Self, RecordsFault> {
        let store = Self {
            shared,
            sealer: Sealer::new(key),
            trail: Trail::open(dir, cache_bytes)?,
            missed: Mutex::default(),
            misses: AtomicU32::new(0),
            incomplete: AtomicBool::new(false),
        };
        store.try_rights()?;
        Ok(store)
    }

    fn try_rights(&self) -> Result<(), RecordsFault> {
        let name = format!("{}probe", self.shared.prefix());
        let mut set = command("SET", &name);
        set.arg(1).arg("EX").arg(1);
        let mut expire = command("EXPIRE", &name);
        expire.arg(1);
        let answers = self.ask_all(vec![set, fetching(&name), command("EXISTS", &name), expire]);
        match answers.into_iter().find_map(|answer| answer.err().filter(|fault| *fault != SharedFault::Away)) {
            Some(fault) => Err(RecordsFault::Refused(fault.to_string())),
            None => Ok(()),
        }
    }

    fn name(&self, key: &RecordKey) -> String {
        self.sealer.name(self.shared.prefix(), key)
    }

    /// A value as it came: nothing but what we sealed under this name is opened, anything else is missing.
    fn read(&self, name: &str, value: &Value) -> Option<Vec<u8>> {
        let Value::BulkString(value) = value else { return None };
        let packed = self.sealer.open(name, value)?;
        let mut record = Vec::new();
        unpack(&packed, &mut record).ok()?;
        Some(record)
    }

    fn read_answer(&self, name: &str, answer: Result<Value, SharedFault>) -> Result<Option<Vec<u8>>, RecordsFault> {
        match answer {
            Ok(value) => Ok(self.read(name, &value)),
            Err(SharedFault::Away) => Err(RecordsFault::Away),
            // A name that holds something that is no value at all (somebody's list) is written over later.
            Err(SharedFault::Refused(what)) if what.contains("WRONGTYPE") => Ok(None),
            Err(fault) => Err(RecordsFault::Refused(fault.to_string())),
        }
    }

    /// Asks for many names; on the connections' thread, in one go.
    fn ask_all(&self, commands: Vec<Cmd>) -> Vec<Result<Value, SharedFault>> {
        let count = commands.len();
        let asked = self.shared.wait(move |shared| async move { Ok(shared.ask_all::<Value>(commands).await) });
        asked.unwrap_or_else(|fault| vec![Err(fault); count])
    }

    /// Stores what is not there yet. Says whether all of it is now.
    fn offer(&self, records: &[(RecordKey, &[u8])]) -> bool {
        let names: Vec<String> = records.iter().map(|(key, _)| self.name(key)).collect();
        let exists = names.iter().map(|name| command("EXISTS", name)).collect();
        let answers = self.ask_all(exists);
        let missing: Vec<usize> =
            answers.iter().enumerate().filter(|(_, a)| !matches!(a, Ok(Value::Int(1)))).map(|(i, _)| i).collect();
        if answers.iter().any(|a| matches!(a, Err(SharedFault::Away))) {
            return false;
        }
        self.write(missing.into_iter().filter_map(|i| Some((names.get(i)?.clone(), records.get(i)?.1))).collect())
    }

    fn write(&self, records: Vec<(String, &[u8])>) -> bool {
        let sealed: Option<Vec<Cmd>> = records
            .into_par_iter()
            .with_min_len(32)
            .map(|(name, record)| {
                let value = self.sealer.seal(&name, &pack(record).ok()?)?;
                let mut set = command("SET", &name);
                set.arg(value);
                Some(set)
            })
            .collect();
        let Some(commands) = sealed else { return false };
        let answers = self.ask_all(commands);
        if let Some(Err(fault)) = answers.iter().find(|a| matches!(a, Err(SharedFault::Refused(_)))) {
            tracing::error!(%fault, "records cannot be stored");
        }
        answers.iter().all(Result::is_ok)
    }

    fn missed(&self) -> MutexGuard<'_, Missed> {
        // A queue is whole whatever panicked while it was held.
        self.missed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks for a value, and for no more of it than a record can be: whatever somebody put there.
fn fetching(name: &str) -> Cmd {
    let mut range = command("GETRANGE", name);
    range.arg(0).arg(MAX_VALUE - 1);
    range
}

fn command(what: &str, name: &str) -> Cmd {
    let mut command = redis::cmd(what);
    command.arg(name);
    command
}

impl RecordStore for InRedis {
    fn get_into(&self, key: &RecordKey, out: &mut Vec<u8>) -> Result<bool, RecordsFault> {
        out.clear();
        let found = self.get_batch(&[*key])?.pop().flatten();
        let is_there = found.is_some();
        out.extend(found.unwrap_or_default());
        Ok(is_there)
    }

    fn get_batch(&self, keys: &[RecordKey]) -> Result<Vec<Option<Vec<u8>>>, RecordsFault> {
        let mut found = keys.iter().map(|key| self.trail.whole(key)).collect::<Result<Vec<_>, _>>()?;
        let elsewhere: Vec<(usize, String)> =
            (0..keys.len()).filter(|i| found[*i].is_none()).map(|i| (i, self.name(&keys[i]))).collect();
        if elsewhere.is_empty() {
            return Ok(found);
        }
        let answers = self.ask_all(elsewhere.iter().map(|(_, name)| fetching(name)).collect());
        for ((at, name), answer) in elsewhere.iter().zip(answers) {
            found[*at] = self.read_answer(name, answer)?;
        }
        Ok(found)
    }

    fn fetch<'a>(&'a self, key: &'a RecordKey) -> Option<Fetching<'a>> {
        Some(Box::pin(async move {
            if let Some(record) = self.trail.whole(key)? {
                return Ok(Some(record));
            }
            let name = self.name(key);
            let answer = self.shared.ask::<Value>(&fetching(&name)).await;
            self.read_answer(&name, answer)
        }))
    }

    fn put_batch(&self, records: &[(RecordKey, &[u8])]) -> Result<(), RecordsFault> {
        if let Some((_, long)) = records.iter().find(|(_, record)| record.len() > MAX_RECORD) {
            return Err(RecordsFault::TooLong(long.len()));
        }
        self.trail.put(records)?;
        let large: Vec<(RecordKey, &[u8])> = records.iter().filter(|(_, r)| !is_whole(r)).copied().collect();
        // Following waits for nobody: what Redis did not take is made again later.
        if !large.is_empty() && !self.offer(&large) {
            self.incomplete.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn remove_batch(&self, keys: &[RecordKey]) -> Result<(), RecordsFault> {
        let expire = |key: &RecordKey| {
            let mut expire = command("EXPIRE", &self.name(key));
            expire.arg(OUTDATED_S);
            expire
        };
        // One that is not reached stays, sealed and asked for by nobody.
        let _ = self.ask_all(keys.iter().map(expire).collect());
        Ok(())
    }

    fn reflects(&self) -> Result<u64, RecordsFault> {
        Ok(self.trail.reflects())
    }

    fn set_reflects(&self, size: u64) -> Result<(), RecordsFault> {
        self.trail.set_reflects(size)
    }

    fn persist(&self) -> Result<(), RecordsFault> {
        self.trail.persist()
    }

    fn made_of(&self, code: &TranscriptCode) -> Result<Option<Vec<Part>>, RecordsFault> {
        Ok(match self.trail.get(code)? {
            Some(Traced::MadeOf(parts)) => Some(parts),
            _ => None,
        })
    }

    fn missed(&self, code: &TranscriptCode) {
        self.misses.fetch_add(1, Ordering::Relaxed);
        let mut missed = InRedis::missed(self);
        if missed.queue.len() < MOST_MISSED && missed.known.insert(*code) {
            missed.queue.push_back(*code);
        }
    }

    fn mending(&self) -> Option<&dyn Mending> {
        Some(self)
    }
}

impl Mending for InRedis {
    fn take_missed(&self, most: usize) -> Vec<TranscriptCode> {
        let mut missed = InRedis::missed(self);
        let count = missed.queue.len().min(most);
        let taken: Vec<TranscriptCode> = missed.queue.drain(..count).collect();
        taken.iter().for_each(|code| {
            missed.known.remove(code);
        });
        taken
    }

    fn waiting(&self) -> usize {
        InRedis::missed(self).queue.len()
    }

    fn overwrite(&self, records: &[(RecordKey, &[u8])]) -> bool {
        self.write(records.iter().map(|(key, record)| (self.name(key), *record)).collect())
    }

    fn lacking(&self, keys: &[RecordKey]) -> Option<Vec<RecordKey>> {
        let answers = self.ask_all(keys.iter().map(|key| command("EXISTS", &self.name(key))).collect());
        let mut lacking = Vec::new();
        for (key, answer) in keys.iter().zip(answers) {
            match answer {
                Ok(Value::Int(1)) => {}
                Ok(_) => lacking.push(*key),
                Err(_) => return None,
            }
        }
        Some(lacking)
    }

    fn is_whole(&self) -> Option<bool> {
        let name = format!("{}whole", self.shared.prefix());
        let answer = self.ask_all(vec![command("EXISTS", &name)]).pop()?;
        let marked = matches!(answer.ok()?, Value::Int(1));
        let few_misses = self.misses.load(Ordering::Relaxed) < MISSES_MEAN_LOSS;
        Some(marked && few_misses && !self.incomplete.load(Ordering::Relaxed))
    }

    fn begin(&self) {
        self.misses.store(0, Ordering::Relaxed);
        self.incomplete.store(false, Ordering::Relaxed);
    }

    fn mark_whole(&self, size: u64) {
        self.misses.store(0, Ordering::Relaxed);
        let mut set = command("SET", &format!("{}whole", self.shared.prefix()));
        set.arg(size);
        let _ = self.ask_all(vec![set]);
    }
}
