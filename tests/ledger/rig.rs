//! A ledger for tests: keys, a disk, entries, and what must hold of it at any time.

use std::sync::{Arc, LazyLock};

use ed25519_dalek::SigningKey;
use hocba::ledger::audit::{AuditReport, audit, audit_public};
use hocba::ledger::durable::Disk;
use hocba::ledger::keys::{Purpose, SecretKey};
use hocba::ledger::{ExtraFile, LedgerFault, LedgerReader, NewEntry, Seen, Setup, Writer};
use hocba::tlog::checkpoint::{Checkpointer, LogVerifier, VerifiedCheckpoint};

use super::samples::Samples;

/// 2026-06-28, in milliseconds.
pub(super) const NOON: u64 = 1_782_622_800_000;
pub(super) const HOUR: u64 = 3_600_000;

/// Entry `i` of every test ledger is `POOL[i]`, whatever crashed before.
static POOL: LazyLock<Vec<NewEntry>> = LazyLock::new(|| {
    let mut samples = Samples::new(42);
    (0..1200).map(|_| samples.small()).collect()
});

pub(super) fn entry(index: u64) -> NewEntry {
    POOL[index as usize].clone()
}

pub(super) fn bodies_key() -> SecretKey {
    SecretKey::new([5; 32]).derive(Purpose::Bodies)
}

pub(super) fn checkpointer() -> Checkpointer {
    Checkpointer::new("log.example/hocba", SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32])).unwrap()
}

pub(super) fn verifier() -> LogVerifier {
    checkpointer().verifier().clone()
}

pub(super) fn setup(disk: &Arc<dyn Disk>, threads: usize) -> Setup {
    Setup {
        disk: disk.clone(),
        bodies: bodies_key(),
        checkpointer: checkpointer(),
        max_clock_gap_h: 24,
        threads,
        seen: None,
    }
}

pub(super) fn open(disk: &Arc<dyn Disk>) -> Writer {
    Writer::open(setup(disk, 0), NOON).unwrap()
}

pub(super) fn reader(disk: &Arc<dyn Disk>) -> LedgerReader {
    LedgerReader::open(disk.clone(), verifier(), &bodies_key()).unwrap()
}

/// The extra file that goes with the commit up to `target`.
pub(super) fn receipt(target: u64) -> ExtraFile {
    ExtraFile { path: format!("packages/22/{target}.receipt"), bytes: format!("receipt {target}").into_bytes() }
}

/// Commits the entries up to `target`, if they are not there yet.
pub(super) fn commit_to(writer: &mut Writer, target: u64) -> Result<VerifiedCheckpoint, LedgerFault> {
    let mut session = writer.begin(NOON)?;
    if session.size() >= target {
        drop(session);
        return Ok(writer.checkpoint().clone());
    }
    for index in session.size()..target {
        assert_eq!(session.push(entry(index))?, index);
    }
    session.commit(vec![receipt(target)], NOON)
}

pub(super) fn seen(checkpoint: &VerifiedCheckpoint) -> Seen {
    Seen { size: checkpoint.size(), root: *checkpoint.root() }
}

/// Everything that must hold of a sound ledger, whatever happened to it; `trees` were promised to
/// somebody.
pub(super) fn check_sound(disk: &Arc<dyn Disk>, trees: &[Seen]) -> AuditReport {
    let reader = reader(disk);
    let mut entries = 0;
    let report = audit(&reader, trees, &mut |batch| {
        for e in batch {
            assert_eq!(e.facts.signed_digest, entry(e.index).signed_digest, "entry {}", e.index);
            entries += 1;
        }
        Ok(())
    })
    .unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(entries, report.checkpoint.size());
    let public = audit_public(disk, &verifier(), trees).unwrap();
    assert_eq!((public.by_kind, public.last_logged_at), (report.by_kind, report.last_logged_at));
    report
}
