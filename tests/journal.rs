//! The journal: chained, durable before it answers, closed after a fault.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use data_encoding::BASE64URL_NOPAD;
use hocba::journal::*;
use hocba::transcript::text::Text;
use hocba::transcript::{GroupSet, Moment, TranscriptCode};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const CODE: TranscriptCode = TranscriptCode::from_bytes(*b"\x0f\x8f\xad[\xd9\xcbF\x9f\xa1ep\x86g(\x95\x0e");

fn key() -> TagKey {
    TagKey::new(&[3; 32])
}

fn at(seconds: i64) -> Moment {
    Moment::from_millis((1_763_000_000 + seconds) * 1000).unwrap()
}

fn event(purpose: &str) -> Event<'static> {
    Event {
        actor: Actor::Holder { opened_with: SecondFactor::BirthDate },
        purpose: Text::new(purpose).unwrap(),
        transcript: &CODE,
        groups: GroupSet::BIRTH_DATE,
        client: Some("203.0.113.0/24"),
        outcome: Outcome::Disclosed,
    }
}

fn append(journal: &Journal, n: i64) -> Result<Receipt, JournalFault> {
    journal.append(at(n), &event(&format!("lookup {n}")))
}

fn append_all(journal: &Journal, range: std::ops::Range<i64>) {
    range.for_each(|n| assert!(append(journal, n).is_ok()));
}

/// Replaces a file. By removing it first: some file systems flush a file that is truncated and written again.
fn put(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    let _ = fs::remove_file(&path);
    fs::write(path, bytes)
}

/// On a disk that is only told to sync: what fsync itself does is not for us to test.
fn open(dir: &Path) -> Result<Journal, JournalFault> {
    Journal::open_on(dir, key(), Options::default(), Arc::new(TestDisk::default()))
}

const SMALL: Options = Options { segment_bytes: 1_500 };

fn open_small(dir: &Path, disk: Arc<dyn Disk>) -> Result<Journal, JournalFault> {
    Journal::open_on(dir, key(), SMALL, disk)
}

/// A journal of `lines` lines in one segment; the segment's path and bytes.
fn written(lines: i64) -> (TempDir, PathBuf, Vec<u8>) {
    let dir = TempDir::new().unwrap();
    let journal = open(dir.path()).unwrap();
    append_all(&journal, 0..lines);
    let path = dir.path().join("000000000001.jsonl");
    let bytes = fs::read(&path).unwrap();
    (dir, path, bytes)
}

fn sizes(dir: &Path) -> Result<u64, JournalFault> {
    audit(dir, &[]).map(|audited| audited.size)
}

#[test]
fn a_line_is_what_the_documents_say() {
    let (dir, _, bytes) = written(2);
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (transcript, client) = (key().transcript(&CODE, at(0)), key().client("203.0.113.0/24", at(0)));
    let zeros = "A".repeat(43);
    let body = format!(
        "{{\"seq\":1,\"at\":\"2025-11-13T09:13:20+07:00\",\"entry\":{{\"disclosure\":{{\
         \"actor\":{{\"holder\":{{\"opened_with\":\"birth_date\"}}}},\"purpose\":\"lookup 0\",\
         \"transcript\":\"{transcript}\",\"groups\":[\"name\",\"staff\",\"results\",\"comments\"],\
         \"client\":\"{client}\",\"key\":\"{}\",\"outcome\":\"disclosed\"}}}},\"prev\":\"{zeros}\"",
        key().id(),
    );
    let hash = BASE64URL_NOPAD.encode(&Sha256::digest(body.as_bytes()));
    assert_eq!(lines[0], format!("{body},\"hash\":\"{hash}\"}}"));
    assert!(lines[1].contains(&format!(",\"prev\":\"{hash}\",\"hash\":\"")));
    // Nothing personal, in any spelling.
    for secret in ["0f8fad5b", "D4+tW9nLRp", "D4-tW9nLRp", "203.0.113"] {
        assert!(!text.contains(secret));
    }
    let records: Vec<Record> = open(dir.path()).unwrap().iter().unwrap().map(Result::unwrap).collect();
    assert_eq!((records[1].seq, records[1].at), (2, at(1)));
    assert_eq!(BASE64URL_NOPAD.encode(&records[0].hash), hash);
    let Entry::Disclosure(seen) = &records[1].entry else { panic!("a disclosure") };
    assert_eq!((seen.transcript, seen.groups), (transcript, GroupSet::BIRTH_DATE));
}

