use std::sync::Arc;

use hocba::ledger::durable::{Disk, RealDisk};
use hocba::ledger::{ExtraFile, LedgerFault, NewEntry, Origin, Seen, Setup, Writer};
use hocba::tlog::leaf::leaf_hash;
use hocba::tlog::tile::TilePath;
use hocba::tlog::tree::{TreeFault, VerifiedTree};
use hocba::transcript::time::Moment;

use super::lossy_disk::{LossyDisk, Survival};
use super::rig::{HOUR, NOON, check_sound, commit_to, entry, open, reader, receipt, seen, setup};

fn memory() -> (LossyDisk, Arc<dyn Disk>) {
    let disk = LossyDisk::new();
    (disk.clone(), Arc::new(disk))
}

#[test]
fn a_new_log_is_an_empty_tree() {
    let (_, disk) = memory();
    let writer = open(&disk);
    assert_eq!(writer.checkpoint().size(), 0);
    assert_eq!(writer.checkpoint().cosigned_at(), Moment::from_millis(NOON as i64));
    assert_eq!(check_sound(&disk, &[seen(writer.checkpoint())]).last_logged_at, 0);
}

#[test]
fn a_session_is_visible_whole_or_not_at_all() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 10).unwrap();
    let view = reader(&disk);
    let mut session = writer.begin(NOON + 5).unwrap();
    for index in 10..300 {
        session.push(entry(index)).unwrap();
    }
    assert!(view.poll().unwrap().is_none());
    assert!(matches!(view.leaf(10), Err(LedgerFault::Beyond { index: 10, size: 10 })));
    let checkpoint = session.commit(Vec::new(), NOON + 5).unwrap();
    assert_eq!(view.poll().unwrap().unwrap(), checkpoint);
    assert_eq!(view.leaf(299).unwrap().logged_at, NOON + 5);
    assert_eq!(view.leaf(9).unwrap().logged_at, NOON);
    check_sound(&disk, &[seen(&checkpoint)]);
}

#[test]
fn a_reader_gets_back_what_was_pushed() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    let mut session = writer.begin(NOON).unwrap();
    let origin = Origin { package: 0, line: 2, certified: false };
    for index in 0..40 {
        session.push(NewEntry { origin, ..entry(index) }).unwrap();
    }
    session.commit(Vec::new(), NOON).unwrap();
    let view = reader(&disk);
    let (leaves, facts) = (view.leaves(0, 40).unwrap(), view.facts(0, 40).unwrap());
    for (index, (leaf, facts)) in leaves.iter().zip(&facts).enumerate() {
        let pushed = entry(index as u64);
        assert!(facts.matches(leaf) && facts.origin == origin && facts.facts == pushed.facts);
        assert_eq!(
            (leaf.kind, leaf.province, leaf.vintage, leaf.year),
            (pushed.kind, pushed.province, 20_250_701, 2025)
        );
        assert!(view.signed(index as u64).unwrap().unwrap() == pushed.signed);
    }
    assert_eq!(view.facts(0, 7).unwrap().len(), 7);
    assert!(matches!(view.facts(0, 41), Err(LedgerFault::Beyond { index: 40, size: 40 })));
    assert!(matches!(view.signed(40), Err(LedgerFault::Beyond { .. })));
    // Blinds are not repeated.
    let mut blinds: Vec<_> = facts.iter().map(|f| f.blind).collect();
    blinds.sort_unstable();
    blinds.dedup();
    assert_eq!(blinds.len(), 40);
}

#[test]
fn a_view_of_a_moment_ago_still_reads() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 100).unwrap();
    let view = reader(&disk);
    let tree = VerifiedTree::open(Arc::new(reader(&disk)), view.checkpoint(), 1 << 20).unwrap();
    // The partial bundle, then all partial tiles of width 100, are replaced by wider ones.
    for target in [101, 300] {
        commit_to(&mut writer, target).unwrap();
        assert_eq!(view.size(), 100);
        let leaf = view.leaf(99).unwrap();
        assert!(view.facts(0, 100).unwrap()[99].matches(&leaf));
        assert!(view.signed(99).unwrap().is_some());
        assert_eq!(view.bodies(0, 100).unwrap().len(), 100);
        tree.contains(99, &leaf_hash(&leaf.encode())).unwrap();
    }
}

