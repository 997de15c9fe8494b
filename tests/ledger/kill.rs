//! SIGKILL of a real process that writes a real directory.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hocba::ledger::durable::{Disk, RealDisk};
use hocba::ledger::{Setup, Writer};

use super::rig::{NOON, check_sound, commit_to, setup};

const DIR: &str = "HOCBA_TEST_KILL_DIR";

/// Not a test of its own: the process that is killed. Prints each size once it is acknowledged.
#[test]
#[ignore = "runs as the child of the test below"]
fn child() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::create(dir).unwrap());
    let mut writer = Writer::open(setup(&disk, Setup::default_threads()), NOON).unwrap();
    let mut size = writer.checkpoint().size();
    while size < 1100 {
        size = commit_to(&mut writer, size + 1 + size % 40).unwrap().size();
        println!("acknowledged {size}");
    }
}

#[test]
fn a_killed_writer_loses_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::create(dir.path()).unwrap());
    let mut acknowledged = 0;
    for round in 0..12u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ledger::kill::child", "--ignored", "--nocapture", "--test-threads", "1"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut sizes = lines.filter_map(|l| l.rsplit_once("acknowledged ")?.1.parse::<u64>().ok());
        // Every other process is killed wherever it is by then, the rest somewhere after a commit or two.
        let waited = if round % 2 == 0 { sizes.by_ref().take(1 + round as usize / 4).max() } else { None };
        std::thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = [waited, sizes.max()].into_iter().flatten().fold(acknowledged, u64::max);
        let writer = Writer::open(setup(&disk, 2), NOON).unwrap();
        assert!(writer.checkpoint().size() >= acknowledged);
        drop(writer);
        check_sound(&disk, &[]);
    }
    assert!(acknowledged > 0);
}
