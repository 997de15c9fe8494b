//! The data directory: what is where, and how a process opens it.
//!
//! | path | what | lost means |
//! |---|---|---|
//! | `keys/` | log, freshness, portal and storage keys | the portal's identity and every body: back it up |
//! | `ledger/` | the ledger | everything: back it up |
//! | `journal/` | who saw what | irreplaceable: back it up |
//! | `reports/` | reports of errors | irreplaceable: back it up |
//! | `offices/` | offices, their grants and accounts | irreplaceable: back it up |
//! | `apps/` | registered apps and their public keys | irreplaceable: back it up |
//! | `certificates/` | official certificates and what authorities said of them | `official` turns `technical`: back it up |
//! | `derived/` | heads, records (or what brings them back to Redis), register of schools and counts, the search index of a process with the offices role, the largest tree seen | `hocba rebuild` |
//! | `index/` | the intake index | made again at the next start of a writer |
//! | `hocba.toml` | settings of this portal over the defaults | the pinned root: keep it with the keys |
//! | `switches` | what an operator switched on | all off: set them again |
//! | `run/` | the local socket | nothing |

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ed25519_dalek::SigningKey;

use super::CliFault;
use crate::apps::Apps;
use crate::batch::jobs::{self, Jobs};
use crate::certificates::Store;
use crate::config::{Config, LimitsBackend, RecordsBackend};
use crate::follow::indexer::{Indexer, ShownIndex};
use crate::follow::{FollowFault, Follower, SeenFault, SeenFile};
use crate::heads::{Heads, HeadsFault, HeadsOptions, durable_position};
use crate::intake::{Intake, IntakeParts};
use crate::journal::{Journal, TagKey};
use crate::ledger::durable::{Disk, RealDisk};
use crate::ledger::keys::{KeyDir, PortalKey, Purpose, SecretKey, TokenKey};
use crate::ledger::{LedgerFault, LedgerReader, Seen, Setup, Writer};
use crate::limits::{
    AttemptCounters, AttemptLimits, Attempts, RateLimiter, SharedAttempts, SharedCopies, SignInWaits, WaitLimits,
};
use crate::offices::{self, Cost, Hasher, Offices, Terms};
use crate::portal::app_desk::AppDesk;
use crate::portal::copies::{self, Copies};
use crate::portal::office_desk::OfficeDesk;
use crate::portal::{OfficeParts, TicketKey};
use crate::records::{Embedded, InRedis, RecordStore, RecordsFault};
use crate::reports::{Bounds, Reports};
use crate::shared::{Options, Secret, Shared};
use crate::signing::PrivateKey;
use crate::signing::keyed::KeyedHash;
use crate::tlog::checkpoint::{Checkpointer, LogVerifier};
use crate::transcript::time::Moment;

const MIB: u64 = 1 << 20;

/// A data directory and the configuration it is opened with.
#[derive(Debug, Clone)]
pub struct DataDir {
    root: PathBuf,
    config: Config,
    keys: KeyDir,
    /// Opened once, when something first needs it.
    engine: Arc<OnceLock<Arc<Shared>>>,
}

/// Follower and what it fills.
pub struct Following {
    /// Follows the ledger.
    pub follower: Follower,
    /// What it fills.
    pub records: Arc<dyn RecordStore>,
    /// The ledger.
    pub reader: Arc<LedgerReader>,
}

fn refused(what: impl std::fmt::Display) -> CliFault {
    CliFault::new(what, "see docs/operating.md, \"Many machines\", for user, rights and TLS")
}

fn no_randomness(what: impl std::fmt::Display) -> CliFault {
    CliFault::new(what, "the system gives no random bytes; start again")
}

fn storage(what: impl std::fmt::Display) -> CliFault {
    CliFault::new(what, "see docs/operating.md, \"When something is damaged\"")
}

/// Not a case for `hocba rebuild`, which would forget how far the ledger was followed.
fn seen_fault(fault: SeenFault) -> CliFault {
    match fault {
        SeenFault::Damaged(_) => CliFault::new(
            fault,
            "make sure that the ledger is the newest one (backups, receipts), then delete that file",
        ),
        SeenFault::Io { .. } => CliFault::new(fault, "make room, check permissions and start again"),
    }
}

