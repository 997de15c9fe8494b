//! Real Redis servers, alone or as a cluster, on sockets and ports of their own.

use crate::ports::free_port;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(super) const USER: &str = "hocba";
pub(super) const PASSWORD: &str = "mat-khau-cua-phep-thu";
/// As docs/operating.md gives it.
pub(super) const RIGHTS: &str = "~hocba:* resetchannels -@all +ping +get +getrange +set +exists +expire +del +incr +decr \
    +expireat +zadd +zscore +zrange +time +eval +evalsha +cluster|slots";

/// A server with one ACL user beside the default one; killed when dropped.
pub(crate) struct Redis {
    dir: tempfile::TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    child: Option<Child>,
}

impl Redis {
    /// On a unix socket only, nothing kept on disk.
    pub(crate) fn start() -> Self {
        Self::with(&["--port", "0"], &[])
    }

    pub(crate) fn with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let acl = format!("user default on nopass ~* &* +@all\nuser {USER} on >{PASSWORD} {RIGHTS}\n");
        std::fs::write(dir.path().join("users.acl"), acl).unwrap();
        let mut redis = Self {
            dir,
            arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
            environment: environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            child: None,
        };
        redis.launch();
        redis
    }

    pub(super) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.dir.path().join("redis.sock")
    }

    /// Starts it, again after it was killed, with an empty memory.
    pub(super) fn launch(&mut self) {
        let dir = self.dir.path();
        let mut command = Command::new("redis-server");
        command
            .args(["--save", "", "--appendonly", "no", "--daemonize", "no", "--unixsocket"])
            .arg(self.socket())
            .args(["--dir", &dir.display().to_string()])
            .args(["--aclfile", &dir.join("users.acl").display().to_string()])
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(dir.join("redis.log")).unwrap())
            .stderr(Stdio::null());
        self.child = Some(command.spawn().expect("redis-server; tests/run installs it"));
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.cli(&["ping"]) != "PONG" {
            assert!(Instant::now() < deadline, "redis-server did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A command by the default user, over the unix socket; its answer as text.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let output = self.cli_output(arguments);
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    fn cli_output(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("redis-cli");
        command.arg("-s").arg(self.socket()).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// It stops in the middle of whatever it does, and keeps its connections.
    pub(super) fn hang(&self) {
        self.signal("-STOP");
    }

    pub(super) fn go_on(&self) {
        self.signal("-CONT");
    }

    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// A connection as the default user.
    pub(super) fn connection(&self) -> redis::Connection {
        redis::Client::open(format!("unix://{}", self.socket().display())).unwrap().get_connection().unwrap()
    }

    /// Settings of a portal that uses it.
    pub(crate) fn settings(&self, what: &str) -> String {
        settings(&format!("\"unix://{}\"", self.socket().display()), what)
    }
}

/// Settings of a portal as the ACL user. The password stands in a file beside the data.
pub(super) fn settings(urls: &str, what: &str) -> String {
    format!("{what}\n[redis]\nurls = [{urls}]\nusername = \"{USER}\"\npassword_file = \"redis.password\"\n")
}

/// Puts the password where [`settings`] says.
pub(crate) fn put_password(data: &Path) {
    std::fs::write(data.join("redis.password"), format!("{PASSWORD}\n")).unwrap();
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Six nodes, three of them masters.
pub(super) struct Cluster {
    pub(super) nodes: Vec<(u16, Redis)>,
}

impl Cluster {
    pub(super) fn start() -> Self {
        let nodes: Vec<(u16, Redis)> = (0..6)
            .map(|_| {
                let port = free_pair();
                let (text, bus) = (port.to_string(), (port + 10_000).to_string());
                let arguments = [
                    "--port",
                    &text,
                    "--bind",
                    "127.0.0.1",
                    "--cluster-enabled",
                    "yes",
                    "--cluster-port",
                    &bus,
                    "--cluster-config-file",
                    "nodes.conf",
                    "--cluster-node-timeout",
                    "1000",
                    "--repl-diskless-sync-delay",
                    "0",
                    "--cluster-replica-validity-factor",
                    "0",
                ];
                (port, Redis::with(&arguments, &[]))
            })
            .collect();
        let addresses = nodes.iter().map(|(port, _)| format!("127.0.0.1:{port}"));
        let mut create = Command::new("redis-cli");
        create.args(["--cluster", "create"]).args(addresses).args(["--cluster-replicas", "1", "--cluster-yes"]);
        let created = create.stdin(Stdio::null()).output().unwrap();
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stdout));
        let cluster = Self { nodes };
        cluster.wait_until("every node knows the cluster, and every master has its replica", || {
            let knows = |(_, node): &(u16, Redis)| node.cli(&["cluster", "info"]).contains("cluster_state:ok");
            let follows = |(_, node): &(u16, Redis)| {
                let info = node.cli(&["info", "replication"]);
                info.contains("role:master") && info.contains("state=online") || info.contains("master_link_status:up")
            };
            cluster.nodes.iter().all(|node| knows(node) && follows(node))
        });
        cluster
    }

    pub(super) fn urls(&self) -> String {
        let all: Vec<String> = self.nodes.iter().map(|(port, _)| format!("\"redis://127.0.0.1:{port}\"")).collect();
        all.join(", ")
    }

    /// Which nodes are masters now, of those that answer.
    pub(super) fn masters(&self) -> Vec<usize> {
        let is_master = |i: &usize| self.nodes[*i].1.cli(&["info", "replication"]).contains("role:master");
        (0..self.nodes.len()).filter(|i| self.nodes[*i].1.child.is_some()).filter(is_master).collect()
    }

    /// Kills a master and waits until its replica has taken over; then it comes back, empty, as a replica.
    pub(super) fn fail_over(&mut self) {
        let gone = self.masters()[0];
        self.nodes[gone].1.kill();
        let others: Vec<usize> = (0..self.nodes.len()).filter(|i| *i != gone).collect();
        self.wait_until("a replica took over", || {
            let ok = |i: &usize| self.nodes[*i].1.cli(&["cluster", "info"]).contains("cluster_state:ok");
            self.masters().len() == 3 && others.iter().all(ok)
        });
        self.nodes[gone].1.launch();
    }

    pub(super) fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < deadline, "never: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A port whose cluster bus, ten thousand above, is free too.
fn free_pair() -> u16 {
    loop {
        let port = free_port();
        if TcpListener::bind(("127.0.0.1", port + 10_000)).is_ok() {
            return port;
        }
    }
}