#[test]
fn actors_of_every_kind_read_back() {
    let dir = TempDir::new().unwrap();
    let journal = open(dir.path()).unwrap();
    let office = Actor::Office { account: Text::new("so-gd-22").unwrap() };
    let operator = Actor::Operator { name: Text::new("Nguyễn Thị \"Hà\" \\ Trực ban").unwrap() };
    for (actor, client, outcome) in
        [(office.clone(), Some("2001:db8::/56"), Outcome::Refused), (operator.clone(), None, Outcome::Disclosed)]
    {
        journal
            .append(at(0), &Event { actor, client, outcome, groups: GroupSet::NONE, ..event("cấp bản mềm") })
            .unwrap();
    }
    let read: Vec<Entry> = journal.iter().unwrap().map(|record| record.unwrap().entry).collect();
    let [Entry::Disclosure(first), Entry::Disclosure(second)] = &read[..] else { panic!("{read:?}") };
    assert_eq!((&first.actor, first.outcome), (&office, Outcome::Refused));
    assert_eq!((&second.actor, second.client), (&operator, None));
}

#[test]
fn receipts_follow_one_another_across_restarts() {
    let dir = TempDir::new().unwrap();
    let mut last = (0, [0; 32]);
    for start in 0..3 {
        let journal = Journal::open(dir.path(), key()).unwrap();
        assert_eq!(journal.head(), last);
        for n in 0..4 {
            let receipt = append(&journal, start * 10 + n).unwrap();
            assert_eq!(receipt.seq, last.0 + 1);
            last = (receipt.seq, receipt.hash);
            assert_eq!(journal.head(), last);
        }
    }
    let audited = audit(dir.path(), &[]).unwrap();
    assert_eq!(((audited.size, audited.head), audited.unfinished), (last, false));
}

#[test]
fn one_owner_at_a_time() {
    let dir = TempDir::new().unwrap();
    let journal = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(JournalFault::Locked(_))));
    drop(journal);
    open(dir.path()).unwrap();
}

#[test]
fn segments_follow_one_another() {
    let dir = TempDir::new().unwrap();
    for _ in 0..3 {
        let journal = open_small(dir.path(), Arc::new(RealDisk)).unwrap();
        append_all(&journal, 0..13);
        journal.verify(&[]).unwrap();
    }
    assert_eq!(sizes(dir.path()).unwrap(), 39);
    let segments = segments(dir.path());
    assert!(segments.len() > 5, "{}", segments.len());
    assert!(segments.iter().all(|path| fs::metadata(path).unwrap().len() < 2_200));
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|f| f.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    found.sort();
    found
}

#[test]
fn cut_anywhere_in_the_last_lines_every_whole_line_stays() {
    let (dir, path, bytes) = written(5);
    let ends: Vec<usize> = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1).collect();
    for cut in ends[1]..=bytes.len() {
        put(&path, &bytes[..cut]).unwrap();
        let journal = open(dir.path()).unwrap();
        // A line that lacks only its newline is whole.
        let whole = ends.iter().filter(|end| **end <= cut + 1).count() as u64;
        assert_eq!(journal.head().0, whole, "cut at {cut}");
        assert_eq!(append(&journal, 9).unwrap().seq, whole + 1);
        drop(journal);
        assert_eq!(sizes(dir.path()).unwrap(), whole + 1);
        assert!(fs::read(&path).unwrap().starts_with(&bytes[..ends[whole as usize - 1]]));
    }
}

