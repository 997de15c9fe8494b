//! The shared engine: Redis, alone or as a cluster, for what many replicas keep together.
//!
//! A tool that knows nothing of what it holds. What matters about it:
//!
//! - **It may be away.** Every call ends within `redis.timeout_ms`. After [`FAILURES`] calls in a row
//!   without an answer the connections are taken down ([`SharedFault::Away`] at once, nobody waits) and a
//!   keeper in the background tries until Redis answers again.
//! - **It may lie.** Nothing here checks what comes back; who asks must.
//! - **One connection carries many calls at a time**: they are pipelined as they come, so a call costs no
//!   connection and a slow one holds up nobody's thread. Connections live on a thread of their own; calls
//!   may be awaited on any runtime, or waited for with [`Shared::wait`].
//!
//! One key a command, except where a script names keys of one hash tag: so everything works on a cluster.

mod connect;
mod keeper;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use futures_util::stream::StreamExt as _;
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use connect::{Connection, Opener};

pub use connect::Secret;

/// Calls in a row without an answer after which nobody waits any more.
pub const FAILURES: u32 = 5;
/// Calls of one batch that are on their way at a time.
const IN_FLIGHT: usize = 256;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharedFault {
    /// Redis does not answer, or is known not to.
    #[error("Redis does not answer")]
    Away,
    /// Redis answers, and refuses: user, password, rights, memory.
    #[error("Redis refuses: {0}")]
    Refused(String),
    /// A script that Redis does not know (any more).
    #[error("Redis does not know the script")]
    NoScript,
    /// Settings that cannot work.
    #[error("redis settings: {0}")]
    Settings(String),
}

/// A script that Redis runs as a whole, and the hash it knows it by.
#[derive(Debug)]
pub struct Script {
    body: &'static str,
    hash: String,
}

impl Script {
    /// From its text.
    pub fn new(body: &'static str) -> Self {
        Self { body, hash: redis::Script::new(body).get_hash().to_owned() }
    }
}

/// How the engine is, for status and metrics.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SharedHealth {
    /// Calls are being made; false: nobody waits, a keeper tries to reach it.
    pub up: bool,
    /// Why it is not up, in plain words.
    pub fault: Option<String>,
    /// Times that it was given up since the start.
    pub given_up: u32,
}

/// What the engine is reached with.
#[derive(Debug, Clone)]
pub struct Options {
    /// `redis://host:port`, `rediss://host:port` (TLS) or `unix:///path`; several for a cluster.
    pub urls: Vec<String>,
    /// Whether they are nodes of a cluster.
    pub cluster: bool,
    /// ACL user; empty: the default user.
    pub username: String,
    /// Its password.
    pub password: Option<Secret>,
    /// PEM of the authorities that may have signed the server's certificate; None: the system's.
    pub ca: Option<Vec<u8>>,
    /// PEM of our own certificate and key, where the server asks for one.
    pub identity: Option<(Vec<u8>, Secret)>,
    /// How long a call may take.
    pub timeout: Duration,
    /// Connections (to each node of a cluster).
    pub pool: usize,
    /// What all keys begin with.
    pub prefix: String,
}

/// A handle to the engine; the connections end with it.
pub struct Shared {
    state: Arc<State>,
    /// The runtime of the connections.
    runtime: Handle,
    /// Dropped: the keeper ends, and the connections with it.
    _stop: tokio::sync::oneshot::Sender<()>,
}

struct State {
    connections: ArcSwapOption<Vec<Connection>>,
    next: AtomicUsize,
    failures: AtomicU32,
    given_up: AtomicU32,
    fault: ArcSwap<Option<SharedFault>>,
    /// Told when the connections were taken down.
    down: Notify,
    timeout: Duration,
    prefix: String,
}

impl Shared {
    /// Starts the keeper, and waits for its first word. A Redis that is away is no fault: it may come.
    ///
    /// # Errors
    /// [`SharedFault::Settings`]; [`SharedFault::Refused`] when user, password or certificate are not
    /// taken: waiting would not help.
    pub fn open(options: Options) -> Result<Arc<Self>, SharedFault> {
        let opener = Opener::new(&options)?;
        let state = Arc::new(State {
            connections: ArcSwapOption::empty(),
            next: AtomicUsize::new(0),
            failures: AtomicU32::new(0),
            given_up: AtomicU32::new(0),
            fault: ArcSwap::from_pointee(None),
            down: Notify::new(),
            timeout: options.timeout,
            prefix: options.prefix,
        });
        let (runtime, stop, first) = keeper::start(opener, Arc::clone(&state))?;
        match first {
            Err(fault @ (SharedFault::Refused(_) | SharedFault::Settings(_))) => Err(fault),
            Err(SharedFault::Away | SharedFault::NoScript) | Ok(()) => {
                Ok(Arc::new(Self { state, runtime, _stop: stop }))
            }
        }
    }

