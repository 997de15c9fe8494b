//! Configuration: plain checked data. `config/default.toml` holds the only defaults; a file given
//! with `--config` and `DATA/hocba.toml` override single values. Unknown names are refused.

mod openid;
mod soft_copy;

use std::net::SocketAddr;
use std::path::Path;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use openid::{CredentialFile, OpenId};
pub use soft_copy::{FormerSigner, SoftCopy};

use crate::signing::jwk::Jwk;

const DEFAULT: &str = include_str!("../../config/default.toml");

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// A file that cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// Not TOML, a name that does not exist, or a value of the wrong type.
    #[error("{path}: {message}")]
    Parse {
        /// Which file.
        path: String,
        /// Line, column and what is wrong.
        message: String,
    },
    /// Values that do not fit together.
    #[error("configuration: {0}")]
    Rule(&'static str),
}

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who we are to the public.
    pub portal: Portal,
    /// Listening and connections.
    pub serve: Serve,
    /// The pinned ministry root.
    pub trust: Trust,
    /// Where keys are.
    pub keys: Keys,
    /// The transparency log.
    pub log: Log,
    /// Official certificates.
    pub certificates: Certificates,
    /// What packages may be.
    pub intake: Intake,
    /// Rate limits and attempts.
    pub limits: Limits,
    /// Reports of errors.
    pub reports: Reports,
    /// Offices that sign in.
    pub offices: Offices,
    /// What auditors are alerted to.
    pub oversight: Oversight,
    /// Copies that holders hand on.
    pub copies: Copies,
    /// Soft copies (bản mềm) and who signs them.
    pub soft_copy: SoftCopy,
    /// Record store and caches.
    pub records: Records,
    /// The engine that replicas share.
    pub redis: Redis,
    /// Our own log lines.
    pub log_output: LogOutput,
}

/// `[portal]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// The one public URL, without a slash at the end.
    pub public_url: String,
    /// Contact, a `mailto:` or `https:` URL.
    pub contact: String,
    /// Owner of the system, named on pages.
    pub owner: String,
}

/// What a serving process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Answers the public.
    Public,
    /// Answers offices (search, batch).
    Offices,
    /// Owns the ledger: takes packages, renews the cosignature.
    Writer,
}

/// `[serve]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// Public listener.
    pub listen: SocketAddr,
    /// Operators' listener.
    pub admin_listen: SocketAddr,
    /// Roles of this process.
    pub roles: Vec<RoleName>,
    /// Worker threads; 0: one per core.
    pub workers: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Milliseconds for a request head.
    pub header_deadline_ms: u64,
    /// Milliseconds for a request body.
    pub body_deadline_ms: u64,
    /// Seconds to drain after SIGTERM.
    pub drain_s: u64,
    /// Most connections at a time.
    pub max_connections: usize,
    /// Most disclosures at a time.
    pub disclosures_at_once: usize,
    /// Milliseconds that a further one waits for its turn.
    pub disclosure_wait_ms: u64,
    /// Soft copies that are printed or judged at a time.
    pub soft_copies_at_once: usize,
    /// Requests that wait for that; further ones are refused at once.
    pub soft_copies_waiting: usize,
    /// Milliseconds that one waits.
    pub soft_copy_wait_ms: u64,
    /// Requests under way above which disclosures are refused at once.
    pub shed_above_in_flight: usize,
}

/// `[trust]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// Pinned public keys of the ministry root.
    pub roots: Vec<Jwk>,
}

/// `[keys]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Directory, relative to the data directory.
    pub dir: String,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Origin line and key name.
    pub origin: String,
    /// Seconds between cosignatures.
    pub cosign_every_s: u64,
    /// Seconds between anchors of the journal.
    pub anchor_every_s: u64,
    /// Seconds after which the log counts as stale.
    pub max_age_s: u64,
    /// Hours the clock may jump ahead of the last cosignature.
    pub max_clock_gap_h: u64,
}

/// `[certificates]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificates {
    /// Files of root certificates (DER or PEM), relative to the data directory; none: nothing is official.
    pub roots: Vec<String>,
    /// Policies (dotted numbers) of which a certificate must name one; none: any will do.
    pub policies: Vec<String>,
    /// Whether the writer asks authorities.
    pub fetch: bool,
    /// Hosts (`host` or `host:port`) that may be asked.
    pub allowed_hosts: Vec<String>,
    /// Whether single certificates are asked about, beside the lists.
    pub ocsp: bool,
    /// Seconds between rounds of asking.
    pub refresh_s: u64,
    /// Milliseconds for one answer.
    pub timeout_ms: u64,
}

/// `[[intake.windows]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Name in manifests.
    pub name: String,
    /// `MM-DD`; a package accepted on or after it counts as late.
    pub deliver_before: String,
}

/// `[intake]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// Most lines of a package.
    pub max_lines: u64,
    /// Most decompressed bytes of a package.
    pub max_package_bytes: u64,
    /// Most bytes of an upload.
    pub max_upload_bytes: u64,
    /// Seconds a claimed time may be ahead.
    pub clock_skew_s: u64,
    /// Days after the freeze without backfill.
    pub max_frozen_age_days: u64,
    /// Delivery windows.
    pub windows: Vec<Window>,
}

