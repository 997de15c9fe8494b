//! The intake index on purpose broken: whatever happens to its files, no sheet is taken twice and no
//! second one for a frozen year.

use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use hocba::intake::{Intake, IntakeFault, IntakeParts, Received};
use hocba::ledger::durable::{Disk, Listed, Lock, LockFault, RealDisk};
use hocba::ledger::keys::{KeyDir, PortalKey, Purpose};
use hocba::ledger::{Setup, Writer};
use hocba::package::manifest::Digest256;
use hocba::signing::jws::ObjectType;
use hocba::signing::{Jws, PrivateKey};
use hocba::tlog::checkpoint::Checkpointer;
use hocba::transcript::Moment;
use hocba::transcript::disclosure::Disclosure;
use hocba::transcript::groups::Group;

use super::nation::{copy, copy_of, data_dir, files};
use super::process::{assert_exit, hocba};
use crate::package::samples;

pub(super) fn now() -> Moment {
    samples::moment("2026-06-26T10:00:00+07:00")
}

/// What came of each line, and how many entries the ledger then has.
type Judged = (String, u64);

pub(super) struct Made {
    dir: tempfile::TempDir,
}

impl Made {
    /// The data directory when the first `taken` packages were in; copy it, never work in it.
    pub(super) fn after(&self, taken: usize) -> std::path::PathBuf {
        self.dir.path().join(format!("after-{taken}"))
    }
}

/// A second sheet for the year of sheet `n`, with an id of its own.
fn second_sheet(n: u32) -> Jws {
    let mut claims = samples::claims(n);
    claims.sheet = samples::claims(n + 1000).sheet;
    let signers = [(&samples::head(), None), (&samples::institution(), None)];
    // The same learner, with salts that were not seen before.
    let salt =
        |group: Group| -> [u8; 16] { samples::seed(&format!("again {n} {}", group.name()))[..16].try_into().unwrap() };
    let groups = samples::groups(n).into_iter();
    let disclosures = groups.map(|(group, value)| Disclosure::new(group, &salt(group), &value).unwrap()).collect();
    samples::sheet_by(&claims, disclosures, &signers)
}

fn erasure(n: u32) -> Jws {
    let json = serde_json::json!({
        "version": 1,
        "status": "erased",
        "madinhdanhhocba": samples::claims(n).code,
        "effective_at": "2026-06-20T09:00:00+07:00",
        "decision": {"number": "13/QĐ-SGDĐT", "date": "2026-06-19", "body": "Sở Giáo dục và Đào tạo Quảng Ninh"}
    });
    samples::sign_claims(ObjectType::Status, &json, &samples::province())
}

/// The ministry's package, three of the province with what is new, one that tries everything again.
fn packages() -> Vec<Vec<u8>> {
    let [head, institution] = samples::school_grants();
    let sheets = |range: std::ops::Range<u32>| range.map(samples::sheet);
    let again = [samples::sheet(1), second_sheet(2), samples::sheet(25), second_sheet(30), samples::suspension(5)];
    let contents: [Vec<Jws>; 5] = [
        [head, institution].into_iter().chain(sheets(1..21)).collect(),
        sheets(21..41).chain([samples::suspension(5)]).collect(),
        sheets(41..44).collect(),
        again.into_iter().chain(sheets(44..46)).collect(),
        vec![erasure(3)],
    ];
    let mut packages = vec![samples::ministry_package().0];
    let mut previous: Option<Digest256> = None;
    for (sequence, entries) in (1..).zip(&contents) {
        let draft = hocba::package::manifest::ManifestDraft { sequence, previous, ..samples::draft() };
        let (bytes, signed) = samples::write(draft, &samples::province(), entries);
        previous = Some(signed.digest());
        packages.push(bytes);
    }
    packages
}

/// How many packages are in before the one that tries everything again.
pub(super) const BEFORE: usize = 4;