#[test]
fn the_public_sees_tiles_and_nothing_private_or_uncommitted() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 258).unwrap();
    let view = reader(&disk);
    let get = |path: &str| view.public_tile(TilePath::parse(path).unwrap());
    assert_eq!(get("tile/0/000").unwrap().len(), 256 * 32);
    assert_eq!(get("tile/entries/001.p/2").unwrap().len(), 2 * 52);
    assert_eq!(get("tile/1/000.p/1").unwrap().len(), 32);
    for refused in ["bodies/000", "tile/0/001", "tile/entries/001.p/3", "tile/0/000.p/100"] {
        assert!(get(refused).is_err(), "{refused}");
    }
}

#[test]
fn partial_files_go_when_they_are_replaced() {
    let (disk, shared) = memory();
    let mut writer = open(&shared);
    for target in [250, 251, 252] {
        commit_to(&mut writer, target).unwrap();
    }
    let files: Vec<String> = disk.files().into_keys().collect();
    // Clients may still ask for the log's partial tiles; of the bodies only the widest stays.
    let expected = [
        "bodies/000.p/252",
        "checkpoint",
        "packages/22/250.receipt",
        "packages/22/251.receipt",
        "packages/22/252.receipt",
        "tile/0/000.p/250",
        "tile/0/000.p/251",
        "tile/0/000.p/252",
        "tile/entries/000.p/250",
        "tile/entries/000.p/251",
        "tile/entries/000.p/252",
    ];
    assert_eq!(files, expected);
    commit_to(&mut writer, 256).unwrap();
    let tiles: Vec<String> = disk.files().into_keys().filter(|f| !f.starts_with("packages")).collect();
    assert_eq!(tiles, ["bodies/000", "checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    assert!(!shared.list("bodies").unwrap().iter().any(|listed| listed.is_dir));
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::create(dir.path()).unwrap());
    let first = open(&disk);
    let refused = Writer::open(setup(&disk, 0), NOON).unwrap_err();
    let message = refused.to_string();
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    assert!(message.contains("there can be only one"), "{message}");
    // Readers need no lock.
    assert_eq!(reader(&disk).size(), 0);
    drop(first);
    open(&disk);
}

#[test]
fn time_never_goes_back() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    let mut commit = |at: u64| {
        let mut session = writer.begin(at).unwrap();
        let index = session.push(entry(session.size())).unwrap();
        session.commit(Vec::new(), at).unwrap();
        let renewed = writer.renew_cosignature(at).unwrap();
        (reader(&disk).leaf(index).unwrap().logged_at, renewed.cosigned_at().unwrap().as_millis() as u64)
    };
    assert_eq!(commit(NOON + HOUR), (NOON + HOUR, NOON + HOUR));
    assert_eq!(commit(NOON - HOUR), (NOON + HOUR, NOON + HOUR));
    assert_eq!(commit(NOON + 2 * HOUR), (NOON + 2 * HOUR, NOON + 2 * HOUR));
    drop(writer);
    // Nor across a restart.
    let mut writer = Writer::open(setup(&disk, 0), 0).unwrap();
    assert_eq!(writer.begin(0).unwrap().logged_at(), NOON + 2 * HOUR);
    check_sound(&disk, &[]);
}

#[test]
fn a_clock_far_ahead_is_not_believed() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 3).unwrap();
    let ahead = NOON + 25 * HOUR;
    assert!(matches!(writer.begin(ahead), Err(LedgerFault::ClockGap { hours: 25 })));
    assert!(matches!(writer.renew_cosignature(ahead), Err(LedgerFault::ClockGap { .. })));
    assert!(writer.begin(u64::MAX).is_err());
    // A restart with a wrong clock changes nothing.
    drop(writer);
    let mut writer = Writer::open(setup(&disk, 0), ahead).unwrap();
    assert!(writer.begin(ahead).is_err());
    writer.confirm_clock(ahead).unwrap();
    let mut session = writer.begin(ahead).unwrap();
    session.push(entry(3)).unwrap();
    session.commit(Vec::new(), ahead).unwrap();
    check_sound(&disk, &[]);
}

#[test]
fn a_rollback_is_noticed_by_whoever_saw_more() {
    let (memory, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 5).unwrap();
    let old = memory.files()["checkpoint"].clone();
    let large = commit_to(&mut writer, 300).unwrap();
    let view = reader(&disk);
    let tree = VerifiedTree::open(Arc::new(reader(&disk)), large.clone(), 1 << 20).unwrap();
    drop(writer);
    memory.tamper("checkpoint", old);
    assert!(matches!(view.poll(), Err(LedgerFault::RolledBack { seen: 300, found: 5 })));
    assert_eq!(view.size(), 300);
    let rolled_back = reader(&disk).checkpoint();
    assert!(matches!(tree.advance(rolled_back), Err(TreeFault::Rollback { checked: 300, offered: 5 })));
    // A writer that knows better changes nothing.
    let before = memory.files();
    let knows = Setup { seen: Some(seen(&large)), ..setup(&disk, 0) };
    assert!(matches!(Writer::open(knows, NOON), Err(LedgerFault::RolledBack { seen: 300, found: 5 })));
    assert_eq!(memory.files(), before);
    let other = Setup { seen: Some(Seen { size: 4, root: [9; 32] }), ..setup(&disk, 0) };
    assert!(matches!(Writer::open(other, NOON), Err(LedgerFault::Forked { seen: 4 })));
}

