use std::io;
use std::sync::Arc;

use hocba::ledger::durable::{Disk, Listed, LockFault, RealDisk};

use super::lossy_disk::{LossyDisk, Survival};

/// Both disks behave alike as long as nothing goes wrong.
fn behaves(disk: &dyn Disk) {
    disk.create_dir("a").unwrap();
    disk.create_dir("a").unwrap();
    disk.create_dir("a/b").unwrap();
    assert_eq!(disk.create_dir("x/y").unwrap_err().kind(), io::ErrorKind::NotFound);
    disk.write("a/one", b"longer contents").unwrap();
    disk.write("a/one", b"contents").unwrap();
    disk.replace("a/two", b"old").unwrap();
    disk.replace("a/two", b"new").unwrap();
    disk.sync_dir("a").unwrap();
    disk.sync_dir("").unwrap();
    assert_eq!(disk.read("a/one", 8).unwrap(), b"contents");
    assert_eq!(disk.read("a/one", 7).unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert_eq!(disk.read("a/two", 100).unwrap(), b"new");
    assert_eq!(disk.read("a/three", 100).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(disk.read_range("a/one", 3, 4).unwrap(), b"tent");
    assert_eq!(disk.read_range("a/one", 3, 9).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    let listed = |name: &str, is_dir| Listed { name: name.into(), is_dir };
    assert_eq!(disk.list("a").unwrap(), [listed("b", true), listed("one", false), listed("two", false)]);
    assert_eq!(disk.list("nowhere").unwrap(), []);
    assert!(disk.remove("a").is_err());
    disk.remove("a/b").unwrap();
    disk.remove("a/one").unwrap();
    disk.remove("a/one").unwrap();
    assert_eq!(disk.list("a").unwrap(), [listed("two", false)]);

    let lock = disk.lock("lock", "process 7\n").unwrap();
    let Err(LockFault::Held(holder)) = disk.lock("lock", "process 8\n") else { panic!("locked twice") };
    assert_eq!(holder, "process 7");
    drop(lock);
    disk.lock("lock", "process 8\n").unwrap();
}

#[test]
fn a_directory_is_a_disk() {
    let dir = tempfile::tempdir().unwrap();
    behaves(&RealDisk::create(dir.path().join("data/ledger")).unwrap());
}

#[test]
fn a_disk_in_memory_is_a_disk() {
    behaves(&LossyDisk::new());
}

/// The model itself: it must lose what nobody synced, or the crash tests prove nothing.
#[test]
fn the_disk_in_memory_loses_what_was_not_synced() {
    let disk = LossyDisk::new();
    let shared: Arc<dyn Disk> = Arc::new(disk.clone());
    shared.write("synced by its neighbour", b"contents synced").unwrap();
    shared.replace("kept", b"whole").unwrap();
    shared.write("gone with its name", b"").unwrap();
    shared.remove("kept").unwrap();
    disk.power_cycle(Survival::Pessimistic);
    let files = disk.files();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["kept", "synced by its neighbour"]);
    assert_eq!(files["kept"], b"whole");
    assert_eq!(files["synced by its neighbour"], b"contents synced");
}