/// `[reports]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Most at a time.
    pub at_a_time: usize,
    /// Most a day.
    pub per_day: usize,
    /// Most for one transcript in thirty days.
    pub per_transcript: usize,
    /// Days that each is kept.
    pub keep_days: u32,
}

/// `[offices]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offices {
    /// Seconds without a request after which a session ends.
    pub session_idle_s: i64,
    /// Seconds after which it ends in any case.
    pub session_longest_s: i64,
    /// Where their members may sign in besides.
    pub openid: OpenId,
}

/// `[oversight]`: more than so many are an alert.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oversight {
    /// Searches and opened transcripts of one account in an hour.
    pub looks_per_hour: u64,
    /// Different transcripts that one account saw in a day.
    pub transcripts_per_day: u64,
    /// Searches and codes of one account in a day that led to nothing.
    pub misses_per_day: u64,
    /// Rows of batches of one account in a day.
    pub rows_per_day: u64,
    /// First hour of a working day, in Vietnam.
    pub hours_from: u8,
    /// The hour at which it ends.
    pub hours_to: u8,
    /// Days that alerts are shown.
    pub alerts_days: u16,
}

/// `[limits]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Who counts.
    pub backend: LimitsBackend,
    /// Verdicts a minute and address.
    pub verdicts_per_minute: u32,
    /// Burst of them.
    pub verdict_burst: u32,
    /// Disclosures a minute and address.
    pub disclosures_per_minute: u32,
    /// Burst of them.
    pub disclosure_burst: u32,
    /// Wrong second factors a day, transcript and prefix.
    pub wrong_per_day_and_prefix: u32,
    /// Wrong second factors a day and transcript.
    pub wrong_per_day: u32,
    /// Searches of one account of an office a minute.
    pub searches_per_minute: u32,
    /// Burst of them.
    pub search_burst: u32,
    /// Transcripts that one account of an office opens a minute.
    pub office_opens_per_minute: u32,
    /// Burst of them.
    pub office_open_burst: u32,
    /// Questions of one partner's app a minute.
    pub app_requests_per_minute: u32,
    /// Questions of one partner's app at once.
    pub app_request_burst: u32,
    /// Most keys remembered.
    pub max_keys: usize,
}

/// `[copies]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// Days that a copy's token discloses; it verifies for ever.
    pub disclose_days: u32,
}

/// `[records]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// Where records are.
    pub backend: RecordsBackend,
    /// MiB of checked blocks of the heads.
    pub cache_mb: u64,
    /// MiB of checked tiles.
    pub tile_cache_mb: u64,
}

/// Who counts requests and tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitsBackend {
    /// Each process for itself.
    Local,
    /// All replicas together, in Redis.
    Redis,
}

/// Where records are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordsBackend {
    /// In the data directory.
    Embedded,
    /// In Redis, for replicas without a record store of their own.
    Redis,
}

/// `[redis]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// Addresses; several for a cluster. Never with a password.
    pub urls: Vec<String>,
    /// Whether they are nodes of a cluster.
    pub cluster: bool,
    /// ACL user; empty: the default user.
    pub username: String,
    /// File with the password, relative to the data directory; empty: none.
    pub password_file: String,
    /// Name of the environment variable with the password; empty: none.
    pub password_env: String,
    /// PEM of the authorities that signed the server's certificate; empty: the system's.
    pub ca_file: String,
    /// PEM of our certificate, where the server asks for one; empty: none.
    pub cert_file: String,
    /// PEM of its key.
    pub key_file: String,
    /// Milliseconds that a call may take.
    pub timeout_ms: u64,
    /// Connections, to each node of a cluster.
    pub pool: usize,
    /// What all keys begin with.
    pub prefix: String,
}

/// `[log_output]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogOutput {
    /// Least severe level shown.
    pub level: String,
    /// `text` or `json`.
    pub format: String,
}

impl Config {
    /// The defaults alone.
    ///
    /// # Errors
    /// Never in a released binary: a test parses the file.
    pub fn defaults() -> Result<Self, ConfigFault> {
        Self::layered(&[])
    }

    /// Defaults, then each existing file in turn over them.
    ///
    /// # Errors
    /// [`ConfigFault`] names file and place.
    pub fn load(files: &[&Path]) -> Result<Self, ConfigFault> {
        let mut layers = Vec::new();
        for path in files {
            let name = path.display().to_string();
            let text =
                std::fs::read_to_string(path).map_err(|source| ConfigFault::Read { path: name.clone(), source })?;
            layers.push((name, text));
        }
        Self::layered(&layers)
    }

