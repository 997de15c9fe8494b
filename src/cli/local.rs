//! The local socket: how commands of this machine talk to the running server.
//!
//! One JSON request a connection, one JSON answer, each a line. Whoever may open the socket may do
//! what an operator may; it is created for its owner alone.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CliFault;
use super::batch::BatchRequest;
use super::soft_copy::OperatorOrder;
use crate::portal::app_desk::AppRequest;
use crate::portal::desk::DeskRequest;
use crate::portal::office_desk::OfficeRequest;

/// Longest request or answer, in bytes.
const MAX_LINE: u64 = 64 << 20;
/// A request is one short line and comes at once; an answer may take as long as a package does.
const REQUEST_DEADLINE: Duration = Duration::from_secs(5);

/// What a command asks of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Take a package.
    Ingest {
        /// Absolute path.
        file: PathBuf,
        /// Check only.
        dry_run: bool,
    },
    /// The public verdict.
    Verdict {
        /// 32 hex digits.
        code: String,
    },
    /// Ask authorities about certificates now.
    RefreshCertificates,
    /// What is known about certificates.
    Certificates,
    /// Reports of errors.
    Reports {
        /// What an operator asks.
        request: DeskRequest,
    },
    /// Offices and their members.
    Offices {
        /// What an operator asks.
        request: OfficeRequest,
    },
    /// Apps and their keys.
    Apps {
        /// What an operator asks.
        request: AppRequest,
    },
    /// Batches of offices.
    Batches {
        /// What an operator asks.
        request: BatchRequest,
    },
    /// Issue a soft copy.
    SoftCopy {
        /// Of what, and for whom.
        order: OperatorOrder,
    },
    /// Judge a file.
    JudgeSoftCopy {
        /// Absolute path.
        file: PathBuf,
    },
    /// How the server is.
    Status,
    /// The clock is right although it is far past the last cosignature.
    ConfirmClock,
}

/// What the server says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The result.
    Done(Value),
    /// It could not be done.
    Failed {
        /// What went wrong.
        what: String,
        /// What to do next.
        remedy: String,
    },
}

impl From<CliFault> for Answer {
    fn from(fault: CliFault) -> Self {
        Self::Failed { what: fault.what, remedy: fault.remedy }
    }
}

/// Asks the running server; None when none is running here.
///
/// # Errors
/// What the server says, or that the connection broke.
pub fn ask(socket: &Path, request: &Request) -> Result<Option<Value>, CliFault> {
    let stream = match UnixStream::connect(socket) {
        Ok(stream) => stream,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => return Ok(None),
        Err(e) => {
            return Err(CliFault::new(
                format_args!("cannot reach the running server at {}: {e}", socket.display()),
                "run the command as the server's user",
            ));
        }
    };
    match exchange(stream, request) {
        Ok(Answer::Done(value)) => Ok(Some(value)),
        Ok(Answer::Failed { what, remedy }) => Err(CliFault::new(what, remedy)),
        Err(e) => Err(CliFault::new(
            format_args!("the running server broke off: {e}"),
            "look at its log; the same command can be given again safely",
        )),
    }
}

fn exchange(mut stream: UnixStream, request: &Request) -> io::Result<Answer> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream).take(MAX_LINE).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

/// Listens for commands until the process ends. A socket left by a process that died is replaced; the
/// caller holds a lock that no second server gets.
///
/// # Errors
/// When the socket cannot be created.
pub fn listen(socket: &Path, handle: impl Fn(Request) -> Answer + Send + Sync + 'static) -> io::Result<()> {
    if let Some(dir) = socket.parent() {
        std::fs::create_dir_all(dir)?;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    }
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    let handle = std::sync::Arc::new(handle);
    std::thread::Builder::new().name("local-socket".into()).spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = std::sync::Arc::clone(&handle);
            let served =
                std::thread::Builder::new().name("local-command".into()).spawn(move || serve(stream, &*handle));
            if let Err(fault) = served {
                tracing::error!(%fault, "a local command could not be served");
            }
        }
    })?;
    Ok(())
}

fn serve(mut stream: UnixStream, handle: &dyn Fn(Request) -> Answer) {
    let serve = || -> io::Result<()> {
        stream.set_read_timeout(Some(REQUEST_DEADLINE))?;
        let mut line = String::new();
        BufReader::new(stream.try_clone()?).take(MAX_LINE).read_line(&mut line)?;
        let answer = match serde_json::from_str(&line) {
            Ok(request) => handle(request),
            Err(e) => {
                CliFault::new(format_args!("the request cannot be read: {e}"), "use the same version of hocba").into()
            }
        };
        let mut bytes = serde_json::to_vec(&answer)?;
        bytes.push(b'\n');
        stream.write_all(&bytes)
    };
    let mut serve = serve;
    if let Err(fault) = serve() {
        tracing::warn!(%fault, "a local command broke off");
    }
}
