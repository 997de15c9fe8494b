//! The heads table: right, or an error; never a wrong digest, never a false absence.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hocba::heads::{Flush, HeadKey, Heads, HeadsFault, HeadsOptions, Position};
use hocba::transcript::record::HeadDigest;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

type Model = BTreeMap<HeadKey, HeadDigest>;

fn position(size: u64) -> Position {
    if size == 0 { Position::EMPTY } else { Position { size, root: Sha256::digest(size.to_be_bytes()).into() } }
}

fn key(number: u64) -> HeadKey {
    Sha256::digest(number.to_be_bytes())[..16].try_into().unwrap()
}

fn digest(number: u64, version: u64) -> HeadDigest {
    HeadDigest::of(&[number.to_be_bytes(), version.to_be_bytes()].concat())
}

fn batch(numbers: impl Iterator<Item = u64>, version: u64) -> Vec<(HeadKey, HeadDigest)> {
    numbers.map(|n| (key(n), digest(n, version))).collect()
}

fn small() -> HeadsOptions {
    HeadsOptions { cache_bytes: 64 << 10, flush_entries: 100 }
}

/// Applies and makes durable, whether due or not.
fn put(heads: &Heads, entries: Vec<(HeadKey, HeadDigest)>, size: u64) {
    let _ = heads.apply(entries, position(size)).unwrap();
    heads.flush().unwrap();
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entry = |e: std::io::Result<fs::DirEntry>| {
        let e = e.unwrap();
        (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())
    };
    fs::read_dir(dir).unwrap().map(entry).collect()
}

fn lay_out(dir: &Path, files: &BTreeMap<String, Vec<u8>>) {
    fs::create_dir_all(dir).unwrap();
    for entry in fs::read_dir(dir).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for (name, content) in files {
        fs::write(dir.join(name), content).unwrap();
    }
}

fn read_all(heads: &Heads) -> Result<Model, HeadsFault> {
    heads.view().entries().collect()
}

/// Two segments, the newer shadowing part of the older, several blocks each.
fn two_segments(dir: &Path) -> Model {
    let heads = Heads::open(dir, small()).unwrap();
    put(&heads, batch(0..120, 1), 120);
    put(&heads, batch(110..130, 2), 140);
    heads.settle();
    assert_eq!(heads.view().segment_count(), 2);
    read_all(&heads).unwrap()
}

#[test]
fn an_empty_directory_is_the_empty_ledgers_table() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let heads = Heads::open(&dir.path().join("heads"), small()).unwrap();
        assert_eq!(*heads.view().position(), Position::EMPTY);
        assert_eq!(Position::EMPTY.root, <[u8; 32]>::from(Sha256::digest([])));
        assert_eq!(heads.view().get(&key(1)).unwrap(), None);
    }
}

#[test]
fn what_was_flushed_is_there_after_reopening_and_the_rest_is_gone_with_its_position() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    put(&heads, batch(0..500, 1), 500);
    assert_eq!(heads.apply(batch(500..510, 1), position(510)).unwrap(), Flush::NotYet);
    assert_eq!(heads.view().get(&key(505)).unwrap(), Some(digest(505, 1)));
    assert_eq!(heads.durable_position(), position(500));
    drop(heads);
    let heads = Heads::open(dir.path(), small()).unwrap();
    assert_eq!(*heads.view().position(), position(500));
    assert_eq!(heads.view().get(&key(499)).unwrap(), Some(digest(499, 1)));
    assert_eq!(heads.view().get(&key(505)).unwrap(), None);
}

#[test]
fn a_position_without_entries_is_flushed_too() {
    let dir = tempfile::tempdir().unwrap();
    put(&Heads::open(dir.path(), small()).unwrap(), Vec::new(), 7);
    assert_eq!(*Heads::open(dir.path(), small()).unwrap().view().position(), position(7));
}

#[test]
fn a_flush_is_asked_for_when_enough_has_gathered() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    assert_eq!(heads.apply(batch(0..99, 1), position(99)).unwrap(), Flush::NotYet);
    assert_eq!(heads.apply(batch(99..100, 1), position(100)).unwrap(), Flush::Due);
    heads.flush().unwrap();
    assert_eq!(heads.apply(batch(100..101, 1), position(101)).unwrap(), Flush::NotYet);
}

