//! The HTTP edge: [`routes`] is the table of contents. Pages are pure markup ([`pages`], [`text`]),
//! [`site`] and [`api`] hold one handler per file, [`middleware`] what happens around each of them,
//! [`problem`] everything that is not an answer.
//!
//! Whatever arrives here is untrusted, and whatever leaves is public: no cause of a fault, no code,
//! no address is logged or shown.

pub mod api;
pub mod assets;
pub mod backend;
mod body;
mod compress;
mod form;
mod fragment;
mod language;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod routes;
mod serve;
pub mod shedding;
pub mod site;
pub mod text;

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web::Bytes;
use arc_swap::ArcSwap;

use crate::config::Config;
use crate::openid::Provider;
use crate::portal::app_desk::AppDesk;
use crate::portal::batch::Drafts;
use crate::portal::office_desk::OfficeDesk;
use crate::portal::oversight::Oversight;
use crate::signing::jwk::Jwk;
use crate::switches::Switches;
use crate::transcript::Moment;

use api::feeds::Semaphore;
use backend::{Backend, Batches, ConsentedReading, Feeds, Gate, OfficeReading, PublicLedger, ReportDesk, SoftCopies};
use metrics::Metrics;
use middleware::Hosts;
use shedding::Load;

pub use serve::{ServeFault, public_server, serve};

/// Whether some are let in here.
#[derive(Debug, Default)]
pub enum Door<Desk> {
    /// This process does not answer them: their addresses are not there.
    #[default]
    Absent,
    /// It should, and what is kept of them cannot be used.
    Closed,
    /// Here.
    Open(Arc<Desk>),
}

/// Where offices sign in.
pub type OfficeDoor = Door<OfficeDesk>;
/// Where apps ask for access tokens.
pub type AppDoor = Door<AppDesk>;

/// What every handler is given.
pub struct AppState {
    /// The use cases.
    pub backend: Arc<dyn Backend>,
    /// Limits.
    pub gate: Arc<dyn Gate>,
    /// The ledger as everybody may see it.
    pub ledger: Option<Arc<dyn PublicLedger>>,
    /// Where reports of errors go.
    pub desk: Option<Arc<dyn ReportDesk>>,
    /// Soft copies, where they are issued or judged.
    pub soft_copies: Option<Arc<dyn SoftCopies>>,
    /// Where offices sign in.
    pub offices: OfficeDoor,
    /// Where their members may sign in besides.
    pub openid: Option<Arc<Provider>>,
    /// What they look up.
    pub reading: Option<Arc<dyn OfficeReading>>,
    /// Where they hand in many at once.
    pub batches: Option<Arc<dyn Batches>>,
    /// Who looked at what, where offices are answered.
    pub oversight: Option<Arc<Oversight>>,
    /// Files that wait to be begun with.
    pub drafts: Arc<Drafts>,
    /// Where apps ask for access tokens.
    pub apps: AppDoor,
    /// What they read under consents.
    pub consented: Option<Arc<dyn ConsentedReading>>,
    /// Where packages go, in a process that is the writer.
    pub feeds: Option<Arc<dyn Feeds>>,
    /// Where packages lie while they come.
    spool: PathBuf,
    /// How many packages may be on their way at a time.
    uploads: Semaphore,
    /// The configuration.
    pub config: Arc<Config>,
    /// Names we answer to.
    pub hosts: Hosts,
    /// Whether the public URL is https.
    pub secure: bool,
    /// What operators switch while we run.
    pub switches: Arc<ArcSwap<Switches>>,
    /// What is under way.
    pub load: Load,
    /// Counters.
    pub metrics: Metrics,
    /// The JWK Set, ready to send.
    jwks: Bytes,
    /// The clock; tests stop it.
    clock: fn() -> Moment,
}

impl AppState {
    /// Puts a serving process together. `keys` are the public keys that receipts and grants are checked with.
    pub fn new(backend: Arc<dyn Backend>, gate: Arc<dyn Gate>, config: Arc<Config>, keys: &[Jwk]) -> Self {
        Self {
            hosts: Hosts::new(&config.portal.public_url),
            secure: config.portal.public_url.starts_with("https://"),
            switches: Arc::default(),
            load: Load::new(&config.serve),
            metrics: Metrics::new(),
            jwks: api::keys::jwk_set(keys, &config.trust.roots),
            clock: || Moment::from(jiff::Timestamp::now()),
            ledger: None,
            desk: None,
            soft_copies: None,
            offices: OfficeDoor::Absent,
            openid: None,
            reading: None,
            batches: None,
            oversight: None,
            drafts: Arc::default(),
            apps: AppDoor::Absent,
            consented: None,
            feeds: None,
            spool: std::env::temp_dir(),
            uploads: Semaphore::new(api::feeds::MAX_UPLOADS),
            backend,
            gate,
            config,
        }
    }

    /// The same in a process that takes packages; they lie in `spool`, without a name, while they come.
    #[must_use]
    pub fn with_feeds(self, feeds: Arc<dyn Feeds>, spool: PathBuf) -> Self {
        Self { feeds: Some(feeds), spool, ..self }
    }

    /// The same with pages about the ledger.
    #[must_use]
    pub fn with_ledger(self, ledger: Arc<dyn PublicLedger>) -> Self {
        Self { ledger: Some(ledger), ..self }
    }

    /// The same where reports of errors are taken.
    #[must_use]
    pub fn with_desk(self, desk: Arc<dyn ReportDesk>) -> Self {
        Self { desk: Some(desk), ..self }
    }

    /// The same where soft copies are issued and judged.
    #[must_use]
    pub fn with_soft_copies(self, soft_copies: Arc<dyn SoftCopies>) -> Self {
        Self { soft_copies: Some(soft_copies), ..self }
    }

    /// The same where offices sign in.
    #[must_use]
    pub fn with_offices(self, offices: OfficeDoor) -> Self {
        Self { offices, ..self }
    }

    /// The same where their members may sign in at a provider.
    #[must_use]
    pub fn with_openid(self, openid: Option<Arc<Provider>>) -> Self {
        Self { openid, ..self }
    }

    /// The same where offices look transcripts up.
    #[must_use]
    pub fn with_reading(self, reading: Arc<dyn OfficeReading>) -> Self {
        Self { reading: Some(reading), ..self }
    }

    /// The same where offices hand in batches.
    #[must_use]
    pub fn with_batches(self, batches: Arc<dyn Batches>) -> Self {
        Self { batches: Some(batches), ..self }
    }

    /// The same where auditors read the journal.
    #[must_use]
    pub fn with_oversight(self, oversight: Arc<Oversight>) -> Self {
        Self { oversight: Some(oversight), ..self }
    }

    /// The same where apps read transcripts under consents.
    #[must_use]
    pub fn with_apps(self, apps: AppDoor, consented: Arc<dyn ConsentedReading>) -> Self {
        Self { apps, consented: Some(consented), ..self }
    }

    /// The same with switches that somebody watches.
    #[must_use]
    pub fn with_switches(self, switches: Arc<ArcSwap<Switches>>) -> Self {
        Self { switches, ..self }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Moment) -> Self {
        Self { clock, ..self }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}
