//! The record store: what was put, or an error, or nothing; never a panic.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use data_encoding::HEXLOWER;
use hocba::heads::{Heads, HeadsOptions};
use hocba::records::{Embedded, MAX_RECORD, RecordKey, RecordStore, RecordsFault, pack};
use hocba::transcript::TranscriptCode;
use hocba::transcript::record::HeadDigest;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

#[path = "records/samples.rs"]
mod samples;

use samples::Samples;

fn open(dir: &Path) -> Embedded {
    Embedded::open(dir).unwrap()
}

fn put(store: &Embedded, records: &[(RecordKey, Vec<u8>)]) {
    let borrowed: Vec<_> = records.iter().map(|(key, record)| (*key, record.as_slice())).collect();
    store.put_batch(&borrowed).unwrap();
}

fn key(number: u64) -> RecordKey {
    let digest = Sha256::digest(number.to_be_bytes());
    RecordKey { code: TranscriptCode::from_bytes(digest[..16].try_into().unwrap()), head: HeadDigest::of(&digest) }
}

#[test]
fn records_come_back_as_they_were_put_also_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let mut samples = Samples::new(7);
    let records: Vec<_> = (0..1000).map(|_| samples.record()).collect();
    let store = open(dir.path());
    put(&store, &records);
    let check = |store: &Embedded| {
        let mut out = Vec::new();
        for (key, record) in &records {
            assert!(store.get_into(key, &mut out).unwrap());
            assert_eq!(out, *record);
        }
        assert_eq!(store.get(&key(1)).unwrap(), None);
        assert!(!store.get_into(&key(1), &mut out).unwrap());
        assert!(out.is_empty());
    };
    check(&store);
    store.persist().unwrap();
    drop(store);
    let store = open(dir.path());
    check(&store);
    store.persist().unwrap();
    store.settle();
    check(&store);
    drop(store);
    check(&open(dir.path()));
}

#[test]
fn versions_of_one_record_live_side_by_side_until_the_old_one_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let code = TranscriptCode::from_bytes([9; 16]);
    let version = |text: &[u8]| (RecordKey { code, head: HeadDigest::of(text) }, text.to_vec());
    let (old, new) = (version(b"before the withdrawal"), version(b"after the withdrawal"));
    put(&store, std::slice::from_ref(&old));
    put(&store, std::slice::from_ref(&new));
    assert_eq!(store.get(&old.0).unwrap().unwrap(), old.1);
    assert_eq!(store.get(&new.0).unwrap().unwrap(), new.1);
    store.remove_batch(&[old.0]).unwrap();
    store.remove_batch(&[]).unwrap();
    assert_eq!(store.get(&old.0).unwrap(), None);
    assert_eq!(store.get(&new.0).unwrap().unwrap(), new.1);
}

#[test]
fn the_ledger_size_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert_eq!(store.reflects().unwrap(), 0);
    store.set_reflects(1_234_567).unwrap();
    store.persist().unwrap();
    drop(store);
    assert_eq!(open(dir.path()).reflects().unwrap(), 1_234_567);
}

#[test]
fn only_one_process_has_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert!(matches!(Embedded::open(dir.path()), Err(RecordsFault::Locked)));
    drop(store);
    open(dir.path());
}

#[test]
fn readers_and_the_writer_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut samples = Samples::new(8);
    let records: Vec<_> = (0..2000).map(|_| samples.record()).collect();
    let store = open(dir.path());
    let written = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                while !written.load(Ordering::Relaxed) {
                    for (key, record) in &records {
                        let held = store.get(key).unwrap();
                        assert!(held.is_none_or(|held| held == *record));
                    }
                }
            });
        }
        for chunk in records.chunks(100) {
            put(&store, chunk);
            store.persist().unwrap();
        }
        written.store(true, Ordering::Relaxed);
    });
    assert!(records.iter().all(|(key, record)| store.get(key).unwrap().as_ref() == Some(record)));
}

