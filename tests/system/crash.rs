//! SIGKILL at any moment: of `hocba ingest` over a growing ledger, and of `hocba serve` while it follows.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::nation::{Answers, Opened, copy_of, data_dir, made, new_portal};
use super::process::{Server, assert_exit, hocba};

/// At least so many times; the long version kills more often.
fn kills() -> usize {
    std::env::var("HOCBA_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

/// Reproducible delays; no test depends on which they are.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn delay(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.next() % (most.as_micros() as u64 + 1))
    }
}

fn size(data: &Path) -> u64 {
    data_dir(data).reader().map_or(0, |reader| reader.checkpoint().size())
}

fn ledger_range(data: &Path, package: &Path) -> (u64, u64, bool) {
    let output = hocba(data).arg("--json").arg("ingest").arg(package).output().unwrap();
    assert_exit(&output, 0);
    let taken: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ledger = &taken[0]["receipt"]["ledger"];
    (ledger["first"].as_u64().unwrap(), ledger["end"].as_u64().unwrap(), taken[0]["again"] == true)
}

#[test]
fn a_killed_ingest_leaves_each_package_whole_or_absent() {
    let (nation, data) = (copy_of(&made().nation_dir()), tempfile::tempdir().unwrap());
    let data = data.path();
    new_portal(nation.path(), data);
    let packages: Vec<_> = made().nation.packages.iter().map(|p| nation.path().join(p.file_name().unwrap())).collect();
    let per_package = kills().div_ceil(packages.len());
    let (mut dice, mut killed, mut committed) = (Dice(0x9E37_79B9_7F4A_7C15), 0, 0);
    // Moves to where about every other run is just about to end.
    let mut longest = Duration::from_millis(60);
    for package in &packages {
        let before = size(data);
        let (mut after_kills, mut here) = (before, 0);
        while here < per_package {
            let mut child =
                hocba(data).arg("ingest").arg(package).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(dice.delay(longest));
            let in_time = child.try_wait().unwrap().is_none();
            child.kill().unwrap();
            child.wait().unwrap();
            here += usize::from(in_time);
            longest = if in_time { longest * 11 / 10 } else { longest * 4 / 5 };
            let now = size(data);
            assert!(now == after_kills || after_kills == before, "the ledger moved after the package was in");
            after_kills = now;
        }
        killed += here;
        let (first, end, again) = ledger_range(data, package);
        // Visible whole or not at all: what was there after the kills is nothing or all of it.
        assert_eq!(after_kills, if again { end } else { before });
        assert_eq!((first, end), (before, size(data)));
        committed += usize::from(again);
    }
    println!("{killed} kills hit a running ingest; {committed} of {} packages had been committed", packages.len());
    assert_exit(&hocba(data).arg("audit").output().unwrap(), 0);
    assert_eq!(Opened::at(data).unwrap().answers(made().samples()), made().answers);
    assert_exit(&hocba(data).arg("audit").output().unwrap(), 0);
}

#[test]
fn a_killed_server_goes_on_where_it_was() {
    let source = copy_of(&made().data());
    let data = source.path();
    std::fs::remove_dir_all(data.join("derived")).unwrap();
    let mut dice = Dice(7);
    for _ in 0..12 {
        let mut server = Server::spawn(data, "");
        std::thread::sleep(dice.delay(Duration::from_millis(1500)));
        server.kill();
        assert!(!server.log().contains("panicked"), "{}", server.log());
    }
    let server = Server::start(data, "");
    assert_eq!(served_answers(&server, &made().answers), made().answers);
}

/// Asks until the server has followed everything.
fn served_answers(server: &Server, expected: &Answers) -> Answers {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answers: Answers =
            expected.keys().map(|code| (code.clone(), super::nation::stable(server.verdict(code).1))).collect();
        if answers == *expected || Instant::now() > deadline {
            return answers;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
