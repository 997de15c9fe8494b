//! The writer: the one process that holds the lock, sequences entries and moves the checkpoint.

use std::collections::HashSet;
use std::sync::Arc;

use super::bundle::{MAX_BUNDLE, Opener, Sealer};
use super::durable::{Disk, Lock, LockFault, parent};
use super::fault::LedgerFault;
use super::keys::SecretKey;
use super::layout::{self, CHECKPOINT, LOCK};
use super::recovery::{self, Seen, State};
use super::session::Session;
use crate::tlog::checkpoint::{Checkpointer, VerifiedCheckpoint};
use crate::tlog::merkle::empty_root;
use crate::tlog::tile::TileKind;
use crate::transcript::time::Moment;

const HOUR_MS: u64 = 3_600_000;

/// What a writer needs.
#[derive(Debug)]
pub struct Setup {
    /// Where the ledger is.
    pub disk: Arc<dyn Disk>,
    /// The key of the bodies ([`super::keys::Purpose::Bodies`]).
    pub bodies: SecretKey,
    /// The log's keys and name.
    pub checkpointer: Checkpointer,
    /// Hours the clock may be past the last cosignature.
    pub max_clock_gap_h: u64,
    /// Threads that encrypt and write; 0 does everything in order on the caller's thread.
    pub threads: usize,
    /// The largest tree this installation has relied on (a follower's position), if any is known: the
    /// writer refuses to start below it rather than throw entries away.
    pub seen: Option<Seen>,
}

impl Setup {
    /// Threads for a machine: more than cores, because they wait for fsync most of the time.
    pub fn default_threads() -> usize {
        (std::thread::available_parallelism().map_or(2, usize::from) * 2).clamp(4, 8)
    }
}

/// The one writer of a ledger.
///
/// | field | owned by |
/// |---|---|
/// | `state` | changed only by a commit or renewal whose checkpoint is durable, and by recovery |
/// | `dirty` | set before the first byte beyond the checkpoint is written, cleared by commit and recovery |
/// | `in_doubt` | set while the checkpoint is being moved: which one is on the disk is not known until it is cleared |
/// | `durable_dirs` | directories whose own names were synced by this process; emptied by recovery |
#[derive(Debug)]
pub struct Writer {
    pub(super) setup: Setup,
    pub(super) state: State,
    pub(super) dirty: bool,
    pub(super) in_doubt: bool,
    pub(super) durable_dirs: HashSet<String>,
    _lock: Lock,
}

impl Writer {
    /// Takes the lock and recovers: goes back to the last durable checkpoint and removes what lies beyond
    /// it. In an empty directory the log starts with a checkpoint of the empty tree.
    ///
    /// # Errors
    /// [`LedgerFault::Locked`] names the process that has the lock; otherwise what is wrong with the
    /// ledger. Nothing is removed unless everything that counts was found sound.
    pub fn open(setup: Setup, now_ms: u64) -> Result<Self, LedgerFault> {
        let note = format!("process {}\n", std::process::id());
        let lock = setup.disk.lock(LOCK, &note).map_err(|fault| match fault {
            LockFault::Held(holder) => LedgerFault::Locked(holder),
            LockFault::Io(e) => LedgerFault::io(LOCK)(e),
        })?;
        let state = recover(&setup, now_ms)?;
        Ok(Self { setup, state, dirty: false, in_doubt: false, durable_dirs: HashSet::new(), _lock: lock })
    }

