//! Power cuts, flipped bits, erasures: the index is right, or it is made again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::nation::{LEARNERS, birth, everything, fill, find, position, sheet, tag, who};
use hocba::search::{Contents, Position, Query, SearchEntry, SearchFault, SearchReader, begin_anew, inspect, open};

type Files = BTreeMap<String, Vec<u8>>;

fn files(dir: &Path) -> Files {
    let named = fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    named.map(|f| (f.file_name().into_string().unwrap(), fs::read(f.path()).unwrap())).collect()
}

fn put(dir: &Path, files: &Files) {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).unwrap();
    files.iter().for_each(|(name, bytes)| fs::write(dir.join(name), bytes).unwrap());
}

/// Opens what is there and replays what it lacks: afterwards everybody is found.
fn replayed(dir: &Path) -> (Position, bool) {
    let opened = open(dir).unwrap();
    let (at, mut writer) = (opened.writer.position(), opened.writer);
    for (i, learner) in LEARNERS.iter().enumerate().skip(usize::try_from(at.size).unwrap()) {
        let _ = writer.add(&sheet(i as u64, learner)).unwrap();
    }
    writer.commit(position(LEARNERS.len() as u64)).unwrap();
    assert_eq!(writer.sheets(), LEARNERS.len() as u64);
    for (i, learner) in LEARNERS.iter().enumerate() {
        let query = Query::identified(tag(&format!("{:012}", 3_000_000_000 + i)));
        assert_eq!(who(&find(&writer.reader(), &query, &everything())), [learner.0]);
    }
    (at, opened.doubt.is_some())
}

#[test]
fn what_was_committed_is_there_after_a_start_and_the_rest_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = fill(dir.path(), 3);
    let _ = writer.add(&sheet(0, &LEARNERS[0])).unwrap();
    assert_eq!(writer.position().size, LEARNERS.len() as u64);
    assert!(matches!(open(dir.path()), Err(SearchFault::Locked)));
    drop(writer);
    assert_eq!(replayed(dir.path()), (position(LEARNERS.len() as u64), false));
}

#[test]
fn an_index_that_was_never_committed_begins_at_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    assert_eq!(writer.position(), Position::EMPTY);
    let _ = writer.add(&sheet(0, &LEARNERS[0])).unwrap();
    drop(writer);
    assert_eq!(inspect(dir.path()).unwrap(), None);
    assert_eq!(replayed(dir.path()), (Position::EMPTY, false));
}

#[test]
fn positions_never_go_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = fill(dir.path(), 1);
    let size = LEARNERS.len() as u64;
    let fork = Position { size, root: [99; 32] };
    for other in [position(size - 1), fork] {
        assert!(matches!(writer.commit(other), Err(SearchFault::Backwards { .. })));
    }
    writer.commit(position(size)).unwrap();
}

#[test]
fn an_index_that_the_ledger_does_not_contain_can_begin_anew() {
    let dir = tempfile::tempdir().unwrap();
    let held = fill(dir.path(), 2);
    assert!(matches!(begin_anew(dir.path()), Err(SearchFault::Locked)));
    drop(held);
    let writer = begin_anew(dir.path()).unwrap();
    assert_eq!((writer.position(), writer.sheets()), (Position::EMPTY, 0));
    drop(writer);
    assert_eq!(replayed(dir.path()).0, Position::EMPTY);
}

#[test]
fn readers_are_shared_by_threads_and_see_commits_whole() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let reader: SearchReader = writer.reader();
    shared(&reader);
    let query = Query::identified(tag("003000000000"));
    let _ = writer.add(&sheet(0, &LEARNERS[0])).unwrap();
    assert!(find(&reader, &query, &everything()).hits.is_empty());
    writer.commit(position(1)).unwrap();
    let found = find(&reader, &query, &everything());
    assert_eq!((found.hits.len(), found.as_of), (1, position(1)));
}