#[test]
fn a_record_beyond_all_measure_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let long = vec![7; MAX_RECORD + 1];
    assert!(matches!(open(dir.path()).put_batch(&[(key(1), &long)]), Err(RecordsFault::TooLong(_))));
    let store = open(dir.path());
    store.put_batch(&[(key(1), &long[1..])]).unwrap();
    assert_eq!(store.get(&key(1)).unwrap().unwrap().len(), MAX_RECORD);
}

// ---- packing

#[test]
fn the_dictionary_is_the_one_its_checksum_names_and_small() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/records/dictionary");
    let dictionary = fs::read(place.join("1.zdict")).unwrap();
    let named = fs::read_to_string(place.join("1.sha256")).unwrap();
    assert_eq!(HEXLOWER.encode(&Sha256::digest(&dictionary)), named.trim_end());
    assert!(dictionary.len() <= 112 << 10);
}

#[test]
fn packing_makes_records_of_several_sheets_less_than_half_as_long() {
    let mut samples = Samples::new(11);
    let (mut plain, mut packed) = (0, 0);
    for _ in 0..500 {
        let (_, record) = samples.booklet();
        plain += record.len();
        packed += pack::pack(&record).unwrap().len();
    }
    assert!(packed * 2 < plain, "{packed} of {plain}");
}

#[test]
fn bombs_and_frames_of_unknown_length_are_refused() {
    let mut out = Vec::new();
    let value = |frame: Vec<u8>| [vec![1], frame].concat();
    let bomb = value(zstd::bulk::compress(&vec![0; MAX_RECORD + 1], 3).unwrap());
    assert!(bomb.len() < 10_000);
    let mut unknown = zstd::Encoder::new(Vec::new(), 3).unwrap();
    unknown.write_all(&vec![0; 1 << 20]).unwrap();
    for value in [bomb, value(unknown.finish().unwrap()), vec![], vec![1], vec![200, 1, 2], vec![0; MAX_RECORD + 2]] {
        assert!(matches!(pack::unpack(&value, &mut out), Err(RecordsFault::Corrupt { .. })));
        assert!(out.capacity() <= 2 * MAX_RECORD);
    }
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked(record in prop::collection::vec(any::<u8>(), 0..3000), seed: u64) {
        let mut out = vec![1, 2, 3];
        pack::unpack(&pack::pack(&record).unwrap(), &mut out).unwrap();
        prop_assert_eq!(&out, &record);
        let (_, record) = Samples::new(seed).record();
        pack::unpack(&pack::pack(&record).unwrap(), &mut out).unwrap();
        prop_assert_eq!(&out, &record);
    }

    #[test]
    fn unpacking_anything_never_panics_and_stays_small(
        value in prop::collection::vec(any::<u8>(), 0..300),
        seed: u64,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8u8), 0..4),
    ) {
        let mut out = Vec::new();
        let _ = pack::unpack(&value, &mut out);
        let mut packed = pack::pack(&Samples::new(seed).booklet().1).unwrap();
        for (at, bit) in flips {
            let at = at.index(packed.len());
            packed[at] ^= 1 << bit;
        }
        let _ = pack::unpack(&packed, &mut out);
        prop_assert!(out.len() <= MAX_RECORD);
    }
}

// ---- damage

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entry = |e: std::io::Result<fs::DirEntry>| {
        let e = e.unwrap();
        (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())
    };
    fs::read_dir(dir).unwrap().map(entry).collect()
}

/// A small store of several segments; one record removed.
fn small_store(dir: &Path) -> BTreeMap<[u8; 40], Vec<u8>> {
    let mut samples = Samples::new(9);
    let mut records: Vec<_> = (0..33).map(|_| samples.record()).collect();
    let store = open(dir);
    put(&store, &records[..27]);
    store.set_reflects(27).unwrap();
    store.persist().unwrap();
    put(&store, &records[27..]);
    store.remove_batch(&[records[7].0]).unwrap();
    store.set_reflects(33).unwrap();
    store.persist().unwrap();
    store.settle();
    records.remove(7);
    records.into_iter().map(|(key, record)| (whole(&key), record)).collect()
}