#[test]
fn an_older_checkpoint_beside_newer_files_is_a_sound_ledger() {
    // So it looks after a copy of a running ledger: the checkpoint first, the rest while it grows.
    for newer in [101, 256, 300] {
        let (memory, disk) = memory();
        let mut writer = open(&disk);
        let older = commit_to(&mut writer, 100).unwrap();
        commit_to(&mut writer, newer).unwrap();
        drop(writer);
        memory.tamper("checkpoint", older.bytes().to_vec());
        check_sound(&disk, &[seen(&older)]);
        let mut writer = open(&disk);
        memory.power_cycle(Survival::Pessimistic);
        assert_eq!(check_sound(&disk, &[seen(&older)]).checkpoint.size(), 100);
        drop(writer);
        writer = open(&disk);
        commit_to(&mut writer, 120).unwrap();
        check_sound(&disk, &[seen(&older)]);
    }
}

#[test]
fn an_older_cosignature_of_the_same_tree_is_ignored() {
    let (memory, disk) = memory();
    let mut writer = open(&disk);
    let old = memory.files()["checkpoint"].clone();
    writer.renew_cosignature(NOON + 60_000).unwrap();
    let view = reader(&disk);
    memory.tamper("checkpoint", old);
    assert!(view.poll().unwrap().is_none());
    assert_eq!(view.checkpoint().cosigned_at(), Moment::from_millis(NOON as i64 + 60_000));
}

#[test]
fn a_body_is_erased_and_its_leaf_still_proves() {
    let (memory, disk) = memory();
    let mut writer = open(&disk);
    for target in [10, 20] {
        commit_to(&mut writer, target).unwrap();
    }
    assert!(writer.erase_body(5, NOON).unwrap());
    assert!(!writer.erase_body(5, NOON).unwrap());
    assert!(matches!(writer.erase_body(20, NOON), Err(LedgerFault::Beyond { .. })));
    let view = reader(&disk);
    assert!(view.signed(5).unwrap().is_none() && view.signed(6).unwrap().is_some());
    assert!(view.facts(0, 20).unwrap()[5].matches(&view.leaf(5).unwrap()));
    assert_eq!(check_sound(&disk, &[]).erased, 1);
    // It stays erased when its bundle grows, and in a full one.
    commit_to(&mut writer, 256).unwrap();
    assert!(writer.erase_body(255, NOON).unwrap());
    assert_eq!(check_sound(&disk, &[]).erased, 2);
    assert_eq!(memory.files().keys().filter(|f| f.starts_with("bodies")).count(), 1);
}

#[test]
fn extra_files_are_new_and_stay_in_their_place() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 3).unwrap();
    let mut refuse = |extra: Vec<ExtraFile>| {
        let mut session = writer.begin(NOON).unwrap();
        session.push(entry(3)).unwrap();
        let refused = session.commit(extra, NOON).unwrap_err();
        assert!(matches!(refused, LedgerFault::Extra { .. }), "{refused}");
    };
    refuse(vec![receipt(3)]);
    refuse(vec![receipt(4), receipt(4)]);
    refuse(vec![ExtraFile { path: "checkpoint".into(), bytes: Vec::new() }]);
    refuse(vec![ExtraFile { path: "packages/../lock".into(), bytes: Vec::new() }]);
    let empty = writer.begin(NOON).unwrap();
    assert!(matches!(empty.commit(vec![receipt(4)], NOON), Err(LedgerFault::Extra { .. })));
    commit_to(&mut writer, 4).unwrap();
    check_sound(&disk, &[]);
}

#[test]
fn entries_beyond_the_limits_are_refused_alone() {
    let (_, disk) = memory();
    let mut writer = open(&disk);
    let mut session = writer.begin(NOON).unwrap();
    let large = NewEntry { facts: vec![b' '; 70_000].into(), ..entry(0) };
    assert!(matches!(session.push(large), Err(LedgerFault::TooLarge)));
    assert_eq!(session.push(entry(0)).unwrap(), 0);
    session.commit(Vec::new(), NOON).unwrap();
    check_sound(&disk, &[]);
}