/// A power cut that undoes the rename which ends a commit: the commit before it stands, and says where to go on.
#[test]
fn an_undone_commit_is_followed_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let half = LEARNERS.len() / 2;
    for (i, learner) in LEARNERS.iter().enumerate().take(half) {
        let _ = writer.add(&sheet(i as u64, learner)).unwrap();
    }
    writer.commit(position(half as u64)).unwrap();
    let before = fs::read(dir.path().join("meta.json")).unwrap();
    for (i, learner) in LEARNERS.iter().enumerate().skip(half) {
        let _ = writer.add(&sheet(i as u64, learner)).unwrap();
    }
    writer.commit(position(LEARNERS.len() as u64)).unwrap();
    drop(writer);
    fs::write(dir.path().join("meta.json"), before).unwrap();
    assert_eq!(replayed(dir.path()), (position(half as u64), false));
}

/// Writes that were never synced: any file may be empty, cut, or not there.
#[test]
fn a_lost_or_cut_file_is_noticed_and_the_index_made_again() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 2).finish().unwrap();
    let whole = files(dir.path());
    let at = dir.path().join("copy");
    for (name, bytes) in whole.iter().filter(|(name, _)| *name != "LOCK" && !name.ends_with(".lock")) {
        for keep in [None, Some(0), Some(bytes.len() / 2), Some(bytes.len().saturating_sub(1))] {
            let mut damaged = whole.clone();
            match keep {
                None => drop(damaged.remove(name)),
                Some(length) => damaged.get_mut(name).unwrap().truncate(length),
            }
            put(&at, &damaged);
            let (from, doubted) = replayed(&at);
            assert!(doubted || from == position(LEARNERS.len() as u64), "{name} {keep:?}");
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_is_noticed_or_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 2).finish().unwrap();
    let whole = files(dir.path());
    let at = dir.path().join("copy");
    for (name, bytes) in &whole {
        let step = 1 + bytes.len() / if name == "meta.json" { 400 } else { 12 };
        for byte in (0..bytes.len()).step_by(step) {
            let mut damaged = whole.clone();
            damaged.get_mut(name).unwrap()[byte] ^= 1 << (byte % 8);
            put(&at, &damaged);
            match replayed(&at) {
                (from, true) => assert_eq!(from, Position::EMPTY),
                (from, false) => assert_eq!(from, position(LEARNERS.len() as u64), "{name} {byte}"),
            }
        }
    }
}

/// Damage after the files were checked: a search may find less or say that it cannot read, never crash, and a hit
/// that is wrong is told by the sheet itself.
#[test]
fn bytes_that_change_under_a_running_search_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let writer = fill(dir.path(), 1);
    let reader = writer.reader();
    let queries: Vec<Query> =
        LEARNERS.iter().map(|learner| Query::named(learner.1, birth(learner.2)).unwrap()).collect();
    // Who was born on a date is read once and kept: a date that was not asked for before reads the damage.
    let mut dates = (0..).map(|n| birth(&format!("{}-{:02}-{:02}", 2005 + n / 336, 1 + n / 28 % 12, 1 + n % 28)));
    for (name, bytes) in files(dir.path()).iter().filter(|(name, _)| name.contains('.') && !name.ends_with(".lock")) {
        let file = fs::OpenOptions::new().write(true).open(dir.path().join(name)).unwrap();
        for byte in (0..bytes.len()).step_by(1 + bytes.len() / 200) {
            file.write_all_at(&[bytes[byte] ^ 1 << (byte % 8)], byte as u64).unwrap();
            let new = Query::named(LEARNERS[0].1, dates.next().unwrap()).unwrap();
            for query in queries.iter().step_by(5).chain([&new]) {
                let Ok(found) = reader.search(query, &everything()) else { continue };
                assert!(found.hits.len() <= 20);
            }
            file.write_all_at(&[bytes[byte]], byte as u64).unwrap();
        }
    }
    drop((reader, writer));
    let opened = open(dir.path()).unwrap();
    assert_eq!(opened.doubt, None);
    assert!(!find(&opened.writer.reader(), &queries[0], &everything()).hits.is_empty());
}

