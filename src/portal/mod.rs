//! What the portal can do, without HTTP: verify a code, disclose content against a second factor,
//! give evidence, say how it is.
//!
//! A verdict is never taken from an unchecked copy. On the way to every answer the record is compared
//! with its head, each leaf is computed again from facts, blind and digest, and found in a tree that
//! was checked against a signed checkpoint. What fails on that way is "could not check", never
//! "valid" and never "unknown".

pub mod answer;
pub mod app_desk;
pub mod batch;
pub mod certificate_evidence;
pub mod consented;
pub mod copies;
pub mod desk;
pub mod disclose;
pub mod evidence;
mod fetch;
pub mod ledger_view;
pub mod office_desk;
pub mod office_open;
mod office_openid;
pub mod office_search;
pub mod official;
pub mod oversight;
pub mod public_evidence;
pub mod sharing;
pub mod soft_copy;
pub mod standing;
pub mod ticket;
pub mod told;
pub mod verification;
mod verify;

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::apps::AppId;
use crate::config;
use crate::follow::Published;
use crate::follow::indexer::ShownIndex;
use crate::follow::refill::Mended;
use crate::journal::Journal;
use crate::ledger::durable::Disk;
use crate::ledger::reader::LedgerReader;
use crate::limits::{Attempts, RateLimiter};
use crate::offices::Account;
use crate::records::RecordStore;
use crate::shared::{Shared, SharedHealth};
use crate::signing::PrivateKey;
use crate::signing::keyed::KeyedHash;
use crate::transcript::time::Moment;

pub use disclose::{DiscloseRefusal, Disclosed, DisclosedSheet, SecondFactor};
pub use fetch::Fetched;
pub use sharing::{CopyMade, OpenCopy, Opening, ShareRefusal};
pub use ticket::TicketKey;

/// How the portal is, for `/readyz`, `hocba status` and the metrics.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// Following and fresh.
    pub ready: bool,
    /// Entries the newest checkpoint covers.
    pub ledger_size: u64,
    /// Entries that answers reflect.
    pub reflected_size: u64,
    /// Seconds since the checkpoint was last cosigned; None when it never was.
    pub checkpoint_age_s: Option<u64>,
    /// What is wrong, in plain words.
    pub faults: Vec<String>,
    /// The engine shared with other replicas, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedState>,
}

/// How the shared engine is, and what it is used for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SharedState {
    /// The engine.
    #[serde(flatten)]
    pub engine: SharedHealth,
    /// Records are there: while it is away, verdicts on what is on record could not be checked.
    pub holds_records: bool,
    /// Records that readers missed and that wait to be made again.
    pub refill_queue: usize,
    /// What was made again since the start.
    pub mended: Mended,
}

/// What a portal is built from.
pub struct Parts {
    /// The state a follower publishes.
    pub published: Published,
    /// The follower's last word on what keeps it from following, empty when nothing does.
    pub follow_fault: Arc<arc_swap::ArcSwapOption<String>>,
    /// Code → record.
    pub records: Arc<dyn RecordStore>,
    /// Bodies, for disclosure and evidence.
    pub reader: Arc<LedgerReader>,
    /// The ledger's directory, for what is kept of packages.
    pub disk: Arc<dyn Disk>,
    /// Who saw what.
    pub journal: Arc<Journal>,
    /// Wrong second factors.
    pub attempts: Attempts,
    /// Makes and checks the tickets of opened pages.
    pub tickets: TicketKey,
    /// Copies that were handed out, and those that are void.
    pub copies: copies::Copies,
    /// The one public URL, which stands in QR codes.
    pub public_url: String,
    /// Signs verification receipts: the portal key.
    pub verification_key: PrivateKey,
    /// Which certificates count as official, and when; judged apart from any answer.
    pub official: Arc<arc_swap::ArcSwap<official::Official>>,
    /// When a checkpoint counts as stale.
    pub log: config::Log,
    /// What a process with the offices role has besides.
    pub offices: Option<OfficeParts>,
    /// The engine shared with other replicas, if any, and what mending its records has done.
    pub shared: Option<(Arc<Shared>, Arc<ArcSwap<Mended>>)>,
}

/// What a process needs that answers offices.
pub struct OfficeParts {
    /// Who is meant → code; what keeps it up is elsewhere.
    pub index: ShownIndex,
    /// Makes the keyed hashes of identification numbers in it.
    pub numbers: KeyedHash,
    /// Searches of each account.
    pub searches: RateLimiter<Account>,
    /// Transcripts that each account opens.
    pub opens: RateLimiter<Account>,
    /// Questions of each partner's app.
    pub consents: RateLimiter<AppId>,
}

/// The portal of one serving process.
pub struct Portal {
    parts: Parts,
}

impl Portal {
    /// A portal over these parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// The ledger's files, for the public log routes.
    pub fn ledger(&self) -> &LedgerReader {
        &self.parts.reader
    }

    /// Copies that were handed out, and those that are void.
    pub fn copies(&self) -> &copies::Copies {
        &self.parts.copies
    }

    /// How the portal is at this moment.
    pub fn health(&self, now: Moment) -> Health {
        let state = self.parts.published.load();
        let ledger_size = state.checkpoint().size();
        let age =
            state.checkpoint().cosigned_at().map(|at| now.as_seconds().saturating_sub(at.as_seconds()).max(0) as u64);
        let mut faults: Vec<String> = self.parts.follow_fault.load().iter().map(|f| f.to_string()).collect();
        match age {
            Some(age) if age > self.parts.log.max_age_s => faults.push(format!("the checkpoint is {age} s old")),
            None => faults.push("the checkpoint was never cosigned".into()),
            _ => {}
        }
        let shared = self.shared_state();
        if let Some(SharedState { holds_records: true, engine: SharedHealth { up: false, fault, .. }, .. }) = &shared {
            let why = fault.as_deref().unwrap_or("it is being reached");
            faults.push(format!("the shared record store is away: {why}"));
        }
        Health {
            ready: faults.is_empty() && state.position.size == ledger_size,
            ledger_size,
            reflected_size: state.position.size,
            checkpoint_age_s: age,
            faults,
            shared,
        }
    }

    fn shared_state(&self) -> Option<SharedState> {
        let (engine, mended) = self.parts.shared.as_ref()?;
        let mending = self.parts.records.mending();
        Some(SharedState {
            engine: engine.health(),
            holds_records: mending.is_some(),
            refill_queue: mending.map_or(0, |mending| mending.waiting()),
            mended: **mended.load(),
        })
    }
}