fn writer_fault(fault: LedgerFault) -> CliFault {
    let remedy = match &fault {
        LedgerFault::Locked(_) => "stop that process, or hand the work to it",
        LedgerFault::ClockGap { .. } => "check the clock; if it is right, run `hocba status --confirm-clock`",
        fault if fault.is_full_disk() => "make room on the disk",
        fault if fault.is_closed_disk() => {
            "the writer needs a data directory that its user can write: check the mount and the owner of the files"
        }
        _ => "run `hocba audit`, and restore the ledger from its backup if it is damaged",
    };
    CliFault::new(fault, remedy)
}

impl DataDir {
    /// Takes note of the directory; reads nothing yet.
    pub fn at(root: &Path, config: &Config) -> Self {
        Self {
            root: root.to_owned(),
            config: config.clone(),
            keys: KeyDir::at(root.join(&config.keys.dir)),
            engine: Arc::default(),
        }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the running server listens for commands of this machine.
    pub fn socket(&self) -> PathBuf {
        self.root.join("run/portal.sock")
    }

    /// Whether the portal's keys are here.
    ///
    /// # Errors
    /// A plain sentence with the command that makes them.
    pub fn require_keys(&self) -> Result<(), CliFault> {
        match self.keys.is_complete() {
            true => Ok(()),
            // Whatever is there was made with the keys that are gone; new ones would open none of it.
            false if ["ledger", &self.config.keys.dir].iter().any(|part| self.root.join(part).exists()) => {
                Err(CliFault::new(
                    format_args!(
                        "keys of this portal are missing in {}",
                        self.root.join(&self.config.keys.dir).display()
                    ),
                    "restore them from their backup; new ones would not open this ledger",
                ))
            }
            false => Err(CliFault::new(
                format_args!("{} is not a portal's data directory: its keys are missing", self.root.display()),
                format_args!("make one with `hocba key portal --data {} --root ROOT.jwk`", self.root.display()),
            )),
        }
    }

    /// Makes the portal's keys where there are none.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn create_keys(&self) -> Result<(), CliFault> {
        self.keys.create_missing().map_err(storage)
    }

    fn secret(&self, purpose: Purpose) -> Result<SecretKey, CliFault> {
        Ok(self.keys.storage().map_err(storage)?.derive(purpose))
    }

    fn signing_key(&self, which: PortalKey) -> Result<SigningKey, CliFault> {
        match self.keys.portal_key(which).map_err(storage)? {
            PrivateKey::Ed25519(key) => Ok(*key),
            _ => Err(storage("a portal key is not Ed25519")),
        }
    }

