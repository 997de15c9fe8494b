//! Prometheus metrics for operators, on their own listener. Route patterns, statuses and times;
//! nothing about a person, a code or an address.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use actix_web::http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::backend::{Health, SharedState};
use crate::portal::answer::Verdict;

/// Seconds. Verdicts take tens of microseconds, disclosures milliseconds (an fsync), packages minutes.
const BUCKETS: [f64; 12] = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.01, 0.05, 0.25, 1.0, 5.0, 60.0];

const VERDICTS: [(Verdict, &str); 8] = [
    (Verdict::Valid, "valid"),
    (Verdict::NotInForce, "not_in_force"),
    (Verdict::PartlyWithdrawn, "partly_withdrawn"),
    (Verdict::Withdrawn, "withdrawn"),
    (Verdict::Erased, "erased"),
    (Verdict::Suspended, "suspended"),
    (Verdict::Unknown, "unknown"),
    (Verdict::Unchecked, "unchecked"),
];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabel {
    route: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct VerdictLabel {
    verdict: &'static str,
}

/// All metrics of a process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabel, Histogram, fn() -> Histogram>,
    verdicts: [Counter; VERDICTS.len()],
    ledger_size: Gauge<u64, AtomicU64>,
    follower_lag: Gauge<u64, AtomicU64>,
    checkpoint_age: Gauge<i64, AtomicI64>,
    ready: Gauge<u64, AtomicU64>,
    redis: SharedGauges,
}

/// The engine shared with other replicas; 0 where there is none.
#[derive(Debug, Default)]
struct SharedGauges {
    up: Gauge<u64, AtomicU64>,
    given_up: Gauge<u64, AtomicU64>,
    refill_queue: Gauge<u64, AtomicU64>,
    refilled: Gauge<u64, AtomicU64>,
}

impl SharedGauges {
    fn registered(registry: &mut Registry) -> Self {
        let all = Self::default();
        registry.register("redis_up", "1 when Redis answers; 0 also where none is used", all.up.clone());
        registry.register("redis_given_up", "Times that Redis was given up since the start", all.given_up.clone());
        registry.register(
            "redis_refill_queue",
            "Records missed in Redis that wait to be made again",
            all.refill_queue.clone(),
        );
        registry.register("redis_refilled", "Records made again in Redis since the start", all.refilled.clone());
        all
    }

    fn set(&self, shared: &SharedState) {
        self.up.set(u64::from(shared.engine.up));
        self.given_up.set(u64::from(shared.engine.given_up));
        self.refill_queue.set(shared.refill_queue as u64);
        self.refilled.set(shared.mended.on_demand + shared.mended.gone_through);
    }
}

/// The counters of one route, resolved once.
#[derive(Debug)]
pub struct RouteStats {
    route: &'static str,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
    by_status: Box<[OnceLock<Counter>]>,
}

impl Metrics {
    /// Registers all of them.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("hocba");
        let requests = Family::default();
        let seconds = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        registry.register("http_requests", "Requests by route pattern and status", requests.clone());
        registry.register("http_request_seconds", "Time to answer, by route pattern", seconds.clone());
        let verdicts: Family<VerdictLabel, Counter> = Family::default();
        registry.register("verdicts", "Verdicts given, by kind", verdicts.clone());
        let (ledger_size, follower_lag) = (Gauge::default(), Gauge::default());
        let (checkpoint_age, ready) = (Gauge::default(), Gauge::default());
        registry.register("ledger_entries", "Entries of the newest checkpoint", ledger_size.clone());
        registry.register("follower_lag_entries", "Entries that answers do not reflect yet", follower_lag.clone());
        registry.register(
            "cosignature_age_seconds",
            "Age of the freshness cosignature; -1 when there is none",
            checkpoint_age.clone(),
        );
        registry.register("ready", "1 when following and fresh", ready.clone());
        let verdicts = VERDICTS.map(|(_, verdict)| verdicts.get_or_create(&VerdictLabel { verdict }).clone());
        let redis = SharedGauges::registered(&mut registry);
        Self { registry, requests, seconds, verdicts, ledger_size, follower_lag, checkpoint_age, ready, redis }
    }

    /// The counters of a route.
    pub fn route(&self, route: &'static str) -> RouteStats {
        RouteStats {
            route,
            requests: self.requests.clone(),
            seconds: self.seconds.get_or_create(&RouteLabel { route }).clone(),
            by_status: (0..STATUSES).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Counts one verdict.
    pub fn count_verdict(&self, verdict: Verdict) {
        if let Some(i) = VERDICTS.iter().position(|(v, _)| *v == verdict) {
            self.verdicts[i].inc();
        }
    }

    /// The text that Prometheus reads.
    pub fn render(&self, health: &Health) -> String {
        self.ledger_size.set(health.ledger_size);
        self.follower_lag.set(health.ledger_size.saturating_sub(health.reflected_size));
        self.checkpoint_age.set(health.checkpoint_age_s.and_then(|s| i64::try_from(s).ok()).unwrap_or(-1));
        self.ready.set(u64::from(health.ready));
        health.shared.iter().for_each(|shared| self.redis.set(shared));
        let mut out = String::with_capacity(8192);
        if encode(&mut out, &self.registry).is_err() {
            let _ = writeln!(out, "# EOF");
        }
        out
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

const STATUSES: usize = 500;

impl RouteStats {
    /// Counts one answer.
    pub fn record(&self, status: StatusCode, took: Duration) {
        let index = usize::from(status.as_u16()).saturating_sub(100).min(STATUSES - 1);
        if let Some(slot) = self.by_status.get(index) {
            let labels = || RequestLabels { route: self.route, status: status.as_u16() };
            slot.get_or_init(|| self.requests.get_or_create(&labels()).clone()).inc();
        }
        self.seconds.observe(took.as_secs_f64());
    }
}
