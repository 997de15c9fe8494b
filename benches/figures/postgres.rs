//! A PostgreSQL of its own for one peer, as Debian sets it, on a unix socket, ended with the measurement.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::bench::{Bench, Done, Fault, run};
use super::process::{Ended, wait_until};

/// PostgreSQL does not run as root; Debian's package makes this user.
const USER: &str = "postgres";

/// A running server.
pub(crate) struct Postgres {
    _ended: Ended,
    programs: PathBuf,
    /// Where its socket is.
    pub(crate) socket: PathBuf,
}

impl Postgres {
    /// Starts an empty one in a directory of its own.
    pub(crate) fn start(bench: &Bench) -> Result<Self, Fault> {
        Self::start_with(bench, &[])
    }

    /// The same with settings of its own, each `NAME=VALUE`.
    pub(crate) fn start_with(bench: &Bench, settings: &[&str]) -> Result<Self, Fault> {
        let (programs, dir) = (programs()?, bench.data.join("postgres"));
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir(&dir)?;
        if is_root()? {
            run(Command::new("chown").arg(USER).arg(&dir))?;
        }
        let cluster = dir.join("cluster");
        let quiet = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        run(unprivileged(&programs.join("initdb"))?.args(quiet).arg("-D").arg(&cluster))?;
        let mut command = unprivileged(&programs.join("postgres"))?;
        command.arg("-D").arg(&cluster).arg("-k").arg(&dir).args(["-c", "listen_addresses="]);
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        // SIGINT: it does not wait for its clients.
        let server = Self { _ended: Ended::start(command.stderr(Stdio::null()), "INT")?, programs, socket: dir };
        wait_until("PostgreSQL accepts connections", || server.sql("SELECT 1").is_ok())?;
        Ok(server)
    }

    /// Runs commands of psql.
    pub(crate) fn sql(&self, commands: &str) -> Done {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]).arg(&self.socket);
        run(psql.args(commands.lines().flat_map(|line| ["-c", line])))
    }
}

/// Debian keeps each version in a directory of its own, outside the path; the newest counts.
fn programs() -> Result<PathBuf, Fault> {
    let versions = fs::read_dir("/usr/lib/postgresql").map_err(|_| "PostgreSQL is not installed")?;
    let found = versions.filter_map(|entry| {
        let path = entry.ok()?.path();
        let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
        Some((version, path.join("bin")))
    });
    found.max().map(|(_, programs)| programs).ok_or_else(|| "PostgreSQL is not installed".into())
}

fn is_root() -> Result<bool, Fault> {
    Ok(Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0")
}

fn unprivileged(program: &Path) -> Result<Command, Fault> {
    if !is_root()? {
        return Ok(Command::new(program));
    }
    // It becomes the program, so that a signal reaches it.
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--init-groups", "--"]).arg(program);
    Ok(command)
}