#[test]
fn zeros_after_a_torn_line_are_a_torn_line() {
    let (dir, path, bytes) = written(3);
    let end = bytes.iter().rposition(|b| *b == b',').unwrap();
    let second = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for keep in [second, second + 10, end, bytes.len()] {
        for zeros in [1, 100, 9_000, 70_000] {
            put(&path, [&bytes[..keep], &vec![0; zeros]].concat()).unwrap();
            let lines = bytes[..keep].iter().filter(|b| **b == b'\n').count() as u64;
            assert!(audit(dir.path(), &[]).unwrap().unfinished);
            assert_eq!(open(dir.path()).unwrap().head().0, lines);
            assert_eq!(sizes(dir.path()).unwrap(), lines);
        }
    }
    // Zeros that are followed by something are damage.
    put(&path, [&bytes[..], &vec![0; 9_000], b"x"].concat()).unwrap();
    assert!(open(dir.path()).is_err() && audit(dir.path(), &[]).is_err());
}

#[test]
fn any_flipped_bit_is_found_and_nothing_acknowledged_is_cut() {
    let (dir, path, bytes) = written(3);
    for (i, bit) in (0..bytes.len()).flat_map(|i| (0..8).map(move |bit| (i, bit))) {
        let mut spoiled = bytes.clone();
        spoiled[i] ^= 1 << bit;
        put(&path, &spoiled).unwrap();
        assert!(audit(dir.path(), &[]).is_err(), "byte {i} bit {bit}");
        if bit == i % 8 {
            assert!(open(dir.path()).is_err(), "byte {i} bit {bit}");
            assert_eq!(fs::read(&path).unwrap(), spoiled);
        }
    }
}

#[test]
fn lines_that_are_moved_removed_or_repeated_are_found() {
    let (dir, path, bytes) = written(5);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let mut spoiled: Vec<(u64, Vec<&[u8]>)> = Vec::new();
    for i in 0..4 {
        let mut swapped = lines.clone();
        swapped.swap(i, i + 1);
        let mut removed = lines.clone();
        removed.remove(i);
        let mut repeated = lines.clone();
        repeated.insert(i, lines[i]);
        spoiled.extend([(i as u64 + 1, swapped), (i as u64 + 1, removed), (i as u64 + 2, repeated)]);
    }
    for (first, lines) in spoiled {
        put(&path, lines.concat()).unwrap();
        match audit(dir.path(), &[]) {
            Err(JournalFault::Line { line, fault: LineFault::Sequence { expected, .. }, .. }) => {
                assert_eq!((line, expected), (first, first));
            }
            other => panic!("{other:?}"),
        }
        assert!(open(dir.path()).is_err());
    }
}

#[test]
fn a_line_of_another_history_is_found() {
    let (dir, path, bytes) = written(3);
    let other = TempDir::new().unwrap();
    let journal = open(other.path()).unwrap();
    append_all(&journal, 5..8);
    let theirs = fs::read(other.path().join("000000000001.jsonl")).unwrap();
    let lines = |bytes: &[u8]| bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let mixed = [lines(&bytes)[0].clone(), lines(&theirs)[1].clone(), lines(&bytes)[2].clone()].concat();
    put(&path, mixed).unwrap();
    let Err(JournalFault::Line { line: 2, fault: LineFault::Previous, .. }) = audit(dir.path(), &[]) else { panic!() };
}

