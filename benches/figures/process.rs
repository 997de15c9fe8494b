//! Servers started for a measurement, and what the system says of a process.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::bench::{Bench, Done, Fault};
use super::machine;

/// A child that is told to end by a signal and waited for, so that it can take its own children with it.
pub(crate) struct Ended {
    pub(crate) child: Child,
    signal: &'static str,
}

impl Ended {
    /// Starts it with nothing to read and nobody to listen.
    pub(crate) fn start(command: &mut Command, signal: &'static str) -> Result<Self, Fault> {
        Self::start_as_is(command.stdin(Stdio::null()).stdout(Stdio::null()), signal)
    }

    /// Starts it with the pipes that it has.
    pub(crate) fn start_as_is(command: &mut Command, signal: &'static str) -> Result<Self, Fault> {
        Ok(Self { child: command.spawn()?, signal })
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended already; if it does not end by itself it is made to.
        let _ = Command::new("kill").args(["-s", self.signal, &self.child.id().to_string()]).output();
        for _ in 0..1000 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits up to a minute until something is so.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) -> Done {
    let started = Instant::now();
    while !is_so() {
        if started.elapsed() > Duration::from_secs(60) {
            return Err(format!("waited in vain until {what}").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// A server that ends with the measurement.
pub(crate) struct Running {
    ended: Ended,
    /// Where it answers.
    pub(crate) address: SocketAddr,
}

/// What `/readyz` says.
#[derive(serde::Deserialize)]
pub(crate) struct Ready {
    ready: bool,
    ledger_size: u64,
    reflected_size: u64,
}

impl Ready {
    /// Whether answers reflect a ledger of at least this size.
    pub(crate) fn reflects(&self, size: u64) -> bool {
        self.ready && self.reflected_size == self.ledger_size && self.ledger_size >= size
    }
}

impl Running {
    /// `hocba serve` with the public's role only, as a replica runs it.
    pub(crate) fn portal(bench: &Bench, data: &Path) -> Result<Self, Fault> {
        let address = free_address()?;
        let mut command = bench.hocba(data)?;
        command.args(["serve", "--role", "public", "--listen", &address.to_string()]);
        Self::start(command, address, "KILL")
    }

    /// The peer in Python, its rows behind this socket.
    pub(crate) fn fastapi(bench: &Bench, rows: &Path) -> Result<Self, Fault> {
        let address = free_address()?;
        let mut command = Command::new(bench.root.join("target/bench-peers/fastapi/bin/uvicorn"));
        command.args(["app:app", "--workers", "2", "--no-access-log", "--log-level", "warning", "--app-dir"]);
        command.arg(bench.root.join("benches/peers/fastapi_dict"));
        command.args(["--host", &address.ip().to_string(), "--port", &address.port().to_string()]);
        command.env("PGHOST", rows).env("PGUSER", "postgres");
        // Its supervisor ends its workers.
        Self::start(command, address, "TERM")
    }

    /// The peer, this binary.
    pub(crate) fn peer(bytes: usize, workers: usize) -> Result<Self, Fault> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        let (bytes, workers) = (bytes.to_string(), workers.to_string());
        command.args([super::peer::SUBCOMMAND, &address.to_string(), &bytes, &workers]);
        Self::start(command, address, "KILL")
    }

    fn start(mut command: Command, address: SocketAddr, signal: &'static str) -> Result<Self, Fault> {
        Ok(Self { ended: Ended::start(&mut command, signal)?, address })
    }

    /// Waits until it accepts connections.
    pub(crate) fn wait_until_listening(&mut self) -> Done {
        self.wait(Duration::from_secs(60), |this| Ok(std::net::TcpStream::connect(this.address).is_ok()))
    }

    /// Waits until `/readyz` answers 200 and answers reflect that many entries.
    pub(crate) fn wait_until_reflecting(&mut self, size: u64) -> Done {
        self.wait(Duration::from_secs(600), |this| Ok(this.ready().is_some_and(|ready| ready.reflects(size))))
    }

    /// What `/readyz` says, once it answers 200.
    pub(crate) fn ready(&self) -> Option<Ready> {
        let mut answer = ureq::get(format!("http://{}/readyz", self.address)).call().ok()?;
        answer.body_mut().read_json().ok()
    }

    fn wait(&mut self, limit: Duration, mut is_so: impl FnMut(&Self) -> Result<bool, Fault>) -> Done {
        let started = Instant::now();
        while started.elapsed() < limit {
            if is_so(self)? {
                return Ok(());
            }
            if let Some(status) = self.ended.child.try_wait()? {
                return Err(format!("a server stopped: {status}").into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(format!("a server was not ready within {} s", limit.as_secs()).into())
    }

    /// Resident memory in MB (10⁶ bytes).
    pub(crate) fn resident_mb(&self) -> Option<f64> {
        memory_mb(self.ended.child.id(), "VmRSS")
    }
}

/// Runs a command to its end and gives its peak resident memory in MB.
pub(crate) fn run_for_peak(command: &mut Command) -> Result<f64, Fault> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak: f64 = 0.0;
    loop {
        // The high-water mark only rises, so what a short-lived peak was is still there at the next look.
        peak = peak.max(memory_mb(child.id(), "VmHWM").unwrap_or(0.0));
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(peak),
            Some(status) => return Err(format!("{command:?} ended with {status}").into()),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// A field of a process's memory in MB (10⁶ bytes).
pub(crate) fn memory_mb(process: u32, field: &str) -> Option<f64> {
    let text = machine::field(&format!("/proc/{process}/status"), field)?;
    let kib: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn free_address() -> Result<SocketAddr, Fault> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