pub(super) fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let made = Made { dir: tempfile::tempdir().unwrap() };
        let (root, data) = (made.dir.path().join("root.jwk"), made.dir.path().join("data"));
        std::fs::write(&root, serde_json::to_vec(&samples::root().public().to_jwk()).unwrap()).unwrap();
        assert_exit(&hocba(&data).args(["key", "portal", "--root"]).arg(&root).output().unwrap(), 0);
        for taken in 1..=BEFORE {
            let received = receive(&mut data_dir(&data).intake(now()).unwrap(), taken - 1).unwrap();
            assert_eq!(received.receipt.claims.counts.refused, 0);
            copy(&data, &made.after(taken));
        }
        made
    })
}

pub(super) fn receive(intake: &mut Intake, package: usize) -> Result<Received, IntakeFault> {
    intake.receive(samples::source(all_packages()[package].clone()), None, false, now())
}

fn all_packages() -> &'static [Vec<u8>] {
    static PACKAGES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    PACKAGES.get_or_init(packages)
}

fn size(data: &Path) -> u64 {
    data_dir(data).reader().unwrap().checkpoint().size()
}

/// Takes the package that tries everything again, as a process that was just started would.
fn judge(data: &Path) -> Result<Judged, String> {
    let mut intake = data_dir(data).intake(now()).map_err(|fault| fault.to_string())?;
    let received = receive(&mut intake, BEFORE).map_err(|fault| fault.to_string())?;
    Ok((String::from_utf8(received.receipt.details).unwrap(), size(data)))
}

/// What an undisturbed writer makes of it.
fn expected() -> &'static Judged {
    static EXPECTED: OnceLock<Judged> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let judged = judge(copy_of(&made().after(BEFORE)).path()).unwrap();
        assert_eq!(judged.0.matches("\"duplicate\"").count(), 3, "{}", judged.0);
        assert_eq!(judged.0.matches("sheet.frozen_conflict").count(), 2, "{}", judged.0);
        assert_eq!(judged.1, size(&made().after(BEFORE)) + 3, "the manifest and two new sheets");
        judged
    })
}

/// The same judgement, or a refusal that names `hocba rebuild`, which then helps. Says which.
fn holds(what: &str, data: &Path) -> bool {
    let before = size(data);
    match judge(data) {
        Ok(judged) => {
            assert_eq!(&judged, expected(), "{what}");
            true
        }
        Err(said) => {
            assert!(said.contains("`hocba rebuild`"), "{what}: {said}");
            assert_eq!(size(data), before, "{what}: refused, and yet the ledger grew");
            assert_exit(&hocba(data).arg("rebuild").output().unwrap(), 0);
            assert_eq!(&judge(data).unwrap(), expected(), "{what}, after the rebuild");
            false
        }
    }
}

#[test]
fn a_damaged_index_takes_no_sheet_twice() {
    let source = made().after(BEFORE);
    // As writers leave it, in one table or several, as their merging thread came by; and made again, in one table always.
    let rebuilt = copy_of(&source);
    std::fs::remove_dir_all(rebuilt.path().join("index")).unwrap();
    drop(data_dir(rebuilt.path()).intake(now()).unwrap());
    let (mut made_again, mut refused) = (0, 0);
    for source in [source.as_path(), rebuilt.path()] {
        for (what, data) in damaged(source) {
            match holds(&what, data.path()) {
                true => made_again += 1,
                false => refused += 1,
            }
        }
        println!("{made_again} times right at once, {refused} times after `hocba rebuild`");
    }
    assert!(made_again > 0 && refused > 0);
}