fn whole(key: &RecordKey) -> [u8; 40] {
    [key.code.as_bytes().as_slice(), &key.head.0].concat().try_into().unwrap()
}

fn parted(key: &[u8; 40]) -> RecordKey {
    RecordKey {
        code: TranscriptCode::from_bytes(key[..16].try_into().unwrap()),
        head: HeadDigest(key[16..].try_into().unwrap()),
    }
}

/// On the hot path the head is the checksum: no other record passes for the one that was put.
fn the_head_notices(store: &Embedded, truth: &BTreeMap<[u8; 40], Vec<u8>>, what: &str) {
    let mut out = Vec::new();
    for (key, record) in truth {
        let key = parted(key);
        match store.get_into(&key, &mut out) {
            Ok(true) if HeadDigest::of(&out) == key.head => assert_eq!(out, *record, "{what}"),
            Ok(_) | Err(RecordsFault::Corrupt { .. }) => {}
            Err(other) => panic!("{what}: {other}"),
        }
    }
}

/// Whatever the damage: a record as it was put, or an error; and someone notices.
fn right_or_error(dir: &Path, truth: &BTreeMap<[u8; 40], Vec<u8>>, what: &str) {
    let store = match Embedded::open(dir) {
        Ok(store) => store,
        Err(RecordsFault::Corrupt { .. }) => return,
        Err(other) => panic!("{what}: {other}"),
    };
    assert_eq!(store.reflects().unwrap(), 33, "{what}");
    the_head_notices(&store, truth, what);
    let mut noticed = false;
    for (key, record) in truth {
        match store.get(&parted(key)) {
            Ok(held) => assert_eq!(held.as_ref(), Some(record), "{what}"),
            Err(RecordsFault::Corrupt { .. }) => noticed = true,
            Err(other) => panic!("{what}: {other}"),
        }
    }
    assert!(noticed, "{what}: nobody noticed");
}

#[test]
fn one_flipped_bit_in_any_byte_of_any_file_is_noticed_and_yields_no_other_record() {
    let dir = tempfile::tempdir().unwrap();
    let truth = small_store(dir.path());
    let whole = files(dir.path());
    assert_eq!(whole.keys().filter(|name| name.ends_with(".seg")).count(), 2);
    for (name, content) in &whole {
        for at in 0..content.len() {
            let mut damaged = content.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(dir.path().join(name), &damaged).unwrap();
            right_or_error(dir.path(), &truth, &format!("byte {at} of {name}"));
        }
        fs::write(dir.path().join(name), content).unwrap();
    }
}

#[test]
fn cut_grown_and_lost_files_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let truth = small_store(dir.path());
    for (name, content) in files(dir.path()).iter().filter(|(name, _)| *name != "LOCK") {
        let path = dir.path().join(name);
        for length in [0, 1, content.len() / 2, content.len() - 1] {
            fs::write(&path, &content[..length]).unwrap();
            right_or_error(dir.path(), &truth, &format!("{name} cut to {length}"));
        }
        fs::write(&path, [content.as_slice(), b"\n"].concat()).unwrap();
        right_or_error(dir.path(), &truth, &format!("{name} grown"));
        fs::remove_file(&path).unwrap();
        right_or_error(dir.path(), &truth, &format!("{name} lost"));
        fs::write(&path, content).unwrap();
    }
}

#[test]
fn a_table_of_heads_is_not_opened_as_records() {
    let dir = tempfile::tempdir().unwrap();
    drop(Heads::open(dir.path(), HeadsOptions::default()).unwrap());
    assert!(matches!(Embedded::open(dir.path()), Err(RecordsFault::Corrupt { .. })));
}