    fn layered(layers: &[(String, String)]) -> Result<Self, ConfigFault> {
        let parse = |path: &str, text: &str| -> Result<toml::Table, ConfigFault> {
            text.parse().map_err(|e: toml::de::Error| ConfigFault::Parse { path: path.into(), message: e.to_string() })
        };
        let mut table = parse("config/default.toml", DEFAULT)?;
        let mut last = "config/default.toml".to_owned();
        for (path, text) in layers {
            overlay(&mut table, parse(path, text)?);
            last.clone_from(path);
        }
        let config: Self =
            table.try_into().map_err(|e: toml::de::Error| ConfigFault::Parse { path: last, message: e.to_string() })?;
        config.check()?;
        Ok(config)
    }

    /// Whether anything is kept in Redis.
    pub fn uses_redis(&self) -> bool {
        self.records.backend == RecordsBackend::Redis || self.limits.backend == LimitsBackend::Redis
    }

    fn check(&self) -> Result<(), ConfigFault> {
        let rules = [
            (!self.portal.public_url.ends_with('/'), "portal.public_url must not end with a slash"),
            (signed_note::is_key_name_valid(&self.log.origin), "log.origin must be a key name without spaces or +"),
            (self.log.max_age_s > self.log.cosign_every_s, "log.max_age_s must exceed log.cosign_every_s"),
            (self.log.anchor_every_s > 0, "log.anchor_every_s must be above 0"),
            (self.limits.verdicts_per_minute > 0 && self.limits.verdict_burst > 0, "limits.verdict* must be above 0"),
            (
                self.limits.disclosures_per_minute > 0 && self.limits.disclosure_burst > 0,
                "limits.disclosure* must be above 0",
            ),
            (self.limits.searches_per_minute > 0 && self.limits.search_burst > 0, "limits.search* must be above 0"),
            (
                self.limits.office_opens_per_minute > 0 && self.limits.office_open_burst > 0,
                "limits.office_open* must be above 0",
            ),
            (
                self.limits.app_requests_per_minute > 0 && self.limits.app_request_burst > 0,
                "limits.app_request* must be above 0",
            ),
            ((1..=3650).contains(&self.copies.disclose_days), "copies.disclose_days is from 1 to 3650"),
            ((1..=900).contains(&self.offices.session_idle_s), "offices.session_idle_s is from 1 to 900"),
            ((1..=28_800).contains(&self.offices.session_longest_s), "offices.session_longest_s is from 1 to 28800"),
            (
                self.oversight.hours_from < self.oversight.hours_to && self.oversight.hours_to <= 24,
                "oversight.hours_from must be before oversight.hours_to, which is at most 24",
            ),
            ((1..=366).contains(&self.oversight.alerts_days), "oversight.alerts_days is from 1 to 366"),
            (self.certificates.refresh_s > 0, "certificates.refresh_s must be above 0"),
            (
                self.certificates.policies.iter().all(|p| is_dotted(p)),
                "certificates.policies are dotted numbers, as 2.16.704.1.1.1.1.1",
            ),
            (
                !self.uses_redis() || !self.redis.urls.is_empty(),
                "records.backend and limits.backend = \"redis\" need redis.urls",
            ),
            (self.redis.cluster || self.redis.urls.len() < 2, "several redis.urls need redis.cluster = true"),
            (
                self.redis.password_file.is_empty() || self.redis.password_env.is_empty(),
                "redis.password_file and redis.password_env exclude each other",
            ),
            (
                self.redis.cert_file.is_empty() == self.redis.key_file.is_empty(),
                "redis.cert_file and redis.key_file belong together",
            ),
            ((5..=1000).contains(&self.redis.timeout_ms), "redis.timeout_ms is from 5 to 1000"),
            ((1..=10_000).contains(&self.serve.disclosures_at_once), "serve.disclosures_at_once is from 1 to 10000"),
            (self.serve.disclosure_wait_ms <= 10_000, "serve.disclosure_wait_ms is at most 10000"),
            ((1..=256).contains(&self.serve.soft_copies_at_once), "serve.soft_copies_at_once is from 1 to 256"),
            ((1..=10_000).contains(&self.serve.soft_copies_waiting), "serve.soft_copies_waiting is from 1 to 10000"),
            (self.serve.soft_copy_wait_ms <= 60_000, "serve.soft_copy_wait_ms is at most 60000"),
            (self.serve.shed_above_in_flight > 0, "serve.shed_above_in_flight must be above 0"),
            ((1..=64).contains(&self.redis.pool), "redis.pool is from 1 to 64"),
            (
                self.redis.prefix.len() <= 64 && !self.redis.prefix.contains(['{', '}']),
                "redis.prefix is at most 64 bytes without braces",
            ),
            (self.intake.windows.iter().all(|w| w.deliver_before.len() == 5), "intake.windows.deliver_before is MM-DD"),
        ];
        match rules.iter().chain(&self.soft_copy.rules()).chain(&self.offices.openid.rules()).find(|(holds, _)| !holds)
        {
            Some((_, rule)) => Err(ConfigFault::Rule(rule)),
            None => Ok(()),
        }
    }
}

fn is_dotted(policy: &str) -> bool {
    policy.contains('.') && policy.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()))
}

/// Tables merge member by member; anything else replaces.
fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(table)) => overlay(under, table),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}
