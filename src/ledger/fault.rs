//! What can go wrong with a ledger, in words for the operator.

use std::io;

use super::bundle::BundleFault;
use super::keys::KeysFault;
use crate::tlog::checkpoint::CheckpointFault;
use crate::tlog::tree::TreeFault;

/// Why the ledger could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFault {
    /// Another process has the lock; what it wrote into the lock file.
    #[error(
        "another process ({0}) is writing this ledger, and there can be only one: let it finish or stop it \
         (`hocba ingest` hands its package to a running `hocba serve` by itself)"
    )]
    Locked(String),
    /// A file that could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file, from the ledger's directory.
        path: String,
        /// The system's word.
        source: io::Error,
    },
    /// Tiles or bodies without any checkpoint: damage, never a first start.
    #[error(
        "there are entries but no checkpoint: restore the file `checkpoint` from the newest backup or replica; \
         a new ledger must start in an empty directory"
    )]
    NoCheckpoint,
    /// A checkpoint that does not verify.
    #[error("{file}: {source}")]
    Checkpoint {
        /// Which file.
        file: &'static str,
        /// What is wrong with it.
        source: CheckpointFault,
    },
    /// A new checkpoint could not be signed.
    #[error("cannot sign a checkpoint: {0}")]
    Sign(CheckpointFault),
    /// Tiles that do not belong to the checkpoint.
    #[error(transparent)]
    Tree(#[from] TreeFault),
    /// A bundle of bodies that cannot be opened or sealed.
    #[error("{path}: {source}")]
    Bundle {
        /// Which file.
        path: String,
        /// What is wrong with it.
        source: BundleFault,
    },
    /// A file whose contents contradict the tree.
    #[error("{path}: {what}")]
    Damaged {
        /// Which file.
        path: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The checkpoint is older than one that was already seen.
    #[error(
        "the ledger has {found} entries but had {seen} before: an older checkpoint was put in its place; nothing \
         was changed, restore the newest one"
    )]
    RolledBack {
        /// Largest size known.
        seen: u64,
        /// Size found.
        found: u64,
    },
    /// The ledger does not contain a tree that was already seen.
    #[error("the ledger's first {seen} entries are not those seen before: another ledger, or a forged one")]
    Forked {
        /// Size of the tree seen before.
        seen: u64,
    },
    /// The clock is far ahead of the last cosignature.
    #[error(
        "the clock is {hours} hours past the last cosignature; if the clock is right and the ledger was only out of \
         service, confirm it (`hocba status --confirm-clock`), otherwise set the clock"
    )]
    ClockGap {
        /// How far.
        hours: u64,
    },
    /// A time that no date can be made of.
    #[error("the clock shows no possible time")]
    Clock,
    /// An entry beyond the limits.
    #[error("an entry is larger than the ledger takes")]
    TooLarge,
    /// An entry beyond the checkpoint.
    #[error("entry {index} is beyond the checkpoint of {size} entries")]
    Beyond {
        /// What was asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// An extra file that a commit must not write.
    #[error("{path}: {why}")]
    Extra {
        /// Which file.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// The system gave no randomness for a blind.
    #[error("the system gives no randomness")]
    Random,
    /// A session that failed before: what it held is not complete.
    #[error("the session failed before; start it again")]
    Lost,
    /// A thread that writes files died.
    #[error("a writing thread stopped")]
    Thread,
    /// The storage key could not be had.
    #[error(transparent)]
    Keys(#[from] KeysFault),
}

impl LedgerFault {
    /// Makes the fault of a file; `path` as in [`super::durable::Disk`].
    pub(super) fn io(path: &str) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    /// Makes the fault of a bundle.
    pub(super) fn bundle(path: &str) -> impl FnOnce(BundleFault) -> Self + '_ {
        move |source| Self::Bundle { path: path.to_owned(), source }
    }

    /// Whether the disk is full: writing fails, reading goes on, and room heals it.
    pub fn is_full_disk(&self) -> bool {
        matches!(self, Self::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }

    /// Whether we may not write here: a read-only mount, or files of another user.
    pub fn is_closed_disk(&self) -> bool {
        matches!(self, Self::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied))
    }
}
