use std::sync::Arc;

use hocba::ledger::audit::{AuditFault, EntryFault, Finding, audit, audit_public};
use hocba::ledger::durable::Disk;
use hocba::ledger::{LedgerReader, Seen};

use super::lossy_disk::LossyDisk;
use super::rig::{bodies_key, commit_to, open, reader, seen, verifier};

fn ledger(size: u64) -> (LossyDisk, Arc<dyn Disk>, Seen) {
    let memory = LossyDisk::new();
    let disk: Arc<dyn Disk> = Arc::new(memory.clone());
    let checkpoint = commit_to(&mut open(&disk), size).unwrap();
    (memory, disk, seen(&checkpoint))
}

fn full_audit(disk: &Arc<dyn Disk>) -> Result<(), AuditFault> {
    let unreadable = |e| AuditFault { index: None, file: "checkpoint".into(), finding: Finding::Bundle(e) };
    let reader = LedgerReader::open(disk.clone(), verifier(), &bodies_key()).map_err(unreadable)?;
    audit(&reader, &[], &mut |_| Ok(())).map(drop)
}

#[test]
fn every_flipped_bit_is_found() {
    let (memory, disk, _) = ledger(300);
    full_audit(&disk).unwrap();
    let files: Vec<_> = memory.files().into_iter().filter(|(path, _)| !path.starts_with("packages")).collect();
    assert_eq!(files.len(), 8);
    for (path, sound) in files {
        // A prime stride goes over every kind of field; the ends are always among them.
        for at in (0..sound.len()).step_by(1 + sound.len() / 37).chain([sound.len() - 1]) {
            let mut flipped = sound.clone();
            flipped[at] ^= 1 << (at % 8);
            memory.tamper(&path, flipped);
            let fault = full_audit(&disk).expect_err(&path);
            if path != "checkpoint" {
                // An altered leaf may first be noticed where its hash is missing.
                assert!(fault.file == path || path.starts_with("tile/entries"), "{path} byte {at}: {fault}");
            }
            if !path.starts_with("bodies") {
                assert!(audit_public(&disk, &verifier(), &[]).is_err(), "{path} byte {at}");
            }
        }
        memory.tamper(&path, sound[..sound.len() - 1].to_vec());
        assert!(full_audit(&disk).is_err(), "{path} cut");
        memory.tamper(&path, sound);
    }
    full_audit(&disk).unwrap();
}

#[test]
fn a_missing_file_is_named() {
    let (memory, disk, _) = ledger(300);
    for path in memory.files().into_keys().filter(|path| !path.starts_with("packages") && path != "checkpoint") {
        let sound = memory.files()[&path].clone();
        disk.remove(&path).unwrap();
        let fault = full_audit(&disk).unwrap_err();
        assert_eq!(fault.file, path);
        disk.write(&path, &sound).unwrap();
    }
    full_audit(&disk).unwrap();
}

#[test]
fn swapped_bundles_are_found() {
    let (memory, disk, _) = ledger(512);
    let files = memory.files();
    for (a, b) in [("bodies/000", "bodies/001"), ("tile/entries/000", "tile/entries/001"), ("tile/0/000", "tile/0/001")]
    {
        memory.tamper(a, files[b].clone());
        memory.tamper(b, files[a].clone());
        assert!(full_audit(&disk).is_err(), "{a}");
        memory.tamper(a, files[a].clone());
        memory.tamper(b, files[b].clone());
    }
    full_audit(&disk).unwrap();
}

#[test]
fn another_ledger_of_the_same_keys_is_found_by_who_saw_the_first() {
    let (_, disk, tree) = ledger(300);
    let other = Seen { root: [3; 32], ..tree };
    assert!(matches!(audit_public(&disk, &verifier(), &[other]).unwrap_err().finding, Finding::NotAPrefix));
    let larger = Seen { size: 301, ..tree };
    assert!(matches!(audit_public(&disk, &verifier(), &[larger]).unwrap_err().finding, Finding::NotAPrefix));
    audit_public(&disk, &verifier(), &[tree]).unwrap();
}

#[test]
fn the_callers_own_check_sees_every_entry_in_order_and_is_heard() {
    let (_, disk, _) = ledger(600);
    let mut next = 0;
    let fault = audit(&reader(&disk), &[], &mut |entries| {
        for entry in entries {
            assert_eq!(entry.index, next);
            assert!(entry.signed.as_ref().is_some_and(|jws| jws.signatures().len() == 1));
            next += 1;
        }
        match entries.iter().find(|e| e.index == 555) {
            Some(entry) => Err(EntryFault { index: entry.index, what: "key.revoked".into() }),
            None => Ok(()),
        }
    })
    .unwrap_err();
    assert_eq!(fault.to_string(), "bodies/002.p/88: entry 555: key.revoked");
}
