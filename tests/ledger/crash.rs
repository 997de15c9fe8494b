//! A power cut, or a fault, at every step a disk can take.

use std::sync::{Arc, LazyLock};

use hocba::ledger::durable::Disk;
use hocba::ledger::{LedgerFault, Seen, Writer};

use super::lossy_disk::{Fault, LossyDisk, Survival};
use super::rig::{NOON, check_sound, commit_to, open, reader, receipt, seen, setup, verifier};

/// Sizes of the ledger after each commit: within a tile, across its end, within the next (so that the row
/// above does not grow), onto its end, over a whole one.
const TARGETS: [u64; 6] = [252, 253, 258, 260, 512, 770];
const FIRST: u64 = 252;
const ERASED: u64 = 7;

fn as_disk(disk: &LossyDisk) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}

/// A ledger with one commit, from which most runs start.
static BASE: LazyLock<LossyDisk> = LazyLock::new(|| {
    let disk = LossyDisk::new();
    commit_to(&mut open(&as_disk(&disk)), FIRST).unwrap();
    disk.power_cycle(Survival::Pessimistic);
    disk
});

/// What the run was told is done.
#[derive(Default)]
struct Told {
    trees: Vec<Seen>,
    erased: bool,
}

/// Commits, renews, drops a session, erases; goes on after faults until `patience` is used up.
fn run(disk: &LossyDisk, targets: &[u64], told: &mut Told, mut patience: usize) -> Result<(), LedgerFault> {
    let mut writer = None;
    for target in targets {
        while let Err(fault) = step(disk, &mut writer, *target, told) {
            patience = patience.checked_sub(1).ok_or(fault)?;
        }
    }
    Ok(())
}

fn step(disk: &LossyDisk, writer: &mut Option<Writer>, target: u64, told: &mut Told) -> Result<(), LedgerFault> {
    let mut open = match writer.take() {
        Some(open) => open,
        None => Writer::open(setup(&as_disk(disk), 0), NOON)?,
    };
    let done = (|| {
        // A session that comes to nothing, longer than the one that follows.
        let mut dropped = open.begin(NOON)?;
        for i in 0..5 {
            dropped.push(super::rig::entry(900 + i))?;
        }
        drop(dropped);
        told.trees.push(seen(&commit_to(&mut open, target)?));
        open.renew_cosignature(NOON + 60_000)?;
        if target == 258 {
            open.erase_body(ERASED, NOON)?;
            told.erased = true;
        }
        Ok(())
    })();
    *writer = Some(open);
    done
}

/// After a fault: what was told is there, nothing is half there, and work goes on.
fn check(disk: &LossyDisk, targets: &[u64], told: &Told) {
    let shared = as_disk(disk);
    let mut writer = Writer::open(setup(&shared, 0), NOON).unwrap_or_else(|fault| panic!("cannot recover: {fault}"));
    let size = writer.checkpoint().size();
    let sizes: Vec<u64> = [0].into_iter().chain(TARGETS).chain(targets.iter().copied()).collect();
    assert!(sizes.contains(&size), "half a commit: {size}");
    check_sound(&shared, &told.trees);
    let files = disk.files();
    for target in targets {
        let there = files.get(&receipt(*target).path);
        assert_eq!(there.is_some(), *target <= size, "receipt of {target} at {size}");
        assert!(there.is_none_or(|bytes| *bytes == receipt(*target).bytes));
    }
    for leftover in ["commit.pending", "checkpoint.next"] {
        assert!(!files.contains_key(leftover), "{leftover}");
    }
    if told.erased {
        assert!(reader(&shared).signed(ERASED).unwrap().is_none());
    }
    let next = commit_to(&mut writer, size + 3).unwrap();
    drop(writer);
    // What recovery found, and what was built on it, survives the worst.
    disk.power_cycle(Survival::Pessimistic);
    let trees: Vec<Seen> = told.trees.iter().copied().chain([seen(&next)]).collect();
    check_sound(&as_disk(disk), &trees);
}

/// The tree that readers could see the moment the power went.
fn published(disk: &LossyDisk) -> Option<Seen> {
    let note = disk.files().remove("checkpoint")?;
    Some(seen(&verifier().verify(&note).unwrap()))
}

fn power_cut_at_every_step(base: &LossyDisk, targets: &[u64], survival: impl Fn(u64) -> Survival) {
    for at in 0.. {
        let (disk, mut told) = (base.fork(), Told::default());
        disk.fault_at(at, Fault::PowerCut);
        let finished = run(&disk, targets, &mut told, 0).is_ok();
        // Whoever saw a checkpoint will see it again: nobody is shown what a power cut takes back.
        told.trees.extend(published(&disk));
        disk.power_cycle(survival(at));
        check(&disk, targets, &told);
        if finished {
            assert!(at > 100, "too few steps to mean anything: {at}");
            return;
        }
    }
}

fn fault_at_every_step(fault: Fault) {
    for at in 0.. {
        let (disk, mut told) = (BASE.fork(), Told::default());
        disk.fault_at(at, fault);
        run(&disk, &TARGETS[1..3], &mut told, 1).unwrap_or_else(|e| panic!("step {at}: {e}"));
        told.trees.extend(published(&disk));
        let struck = disk.struck();
        if at % 2 == 0 {
            disk.power_cycle(Survival::Pessimistic);
        }
        check(&disk, &TARGETS[1..3], &told);
        if !struck {
            return;
        }
    }
}

#[test]
fn a_power_cut_that_keeps_nothing_unsynced() {
    power_cut_at_every_step(&BASE, &TARGETS[1..3], |_| Survival::Pessimistic);
}

#[test]
fn a_power_cut_that_keeps_everything() {
    power_cut_at_every_step(&BASE, &TARGETS[1..3], |_| Survival::Optimistic);
}

#[test]
fn a_power_cut_that_keeps_and_tears_by_lot() {
    for seed in 0..2 {
        power_cut_at_every_step(&BASE, &TARGETS[1..3], |at| Survival::Random(seed * 1_000_000 + at));
    }
}

#[test]
fn a_power_cut_from_the_very_first_step() {
    power_cut_at_every_step(&LossyDisk::new(), &[3, 5], |_| Survival::Pessimistic);
    power_cut_at_every_step(&LossyDisk::new(), &[3, 5], Survival::Random);
}

#[test]
fn a_power_cut_across_whole_tiles() {
    let disk = BASE.fork();
    run(&disk, &[258], &mut Told::default(), 0).unwrap();
    disk.power_cycle(Survival::Pessimistic);
    power_cut_at_every_step(&disk, &TARGETS[3..], |at| match at % 2 {
        0 => Survival::Pessimistic,
        _ => Survival::Random(at),
    });
}

#[test]
fn a_fault_that_loses_what_it_should_have_written() {
    fault_at_every_step(Fault::FailAndLose);
}

#[test]
fn a_fault_that_is_reported_although_all_was_written() {
    fault_at_every_step(Fault::FailButPersist);
}

#[test]
fn a_renewal_after_a_doubtful_commit_does_not_roll_back() {
    for fault in [Fault::FailButPersist, Fault::FailAndLose] {
        for at in 0.. {
            let disk = BASE.fork();
            let mut writer = open(&as_disk(&disk));
            disk.fault_at(at, fault);
            let failed = commit_to(&mut writer, 258).is_err();
            let before = published(&disk);
            writer.renew_cosignature(NOON + 60_000).unwrap();
            drop(writer);
            check(&disk, &[258], &Told { trees: before.into_iter().collect(), erased: false });
            if !failed && !disk.struck() {
                break;
            }
        }
    }
}