    /// The newest checkpoint.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.state.checkpoint
    }

    /// Starts a session: what is pushed to it becomes visible together, or never. All of its entries
    /// carry one `logged_at`: now, or that of the last leaf if the clock has gone back since.
    ///
    /// After a session that did not commit, recovery runs first.
    ///
    /// # Errors
    /// [`LedgerFault::ClockGap`] when the clock is too far ahead; whatever recovery finds.
    pub fn begin(&mut self, now_ms: u64) -> Result<Session<'_>, LedgerFault> {
        self.recover(now_ms)?;
        self.check_clock(now_ms)?;
        let logged_at = now_ms.max(self.state.last_logged_at);
        Ok(Session::new(self, logged_at))
    }

    /// Says again, with a new time, that the checkpoint is the newest one.
    ///
    /// A crash here leaves the old or the new cosignature on the same tree.
    ///
    /// # Errors
    /// [`LedgerFault::ClockGap`] as in [`Writer::begin`]: renewing by itself would make every gap small.
    pub fn renew_cosignature(&mut self, now_ms: u64) -> Result<&VerifiedCheckpoint, LedgerFault> {
        self.settle_doubt(now_ms)?;
        self.check_clock(now_ms)?;
        self.cosign(now_ms)
    }

    /// An operator's word that the clock is right although it is far past the last cosignature.
    ///
    /// # Errors
    /// When the checkpoint cannot be written.
    pub fn confirm_clock(&mut self, now_ms: u64) -> Result<&VerifiedCheckpoint, LedgerFault> {
        self.settle_doubt(now_ms)?;
        self.cosign(now_ms)
    }

    /// After a commit that failed while it moved the checkpoint, the tree on the disk may be newer than
    /// the one known here; cosigning the older one would roll the ledger back. (The garbage of a session
    /// that is under way is no doubt: `dirty` alone does not bring recovery here.)
    fn settle_doubt(&mut self, now_ms: u64) -> Result<(), LedgerFault> {
        if self.in_doubt { self.recover(now_ms) } else { Ok(()) }
    }

    fn cosign(&mut self, now_ms: u64) -> Result<&VerifiedCheckpoint, LedgerFault> {
        let at = self.cosigning_time(now_ms)?;
        let renewed = self.setup.checkpointer.renew(&self.state.checkpoint, at).map_err(LedgerFault::Sign)?;
        self.setup.disk.replace(CHECKPOINT, renewed.bytes()).map_err(LedgerFault::io(CHECKPOINT))?;
        self.state.checkpoint = renewed;
        Ok(&self.state.checkpoint)
    }

    /// Now, or the time of the last cosignature if the clock has gone back since.
    pub(super) fn cosigning_time(&self, now_ms: u64) -> Result<Moment, LedgerFault> {
        let now = moment(now_ms)?;
        Ok(self.state.checkpoint.cosigned_at().map_or(now, |last| now.max(last)))
    }

    fn check_clock(&self, now_ms: u64) -> Result<(), LedgerFault> {
        let last = match self.state.checkpoint.cosigned_at() {
            Some(at) => u64::try_from(at.as_millis()).unwrap_or(0),
            None => self.state.last_logged_at,
        };
        match now_ms.saturating_sub(last) {
            gap if gap > self.setup.max_clock_gap_h.saturating_mul(HOUR_MS) => {
                Err(LedgerFault::ClockGap { hours: gap / HOUR_MS })
            }
            _ => Ok(()),
        }
    }

    /// Recovers if the last session did not commit: from here on [`Writer::checkpoint`] is the one on the
    /// disk for certain, and it may be that of a commit which reported an error.
    ///
    /// # Errors
    /// Whatever recovery finds.
    pub fn recover(&mut self, now_ms: u64) -> Result<(), LedgerFault> {
        if self.dirty {
            self.durable_dirs.clear();
            self.state = recover(&self.setup, now_ms)?;
            self.dirty = false;
            self.in_doubt = false;
        }
        Ok(())
    }

    /// Takes the signed object of one entry out of its bundle, by lawful order. Facts, blind and digest
    /// stay, so the leaf can still be proved. True if there was something to take out.
    ///
    /// The bundle is replaced as a whole: a crash leaves the old or the new one, and the order is
    /// carried out again. When this returns, no file of the ledger holds the object; copies on backups
    /// and blocks that the disk has not reused stay sealed under the storage key.
    ///
    /// # Errors
    /// [`LedgerFault::Beyond`]; a bundle that cannot be read or written.
    pub fn erase_body(&mut self, index: u64, now_ms: u64) -> Result<bool, LedgerFault> {
        self.recover(now_ms)?;
        let (disk, size) = (&*self.setup.disk, self.state.checkpoint.size());
        let tile = layout::tile_of(TileKind::Bodies, index, size).ok_or(LedgerFault::Beyond { index, size })?;
        let path = tile.to_string();
        let file = disk.read(&path, MAX_BUNDLE).map_err(LedgerFault::io(&path))?;
        let opened = Opener::new(&self.setup.bodies).all(tile.index(), &file);
        let mut entries = opened.map_err(LedgerFault::bundle(&path))?;
        let Some(entry) = entries.get_mut((index & 0xff) as usize) else {
            return Err(LedgerFault::Beyond { index, size });
        };
        let erased = entry.signed.take().is_some();
        if erased {
            let mut sealer = Sealer::new(&self.setup.bodies).map_err(LedgerFault::bundle(&path))?;
            let sealed = sealer.seal(tile.index(), &entries).map_err(LedgerFault::bundle(&path))?;
            disk.replace(&path, &sealed).map_err(LedgerFault::io(&path))?;
        }
        // Narrower versions of the bundle would still hold the object.
        recovery::remove_partials(disk, tile, size)?;
        let dir = parent(&path);
        disk.sync_dir(dir).map_err(LedgerFault::io(dir))?;
        Ok(erased)
    }
}

pub(super) fn moment(ms: u64) -> Result<Moment, LedgerFault> {
    i64::try_from(ms).ok().and_then(Moment::from_millis).ok_or(LedgerFault::Clock)
}

/// Goes back to the last durable checkpoint. The live path and every start after a crash come here.
fn recover(setup: &Setup, now_ms: u64) -> Result<State, LedgerFault> {
    let disk = &*setup.disk;
    let (checkpoint, published) = match recovery::newest_checkpoint(disk, setup.checkpointer.verifier())? {
        Some(found) => found,
        None if recovery::has_entries(disk)? => return Err(LedgerFault::NoCheckpoint),
        // First start. Nothing has been promised to anybody.
        None => (setup.checkpointer.issue(0, &empty_root(), moment(now_ms)?).map_err(LedgerFault::Sign)?, None),
    };
    let found = recovery::load(&setup.disk, &setup.bodies, checkpoint, setup.seen.into_iter().chain(published))?;
    found.restore_edge(disk)?;
    let state = found.state;
    // What was read may have come from the page cache of a process that died, or failed, before its
    // rename was durable. Written again before anything is removed or built on top of it: from here on
    // no power cut leads back to an older tree.
    disk.replace(CHECKPOINT, state.checkpoint.bytes()).map_err(LedgerFault::io(CHECKPOINT))?;
    recovery::remove_tail(disk, state.checkpoint.size())?;
    Ok(state)
}