    /// The key that signs receipts.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn portal_key(&self) -> Result<PrivateKey, CliFault> {
        self.keys.portal_key(PortalKey::Portal).map_err(storage)
    }

    /// The key that signs tokens of copies, and those before it; None where there never was one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn token_key(&self) -> Result<Option<TokenKey>, CliFault> {
        self.keys.token_key().map_err(storage)
    }

    /// Makes a new key of tokens and keeps the public half of the one before.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn renew_token_key(&self) -> Result<TokenKey, CliFault> {
        self.keys.renew_token_key().map_err(storage)
    }

    fn checkpointer(&self) -> Result<Checkpointer, CliFault> {
        let (log, freshness) = (self.signing_key(PortalKey::Log)?, self.signing_key(PortalKey::Freshness)?);
        Checkpointer::new(&self.config.log.origin, log, freshness).map_err(storage)
    }

    /// What checks this log's checkpoints.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn verifier(&self) -> Result<LogVerifier, CliFault> {
        Ok(self.checkpointer()?.verifier().clone())
    }

    /// The ledger's directory.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn ledger_disk(&self) -> Result<Arc<dyn Disk>, CliFault> {
        Ok(Arc::new(RealDisk::create(self.root.join("ledger")).map_err(storage)?))
    }

    /// The ledger, to read.
    ///
    /// # Errors
    /// When there is none yet, or its checkpoint does not verify.
    pub fn reader(&self) -> Result<Arc<LedgerReader>, CliFault> {
        let reader = LedgerReader::open(self.ledger_disk()?, self.verifier()?, &self.secret(Purpose::Bodies)?);
        Ok(Arc::new(reader.map_err(|fault| {
            CliFault::new(
                format_args!("the ledger cannot be read: {fault}"),
                "run `hocba audit` on it, or restore it from the backup",
            )
        })?))
    }

    /// The ledger's only writer, with its index caught up.
    ///
    /// # Errors
    /// When another process is the writer (its number is named), or the ledger is damaged.
    pub fn intake(&self, now: Moment) -> Result<Intake, CliFault> {
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(0);
        let disk = self.ledger_disk()?;
        let setup = Setup {
            disk: Arc::clone(&disk),
            bodies: self.secret(Purpose::Bodies)?,
            checkpointer: self.checkpointer()?,
            max_clock_gap_h: self.config.log.max_clock_gap_h,
            threads: Setup::default_threads(),
            seen: self.seen()?,
        };
        let writer = Writer::open(setup, now_ms).map_err(writer_fault)?;
        Intake::new(IntakeParts {
            writer,
            index_dir: self.index(),
            roots: self.config.trust.roots.clone(),
            disk,
            reader: self.reader()?,
            keyed: self.index_key()?,
            receipt_key: self.portal_key()?,
            limits: self.config.intake.clone(),
            now,
        })
        .map_err(storage)
    }

    fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Whether this is the directory of a ledger's writer: nobody else has an intake index.
    pub fn has_index(&self) -> bool {
        self.index().exists()
    }

    /// Deletes the intake index, which the next writer makes again from the ledger.
    ///
    /// # Errors
    /// While a writer runs, whose index it is.
    pub fn forget_index(&self) -> Result<(), CliFault> {
        let note = format!("process {}\n", std::process::id());
        let _lock = self.ledger_disk()?.lock(crate::ledger::layout::LOCK, &note).map_err(|fault| {
            CliFault::new(format_args!("the intake index is in use: {fault}"), "stop the writer and run it again")
        })?;
        match std::fs::remove_dir_all(self.index()) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(storage(format_args!("{}: {e}", self.index().display())))
            }
            _ => Ok(()),
        }
    }

    /// The largest tree that answers from here relied on: a ledger below it was rolled back.
    ///
    /// # Errors
    /// When it was noted and the note cannot be read.
    pub fn seen(&self) -> Result<Option<Seen>, CliFault> {
        let noted = SeenFile::in_dir(&self.derived()).read().map_err(seen_fault)?;
        let position = durable_position(&self.derived().join("heads"));
        let reflected = position.map(|position| Seen { size: position.size, root: position.root });
        Ok([noted, reflected].into_iter().flatten().max_by_key(|seen| seen.size))
    }

    /// Lets derived stores that are made again in `next` start with what is known of the ledger: it may
    /// have been put back meanwhile.
    ///
    /// # Errors
    /// As [`DataDir::seen`]; when the note cannot be written.
    pub fn hand_on_seen(&self, next: &Path) -> Result<(), CliFault> {
        let Some(seen) = self.seen()? else { return Ok(()) };
        crate::fsync::create_dir(next).map_err(storage)?;
        SeenFile::in_dir(next).remember(seen).map_err(seen_fault)
    }

    /// Official certificates, and what authorities said of them.
    pub fn certificates(&self) -> Store {
        Store::at(self.root.join("certificates"))
    }

    /// The derived stores.
    pub fn derived(&self) -> PathBuf {
        self.root.join("derived")
    }

    /// A follower over the derived stores in `dir`.
    ///
    /// # Errors
    /// When they are damaged, or in use by another process.
    pub fn following(&self, dir: &Path) -> Result<Following, CliFault> {
        let reader = self.reader()?;
        let options = HeadsOptions { cache_bytes: self.cache_bytes(), ..HeadsOptions::default() };
        let heads = Heads::open(&dir.join("heads"), options).map_err(|e| match e {
            HeadsFault::Locked => CliFault::new(e, "stop the server that uses this data directory, or ask it"),
            other => CliFault::damaged_stores(other),
        })?;
        let records = self.records(dir)?;
        let tiles = self.config.records.tile_cache_mb * MIB;
        let follower = Follower::start(Arc::clone(&reader), heads, Arc::clone(&records), SeenFile::in_dir(dir), tiles)
            .map_err(|e| match e {
                FollowFault::RolledBack { .. } => {
                    CliFault::new(&e, "restore the newer ledger; never continue from the older one")
                }
                FollowFault::Seen(fault) => seen_fault(fault),
                other => CliFault::damaged_stores(other),
            })?;
        Ok(Following { follower, records, reader })
    }

    /// Where the search index is among derived stores in `dir`.
    pub fn search_in(dir: &Path) -> PathBuf {
        dir.join("search")
    }

    /// What keeps the search index among derived stores in `dir` up; opens nothing yet.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn indexer(&self, dir: &Path, following: &Following) -> Result<Indexer, CliFault> {
        Ok(Indexer::new(
            Arc::clone(&following.reader),
            following.follower.published(),
            Arc::clone(&following.records),
            Self::search_in(dir),
            self.numbers_key()?,
        ))
    }

    /// Keyed hashes of identification numbers in the search index.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn numbers_key(&self) -> Result<KeyedHash, CliFault> {
        Ok(KeyedHash::new(self.secret(Purpose::Search)?.as_bytes()))
    }

    /// For verified blocks of one table.
    fn cache_bytes(&self) -> u64 {
        self.config.records.cache_mb * MIB
    }

    fn records(&self, dir: &Path) -> Result<Arc<dyn RecordStore>, CliFault> {
        Ok(match self.config.records.backend {
            RecordsBackend::Embedded => {
                Arc::new(Embedded::open(&dir.join("records")).map_err(CliFault::damaged_stores)?)
            }
            RecordsBackend::Redis => {
                let key = self.secret(Purpose::Records)?;
                let opened = InRedis::open(&dir.join("trail"), self.cache_bytes(), key.as_bytes(), self.shared()?);
                Arc::new(opened.map_err(|fault| match fault {
                    RecordsFault::Refused(what) => refused(what),
                    other => CliFault::damaged_stores(other),
                })?)
            }
        })
    }

    /// The engine shared with other replicas. That it is away is no fault: it may come.
    ///
    /// # Errors
    /// Settings that cannot work; a Redis that refuses us.
    pub fn shared(&self) -> Result<Arc<Shared>, CliFault> {
        if let Some(engine) = self.engine.get() {
            return Ok(Arc::clone(engine));
        }
        let refused =
            |fault| CliFault::new(fault, "see docs/operating.md, \"Many machines\", for user, rights and TLS");
        let engine = Shared::open(self.redis_options()?).map_err(refused)?;
        Ok(Arc::clone(self.engine.get_or_init(|| engine)))
    }

    fn redis_options(&self) -> Result<Options, CliFault> {
        let redis = &self.config.redis;
        let read = |name: &str| {
            let path = self.root.join(name);
            std::fs::read(&path).map_err(|e| {
                CliFault::new(
                    format_args!("cannot read {}: {e}", path.display()),
                    "check the names in [redis] of the configuration",
                )
            })
        };
        let file = |name: &str| if name.is_empty() { Ok(None) } else { read(name).map(Some) };
        let password = match redis.password_env.as_str() {
            "" => file(&redis.password_file)?.map(|bytes| Secret::new(bytes.trim_ascii())),
            name => Some(std::env::var(name).map(Secret::new).map_err(|_| {
                CliFault::new(format_args!("the environment variable {name} is not set"), "set it to Redis's password")
            })?),
        };
        let identity = match (file(&redis.cert_file)?, file(&redis.key_file)?) {
            (Some(certificate), Some(key)) => Some((certificate, Secret::new(key))),
            _ => None,
        };
        Ok(Options {
            urls: redis.urls.clone(),
            cluster: redis.cluster,
            username: redis.username.clone(),
            password,
            ca: file(&redis.ca_file)?,
            identity,
            timeout: Duration::from_millis(redis.timeout_ms),
            pool: redis.pool,
            prefix: redis.prefix.clone(),
        })
    }

    /// The journal.
    ///
    /// # Errors
    /// When it is damaged, or another process owns it.
    pub fn journal(&self) -> Result<Arc<Journal>, CliFault> {
        let key = TagKey::new(self.secret(Purpose::Journal)?.as_bytes());
        Ok(Arc::new(Journal::open(&self.root.join("journal"), key).map_err(storage)?))
    }

    /// Reports of errors.
    ///
    /// # Errors
    /// When they cannot be opened, or another process owns them.
    pub fn reports(&self) -> Result<Reports, CliFault> {
        let limits = &self.config.reports;
        let bounds = Bounds {
            at_a_time: limits.at_a_time,
            per_day: limits.per_day,
            per_transcript: limits.per_transcript,
            keep_days: limits.keep_days,
        };
        let key = self.secret(Purpose::Reports)?;
        Reports::open(&self.root.join("reports"), key.as_bytes(), bounds).map_err(storage)
    }

    /// Offices, those who act for them, and their sessions. Makes one password hash, so it takes a moment.
    ///
    /// # Errors
    /// When a file cannot be opened, or another process owns them.
    pub fn office_desk(&self, journal: &Arc<Journal>) -> Result<OfficeDesk, CliFault> {
        let key = self.secret(Purpose::Offices)?;
        let hasher = Hasher::new(Cost::default()).map_err(no_randomness)?;
        let dir = self.root.join("offices");
        let offices = Offices::open(&dir, key.as_bytes(), offices::Bounds::default(), hasher).map_err(storage)?;
        let waits = SignInWaits::new(WaitLimits::default()).map_err(no_randomness)?;
        let sessions = &self.config().offices;
        let terms =
            Terms { idle_s: sessions.session_idle_s, longest_s: sessions.session_longest_s, ..Terms::default() };
        Ok(OfficeDesk::new(offices, terms, waits, Arc::clone(journal)))
    }

    /// What seals the journeys of members of offices who sign in at a provider.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn journeys_key(&self) -> Result<SecretKey, CliFault> {
        self.secret(Purpose::Journeys)
    }

    /// Registered apps, and the access tokens they are given.
    ///
    /// # Errors
    /// When a file cannot be opened, or another process owns them.
    pub fn app_desk(&self, journal: &Arc<Journal>, now: Moment) -> Result<AppDesk, CliFault> {
        let key = self.secret(Purpose::Apps)?;
        let apps = Apps::open(&self.root.join("apps"), key.as_bytes()).map_err(storage)?;
        Ok(AppDesk::new(apps, Arc::clone(journal), &self.config().portal.public_url, now))
    }

    /// What a portal answers offices with, over this index.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn office_parts(&self, index: ShownIndex) -> Result<OfficeParts, CliFault> {
        let limits = &self.config.limits;
        let limiter = |per_minute, burst| RateLimiter::new(per_minute, burst, limits.max_keys);
        Ok(OfficeParts {
            index,
            numbers: self.numbers_key()?,
            searches: limiter(limits.searches_per_minute, limits.search_burst),
            opens: limiter(limits.office_opens_per_minute, limits.office_open_burst),
            consents: RateLimiter::new(limits.app_requests_per_minute, limits.app_request_burst, limits.max_keys),
        })
    }

    /// Batches that offices hand in.
    ///
    /// # Errors
    /// When they cannot be opened, or another process owns them.
    pub fn batches(&self) -> Result<Jobs, CliFault> {
        let key = self.secret(Purpose::Batches)?;
        Jobs::open(&self.root.join("batches"), key.as_bytes(), jobs::Bounds::default()).map_err(storage)
    }

    /// The secret under which limits are named that replicas share.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn limits_key(&self) -> Result<[u8; 32], CliFault> {
        Ok(*self.secret(Purpose::Limits)?.as_bytes())
    }

    /// The secret under which opened pages are given their tickets, the same on every replica.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn tickets_key(&self) -> Result<TicketKey, CliFault> {
        Ok(TicketKey::new(self.secret(Purpose::Tickets)?.as_bytes()))
    }

    /// Counters of wrong second factors: of this process, or of all replicas.
    ///
    /// # Errors
    /// When Redis refuses to count; when the system gives no random bytes.
    pub fn attempts(&self, now: Moment) -> Result<Attempts, CliFault> {
        let limits = &self.config.limits;
        let most = AttemptLimits {
            per_prefix: limits.wrong_per_day_and_prefix,
            per_transcript: limits.wrong_per_day,
            max_keys: limits.max_keys,
        };
        match limits.backend {
            LimitsBackend::Local => AttemptCounters::new(most, now).map(Attempts::Here).map_err(no_randomness),
            LimitsBackend::Redis => {
                let counters = SharedAttempts::new(&self.shared()?, &self.limits_key()?, most);
                counters.try_rights(now).map_err(refused)?;
                Ok(Attempts::Shared(counters))
            }
        }
    }

    /// Copies that were handed out and those that are void: what the journal says of them, and what the replicas do.
    ///
    /// # Errors
    /// When the journal or a key cannot be read; when Redis refuses.
    pub fn copies(&self, journal: &Arc<Journal>, now: Moment) -> Result<Copies, CliFault> {
        let together = match self.config.limits.backend {
            LimitsBackend::Local => None,
            LimitsBackend::Redis => {
                let secret = self.secret(Purpose::Copies)?;
                let shared = SharedCopies::new(&self.shared()?, secret.as_bytes()).map_err(no_randomness)?;
                shared.try_rights(now).map_err(refused)?;
                Some(shared)
            }
        };
        let setup = copies::Setup {
            key: self.token_key()?,
            journal: Arc::clone(journal),
            together,
            disclose_days: self.config.copies.disclose_days,
        };
        Copies::open(setup, now).map_err(storage)
    }

    /// Keyed hashes in the intake index.
    ///
    /// # Errors
    /// When the storage key cannot be read.
    pub fn index_key(&self) -> Result<KeyedHash, CliFault> {
        Ok(KeyedHash::new(self.secret(Purpose::Index)?.as_bytes()))
    }
}