#[test]
fn missing_emptied_and_misnamed_segments_are_found() {
    let dir = TempDir::new().unwrap();
    let journal = open_small(dir.path(), Arc::new(RealDisk)).unwrap();
    append_all(&journal, 0..20);
    let (size, head) = journal.head();
    drop(journal);
    let anchor = Anchor { size, head, at: at(0) };
    let paths = segments(dir.path());
    for (i, path) in paths.iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        fs::remove_file(path).unwrap();
        let last = i == paths.len() - 1;
        // Only the ledger knows how long the journal was.
        assert_eq!(audit(dir.path(), &[]).is_ok(), last);
        assert!(audit(dir.path(), &[anchor]).is_err());
        put(path, b"").unwrap();
        assert!(audit(dir.path(), &[anchor]).is_err());
        put(path, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(audit(dir.path(), &[]).is_ok(), last);
        put(path, &bytes).unwrap();
        let misnamed = dir.path().join("000000000999.jsonl");
        fs::rename(path, &misnamed).unwrap();
        assert!(audit(dir.path(), &[]).is_err());
        fs::rename(&misnamed, path).unwrap();
    }
    // Damage in the last two segments keeps the journal from opening; further back the audit finds it.
    put(dir.path().join("notes.txt"), b"x").unwrap();
    put(dir.path().join("7.jsonl"), b"x").unwrap();
    assert_eq!(audit(dir.path(), &[anchor]).unwrap().size, 20);
    assert_eq!(open(dir.path()).unwrap().head(), (size, head));
}

#[test]
fn anchors_hold_the_journal_to_its_past() {
    let dir = TempDir::new().unwrap();
    let journal = open(dir.path()).unwrap();
    let anchor = |journal: &Journal| {
        let (size, head) = journal.head();
        Anchor { size, head, at: at(0) }
    };
    let mut anchors = vec![anchor(&journal)];
    for n in 0..4 {
        append(&journal, n).unwrap();
        anchors.push(anchor(&journal));
    }
    anchors.reverse();
    journal.verify(&anchors).unwrap();
    let rewritten = Anchor { size: 2, head: [9; 32], at: at(0) };
    assert!(matches!(journal.verify(&[rewritten]), Err(JournalFault::Rewritten(2))));
    let beyond = Anchor { size: 5, head: [9; 32], at: at(0) };
    assert!(matches!(journal.verify(&[beyond]), Err(JournalFault::CutShort { anchored: 5, found: 4 })));
    drop(journal);
    let path = dir.path().join("000000000001.jsonl");
    let bytes = fs::read(&path).unwrap();
    let cut = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    put(&path, &bytes[..cut]).unwrap();
    assert!(audit(dir.path(), &[]).is_ok());
    assert!(matches!(audit(dir.path(), &anchors), Err(JournalFault::CutShort { anchored: 4, found: 3 })));
}