#[test]
fn entries_without_a_checkpoint_are_not_a_first_start() {
    let (memory, disk) = memory();
    commit_to(&mut open(&disk), 3).unwrap();
    disk.remove("checkpoint").unwrap();
    let before = memory.files();
    let refused = Writer::open(setup(&disk, 0), NOON).unwrap_err();
    assert!(refused.to_string().contains("restore the file `checkpoint`"), "{refused}");
    assert_eq!(memory.files(), before);
}

#[test]
fn damage_is_refused_before_anything_is_removed() {
    let (memory, disk) = memory();
    let mut writer = open(&disk);
    commit_to(&mut writer, 300).unwrap();
    drop(writer);
    // Looks like a tail, were the checkpoint believed without its tiles.
    disk.write("tile/entries/009", b"left behind").unwrap();
    for path in ["checkpoint", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "bodies/001.p/44"] {
        let sound = memory.files()[path].clone();
        let mut damaged = sound.clone();
        damaged[sound.len() / 2] ^= 1;
        memory.tamper(path, damaged);
        let before = memory.files();
        assert!(Writer::open(setup(&disk, 0), NOON).is_err(), "{path}");
        assert_eq!(memory.files(), before, "{path}");
        memory.tamper(path, sound);
    }
    open(&disk);
    assert!(!memory.files().contains_key("tile/entries/009"));
}

#[test]
fn threads_write_what_one_thread_writes() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::create(dir.path()).unwrap());
    let mut writer = Writer::open(setup(&disk, Setup::default_threads()), NOON).unwrap();
    let mut trees = Vec::new();
    for target in [700, 701, 1100] {
        trees.push(seen(&commit_to(&mut writer, target).unwrap()));
    }
    assert_eq!(check_sound(&disk, &trees).checkpoint.size(), 1100);
}

#[test]
#[ignore = "prints figures for docs/ledger.md"]
fn measure_sessions() {
    let status = |name: &str| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|l| l.starts_with(name)).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    let cpu = || {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        // User and system time, in hundredths of a second.
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10_000.0
    };
    let mut samples = super::samples::Samples::new(9);
    let pool: Vec<NewEntry> =
        (0..2000).map(|_| samples.entry(Origin { package: 0, line: 2, certified: false })).collect();
    let raw: usize = pool.iter().map(|e| e.signed.len() + e.facts.len()).sum();
    println!("{} bytes an entry; resident before {} MB", raw / pool.len(), status("VmRSS"));
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::create(dir.path()).unwrap());
    let mut writer = Writer::open(setup(&disk, Setup::default_threads()), NOON).unwrap();
    let count = 200_000;
    let (start, before) = (std::time::Instant::now(), cpu());
    let mut session = writer.begin(NOON).unwrap();
    for i in 0..count {
        session.push(pool[i % pool.len()].clone()).unwrap();
    }
    session.commit(Vec::new(), NOON).unwrap();
    let (wall, used) = (start.elapsed(), cpu() - before);
    println!(
        "{count} entries in one session: {wall:?}, {:.1} µs CPU an entry, most resident {} MB",
        used / count as f64,
        status("VmHWM")
    );
    for size in [1, 10, 100] {
        let mut times: Vec<_> = (0..20)
            .map(|_| {
                let start = std::time::Instant::now();
                let mut session = writer.begin(NOON).unwrap();
                for entry in pool.iter().take(size) {
                    session.push(entry.clone()).unwrap();
                }
                let target = session.size();
                session.commit(vec![receipt(target)], NOON).unwrap();
                start.elapsed()
            })
            .collect();
        times.sort();
        println!("commit of {size}: median {:?}", times[10]);
    }
    drop(writer);
    let start = std::time::Instant::now();
    let writer = open(&disk);
    println!("recovery at {}: {:?}", writer.checkpoint().size(), start.elapsed());
    let view = reader(&disk);
    let start = std::time::Instant::now();
    for i in 0..100 {
        view.signed(i * 1999).unwrap().unwrap();
    }
    println!("one body: {:?}", start.elapsed() / 100);
    let start = std::time::Instant::now();
    for bundle in 0..100 {
        view.facts(bundle, 256).unwrap();
    }
    println!("facts of a bundle: {:?}", start.elapsed() / 100);
    let start = std::time::Instant::now();
    hocba::ledger::audit::audit(&view, &[], &mut |_| Ok(())).unwrap();
    println!("audit without signatures: {:?}", start.elapsed());
}