    /// What all keys begin with.
    pub fn prefix(&self) -> &str {
        &self.state.prefix
    }

    /// How it is.
    pub fn health(&self) -> SharedHealth {
        let up = self.state.connections.load().is_some();
        let fault = if up { None } else { self.state.fault.load().as_ref().as_ref().map(ToString::to_string) };
        SharedHealth { up, fault, given_up: self.state.given_up.load(Ordering::Relaxed) }
    }

    /// One command.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, SharedFault> {
        let mut connection = self.state.connection()?;
        let answer = tokio::time::timeout(self.state.timeout, command.query_async(&mut connection)).await;
        let answer = match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(fault_of(&error)),
            Err(_) => Err(SharedFault::Away),
        };
        self.state.learn(answer.as_ref().err());
        answer
    }

    /// Many commands, pipelined; answers in their order. A cluster takes them each to its node.
    pub async fn ask_all<T: FromRedisValue>(&self, commands: Vec<Cmd>) -> Vec<Result<T, SharedFault>> {
        let asked = commands.into_iter().map(|command| async move { self.ask::<T>(&command).await });
        futures_util::stream::iter(asked).buffered(IN_FLIGHT).collect().await
    }

    /// Runs a script; its keys are of one hash tag.
    ///
    /// # Errors
    /// [`SharedFault`].
    pub async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[String],
        arguments: &[u64],
    ) -> Result<T, SharedFault> {
        let command = |what: &str, body: &str| {
            let mut command = redis::cmd(what);
            command.arg(body).arg(keys.len()).arg(keys).arg(arguments);
            command
        };
        match self.ask(&command("EVALSHA", &script.hash)).await {
            // A node that was started again, or emptied: it learns the script with this call.
            Err(SharedFault::NoScript) => self.ask(&command("EVAL", script.body)).await,
            answer => answer,
        }
    }

    /// Waits for a call on a thread that may block; its work is done on the connections' own thread.
    ///
    /// # Errors
    /// [`SharedFault::Away`] when the process is ending; otherwise what the call says.
    pub fn wait<T, F, C>(self: &Arc<Self>, call: C) -> Result<T, SharedFault>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, SharedFault>> + Send + 'static,
        C: FnOnce(Arc<Self>) -> F,
    {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        let work = call(Arc::clone(self));
        self.runtime.spawn(async move {
            // Nobody listens any more: then nobody misses it.
            let _ = send.send(work.await);
        });
        receive.recv().unwrap_or(Err(SharedFault::Away))
    }
}

impl State {
    fn connection(&self) -> Result<Connection, SharedFault> {
        let guard = self.connections.load();
        let Some(connections) = guard.as_ref().filter(|all| !all.is_empty()) else {
            // What keeps it down may be a refusal; who asked is told the same either way.
            return Err(SharedFault::Away);
        };
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % connections.len();
        connections.get(turn).cloned().ok_or(SharedFault::Away)
    }

    /// Counts calls without an answer; any answer, even a refusal, ends the row.
    fn learn(&self, fault: Option<&SharedFault>) {
        if fault == Some(&SharedFault::Away) {
            let row = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
            if row >= FAILURES {
                self.give_up();
            }
        } else if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    fn give_up(&self) {
        if self.connections.swap(None).is_some() {
            self.given_up.fetch_add(1, Ordering::Relaxed);
            self.fault.store(Arc::new(Some(SharedFault::Away)));
            tracing::warn!("Redis does not answer: nobody waits for it until it does");
            self.down.notify_one();
        }
    }
}

/// Refusals that the library hands on as failed connections, a cluster all of them: somebody must change
/// something.
fn is_refusal(text: &str) -> bool {
    ["certificate", "WRONGPASS", "NOAUTH", "NOPERM", "AuthenticationFailed"].iter().any(|word| text.contains(word))
}

/// Errors of the library in our terms. What a server says holds neither keys nor values of ours.
fn fault_of(error: &RedisError) -> SharedFault {
    let away = error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || matches!(
            error.kind(),
            ErrorKind::ClusterConnectionNotFound
                | ErrorKind::Server(
                    ServerErrorKind::BusyLoading
                        | ServerErrorKind::ClusterDown
                        | ServerErrorKind::MasterDown
                        | ServerErrorKind::ReadOnly
                        | ServerErrorKind::TryAgain
                        | ServerErrorKind::Moved
                        | ServerErrorKind::Ask
                )
        );
    match error.kind() {
        _ if is_refusal(&error.to_string()) => SharedFault::Refused(error.to_string()),
        _ if away => SharedFault::Away,
        ErrorKind::Server(ServerErrorKind::NoScript) => SharedFault::NoScript,
        ErrorKind::InvalidClientConfig => SharedFault::Settings(error.to_string()),
        _ => SharedFault::Refused(error.to_string()),
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("prefix", &self.state.prefix).finish_non_exhaustive()
    }
}