#[test]
fn an_anchor_has_one_form() {
    let anchor = Anchor { size: 7, head: [1; 32], at: at(0) };
    let head = BASE64URL_NOPAD.encode(&[1; 32]);
    let payload = format!(
        "{{\"version\":1,\"journal_size\":7,\"journal_head\":\"{head}\",\"at\":\"2025-11-13T09:13:20+07:00\"}}"
    );
    assert_eq!(anchor.to_payload(), payload.as_bytes());
    assert_eq!(Anchor::from_payload(payload.as_bytes()).unwrap(), anchor);
    for (from, to) in [
        ("\"version\":1", "\"version\":2"),
        ("\"version\":1", "\"version\":1,\"version\":1"),
        (":7", ":-7"),
        (":7", ":7.0"),
        (&head[..4], ""),
        ("\"at\"", "\"more\":1,\"at\""),
    ] {
        assert!(Anchor::from_payload(payload.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
    }
}

#[test]
fn tags_change_every_month_and_with_the_key() {
    let (november, later, december) = (at(0), at(86_400), at(30 * 86_400));
    let tag = key().transcript(&CODE, november);
    assert_eq!(tag, key().transcript(&CODE, later));
    assert_ne!(tag, key().transcript(&CODE, december));
    assert_ne!(tag, TagKey::new(&[4; 32]).transcript(&CODE, november));
    assert_ne!(key().id(), TagKey::new(&[4; 32]).id());
    assert_ne!(tag, key().client(std::str::from_utf8(&[b'0'; 16]).unwrap(), november));
    assert!(!format!("{:?}", key()).contains("3, 3"));
}

#[test]
fn the_longest_entry_fits_a_line() {
    let dir = TempDir::new().unwrap();
    let journal = open(dir.path()).unwrap();
    let long = Text::new("\u{1F4DC}".repeat(300)).unwrap();
    journal.append(at(0), &Event { purpose: long, ..event("x") }).unwrap();
    let operator = Actor::Operator { name: Text::new("\"".repeat(200)).unwrap() };
    journal.append(at(0), &Event { actor: operator, client: None, ..event("x") }).unwrap();
    assert_eq!(sizes(dir.path()).unwrap(), 2);
}

#[test]
fn many_at_once_make_one_chain() {
    let dir = TempDir::new().unwrap();
    let disk = Arc::new(TestDisk::default());
    let journal = Arc::new(open_small(dir.path(), disk.clone()).unwrap());
    let threads: Vec<_> = (0..32)
        .map(|thread| {
            let journal = journal.clone();
            std::thread::spawn(move || (0..40).map(|n| append(&journal, thread * 100 + n).unwrap()).collect::<Vec<_>>())
        })
        .collect();
    let mut receipts: Vec<Receipt> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    receipts.sort_by_key(|receipt| receipt.seq);
    let records: Vec<Record> = journal.iter().unwrap().map(Result::unwrap).collect();
    assert_eq!(records.len(), 32 * 40);
    for (receipt, record) in receipts.iter().zip(&records) {
        assert_eq!((receipt.seq, receipt.hash), (record.seq, record.hash));
    }
    journal.verify(&[]).unwrap();
    // Callers shared fsyncs.
    assert!(disk.0.lock().unwrap().syncs < 32 * 40);
}

/// What the test disk does next, and what it knows to be durable.
#[derive(Default)]
struct Plan {
    /// Bytes left on the disk; `None` is plenty.
    room: Option<u64>,
    /// Errors of the next operations: (operation, error, after how many more such operations).
    faults: HashMap<&'static str, (io::ErrorKind, u32)>,
    syncs: u32,
    /// Length of each segment at its last fsync.
    synced: HashMap<PathBuf, u64>,
    /// Names that survive a power cut.
    names: Vec<PathBuf>,
}

impl Plan {
    fn fails(&mut self, operation: &'static str) -> io::Result<()> {
        match self.faults.get_mut(operation) {
            Some((kind, 0)) => {
                let kind = *kind;
                self.faults.remove(operation);
                Err(kind.into())
            }
            Some((_, left)) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// A disk that runs full, fails, and forgets what was not synced.
#[derive(Default, Clone)]
struct TestDisk(Arc<Mutex<Plan>>);

impl TestDisk {
    fn fail(&self, operation: &'static str, kind: io::ErrorKind, after: u32) {
        self.0.lock().unwrap().faults.insert(operation, (kind, after));
    }

    /// The disk of a machine that has just started: what is there, is durable.
    fn booted(dir: &Path) -> Self {
        let disk = Self::default();
        let mut plan = disk.0.lock().unwrap();
        plan.names = segments(dir);
        plan.synced = plan.names.iter().map(|path| (path.clone(), fs::metadata(path).unwrap().len())).collect();
        drop(plan);
        disk
    }

    fn room(&self, bytes: Option<u64>) {
        self.0.lock().unwrap().room = bytes;
    }

    /// What a power cut leaves: synced bytes, `extra` bytes more of each segment at most, names that were synced.
    fn cut_power(&self, dir: &Path, extra: u64) {
        let plan = self.0.lock().unwrap();
        for path in segments(dir) {
            match plan.names.contains(&path) {
                false => fs::remove_file(&path).unwrap(),
                true => {
                    let length = fs::metadata(&path).unwrap().len();
                    let kept = length.min(plan.synced.get(&path).copied().unwrap_or(0) + extra);
                    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(kept).unwrap();
                }
            }
        }
    }
}

impl Disk for TestDisk {
    fn open(&self, path: &Path, new: bool) -> io::Result<Box<dyn SegmentFile>> {
        self.0.lock().unwrap().fails("open")?;
        Ok(Box::new(TestSegment(RealDisk.open(path, new)?, path.to_owned(), self.clone())))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        plan.fails("sync_dir")?;
        plan.names = segments(path);
        Ok(())
    }
}

struct TestSegment(Box<dyn SegmentFile>, PathBuf, TestDisk);

impl SegmentFile for TestSegment {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut plan = self.2.0.lock().unwrap();
        plan.fails("append")?;
        match plan.room {
            Some(room) if room < bytes.len() as u64 => {
                plan.room = Some(0);
                self.0.append(&bytes[..room as usize])?;
                Err(io::ErrorKind::StorageFull.into())
            }
            Some(room) => {
                plan.room = Some(room - bytes.len() as u64);
                self.0.append(bytes)
            }
            None => self.0.append(bytes),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut plan = self.2.0.lock().unwrap();
        plan.syncs += 1;
        plan.fails("sync")?;
        let length = fs::metadata(&self.1)?.len();
        plan.synced.insert(self.1.clone(), length);
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.2.0.lock().unwrap().fails("truncate")?;
        self.0.truncate(length)
    }

    fn is_at(&self, path: &Path) -> io::Result<bool> {
        self.0.is_at(path)
    }
}

#[test]
fn a_full_disk_refuses_and_recovers_by_itself() {
    let dir = TempDir::new().unwrap();
    let disk = TestDisk::default();
    let journal = open_small(dir.path(), Arc::new(disk.clone())).unwrap();
    let mut acknowledged = Vec::new();
    for n in 0..60 {
        // Room runs out at every kind of place, for one, two or three tries.
        match n % 6 {
            1 => disk.room(Some(n as u64 * 9)),
            4 => disk.room(None),
            _ => {}
        }
        match append(&journal, n) {
            Ok(receipt) => acknowledged.push(receipt),
            Err(fault) => {
                assert!(fault.is_full(), "{fault}");
                assert!(journal.closed().is_some());
                journal.verify(&[]).unwrap();
            }
        }
        assert_eq!(journal.head().0, acknowledged.len() as u64);
        assert!(n % 6 < 4 || journal.closed().is_none());
    }
    assert!((30..60).contains(&acknowledged.len()), "{}", acknowledged.len());
    let records: Vec<Record> = journal.iter().unwrap().map(Result::unwrap).collect();
    assert_eq!(
        records.iter().map(|r| r.hash).collect::<Vec<_>>(),
        acknowledged.iter().map(|r| r.hash).collect::<Vec<_>>()
    );
    drop(journal);
    assert_eq!(open(dir.path()).unwrap().head().0, acknowledged.len() as u64);
}

#[test]
fn a_full_disk_that_then_breaks_stays_closed() {
    let dir = TempDir::new().unwrap();
    let disk = TestDisk::default();
    let journal = open_small(dir.path(), Arc::new(disk.clone())).unwrap();
    append(&journal, 0).unwrap();
    disk.room(Some(7));
    assert!(append(&journal, 1).unwrap_err().is_full());
    disk.room(None);
    disk.fail("sync", io::ErrorKind::Other, 0);
    assert!(matches!(append(&journal, 2), Err(JournalFault::Io { .. })));
    assert!(matches!(append(&journal, 3), Err(JournalFault::Closed(_))));
    journal.clear().unwrap();
    assert_eq!(append(&journal, 4).unwrap().seq, 2);
    assert_eq!(journal.verify(&[]).unwrap().size, 2);
}

#[test]
fn after_an_error_nothing_is_taken_until_cleared() {
    for operation in ["append", "sync", "open", "sync_dir"] {
        let dir = TempDir::new().unwrap();
        let disk = TestDisk::default();
        let journal = open_small(dir.path(), Arc::new(disk.clone())).unwrap();
        // Far enough that the next line begins a new segment, which opens a file and syncs the directory.
        let mut lines = 0;
        while fs::metadata(segments(dir.path()).last().unwrap()).unwrap().len() < SMALL.segment_bytes {
            append(&journal, lines).unwrap();
            lines += 1;
        }
        let head = journal.head();
        disk.fail(operation, io::ErrorKind::Other, 0);
        assert!(matches!(append(&journal, 50), Err(JournalFault::Io { .. })), "{operation}");
        for n in 51..53 {
            assert!(matches!(append(&journal, n), Err(JournalFault::Closed(_))), "{operation}");
        }
        assert_eq!(journal.head(), head);
        journal.clear().unwrap();
        journal.clear().unwrap();
        assert!(journal.closed().is_none());
        assert_eq!(append(&journal, 53).unwrap().seq, head.0 + 1, "{operation}");
        assert_eq!(journal.verify(&[]).unwrap().size, head.0 + 1);
        drop(journal);
        assert_eq!(open(dir.path()).unwrap().head().0, head.0 + 1);
    }
}

#[test]
fn a_journal_moved_or_deleted_while_it_is_written_closes() {
    type Meddle = fn(&Path);
    let cases: [(&str, Meddle); 4] = [
        ("moved", |dir| fs::rename(dir, dir.with_extension("away")).unwrap()),
        ("deleted", |dir| fs::remove_dir_all(dir).unwrap()),
        ("without its segment", |dir| fs::remove_file(&segments(dir)[0]).unwrap()),
        ("replaced by a copy", |dir| {
            let segment = segments(dir)[0].clone();
            let bytes = fs::read(&segment).unwrap();
            fs::remove_file(&segment).unwrap();
            fs::write(&segment, bytes).unwrap();
        }),
    ];
    for (what, meddle) in cases {
        let keep = TempDir::new().unwrap();
        let dir = keep.path().join("journal");
        // Small segments: the next line would go into a new one.
        let options = if what == "moved" { Options::default() } else { SMALL };
        let journal = Journal::open_on(&dir, key(), options, Arc::new(RealDisk)).unwrap();
        append_all(&journal, 0..4);
        meddle(&dir);
        assert!(matches!(append(&journal, 4), Err(JournalFault::Moved(_))), "{what}");
        assert!(matches!(append(&journal, 5), Err(JournalFault::Closed(_))), "{what}");
        assert!(journal.closed().is_some(), "{what}");
        assert_eq!(journal.head().0, 4, "{what}: only what was acknowledged counts");
        if what == "moved" {
            assert!(journal.clear().is_err(), "{what}");
            fs::rename(dir.with_extension("away"), &dir).unwrap();
            journal.clear().unwrap();
            append(&journal, 5).unwrap();
            drop(journal);
            assert_eq!(sizes(&dir).unwrap(), 5);
        }
    }
}

#[test]
fn it_is_not_cleared_when_something_acknowledged_is_gone() {
    let dir = TempDir::new().unwrap();
    let disk = TestDisk::default();
    let journal = open_small(dir.path(), Arc::new(disk.clone())).unwrap();
    append_all(&journal, 0..2);
    let path = segments(dir.path())[0].clone();
    let bytes = fs::read(&path).unwrap();
    disk.fail("sync", io::ErrorKind::Other, 0);
    append(&journal, 2).unwrap_err();
    for length in [0, bytes.len() / 2, bytes.len() - 1] {
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length as u64).unwrap();
        if length < bytes.len() - 1 {
            assert!(journal.clear().is_err());
            assert!(matches!(append(&journal, 3), Err(JournalFault::Closed(_))));
        }
        put(&path, &bytes).unwrap();
    }
    let mut spoiled = bytes.clone();
    spoiled[20] ^= 1;
    put(&path, spoiled).unwrap();
    assert!(journal.clear().is_err());
    put(&path, bytes).unwrap();
    journal.clear().unwrap();
    assert_eq!(append(&journal, 3).unwrap().seq, 3);
}

#[test]
fn errors_among_many_callers_lose_nothing_acknowledged() {
    let dir = TempDir::new().unwrap();
    let disk = TestDisk::default();
    let journal = Arc::new(open_small(dir.path(), Arc::new(disk.clone())).unwrap());
    for round in 0..6 {
        disk.fail("sync", io::ErrorKind::Other, round * 2 + 1);
        let threads: Vec<_> = (0..16)
            .map(|thread| {
                let journal = journal.clone();
                std::thread::spawn(move || {
                    (0..10).filter_map(|n| append(&journal, thread * 100 + n).ok()).collect::<Vec<_>>()
                })
            })
            .collect();
        let acknowledged: Vec<Receipt> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
        let _ = journal.clear();
        let records: HashMap<u64, [u8; 32]> =
            journal.iter().unwrap().map(|r| r.unwrap()).map(|r| (r.seq, r.hash)).collect();
        for receipt in acknowledged {
            assert_eq!(records.get(&receipt.seq), Some(&receipt.hash));
        }
        assert_eq!(records.len() as u64, journal.head().0);
        journal.verify(&[]).unwrap();
    }
}

#[test]
fn a_power_cut_takes_nothing_acknowledged() {
    for extra in [0, 1, 200, 100_000] {
        let dir = TempDir::new().unwrap();
        let mut acknowledged = 0;
        for n in 0..30 {
            let disk = TestDisk::booted(dir.path());
            let Ok(journal) = open_small(dir.path(), Arc::new(disk.clone())) else { panic!("{extra} {n}") };
            assert!(journal.head().0 >= acknowledged);
            acknowledged = append(&journal, n).unwrap().seq;
            // Another is under way when the power goes: written, not synced.
            if n % 2 == 0 {
                disk.fail("sync", io::ErrorKind::Other, 0);
                append(&journal, 100 + n).unwrap_err();
            }
            drop(journal);
            disk.cut_power(dir.path(), extra);
        }
        assert!(sizes(dir.path()).unwrap() >= acknowledged);
    }
}

#[test]
fn reading_beside_the_owner() {
    let dir = TempDir::new().unwrap();
    let journal = Arc::new(open_small(dir.path(), Arc::new(RealDisk)).unwrap());
    let writer = {
        let journal = journal.clone();
        std::thread::spawn(move || append_all(&journal, 0..200))
    };
    let mut seen = 0;
    while !writer.is_finished() {
        let now = sizes(dir.path()).unwrap();
        assert!(now >= seen);
        seen = now;
    }
    writer.join().unwrap();
    assert_eq!(sizes(dir.path()).unwrap(), 200);
}

proptest! {
    #[test]
    fn no_line_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), body in "\\{\"seq\":[0-9]{1,20}(,\"(at|entry|prev)\":(\"[a-zA-Z0-9]{0,43}\"|\\{\\}|[0-9]))*") {
        prop_assert!(read_line(&bytes).is_err());
        let hash = BASE64URL_NOPAD.encode(&Sha256::digest(body.as_bytes()));
        prop_assert_eq!(read_line(format!("{body},\"hash\":\"{hash}\"}}").as_bytes()), Err(LineFault::Entry));
    }

    #[test]
    fn no_file_panics(bytes in proptest::collection::vec(any::<u8>(), 0..20_000), newlines in any::<bool>()) {
        let dir = TempDir::new().unwrap();
        let bytes: Vec<u8> = if newlines { bytes } else { bytes.into_iter().filter(|b| *b != b'\n').collect() };
        put(dir.path().join("000000000001.jsonl"), bytes).unwrap();
        let _ = audit(dir.path(), &[]);
    }

    #[test]
    fn no_anchor_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
        prop_assert!(Anchor::from_payload(&bytes).is_err());
        prop_assert!(Anchor::from_payload(text.as_bytes()).is_err());
    }
}

/// Not a test: prints what durable lines cost. Run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn what_a_line_costs() {
    let dir = TempDir::new_in(".").unwrap();
    for callers in [1, 16, 64] {
        let journal = Arc::new(Journal::open(dir.path(), key()).unwrap());
        let started = std::time::Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| append_all(&journal, 0..50));
            }
        });
        let lines = callers * 50;
        println!("{callers} callers: {} lines a second", f64::from(lines) / started.elapsed().as_secs_f64());
        let started = std::time::Instant::now();
        let size = journal.verify(&[]).unwrap().size;
        println!("audit: {} µs a line", started.elapsed().as_micros() / u128::from(size));
    }
}
