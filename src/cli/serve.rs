//! `hocba serve`: follows the ledger and answers.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::data_dir::DataDir;
use super::node::{self, Duties, Node};
use super::{CliFault, Context, Outcome, local, now, openid, rebuild, search_index};
use crate::config::{Config, LimitsBackend, RoleName};
use crate::limits::{ClientPrefix, RateLimiter, SharedRateLimiter};
use crate::portal::batch::Drafts;
use crate::signing::PublicKey;
use crate::switches::{SwitchesFile, Watched};
use crate::transcript::Moment;
use crate::web::backend::{Admission, Gate, Work};
use crate::web::{AppState, Door, ServeFault};

/// How often the switches are looked at: an operator waits for it.
const LOOK: Duration = Duration::from_millis(500);
/// How often files that wait to be begun with are looked through.
const FORGET: Duration = Duration::from_secs(30);

/// Follow the ledger and answer the public, offices and provinces until SIGTERM, which drains.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hocba serve --data /srv/hocba\n  hocba serve --data /srv/hocba --listen 0.0.0.0:8080 --role public"
)]
pub struct ServeArgs {
    /// Address of the public listener [default: serve.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// What this process does; repeatable [default: serve.roles of the configuration]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<RoleName>,
}

/// Runs the command.
///
/// # Errors
/// What cannot be opened or listened on.
pub fn run(args: &ServeArgs, context: &Context) -> Result<Outcome, CliFault> {
    let mut config = context.config.clone();
    if let Some(listen) = args.listen {
        config.serve.listen = listen;
    }
    if !args.roles.is_empty() {
        config.serve.roles = args.roles.clone();
    }
    let data = DataDir::at(context.data()?, &config);
    let listeners = Listeners::bind(&config)?;
    let has = |role| config.serve.roles.contains(&role);
    let duties = Duties { writes: has(RoleName::Writer), searches: has(RoleName::Offices) };
    let node = match Node::start(&data, duties) {
        Ok(node) => node,
        Err(fault) if fault.wants_rebuild() => {
            tracing::warn!(%fault, "making the derived stores again before serving");
            rebuild::rebuild(&data, context.shows_progress())?;
            Node::start(&data, duties)?
        }
        Err(fault) => return Err(fault),
    };
    if !duties.searches {
        search_index::forget(&data)?;
    }
    tracing::info!(address = %config.serve.listen, "serving");
    serve(node, &data, listeners)?;
    Ok(Outcome::Yes)
}

/// Bound before anything is opened: a port that is taken is the commonest mistake, and quick to say.
pub struct Listeners {
    public: TcpListener,
    operators: Option<TcpListener>,
}

impl Listeners {
    /// Binds both addresses. The operators' one may be taken (two servers on one machine): then it is
    /// left out with a warning.
    ///
    /// # Errors
    /// When the public address cannot be used.
    pub fn bind(config: &Config) -> Result<Self, CliFault> {
        let public = TcpListener::bind(config.serve.listen).map_err(|e| {
            CliFault::new(
                format_args!("cannot listen on {}: {e}", config.serve.listen),
                "stop what uses the address, or choose another with --listen",
            )
        })?;
        let operators = match TcpListener::bind(config.serve.admin_listen) {
            Ok(listener) => Some(listener),
            Err(fault) => {
                tracing::warn!(%fault, address = %config.serve.admin_listen, "no listener for operators: no metrics");
                None
            }
        };
        Ok(Self { public, operators })
    }