/// Who was born on a date is kept in memory; never longer than it is true.
#[test]
fn a_date_that_was_asked_for_shows_every_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let reader = writer.reader();
    let query = Query::named("Nguyễn Văn An", birth("2012-03-04")).unwrap();
    let mut there = BTreeSet::new();
    for round in 0..40_u64 {
        let _ = writer.add(&sheet(round, &LEARNERS[0])).unwrap();
        there.insert(round);
        if round % 3 == 2 {
            writer.erase(round / 2).unwrap();
            there.remove(&(round / 2));
        }
        // Segments are merged meanwhile, and written again without what was erased.
        writer.commit(position(round + 1)).unwrap();
        let found = find(&reader, &query, &everything());
        assert_eq!((found.hits.len(), found.more), (there.len().min(20), there.len() > 20), "{round}");
        assert!(found.hits.iter().all(|hit| there.contains(&hit.leaf)), "{round}");
    }
}

#[test]
fn an_erased_sheet_is_found_no_more_and_leaves_the_disk() {
    // Nobody else is at this school.
    const SCHOOL: &[u8] = b"gia dinh";
    let dir = tempfile::tempdir().unwrap();
    let holds = |dir: &Path| files(dir).values().any(|bytes| bytes.windows(SCHOOL.len()).any(|at| at == SCHOOL));
    let segments = |dir: &Path| files(dir).into_keys().filter(|name| name.ends_with(".term")).collect::<Vec<_>>();
    let mut writer = fill(dir.path(), 1);
    assert!(holds(dir.path()));
    let before = segments(dir.path());
    let erased = LEARNERS.iter().position(|learner| learner.0 == "eth").unwrap() as u64;
    let query = Query::named("Đỗ Đăng Khoa", birth("2009-09-09")).unwrap();
    assert_eq!(find(&writer.reader(), &query, &everything()).hits.len(), 1);
    writer.erase(erased).unwrap();
    writer.erase(1_000_000).unwrap();
    let size = LEARNERS.len() as u64;
    writer.commit(position(size + 1)).unwrap();
    assert!(find(&writer.reader(), &query, &everything()).hits.is_empty());
    assert_eq!(writer.sheets(), size - 1);
    writer.finish().unwrap();
    let opened = open(dir.path()).unwrap();
    assert_eq!((opened.doubt, opened.writer.position(), opened.writer.sheets()), (None, position(size + 1), size - 1));
    opened.writer.finish().unwrap();
    assert!(!holds(dir.path()));
    assert!(segments(dir.path()).iter().all(|name| !before.contains(name)));
}

#[test]
fn a_sheet_erased_before_it_is_committed_never_shows() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let _ = writer.add(&sheet(0, &LEARNERS[0])).unwrap();
    let _ = writer.add(&sheet(1, &LEARNERS[1])).unwrap();
    writer.erase(0).unwrap();
    writer.commit(position(3)).unwrap();
    let query = Query::named("Nguyễn Văn An", birth("2012-03-04")).unwrap();
    assert_eq!(who(&find(&writer.reader(), &query, &everything())), ["ân"]);
    drop(writer);
    let opened = open(dir.path()).unwrap();
    assert_eq!((opened.doubt, opened.writer.sheets()), (None, 1));
}

#[test]
fn numbers_are_on_disk_as_keyed_hashes_only() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 1).finish().unwrap();
    let number = b"3000000";
    assert!(files(dir.path()).values().all(|bytes| bytes.windows(number.len()).all(|at| at != number)));
}

fn all_of_them() -> Contents {
    let sheets = LEARNERS.iter().enumerate().map(|(i, learner)| Contents::of(&sheet(i as u64, learner)));
    sheets.fold(Contents::default(), Contents::and)
}