#[test]
fn a_ledger_that_went_back_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    put(&heads, batch(0..10, 1), 10);
    let forked = Position { size: 10, root: [7; 32] };
    for back in [position(9), forked, Position::EMPTY] {
        let refused = heads.apply(batch(3..4, 9), back);
        assert!(matches!(refused, Err(HeadsFault::Backwards { held: 10, .. })), "{refused:?}");
    }
    assert_eq!(heads.view().get(&key(3)).unwrap(), Some(digest(3, 1)));
    assert_eq!(heads.apply(Vec::new(), position(10)).unwrap(), Flush::NotYet);
}

#[test]
fn only_one_handle_has_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    assert!(matches!(Heads::open(dir.path(), small()), Err(HeadsFault::Locked)));
    drop(heads);
    Heads::open(dir.path(), small()).unwrap();
}

#[test]
fn old_views_stay_as_they_were_while_segments_under_them_are_merged_away() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), HeadsOptions { cache_bytes: 0, flush_entries: 10 }).unwrap();
    put(&heads, batch(0..300, 1), 1);
    let old = heads.view();
    for version in 2..40 {
        put(&heads, batch(0..300, version), version);
    }
    heads.settle();
    assert_eq!(*old.position(), position(1));
    assert!((0..300).all(|n| old.get(&key(n)).unwrap() == Some(digest(n, 1))));
    assert!((0..300).all(|n| heads.view().get(&key(n)).unwrap() == Some(digest(n, 39))));
}

#[test]
fn merges_keep_segments_few_and_leave_no_file_behind() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    for round in 0..60 {
        put(&heads, batch(round * 20..round * 20 + 30, round), round + 1);
    }
    heads.settle();
    // The last merge may have ended before the last flush.
    heads.flush().unwrap();
    heads.settle();
    let view = heads.view();
    assert!(view.segment_count() <= 5, "{} segments", view.segment_count());
    let on_disk = files(dir.path()).keys().filter(|name| name.ends_with(".seg")).count();
    assert_eq!(on_disk, view.segment_count());
    assert!((0..1200).all(|n| view.get(&key(n)).unwrap() == Some(digest(n, n / 20))));
    assert_eq!(read_all(&heads).unwrap().len(), 1210);
}

#[test]
fn readers_see_all_of_a_batch_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), HeadsOptions { cache_bytes: 8 << 10, flush_entries: 1 }).unwrap();
    put(&heads, batch(0..200, 1), 1);
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let view = heads.view();
                    let version = view.position().size;
                    for n in 0..200 {
                        assert_eq!(view.get(&key(n)).unwrap(), Some(digest(n, version)));
                    }
                }
            });
        }
        for version in 2..150 {
            let _ = heads.apply(batch(0..200, version), position(version)).unwrap();
            if version % 4 == 0 {
                heads.flush().unwrap();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}

/// Whatever the damage: each answer is right or an error, and someone notices.
fn right_or_error(dir: &Path, truth: &Model, what: &str) {
    let opened = Heads::open(dir, small());
    let heads = match opened {
        Ok(heads) => heads,
        Err(HeadsFault::Corrupt { .. }) => return,
        Err(other) => panic!("{what}: {other}"),
    };
    let view = heads.view();
    let mut noticed = false;
    let absent: Vec<HeadKey> = (10_000..10_030).map(key).collect();
    for key in truth.keys().chain(&absent) {
        match view.get(key) {
            Ok(answer) => assert_eq!(answer.as_ref(), truth.get(key), "{what}"),
            Err(HeadsFault::Corrupt { .. }) => noticed = true,
            Err(other) => panic!("{what}: {other}"),
        }
    }
    assert!(noticed, "{what}: nobody noticed");
    assert!(read_all(&heads).is_err(), "{what}");
}

#[test]
fn one_flipped_bit_in_any_byte_of_any_file_is_noticed_and_misleads_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let truth = two_segments(dir.path());
    for (name, content) in files(dir.path()) {
        for at in 0..content.len() {
            let mut damaged = content.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(dir.path().join(&name), &damaged).unwrap();
            right_or_error(dir.path(), &truth, &format!("byte {at} of {name}"));
        }
        fs::write(dir.path().join(&name), &content).unwrap();
    }
    assert_eq!(read_all(&Heads::open(dir.path(), small()).unwrap()).unwrap(), truth);
}