/// Data directories of which each has one file of the index changed, cut or missing.
fn damaged(source: &Path) -> impl Iterator<Item = (String, tempfile::TempDir)> {
    files(&source.join("index")).into_iter().flat_map(move |file| {
        let name = file.strip_prefix(source).unwrap().to_owned();
        let bytes = std::fs::read(&file).unwrap();
        let flipped = (0..bytes.len()).step_by(bytes.len() / 16 + 1).map(|at| {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            (format!("{} with byte {at} changed", name.display()), Some(flipped))
        });
        let cut =
            [0, bytes.len() / 2].map(|to| (format!("{} cut to {to}", name.display()), Some(bytes[..to].to_vec())));
        let all: Vec<_> = flipped.chain(cut).chain([(format!("without {}", name.display()), None)]).collect();
        all.into_iter().map(move |(what, content)| {
            let data = copy_of(source);
            match content {
                Some(content) => std::fs::write(data.path().join(&name), content).unwrap(),
                None => std::fs::remove_file(data.path().join(&name)).unwrap(),
            }
            (what, data)
        })
    })
}

#[test]
fn an_index_that_is_lost_old_ahead_or_of_another_ledger_is_made_right() {
    let source = made().after(BEFORE);
    let with_index = |from: Option<&Path>| {
        let data = copy_of(&source);
        std::fs::remove_dir_all(data.path().join("index")).unwrap();
        if let Some(from) = from {
            copy(&from.join("index"), &data.path().join("index"));
        }
        data
    };
    assert!(holds("no index", with_index(None).path()));
    for taken in 1..BEFORE {
        assert!(holds("an old index", with_index(Some(&made().after(taken))).path()));
    }
    let ahead = copy_of(&source);
    judge(ahead.path()).unwrap();
    assert!(holds("an index that is ahead", with_index(Some(ahead.path())).path()));
    // The same first packages, then another: as long as this ledger, and not its index.
    let other = copy_of(&made().after(1));
    {
        let sheets: Vec<Jws> = samples::school_grants().into_iter().chain((61..73).map(samples::sheet)).collect();
        let (bytes, _) = samples::write(samples::draft(), &samples::province(), &sheets);
        let mut intake = data_dir(other.path()).intake(now()).unwrap();
        intake.receive(samples::source(bytes), None, false, now()).unwrap();
    }
    assert!(size(other.path()) < size(&source));
    assert!(holds("the index of another ledger", with_index(Some(other.path())).path()));
}

#[test]
fn a_full_disk_under_the_index_takes_nothing_more_and_loses_nothing() {
    for crashes in [false, true] {
        let data = copy_of(&made().after(2));
        let mut intake = data_dir(data.path()).intake(now()).unwrap();
        // Every write to this device is refused for want of room.
        let full = data.path().join("index/MANIFEST.tmp");
        symlink("/dev/full", &full).unwrap();
        let before = size(data.path());
        assert!(!receive(&mut intake, 2).unwrap().again);
        let acknowledged = size(data.path());
        assert!(acknowledged > before, "the checkpoint is what acknowledges a package");
        for package in [3, 2, 3] {
            let fault = receive(&mut intake, package).unwrap_err();
            assert!(matches!(&fault, IntakeFault::Index(_)) && fault.to_string().contains("MANIFEST"), "{fault}");
            assert_eq!(size(data.path()), acknowledged, "nothing is taken while the index cannot be written");
        }
        std::fs::remove_file(&full).unwrap();
        if crashes {
            drop(intake);
            intake = data_dir(data.path()).intake(now()).unwrap();
        }
        let received = receive(&mut intake, 2).unwrap();
        assert!(received.again);
        assert_eq!(size(data.path()), acknowledged);
        receive(&mut intake, 3).unwrap();
        drop(intake);
        assert_eq!(&judge(data.path()).unwrap(), expected());
    }
}

/// When a disk reports an error although all is well, or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// The checkpoint is replaced, and the error comes all the same.
    AfterCheckpoint,
    /// No bundle of bodies is replaced: erasures fail.
    Erasing,
}

#[derive(Debug)]
struct Troubled {
    disk: RealDisk,
    trouble: Mutex<Trouble>,
}

impl Troubled {
    fn set(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }
}