#[test]
fn a_disk_that_refuses_is_an_error_reads_go_on_and_it_recovers_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let mut samples = Samples::new(12);
    let records: Vec<_> = (0..100).map(|_| samples.record()).collect();
    let store = open(dir.path());
    put(&store, &records[..50]);
    store.persist().unwrap();
    fs::create_dir(dir.path().join("MANIFEST.tmp")).unwrap();
    put(&store, &records[50..]);
    assert!(matches!(store.persist(), Err(RecordsFault::Io(_))));
    assert!(records.iter().all(|(key, record)| store.get(key).unwrap().as_ref() == Some(record)));
    fs::remove_dir(dir.path().join("MANIFEST.tmp")).unwrap();
    store.persist().unwrap();
    drop(store);
    let store = open(dir.path());
    assert!(records.iter().all(|(key, record)| store.get(key).unwrap().as_ref() == Some(record)));
}

// ---- a map

#[derive(Debug, Clone)]
enum Step {
    Put(Vec<(u8, u16)>),
    Remove(Vec<u8>),
    Persist,
    Settle,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => prop::collection::vec((any::<u8>(), 0..9000u16), 0..30).prop_map(Step::Put),
        2 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Step::Remove),
        4 => Just(Step::Persist),
        1 => Just(Step::Settle),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..30)
}

/// Incompressible, so that blocks are really as long as this.
fn noise(number: u8, length: u16) -> Vec<u8> {
    let block = |n: u16| Sha256::digest([u16::from(number).to_be_bytes(), n.to_be_bytes()].concat());
    (0..=length / 32).flat_map(block).take(usize::from(length)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_store_is_a_map_whatever_is_done_to_it(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        let mut now: (BTreeMap<u8, Vec<u8>>, u64) = Default::default();
        let mut durable = now.clone();
        for step in steps {
            match step {
                Step::Put(entries) => {
                    let records: Vec<_> = entries.iter().map(|(n, length)| (*n, noise(*n, *length))).collect();
                    let keyed: Vec<_> = records.iter().map(|(n, r)| (key(u64::from(*n)), r.clone())).collect();
                    put(&store, &keyed);
                    now.0.extend(records);
                    now.1 += 1;
                    store.set_reflects(now.1).unwrap();
                }
                Step::Remove(numbers) => {
                    let keys: Vec<_> = numbers.iter().map(|n| key(u64::from(*n))).collect();
                    store.remove_batch(&keys).unwrap();
                    now.0.retain(|n, _| !numbers.contains(n));
                }
                Step::Persist => {
                    store.persist().unwrap();
                    durable = now.clone();
                }
                Step::Settle => store.settle(),
                Step::Reopen => {
                    drop(store);
                    store = open(dir.path());
                    now = durable.clone();
                }
            }
            prop_assert_eq!(store.reflects().unwrap(), now.1);
            for n in 0..=255 {
                prop_assert_eq!(store.get(&key(u64::from(n))).unwrap(), now.0.get(&n).cloned());
            }
        }
    }
}

/// Trains the dictionary anew from made-up records and writes it where it is compiled from. The old
/// numbers stay: for a better dictionary, raise the number here, add the new files to `pack.rs`, and
/// keep the old ones. `cargo test --profile ci -- --ignored records::train_the_dictionary`
#[test]
#[ignore = "writes src/records/dictionary"]
fn train_the_dictionary() {
    let mut samples = Samples::new(1);
    let records: Vec<Vec<u8>> = (0..20_000).map(|_| samples.booklet().1).collect();
    let dictionary = zstd::dict::from_samples(&records, 32 << 10).unwrap();
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/records/dictionary");
    fs::write(place.join("1.zdict"), &dictionary).unwrap();
    fs::write(place.join("1.sha256"), format!("{}\n", HEXLOWER.encode(&Sha256::digest(&dictionary)))).unwrap();
}