#[test]
fn what_an_index_holds_does_not_depend_on_how_it_came_there() {
    let size = LEARNERS.len() as u64;
    for commits in [1, 4] {
        let dir = tempfile::tempdir().unwrap();
        let writer = fill(dir.path(), commits);
        assert!(matches!(inspect(dir.path()), Err(SearchFault::Locked)));
        writer.finish().unwrap();
        assert_eq!(inspect(dir.path()).unwrap(), Some((position(size), all_of_them())));
        let mut writer = open(dir.path()).unwrap().writer;
        writer.erase(0).unwrap();
        writer.commit(position(size + 1)).unwrap();
        writer.finish().unwrap();
        let (_, rest) = inspect(dir.path()).unwrap().unwrap();
        assert_eq!((rest.sheets, rest.and(Contents::of(&sheet(0, &LEARNERS[0])))), (size - 1, all_of_them()));
    }
    assert_eq!(inspect(Path::new("/nowhere")).unwrap(), None);
}

#[test]
fn every_part_of_a_sheet_counts_in_what_an_index_holds() {
    let (one, other) = (sheet(0, &LEARNERS[0]), sheet(11, &LEARNERS[14]));
    let changed = [
        SearchEntry { code: other.code, ..one },
        SearchEntry { leaf: other.leaf, ..one },
        SearchEntry { name: other.name, ..one },
        SearchEntry { birth: other.birth, ..one },
        SearchEntry { personal: other.personal, ..one },
        SearchEntry { personal: None, ..one },
        SearchEntry { province: other.province, ..one },
        SearchEntry { school_code: "SC0043", ..one },
        SearchEntry { school_name: other.school_name, ..one },
        SearchEntry { year: other.year, ..one },
        SearchEntry { level: other.level, ..one },
    ];
    for (i, changed) in changed.iter().enumerate() {
        assert!(Contents::of(changed) != Contents::of(&one), "{i}");
    }
}

#[test]
fn an_index_that_is_damaged_is_looked_over_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 2).finish().unwrap();
    let whole = files(dir.path());
    for (name, bytes) in whole.iter().filter(|(name, _)| name.contains('.') && !name.ends_with(".lock")) {
        let mut damaged = whole.clone();
        damaged.get_mut(name).unwrap()[bytes.len() / 2] ^= 16;
        put(dir.path(), &damaged);
        match inspect(dir.path()) {
            Err(SearchFault::Damaged(_)) => {}
            Ok(Some((_, held))) => assert_eq!(held, all_of_them(), "{name}"),
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(files(dir.path()), damaged, "{name}");
    }
}

/// Segments are merged and written again at the same time; nobody is lost, twice there, or back again.
#[test]
fn erasures_among_many_commits_take_out_what_they_name_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = open(dir.path()).unwrap().writer;
    let number = |leaf: u64| Query::identified(tag(&format!("{:012}", 3_000_000_000 + leaf)));
    let mut erased = Vec::new();
    for leaf in 0..120 {
        let _ = writer.add(&sheet(leaf, &LEARNERS[0])).unwrap();
        if leaf % 7 == 3 {
            erased.push(leaf / 2);
            writer.erase(leaf / 2).unwrap();
        }
        if leaf % 2 == 1 {
            writer.commit(position(leaf + 1)).unwrap();
        }
    }
    let sheets = 120 - erased.len() as u64;
    for round in 0..2 {
        assert_eq!(writer.sheets(), sheets);
        for leaf in 0..120 {
            let hits = find(&writer.reader(), &number(leaf), &everything()).hits;
            assert_eq!(hits.len(), usize::from(!erased.contains(&leaf)), "{leaf} {round}");
        }
        writer.finish().unwrap();
        let opened = open(dir.path()).unwrap();
        assert_eq!(opened.doubt, None);
        writer = opened.writer;
    }
    // All that was left of erased sheets was written again by now.
    writer.finish().unwrap();
    assert!(files(dir.path()).keys().all(|name| !name.ends_with(".del")));
}