impl Disk for Troubled {
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.write(path, bytes)
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        match *self.trouble.lock().unwrap() {
            Trouble::AfterCheckpoint if path == "checkpoint" => {
                self.disk.replace(path, bytes)?;
                Err(io::Error::other("the disk stumbled"))
            }
            Trouble::Erasing if path.contains("bodies") => Err(io::ErrorKind::StorageFull.into()),
            _ => self.disk.replace(path, bytes),
        }
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.disk.sync_dir(path)
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        self.disk.create_dir(path)
    }

    fn read(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        self.disk.read(path, limit)
    }

    fn read_range(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.disk.read_range(path, offset, length)
    }

    fn list(&self, path: &str) -> io::Result<Vec<Listed>> {
        self.disk.list(path)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.disk.remove(path)
    }

    fn lock(&self, path: &str, note: &str) -> Result<Lock, LockFault> {
        self.disk.lock(path, note)
    }
}

/// A writer on a disk that gets into trouble when told to.
fn troubled(root: &Path) -> (Intake, Arc<Troubled>) {
    let data = data_dir(root);
    let keys = KeyDir::at(root.join("keys"));
    let signing_key = |which| match keys.portal_key(which).unwrap() {
        PrivateKey::Ed25519(key) => *key,
        _ => panic!("portal keys are Ed25519"),
    };
    let (log, freshness) = (signing_key(PortalKey::Log), signing_key(PortalKey::Freshness));
    let disk = Arc::new(Troubled { disk: RealDisk::at(root.join("ledger")), trouble: Mutex::new(Trouble::None) });
    let setup = Setup {
        disk: Arc::clone(&disk) as _,
        bodies: keys.storage().unwrap().derive(Purpose::Bodies),
        checkpointer: Checkpointer::new(&data.config().log.origin, log, freshness).unwrap(),
        max_clock_gap_h: 24,
        threads: 0,
        seen: None,
    };
    let intake = Intake::new(IntakeParts {
        writer: Writer::open(setup, u64::try_from(now().as_millis()).unwrap()).unwrap(),
        index_dir: root.join("index"),
        roots: data.config().trust.roots.clone(),
        disk: Arc::clone(&disk) as _,
        reader: data.reader().unwrap(),
        keyed: data.index_key().unwrap(),
        receipt_key: data.portal_key().unwrap(),
        limits: data.config().intake.clone(),
        now: now(),
    });
    (intake.unwrap(), disk)
}

#[test]
fn a_commit_that_failed_and_yet_stands_is_known_to_the_next_package() {
    let data = copy_of(&made().after(2));
    let (mut intake, disk) = troubled(data.path());
    disk.set(Trouble::AfterCheckpoint);
    let fault = receive(&mut intake, 2).unwrap_err();
    assert!(matches!(fault, IntakeFault::Ledger(_)), "{fault}");
    disk.set(Trouble::None);
    let stands = size(data.path());
    assert!(stands > size(&made().after(2)));
    // Its sheets are on record: the index learns of them before anything is judged.
    assert!(receive(&mut intake, 2).unwrap().again);
    assert_eq!(size(data.path()), stands);
    receive(&mut intake, 3).unwrap();
    drop(intake);
    assert_eq!(&judge(data.path()).unwrap(), expected());
}

/// Ledger positions whose content is gone.
fn erased(data: &Path) -> Vec<u64> {
    let reader = data_dir(data).reader().unwrap();
    (0..reader.size()).filter(|index| reader.signed(*index).unwrap().is_none()).collect()
}

#[test]
fn an_erasure_on_record_is_carried_out_whatever_happens() {
    for crashes in [false, true] {
        let data = copy_of(&made().after(BEFORE));
        judge(data.path()).unwrap();
        let (mut intake, disk) = troubled(data.path());
        disk.set(Trouble::Erasing);
        assert!(receive(&mut intake, 5).is_err());
        assert!(erased(data.path()).is_empty(), "the disk refused");
        disk.set(Trouble::None);
        if crashes {
            drop(intake);
            intake = data_dir(data.path()).intake(now()).unwrap();
            assert_eq!(erased(data.path()).len(), 1);
        }
        assert!(receive(&mut intake, 5).unwrap().again);
        assert_eq!(erased(data.path()).len(), 1);
    }
}
