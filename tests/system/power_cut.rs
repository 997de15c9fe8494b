//! A real power cut under a serving portal: its data on a file system of its own, which is shut down like a disk that loses
//! power, so that nothing survives that was not synced. Needs root and loop devices; left out without them.
//! The long version: `bash tests/chaos/run power`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::nation::{copy, made, take};
use super::process::Server;
use super::search_index::{audited, sheets, wait_until_whole};

/// `EXT4_IOC_SHUTDOWN` without flushing the journal of the file system.
const CUT: &str = "import fcntl, os, struct, sys\n\
    fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";

/// A disk in a file, mounted.
struct Disk {
    dir: tempfile::TempDir,
}

impl Disk {
    fn new() -> Option<Self> {
        let disk = Self { dir: tempfile::tempdir().unwrap() };
        let image = std::fs::File::create(disk.image()).unwrap();
        image.set_len(96 << 20).unwrap();
        std::fs::create_dir(disk.data()).unwrap();
        let made = run("mkfs.ext4", &["-q", disk.image().to_str()?]);
        (made && disk.mount()).then_some(disk)
    }

    fn image(&self) -> PathBuf {
        self.dir.path().join("image")
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn mount(&self) -> bool {
        run("mount", &["-o", "loop", self.image().to_str().unwrap(), self.data().to_str().unwrap()])
    }

    /// The power goes, and comes back.
    fn cut(&self, mut server: Server) {
        assert!(run("python3", &["-c", CUT, self.data().to_str().unwrap()]));
        server.kill();
        drop(server);
        assert!(run("umount", &[self.data().to_str().unwrap()]) && self.mount());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &[self.data().to_str().unwrap()]);
    }
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|ran| ran.status.success())
}

#[test]
fn after_a_power_cut_the_index_holds_the_ledger_again() {
    let Some(disk) = Disk::new() else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    let data = disk.data();
    copy(&made().before(), &data);
    run("sync", &[]);
    let rest = &made().nation.packages[made().taken_before..];
    let mut server = Server::start(&data, "");
    for (package, wait_ms) in rest.iter().zip([0, 150, 400, 1500].iter().cycle()) {
        take(&data, package);
        std::thread::sleep(Duration::from_millis(*wait_ms));
        disk.cut(server);
        server = Server::start(&data, "");
        // What was acknowledged is there, and so is all that is found by it.
        assert_eq!(wait_until_whole(&data, &server), sheets(&data));
    }
    let answers = made().answers.iter();
    for (code, answer) in answers.filter(|(code, _)| made().answers_before.contains_key(*code)) {
        assert_eq!(&super::nation::stable(server.verdict(code).1), answer);
    }
    drop(server);
    let (said, code) = audited(&data);
    assert!(said.ends_with("agree with the ledger") && code == Some(0), "{said}");
}