#[test]
fn cut_grown_lost_and_swapped_files_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let truth = two_segments(dir.path());
    let whole = files(dir.path());
    let damaged = dir.path().join("damaged");
    let named: Vec<&String> = whole.keys().filter(|name| *name != "LOCK").collect();
    for name in &named {
        for length in [0, 1, whole[*name].len() / 2, whole[*name].len() - 1] {
            let mut files = whole.clone();
            files.get_mut(*name).unwrap().truncate(length);
            lay_out(&damaged, &files);
            right_or_error(&damaged, &truth, &format!("{name} cut to {length}"));
        }
        let mut files = whole.clone();
        files.get_mut(*name).unwrap().push(b'\n');
        lay_out(&damaged, &files);
        right_or_error(&damaged, &truth, &format!("{name} grown"));
        files.remove(*name);
        lay_out(&damaged, &files);
        right_or_error(&damaged, &truth, &format!("{name} lost"));
    }
    let mut files = whole.clone();
    let segments: Vec<String> = files.keys().filter(|name| name.ends_with(".seg")).cloned().collect();
    let (a, b) = (whole[&segments[0]].clone(), whole[&segments[1]].clone());
    files.insert(segments[0].clone(), b);
    files.insert(segments[1].clone(), a);
    lay_out(&damaged, &files);
    right_or_error(&damaged, &truth, "segments swapped");
}

#[test]
fn damage_under_an_open_table_is_noticed_when_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), HeadsOptions { cache_bytes: 0, flush_entries: 10 }).unwrap();
    put(&heads, batch(0..50, 1), 1);
    assert_eq!(heads.view().get(&key(1)).unwrap(), Some(digest(1, 1)));
    let name = files(dir.path()).into_keys().find(|name| name.ends_with(".seg")).unwrap();
    let mut content = fs::read(dir.path().join(&name)).unwrap();
    content[20] ^= 4;
    fs::write(dir.path().join(&name), content).unwrap();
    assert!(matches!(heads.view().get(&key(1)), Err(HeadsFault::Corrupt { .. })));
}

#[test]
fn a_damaged_segment_is_never_merged_into_a_good_one() {
    let dir = tempfile::tempdir().unwrap();
    put(&Heads::open(dir.path(), small()).unwrap(), batch(0..50, 1), 1);
    let name = files(dir.path()).into_keys().find(|name| name.ends_with(".seg")).unwrap();
    let mut content = fs::read(dir.path().join(&name)).unwrap();
    content[20] ^= 4;
    fs::write(dir.path().join(&name), content).unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    put(&heads, batch(50..90, 1), 2);
    heads.settle();
    assert_eq!(heads.view().segment_count(), 2);
    let _ = heads.apply(batch(90..91, 1), position(3)).unwrap();
    assert!(matches!(heads.flush(), Err(HeadsFault::Corrupt { .. })), "the merge's finding is told");
    assert_eq!(heads.view().get(&key(60)).unwrap(), Some(digest(60, 1)));
}