    /// The public address, with the port the system chose for port 0.
    ///
    /// # Errors
    /// Never on a bound listener.
    pub fn address(&self) -> Result<SocketAddr, CliFault> {
        self.public.local_addr().map_err(|e| CliFault::new(e, "try again"))
    }
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// When a listener or the local socket cannot be used.
pub fn serve(node: Node, data: &DataDir, listeners: Listeners) -> Result<(), CliFault> {
    let node = Arc::new(node);
    let config = data.config().clone();
    let for_commands = Arc::clone(&node);
    let answers_commands = node.intake.is_some() || !data.socket().exists();
    if answers_commands {
        local::listen(&data.socket(), move |request| for_commands.answer(request)).map_err(|e| {
            CliFault::new(
                format_args!("the local socket cannot be created: {e}"),
                "check the data directory's permissions",
            )
        })?;
    }
    let gate = Arc::new(Limited::new(data)?);
    let mut keys = vec![data.portal_key()?.public().to_jwk()];
    if !node.portal.copies().can_issue() {
        tracing::warn!("there is no token key: no copies are made; make one with `hocba key token`");
    }
    if node.shop.signer.is_none() {
        tracing::warn!("no key signs soft copies: none are issued; make one with `hocba key soft-copy`");
    }
    keys.extend(node.portal.copies().keys().iter().map(PublicKey::to_jwk));
    keys.extend(config.trust.roots.iter().cloned());
    let answers_offices = config.serve.roles.contains(&RoleName::Offices);
    let (offices, apps) = (door(answers_offices, &node.offices), door(answers_offices, &node.apps));
    let provider = if answers_offices { openid::provider(data)? } else { None };
    let backend: Arc<dyn crate::web::backend::Backend> = Arc::clone(&node) as _;
    let switches = Watched::new(SwitchesFile::in_dir(data.root()));
    let state = AppState::new(backend, gate, Arc::new(config), &keys)
        .with_ledger(Arc::clone(&node) as _)
        .with_desk(Arc::clone(&node) as _)
        .with_soft_copies(Arc::clone(&node) as _)
        .with_offices(offices)
        .with_openid(provider)
        .with_reading(Arc::clone(&node) as _)
        .with_apps(apps, Arc::clone(&node) as _)
        .with_switches(switches.current());
    node.work_on_batches()?;
    node::spawn("switches", move || watch(switches))?;
    let state = match node.batches() {
        Ok(batches) => state.with_batches(batches),
        // Said already, when they were opened.
        Err(_) => state,
    };
    let state = match &node.oversight {
        Some(oversight) => state.with_oversight(Arc::clone(oversight)),
        None => state,
    };
    let drafts = Arc::clone(&state.drafts);
    node::spawn("drafts", move || forget_drafts(&drafts))?;
    let state = match &node.intake {
        Some(intake) => state.with_feeds(Arc::clone(intake) as _, spool(data)?),
        None => state,
    };
    let served = crate::web::serve(state, listeners.public, listeners.operators);
    let _ = std::fs::remove_file(data.socket());
    served.map_err(|fault: ServeFault| CliFault::new(fault, "look at the log above"))
}

/// Apps read through the search index, so they are answered where offices are.
fn door<Desk>(is_here: bool, opened: &Result<Arc<Desk>, String>) -> Door<Desk> {
    match opened {
        _ if !is_here => Door::Absent,
        Ok(desk) => Door::Open(Arc::clone(desk)),
        Err(_) => Door::Closed,
    }
}

/// Looks at the switches for ever.
fn watch(mut switches: Watched) {
    loop {
        std::thread::sleep(LOOK);
        switches.look();
    }
}

/// Forgets files that nobody began with, also where nobody comes back.
fn forget_drafts(drafts: &Drafts) {
    loop {
        std::thread::sleep(FORGET);
        drafts.expire(now());
    }
}

/// Where uploads are kept until they are judged; what a crash left there is of no use.
fn spool(data: &DataDir) -> Result<PathBuf, CliFault> {
    let dir = data.root().join("run/spool");
    let fresh = || {
        match std::fs::remove_dir_all(&dir) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        std::fs::create_dir_all(&dir)
    };
    fresh().map_err(|e| CliFault::new(format_args!("no directory for uploads: {e}"), "check the data directory"))?;
    Ok(dir)
}

/// The rate limits as the edge asks for them.
enum Limited {
    /// This process counts alone.
    Alone { verdicts: Box<RateLimiter>, disclosures: Box<RateLimiter> },
    /// All replicas count together.
    Together { verdicts: Box<SharedRateLimiter>, disclosures: Box<SharedRateLimiter> },
}

impl Limited {
    fn new(data: &DataDir) -> Result<Self, CliFault> {
        let limits = &data.config().limits;
        let verdicts = (limits.verdicts_per_minute, limits.verdict_burst);
        let disclosures = (limits.disclosures_per_minute, limits.disclosure_burst);
        let alone = |(per_minute, burst): (u32, u32)| RateLimiter::new(per_minute, burst, limits.max_keys);
        if limits.backend == LimitsBackend::Local {
            return Ok(Self::Alone { verdicts: Box::new(alone(verdicts)), disclosures: Box::new(alone(disclosures)) });
        }
        let (shared, secret) = (data.shared()?, data.limits_key()?);
        let together = |kind, rate| Box::new(SharedRateLimiter::new(&shared, &secret, kind, rate, alone(rate)));
        Ok(Self::Together { verdicts: together("v", verdicts), disclosures: together("d", disclosures) })
    }
}

impl Gate for Limited {
    fn admit(&self, work: Work, client: IpAddr) -> Result<(), u64> {
        let limiter = match (self, work) {
            (Self::Alone { verdicts, .. }, Work::Verdict) => verdicts,
            (Self::Alone { disclosures, .. }, Work::Disclosure) => disclosures,
            (Self::Together { verdicts, .. }, Work::Verdict) => verdicts.alone(),
            (Self::Together { disclosures, .. }, Work::Disclosure) => disclosures.alone(),
        };
        limiter.check(ClientPrefix::of(client)).map(drop).map_err(|refusal| refusal.retry_after_s)
    }

    fn admit_together(&self, work: Work, client: IpAddr, now: Moment) -> Option<Admission<'_>> {
        let limiter = match (self, work) {
            (Self::Alone { .. }, _) => return None,
            (Self::Together { verdicts, .. }, Work::Verdict) => verdicts,
            (Self::Together { disclosures, .. }, Work::Disclosure) => disclosures,
        };
        Some(Box::pin(async move {
            let checked = limiter.check(ClientPrefix::of(client), now).await;
            checked.map(drop).map_err(|refusal| refusal.retry_after_s)
        }))
    }
}
