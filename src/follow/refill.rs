//! A record store that is elsewhere, made whole again from the ledger.
//!
//! Two ways, both by themselves. What a reader missed is made again within moments. And when much is
//! missing (an emptied Redis, a failover that lost writes) the whole ledger is gone through: for each
//! record whose first entry lies here, ask whether it is there, and make it again if not. Replicas begin
//! at places of their own choosing, and ask before they make, so many of them share the work without
//! talking to each other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::again::{BUNDLE, Entries};
use super::derive::{self, Change};
use super::{FollowFault, Published, Reflected};
use crate::ledger::reader::LedgerReader;
use crate::records::{Mending, RecordKey, RecordStore};
use crate::transcript::TranscriptCode;

/// Missed records made at a time; a few milliseconds each at most.
const AT_A_TIME: usize = 64;
/// How often to ask whether the store is whole.
const LOOK: Duration = Duration::from_secs(1);
const IDLE: Duration = Duration::from_millis(20);

/// How far mending is, for status and metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Mended {
    /// Records made again because a reader missed them.
    pub on_demand: u64,
    /// Records made again while going through the ledger.
    pub gone_through: u64,
    /// Bundles of the ledger still to go through; 0: not under way.
    pub bundles_left: u64,
}

/// Mends the store of one process.
pub struct Refill {
    entries: Entries,
    published: Published,
    records: Arc<dyn RecordStore>,
    pass: Option<Pass>,
    looked: Option<Instant>,
    mended: Mended,
}

/// One way through the ledger.
struct Pass {
    state: Arc<Reflected>,
    first: u64,
    done: u64,
    bundles: u64,
    /// All that was missing could be stored.
    complete: bool,
}

type Made = Vec<(RecordKey, Vec<u8>)>;

impl Refill {
    /// For a store that can be mended; None for any other.
    pub fn new(reader: Arc<LedgerReader>, published: Published, records: Arc<dyn RecordStore>) -> Option<Self> {
        records.mending()?;
        let (entries, mended) = (Entries::new(reader), Mended::default());
        Some(Self { entries, published, records, pass: None, looked: None, mended })
    }

    /// Does a bounded piece of work; comes back with how it stands and how long to rest.
    ///
    /// # Errors
    /// [`FollowFault`] when the ledger cannot be read. Call again: nothing is lost by it.
    pub fn work(&mut self) -> Result<(Mended, Duration), FollowFault> {
        let started = Instant::now();
        let records = Arc::clone(&self.records);
        let Some(mending) = records.mending() else { return Ok((self.mended, LOOK)) };
        let missed = mending.take_missed(AT_A_TIME);
        let asked = !missed.is_empty();
        if asked {
            self.make_missed(mending, missed)?;
        }
        if self.pass.is_none() && self.looked.is_none_or(|at| at.elapsed() >= LOOK) {
            self.look(mending);
        }
        let walked = self.pass.is_some();
        if walked {
            self.walk(mending)?;
        }
        self.mended.bundles_left = self.pass.as_ref().map_or(0, |pass| pass.bundles - pass.done);
        // Half of one core at most while going through everything; who waits for an answer comes first.
        let rest = match (asked, walked) {
            (true, _) => Duration::ZERO,
            (false, true) => started.elapsed(),
            (false, false) => IDLE,
        };
        Ok((self.mended, rest))
    }

    fn make_missed(&mut self, mending: &dyn Mending, missed: Vec<TranscriptCode>) -> Result<(), FollowFault> {
        let state = self.published.load_full();
        let mut made = Made::new();
        for code in missed {
            let Some(head) = state.heads.get(code.as_bytes())? else { continue };
            let key = RecordKey { code, head };
            made.extend(self.entries.record(&state, &*self.records, &key)?.map(|record| (key, record)));
        }
        if mending.overwrite(&borrowed(&made)) {
            self.mended.on_demand += made.len() as u64;
        }
        Ok(())
    }

    /// Begins a pass when something says that records are missing, and the ledger was followed.
    fn look(&mut self, mending: &dyn Mending) {
        self.looked = Some(Instant::now());
        let state = self.published.load_full();
        if state.position.size < state.checkpoint().size() || mending.is_whole() != Some(false) {
            return;
        }
        mending.begin();
        let bundles = state.position.size.div_ceil(BUNDLE);
        let mut random = [0; 8];
        // Without random bytes all begin at the front, which is slower and as right.
        let first = getrandom::fill(&mut random).map_or(0, |()| u64::from_be_bytes(random) % bundles.max(1));
        tracing::info!(bundles, "the shared record store is not whole: going through the ledger");
        self.pass = Some(Pass { state, first, done: 0, bundles, complete: true });
    }

    /// One bundle of the pass.
    fn walk(&mut self, mending: &dyn Mending) -> Result<(), FollowFault> {
        let Some(mut pass) = self.pass.take() else { return Ok(()) };
        if pass.done < pass.bundles {
            let keys = self.records_that_begin_in(&pass.state, (pass.first + pass.done) % pass.bundles)?;
            match mending.lacking(&keys) {
                // Away: the pass is for nothing, the next look begins another.
                None => return Ok(()),
                Some(lacking) => pass.complete &= self.make(&pass.state, mending, lacking)?,
            }
            pass.done += 1;
        }
        match pass.done < pass.bundles {
            true => self.pass = Some(pass),
            false if pass.complete => {
                mending.mark_whole(pass.state.position.size);
                tracing::info!("the shared record store is whole again");
            }
            false => {}
        }
        Ok(())
    }

    /// Keys, as the heads of now name them, of the booklets whose first entry is in this bundle.
    fn records_that_begin_in(&self, state: &Reflected, bundle: u64) -> Result<Vec<RecordKey>, FollowFault> {
        let now = self.published.load();
        let entries = self.entries.bundle(bundle, state.position.size)?;
        let mut keys = Vec::with_capacity(entries.len());
        for (at, (leaf, entry)) in entries.iter().enumerate() {
            let index = bundle * BUNDLE + at as u64;
            let change = derive::change(index, leaf, entry.clone(), None);
            let Change::Sheet { code, .. } = change.map_err(|reason| FollowFault::Facts { index, reason })? else {
                continue;
            };
            let begins_here = self
                .records
                .made_of(&code)?
                .is_some_and(|made_of| made_of.first().is_some_and(|part| part.index == index));
            if let (true, Some(head)) = (begins_here, now.heads.get(code.as_bytes())?) {
                keys.push(RecordKey { code, head });
            }
        }
        Ok(keys)
    }

    fn make(
        &mut self,
        state: &Arc<Reflected>,
        mending: &dyn Mending,
        lacking: Vec<RecordKey>,
    ) -> Result<bool, FollowFault> {
        if lacking.is_empty() {
            return Ok(true);
        }
        let now = self.published.load_full();
        let state = if now.position.size > state.position.size { &now } else { state };
        let mut made = Made::new();
        for key in lacking {
            made.extend(self.entries.record(state, &*self.records, &key)?.map(|record| (key, record)));
        }
        let stored = mending.overwrite(&borrowed(&made));
        self.mended.gone_through += if stored { made.len() as u64 } else { 0 };
        Ok(stored)
    }
}

fn borrowed(made: &Made) -> Vec<(RecordKey, &[u8])> {
    made.iter().map(|(key, record)| (*key, record.as_slice())).collect()
}
