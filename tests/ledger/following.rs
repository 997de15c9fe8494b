//! What a follower remembers of the ledger, and of which checkpoint it says to know everything.

use std::path::Path;
use std::sync::Arc;

use hocba::follow::{FollowFault, Follower, SeenFault, SeenFile};
use hocba::heads::{Heads, HeadsOptions};
use hocba::ledger::durable::{Disk, RealDisk};
use hocba::ledger::{NewEntry, Origin};
use hocba::records::Embedded;
use hocba::tlog::leaf::Kind;
use hocba::transcript::Moment;
use hocba::transcript::province::ProvinceCode;

use super::rig::{HOUR, NOON, open, reader};

/// More than one step of following takes.
const MANY: usize = 9_000;

fn anchor() -> NewEntry {
    NewEntry {
        kind: Kind::Anchor,
        province: ProvinceCode::MINISTRY,
        vintage: 0,
        year: 0,
        facts: (*b"{}").into(),
        signed_digest: [7; 32],
        signed: (*b"anchor").into(),
        origin: Origin { package: 0, line: 1, certified: false },
    }
}

/// Commits so many entries at a time.
fn commit(disk: &Arc<dyn Disk>, entries: usize, at: u64) {
    let mut writer = open(disk);
    let mut session = writer.begin(at).unwrap();
    for _ in 0..entries {
        session.push(anchor()).unwrap();
    }
    session.commit(Vec::new(), at).unwrap();
}

fn disk_at(dir: &Path) -> Arc<dyn Disk> {
    Arc::new(RealDisk::create(dir).unwrap())
}

/// A follower over the ledger in `dir`, as a process that was just started has it.
fn follower(dir: &Path) -> Result<Follower, FollowFault> {
    let derived = dir.join("derived");
    let heads = Heads::open(&derived.join("heads"), HeadsOptions::default()).unwrap();
    let records = Embedded::open(&derived.join("records")).unwrap();
    let reader = Arc::new(reader(&disk_at(&dir.join("ledger"))));
    Follower::start(reader, heads, Arc::new(records), SeenFile::in_dir(&derived), 1 << 20)
}

fn at(ms: u64) -> Option<Moment> {
    Moment::from_millis(i64::try_from(ms).unwrap())
}

#[test]
fn an_answer_says_as_of_when_it_knows_everything() {
    let dir = tempfile::tempdir().unwrap();
    let disk = disk_at(&dir.path().join("ledger"));
    commit(&disk, 10, NOON);
    let mut follower = follower(dir.path()).unwrap();
    let published = follower.published();
    assert_eq!(published.load().complete_at, None, "nothing is followed yet");
    follower.step().unwrap();
    assert_eq!(published.load().complete_at, at(NOON));
    commit(&disk, MANY, NOON + HOUR);
    assert!(follower.step().unwrap().is_behind());
    let behind = published.load_full();
    assert_eq!(behind.checkpoint().cosigned_at(), at(NOON + HOUR), "the newer checkpoint is known and proven");
    assert!(behind.position.size > 10 && behind.position.size < behind.checkpoint().size());
    assert_eq!(behind.complete_at, at(NOON), "but not everything it covers");
    assert!(!follower.step().unwrap().is_behind());
    assert_eq!(published.load().complete_at, at(NOON + HOUR));
}

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

#[test]
fn a_ledger_put_back_right_after_following_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, old) = (dir.path().join("ledger"), dir.path().join("old"));
    commit(&disk_at(&ledger), 10, NOON);
    copy(&ledger, &old);
    commit(&disk_at(&ledger), 10, NOON + HOUR);
    {
        let mut follower = follower(dir.path()).unwrap();
        while follower.step().unwrap().is_behind() {}
        assert_eq!(follower.published().load().position.size, 20);
    }
    // The process ended before its heads were durable: they know of nothing.
    let durable = hocba::heads::durable_position(&dir.path().join("derived/heads")).unwrap();
    assert_eq!(durable.size, 0);
    std::fs::rename(&ledger, dir.path().join("newer")).unwrap();
    copy(&old, &ledger);
    let fault = follower(dir.path()).err().expect("an older ledger");
    assert!(matches!(fault, FollowFault::RolledBack { followed: 20, found: 10 }), "{fault}");
    // As long again, with other entries.
    commit(&disk_at(&ledger), 15, NOON + 2 * HOUR);
    let fault = follower(dir.path()).err().expect("another ledger");
    assert!(matches!(fault, FollowFault::RolledBack { followed: 20, found: 25 }), "{fault}");
    std::fs::remove_dir_all(&ledger).unwrap();
    std::fs::rename(dir.path().join("newer"), &ledger).unwrap();
    follower(dir.path()).unwrap();
}

#[test]
fn a_damaged_note_of_the_largest_tree_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    commit(&disk_at(&dir.path().join("ledger")), 10, NOON);
    drop(follower(dir.path()).unwrap());
    let file = dir.path().join("derived/seen");
    let bytes = std::fs::read(&file).unwrap();
    let flips = (0..bytes.len()).map(|at| {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        flipped
    });
    let cuts = (0..bytes.len()).map(|to| bytes[..to].to_vec());
    for damaged in flips.chain(cuts) {
        std::fs::write(&file, damaged).unwrap();
        let read = SeenFile::in_dir(&dir.path().join("derived")).read();
        assert!(matches!(read, Err(SeenFault::Damaged(_))));
    }
    assert!(matches!(follower(dir.path()), Err(FollowFault::Seen(SeenFault::Damaged(_)))));
    std::fs::write(&file, &bytes).unwrap();
    assert!(follower(dir.path()).is_ok());
}