#[test]
fn a_crash_at_any_step_of_a_flush_leaves_the_old_table_or_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let (live, crashed) = (dir.path().join("live"), dir.path().join("crashed"));
    let heads = Heads::open(&live, small()).unwrap();
    put(&heads, batch(0..450, 1), 450);
    let old = (files(&live), read_all(&heads).unwrap(), position(450));
    put(&heads, batch(400..510, 2), 560);
    heads.settle();
    let new = (files(&live), read_all(&heads).unwrap(), position(560));
    let fresh = new.0.keys().find(|name| !old.0.contains_key(*name)).unwrap().clone();
    let (segment, manifest) = (&new.0[&fresh], &new.0["MANIFEST"]);

    let check = |files: &BTreeMap<String, Vec<u8>>, expected: &(BTreeMap<_, _>, Model, Position)| {
        lay_out(&crashed, files);
        let heads = Heads::open(&crashed, small()).unwrap();
        assert_eq!(*heads.view().position(), expected.2);
        assert_eq!(read_all(&heads).unwrap(), expected.1);
        drop(heads);
        assert_eq!(self::files(&crashed), expected.0, "leftovers are gone");
    };
    for length in (0..=segment.len()).step_by(97).chain([segment.len()]) {
        let mut files = old.0.clone();
        files.insert(fresh.clone(), segment[..length].to_vec());
        check(&files, &old);
    }
    for length in 0..=manifest.len() {
        let mut files = old.0.clone();
        files.insert(fresh.clone(), segment.clone());
        files.insert("MANIFEST.tmp".into(), manifest[..length].to_vec());
        check(&files, &old);
    }
    // After the rename, with and without files that a merge had just retired.
    let mut files = new.0.clone();
    files.insert("00000000000000ff.seg".into(), segment.clone());
    check(&files, &new);
    check(&new.0, &new);
}

#[test]
fn a_disk_that_refuses_leaves_the_table_as_it_was_and_a_later_flush_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let heads = Heads::open(dir.path(), small()).unwrap();
    put(&heads, batch(0..100, 1), 100);
    // A directory in the place of the temporary file: the manifest cannot be written.
    fs::create_dir(dir.path().join("MANIFEST.tmp")).unwrap();
    let _ = heads.apply(batch(100..200, 1), position(200)).unwrap();
    assert!(matches!(heads.flush(), Err(HeadsFault::Io { .. })));
    assert_eq!(heads.durable_position(), position(100));
    assert_eq!(heads.view().get(&key(150)).unwrap(), Some(digest(150, 1)));
    fs::remove_dir(dir.path().join("MANIFEST.tmp")).unwrap();
    heads.flush().unwrap();
    heads.settle();
    assert_eq!(heads.durable_position(), position(200));
    let segments = files(dir.path()).keys().filter(|name| name.ends_with(".seg")).count();
    assert_eq!(segments, heads.view().segment_count(), "the stray of the failed flush is deleted");
    drop(heads);
    assert_eq!(read_all(&Heads::open(dir.path(), small()).unwrap()).unwrap().len(), 200);
}

#[derive(Debug, Clone)]
enum Step {
    Apply(Vec<(u16, u64)>),
    Flush,
    Settle,
    Reopen,
    FlushAndReopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let entries = prop::collection::vec((0..600u16, any::<u64>()), 0..250);
    let step = prop_oneof![
        6 => entries.prop_map(Step::Apply),
        4 => Just(Step::Flush),
        1 => Just(Step::Settle),
        1 => Just(Step::Reopen),
        1 => Just(Step::FlushAndReopen),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_table_is_a_map_whatever_is_done_to_it(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let mut heads = Heads::open(dir.path(), small()).unwrap();
        let (mut now, mut durable) = ((Model::new(), 0), (Model::new(), 0));
        for step in steps {
            match step {
                Step::Apply(entries) => {
                    now.1 += 1;
                    let entries: Vec<_> = entries.iter().map(|(n, v)| (key(u64::from(*n)), digest(0, *v))).collect();
                    now.0.extend(entries.iter().copied());
                    let _ = heads.apply(entries, position(now.1)).unwrap();
                }
                Step::Flush => {
                    heads.flush().unwrap();
                    durable = now.clone();
                }
                Step::Settle => heads.settle(),
                Step::Reopen => {
                    drop(heads);
                    heads = Heads::open(dir.path(), small()).unwrap();
                    now = durable.clone();
                }
                Step::FlushAndReopen => {
                    heads.flush().unwrap();
                    drop(heads);
                    heads = Heads::open(dir.path(), small()).unwrap();
                    durable = now.clone();
                }
            }
            prop_assert_eq!(*heads.view().position(), position(now.1));
            for n in 0..620 {
                prop_assert_eq!(heads.view().get(&key(n)).unwrap(), now.0.get(&key(n)).copied());
            }
        }
        prop_assert_eq!(read_all(&heads).unwrap(), now.0);
    }
}
