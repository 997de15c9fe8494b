//! `redis_vs_embedded`: verdicts of a replica whose records are in Redis against one that has its own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::bench::{Bench, Done, Fault, run};
use super::data::{self, LARGE};
use super::process::Running;
use super::report::Measured;
use super::verdict::{ask_for_all, drawn};
use super::wrk::{JSON, Load};

const SECONDS: u32 = 5;

const METHOD: &str = "As `verdict_vs_static`, in turns against two replicas over the same ledger of a million sheets: \
    one with `records.backend = \"redis\"` (a redis-server on the same two cores, over a unix socket, 2 connections, \
    sealed values, no cache of records of any kind), one with the embedded store and its cache of 64 MB. Every \
    code is asked for once before. Limits are counted in process by both. Value: with Redis over embedded, requests a \
    second.";

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Measured>, Fault> {
    let nation = data::nation(bench, &LARGE)?;
    let portal = data::settled_portal(bench, &nation, LARGE.name)?;
    let codes = drawn(&nation)?;
    let redis = Redis::start(bench)?;
    let replica = replica(bench, &portal, &redis.socket)?;
    let mut embedded = Running::portal(bench, &portal)?;
    embedded.wait_until_reflecting(nation.sheets)?;
    let mut shared = Running::portal(bench, &replica)?;
    shared.wait_until_reflecting(nation.sheets)?;
    ask_for_all(embedded.address, &codes)?;
    ask_for_all(shared.address, &codes)?;
    let load = Load::of(bench, &codes)?;
    let turns = load.in_turns(bench, (JSON, shared.address), (JSON, embedded.address), SECONDS)?;
    let mut beside = turns.rates("with Redis", "embedded");
    beside.push(format!("rounds: {} of {SECONDS} s", bench.rounds));
    Ok(vec![Measured::new("redis_vs_embedded", turns.ratio(), "≥ 0.35", METHOD, beside)])
}

/// A second data directory over the same ledger and keys, its derived stores made afresh.
fn replica(bench: &Bench, portal: &Path, socket: &Path) -> Result<PathBuf, Fault> {
    let dir = bench.data.join("replica");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir(&dir)?;
    for shared in ["ledger", "keys"] {
        symlink(portal.join(shared), dir.join(shared))?;
    }
    let settings = fs::read_to_string(portal.join("hocba.toml"))?;
    let redis = format!("\n[records]\nbackend = \"redis\"\n\n[redis]\nurls = [\"unix://{}\"]\n", socket.display());
    fs::write(dir.join("hocba.toml"), settings + &redis)?;
    run(bench.hocba(&dir)?.arg("rebuild"))?;
    Ok(dir)
}

/// A server that ends with the measurement and keeps nothing on disk.
struct Redis {
    child: Child,
    socket: PathBuf,
}

impl Redis {
    fn start(bench: &Bench) -> Result<Self, Fault> {
        let socket = bench.data.join("redis.sock");
        let _ = fs::remove_file(&socket);
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(&socket);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let redis = Self { child, socket };
        redis.wait()?;
        Ok(redis)
    }

    fn wait(&self) -> Done {
        let started = Instant::now();
        while std::os::unix::net::UnixStream::connect(&self.socket).is_err() {
            if started.elapsed() > Duration::from_secs(10) {
                return Err("redis-server did not start".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
