//! How often tokens that may be presented so many times were presented: what keeps one from being used again.
//!
//! In memory, of one process, and forgotten on restart. So a token that was made before this process started is refused:
//! nobody knows any more how often it was presented. Whoever sent it makes a new one. Replicas behind one address would
//! each count for themselves: until they count in Redis (a key a token, named by the digest here, expiring with it, its
//! value raised by `INCR` and refused while Redis is away), apps are answered by one process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::claims::{Jti, Times};
use super::names::AppId;
use crate::transcript::Moment;

/// Why a token may not be presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UseRefusal {
    /// Made before this process started.
    BeforeStart,
    /// Presented as often as it may be.
    UsedUp,
    /// Whoever signed it has more tokens out than are remembered.
    Full,
}

struct Used {
    until: Moment,
    times: u32,
}

#[derive(Default)]
struct OfApp {
    used: HashMap<[u8; 32], Used>,
    /// When those whose time is over were last forgotten.
    swept: Option<i64>,
}

/// Counts for every app; none of them can take another one's room.
pub struct Uses {
    started: Moment,
    most: usize,
    apps: Mutex<HashMap<AppId, OfApp>>,
}

impl Uses {
    /// None yet. At most so many tokens of one app are remembered, each until its time is over.
    pub fn new(started: Moment, most: usize) -> Self {
        Self { started, most, apps: Mutex::default() }
    }

    /// Counts one use of a token whose signature was checked.
    pub(super) fn spend(&self, app: &AppId, jti: &Jti, times: Times, most: u32, now: Moment) -> Result<(), UseRefusal> {
        if times.issued.as_seconds() < self.started.as_seconds() {
            return Err(UseRefusal::BeforeStart);
        }
        let digest: [u8; 32] = Sha256::digest(jti.as_str().as_bytes()).into();
        let mut apps = self.apps();
        let of_app = apps.entry(app.clone()).or_default();
        if let Some(used) = of_app.used.get_mut(&digest) {
            if used.times >= most {
                return Err(UseRefusal::UsedUp);
            }
            used.times += 1;
            used.until = used.until.max(times.until);
            return Ok(());
        }
        if of_app.used.len() >= self.most {
            of_app.forget_past(now);
        }
        if of_app.used.len() >= self.most {
            return Err(UseRefusal::Full);
        }
        of_app.used.insert(digest, Used { until: times.until, times: 1 });
        Ok(())
    }

    /// How many are remembered, those included whose time is over.
    pub fn count(&self) -> usize {
        self.apps().values().map(|of_app| of_app.used.len()).sum()
    }

    /// Counts change in steps that cannot panic, so a poisoned lock still guards whole ones.
    fn apps(&self) -> MutexGuard<'_, HashMap<AppId, OfApp>> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OfApp {
    /// Once a second at most: whoever is full of tokens that count would have all of them looked at each time.
    fn forget_past(&mut self, now: Moment) {
        let second = now.as_seconds();
        if self.swept.replace(second) != Some(second) {
            self.used.retain(|_, used| used.until > now);
        }
    }
}

impl std::fmt::Debug for Uses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Uses({})", self.count())
    }
}
